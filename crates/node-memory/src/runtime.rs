//! The runtime: one heap, one buffer pool, one ballast, and the five figures over them.
//!
//! Invariant: the heap knows of every byte outside it that its cells keep alive
//! ([`Runtime::sync_external`] runs after each operation that can change it). No unsafe code.

use crate::RuntimeError;
use crate::baseline::{Ballast, Baseline};
use heap_model::{Global, Heap, HeapOptions, HeapStatistics, Local, Scope};
use mem_report::{Figure, MemoryUsage, Source};
use slab_buffer::{Pool, PoolOptions, PoolStats};

/// What a runtime is made of; the default is Node 20's.
#[derive(Default)]
pub struct RuntimeOptions {
    /// The heap's limit and semi-spaces, in bytes.
    pub heap: HeapOptions,
    /// The buffer pool's slab size and reuse policy.
    pub pool: PoolOptions,
    /// The figures to start from.
    pub baseline: Baseline,
}

/// A JavaScript variable: what it refers to lives while it exists.
///
/// Dropping it is `variable = null`; the memory falls at the next collection. A variable that
/// outlives its runtime is harmless.
pub struct Variable(pub(crate) Global);

/// Node's memory in one place.
pub struct Runtime {
    pub(crate) heap: Heap,
    pub(crate) pool: Pool,
    ballast: Ballast,
    array_buffers_told: usize,
}

impl Runtime {
    /// Starts a runtime and fills it up to its baseline.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] if the baseline does not fit under the heap's limit,
    /// [`RuntimeError::Baseline`] if its figures contradict one another.
    pub fn new(options: RuntimeOptions) -> Result<Self, RuntimeError> {
        let mut runtime = Self {
            heap: Heap::new(options.heap)?,
            pool: Pool::new(options.pool),
            ballast: Ballast::default(),
            array_buffers_told: 0,
        };
        runtime.ballast = Ballast::fill(&mut runtime, options.baseline)?;
        Ok(runtime)
    }

    /// The five figures, in bytes, each counted where the memory is; `rss` is the operating
    /// system's, and absent where it does not say.
    #[doc(alias = "memoryUsage")]
    #[must_use]
    pub fn memory_usage(&self) -> MemoryUsage {
        let array_buffers = self.pool.array_buffers() as u64;
        let external = self.ballast.native() as u64 + array_buffers;
        let mut usage = MemoryUsage::new()
            .with(Figure::HeapTotal, self.heap.heap_total() as u64, Source::HEAP)
            .with(Figure::HeapUsed, self.heap.heap_used() as u64, Source::HEAP)
            .with(Figure::External, external, Source::POOL)
            .with(Figure::ArrayBuffers, array_buffers, Source::POOL);
        usage.set(Figure::Rss, mem_report::resident_set().ok());
        usage
    }

    /// Bytes of cells in the heap, without asking the operating system for anything.
    #[must_use]
    pub fn heap_used(&self) -> usize {
        self.heap.heap_used()
    }

    /// One full collection, as `global.gc()`; buffers that nothing refers to are freed in it.
    pub fn gc(&mut self) {
        self.heap.collect();
        self.sync_external();
    }

    /// The heap's statistics by space.
    #[must_use]
    pub fn heap_statistics(&self) -> HeapStatistics {
        self.heap.statistics()
    }

    /// The buffer pool's counters.
    #[must_use]
    pub fn pool_stats(&self) -> PoolStats {
        self.pool.stats()
    }

    /// The heap's limit in bytes.
    #[must_use]
    pub fn heap_limit(&self) -> usize {
        self.heap.limit()
    }

    /// Runs `make` in a scope and keeps its result in a new variable.
    pub(crate) fn keep(
        &mut self,
        make: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<Local<'s>, RuntimeError>,
    ) -> Result<Variable, RuntimeError> {
        let kept = self.heap.enter(|scope| {
            let cell = make(scope)?;
            Ok(Variable(scope.global(cell)?))
        });
        self.sync_external();
        kept
    }

    /// Tells the heap how much the pool's stores have grown or shrunk since it last heard.
    pub(crate) fn sync_external(&mut self) {
        let now = self.pool.array_buffers();
        self.heap.adjust_external_memory(now as isize - self.array_buffers_told as isize);
        self.array_buffers_told = now;
    }
}
