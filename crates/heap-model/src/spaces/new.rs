//! The new space: two semi-spaces, and bump allocation in one of them (Cheney 1970; V8's `SemiSpaceNewSpace`).
//!
//! Both semi-spaces are reserved at their maximum; their capacity is committed. A survivor of one scavenge lies below the
//! age mark and is promoted by the next.

use crate::memory::cell::Cell;
use crate::memory::mapping::{Mapping, PAGE};
use crate::memory::room::{Bump, Room, Run};
use crate::memory::word::Word;

pub(crate) struct NewSpace {
    mapping: Mapping,
    /// The addresses of both semi-spaces: where they begin, and how many bytes they are.
    range: (usize, usize),
    /// The largest and the current size of a semi-space, in bytes.
    maximum: usize,
    capacity: usize,
    /// Bytes by which the semi-space in use has grown beyond its capacity until the next collection.
    beyond: usize,
    /// The semi-space that is in use: the first or the second, and its cells.
    half: usize,
    bump: Bump,
    /// Bytes of cells that have survived a scavenge.
    aged: usize,
    /// The high-water mark of bytes written in each semi-space since it was last released.
    touched: [usize; 2],
    /// The semi-space that is not in use is counted as committed: from the first collection on.
    both: bool,
}

/// The semi-space that a scavenge empties.
#[derive(Clone, Copy)]
pub(crate) struct FromSpace {
    start: usize,
    maximum: usize,
    age_mark: usize,
}

impl FromSpace {
    /// Whether a reference's word refers into it.
    #[inline(always)]
    pub fn contains(self, word: Word) -> bool {
        word.lies_in(self.start, self.maximum)
    }

    /// Whether the cell has survived a scavenge already.
    #[inline(always)]
    pub fn is_aged(self, cell: Cell) -> bool {
        cell.address() < self.age_mark
    }
}

impl NewSpace {
    pub(super) fn new(capacity: usize, maximum: usize) -> Option<Self> {
        let maximum = maximum.max(capacity);
        let mapping = Mapping::new(maximum.checked_mul(2)?)?;
        mapping.ask_for_large_pages(capacity);
        let range = (mapping.start(), 2 * maximum);
        let mut bump = Bump::over(&mapping, 0..maximum);
        bump.bound(capacity);
        Some(Self {
            mapping,
            range,
            maximum,
            capacity,
            beyond: 0,
            half: 0,
            bump,
            aged: 0,
            touched: [0; 2],
            both: false,
        })
    }

    /// Takes room for a cell.
    #[inline(always)]
    pub fn allocate(&mut self, size: usize) -> Option<Room> {
        self.bump.allocate(size)
    }

    /// Whether a reference's word refers to a young cell.
    #[inline(always)]
    pub fn contains(&self, word: Word) -> bool {
        word.lies_in(self.range.0, self.range.1)
    }

    /// The addresses of both semi-spaces: where they begin, and how many bytes they are.
    pub fn range(&self) -> (usize, usize) {
        self.range
    }

    pub fn used(&self) -> usize {
        self.bump.used()
    }

    /// Bytes of cells that the next scavenge promotes if they live then.
    pub fn aged(&self) -> usize {
        self.aged
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }

    pub fn maximum(&self) -> usize {
        self.maximum
    }

    /// Bytes that both semi-spaces may take: what the limit is held to.
    pub fn committed(&self) -> usize {
        2 * self.capacity + self.beyond
    }

    /// Bytes of these that no collection has needed so far (V8 commits the from-space with the first one).
    pub fn unneeded(&self) -> usize {
        if self.both { 0 } else { self.capacity }
    }

    /// Gives the semi-space that is not in use back until the next collection (V8: `Heap::UncommitFromSpace`).
    pub(super) fn release_from_space(&mut self) {
        self.both = false;
        let other = 1 - self.half;
        self.touched = self.touches();
        self.touched[other] = 0;
        self.mapping.release(self.mapping.start() + other * self.maximum, self.maximum);
    }

    /// Bytes of both semi-spaces that are resident because they were written to, if the system's pages are small.
    pub fn physical(&self) -> usize {
        let touched = self.touches();
        touched[0] + touched[1]
    }

    /// As `touched`, with what was allocated since the last flip.
    fn touches(&self) -> [usize; 2] {
        let mut touched = self.touched;
        let half = &mut touched[self.half];
        *half = (*half).max(self.used());
        touched
    }

    /// Grows both semi-spaces; the to-space of the next scavenge has the new size.
    pub(super) fn grow(&mut self, capacity: usize) {
        self.capacity = capacity.min(self.maximum).next_multiple_of(PAGE);
        self.beyond = self.beyond.min(self.maximum - self.capacity);
        self.mapping.ask_for_large_pages(self.capacity);
    }

    /// Adds a page to the semi-space in use, until the next collection (V8: `AllocateOnNewPageBeyondCapacity`). False if
    /// it has its maximum.
    pub(super) fn stretch(&mut self) -> bool {
        let can = self.capacity + self.beyond + PAGE <= self.maximum;
        if can {
            self.beyond += PAGE;
        }
        can
    }

    /// Shrinks both semi-spaces, at most to what is in use, and gives the rest back.
    pub(super) fn shrink(&mut self, capacity: usize) {
        let most = self.capacity + self.beyond;
        self.capacity = capacity.max(self.used()).next_multiple_of(PAGE).min(most);
        self.beyond = 0;
        for (number, touched) in self.touches().into_iter().enumerate() {
            let start = self.mapping.start() + number * self.maximum;
            let used = if number == self.half { self.used() } else { 0 };
            self.mapping.release(start + used, self.maximum - used);
            self.touched[number] = touched.min(used);
        }
    }

    /// Switches to the other semi-space, which is empty, and returns the from-space.
    pub fn flip(&mut self) -> FromSpace {
        self.both = true;
        self.touched = self.touches();
        let start = self.bump.start();
        let from = FromSpace { start, maximum: self.maximum, age_mark: start + self.aged };
        self.half = 1 - self.half;
        self.bump = Bump::over(&self.mapping, self.part());
        // All that was beyond the capacity may survive.
        self.bump.bound(self.capacity + self.beyond);
        from
    }

    /// The range of the mapping that the semi-space in use takes.
    fn part(&self) -> core::ops::Range<usize> {
        self.half * self.maximum..(self.half + 1) * self.maximum
    }

    /// Sets the age mark: all cells of the space have survived a scavenge.
    pub fn age(&mut self) {
        self.aged = self.used();
        self.beyond = self.aged.saturating_sub(self.capacity).next_multiple_of(PAGE);
    }

    /// The cells, in the order of their addresses.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        self.bump.cells()
    }

    /// The cells that were allocated since the last call (Cheney's unscanned part of the to-space).
    #[inline(always)]
    pub fn extend(&self, run: &mut Run) {
        self.bump.extend(run);
    }

    /// Whether the address is that of a cell in the semi-space in use.
    pub fn holds(&self, cell: Cell) -> bool {
        self.bump.contains(cell)
    }

    /// Bounds allocation to `used` bytes, at most the capacity.
    pub(super) fn bound(&mut self, used: usize) {
        self.bump.bound(used.min(self.capacity + self.beyond));
    }

    /// Poisons the semi-space that is not in use, so that stale references are found.
    #[cfg(zeal)]
    pub fn poison(&mut self) {
        let start = (1 - self.half) * self.maximum;
        self.mapping.poison(start..start + self.capacity);
    }
}
