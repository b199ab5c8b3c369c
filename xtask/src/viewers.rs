//! `cargo xtask viewers`: opens heap snapshots with the loaders of Chrome DevTools and memlab, which npm installs in the target
//! folder. Without a file, with one that `node-memory` writes of a program of `xtask/scenarios`.

use crate::bench::snapshots::Readers;
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// A program with streams, Buffers, promises and timers.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/leak-undrained-writable.js");

/// Runs the command.
pub fn run(files: &[PathBuf]) -> ExitCode {
    match open(files) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn open(files: &[PathBuf]) -> anyhow::Result<()> {
    let readers = Readers::build()?;
    let own = readers.folder().join("own.heapsnapshot");
    let written;
    let files = if files.is_empty() {
        write(&own)?;
        written = [own];
        &written
    } else {
        files
    };
    for file in files {
        println!("{}", file.display());
        for name in ["devtools.mjs", "memlab.js"] {
            let mut command = readers.script(name).context("no node is found")?;
            let status = command.arg(std::path::absolute(file)?).status()?;
            ensure!(status.success(), "{name} ended with {status}");
        }
    }
    Ok(())
}

fn write(to: &Path) -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package", "node-memory-cli", "--", "run"])
        .args(["--expose-gc", "--heapsnapshot-at-exit"])
        .args([to, Path::new(PROGRAM)])
        .status()?;
    ensure!(status.success(), "node-memory ended with {status}");
    Ok(())
}
