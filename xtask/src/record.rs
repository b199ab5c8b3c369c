//! `cargo xtask record`: records random programs in a real Node, one JSON object a line, for `cargo xtask conform`.
//!
//! A JavaScript file for each kind, under `record/`, makes and runs the programs. The same kind, seed and number give the
//! same programs with every Node. `scenarios` and `snapshots` are not random: they record the scenarios' programs into their
//! data files, and heap snapshots for tests.

mod scenarios;
mod snapshots;

use crate::trace::Kind;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// The arguments of `cargo xtask record`.
#[derive(clap::Args)]
pub struct RecordArgs {
    /// The kind of programs
    kind: What,
    /// The Node to record; by default the `node` on the path
    #[arg(long, default_value = "node", value_name = "PATH")]
    node: PathBuf,
    /// The seed of the random choices
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u32,
    /// The number of programs
    #[arg(long, default_value_t = 300, value_name = "N")]
    programs: u32,
    /// Write to FILE; by default to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Record only the scenarios with this in their name (may be repeated)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// The folder in which the programs of snapshots run
    #[arg(long, default_value = "/app", value_name = "FOLDER")]
    folder: PathBuf,
    /// Record no scenarios, but the programs of mem-report's tests alone
    #[arg(long)]
    tests_only: bool,
}

/// What is recorded.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    Buffer,
    Gc,
    Writable,
    Scenarios,
    Snapshots,
}

fn script(kind: Kind) -> &'static str {
    match kind {
        Kind::Buffer => include_str!("record/buffer.js"),
        Kind::Gc => include_str!("record/gc.js"),
        Kind::Writable => include_str!("record/writable.js"),
    }
}

/// Runs the command.
pub fn run(args: &RecordArgs) -> ExitCode {
    let node = args.node.to_string_lossy();
    let kind = match args.kind {
        What::Buffer => Kind::Buffer,
        What::Gc => Kind::Gc,
        What::Writable => Kind::Writable,
        What::Scenarios => return ended(scenarios::record(&node, &args.only)),
        What::Snapshots => {
            return ended(snapshots::record(&node, &args.folder, !args.tests_only));
        }
    };
    match record(args, kind) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", args.node.display());
            ExitCode::FAILURE
        }
    }
}

fn ended(recorded: anyhow::Result<()>) -> ExitCode {
    match recorded {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn record(args: &RecordArgs, kind: Kind) -> io::Result<()> {
    let script = [include_str!("record/common.js"), script(kind)].concat();
    let mut command = Command::new(&args.node);
    command.args(["--expose-gc", "-", &args.seed.to_string(), &args.programs.to_string()]);
    command.stdin(Stdio::piped());
    if let Some(file) = &args.out {
        command.stdout(std::fs::File::create(file)?);
    }
    let mut child = command.spawn()?;
    child.stdin.take().expect("stdin is piped").write_all(script.as_bytes())?;
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(status.to_string())) }
}
