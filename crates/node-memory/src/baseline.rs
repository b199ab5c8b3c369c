//! The ballast: real bytes that put a new runtime where a running Node stands, so that absolute
//! figures can be compared. No unsafe code.

use crate::{Runtime, RuntimeError, Variable};
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

/// What fills the baseline, kept for the runtime's life.
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
    pub(crate) fn fill(runtime: &mut Runtime, baseline: Baseline) -> Result<Self, RuntimeError> {
        if !baseline.heap_used.is_multiple_of(8) {
            return Err(RuntimeError::Baseline("heapUsed is not a multiple of 8 bytes"));
        }
        let native = baseline
            .external
            .checked_sub(baseline.array_buffers)
            .ok_or(RuntimeError::Baseline("external is less than arrayBuffers"))?;
        let lasting = baseline
            .array_buffers
            .checked_sub(baseline.array_buffers_garbage)
            .ok_or(RuntimeError::Baseline("more garbage than arrayBuffers"))?;
        if baseline == Baseline::default() {
            return Ok(Self::default());
        }
        let mut ballast = Self { native: vec![0xB0; native], ..Self::default() };
        ballast._buffer = Some(filled(runtime.pool.alloc_unsafe_slow(lasting)?));
        let garbage = baseline.array_buffers_garbage;
        let start = runtime.heap.heap_used();
        ballast.garbage(runtime, garbage)?;
        let cells = runtime.heap.heap_used() - start;
        runtime.gc();
        ballast.cells(runtime, baseline.heap_used.saturating_sub(cells))?;
        runtime.gc();
        ballast.garbage(runtime, garbage)?;
        if runtime.heap.heap_used() != baseline.heap_used {
            return Err(RuntimeError::Baseline("heapUsed is too small for the baseline's parts"));
        }
        let committed = baseline.heap_total.saturating_sub(runtime.heap.heap_total());
        runtime.heap.reserve(committed)?;
        Ok(ballast)
    }

    /// Bytes that stand for native memory.
    pub(crate) fn native(&self) -> usize {
        self.native.len()
    }

    /// Makes a buffer that nothing refers to.
    fn garbage(&self, runtime: &mut Runtime, bytes: usize) -> Result<(), RuntimeError> {
        if bytes > 0 {
            drop(runtime.buffer_alloc_unsafe_slow(bytes)?);
        }
        Ok(())
    }

    /// Allocates lasting cells until the heap holds `target` bytes.
    fn cells(&mut self, runtime: &mut Runtime, target: usize) -> Result<(), RuntimeError> {
        loop {
            let missing = target.saturating_sub(runtime.heap.heap_used());
            // What is left after this cell must be none, or enough for a cell.
            let size = if missing < CELL + HEADER { missing } else { CELL };
            if size < HEADER {
                return Ok(());
            }
            self._cells.push(runtime.keep(|scope| {
                let cell = scope.alloc(Kind::Bytes, 0, size - HEADER)?;
                scope.bytes_mut(cell)?.fill(0xB0);
                Ok(cell)
            })?);
        }
    }
}

fn filled(mut buffer: Buffer) -> Buffer {
    buffer.fill(0xB0);
    buffer
}
