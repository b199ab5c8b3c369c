//! Filling the slots of a new record.
#![expect(unsafe_code, reason = "slots of a new cell are written by address")]

use crate::memory::cell::Cell;
use crate::memory::word::Word;

/// Fills the slots of a new cell from the first on, two at once.
pub struct Filler {
    cell: Cell,
    next: usize,
    end: usize,
    held: Option<Word>,
}

impl Filler {
    /// Fills a cell of the given number of slots.
    ///
    /// # Safety
    /// It has as many.
    #[inline(always)]
    pub(super) unsafe fn new(cell: Cell, slots: usize) -> Self {
        Self { cell, next: 0, end: slots, held: None }
    }

    /// Fills the next slot.
    ///
    /// # Panics
    /// If the record has no more, as [`finish`](Self::finish) does if it has.
    #[inline(always)]
    pub fn push(&mut self, word: Word) {
        assert!(self.next < self.end, "more than the record has slots for");
        self.next += 1;
        match self.held.take() {
            None => self.held = Some(word),
            // SAFETY: the slots before the next are the cell's, as was checked.
            Some(first) => unsafe { self.cell.write_slots(self.next - 2, first, word) },
        }
    }

    /// Ends it: all slots are filled.
    #[inline(always)]
    pub fn finish(self) {
        assert!(self.next == self.end, "fewer than the record has slots for");
        if let Some(last) = self.held {
            // SAFETY: the last slot is the cell's.
            unsafe { self.cell.write_slot(self.end - 1, last) };
        }
    }
}
