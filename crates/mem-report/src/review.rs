//! A timeline as text for review in a pull request: one `label: value` a line, no alignment, and per
//! sample only what has moved since the sample before it.
//!
//! A change of one number changes one line: a later sample repeats no total, a longer label moves no
//! column. Exact figures are exact. A noisy figure is a band, and its line stays as it was committed while
//! the value is inside ([`Review::keeping`]), so the text changes only when memory does.
//!
//! ```text
//! after the first gc
//!   heapUsed: 3092008 # 2.95 MiB
//!   rss: 24 MiB to 40 MiB
//!   by kind
//!     heap/strings: 10, 480
//!
//! after set and gc
//!   > a.set(b, new Array(1024 * 1024))
//!   > gc()
//!   heapUsed: +8388848 # +8.00 MiB
//!   by kind
//!     heap/arrays: +1, +8388624 # +8.00 MiB
//! ```
//!
//! The first sample gives each figure, later ones what was added (`+`) or taken away (`-`). A kind's row is
//! its count, where one is known, and its bytes. `peakBytes` of a later sample counts from the `liveBytes`
//! of the sample before it. A comment after ` # ` repeats the bytes in MiB from 0.01 MiB on. Statements after the last
//! sample stand under `\(end)`.
//! [`parse`] reads the text back.

mod band;
mod read;

use crate::escape::Line;
use crate::{Counter, Kind, Metric, Precision, Sample, Timeline};
pub use band::Band;
use core::fmt::{self, Write};
pub use read::{Committed, ParseError, Problem, parse};
use std::collections::HashMap;

/// The text of a timeline for review. Its [`Display`](fmt::Display) writes it: O(samples + kinds).
///
/// ```
/// use mem_report::review::Review;
/// use mem_report::{Figure, MemoryUsage, Source, Timeline};
///
/// let mut timeline = Timeline::new();
/// timeline.push("before", MemoryUsage::new().with(Figure::HeapUsed, 1000, Source::HEAP));
/// timeline.statement("let a = {}");
/// timeline.push("after", MemoryUsage::new().with(Figure::HeapUsed, 1056, Source::HEAP));
/// assert_eq!(
///     Review::new(&timeline).to_string(),
///     "before\n  heapUsed: 1000\n\nafter\n  > let a = {}\n  heapUsed: +56\n",
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Review<'t> {
    timeline: &'t Timeline,
    without: Vec<Metric>,
    without_groups: Vec<&'t str>,
    /// How far a noisy figure may move either way, in per cent.
    tolerance: u64,
    committed: Option<Committed>,
}

impl<'t> Review<'t> {
    /// The text of this timeline; a noisy figure may move by 25 % either way.
    #[must_use]
    pub fn new(timeline: &'t Timeline) -> Self {
        Self {
            timeline,
            without: Vec::new(),
            without_groups: Vec::new(),
            tolerance: 25,
            committed: None,
        }
    }

    /// Leaves a metric out: the resident set where several tests share a process, for example.
    #[must_use]
    pub fn without(mut self, metric: impl Into<Metric>) -> Self {
        self.without.push(metric.into());
        self
    }

    /// Leaves a group of kinds out: one that sees the memory of another group in another way.
    #[must_use]
    pub fn without_group(mut self, group: &'t str) -> Self {
        self.without_groups.push(group);
        self
    }

    /// Sets how far a noisy figure may move either way, in per cent of it (at most 90).
    #[must_use]
    pub fn tolerance(mut self, per_cent: u64) -> Self {
        self.tolerance = per_cent.min(90);
        self
    }

    /// Keeps the bands of a committed text of the same timeline while the values are inside. A text that
    /// is none keeps nothing.
    #[must_use]
    pub fn keeping(mut self, committed: &str) -> Self {
        self.committed = parse(committed).ok();
        self
    }

    fn sample(
        &self,
        f: &mut fmt::Formatter<'_>,
        index: usize,
        state: &mut State<'t>,
    ) -> fmt::Result {
        let sample = self.timeline.get(index).expect("an index below the length");
        let before = index.checked_sub(1).and_then(|index| self.timeline.get(index));
        if before.is_some() {
            f.write_char('\n')?;
        }
        writeln!(f, "{}", Label(sample.label))?;
        let from = before.map_or(0, |before| before.step);
        for statement in self.timeline.statements(from, sample.step) {
            writeln!(f, "  > {}", Line(statement))?;
        }
        let committed = self.committed.as_ref().and_then(|committed| {
            let occurrence = state.occurrences.entry(sample.label).or_default();
            *occurrence += 1;
            committed.bands(sample.label, *occurrence - 1)
        });
        for metric in Metric::ALL.into_iter().filter(|metric| !self.without.contains(metric)) {
            self.metric(f, metric, &sample, before.as_ref(), committed, state)?;
        }
        self.kinds(f, &sample, before.as_ref())
    }

    fn metric(
        &self,
        f: &mut fmt::Formatter<'_>,
        metric: Metric,
        sample: &Sample<'_>,
        before: Option<&Sample<'_>>,
        committed: Option<&[(Metric, Band)]>,
        state: &mut State<'_>,
    ) -> fmt::Result {
        let then = before.and_then(|before| metric.reading(before));
        let Some((value, precision)) = metric.reading(sample) else {
            state.bands.remove(&metric);
            return if then.is_some() { writeln!(f, "  {metric}: absent") } else { Ok(()) };
        };
        if precision == Precision::Noisy {
            let value = u64::try_from(value).unwrap_or(0);
            let written = committed
                .and_then(|bands| bands.iter().find(|(of, _)| *of == metric))
                .map(|(_, band)| *band)
                .filter(|band| band.contains(value));
            let last = state.bands.get(&metric);
            if written.is_none() && last.is_some_and(|band| band.contains(value)) {
                return Ok(());
            }
            let band = written.unwrap_or_else(|| Band::around(value, self.tolerance));
            state.bands.insert(metric, band);
            return writeln!(f, "  {metric}: {band}");
        }
        state.bands.remove(&metric);
        match then.filter(|(_, precision)| *precision == Precision::Exact) {
            None => writeln!(
                f,
                "  {metric}: {}",
                Amount { value, signed: false, bytes: metric.is_bytes() }
            ),
            Some((then, _)) => {
                let then = match (metric, before.and_then(|before| before.allocations)) {
                    (Metric::Counter(Counter::PeakBytes), Some(before)) => before.live_bytes.into(),
                    _ => then,
                };
                if value == then {
                    return Ok(());
                }
                let amount = Amount { value: value - then, signed: true, bytes: metric.is_bytes() };
                writeln!(f, "  {metric}: {amount}")
            }
        }
    }
}

impl Review<'_> {
    /// The table by kind: all rows of the first table, later the rows that differ, by group and name.
    fn kinds(
        &self,
        f: &mut fmt::Formatter<'_>,
        sample: &Sample<'_>,
        before: Option<&Sample<'_>>,
    ) -> fmt::Result {
        let shown = |group: &str| !self.without_groups.contains(&group);
        match (before.and_then(|before| before.kinds), sample.kinds) {
            (None, None) => Ok(()),
            (Some(_), None) => writeln!(f, "  by kind: absent"),
            (None, Some(kinds)) => {
                writeln!(f, "  by kind")?;
                let mut rows = kinds.rows().iter().filter(|row| shown(&row.group));
                rows.try_for_each(|row| writeln!(f, "    {}", WholeRow(row)))
            }
            (Some(then), Some(kinds)) => {
                // A kind that is counted from now on, or no longer, has no change of its count.
                let is_recounted = |row: &Kind| {
                    let before = then.get(&row.group, &row.name);
                    before.is_some_and(|before| before.count.is_some() != row.count.is_some())
                };
                let recounted = kinds.rows().iter().filter(|row| is_recounted(row));
                let mut lines: Vec<_> = recounted
                    .map(|row| (row.group.as_ref(), row.name.as_ref(), WholeRow(row).to_string()))
                    .collect();
                let difference = kinds.since(then);
                for change in difference.changes() {
                    let (group, name) = (change.group.as_ref(), change.name.as_ref());
                    if !kinds.get(group, name).is_some_and(is_recounted) {
                        let count =
                            change.count.map(|count| format!("{count:+}, ")).unwrap_or_default();
                        let amount = Amount { value: change.bytes, signed: true, bytes: true };
                        let line = format!("{}: {count}{amount}", KindName { group, name });
                        lines.push((group, name, line));
                    }
                }
                lines.retain(|(group, ..)| shown(group));
                lines.sort();
                if !lines.is_empty() {
                    writeln!(f, "  by kind")?;
                }
                lines.iter().try_for_each(|(.., line)| writeln!(f, "    {line}"))
            }
        }
    }
}

/// A kind with its count, where it is known, and its bytes.
struct WholeRow<'a>(&'a Kind);

impl fmt::Display for WholeRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Kind { group, name, count, bytes } = self.0;
        let count = count.map(|count| format!("{count}, ")).unwrap_or_default();
        let amount = Amount { value: (*bytes).into(), signed: false, bytes: true };
        write!(f, "{}: {count}{amount}", KindName { group, name })
    }
}

/// What the samples so far leave for the next.
#[derive(Default)]
struct State<'t> {
    /// The band that was last written of each noisy metric.
    bands: HashMap<Metric, Band>,
    /// How many samples had a label.
    occurrences: HashMap<&'t str, usize>,
}

impl fmt::Display for Review<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut state = State::default();
        (0..self.timeline.len()).try_for_each(|index| self.sample(f, index, &mut state))?;
        let mut rest = self.timeline.last_statements().peekable();
        if rest.peek().is_some() {
            let gap = if self.timeline.is_empty() { "" } else { "\n" };
            writeln!(f, "{gap}{}", read::END)?;
        }
        rest.try_for_each(|statement| writeln!(f, "  > {}", Line(statement)))
    }
}

/// A sample's label at the start of a line: never empty, and not indented.
struct Label<'a>(&'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.chars().next() {
            None => f.write_str(read::EMPTY),
            Some(first) if first.is_whitespace() => {
                write!(f, "{}{}", first.escape_unicode(), Line(&self.0[first.len_utf8()..]))
            }
            Some(_) => write!(f, "{}", Line(self.0)),
        }
    }
}

/// `group/name`, in which the group has no other slash.
struct KindName<'a> {
    group: &'a str,
    name: &'a str,
}

impl fmt::Display for KindName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let group = Line(self.group).to_string().replace('/', "\\u{2f}");
        write!(f, "{group}/{}", Line(self.name))
    }
}

/// A number, and a comment in MiB where that says something.
struct Amount {
    value: i128,
    signed: bool,
    bytes: bool,
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, signed, bytes } = *self;
        match (signed, value < 0) {
            (true, _) => write!(f, "{value:+}")?,
            // Not a change, though it has a sign.
            (false, true) => write!(f, "={value}")?,
            (false, false) => write!(f, "{value}")?,
        }
        let size = u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX);
        if bytes && size >= crate::human::SHOWN_IN_MIB {
            let sign = if value < 0 {
                "-"
            } else if signed {
                "+"
            } else {
                ""
            };
            write!(f, " # {sign}{}", crate::human::mib(size))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Review;
    use crate::{Figure, MemoryUsage, Source, Timeline};

    #[test]
    fn a_figure_that_becomes_absent_says_so_and_comes_back_whole() {
        let mut timeline = Timeline::new();
        let usage = MemoryUsage::new().with(Figure::HeapUsed, 10, Source::HEAP);
        timeline.push("a", usage);
        timeline.push("b", MemoryUsage::new());
        timeline.push("c", usage);
        let text = Review::new(&timeline).to_string();
        assert_eq!(text, "a\n  heapUsed: 10\n\nb\n  heapUsed: absent\n\nc\n  heapUsed: 10\n");
    }
}
