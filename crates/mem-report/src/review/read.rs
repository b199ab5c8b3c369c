//! Reads the text of a review back into a timeline.

use super::Band;
use crate::escape::read_line;
use crate::{
    Allocations, Counter, Figure, Kind, Kinds, MemoryUsage, Metric, Sample, Source, Timeline,
};
use core::fmt;
use std::collections::{BTreeMap, HashMap};

/// What stands for a label without text.
pub(super) const EMPTY: &str = "\\(no label)";
/// What stands above the statements after the last sample.
pub(super) const END: &str = "\\(end)";

/// What a committed text says: its exact figures as a timeline, and its bands.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The samples with their statements, exact figures and tables by kind. Noisy figures are absent.
    pub timeline: Timeline,
    /// The bands that each sample writes, by its label, in order.
    bands: HashMap<String, Vec<Vec<(Metric, Band)>>>,
}

/// Why a text is no review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It belongs to a sample, and no label precedes it.
    NoSample,
    /// It is neither a label nor a statement, a metric, a kind or empty, or it follows the end.
    NoSuchLine,
    /// Its name is no metric's.
    UnknownMetric,
    /// Its value is no number, or one that does not fit.
    Value,
    /// A change of something that was absent.
    ChangeOfNothing,
    /// A backslash in its text is followed by nothing that has a meaning.
    Escape,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::NoSample => "no sample's label comes before it",
            Problem::NoSuchLine => "it is neither a label, a statement, a metric nor a kind",
            Problem::UnknownMetric => "no metric has this name",
            Problem::Value => "its value is no number that fits",
            Problem::ChangeOfNothing => "it changes what is absent",
            Problem::Escape => "its backslash escapes nothing",
        };
        write!(f, "line {} of the review: {problem}", self.line)
    }
}

impl core::error::Error for ParseError {}

impl Committed {
    /// The bands that a sample writes: by its label, and how many samples with that label precede it.
    pub(super) fn bands(&self, label: &str, occurrence: usize) -> Option<&[(Metric, Band)]> {
        self.bands.get(label)?.get(occurrence).map(Vec::as_slice)
    }
}

/// Reads what [`Review`](super::Review) writes. O(n) in the text, and O(log k) a row of k kinds.
///
/// # Errors
/// The first line that is none of a review's.
pub fn parse(text: &str) -> Result<Committed, ParseError> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        reader.line(line).map_err(|problem| ParseError { line: index + 1, problem })?;
    }
    reader.finish();
    Ok(Committed { timeline: reader.timeline, bands: reader.bands })
}

/// Count and bytes of kinds by group and name.
type Rows = BTreeMap<(String, String), (Option<u64>, u64)>;

#[derive(Default)]
struct Reader {
    timeline: Timeline,
    bands: HashMap<String, Vec<Vec<(Metric, Band)>>>,
    /// The label of the sample that is being read, and its bands.
    open: Option<(String, Vec<(Metric, Band)>)>,
    /// Whether only statements may follow.
    at_end: bool,
    usage: MemoryUsage,
    allocations: Option<Allocations>,
    /// `liveBytes` of the sample before.
    live_before: i128,
    kinds: Option<Rows>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Problem> {
        if line.is_empty() {
            return Ok(());
        }
        if self.at_end {
            let statement = line.strip_prefix("  > ").ok_or(Problem::NoSuchLine)?;
            self.timeline.statement(read_line(statement).ok_or(Problem::Escape)?);
            return Ok(());
        }
        if !line.starts_with(' ') {
            self.finish();
            if line == END {
                self.at_end = true;
                return Ok(());
            }
            let label = if line == EMPTY {
                String::new()
            } else {
                read_line(line).ok_or(Problem::Escape)?
            };
            self.open = Some((label, Vec::new()));
            return Ok(());
        }
        if self.open.is_none() {
            return Err(Problem::NoSample);
        }
        if let Some(row) = line.strip_prefix("    ") {
            return self.kind(row);
        }
        let line = line.strip_prefix("  ").ok_or(Problem::NoSuchLine)?;
        if let Some(statement) = line.strip_prefix("> ") {
            self.timeline.statement(read_line(statement).ok_or(Problem::Escape)?);
            return Ok(());
        }
        if line == "by kind" {
            self.kinds.get_or_insert_default();
            return Ok(());
        }
        let (name, value) = line.split_once(": ").ok_or(Problem::NoSuchLine)?;
        if (name, value) == ("by kind", "absent") {
            self.kinds = None;
            return Ok(());
        }
        self.metric(Metric::from_name(name).ok_or(Problem::UnknownMetric)?, value)
    }

    fn metric(&mut self, metric: Metric, value: &str) -> Result<(), Problem> {
        if let (Some(band), Some(bands)) =
            (Band::parse(value), self.open.as_mut().map(|(_, bands)| bands))
        {
            bands.push((metric, band));
            if let Metric::Figure(figure) = metric {
                self.usage.set(figure, None);
            }
            return Ok(());
        }
        match metric {
            Metric::Figure(figure) => self.figure(figure, value),
            Metric::Counter(_) if value == "absent" => {
                self.allocations = None;
                Ok(())
            }
            Metric::Counter(counter) => self.counter(counter, Number::parse(value)?),
        }
    }

    fn figure(&mut self, figure: Figure, value: &str) -> Result<(), Problem> {
        if value == "absent" {
            self.usage.set(figure, None);
            return Ok(());
        }
        let number = Number::parse(value)?;
        let bytes = number.after(self.usage.get(figure).map(i128::from))?;
        let bytes = u64::try_from(bytes).map_err(|_| Problem::Value)?;
        self.usage = self.usage.with(figure, bytes, Source::exact("review"));
        Ok(())
    }

    fn counter(&mut self, counter: Counter, number: Number) -> Result<(), Problem> {
        fn set<T: Copy + Into<i128> + TryFrom<i128>>(
            field: &mut T,
            number: Number,
            base: Option<i128>,
        ) -> Result<(), Problem> {
            let value = number.after(Some(base.unwrap_or((*field).into())))?;
            *field = T::try_from(value).map_err(|_| Problem::Value)?;
            Ok(())
        }
        let counters = match &mut self.allocations {
            None if number.is_change => return Err(Problem::ChangeOfNothing),
            counters => counters.get_or_insert_default(),
        };
        match counter {
            Counter::LiveBytes => set(&mut counters.live_bytes, number, None),
            Counter::LiveBlocks => set(&mut counters.live_blocks, number, None),
            Counter::PeakBytes => set(&mut counters.peak_bytes, number, Some(self.live_before)),
            Counter::AllocatedBytes => set(&mut counters.allocated_bytes, number, None),
            Counter::FreedBytes => set(&mut counters.freed_bytes, number, None),
            Counter::Allocations => set(&mut counters.allocations, number, None),
            Counter::Deallocations => set(&mut counters.deallocations, number, None),
            Counter::Reallocations => set(&mut counters.reallocations, number, None),
        }
    }

    fn kind(&mut self, row: &str) -> Result<(), Problem> {
        let kinds = self.kinds.as_mut().ok_or(Problem::NoSuchLine)?;
        let (name, value) = row.rsplit_once(": ").ok_or(Problem::NoSuchLine)?;
        let (group, name) = name.split_once('/').ok_or(Problem::NoSuchLine)?;
        let group = read_line(group).ok_or(Problem::Escape)?;
        let name = read_line(name).ok_or(Problem::Escape)?;
        let (count, bytes) = match value.split_once(", ") {
            Some((count, bytes)) => (Some(Number::parse(count)?), Number::parse(bytes)?),
            None => (None, Number::parse(value)?),
        };
        let then = kinds.get(&(group.clone(), name.clone())).copied();
        let (count_then, bytes_then) = then.unwrap_or((Some(0), 0));
        let whole = |value: i128| u64::try_from(value).map_err(|_| Problem::Value);
        let count = match count {
            None => None,
            Some(count) => Some(whole(count.after(count_then.map(i128::from))?)?),
        };
        let bytes = whole(bytes.after(Some(bytes_then.into()))?)?;
        if bytes == 0 && count.is_none_or(|count| count == 0) && then.is_some() {
            kinds.remove(&(group, name));
        } else {
            kinds.insert((group, name), (count, bytes));
        }
        Ok(())
    }

    /// Ends the sample that is being read.
    fn finish(&mut self) {
        let Some((label, bands)) = self.open.take() else { return };
        let kinds = self.kinds.as_ref().map(|rows| {
            let mut kinds = Kinds::new();
            for ((group, name), (count, bytes)) in rows {
                let (group, name) = (group.clone().into(), name.clone().into());
                kinds.add_row(Kind { group, name, count: *count, bytes: *bytes });
            }
            kinds
        });
        let mut sample = Sample::new(&label, self.usage);
        sample.allocations = self.allocations;
        sample.kinds = kinds.as_ref();
        self.timeline.record(sample);
        self.bands.entry(label).or_default().push(bands);
        if let Some(allocations) = &mut self.allocations {
            self.live_before = allocations.live_bytes.into();
            // A later sample that says nothing of its peak had it where it began.
            allocations.peak_bytes = allocations.live_bytes;
        }
    }
}

/// A number: a figure, or a change with its sign.
#[derive(Clone, Copy)]
struct Number {
    value: i128,
    is_change: bool,
}

impl Number {
    fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.split_once(" # ").map_or(text, |(number, _)| number);
        let (text, is_change) = match text.strip_prefix('=') {
            Some(figure) => (figure, false),
            None => (text, text.starts_with(['+', '-'])),
        };
        let value = text.parse().map_err(|_| Problem::Value)?;
        Ok(Self { value, is_change })
    }

    /// The figure, where it was `then` in the sample before.
    fn after(self, then: Option<i128>) -> Result<i128, Problem> {
        match (self.is_change, then) {
            (false, _) => Ok(self.value),
            (true, Some(then)) => then.checked_add(self.value).ok_or(Problem::Value),
            (true, None) => Err(Problem::ChangeOfNothing),
        }
    }
}
