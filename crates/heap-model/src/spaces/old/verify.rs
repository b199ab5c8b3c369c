//! `--cfg zeal`: checks the old space's pages, free ranges and counters.

use super::{OldSpace, SHORTEST, class};
use crate::memory::chunk::{Chunk, USABLE};
use crate::memory::header::Kind;
use crate::memory::mapping::Mapping;
use crate::memory::mapping::PAGE;
use std::collections::HashSet;

impl OldSpace {
    /// Checks pages, free ranges and counters. There is no range that is allocated in.
    pub fn verify(&self, marking: bool) {
        assert_eq!(self.bump.room(), 0, "a range is allocated in");
        let pages: HashSet<Chunk> = self.pages.iter().copied().collect();
        self.verify_pages(&pages, marking);
        self.verify_free(&pages);
        let unswept: HashSet<Chunk> = self.unswept.iter().copied().collect();
        assert_eq!(unswept.len(), self.unswept.len(), "a page is to be swept twice");
        assert!(unswept.iter().all(|page| pages.contains(page) && page.is_unswept()));
        assert!(!marking || unswept.is_empty(), "the marks are not complete, so no page is swept");
        if !marking {
            let used: usize = self.pages.iter().map(|page| page.used()).sum();
            assert_eq!(self.used, used, "the pages hold other bytes than the space");
        }
    }

    /// Each page that is mapped is in use, empty or released.
    fn verify_pages(&self, pages: &HashSet<Chunk>, marking: bool) {
        let idle: HashSet<Chunk> = self.empty.iter().chain(&self.released).copied().collect();
        assert_eq!(pages.len(), self.pages.len(), "a page is there twice");
        assert_eq!(idle.len(), self.empty.len() + self.released.len(), "an empty page is twice");
        assert!(pages.is_disjoint(&idle), "an empty page is in use");
        let mapped: usize = self.regions.iter().map(Mapping::length).sum();
        assert_eq!((pages.len() + idle.len()) * PAGE, mapped, "a page is lost");
        let settled = pages.iter().all(|page| !page.is_evacuated());
        assert!(settled || marking, "a page is still to be emptied");
    }

    /// Each free range lies in a swept page, is listed once, and is all that its page has free. A page that is to be
    /// emptied has none.
    fn verify_free(&self, pages: &HashSet<Chunk>) {
        let mut listed = HashSet::new();
        for (number, list) in self.free.iter().enumerate() {
            for range in list {
                let page = Chunk::of_range(range);
                let (size, range) = (range.size(), range.addresses());
                let swept = !page.is_unswept() && !page.is_evacuated();
                assert!(pages.contains(&page) && swept, "a free range in no page");
                assert!(page.spans(&range), "a free range leaves its page");
                assert_eq!(class(size), number, "a free range of another class");
                assert!(listed.insert(range), "a free range is listed twice");
            }
        }
        for page in pages.iter().filter(|page| !page.is_unswept() && !page.is_evacuated()) {
            let mut bytes = 0;
            for cell in page.cells() {
                let size = cell.size();
                bytes += size;
                if cell.header().is(Kind::Free) && size >= SHORTEST {
                    let range = cell.address()..cell.address() + size;
                    assert!(listed.remove(&range), "free memory is on no list");
                }
            }
            assert_eq!(bytes, USABLE, "the last cell leaves its page");
        }
        assert!(listed.is_empty(), "a free range is a cell's");
    }
}
