//! Runs one implementation of one workload that times parts of itself, and prints its figures:
//! `timed WORKLOAD IMPLEMENTATION SIZE`; without arguments it lists what there is.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [workload, implementation, size] = arguments.as_slice()
        && let Ok(size) = size.parse()
        && let Some(workload) = benches::TIMED.iter().find(|w| w.name == workload)
        && let Some((_, run)) = workload.implementations.iter().find(|(i, _)| i == implementation)
    {
        println!("{}", run(size));
        return ExitCode::SUCCESS;
    }
    for workload in benches::TIMED {
        for (implementation, _) in workload.implementations {
            println!("{} {implementation}", workload.name);
        }
    }
    if arguments.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}
