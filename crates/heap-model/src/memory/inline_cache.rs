//! What an inline cache remembers of a cell: its header, and a slot that each cell with that header has.
//!
//! Invariant: a [`CachedSlot`] has the header of a cell that had the slot, and whose slots are its user's. Kind, tag and
//! number of slots are of the header, so one comparison says as much of another cell.
#![expect(unsafe_code, reason = "a slot is taken from a cell whose header was compared, not asked")]

use super::cell::{Cell, Loaded, Slot};
use super::header::Header;
use super::word::Word;

/// Flags of a header that come and go while nothing else of the cell changes.
const PASSING: u64 = Header::REMEMBERED | Header::WAITED_FOR | Header::SITED;

/// A slot of all cells that have the kind, the tag and the size of one: what an inline cache of a virtual machine keeps of an
/// object's class.
///
/// [`Registers::cached_slot`](crate::Registers::cached_slot) makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CachedSlot {
    header: u64,
    slot: u32,
    /// What is written is a small integer, or nothing is written.
    smis: bool,
}

impl CachedSlot {
    /// A slot of no cell.
    pub const NONE: Self = Self { header: u64::MAX, slot: 0, smis: false };

    /// The same, which is not written but with small integers: a field that has held nothing else (V8's representations).
    #[must_use]
    pub const fn for_smis(self) -> Self {
        Self { smis: true, ..self }
    }

    /// Whether it is written with this word.
    #[inline(always)]
    pub(crate) fn takes(self, word: Word) -> bool {
        !self.smis || word.as_smi().is_some()
    }

    /// The slot of cells like this one, if it has the slot and all of its slots are its user's.
    pub(crate) fn of(cell: Loaded, slot: usize) -> Option<Self> {
        let header = cell.header();
        // What a header says of a large cell's slots is less than it has.
        let has = slot < header.few_slots() && !header.is_guarded();
        has.then(|| Self { header: header.bits() & !PASSING, slot: slot as u32, smis: false })
    }

    /// The slot of a cell, if it is like the one that was remembered.
    #[inline(always)]
    pub(crate) fn in_cell(self, cell: Cell) -> Option<Slot> {
        let like = cell.header().bits() & !PASSING == self.header;
        // SAFETY: a cell had this header and the slot, and the number of slots is part of the header.
        like.then(|| unsafe { Slot::of(cell, self.slot as usize) })
    }
}

impl Default for CachedSlot {
    fn default() -> Self {
        Self::NONE
    }
}
