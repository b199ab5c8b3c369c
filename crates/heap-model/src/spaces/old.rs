//! The old space: pages of 256 KiB with free lists by size class (Wilson et al. 1995; V8's `OldSpace`), bump allocation in
//! a free range, and lazy sweeping.
//!
//! A free range is at most twice as long as the shortest of its class. A page whose cells are all dead leaves the space
//! at the end of marking; its memory is reused for another page or given back by [`OldSpace::release`].

#[cfg(zeal)]
mod verify;

use crate::memory::chunk::{Chunk, FIRST, USABLE};
use crate::memory::mapping::{Mapping, PAGE};
use crate::memory::room::{Bump, FreeRange, Room};

/// Pages that are mapped at a time.
const REGION: usize = 32;
const CLASSES: usize = 18;
/// The most empty pages that a collection gives back to the operating system.
const RELEASED_AT_ONCE: usize = 16;
/// The number of ranges of a cell's own class that are tried, unless memory is short.
const TRIES: usize = 8;
/// Shorter free ranges, in bytes, are left to the next sweep.
const SHORTEST: usize = 32;

#[derive(Default)]
pub(crate) struct OldSpace {
    regions: Vec<Mapping>,
    pages: Vec<Chunk>,
    /// Pages that hold no cells: resident ones, and ones that were given back to the operating system.
    empty: Vec<Chunk>,
    released: Vec<Chunk>,
    /// Pages that are not swept yet.
    unswept: Vec<Chunk>,
    /// Pages and large cells' chunks whose marks are to be cleared before marking begins.
    uncleared: Vec<Chunk>,
    free: [Vec<FreeRange>; CLASSES],
    /// The current bump range.
    bump: Bump,
    /// Bytes of cells.
    used: usize,
    /// The number of pages that allocation may still sweep.
    sweepable: usize,
}

impl OldSpace {
    /// Takes room for a cell in an existing page; `None` if a page must be added. Sweeps at most the number of pages that
    /// [`allow_sweeping`](Self::allow_sweeping) has set.
    #[inline]
    pub fn allocate(&mut self, size: usize) -> Option<Room> {
        if !self.bump.fits(size) && !self.refill(size, false) {
            return None;
        }
        self.allocate_in_range(size)
    }

    /// Takes room for a cell in an existing page; sweeps all pages if needed.
    pub fn allocate_thoroughly(&mut self, size: usize) -> Option<Room> {
        if !self.bump.fits(size) && !self.refill(size, true) {
            return None;
        }
        self.allocate_in_range(size)
    }

    /// Takes room for a cell in the current bump range.
    #[inline(always)]
    pub fn allocate_in_range(&mut self, size: usize) -> Option<Room> {
        let room = self.bump.allocate(size)?;
        self.used += size;
        Some(room)
    }

    /// Sets how many pages allocation may sweep lazily from now on, before a collection is due.
    pub fn allow_sweeping(&mut self, pages: usize) {
        self.sweepable = pages;
    }

    /// Takes room for a cell; adds a page, or sweeps all pages, if needed. `None` if the operating system refuses.
    #[inline]
    pub fn allocate_surely(&mut self, size: usize) -> Option<Room> {
        if let Some(room) = self.allocate(size) {
            return Some(room);
        }
        self.add_page();
        self.allocate_thoroughly(size)
    }

    /// Switches to a free range of at least `size` bytes.
    #[cold]
    fn refill(&mut self, size: usize, thoroughly: bool) -> bool {
        loop {
            let tries = if thoroughly { usize::MAX } else { TRIES };
            if let Some(range) = self.take_free(size, tries) {
                self.retire();
                Chunk::of_range(&range).take(range.size() as isize);
                self.bump = Bump::in_range(range);
                return true;
            }
            if self.sweepable == 0 && !thoroughly {
                return false;
            }
            match self.unswept.pop() {
                Some(page) => self.sweep(page),
                None => return false,
            }
            self.sweepable = self.sweepable.saturating_sub(1);
        }
    }

    /// Gives the rest of the current range back, so that all pages can be walked.
    pub fn retire(&mut self) {
        if let Some(range) = self.bump.retire() {
            Chunk::of_range(&range).take(-(range.size() as isize));
            put_free(&mut self.free, range);
        }
    }

    /// A free range of at least `size` bytes; at most `tries` ranges of its own class are tried.
    fn take_free(&mut self, size: usize, tries: usize) -> Option<FreeRange> {
        // Every range of a higher class is long enough; in its own class, some are.
        let own = class(size);
        for list in self.free.iter_mut().skip(own + 1).rev() {
            if let Some(range) = list.pop() {
                return Some(range);
            }
        }
        let list = &mut self.free[own];
        let tries = list.len().min(tries);
        let found = (list.len() - tries..list.len()).find(|i| list[*i].size() >= size)?;
        Some(list.swap_remove(found))
    }

    /// Adds an empty page; false if the operating system refuses.
    pub fn add_page(&mut self) -> bool {
        if self.empty.is_empty() && self.released.is_empty() && !self.map_region() {
            return false;
        }
        let Some(page) = self.empty.pop().or_else(|| self.take_released()) else { return false };
        self.pages.push(page);
        page.format_page().into_iter().for_each(|range| put_free(&mut self.free, range));
        true
    }

    /// A page that is not resident, which cells will fill soon.
    fn take_released(&mut self) -> Option<Chunk> {
        let page = self.released.pop()?;
        let region = self.regions.iter().rev().find(|region| region.contains(page.address()));
        region.into_iter().for_each(|region| region.populate(page.address(), PAGE));
        Some(page)
    }

    fn map_region(&mut self) -> bool {
        let region = Mapping::new(REGION * PAGE).or_else(|| Mapping::new(PAGE));
        let Some(region) = region else { return false };
        self.released.extend(Chunk::pages_of(&region).rev());
        self.regions.push(region);
        true
    }

    pub fn pages(&self) -> &[Chunk] {
        &self.pages
    }

    /// Bytes of cells. After a collection: of the marked ones.
    pub fn used(&self) -> usize {
        self.used
    }

    pub fn committed(&self) -> usize {
        self.pages.len() * PAGE
    }

    /// Bytes of its pages without cells.
    pub fn spare(&self) -> usize {
        self.pages.len() * USABLE - self.used
    }

    /// Counts a cell that was moved here.
    pub fn moved(&mut self, size: usize) {
        self.used -= size;
    }

    /// Removes evacuation candidates from the free lists, so that nothing more is allocated there.
    pub fn exclude_evacuated(&mut self) {
        self.unswept.retain(|page| !page.is_evacuated());
        for ranges in &mut self.free {
            ranges.retain(|range| !Chunk::of_range(range).is_evacuated());
        }
    }

    /// Before marking: nothing is left to be swept, and the marks of all pages and of `others` are to be cleared.
    pub fn begin_clearing(&mut self, others: impl Iterator<Item = Chunk>) {
        self.retire();
        self.unswept.clear();
        self.uncleared.clear();
        self.uncleared.extend(self.pages.iter().copied().chain(others));
    }

    /// Clears the marks of up to `chunks` chunks. Returns whether none is left.
    pub fn clear_marks(&mut self, chunks: usize) -> bool {
        let rest = self.uncleared.len().saturating_sub(chunks);
        self.uncleared.drain(rest..).for_each(Chunk::clear_marks);
        rest == 0
    }

    /// After marking: counts the marked cells as the space's, and removes pages without marked cells.
    pub fn end_marking(&mut self) {
        // Pages that stayed empty since the last collection are released, a few at a time.
        self.release(self.empty.len().min(RELEASED_AT_ONCE));
        self.bump = Bump::default();
        self.free.iter_mut().for_each(Vec::clear);
        self.unswept.clear();
        self.used = 0;
        for page in std::mem::take(&mut self.pages) {
            if page.live() == 0 {
                #[cfg(zeal)]
                page.poison();
                self.empty.push(page);
                continue;
            }
            page.clear_taken();
            page.set_unswept(true);
            self.used += page.live();
            self.pages.push(page);
            if page.live() < USABLE {
                self.unswept.push(page);
            }
        }
    }

    /// Puts a page's dead cells on the free lists.
    fn sweep(&mut self, page: Chunk) {
        page.set_unswept(false);
        page.sweep(|range| put_free(&mut self.free, range));
    }

    /// Removes pages whose cells were all moved.
    pub fn discard(&mut self, gone: &[Chunk]) {
        self.pages.retain(|page| !gone.contains(page));
        #[cfg(zeal)]
        gone.iter().for_each(|page| page.poison());
        self.empty.extend(gone);
    }

    /// Bytes of the pages that hold no cells and are still resident.
    pub fn resident_empty(&self) -> usize {
        self.empty.len() * PAGE
    }

    /// Gives up to `pages` empty pages back to the operating system.
    pub fn release(&mut self, pages: usize) {
        for _ in 0..pages {
            let Some(page) = self.empty.pop() else { return };
            let lies_in = |region: &&Mapping| region.contains(page.address());
            if let Some(region) = self.regions.iter().find(lies_in) {
                region.release(page.address(), PAGE);
            }
            self.released.push(page);
        }
    }

    /// Gives all empty pages back to the operating system, unmaps regions of empty pages, and releases unused memory of
    /// lists. O(pages log pages).
    pub fn release_all(&mut self) {
        self.release(usize::MAX);
        let Self { regions, released, .. } = self;
        released.sort_unstable();
        regions.retain(|region| {
            let (start, end) = (region.start(), region.start() + region.length());
            let first = released.partition_point(|page| page.address() < start);
            let behind = released.partition_point(|page| page.address() < end);
            let used = (behind - first) * PAGE < region.length();
            if !used {
                released.drain(first..behind);
            }
            used
        });
        // Allocation takes the first pages first.
        released.reverse();
        for list in &mut self.free {
            list.shrink_to_fit();
        }
        let lists = [
            &mut self.pages,
            &mut self.empty,
            &mut self.released,
            &mut self.unswept,
            &mut self.uncleared,
        ];
        lists.into_iter().for_each(Vec::shrink_to_fit);
        self.regions.shrink_to_fit();
    }
}

/// Lists a free range, if it is long enough.
#[inline]
fn put_free(free: &mut [Vec<FreeRange>; CLASSES], range: FreeRange) {
    if range.size() >= SHORTEST {
        free[class(range.size())].push(range);
    }
}

/// The class of ranges from `32 << class` bytes on.
fn class(size: usize) -> usize {
    (size / SHORTEST).checked_ilog2().map_or(0, |class| class as usize).min(CLASSES - 1)
}

const _: () = assert!(FIRST + USABLE == PAGE, "cells fill the rest of a page");
