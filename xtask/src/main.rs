//! The workspace's commands. No unsafe code.

mod ci;
mod scenarios;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "The workspace's commands", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replay the document's scenarios on real memory
    Scenarios(scenarios::ScenarioArgs),
    /// Run all checks: tests, formatting, clippy, docs
    Ci {
        /// Leave out the tests
        #[arg(long)]
        skip_tests: bool,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Scenarios(args) => scenarios::run(&args),
        Command::Ci { skip_tests } => ci::run(skip_tests),
    }
}
