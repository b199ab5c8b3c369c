//! The workspace's commands.

#![forbid(unsafe_code)]

mod apart;
mod bench;
mod ci;
mod conform;
mod fuzz;
mod pool;
mod random;
mod record;
mod sanitize;
mod scenarios;
mod snapshot;
mod suite;
mod test262;
mod tidy;
mod trace;
mod viewers;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
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
    /// Replay traces recorded from a real Node and report the first steps that differ
    Conform(conform::ConformArgs),
    /// Record random programs in a real Node
    Record(record::RecordArgs),
    /// Run other people's suites with this project's stream and buffer in their place
    Suite(suite::SuiteArgs),
    /// Run the benchmarks with the peers side by side, and end with one table
    Bench(bench::BenchArgs),
    /// Run the tests of unsafe code, or a suite of other people's, under a tool that watches memory
    Sanitize(sanitize::SanitizeArgs),
    /// Say what V8's heap snapshots hold: `node-memory snapshot`, built in release
    Snapshot {
        /// Files and flags
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Open heap snapshots with the loaders of Chrome DevTools and memlab, from npm
    Viewers {
        /// Snapshots; by default one that node-memory writes
        files: Vec<PathBuf>,
    },
    /// Run ECMAScript's test suite from a checkout
    Test262(test262::Test262Args),
    /// Run changed programs, and report those that crash
    Fuzz(fuzz::FuzzArgs),
    /// Check what the compiler does not: circles among modules, headers, unsafe code, names in documents
    Tidy,
    /// Run all checks: tests, the heap's verifier, formatting, clippy, docs
    Ci {
        /// Skip the tests
        #[arg(long)]
        skip_tests: bool,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Scenarios(args) => scenarios::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Suite(args) => suite::run(&args),
        Command::Conform(args) => conform::run(&args),
        Command::Sanitize(args) => sanitize::run(&args),
        Command::Snapshot { arguments } => snapshot::run(&arguments),
        Command::Viewers { files } => viewers::run(&files),
        Command::Test262(args) => test262::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Tidy => tidy::run(),
        Command::Ci { skip_tests } => ci::run(skip_tests),
    }
}
