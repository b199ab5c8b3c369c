//! Where the heap's memory comes from: mappings of the operating system where there are any that can be
//! given back in parts, else plain allocations. `--cfg plain_memory` takes the latter everywhere, for tests.
#![expect(unsafe_code, reason = "an unsafe trait says what memory is")]

use core::ops::Range;

#[cfg(all(unix, not(plain_memory)))]
pub mod mapped;
#[cfg(any(test, plain_memory, not(unix)))]
pub mod plain;

/// A piece of memory. It goes back with this.
///
/// # Safety
/// From [`start`](Self::start) on, `length` bytes that were asked for are readable, writable and nobody
/// else's, for as long as this lives; they begin at a multiple of `align`, and all are zero at first.
pub unsafe trait Memory: Sized + Send {
    /// Takes `length` bytes of zeros that begin at a multiple of `align`, a power of two. They become resident
    /// as they are written, if the system can do that. None if the system refuses.
    fn zeroed(length: usize, align: usize) -> Option<Self>;

    /// The address of the first byte.
    fn start(&self) -> usize;

    /// Bytes of the system's page: 4, 16 or 64 KiB, by processor and system.
    fn page() -> usize;

    /// Gives whole pages back, by where they begin and end after the start. They stay usable, and are zero
    /// or as they were.
    fn give_back(&self, range: Range<usize>);

    /// Asks for the processor's large pages, which save address translations.
    fn prefer_large_pages(&self) {}
}
