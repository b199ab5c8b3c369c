//! `cargo xtask suite`: other people's tests, unmodified, with this project's `stream` and `buffer` in their place.
//!
//! Each file runs in a process of its own: this program again, with a machine whose `require` gives our modules for the
//! suite's own ([`Suite::replace`]). What the tests use of a test framework is in `xtask/suites`, as JavaScript. A test passes
//! if it exits with 0. Files that are known to fail are in `xtask/suites/expected.tsv`, each with its reason; a listed
//! file that passes is an error too, so that the list only shrinks. `--node` runs the same files in a real Node, because a
//! suite may ask for what Node did once, or never did, and holds to that the reasons that say what Node does. `--own` runs the
//! files with the suite's own package, as it was written for: then they test the language alone.

use crate::apart::wait_at_most;
use anyhow::{Context, bail, ensure};
use node_memory::{Runtime, RuntimeOptions};
use node_script::{Finished, Machine, Options};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// The arguments of `cargo xtask suite`.
#[derive(clap::Args)]
pub struct SuiteArgs {
    /// A checkout of nodejs/readable-stream or feross/buffer (may be repeated)
    #[arg(long, value_name = "DIR", required = true)]
    dir: Vec<PathBuf>,
    /// Run only the files with this in their name
    filter: Option<String>,
    /// Run all of the suite's files, not those that the project counts
    #[arg(long)]
    all: bool,
    /// Run the files in a real Node as well, tell where it does otherwise, and check the reasons that tell of it
    #[arg(long, value_name = "PATH")]
    node: Option<PathBuf>,
    /// Leave the suite's own package in its place (its dependencies must be installed)
    #[arg(long)]
    own: bool,
    /// Show what the files that fail say
    #[arg(long)]
    verbose: bool,
    /// Seconds that a file may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    limit: u64,
    /// Run one file in this process
    #[arg(long, hide = true)]
    file: Option<PathBuf>,
}

/// A suite that is known.
struct Suite {
    /// The package's name.
    name: &'static str,
    folder: &'static str,
    /// Parts of the names of the files that count. Without any, all do.
    counted: &'static [&'static str],
    /// What its tests require of it: a module's name and what it becomes, ours by its name, or a file of `xtask/suites`.
    replaced: &'static [(&'static str, &'static str)],
}

const SUITES: &[Suite] = &[
    Suite {
        name: "readable-stream",
        folder: "test/parallel",
        counted: &["writable", "write", "cork", "finish", "destroy", "construct"],
        replaced: &[
            ("../../lib/ours/index", "stream"),
            ("../../lib/stream/promises", "stream/promises"),
            ("../common", "common.js"),
            ("tap", "tap.js"),
        ],
    },
    Suite { name: "buffer", folder: "test/node", counted: &[], replaced: &[("../../", "buffer")] },
];

/// What a reason begins with if the Node that is played fails the file as well.
const NODE_FAILS: &str = "Node 20 fails it";

/// Files of a suite's folder that are no tests.
const HELPERS: &[&str] = &["common.js"];

impl Suite {
    fn of(directory: &Path) -> anyhow::Result<&'static Self> {
        let path = directory.join("package.json");
        let text = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let package: serde_json::Value = serde_json::from_slice(&text)?;
        let name = package.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
        SUITES
            .iter()
            .find(|suite| suite.name == name)
            .with_context(|| format!("{}: no suite is known of \"{name}\"", path.display()))
    }

    /// What a module that a test requires is here.
    fn replace(&self, name: &str, own: bool) -> Option<String> {
        let (_, by) = self.replaced.iter().find(|(replaced, _)| *replaced == name)?;
        match by.ends_with(".js") {
            true => Some(stand_ins().join(by).display().to_string()),
            false => (!own).then(|| (*by).to_owned()),
        }
    }

    /// The command that runs a file in a real Node, with Node's modules in the place of the suite's.
    fn in_node(
        &self,
        node: &Path,
        directory: &Path,
        file: &Path,
        own: bool,
    ) -> anyhow::Result<Command> {
        let replaced: Vec<_> = (self.replaced.iter())
            .filter_map(|(name, _)| Some((*name, self.replace(name, own)?)))
            .collect();
        let mut command = Command::new(node);
        command.args(["--expose-gc", "--no-warnings", "--require"]);
        command.arg(stand_ins().join("preload.js")).arg(file);
        command.env("SUITE_REPLACED", serde_json::to_string(&replaced)?);
        command.env("SUITE_FOLDER", directory);
        Ok(command)
    }

    fn files(&self, directory: &Path, args: &SuiteArgs) -> anyhow::Result<Vec<String>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(directory.join(self.folder))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let counts = args.all
                || self.counted.is_empty()
                || self.counted.iter().any(|part| name.to_lowercase().contains(part));
            let wanted = args.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()));
            if name.ends_with(".js") && !HELPERS.contains(&name.as_str()) && counts && wanted {
                files.push(name);
            }
        }
        files.sort();
        Ok(files)
    }
}

fn stand_ins() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("suites")
}

/// The files that are known to fail, by suite and name, with their reasons.
fn expected() -> anyhow::Result<BTreeMap<(String, String), String>> {
    let text = fs::read_to_string(stand_ins().join("expected.tsv"))?;
    let rows = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
        [suite, file, reason] => Ok(((suite.to_owned(), file.to_owned()), reason.to_owned())),
        _ => bail!("expected.tsv: \"{line}\" is not a suite, a file and a reason"),
    })
    .collect()
}

/// Runs the suites. Fails if a file does what is not expected of it.
pub fn run(args: &SuiteArgs) -> ExitCode {
    let ran = match (&args.file, &args.dir[..]) {
        (Some(file), [directory, ..]) => run_file(directory, file, args.own),
        _ => run_suites(args),
    };
    ran.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

fn run_suites(args: &SuiteArgs) -> anyhow::Result<ExitCode> {
    let expected = expected()?;
    let mut as_expected = true;
    for directory in &args.dir {
        let directory =
            directory.canonicalize().with_context(|| directory.display().to_string())?;
        let suite = Suite::of(&directory)?;
        let files = suite.files(&directory, args)?;
        ensure!(!files.is_empty(), "{} has no such files", directory.display());
        let (mut passed, mut passed_in_node, mut passed_in_both) = (0, 0, 0);
        for file in &files {
            let path = directory.join(suite.folder).join(file);
            let result = run_apart(ours(&directory, &path, args.own)?, &path, args.limit);
            // With its own package, nothing is known to fail.
            let reason = match args.own {
                true => None,
                false => expected.get(&(suite.name.to_owned(), file.clone())),
            };
            let verdict = match (&result, reason) {
                (Ok(()), None) => "ok".to_owned(),
                (Ok(()), Some(_)) => "PASSES: take it from expected.tsv".to_owned(),
                (Err(_), Some(reason)) => format!("fails as expected: {reason}"),
                (Err(said), None) => format!("FAILS: {}", first_words(said)),
            };
            passed += usize::from(result.is_ok());
            as_expected &= result.is_ok() == reason.is_none();
            println!("{}/{file}\t{verdict}", suite.name);
            if let Some(node) = &args.node {
                let command = suite.in_node(node, &directory, &path, args.own)?;
                let node = run_apart(command, &path, args.limit);
                passed_in_node += usize::from(node.is_ok());
                passed_in_both += usize::from(node.is_ok() && result.is_ok());
                let told = reason.is_some_and(|reason| reason.starts_with(NODE_FAILS));
                if told && node.is_ok() || reason.is_some() && !told && node.is_err() {
                    println!("    THE REASON IS NOT WHAT NODE DOES");
                    as_expected = false;
                }
                match node {
                    Ok(()) if result.is_err() => println!("    Node passes it"),
                    Err(said) => println!("    Node fails it: {}", first_words(&said)),
                    Ok(()) => {}
                }
            }
            if let (true, Err(said)) = (args.verbose, &result) {
                println!("{said}");
            }
        }
        println!("{}: {passed} of {} pass", suite.name, files.len());
        if args.node.is_some() {
            println!("{}: {passed_in_both} of the {passed_in_node} that pass in Node", suite.name);
        }
    }
    Ok(if as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The line that names the error.
fn first_words(said: &str) -> &str {
    let named = |line: &&str| line.contains("Error") || line.contains("rror:");
    said.lines().find(named).or_else(|| said.lines().next()).unwrap_or("without a word").trim()
}

/// The command that runs a file in this program, again.
fn ours(directory: &Path, file: &Path, own: bool) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("suite").arg("--dir").arg(directory).arg("--file").arg(file);
    if own {
        command.arg("--own");
    }
    Ok(command)
}

/// Runs a file in a process of its own.
fn run_apart(mut command: Command, file: &Path, limit: u64) -> Result<(), String> {
    let mut start = || -> anyhow::Result<_> {
        let (path, output) = tempfile(file)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        Ok((command.spawn()?, path))
    };
    let (mut child, output) = start().map_err(|error| format!("{error:#}"))?;
    // A process that cannot be waited for has no status, either.
    let status = wait_at_most(&mut child, Duration::from_secs(limit)).unwrap_or(None);
    let said = fs::read(&output).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    let _ = fs::remove_file(output);
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(format!("{said}({status})")),
        None => Err(format!("Error: it takes more than {limit} seconds\n{said}")),
    }
}

/// A file for what a test says.
fn tempfile(test: &Path) -> anyhow::Result<(PathBuf, fs::File)> {
    let name = test.file_stem().unwrap_or_default().to_string_lossy();
    let path = std::env::temp_dir().join(format!("suite-{}-{name}.txt", std::process::id()));
    let file = fs::File::create(&path)?;
    Ok((path, file))
}

/// The main file of a package that a suite depends on, from a folder on.
fn package(from: &Path, name: &str) -> Option<String> {
    if name.starts_with(['.', '/']) {
        return None;
    }
    let places = from.ancestors().map(|folder| folder.join("node_modules").join(name));
    let folder = places.into_iter().find(|folder| folder.is_dir())?;
    let text = fs::read(folder.join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_slice(&text).ok()?;
    let main = package.get("main").and_then(serde_json::Value::as_str).unwrap_or("index.js");
    Some(folder.join(main).display().to_string())
}

/// Runs a file in this process.
fn run_file(directory: &Path, file: &Path, own: bool) -> anyhow::Result<ExitCode> {
    let suite = Suite::of(directory)?;
    let mut runtime = RuntimeOptions::default();
    runtime.heap.tables = heap_model::TableSizing::V8;
    let options = Options {
        expose_gc: true,
        resolve: Some(Box::new(move |name, from| {
            let replaced = suite.replace(name, own);
            replaced.or_else(|| own.then(|| package(from, name)).flatten())
        })),
        ..Options::default()
    };
    let mut machine = Machine::new(Runtime::new(runtime)?, options)?;
    Ok(match machine.run_file(file)? {
        Finished::Exit(code) => ExitCode::from(code as u8),
        Finished::Uncaught(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
        other => {
            eprintln!("{other:?}");
            ExitCode::FAILURE
        }
    })
}
