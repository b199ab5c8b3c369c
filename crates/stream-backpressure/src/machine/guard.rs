//! What keeps a stream within its limits: caps, the shared budget, the deadline, and the books of
//! what it holds. No unsafe code.

use super::{Failure, Machine, RefusedBy};
use crate::flags;
use crate::machine::tick::Tick;
use crate::{Budget, Chunk, Error, Host, Limits, Overflow, Refused};
use core::time::Duration;

/// A stream's limits, and what the budget has been charged for it.
#[derive(Debug)]
pub(super) struct Guard {
    bytes: usize,
    chunks: usize,
    overflow: Overflow,
    deadline: Option<Duration>,
    budget: Option<Budget>,
    charged: usize,
}

impl Guard {
    pub(super) fn of(limits: Limits) -> Option<Box<Self>> {
        let Limits { bytes, chunks, overflow, deadline, budget } = limits;
        if bytes.is_none() && chunks.is_none() && deadline.is_none() && budget.is_none() {
            return None;
        }
        if let Some(budget) = &budget {
            budget.join();
        }
        let (bytes, chunks) = (bytes.unwrap_or(usize::MAX), chunks.unwrap_or(usize::MAX));
        Some(Box::new(Self { bytes, chunks, overflow, deadline, budget, charged: 0 }))
    }

    fn release(&mut self, length: usize) {
        if let Some(budget) = &self.budget {
            let length = length.min(self.charged);
            self.charged -= length;
            budget.release(length);
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.leave(self.charged);
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
        self.guard.as_ref()?.budget.as_ref()
    }

    /// What a write may count now: what the cap and the budget leave, in bytes (objects in object
    /// mode).
    #[must_use]
    pub fn room(&self) -> usize {
        let Some(guard) = &self.guard else { return usize::MAX - self.length };
        let capped = guard.bytes.saturating_sub(self.length);
        let shared = guard.budget.as_ref().map(|b| b.threshold().saturating_sub(guard.charged));
        capped.min(shared.unwrap_or(usize::MAX))
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
        if let Some(budget) = &guard.budget {
            if !budget.charge(guard.charged, length) {
                return Err(Error::OverBudget);
            }
            guard.charged += length;
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
        if self.guard.as_ref().is_some_and(|guard| guard.overflow == Overflow::Destroy) {
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
