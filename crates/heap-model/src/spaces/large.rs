//! The large-object space: a mapping for each cell (V8's `LargeObjectSpace`).

#[cfg(zeal)]
use crate::memory::cell::Cell;
use crate::memory::chunk::{Chunk, FIRST};
use crate::memory::mapping::{self, Mapping};
use crate::memory::room::Room;

pub(crate) struct LargeSpace {
    mappings: Vec<Mapping>,
    used: usize,
    committed: usize,
    /// How many of the mappings were there at the end of the last sweep; those behind are younger.
    swept: usize,
    /// The share of the bytes made before a sweep that survived it, by the last one that had any.
    survival: f64,
    /// Bytes of cells that were made since the last collection of any kind.
    fresh: usize,
    /// Bytes that scavenges since the last sweep took for survivors.
    guessed: usize,
    /// Bytes that the last sweep found to have survived, beside those.
    promoted: usize,
}

impl Default for LargeSpace {
    fn default() -> Self {
        // What nothing is known of is taken to be kept.
        Self {
            mappings: Vec::new(),
            used: 0,
            committed: 0,
            swept: 0,
            survival: 1.0,
            fresh: 0,
            guessed: 0,
            promoted: 0,
        }
    }
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

    /// Maps room for a cell, of whose bytes the first `written` are written at once.
    pub(super) fn allocate(&mut self, size: usize, written: usize) -> Option<Room> {
        let mapping = Mapping::new(Self::commit(size))?;
        mapping.ask_for_large_pages(size);
        mapping.populate(mapping.start(), written);
        let room = Chunk::first_of(&mapping).format_large(size);
        self.used += size;
        self.fresh += size;
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

    /// Begins a collection: returns the bytes of cells that were made since the last one.
    pub fn age(&mut self) -> usize {
        std::mem::take(&mut self.fresh)
    }

    /// How many of these bytes survive a scavenge (V8 promotes them out of its `NewLargeObjectSpace`), if they are like those
    /// before. Which do, only a sweep tells.
    pub fn guess(&mut self, fresh: usize) -> usize {
        let kept = (fresh as f64 * self.survival) as usize;
        self.guessed += kept;
        kept
    }

    /// The bytes that the last sweep found to have survived for the first time, less those that scavenges guessed.
    pub fn promoted(&self) -> usize {
        self.promoted
    }

    /// Whether a cell would exceed what V8's `NewLargeObjectSpace` takes between collections: one cell, or `capacity` bytes.
    pub fn exceeds(&self, size: usize, capacity: usize) -> bool {
        self.fresh > 0 && self.fresh.saturating_add(size) > capacity
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
        let Self { mappings, used, committed, swept, survival, guessed, promoted, .. } = self;
        (*used, *committed) = (0, 0);
        let (mut made, mut kept) = (0, 0);
        let mut number = 0;
        mappings.retain_mut(|mapping| {
            let chunk = Chunk::first_of(mapping);
            let cell = chunk.first_cell();
            let live = chunk.is_marked(cell);
            let size = cell.size();
            let first = if number < *swept { 0 } else { size };
            made += first;
            if live {
                mapping.truncate(Self::commit(size));
                *used += size;
                *committed += mapping.length();
                kept += first;
            }
            number += 1;
            live
        });
        *swept = mappings.len();
        *promoted = kept.saturating_sub(std::mem::take(guessed));
        if made > 0 {
            *survival = kept as f64 / made as f64;
        }
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
