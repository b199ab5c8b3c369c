//! `--cfg zeal`: every invariant is checked after every collection, and released memory is poisoned.
//! With [`Heap::set_zeal`] every so many allocations collect. No unsafe code.

use crate::events::Cause;
use crate::heap::Heap;
use crate::raw::cell::{Cell, Header, Kind, WORD};
use crate::raw::chunk::{Chunk, FIRST, PAGE};
use std::collections::HashSet;

/// What released memory reads as: a header of a free word.
pub(crate) const POISON: u64 = (Kind::Free as u64) << 1 | 1 << 37;

/// Overwrites what lies between two addresses.
pub(crate) fn poison(start: usize, end: usize) {
    (start..end).step_by(WORD).for_each(|address| Cell::at(address).set_header(POISON));
}

impl Heap {
    /// Collects at every so many allocations: the new space alone, and every fourth time all.
    pub fn set_zeal(&mut self, every: Option<u32>) {
        self.zeal = every.map(|every| (every.max(1), 0));
    }

    pub(crate) fn be_zealous(&mut self) {
        let Some((every, count)) = &mut self.zeal else { return };
        *count += 1;
        let (every, count) = (*every, *count);
        if count % every != 0 {
            return;
        }
        match count / every % 4 {
            0 => self.full_collection(Cause::Requested),
            _ => self.young_collection(Cause::Requested),
        }
    }

    /// Checks every invariant.
    ///
    /// # Panics
    /// If one does not hold.
    pub fn verify(&mut self) {
        self.old.retire();
        let mut cells: HashSet<Cell> = self.new.cells().collect();
        for page in self.old.pages() {
            if page.is_unswept() {
                cells.extend(page.marked());
            } else {
                cells.extend(page.cells().filter(|cell| !cell.header().is(Kind::Free)));
            }
        }
        cells.extend(self.large.cells());
        if self.marker.is_some() {
            // The marks are not complete, so the dead of unswept pages can't be told.
            return;
        }
        let remembered: HashSet<Cell> = self.remembered.iter().copied().collect();
        let slots: HashSet<(Cell, u32)> = self.remembered_slots.slots.iter().copied().collect();
        for &cell in &cells {
            self.verify_cell(cell, &cells, &remembered, &slots);
        }
        for cell in &remembered {
            assert!(cells.contains(cell), "a remembered cell is none");
        }
        let roots = self.handles.iter().chain(self.globals.iter().map(|(_, word)| word));
        for root in roots {
            assert!(Cell::of(*root).is_some_and(|cell| cells.contains(&cell)), "a dangling root");
        }
        for (_, word) in &self.weaks {
            let cell = Cell::of(*word);
            assert!(cell.is_none_or(|cell| cells.contains(&cell)), "a dangling weak handle");
        }
        for (index, native) in &self.natives {
            assert!(cells.contains(&native.cell), "a payload without its cell");
            assert_eq!(native.cell.aux() as usize, index, "a payload of another cell");
        }
    }

    fn verify_cell(
        &self,
        cell: Cell,
        cells: &HashSet<Cell>,
        remembered: &HashSet<Cell>,
        slots: &HashSet<(Cell, u32)>,
    ) {
        let header = cell.header();
        assert!(header.forwarded().is_none(), "a moved cell is still used");
        assert!(!header.has(Header::WAITED_FOR), "a living key is waited for");
        let young = self.new.contains(cell.word());
        assert_eq!(header.has(Header::REMEMBERED), remembered.contains(&cell), "the flag lies");
        if !young && header.size() <= PAGE - FIRST {
            assert_eq!(Chunk::of(cell), Chunk::of(Cell::at(cell.address() + header.size() - 8)));
        }
        for slot in 0..header.slots() {
            let word = cell.slot(slot);
            let Some(target) = Cell::of(word) else { continue };
            assert!(cells.contains(&target), "slot {slot} of a {:?} dangles", header.kind());
            if !young && self.new.contains(word) {
                let known = header.has(Header::REMEMBERED) || slots.contains(&(cell, slot as u32));
                assert!(known, "an old cell's young reference is unknown");
            }
        }
    }
}
