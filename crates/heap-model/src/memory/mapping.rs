//! Memory that begins at a multiple of V8's page.
#![expect(unsafe_code, reason = "mappings are written by address")]

use super::source::Memory;
#[cfg(all(unix, not(plain_memory)))]
use super::source::mapped::Mapped as System;
#[cfg(any(plain_memory, not(unix)))]
use super::source::plain::Plain as System;
use core::ops::Range;

/// V8's page, in bytes.
pub const PAGE: usize = 262_144;
/// Bytes of the processor's large page.
const LARGE_PAGE: usize = 2 << 20;

/// Bytes of the system's page.
pub fn system_page() -> usize {
    System::page()
}

/// The whole pages of `page` bytes in a range of addresses.
fn whole_pages(range: Range<usize>, page: usize) -> Range<usize> {
    let start = range.start.checked_next_multiple_of(page).unwrap_or(range.end);
    start..(range.end - range.end % page).max(start)
}

/// A mapping, aligned to [`PAGE`], which is unmapped on drop.
pub struct Mapping<M: Memory = System> {
    memory: M,
    length: usize,
}

impl Mapping {
    /// Maps `length` bytes of zeros, which become resident when they are written; `None` if the system refuses.
    pub fn new(length: usize) -> Option<Self> {
        Self::of(length)
    }
}

impl<M: Memory> Mapping<M> {
    fn of(length: usize) -> Option<Self> {
        let memory = M::zeroed(length, PAGE)?;
        // No mapping ends so near the end of the address space that an address plus a cell's size overflows.
        memory.start().checked_add(length)?.checked_add(PAGE)?;
        Some(Self { memory, length })
    }

    /// Asks for large pages if `used` bytes, which will be used soon, are enough for one. Large pages save address
    /// translations, but the first touch of each takes longer. The request may fail.
    pub fn ask_for_large_pages(&self, used: usize) {
        if used >= LARGE_PAGE {
            self.memory.prefer_large_pages();
        }
    }

    /// Makes whole pages in a range of addresses resident at once, all of which will be written soon: else each of the system's
    /// pages costs a fault of its own.
    pub fn populate(&self, start: usize, length: usize) {
        let pages = whole_pages(start..start + length, M::page());
        if !pages.is_empty() {
            self.memory.populate(pages.start - self.start()..pages.end - self.start());
        }
    }

    /// The address of its first byte.
    pub fn start(&self) -> usize {
        self.memory.start()
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// Whether an address lies in it.
    pub fn contains(&self, address: usize) -> bool {
        address.wrapping_sub(self.start()) < self.length
    }

    /// Poisons a range of byte offsets that holds no cell.
    ///
    /// # Panics
    /// If it is not a part of the mapping.
    #[cfg(zeal)]
    pub fn poison(&mut self, part: Range<usize>) {
        assert!(part.end <= self.length, "no part of the mapping");
        // SAFETY: the part is mapped, and holds no cell.
        unsafe { super::poison::overwrite(self.start() + part.start, self.start() + part.end) };
    }

    /// Touches every byte, so that all of it is resident.
    pub fn touch(&mut self) {
        let start = self.start() as *mut u8;
        // SAFETY: the memory is as long, and borrowed mutably.
        unsafe { start.write_bytes(0xB0, self.length) };
    }

    /// Gives back the whole pages after the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        if length < self.length {
            self.release(self.start() + length, self.length - length);
            self.length = length;
        }
    }

    /// Gives the whole pages in a range of addresses back to the operating system. They stay mapped, and read as zeros or
    /// as before. Bytes that share a page with others stay as they are.
    pub fn release(&self, start: usize, length: usize) {
        let pages = whole_pages(start..start + length, M::page());
        if !pages.is_empty() {
            self.memory.give_back(pages.start - self.start()..pages.end - self.start());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::System;
    use super::{Mapping, PAGE, whole_pages};
    use crate::memory::source::Memory;

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

    /// The mapping's words.
    fn words<M: Memory>(mapping: &mut Mapping<M>) -> &mut [u64] {
        // SAFETY: the memory is as long, aligned, initialised, and borrowed mutably.
        unsafe {
            core::slice::from_raw_parts_mut(mapping.start() as *mut u64, mapping.length() / 8)
        }
    }

    fn begins_as_zeros_and_keeps_what_shares_a_page<M: Memory>(frees: bool) {
        let page = M::page();
        let mut mapping = Mapping::<M>::of(4 * page).unwrap();
        assert!(mapping.start().is_multiple_of(PAGE));
        assert!(words(&mut mapping).iter().all(|word| *word == 0));
        words(&mut mapping).fill(1);
        mapping.release(mapping.start() + page / 2, 3 * page);
        let given_back = page / 8..3 * page / 8;
        let kept = |(_, word): (usize, &u64)| *word == 1;
        let words = words(&mut mapping);
        let (inside, outside): (Vec<_>, Vec<_>) =
            words.iter().enumerate().partition(|(number, _)| given_back.contains(number));
        assert!(outside.into_iter().all(kept));
        assert!(!frees || !inside.into_iter().any(kept));
    }

    #[test]
    fn what_shares_a_page_with_a_released_range_stays() {
        let frees = cfg!(all(target_os = "linux", not(plain_memory)));
        begins_as_zeros_and_keeps_what_shares_a_page::<System>(frees);
    }

    #[test]
    fn a_plain_allocation_does_what_a_mapping_does() {
        use crate::memory::source::plain::Plain;
        begins_as_zeros_and_keeps_what_shares_a_page::<Plain>(false);
        assert!(Plain::zeroed(usize::MAX, PAGE).is_none());
        assert!(Plain::zeroed(usize::MAX / 4, PAGE).is_none());
        let mut mapping = Mapping::<Plain>::of(3 * PAGE).unwrap();
        mapping.touch();
        mapping.truncate(PAGE);
        assert_eq!(mapping.length(), PAGE);
        assert!(words(&mut mapping).iter().all(|word| *word == 0xB0B0_B0B0_B0B0_B0B0));
    }
}
