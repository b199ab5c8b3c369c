//! The large-object space: a mapping for each cell (V8's `LargeObjectSpace`).

#[cfg(zeal)]
use crate::memory::cell::Cell;
use crate::memory::chunk::{Chunk, FIRST};
use crate::memory::mapping::{self, Mapping};
use crate::memory::room::Room;

#[derive(Default)]
pub(crate) struct LargeSpace {
    mappings: Vec<Mapping>,
    used: usize,
    committed: usize,
    /// How many of the mappings were there at the end of the last sweep; those behind are younger.
    swept: usize,
    /// Bytes of cells that survived their first sweep, in the last one.
    promoted: usize,
}

impl LargeSpace {
    /// The size of a large cell's mapping, in bytes.
    pub fn commit(size: usize) -> usize {
        Self::commit_by(size, mapping::system_page())
    }

    /// As [`commit`](Self::commit), where the system's page has `page` bytes, for only whole pages are given back.
    fn commit_by(size: usize, page: usize) -> usize {
        (size + FIRST).next_multiple_of(page)
    }

    pub(super) fn allocate(&mut self, size: usize) -> Option<Room> {
        let mapping = Mapping::new(Self::commit(size))?;
        mapping.ask_for_large_pages(size);
        let room = Chunk::first_of(&mapping).format_large(size);
        self.used += size;
        self.committed += mapping.length();
        self.mappings.push(mapping);
        Some(room)
    }

    pub fn used(&self) -> usize {
        self.used
    }

    pub fn committed(&self) -> usize {
        self.committed
    }

    /// Bytes of cells that survived their first sweep, in the last one (V8 promotes them out of its
    /// `NewLargeObjectSpace`).
    pub fn promoted(&self) -> usize {
        self.promoted
    }

    pub fn chunks(&self) -> impl Iterator<Item = Chunk> {
        self.mappings.iter().map(Chunk::first_of)
    }

    /// Checks the counters against the cells and their mappings.
    #[cfg(zeal)]
    pub fn verify(&self) {
        let sizes = || self.cells().map(|cell| cell.size());
        assert_eq!(self.used, sizes().sum::<usize>(), "large cells are miscounted");
        let lengths = self.mappings.iter().map(Mapping::length);
        assert!(
            lengths.clone().eq(sizes().map(Self::commit)),
            "a large cell's mapping is too long"
        );
        assert_eq!(self.committed, lengths.sum::<usize>(), "large mappings are miscounted");
    }

    #[cfg(zeal)]
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        self.chunks().map(Chunk::first_cell)
    }

    /// Unmaps the cells that are not marked, and the unused pages of those that were trimmed.
    pub fn sweep(&mut self) {
        let Self { mappings, used, committed, swept, promoted } = self;
        (*used, *committed, *promoted) = (0, 0, 0);
        let mut number = 0;
        mappings.retain_mut(|mapping| {
            let chunk = Chunk::first_of(mapping);
            let cell = chunk.first_cell();
            let live = chunk.is_marked(cell);
            if live {
                let size = cell.size();
                mapping.truncate(Self::commit(size));
                *used += size;
                *committed += mapping.length();
                *promoted += if number < *swept { 0 } else { size };
            }
            number += 1;
            live
        });
        *swept = mappings.len();
    }
}

#[cfg(test)]
mod tests {
    use super::LargeSpace;
    use crate::memory::chunk::FIRST;
    use crate::memory::room::LARGEST_IN_PAGE;

    #[test]
    fn a_mapping_is_of_the_systems_pages_and_no_longer_than_need_be() {
        for page in [4 << 10, 16 << 10, 64 << 10] {
            for size in (LARGEST_IN_PAGE..2 * LARGEST_IN_PAGE).step_by(1000) {
                let length = LargeSpace::commit_by(size, page);
                assert!(length.is_multiple_of(page));
                assert!((size + FIRST..size + FIRST + page).contains(&length));
            }
        }
    }
}
