//! Systems other than Linux: by well-kept crates, because these systems are not tested here.
//!
//! macOS: `memory-stats` (`task_info`) and `nix` (`getrusage`). Windows: `winsafe`
//! (`GetProcessMemoryInfo`). FreeBSD: `memory-stats`. Any other system gives no figure.

use super::ProcessMemory;
#[cfg(any(windows, target_os = "macos", target_os = "ios", target_os = "freebsd"))]
use crate::Source;
use crate::{ReadError, Reading};

/// A process whose memory is read: the one that calls.
#[derive(Debug)]
pub struct Process(());

impl Process {
    /// The process that calls.
    ///
    /// # Errors
    /// [`ReadError::Unsupported`] on systems of which nothing is known.
    pub fn current() -> Result<Self, ReadError> {
        let process = Self(());
        process.sizes().map(|_| process)
    }

    /// The resident set.
    ///
    /// # Errors
    /// [`ReadError::Unsupported`] if the system does not say.
    pub fn resident(&self) -> Result<Reading, ReadError> {
        self.sizes()?.resident.ok_or(ReadError::Unsupported)
    }

    /// Resident set and virtual size.
    ///
    /// # Errors
    /// As [`Process::resident`].
    #[cfg(any(target_os = "macos", target_os = "ios", target_os = "freebsd"))]
    pub fn sizes(&self) -> Result<ProcessMemory, ReadError> {
        let stats = memory_stats::memory_stats().ok_or(ReadError::Unsupported)?;
        Ok(ProcessMemory {
            resident: Some(Reading::new(stats.physical_mem as u64, Source::RESIDENT_SIZE)),
            virtual_size: Some(Reading::new(
                stats.virtual_mem as u64,
                Source::noisy("virtual_size"),
            )),
            ..ProcessMemory::default()
        })
    }

    /// Working set and committed memory.
    ///
    /// # Errors
    /// [`ReadError::Unsupported`] if the system does not say.
    #[cfg(windows)]
    pub fn sizes(&self) -> Result<ProcessMemory, ReadError> {
        let counters = winsafe::HPROCESS::GetCurrentProcess()
            .GetProcessMemoryInfo()
            .map_err(|_| ReadError::Unsupported)?;
        let reading = |bytes: usize, name| Some(Reading::new(bytes as u64, Source::noisy(name)));
        Ok(ProcessMemory {
            resident: Some(Reading::new(counters.WorkingSetSize as u64, Source::WORKING_SET)),
            peak_resident: reading(counters.PeakWorkingSetSize, "PeakWorkingSet"),
            virtual_size: reading(counters.PagefileUsage, "PagefileUsage"),
            peak_virtual: reading(counters.PeakPagefileUsage, "PeakPagefileUsage"),
            ..ProcessMemory::default()
        })
    }

    /// Nothing.
    ///
    /// # Errors
    /// [`ReadError::Unsupported`], always.
    #[cfg(not(any(windows, target_os = "macos", target_os = "ios", target_os = "freebsd")))]
    pub fn sizes(&self) -> Result<ProcessMemory, ReadError> {
        Err(ReadError::Unsupported)
    }

    /// All sizes, peaks included.
    ///
    /// # Errors
    /// As [`Process::resident`].
    pub fn memory(&self) -> Result<ProcessMemory, ReadError> {
        #[cfg_attr(not(any(target_os = "macos", target_os = "ios")), expect(unused_mut))]
        let mut memory = self.sizes()?;
        #[cfg(any(target_os = "macos", target_os = "ios"))]
        {
            use nix::sys::resource::{UsageWho, getrusage};
            let peak = getrusage(UsageWho::RUSAGE_SELF).ok().map(|usage| usage.max_rss());
            memory.peak_resident = peak
                .and_then(|bytes| u64::try_from(bytes).ok())
                .map(|bytes| Reading::new(bytes, Source::noisy("ru_maxrss")));
        }
        Ok(memory)
    }
}

/// The resident set of this process.
///
/// # Errors
/// [`ReadError::Unsupported`] if the system does not say.
pub fn resident_set() -> Result<Reading, ReadError> {
    Process(()).resident()
}
