//! The ballast: real bytes that put a new runtime where a running Node stands, so that absolute
//! figures can be compared.

use crate::error::{BaselineError, RuntimeError};
use crate::memory::{Memory, Variable};
use heap_model::Kind;
use slab_buffer::Buffer;

/// The four figures (bytes) that a runtime starts from; all zero for an empty one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Committed heap. Where the runtime's own spaces already commit more, theirs stands.
    pub heap_total: usize,
    /// Bytes of cells, a multiple of 8.
    pub heap_used: usize,
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
    native: Vec<u8>,
    _buffer: Option<Buffer>,
    _cells: Vec<Variable>,
}

/// Bytes of one ballast cell: a large object, so that it neither moves nor grows the new space.
const CELL: usize = 1 << 20;
/// A cell's header in bytes.
const HEADER: usize = 16;

impl Ballast {
    /// Fills a new runtime's memory up to its baseline.
    pub(crate) fn fill(memory: &mut Memory, baseline: Baseline) -> Result<Self, RuntimeError> {
        let Baseline { heap_used, external, array_buffers, array_buffers_garbage: garbage, .. } =
            baseline;
        if !heap_used.is_multiple_of(8) {
            return Err(BaselineError::HeapUsedUnaligned { heap_used }.into());
        }
        let native = external
            .checked_sub(array_buffers)
            .ok_or(BaselineError::ArrayBuffersAboveExternal { array_buffers, external })?;
        let lasting = array_buffers
            .checked_sub(garbage)
            .ok_or(BaselineError::GarbageAboveArrayBuffers { garbage, array_buffers })?;
        if baseline == Baseline::default() {
            return Ok(Self::default());
        }
        let mut ballast = Self { native: vec![0xB0; native], ..Self::default() };
        ballast._buffer = Some(filled(memory.pool.alloc_unsafe_slow(lasting)?));
        // The garbage is made twice: once to see how many bytes of cells it takes.
        let start = memory.heap.heap_used();
        make_garbage(memory, garbage)?;
        let cells = memory.heap.heap_used() - start;
        memory.gc();
        ballast.fill_cells(memory, heap_used.saturating_sub(cells))?;
        memory.gc();
        make_garbage(memory, garbage)?;
        let reached = memory.heap.heap_used();
        if reached != heap_used {
            return Err(BaselineError::HeapUsedUnreachable { heap_used, reached }.into());
        }
        let committed = baseline.heap_total.saturating_sub(memory.heap.heap_total());
        memory.heap.reserve(committed)?;
        Ok(ballast)
    }

    /// Bytes that stand for native memory.
    pub(crate) fn native(&self) -> usize {
        self.native.len()
    }

    /// Allocates lasting cells until the heap holds `target` bytes.
    fn fill_cells(&mut self, memory: &mut Memory, target: usize) -> Result<(), RuntimeError> {
        loop {
            let missing = target.saturating_sub(memory.heap.heap_used());
            // The bytes that this cell leaves must be none, or enough for another cell.
            let size = if missing < CELL + HEADER { missing } else { CELL };
            if size < HEADER {
                return Ok(());
            }
            self._cells.push(memory.keep(|scope| {
                let cell = scope.alloc(Kind::Bytes, 0, size - HEADER)?;
                scope.bytes_mut(cell)?.fill(0xB0);
                Ok(cell)
            })?);
        }
    }
}

/// Makes a buffer that nothing refers to.
fn make_garbage(memory: &mut Memory, bytes: usize) -> Result<(), RuntimeError> {
    if bytes > 0 {
        let buffer = memory.pool.alloc_unsafe_slow(bytes)?;
        drop(memory.keep_buffer(buffer)?);
    }
    Ok(())
}

fn filled(mut buffer: Buffer) -> Buffer {
    buffer.fill(0xB0);
    buffer
}
