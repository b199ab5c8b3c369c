//! What a stream holds, as Node's `length` counts it, and the limits of that.

use super::guard::Guard;
use crate::budget::Share;
use crate::error::Error;
use crate::options::Limits;
use core::task::{Context, Poll};
use core::time::Duration;

/// The most that a stream counts: more than a process can have in memory.
pub(super) const MOST: usize = isize::MAX as usize;

/// What a stream holds: chunks buffered, in flight and reserved.
#[derive(Debug)]
pub(super) struct Held {
    /// The sum of all that is held, in bytes (objects in object mode); at most [`MOST`].
    pub(super) length: usize,
    /// The part of `length` that is reserved for a chunk that has not been written yet.
    pub(super) reserved: usize,
    pub(super) high_water_mark: usize,
    /// The caps, the share of a budget and the deadline; none for most streams.
    pub(super) guard: Option<Box<Guard>>,
    /// When the stream became undrained, if the host has a clock.
    pub(super) undrained_since: Option<Duration>,
}

impl Held {
    pub(super) fn new(high_water_mark: usize, limits: Limits, object_mode: bool) -> Self {
        let guard = Guard::of(limits, object_mode);
        Self { length: 0, reserved: 0, high_water_mark, guard, undrained_since: None }
    }

    /// Whether more may be written by Node's advice.
    #[inline]
    pub(super) fn below_mark(&self) -> bool {
        self.length < self.high_water_mark || self.length == 0
    }

    /// Whether the sum with `length` would be more than [`MOST`].
    #[inline]
    pub(super) fn overflows(&self, length: usize) -> bool {
        length > MOST || self.length.wrapping_add(length) > MOST
    }

    /// Finds room for `length` more, in a new chunk or in the one that is reserved.
    #[inline(never)]
    pub(super) fn admit<E>(&mut self, length: usize, new: bool) -> Result<(), Error<E>> {
        if self.length.saturating_add(length) > MOST {
            return Err(Error::Full { cap: MOST });
        }
        match &mut self.guard {
            Some(guard) => guard.admit(self.length, length, usize::from(new)),
            None => Ok(()),
        }
    }

    /// See [`Machine::poll_room`](super::state::Machine::poll_room).
    #[inline]
    pub(super) fn poll_room<E>(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
        chunks: usize,
    ) -> Poll<Result<usize, Error<E>>> {
        match &mut self.guard {
            Some(guard) => guard.poll_room(cx, self.length, least..=most, chunks),
            None => Poll::Ready(Ok(most)),
        }
    }

    /// Stops waiting for room, and gives back what is reserved of the budget.
    #[inline]
    pub(super) fn cancel_room(&mut self) {
        if let Some(guard) = &mut self.guard {
            guard.cancel_room();
        }
    }

    /// The most that a write may count now.
    pub(super) fn room(&self) -> usize {
        let room = self.guard.as_ref().map_or(MOST, |guard| guard.room(self.length));
        room.min(MOST - self.length)
    }

    /// The most that one write may count when nothing else is held.
    pub(super) fn largest(&self) -> usize {
        self.guard.as_ref().map_or(MOST, |guard| guard.largest())
    }

    /// What counts against the cap and the budget.
    pub(super) fn charged(&self) -> usize {
        self.guard.as_ref().map_or(self.length, |guard| guard.weight(self.length))
    }

    pub(super) fn share(&self) -> Option<&Share> {
        self.guard.as_ref()?.share.as_ref()
    }

    /// How long the stream may stay undrained.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.guard.as_ref()?.deadline
    }

    /// When the stream will have been undrained for too long.
    pub(super) fn late_from(&self) -> Option<Duration> {
        self.undrained_since?.checked_add(self.patience()?)
    }
}
