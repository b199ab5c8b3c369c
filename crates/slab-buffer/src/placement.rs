//! Node's placement rules (`lib/buffer.js`), for either kind of pool.
//!
//! A pool implements taking from a slab and making stores; the rules are here. The fast paths of `alloc_unsafe` depend on
//! the kind of pool, so each pool has its own.

use crate::error::AllocError;
use crate::options::{MAX_ALIGNMENT, MAX_LENGTH, MAX_POOL_SIZE, PoolOptions};
use crate::raw::buffer::Buffer;
use crate::raw::bump::OFFSETS;
use crate::raw::pins::At;
use crate::raw::store::Handle;

/// The lengths that decide where a buffer is placed.
pub(crate) struct Bounds {
    /// Lengths from 1 to this are pooled on the fast path.
    pub short: usize,
    /// Lengths from this on get their own store on the fast path.
    pub long: usize,
    /// Lengths from this on get their own store: half a slab.
    pub half: usize,
}

impl Bounds {
    /// Those of a pool, whose options are put in their own bounds.
    pub fn new(options: &mut PoolOptions) -> Self {
        options.pool_size = options.pool_size.min(MAX_POOL_SIZE);
        options.slab_alignment = options.slab_alignment.clamp(OFFSETS, 64).next_power_of_two();
        options.max_length = options.max_length.min(MAX_LENGTH);
        let half = options.pool_size / 2;
        let careful = options.track || options.zero_always || options.max_length < half;
        Self {
            short: if careful { 0 } else { half.saturating_sub(1) },
            long: if careful { usize::MAX } else { half.max(1) },
            half,
        }
    }
}

/// A pool that places buffers.
pub(crate) trait Placement {
    fn options(&self) -> &PoolOptions;

    fn bounds(&self) -> &Bounds;

    /// A buffer of `length` bytes, more than none, in the current slab if that has `room`, else in
    /// the next one.
    fn take(&self, length: usize, room: usize) -> Result<Buffer, AllocError>;

    /// Advances the current slab to the alignment.
    fn align(&self, alignment: usize);

    /// A buffer of `length` bytes, more than none, in its own store, which begins at a multiple of the alignment. With
    /// `zero` its bytes are zeros; with `reuse` the store may be a reused one and may be reused later.
    fn take_alone(
        &self,
        length: usize,
        alignment: usize,
        zero: bool,
        reuse: bool,
    ) -> Result<Buffer, AllocError>;

    /// A buffer of `length` bytes, more than none, in the slab for buffers that compaction moves.
    fn take_survivor(&self, length: usize) -> Result<Buffer, AllocError>;

    /// The buffer's store and its live bytes, if the store is this pool's and retired.
    fn used_up<'b>(&self, buffer: &'b Buffer) -> Option<(Handle<'b>, usize)>;

    /// A buffer in the current slab if it is below half of a slab, else in a store of its own. The
    /// slab must have `room`; Node tests strings with more than they take.
    #[inline(never)]
    fn place(&self, length: usize, room: usize, at: At) -> Result<Buffer, AllocError> {
        if length == 0 || length >= self.bounds().half || length > self.options().max_length {
            return self.alone(length, false, at);
        }
        Ok(self.finish(self.take(length, room)?, at))
    }

    /// A buffer for the text's bytes.
    fn for_text(&self, text: &str, at: At) -> Result<Buffer, AllocError> {
        let (length, half) = (text.len(), self.bounds().half);
        let room = match length < half {
            true => text.encode_utf16().count().saturating_mul(4),
            false => length,
        };
        self.place(length, if room < half { room } else { length }, at)
    }

    /// `Buffer.allocUnsafe(length, alignment)` of Node 26.
    fn aligned(&self, length: usize, alignment: usize, at: At) -> Result<Buffer, AllocError> {
        if !alignment.is_power_of_two() || alignment > MAX_ALIGNMENT {
            return Err(AllocError::Alignment { requested: length, alignment });
        }
        if length >= self.bounds().half || alignment > self.options().slab_alignment {
            let reuse = alignment <= self.options().slab_alignment;
            return self.alone_aligned(length, false, alignment, reuse, at);
        }
        self.align(alignment);
        self.place(length, length, at)
    }

    /// A buffer in a store of its own, of zeros or of initialised bytes.
    fn alone(&self, length: usize, zero: bool, at: At) -> Result<Buffer, AllocError> {
        self.alone_aligned(length, zero, OFFSETS, true, at)
    }

    /// A buffer in a new store of exactly its length, which is not kept for another.
    fn slow(&self, length: usize, at: At) -> Result<Buffer, AllocError> {
        self.alone_aligned(length, false, OFFSETS, false, at)
    }

    /// The same, at a multiple of the alignment.
    #[inline(never)]
    fn alone_aligned(
        &self,
        length: usize,
        zero: bool,
        alignment: usize,
        reuse: bool,
        at: At,
    ) -> Result<Buffer, AllocError> {
        if length > self.options().max_length {
            return Err(self.options().refusal(length, None));
        }
        if length == 0 {
            return Ok(Buffer::empty());
        }
        Ok(self.finish(self.take_alone(length, alignment, zero, reuse)?, at))
    }

    /// A copy of the buffer in the slab of compaction, if its store is retired and less than half of it is live.
    fn compact(&self, buffer: &Buffer, at: At) -> Result<Option<Buffer>, AllocError> {
        match self.used_up(buffer) {
            Some((store, live))
                if live < store.capacity / 2 && buffer.len() < self.bounds().half =>
            {
                let at = store.pins.origin(buffer.offset()).unwrap_or(at);
                self.copy_compact(buffer, at).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A copy of the bytes in the slab of compaction.
    fn copy_compact(&self, bytes: &[u8], at: At) -> Result<Buffer, AllocError> {
        let length = bytes.len();
        let mut copy = match length == 0 || length >= self.bounds().half {
            true => self.alone(length, false, at)?,
            false => self.take_survivor(length)?,
        };
        copy.copy_from_slice(bytes);
        if self.options().track {
            copy.pin(at);
        }
        Ok(copy)
    }

    /// Fills the buffer and records its origin, as the options say.
    #[inline]
    fn finish(&self, mut buffer: Buffer, at: At) -> Buffer {
        let options = self.options();
        if options.zero_always {
            buffer.fill(0);
        }
        if options.track {
            buffer.pin(at);
        }
        buffer
    }
}
