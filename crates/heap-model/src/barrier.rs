//! The write barrier: which old cells refer to young ones, and what marking must not miss (V8's
//! `heap-write-barrier.cc`). No unsafe code.

use crate::heap::Heap;
use crate::raw::cell::{Cell, Header, Kind, is_reference};

/// Whether a cell's slots are remembered one by one, lest each scavenge visits all of them.
#[inline(always)]
pub(crate) fn is_wide(header: Header) -> bool {
    header.slots() > 32 && !header.is(Kind::EphemeronTable)
}

/// Slots of wide old cells that may refer to young ones; some are there more than once.
#[derive(Default)]
pub(crate) struct RememberedSlots {
    pub slots: Vec<(Cell, u32)>,
    /// As many are too many: those that are there more than once go.
    bound: usize,
}

impl RememberedSlots {
    #[inline]
    pub fn add(&mut self, cell: Cell, slot: usize) {
        self.slots.push((cell, slot as u32));
        if self.slots.len() > self.bound {
            self.thin();
        }
    }

    #[cold]
    fn thin(&mut self) {
        self.slots.sort_unstable();
        self.slots.dedup();
        self.bound = (2 * self.slots.len()).max(1 << 16);
    }
}

impl Heap {
    /// Stores a slot behind the write barrier. Whatever else takes a reference away that a program can follow sets
    /// `overwritten` too.
    #[inline(always)]
    pub(crate) fn store(&mut self, cell: Cell, slot: usize, word: u64) {
        cell.set_slot(slot, word);
        self.overwritten = true;
        if is_reference(word) && !self.new.contains(cell.word()) {
            self.barrier(cell, slot, word);
        }
    }

    #[inline(always)]
    fn barrier(&mut self, cell: Cell, slot: usize, word: u64) {
        if self.new.contains(word) {
            self.remember_slot(cell, slot);
        } else if let Some(marker) = &mut self.marker {
            marker.mark_stored(cell, slot, word);
        }
    }

    /// A slot of an old cell refers to a young one.
    #[inline]
    fn remember_slot(&mut self, cell: Cell, slot: usize) {
        if is_wide(cell.header()) {
            self.remembered_slots.add(cell, slot);
        } else {
            self.remember(cell);
        }
    }

    /// An old cell may refer to young ones from now on.
    #[inline]
    pub(crate) fn remember(&mut self, cell: Cell) {
        if !cell.header().has(Header::REMEMBERED) {
            cell.set_flag(Header::REMEMBERED, true);
            self.remembered.push(cell);
        }
    }
}
