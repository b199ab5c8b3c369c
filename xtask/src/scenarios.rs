//! `cargo xtask scenarios`: replays the document's scenarios on real memory and shows each sample
//! beside the document's figures and a recorded Node's.
//!
//! One file per scenario under `scenarios/`, named after its point; `report` renders them. The
//! only figures written down are the document's and the recorded ones, each in a constant that
//! says so. No unsafe code.

mod d1_2_heap_limit;
mod d2_2_slab_walk;
mod d2_3_pool_threshold;
mod d2_5_stale_bytes;
mod d3_2_weak_map;
mod d4_5_writable;
mod d5_closures;
mod report;

use node_memory::{Baseline, RuntimeError};
use report::{Figures, Report};
use std::process::ExitCode;

/// What `cargo xtask scenarios` takes.
#[derive(clap::Args)]
pub struct ScenarioArgs {
    /// Replay only the scenarios whose names contain NAME (may be given again)
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// List the scenarios and stop
    #[arg(long)]
    pub list: bool,
    /// Grow the heap to the document's full limit of 1.4 GB
    #[arg(long)]
    pub full: bool,
}

/// The document's first sample, which every scenario without one of its own starts from.
const DOCUMENT_START: Figures = [27541504, 5685248, 3092008, 214186, 10422];

/// The baseline that a sample of the document gives.
fn baseline(sample: &Figures) -> Baseline {
    let [_, heap_total, heap_used, external, array_buffers] = sample.map(|n| n as usize);
    Baseline { heap_total, heap_used, external, array_buffers, array_buffers_garbage: 0 }
}

/// One scenario of the document.
pub struct Definition {
    name: &'static str,
    point: &'static str,
    about: &'static str,
    replay: fn(full: bool) -> Result<Report, RuntimeError>,
}

/// Every scenario, in the document's order.
const ALL: &[Definition] = &[
    d1_2_heap_limit::DEFINITION,
    d2_2_slab_walk::NODE,
    d2_2_slab_walk::RECYCLE,
    d2_3_pool_threshold::DEFINITION,
    d2_5_stale_bytes::DEFINITION,
    d3_2_weak_map::DEFINITION,
    d4_5_writable::OPEN,
    d4_5_writable::CORKED,
    d5_closures::DEFINITION,
];

/// Runs the command: non-zero if an expectation fails or a name matches nothing.
pub fn run(args: &ScenarioArgs) -> ExitCode {
    let chosen: Vec<&Definition> = ALL
        .iter()
        .filter(|d| args.only.is_empty() || args.only.iter().any(|name| d.name.contains(name)))
        .collect();
    if chosen.is_empty() {
        eprintln!("no scenario's name contains {}; --list shows them", args.only.join(" or "));
        return ExitCode::from(2);
    }
    if args.list {
        for definition in chosen {
            println!("{:24} {:5} {}", definition.name, definition.point, definition.about);
        }
        return ExitCode::SUCCESS;
    }
    let mut failed = false;
    let mut closing = Vec::new();
    for definition in chosen {
        let (verdict, shown) = match (definition.replay)(args.full) {
            Ok(report) => {
                print!("{}", report.render(definition, true));
                (report.holds(), report.shown)
            }
            Err(error) => (false, format!("could not be replayed: {error}")),
        };
        failed |= !verdict;
        let word = if verdict { "ok  " } else { "FAIL" };
        closing.push(format!("{word} {:24} {shown}", definition.name));
    }
    println!("{}", closing.join("\n"));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_timeline_is_as_reviewed_and_every_expectation_holds() {
        for definition in ALL {
            let report = (definition.replay)(false).expect("the scenario replays");
            insta::assert_snapshot!(definition.name, report.render(definition, false));
            assert!(report.holds(), "an expectation of {} fails", definition.name);
        }
    }
}
