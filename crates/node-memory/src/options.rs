//! What a runtime is made of, and how a Node's version sets heap, pool and streams alike.

use crate::baseline::Baseline;
use heap_model::{HeapOptions, NodeVersion};
use slab_buffer::PoolOptions;
use stream_backpressure::Node;

/// What a runtime is made of; the default is Node 20's on a machine of 16 GiB.
#[derive(Clone, Debug, Default)]
pub struct RuntimeOptions {
    /// The heap's limit and semi-spaces, in bytes.
    pub heap: HeapOptions,
    /// The buffer pool's slab size and reuse policy.
    pub pool: PoolOptions,
    /// What each Writable is made with.
    pub streams: stream_backpressure::Options,
    /// The figures to start from.
    pub baseline: Baseline,
}

impl RuntimeOptions {
    /// The defaults of a Node's heap, buffer pool and streams on a machine with `physical_memory` bytes, without a
    /// baseline. Constant time.
    ///
    /// ```
    /// use node_memory::{NodeVersion, Runtime, RuntimeOptions};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::for_node(NodeVersion::V24, 16 << 30))?;
    /// let writable = runtime.writable()?;
    /// let expected = if cfg!(windows) { 16384 } else { 65536 };
    /// assert_eq!(runtime.writable_high_water_mark(&writable)?, expected);
    /// runtime.buffer_alloc_unsafe(10)?;
    /// assert_eq!(runtime.memory_usage().array_buffers(), Some(65536));
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    #[must_use]
    pub fn for_node(version: NodeVersion, physical_memory: u64) -> Self {
        Self {
            heap: HeapOptions::for_node(version, usize::BITS, physical_memory),
            pool: PoolOptions::node(major(version)),
            streams: streams(version),
            baseline: Baseline::default(),
        }
    }
}

/// The major version of a Node; the newest for versions that are newer than this crate.
const fn major(version: NodeVersion) -> u32 {
    match version {
        NodeVersion::V12 => 12,
        NodeVersion::V16 => 16,
        NodeVersion::V18 => 18,
        NodeVersion::V20 => 20,
        NodeVersion::V22 => 22,
        _ => 24,
    }
}

/// Streams up to Node 20 have the high-water mark of Node 20.
fn streams(version: NodeVersion) -> stream_backpressure::Options {
    let mut options = stream_backpressure::Options::default();
    options.node = match major(version) {
        ..22 => Node::V20,
        22..24 => Node::V22,
        _ => Node::V24,
    };
    options
}
