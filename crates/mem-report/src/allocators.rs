//! What allocators say of themselves, each behind a feature of its name.
//!
//! | feature | allocator | allocated | held |
//! |---|---|---|---|
//! | `jemalloc` | [`Jemalloc`], linked by `tikv-jemalloc-sys` | `stats.allocated` | `stats.resident` |
//! | `mimalloc` | [`mimalloc`], linked by `libmimalloc-sys` | | its commit |
//! | `glibc` | [`glibc`]'s `malloc` (2.33 or later) | `uordblks + hblkhd` | `arena + hblkhd` |

#[cfg(feature = "jemalloc")]
mod jemalloc;
#[cfg(any(feature = "mimalloc", all(feature = "glibc", target_os = "linux", target_env = "gnu")))]
mod raw;

use crate::{Figure, MemoryUsage, Reading};
#[cfg(feature = "jemalloc")]
pub use jemalloc::Jemalloc;

/// The figures of an allocator, in bytes, each present or absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllocatorMemory {
    /// In blocks that the program has now, rounded up to the allocator's sizes.
    pub allocated: Option<Reading>,
    /// Requested from the operating system and not given back, now.
    pub held: Option<Reading>,
    /// The most that was held since the process's start.
    pub peak_held: Option<Reading>,
    /// Of what is held, what is free for allocation now.
    pub free: Option<Reading>,
}

/// `allocated` as [`Figure::HeapUsed`], `held` as [`Figure::HeapTotal`].
impl From<AllocatorMemory> for MemoryUsage {
    fn from(memory: AllocatorMemory) -> Self {
        let mut usage = Self::new();
        usage.set(Figure::HeapUsed, memory.allocated);
        usage.set(Figure::HeapTotal, memory.held);
        usage
    }
}

/// What mimalloc holds, by its own count.
///
/// The process has mimalloc if it is linked, also where it is not the global allocator; it then holds little.
/// On systems other than Windows mimalloc estimates what is committed.
#[cfg(feature = "mimalloc")]
#[must_use]
pub fn mimalloc() -> AllocatorMemory {
    let (commit, peak) = raw::mimalloc_commit();
    AllocatorMemory {
        held: Some(Reading::new(commit, crate::Source::noisy("mimalloc"))),
        peak_held: Some(Reading::new(peak, crate::Source::noisy("mimalloc"))),
        ..AllocatorMemory::default()
    }
}

/// What glibc's `malloc` says by `mallinfo2`. It locks each arena in turn and walks its free lists.
#[cfg(all(feature = "glibc", target_os = "linux", target_env = "gnu"))]
#[must_use]
pub fn glibc() -> AllocatorMemory {
    let [arena, mapped, used, free] = raw::mallinfo2();
    let reading = |bytes| Some(Reading::new(bytes, crate::Source::noisy("mallinfo2")));
    AllocatorMemory {
        allocated: reading(used.saturating_add(mapped)),
        held: reading(arena.saturating_add(mapped)),
        peak_held: None,
        free: reading(free),
    }
}
