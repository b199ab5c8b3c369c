//! Registrations (ECMA-262's `[[Cells]]` of a FinalizationRegistry; V8's `WeakCell`): cells that are listed when their
//! target dies.
//!
//! Slots: the target, a token (a hole in a registration that was ended) and the owner, all weak; then the strong slots: the
//! next registration in a [bucket](super::bucket), and those of the program. A registration gets its identity hash when it
//! is made, so the hashes give the order of registrations. Its auxiliary field is the token's hash, or its own if there is
//! no token.
//!
//! A full collection prepends the registrations whose target it finds dead, earliest first, to a list in the owner's
//! first slot. The owner's second slot has the list that was merged from several collections and is in order. In a listed
//! registration the slot of the target links to the next one. The owner keeps the list alive, and no registration does:
//! the next one is marked once both the registration and the owner are, like the value of an ephemeron whose key is the
//! owner.

use crate::memory::cell::Cell;
use crate::memory::header::{Header, Kind};
use crate::memory::word::Word;

pub(crate) const TARGET: usize = 0;
pub(crate) const TOKEN: usize = 1;
pub(crate) const OWNER: usize = 2;
/// The first strong slot.
pub(crate) const STRONG: usize = 3;
pub(crate) const NEXT: usize = 3;
/// The first slot that the program may use.
pub(crate) const USERS: usize = 4;

// The owner's slots.
pub(crate) const FOUND: usize = 0;
pub(crate) const ORDERED: usize = 1;
pub(crate) const OWNERS_SLOTS: usize = 2;

/// What has become of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// Its target lives.
    Watched,
    /// Its target is dead.
    Dead,
    /// It was ended.
    Ended,
}

#[inline(always)]
pub(crate) fn fate(cell: Cell) -> Fate {
    if !cell.slot(OWNER).is_reference() || cell.slot(TOKEN) == Word::HOLE {
        Fate::Ended
    } else if cell.header().has(Header::LISTED) || !cell.slot(TARGET).is_reference() {
        Fate::Dead
    } else {
        Fate::Watched
    }
}

/// Whether it was ended, or its owner has died.
#[inline(always)]
pub(crate) fn has_ended(cell: Cell) -> bool {
    fate(cell) == Fate::Ended
}

/// Whether the registration was made with this token and has not ended.
#[inline(always)]
pub(crate) fn has_token(cell: Cell, token: Cell) -> bool {
    cell.slot(TOKEN) == token.word()
}

#[inline(always)]
pub(crate) fn end(cell: Cell) {
    cell.set_slot(TOKEN, Word::HOLE);
    // A listed registration stays in its list and in its bucket until the next traversal, at most as long as its owner
    // lives.
    if !cell.header().has(Header::LISTED) {
        cell.set_slot(TARGET, Word::UNDEFINED);
        cell.set_slot(OWNER, Word::UNDEFINED);
    }
    (USERS..cell.slot_count()).for_each(|slot| cell.set_slot(slot, Word::UNDEFINED));
}

/// The registration that a link leads to.
pub(crate) fn listed(word: Word) -> Option<Cell> {
    let header = |cell: &Cell| cell.header();
    Cell::of(word)
        .filter(|cell| header(cell).is(Kind::Registration) && header(cell).has(Header::LISTED))
}

/// Whether an owner's lists have registrations.
pub(crate) fn has_listed(owner: Cell) -> bool {
    [FOUND, ORDERED].iter().any(|list| listed(owner.slot(*list)).is_some())
}

/// Takes a registration from the head of a list, and returns the new head.
pub(crate) fn unlist(cell: Cell) -> Word {
    let next = cell.slot(TARGET);
    cell.set_flag(Header::LISTED, false);
    cell.set_slot(TARGET, Word::UNDEFINED);
    next
}

/// What a listed registration keeps alive while its owner lives: the owner, and the link to the next one.
#[inline(always)]
pub(crate) fn link(cell: Cell) -> Option<(Cell, Word)> {
    let owner = if cell.header().has(Header::LISTED) { Cell::of(cell.slot(OWNER)) } else { None };
    Some((owner?, cell.slot(TARGET)))
}

/// Whether one of a registration's slots refers weakly.
#[inline(always)]
pub(crate) fn is_weak(cell: Cell, slot: usize) -> bool {
    slot < STRONG && !(slot == TARGET && cell.header().has(Header::LISTED))
}

/// After marking: clears references to dead cells. Returns whether the target was newly found dead, so that the
/// registration is to be listed.
pub(crate) fn clear_dead(cell: Cell, lives: impl Fn(Cell) -> bool) -> bool {
    let dead = |slot| Cell::of(cell.slot(slot)).is_some_and(|weak| !lives(weak));
    if dead(TOKEN) {
        cell.set_slot(TOKEN, Word::NULL);
    }
    if dead(OWNER) {
        // The owner is dead, so nobody takes from its list any more.
        cell.set_slot(OWNER, Word::NULL);
        cell.set_slot(TARGET, Word::UNDEFINED);
    }
    let known = cell.header().has(Header::LISTED) || !cell.slot(OWNER).is_reference();
    !known && dead(TARGET)
}
