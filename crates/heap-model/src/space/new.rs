//! The new space: two halves, one of which is allocated in from its start on (V8's
//! `SemiSpaceNewSpace`). No unsafe code.
//!
//! Both halves are reserved at their maximum; what is committed is the capacity of each. A survivor
//! of one scavenge lies below the age mark and is promoted by the next.

use super::ALLOCATED_AHEAD;
use crate::raw::cell::Cell;
use crate::raw::chunk::{self, PAGE};
use crate::raw::map::Mapping;

pub(crate) struct NewSpace {
    mapping: Mapping,
    /// The addresses of both halves: where they begin, and how many bytes they are.
    range: (usize, usize),
    /// Bytes of a half at the most, and now.
    maximum: usize,
    capacity: usize,
    /// Where the half that is allocated in begins.
    start: usize,
    top: usize,
    end: usize,
    age_mark: usize,
    /// How many bytes of each half have been written to and not been released since.
    touched: [usize; 2],
}

/// The half that a scavenge empties.
#[derive(Clone, Copy)]
pub(crate) struct Emptied {
    start: usize,
    maximum: usize,
    age_mark: usize,
}

impl Emptied {
    /// Whether a reference's word refers into it.
    #[inline(always)]
    pub fn contains(self, word: u64) -> bool {
        (word as usize).wrapping_sub(self.start) < self.maximum
    }

    /// Whether the cell has survived a scavenge already.
    #[inline(always)]
    pub fn is_aged(self, cell: Cell) -> bool {
        cell.address() < self.age_mark
    }
}

impl NewSpace {
    pub fn new(capacity: usize, maximum: usize) -> Option<Self> {
        let maximum = maximum.max(capacity);
        let mapping = Mapping::new(maximum.checked_mul(2)?)?;
        mapping.ask_for_large_pages(capacity);
        let start = mapping.start();
        let end = start + capacity;
        let range = (start, 2 * maximum);
        let (top, age_mark, touched) = (start, start, [0; 2]);
        Some(Self { mapping, range, maximum, capacity, start, top, end, age_mark, touched })
    }

    /// Takes room for a cell.
    #[inline(always)]
    pub fn allocate(&mut self, size: usize) -> Option<Cell> {
        let (start, end) = (self.top, self.top + size);
        if end > self.end {
            return None;
        }
        self.top = end;
        let cell = Cell::at(start);
        cell.prefetch_near(ALLOCATED_AHEAD);
        Some(cell)
    }

    /// Whether a reference's word refers to a young cell.
    #[inline(always)]
    pub fn contains(&self, word: u64) -> bool {
        (word as usize).wrapping_sub(self.range.0) < self.range.1
    }

    /// The addresses of both halves: where they begin, and how many bytes they are.
    pub fn range(&self) -> (usize, usize) {
        self.range
    }

    pub fn used(&self) -> usize {
        self.top - self.start
    }

    /// Bytes of cells that the next scavenge promotes if they live then.
    pub fn aged(&self) -> usize {
        self.age_mark - self.start
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

    /// Bytes of both halves that are resident because they were written to, as far as the system's pages
    /// are small.
    pub fn physical(&self) -> usize {
        let touched = self.touches();
        touched[0] + touched[1]
    }

    /// As `touched`, with what was allocated since the last flip.
    fn touches(&self) -> [usize; 2] {
        let mut touched = self.touched;
        let half = &mut touched[usize::from(self.start != self.mapping.start())];
        *half = (*half).max(self.used());
        touched
    }

    /// Makes both halves larger; what the next scavenge fills is the larger one.
    pub fn grow(&mut self, capacity: usize) {
        self.capacity = capacity.min(self.maximum).next_multiple_of(PAGE);
        self.end = self.start + self.capacity;
        self.mapping.ask_for_large_pages(self.capacity);
    }

    /// Makes both halves smaller, but not smaller than what is used, and gives all back that holds no cell.
    pub fn shrink(&mut self, capacity: usize) {
        self.capacity = capacity.max(self.used()).next_multiple_of(PAGE).min(self.capacity);
        // What bounds it already stays: the heap's limit, or a collection that is due.
        self.end = self.end.min(self.start + self.capacity);
        for (number, touched) in self.touches().into_iter().enumerate() {
            let half = self.mapping.start() + number * self.maximum;
            let used = if half == self.start { self.used() } else { 0 };
            self.mapping.release(half + used, self.maximum - used);
            self.touched[number] = touched.min(used);
        }
    }

    /// Goes over to the other half, which is empty, and gives the one to be emptied.
    pub fn flip(&mut self) -> Emptied {
        self.touched = self.touches();
        let from = Emptied { start: self.start, maximum: self.maximum, age_mark: self.age_mark };
        let first = self.mapping.start();
        self.start = if self.start == first { first + self.maximum } else { first };
        self.top = self.start;
        self.end = self.start + self.capacity;
        from
    }

    /// What lies in the space has survived a scavenge.
    pub fn age(&mut self) {
        self.age_mark = self.top;
    }

    /// The address behind the last cell.
    #[inline(always)]
    pub fn top(&self) -> usize {
        self.top
    }

    /// The address of the first cell.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The cells, in the order of their addresses.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        chunk::cells(self.start, self.top)
    }

    /// Lets the next allocation find no room, so that a collection can be considered.
    pub fn stop(&mut self) {
        self.end = self.top;
    }

    /// Allocates up to `used` bytes and the capacity, and no further. Takes [`stop`](Self::stop) back.
    pub fn bound(&mut self, used: usize) {
        self.end = (self.start + used.min(self.capacity)).max(self.top);
    }

    /// Overwrites the half that is not in use, so that a stale reference is found out.
    #[cfg(zeal)]
    pub fn poison(&mut self) {
        let first = self.mapping.start();
        let idle = if self.start == first { first + self.maximum } else { first };
        for address in (idle..idle + self.capacity).step_by(8) {
            Cell::at(address).set_header(crate::verify::POISON);
        }
    }
}
