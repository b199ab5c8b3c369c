//! The handle of a buffer: an exclusive range of a store.
//!
//! A buffer has a unit in its store's count, which keeps the store alive. When a buffer is split, it becomes the whole of
//! a header of parts (`store::allocate::parts`): the header counts the parts, and releasing the last part releases the
//! whole. So the pool sees one buffer, and parts are split and joined on any thread without the pool.

#![expect(unsafe_code, reason = "a buffer is a pointer to its bytes, and one to its store")]

use super::pins::At;
use super::release;
use super::store::allocate::parts;
use super::store::{Handle, Lent, Store};
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;

/// Bytes that no other buffer can see: a `&mut [u8]` without a lock.
///
/// Dropping the buffer releases them to their store, on any thread, even after the pool was dropped. They are always
/// initialised; an unfilled buffer shows what was there before. The handle takes 24 bytes. Dropping it is O(1).
pub struct Buffer {
    start: NonNull<u8>,
    length: usize,
    store: Option<NonNull<Store>>,
}

// SAFETY: the range is the buffer's alone, and the counts that a drop touches are atomic on any
// thread but the owner's.
unsafe impl Send for Buffer {}
// SAFETY: a shared buffer only reads its bytes and constants of its store.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// The buffer of a range of a store.
    ///
    /// # Safety
    /// The range is initialised, lies in the store, belongs to no other buffer, and is counted in
    /// the store as given out.
    #[inline]
    pub(super) unsafe fn new(start: NonNull<u8>, length: usize, store: NonNull<Store>) -> Self {
        Self { start, length, store: Some(store) }
    }

    /// A buffer of no bytes, which has no store.
    #[must_use]
    pub const fn empty() -> Self {
        Self { start: NonNull::dangling(), length: 0, store: None }
    }

    /// The buffer of `length` bytes that a call returns; `None` if it returns none, or one without a store.
    ///
    /// The call is made out of line and returns start and store in registers. If it returned the buffer through memory,
    /// its callers would keep all of their buffers there, and reading one back in other widths than it was written takes
    /// four times as long as placing it.
    #[inline(always)]
    pub(crate) fn by_words<E>(
        length: usize,
        call: impl FnOnce() -> Result<Self, E>,
    ) -> Option<Self> {
        let (start, store) = words(length, call)?;
        // SAFETY: they are the words of a buffer of that length, which was forgotten.
        Some(unsafe { Self::new(start, length, store) })
    }

    /// Its store; for a part of a buffer that was cut, the header that counts the parts.
    #[inline]
    pub(crate) fn store(&self) -> Option<Handle<'_>> {
        // SAFETY: the buffer's unit in its count keeps the store.
        self.store.map(|store| unsafe { Handle::new(store) })
    }

    /// The backing store's number, which no other store of its pool has had; none for a buffer that
    /// was allocated with no bytes. A store that is [recycled](crate::Reuse::Recycle) keeps its
    /// number.
    #[must_use]
    pub fn store_id(&self) -> Option<u64> {
        self.store().map(|store| store.id())
    }

    /// Where in its backing store the buffer begins, in bytes.
    #[must_use]
    #[doc(alias = "byteOffset")]
    pub fn offset(&self) -> usize {
        self.store().map_or(0, |store| store.offset_of(self.start))
    }

    /// The backing store's length in bytes.
    #[must_use]
    pub fn store_len(&self) -> usize {
        self.store().map_or(0, |store| store.capacity)
    }

    /// Whether it lies in a slab with other buffers, rather than in a store of its own.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        self.store().is_some_and(|store| store.pooled)
    }

    /// Keeps `length` bytes from `start` on, and releases the others to the store's count. Their memory is reused with the
    /// store's.
    pub(crate) fn narrow(&mut self, start: usize, length: usize) {
        assert!(start <= self.length && length <= self.length - start, "a range of the buffer");
        let Some(store) = self.store else { return };
        if self.store().is_some_and(|store| store.zero_on_release) {
            self[..start].fill(0);
            self[start + length..].fill(0);
        }
        let from = self.offset();
        // SAFETY: `start` is at most the length of the range.
        self.start = unsafe { self.start.add(start) };
        let released = self.length - length;
        self.length = length;
        // SAFETY: the bytes are no longer in the range.
        unsafe { release::shrink(store, released) };
        if let Some(store) = self.store() {
            store.pins.change(from, from + start, length);
        }
    }

    /// The bytes by which the buffer can grow in place.
    pub(crate) fn room(&self) -> usize {
        self.store().map_or(0, |store| store.room(self.offset(), self.length))
    }

    /// The [`room`](Self::room) behind the buffer: initialised, but perhaps old.
    pub(crate) fn spare_mut(&mut self) -> &mut [u8] {
        let room = self.room();
        // SAFETY: the end of the range lies in the store or at its end.
        let end = unsafe { self.start.add(self.length) };
        // SAFETY: the room lies in the store, is initialised, and is no buffer's; this buffer, which
        // has the only right to it, is borrowed mutably.
        unsafe { slice::from_raw_parts_mut(end.as_ptr(), room) }
    }

    /// Makes the buffer longer by `bytes` of its room.
    pub(crate) fn widen(&mut self, bytes: usize) {
        assert!(bytes <= self.room(), "no more than the room");
        let length = self.length + bytes;
        if let Some(store) = self.store().filter(|_| bytes > 0) {
            store.widen(bytes);
            store.pins.change(self.offset(), self.offset(), length);
            self.length = length;
        }
    }

    /// Cuts the buffer in two parts of some bytes each, and returns the one behind.
    pub(crate) fn divide(&mut self, at: usize) -> Self {
        assert!(0 < at && at < self.length, "two parts of some bytes");
        let Some(store) = self.store else { return Self::empty() };
        if !self.store().is_some_and(|store| store.add_part()) {
            // SAFETY: the range is this buffer's, which has a unit of the header's instead.
            self.store = Some(unsafe { parts(store, self.start, self.length) });
        }
        // SAFETY: `at` is less than the length of the range.
        let middle = unsafe { self.start.add(at) };
        let length = mem::replace(&mut self.length, at) - at;
        Self { start: middle, length, store: self.store }
    }

    /// Adds the other buffer at the end if it is a part of the same one and lies there.
    pub(crate) fn adjoin(&mut self, other: Self) -> Result<(), Self> {
        let end = self.start.addr().get() + self.length;
        match self.store() {
            Some(store)
                if other.store == self.store
                    && other.start.addr().get() == end
                    && store.join_part() =>
            {
                self.length += other.length;
                mem::forget(other);
                Ok(())
            }
            _ => Err(other),
        }
    }

    /// Records the buffer's origin.
    pub(crate) fn pin(&self, at: At) {
        if let Some(store) = self.store() {
            store.pins.add(self.offset(), self.length, at);
        }
    }
}

/// Start and store of the buffer that the call gives, which is forgotten, if it has a store and that
/// length.
#[inline(never)]
fn words<E>(
    length: usize,
    call: impl FnOnce() -> Result<Buffer, E>,
) -> Option<(NonNull<u8>, NonNull<Store>)> {
    let buffer = call().ok().filter(|buffer| buffer.length == length)?;
    let store = buffer.store?;
    Some((ManuallyDrop::new(buffer).start, store))
}

impl From<Lent> for Buffer {
    #[inline(always)]
    fn from(lent: Lent) -> Self {
        let (start, length, store) = lent.into_parts();
        // SAFETY: the range is the whole store's start, which was counted out as this buffer.
        unsafe { Self::new(start, length, store) }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: the range is initialised, and the buffer's alone while it is there.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl DerefMut for Buffer {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and the buffer is borrowed mutably.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

impl Drop for Buffer {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(store) = self.store {
            // SAFETY: the range is this buffer's, which goes.
            unsafe { release::release(store, self.start, self.length) };
        }
    }
}

/// A buffer whose bytes may be seen and changed from many places of one thread.
pub(crate) struct Cells(Buffer, PhantomData<Cell<u8>>);

impl Cells {
    pub fn new(buffer: Buffer) -> Self {
        Self(buffer, PhantomData)
    }

    pub fn cells(&self) -> &[Cell<u8>] {
        // SAFETY: the range is the buffer's alone, the buffer is in here for good, and no one
        // borrows its bytes in another way; cells are not `Sync`, so neither is this.
        unsafe { slice::from_raw_parts(self.0.start.as_ptr().cast(), self.0.length) }
    }

    pub fn buffer(&self) -> &Buffer {
        &self.0
    }
}
