//! Runs a JavaScript file: `cargo run --example run -- FILE.js`.

use node_memory::{Runtime, RuntimeOptions};
use node_script::{Finished, Machine, Options};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("a file to run")?;
    let mut options = RuntimeOptions::default();
    options.heap.tables = heap_model::TableSizing::V8;
    let runtime = Runtime::new(options)?;
    let options = Options { expose_gc: true, ..Options::default() };
    let mut machine = Machine::new(runtime, options)?;
    match machine.run_file(file.as_ref())? {
        Finished::Exit(0) => Ok(()),
        other => {
            match other {
                Finished::Uncaught(text) => eprintln!("{text}"),
                other => eprintln!("{other:?}"),
            }
            std::process::exit(1);
        }
    }
}
