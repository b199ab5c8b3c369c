//! The handle of a buffer: a range of a store that is its alone.

use super::core::Core;
use super::division::divide;
use super::store::Handle;
use crate::{AllocError, PoolOptions};
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::ptr::NonNull;
use std::slice;

/// Bytes that no other buffer can see: a `&mut [u8]` without a lock.
///
/// They go back to their store when it is dropped, on whichever thread, the pool being there or
/// not. They are always initialised; an unfilled buffer shows what was there before. The handle
/// takes 24 bytes. Dropping it is O(1).
pub struct Buffer {
    start: NonNull<u8>,
    length: usize,
    store: Option<Handle>,
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
    pub(super) unsafe fn new(start: NonNull<u8>, length: usize, store: Handle) -> Self {
        Self { start, length, store: Some(store) }
    }

    /// The start and the store, whose count still has the buffer.
    pub(super) fn into_parts(self) -> Option<(NonNull<u8>, Handle)> {
        let whole = ManuallyDrop::new(self);
        Some((whole.start, whole.store?))
    }

    /// A buffer of no bytes, which has no store.
    #[must_use]
    pub const fn empty() -> Self {
        Self { start: NonNull::dangling(), length: 0, store: None }
    }

    pub(super) fn store(&self) -> Option<Handle> {
        self.store
    }

    /// The backing store's number, which no other store of its pool has had; none for a buffer that
    /// was allocated with no bytes. A store that is [recycled](crate::Reuse::Recycle) keeps its
    /// number.
    #[must_use]
    pub fn store_id(&self) -> Option<u64> {
        self.store.map(|store| store.id.get())
    }

    /// Where in its backing store the buffer begins, in bytes.
    #[must_use]
    #[doc(alias = "byteOffset")]
    pub fn offset(&self) -> usize {
        self.store.map_or(0, |store| store.offset_of(self.start))
    }

    /// The backing store's length in bytes.
    #[must_use]
    pub fn store_len(&self) -> usize {
        self.store.map_or(0, |store| store.capacity)
    }

    /// Whether it lies in a slab with other buffers, rather than in a store of its own.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        self.store.is_some_and(|store| store.pooled)
    }

    /// Keeps `length` bytes from `start` on, and releases the others to the store's count. Their
    /// memory is used again with the store's.
    pub(crate) fn narrow(&mut self, start: usize, length: usize) {
        assert!(start <= self.length && length <= self.length - start, "a range of the buffer");
        let Some(store) = self.store else { return };
        if store.zero_on_release {
            self[..start].fill(0);
            self[start + length..].fill(0);
        }
        let from = self.offset();
        // SAFETY: `start` is at most the length of the range.
        self.start = unsafe { self.start.add(start) };
        store.shrink(self.length - length);
        self.length = length;
        store.repin(from, from + start, length);
    }

    /// Bytes that the buffer can be made longer by where it is.
    pub(crate) fn room(&self) -> usize {
        self.store.map_or(0, |store| store.room(self.offset(), self.length))
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
        if let Some(store) = self.store.filter(|_| bytes > 0) {
            store.widen(bytes);
            self.length += bytes;
            store.repin(self.offset(), self.offset(), self.length);
        }
    }

    /// A buffer of `length` bytes in a store of its own, of the same pool; of no pool if this buffer
    /// has no store.
    #[track_caller]
    pub(crate) fn alone_like(&self, length: usize) -> Result<Self, AllocError> {
        let at = Location::caller();
        match self.store {
            _ if length == 0 => Ok(Self::empty()),
            Some(store) => store.keeper().alone(length, at),
            None => {
                let options = PoolOptions { pool_size: 0, ..PoolOptions::default() };
                Core::here(options).alone(length, false, at)
            }
        }
    }

    /// Cuts the buffer in two parts of some bytes each, and returns the one behind.
    pub(crate) fn divide(&mut self, at: usize) -> Self {
        assert!(0 < at && at < self.length, "two parts of some bytes");
        let (start, length) = (self.start, self.length);
        let store = self.store.filter(|store| store.count_part());
        let store = Some(store.unwrap_or_else(|| divide(mem::take(self))));
        // SAFETY: `at` is less than the length of the range.
        let middle = unsafe { start.add(at) };
        // This one is empty, or the part whose place its first part takes.
        mem::forget(mem::replace(self, Self { start, length: at, store }));
        Self { start: middle, length: length - at, store }
    }

    /// Adds the other buffer at the end if it is a part of the same one and lies there.
    pub(crate) fn adjoin(&mut self, other: Self) -> Result<(), Self> {
        let end = self.start.addr().get() + self.length;
        match self.store {
            Some(store)
                if other.store == Some(store)
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

    pub(super) fn pin(&self, at: &'static Location<'static>) {
        if let Some(store) = self.store {
            store.pin(self.offset(), self.length, at);
        }
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
            store.release(self.start, self.length);
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
