//! Registrations, as programs use them.

use super::size::cell_size;
use super::{Local, Scope};
use crate::error::{AccessError, HeapError};
use crate::memory::cell::{Cell, Loaded, Slot};
use crate::memory::header::{Header, Kind};
use crate::memory::word::Word;
use crate::tables::registration::{
    self, FOUND, Fate, ORDERED, OWNER, OWNERS_SLOTS, TARGET, TOKEN, USERS,
};

impl<'s> Scope<'s> {
    /// Allocates a registration of 48 + 8 `slots` bytes, in the old space, as V8 does its WeakCells. Its
    /// slots are undefined; as slots of the cell they begin with number 4, for those before are the
    /// heap's.
    ///
    /// Once a full collection has found the target dead, [`next_dead`](Self::next_dead) gives the
    /// registration out, if it then lives itself. The first two slots of the owner, an object or an
    /// array, are the heap's from now on. May collect; else O(slots).
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] for another owner, or a token
    /// without identity (a double); [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles, as for the others here that return one.
    pub fn alloc_registration(
        &mut self,
        owner: Local<'_>,
        target: Local<'_>,
        token: Option<Local<'_>>,
        slots: usize,
    ) -> Result<Local<'s>, HeapError> {
        self.owner(owner)?;
        // Other heaps' handles are refused before anything is allocated.
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

    /// Ends a registration: it is not given out any more, and its slots become undefined. Says whether it
    /// had not ended; the slots of one that ended with its owner become undefined now. In its bucket it stays until
    /// that is gone through. O(its slots).
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
    /// that collections have found so far. Constant time, and once after the collections that have
    /// found more O(n log c) for the n that are listed by c of them.
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
        let right = right && header.slots() >= OWNERS_SLOTS;
        if right { Ok(cell) } else { Err(AccessError::WrongKind) }
    }

    /// A slot of a cell that has slots of the heap's: one of a registration that is its user's.
    #[cold]
    pub(super) fn strong_slot(&self, cell: Loaded, slot: usize) -> Result<Slot, AccessError> {
        let (header, len) = (cell.header(), cell.header().slots());
        if header.is(Kind::Double) {
            return Err(AccessError::SlotOutOfRange { slot, len });
        }
        if !header.is(Kind::Registration) || slot < USERS {
            return Err(AccessError::WrongKind);
        }
        cell.slot(slot).ok_or(AccessError::SlotOutOfRange { slot, len })
    }

    /// Puts what an owner's list holds in the order in which it was made.
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
        // Stable, for it is fast where there are few ascending runs.
        cells.sort_by_key(|(age, _)| *age);
        // The youngest is the last of the list.
        let mut next = Word::UNDEFINED;
        for (_, cell) in cells {
            cell.set_flag(Header::LISTED, true);
            self.heap.store(cell, TARGET, next);
            next = cell.word();
        }
        self.heap.store(owner, ORDERED, next);
    }
}
