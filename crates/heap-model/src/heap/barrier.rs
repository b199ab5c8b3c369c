//! The write barrier: what a store does for the collectors (V8's `heap-write-barrier.cc`).

use super::Heap;
use crate::memory::cell::{Cell, Slot};
use crate::memory::header::Tag;
use crate::memory::word::Word;
use crate::tables::ephemeron;

impl Heap {
    /// Stores a slot behind the write barrier.
    ///
    /// # Panics
    /// If the cell has no such slot.
    #[inline(always)]
    pub(crate) fn store(&mut self, cell: Cell, slot: usize, word: Word) {
        self.store_slot(cell.load().slot(slot).expect("a slot of the cell"), word);
    }

    /// Stores a slot behind the write barrier.
    #[inline(always)]
    pub(crate) fn store_slot(&mut self, slot: Slot, word: Word) {
        let (cell, index) = (slot.cell(), slot.index());
        self.note_overwriting(cell, index, word);
        slot.set(word);
        self.record_store(cell, index, word);
    }

    /// Gives a cell another tag, whose descriptor it keeps alive.
    #[inline(always)]
    pub(crate) fn set_tag(&mut self, cell: Cell, tag: Tag) {
        cell.set_tag(tag);
        if let Some(marker) = &mut self.marking.marker {
            marker.meet_tag(tag);
        }
    }

    /// The barrier of a store.
    #[inline(always)]
    pub(crate) fn record_store(&mut self, cell: Cell, slot: usize, word: Word) {
        if !word.is_reference() || self.is_young(cell) {
            return;
        }
        if self.spaces.new.contains(word) {
            self.remembered.add_slot(cell, slot);
        } else if let Some(marker) = &mut self.marking.marker {
            marker.mark_stored(cell, slot, word);
        }
    }

    /// The barrier of a store into an ephemeron table. Marking needs none, because it visits all entries at its end.
    #[inline(always)]
    pub(crate) fn record_entry(&mut self, table: Cell, key: Cell, value: Word) {
        if !self.is_young(table) && (self.is_young(key) || self.refers_to_young(value)) {
            self.remembered.add(table);
        }
    }

    /// The barrier of a cell that was just allocated, and written without barriers since: marking visits it yet.
    pub(crate) fn record_filled(&mut self, cell: Cell) {
        if self.is_young(cell) {
            return;
        }
        for slot in cell.load().slots() {
            if self.refers_to_young(slot.get()) {
                self.remembered.add_slot(cell, slot.index());
            }
        }
    }

    /// Whether slots may be copied to a cell without a barrier for each: that of marking, and what is known of a refusal.
    pub(crate) fn copies_freely(&self, to: Cell) -> bool {
        (self.is_young(to) || self.marking.marker.is_none()) && !self.last_resort.is_noted()
    }

    /// Copies a table's entries to an empty one that has room for them.
    pub(crate) fn copy_entries(&mut self, from: Cell, to: Cell) {
        let young = ephemeron::copy(from, to, |word| self.refers_to_young(word));
        if young && !self.is_young(to) {
            self.remembered.add(to);
        }
    }

    /// Before a store: if the slot loses a reference, forgets a remembered refusal, because a collection may make room now.
    #[inline(always)]
    pub(crate) fn note_overwriting(&mut self, cell: Cell, slot: usize, word: Word) {
        if self.last_resort.is_noted() {
            self.compare_overwritten(cell, slot, word);
        }
    }

    #[cold]
    #[inline(never)]
    fn compare_overwritten(&mut self, cell: Cell, slot: usize, new: Word) {
        let old = cell.slot(slot);
        if old.is_reference() && old != new {
            self.forget_refusal();
        }
    }

    #[inline(always)]
    pub(crate) fn is_young(&self, cell: Cell) -> bool {
        self.spaces.new.contains(cell.word())
    }

    #[inline(always)]
    fn refers_to_young(&self, word: Word) -> bool {
        word.is_reference() && self.spaces.new.contains(word)
    }
}
