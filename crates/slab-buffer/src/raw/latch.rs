//! A lock for a few instructions that is hardly ever contended: taking it is one atomic exchange and releasing it a plain
//! store, where a `Mutex` exchanges twice.
//!
//! Waiting threads yield. The lock is held briefly, except by a report, which visits all stores.

#![expect(unsafe_code, reason = "a lock gives out what it guards")]

use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

pub(crate) struct Latch<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is only reached through the guard, of which there is one at a time.
unsafe impl<T: Send> Sync for Latch<T> {}

/// The right to the value, until it is dropped.
pub(crate) struct Guard<'a, T>(&'a Latch<T>);

impl<T> Latch<T> {
    pub fn new(value: T) -> Self {
        Self { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    #[inline]
    pub fn take(&self) -> Guard<'_, T> {
        // Pairs with the store of the guard's drop.
        if self.taken.swap(true, Ordering::Acquire) {
            self.wait();
        }
        Guard(self)
    }

    /// Whether the lock is free now.
    pub fn is_free(&self) -> bool {
        !self.taken.load(Ordering::Relaxed)
    }

    #[cold]
    fn wait(&self) {
        let mut turns = 0;
        while self.taken.swap(true, Ordering::Acquire) {
            while self.taken.load(Ordering::Relaxed) {
                match turns < 32 {
                    true => spin_loop(),
                    false => thread::yield_now(),
                }
                turns += 1;
            }
        }
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard is the only one.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard is the only one, and borrowed mutably.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // Pairs with the exchange that takes the latch.
        self.0.taken.store(false, Ordering::Release);
    }
}
