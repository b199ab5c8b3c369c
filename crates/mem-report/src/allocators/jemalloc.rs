//! jemalloc, by `mallctl`.

use super::AllocatorMemory;
use crate::{MemorySource, MemoryUsage, ReadError, Reading, Source};
use tikv_jemalloc_ctl::{epoch, epoch_mib, stats};

/// jemalloc's statistics; the names are looked up once.
///
/// jemalloc gives cached figures until its epoch is advanced, which each reading does (some 20 microseconds).
/// The process has jemalloc if it is linked, also where it is not the global allocator.
#[derive(Clone, Copy)]
pub struct Jemalloc {
    epoch: epoch_mib,
    allocated: stats::allocated_mib,
    resident: stats::resident_mib,
    active: stats::active_mib,
}

impl Jemalloc {
    /// Looks the names up.
    ///
    /// # Errors
    /// [`ReadError::Allocator`] if this jemalloc keeps no statistics.
    pub fn new() -> Result<Self, ReadError> {
        Ok(Self {
            epoch: epoch::mib().map_err(error)?,
            allocated: stats::allocated::mib().map_err(error)?,
            resident: stats::resident::mib().map_err(error)?,
            active: stats::active::mib().map_err(error)?,
        })
    }

    /// The figures now.
    ///
    /// # Errors
    /// [`ReadError::Allocator`] if jemalloc refuses.
    pub fn memory(&self) -> Result<AllocatorMemory, ReadError> {
        self.epoch.advance().map_err(error)?;
        let allocated = self.allocated.read().map_err(error)? as u64;
        let active = self.active.read().map_err(error)? as u64;
        let reading = |bytes| Some(Reading::new(bytes, Source::noisy("jemalloc")));
        Ok(AllocatorMemory {
            allocated: reading(allocated),
            held: reading(self.resident.read().map_err(error)? as u64),
            peak_held: None,
            free: reading(active.saturating_sub(allocated)),
        })
    }
}

/// Allocated and held bytes; absent when jemalloc refuses.
impl MemorySource for Jemalloc {
    fn read(&mut self) -> MemoryUsage {
        self.memory().unwrap_or_default().into()
    }
}

impl core::fmt::Debug for Jemalloc {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Jemalloc").finish_non_exhaustive()
    }
}

fn error(error: tikv_jemalloc_ctl::Error) -> ReadError {
    ReadError::Allocator { name: "jemalloc", error: error.into() }
}
