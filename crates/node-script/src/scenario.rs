//! A JavaScript file that is run for its samples: `console.log(process.memoryUsage())`.
//!
//! The file is what a real Node runs, byte by byte; what it prints is read as a real Node's output is. Beside each sample the
//! timeline has the lines of the file that ran before it, what they printed, and what the program's memory consists of.

use crate::machine::{Machine, Options};
use crate::program::{Finished, ScriptError};
use heap_model::Growing;
use mem_report::{Figure, Kinds, MemoryUsage, Sample, Timeline};
use node_memory::{HeapOptions, NodeVersion, RecordedNode, Reuse, Runtime, RuntimeOptions};
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// `process.execPath`, the same on each machine, for a path's text lies in the heap. A scenario has no environment.
const EXECUTABLE: &str = "/usr/local/bin/node";

/// Bytes of a MiB.
const MIB: usize = 1 << 20;

/// How a scenario is run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The heap, pool and streams.
    pub runtime: RuntimeOptions,
    /// Which Node is played.
    pub node: NodeVersion,
    /// `global.gc` is there.
    pub expose_gc: bool,
    /// The flags that the program finds in `process.execArgv`.
    pub flags: Vec<String>,
    /// The figures to start from, and what the first `console.log` costs; without it both are the machine's own.
    pub baseline: Option<RecordedNode>,
    /// How many rounds of loops and jobs the program may take.
    pub steps: u64,
    /// Time is the system's and random numbers differ; otherwise two runs do the same, in a time that passes only while the
    /// program waits.
    pub real_time: bool,
    /// The samples' labels in their order. A sample beyond them is labelled by its line.
    pub labels: Vec<String>,
    /// Whether each sample has a table by kind, for which the heap is walked: O(cells) for each `process.memoryUsage()`.
    pub kinds: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            runtime: RuntimeOptions::default(),
            node: NodeVersion::default(),
            expose_gc: true,
            flags: Vec::new(),
            baseline: None,
            steps: 50_000_000,
            real_time: false,
            labels: Vec::new(),
            kinds: true,
        }
    }
}

/// A JavaScript file and how it is run.
///
/// ```
/// use node_script::scenario::{Scenario, Setup};
/// use mem_report::Figure;
///
/// let text = "gc(); console.log(process.memoryUsage());
/// let kept = new Array(100_000).fill(0);
/// console.log(process.memoryUsage());";
/// let labels = ["before", "with the array"].map(str::to_owned).to_vec();
/// let outcome = Scenario::from_text("kept.js", text).with(Setup { labels, ..Setup::default() }).run()?;
/// let [(sample, difference)] = outcome.timeline.differences().collect::<Vec<_>>()[..] else { panic!() };
/// assert_eq!(sample.label, "with the array");
/// assert!(difference.get(Figure::HeapUsed).is_some_and(|bytes| bytes > 800_000));
/// # Ok::<(), node_script::ScriptError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scenario {
    path: PathBuf,
    text: String,
    setup: Setup,
}

/// What a scenario left.
pub struct Outcome {
    /// The samples in order, and the lines between them.
    pub timeline: Timeline,
    /// Scavenges and full collections until each sample.
    pub collections: Vec<(usize, usize)>,
    /// What the program printed.
    pub printed: Vec<Printed>,
    /// How it ended.
    pub finished: Finished,
    /// The machine as the program left it.
    pub machine: Machine,
}

/// A part of what a program prints.
#[derive(Clone, Debug, PartialEq)]
pub enum Printed {
    /// The five figures, as `console.log(process.memoryUsage())` prints them.
    Sample(MemoryUsage),
    /// Any other line.
    Line(String),
}

impl Printed {
    /// Reads what a program has printed, here or in a real Node.
    #[must_use]
    pub fn read(text: &str) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let mut whole = line.to_owned();
            if line.trim() == "{" {
                for line in lines.by_ref() {
                    whole.push('\n');
                    whole.push_str(line);
                    if line.trim() == "}" {
                        break;
                    }
                }
            }
            let usage = whole.starts_with('{').then(|| whole.parse::<MemoryUsage>().ok()).flatten();
            match usage.filter(|usage| usage.heap_used().is_some()) {
                Some(usage) => parts.push(Self::Sample(usage)),
                None => parts.extend(whole.lines().map(|line| Self::Line(line.to_owned()))),
            }
        }
        parts
    }
}

/// A call of `process.memoryUsage()`.
struct Call {
    usage: MemoryUsage,
    /// Its line, from 1; 0 where it is none of the file's.
    line: usize,
    kinds: Kinds,
    collections: (usize, usize),
}

/// Output that is kept.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Scenario {
    /// A scenario of a file.
    ///
    /// # Errors
    /// What the system says when the file is read.
    pub fn from_file(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        Ok(Self::from_text(path, &std::fs::read_to_string(path)?))
    }

    /// A scenario of a text, as if it were the file with this path.
    #[must_use]
    pub fn from_text(path: impl AsRef<Path>, text: &str) -> Self {
        Self { path: path.as_ref().to_owned(), text: text.to_owned(), setup: Setup::default() }
    }

    /// The scenario, run in this way.
    #[must_use]
    pub fn with(mut self, setup: Setup) -> Self {
        self.setup = setup;
        self
    }

    /// Runs the program to its end, which [`Outcome::finished`] says.
    ///
    /// # Errors
    /// [`ScriptError`] where the machine cannot be made.
    pub fn run(self) -> Result<Outcome, ScriptError> {
        let Self { path, text, setup } = self;
        let runtime = Runtime::new(setup.runtime).map_err(ScriptError::Baseline)?;
        let calls = Rc::new(RefCell::new(Vec::new()));
        let out = Kept::default();
        let options = Options {
            expose_gc: setup.expose_gc,
            out: Box::new(out.clone()),
            err: Box::new(out.clone()),
            deterministic: !setup.real_time,
            executable: EXECUTABLE.to_owned(),
            environment: Vec::new(),
            node: setup.node,
            flags: setup.flags,
            baseline: setup.baseline,
            steps: Some(setup.steps),
            on_sample: Some(listener(calls.clone(), &path, setup.kinds)),
            ..Options::default()
        };
        let mut machine = Machine::new(runtime, options)?;
        let begun = machine.runtime().heap_statistics();
        let own = if setup.kinds { machine.runtime_mut().kinds() } else { Kinds::new() };
        let finished = machine.run_text(&path, &text);
        let printed = Printed::read(&String::from_utf8_lossy(&out.0.borrow()));
        let samples = samples(&printed, calls.take());
        let own_collections = |call: &Call| {
            let (young, full) = call.collections;
            (young - begun.scavenges, full - begun.full_collections)
        };
        let collections = samples.iter().flatten().map(own_collections).collect();
        let timeline =
            timeline(&text, &printed, &samples, &setup.labels, setup.kinds.then_some(&own));
        Ok(Outcome { timeline, collections, printed, finished, machine })
    }
}

/// Remembers each call of `process.memoryUsage()`, with the system's resident set.
fn listener(calls: Rc<RefCell<Vec<Call>>>, path: &Path, kinds: bool) -> crate::OnSample {
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Box::new(move |runtime, usage, place| {
        let mut usage = *usage;
        usage.set(Figure::Rss, mem_report::resident_set().ok());
        let line = place.strip_prefix(&file).and_then(|rest| rest.strip_prefix(':'));
        let line = line.and_then(|rest| rest.split(':').next()?.parse().ok()).unwrap_or(0);
        let statistics = runtime.heap_statistics();
        let collections = (statistics.scavenges, statistics.full_collections);
        let kinds = if kinds { runtime.kinds() } else { Kinds::new() };
        calls.borrow_mut().push(Call { usage, line, kinds, collections });
    })
}

/// The call whose figures each printed sample has: the first one after that of the sample before it.
fn samples(printed: &[Printed], calls: Vec<Call>) -> Vec<Option<Call>> {
    let mut calls = calls.into_iter();
    let mut is_of = |sample: &MemoryUsage| {
        calls.by_ref().find(|call| {
            [Figure::HeapTotal, Figure::HeapUsed, Figure::External]
                .into_iter()
                .all(|figure| call.usage.get(figure) == sample.get(figure))
        })
    };
    let samples = printed.iter().filter_map(|part| match part {
        Printed::Sample(usage) => Some(is_of(usage)),
        Printed::Line(_) => None,
    });
    samples.collect()
}

fn timeline(
    text: &str,
    printed: &[Printed],
    samples: &[Option<Call>],
    labels: &[String],
    own: Option<&Kinds>,
) -> Timeline {
    let lines: Vec<&str> = text.lines().collect();
    let mut timeline = Timeline::new();
    let mut at = 0;
    let mut said = Vec::new();
    let mut number = 0;
    for part in printed {
        let usage = match part {
            Printed::Line(line) => {
                said.push(format!("prints: {line}"));
                continue;
            }
            Printed::Sample(usage) => usage,
        };
        let call = samples[number].as_ref();
        let line = call.map_or(0, |call| call.line);
        // A sample in a loop or a function runs again what was told already.
        if line > at {
            for statement in statements(&lines[at..line - 1]) {
                timeline.statement(statement);
            }
            at = line;
        }
        said.drain(..).for_each(|line| timeline.statement(line));
        let beyond = labels.get(number).cloned();
        let label = beyond.unwrap_or_else(|| format!("line {line}, sample {}", number + 1));
        let sample = Sample::new(&label, call.map_or(*usage, |call| call.usage));
        match (call, own) {
            (Some(call), Some(own)) => timeline.record(sample.with_kinds(&added(&call.kinds, own))),
            _ => timeline.record(sample),
        }
        number += 1;
    }
    for statement in statements(lines.get(at..).unwrap_or_default()) {
        timeline.statement(statement);
    }
    said.drain(..).for_each(|line| timeline.statement(line));
    timeline
}

/// The lines that do something.
fn statements<'t>(lines: &[&'t str]) -> impl Iterator<Item = &'t str> {
    lines.iter().map(|line| line.trim_end()).filter(|line| !line.is_empty())
}

/// What a program has beside what was there when it began; less of a kind counts as none.
fn added(kinds: &Kinds, own: &Kinds) -> Kinds {
    let mut added = Kinds::new();
    for row in kinds.rows() {
        let before = own.get(&row.group, &row.name);
        let bytes = row.bytes.saturating_sub(before.map_or(0, |row| row.bytes));
        let then = before.map_or(Some(0), |row| row.count);
        let count = row.count.zip(then).map(|(now, then)| now.saturating_sub(then));
        match count {
            _ if bytes == 0 && count.unwrap_or(0) == 0 => {}
            Some(count) => added.add(row.group.clone(), row.name.clone(), count, bytes),
            None => added.add_bytes(row.group.clone(), row.name.clone(), bytes),
        }
    }
    added
}

impl Setup {
    /// With a flag of Node's: `--expose-gc`, `--max-old-space-size=MIB`, `--max-semi-space-size=MIB`,
    /// `--zero-fill-buffers`, `--trace-gc` (which is for others to look at), `--single-threaded`. Or with one that Node does not have: `--preset=32-bit` and
    /// `--preset=64-bit`, the limits that V8 once had; `--reuse=recycle`, a pool that gives released slabs to new buffers;
    /// `--embedded`, array buffers that are not tracked; `--background-sweeping`, what a Node without `--single-threaded`
    /// does; `--real-time`, the system's clock.
    ///
    /// # Errors
    /// What is wrong with the flag.
    pub fn with_flag(mut self, flag: &str) -> Result<Self, String> {
        let spelled = flag.replace('_', "-");
        let (name, value) = spelled.split_once('=').unwrap_or((&spelled, ""));
        let number = || match value.parse() {
            Ok(number @ 1..=0x100_0000) => Ok(number),
            _ => Err(format!("{flag}: a number of MiB is missing")),
        };
        match (name, value) {
            ("--expose-gc", "") => self.expose_gc = true,
            ("--max-old-space-size", _) => {
                self.runtime = self.runtime.with_max_old_space(number()?);
            }
            ("--max-semi-space-size", _) => {
                self.runtime = self.runtime.with_max_semi_space(number()?);
            }
            ("--min-semi-space-size", _) => {
                let heap = &mut self.runtime.heap;
                let least = number()?.saturating_mul(MIB).next_power_of_two();
                heap.initial_semi_space = least.min(heap.max_semi_space);
            }
            ("--max-heap-size", _) => self.runtime.heap.limit = number()?.saturating_mul(MIB),
            ("--predictable-gc-schedule", "") => {
                // V8 sets by it a new space that does not grow and an old one that grows by 30 %.
                let heap = &mut self.runtime.heap;
                heap.max_semi_space = 4 * MIB;
                heap.initial_semi_space = 4 * MIB;
                heap.growing = Growing::Factor(1.3);
            }
            ("--zero-fill-buffers", "") => self.runtime.pool.zero_always = true,
            ("--trace-gc" | "--trace-gc-nvp", "") => {}
            ("--single-threaded", "") => self.runtime.background_sweeping = false,
            ("--preset", "32-bit") => self.runtime.heap = HeapOptions::historical_32_bit(),
            ("--preset", "64-bit") => self.runtime.heap = HeapOptions::historical_64_bit(),
            ("--reuse", "recycle") => self.runtime.pool.reuse = Reuse::Recycle,
            ("--background-sweeping", "") => self.runtime.background_sweeping = true,
            ("--real-time", "") => self.real_time = true,
            ("--embedded", "") => self.runtime.embedded = true,
            _ => return Err(format!("{flag}: no such flag")),
        }
        self.flags.push(flag.to_owned());
        Ok(self)
    }
}
