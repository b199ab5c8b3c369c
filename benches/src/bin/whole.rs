//! Runs one implementation of one workload as a process of its own and prints its result:
//! `whole WORKLOAD IMPLEMENTATION SIZE`; without arguments it lists what there is.

use std::process::ExitCode;

/// Runs what the arguments name.
pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [workload, implementation, size] = arguments.as_slice()
        && let Ok(size) = size.parse()
        && let Some(workload) = benches::WORKLOADS.iter().find(|w| w.name == workload)
        && let Some((_, run)) = workload.implementations.iter().find(|(i, _)| i == implementation)
    {
        println!("{}", run(size));
        return ExitCode::SUCCESS;
    }
    for workload in benches::WORKLOADS {
        for (implementation, _) in workload.implementations {
            println!("{} {implementation}", workload.name);
        }
    }
    if arguments.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}
