//! What a runtime is made of, and how a Node's version sets heap, pool and streams alike.

use crate::baseline::Baseline;
use heap_model::{Growing, HeapOptions, MarkingPace, NodeVersion};
use slab_buffer::{NodeVersion as PoolVersion, PoolOptions};
use stream_backpressure::{NodeVersion as StreamVersion, Options as StreamOptions};

/// What a runtime is made of; the default has the sizes of Node 20 on a machine of 16 GiB. As [`for_node`](Self::for_node) has
/// it, the heap is collected when V8 collects, too.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RuntimeOptions {
    /// The heap's limit and semi-spaces, in bytes.
    pub heap: HeapOptions,
    /// The buffer pool's slab size and reuse policy.
    pub pool: PoolOptions,
    /// What each Writable is made with.
    pub streams: StreamOptions,
    /// The figures to start from.
    pub baseline: Baseline,
    /// Array buffers are freed on a thread of their own, as in a Node without `--single-threaded`: V8 takes them off
    /// `external` at the collection after the one that frees them.
    pub background_sweeping: bool,
    /// Node is embedded with another allocator than its own: array buffers are not tracked, and `arrayBuffers` is absent.
    pub embedded: bool,
}

/// Bytes of a MiB.
const MIB: usize = 1 << 20;

impl RuntimeOptions {
    /// The defaults of a Node's heap, buffer pool and streams on a machine with `physical_memory` bytes, without a
    /// baseline. Constant time.
    ///
    /// ```
    /// use node_memory::{Buffer, NodeVersion, Runtime, RuntimeOptions, Writable};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::for_node(NodeVersion::V24, 16 << 30))?;
    /// let writable = Writable::new(&mut runtime)?;
    /// let expected = if cfg!(windows) { 16384 } else { 65536 };
    /// assert_eq!(writable.high_water_mark(&mut runtime)?, expected);
    /// Buffer::alloc_unsafe(&mut runtime, 10)?;
    /// assert_eq!(runtime.memory_usage().array_buffers(), Some(65536));
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    #[must_use]
    pub fn for_node(version: NodeVersion, physical_memory: u64) -> Self {
        let (pool, streams) = parts(version);
        let heap = HeapOptions::for_node(version, usize::BITS, physical_memory);
        Self {
            heap: old_generation(heap, heap.limit - 3 * heap.max_semi_space)
                .with_marking_pace(pace(version)),
            pool: PoolOptions::for_node(pool),
            streams: StreamOptions::for_node(streams),
            ..Self::default()
        }
    }

    /// With other options of the heap.
    #[must_use]
    pub fn with_heap(mut self, heap: HeapOptions) -> Self {
        self.heap = heap;
        self
    }

    /// With other options of the buffer pool.
    #[must_use]
    pub fn with_pool(mut self, pool: PoolOptions) -> Self {
        self.pool = pool;
        self
    }

    /// With other options of the streams.
    #[must_use]
    pub fn with_streams(mut self, streams: StreamOptions) -> Self {
        self.streams = streams;
        self
    }

    /// With figures to start from.
    ///
    /// ```
    /// use node_memory::{NodeVersion, Output, RecordedNode, Runtime, RuntimeOptions};
    ///
    /// let node = RecordedNode::of(NodeVersion::V20, Output::Pipe).expect("it is recorded");
    /// let options = RuntimeOptions::for_node(NodeVersion::V20, 16 << 30).with_baseline(node.fresh);
    /// let runtime = Runtime::new(options)?;
    /// assert_eq!(runtime.heap_used(), node.fresh.heap_used);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    #[must_use]
    pub fn with_baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = baseline;
        self
    }

    /// With array buffers that are freed on a thread of their own ([`background_sweeping`](Self::background_sweeping)).
    #[must_use]
    pub fn with_background_sweeping(mut self) -> Self {
        self.background_sweeping = true;
        self
    }

    /// As of an [embedded](Self::embedded) Node.
    #[must_use]
    pub fn with_embedding(mut self) -> Self {
        self.embedded = true;
        self
    }

    /// With Node's `--max-old-space-size`, in MiB: the heap's limit is that and three semi-spaces.
    #[must_use]
    pub fn with_max_old_space(mut self, mib: usize) -> Self {
        let old = mib.saturating_mul(MIB);
        self.heap = old_generation(self.heap, old);
        self.heap.limit = old.saturating_add(3 * self.heap.max_semi_space);
        self
    }

    /// With Node's `--max-semi-space-size`, in MiB. The old generation stays as large as it is.
    #[must_use]
    pub fn with_max_semi_space(mut self, mib: usize) -> Self {
        let heap = &mut self.heap;
        let old = heap.limit.saturating_sub(3 * heap.max_semi_space);
        heap.max_semi_space = mib.saturating_mul(MIB).next_power_of_two();
        heap.initial_semi_space = heap.initial_semi_space.min(heap.max_semi_space);
        heap.limit = old.saturating_add(3 * heap.max_semi_space);
        self
    }
}

/// A heap whose old generation has `bytes` bytes at the most. V8 first collects it at half of them, at most at 512 MiB with pointers of
/// 64 bits, and earlier if little survives (`Heap::ConfigureHeap`, `kMaxInitialOldGenerationSize`).
fn old_generation(heap: HeapOptions, bytes: usize) -> HeapOptions {
    let most = 64 * MIB * usize::BITS as usize / 8;
    heap.with_old_generation_limit(bytes)
        .with_initial_old_generation((bytes / 2).min(most))
        .with_adaptive_initial(true)
        .with_growing(Growing::Maximum)
}

/// How marking keeps step with the program, in a V8 with one thread.
fn pace(version: NodeVersion) -> MarkingPace {
    match version {
        NodeVersion::V22 => MarkingPace::Interleaved(0.5),
        NodeVersion::V24 | NodeVersion::V26 => MarkingPace::Separate(1.0),
        _ => MarkingPace::Ahead,
    }
}

/// The pool's and the streams' names of a version.
const fn parts(version: NodeVersion) -> (PoolVersion, StreamVersion) {
    match version {
        NodeVersion::V12 => (PoolVersion::V12, StreamVersion::V12),
        NodeVersion::V14 => (PoolVersion::V14, StreamVersion::V14),
        NodeVersion::V16 => (PoolVersion::V16, StreamVersion::V16),
        NodeVersion::V18 => (PoolVersion::V18, StreamVersion::V18),
        NodeVersion::V20 => (PoolVersion::V20, StreamVersion::V20),
        NodeVersion::V22 => (PoolVersion::V22, StreamVersion::V22),
        NodeVersion::V24 => (PoolVersion::V24, StreamVersion::V24),
        // The newest that this crate knows.
        _ => (PoolVersion::V26, StreamVersion::V26),
    }
}
