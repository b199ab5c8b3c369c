//! `v8-heap-parser FILE`: as `ours`, by the crate v8-heap-parser.

use cpu_time::ProcessTime;
use std::fs::File;
use std::io::BufReader;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("no file")?;
    let start = ProcessTime::now();
    let graph = v8_heap_parser::decode_reader(BufReader::new(File::open(file)?))?;
    let load = start.elapsed();
    // The first question computes the sizes of all nodes.
    let root = graph.retained_size(0);
    let both = start.elapsed();
    println!("load {}", load.as_secs_f64());
    println!("retained {}", (both - load).as_secs_f64());
    println!("result {root}");
    Ok(())
}
