//! A small Lisp whose values all live in the heap: pairs, symbols, strings, closures, environments,
//! and the evaluator's stack. It runs a program under a small limit, with many collections.
//!
//! ```text
//! cargo run --release --example lisp -- [--trace-gc] [--limit-mb N] [file.lisp]
//! ```

#[path = "lisp/interpreter.rs"]
mod interpreter;

use heap_model::{Heap, HeapOptions};
use interpreter::Lisp;
use std::error::Error;

/// What is run if no file is named.
const PROGRAM: &str = include_str!("lisp/program.lisp");

fn main() -> Result<(), Box<dyn Error>> {
    let (mut trace, mut limit, mut source) = (false, 8, PROGRAM.to_owned());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--trace-gc" => trace = true,
            "--limit-mb" => limit = arguments.next().ok_or("--limit-mb wants a number")?.parse()?,
            file => source = std::fs::read_to_string(file)?,
        }
    }
    let options = HeapOptions::default()
        .with_limit(limit << 20)
        .with_initial_semi_space(256 << 10)
        .with_max_semi_space(512 << 10)
        .with_initial_old_generation(1 << 20);
    let mut heap = Heap::new(options)?;
    if trace {
        heap.on_collection(|event| println!("{event}"));
    }
    let mut lisp = Lisp::new(heap)?;
    let result = lisp.run(&source);
    print!("{}", lisp.take_output());
    println!("=> {}", result?);

    let figures = lisp.heap().statistics();
    let mb = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    println!();
    println!("limit              {:8.1} MB", mb(figures.limit));
    println!("committed          {:8.1} MB", mb(figures.committed));
    println!("used               {:8.1} MB", mb(figures.used));
    println!("promoted           {:8.1} MB", mb(figures.promoted));
    println!("scavenges          {:8}", figures.scavenges);
    println!("full collections   {:8}", figures.full_collections);
    println!("longest pause      {:8.2} ms", figures.longest_pause.as_secs_f64() * 1e3);
    println!("all pauses         {:8.2} ms", figures.total_pause.as_secs_f64() * 1e3);
    for space in lisp.heap().space_statistics() {
        println!("{:<18} {:8.1} MB of {:.1} MB", space.name, mb(space.used), mb(space.committed));
    }
    Ok(())
}
