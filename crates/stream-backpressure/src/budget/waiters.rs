//! The streams that wait for room in a budget, and the order in which they are served.
//!
//! Streams that hold nothing come first, in the order of arrival: they have no chunks of their own whose release would
//! make room. Streams that hold something are served while no other waits; the one that would hold least comes first,
//! because the threshold allows it first. So serving examines only streams that it serves, and the first that does not
//! fit.
//!
//! Invariants: `idle` ascends by number, its first entry waits, and at most half of its entries (or
//! [`SPARE`]) have left. Entering and serving are constant time for streams that hold nothing, and
//! logarithmic in the streams that wait otherwise; leaving is logarithmic.

use core::num::NonZero;
use core::task::Waker;
use std::collections::{BTreeMap, VecDeque};

/// Entries that may stay in the queue after their streams have left it.
const SPARE: usize = 32;

#[derive(Default)]
pub(super) struct Waiters {
    /// Waiters that hold nothing, by number; `None` where the waiter has left.
    idle: VecDeque<(NonZero<u64>, Option<Waiter>)>,
    /// Entries of `idle` whose waiters have left.
    left: usize,
    /// Waiters that hold something.
    holding: BTreeMap<Place, Waiter>,
}

/// A waiter's position: the sum of what the stream holds and asks for, or 0 if it holds nothing; then its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(usize, NonZero<u64>);

/// A stream that waits for room.
pub(super) struct Waiter {
    /// The key of its member.
    pub(super) member: usize,
    pub(super) ask: Ask,
    /// The stream's task; `None` after it was woken because it waits for too much, until it is polled again.
    pub(super) task: Option<Waker>,
}

/// What a stream waits for, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// Bytes that are charged to it already.
    pub(super) charged: usize,
    /// At least 1.
    pub(super) least: usize,
    pub(super) most: usize,
}

impl Waiters {
    pub(super) fn len(&self) -> usize {
        self.idle_len() + self.holding.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.idle.is_empty() && self.holding.is_empty()
    }

    /// The number of waiters that hold nothing.
    pub(super) fn idle_len(&self) -> usize {
        self.idle.len() - self.left
    }

    /// Adds a waiter to its queue. Numbers ascend from call to call.
    #[inline]
    pub(super) fn add(&mut self, number: NonZero<u64>, waiter: Waiter) -> Place {
        let Ask { charged, least, .. } = waiter.ask;
        if charged == 0 {
            self.idle.push_back((number, Some(waiter)));
            return Place(0, number);
        }
        let place = Place(charged.saturating_add(least), number);
        self.holding.insert(place, waiter);
        place
    }

    /// Takes a waiter out, if it still waits.
    pub(super) fn remove(&mut self, place: Place) -> Option<Waiter> {
        if !place.is_idle() {
            return self.holding.remove(&place);
        }
        let index = self.index(place)?;
        let waiter = self.idle[index].1.take()?;
        self.left += 1;
        self.drop_left();
        Some(waiter)
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Waiter> {
        if !place.is_idle() {
            return self.holding.get_mut(&place);
        }
        let index = self.index(place)?;
        self.idle[index].1.as_mut()
    }

    /// The waiter that is served next.
    #[inline]
    pub(super) fn first(&self) -> Option<(Place, &Waiter)> {
        if let Some((number, waiter)) = self.idle.front() {
            return Some((Place(0, *number), waiter.as_ref()?));
        }
        self.holding.first_key_value().map(|(place, waiter)| (*place, waiter))
    }

    /// Takes out the waiter that is served next.
    #[inline]
    pub(super) fn pop_first(&mut self) -> Option<Waiter> {
        match self.idle.pop_front() {
            Some((_, waiter)) => {
                self.drop_left();
                waiter
            }
            None => self.holding.pop_first().map(|(_, waiter)| waiter),
        }
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Waiter> {
        let idle = self.idle.iter_mut().filter_map(|(_, waiter)| waiter.as_mut());
        idle.chain(self.holding.values_mut())
    }

    fn index(&self, place: Place) -> Option<usize> {
        self.idle.binary_search_by_key(&place.1, |(number, _)| *number).ok()
    }

    /// Keeps the invariants after a waiter has left.
    #[inline]
    fn drop_left(&mut self) {
        if self.left > 0 || self.idle.is_empty() {
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        while self.left > 0 && self.idle.front().is_some_and(|(_, waiter)| waiter.is_none()) {
            self.idle.pop_front();
            self.left -= 1;
        }
        if self.left > SPARE.max(self.idle.len() / 2) {
            self.idle.retain(|(_, waiter)| waiter.is_some());
            self.left = 0;
        }
        if self.idle.is_empty() && self.idle.capacity() > SPARE {
            self.idle = VecDeque::new();
        }
    }
}

impl Place {
    /// Whether the waiter holds nothing.
    pub(super) fn is_idle(self) -> bool {
        self.0 == 0
    }
}
