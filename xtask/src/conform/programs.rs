//! Random JavaScript programs, run here and in a real Node: the same output, the same objects alive after each collection,
//! and as many bytes retained, but for a hundredth. A program that differs is made smaller by leaving out steps.

mod generate;
mod language;
mod memory;
mod values;

use crate::apart::wait_at_most;
use anyhow::Context;
use generate::{steps, text};
use node_memory::{NodeVersion, Runtime, RuntimeOptions};
use node_script::{Finished, Machine, Options};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// The most that the bytes retained may differ by: a hundredth, and what Node's own code takes meanwhile.
const TOLERANCE: f64 = 0.01;
const OWN: f64 = 1024.0;
/// Without these, Node compiles, optimises and forgets code while a program measures: up to 120 kB come and go.
const NODE_FLAGS: [&str; 7] = [
    "--expose-gc",
    "--no-warnings",
    "--single-threaded",
    "--no-opt",
    "--no-sparkplug",
    "--no-flush-bytecode",
    "--no-lazy-feedback-allocation",
];
/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The memory of the machine that is played.
const PHYSICAL_MEMORY: u64 = 16 << 30;

/// What to run.
pub struct Programs {
    pub node: PathBuf,
    pub first: u64,
    pub count: u64,
    /// Where the programs that differ are written.
    pub out: PathBuf,
}

/// Runs the programs in both, and tells which differ.
pub fn run(programs: &Programs) -> anyhow::Result<ExitCode> {
    let mut pair = Pair::new(&programs.node)?;
    let (mut differ, mut retained) = (0, 0);
    for seed in programs.first..programs.first + programs.count {
        let mut steps = steps(seed);
        let Verdict::Differs(_) = pair.compare(&steps)?.counted(&mut retained) else { continue };
        differ += 1;
        let difference = pair.shrink(&mut steps)?;
        fs::create_dir_all(&programs.out)?;
        let file = programs.out.join(format!("{seed}.js"));
        fs::write(&file, text(&steps))?;
        println!("program {seed}, in {}:", file.display());
        steps.iter().for_each(|step| println!("    {step}"));
        println!("{difference}");
    }
    println!(
        "{} programs, {retained} structures measured, {differ} programs differ",
        programs.count
    );
    Ok(if differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a program here, for [`run`] in another process.
pub fn run_here(file: &Path) -> anyhow::Result<ExitCode> {
    let mut options = RuntimeOptions::for_node(NodeVersion::default(), PHYSICAL_MEMORY);
    options.heap.tables = heap_model::TableSizing::V8;
    let script = Options { expose_gc: true, ..Options::default() };
    let mut machine = Machine::new(Runtime::new(options)?, script)?;
    match machine.run_file(file)? {
        Finished::Exit(code) => return Ok(ExitCode::from(code as u8)),
        Finished::Uncaught(text) => println!("{text}"),
        other => println!("{other:?}"),
    }
    Ok(ExitCode::FAILURE)
}

enum Verdict {
    Same { retained: usize },
    Differs(String),
}

impl Verdict {
    fn counted(self, count: &mut usize) -> Self {
        if let Self::Same { retained } = self {
            *count += retained;
        }
        self
    }
}

/// This project and a real Node.
struct Pair<'a> {
    node: &'a Path,
    ours: PathBuf,
    /// The program's file and the file of its output.
    program: PathBuf,
    output: PathBuf,
}

impl<'a> Pair<'a> {
    fn new(node: &'a Path) -> anyhow::Result<Self> {
        let file = |end| std::env::temp_dir().join(format!("conform-{}.{end}", std::process::id()));
        Ok(Self { node, ours: std::env::current_exe()?, program: file("js"), output: file("txt") })
    }

    fn compare(&mut self, steps: &[String]) -> anyhow::Result<Verdict> {
        fs::write(&self.program, text(steps))?;
        let mut node = Command::new(self.node);
        node.args(NODE_FLAGS).arg(&self.program);
        let node = self.output_of(node).with_context(|| self.node.display().to_string())?;
        let mut ours = Command::new(&self.ours);
        ours.args(["conform", "--program"]).arg(&self.program);
        let ours = self.output_of(ours)?;
        Ok(compare(&node, &ours))
    }

    /// What a process prints; the last line tells how it ended, unless well.
    fn output_of(&self, mut command: Command) -> anyhow::Result<String> {
        let output = fs::File::create(&self.output)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut child = command.spawn()?;
        let status = wait_at_most(&mut child, LIMIT)?;
        let mut said = String::from_utf8_lossy(&fs::read(&self.output)?).into_owned();
        match status {
            Some(status) if status.success() => {}
            Some(status) => said = format!("{}\n{status}\n", without_trace(&said)),
            None => said += "\ntook too long\n",
        }
        Ok(said)
    }

    /// Leaves out steps as long as the program still differs: halves first, single steps last (Zeller's delta debugging).
    /// Returns how the smallest one differs.
    fn shrink(&mut self, steps: &mut Vec<String>) -> anyhow::Result<String> {
        let mut last = String::new();
        let mut part = steps.len().div_ceil(2);
        loop {
            let (mut start, before) = (0, steps.len());
            while start < steps.len() {
                let mut fewer = steps.clone();
                fewer.drain(start..(start + part).min(steps.len()));
                match self.compare(&fewer)? {
                    Verdict::Differs(how) => (*steps, last) = (fewer, how),
                    Verdict::Same { .. } => start += part,
                }
            }
            if part == 1 && before == steps.len() {
                break;
            }
            part = part.div_ceil(2);
        }
        if last.is_empty()
            && let Verdict::Differs(how) = self.compare(steps)?
        {
            last = how;
        }
        Ok(last)
    }
}

impl Drop for Pair<'_> {
    fn drop(&mut self) {
        // What is left in the system's folder for temporary files does no harm.
        let _ = fs::remove_file(&self.program);
        let _ = fs::remove_file(&self.output);
    }
}

/// What a program that failed says, but for the calls of Node's own and its version.
fn without_trace(said: &str) -> String {
    let kept = |line: &&str| {
        !line.is_empty() && !line.starts_with("    at ") && !line.starts_with("Node.js ")
    };
    said.lines().filter(kept).collect::<Vec<_>>().join("\n")
}

fn compare(node: &str, ours: &str) -> Verdict {
    let (mut theirs, mut own, mut retained) = (node.lines(), ours.lines(), 0);
    loop {
        let (their, own) = match (theirs.next(), own.next()) {
            (None, None) => return Verdict::Same { retained },
            (their, own) => (their.unwrap_or("(the end)"), own.unwrap_or("(the end)")),
        };
        if let (Some((number, their)), Some((other, own))) = (bytes(their), bytes(own))
            && number == other
            && (their - own).abs() <= TOLERANCE * their.abs() + OWN
        {
            retained += 1;
        } else if their != own {
            return Verdict::Differs(format!("  Node: {their}\n  here: {own}"));
        }
    }
}

/// The structure's number and its bytes, of a line `retained NUMBER BYTES`.
fn bytes(line: &str) -> Option<(&str, f64)> {
    let (number, bytes) = line.strip_prefix("retained ")?.split_once(' ')?;
    Some((number, bytes.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Verdict, compare, generate};

    #[test]
    fn a_program_is_the_same_for_the_same_seed() {
        assert_eq!(generate::steps(7), generate::steps(7));
        assert_ne!(generate::steps(7), generate::steps(8));
    }

    #[test]
    fn outputs_agree_if_lines_are_equal_and_bytes_are_within_a_hundredth() {
        let same = |node, ours| matches!(compare(node, ours), Verdict::Same { .. });
        assert!(same("a\nretained 1 500000\n", "a\nretained 1 504000\n"));
        assert!(!same("retained 1 500000\n", "retained 1 510000\n"));
        assert!(!same("retained 1 500000\n", "retained 2 500000\n"));
        assert!(!same("a\nb\n", "a\n") && !same("a", "b"));
    }
}
