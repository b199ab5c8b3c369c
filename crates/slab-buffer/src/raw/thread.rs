//! Numbers of threads, by which a store knows its owner.

#![forbid(unsafe_code)]

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The owner of a store that has none: no thread has this number.
pub(crate) const NOBODY: u64 = u64::MAX;

#[cfg(not(loom))]
thread_local! {
    static HERE: Cell<u64> = const { Cell::new(0) };
}
#[cfg(loom)]
loom::thread_local! {
    static HERE: Cell<u64> = Cell::new(0);
}

/// This thread's number, or 0 if it has made no pool.
#[inline]
pub(crate) fn here() -> u64 {
    HERE.with(Cell::get)
}

/// This thread's number, which no other thread has had or will have.
pub(crate) fn number_here() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    HERE.with(|number| {
        if number.get() == 0 {
            number.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        number.get()
    })
}
