//! The feature `bytes`: its traits for buffers, and `Bytes` without copying.

use crate::frozen::Frozen;
use crate::grow::granted;
use crate::raw::buffer::Buffer;
use crate::writer::Writer;
use bytes::buf::UninitSlice;
use bytes::{Buf, BufMut, Bytes};

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

impl Buf for Frozen {
    fn remaining(&self) -> usize {
        self.len()
    }

    fn chunk(&self) -> &[u8] {
        self
    }

    /// # Panics
    /// If `count` is more than remains, as [`Buf`] demands.
    fn advance(&mut self, count: usize) {
        check(count, self.len());
        self.skip(count);
    }

    /// # Panics
    /// If `count` is more than remains, as [`Buf`] demands.
    fn copy_to_bytes(&mut self, count: usize) -> Bytes {
        check(count, self.len());
        let bytes = self.slice(..count).expect("a range of it");
        self.skip(count);
        Bytes::from(bytes)
    }
}

impl Buf for Buffer {
    fn remaining(&self) -> usize {
        self.len()
    }

    fn chunk(&self) -> &[u8] {
        self
    }

    /// # Panics
    /// If `count` is more than remains, as [`Buf`] demands.
    fn advance(&mut self, count: usize) {
        check(count, self.len());
        self.narrow(count, self.len() - count);
    }

    /// # Panics
    /// If `count` is more than remains, as [`Buf`] demands.
    fn copy_to_bytes(&mut self, count: usize) -> Bytes {
        check(count, self.len());
        Bytes::from(self.split_to(count).expect("a range of it"))
    }
}

/// # Panics
/// If there are not `count` bytes.
#[track_caller]
fn check(count: usize, length: usize) {
    assert!(count <= length, "advanced past the buffer's end: {count} of {length} bytes");
}

// SAFETY: `chunk_mut` is the room behind the buffer, which is initialised and exclusive; `advance_mut` extends the buffer
// within that room only.
#[allow(unsafe_code, reason = "the trait is unsafe to implement")]
unsafe impl BufMut for Buffer {
    /// The bytes up to the longest slice: the buffer grows when it is written to.
    fn remaining_mut(&self) -> usize {
        isize::MAX as usize - self.len()
    }

    /// # Panics
    /// If `count` is more than the last chunk, as [`BufMut`] demands.
    unsafe fn advance_mut(&mut self, count: usize) {
        check(count, self.room());
        self.widen(count);
    }

    /// # Panics
    /// If there is no room and the memory is refused.
    fn chunk_mut(&mut self) -> &mut UninitSlice {
        if self.room() == 0 {
            granted(self.try_reserve(1));
        }
        UninitSlice::new(self.spare_mut())
    }

    /// # Panics
    /// If the memory is refused.
    fn put_slice(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

// SAFETY: `chunk_mut` is the rest of the buffer, which is initialised and does not move; `advance_mut` counts it as written
// and stops at the buffer's end.
#[allow(unsafe_code, reason = "the trait is unsafe to implement")]
unsafe impl BufMut for Writer {
    fn remaining_mut(&self) -> usize {
        self.room()
    }

    /// # Panics
    /// If `count` is more than remains, as [`BufMut`] demands.
    unsafe fn advance_mut(&mut self, count: usize) {
        check(count, self.room());
        self.advance(count);
    }

    fn chunk_mut(&mut self) -> &mut UninitSlice {
        UninitSlice::new(self.unfilled_mut())
    }
}
