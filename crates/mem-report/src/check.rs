//! Bounds on a timeline for the tests of any program; what is out of bounds says so beside the timeline.
//!
//! ```
//! use mem_report::{Figure, MemoryUsage, Source, Timeline, assert_memory, assert_no_growth};
//!
//! let used = |bytes| MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP);
//! let mut timeline = Timeline::new();
//! timeline.push("start", used(1000));
//! timeline.push("loaded", used(5000));
//! for round in 1..=6 {
//!     timeline.push(&format!("round {round}"), used(5000 + round % 2 * 56));
//! }
//! assert_memory!(timeline, Figure::HeapUsed, "start" => "loaded", 0..=4096);
//! assert_memory!(timeline, Figure::HeapUsed, "loaded", ..=8192);
//! assert_no_growth!(timeline, Figure::HeapUsed, 6);
//! ```

use crate::escape::Line;
use crate::{Metric, Sample, Timeline, human};
use core::fmt::{self, Write};
use core::ops::{Bound, RangeBounds};

/// How a timeline is out of bounds, and the timeline itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The metric that was asked for.
    pub metric: Metric,
    /// What is wrong with it.
    pub kind: ViolationKind,
    /// The timeline of the metric as text.
    shown: Box<str>,
}

/// What is wrong with a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViolationKind {
    /// No sample has this label.
    NoSuchSample(Box<str>),
    /// The sample with this label does not have the metric.
    Absent(Box<str>),
    /// The metric's value in a sample is out of bounds.
    Value {
        /// The sample's label.
        label: Box<str>,
        /// The value.
        value: i128,
        /// The bounds in words.
        allowed: Box<str>,
    },
    /// The metric's change from one sample to another is out of bounds.
    Change {
        /// The first sample's label.
        from: Box<str>,
        /// The second sample's label.
        to: Box<str>,
        /// The change.
        change: i128,
        /// The bounds in words.
        allowed: Box<str>,
    },
    /// The floor of the later half of the rounds is higher than that of the earlier half.
    Growth {
        /// How many rounds were looked at.
        rounds: usize,
        /// The lowest value of the earlier half.
        before: i128,
        /// The lowest value of the later half.
        after: i128,
        /// How much more was allowed.
        allowed: u64,
    },
    /// There are fewer samples than rounds that were asked for, or fewer than four rounds.
    TooFewRounds {
        /// How many rounds were asked for.
        rounds: usize,
        /// How many samples there are.
        samples: usize,
    },
}

/// Checks a metric of the first sample under a label. O(samples).
///
/// # Errors
/// The value is out of bounds, the metric is absent, or no sample has the label.
pub fn value(
    timeline: &Timeline,
    metric: impl Into<Metric>,
    label: &str,
    bounds: impl RangeBounds<i128>,
) -> Result<(), Violation> {
    let metric = metric.into();
    let (index, value) = find(timeline, metric, label, 0)?;
    if bounds.contains(&value) {
        return Ok(());
    }
    let kind =
        ViolationKind::Value { label: label.into(), value, allowed: words(metric, &bounds).into() };
    Err(Violation::new(timeline, metric, kind, &[index]))
}

/// Checks a metric of every sample. O(samples).
///
/// # Errors
/// A value is out of bounds: the first one; or the metric is absent in every sample.
pub fn every(
    timeline: &Timeline,
    metric: impl Into<Metric>,
    bounds: impl RangeBounds<i128>,
) -> Result<(), Violation> {
    let metric = metric.into();
    let mut present = false;
    for (index, sample) in timeline.samples().enumerate() {
        let Some(value) = metric.of(&sample) else { continue };
        present = true;
        if !bounds.contains(&value) {
            let label = sample.label.into();
            let kind =
                ViolationKind::Value { label, value, allowed: words(metric, &bounds).into() };
            return Err(Violation::new(timeline, metric, kind, &[index]));
        }
    }
    let kind =
        || ViolationKind::Absent(timeline.get(0).map_or("".into(), |sample| sample.label.into()));
    if present { Ok(()) } else { Err(Violation::new(timeline, metric, kind(), &[])) }
}

/// Checks how far a metric moved from the first sample under one label to the next under another one.
/// O(samples).
///
/// # Errors
/// The change is out of bounds, the metric is absent, or no sample has the label.
pub fn change(
    timeline: &Timeline,
    metric: impl Into<Metric>,
    from: &str,
    to: &str,
    bounds: impl RangeBounds<i128>,
) -> Result<(), Violation> {
    let metric = metric.into();
    let (first, then) = find(timeline, metric, from, 0)?;
    let (second, now) = find(timeline, metric, to, first + 1)?;
    if bounds.contains(&(now - then)) {
        return Ok(());
    }
    let kind = ViolationKind::Change {
        from: from.into(),
        to: to.into(),
        change: now - then,
        allowed: words(metric, &bounds).into(),
    };
    Err(Violation::new(timeline, metric, kind, &[first, second]))
}

/// Checks that a metric does not grow over the last `rounds` samples, one a round.
///
/// The lowest value of the later half may be at most `allowed` more than that of the earlier half: what a
/// round allocates and frees again does not count, what every round keeps does. Samples before the rounds
/// are the warm-up. O(samples).
///
/// # Errors
/// It grows, the metric is absent, or there are fewer rounds than four.
pub fn no_growth(
    timeline: &Timeline,
    metric: impl Into<Metric>,
    rounds: usize,
    allowed: u64,
) -> Result<(), Violation> {
    let metric = metric.into();
    let samples = timeline.len();
    if rounds < 4 || samples < rounds {
        let kind = ViolationKind::TooFewRounds { rounds, samples };
        return Err(Violation::new(timeline, metric, kind, &[]));
    }
    let first = samples - rounds;
    let middle = first + rounds / 2;
    let floor = |from: usize, to: usize| {
        let mut lowest: Option<(i128, usize)> = None;
        for (index, sample) in timeline.samples().enumerate().skip(from).take(to - from) {
            let value = metric.of(&sample).ok_or_else(|| {
                let kind = ViolationKind::Absent(sample.label.into());
                Violation::new(timeline, metric, kind, &[index])
            })?;
            if lowest.is_none_or(|(lowest, _)| value < lowest) {
                lowest = Some((value, index));
            }
        }
        Ok(lowest.unwrap_or((0, from)))
    };
    let (before, low) = floor(first, middle)?;
    let (after, high) = floor(middle, samples)?;
    if after - before <= i128::from(allowed) {
        return Ok(());
    }
    let kind = ViolationKind::Growth { rounds, before, after, allowed };
    Err(Violation::new(timeline, metric, kind, &[low, high]))
}

/// The index and value of the first sample under a label, from an index on.
fn find(
    timeline: &Timeline,
    metric: Metric,
    label: &str,
    from: usize,
) -> Result<(usize, i128), Violation> {
    let found = timeline.samples().enumerate().skip(from).find(|(_, sample)| sample.label == label);
    let Some((index, sample)) = found else {
        let kind = ViolationKind::NoSuchSample(label.into());
        return Err(Violation::new(timeline, metric, kind, &[]));
    };
    let value = metric.of(&sample).ok_or_else(|| {
        Violation::new(timeline, metric, ViolationKind::Absent(label.into()), &[index])
    })?;
    Ok((index, value))
}

impl Violation {
    /// `marked` are the indices of the samples that the violation is about.
    pub(crate) fn new(
        timeline: &Timeline,
        metric: Metric,
        kind: ViolationKind,
        marked: &[usize],
    ) -> Self {
        Self { metric, kind, shown: shown(timeline, metric, marked).into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metric = self.metric;
        let unit = if metric.is_bytes() { " bytes" } else { "" };
        match &self.kind {
            ViolationKind::NoSuchSample(label) => {
                write!(f, "no sample is called \"{}\"", Line(label))
            }
            ViolationKind::Absent(label) => {
                write!(f, "the sample \"{}\" has no {metric}", Line(label))
            }
            ViolationKind::Value { label, value, allowed } => {
                let value = human::grouped_signed(*value);
                write!(f, "{metric} of \"{}\" is {value}{unit}; allowed: {allowed}", Line(label))
            }
            ViolationKind::Change { from, to, change, allowed } => write!(
                f,
                "{metric} from \"{}\" to \"{}\" changes by {}{unit}; allowed: {allowed}",
                Line(from),
                Line(to),
                human::signed(*change),
            ),
            ViolationKind::Growth { rounds, before, after, allowed } => write!(
                f,
                "{metric} grows over {rounds} rounds: its floor rises from {} to {} ({}{unit}); allowed: {}",
                human::grouped_signed(*before),
                human::grouped_signed(*after),
                human::signed(after - before),
                human::grouped((*allowed).into()),
            ),
            ViolationKind::TooFewRounds { rounds, samples } => write!(
                f,
                "{metric}: whether it grows over {rounds} rounds cannot be told from {samples} samples; \
                 at least four rounds are needed"
            ),
        }?;
        write!(f, "\n{}", self.shown)
    }
}

impl core::error::Error for Violation {}

/// How many samples a message shows at most.
const SHOWN: usize = 40;

/// The metric in each sample with its change, the marked samples with `>`, and the kinds that changed
/// between the first and the last marked one.
fn shown(timeline: &Timeline, metric: Metric, marked: &[usize]) -> String {
    let last = marked.last().map_or(timeline.len(), |last| (last + 3).min(timeline.len()));
    let first = last.saturating_sub(SHOWN);
    let first = marked.first().map_or(first, |marked| first.min(marked.saturating_sub(2)));
    let indices: Vec<usize> = (first..last.min(first + SHOWN / 2))
        .chain((first + SHOWN / 2).max(last.saturating_sub(SHOWN / 2))..last)
        .collect();
    let rows: Vec<(usize, String, String, String)> = indices
        .iter()
        .filter_map(|index| {
            let sample = timeline.get(*index)?;
            let value = metric.of(&sample);
            let then = index.checked_sub(1).and_then(|index| metric.of(&timeline.get(index)?));
            let change = value.zip(then).filter(|(now, then)| now != then);
            Some((
                *index,
                Line(sample.label).to_string(),
                value.map_or("absent".to_owned(), human::grouped_signed),
                change.map_or(String::new(), |(now, then)| human::signed(now - then)),
            ))
        })
        .collect();
    let width = |of: fn(&(usize, String, String, String)) -> &String| {
        rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0)
    };
    let (labels, values, changes) = (width(|row| &row.1), width(|row| &row.2), width(|row| &row.3));
    let mut text = String::new();
    let mut expected = first;
    for (index, label, value, change) in &rows {
        if *index != expected {
            let _ = writeln!(text, "  ({} samples)", index - expected);
        }
        expected = index + 1;
        let mark = if marked.contains(index) { '>' } else { ' ' };
        let line = format!("{mark} {label:labels$}  {value:>values$}  {change:>changes$}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if let (Some(from), Some(to)) = (marked.first(), marked.last()) {
        let samples = timeline.get(*from).zip(timeline.get(*to));
        text.push_str(&samples.map_or(String::new(), |(from, to)| kinds(&from, &to)));
    }
    text
}

/// How many kinds a message shows at most.
const KINDS: usize = 8;

fn kinds(from: &Sample<'_>, to: &Sample<'_>) -> String {
    let Some((then, now)) = from.kinds.zip(to.kinds) else { return String::new() };
    let difference = now.since(then);
    let mut text = String::new();
    for change in difference.changes().iter().take(KINDS) {
        let _ = writeln!(text, "  {}: {}", Line(&change.group), Line(&change.to_string()));
    }
    text
}

/// Bounds in words.
fn words(metric: Metric, bounds: &impl RangeBounds<i128>) -> String {
    let number = |number: i128| {
        let unit = if metric.is_bytes() { " bytes" } else { "" };
        format!("{}{unit}", human::grouped_signed(number))
    };
    let low = match bounds.start_bound() {
        Bound::Included(low) => Some(*low),
        Bound::Excluded(low) => low.checked_add(1),
        Bound::Unbounded => None,
    };
    let high = match bounds.end_bound() {
        Bound::Included(high) => Some(*high),
        Bound::Excluded(high) => high.checked_sub(1),
        Bound::Unbounded => None,
    };
    match (low, high) {
        (None, None) => "anything".to_owned(),
        (Some(low), None) => format!("at least {}", number(low)),
        (None, Some(high)) => format!("at most {}", number(high)),
        (Some(low), Some(high)) if low == high => format!("exactly {}", number(low)),
        (Some(low), Some(high)) => format!("from {} to {}", number(low), number(high)),
    }
}

/// Asserts bounds on a metric: of one sample (`timeline, metric, "label", ..=4096`), or on its change between
/// two (`timeline, metric, "from" => "to", 0..=4096`). See [`check`](crate::check) for an example.
///
/// # Panics
/// Out of bounds; the message shows the timeline.
#[macro_export]
macro_rules! assert_memory {
    ($timeline:expr, $metric:expr, $from:expr => $to:expr, $bounds:expr $(,)?) => {
        if let Err(violation) = $crate::check::change(&$timeline, $metric, $from, $to, $bounds) {
            panic!("{violation}");
        }
    };
    ($timeline:expr, $metric:expr, $label:expr, $bounds:expr $(,)?) => {
        if let Err(violation) = $crate::check::value(&$timeline, $metric, $label, $bounds) {
            panic!("{violation}");
        }
    };
}

/// Asserts that a metric does not grow over the last 10 samples (`timeline, metric, 10`), or grows by at most
/// 4096 (`timeline, metric, 10, 4096`). See [`check::no_growth`](crate::check::no_growth).
///
/// # Panics
/// It grows; the message shows the timeline.
#[macro_export]
macro_rules! assert_no_growth {
    ($timeline:expr, $metric:expr, $rounds:expr $(,)?) => {
        $crate::assert_no_growth!($timeline, $metric, $rounds, 0)
    };
    ($timeline:expr, $metric:expr, $rounds:expr, $allowed:expr $(,)?) => {
        if let Err(violation) = $crate::check::no_growth(&$timeline, $metric, $rounds, $allowed) {
            panic!("{violation}");
        }
    };
}
