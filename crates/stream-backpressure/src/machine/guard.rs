//! A stream's limits: caps, and its share of a budget.
//!
//! Against caps and budgets a chunk counts its length and a fixed cost, like an entry of HPACK's header table
//! (RFC 7541, section 4.1). Otherwise chunks of one byte, or of none, would take many times the memory that they count.
//! The stream's `length`, which is compared with the high-water mark, is Node's and does not contain the cost.

use crate::budget::Share;
use crate::error::Error;
use crate::options::{Limits, Overflow};
use core::task::{Context, Poll};
use core::time::Duration;

/// A stream's limits, and its share of a budget.
///
/// What each write touches comes first, so that it lies together: it is cold in the cache when the turn of a stream comes
/// that has waited for a budget. It is not aligned to a line, because that costs an allocation more than it saves.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Guard {
    bytes: usize,
    chunks: usize,
    /// What a chunk costs beside its length; 0 in object mode.
    chunk_cost: usize,
    /// Chunks that the stream holds: buffered, in flight or reserved.
    pub(super) held: usize,
    pub(super) share: Option<Share>,
    pub(super) overflow: Overflow,
    pub(super) deadline: Option<Duration>,
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
            share: budget.map(|budget| Share::join(&budget, label)),
        }))
    }

    /// What chunks cost beside their lengths.
    pub(super) fn cost_of(&self, chunks: usize) -> usize {
        self.chunk_cost.saturating_mul(chunks)
    }

    /// What counts against the cap on bytes when the stream's length is `length`.
    pub(super) fn weight(&self, length: usize) -> usize {
        length.saturating_add(self.cost_of(self.held))
    }

    /// Finds room for `length` more, in `chunks` new chunks, where the stream counts `before`, and
    /// charges the budget for it.
    #[inline]
    pub(super) fn admit<E>(
        &mut self,
        before: usize,
        length: usize,
        chunks: usize,
    ) -> Result<(), Error<E>> {
        // A sum that overflows is past every cap.
        let room = self.bytes.saturating_sub(self.weight(before));
        let cost = self.cost_of(chunks).checked_add(length).filter(|cost| *cost <= room);
        let Some(cost) = cost else { return Err(Error::Full { cap: self.bytes }) };
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

    /// Releases `length`, and all chunks but `held`.
    pub(super) fn release(&mut self, length: usize, held: usize) {
        let chunks = self.held.saturating_sub(held);
        self.held -= chunks;
        let cost = length.saturating_add(self.cost_of(chunks));
        if let Some(share) = &mut self.share {
            share.release(cost);
        }
    }

    /// The most that one more chunk may count when the stream's length is `before`.
    pub(super) fn room(&self, before: usize) -> usize {
        let shared = self.share.as_ref().map_or(usize::MAX, Share::room);
        let room = self.capped(before, 1).map_or(0, |room| room.min(shared));
        room.saturating_sub(self.chunk_cost)
    }

    /// What the caps leave for `chunks` new chunks, their costs included; `None` if the cap on chunks has no room for
    /// them.
    pub(super) fn capped(&self, before: usize, chunks: usize) -> Option<usize> {
        let fits = self.held.saturating_add(chunks) <= self.chunks;
        fits.then(|| self.bytes.saturating_sub(self.weight(before)))
    }

    /// The error for a chunk of `length` that does not fit even into an empty stream.
    pub(super) fn never_fits<E>(&self, length: usize) -> Option<Error<E>> {
        if length.checked_add(self.chunk_cost).is_none_or(|sum| sum > self.bytes) {
            return Some(Error::Full { cap: self.bytes });
        }
        (self.chunks == 0).then_some(Error::Full { cap: 0 })
    }

    /// See [`Machine::poll_room`].
    #[inline]
    pub(super) fn poll_room<E>(
        &mut self,
        cx: &mut Context<'_>,
        before: usize,
        wanted: core::ops::RangeInclusive<usize>,
        chunks: usize,
    ) -> Poll<Result<usize, Error<E>>> {
        let cost = self.cost_of(chunks);
        let most = wanted.end().saturating_add(cost);
        let fit = wanted.start().checked_add(cost).zip(self.capped(before, chunks));
        let Some((least, capped)) = fit.filter(|(least, capped)| least <= capped) else {
            return self.poll_beyond(*wanted.start());
        };
        let Some(share) = &mut self.share else { return Poll::Ready(Ok(most.min(capped) - cost)) };
        let reserved = share.poll_reserve(cx, least, most.min(capped));
        reserved.map_ok(|reserved| reserved - cost).map_err(|_| Error::OverBudget)
    }

    /// Whether the budget has reserved room for a new chunk of `length`.
    #[inline]
    pub(super) fn is_granted(&mut self, length: usize) -> bool {
        let Some(share) = &mut self.share else { return false };
        let granted = if share.is_evicted() { 0 } else { share.take_grant() };
        granted > 0 && self.chunk_cost.checked_add(length).is_some_and(|cost| granted >= cost)
    }

    /// As `poll_room`, where the caps leave too little room now.
    #[cold]
    fn poll_beyond<E>(&mut self, length: usize) -> Poll<Result<usize, Error<E>>> {
        if let Some(error) = self.never_fits(length) {
            return Poll::Ready(Err(error));
        }
        self.cancel_room();
        Poll::Pending
    }

    #[inline]
    pub(super) fn cancel_room(&mut self) {
        if let Some(share) = &mut self.share {
            share.cancel();
        }
    }

    /// The most that one chunk may count when nothing else is held.
    pub(super) fn largest(&self) -> usize {
        let shared = self.share.as_ref().map_or(usize::MAX, |share| share.budget().cap());
        let bytes = self.bytes.min(shared).saturating_sub(self.chunk_cost);
        if self.chunks == 0 { 0 } else { bytes }
    }
}
