//! Memory from the operating system: mappings that begin at a multiple of V8's page.

use super::chunk::PAGE;
use memmap2::{MmapMut, MmapOptions};

/// Bytes of the processor's large page.
#[cfg(target_os = "linux")]
const LARGE_PAGE: usize = 2 << 20;

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

    /// Gives back what lies behind the first `length` bytes, which are whole pages of the system's.
    pub fn truncate(&mut self, length: usize) {
        if length < self.length {
            self.release(self.start + length, self.length - length);
            self.length = length;
        }
    }

    /// Gives a range back to the operating system: it stays mapped and reads as zeros.
    pub fn release(&self, start: usize, length: usize) {
        let from = start - self.map.as_ptr() as usize;
        #[cfg(unix)]
        // SAFETY: the range is the caller's and holds nothing that is read again before it is
        // written; advice that is not taken changes nothing.
        let _ = unsafe {
            self.map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, from, length)
        };
        #[cfg(not(unix))]
        let _ = (from, length);
    }
}
