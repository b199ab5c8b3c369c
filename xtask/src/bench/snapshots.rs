//! Readers of heap snapshots: mem-report's, the crate v8-heap-parser, memlab and `JSON.parse` in Node, each in a process of
//! its own on the same generated file; alternating runs, medians of CPU time and peak resident set.

use super::programs::{Program, cargo, median};
use super::row::Row;
use super::whole::{Usage, run_once};
use anyhow::{Context, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Our name, and the ids' first part.
const OURS: &str = "mem-report";
pub const ID: &str = "mem-report/heap-snapshot";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/snapshots");

/// A generated file.
struct File {
    name: &'static str,
    /// Millions of small objects.
    millions: &'static str,
    /// Whether Node's readers take it: a text has no more than half a gigabyte there.
    in_node: bool,
}

const FILES: [File; 2] = [
    File { name: "126MB", millions: "1", in_node: true },
    File { name: "1GB", millions: "8", in_node: false },
];

/// Runs the readers on the files whose ids contain `filter`; with `quick` on the small one alone.
pub fn run(filter: &str, quick: bool, runs: u16) -> anyhow::Result<Vec<Row>> {
    let files = &FILES[..if quick { 1 } else { FILES.len() }];
    let chosen: Vec<_> = files.iter().filter(|file| id(file).contains(filter)).collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let readers = Readers::build()?;
    let Some(node) = readers.node.clone() else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for file in chosen {
        let path = generated(&node, &readers.folder, file)?;
        rows.extend(compare(file, &readers, &path, runs)?);
    }
    Ok(rows)
}

fn id(file: &File) -> String {
    format!("{ID}/{}", file.name)
}

/// The readers that are there.
pub struct Readers {
    /// Where the readers and generated files are.
    folder: PathBuf,
    node: Option<PathBuf>,
}

impl Readers {
    /// Builds those in Rust and installs those that Node runs, in a folder beside the other built programs.
    pub fn build() -> anyhow::Result<Self> {
        let target = super::programs::target()?;
        let folder = target.join("snapshots");
        fs::create_dir_all(&folder)?;
        let built = cargo()
            .args(["build", "--release", "--target-dir"])
            .arg(&folder)
            .arg("--manifest-path")
            .arg(Path::new(FOLDER).join("Cargo.toml"))
            .status()
            .context("cargo build")?;
        ensure!(built.success(), "the readers did not build");
        let node = which::which("node").ok();
        if node.is_none() {
            println!("no node is found: no snapshot can be generated");
        } else if !folder.join("node_modules").is_dir() {
            fs::copy(Path::new(FOLDER).join("package.json"), folder.join("package.json"))?;
            // memlab would fetch a browser.
            let installed = Command::new("npm")
                .args(["install", "--no-audit", "--no-fund"])
                .env("PUPPETEER_SKIP_DOWNLOAD", "1")
                .current_dir(&folder)
                .status()
                .context("npm")?;
            ensure!(installed.success(), "npm could not install memlab");
        }
        Ok(Self { folder, node })
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A program of this folder's workspace.
    fn built(&self, name: &str) -> Command {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        Command::new(self.folder.join("release").join(name))
    }

    /// A script of the folder, which finds what npm installed.
    pub fn script(&self, name: &str) -> Option<Command> {
        let script = self.folder.join(name);
        fs::copy(Path::new(FOLDER).join(name), &script).ok()?;
        let mut command = Command::new(self.node.as_ref()?);
        command.arg("--max-old-space-size=8000").arg(script);
        Some(command)
    }
}

/// The path of a file, which is made where it is not there.
fn generated(node: &Path, folder: &Path, file: &File) -> anyhow::Result<PathBuf> {
    let path = folder.join(format!("{}.heapsnapshot", file.name));
    if !path.is_file() {
        println!("{} is made", path.display());
        let made = Command::new(node)
            .arg("--max-old-space-size=8000")
            .arg(Path::new(FOLDER).join("make.js"))
            .arg(file.millions)
            .arg(&path)
            .status()
            .context("node")?;
        ensure!(made.success(), "the file could not be made");
    }
    Ok(path)
}

/// What one run printed and took.
struct Run {
    load: f64,
    retained: Option<f64>,
    usage: Usage,
}

fn compare(file: &File, readers: &Readers, path: &Path, count: u16) -> anyhow::Result<Vec<Row>> {
    let mut programs: Vec<Program> =
        vec![(OURS, readers.built("ours")), ("v8-heap-parser", readers.built("v8-heap-parser"))];
    if file.in_node {
        programs.extend(readers.script("memlab.js").map(|command| ("memlab", command)));
        programs.extend(readers.script("parse.js").map(|command| ("JSON.parse", command)));
    }
    let mut runs: Vec<Vec<Run>> = programs.iter().map(|_| Vec::new()).collect();
    let mut result = None;
    for (_, command) in &mut programs {
        command.arg(path);
    }
    for _ in 0..count {
        for ((name, command), runs) in programs.iter_mut().zip(&mut runs) {
            let (usage, printed) = run_once(command).context(*name)?;
            let figure = |key: &str| {
                let line = printed.lines().find_map(|line| line.strip_prefix(key));
                line.and_then(|value| value.trim().parse::<f64>().ok())
            };
            let total = figure("result").with_context(|| format!("{name} prints {printed}"))?;
            let result = *result.get_or_insert(total);
            ensure!(result == total, "{name} finds {total} bytes, {OURS} {result}");
            let load = figure("load").context("no time")?;
            runs.push(Run { load, retained: figure("retained"), usage });
        }
    }
    let row = |operation: &str, unit: &str, figure: &dyn Fn(&Run) -> Option<f64>| {
        let results = programs.iter().zip(&runs).filter_map(|((name, _), runs)| {
            let values: Vec<f64> = runs.iter().filter_map(figure).collect();
            (!values.is_empty()).then(|| ((*name).to_owned(), median(values)))
        });
        Row::new(format!("{}/{operation}", id(file)), unit, OURS, results.collect())
    };
    let rows = [
        row("load", "CPU s", &|run| Some(run.load)),
        row("retained", "CPU s", &|run| run.retained),
        row("both", "CPU s", &|run| Some(run.load + run.retained?)),
        row("process", "wall s", &|run| Some(run.usage.wall)),
        row("process", "peak MB", &|run| Some(run.usage.peak / 1e6)),
    ];
    Ok(rows.into_iter().flatten().collect())
}
