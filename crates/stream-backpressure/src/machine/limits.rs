//! What a stream holds, against its caps, its share of a budget and its deadline.

use super::flags;
use super::state::{Failure, Host, Machine};
use crate::budget::{Budget, Share};
use crate::chunk::Chunk;
use crate::error::Error;
use core::convert::Infallible;
use core::task::{Context, Poll};
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// Destroys the stream with [`Error::Deadline`] if it has been undrained for too long: since a
    /// write returned false, or since `end` until all is done. Returns whether it did.
    ///
    /// `now` is on the scale of [`Host::now`]; without a clock no stream is ever late.
    pub fn check_deadline(&mut self, now: Duration) -> bool {
        let late = self.deadline().is_some_and(|deadline| now >= deadline);
        if late {
            self.destroy(Some(Error::Deadline));
        }
        late
    }

    /// When [`check_deadline`](Self::check_deadline) will destroy the stream, unless it drains or finishes before.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let waits = self.held.length > 0 || self.has(flags::ENDING) && !self.has(flags::FINISHED);
        if !waits || self.has(flags::DESTROYED) {
            return None;
        }
        self.held.late_from()
    }

    /// How long the stream may stay undrained.
    pub(crate) fn patience(&self) -> Option<Duration> {
        self.held.patience()
    }

    /// The budget that the stream takes part in.
    #[must_use]
    pub fn budget(&self) -> Option<&Budget> {
        self.held.share().map(Share::budget)
    }

    /// Destroys the stream with [`Error::Evicted`] if its budget has told it to yield
    /// ([`Yields::LargestHolder`](crate::Yields::LargestHolder)). Returns whether it did.
    pub fn check_eviction(&mut self) -> bool {
        let evicted =
            !self.has(flags::DESTROYED) && self.held.share().is_some_and(Share::is_evicted);
        if evicted {
            self.destroy(Some(Error::Evicted));
        }
        evicted
    }

    /// As [`check_eviction`](Self::check_eviction), and wakes the task when the stream is told to yield.
    pub(crate) fn poll_eviction(&mut self, cx: &mut Context<'_>) -> bool {
        self.held.share().is_some_and(|share| share.poll_evicted(cx)) && self.check_eviction()
    }

    /// Ready when a write that counts `least`, in `chunks` new chunks (0 or 1), is sure to find room in the caps and the
    /// budget. Returns how much it may count, up to `most`. The budget's part is reserved until the next write or
    /// [`cancel_room`](Self::cancel_room).
    ///
    /// The budget wakes the task. A cap does not: the caller polls again after it has passed on buffered chunks.
    ///
    /// # Errors
    /// [`Error::Full`] and [`Error::OverBudget`] if the write never fits.
    pub(crate) fn poll_room(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
        chunks: usize,
    ) -> Poll<Result<usize, Failure<C, H>>> {
        self.held.poll_room(cx, least, most, chunks)
    }

    /// Whether the budget has reserved room for a new chunk that counts `count`, for which
    /// [`poll_room`](Self::poll_room) has waited.
    #[inline]
    pub(crate) fn is_granted(&mut self, count: usize) -> bool {
        self.held.guard.as_mut().is_some_and(|guard| guard.is_granted(count))
    }

    /// Stops waiting for room, and gives back what is reserved.
    #[inline]
    pub(crate) fn cancel_room(&mut self) {
        self.held.cancel_room();
    }

    /// Whether the budget has room for the stream, and no other stream waits for it.
    pub(crate) fn budget_has_room(&self) -> bool {
        self.held.share().is_none_or(Share::has_room)
    }

    /// The most that one write may count when nothing else is held.
    pub(crate) fn largest(&self) -> usize {
        self.held.largest()
    }

    /// The most that a write may count now: what the caps and the budget leave for one more chunk, in bytes
    /// (objects in object mode).
    #[must_use]
    pub fn room(&self) -> usize {
        self.held.room()
    }

    /// What the chunk counts.
    #[inline]
    pub(crate) fn measure(&self, chunk: &C) -> usize {
        if self.has(flags::OBJECT_MODE) { 1 } else { chunk.length() }
    }

    /// What a new chunk will count when it is prepared, or why it cannot be written.
    #[inline]
    pub(crate) fn measure_new(&self, chunk: &C) -> Result<usize, Failure<C, H>> {
        let length = chunk.check(self.rules).map_err(widen)?;
        Ok(if self.has(flags::OBJECT_MODE) { 1 } else { length })
    }

    /// Begins to hold a chunk of that length. Returns whether the host's accounting panicked, so that the caller calls
    /// [`raise`](Self::raise).
    #[inline]
    pub(super) fn hold(&mut self, length: usize) -> bool {
        self.held.length += length;
        self.stats.peak_bytes = self.stats.peak_bytes.max(self.held.length);
        self.notify(|host| host.account(length as isize))
    }

    /// Stops holding a chunk of that length.
    #[inline]
    pub(super) fn release(&mut self, length: usize) {
        let length = length.min(self.held.length);
        self.held.length -= length;
        if self.held.guard.is_some() {
            // What is in flight is released as a whole. An unused queue is not read: it is cold.
            let buffered =
                if self.flags & flags::BUFFERED == 0 { 0 } else { self.buffered.chunks.len() };
            let held = buffered + usize::from(self.held.reserved > 0);
            self.give_back(length, held);
        }
        self.notify(|host| host.account(-(length as isize)));
    }

    /// Stops holding `length` bytes in `chunks` chunks of what is in flight.
    pub(super) fn release_some(&mut self, chunks: usize, length: usize) {
        self.held.length -= length;
        if let Some(guard) = &self.held.guard {
            let held = guard.held.saturating_sub(chunks);
            self.give_back(length, held);
        }
        self.notify(|host| host.account(-(length as isize)));
    }

    /// Updates the limits: at most `held` chunks are held. That may wake the task of a waiting stream, which may panic.
    #[inline]
    fn give_back(&mut self, length: usize, held: usize) {
        let Some(guard) = &mut self.held.guard else { return };
        let woken = catch_unwind(AssertUnwindSafe(|| guard.release(length, held)));
        woken.unwrap_or_else(|panic| self.keep(panic));
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
        if self.held.undrained_since.is_none() {
            self.held.undrained_since = self.host.now();
        }
    }

    pub(super) fn stop_clock(&mut self) {
        if let Some(since) = self.held.undrained_since.take()
            && let Some(now) = self.host.now()
        {
            let passed = now.saturating_sub(since);
            self.stats.undrained = self.stats.undrained.saturating_add(passed);
        }
    }
}

/// A chunk's own error as one of the machine's.
fn widen<E>(error: Error<Infallible>) -> Error<E> {
    match error {
        Error::NullValues => Error::NullValues,
        Error::UnknownEncoding => Error::UnknownEncoding,
        _ => Error::InvalidChunk,
    }
}
