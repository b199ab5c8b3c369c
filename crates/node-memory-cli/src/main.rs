//! The command `node-memory`: JavaScript files on Node.js's memory system.

#![forbid(unsafe_code)]

mod baseline;
mod flags;
mod limit;
mod report;
mod run;

use clap::Parser;
use flags::{Arguments, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(flags) => run::run(flags),
    }
}
