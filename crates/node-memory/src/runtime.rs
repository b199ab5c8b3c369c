//! The runtime: one heap, one buffer pool, one ballast, and the five figures over them.

use crate::baseline::{Ballast, Baseline};
use crate::error::RuntimeError;
use crate::host::{Block, Host, sealed};
use crate::jobs::Jobs;
use crate::memory::{Memory, Outside};
use crate::options::RuntimeOptions;
use crate::value::Value;
use crate::variable::Owned;
use heap_model::{Heap, HeapStatistics, Local, Scope, Value as Slot};
use mem_report::{Figure, MemoryUsage, Source};
use slab_buffer::{Pool, PoolStats};

/// Node's memory in one place.
pub struct Runtime {
    pub(crate) memory: Memory,
    pub(crate) jobs: Jobs<Runtime, Value>,
    ballast: Ballast,
    background_sweeping: bool,
    embedded: bool,
}

impl Runtime {
    /// Starts a runtime and fills it up to its baseline.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] if the baseline does not fit under the heap's limit,
    /// [`RuntimeError::Baseline`] if its figures contradict one another.
    pub fn new(options: RuntimeOptions) -> Result<Self, RuntimeError> {
        let RuntimeOptions { heap, pool, streams, baseline, background_sweeping, embedded } =
            options;
        let memory = Memory::new(Heap::new(heap)?, Pool::new(pool), streams);
        let (jobs, ballast) = (Jobs::default(), Ballast::default());
        let mut runtime = Self { memory, jobs, ballast, background_sweeping, embedded };
        runtime.fill(baseline)?;
        Ok(runtime)
    }

    /// Fills the runtime up to a baseline, with real bytes that stay for its life; what is there already counts. Two full
    /// collections are made. O(bytes).
    ///
    /// # Errors
    /// As [`new`](Self::new). What was added before the error stays.
    pub fn fill(&mut self, baseline: Baseline) -> Result<(), RuntimeError> {
        self.ballast.fill(&mut self.memory, baseline)
    }

    /// Adds real bytes for the runtime's life, and garbage, in the midst of a program: what a part of Node's own code takes
    /// when it is first used ([`RecordedNode::first_print`](crate::RecordedNode::first_print)). `more.heap_total` is not
    /// looked at. O(bytes).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] if they do not fit under the heap's limit.
    pub fn add(&mut self, more: Baseline) -> Result<(), RuntimeError> {
        self.ballast.add(&mut self.memory, more)
    }

    /// The five figures, in bytes, each counted where the memory is; `rss` is the operating
    /// system's, and absent where it does not say. `array_buffers` is absent in an
    /// [embedded](RuntimeOptions::embedded) runtime.
    #[doc(alias = "memoryUsage")]
    #[must_use]
    pub fn memory_usage(&self) -> MemoryUsage {
        let array_buffers = self.memory.outside.pool.array_buffers() as u64;
        let mut external = self.ballast.native() as u64 + array_buffers;
        if self.background_sweeping {
            external += self.memory.freed_since_collection() as u64;
        }
        let mut usage = MemoryUsage::new()
            .with(Figure::HeapTotal, self.memory.heap.heap_total() as u64, Source::HEAP)
            .with(Figure::HeapUsed, self.memory.heap.heap_used() as u64, Source::HEAP)
            .with(Figure::External, external, Source::POOL);
        if !self.embedded {
            usage = usage.with(Figure::ArrayBuffers, array_buffers, Source::POOL);
        }
        usage.set(Figure::Rss, mem_report::resident_set().ok());
        usage
    }

    /// Bytes of cells in the heap, without asking the operating system for anything.
    #[must_use]
    pub fn heap_used(&self) -> usize {
        self.memory.heap.heap_used()
    }

    /// Runs `f` in a block, whose variables end with it: for what makes much and keeps little. One entry into the heap
    /// for all that it does. Constant time apart from `f`.
    pub fn block<T>(&mut self, f: impl for<'b, 'i> FnOnce(&mut Block<'b, 'i>) -> T) -> T {
        let Memory { heap, outside } = &mut self.memory;
        heap.enter(|scope| f(&mut Block::new(scope, outside)))
    }

    /// One full collection, as `global.gc()`; buffers that nothing refers to are freed in it.
    pub fn gc(&mut self) {
        self.memory.gc();
    }

    /// The heap's statistics by space.
    #[must_use]
    pub fn heap_statistics(&self) -> HeapStatistics {
        self.memory.heap.statistics()
    }

    /// The buffer pool's counters.
    #[must_use]
    pub fn pool_stats(&self) -> PoolStats {
        self.memory.outside.pool.stats()
    }

    /// The heap's limit in bytes.
    #[must_use]
    pub fn heap_limit(&self) -> usize {
        self.memory.heap.limit()
    }

    /// The heap, for those who make cells of their own in it: a language on a runtime.
    #[must_use]
    pub fn heap(&self) -> &Heap {
        &self.memory.heap
    }

    /// The heap, to be worked with. What its cells keep outside of the heap is reported to it by their owners.
    #[inline]
    pub fn heap_mut(&mut self) -> &mut Heap {
        &mut self.memory.heap
    }

    /// The buffer pool, for those who make buffers of their own. What it holds is in [`memory_usage`](Self::memory_usage);
    /// the heap hears of it by [`report_external`](Self::report_external).
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.memory.outside.pool
    }

    /// What each Writable is made with.
    #[must_use]
    pub fn stream_options(&self) -> &stream_backpressure::Options {
        &self.memory.outside.streams
    }

    /// Tells the heap how much the pool has grown or shrunk since it was last told, which may begin a collection later.
    /// Constant time.
    pub fn report_external(&mut self) {
        self.memory.report_external();
    }
}

impl Host for Runtime {}

impl sealed::Host for Runtime {
    type Root = Owned;

    #[inline(always)]
    fn on<T>(&mut self, f: impl for<'i> FnOnce(&mut Scope<'i>, &mut Outside) -> T) -> T {
        let Memory { heap, outside } = &mut self.memory;
        heap.enter(|scope| f(scope, outside))
    }

    #[inline(always)]
    fn keep(
        &mut self,
        f: impl for<'i> FnOnce(&mut Scope<'i>, &mut Outside) -> Result<Local<'i>, RuntimeError>,
    ) -> Result<Owned, RuntimeError> {
        self.memory.keep(f)
    }

    #[inline(always)]
    fn keep_value(
        &mut self,
        f: impl for<'i> FnOnce(&mut Scope<'i>, &mut Outside) -> Result<Option<Slot<'i>>, RuntimeError>,
    ) -> Result<Option<Value>, RuntimeError> {
        let Memory { heap, outside } = &mut self.memory;
        heap.enter(|scope| {
            let Some(slot) = f(scope, outside)? else { return Ok(None) };
            Ok(Some(Value::owned(scope, slot)?))
        })
    }
}
