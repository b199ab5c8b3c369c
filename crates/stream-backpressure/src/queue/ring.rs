//! A queue that gives its memory back when it is empty.

use core::ops::{Deref, DerefMut};
use std::collections::VecDeque;

/// The most items and the most bytes for which an empty queue keeps memory.
const KEPT: usize = 64;
const KEPT_BYTES: usize = 4096;

/// A `VecDeque` that, when it is [settled](Self::settle), keeps at most the memory that each of its last two fillings
/// took, and at most [`KEPT`] items of it.
///
/// A single burst leaves no memory behind. A queue that is filled and emptied repeatedly allocates at most once per
/// filling, because it grows to its last capacity in one step.
#[derive(Debug)]
pub(crate) struct Ring<T> {
    items: VecDeque<T>,
    /// The capacity at the last call of `settle`.
    before: usize,
}

impl<T> Ring<T> {
    pub(crate) const fn new() -> Self {
        Self { items: VecDeque::new(), before: 0 }
    }

    /// Takes over `items` for its own, which are dropped.
    pub(crate) fn replace(&mut self, items: VecDeque<T>) {
        self.items = items;
    }

    /// Adds an item to a queue that is full. While the queue grows towards its last capacity, it
    /// allocates twice: for [`KEPT`] items, and for `most` at most.
    #[cold]
    pub(crate) fn push_grown(&mut self, most: usize, item: T) {
        let length = self.items.len();
        let next = if length < KEPT { self.before.min(KEPT) } else { self.before.min(most) };
        self.items.reserve_exact(next.saturating_sub(length));
        self.items.push_back(item);
    }

    /// Gives back the memory of an empty queue.
    #[inline]
    pub(crate) fn settle(&mut self) {
        if self.items.is_empty() && self.items.capacity() > 0 {
            self.shrink();
        }
    }

    #[inline(never)]
    fn shrink(&mut self) {
        let kept = KEPT.min(KEPT_BYTES / size_of::<T>().max(1));
        let capacity = self.items.capacity();
        let kept = kept.min(capacity).min(self.before);
        self.before = capacity;
        if kept < capacity {
            self.items.shrink_to(kept);
        }
    }
}

impl<T> Deref for Ring<T> {
    type Target = VecDeque<T>;

    #[inline]
    fn deref(&self) -> &VecDeque<T> {
        &self.items
    }
}

impl<T> DerefMut for Ring<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut VecDeque<T> {
        &mut self.items
    }
}

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Ring};

    fn fill_and_empty(ring: &mut Ring<u64>, items: usize) {
        for item in 0..items as u64 {
            if ring.len() < ring.capacity() {
                ring.push_back(item);
            } else {
                ring.push_grown(usize::MAX, item);
            }
        }
        ring.clear();
        ring.settle();
    }

    #[test]
    fn one_burst_leaves_no_memory() {
        let mut ring = Ring::new();
        fill_and_empty(&mut ring, 1000);
        assert_eq!(ring.capacity(), 0);
    }

    #[test]
    fn a_queue_in_use_keeps_what_it_needs_each_time_within_bounds() {
        let mut ring = Ring::new();
        for _ in 0..3 {
            fill_and_empty(&mut ring, 20);
        }
        assert!((20..=KEPT).contains(&ring.capacity()), "{}", ring.capacity());
        for _ in 0..3 {
            fill_and_empty(&mut ring, 1000);
        }
        assert!(ring.capacity() <= KEPT, "{}", ring.capacity());
    }
}
