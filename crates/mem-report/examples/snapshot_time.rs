use mem_report::heapsnapshot::{Dominators, Reader, Rules};
use std::time::Instant;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("no file")?;
    let t = Instant::now();
    let s = Reader::new().open(&path)?;
    let load = t.elapsed();
    let t = Instant::now();
    let d = Dominators::with_rules(&s, if std::env::args().nth(2).is_some() { Rules::Memlab } else { Rules::DevTools });
    let dom = t.elapsed();
    println!("{} nodes {} edges {} strings, {} bytes, load {load:?}, dominators {dom:?}, columns {} MB", s.node_count(), s.edge_count(), s.string_count(), s.total_size(), s.capacity() >> 20);
    if std::env::args().nth(3).is_some() { for n in s.nodes() { println!("{} {}", n.id(), d.retained(n)); } }
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or(""));
    Ok(())
}
