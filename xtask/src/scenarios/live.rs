//! A scenario's program in a real Node.

use super::data::Data;
use super::replay::{Ran, lines};
use crate::apart::wait_at_most;
use anyhow::{Context, bail};
use mem_report::{Figure, Timeline};
use node_memory::Output;
use node_script::scenario::Printed;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a program may take.
const MOST: Duration = Duration::from_secs(60);

/// A Node that is there.
#[derive(Clone, Debug)]
pub struct Node {
    path: PathBuf,
    /// `v20.20.2`.
    pub version: String,
}

impl Node {
    /// The Node at a path; `auto` is the one on the search path.
    pub fn find(path: &str) -> anyhow::Result<Self> {
        let path = match path {
            "auto" => {
                which::which("node").context("no Node is on the path: --node PATH names one")?
            }
            path => PathBuf::from(path),
        };
        let output = Command::new(&path).arg("--version").stdin(Stdio::null()).output();
        let output =
            output.with_context(|| format!("{}: this Node cannot be run", path.display()))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() || !version.starts_with('v') {
            bail!("{}: this is no Node: --version prints {version:?}", path.display());
        }
        Ok(Self { path, version })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its release line: `20`.
    pub fn line(&self) -> &str {
        self.version.trim_start_matches('v').split('.').next().unwrap_or_default()
    }

    /// Runs a program with flags. `before` are the words before Node's path.
    pub fn run(&self, program: &Path, flags: &[String], output: Output) -> anyhow::Result<String> {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        let words = [self.path.display().to_string()].into_iter().chain(flags.iter().cloned());
        let words = words.chain([program.display().to_string()]);
        let mut command = match output {
            Output::Pipe => {
                let mut command = Command::new(&self.path);
                command.args(flags).arg(program);
                command
            }
            Output::Terminal => {
                let line: Vec<String> = words.map(|word| quoted(&word)).collect();
                let mut command = Command::new("script");
                command.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
                command
            }
        };
        // What the environment says of Node is not the program's.
        command
            .env_remove("NODE_OPTIONS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("{:?} cannot be run", command.get_program()))?;
        let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
        let errors = std::thread::spawn(move || read(&mut err));
        let printed = std::thread::spawn(move || read(&mut out));
        let Some(status) = wait_at_most(&mut child, MOST)? else {
            bail!(
                "{}:1: the program does not end in {} seconds",
                program.display(),
                MOST.as_secs()
            );
        };
        let text = printed.join().unwrap_or_default();
        let errors = errors.join().unwrap_or_default();
        let limit = errors.contains(OUT_OF_MEMORY) || text.contains(OUT_OF_MEMORY);
        if !status.success() && !limit {
            bail!(
                "{}: {} has ended with {status}:\n{errors}{text}",
                program.display(),
                self.version
            );
        }
        Ok(if limit { format!("{text}\n{OUT_OF_MEMORY}\n") } else { text })
    }

    /// Runs a scenario.
    pub fn scenario(&self, data: &Data) -> anyhow::Result<Ran> {
        let text = self.run(&data.program, &self.flags(data), data.output()?)?;
        Ok(ran(data, &text))
    }

    /// A scenario's flags, and the one by which figures repeat.
    pub fn flags(&self, data: &Data) -> Vec<String> {
        let single = "--single-threaded".to_owned();
        data.table.flags.iter().cloned().chain([single]).collect()
    }
}

/// What V8 says at the heap's limit.
pub const OUT_OF_MEMORY: &str = "JavaScript heap out of memory";

fn read(from: &mut Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // What cannot be read is missing in what is compared.
    let _ = from.as_mut().map(|from| from.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a program has printed. V8's report at the limit is not the program's.
pub fn ran(data: &Data, text: &str) -> Ran {
    let (own, out_of_memory) = match text.contains(OUT_OF_MEMORY) {
        true => (text.split("<--- Last few GCs --->").next().unwrap_or_default(), true),
        false => (text, false),
    };
    let mut timeline = Timeline::new();
    let mut collections = Vec::new();
    let mut so_far = (0, 0);
    let mut program = String::new();
    for line in own.lines() {
        // A line of --trace-gc.
        if line.starts_with('[') && line.contains(" ms: ") {
            if line.contains("Scavenge") {
                so_far.0 += 1;
            } else if line.contains("Mark-") {
                so_far.1 += 1;
            }
            continue;
        }
        if line.trim_start_matches(['{', ' ']).starts_with("rss:") {
            collections.push(so_far);
        }
        program.push_str(line);
        program.push('\n');
    }
    let parts = Printed::read(&program);
    for part in &parts {
        if let Printed::Sample(usage) = part {
            let label = data.table.samples.get(timeline.len()).cloned();
            let label = label.unwrap_or_else(|| format!("sample {}", timeline.len() + 1));
            timeline.push(&label, *usage);
        }
    }
    let mut printed = lines(parts);
    printed.retain(|line| !line.is_empty() && !line.contains(OUT_OF_MEMORY));
    Ran { timeline, collections, printed, out_of_memory, ..Ran::default() }
}

/// The five figures of each sample of some runs: the medians.
pub fn medians(runs: &[Ran]) -> Vec<[Option<u64>; 5]> {
    let count = runs.iter().map(|run| run.timeline.len()).min().unwrap_or(0);
    let median = |index: usize, figure: Figure| {
        let values = runs.iter().filter_map(|run| run.timeline.get(index)?.usage.get(figure));
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied()
    };
    (0..count).map(|index| Figure::ALL.map(|figure| median(index, figure))).collect()
}
