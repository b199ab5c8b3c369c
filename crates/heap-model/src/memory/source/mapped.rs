//! Anonymous mappings of a Unix.
#![expect(unsafe_code, reason = "mappings are given back in parts")]

use super::Memory;
use core::ops::Range;
use memmap2::{MmapMut, UncheckedAdvice};

/// The advice that gives pages back. Linux's `MADV_DONTNEED` frees them immediately. Apple's only says that they are not
/// needed soon, so there it is `MADV_FREE`, which frees them when memory is short.
#[cfg(not(target_vendor = "apple"))]
const GIVE_BACK: UncheckedAdvice = UncheckedAdvice::DontNeed;
#[cfg(target_vendor = "apple")]
const GIVE_BACK: UncheckedAdvice = UncheckedAdvice::Free;

pub struct Mapped {
    map: MmapMut,
    start: usize,
}

// SAFETY: the mapping has room for `length` bytes after an aligned address, is exclusive, and anonymous memory is zero.
unsafe impl Memory for Mapped {
    fn zeroed(length: usize, align: usize) -> Option<Self> {
        // The library aligns to the system's pages only; the bytes before the aligned start are never touched.
        let before = if align > Self::page() { align } else { 0 };
        let map = MmapMut::map_anon(length.checked_add(before)?).ok()?;
        let start = (map.as_ptr() as usize).next_multiple_of(align);
        Some(Self { map, start })
    }

    fn start(&self) -> usize {
        self.start
    }

    fn page() -> usize {
        page_size::get()
    }

    fn give_back(&self, range: Range<usize>) {
        let before = self.start - self.map.as_ptr() as usize;
        // SAFETY: the range is the caller's, who reads nothing there before writing it; advice that is not taken changes
        // nothing.
        let _ = unsafe {
            self.map.unchecked_advise_range(GIVE_BACK, before + range.start, range.len())
        };
    }

    fn populate(&self, range: Range<usize>) {
        #[cfg(target_os = "linux")]
        {
            let before = self.start - self.map.as_ptr() as usize;
            let (offset, length) = (before + range.start, range.len());
            let _ = self.map.advise_range(memmap2::Advice::PopulateWrite, offset, length);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = range;
    }

    fn prefer_large_pages(&self) {
        #[cfg(target_os = "linux")]
        let _ = self.map.advise(memmap2::Advice::HugePage);
    }
}
