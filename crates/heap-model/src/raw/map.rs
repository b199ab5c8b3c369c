//! Memory from the operating system: mappings that begin at a multiple of V8's page.

use super::chunk::PAGE;
use core::ops::Range;
use memmap2::{MmapMut, MmapOptions};

/// Bytes of the processor's large page.
#[cfg(target_os = "linux")]
const LARGE_PAGE: usize = 2 << 20;

/// Bytes of the system's page: 4, 16 or 64 KiB, by processor and system.
pub fn system_page() -> usize {
    #[cfg(unix)]
    let page = page_size::get();
    // Nothing is given back there.
    #[cfg(not(unix))]
    let page = 4096;
    page
}

/// The whole pages of so many bytes in a range of addresses.
fn whole_pages(range: Range<usize>, page: usize) -> Range<usize> {
    let start = range.start.checked_next_multiple_of(page).unwrap_or(range.end);
    start..(range.end - range.end % page).max(start)
}

/// A mapping of its own, aligned to [`PAGE`]. It is unmapped with this.
pub struct Mapping {
    map: MmapMut,
    start: usize,
    length: usize,
}

impl Mapping {
    /// Maps `length` bytes of zeros; none if the operating system refuses.
    pub fn new(length: usize) -> Option<Self> {
        // The library aligns to the system's pages: what lies before V8's is never touched.
        let map = MmapMut::map_anon(length.checked_add(PAGE)?).ok()?;
        let start = (map.as_ptr() as usize).next_multiple_of(PAGE);
        Some(Self { map, start, length })
    }

    /// Asks for large pages where so many bytes are soon used: they save the processor's address
    /// translations, but the first touch of each takes longer. Without them all works too.
    pub fn ask_for_large_pages(&self, used: usize) {
        #[cfg(target_os = "linux")]
        if used >= LARGE_PAGE {
            let _ = self.map.advise(memmap2::Advice::HugePage);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = used;
    }

    /// Reserves `length` bytes of zeros that become resident as they are written; none if the operating
    /// system refuses.
    pub fn reserve(length: usize) -> Option<Self> {
        let map = MmapOptions::new().len(length).no_reserve_swap().map_anon().ok()?;
        let start = map.as_ptr() as usize;
        Some(Self { map, start, length })
    }

    /// The address of its first byte.
    pub fn start(&self) -> usize {
        self.start
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// Touches every byte, so that all of it is resident.
    pub fn touch(&mut self) {
        let from = self.start - self.map.as_mut_ptr() as usize;
        self.map[from..from + self.length].fill(0xB0);
    }

    /// Gives back what lies behind the first `length` bytes, but for what the last page has beside them.
    pub fn truncate(&mut self, length: usize) {
        if length < self.length {
            self.release(self.start + length, self.length - length);
            self.length = length;
        }
    }

    /// Gives the whole pages of a range back to the operating system: they stay mapped and read as zeros.
    /// What shares a page with other bytes stays as it is.
    pub fn release(&self, start: usize, length: usize) {
        // The library would begin with the page that `start` lies in, whatever else is there.
        let pages = whole_pages(start..start + length, system_page());
        let from = pages.start - self.map.as_ptr() as usize;
        if pages.is_empty() {
            return;
        }
        #[cfg(unix)]
        // SAFETY: the range is the caller's and holds nothing that is read again before it is
        // written; advice that is not taken changes nothing.
        let _ = unsafe {
            self.map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, from, pages.len())
        };
        #[cfg(not(unix))]
        let _ = from;
    }
}

#[cfg(test)]
mod tests {
    use super::{Mapping, system_page, whole_pages};
    use crate::raw::cell::{Cell, WORD};

    #[test]
    fn only_whole_pages_are_given_back_whatever_their_size() {
        for page in [4 << 10, 16 << 10, 64 << 10] {
            assert_eq!(whole_pages(0..4 * page, page), 0..4 * page);
            assert_eq!(whole_pages(1..4 * page, page), page..4 * page);
            assert_eq!(whole_pages(page + 1..3 * page - 1, page), 2 * page..2 * page);
            assert_eq!(whole_pages(page - 1..3 * page + 1, page), page..3 * page);
            assert!(whole_pages(1..page - 1, page).is_empty());
            assert!(whole_pages(page..page, page).is_empty());
        }
        assert!(whole_pages(usize::MAX - 1..usize::MAX, 4096).is_empty());
    }

    #[test]
    fn what_shares_a_page_with_a_released_range_stays() {
        let page = system_page();
        let mapping = Mapping::new(4 * page).unwrap();
        let words = || (mapping.start()..mapping.start() + 4 * page).step_by(WORD).map(Cell::at);
        words().for_each(|word| word.set_header(1));
        let from = mapping.start() + page / 2;
        mapping.release(from, 3 * page);
        let kept = |word: &Cell| word.header().0 == 1;
        let gone = mapping.start() + page..mapping.start() + 3 * page;
        assert!(words().filter(|word| !gone.contains(&word.address())).all(|word| kept(&word)));
        #[cfg(target_os = "linux")]
        assert!(!words().filter(|word| gone.contains(&word.address())).any(|word| kept(&word)));
    }
}
