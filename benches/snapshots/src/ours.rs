//! `ours FILE`: the time that mem-report takes to read a heap snapshot, and to compute all retained sizes.

use cpu_time::ProcessTime;
use mem_report::heapsnapshot::{Dominators, Reader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("no file")?;
    let start = ProcessTime::now();
    let snapshot = Reader::new().open(file)?;
    let load = start.elapsed();
    let dominators = Dominators::new(&snapshot);
    let both = start.elapsed();
    let root = snapshot.root().ok_or("no node")?;
    println!("load {}", load.as_secs_f64());
    println!("retained {}", (both - load).as_secs_f64());
    println!("result {}", dominators.retained(root));
    Ok(())
}
