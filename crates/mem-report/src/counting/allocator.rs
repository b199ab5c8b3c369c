//! The allocator itself: it passes every call on and enters its result in the ledger.

#![expect(unsafe_code, reason = "a global allocator is an unsafe trait's implementation")]

use super::ledger;
use core::alloc::{GlobalAlloc, Layout};
use std::alloc::System;

/// A global allocator that counts what the allocator that it wraps does.
///
/// ```
/// use mem_report::counting::Counting;
///
/// #[global_allocator]
/// static ALLOCATOR: Counting = Counting::system();
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Counting<A = System> {
    inner: A,
}

impl Counting {
    /// The system's allocator, counted.
    #[must_use]
    pub const fn system() -> Self {
        Self { inner: System }
    }
}

impl<A> Counting<A> {
    /// Another allocator, counted.
    #[must_use]
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

// SAFETY: each method passes its arguments on as they are and gives back what the wrapped allocator, itself a
// `GlobalAlloc`, gave. The ledger's functions do not unwind, and do not allocate through the global
// allocator before their thread's account is set.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counting<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc`'s contract, which is the same.
        let pointer = unsafe { self.inner.alloc(layout) };
        if !pointer.is_null() {
            ledger::allocated(layout.size());
        }
        pointer
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc_zeroed`'s contract, which is the same.
        let pointer = unsafe { self.inner.alloc_zeroed(layout) };
        if !pointer.is_null() {
            ledger::allocated(layout.size());
        }
        pointer
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract; the block is the wrapped allocator's.
        unsafe { self.inner.dealloc(pointer, layout) };
        ledger::freed(layout.size());
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps `realloc`'s contract; the block is the wrapped allocator's.
        let moved = unsafe { self.inner.realloc(pointer, layout, size) };
        if !moved.is_null() {
            ledger::reallocated(layout.size(), size);
        }
        moved
    }
}
