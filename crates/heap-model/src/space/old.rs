//! The old space: pages of 256 KiB, allocated in from a range that is free, and swept when more is
//! needed. No unsafe code.
//!
//! Free ranges are kept by size class, each at most twice as long as the class's shortest. A page
//! whose cells are all dead leaves the space at once; its memory waits for another page or for
//! [`OldSpace::release`].

#[cfg(zeal)]
mod verify;

use super::ALLOCATED_AHEAD;
use crate::raw::cell::Cell;
use crate::raw::chunk::{Chunk, FIRST, PAGE, USABLE};
use crate::raw::map::Mapping;

/// Pages are mapped so many at a time.
const REGION: usize = 32;
const CLASSES: usize = 18;
/// How many empty pages a collection gives back to the operating system.
const RELEASED_AT_ONCE: usize = 16;
/// How many ranges of a cell's own class are looked at, unless memory is short.
const TRIES: usize = 8;
/// Shorter free ranges are left to the next sweep.
const SHORTEST: usize = 32;

#[derive(Default)]
pub(crate) struct OldSpace {
    regions: Vec<Mapping>,
    pages: Vec<Chunk>,
    /// Pages that hold no cells: resident ones, and ones that are as good as unmapped.
    empty: Vec<Chunk>,
    released: Vec<Chunk>,
    /// Pages whose dead cells are not on the free lists yet.
    unswept: Vec<Chunk>,
    /// Pages and large cells' chunks whose marks are to be cleared before marking begins.
    uncleared: Vec<Chunk>,
    free: [Vec<(usize, usize)>; CLASSES],
    /// The range that is allocated in.
    top: usize,
    end: usize,
    used: usize,
    /// How many pages may still be swept for allocations.
    sweepable: usize,
}

impl OldSpace {
    /// Takes room for a cell in a page that is there; none if a page must be added. So many
    /// pages as [`allow_sweeping`](Self::allow_sweeping) said are swept for it at the most.
    #[inline]
    pub fn allocate(&mut self, size: usize) -> Option<Cell> {
        (self.fits(size) || self.refill(size, false)).then(|| self.bump(size))
    }

    /// Takes room for a cell in a page that is there, sweeping all pages if need be.
    pub fn allocate_thoroughly(&mut self, size: usize) -> Option<Cell> {
        (self.fits(size) || self.refill(size, true)).then(|| self.bump(size))
    }

    /// Takes room for a cell in the range that is allocated in.
    #[inline(always)]
    pub fn allocate_in_range(&mut self, size: usize) -> Option<Cell> {
        self.fits(size).then(|| self.bump(size))
    }

    #[inline(always)]
    fn fits(&self, size: usize) -> bool {
        size <= self.end - self.top
    }

    #[inline]
    fn bump(&mut self, size: usize) -> Cell {
        let cell = Cell::at(self.top);
        cell.prefetch_near(ALLOCATED_AHEAD);
        self.top += size;
        self.used += size;
        cell
    }

    /// Lets allocations sweep so many pages from now on, lest a collection waits for it.
    pub fn allow_sweeping(&mut self, pages: usize) {
        self.sweepable = pages;
    }

    /// Takes room for a cell, if need be in a new page, if need be by sweeping all pages; none if
    /// the operating system refuses.
    #[inline]
    pub fn allocate_surely(&mut self, size: usize) -> Option<Cell> {
        if let Some(cell) = self.allocate(size) {
            return Some(cell);
        }
        self.add_page();
        self.allocate_thoroughly(size)
    }

    /// Goes over to a free range of at least `size` bytes.
    #[cold]
    fn refill(&mut self, size: usize, thoroughly: bool) -> bool {
        loop {
            let tries = if thoroughly { usize::MAX } else { TRIES };
            if let Some((start, end)) = self.take_free(size, tries) {
                self.retire();
                page_of(start).take((end - start) as isize);
                (self.top, self.end) = (start, end);
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
        let (start, end) = (self.top, self.end);
        (self.top, self.end) = (0, 0);
        if start < end {
            page_of(start).take(-((end - start) as isize));
            self.put_free(start, end);
        }
    }

    fn put_free(&mut self, start: usize, end: usize) {
        let size = end - start;
        if size == 0 {
            return;
        }
        Cell::at(start).format_free(size);
        if size >= SHORTEST {
            self.free[class(size)].push((start, end));
        }
    }

    /// A free range of at least `size` bytes; of those of its own class so many are looked at.
    fn take_free(&mut self, size: usize, tries: usize) -> Option<(usize, usize)> {
        // Every range of a higher class is long enough; of its own class, some.
        let own = class(size);
        for list in self.free.iter_mut().skip(own + 1).rev() {
            if let Some(range) = list.pop() {
                return Some(range);
            }
        }
        let tries = self.free[own].len().min(tries);
        let list = &mut self.free[own];
        let found = (list.len() - tries..list.len()).find(|i| list[*i].1 - list[*i].0 >= size)?;
        Some(list.swap_remove(found))
    }

    /// Adds an empty page; false if the operating system refuses.
    pub fn add_page(&mut self) -> bool {
        if self.empty.is_empty() && self.released.is_empty() && !self.map_region() {
            return false;
        }
        let Some(page) = self.empty.pop().or_else(|| self.released.pop()) else { return false };
        page.format();
        self.pages.push(page);
        self.put_free(page.first(), page.end());
        true
    }

    fn map_region(&mut self) -> bool {
        let region = Mapping::new(REGION * PAGE).or_else(|| Mapping::new(PAGE));
        let Some(region) = region else { return false };
        let starts = (region.start()..region.start() + region.length()).step_by(PAGE);
        self.released.extend(starts.rev().map(Chunk::at));
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

    /// Bytes of its pages that are not cells.
    pub fn spare(&self) -> usize {
        self.pages.len() * USABLE - self.used
    }

    /// A cell that was counted where it was has been moved here.
    pub fn moved(&mut self, size: usize) {
        self.used -= size;
    }

    /// Nothing is allocated in the pages that are to be emptied any more.
    pub fn exclude_evacuated(&mut self) {
        self.unswept.retain(|page| !page.is_evacuated());
        for ranges in &mut self.free {
            ranges.retain(|(start, _)| !page_of(*start).is_evacuated());
        }
    }

    /// Before marking: no page can be swept, and the marks of all pages and of these `others` are to be cleared.
    pub fn begin_clearing(&mut self, others: impl Iterator<Item = Chunk>) {
        self.retire();
        self.unswept.clear();
        self.uncleared.clear();
        self.uncleared.extend(self.pages.iter().copied().chain(others));
    }

    /// Clears the marks of so many chunks; true if none is left.
    pub fn clear_marks(&mut self, chunks: usize) -> bool {
        let rest = self.uncleared.len().saturating_sub(chunks);
        self.uncleared.drain(rest..).for_each(Chunk::clear_marks);
        rest == 0
    }

    /// After marking: the marked cells are what there is. Pages without any leave.
    pub fn end_marking(&mut self) {
        // What has waited since the last time has waited long enough, a few at a time.
        self.release(self.empty.len().min(RELEASED_AT_ONCE));
        (self.top, self.end) = (0, 0);
        self.free.iter_mut().for_each(Vec::clear);
        self.unswept.clear();
        self.used = 0;
        for page in std::mem::take(&mut self.pages) {
            if page.live() == 0 {
                #[cfg(zeal)]
                crate::verify::poison(page.first(), page.end());
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
        let mut start = page.first();
        for cell in page.marked() {
            self.put_free(start, cell.address());
            start = cell.address() + cell.header().size();
        }
        self.put_free(start, page.end());
    }

    /// A page that was emptied by moving its cells leaves.
    pub fn discard(&mut self, gone: &[Chunk]) {
        self.pages.retain(|page| !gone.contains(page));
        #[cfg(zeal)]
        gone.iter().for_each(|page| crate::verify::poison(page.first(), page.end()));
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
            let lies_in = |region: &&Mapping| {
                (region.start()..region.start() + region.length()).contains(&page.address())
            };
            if let Some(region) = self.regions.iter().find(lies_in) {
                region.release(page.address(), PAGE);
            }
            self.released.push(page);
        }
    }

    /// Gives all empty pages back to the operating system, unmaps regions that have no others, and gives the
    /// memory of lists back that is not used. O(pages log pages).
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
        // The first ones are allocated in first.
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

/// The page of an address in it.
fn page_of(address: usize) -> Chunk {
    Chunk::of(Cell::at(address))
}

/// The class of ranges from `32 << class` bytes on.
fn class(size: usize) -> usize {
    (size / SHORTEST).checked_ilog2().map_or(0, |class| class as usize).min(CLASSES - 1)
}

const _: () = assert!(FIRST + USABLE == PAGE, "cells fill the rest of a page");
