//! `cargo xtask record snapshots`: heap snapshots that a real Node writes of mem-report's test programs and of the scenarios
//! whose names begin with `leak-`, at their samples "the leak" and "mended". They go, reduced to the programs' part, into one
//! archive for each line of Node, which the tests of mem-report and of this crate read.
//!
//! The programs run in a folder of the same name on every machine, because a snapshot has their paths.

use crate::scenarios::data::{Data, folder};
use crate::scenarios::live::Node;
use anyhow::{Context, bail};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The recorder's script.
const SCRIPT: &str = include_str!("snapshots.js");
/// mem-report's programs, and the archives.
const TESTS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/mem-report/tests/heapsnapshots");

/// A snapshot to be recorded: its name, the program's file, and the sample, counted from 1; 0 is the program's end.
struct Wanted {
    name: String,
    program: OsString,
    sample: usize,
}

/// Records all snapshots with a Node, in a folder that must not be there; it is removed afterwards.
pub fn record(node: &str, folder: &Path, with_scenarios: bool) -> anyhow::Result<()> {
    let node = Node::find(node)?;
    let shown = folder.display();
    fs::create_dir(folder).with_context(|| format!("{shown}: the folder cannot be made"))?;
    let recorded = record_in(&node, folder, with_scenarios);
    fs::remove_dir_all(folder).with_context(|| format!("{shown}: the folder cannot be removed"))?;
    recorded
}

fn record_in(node: &Node, folder: &Path, with_scenarios: bool) -> anyhow::Result<()> {
    let recorder = folder.join("record.js");
    fs::write(&recorder, SCRIPT)?;
    let mut all = programs(folder)?;
    if with_scenarios {
        all.extend(scenarios(folder)?);
    }
    let mut named = Vec::new();
    for wanted in &all {
        let out = folder.join(format!("{}.out", wanted.name));
        run(Command::new(node.path())
            .args(["--expose-gc", "--single-threaded"])
            .args([recorder.as_os_str(), &wanted.program, out.as_os_str()])
            .arg(wanted.sample.to_string())
            .current_dir(folder))
        .with_context(|| wanted.name.clone())?;
        named.push(format!("{}={}", wanted.name, out.display()));
    }
    let archive = Path::new(TESTS).join(format!("recorded/node-{}.br", node.line()));
    run(Command::new(node.path()).arg(&recorder).arg("--pack").arg(&archive).args(&named))?;
    println!("{}: {} snapshots of Node {}", archive.display(), all.len(), node.version);
    Ok(())
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    // What the environment says of Node is not the program's.
    let status = command.env_remove("NODE_OPTIONS").stdout(Stdio::null()).status()?;
    if !status.success() {
        bail!("Node ended with {status}");
    }
    Ok(())
}

/// mem-report's own programs, each at its end.
fn programs(to: &Path) -> anyhow::Result<Vec<Wanted>> {
    let entries: Result<Vec<_>, _> = fs::read_dir(Path::new(TESTS).join("programs"))?.collect();
    let mut paths: Vec<PathBuf> = entries?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| wanted(path, to, "", 0)).collect()
}

/// The scenarios of leaks, each at two samples.
fn scenarios(to: &Path) -> anyhow::Result<Vec<Wanted>> {
    let mut all = Vec::new();
    for data in Data::all(&folder())?.iter().filter(|data| data.name.starts_with("leak-")) {
        for (label, suffix) in [("the leak", ""), ("mended", "-mended")] {
            let at = data.table.samples.iter().position(|sample| sample == label);
            let at = at.with_context(|| format!("{}: no sample {label:?}", data.name))?;
            all.push(wanted(&data.program, to, suffix, at + 1)?);
        }
    }
    Ok(all)
}

/// Copies a program to the folder in which it runs.
fn wanted(program: &Path, to: &Path, suffix: &str, sample: usize) -> anyhow::Result<Wanted> {
    let file = program.file_name().context("a program has a name")?.to_owned();
    fs::copy(program, to.join(&file)).with_context(|| program.display().to_string())?;
    let stem = program.file_stem().map(OsStr::to_string_lossy).unwrap_or_default();
    Ok(Wanted { name: format!("{stem}{suffix}"), program: file, sample })
}
