//! Registrations by their token: an array of buckets, each the head of a doubly linked list, whose left
//! end is the bucket's number. The hash of the token, which is the registration's own, tells the bucket.
//! No unsafe code.
//!
//! Invariant: nothing but these operations writes a registration's neighbours, so they are registrations.

use crate::AccessError;
use crate::heap::Heap;
use crate::raw::cell::{Cell, Kind, UNDEFINED, is_reference, smi};
use crate::registration::{self, LEFT, RIGHT};
use crate::scope::{Local, Scope};

/// How many buckets are being loaded while one is emptied.
const AHEAD: usize = 8;

impl Scope<'_> {
    /// Puts a registration that is in no bucket at the left end of its token's. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`]: buckets are an array with a slot at least, and nothing else is stored
    /// there.
    pub fn link_registration(
        &mut self,
        buckets: Local<'_>,
        cell: Local<'_>,
    ) -> Result<(), AccessError> {
        let (buckets, cell) = (self.buckets(buckets)?, self.registration(cell)?);
        self.heap.link(buckets, cell);
        Ok(())
    }

    /// Links all registrations that are in some buckets in others, which are empty. Linear in their
    /// number and that of the old buckets.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], as for [`link_registration`](Self::link_registration).
    pub fn relink_registrations(
        &mut self,
        from: Local<'_>,
        to: Local<'_>,
    ) -> Result<(), AccessError> {
        let (from, to) = (self.buckets(from)?, self.buckets(to)?);
        let count = from.header().slots();
        for bucket in 0..count {
            if bucket + AHEAD < count
                && let Some(ahead) = linked(from.slot(bucket + AHEAD))
            {
                ahead.prefetch();
            }
            let mut next = from.slot(bucket);
            from.set_slot(bucket, UNDEFINED);
            while let Some(cell) = linked(next) {
                next = cell.slot(RIGHT);
                self.heap.link(to, cell);
            }
        }
        Ok(())
    }

    /// Ends a registration, and takes it out of its bucket: it is not given out any more, and its slots
    /// become undefined. Says whether it had not ended. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], as for [`link_registration`](Self::link_registration).
    pub fn end_registration(
        &mut self,
        buckets: Local<'_>,
        cell: Local<'_>,
    ) -> Result<bool, AccessError> {
        let (buckets, cell) = (self.buckets(buckets)?, self.registration(cell)?);
        Ok(self.heap.end(buckets, cell))
    }

    /// Ends all registrations that were made with the token, and says how many those were. Linear in
    /// the number of registrations in its bucket.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`], as for [`link_registration`](Self::link_registration), and for a
    /// token without identity.
    pub fn end_registrations(
        &mut self,
        buckets: Local<'_>,
        token: Local<'_>,
    ) -> Result<usize, AccessError> {
        let hash = self.identity_hash(token)?;
        let (buckets, token) = (self.buckets(buckets)?, self.place(token)?);
        let mut next = buckets.slot(bucket_of(buckets, hash));
        let mut ended = 0;
        while let Some(cell) = linked(next) {
            next = cell.slot(RIGHT);
            if registration::has_token(cell, token) {
                ended += usize::from(self.heap.end(buckets, cell));
            }
        }
        Ok(ended)
    }

    fn buckets(&self, buckets: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.place(buckets)?;
        let header = cell.header();
        let right = header.is(Kind::Array) && header.slots() > 0;
        if right { Ok(cell) } else { Err(AccessError::WrongKind) }
    }
}

impl Heap {
    #[inline]
    fn link(&mut self, buckets: Cell, cell: Cell) {
        let bucket = bucket_of(buckets, cell.hash());
        let first = linked(buckets.slot(bucket));
        if let Some(first) = first {
            self.store(first, LEFT, cell.word());
        }
        self.store(cell, RIGHT, first.map_or(UNDEFINED, Cell::word));
        self.store(cell, LEFT, smi(bucket as i32));
        self.store(buckets, bucket, cell.word());
    }

    #[inline]
    fn end(&mut self, buckets: Cell, cell: Cell) -> bool {
        if registration::has_ended(cell) {
            return false;
        }
        let (left, right) = (cell.slot(LEFT), cell.slot(RIGHT));
        if let Some(left) = linked(left) {
            self.store(left, RIGHT, right);
        } else {
            let bucket = bucket_of(buckets, cell.hash());
            if buckets.slot(bucket) == cell.word() {
                self.store(buckets, bucket, right);
            }
        }
        if let Some(right) = linked(right) {
            self.store(right, LEFT, left);
        }
        registration::end(cell);
        true
    }
}

/// The registration that a list goes on with.
#[inline(always)]
fn linked(word: u64) -> Option<Cell> {
    is_reference(word)
        .then(|| Cell::at((word - 1) as usize))
        .filter(|cell| cell.header().is(Kind::Registration))
}

/// The bucket of a token's hash: it is scaled to their number.
#[inline(always)]
fn bucket_of(buckets: Cell, hash: u32) -> usize {
    ((u64::from(hash) * buckets.header().slots() as u64) >> 32) as usize
}
