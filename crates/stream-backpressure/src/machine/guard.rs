//! What keeps a stream within its limits: caps, the shared budget, the deadline, and the books of
//! what it holds.
//!
//! Against caps and budgets a chunk counts its own length and a fixed cost, as an entry of a header
//! table does in HPACK (RFC 7541, section 4.1): else chunks of one byte, or of none, would hold many
//! times what they count. The stream's `length`, and so the high-water mark, is Node's, without it.

use super::due::Tick;
use super::{Failure, MOST, Machine, RefusedBy};
use crate::budget::{Budget, Share};
use crate::chunk::Chunk;
use crate::error::{Error, Refused};
use crate::flags;
use crate::host::Host;
use crate::options::{Limits, Overflow};
use core::convert::Infallible;
use core::task::{Context, Poll};
use core::time::Duration;

/// A stream's limits, and its share of a budget.
#[derive(Debug)]
pub(super) struct Guard {
    bytes: usize,
    chunks: usize,
    /// What a chunk costs beside its length; 0 in object mode.
    chunk_cost: usize,
    overflow: Overflow,
    deadline: Option<Duration>,
    /// Chunks that the stream holds: buffered, in flight or reserved.
    held: usize,
    share: Option<Share>,
}

impl Guard {
    pub(super) fn of(limits: Limits, object_mode: bool) -> Option<Box<Self>> {
        let Limits { bytes, chunks, chunk_cost, overflow, deadline, budget, label } = limits;
        if bytes.is_none() && chunks.is_none() && deadline.is_none() && budget.is_none() {
            return None;
        }
        Some(Box::new(Self {
            bytes: bytes.unwrap_or(usize::MAX),
            chunks: chunks.unwrap_or(usize::MAX),
            chunk_cost: if object_mode { 0 } else { chunk_cost },
            overflow,
            deadline,
            held: 0,
            share: budget.map(|budget| budget.join(label)),
        }))
    }

    /// What chunks cost beside their lengths.
    fn cost_of(&self, chunks: usize) -> usize {
        self.chunk_cost.saturating_mul(chunks)
    }

    /// Finds room for `length` more, in `chunks` new chunks, where the stream counts `before`, and
    /// charges the budget for it.
    fn admit<E>(&mut self, before: usize, length: usize, chunks: usize) -> Result<(), Error<E>> {
        let cost = length.saturating_add(self.cost_of(chunks));
        let weight = before.saturating_add(self.cost_of(self.held));
        if weight.saturating_add(cost) > self.bytes {
            return Err(Error::Full { cap: self.bytes });
        }
        if self.held.saturating_add(chunks) > self.chunks {
            return Err(Error::Full { cap: self.chunks });
        }
        if let Some(share) = &mut self.share {
            if share.is_evicted() {
                return Err(Error::Evicted);
            }
            if !share.charge(cost) {
                return Err(Error::OverBudget);
            }
        }
        self.held += chunks;
        Ok(())
    }

    /// No longer holds `length`, nor more than `held` chunks.
    fn release(&mut self, length: usize, held: usize) {
        let chunks = self.held.saturating_sub(held);
        self.held -= chunks;
        let cost = length.saturating_add(self.cost_of(chunks));
        if let Some(share) = &mut self.share {
            share.release(cost);
        }
    }

    /// What `length` may grow by where the stream counts `before`, in one more chunk.
    fn room(&self, before: usize) -> usize {
        let shared = self.share.as_ref().map_or(usize::MAX, Share::room);
        let room = self.capped(before, 1).map_or(0, |room| room.min(shared));
        room.saturating_sub(self.chunk_cost)
    }

    /// What the caps leave, in `chunks` new chunks whose costs are not taken off; none if so many are too
    /// many.
    fn capped(&self, before: usize, chunks: usize) -> Option<usize> {
        let weight = before.saturating_add(self.cost_of(self.held));
        let fits = self.held.saturating_add(chunks) <= self.chunks;
        fits.then(|| self.bytes.saturating_sub(weight))
    }

    /// The cap that not even an empty stream keeps with `length` in a chunk.
    fn never_fits<E>(&self, length: usize) -> Option<Error<E>> {
        if length.saturating_add(self.chunk_cost) > self.bytes {
            return Some(Error::Full { cap: self.bytes });
        }
        (self.chunks == 0).then_some(Error::Full { cap: 0 })
    }

    /// See [`Machine::poll_room`].
    fn poll_room<E>(
        &mut self,
        cx: &mut Context<'_>,
        before: usize,
        wanted: core::ops::RangeInclusive<usize>,
        chunks: usize,
    ) -> Poll<Result<usize, Error<E>>> {
        let cost = self.cost_of(chunks);
        let (least, most) = (*wanted.start(), *wanted.end());
        if let Some(error) = self.never_fits(least) {
            return Poll::Ready(Err(error));
        }
        let (least, most) = (least.saturating_add(cost), most.saturating_add(cost));
        let capped = self.capped(before, chunks).filter(|capped| least <= *capped);
        let Some(capped) = capped else {
            self.cancel_room();
            return Poll::Pending;
        };
        let Some(share) = &mut self.share else { return Poll::Ready(Ok(most.min(capped) - cost)) };
        let reserved = share.poll_reserve(cx, least, most.min(capped));
        reserved.map_ok(|reserved| reserved - cost).map_err(|_| Error::OverBudget)
    }

    fn cancel_room(&mut self) {
        if let Some(share) = &mut self.share {
            share.cancel();
        }
    }

    /// The most that one chunk may count when nothing else is held.
    fn largest(&self) -> usize {
        let shared = self.share.as_ref().map_or(usize::MAX, |share| share.budget().cap());
        let bytes = self.bytes.min(shared).saturating_sub(self.chunk_cost);
        if self.chunks == 0 { 0 } else { bytes }
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

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// Destroys the stream with [`Error::Deadline`] if it has been undrained for too long: since a
    /// write said false, or since `end` until all is done. Says whether it did.
    ///
    /// `now` is on the scale of [`Host::now`], without which nothing is ever late.
    pub fn check_deadline(&mut self, now: Duration) -> bool {
        let late = self.deadline().is_some_and(|deadline| now >= deadline);
        if late {
            self.destroy(Some(Error::Deadline));
        }
        late
    }

    /// When [`check_deadline`](Self::check_deadline) will destroy the stream, unless it is drained, or
    /// has finished, before.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let waits = self.length > 0 || self.has(flags::ENDING) && !self.has(flags::FINISHED);
        if !waits || self.has(flags::DESTROYED) {
            return None;
        }
        self.undrained_since?.checked_add(self.patience()?)
    }

    /// How long the stream may stay undrained.
    pub(crate) fn patience(&self) -> Option<Duration> {
        self.guard.as_ref()?.deadline
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

    /// Ready when a write that counts `least` is sure to find room in the caps and the budget, as so many
    /// new chunks (0 or 1); gives how much it may count, up to `most`. The budget's part is reserved until
    /// the next write or [`cancel_room`](Self::cancel_room).
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
        chunks: usize,
    ) -> Poll<Result<usize, Failure<C, H>>> {
        let length = self.length;
        match &mut self.guard {
            Some(guard) => guard.poll_room(cx, length, least..=most, chunks),
            None => Poll::Ready(Ok(most)),
        }
    }

    /// No longer waits for room, and gives back what is reserved.
    pub(crate) fn cancel_room(&mut self) {
        if let Some(guard) = &mut self.guard {
            guard.cancel_room();
        }
    }

    /// Whether the budget has room for the stream, and no other waits for it.
    pub(crate) fn budget_has_room(&self) -> bool {
        self.share().is_none_or(Share::has_room)
    }

    /// The most that one write may count when nothing else is held.
    pub(crate) fn largest(&self) -> usize {
        self.guard.as_ref().map_or(MOST, |guard| guard.largest())
    }

    fn share(&self) -> Option<&Share> {
        self.guard.as_ref()?.share.as_ref()
    }

    /// What a write may count now: what the caps and the budget leave for one more chunk, in bytes
    /// (objects in object mode).
    #[must_use]
    pub fn room(&self) -> usize {
        let room = self.guard.as_ref().map_or(MOST, |guard| guard.room(self.length));
        room.min(MOST - self.length)
    }

    /// What counts against the cap and the budget.
    pub(super) fn charged(&self) -> usize {
        let costs = self.guard.as_ref().map_or(0, |guard| guard.cost_of(guard.held));
        self.length.saturating_add(costs)
    }

    /// What the chunk counts.
    #[inline]
    pub(crate) fn measure(&self, chunk: &C) -> usize {
        if self.has(flags::OBJECT_MODE) { 1 } else { chunk.length() }
    }

    /// What a chunk will count that has not been prepared, or why it cannot be written.
    #[inline]
    pub(crate) fn measure_new(&self, chunk: &C) -> Result<usize, Failure<C, H>> {
        let length = chunk.check(self.rules).map_err(widen)?;
        Ok(if self.has(flags::OBJECT_MODE) { 1 } else { length })
    }

    /// Finds room for `length` more, in a new chunk or in the one that is reserved.
    #[inline(never)]
    pub(super) fn admit(&mut self, length: usize, new: bool) -> Result<(), Failure<C, H>> {
        if self.length.saturating_add(length) > MOST {
            return Err(Error::Full { cap: MOST });
        }
        match &mut self.guard {
            Some(guard) => guard.admit(self.length, length, usize::from(new)),
            None => Ok(()),
        }
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
        let length = length.min(self.length);
        self.length -= length;
        if let Some(guard) = &mut self.guard {
            // What is in flight is released as a whole.
            guard.release(length, self.chunks.len() + usize::from(self.reserved > 0));
        }
        self.host.account(-(length as isize));
    }

    /// No longer holds that much of what is in flight, in so many chunks.
    pub(super) fn release_some(&mut self, chunks: usize, length: usize) {
        self.length -= length;
        if let Some(guard) = &mut self.guard {
            guard.release(length, guard.held.saturating_sub(chunks));
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
            let passed = now.saturating_sub(since);
            self.stats.undrained = self.stats.undrained.saturating_add(passed);
        }
    }
}
