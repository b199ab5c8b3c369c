//! The command `node-memory`: JavaScript files on Node.js's memory system, and what heap snapshots say.

#![forbid(unsafe_code)]

mod flags;
mod limit;
mod report;
mod run;
mod snapshot;
mod words;

use clap::Parser;
use flags::{Arguments, Command};
use std::io::IsTerminal;
use std::process::ExitCode;
use words::Words;

fn main() -> ExitCode {
    let node_options = std::env::var("NODE_OPTIONS").ok();
    let alone = !std::io::stdin().is_terminal();
    let words = match words::of(std::env::args_os(), node_options.as_deref(), alone) {
        Ok(words) => words,
        Err(text) => {
            eprintln!("node-memory: {text}");
            return ExitCode::from(run::BAD_FLAGS);
        }
    };
    let Words { taken, flags, environment } = words;
    let runs = taken.get(1).is_some_and(|command| command == "run");
    match Arguments::try_parse_from(taken) {
        Ok(Arguments { command: Command::Run(run), .. }) => run::run(&run, flags, environment),
        Ok(Arguments { command: Command::Snapshot(flags), .. }) => snapshot::run(&flags),
        Err(error) if runs && error.use_stderr() => {
            // What cannot be written is lost.
            let _ = error.print();
            ExitCode::from(run::BAD_FLAGS)
        }
        Err(error) => error.exit(),
    }
}
