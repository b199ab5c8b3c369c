//! Touches memory and ends. A host may take unused memory from its virtual machine; this makes it give the memory back
//! before a program is measured. The argument is a number of MiB.

use std::hint::black_box;
use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).and_then(|argument| argument.parse::<usize>().ok()) {
        Some(mib) => {
            black_box(vec![1_u8; mib << 20]);
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("usage: warm MIB");
            ExitCode::FAILURE
        }
    }
}
