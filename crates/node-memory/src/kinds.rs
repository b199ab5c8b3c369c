//! What the memory of our crates consists of, as tables of `mem-report`.
//!
//! `mem-report` knows none of our other crates, so the conversions are here. A table's groups say whose
//! account a row is of: `heap` adds up to `heapUsed`, `heap spaces` too, and `buffers` to `arrayBuffers`.

use crate::runtime::Runtime;
use crate::writable::{BUFFERED, WRITABLE};
use heap_model::{Edge, EdgeKind, Heap, Kind, Node, shapes};
use mem_report::{Kinds, MemorySource, MemoryUsage};
use slab_buffer::{Pool, SlabState};
use stream_backpressure::Stats;

/// The account of a heap's cells by kind.
pub const HEAP: &str = "heap";
/// The account of a heap's cells by space.
pub const SPACES: &str = "heap spaces";
/// The account of a pool's backing stores by state.
pub const BUFFERS: &str = "buffers";
/// The account of what streams buffer.
pub const STREAMS: &str = "streams";

/// A heap's cells by kind, and those that are dead and not yet collected in a row `garbage`.
///
/// Walks the heap: O(cells), and some 100 bytes of memory a cell meanwhile.
#[must_use]
pub fn of_heap(heap: &mut Heap) -> Kinds {
    let mut kinds = Kinds::new();
    let mut alive = 0;
    heap.walk(|node| {
        kinds.add(HEAP, name(node.kind), 1, node.size as u64);
        alive += node.size as u64;
    });
    let garbage = (heap.heap_used() as u64).saturating_sub(alive);
    if garbage > 0 {
        kinds.add_bytes(HEAP, "garbage", garbage);
    }
    kinds
}

/// A heap's cells by space. O(spaces).
#[must_use]
pub fn of_spaces(heap: &Heap) -> Kinds {
    let mut kinds = Kinds::new();
    for space in heap.space_statistics() {
        kinds.add_bytes(SPACES, space.name, space.used as u64);
    }
    kinds
}

/// A pool's backing stores by state, with their whole bytes. O(slabs).
#[must_use]
pub fn of_pool(pool: &Pool) -> Kinds {
    let mut kinds = Kinds::new();
    for slab in pool.slabs() {
        let name = match slab.state {
            SlabState::Current => "current slab",
            SlabState::Full => "full slabs",
            SlabState::Partial => "partial slabs",
            SlabState::Kept => "kept slabs",
            SlabState::Own => "unpooled buffers",
        };
        kinds.add(BUFFERS, name, 1, slab.capacity as u64);
    }
    kinds
}

/// What a stream buffers: chunks, and their bytes.
///
/// ```
/// use node_memory::kinds;
/// use stream_backpressure::Stats;
///
/// let table = kinds::of_stream("socket", &Stats::default());
/// assert_eq!(table.get(kinds::STREAMS, "socket").map(|row| row.bytes), Some(0));
/// ```
#[must_use]
pub fn of_stream(name: impl Into<String>, stats: &Stats) -> Kinds {
    let mut kinds = Kinds::new();
    kinds.add(STREAMS, name.into(), stats.chunks as u64, stats.bytes as u64);
    kinds
}

impl Runtime {
    /// What the memory consists of: the heap's cells by kind and by space, the buffer pool's stores by state.
    ///
    /// Walks the heap ([`of_heap`]).
    ///
    /// ```
    /// use node_memory::{JsString, Runtime, RuntimeOptions, kinds};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let before = runtime.kinds();
    /// let text = JsString::new(&mut runtime, "some text")?;
    /// let difference = runtime.kinds().since(&before);
    /// let strings = difference.get(kinds::HEAP, "strings").map(ToString::to_string);
    /// assert_eq!(strings.as_deref(), Some("strings +1, +32 bytes"));
    /// # drop(text);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    pub fn kinds(&mut self) -> Kinds {
        let mut kinds = of_heap(&mut self.memory.heap);
        kinds.extend(of_spaces(&self.memory.heap));
        kinds.extend(of_pool(&self.memory.outside.pool));
        kinds
    }
}

impl Runtime {
    /// Visits each reachable cell once, as [`Heap::walk`] does; [`edge_name`] names their references.
    ///
    /// ```
    /// use node_memory::{Array, Runtime, RuntimeOptions, edge_name};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let array = Array::new(&mut runtime, 10)?;
    /// let mut names = Vec::new();
    /// runtime.walk(|node| names.extend(node.edges.iter().map(|edge| edge_name(node, edge))));
    /// assert_eq!(names, [Some("elements")]);
    /// # drop(array);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    pub fn walk(&mut self, visit: impl FnMut(&Node)) {
        self.memory.heap.walk(visit);
    }
}

/// The five figures, and the number of full collections.
impl MemorySource for Runtime {
    fn read(&mut self) -> MemoryUsage {
        self.memory_usage()
    }

    fn collections(&mut self) -> Option<u64> {
        Some(self.memory.heap.statistics().full_collections as u64)
    }
}

/// The name of a reference between a runtime's cells, where Node or V8 has one for it:
/// [`shapes::internal_name`]'s, and `buffered` of a Writable. None for fields, elements, variables and entries of
/// tables, which a program names, or the [`EdgeKind`]'s number does. Constant time.
#[must_use]
pub fn edge_name(node: &Node, edge: &Edge) -> Option<&'static str> {
    let writable = (node.kind, node.size) == (Kind::Native, WRITABLE);
    if writable && edge.kind == EdgeKind::Internal(BUFFERED) {
        return Some("buffered");
    }
    shapes::internal_name(node, edge)
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "objects",
        Kind::Array => "arrays",
        Kind::OneByteString => "strings",
        Kind::TwoByteString => "two-byte strings",
        Kind::ConsString => "concatenated strings",
        Kind::SlicedString => "sliced strings",
        Kind::Bytes => "raw bytes",
        Kind::Double => "numbers",
        Kind::Native => "native objects",
        Kind::Context => "contexts",
        Kind::Closure => "closures",
        Kind::OrderedTable => "tables of Maps and Sets",
        Kind::EphemeronTable => "weak tables",
        Kind::WeakCell => "weak references",
        Kind::Registration => "registrations",
        _ => "cells",
    }
}
