//! Compaction: the cells of sparse pages move together, so that the pages can leave (V8's
//! evacuation of fragmented pages). No unsafe code.

use super::Marker;
use crate::heap::Heap;
use crate::raw::cell::Cell;
use crate::raw::chunk::{Chunk, PAGE, USABLE};

/// How many bytes the last step of a marking moves at the most (V8's `max_evacuated_bytes`).
const MOVED_BY_A_STEP: usize = 4 << 20;

/// Pages are sparse when at most this part of them was live.
const SPARSE: usize = USABLE * 4 / 10;

impl Heap {
    /// Chooses the pages to be emptied: those that were sparse, if they are worth it.
    pub(super) fn choose_sparse_pages(&mut self) {
        let sparse = |page: &&Chunk| page.used() <= SPARSE;
        let pages: Vec<Chunk> = self.old.pages().iter().filter(sparse).copied().collect();
        let bytes: usize = pages.iter().map(|page| page.used()).sum();
        if pages.len() >= 2 && pages.len() * USABLE >= 2 * bytes && self.can_move(bytes) {
            pages.iter().for_each(|page| page.set_evacuated(true));
            self.sparse = pages;
        }
    }

    /// Chooses the pages that the last step of a marking is to empty: the sparsest, so that it is short.
    /// What refers to them is recorded from now on, so nothing is allocated there.
    pub(super) fn choose_sparsest_pages(&mut self) {
        self.choose_sparse_pages();
        self.sparse.sort_by_key(|page| page.used());
        let mut bytes = 0;
        let few = |page: &&Chunk| {
            bytes += page.used();
            bytes <= MOVED_BY_A_STEP
        };
        let few = self.sparse.iter().take_while(few).count();
        self.sparse.drain(few..).for_each(|page| page.set_evacuated(false));
        self.old.exclude_evacuated();
    }

    /// Whether there is room for so many bytes of cells before the pages that they are in leave.
    fn can_move(&self, bytes: usize) -> bool {
        self.committed() + bytes.next_multiple_of(PAGE) + PAGE <= self.options.limit
    }

    /// Moves the marked cells of the chosen pages, and all references to them.
    pub(super) fn compact(&mut self, marker: Marker) {
        let sparse = std::mem::take(&mut self.sparse);
        if sparse.is_empty() {
            return;
        }
        // There was room when they were chosen, which was a while ago if marking went along.
        if !self.can_move(sparse.iter().map(|page| page.live()).sum()) {
            return sparse.into_iter().for_each(|page| page.set_evacuated(false));
        }
        self.old.exclude_evacuated();
        let (mut emptied, mut left) = (Vec::new(), Vec::new());
        for page in sparse {
            if page.live() > 0 && self.move_page(page) {
                emptied.push(page);
            } else {
                left.push(page);
            }
            page.set_evacuated(false);
        }
        for (holder, slot) in marker.recorded.into_iter().chain(marker.stored.slots) {
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
