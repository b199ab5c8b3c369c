//! The callbacks of writes: what is called when the sink has answered, and the queue of callbacks whose chunks are
//! buffered.
//!
//! Callbacks have a queue of their own, beside the chunks' queue, so that a write without a callback costs nothing and
//! `writev` gets the queue of chunks as it is.

use crate::queue::Ring;

/// What is called when the sink has answered.
#[derive(Debug)]
pub(super) enum Callback<K> {
    /// One write's callback.
    One(K),
    /// The callbacks of all writes that `writev` was given.
    Batch(Batch<K>),
}

#[derive(Debug)]
pub(super) struct Batch<K> {
    /// `writev` is on the stack.
    pub(super) open: bool,
    pub(super) callbacks: Ring<(usize, K)>,
}

/// The callbacks of buffered chunks, each with its chunk's number.
#[derive(Debug)]
pub(super) struct Callbacks<K> {
    pub(super) queue: Ring<(usize, K)>,
    /// The number of the first chunk in the queue of chunks.
    first: usize,
}

impl<K> Callbacks<K> {
    pub(super) const fn new() -> Self {
        Self { queue: Ring::new(), first: 0 }
    }

    /// Adds the callback of the next chunk, when `buffered` chunks are in the queue.
    pub(super) fn push(&mut self, buffered: usize, callback: K) {
        self.queue.push_back((self.first.wrapping_add(buffered), callback));
    }

    /// Takes the callback of the first chunk, which leaves the queue of chunks.
    pub(super) fn pop(&mut self) -> Option<K> {
        let number = self.first;
        self.first = number.wrapping_add(1);
        if self.queue.front().is_some_and(|(of, _)| *of == number) {
            return self.queue.pop_front().map(|(_, callback)| callback);
        }
        None
    }

    pub(super) fn reset(&mut self) {
        self.queue.clear();
        self.queue.settle();
        self.first = 0;
    }
}
