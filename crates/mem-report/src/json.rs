//! Timelines as JSON lines: a head, then each statement and sample in order. What is written reads back
//! as it was.
//!
//! ```json
//! {"mem-report":"timeline","version":1,"name":"service"}
//! {"sources":{"rss":["VmRSS","noisy"],"heapUsed":["heap","exact"]}}
//! {"label":"start","usage":{"rss":27541504,"heapUsed":3092008}}
//! {"statement":"gc()"}
//! {"label":"after gc","at":1500000,"collections":1,"usage":{"rss":27541504,"heapUsed":2717752}}
//! ```
//!
//! `at` is in nanoseconds. A line of sources holds until the next one. A file may hold several timelines,
//! each with its head.

use crate::compare::Comparison;
use crate::{
    Allocations, Figure, Kinds, MemoryUsage, Precision, Reading, Sample, Source, Timeline,
};
use core::fmt;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

const FORMAT: &str = "timeline";
/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 1;

#[derive(Deserialize, Serialize)]
struct Head<'a> {
    #[serde(rename = "mem-report")]
    format: &'a str,
    version: u32,
    name: &'a str,
}

#[derive(Serialize)]
struct WrittenSample<'a> {
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collections: Option<u64>,
    usage: &'a MemoryUsage,
    #[serde(skip_serializing_if = "Option::is_none")]
    allocations: Option<Allocations>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kinds: Option<&'a Kinds>,
}

/// Writes a timeline under a name. O(samples + kinds).
///
/// # Errors
/// What the writer refuses.
pub fn write(name: &str, timeline: &Timeline, mut to: impl Write) -> io::Result<()> {
    line(&mut to, &Head { format: FORMAT, version: VERSION, name })?;
    let mut sources = [None; 5];
    let mut step = 0;
    for sample in timeline.samples() {
        for statement in timeline.statements(step, sample.step) {
            line(&mut to, &BTreeMap::from([("statement", statement)]))?;
        }
        step = sample.step;
        let now =
            Figure::ALL.map(|figure| sample.usage.reading(figure).map(|reading| reading.source));
        if now != sources {
            let named: BTreeMap<_, _> = Figure::ALL
                .iter()
                .zip(now)
                .filter_map(|(figure, source)| source.map(|source| (figure.name(), source)))
                .map(|(figure, source)| (figure, (source.name(), source.precision())))
                .collect();
            line(&mut to, &BTreeMap::from([("sources", named)]))?;
            sources = now;
        }
        let at = sample.at.map(|at| u64::try_from(at.as_nanos()).unwrap_or(u64::MAX));
        line(
            &mut to,
            &WrittenSample {
                label: sample.label,
                at,
                collections: sample.collections,
                usage: &sample.usage,
                allocations: sample.allocations,
                kinds: sample.kinds,
            },
        )?;
    }
    for statement in timeline.last_statements() {
        line(&mut to, &BTreeMap::from([("statement", statement)]))?;
    }
    Ok(())
}

/// Writes a comparison under a name: a head with the format `comparison`, then a line for each row. It is not read
/// back. O(rows).
///
/// ```json
/// {"mem-report":"comparison","version":1,"name":"service"}
/// {"label":"loaded","occurrence":0,"metric":"heapUsed","old":1000,"new":1056,"precision":"exact","verdict":"rose","isOrigin":true}
/// ```
///
/// # Errors
/// What the writer refuses.
pub fn write_comparison(name: &str, comparison: &Comparison, mut to: impl Write) -> io::Result<()> {
    line(&mut to, &Head { format: "comparison", version: VERSION, name })?;
    comparison.rows().iter().try_for_each(|row| {
        line(
            &mut to,
            &WrittenRow {
                label: &row.label,
                occurrence: row.occurrence,
                metric: row.metric.name(),
                old: row.old,
                new: row.new,
                precision: row.precision,
                verdict: row.verdict.word(),
                is_origin: row.is_origin,
            },
        )
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenRow<'a> {
    label: &'a str,
    occurrence: usize,
    metric: &'a str,
    old: Option<i128>,
    new: Option<i128>,
    precision: Precision,
    verdict: &'a str,
    is_origin: bool,
}

fn line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, value)?;
    to.write_all(b"\n")
}

/// Why a file holds no timelines.
#[derive(Debug)]
#[non_exhaustive]
pub enum JsonError {
    /// It could not be read.
    Io(io::Error),
    /// A line is not one of this format.
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// The first line is no head: the file is of another format.
    NoHead,
    /// Another version wrote it.
    Version {
        /// The line of the head, counted from 1.
        line: usize,
        /// The version.
        version: u32,
    },
    /// A line names a source that cannot be kept: its name is too long, or there are too many.
    Source {
        /// The line, counted from 1.
        line: usize,
    },
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => f.write_str("the timelines could not be read"),
            Self::Line { line, .. } => write!(f, "line {line} is none of a timeline's"),
            Self::NoHead => f.write_str("the first line is not the head of a timeline"),
            Self::Version { line, version } => {
                write!(
                    f,
                    "line {line}: version {version} is not known; this reads version {VERSION}"
                )
            }
            Self::Source { line } => {
                write!(f, "line {line} names too many sources, or one with a long name")
            }
        }
    }
}

impl core::error::Error for JsonError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Line { error, .. } => Some(error),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct ReadHead {
    #[serde(rename = "mem-report")]
    format: String,
    version: u32,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadStatement {
    statement: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadSources {
    sources: BTreeMap<String, (String, Precision)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadSample {
    label: String,
    at: Option<u64>,
    collections: Option<u64>,
    usage: MemoryUsage,
    allocations: Option<Allocations>,
    kinds: Option<Kinds>,
}

/// Reads the timelines of a file with their names. O(n); one line is in memory at a time.
///
/// # Errors
/// The first line that cannot be read. [`read_partly`] gives what precedes it too.
pub fn read(from: impl BufRead) -> Result<Vec<(String, Timeline)>, JsonError> {
    let (timelines, error) = read_partly(from);
    error.map_or(Ok(timelines), Err)
}

/// Reads the timelines of a file up to the first line that cannot be read, and says what is wrong with that one: for a
/// file whose program was ended while it wrote.
///
/// ```
/// use mem_report::json::{self, JsonError};
///
/// let file = "{\"mem-report\":\"timeline\",\"version\":1,\"name\":\"a\"}\n\
///     {\"label\":\"start\",\"usage\":{\"rss\":4096}}\n{\"label\":\"en";
/// let (timelines, error) = json::read_partly(file.as_bytes());
/// assert_eq!(timelines[0].1.len(), 1);
/// assert!(matches!(error, Some(JsonError::Line { line: 3, .. })));
/// ```
pub fn read_partly(from: impl BufRead) -> (Vec<(String, Timeline)>, Option<JsonError>) {
    let mut reader = Reader::default();
    let read = from.lines().enumerate().try_for_each(|(index, text)| {
        let text = text.map_err(JsonError::Io)?;
        if text.trim().is_empty() { Ok(()) } else { reader.line(&text, index + 1) }
    });
    let no_head = reader.timelines.is_empty().then_some(JsonError::NoHead);
    (reader.timelines, read.err().or(no_head))
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    timelines: Vec<(String, Timeline)>,
    /// The sources of the current timeline's next samples.
    sources: [Option<Source>; 5],
}

impl Reader {
    fn line(&mut self, text: &str, number: usize) -> Result<(), JsonError> {
        let wrong = |error| JsonError::Line { line: number, error };
        if text.starts_with("{\"mem-report\"") {
            let head: ReadHead = serde_json::from_str(text).map_err(wrong)?;
            if head.format != FORMAT {
                return Err(JsonError::NoHead);
            }
            if head.version != VERSION {
                return Err(JsonError::Version { line: number, version: head.version });
            }
            self.timelines.push((head.name, Timeline::new()));
            self.sources = [None; 5];
            return Ok(());
        }
        let (_, timeline) = self.timelines.last_mut().ok_or(JsonError::NoHead)?;
        if text.starts_with("{\"statement\"") {
            let read: ReadStatement = serde_json::from_str(text).map_err(wrong)?;
            timeline.statement(read.statement);
        } else if text.starts_with("{\"sources\"") {
            let read: ReadSources = serde_json::from_str(text).map_err(wrong)?;
            self.sources = [None; 5];
            for (name, (source, precision)) in read.sources {
                let Some(figure) = Figure::from_name(&name) else { continue };
                let source = Source::from_name(&source, precision);
                let source = source.ok_or(JsonError::Source { line: number })?;
                self.sources[figure as usize] = Some(source);
            }
        } else {
            let mut read: ReadSample = serde_json::from_str(text).map_err(wrong)?;
            for figure in Figure::ALL {
                let source = self.sources[figure as usize].unwrap_or(Source::NODE);
                let bytes = read.usage.get(figure);
                read.usage.set(figure, bytes.map(|bytes| Reading::new(bytes, source)));
            }
            let mut sample = Sample::new(&read.label, read.usage);
            sample.at = read.at.map(Duration::from_nanos);
            sample.collections = read.collections;
            sample.allocations = read.allocations;
            sample.kinds = read.kinds.as_ref();
            timeline.record(sample);
        }
        Ok(())
    }
}
