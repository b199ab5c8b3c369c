//! Parts of the machine's state: where chunks and callbacks are on their way through a stream, from the queue to the sink
//! and to the stream's end.

use super::callback::{Callback, Callbacks};
use crate::error::Error;
use crate::queue::{Chunks, Ring};

/// What is buffered, and why.
#[derive(Debug)]
pub(super) struct Buffered<C, K> {
    pub(super) chunks: Chunks<C>,
    pub(super) callbacks: Callbacks<K>,
    /// How many `uncork` calls are needed.
    pub(super) corked: usize,
}

impl<C, K> Buffered<C, K> {
    pub(super) fn new() -> Self {
        Self { chunks: Chunks::new(), callbacks: Callbacks::new(), corked: 0 }
    }

    /// Takes the first chunk and its callback.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<(C, Option<K>)> {
        let chunk = self.chunks.next()?;
        Some((chunk, self.callbacks.pop()))
    }
}

/// The write that the sink is doing: one chunk, or the batch of a `writev`.
#[derive(Debug)]
pub(super) struct Flight<K> {
    /// The part of the stream's length that is in flight.
    pub(super) length: usize,
    pub(super) callback: Option<Callback<K>>,
}

/// The callbacks of writes that a synchronous sink has done, in groups: those of a group are equal and share a tick.
#[derive(Debug)]
pub(super) struct Done<K> {
    pub(super) callbacks: Ring<Callback<K>>,
    /// The number of callbacks in each group.
    groups: Ring<usize>,
}

impl<K> Done<K> {
    pub(super) fn new() -> Self {
        Self { callbacks: Ring::new(), groups: Ring::new() }
    }

    /// Adds a callback, to the last group if it `joins`. Returns whether it began a group.
    pub(super) fn push(&mut self, callback: Callback<K>, joins: bool) -> bool {
        self.callbacks.push_back(callback);
        match self.groups.back_mut() {
            Some(group) if joins => {
                *group += 1;
                false
            }
            _ => {
                self.groups.push_back(1);
                true
            }
        }
    }

    /// Takes the first group: the number of its callbacks.
    pub(super) fn pop_group(&mut self) -> usize {
        self.groups.pop_front().unwrap_or_default()
    }

    /// Gives back memory that is not needed each time.
    pub(super) fn settle(&mut self) {
        self.callbacks.settle();
        self.groups.settle();
    }
}

/// What the stream's end waits for, and how the stream has failed.
#[derive(Debug)]
pub(super) struct Ending<K, E> {
    /// Writes and ends whose callbacks are due before 'finish'; may fall below 0 as in Node.
    pub(super) pending: isize,
    /// The callbacks of `end`.
    pub(super) on_finish: Vec<K>,
    /// The first error.
    pub(super) errored: Option<Error<E>>,
    /// The error of a `destroy` that waits for the end of construction.
    pub(super) put_off: Option<Option<Error<E>>>,
}

impl<K, E> Ending<K, E> {
    pub(super) const fn new() -> Self {
        Self { pending: 0, on_finish: Vec::new(), errored: None, put_off: None }
    }
}
