//! Records a program's figures on the runtime, for the tests of mem-report's growth analysis.
//!
//! ```console
//! cd crates/mem-report/tests/series
//! for name in leak plateau noise; do
//!     cargo run -p node-memory --example record_series $name > node-memory-$name.txt
//! done
//! ```
//!
//! A line a sample, as `record.js` beside the recorded files writes it: collections, and the five figures; `-` stands
//! for what is not known. A program has a full collection before each third sample; between them the heap collects its
//! new space.

use mem_report::{Figure, MemorySource};
use node_memory::{Array, Buffer, Runtime, RuntimeError, RuntimeOptions, Variable};
use std::collections::VecDeque;

const SAMPLES: usize = 90;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let round: fn(&mut Runtime, &mut VecDeque<Variable<Array>>) -> Result<(), RuntimeError> =
        match name.as_str() {
            "leak" => |runtime, cache| {
                cache.push_back(Array::new(runtime, 20)?);
                Ok(())
            },
            "plateau" => |runtime, cache| {
                cache.push_back(Array::new(runtime, 20)?);
                if cache.len() > 5000 {
                    cache.pop_front();
                }
                Ok(())
            },
            "noise" => |_, _| Ok(()),
            _ => return Err("name one of leak, plateau, noise".into()),
        };
    let mut runtime = Runtime::new(RuntimeOptions::default())?;
    let mut cache = VecDeque::new();
    for sample in 0..SAMPLES {
        for _ in 0..300 {
            round(&mut runtime, &mut cache)?;
            // What a request leaves until the next collection, some of it promoted.
            let request = Array::new(&mut runtime, 300)?;
            Buffer::from_text(&mut runtime, "answer")?;
            drop(request);
        }
        if sample % 3 == 2 {
            runtime.gc();
        }
        let usage = runtime.memory_usage();
        let figures = Figure::ALL.map(|figure| shown(usage.get(figure)));
        println!("{} {}", shown(runtime.collections()), figures.join(" "));
    }
    Ok(())
}

fn shown(number: Option<u64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| number.to_string())
}
