//! The source of the heap's memory: mappings, if the operating system has mappings that can be given back in parts,
//! otherwise plain allocations. `--cfg plain_memory` takes plain allocations everywhere, for tests.
#![expect(unsafe_code, reason = "an unsafe trait says what memory is")]

use core::ops::Range;

#[cfg(all(unix, not(plain_memory)))]
pub mod mapped;
#[cfg(any(test, plain_memory, not(unix)))]
pub mod plain;

/// A piece of memory, which is given back on drop.
///
/// # Safety
/// The `length` bytes from [`start`](Self::start) on are readable, writable and exclusive, for as long as this lives. They
/// begin at a multiple of `align`, and are initially zero.
pub unsafe trait Memory: Sized + Send {
    /// Takes `length` bytes of zeros that begin at a multiple of `align`, a power of two. They become resident
    /// when they are written, if the system can do that. `None` if the system refuses.
    fn zeroed(length: usize, align: usize) -> Option<Self>;

    /// The address of the first byte.
    fn start(&self) -> usize;

    /// Bytes of the system's page: 4, 16 or 64 KiB, by processor and system.
    fn page() -> usize;

    /// Gives back whole pages, by their offsets from the start. They stay usable, and read as zeros or as before.
    fn give_back(&self, range: Range<usize>);

    /// Makes a range of offsets resident, which will be written soon: the system then has one call for all of its pages. The
    /// request may fail.
    fn populate(&self, _range: Range<usize>) {}

    /// Asks for the processor's large pages, which save address translations.
    fn prefer_large_pages(&self) {}
}
