//! The unsafe part: stores, the counts of what lives in them, and the buffer that borrows a range
//! of one.
//!
//! A store is one allocation: a header, then bytes that are initialised once and for all. Its
//! buffers never overlap, so each has its range to itself. What is counted is *units*: a buffer of
//! `n` bytes is `1 << 40 | n`, so that one addition counts a buffer and its bytes.
//!
//! A store is **biased** to the thread of its pool at first: that thread counts releases in a plain
//! cell (`freed`), other threads in an atomic (`remote`). (Choi, Shull and Torrellas, *Biased
//! reference counting*, 2018.) Who makes the two add up to all that was given out takes the store
//! back. The pool **shares** a store when it learns that another thread has released a buffer of it:
//! from then on all releases are counted in `remote`. A pool that is dropped shares all its stores
//! first. The stores of a `SyncPool` have no owner and are shared as soon as no more buffers are
//! placed in them. `store.rs` has the protocol.
//!
//! Modules depend downwards: `core` (with `compaction` and `reports`) on `stores`, that on `mailbox`,
//! `size_classes` and `bump`, those on `list` and `store`.

#![allow(unsafe_code, reason = "this module is where the unsafe code is")]

mod buffer;
mod bump;
mod cache;
mod compaction;
mod core;
mod depot;
mod division;
mod latch;
mod list;
mod mailbox;
mod notice;
mod reports;
mod size_classes;
mod store;
mod stores;

pub use buffer::Buffer;
pub(crate) use buffer::Cells;
pub(crate) use core::Core;
pub(crate) use depot::{Depot, Shared};
pub(crate) use mailbox::Mailbox;

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

/// Buffers and bytes of a count of units.
const fn split(units: u64) -> (usize, usize) {
    ((units >> 40) as usize, (units & ((1 << 40) - 1)) as usize)
}
