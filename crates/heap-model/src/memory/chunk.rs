//! Chunks: V8's pages of 256 KiB, and the mappings of large cells, which begin like one.
//!
//! A chunk begins with its header: counters and flags, then a mark bit for each word of a page. A cell begins in the first
//! page of its chunk, so masking its address finds the chunk.
#![expect(unsafe_code, reason = "headers of chunks are found by address")]

use super::cell::{BEFORE_LARGE, Cell, WORD};
use super::mapping::{Mapping, PAGE};
use super::room::{FreeRange, Room};
use core::ptr::NonNull;

/// Bytes of a page that cells can use.
pub const USABLE: usize = 257_720;
/// The offset of the first cell of a chunk.
pub const FIRST: usize = PAGE - USABLE;

const MARKS: usize = PAGE / WORD / 64;
/// The prefetch distance of iteration, in words of marks, each of which stands for 512 bytes.
const MARKS_AHEAD: usize = 8;

#[repr(C)]
struct Head {
    /// Live bytes: those of marked cells.
    live: usize,
    /// Bytes allocated since marking.
    taken: usize,
    /// The chunk is an evacuation candidate: references into it are recorded, because its cells will be moved.
    evacuated: bool,
    /// The chunk is not swept: its live cells are marked, and its dead cells are not on a free list yet.
    unswept: bool,
    marks: [u64; MARKS],
}

const _: () =
    assert!(size_of::<Head>() + BEFORE_LARGE <= FIRST, "the header fits before the cells");

/// A chunk that is mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chunk(NonNull<Head>);

// SAFETY: a chunk belongs to a heap, and only the owner of the heap uses it.
unsafe impl Send for Chunk {}

impl Chunk {
    /// The chunk at an address.
    ///
    /// # Safety
    /// The address is a multiple of [`PAGE`] in a mapping, and a page or a large cell's mapping begins there.
    pub(super) unsafe fn at(address: usize) -> Self {
        debug_assert!(address.is_multiple_of(PAGE) && address != 0);
        // SAFETY: no mapping begins at address 0.
        Self(unsafe { NonNull::new_unchecked(address as *mut Head) })
    }

    /// The chunk of a cell that is not young.
    #[inline(always)]
    pub fn of(cell: Cell) -> Self {
        Self::around(cell.address())
    }

    /// The chunk of an address in the first page of a chunk.
    #[inline(always)]
    pub(super) fn around(address: usize) -> Self {
        // SAFETY: a cell begins in the first page of its chunk, and chunks are aligned to pages.
        unsafe { Self::at(address & !(PAGE - 1)) }
    }

    /// The page of a free range.
    pub fn of_range(range: &FreeRange) -> Self {
        Self::around(range.start())
    }

    /// The chunk that a mapping begins with.
    pub fn first_of(mapping: &Mapping) -> Self {
        // SAFETY: mappings are aligned to pages.
        unsafe { Self::at(mapping.start()) }
    }

    /// The pages of a mapping, the first one first.
    pub fn pages_of(mapping: &Mapping) -> impl DoubleEndedIterator<Item = Self> {
        // SAFETY: mappings are aligned to pages.
        let page = |number| unsafe { Self::at(mapping.start() + number * PAGE) };
        (0..mapping.length() / PAGE).map(page)
    }

    /// Formats the chunk as an empty page, and returns its memory.
    pub fn format_page(self) -> Option<FreeRange> {
        self.format();
        FreeRange::new(self.first(), self.end())
    }

    /// Formats the chunk for one large cell of `size` bytes; the mapping is long enough.
    pub fn format_large(self, size: usize) -> Room {
        self.format();
        Room::new(self.first(), size)
    }

    /// Writes a new header.
    fn format(self) {
        let head = Head { live: 0, taken: 0, evacuated: false, unswept: false, marks: [0; MARKS] };
        // SAFETY: the chunk is mapped, aligned, and at least a header long.
        unsafe { self.0.write(head) };
    }

    pub fn address(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// The address of its first cell.
    fn first(self) -> usize {
        self.address() + FIRST
    }

    /// The first cell: of a large cell's chunk, that cell.
    pub fn first_cell(self) -> Cell {
        // SAFETY: behind its header a formatted chunk has a cell, or free memory with a cell's header.
        unsafe { Cell::at(self.first()) }
    }

    /// The end address of a page's cells.
    fn end(self) -> usize {
        self.address() + PAGE
    }

    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: the chunk is mapped and formatted; the heap is used by one thread at a time, and no
        // reference to the header is kept.
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    fn head_mut(&mut self) -> &mut Head {
        // SAFETY: as above.
        unsafe { self.0.as_mut() }
    }

    pub fn live(self) -> usize {
        self.head().live
    }

    /// Bytes of cells, including those that died since the last marking.
    pub fn used(self) -> usize {
        self.head().live + self.head().taken
    }

    /// Counts `bytes` bytes that were allocated, or given back.
    pub fn take(mut self, bytes: isize) {
        let head = self.head_mut();
        head.taken = head.taken.saturating_add_signed(bytes);
    }

    /// Resets the allocated bytes: after marking, their cells are marked or dead.
    pub fn clear_taken(mut self) {
        self.head_mut().taken = 0;
    }

    #[inline(always)]
    pub fn is_evacuated(self) -> bool {
        self.head().evacuated
    }

    pub fn set_evacuated(mut self, evacuated: bool) {
        self.head_mut().evacuated = evacuated;
    }

    pub fn is_unswept(self) -> bool {
        self.head().unswept
    }

    pub fn set_unswept(mut self, unswept: bool) {
        self.head_mut().unswept = unswept;
    }

    /// Clears all marks.
    pub fn clear_marks(mut self) {
        let head = self.head_mut();
        head.live = 0;
        head.marks.fill(0);
    }

    /// Marks a cell of the chunk. Returns whether it was not marked before.
    #[inline(always)]
    pub fn mark(mut self, cell: Cell) -> bool {
        let word = (cell.address() & (PAGE - 1)) / WORD;
        let bit = 1 << (word % 64);
        let marks = &mut self.head_mut().marks[word / 64];
        let fresh = *marks & bit == 0;
        *marks |= bit;
        fresh
    }

    #[inline(always)]
    pub fn add_live(mut self, bytes: usize) {
        self.head_mut().live += bytes;
    }

    /// Counts that a marked cell has become smaller.
    pub fn remove_live(mut self, bytes: usize) {
        self.head_mut().live -= bytes;
    }

    /// Clears the mark of a cell of `size` bytes that was moved.
    pub fn unmark(mut self, cell: Cell, size: usize) {
        let word = (cell.address() & (PAGE - 1)) / WORD;
        let head = self.head_mut();
        head.marks[word / 64] &= !(1 << (word % 64));
        head.live -= size;
    }

    #[inline(always)]
    pub fn is_marked(self, cell: Cell) -> bool {
        let word = (cell.address() & (PAGE - 1)) / WORD;
        self.head().marks[word / 64] & 1 << (word % 64) != 0
    }

    /// The marked cells of a page, in address order, with prefetch.
    pub fn marked(self) -> impl Iterator<Item = Cell> {
        (FIRST / WORD / 64..MARKS).flat_map(move |index| {
            if index + MARKS_AHEAD < MARKS {
                self.marked_in(index + MARKS_AHEAD).for_each(Cell::prefetch);
            }
            self.marked_in(index)
        })
    }

    /// The cells whose marks are in a word.
    #[inline(always)]
    fn marked_in(self, index: usize) -> impl Iterator<Item = Cell> {
        let mut bits = self.head().marks[index];
        core::iter::from_fn(move || {
            let bit = bits.trailing_zeros() as usize;
            bits &= bits.checked_sub(1)?;
            // SAFETY: a mark is only set for a cell, and is cleared before the cell is freed.
            Some(unsafe { Cell::at(self.address() + (index * 64 + bit) * WORD) })
        })
    }

    /// Frees the memory between the marked cells of a page. Its unmarked cells are not used from now on.
    pub fn sweep(self, mut free: impl FnMut(FreeRange)) {
        let mut start = self.first();
        for cell in self.marked() {
            FreeRange::new(start, cell.address()).into_iter().for_each(&mut free);
            start = cell.address() + cell.header().size_in_page();
        }
        FreeRange::new(start, self.end()).into_iter().for_each(free);
    }

    /// Frees a cell of a page; the next sweep takes its memory.
    pub fn free(self, cell: Cell, size: usize) {
        drop(Room::new(cell.address(), size));
    }

    /// The cells and free ranges of a page, in address order.
    #[cfg(zeal)]
    pub fn cells(self) -> impl Iterator<Item = Cell> {
        let mut cells = super::room::Run::between(self.first(), self.end());
        core::iter::from_fn(move || cells.next())
    }

    /// Poisons an empty page.
    #[cfg(zeal)]
    pub fn poison(self) {
        // SAFETY: the page is mapped, and its cells are dead.
        unsafe { super::poison::overwrite(self.first(), self.end()) };
    }

    /// Whether a free range lies among the cells of the page.
    #[cfg(zeal)]
    pub fn spans(self, range: &core::ops::Range<usize>) -> bool {
        range.start >= self.first() && range.end <= self.end()
    }
}
