//! What keeps a stream within its limits: caps, the shared budget, the deadline, and the books of
//! what it holds. No unsafe code.

use super::{Failure, Machine, RefusedBy};
use crate::budget::{Budget, Share};
use crate::flags;
use crate::machine::tick::Tick;
use crate::{Chunk, Error, Host, Limits, Overflow, Refused};
use core::task::{Context, Poll};
use core::time::Duration;

/// A stream's limits, and its share of a budget.
#[derive(Debug)]
pub(super) struct Guard {
    bytes: usize,
    chunks: usize,
    overflow: Overflow,
    deadline: Option<Duration>,
    share: Option<Share>,
}

impl Guard {
    pub(super) fn of(limits: Limits) -> Option<Box<Self>> {
        let Limits { bytes, chunks, overflow, deadline, budget, label } = limits;
        if bytes.is_none() && chunks.is_none() && deadline.is_none() && budget.is_none() {
            return None;
        }
        let share = budget.map(|budget| budget.join(label));
        let (bytes, chunks) = (bytes.unwrap_or(usize::MAX), chunks.unwrap_or(usize::MAX));
        Some(Box::new(Self { bytes, chunks, overflow, deadline, share }))
    }

    fn release(&mut self, length: usize) {
        if let Some(share) = &mut self.share {
            share.release(length);
        }
    }
}

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// Destroys the stream with [`Error::Deadline`] if it has been undrained for too long: since a
    /// write said false, or since `end` with chunks left. Says whether it did.
    ///
    /// `now` is on the scale of [`Host::now`], without which nothing is ever late.
    pub fn check_deadline(&mut self, now: Duration) -> bool {
        let late = self.deadline().is_some_and(|deadline| now >= deadline);
        if late {
            self.destroy(Some(Error::Deadline));
        }
        late
    }

    /// When [`check_deadline`](Self::check_deadline) will destroy the stream, unless it is drained.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        if self.length == 0 || self.has(flags::DESTROYED) {
            return None;
        }
        Some(self.undrained_since?.saturating_add(self.guard.as_ref()?.deadline?))
    }

    /// The budget that the stream takes part in.
    #[must_use]
    pub fn budget(&self) -> Option<&Budget> {
        self.share().map(Share::budget)
    }

    /// Destroys the stream with [`Error::Evicted`] if its budget has told it to make room for others
    /// ([`Yields::LargestHolder`](crate::Yields::LargestHolder)). Says whether it did.
    pub fn check_eviction(&mut self) -> bool {
        let evicted = !self.has(flags::DESTROYED) && self.share().is_some_and(Share::is_evicted);
        if evicted {
            self.destroy(Some(Error::Evicted));
        }
        evicted
    }

    /// The same, and wakes the task when it is told.
    pub(crate) fn poll_eviction(&mut self, cx: &mut Context<'_>) -> bool {
        self.share().is_some_and(|share| share.poll_evicted(cx)) && self.check_eviction()
    }

    /// Ready when a write that counts `least` is sure to find room in the caps and the budget; gives how
    /// much it may count, up to `most`. The budget's part is reserved until the next write or
    /// [`cancel_room`](Self::cancel_room).
    ///
    /// The budget wakes the task. A cap does not: what is buffered has to be passed on, and whoever
    /// does that looks again.
    ///
    /// # Errors
    /// [`Error::Full`] and [`Error::OverBudget`] if so much never fits.
    pub(crate) fn poll_room(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
    ) -> Poll<Result<usize, Failure<C, H>>> {
        let waits = self.flags & flags::WAY != flags::CONSTRUCTED;
        let Some(guard) = &mut self.guard else { return Poll::Ready(Ok(most)) };
        if least > guard.bytes {
            return Poll::Ready(Err(Error::Full { cap: guard.bytes }));
        }
        let capped = guard.bytes.saturating_sub(self.length);
        if least > capped || waits && self.chunks.len() >= guard.chunks {
            self.cancel_room();
            return Poll::Pending;
        }
        let Some(share) = &mut guard.share else { return Poll::Ready(Ok(most.min(capped))) };
        share.poll_reserve(cx, least, most.min(capped)).map_err(|_| Error::OverBudget)
    }

    /// No longer waits for room, and gives back what is reserved.
    pub(crate) fn cancel_room(&mut self) {
        if let Some(share) = self.guard.as_mut().and_then(|guard| guard.share.as_mut()) {
            share.cancel();
        }
    }

    /// Whether the budget has room for the stream, and no other waits for it.
    pub(crate) fn budget_has_room(&self) -> bool {
        self.share().is_none_or(Share::has_room)
    }

    /// The most that one write may count when nothing else is held.
    pub(crate) fn largest(&self) -> usize {
        let shared = self.budget().map_or(usize::MAX, Budget::cap);
        self.guard.as_ref().map_or(usize::MAX, |guard| guard.bytes.min(shared))
    }

    fn share(&self) -> Option<&Share> {
        self.guard.as_ref()?.share.as_ref()
    }

    /// What a write may count now: what the cap and the budget leave, in bytes (objects in object
    /// mode).
    #[must_use]
    pub fn room(&self) -> usize {
        let Some(guard) = &self.guard else { return usize::MAX - self.length };
        let capped = guard.bytes.saturating_sub(self.length);
        capped.min(guard.share.as_ref().map_or(usize::MAX, Share::room))
    }

    /// What the chunk counts.
    #[inline]
    pub(crate) fn measure(&self, chunk: &C) -> usize {
        if self.has(flags::OBJECT_MODE) { 1 } else { chunk.length() }
    }

    /// Finds room for a chunk, and charges the budget for it.
    #[inline(never)]
    pub(super) fn admit_to_guard(&mut self, length: usize) -> Result<(), Failure<C, H>> {
        let waits = self.flags & flags::WAY != flags::CONSTRUCTED;
        let Some(guard) = &mut self.guard else { return Ok(()) };
        if self.length.checked_add(length).is_none_or(|all| all > guard.bytes) {
            return Err(Error::Full { cap: guard.bytes });
        }
        if waits && self.chunks.len() >= guard.chunks {
            return Err(Error::Full { cap: guard.chunks });
        }
        if let Some(share) = &mut guard.share {
            if share.is_evicted() {
                return Err(Error::Evicted);
            }
            if !share.charge(length) {
                return Err(Error::OverBudget);
            }
        }
        Ok(())
    }

    /// Refuses a write for lack of room, and destroys the stream if that is its policy.
    #[cold]
    pub(super) fn overflow(
        &mut self,
        chunk: C,
        callback: Option<H::Callback>,
        error: Failure<C, H>,
    ) -> RefusedBy<C, H> {
        let destroys = self.guard.as_ref().is_some_and(|guard| guard.overflow == Overflow::Destroy);
        if destroys || matches!(error, Error::Evicted) {
            self.destroy(Some(error.clone()));
        }
        self.refuse(chunk, callback, error)
    }

    /// Refuses a write, and leaves its callback to the caller.
    #[cold]
    pub(super) fn refuse(
        &mut self,
        chunk: C,
        callback: Option<H::Callback>,
        error: Failure<C, H>,
    ) -> RefusedBy<C, H> {
        self.stats.refusals += 1;
        Refused { chunk: Some(chunk), callback, error }
    }

    /// Refuses a write for the stream's state: the callback is told in a tick.
    #[cold]
    pub(super) fn refuse_closed(
        &mut self,
        chunk: C,
        callback: Option<H::Callback>,
    ) -> RefusedBy<C, H> {
        let (error, fails) = if self.has(flags::ENDING) {
            (Error::WriteAfterEnd, true)
        } else if self.has(flags::DESTROYED) {
            (Error::Destroyed("write"), true)
        } else {
            (self.given_up("write"), false)
        };
        if let Some(callback) = callback {
            self.next_tick(Tick::Call(callback, Some(error.clone())));
        }
        if fails {
            self.fail(error.clone(), true);
        }
        self.refuse(chunk, None, error)
    }

    /// Begins to hold a chunk of that length.
    #[inline]
    pub(super) fn hold(&mut self, length: usize) {
        self.length += length;
        self.stats.peak_bytes = self.stats.peak_bytes.max(self.length);
        self.host.account(length as isize);
    }

    /// No longer holds a chunk of that length.
    #[inline]
    pub(super) fn release(&mut self, length: usize) {
        self.length = self.length.saturating_sub(length);
        if let Some(guard) = &mut self.guard {
            guard.release(length);
        }
        self.host.account(-(length as isize));
    }

    /// Notes that 'drain' is needed.
    #[inline]
    pub(super) fn undrain(&mut self) {
        if !self.has(flags::NEED_DRAIN) {
            self.flags |= flags::NEED_DRAIN;
            self.start_clock();
        }
    }

    pub(super) fn start_clock(&mut self) {
        if self.undrained_since.is_none() {
            self.undrained_since = self.host.now();
        }
    }

    pub(super) fn stop_clock(&mut self) {
        if let Some(since) = self.undrained_since.take()
            && let Some(now) = self.host.now()
        {
            self.stats.undrained += now.saturating_sub(since);
        }
    }
}
