//! `cargo xtask test262`: ECMAScript's own test suite, from a checkout.

mod expected;
mod front_matter;
mod in_node;
mod report;
mod worker;

use anyhow::{Context, bail, ensure};
use expected::Expected;
use front_matter::FrontMatter;
use report::Outcome;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;
use worker::Mode;

/// Folders of the suite that are of the language itself.
const FOLDERS: [&str; 3] = ["language", "built-ins", "annexB"];
/// What a reason begins with if the Node that is played fails the file as well, which `--node` checks.
const NODE_FAILS: &str = "Node 20 fails it";

/// The arguments of `cargo xtask test262`. The suite has some ninety thousand runs, so that what runs them is built with
/// optimisation first.
#[derive(clap::Args)]
pub struct Test262Args {
    /// A checkout of tc39/test262
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Run only the files whose path below `test/` begins with one of these
    filters: Vec<String>,
    /// How many processes run tests; by default as many as there are cores
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Seconds that a test may take
    #[arg(long, default_value_t = 20, value_name = "S")]
    limit: u64,
    /// Run each Nth file alone
    #[arg(long, default_value_t = 1, value_name = "N")]
    each: usize,
    /// Print the shares as JSON
    #[arg(long)]
    json: bool,
    /// Print each failure, the expected ones too
    #[arg(long)]
    all: bool,
    /// Take files that pass from the list of expected failures
    #[arg(long)]
    update: bool,
    /// With --update: add files that fail, too
    #[arg(long, requires = "update")]
    grow: bool,
    /// Run nothing: write docs/javascript.md, by the list of expected failures
    #[arg(long)]
    write_docs: bool,
    /// Run the files that are known to fail in a real Node, and hold their reasons to what it does
    #[arg(long, value_name = "PATH")]
    node: Option<PathBuf>,
    /// Run the tests in this build of the command: no other is made
    #[arg(long)]
    this_build: bool,
    #[arg(long, hide = true)]
    worker: bool,
}

impl Test262Args {
    fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.unwrap_or_else(cores)
    }
}

/// Runs the command.
pub fn run(args: &Test262Args) -> ExitCode {
    let ran = if args.worker {
        worker::serve(&args.dir).map(|()| true).map_err(Into::into)
    } else {
        run_suite(args)
    };
    match ran {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all files that are asked for; whether each ended as the list says.
fn run_suite(args: &Test262Args) -> anyhow::Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = root.join("test262/expected-failures.txt");
    let text = std::fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    let mut expected = Expected::parse(&text).map_err(anyhow::Error::msg)?;
    if args.write_docs {
        let outcomes = by_the_list(&args.dir.join("test"), &expected)?;
        let document = report::document(&report::shares(&outcomes), &expected);
        std::fs::write(root.join("../docs/javascript.md"), document)?;
        return Ok(true);
    }
    if let Some(node) = &args.node {
        return reasons_hold(args, node, &expected);
    }
    let outcomes = outcomes(args, &expected)?;
    if outcomes.is_empty() {
        bail!("no file of {} begins with {:?}", args.dir.display(), args.filters);
    }
    let shares = report::shares(&outcomes);
    let mut good = true;
    for (path, outcome) in &outcomes {
        let known = expected.files.contains_key(path);
        match outcome {
            Outcome::Failed(why) if args.all || !known => {
                println!("{path}: {why}");
                good &= known || args.grow;
            }
            Outcome::Passed if known && !args.update => {
                println!("{path}: now passes: remove it from {}", list.display());
                good = false;
            }
            _ => {}
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&shares)?);
    } else {
        println!("{}", report::table(&shares));
    }
    if args.update {
        for (path, outcome) in &outcomes {
            match outcome {
                Outcome::Failed(why) if args.grow => {
                    expected.files.entry(path.clone()).or_insert_with(|| reason(why));
                }
                Outcome::Failed(_) => {}
                Outcome::Passed | Outcome::NotRun(_) => drop(expected.files.remove(path)),
            }
        }
        std::fs::write(&list, expected.print())?;
    }
    Ok(good)
}

/// Runs the files of the list in a real Node. Whether those that it fails as well are those whose reason says so.
fn reasons_hold(args: &Test262Args, node: &Path, expected: &Expected) -> anyhow::Result<bool> {
    let wanted = |path: &str| {
        args.filters.is_empty() || args.filters.iter().any(|filter| path.starts_with(filter))
    };
    let paths: Vec<String> = expected.files.keys().filter(|path| wanted(path)).cloned().collect();
    let (mut held, mut fails) = (true, 0);
    let limit = Duration::from_secs(args.limit);
    in_node::run(node, &args.dir, &paths, args.jobs(), limit, |number, failure| {
        let path = &paths[number];
        let said = expected.files[path].starts_with(NODE_FAILS);
        fails += usize::from(failure.is_some());
        held &= failure.is_some() == said;
        match failure {
            None if said => println!("{path}: Node passes it: {}", expected.files[path]),
            Some(why) if !said => println!("{path}: Node fails it as well: {why}"),
            Some(why) if args.all => println!("{path}: {}: {why}", expected.files[path]),
            _ => {}
        }
    })?;
    println!("{} files of the list: Node fails {fails} as well", paths.len());
    Ok(held)
}

/// What becomes of each file if the list is right.
fn by_the_list(test: &Path, expected: &Expected) -> anyhow::Result<BTreeMap<String, Outcome>> {
    let mut paths = Vec::new();
    for folder in FOLDERS {
        files(test, folder, &[], &mut paths)?;
    }
    let mut outcomes = BTreeMap::new();
    for path in paths {
        let text = std::fs::read(test.join(&path))?;
        let front = FrontMatter::of(&String::from_utf8_lossy(&text));
        let outcome = match (expected.not_run(&path, &front), expected.files.get(&path)) {
            (Some(reason), _) => Outcome::NotRun(reason.to_owned()),
            (None, Some(reason)) => Outcome::Failed(reason.clone()),
            (None, None) => Outcome::Passed,
        };
        outcomes.insert(path, outcome);
    }
    Ok(outcomes)
}

/// A failure's message, short enough for a list.
fn reason(why: &str) -> String {
    why.replace("Test262:AsyncTestFailure:", "")
        .chars()
        .take(100)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn outcomes(args: &Test262Args, expected: &Expected) -> anyhow::Result<BTreeMap<String, Outcome>> {
    let test = args.dir.join("test");
    let mut paths = Vec::new();
    for folder in FOLDERS {
        files(&test, folder, &args.filters, &mut paths)
            .with_context(|| test.join(folder).display().to_string())?;
    }
    paths.sort_unstable();
    let mut outcomes = BTreeMap::new();
    let (mut requests, mut of) = (Vec::new(), Vec::new());
    for path in paths.into_iter().step_by(args.each.max(1)) {
        let text = std::fs::read(test.join(&path))?;
        let front = FrontMatter::of(&String::from_utf8_lossy(&text));
        if let Some(reason) = expected.not_run(&path, &front) {
            outcomes.insert(path, Outcome::NotRun(reason.to_owned()));
            continue;
        }
        let node = expected.node(&front).unwrap_or(0);
        for mode in Mode::of(&front) {
            requests.push(format!("{} {node} {path}", mode.name()));
            of.push(path.clone());
        }
        outcomes.insert(path, Outcome::Passed);
    }
    let limit = Duration::from_secs(args.limit);
    let arguments = ["test262".into(), "--worker".into(), "--dir".into(), args.dir.clone().into()];
    let request = |number: usize| requests.get(number).cloned();
    let program = program(args.this_build)?;
    let progress = indicatif::ProgressBar::new(requests.len() as u64);
    crate::pool::run(&program, &arguments, request, args.jobs(), limit, |number, failure| {
        progress.inc(1);
        if let Some(why) = failure {
            outcomes.insert(of[number].clone(), Outcome::Failed(why));
        }
    })?;
    progress.finish_and_clear();
    Ok(outcomes)
}

/// What runs the tests: this command, built with optimisation, unless this build is wanted.
fn program(this_build: bool) -> anyhow::Result<PathBuf> {
    const PROFILE: &str = "suites";
    let this = std::env::current_exe()?;
    if this_build {
        return Ok(this);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = this.ancestors().nth(2).context("this program lies in no target folder")?;
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--package", "xtask", "--profile", PROFILE, "--target-dir"])
        .arg(target)
        .status()
        .context("cargo build")?;
    ensure!(built.success(), "cargo build failed");
    Ok(target.join(PROFILE).join("xtask").with_extension(std::env::consts::EXE_EXTENSION))
}

/// The tests of a folder, as paths below `test/`.
fn files(
    test: &Path,
    folder: &str,
    filters: &[String],
    to: &mut Vec<String>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(test.join(folder))? {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        // Down only where something may begin with a filter.
        let wanted = filters.is_empty()
            || filters.iter().any(|filter| path.starts_with(filter) || filter.starts_with(&path));
        if !wanted {
            continue;
        }
        if entry.file_type()?.is_dir() {
            files(test, &path, filters, to)?;
        } else if path.ends_with(".js")
            && !path.contains("_FIXTURE")
            && (filters.is_empty() || filters.iter().any(|filter| path.starts_with(filter)))
        {
            to.push(path);
        }
    }
    Ok(())
}
