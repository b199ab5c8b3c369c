//! The remembered set: old cells, and slots of wide ones, that may refer to young cells (Hosking and Hudson 1993;
//! V8's `remembered-set.h`).

use crate::memory::cell::Cell;
use crate::memory::header::{Header, Kind};

/// Old cells and slots that may refer to young cells.
#[derive(Default)]
pub(crate) struct Remembered {
    /// Each has the flag [`Header::REMEMBERED`], and no other cell has.
    pub cells: Vec<Cell>,
    pub slots: RememberedSlots,
}

impl Remembered {
    /// Remembers a slot of an old cell that refers to a young one.
    #[inline]
    pub fn add_slot(&mut self, cell: Cell, slot: usize) {
        if is_wide(cell.header()) {
            self.slots.add(cell, slot);
        } else {
            self.add(cell);
        }
    }

    /// Remembers an old cell that may refer to young ones.
    #[inline]
    pub fn add(&mut self, cell: Cell) {
        if !cell.header().has(Header::REMEMBERED) {
            cell.set_flag(Header::REMEMBERED, true);
            self.cells.push(cell);
        }
    }

    /// Removes the cells that have died.
    pub fn retain(&mut self, lives: impl Fn(Cell) -> bool) {
        self.cells.retain(|cell| lives(*cell));
        self.slots.slots.retain(|(cell, _)| lives(*cell));
    }

    /// Updates the addresses of cells that were moved.
    pub fn follow(&mut self, moved: impl Fn(Cell) -> Cell) {
        let slots = self.slots.slots.iter_mut().map(|(cell, _)| cell);
        self.cells.iter_mut().chain(slots).for_each(|cell| *cell = moved(*cell));
    }
}

/// Whether a cell's slots are remembered one by one, so that a scavenge does not visit all of them.
#[inline(always)]
pub(crate) fn is_wide(header: Header) -> bool {
    header.few_slots() > 32 && !header.is(Kind::EphemeronTable)
}

/// Slots of wide old cells, with duplicates.
#[derive(Default)]
pub(crate) struct RememberedSlots {
    pub slots: Vec<(Cell, u32)>,
    /// Duplicates are removed when the list grows past this length.
    bound: usize,
}

impl RememberedSlots {
    #[inline]
    pub fn add(&mut self, cell: Cell, slot: usize) {
        self.slots.push((cell, slot as u32));
        if self.slots.len() > self.bound {
            self.deduplicate();
        }
    }

    #[cold]
    fn deduplicate(&mut self) {
        // Tables and arrays are filled from one end to the other: a sort that finds runs has little to do.
        self.slots.sort();
        self.slots.dedup();
        self.bound = (2 * self.slots.len()).max(1 << 16);
    }
}
