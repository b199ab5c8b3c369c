//! Registrations by their token, as programs use them.

use super::{Local, Scope};
use crate::error::{AccessError, OutOfMemory};
use crate::memory::cell::Cell;
use crate::memory::header::{Header, Kind};
use crate::memory::word::Word;
use crate::tables::bucket;
use crate::tables::registration::{self, NEXT};

impl<'s> Scope<'s> {
    /// Allocates `count` empty buckets, at least one: an array of 16 + 8 `count` bytes whose slots only the heap writes.
    /// May collect; otherwise O(`count`).
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit.
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_buckets(&mut self, count: usize) -> Result<Local<'s>, OutOfMemory> {
        let buckets = self.alloc_any(Kind::Array, count.max(1), 0)?;
        self.known(buckets).set_flag(Header::BUCKETS, true);
        Ok(buckets)
    }

    /// Puts a registration at the head of its token's bucket. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if `buckets` are not from [`alloc_buckets`](Self::alloc_buckets), or `cell` is no
    /// registration; [`AccessError::WrongHeap`]; [`AccessError::AlreadyLinked`] if the registration is in a bucket
    /// already, of any buckets. [`relink_registrations`](Self::relink_registrations) moves it.
    pub fn link_registration(
        &mut self,
        buckets: Local<'_>,
        cell: Local<'_>,
    ) -> Result<(), AccessError> {
        let (buckets, cell) = (self.buckets(buckets)?, self.registration(cell)?);
        if cell.slot(NEXT) != Word::UNDEFINED {
            return Err(AccessError::AlreadyLinked);
        }
        self.link(buckets, cell);
        Ok(())
    }

    /// Moves the registrations of some buckets to others, which are empty, and drops those that have ended. Linear in
    /// the number of registrations and of old buckets.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], as for [`link_registration`](Self::link_registration).
    pub fn relink_registrations(
        &mut self,
        from: Local<'_>,
        to: Local<'_>,
    ) -> Result<(), AccessError> {
        let (from, to) = (self.buckets(from)?, self.buckets(to)?);
        self.heap.forget_refusal();
        for bucket in 0..from.slot_count() {
            bucket::prefetch_ahead(from, bucket);
            let mut next = from.slot(bucket);
            from.set_slot(bucket, Word::UNDEFINED);
            while let Some(cell) = bucket::linked(next) {
                next = cell.slot(NEXT);
                if registration::has_ended(cell) {
                    cell.set_slot(NEXT, Word::UNDEFINED);
                } else {
                    self.link(to, cell);
                }
            }
        }
        Ok(())
    }

    /// Takes the registrations that have ended out of their buckets. Linear in the number of registrations and of
    /// buckets.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], as for [`link_registration`](Self::link_registration).
    pub fn purge_registrations(&mut self, buckets: Local<'_>) -> Result<(), AccessError> {
        let buckets = self.buckets(buckets)?;
        for bucket in 0..buckets.slot_count() {
            bucket::prefetch_ahead(buckets, bucket);
            self.filter(buckets, bucket, |cell| !registration::has_ended(cell));
        }
        Ok(())
    }

    /// Ends all registrations that were made with the token. Returns how many these were, and how many that had ended
    /// before were taken out of the bucket too. Linear in the number of registrations in the bucket.
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
        let (buckets, token) = (self.buckets(buckets)?, self.cell(token)?);
        let (mut ended, mut gone) = (0, 0);
        self.filter(buckets, bucket::bucket_of(buckets, hash), |cell| {
            if registration::has_ended(cell) {
                gone += 1;
            } else if registration::has_token(cell, token) {
                // Unlinking it is a store, which the write barrier sees.
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
        let cell = self.cell(buckets)?;
        let header = cell.header();
        let right = header.is(Kind::Array) && header.has(Header::BUCKETS);
        if right { Ok(cell) } else { Err(AccessError::WrongKind) }
    }

    #[inline]
    fn link(&mut self, buckets: Cell, cell: Cell) {
        let bucket = bucket::bucket_of(buckets, cell.auxiliary());
        let first = buckets.slot(bucket);
        self.heap.store(cell, NEXT, if first.is_reference() { first } else { Word::NULL });
        self.heap.store(buckets, bucket, cell.word());
    }

    /// Keeps the registrations of a bucket for which `keep` is true.
    fn filter(&mut self, buckets: Cell, bucket: usize, mut keep: impl FnMut(Cell) -> bool) {
        let (mut last, mut slot) = (buckets, bucket);
        let mut next = buckets.slot(bucket);
        while let Some(cell) = bucket::linked(next) {
            next = cell.slot(NEXT);
            if keep(cell) {
                (last, slot) = (cell, NEXT);
            } else {
                cell.set_slot(NEXT, Word::UNDEFINED);
                self.heap.store(last, slot, next);
            }
        }
    }
}
