//! Memory without cells: room for a cell that is being allocated, free ranges, and bump ranges.
//!
//! A byte of a chunk belongs to one cell, one [`Room`], one [`FreeRange`] or one [`Bump`]. They are made from one
//! another and not copied, so memory is handed out once.
#![expect(unsafe_code, reason = "cells are made of memory")]

use super::cell::{self, Cell, HEADER, Loaded, WORD};
use super::header::{Header, Kind, Tag};
use super::mapping::Mapping;
use super::word::Word;
use core::ops::Range;

/// Bytes of the largest cell that shares a page; larger ones have mappings of their own.
pub const LARGEST_IN_PAGE: usize = 131_072;

/// Prefetch distance of allocation in bytes. The processor's own prefetch stops at the end of the system's page, so each
/// page would begin with a wait.
const ALLOCATED_AHEAD: usize = 4096;

/// Memory that was allocated for a cell and is not formatted yet. Dropping it frees the memory.
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

    /// The cell, which the caller formats.
    #[inline(always)]
    pub(super) fn take(self) -> Cell {
        // SAFETY: the memory is mapped, and the caller formats it before the cell is used.
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
        let cell = self.format_header(kind, Tag::NONE, slots);
        fill(cell, slots);
        for word in HEADER / WORD + slots..size / WORD {
            // SAFETY: the cell has `size` bytes, and raw bytes may be anything.
            unsafe { cell.write(word, 0) };
        }
        cell
    }

    /// As [`format`](Self::format), in the room of a large cell, whose raw bytes are zero already.
    pub fn format_large(self, kind: Kind, slots: usize) -> Cell {
        let size = self.size;
        assert!(size > LARGEST_IN_PAGE, "a large cell has a mapping of its own");
        assert!(size >= HEADER + WORD * slots, "a cell is shorter than its slots");
        let cell = self.take();
        // SAFETY: only `Chunk::format_large` makes as much room, and it lies behind that many bytes.
        unsafe { cell.set_large(slots, size) };
        let header = Header::new(kind, slots.min(Header::MANY), 0);
        // SAFETY: room for a cell has at least two words.
        unsafe { write_two(cell, 0, header.bits(), 0) };
        fill(cell, slots);
        cell
    }

    /// Makes a cell with a tag, these slots and no raw bytes; the room has exactly that size. The cost of a new cell is the number
    /// of stores, so two words are written by one store where the processor can.
    #[inline(always)]
    pub fn format_with(
        self,
        kind: Kind,
        tag: Tag,
        mut words: impl ExactSizeIterator<Item = Word>,
    ) -> Cell {
        let slots = words.len();
        let cell = self.format_header(kind, tag, slots);
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

    /// Makes a record of a type's number, whose slots and raw bytes the caller fills.
    #[inline(always)]
    pub(super) fn format_record(self, slots: usize, size: usize, number: u32, tag: Tag) -> Cell {
        assert!(size == self.size && size <= LARGEST_IN_PAGE, "a record is as large as its room");
        let cell = self.take();
        let header = Header::new(Kind::Record, slots, size).with_tag(tag);
        // SAFETY: room for a cell has at least two words.
        unsafe { write_two(cell, 0, header.bits(), u64::from(number) << 32) };
        cell
    }

    /// Moves a cell here, and leaves its forwarding address behind.
    ///
    /// # Panics
    /// If the room is not as large as the cell.
    #[inline(always)]
    pub fn receive(self, from: Loaded) -> Loaded {
        let size = self.size;
        assert!(size == from.header().size_in_page(), "a cell keeps its size");
        let to = self.take();
        // SAFETY: the cell and the room have `size` bytes, and room overlaps no cell.
        unsafe { from.cell().copy_to(to, size) };
        // SAFETY: the header was copied with the other words.
        unsafe { from.at(to) }
    }

    #[inline(always)]
    fn format_header(self, kind: Kind, tag: Tag, slots: usize) -> Cell {
        let size = self.size;
        assert!(HEADER + WORD * slots <= size, "a cell is shorter than its slots");
        assert!(size <= LARGEST_IN_PAGE, "a cell in a page is not large");
        let cell = self.take();
        let header = Header::new(kind, slots, size).with_tag(tag);
        // SAFETY: room for a cell has at least two words.
        unsafe { write_two(cell, 0, header.bits(), 0) };
        cell
    }
}

/// Makes the slots of a cell undefined.
#[inline(always)]
fn fill(cell: Cell, slots: usize) {
    for slot in 0..slots {
        // SAFETY: the cell has that many slots, which was checked when its header was written.
        unsafe { cell.write(HEADER / WORD + slot, Word::UNDEFINED.bits()) };
    }
}

impl Drop for Room {
    #[cold]
    fn drop(&mut self) {
        format_free(self.start, self.size);
    }
}

/// Writes two successive words.
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

impl Cell {
    /// Writes two slots of a new cell, from `slot` on.
    ///
    /// # Safety
    /// The cell has both.
    #[inline(always)]
    pub(super) unsafe fn write_slots(self, slot: usize, first: Word, second: Word) {
        // SAFETY: as the caller knows.
        unsafe { write_two(self, HEADER / WORD + slot, first.bits(), second.bits()) };
    }
}

/// Formats `size` bytes as free.
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

/// Bytes of a page that are formatted as free.
pub struct FreeRange {
    start: usize,
    end: usize,
}

impl FreeRange {
    /// Frees the memory between two addresses of a page; `None` if they are equal.
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

/// A range for bump allocation.
#[derive(Default)]
pub struct Bump {
    start: usize,
    top: usize,
    /// Allocation ends here; it may be extended up to `most`.
    end: usize,
    most: usize,
}

impl Bump {
    /// A bump range in a mapping, from byte offsets. Cells that were there end.
    ///
    /// # Panics
    /// If the range does not lie in the mapping.
    pub fn over(mapping: &Mapping, part: Range<usize>) -> Self {
        assert!(part.start <= part.end && part.end <= mapping.length(), "no part of the mapping");
        let start = mapping.start() + part.start;
        let end = mapping.start() + part.end;
        Self { start, top: start, end, most: end }
    }

    /// A bump range of a free range.
    pub fn in_range(FreeRange { start, end }: FreeRange) -> Self {
        Self { start, top: start, end, most: end }
    }

    /// Ends the bump range, and returns the rest of it.
    pub fn retire(&mut self) -> Option<FreeRange> {
        let Self { top, end, .. } = core::mem::take(self);
        FreeRange::new(top, end)
    }

    /// Bounds the range to `bytes` bytes, at least to what is allocated already.
    pub fn bound(&mut self, bytes: usize) {
        self.end = self.start.saturating_add(bytes).min(self.most).max(self.top);
    }

    /// The bound of the range, in bytes.
    #[cfg(zeal)]
    pub fn room(&self) -> usize {
        self.end - self.start
    }

    #[inline(always)]
    pub fn fits(&self, size: usize) -> bool {
        // Neither is near the end of the address space.
        size <= LARGEST_IN_PAGE && self.top + size <= self.end
    }

    /// Takes room for a cell of `size` bytes, which are whole words and at most [`LARGEST_IN_PAGE`].
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

    /// The start address.
    #[inline(always)]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Whether a cell lies in the range.
    #[inline(always)]
    pub fn contains(&self, cell: Cell) -> bool {
        (self.start..self.top).contains(&cell.address())
    }

    /// The cells, in address order.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let mut cells = Run { next: self.start, end: self.top };
        core::iter::from_fn(move || cells.next())
    }

    /// Extends a run, which began with the range's first cell, by the cells that were allocated since the last call.
    #[inline(always)]
    pub fn extend(&self, run: &mut Run) {
        if run.end == 0 {
            run.next = self.start;
        }
        run.end = self.top;
    }
}

/// A run: cells that lie one behind the other.
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

    /// Adds a cell that lies behind the others. Another cell begins a new run, and the old one is returned.
    #[inline(always)]
    pub fn push(&mut self, cell: Loaded) -> Option<Self> {
        let address = cell.cell().address();
        let end = address + cell.header().size_in_page();
        if address == self.end {
            self.end = end;
            return None;
        }
        Some(core::mem::replace(self, Self { next: address, end }))
    }

    /// Removes the first cell.
    #[inline(always)]
    pub fn next(&mut self) -> Option<Cell> {
        if self.next == self.end {
            return None;
        }
        // SAFETY: from the first cell's start to the last one's end, a cell begins where the one before ends.
        let cell = unsafe { Cell::at(self.next) };
        let size = cell.header().size_in_page();
        #[cfg(zeal)]
        assert!(size > 0, "a walk comes to no cell");
        self.next += size;
        Some(cell)
    }
}
