//! What the operating system says of a process's memory.
//!
//! Cheap figures by default, costly ones on request: a resident set is one read of a file that stays
//! open; the peak, the proportional share and the mappings are separate calls.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod raw;

use crate::{Figure, MemoryUsage, Reading};
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Process, resident_set};
#[cfg(target_os = "linux")]
pub use linux::{Process, resident_set};

/// The sizes of a process, in bytes, each present or absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessMemory {
    /// The part that is in main memory now ([`Figure::Rss`]).
    pub resident: Option<Reading>,
    /// The most that was in main memory since the process's start.
    pub peak_resident: Option<Reading>,
    /// The address space now, or on Windows what is committed to the process.
    pub virtual_size: Option<Reading>,
    /// The largest that `virtual_size` was since the process's start.
    pub peak_virtual: Option<Reading>,
    /// What is swapped out now.
    pub swapped: Option<Reading>,
}

/// The resident set alone.
impl From<ProcessMemory> for MemoryUsage {
    fn from(memory: ProcessMemory) -> Self {
        let mut usage = Self::new();
        usage.set(Figure::Rss, memory.resident);
        usage
    }
}
