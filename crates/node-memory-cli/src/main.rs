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
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::parse_from(words::of(std::env::args_os())).command {
        Command::Run(flags) => run::run(flags),
        Command::Snapshot(flags) => snapshot::run(&flags),
    }
}
