//! The unsafe part: stores, the counts of what lives in them, and the buffer that borrows a range
//! of one.
//!
//! A store is one allocation: a header, then bytes that are initialised once and for all. Its
//! buffers never overlap, so each has its range to itself. What is counted is *units*: a buffer of
//! `n` bytes is `1 << 40 | n`, so that one addition counts a buffer and its bytes.
//!
//! A store is **biased** to the thread of its pool at first. That thread counts releases in a plain
//! cell (`freed`), other threads in an atomic (`remote`). When the plain cell reaches `goal`, the
//! pool takes the store back. A thread other than the owner can't see the plain cell, so it can't
//! know that it releases the last buffer; it tells the pool that it was there, and when the pool
//! next does more than bump a pointer, it makes its retired stores **shared**: all releases are
//! counted in `remote`, in such a way that whoever makes it `DONE` takes the store back.
//! A pool that is dropped shares all its stores first. The stores of a `SyncPool` have no owner and
//! are shared as soon as no more buffers are placed in them.

#![allow(unsafe_code, reason = "this module is where the unsafe code is")]

mod buffer;
mod core;
mod home;
mod shelves;
mod store;

pub use buffer::Buffer;
pub(crate) use buffer::Cells;
pub(crate) use core::{Core, Guard, Locked};

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The owner of a store that has none: no thread has this number.
const NOBODY: u64 = u64::MAX;

thread_local! {
    static HERE: Cell<u64> = const { Cell::new(0) };
}

/// This thread's number, or 0 if it has made no pool.
#[inline]
fn here() -> u64 {
    HERE.get()
}

/// This thread's number, which no other thread has had or will have.
fn number_here() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    if HERE.get() == 0 {
        HERE.set(NEXT.fetch_add(1, Ordering::Relaxed));
    }
    HERE.get()
}

/// One buffer of `length` bytes, in units.
#[inline]
const fn unit(length: usize) -> u64 {
    1 << 40 | length as u64
}

/// The count of releases of a shared store when none is left; other counts stay below it.
const DONE: u64 = 1 << 63;

/// Buffers and bytes of a count of units.
const fn split(units: u64) -> (usize, usize) {
    ((units >> 40) as usize, (units & ((1 << 40) - 1)) as usize)
}
