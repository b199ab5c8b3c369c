//! The ballast: real bytes that put a runtime where a running Node stands, so that absolute figures can be compared.

mod recorded;

use crate::error::{BaselineError, RuntimeError};
use crate::memory::Memory;
use crate::variable::Owned;
use heap_model::Kind;
pub use recorded::{Output, RecordedModule, RecordedNode};
use slab_buffer::Buffer;

/// The figures (bytes) that a runtime is filled up to; all zero for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Committed heap. Where the runtime's own spaces already commit more, theirs stands.
    pub heap_total: usize,
    /// Bytes of cells, a multiple of 8.
    pub heap_used: usize,
    /// How many of the cells' bytes are young garbage, which the next collection of any kind frees; a multiple of 8.
    pub heap_garbage: usize,
    /// Memory outside the heap, the array buffers included.
    pub external: usize,
    /// Bytes of array buffers.
    pub array_buffers: usize,
    /// How many of the array buffers' bytes are garbage that the first collection frees.
    pub array_buffers_garbage: usize,
}

/// The memory that makes up the baseline, for the runtime's life.
#[derive(Default)]
pub(crate) struct Ballast {
    native: Vec<Vec<u8>>,
    buffers: Vec<Buffer>,
    cells: Vec<Owned>,
}

/// Bytes of one lasting cell: a large object, so that it does not move.
const LARGE: usize = 1 << 20;
/// Bytes of one cell of garbage.
const YOUNG: usize = 16 << 10;
/// A cell's header in bytes.
const HEADER: usize = 16;

impl Ballast {
    /// Fills a runtime's memory up to a baseline. What is there already counts.
    pub(crate) fn fill(
        &mut self,
        memory: &mut Memory,
        baseline: Baseline,
    ) -> Result<(), RuntimeError> {
        let Baseline { heap_used, heap_garbage, external, array_buffers, .. } = baseline;
        let garbage = baseline.array_buffers_garbage;
        if !heap_used.is_multiple_of(8) || !heap_garbage.is_multiple_of(8) {
            return Err(BaselineError::HeapUsedUnaligned { heap_used }.into());
        }
        let native = external
            .checked_sub(array_buffers)
            .ok_or(BaselineError::ArrayBuffersAboveExternal { array_buffers, external })?;
        let lasting = array_buffers
            .checked_sub(garbage)
            .ok_or(BaselineError::GarbageAboveArrayBuffers { garbage, array_buffers })?;
        if baseline == Baseline::default() {
            return Ok(());
        }
        self.native.push(vec![0xB0; native.saturating_sub(self.native())]);
        let lasting = lasting.saturating_sub(memory.outside.pool.array_buffers());
        if lasting > 0 {
            self.buffers.push(filled(memory.outside.pool.alloc_unsafe_slow(lasting)?));
        }
        // The garbage buffers' cells are made twice: once to see how many bytes they take.
        let start = memory.heap.heap_used();
        make_garbage_buffer(memory, garbage)?;
        let cells = memory.heap.heap_used() - start;
        memory.gc();
        self.fill_cells(memory, heap_used.saturating_sub(heap_garbage + cells))?;
        memory.gc();
        memory.heap.settle();
        make_garbage_buffer(memory, garbage)?;
        make_garbage(memory, heap_used.saturating_sub(memory.heap.heap_used()))?;
        let reached = memory.heap.heap_used();
        if reached != heap_used {
            return Err(BaselineError::HeapUsedUnreachable { heap_used, reached }.into());
        }
        let committed = baseline.heap_total.saturating_sub(memory.heap.heap_total());
        memory.heap.reserve(committed)?;
        Ok(())
    }

    /// Adds to a runtime's memory while its program runs: what a part of Node's own code takes when it is first used.
    /// `more.heap_total` is not looked at; no collection is made.
    pub(crate) fn add(&mut self, memory: &mut Memory, more: Baseline) -> Result<(), RuntimeError> {
        let Baseline { heap_used, heap_garbage, external, array_buffers, .. } = more;
        self.native.push(vec![0xB0; external.saturating_sub(array_buffers)]);
        let lasting = array_buffers.saturating_sub(more.array_buffers_garbage);
        if lasting > 0 {
            self.buffers.push(filled(memory.outside.pool.alloc_unsafe_slow(lasting)?));
        }
        make_garbage_buffer(memory, more.array_buffers_garbage)?;
        make_garbage(memory, heap_garbage)?;
        self.keep_cells(memory, heap_used.saturating_sub(heap_garbage))?;
        // Node's code lies in the old space.
        memory.heap.tenure_large();
        Ok(())
    }

    /// Bytes that stand for native memory.
    pub(crate) fn native(&self) -> usize {
        self.native.iter().map(Vec::len).sum()
    }

    /// Allocates lasting cells until the heap holds `target` bytes.
    fn fill_cells(&mut self, memory: &mut Memory, target: usize) -> Result<(), RuntimeError> {
        self.keep_cells(memory, target.saturating_sub(memory.heap.heap_used()))
    }

    /// Allocates lasting cells.
    fn keep_cells(&mut self, memory: &mut Memory, bytes: usize) -> Result<(), RuntimeError> {
        for size in sizes(bytes, LARGE) {
            self.cells.push(memory.keep(|scope, _| {
                let cell = scope.alloc(Kind::Bytes, 0, size - HEADER)?;
                scope.bytes_mut(cell)?.fill(0xB0);
                Ok(cell)
            })?);
        }
        Ok(())
    }
}

/// The sizes of cells of `most` bytes that are `bytes` together; none where that is less than a header.
fn sizes(bytes: usize, most: usize) -> impl Iterator<Item = usize> {
    let mut missing = bytes;
    core::iter::from_fn(move || {
        // The bytes that this cell leaves must be none, or enough for another cell.
        let size = if missing < most + HEADER { missing } else { most };
        missing -= size;
        (size >= HEADER).then_some(size)
    })
}

/// Makes a buffer that nothing refers to.
fn make_garbage_buffer(memory: &mut Memory, bytes: usize) -> Result<(), RuntimeError> {
    if bytes > 0 {
        let buffer = memory.outside.pool.alloc_unsafe_slow(bytes)?;
        drop(memory.keep(|scope, outside| Ok(outside.make_buffer(scope, buffer)?))?);
    }
    Ok(())
}

/// Makes young cells that nothing refers to.
fn make_garbage(memory: &mut Memory, bytes: usize) -> Result<(), RuntimeError> {
    for size in sizes(bytes, YOUNG) {
        drop(memory.keep(|scope, _| Ok(scope.alloc(Kind::Bytes, 0, size - HEADER)?))?);
    }
    Ok(())
}

fn filled(mut buffer: Buffer) -> Buffer {
    buffer.fill(0xB0);
    buffer
}
