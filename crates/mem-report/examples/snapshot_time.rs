//! Times.
use mem_report::heapsnapshot::*;
use std::time::Instant;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args[0] == "find" {
        let t = Instant::now();
        let s = Reader::new().open(&args[1])?;
        let a = Analysis::new(&s);
        let src = |n: &str| std::fs::read_to_string(n).ok();
        for f in Search::new().least(100).sources(&src).run(&a) {
            println!("{:?} {} {} {f}", f.kind, f.count, f.bytes);
        }
        for g in groups(&s, a.dominators()).iter().take(6) {
            println!("{g:?}");
        }
        println!("{:?}", totals(&s));
        let mut big: Vec<_> = s.nodes().filter(|n| n.name() == "Item").take(3).collect();
        big.extend(s.nodes().filter(|n| n.name().starts_with("item ")).take(3));
        for b in big {
            println!("{}", a.names().holder(a.paths(), b));
        }
        if let Some(o) = args.get(2) {
            let o = Reader::new().open(o)?;
            let d = difference(&o, &s, a.paths());
            for g in d.groups.iter().take(8) {
                println!("{g:?}");
            }
            for g in d.paths.iter().take(8) {
                println!("{g:?}");
            }
        }
        println!("{:?}", t.elapsed());
        return Ok(());
    }
    let t = Instant::now();
    let s = Reader::new().open(&args[0])?;
    let load = t.elapsed();
    let t = Instant::now();
    let d =
        Dominators::with_rules(&s, if args.len() > 1 { Rules::Memlab } else { Rules::DevTools });
    let dom = t.elapsed();
    println!(
        "{} nodes {} edges {} strings, {} bytes, load {load:?}, dominators {dom:?}, columns {} MB",
        s.node_count(),
        s.edge_count(),
        s.string_count(),
        s.total_size(),
        s.capacity() >> 20
    );
    if args.len() > 2 {
        for n in s.nodes() {
            println!("{} {}", n.id(), d.retained(n));
        }
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or(""));
    Ok(())
}
