//! The new space: two semi-spaces, one of which is allocated in from its start on (Cheney 1970; V8's
//! `SemiSpaceNewSpace`).
//!
//! Both semi-spaces are reserved at their maximum; what is committed is the capacity of each. A survivor of one
//! scavenge lies below the age mark and is promoted by the next.

use crate::memory::cell::Cell;
use crate::memory::mapping::{Mapping, PAGE};
use crate::memory::room::{Bump, Room, Run};
use crate::memory::word::Word;

pub(crate) struct NewSpace {
    mapping: Mapping,
    /// The addresses of both semi-spaces: where they begin, and how many bytes they are.
    range: (usize, usize),
    /// Bytes of a semi-space at the most, and now.
    maximum: usize,
    capacity: usize,
    /// The semi-space that is allocated in: the first or the second, and its cells.
    half: usize,
    bump: Bump,
    /// Bytes of cells that have survived a scavenge.
    aged: usize,
    /// How many bytes of each semi-space have been written to and not been released since.
    touched: [usize; 2],
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
        Some(Self { mapping, range, maximum, capacity, half: 0, bump, aged: 0, touched: [0; 2] })
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

    pub fn committed(&self) -> usize {
        2 * self.capacity
    }

    /// Bytes of both semi-spaces that are resident because they were written to, as far as the system's pages
    /// are small.
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

    /// Makes both semi-spaces larger; what the next scavenge fills is the larger one.
    pub(super) fn grow(&mut self, capacity: usize) {
        self.capacity = capacity.min(self.maximum).next_multiple_of(PAGE);
        self.mapping.ask_for_large_pages(self.capacity);
    }

    /// Makes both semi-spaces smaller, but not smaller than what is used, and gives all back that holds no cell.
    pub(super) fn shrink(&mut self, capacity: usize) {
        self.capacity = capacity.max(self.used()).next_multiple_of(PAGE).min(self.capacity);
        for (number, touched) in self.touches().into_iter().enumerate() {
            let start = self.mapping.start() + number * self.maximum;
            let used = if number == self.half { self.used() } else { 0 };
            self.mapping.release(start + used, self.maximum - used);
            self.touched[number] = touched.min(used);
        }
    }

    /// Goes over to the other semi-space, which is empty, and gives the from-space.
    pub fn flip(&mut self) -> FromSpace {
        self.touched = self.touches();
        let start = self.bump.start();
        let from = FromSpace { start, maximum: self.maximum, age_mark: start + self.aged };
        self.half = 1 - self.half;
        self.bump = Bump::over(&self.mapping, self.part());
        self.bump.bound(self.capacity);
        from
    }

    /// The part of the mapping that the semi-space takes which is allocated in.
    fn part(&self) -> core::ops::Range<usize> {
        self.half * self.maximum..(self.half + 1) * self.maximum
    }

    /// All cells of the space have survived a scavenge.
    pub fn age(&mut self) {
        self.aged = self.used();
    }

    /// The cells, in the order of their addresses.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        self.bump.cells()
    }

    /// Takes the cells in that were allocated since the last time (Cheney's unscanned part of the to-space).
    #[inline(always)]
    pub fn extend(&self, run: &mut Run) {
        self.bump.extend(run);
    }

    /// Whether a cell of the space, and not of the from-space, lies at this address.
    pub fn holds(&self, cell: Cell) -> bool {
        self.bump.contains(cell)
    }

    /// Lets up to `used` bytes and the capacity be allocated, and no more.
    pub(super) fn bound(&mut self, used: usize) {
        self.bump.bound(used.min(self.capacity));
    }

    /// Overwrites the semi-space that is not in use, so that a stale reference is found out.
    #[cfg(zeal)]
    pub fn poison(&mut self) {
        let start = (1 - self.half) * self.maximum;
        self.mapping.poison(start..start + self.capacity);
    }
}
