//! All numbers that a sample can hold, under one name each, so that every view walks one list.

use crate::{Figure, Precision, Sample, Timeline};
use core::fmt;

/// A number of a sample: one of the five figures, or a counter of the allocator.
///
/// ```
/// use mem_report::{Counter, Figure, Metric};
///
/// assert_eq!(Metric::from_name("heapUsed"), Some(Metric::Figure(Figure::HeapUsed)));
/// assert_eq!(Metric::from_name("liveBytes"), Some(Metric::Counter(Counter::LiveBytes)));
/// assert_eq!(Metric::from_name("heap_used"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// One of the five figures, in bytes.
    Figure(Figure),
    /// A counter of the allocator, in bytes or calls.
    Counter(Counter),
}

/// A counter of [`Allocations`](crate::Allocations).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// [`Allocations::live_bytes`](crate::Allocations::live_bytes).
    LiveBytes,
    /// [`Allocations::live_blocks`](crate::Allocations::live_blocks).
    LiveBlocks,
    /// [`Allocations::peak_bytes`](crate::Allocations::peak_bytes).
    PeakBytes,
    /// [`Allocations::allocated_bytes`](crate::Allocations::allocated_bytes).
    AllocatedBytes,
    /// [`Allocations::freed_bytes`](crate::Allocations::freed_bytes).
    FreedBytes,
    /// [`Allocations::allocations`](crate::Allocations::allocations).
    Allocations,
    /// [`Allocations::deallocations`](crate::Allocations::deallocations).
    Deallocations,
    /// [`Allocations::reallocations`](crate::Allocations::reallocations).
    Reallocations,
}

impl Metric {
    /// The five figures in Node's order, then the allocator's counters.
    pub const ALL: [Self; 13] = [
        Self::Figure(Figure::Rss),
        Self::Figure(Figure::HeapTotal),
        Self::Figure(Figure::HeapUsed),
        Self::Figure(Figure::External),
        Self::Figure(Figure::ArrayBuffers),
        Self::Counter(Counter::LiveBytes),
        Self::Counter(Counter::LiveBlocks),
        Self::Counter(Counter::PeakBytes),
        Self::Counter(Counter::AllocatedBytes),
        Self::Counter(Counter::FreedBytes),
        Self::Counter(Counter::Allocations),
        Self::Counter(Counter::Deallocations),
        Self::Counter(Counter::Reallocations),
    ];

    /// The name: Node's for the five figures, the JSON key for a counter.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Figure(figure) => figure.name(),
            Self::Counter(counter) => match counter {
                Counter::LiveBytes => "liveBytes",
                Counter::LiveBlocks => "liveBlocks",
                Counter::PeakBytes => "peakBytes",
                Counter::AllocatedBytes => "allocatedBytes",
                Counter::FreedBytes => "freedBytes",
                Counter::Allocations => "allocations",
                Counter::Deallocations => "deallocations",
                Counter::Reallocations => "reallocations",
            },
        }
    }

    /// The metric of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Whether the metric is in bytes; the remaining ones count blocks or calls.
    #[must_use]
    pub const fn is_bytes(self) -> bool {
        use Counter::{AllocatedBytes, FreedBytes, LiveBytes, PeakBytes};
        matches!(
            self,
            Self::Figure(_) | Self::Counter(LiveBytes | PeakBytes | AllocatedBytes | FreedBytes)
        )
    }

    /// What the metric says, in one line.
    #[must_use]
    pub const fn definition(self) -> &'static str {
        match self {
            Self::Figure(figure) => figure.definition(),
            Self::Counter(counter) => match counter {
                Counter::LiveBytes => "bytes allocated and not yet freed now",
                Counter::LiveBlocks => "blocks allocated and not yet freed now",
                Counter::PeakBytes => "the highest liveBytes since the last sample",
                Counter::AllocatedBytes => "bytes allocated in all, up to now",
                Counter::FreedBytes => "bytes freed in all, up to now",
                Counter::Allocations => "calls that allocated, up to now",
                Counter::Deallocations => "calls that freed, up to now",
                Counter::Reallocations => "calls that changed a block's size, up to now",
            },
        }
    }

    /// The metric's value in a sample, if present.
    #[must_use]
    pub fn of(self, sample: &Sample<'_>) -> Option<i128> {
        self.reading(sample).map(|(value, _)| value)
    }

    /// The value and its precision.
    pub(crate) fn reading(self, sample: &Sample<'_>) -> Option<(i128, Precision)> {
        let counter = match self {
            Self::Figure(figure) => {
                let reading = sample.usage.reading(figure)?;
                return Some((reading.bytes.into(), reading.source.precision()));
            }
            Self::Counter(counter) => counter,
        };
        let counters = sample.allocations?;
        let value = match counter {
            Counter::LiveBytes => counters.live_bytes.into(),
            Counter::LiveBlocks => counters.live_blocks.into(),
            Counter::PeakBytes => counters.peak_bytes.into(),
            Counter::AllocatedBytes => counters.allocated_bytes.into(),
            Counter::FreedBytes => counters.freed_bytes.into(),
            Counter::Allocations => counters.allocations.into(),
            Counter::Deallocations => counters.deallocations.into(),
            Counter::Reallocations => counters.reallocations.into(),
        };
        Some((value, Precision::Exact))
    }

    /// What gave the value: a figure's source, or the counting allocator.
    #[cfg(feature = "html")]
    pub(crate) fn source(self, sample: &Sample<'_>) -> Option<crate::Source> {
        match self {
            Self::Figure(figure) => Some(sample.usage.reading(figure)?.source),
            Self::Counter(_) => sample.allocations.map(|_| crate::Source::COUNTING_ALLOCATOR),
        }
    }
}

/// The metrics that a sample of the timeline has.
pub(crate) fn present(timeline: &Timeline) -> Vec<Metric> {
    let mut found = [false; Metric::ALL.len()];
    let figures = Figure::ALL.len();
    for (found, figure) in found.iter_mut().zip(Figure::ALL) {
        *found = timeline.figure(figure).any(|bytes| bytes.is_some());
    }
    if timeline.samples().any(|sample| sample.allocations.is_some()) {
        found[figures..].fill(true);
    }
    Metric::ALL
        .into_iter()
        .zip(found)
        .filter_map(|(metric, found)| found.then_some(metric))
        .collect()
}

impl From<Figure> for Metric {
    fn from(figure: Figure) -> Self {
        Self::Figure(figure)
    }
}

impl From<Counter> for Metric {
    fn from(counter: Counter) -> Self {
        Self::Counter(counter)
    }
}

/// The metric's name.
impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
