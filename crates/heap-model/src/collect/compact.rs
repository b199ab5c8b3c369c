//! Compaction: the cells of sparse pages move together, so that the pages can leave (V8's
//! evacuation of fragmented pages). No unsafe code.

use super::Marker;
use crate::doubles::is_identified;
use crate::heap::Heap;
use crate::raw::cell::Cell;
use crate::raw::chunk::{Chunk, PAGE, USABLE};

/// How many bytes the last step of a marking moves at the most (V8's `max_evacuated_bytes`).
pub(super) const MOVED_BY_A_STEP: usize = 4 << 20;

/// Pages are sparse when at most this part of them was live.
const SPARSE: usize = USABLE * 4 / 10;
const NEARLY_FULL: usize = USABLE * 9 / 10;

impl Heap {
    /// Chooses the pages to be emptied, with up to `most` bytes of cells: the sparsest first, as long as there is
    /// room to move their cells to. As a `last` resort any page that is not nearly full is one, and what is free
    /// in the others is room too.
    pub(super) fn choose_sparse_pages(&mut self, most: usize, last: bool) {
        let fullest = if last { NEARLY_FULL } else { SPARSE };
        let mut pages: Vec<Chunk> =
            self.old.pages().iter().filter(|page| page.used() <= fullest).copied().collect();
        pages.sort_by_key(|page| page.used());
        let mut room = self.options.limit.saturating_sub(self.committed()) / PAGE * USABLE;
        if last {
            // Not all of it will be of use.
            room += self.old.spare() / 4 * 3;
        }
        let (mut chosen, mut bytes) = (0, 0);
        for page in &pages {
            bytes += page.used();
            if last {
                room = room.saturating_sub((USABLE - page.used()) / 4 * 3);
            }
            if bytes > room.min(most) {
                break;
            }
            chosen += 1;
        }
        pages.truncate(chosen);
        if pages.len() >= 2 {
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
        self.old.exclude_evacuated();
        let (mut emptied, mut left, mut doubles) = (Vec::new(), Vec::new(), Vec::new());
        for page in sparse {
            if page.live() > 0 && self.move_page(page, &mut doubles) {
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
        for word in self.handles.iter_mut() {
            *word = Self::followed(*word);
        }
        let moved = |cell: Cell| Cell::of(Self::followed(cell.word()));
        self.globals.for_each(|cell| *cell = moved(*cell).expect("a cell"));
        self.follow_weak_handles(moved);
        self.doubles.follow(doubles);
        self.natives.for_each(|native| native.cell = moved(native.cell).expect("a cell"));
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
        for page in left {
            for cell in page.marked() {
                // It went before memory was refused: its page is walked again, and counted without it.
                if let Some(moved) = cell.header().forwarded().and_then(Cell::of) {
                    let size = moved.header().size();
                    cell.format_free(size);
                    page.unmark(cell, size);
                }
            }
        }
    }

    /// Moves a page's cells, and notes the `doubles` among them that have identities. False if the limit or the
    /// operating system refuses memory, and then some stay.
    fn move_page(&mut self, page: Chunk, doubles: &mut Vec<Cell>) -> bool {
        let mut whole = true;
        for cell in page.marked() {
            let header = cell.header();
            let size = header.size();
            let room = self.old.allocate(size).or_else(|| {
                let more = self.committed() + PAGE <= self.options.limit;
                if more {
                    self.old.allocate_surely(size)
                } else {
                    self.old.allocate_thoroughly(size)
                }
            });
            match room {
                Some(to) => {
                    cell.move_to(to, size);
                    self.old.moved(size);
                    if is_identified(header) {
                        doubles.push(cell);
                    }
                }
                None => whole = false,
            }
        }
        whole
    }
}
