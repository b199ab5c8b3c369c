//! A scenario's program on the heap.

use super::data::Data;
use anyhow::{anyhow, bail};
use mem_report::Timeline;
use node_memory::{NodeVersion, RecordedNode, RuntimeOptions};
use node_script::Finished;
use node_script::scenario::{Outcome, Printed, Scenario, Setup};
use std::path::{Path, PathBuf};

/// The memory of the machine that is played.
const PHYSICAL_MEMORY: u64 = 24 << 30;

/// The flag of a replay that frees array buffers as a Node does which has threads for it.
const BACKGROUND: &str = "--background-sweeping";

/// What a program has left, in a replay or in a real Node.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    pub timeline: Timeline,
    /// Scavenges and mark-compacts until each sample.
    pub collections: Vec<(u64, u64)>,
    /// The lines that are no samples.
    pub printed: Vec<String>,
    pub out_of_memory: bool,
    /// Whose figures it began with.
    pub baseline: Option<RecordedNode>,
    /// The flags of a replay.
    pub flags: Vec<String>,
}

/// How a scenario is replayed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    /// Start from nothing, instead of from a recorded Node's figures.
    pub without_baseline: bool,
    /// Play this Node instead of the scenario's own.
    pub version: Option<NodeVersion>,
    /// Free array buffers in the collection that finds them dead, whatever the scenario's flags for the replay say.
    pub single_threaded: bool,
    /// Grow the heap to the document's limit of 1.4 GB where the scenario has a smaller one.
    pub full: bool,
    /// The most rounds of loops and jobs.
    pub steps: Option<u64>,
}

/// Replays a scenario.
pub fn replay(data: &Data, way: Way) -> anyhow::Result<Ran> {
    let version = way.version.map_or_else(|| data.version(), Ok)?;
    let mut setup = Setup { node: version, labels: data.table.samples.clone(), ..Setup::default() };
    setup.runtime = RuntimeOptions::for_node(version, PHYSICAL_MEMORY);
    setup.expose_gc = false;
    if !way.without_baseline {
        setup.baseline = RecordedNode::of(version, data.output()?);
    }
    let own = data.table.replay_flags.iter();
    let own = own.filter(|flag| !(way.single_threaded && *flag == BACKGROUND));
    let mut flags: Vec<String> = Vec::new();
    for flag in data.table.flags.iter().chain(own) {
        let full = way.full && flag.starts_with("--max-old-space-size=");
        let flag = if full { "--max-old-space-size=1400" } else { flag };
        setup =
            setup.with_flag(flag).map_err(|error| anyhow!("{}: {error}", data.path.display()))?;
        flags.push(flag.to_owned());
    }
    setup.steps = way.steps.unwrap_or(setup.steps);
    let (baseline, steps) = (setup.baseline, setup.steps);
    let text = std::fs::read_to_string(&data.program)
        .map_err(|error| anyhow!("{}: {error}", data.program.display()))?;
    let outcome = Scenario::from_text(played_path(data), &text).with(setup).run()?;
    let out_of_memory = ended(data, &outcome, steps)?;
    let Outcome { timeline, collections, printed, .. } = outcome;
    let collections = collections.into_iter().map(|(young, full)| (young as u64, full as u64));
    Ok(Ran {
        timeline,
        collections: collections.collect(),
        printed: lines(printed),
        out_of_memory,
        baseline,
        flags,
    })
}

/// The path that the program finds itself at. It is a string of the heap, so a scenario's must not depend on where the
/// repository is. A program without a data file may require files beside it.
fn played_path(data: &Data) -> PathBuf {
    if data.path == data.program {
        return data.program.clone();
    }
    Path::new("/scenarios").join(data.program.file_name().unwrap_or_default())
}

/// Whether the program ended at the heap's limit.
fn ended(data: &Data, outcome: &Outcome, steps: u64) -> anyhow::Result<bool> {
    let program = data.program.display();
    match &outcome.finished {
        Finished::Exit(0) => Ok(false),
        Finished::OutOfMemory(_) => Ok(true),
        Finished::Exit(code) => bail!("{program}:1: the program has exited with {code}"),
        // It begins with the file and the line.
        Finished::Uncaught(text) => {
            let played = played_path(data).display().to_string();
            bail!("{}", text.replace(&played, &program.to_string()))
        }
        Finished::Endless(place) => {
            let line = place.split(':').nth(1).unwrap_or("1");
            bail!(
                "{program}:{line}: the program does not end: it is here after {steps} rounds of loops and jobs"
            )
        }
        other => bail!("{program}:1: {other:?}"),
    }
}

/// The lines of what is printed that are no samples.
pub fn lines(printed: Vec<Printed>) -> Vec<String> {
    let lines = printed.into_iter().filter_map(|part| match part {
        Printed::Line(line) => Some(line),
        Printed::Sample(_) => None,
    });
    lines.collect()
}
