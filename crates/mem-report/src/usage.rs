//! The five figures at one moment, each present or absent.

use crate::{Figure, Reading, Source};

/// The five figures of `process.memoryUsage()`, in bytes: each present, with its source, or absent.
///
/// A figure that no source gives is absent, never 0.
///
/// ```
/// use mem_report::{Figure, MemoryUsage, Source};
///
/// let usage = MemoryUsage::new()
///     .with(Figure::HeapUsed, 3_092_008, Source::HEAP)
///     .with(Figure::External, 214_186, Source::HEAP);
/// assert_eq!(usage.heap_used(), Some(3_092_008));
/// assert_eq!(usage.rss(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "memoryUsage")]
pub struct MemoryUsage {
    readings: [Option<Reading>; 5],
}

impl MemoryUsage {
    /// No figure at all.
    #[must_use]
    pub const fn new() -> Self {
        Self { readings: [None; 5] }
    }

    /// These figures and one more, in bytes; it replaces the one that is there.
    #[must_use]
    pub const fn with(mut self, figure: Figure, bytes: u64, source: Source) -> Self {
        self.readings[figure as usize] = Some(Reading::new(bytes, source));
        self
    }

    /// Sets one figure, or makes it absent.
    pub const fn set(&mut self, figure: Figure, reading: Option<Reading>) {
        self.readings[figure as usize] = reading;
    }

    /// One figure with its source, if present.
    #[must_use]
    pub const fn reading(&self, figure: Figure) -> Option<Reading> {
        self.readings[figure as usize]
    }

    /// One figure in bytes, if present.
    #[must_use]
    pub const fn get(&self, figure: Figure) -> Option<u64> {
        match self.reading(figure) {
            Some(reading) => Some(reading.bytes),
            None => None,
        }
    }

    /// [`Figure::Rss`] in bytes, if present.
    #[must_use]
    pub const fn rss(&self) -> Option<u64> {
        self.get(Figure::Rss)
    }

    /// [`Figure::HeapTotal`] in bytes, if present.
    #[must_use]
    pub const fn heap_total(&self) -> Option<u64> {
        self.get(Figure::HeapTotal)
    }

    /// [`Figure::HeapUsed`] in bytes, if present.
    #[must_use]
    pub const fn heap_used(&self) -> Option<u64> {
        self.get(Figure::HeapUsed)
    }

    /// [`Figure::External`] in bytes, if present.
    #[must_use]
    pub const fn external(&self) -> Option<u64> {
        self.get(Figure::External)
    }

    /// [`Figure::ArrayBuffers`] in bytes, if present.
    #[must_use]
    pub const fn array_buffers(&self) -> Option<u64> {
        self.get(Figure::ArrayBuffers)
    }

    /// The present figures in Node's order, with their sources.
    pub fn present(&self) -> impl Iterator<Item = (Figure, Reading)> + '_ {
        Figure::ALL.into_iter().filter_map(|figure| Some((figure, self.reading(figure)?)))
    }

    /// Whether no figure is present.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.readings.iter().all(Option::is_none)
    }

    /// These figures; where one is absent, that of `other`.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (own, other) in self.readings.iter_mut().zip(other.readings) {
            *own = own.or(other);
        }
        self
    }

    /// The five figures with their sources, in Node's order.
    pub(crate) const fn readings(&self) -> &[Option<Reading>; 5] {
        &self.readings
    }

    pub(crate) const fn from_readings(readings: [Option<Reading>; 5]) -> Self {
        Self { readings }
    }
}
