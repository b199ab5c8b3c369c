//! Registrations, as programs use them.

use super::size::cell_size;
use super::{Local, Scope};
use crate::error::{AccessError, HeapError};
use crate::memory::cell::Cell;
use crate::memory::header::{Header, Kind};
use crate::memory::word::Word;
use crate::tables::registration::{
    self, FOUND, Fate, ORDERED, OWNER, OWNERS_SLOTS, TARGET, TOKEN, USERS,
};

impl<'s> Scope<'s> {
    /// Allocates a registration of 48 + 8 `slots` bytes, in the old space, as V8 does its WeakCells. Its
    /// slots are undefined. They begin with slot 4 of the cell; those before are the heap's own.
    ///
    /// Once a full collection has found the target dead, [`next_dead`](Self::next_dead) returns the
    /// registration, if it is alive itself. From now on the first two slots of the owner, an object or an
    /// array, are the heap's own. May collect; otherwise O(slots).
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] for another owner, or a token
    /// without identity (a double); [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_registration(
        &mut self,
        owner: Local<'_>,
        target: Local<'_>,
        token: Option<Local<'_>>,
        slots: usize,
    ) -> Result<Local<'s>, HeapError> {
        self.owner(owner)?;
        // Refuse handles of other heaps before anything is allocated.
        self.cell(target)?;
        let hash = token.map(|token| self.identity_hash(token)).transpose()?;
        let slots = USERS.saturating_add(slots);
        let place = self.heap.allocate_old(Kind::Registration, cell_size(slots, 0), slots)?;
        let cell = self.push(place);
        let (owner, target) = (self.cell(owner)?, self.cell(target)?);
        let token = token.map(|token| self.cell(token)).transpose()?;
        let heap = &mut self.heap;
        let own = heap.identities.of(place);
        place.set_auxiliary(hash.unwrap_or(own));
        heap.store(place, TARGET, target.word());
        heap.store(place, TOKEN, token.map_or(Word::UNDEFINED, Cell::word));
        heap.store(place, OWNER, owner.word());
        Ok(cell)
    }

    /// What has become of a registration. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    #[inline]
    pub fn registration_fate(&self, cell: Local<'_>) -> Result<Fate, AccessError> {
        Ok(registration::fate(self.registration(cell)?))
    }

    /// The owner of a registration, unless it is dead or the registration has ended. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    pub fn registration_owner(
        &mut self,
        cell: Local<'_>,
    ) -> Result<Option<Local<'s>>, AccessError> {
        let cell = self.registration(cell)?;
        let owner = if registration::has_ended(cell) { None } else { Cell::of(cell.slot(OWNER)) };
        Ok(owner.map(|owner| self.push(owner)))
    }

    /// Ends a registration: [`next_dead`](Self::next_dead) no longer returns it, and its slots become undefined, also if
    /// it had ended with its owner. Returns whether it had not ended before. It stays in its bucket until the next
    /// traversal of the bucket. O(its slots).
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    #[inline]
    pub fn end_registration(&mut self, cell: Local<'_>) -> Result<bool, AccessError> {
        let cell = self.registration(cell)?;
        let ended = registration::has_ended(cell);
        self.heap.forget_refusal();
        registration::end(cell);
        Ok(!ended)
    }

    /// Takes the next registration of a dead target out of the owner's list: the earliest of those
    /// that collections have found so far. Constant time; the first call after collections also sorts what they have
    /// listed, in O(n log c) for n registrations by c collections.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a cell that is no owner, [`AccessError::WrongHeap`].
    pub fn next_dead(&mut self, owner: Local<'_>) -> Result<Option<Local<'s>>, AccessError> {
        let owner = self.owner(owner)?;
        if owner.slot(FOUND).is_reference() {
            self.order_registrations(owner);
        }
        while let Some(cell) = registration::listed(owner.slot(ORDERED)) {
            self.heap.store(owner, ORDERED, registration::unlist(cell));
            if registration::fate(cell) == Fate::Dead {
                return Ok(Some(self.push(cell)));
            }
        }
        Ok(None)
    }

    #[inline(always)]
    pub(crate) fn registration(&self, cell: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.cell(cell)?;
        if cell.header().is(Kind::Registration) { Ok(cell) } else { Err(AccessError::WrongKind) }
    }

    #[inline(always)]
    fn owner(&self, cell: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.cell(cell)?;
        let header = cell.header();
        let right = matches!(header.kind(), Kind::Object | Kind::Array);
        let right = right && cell.slot_count() >= OWNERS_SLOTS;
        if right { Ok(cell) } else { Err(AccessError::WrongKind) }
    }

    /// Sorts an owner's list by the order in which the registrations were made.
    #[cold]
    fn order_registrations(&mut self, owner: Cell) {
        self.heap.forget_refusal();
        let mut cells = Vec::new();
        for list in [FOUND, ORDERED] {
            let mut next = owner.slot(list);
            while let Some(cell) = registration::listed(next) {
                next = registration::unlist(cell);
                if registration::fate(cell) == Fate::Dead {
                    cells.push((self.heap.identities.age(cell.hash()), cell));
                }
            }
            owner.set_slot(list, Word::UNDEFINED);
        }
        // A stable sort is fast on few ascending runs.
        cells.sort_by_key(|(age, _)| *age);
        // The latest registration is the last of the list.
        let mut next = Word::UNDEFINED;
        for (_, cell) in cells {
            cell.set_flag(Header::LISTED, true);
            self.heap.store(cell, TARGET, next);
            next = cell.word();
        }
        self.heap.store(owner, ORDERED, next);
    }
}
