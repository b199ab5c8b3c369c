//! What gives figures: a closure, the process, an allocator, or two of them.

use crate::{Allocations, Figure, MemoryUsage, Process};

/// Anything that can say how much memory is where.
///
/// A closure is a source, and so is a pair of sources: what the first does not give, the second does.
///
/// ```
/// use mem_report::{Figure, MemorySource, MemoryUsage, Process, Source};
///
/// let pool = || MemoryUsage::new().with(Figure::External, 4096, Source::exact("my pool"));
/// let mut source = (pool, Process::current()?);
/// assert_eq!(source.read().external(), Some(4096));
/// # Ok::<(), mem_report::ReadError>(())
/// ```
pub trait MemorySource {
    /// The figures now; those that the source cannot give are absent.
    fn read(&mut self) -> MemoryUsage;

    /// How many collections the source's heap has made, if it has one.
    fn collections(&mut self) -> Option<u64> {
        None
    }

    /// What the source's allocator has done, if it counts. A new peak begins.
    fn allocations(&mut self) -> Option<Allocations> {
        None
    }
}

impl<F: FnMut() -> MemoryUsage> MemorySource for F {
    fn read(&mut self) -> MemoryUsage {
        self()
    }
}

impl<A: MemorySource, B: MemorySource> MemorySource for (A, B) {
    fn read(&mut self) -> MemoryUsage {
        let first = self.0.read();
        first.or(self.1.read())
    }

    fn collections(&mut self) -> Option<u64> {
        self.0.collections().or_else(|| self.1.collections())
    }

    fn allocations(&mut self) -> Option<Allocations> {
        self.0.allocations().or_else(|| self.1.allocations())
    }
}

/// The resident set; absent when it cannot be read.
impl MemorySource for Process {
    fn read(&mut self) -> MemoryUsage {
        let mut usage = MemoryUsage::new();
        usage.set(Figure::Rss, self.resident().ok());
        usage
    }
}
