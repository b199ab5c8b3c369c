//! The streams that wait for room in a budget, and the order in which they are served.
//!
//! Streams that hold nothing come first, in the order in which they came: they have no chunks whose
//! passing on would make room for them. Streams that hold something are served while no other waits, the
//! one that would hold least first: its need is the first that the threshold allows. So no stream is
//! looked at that is not served, but for the first that does not fit.
//!
//! Each operation is logarithmic in the streams that wait. Wakers are dropped and woken by the caller
//! after it has unlocked the queue, because they run the code of others. A member can be dropped here: its
//! share holds it, too, and takes its waiter out before it goes.

use super::{Budget, Member};
use core::task::Waker;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

#[derive(Default)]
pub(super) struct Queue {
    /// The streams that take part in the budget, by number.
    pub(super) members: BTreeMap<u64, Arc<Member>>,
    /// The stream that was told to yield.
    pub(super) victim: Option<Arc<Member>>,
    waiters: BTreeMap<Place, Waiter>,
    /// Waiters that hold nothing.
    idle: usize,
    /// The last number given to a member or a waiter.
    last: u64,
}

/// A waiter's place: what the stream holds and asks for, or 0 if it holds nothing; then its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(usize, u64);

/// A stream that waits for room.
pub(super) struct Waiter {
    pub(super) member: Arc<Member>,
    pub(super) ask: Ask,
    pub(super) task: Waker,
}

/// What a stream waits for, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// Bytes that are charged to it already.
    pub(super) charged: usize,
    /// From 1 on.
    pub(super) least: usize,
    pub(super) most: usize,
}

impl Queue {
    /// The next number of a member or a waiter.
    pub(super) fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(super) fn len(&self) -> usize {
        self.waiters.len()
    }

    pub(super) fn idle_len(&self) -> usize {
        self.idle
    }

    pub(super) fn has_victim(&self) -> bool {
        self.victim.as_ref().is_some_and(|member| member.bytes() > 0)
    }

    /// Adds a waiter: to the `place` that it had, or behind its like.
    pub(super) fn add(&mut self, waiter: Waiter, place: Option<Place>) -> Place {
        let Ask { charged, least, .. } = waiter.ask;
        let need = if charged == 0 { 0 } else { charged.saturating_add(least) };
        let place = place.unwrap_or_else(|| Place(need, self.number()));
        self.idle += usize::from(place.is_idle());
        self.waiters.insert(place, waiter);
        place
    }

    pub(super) fn remove(&mut self, place: Place) -> Option<Waiter> {
        let waiter = self.waiters.remove(&place)?;
        self.idle -= usize::from(place.is_idle());
        Some(waiter)
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Waiter> {
        self.waiters.get_mut(&place)
    }

    /// What the first waiter would hold, if it holds nothing now.
    pub(super) fn front_need(&self) -> Option<usize> {
        let (place, waiter) = self.waiters.first_key_value()?;
        place.is_idle().then_some(waiter.ask.least)
    }

    /// The bytes that have to be free for the first waiter.
    #[cfg(test)]
    pub(super) fn first_need(&self) -> Option<usize> {
        let (_, waiter) = self.waiters.first_key_value()?;
        Some(waiter.ask.charged + waiter.ask.least)
    }

    /// Grants room to the first waiter and removes it, if there is room for it; gives its task.
    pub(super) fn next(&mut self, budget: &Budget) -> Option<Waker> {
        let first = self.waiters.first_entry()?;
        let Ask { charged, least, most } = first.get().ask;
        let granted = budget.take(charged, least, most)?;
        let (place, waiter) = first.remove_entry();
        self.idle -= usize::from(place.is_idle());
        waiter.member.granted.store(granted, Relaxed);
        Some(waiter.task)
    }

    /// Whether the waiter at that place is the next to be served.
    pub(super) fn is_first(&self, place: Place) -> bool {
        self.waiters.first_key_value().is_some_and(|(first, _)| *first == place)
    }

    /// The tasks of those that ask for more than `bytes`.
    pub(super) fn tasks_of_more_than(&self, bytes: usize) -> VecDeque<Waker> {
        let hopeless = self.waiters.values().filter(|waiter| waiter.ask.least > bytes);
        hopeless.map(|waiter| waiter.task.clone()).collect()
    }
}

impl Place {
    /// Whether the waiter holds nothing.
    pub(super) fn is_idle(self) -> bool {
        self.0 == 0
    }
}
