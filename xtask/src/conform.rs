//! `cargo xtask conform`: replays traces recorded from a real Node and says where the replay
//! differs. One JSON object a line: a program and what Node did at each of its steps.
//!
//! A `buffer` trace is told by its `poolSize`, a `gc` trace by having only steps. No unsafe code.

mod buffer;
mod gc;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `cargo xtask conform` takes.
#[derive(clap::Args)]
pub struct ConformArgs {
    /// Files of traces, one JSON object a line
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    traces: Vec<PathBuf>,
}

/// How many differing programs are shown.
const SHOWN: usize = 5;

#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    programs: usize,
    steps: usize,
    differ: usize,
}

/// Runs the command: zero only if every step of every program agrees.
pub fn run(args: &ConformArgs) -> ExitCode {
    let mut tally = Tally::default();
    for file in &args.traces {
        if let Err(text) = replay_file(file, &mut tally) {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    }
    println!(
        "{} programs, {} steps, {} programs differ",
        tally.programs, tally.steps, tally.differ
    );
    if tally.differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn replay_file(file: &Path, tally: &mut Tally) -> Result<(), String> {
    let name = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{name}:{}", number + 1);
        let program: Value =
            serde_json::from_str(line).map_err(|error| format!("{place}: {error}"))?;
        let replay = if program.get("poolSize").is_some() {
            buffer::replay
        } else if program.get("options").is_none() {
            gc::replay
        } else {
            return Err(format!("{place}: traces of this kind are not replayed yet"));
        };
        tally.programs += 1;
        tally.steps += program["steps"].as_array().map_or(0, Vec::len);
        if let Err(difference) = replay(&program) {
            tally.differ += 1;
            if tally.differ <= SHOWN {
                println!("{place}: {difference}");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Tally, replay_file};
    use std::path::Path;

    fn replayed(fixture: &str) -> Tally {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(fixture);
        let mut tally = Tally::default();
        replay_file(&file, &mut tally).expect("a readable fixture");
        tally
    }

    #[test]
    fn every_recorded_buffer_program_is_placed_as_node_placed_it() {
        let tally = replayed("buffer.jsonl");
        assert_eq!((tally.programs, tally.differ), (300, 0));
    }

    #[test]
    fn every_recorded_weak_program_keeps_and_cleans_up_what_node_did() {
        let tally = replayed("gc.jsonl");
        assert_eq!((tally.programs, tally.differ), (300, 0));
    }
}
