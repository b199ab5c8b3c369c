//! Memory between cells: room for one that was just allocated, free ranges, and the range that is allocated in.
//!
//! A byte of a chunk belongs to one cell, one [`Room`], one [`FreeRange`] or one [`Bump`]. They are made from one
//! another and not copied, so what is handed out is handed out once.
#![expect(unsafe_code, reason = "cells are made of memory")]

use super::cell::{self, Cell, HEADER, Loaded, WORD};
use super::header::{Header, Kind};
use super::mapping::Mapping;
use super::word::Word;
use core::ops::Range;

/// Bytes of the largest cell that shares a page; larger ones have mappings of their own.
pub const LARGEST_IN_PAGE: usize = 131_072;

/// How far behind a new cell memory is loaded that the next ones will take, in bytes. The processor foresees
/// such stores itself, but not beyond the system's page, each of which began with a wait.
const ALLOCATED_AHEAD: usize = 4096;

/// Memory that was allocated for a cell and does not hold it yet. Dropped, it is free.
#[must_use]
pub struct Room {
    start: usize,
    size: usize,
}

impl Room {
    #[inline(always)]
    pub(super) fn new(start: usize, size: usize) -> Self {
        Self { start, size }
    }

    /// Where the cell begins, which the caller writes.
    #[inline(always)]
    pub(super) fn take(self) -> Cell {
        // SAFETY: the memory is mapped, and the caller formats it before anyone looks at the cell.
        let cell = unsafe { Cell::at(self.start) };
        core::mem::forget(self);
        cell
    }

    /// Makes a cell whose slots are undefined and whose raw bytes are zero.
    ///
    /// # Panics
    /// If the cell would be larger than the room, as for the other functions here.
    #[inline(always)]
    pub fn format(self, kind: Kind, slots: usize) -> Cell {
        let size = self.size;
        let cell = self.format_zeroed(kind, slots);
        for word in HEADER / WORD + slots..size / WORD {
            // SAFETY: the cell has `size` bytes, and raw bytes may be anything.
            unsafe { cell.write(word, 0) };
        }
        cell
    }

    /// As [`format`](Self::format), where the raw bytes are zero already.
    #[inline(always)]
    pub fn format_zeroed(self, kind: Kind, slots: usize) -> Cell {
        let cell = self.format_header(kind, slots);
        for slot in 0..slots {
            // SAFETY: the cell has that many slots; its size was checked.
            unsafe { cell.write(HEADER / WORD + slot, Word::UNDEFINED.bits()) };
        }
        cell
    }

    /// Makes a cell with these slots and no raw bytes: the room is exactly as large. What a new cell costs is how
    /// often it is written to, so two words are written in one where the processor can.
    #[inline(always)]
    pub fn format_with(self, kind: Kind, mut words: impl ExactSizeIterator<Item = Word>) -> Cell {
        let slots = words.len();
        let cell = self.format_header(kind, slots);
        for slot in (0..slots).step_by(2) {
            let index = HEADER / WORD + slot;
            match (words.next(), words.next()) {
                // SAFETY: the cell has one slot for each word of the iterator, and both words came from it.
                (Some(first), Some(second)) => unsafe {
                    write_two(cell, index, first.bits(), second.bits());
                },
                // SAFETY: as above.
                (Some(last), None) => unsafe { cell.write(index, last.bits()) },
                (None, _) => unreachable!("an iterator is shorter than it says"),
            }
        }
        cell
    }

    /// Moves a cell here, and leaves its forwarding address behind.
    ///
    /// # Panics
    /// If the room is not as large as the cell.
    #[inline(always)]
    pub fn receive(self, from: Loaded) -> Loaded {
        let size = self.size;
        assert!(size == from.header().size(), "a cell keeps its size");
        let to = self.take();
        // SAFETY: both have `size` bytes, and an allocation overlaps no cell.
        unsafe { from.cell().copy_to(to, size) };
        // SAFETY: the header was copied with the other words.
        unsafe { from.at(to) }
    }

    #[inline(always)]
    fn format_header(self, kind: Kind, slots: usize) -> Cell {
        let size = self.size;
        assert!(HEADER + WORD * slots <= size, "a cell is shorter than its slots");
        let cell = self.take();
        // SAFETY: room for a cell has at least two words.
        unsafe { write_two(cell, 0, Header::new(kind, slots, size).bits(), 0) };
        cell
    }
}

impl Drop for Room {
    #[cold]
    fn drop(&mut self) {
        format_free(self.start, self.size);
    }
}

/// Writes a word and the next.
///
/// # Safety
/// As [`Cell::write`], for both.
#[inline(always)]
unsafe fn write_two(cell: Cell, index: usize, first: u64, second: u64) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_mm_set_epi64x, _mm_storeu_si128};
        let place = (cell.address() + WORD * index) as *mut u64;
        // SAFETY: SSE2 is part of x86-64.
        let words = unsafe { _mm_set_epi64x(second as i64, first as i64) };
        // SAFETY: both words lie in the cell, as the caller knows, and the store needs no alignment.
        unsafe { _mm_storeu_si128(place.cast(), words) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        // SAFETY: as the caller knows.
        unsafe { cell.write(index, first) };
        // SAFETY: as above.
        unsafe { cell.write(index + 1, second) };
    }
}

/// Writes that `size` bytes are no cell's.
fn format_free(start: usize, size: usize) {
    #[cfg(zeal)]
    // SAFETY: the caller has the memory to itself.
    unsafe {
        super::poison::overwrite(start, start + size);
    }
    // SAFETY: the caller has the memory to itself, and formats it here.
    let cell = unsafe { Cell::at(start) };
    // SAFETY: a range has at least one word.
    unsafe { cell.write(0, Header::new(Kind::Free, 0, size).bits()) };
}

/// Bytes of a page that are no cell's, and are formatted so.
pub struct FreeRange {
    start: usize,
    end: usize,
}

impl FreeRange {
    /// Frees what lies between two addresses of a page; none if nothing does.
    pub(super) fn new(start: usize, end: usize) -> Option<Self> {
        if start == end {
            return None;
        }
        format_free(start, end - start);
        Some(Self { start, end })
    }

    pub fn size(&self) -> usize {
        self.end - self.start
    }

    /// The address of its first byte.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    #[cfg(zeal)]
    pub fn addresses(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// A range that is allocated in from its start on.
#[derive(Default)]
pub struct Bump {
    start: usize,
    top: usize,
    /// Allocation ends here, and may be let go on to `most`.
    end: usize,
    most: usize,
}

impl Bump {
    /// Allocates in a part of a mapping, whose offsets in bytes are given: what lies there is no cell any more.
    ///
    /// # Panics
    /// If it is not a part of the mapping.
    pub fn over(mapping: &Mapping, part: Range<usize>) -> Self {
        assert!(part.start <= part.end && part.end <= mapping.length(), "no part of the mapping");
        let start = mapping.start() + part.start;
        let end = mapping.start() + part.end;
        Self { start, top: start, end, most: end }
    }

    /// Allocates in a free range.
    pub fn in_range(FreeRange { start, end }: FreeRange) -> Self {
        Self { start, top: start, end, most: end }
    }

    /// What is left of the range; nothing is allocated in it any more.
    pub fn retire(&mut self) -> Option<FreeRange> {
        let Self { top, end, .. } = core::mem::take(self);
        FreeRange::new(top, end)
    }

    /// Lets the range be filled with up to `bytes` bytes, or with what is allocated already.
    pub fn bound(&mut self, bytes: usize) {
        self.end = self.start.saturating_add(bytes).min(self.most).max(self.top);
    }

    /// The bytes that the range may be filled with.
    #[cfg(zeal)]
    pub fn room(&self) -> usize {
        self.end - self.start
    }

    #[inline(always)]
    pub fn fits(&self, size: usize) -> bool {
        // Neither is near the end of all addresses.
        size <= LARGEST_IN_PAGE && self.top + size <= self.end
    }

    /// Takes room for a cell of `size` bytes, which are whole words; none of more than [`LARGEST_IN_PAGE`].
    #[inline(always)]
    pub fn allocate(&mut self, size: usize) -> Option<Room> {
        if !self.fits(size) {
            return None;
        }
        let start = self.top;
        self.top += size;
        cell::prefetch(start.wrapping_add(ALLOCATED_AHEAD));
        Some(Room::new(start, size))
    }

    /// Bytes allocated.
    #[inline(always)]
    pub fn used(&self) -> usize {
        self.top - self.start
    }

    /// The address that it begins at.
    #[inline(always)]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Whether a cell lies in the range.
    #[inline(always)]
    pub fn contains(&self, cell: Cell) -> bool {
        (self.start..self.top).contains(&cell.address())
    }

    /// The cells, in the order of their addresses.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let mut cells = Run { next: self.start, end: self.top };
        core::iter::from_fn(move || cells.next())
    }

    /// Takes note of the cells that were allocated since the last time, in a run that began with the range's first.
    #[inline(always)]
    pub fn extend(&self, run: &mut Run) {
        if run.end == 0 {
            run.next = self.start;
        }
        run.end = self.top;
    }
}

/// Cells that lie one behind the other.
#[derive(Default)]
pub struct Run {
    next: usize,
    end: usize,
}

impl Run {
    /// The cells between two addresses.
    #[cfg(zeal)]
    pub(super) fn between(next: usize, end: usize) -> Self {
        Self { next, end }
    }

    pub fn is_empty(&self) -> bool {
        self.next == self.end
    }

    /// Takes a cell in that lies behind the others; else gives those back, and begins anew with the cell.
    #[inline(always)]
    pub fn push(&mut self, cell: Loaded) -> Option<Self> {
        let address = cell.cell().address();
        let end = address + cell.header().size();
        if address == self.end {
            self.end = end;
            return None;
        }
        Some(core::mem::replace(self, Self { next: address, end }))
    }

    /// Takes the first cell out.
    #[inline(always)]
    pub fn next(&mut self) -> Option<Cell> {
        if self.next == self.end {
            return None;
        }
        // SAFETY: from the first cell's start to the last one's end, a cell begins where the one before ends.
        let cell = unsafe { Cell::at(self.next) };
        let size = cell.header().size();
        #[cfg(zeal)]
        assert!(size > 0, "a walk comes to no cell");
        self.next += size;
        Some(cell)
    }
}
