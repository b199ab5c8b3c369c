//! The handle stack: the cells that locals refer to.
//!
//! A local is the address of its place on the stack, which is reserved once and never moves. Its scope
//! lasts at least as long as its lifetime, and the stack is cut back only when a scope ends: so a local of
//! this heap lies below the top, and is not looked at twice. A place of another heap lies in another range.

use super::cell::Cell;
use super::map::Mapping;
use core::ptr::NonNull;

/// Handles that the open scopes of a heap can have at the most.
pub const MOST: usize = if cfg!(target_pointer_width = "64") { 1 << 25 } else { 1 << 21 };
const BYTES: usize = MOST * size_of::<u64>();

/// A place on a heap's handle stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(NonNull<u64>);

// SAFETY: a place alone is a number; it is read and written by whoever has the heap.
unsafe impl Send for Place {}
// SAFETY: as above.
unsafe impl Sync for Place {}

pub struct Handles {
    top: NonNull<u64>,
    base: NonNull<u64>,
    limit: NonNull<u64>,
    /// Only whole pages that were used are resident.
    mapping: Mapping,
}

// SAFETY: the stack belongs to a heap, and is used by whoever has the heap.
unsafe impl Send for Handles {}

impl Handles {
    /// Reserves the stack; none if the operating system refuses.
    pub fn new() -> Option<Self> {
        let mapping = Mapping::reserve(BYTES)?;
        let base = NonNull::new(mapping.start() as *mut u64)?;
        let limit = NonNull::new((mapping.start() + BYTES) as *mut u64)?;
        Some(Self { top: base, base, limit, mapping })
    }

    /// The place of the next handle.
    #[inline(always)]
    pub fn height(&self) -> Place {
        Place(self.top)
    }

    /// Whether a place is one of this stack.
    #[inline(always)]
    pub fn contains(&self, place: Place) -> bool {
        (place.0.as_ptr() as usize).wrapping_sub(self.base.as_ptr() as usize) < BYTES
    }

    /// Puts a cell on the stack, and gives its place.
    ///
    /// # Panics
    /// If there are [`MOST`] handles already.
    #[inline(always)]
    pub fn push(&mut self, cell: Cell) -> Place {
        let place = Place(self.top);
        if self.top == self.limit {
            Self::full();
        }
        // SAFETY: one past a place of the mapping is in it or at its end.
        self.top = unsafe { self.top.add(1) };
        // SAFETY: the place is within the mapping, and aligned.
        unsafe { place.0.write(cell.word()) };
        place
    }

    /// Cuts the stack back to `height`, but for one handle above it, and gives its new place.
    #[inline(always)]
    pub fn keep(&mut self, height: Place, kept: Place) -> Place {
        debug_assert!(height.0 <= kept.0);
        let word = self.word(kept);
        // SAFETY: `kept` is not below `height`, so one past `height` is at most the top.
        self.top = unsafe { height.0.add(1) };
        // SAFETY: as above, the place is within the mapping.
        unsafe { height.0.write(word) };
        height
    }

    #[cold]
    #[inline(never)]
    fn full() -> ! {
        panic!("a heap's open scopes have at most {MOST} handles");
    }

    /// The cell of a handle of this stack whose scope has not ended.
    #[inline(always)]
    pub fn cell(&self, place: Place) -> Cell {
        Cell::at((self.word(place) - 1) as usize)
    }

    /// As [`cell`](Self::cell), its tagged word.
    #[inline(always)]
    pub fn word(&self, place: Place) -> u64 {
        debug_assert!(self.contains(place) && place.0 < self.top);
        // SAFETY: callers have looked whether the place is of this stack; its scope has not ended, so it
        // lies below the top and was written.
        unsafe { place.0.read() }
    }

    /// Cuts the stack back to where a scope began.
    #[inline(always)]
    pub fn truncate(&mut self, height: Place) {
        debug_assert!(height.0 <= self.top && height.0 >= self.base);
        self.top = height.0;
    }

    /// Cuts the whole stack.
    pub fn clear(&mut self) {
        self.top = self.base;
    }

    /// Bytes of the stack that are used.
    pub fn used(&self) -> usize {
        self.top.as_ptr() as usize - self.base.as_ptr() as usize
    }

    /// Gives what lies above the handles back to the operating system.
    pub fn release(&mut self) {
        let used = self.used().next_multiple_of(1 << 16);
        self.mapping.release(self.mapping.start() + used, BYTES - used);
    }

    pub fn iter(&self) -> std::slice::Iter<'_, u64> {
        // SAFETY: what lies between base and top was written, and is borrowed with the stack.
        unsafe { core::slice::from_raw_parts(self.base.as_ptr(), self.used() / size_of::<u64>()) }
            .iter()
    }

    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, u64> {
        let length = self.used() / size_of::<u64>();
        // SAFETY: as above, and borrowed mutably.
        unsafe { core::slice::from_raw_parts_mut(self.base.as_ptr(), length) }.iter_mut()
    }
}
