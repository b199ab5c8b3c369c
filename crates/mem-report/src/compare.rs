//! Two timelines of one program beside each other: an old one and a new one.
//!
//! Samples belong together by their labels (the second "round" to the second "round"). What a change of
//! the program adds at one sample usually stays in all later ones; [`Row::is_origin`] tells the sample at
//! which a difference begins or changes from the samples that only carry it on.

use crate::{Counter, KindChange, Metric, Precision, Sample, Timeline};
use std::collections::HashMap;

/// How far a metric must move to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// An exact metric has moved if it differs by more than this many bytes or calls.
    pub exact: u64,
    /// A noisy metric has moved if it differs by more than this many per cent of the old value.
    pub noisy_per_cent: u64,
}

impl Default for Threshold {
    /// Every byte of an exact metric, 10 % of a noisy one.
    fn default() -> Self {
        Self { exact: 0, noisy_per_cent: 10 }
    }
}

/// Two timelines compared.
///
/// ```
/// use mem_report::compare::{Comparison, Threshold, Verdict};
/// use mem_report::{Figure, MemoryUsage, Source, Timeline};
///
/// let timeline = |bytes| {
///     let mut timeline = Timeline::new();
///     timeline.push("loaded", MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP));
///     timeline
/// };
/// let comparison = Comparison::new(&timeline(1000), &timeline(1056), Threshold::default());
/// assert_eq!(comparison.moved().next().map(|row| row.verdict), Some(Verdict::Rose));
/// assert!(Comparison::new(&timeline(1000), &timeline(1000), Threshold::default()).is_quiet());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    rows: Vec<Row>,
    kinds: Vec<SampleKinds>,
}

/// One metric of one sample, old and new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The sample's label.
    pub label: String,
    /// How many samples with this label come before it.
    pub occurrence: usize,
    /// The metric.
    pub metric: Metric,
    /// Its value in the old timeline, if it is there.
    pub old: Option<i128>,
    /// Its value in the new timeline, if it is there.
    pub new: Option<i128>,
    /// Exact if both values are.
    pub precision: Precision,
    /// What that means.
    pub verdict: Verdict,
    /// Whether the difference begins or changes at this sample, rather than being carried on from the
    /// sample before.
    pub is_origin: bool,
}

/// What the difference of one metric means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Higher than before, beyond the threshold.
    Rose,
    /// Lower than before, beyond the threshold.
    Fell,
    /// Equal, or moved by no more than the threshold.
    Same,
    /// The old timeline does not have the sample, or has it without the metric.
    New,
    /// The new timeline does not have the sample, or has it without the metric.
    Gone,
}

/// The kinds that differ at one sample, the largest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleKinds {
    /// The sample's label.
    pub label: String,
    /// What differs between the old and the new timeline at this sample, and did not at the one before.
    pub changes: Vec<KindChange>,
}

impl Row {
    /// New less old, where both are there.
    #[must_use]
    pub fn difference(&self) -> Option<i128> {
        Some(self.new? - self.old?)
    }

    /// The difference in per cent of the old value.
    #[must_use]
    pub fn per_cent(&self) -> Option<f64> {
        let old = self.old.filter(|old| *old != 0)?;
        Some(self.difference()? as f64 / old.abs() as f64 * 100.0)
    }

    /// The difference in per cent as text, where it is not rounded to nothing: `+5.6 %`.
    pub(crate) fn shown_per_cent(&self) -> Option<String> {
        let per_cent = self.per_cent().filter(|per_cent| per_cent.abs() >= 0.05)?;
        Some(format!("{per_cent:+.1} %"))
    }
}

impl Verdict {
    /// The verdict in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rose => "rose",
            Self::Fell => "fell",
            Self::Same => "same",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// What identifies a sample in both timelines: its label, and how many samples have it before.
type Key<'a> = (&'a str, usize);

fn keyed(timeline: &Timeline) -> impl Iterator<Item = (Key<'_>, Sample<'_>)> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    timeline.samples().map(move |sample| {
        let occurrence = seen.entry(sample.label).or_default();
        *occurrence += 1;
        ((sample.label, *occurrence - 1), sample)
    })
}

impl Comparison {
    /// Compares two timelines. O(samples + kinds).
    #[must_use]
    pub fn new(old: &Timeline, new: &Timeline, threshold: Threshold) -> Self {
        let mut comparison = Self::default();
        let (in_old, in_new) = (crate::metric::present(old), crate::metric::present(new));
        let in_both: Vec<Metric> = in_old.into_iter().filter(|it| in_new.contains(it)).collect();
        let in_both = in_both.as_slice();
        let mut olds: HashMap<Key<'_>, Sample<'_>> = keyed(old).collect();
        let mut carried: HashMap<Metric, i128> = HashMap::new();
        let mut kinds_before: Vec<KindChange> = Vec::new();
        for (key, now) in keyed(new) {
            let then = olds.remove(&key);
            comparison.sample(key, then.as_ref(), Some(&now), (threshold, in_both), &mut carried);
            let Some((then, now)) = then.and_then(|then| then.kinds.zip(now.kinds)) else {
                continue;
            };
            // A group that one table does not have was not looked at there.
            let in_both = |change: &&KindChange| {
                !now.group(&change.group).is_empty() && !then.group(&change.group).is_empty()
            };
            let changes: Vec<_> =
                now.since(then).changes().iter().filter(in_both).cloned().collect();
            let fresh: Vec<_> =
                changes.iter().filter(|change| !kinds_before.contains(change)).cloned().collect();
            if !fresh.is_empty() {
                comparison.kinds.push(SampleKinds { label: key.0.to_owned(), changes: fresh });
            }
            kinds_before = changes;
        }
        for (key, then) in keyed(old).filter(|(key, _)| olds.contains_key(key)) {
            comparison.sample(key, Some(&then), None, (threshold, in_both), &mut carried);
        }
        comparison
    }

    fn sample(
        &mut self,
        (label, occurrence): Key<'_>,
        old: Option<&Sample<'_>>,
        new: Option<&Sample<'_>>,
        (threshold, in_both): (Threshold, &[Metric]),
        carried: &mut HashMap<Metric, i128>,
    ) {
        for metric in Metric::ALL {
            let reading = |sample: Option<&Sample<'_>>| metric.reading(sample?);
            let (then, now) = (reading(old), reading(new));
            // A metric that one timeline does not measure has not moved; one that a sample lost has.
            let both = old.is_some() && new.is_some();
            let lost = then.is_none() != now.is_none();
            if then.is_none() && now.is_none() || both && lost && !in_both.contains(&metric) {
                continue;
            }
            let precision = [then, now].into_iter().flatten().map(|(_, precision)| precision);
            let precision = precision.max().unwrap_or(Precision::Exact);
            let values = then.map(|(value, _)| value).zip(now.map(|(value, _)| value));
            let verdict = match values {
                Some((old, new)) => verdict(old, new, precision, threshold),
                None if now.is_some() => Verdict::New,
                None => Verdict::Gone,
            };
            let difference = values.map_or(0, |(old, new)| new - old);
            let origin = carried.entry(metric).or_default();
            let is_origin = match (precision, metric) {
                _ if values.is_none() => true,
                // A peak belongs to its own interval.
                (_, Metric::Counter(Counter::PeakBytes)) | (Precision::Noisy, _) => true,
                _ => difference.abs_diff(*origin) > threshold.exact.into(),
            };
            if is_origin && values.is_some() {
                *origin = difference;
            }
            self.rows.push(Row {
                label: label.to_owned(),
                occurrence,
                metric,
                old: then.map(|(value, _)| value),
                new: now.map(|(value, _)| value),
                precision,
                verdict,
                is_origin,
            });
        }
    }

    /// Every metric of every sample: the new timeline's samples in their order, then those that are gone.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows that moved beyond the threshold, where the difference begins or changes.
    pub fn moved(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.verdict != Verdict::Same && row.is_origin)
    }

    /// The kinds that differ, by sample.
    #[must_use]
    pub fn kinds(&self) -> &[SampleKinds] {
        &self.kinds
    }

    /// Whether nothing moved beyond the threshold.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.rows.iter().all(|row| row.verdict == Verdict::Same)
    }

    /// Whether a metric rose beyond the threshold.
    #[must_use]
    pub fn has_risen(&self) -> bool {
        self.rows.iter().any(|row| row.verdict == Verdict::Rose)
    }
}

fn verdict(old: i128, new: i128, precision: Precision, threshold: Threshold) -> Verdict {
    let distance = new.abs_diff(old);
    let moved = match precision {
        Precision::Exact => distance > threshold.exact.into(),
        Precision::Noisy => {
            distance * 100 > old.unsigned_abs() * u128::from(threshold.noisy_per_cent)
        }
    };
    match (moved, new > old) {
        (false, _) => Verdict::Same,
        (true, true) => Verdict::Rose,
        (true, false) => Verdict::Fell,
    }
}
