//! Registrations: cells that come to light when their target dies. No unsafe code.
//!
//! Slots: the target, a token (a hole in one that was ended) and the owner, all weak; then the strong ones,
//! the next one in a bucket (`buckets.rs`) before the user's. A registration gets its identity hash when it is
//! made, so the hashes tell the order of registrations. The number beside the hash is the token's hash, or its own
//! if there is no token.
//!
//! A full collection puts the registrations whose target it finds dead, the earliest first, before
//! those of a list in the owner's first slot; what has been put in order with those of other
//! collections lies in the owner's second slot. A listed registration's target is the next one of the
//! list. The owner keeps the list alive, and no registration does: like the value of an ephemeron whose key is the
//! owner, the next one is marked once both the registration and the owner are.

use crate::collect::Marker;
use crate::heap::Heap;
use crate::identity::Identities;
use crate::raw::cell::{Cell, HOLE, Header, Kind, NULL, UNDEFINED, is_reference};
use crate::scope::{Local, Scope, cell_size};
use crate::{AccessError, HeapError};

const TARGET: usize = 0;
const TOKEN: usize = 1;
const OWNER: usize = 2;
/// The first slot that is strong.
pub(crate) const STRONG: usize = 3;
pub(crate) const NEXT: usize = 3;
/// The first slot that is its user's.
const USERS: usize = 4;

// The owner's slots.
pub(crate) const FOUND: usize = 0;
const ORDERED: usize = 1;
const OWNERS_SLOTS: usize = 2;

/// What has become of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its target lives.
    Watched,
    /// Its target is dead.
    Dead,
    /// It was ended.
    Ended,
}

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
        self.place(target)?;
        let hash = token.map(|token| self.identity_hash(token)).transpose()?;
        let slots = USERS.saturating_add(slots);
        let place = self.heap.allocate_old(Kind::Registration, cell_size(slots, 0), slots)?;
        let cell = self.push(place);
        let (owner, target) = (self.place(owner)?, self.place(target)?);
        let token = token.map(|token| self.place(token)).transpose()?;
        let heap = &mut self.heap;
        let own = heap.identity_hash(place);
        place.set_aux(hash.unwrap_or(own));
        heap.store(place, TARGET, target.word());
        heap.store(place, TOKEN, token.map_or(UNDEFINED, Cell::word));
        heap.store(place, OWNER, owner.word());
        Ok(cell)
    }

    /// What has become of a registration. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    #[inline]
    pub fn registration_fate(&self, cell: Local<'_>) -> Result<Fate, AccessError> {
        Ok(fate(self.registration(cell)?))
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
        let owner = if has_ended(cell) { None } else { Cell::of(cell.slot(OWNER)) };
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
        let ended = has_ended(cell);
        self.heap.overwritten = true;
        end(cell);
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
        if is_reference(owner.slot(FOUND)) {
            self.heap.order_registrations(owner);
        }
        while let Some(cell) = listed(owner.slot(ORDERED)) {
            self.heap.store(owner, ORDERED, unlist(cell));
            if fate(cell) == Fate::Dead {
                return Ok(Some(self.push(cell)));
            }
        }
        Ok(None)
    }

    #[inline(always)]
    pub(crate) fn registration(&self, cell: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.place(cell)?;
        if cell.header().is(Kind::Registration) { Ok(cell) } else { Err(AccessError::WrongKind) }
    }

    #[inline(always)]
    fn owner(&self, cell: Local<'_>) -> Result<Cell, AccessError> {
        let cell = self.place(cell)?;
        let header = cell.header();
        let right = matches!(header.kind(), Kind::Object | Kind::Array);
        let right = right && header.slots() >= OWNERS_SLOTS;
        if right { Ok(cell) } else { Err(AccessError::WrongKind) }
    }

    /// A registration's slot, of its user's.
    #[cold]
    pub(crate) fn strong_slot(&self, cell: Cell, slot: usize) -> Result<Cell, AccessError> {
        let (header, len) = (cell.header(), cell.header().slots());
        if header.is(Kind::Double) {
            return Err(AccessError::SlotOutOfRange { slot, len });
        }
        if !header.is(Kind::Registration) || slot < USERS {
            return Err(AccessError::WrongKind);
        }
        if slot < len { Ok(cell) } else { Err(AccessError::SlotOutOfRange { slot, len }) }
    }
}

impl Heap {
    /// Puts what an owner's list holds in the order in which it was made.
    #[cold]
    fn order_registrations(&mut self, owner: Cell) {
        let mut cells = Vec::new();
        for list in [FOUND, ORDERED] {
            let mut next = owner.slot(list);
            while let Some(cell) = listed(next) {
                next = unlist(cell);
                if fate(cell) == Fate::Dead {
                    cells.push((self.identities.age(cell.hash()), cell));
                }
            }
            owner.set_slot(list, UNDEFINED);
        }
        // Stable, for it is fast where there are few ascending runs.
        cells.sort_by_key(|(age, _)| *age);
        // The youngest is the last of the list.
        let mut next = UNDEFINED;
        for (_, cell) in cells {
            cell.set_flag(Header::LISTED, true);
            self.store(cell, TARGET, next);
            next = cell.word();
        }
        self.store(owner, ORDERED, next);
    }
}

#[inline(always)]
fn fate(cell: Cell) -> Fate {
    if !is_reference(cell.slot(OWNER)) || cell.slot(TOKEN) == HOLE {
        Fate::Ended
    } else if cell.header().has(Header::LISTED) || !is_reference(cell.slot(TARGET)) {
        Fate::Dead
    } else {
        Fate::Watched
    }
}

/// Whether it was ended, or nobody asks for it any more.
#[inline(always)]
pub(crate) fn has_ended(cell: Cell) -> bool {
    fate(cell) == Fate::Ended
}

/// Whether a registration that has not ended was made with this token.
#[inline(always)]
pub(crate) fn has_token(cell: Cell, token: Cell) -> bool {
    cell.slot(TOKEN) == token.word()
}

#[inline(always)]
pub(crate) fn end(cell: Cell) {
    cell.set_slot(TOKEN, HOLE);
    // A listed one stays in its list until it is passed there, and in its bucket likewise; but not for longer
    // than its owner lives.
    if !cell.header().has(Header::LISTED) {
        cell.set_slot(TARGET, UNDEFINED);
        cell.set_slot(OWNER, UNDEFINED);
    }
    (USERS..cell.header().slots()).for_each(|slot| cell.set_slot(slot, UNDEFINED));
}

/// The registration that a list goes on with.
fn listed(word: u64) -> Option<Cell> {
    let header = |cell: &Cell| cell.header();
    Cell::of(word)
        .filter(|cell| header(cell).is(Kind::Registration) && header(cell).has(Header::LISTED))
}

/// Takes a registration from the head of a list, and gives the word that the list goes on with.
fn unlist(cell: Cell) -> u64 {
    let next = cell.slot(TARGET);
    cell.set_flag(Header::LISTED, false);
    cell.set_slot(TARGET, UNDEFINED);
    next
}

/// What one that is listed keeps alive while its owner lives: the owner, and the word of the next one.
#[inline(always)]
pub(crate) fn link(cell: Cell) -> Option<(Cell, u64)> {
    let owner = if cell.header().has(Header::LISTED) { Cell::of(cell.slot(OWNER)) } else { None };
    Some((owner?, cell.slot(TARGET)))
}

/// Whether one of a registration's slots refers weakly.
#[inline(always)]
pub(crate) fn is_weak(cell: Cell, slot: usize) -> bool {
    slot < STRONG && !(slot == TARGET && cell.header().has(Header::LISTED))
}

/// After marking: clears what is dead. Whether the target is newly found to be, and the registration
/// is to be listed.
pub(crate) fn settle(cell: Cell, marker: &Marker) -> bool {
    let dead = |slot| Cell::of(cell.slot(slot)).is_some_and(|weak| !marker.lives(weak));
    if dead(TOKEN) {
        cell.set_slot(TOKEN, NULL);
    }
    if dead(OWNER) {
        // Nobody asks any more.
        cell.set_slot(OWNER, NULL);
        cell.set_slot(TARGET, UNDEFINED);
    }
    let known = cell.header().has(Header::LISTED) || !is_reference(cell.slot(OWNER));
    !known && dead(TARGET)
}

/// Puts registrations on their owners' lists, the earliest first. O(n log n) for n of them.
pub(crate) fn list(cells: Vec<Cell>, identities: &Identities, marker: &mut Marker) {
    let mut by_age: Vec<_> =
        cells.into_iter().map(|cell| (identities.age(cell.hash()), cell)).collect();
    by_age.sort_unstable();
    for (_, cell) in by_age {
        let Some(owner) = Cell::of(cell.slot(OWNER)) else { continue };
        let next = listed(owner.slot(FOUND)).filter(|next| marker.is_marked(*next));
        cell.set_flag(Header::LISTED, true);
        cell.set_slot(TARGET, next.map_or(UNDEFINED, Cell::word));
        owner.set_slot(FOUND, cell.word());
        marker.record(cell, TARGET, cell.slot(TARGET));
        marker.record(owner, FOUND, cell.word());
    }
}
