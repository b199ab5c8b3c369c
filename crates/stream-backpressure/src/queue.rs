//! The queue of buffered chunks, in blocks of bounded size, so that a long backlog has no slack and its memory is freed
//! while it drains.
//!
//! Invariants: the blocks between the front block and the last are full; only the front block may be empty.

mod ring;

pub(crate) use ring::Ring;
use std::collections::VecDeque;

/// Chunks a block holds; the front block may have grown to somewhat more.
const BLOCK: usize = 512;

/// Chunks in the order in which they were written: what a sink's `writev` is given.
///
/// Iterating takes the chunks. A `writev` that returns with chunks left fails the stream with
/// [`Error::ChunksLeft`](crate::Error::ChunksLeft).
///
/// Adding and taking a chunk takes constant time. In a long backlog a chunk costs its own size and nothing more.
#[derive(Debug)]
pub struct Chunks<C> {
    front: Ring<C>,
    back: VecDeque<VecDeque<C>>,
    /// Chunks in `back`.
    behind: usize,
}

impl<C> Chunks<C> {
    /// An empty queue.
    #[must_use]
    pub const fn new() -> Self {
        Self { front: Ring::new(), back: VecDeque::new(), behind: 0 }
    }

    /// How many there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.front.len() + self.behind
    }

    /// Whether it is empty.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.front.is_empty()
    }

    /// The chunks, without taking them.
    pub fn iter(&self) -> impl Iterator<Item = &C> {
        self.front.iter().chain(self.back.iter().flatten())
    }

    /// The first chunk, without taking it.
    #[must_use]
    pub fn first(&self) -> Option<&C> {
        self.front.front()
    }

    /// The first chunk, mutably.
    #[cfg(any(feature = "futures-io", feature = "tokio"))]
    pub(crate) fn first_mut(&mut self) -> Option<&mut C> {
        self.front.front_mut()
    }

    #[inline]
    pub(crate) fn push(&mut self, chunk: C) {
        if self.behind == 0 && self.front.len() < self.front.capacity() {
            self.front.push_back(chunk);
        } else {
            self.push_beyond(chunk);
        }
    }

    /// Adds a chunk when the front block is full.
    #[inline(never)]
    fn push_beyond(&mut self, chunk: C) {
        if self.behind == 0 && self.front.len() < BLOCK {
            return self.front.push_grown(BLOCK, chunk);
        }
        self.behind += 1;
        if let Some(block) = self.back.back_mut().filter(|block| block.len() < BLOCK) {
            return block.push_back(chunk);
        }
        let mut block = VecDeque::with_capacity(BLOCK);
        block.push_back(chunk);
        self.back.push_back(block);
    }

    fn next_block(&mut self) {
        if let Some(block) = self.back.pop_front() {
            self.behind -= block.len();
            self.front.replace(block);
            if self.back.is_empty() {
                self.back = VecDeque::new();
            }
        }
    }

    /// Drops the chunks that are left, and frees memory that is not needed each time.
    pub(crate) fn settle(&mut self) {
        self.by_ref().for_each(drop);
        self.front.settle();
    }

    /// Whether it has no memory of its own.
    pub(crate) fn is_bare(&self) -> bool {
        self.front.capacity() == 0
    }
}

impl<C> Default for Chunks<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> Iterator for Chunks<C> {
    type Item = C;

    #[inline]
    fn next(&mut self) -> Option<C> {
        let chunk = self.front.pop_front();
        if self.front.is_empty() && self.behind > 0 {
            self.next_block();
        }
        chunk
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl<C> FromIterator<C> for Chunks<C> {
    fn from_iter<I: IntoIterator<Item = C>>(chunks: I) -> Self {
        let mut queue = Self::new();
        chunks.into_iter().for_each(|chunk| queue.push(chunk));
        queue
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Chunks};
    use proptest::prelude::*;
    use std::collections::VecDeque;

    proptest! {
        #[test]
        fn it_is_a_queue_whatever_its_length(
            script in prop::collection::vec((any::<bool>(), 1..2 * BLOCK), 1..20),
        ) {
            let (mut queue, mut oracle, mut next) = (Chunks::new(), VecDeque::new(), 0);
            for (push, times) in script {
                for _ in 0..times {
                    if push {
                        queue.push(next);
                        oracle.push_back(next);
                        next += 1;
                    } else {
                        prop_assert_eq!(queue.next(), oracle.pop_front());
                    }
                }
                prop_assert_eq!(queue.len(), oracle.len());
                prop_assert_eq!(queue.is_empty(), oracle.is_empty());
                prop_assert_eq!(queue.first(), oracle.front());
                prop_assert!(queue.iter().eq(&oracle));
            }
        }
    }
}
