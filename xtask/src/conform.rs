//! `cargo xtask conform`: replays traces recorded from a real Node and reports where the replay differs. Each line of a
//! trace is a JSON object: a program and what Node did at each of its steps. With `--programs` it makes random JavaScript
//! programs, and compares them with a Node that is there.
//!
//! A `buffer` trace is recognised by its `poolSize`, a `writable` trace by its `options`, a `gc` trace by the name of its
//! first step.

mod buffer;
mod gc;
mod programs;
mod writable;

use crate::trace::Kind;
use anyhow::Context;
use programs::Programs;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The arguments of `cargo xtask conform`.
#[derive(clap::Args)]
pub struct ConformArgs {
    /// Files of traces, one JSON object a line
    #[arg(long, required_unless_present_any = ["programs", "program"], num_args = 1.., value_name = "FILE")]
    traces: Vec<PathBuf>,
    /// The kind of the traces; by default found from each program's fields
    #[arg(long)]
    kind: Option<Kind>,
    /// Make N random programs, and compare what they do here and in a real Node
    #[arg(long, value_name = "N")]
    programs: Option<u64>,
    /// The Node of random programs; by default the `node` on the path
    #[arg(long, default_value = "node", value_name = "PATH")]
    node: PathBuf,
    /// The seed of the first random program
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// The folder that random programs which differ are written to
    #[arg(long, default_value = "target/conform", value_name = "DIR")]
    out: PathBuf,
    /// Run one program in this process
    #[arg(long, hide = true)]
    program: Option<PathBuf>,
}

/// The kind of a program's trace, by its fields.
fn kind_of(program: &Value) -> Option<Kind> {
    let has = |field| program.get(field).is_some();
    if has("poolSize") {
        Some(Kind::Buffer)
    } else if program["steps"][0]["op"][0] == "mapNew" {
        Some(Kind::Gc)
    } else if has("options") {
        Some(Kind::Writable)
    } else {
        None
    }
}

/// Replays one program; the error names the first step that differs.
fn replay(kind: Kind, program: &Value) -> anyhow::Result<()> {
    match kind {
        Kind::Buffer => buffer::replay(program),
        Kind::Gc => gc::replay(program),
        Kind::Writable => writable::replay(program),
    }
}

/// The number of differing programs that are shown.
const SHOWN: usize = 5;

#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    programs: usize,
    steps: usize,
    differ: usize,
}

/// Runs the command: zero only if every step of every program agrees.
pub fn run(args: &ConformArgs) -> ExitCode {
    let ran = match (&args.program, args.programs) {
        (Some(file), _) => programs::run_here(file),
        (None, Some(count)) => {
            let (node, out) = (args.node.clone(), args.out.clone());
            programs::run(&Programs { node, first: args.seed, count, out })
        }
        (None, None) => return replay_files(args),
    };
    ran.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::from(2)
    })
}

fn replay_files(args: &ConformArgs) -> ExitCode {
    let mut tally = Tally::default();
    for file in &args.traces {
        if let Err(error) = replay_file(file, args.kind, &mut tally) {
            eprintln!("{error:#}");
            return ExitCode::from(2);
        }
    }
    println!(
        "{} programs, {} steps, {} programs differ",
        tally.programs, tally.steps, tally.differ
    );
    if tally.differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn replay_file(file: &Path, kind: Option<Kind>, tally: &mut Tally) -> anyhow::Result<()> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| name.to_string())?;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{name}:{}", number + 1);
        let program: Value = serde_json::from_str(line).with_context(|| place.clone())?;
        let kind = kind.or_else(|| kind_of(&program));
        let kind = kind.with_context(|| format!("{place}: a trace of an unknown kind"))?;
        tally.programs += 1;
        tally.steps += program["steps"].as_array().map_or(0, Vec::len);
        if let Err(difference) = replay(kind, &program) {
            tally.differ += 1;
            if tally.differ <= SHOWN {
                println!("{place}: {difference:#}");
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
        replay_file(&file, None, &mut tally).expect("a readable fixture");
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

    /// Programs recorded from Node 20, and programs of the same seed whose results differ in a later Node: by its default
    /// high-water mark, and from 24 on by `buffer` as an encoding of text.
    #[test]
    fn every_recorded_writable_program_does_what_node_did() {
        for (fixture, programs) in [
            ("writable-node20.jsonl", 300),
            ("writable-node22.jsonl", 5),
            ("writable-node24.jsonl", 10),
            ("writable-node26.jsonl", 10),
        ] {
            let tally = replayed(fixture);
            assert_eq!((tally.programs, tally.differ), (programs, 0), "{fixture}");
        }
    }
}
