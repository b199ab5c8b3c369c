//! The feature `bytes`.

use crate::{Buffer, Frozen, Writer};
use bytes::buf::UninitSlice;
use bytes::{BufMut, Bytes};

impl From<Frozen> for Bytes {
    /// The same bytes, without copying.
    fn from(frozen: Frozen) -> Self {
        Self::from_owner(frozen)
    }
}

impl From<Buffer> for Bytes {
    /// The same bytes, without copying.
    fn from(buffer: Buffer) -> Self {
        Self::from_owner(buffer)
    }
}

// SAFETY: `chunk_mut` is what is left of the buffer, initialised and not moving; `advance_mut` counts
// it as written and stops at the buffer's end.
#[allow(unsafe_code, reason = "the trait is unsafe to implement")]
unsafe impl BufMut for Writer {
    fn remaining_mut(&self) -> usize {
        self.capacity() - self.written()
    }

    /// # Panics
    /// If `count` is more than remains, as [`BufMut`] demands.
    unsafe fn advance_mut(&mut self, count: usize) {
        assert!(count <= self.capacity() - self.written(), "advanced past the buffer's end");
        self.advance(count);
    }

    fn chunk_mut(&mut self) -> &mut UninitSlice {
        UninitSlice::new(Self::remaining_mut(self))
    }
}
