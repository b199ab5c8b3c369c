//! The handle stack: the cells that locals refer to, by their index.
//!
//! A local's scope lasts as long as its lifetime, and the stack is cut back only when a scope ends:
//! so the index of a local of this heap is always within the stack, and is not looked at twice.

use super::cell::Cell;

#[derive(Default)]
pub struct Handles(Vec<u64>);

impl Handles {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Puts a cell on the stack, and gives its index.
    #[inline(always)]
    pub fn push(&mut self, cell: Cell) -> usize {
        let index = self.0.len();
        if index == self.0.capacity() {
            self.grow();
        }
        self.0.spare_capacity_mut()[0].write(cell.word());
        // SAFETY: there was room for one more, and it was written.
        unsafe { self.0.set_len(index + 1) };
        index
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.0.reserve(self.0.len().max(64));
    }

    /// The cell of a local of this heap that is in its scope.
    #[inline(always)]
    pub fn cell(&self, index: usize) -> Cell {
        debug_assert!(index < self.0.len());
        // SAFETY: the local's scope has not ended, so its index is within the stack.
        let word = unsafe { *self.0.get_unchecked(index) };
        Cell::at((word - 1) as usize)
    }

    /// Cuts the stack back to where a scope began.
    #[inline(always)]
    pub fn truncate(&mut self, height: usize) {
        debug_assert!(height <= self.0.len());
        // SAFETY: a scope begins at a height that the stack had, and words need no drop.
        unsafe { self.0.set_len(height) };
    }

    pub fn iter(&self) -> std::slice::Iter<'_, u64> {
        self.0.iter()
    }

    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, u64> {
        self.0.iter_mut()
    }
}
