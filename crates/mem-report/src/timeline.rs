//! Samples in order, under labels.
//!
//! A sample is stored in a record of fixed size; its label is in [`labels`], its table by kind and
//! its allocator's counters in queues of their own, so that a timeline of a million samples is small
//! and takes its room before sampling.

mod labels;

use crate::{Allocations, Difference, Figure, Kinds, MemorySource, MemoryUsage, Reading, Source};
use core::time::Duration;
use labels::{Labels, Span};
use std::collections::VecDeque;
use std::time::Instant;

/// The figures at one labelled moment.
///
/// ```
/// use mem_report::{Figure, MemoryUsage, Sample, Source, Timeline};
///
/// let usage = MemoryUsage::new().with(Figure::HeapUsed, 3_092_008, Source::HEAP);
/// let mut timeline = Timeline::new();
/// timeline.statement("gc()");
/// timeline.record(Sample::new("after gc", usage).with_collections(1));
/// assert_eq!(timeline.get(0).map(|sample| (sample.label, sample.step)), Some(("after gc", 1)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample<'a> {
    /// What had just happened.
    pub label: &'a str,
    /// The figures then.
    pub usage: MemoryUsage,
    /// How many statements had run; the timeline fills it in.
    pub step: u64,
    /// The time since the timeline's start; absent where no clock is wanted.
    pub at: Option<Duration>,
    /// How many collections the heap had made, where one counts them.
    pub collections: Option<u64>,
    /// What the allocator had done, where one counts.
    pub allocations: Option<Allocations>,
    /// What the memory consisted of, where a source says.
    pub kinds: Option<&'a Kinds>,
}

impl<'a> Sample<'a> {
    /// Figures under a label.
    #[must_use]
    pub const fn new(label: &'a str, usage: MemoryUsage) -> Self {
        Self { label, usage, step: 0, at: None, collections: None, allocations: None, kinds: None }
    }

    /// This sample, taken so long after the timeline's start.
    #[must_use]
    pub const fn with_time(mut self, at: Duration) -> Self {
        self.at = Some(at);
        self
    }

    /// This sample, with the number of collections since the start.
    #[must_use]
    pub const fn with_collections(mut self, collections: u64) -> Self {
        self.collections = Some(collections);
        self
    }

    /// This sample with an allocator's counters.
    #[must_use]
    pub const fn with_allocations(mut self, allocations: Allocations) -> Self {
        self.allocations = Some(allocations);
        self
    }

    /// This sample with a table by kind.
    #[must_use]
    pub const fn with_kinds(mut self, kinds: &'a Kinds) -> Self {
        self.kinds = Some(kinds);
        self
    }

    /// What has changed since an earlier sample.
    #[must_use]
    pub fn since(&self, earlier: &Sample<'_>) -> Difference {
        self.usage.since(&earlier.usage)
    }
}

/// Samples in the order in which they were taken, and the statements between them.
///
/// Unbounded, or a ring that keeps the latest. [`Timeline::push`] takes O(1).
#[derive(Debug, Default)]
pub struct Timeline {
    /// The most samples to keep; 0 for all.
    most: usize,
    started: Option<Instant>,
    records: VecDeque<Record>,
    /// How many samples were dropped from the front.
    dropped: u64,
    labels: Labels,
    /// The sources that occur together, without two alike: a record names one by its index.
    sources: Vec<[Option<Source>; 5]>,
    /// By the number of the sample, counted from the first that was ever taken.
    allocations: VecDeque<(u64, Allocations)>,
    kinds: VecDeque<(u64, Kinds)>,
    statements: VecDeque<Box<str>>,
    /// How many statements were dropped from the front.
    statements_dropped: u64,
}

/// A sample without what is stored apart.
#[derive(Clone, Copy, Debug)]
struct Record {
    bytes: [u64; 5],
    step: u64,
    at: Option<Duration>,
    collections: Option<u64>,
    label: Span,
    sources: u32,
}

impl Timeline {
    /// An unbounded timeline without a clock: the same program gives the same timeline.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A ring of the latest `most` samples (at least 1).
    #[must_use]
    pub fn ring(most: usize) -> Self {
        let mut ring = Self::default();
        ring.most = most.max(1);
        ring
    }

    /// This timeline with a clock that starts now: samples that have no time get it.
    #[must_use]
    pub fn with_clock(mut self) -> Self {
        self.started = Some(Instant::now());
        self
    }

    /// This timeline with memory for `samples` more samples and `label_bytes` more bytes of labels, allocated and
    /// touched now. Until it is used up, a sample changes no figure.
    ///
    /// # Panics
    /// The address space does not hold so much.
    #[must_use]
    pub fn with_room(mut self, samples: usize, label_bytes: usize) -> Self {
        let samples =
            if self.most == 0 { samples } else { samples.min(self.most - self.records.len()) };
        uncounted(|| {
            let length = self.records.len();
            self.records.reserve_exact(samples);
            // Written once, so that the pages are resident.
            self.records.extend(core::iter::repeat_n(Record::EMPTY, samples));
            self.records.truncate(length);
            self.labels.make_room(label_bytes);
            self.sources.reserve(4);
        });
        self
    }

    /// Adds a statement: the samples after it were taken after it had run.
    pub fn statement(&mut self, text: impl AsRef<str>) {
        uncounted(|| self.statements.push_back(text.as_ref().into()));
    }

    /// Adds a sample.
    pub fn push(&mut self, label: &str, usage: MemoryUsage) {
        self.record(Sample::new(label, usage));
    }

    /// Reads a source and adds what it gives as a sample.
    pub fn sample(&mut self, label: &str, source: &mut impl MemorySource) {
        let mut sample = Sample::new(label, source.read());
        sample.collections = source.collections();
        sample.allocations = source.allocations();
        self.record(sample);
    }

    /// Adds a sample with all that is known of it. Its step is the number of statements so far.
    ///
    /// Memory that a timeline takes for its samples is not entered in the figures of the counting allocator.
    pub fn record(&mut self, sample: Sample<'_>) {
        uncounted(|| self.store(sample));
    }

    fn store(&mut self, sample: Sample<'_>) {
        if self.most != 0 && self.records.len() == self.most {
            self.drop_first();
        }
        let number = self.dropped + self.records.len() as u64;
        let readings = sample.usage.readings();
        let label = match self.records.back() {
            Some(last) if self.labels.get(last.label) == sample.label => last.label,
            _ => self.labels.push(sample.label),
        };
        let record = Record {
            bytes: readings.map(|reading| reading.map_or(0, |reading| reading.bytes)),
            step: self.statements_dropped + self.statements.len() as u64,
            at: sample.at.or_else(|| self.started.map(|started| started.elapsed())),
            collections: sample.collections,
            label,
            sources: self
                .source_index(readings.map(|reading| reading.map(|reading| reading.source))),
        };
        self.records.push_back(record);
        self.allocations.extend(sample.allocations.map(|allocations| (number, allocations)));
        self.kinds.extend(sample.kinds.map(|kinds| (number, kinds.clone())));
    }

    /// How many samples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many samples a ring has dropped.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// One sample, by its index from the first that is kept. O(log n).
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Sample<'_>> {
        let record = self.records.get(index)?;
        let number = self.dropped + index as u64;
        let sources = self.sources[record.sources as usize];
        let mut readings = [None; 5];
        for (reading, (bytes, source)) in readings.iter_mut().zip(record.bytes.iter().zip(sources))
        {
            *reading = source.map(|source| Reading::new(*bytes, source));
        }
        Some(Sample {
            label: self.labels.get(record.label),
            usage: MemoryUsage::from_readings(readings),
            step: record.step,
            at: record.at,
            collections: record.collections,
            allocations: numbered(&self.allocations, number).copied(),
            kinds: numbered(&self.kinds, number),
        })
    }

    /// The samples in order.
    #[must_use]
    pub fn samples(
        &self,
    ) -> impl ExactSizeIterator<Item = Sample<'_>> + DoubleEndedIterator + Clone {
        (0..self.records.len()).map(|index| self.get(index).expect("an index below the length"))
    }

    /// One figure of all samples in order, in bytes; O(1) a sample.
    #[must_use]
    pub fn figure(&self, figure: Figure) -> impl ExactSizeIterator<Item = Option<u64>> + '_ {
        self.records.iter().map(move |record| {
            let present = self.sources[record.sources as usize][figure as usize].is_some();
            present.then_some(record.bytes[figure as usize])
        })
    }

    /// The samples' times in order; O(1) a sample.
    #[cfg(feature = "html")]
    pub(crate) fn times(&self) -> impl Iterator<Item = Option<Duration>> {
        self.records.iter().map(|record| record.at)
    }

    /// The first sample under a label.
    #[must_use]
    pub fn find(&self, label: &str) -> Option<Sample<'_>> {
        self.samples().find(|sample| sample.label == label)
    }

    /// Each sample but the first, with what has changed since the one before it.
    pub fn differences(&self) -> impl Iterator<Item = (Sample<'_>, Difference)> {
        self.samples().zip(self.samples().skip(1)).map(|(old, new)| (new, new.since(&old)))
    }

    /// The statements that ran after step `from` and up to step `to`, in order: those between two
    /// samples by their [`Sample::step`].
    pub fn statements(&self, from: u64, to: u64) -> impl Iterator<Item = &str> {
        let index = |step: u64| {
            (step.saturating_sub(self.statements_dropped) as usize).min(self.statements.len())
        };
        let (from, to) = (index(from), index(to));
        self.statements.range(from..to.max(from)).map(AsRef::as_ref)
    }

    /// The statements that ran after the last sample, or all where there is no sample.
    pub(crate) fn last_statements(&self) -> impl ExactSizeIterator<Item = &str> {
        let step = self.records.back().map_or(self.statements_dropped, |record| record.step);
        self.statements.range((step - self.statements_dropped) as usize..).map(AsRef::as_ref)
    }

    /// How many statements there were.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.statements_dropped + self.statements.len() as u64
    }

    /// Bytes of memory that the timeline itself occupies, tables by kind and statements apart.
    #[must_use]
    pub fn footprint(&self) -> usize {
        self.records.capacity() * size_of::<Record>()
            + self.allocations.capacity() * size_of::<(u64, Allocations)>()
            + self.labels.footprint()
    }

    fn drop_first(&mut self) {
        self.records.pop_front();
        self.dropped += 1;
        // A ring of one sample has none between two: all that was taken so far is before the next one.
        let (label, step) = match self.records.front() {
            Some(first) => (first.label, first.step),
            None => (self.labels.end(), self.steps()),
        };
        self.labels.forget_before(label);
        while self.allocations.front().is_some_and(|(number, _)| *number < self.dropped) {
            self.allocations.pop_front();
        }
        while self.kinds.front().is_some_and(|(number, _)| *number < self.dropped) {
            self.kinds.pop_front();
        }
        while self.statements_dropped < step {
            self.statements.pop_front();
            self.statements_dropped += 1;
        }
    }

    /// The index of a set of sources, which is added if it is new. There are few, and the last is likely.
    fn source_index(&mut self, sources: [Option<Source>; 5]) -> u32 {
        let index = self.sources.iter().rposition(|known| *known == sources).unwrap_or_else(|| {
            self.sources.push(sources);
            self.sources.len() - 1
        });
        index as u32
    }
}

impl Clone for Timeline {
    fn clone(&self) -> Self {
        uncounted(|| Self {
            most: self.most,
            started: self.started,
            records: self.records.clone(),
            dropped: self.dropped,
            labels: self.labels.clone(),
            sources: self.sources.clone(),
            allocations: self.allocations.clone(),
            kinds: self.kinds.clone(),
            statements: self.statements.clone(),
            statements_dropped: self.statements_dropped,
        })
    }
}

impl Drop for Timeline {
    fn drop(&mut self) {
        uncounted(|| {
            self.records = VecDeque::new();
            self.labels = Labels::default();
            self.sources = Vec::new();
            self.allocations = VecDeque::new();
            self.kinds = VecDeque::new();
            self.statements = VecDeque::new();
        });
    }
}

/// Runs a function whose allocations the counting allocator does not count.
pub(crate) fn uncounted<R>(function: impl FnOnce() -> R) -> R {
    #[cfg(feature = "counting-allocator")]
    return crate::counting::uncounted(function);
    #[cfg(not(feature = "counting-allocator"))]
    function()
}

impl Record {
    const EMPTY: Self =
        Self { bytes: [0; 5], step: 0, at: None, collections: None, label: Span::NONE, sources: 0 };
}

fn numbered<T>(queue: &VecDeque<(u64, T)>, number: u64) -> Option<&T> {
    let at = queue.binary_search_by_key(&number, |(number, _)| *number).ok()?;
    Some(&queue[at].1)
}
