//! The handle stack: the cells that locals refer to (V8's `HandleScopeData`).
//!
//! The stack grows by blocks, none of which moves, and a scope that ends goes back to the block in which it began
//! (V8's `HandleScopeData` and handle blocks). A local is the address of its entry, its [`Place`]. Its scope lives at least
//! as long as its lifetime, and the stack is cut back only when a scope ends: so a local of this heap lies below the top,
//! which needs no check. A local of another heap lies in that heap's blocks.
//!
//! Invariant: `limit` is the end of the block of `top`; the blocks before it are full.
#![expect(unsafe_code, reason = "handles are places that are read by address")]

use super::cell::Cell;
use super::mapping::Mapping;
use super::word::Word;
use core::hash::Hasher;
use core::marker::PhantomData;
use core::ptr::NonNull;
use std::hash::DefaultHasher;

/// The most handles that the open scopes of a heap can have.
pub const MOST: usize = if cfg!(target_pointer_width = "64") { 1 << 25 } else { 1 << 21 };
/// Handles in the first block and in the second. Each later block is twice as long as the one before, so that all
/// together have [`MOST`].
const FIRST: usize = 1 << 15;
const WORD: usize = size_of::<Word>();

/// A place on a heap's handle stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(NonNull<Word>);

// SAFETY: a place alone is a number; only the owner of the heap reads and writes through it.
unsafe impl Send for Place {}
// SAFETY: as above.
unsafe impl Sync for Place {}

/// Where a scope begins: what its end cuts the stack back to.
#[derive(Clone, Copy, Debug)]
pub struct Height {
    top: NonNull<Word>,
    limit: NonNull<Word>,
}

pub struct Handles {
    top: NonNull<Word>,
    limit: NonNull<Word>,
    /// Where the first block begins.
    base: NonNull<Word>,
    /// The mapped blocks, of which only used pages are resident.
    blocks: Vec<Mapping>,
}

// SAFETY: the stack belongs to a heap, and only the owner of the heap uses it.
unsafe impl Send for Handles {}

/// The capacity of the block with this number in handles; `None` if the blocks before it have [`MOST`].
const fn room(number: usize) -> usize {
    let before = if number == 0 { 0 } else { FIRST << (number - 1) };
    if before >= MOST {
        0
    } else if number == 0 {
        FIRST
    } else {
        before
    }
}

/// The start and the end address of a block.
fn range(block: &Mapping) -> (usize, usize) {
    (block.start(), block.start() + block.length())
}

/// A cell, for reading. It borrows the handle stack and with it the heap, so no cell is moved, freed or written
/// meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reading<'a> {
    cell: Cell,
    stack: PhantomData<&'a Handles>,
}

impl<'a> Reading<'a> {
    #[inline(always)]
    pub(super) fn new(cell: Cell, stack: PhantomData<&'a Handles>) -> Self {
        Self { cell, stack }
    }

    #[inline(always)]
    pub fn cell(self) -> Cell {
        self.cell
    }

    /// Another cell of the heap.
    #[inline(always)]
    pub fn of(self, cell: Cell) -> Self {
        Self { cell, ..self }
    }

    /// A double's number.
    ///
    /// # Panics
    /// If the cell is none.
    #[inline(always)]
    pub fn double(self) -> f64 {
        self.cell.double()
    }

    /// A word of the heap, such as one of the cell's slots.
    #[inline(always)]
    pub fn word(self, word: Word) -> ReadWord<'a> {
        ReadWord { word, stack: PhantomData }
    }

    /// The raw bytes behind the slots.
    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        let (start, length) = self.cell.raw();
        // SAFETY: the range lies in the cell and is initialised. The heap is borrowed for the lifetime.
        unsafe { core::slice::from_raw_parts(start.as_ptr(), length) }
    }
}

/// A word that is looked at while the handle stack of its heap is borrowed, and with it the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadWord<'a> {
    word: Word,
    stack: PhantomData<&'a Handles>,
}

impl<'a> ReadWord<'a> {
    /// A word that says itself what it is.
    ///
    /// # Panics
    /// If it refers to a cell.
    pub const fn constant(word: Word) -> Self {
        assert!(word.bits() & 3 != 1, "a constant refers to no cell");
        Self { word, stack: PhantomData }
    }

    #[inline(always)]
    pub fn word(self) -> Word {
        self.word
    }

    /// The cell that it refers to.
    #[inline(always)]
    pub fn cell(self) -> Option<Reading<'a>> {
        Cell::of(self.word).map(|cell| Reading { cell, stack: PhantomData })
    }

    /// Another word of the heap.
    #[inline(always)]
    pub fn of(self, word: Word) -> Self {
        Self { word, ..self }
    }
}

impl Handles {
    /// Makes the first block; `None` if the operating system refuses.
    pub fn new() -> Option<Self> {
        let block = Mapping::new(FIRST * WORD)?;
        let (start, end) = range(&block);
        let base = NonNull::new(start as *mut Word)?;
        Some(Self { top: base, limit: NonNull::new(end as *mut Word)?, base, blocks: vec![block] })
    }

    /// Bytes of a new stack.
    pub const fn first_bytes() -> usize {
        FIRST * WORD
    }

    /// The height of the stack.
    #[inline(always)]
    pub fn height(&self) -> Height {
        Height { top: self.top, limit: self.limit }
    }

    /// Whether a place is one of this stack.
    #[inline(always)]
    pub fn contains(&self, place: Place) -> bool {
        let offset = (place.0.as_ptr() as usize).wrapping_sub(self.base.as_ptr() as usize);
        offset < FIRST * WORD || self.contains_behind(place)
    }

    /// Whether a place lies in a block after the first. The last block is the longest, so it is tried first.
    #[cold]
    #[inline(never)]
    fn contains_behind(&self, place: Place) -> bool {
        let address = place.0.as_ptr() as usize;
        self.blocks.iter().rev().any(|block| address.wrapping_sub(block.start()) < block.length())
    }

    /// Pushes a cell, and returns its place.
    ///
    /// # Panics
    /// If there are [`MOST`] handles already, or the operating system refuses another block.
    #[inline(always)]
    pub fn push(&mut self, cell: Cell) -> Place {
        if self.top == self.limit {
            self.extend();
        }
        let place = Place(self.top);
        // SAFETY: one past a place of the block is in it or at its end.
        self.top = unsafe { self.top.add(1) };
        // SAFETY: the place is within the block, and aligned.
        unsafe { place.0.write(cell.word()) };
        place
    }

    /// Switches to the next block.
    #[cold]
    #[inline(never)]
    fn extend(&mut self) {
        let next = self.current() + 1;
        if next == self.blocks.len() {
            let room = room(next);
            assert!(room > 0, "a heap's open scopes have at most {MOST} handles");
            let block = Mapping::new(room * WORD);
            self.blocks.push(block.expect("the operating system refuses memory for handles"));
        }
        let (start, end) = range(&self.blocks[next]);
        let place = |address: usize| NonNull::new(address as *mut Word).expect("an address");
        (self.top, self.limit) = (place(start), place(end));
    }

    /// The number of the block that the top is of.
    fn current(&self) -> usize {
        let limit = self.limit.as_ptr() as usize;
        self.blocks.iter().position(|block| range(block).1 == limit).expect("the top has a block")
    }

    /// Cuts the stack back to `height` except for one handle, and returns the handle's new place.
    #[inline(always)]
    pub fn keep(&mut self, height: Height, kept: Place) -> Place {
        let cell = self.known(kept);
        self.truncate(height);
        self.push(cell)
    }

    /// The cell of a handle whose scope has not ended; `None` if it is another heap's.
    #[inline(always)]
    pub fn get(&self, place: Place) -> Option<Cell> {
        self.contains(place).then(|| self.known(place))
    }

    /// As [`get`](Self::get), for a handle of this stack.
    #[inline(always)]
    pub fn known(&self, place: Place) -> Cell {
        // SAFETY: the stack holds only references.
        unsafe { Cell::at((self.word(place).bits() - 1) as usize) }
    }

    /// The tagged word of a handle of this stack.
    #[inline(always)]
    pub fn word(&self, place: Place) -> Word {
        debug_assert!(self.contains(place));
        // SAFETY: the place is a handle's, whose scope has not ended, so it lies below its stack's top and was
        // written.
        unsafe { place.0.read() }
    }

    /// The handle's cell, for reading.
    #[inline(always)]
    pub fn reading(&self, place: Place) -> Option<Reading<'_>> {
        Some(Reading { cell: self.get(place)?, stack: PhantomData })
    }

    /// A word of the heap, to be looked at.
    #[inline(always)]
    pub fn reading_word(&self, word: Word) -> ReadWord<'_> {
        ReadWord { word, stack: PhantomData }
    }

    /// A cell of the heap that the stack is of, to be read.
    #[inline(always)]
    pub fn reading_of(&self, cell: Cell) -> Reading<'_> {
        Reading { cell, stack: PhantomData }
    }

    /// Lets a handle refer to another cell.
    ///
    /// # Panics
    /// If it is another heap's.
    #[inline]
    pub fn set(&mut self, place: Place, cell: Cell) {
        assert!(self.contains(place), "a handle of another heap");
        // SAFETY: the place is a handle's, whose scope has not ended, so it lies below its stack's top; the stack is
        // borrowed mutably.
        unsafe { place.0.write(cell.word()) };
    }

    /// The raw bytes of the handle's cell.
    pub fn bytes_mut(&mut self, place: Place) -> Option<&mut [u8]> {
        let cell = self.get(place)?;
        Some(self.bytes_mut_of(cell))
    }

    /// The raw bytes of a cell of the heap.
    pub fn bytes_mut_of(&mut self, cell: Cell) -> &mut [u8] {
        let (start, length) = cell.raw();
        // SAFETY: the range lies in the cell and is initialised. The stack is borrowed mutably, and with it the heap.
        unsafe { core::slice::from_raw_parts_mut(start.as_ptr(), length) }
    }

    /// Cuts the stack back to where a scope began.
    #[inline(always)]
    pub fn truncate(&mut self, height: Height) {
        (self.top, self.limit) = (height.top, height.limit);
    }

    /// Bytes of the stack that are used.
    pub fn used(&self) -> usize {
        self.filled().map(|(_, length)| length * WORD).sum()
    }

    /// The number of bytes of handles, at most `most`, and a hash of them. O(handles).
    pub fn fingerprint(&self, most: usize) -> (usize, u64) {
        let mut hasher = DefaultHasher::new();
        let count = self.iter().take(most / WORD).fold(0, |count, word| {
            hasher.write_u64(word.bits());
            count + 1
        });
        (count * WORD, hasher.finish())
    }

    /// Unmaps the blocks after the current one, and gives the memory above the top back to the operating system.
    pub fn release(&mut self) {
        self.blocks.truncate(self.current() + 1);
        let (top, limit) = (self.top.as_ptr() as usize, self.limit.as_ptr() as usize);
        if let Some(block) = self.blocks.last() {
            block.release(top, limit - top);
        }
    }

    /// The first handle and the number of handles of each block that has some.
    fn filled(&self) -> impl Iterator<Item = (NonNull<Word>, usize)> + use<'_> {
        let current = self.current();
        self.blocks[..=current].iter().enumerate().filter_map(move |(number, block)| {
            let start = NonNull::new(block.start() as *mut Word)?;
            let top = if number == current { self.top.as_ptr() as usize } else { range(block).1 };
            Some((start, (top - block.start()) / WORD))
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = &Word> {
        self.filled().flat_map(|(start, length)| {
            // SAFETY: the entries between start and top were written, and are borrowed with the stack.
            unsafe { core::slice::from_raw_parts(start.as_ptr(), length) }
        })
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Word> {
        self.filled().flat_map(|(start, length)| {
            // SAFETY: as above, and borrowed mutably; no two blocks overlap.
            unsafe { core::slice::from_raw_parts_mut(start.as_ptr(), length) }
        })
    }
}

const _: () = assert!(room(0) == FIRST && room(1) == FIRST && room(2) == 2 * FIRST);

#[cfg(test)]
mod tests {
    use super::{FIRST, Handles, MOST, Place, room};
    use crate::memory::cell::Cell;
    use crate::memory::word::Word;

    fn cell(number: usize) -> Cell {
        // SAFETY: nobody reads the cell.
        unsafe { Cell::at(8 * (number + 1)) }
    }

    #[test]
    fn all_blocks_have_room_for_as_many_as_there_can_be() {
        let rooms: Vec<usize> = (0..).map(room).take_while(|room| *room > 0).collect();
        assert_eq!(rooms.iter().sum::<usize>(), MOST);
    }

    #[test]
    fn handles_of_all_blocks_stay_where_they_are_until_their_scope_ends() {
        let mut handles = Handles::new().unwrap();
        let other = Handles::new().unwrap();
        let empty = handles.height();
        let outer: Vec<Place> = (0..FIRST - 1).map(|number| handles.push(cell(number))).collect();
        let height = handles.height();
        let count = 5 * FIRST;
        let inner: Vec<Place> =
            (FIRST - 1..count).map(|number| handles.push(cell(number))).collect();
        for (number, place) in outer.iter().chain(&inner).enumerate() {
            assert!(handles.contains(*place) && !other.contains(*place));
            assert_eq!(handles.known(*place), cell(number));
        }
        assert_eq!(handles.used(), 8 * count);
        let words: Vec<Word> = (0..count).map(|number| cell(number).word()).collect();
        assert!(handles.iter().eq(&words));
        handles.iter_mut().zip(1..).for_each(|(word, number)| *word = cell(number).word());
        let kept = handles.keep(height, inner[count - FIRST]);
        assert_eq!(handles.known(kept), cell(count));
        assert_eq!(handles.used(), 8 * FIRST);
        // The first block is full, and the next one exists.
        assert_eq!(handles.push(cell(7)), inner[1]);
        handles.release();
        assert!(handles.contains(inner[1]) && !handles.contains(inner[count - FIRST]));
        assert_eq!(handles.iter().last(), Some(&cell(7).word()));
        handles.truncate(empty);
        handles.release();
        assert_eq!((handles.used(), handles.iter().count()), (0, 0));
        assert!(!handles.contains(inner[1]));
        handles.push(cell(0));
        handles.truncate(empty);
        assert_eq!(handles.used(), 0);
    }
}
