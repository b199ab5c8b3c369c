//! Compaction: the cells of sparse pages move together, so that the pages can leave (V8's
//! evacuation of fragmented pages). No unsafe code.

use super::Marker;
use crate::heap::Heap;
use crate::raw::cell::Cell;
use crate::raw::chunk::{Chunk, PAGE, USABLE};

/// Pages are sparse when at most this part of them was live.
const SPARSE: usize = USABLE * 4 / 10;

impl Heap {
    /// Chooses the pages to be emptied: those that were sparse, if they are worth it.
    pub(super) fn choose_sparse_pages(&mut self) {
        let sparse = |page: &&Chunk| page.used() <= SPARSE;
        let pages: Vec<Chunk> = self.old.pages().iter().filter(sparse).copied().collect();
        let bytes: usize = pages.iter().map(|page| page.used()).sum();
        // Their cells need pages before they can leave.
        let fits = self.committed() + bytes.next_multiple_of(PAGE) + PAGE <= self.options.limit;
        if pages.len() >= 2 && pages.len() * USABLE >= 2 * bytes && fits {
            pages.iter().for_each(|page| page.set_evacuated(true));
            self.sparse = pages;
        }
    }

    /// Moves the marked cells of the chosen pages, and all references to them.
    pub(super) fn compact(&mut self, marker: Marker) {
        let sparse = std::mem::take(&mut self.sparse);
        if sparse.is_empty() {
            return;
        }
        self.old.exclude(&sparse);
        let (mut emptied, mut left) = (Vec::new(), Vec::new());
        for page in sparse {
            if page.live() > 0 && self.move_page(page) {
                emptied.push(page);
            } else {
                left.push(page);
            }
            page.set_evacuated(false);
        }
        for (holder, slot) in marker.recorded {
            let holder = Cell::of(Self::followed(holder.word())).expect("a cell");
            let slot = slot as usize;
            holder.set_slot(slot, Self::followed(holder.slot(slot)));
        }
        for word in self.handles.iter_mut().chain(self.globals.iter_mut().map(|(_, word)| word)) {
            *word = Self::followed(*word);
        }
        let moved = |cell: Cell| Cell::of(Self::followed(cell.word()));
        self.follow_weak_handles(moved);
        self.identities.follow_all(moved);
        for (_, native) in &mut self.natives {
            native.cell = Cell::of(Self::followed(native.cell.word())).expect("a cell");
        }
        for cell in self.new.cells() {
            for slot in 0..cell.header().slots() {
                cell.set_slot(slot, Self::followed(cell.slot(slot)));
            }
        }
        let slots = self.remembered_slots.slots.iter_mut().map(|(cell, _)| cell);
        for cell in self.remembered.iter_mut().chain(slots) {
            *cell = Cell::of(Self::followed(cell.word())).expect("a cell");
        }
        self.old.discard(&emptied);
        for cell in left.into_iter().flat_map(Chunk::marked) {
            // It went before memory was refused: its page is walked again.
            if let Some(moved) = cell.header().forwarded().and_then(Cell::of) {
                cell.format_free(moved.header().size());
            }
        }
    }

    /// Moves a page's cells; false if the operating system refuses memory, and then some stay.
    fn move_page(&mut self, page: Chunk) -> bool {
        let mut whole = true;
        for cell in page.marked() {
            let size = cell.header().size();
            match self.old.allocate_surely(size) {
                Some(to) => {
                    cell.move_to(to, size);
                    self.old.moved(size);
                }
                None => whole = false,
            }
        }
        whole
    }
}
