//! Registrations by their token: an array of buckets, each the head of a list. The hash of the token tells the
//! bucket; of a registration without one, its own.
//!
//! One that has ended stays in its list until the list is gone through, so that neither linking nor
//! ending looks at another registration, which lies anywhere in memory.
//!
//! Invariant: nothing but these operations writes buckets and a registration's next one, so a registration is in
//! one list at the most, and no list is a cycle. The next one of a registration that is in no bucket is undefined,
//! and null in the last of a list.

use crate::heap::Heap;
use crate::identity::RUN;
use crate::raw::cell::{Cell, Header, Kind, NULL, UNDEFINED, is_reference};
use crate::registration::{self, NEXT};
use crate::scope::{Local, Scope};
use crate::{AccessError, OutOfMemory};

/// How many buckets are being loaded while one is gone through.
const AHEAD: usize = 8;

impl<'s> Scope<'s> {
    /// Allocates `count` empty buckets, but at least one: an array of 16 + 8 `count` bytes whose slots are the
    /// heap's. May collect; else O(`count`).
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit.
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_buckets(&mut self, count: usize) -> Result<Local<'s>, OutOfMemory> {
        let buckets = self.make(Kind::Array, count.max(1), 0)?;
        if let Ok(place) = self.place(buckets) {
            place.set_flag(Header::BUCKETS, true);
        }
        Ok(buckets)
    }

    /// Puts a registration that is in no bucket in its token's, before all others. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if `buckets` are not from [`alloc_buckets`](Self::alloc_buckets), or `cell` is no
    /// registration; [`AccessError::WrongHeap`]. [`AccessError::AlreadyLinked`] if it is in a bucket, of these or of others, even if those are
    /// used no more: [`relink_registrations`](Self::relink_registrations) takes it along.
    pub fn link_registration(
        &mut self,
        buckets: Local<'_>,
        cell: Local<'_>,
    ) -> Result<(), AccessError> {
        let (buckets, cell) = (self.buckets(buckets)?, self.registration(cell)?);
        if cell.slot(NEXT) != UNDEFINED {
            return Err(AccessError::AlreadyLinked);
        }
        self.heap.link(buckets, cell);
        Ok(())
    }

    /// Puts all registrations that are in some buckets, but for those that have ended, in others, which
    /// are empty. Linear in their number and that of the old buckets.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], as for [`link_registration`](Self::link_registration).
    pub fn relink_registrations(
        &mut self,
        from: Local<'_>,
        to: Local<'_>,
    ) -> Result<(), AccessError> {
        let (from, to) = (self.buckets(from)?, self.buckets(to)?);
        self.heap.overwritten = true;
        for bucket in 0..from.header().slots() {
            prefetch_ahead(from, bucket);
            let mut next = from.slot(bucket);
            from.set_slot(bucket, UNDEFINED);
            while let Some(cell) = linked(next) {
                next = cell.slot(NEXT);
                if registration::has_ended(cell) {
                    cell.set_slot(NEXT, UNDEFINED);
                } else {
                    self.heap.link(to, cell);
                }
            }
        }
        Ok(())
    }

    /// Takes the registrations that have ended out of their buckets. Linear in the number of all, and
    /// of the buckets.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], as for [`link_registration`](Self::link_registration).
    pub fn purge_registrations(&mut self, buckets: Local<'_>) -> Result<(), AccessError> {
        let buckets = self.buckets(buckets)?;
        for bucket in 0..buckets.header().slots() {
            prefetch_ahead(buckets, bucket);
            self.heap.filter(buckets, bucket, |cell| !registration::has_ended(cell));
        }
        Ok(())
    }

    /// Ends all registrations that were made with the token. Says how many those were, and how many
    /// that had ended before were taken out of the bucket with them. Linear in the number of
    /// registrations in the bucket.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], as for [`link_registration`](Self::link_registration), and for a
    /// token without identity.
    pub fn end_registrations(
        &mut self,
        buckets: Local<'_>,
        token: Local<'_>,
    ) -> Result<(usize, usize), AccessError> {
        let hash = self.identity_hash(token)?;
        let (buckets, token) = (self.buckets(buckets)?, self.place(token)?);
        let (mut ended, mut gone) = (0, 0);
        self.heap.filter(buckets, bucket_of(buckets, hash), |cell| {
            if registration::has_ended(cell) {
                gone += 1;
            } else if registration::has_token(cell, token) {
                // It leaves the bucket, which is a store.
                registration::end(cell);
                ended += 1;
            } else {
                return true;
            }
            false
        });
        Ok((ended, gone))
    }

    fn buckets(&self, buckets: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.place(buckets)?;
        let header = cell.header();
        let right = header.is(Kind::Array) && header.has(Header::BUCKETS);
        if right { Ok(cell) } else { Err(AccessError::WrongKind) }
    }
}

impl Heap {
    #[inline]
    fn link(&mut self, buckets: Cell, cell: Cell) {
        let bucket = bucket_of(buckets, cell.aux());
        let first = buckets.slot(bucket);
        self.store(cell, NEXT, if is_reference(first) { first } else { NULL });
        self.store(buckets, bucket, cell.word());
    }

    /// Leaves in a bucket those of which `keep` says so.
    fn filter(&mut self, buckets: Cell, bucket: usize, mut keep: impl FnMut(Cell) -> bool) {
        let (mut last, mut slot) = (buckets, bucket);
        let mut next = buckets.slot(bucket);
        while let Some(cell) = linked(next) {
            next = cell.slot(NEXT);
            if keep(cell) {
                (last, slot) = (cell, NEXT);
            } else {
                cell.set_slot(NEXT, UNDEFINED);
                self.store(last, slot, next);
            }
        }
    }
}

/// Loads what a bucket some way behind this one begins with.
fn prefetch_ahead(buckets: Cell, bucket: usize) {
    if bucket + AHEAD < buckets.header().slots()
        && let Some(ahead) = Cell::of(buckets.slot(bucket + AHEAD))
    {
        ahead.prefetch();
    }
}

/// The registration that a list goes on with.
#[inline(always)]
fn linked(word: u64) -> Option<Cell> {
    Cell::of(word).filter(|cell| cell.header().is(Kind::Registration))
}

/// The bucket of a token's hash: it is scaled to their number, and those of a run go to as many buckets.
#[inline(always)]
fn bucket_of(buckets: Cell, hash: u32) -> usize {
    let len = buckets.header().slots();
    let bucket = ((u64::from(hash) * len as u64) >> 32) as usize + (hash % RUN) as usize;
    if bucket < len { bucket } else { bucket % len }
}
