//! Bytes as the source of a program: it runs for some steps, or is refused with an error. Nothing panics, and no memory is
//! read or written out of bounds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use node_memory::{Runtime, RuntimeOptions};
use node_script::{Machine, Options};
use std::io;
use std::path::Path;

/// Turns of loops and jobs that a program may take, steps of each match of a regular expression, and the heap's limit.
const STEPS: u64 = 2_000;
const REGEXP_STEPS: u64 = 20_000;
const LIMIT: usize = 32 << 20;

fuzz_target!(|bytes: &[u8]| {
    // A file that is not UTF-8 is read with replacement characters, as Node does.
    let text = String::from_utf8_lossy(bytes);
    let mut options = RuntimeOptions::default();
    options.heap = options.heap.with_limit(LIMIT);
    let runtime = Runtime::new(options).expect("the limit has room");
    let options = Options {
        expose_gc: true,
        deterministic: true,
        steps: Some(STEPS),
        regexp_steps: REGEXP_STEPS,
        out: Box::new(io::sink()),
        err: Box::new(io::sink()),
        ..Options::default()
    };
    let mut machine = Machine::new(runtime, options).expect("the limit has room");
    // An error of the program is no fault.
    if machine.run_script(Path::new("fuzz.js"), &text).is_ok() {
        let _ = machine.run_pending();
    }
});
