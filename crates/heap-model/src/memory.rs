//! Chunks: real memory mapped from the operating system, and the cells in it. No unsafe code.
//!
//! Invariant: in an old page or a large chunk, `starts` has a bit for each cell and no other; in a
//! semi-space the cells lie one behind the other from its start to `top`.

use crate::cell::{self, HEADER, Kind, Place};
use memmap2::MmapMut;

/// V8's page, in bytes, and how many of them cells can use.
pub const PAGE: usize = 262_144;
pub const USABLE: usize = 257_720;
/// Larger cells have a mapping of their own.
pub const LARGEST_IN_PAGE: usize = 131_072;
const PAGE_HEADER: usize = PAGE - USABLE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    New,
    Old,
    Large,
    /// Committed, but without cells.
    Reserved,
}

pub struct Chunk {
    map: MmapMut,
    pub space: Space,
    /// The end of the cells in a semi-space.
    pub top: usize,
    /// Cells and their bytes (old and large).
    pub starts: Vec<u32>,
    pub used: usize,
}

#[derive(Default)]
pub struct Memory {
    chunks: Vec<Option<Chunk>>,
    vacant: Vec<u32>,
    pub committed: usize,
}

/// What a large cell's mapping takes, in bytes.
pub fn large_commit(size: usize) -> usize {
    (size + PAGE_HEADER).next_multiple_of(4096)
}

/// Where the cells of a chunk begin.
pub fn first(space: Space) -> usize {
    if space == Space::New { 0 } else { PAGE_HEADER }
}

impl Memory {
    /// Maps a chunk; `None` if the operating system refuses.
    pub fn map(&mut self, space: Space, bytes: usize) -> Option<u32> {
        let map = MmapMut::map_anon(bytes).ok()?;
        let chunk = Chunk { map, space, top: 0, starts: Vec::new(), used: 0 };
        self.committed += bytes;
        if self.chunks.is_empty() {
            self.chunks.push(None);
        }
        Some(match self.vacant.pop() {
            Some(id) => {
                self.chunks[id as usize] = Some(chunk);
                id
            }
            None => {
                self.chunks.push(Some(chunk));
                (self.chunks.len() - 1) as u32
            }
        })
    }

    /// Touches every page of a chunk, so that it is resident.
    pub fn touch(&mut self, id: u32) {
        self.chunk_mut(id).map.fill(0xB0);
    }

    pub fn unmap(&mut self, id: u32) {
        if let Some(chunk) = self.chunks[id as usize].take() {
            self.committed -= chunk.map.len();
            self.vacant.push(id);
        }
    }

    pub fn ids(&self, space: Space) -> Vec<u32> {
        let of = |(id, chunk): (usize, &Option<Chunk>)| {
            chunk.as_ref().filter(|chunk| chunk.space == space).map(|_| id as u32)
        };
        self.chunks.iter().enumerate().filter_map(of).collect()
    }

    pub fn chunk(&self, id: u32) -> &Chunk {
        self.chunks[id as usize].as_ref().expect("a mapped chunk")
    }

    pub fn chunk_mut(&mut self, id: u32) -> &mut Chunk {
        self.chunks[id as usize].as_mut().expect("a mapped chunk")
    }

    pub fn capacity(&self, id: u32) -> usize {
        self.chunk(id).map.len()
    }

    pub fn is_young(&self, place: Place) -> bool {
        self.chunk(place.chunk).space == Space::New
    }

    pub fn word(&self, place: Place, index: usize) -> u64 {
        let at = place.offset as usize + 8 * index;
        let bytes = &self.chunk(place.chunk).map[at..at + 8];
        u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
    }

    pub fn set_word(&mut self, place: Place, index: usize, word: u64) {
        let at = place.offset as usize + 8 * index;
        self.chunk_mut(place.chunk).map[at..at + 8].copy_from_slice(&word.to_le_bytes());
    }

    pub fn header(&self, place: Place) -> u64 {
        self.word(place, 0)
    }

    pub fn kind(&self, place: Place) -> Kind {
        cell::kind(self.header(place))
    }

    pub fn slots(&self, place: Place) -> usize {
        cell::slots(self.header(place))
    }

    pub fn flag(&self, place: Place, flag: u64) -> bool {
        self.header(place) & flag != 0
    }

    pub fn set_flag(&mut self, place: Place, flag: u64, on: bool) {
        let header = self.header(place);
        self.set_word(place, 0, if on { header | flag } else { header & !flag });
    }

    /// A cell's size in bytes.
    pub fn size(&self, place: Place) -> usize {
        8 * (self.word(place, 1) & 0xFFFF_FFFF) as usize
    }

    pub fn slot(&self, place: Place, slot: usize) -> u64 {
        self.word(place, HEADER / 8 + slot)
    }

    pub fn set_slot(&mut self, place: Place, slot: usize, word: u64) {
        self.set_word(place, HEADER / 8 + slot, word);
    }

    fn raw_range(&self, place: Place) -> core::ops::Range<usize> {
        let start = place.offset as usize;
        start + HEADER + 8 * self.slots(place)..start + self.size(place)
    }

    pub fn raw(&self, place: Place) -> &[u8] {
        &self.chunk(place.chunk).map[self.raw_range(place)]
    }

    pub fn raw_mut(&mut self, place: Place) -> &mut [u8] {
        let range = self.raw_range(place);
        &mut self.chunk_mut(place.chunk).map[range]
    }

    /// Writes a fresh cell: slots undefined, raw bytes zero.
    pub fn write_cell(&mut self, place: Place, kind: Kind, size: usize, slots: usize) {
        let start = place.offset as usize;
        let bytes = &mut self.chunk_mut(place.chunk).map[start..start + size];
        bytes[..8].copy_from_slice(&cell::header(kind, slots).to_le_bytes());
        bytes[8..16].copy_from_slice(&(size as u64 / 8).to_le_bytes());
        let (tagged, raw) = bytes[HEADER..].split_at_mut(8 * slots);
        for slot in tagged.chunks_exact_mut(8) {
            slot.copy_from_slice(&cell::UNDEFINED.to_le_bytes());
        }
        raw.fill(0);
    }

    /// Copies a cell to another chunk.
    pub fn copy_cell(&mut self, from: Place, to: Place) {
        let size = self.size(from);
        let source = self.chunks[from.chunk as usize].take().expect("a mapped chunk");
        let bytes = &source.map[from.offset as usize..from.offset as usize + size];
        let start = to.offset as usize;
        self.chunk_mut(to.chunk).map[start..start + size].copy_from_slice(bytes);
        self.chunks[from.chunk as usize] = Some(source);
    }
}
