//! Linux: `/proc/PID`.

use super::{ProcessMemory, raw};
use crate::procfs::{Mapping, Shares, parse_smaps, parse_smaps_rollup, parse_statm, parse_status};
use crate::{ReadError, Reading, Source};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::{OnceLock, PoisonError, RwLock};

/// A process whose memory is read; its `statm` stays open.
///
/// ```
/// use mem_report::Process;
///
/// let process = Process::current()?;
/// let resident = process.resident()?;
/// println!("{} bytes by {}", resident.bytes, resident.source);
/// # Ok::<(), mem_report::ReadError>(())
/// ```
#[derive(Debug)]
pub struct Process {
    directory: PathBuf,
    statm: File,
    page_size: u64,
}

impl Process {
    /// The process that calls. After a `fork` the child reads its parent's figures until it opens its own;
    /// [`resident_set`] does that by itself.
    ///
    /// # Errors
    /// [`ReadError`] if the system does not let its figures be read.
    pub fn current() -> Result<Self, ReadError> {
        Self::in_directory("/proc/self")
    }

    /// Another process, by its number.
    ///
    /// # Errors
    /// As [`Process::current`], and if there is no such process.
    pub fn with_id(id: u32) -> Result<Self, ReadError> {
        Self::in_directory(format!("/proc/{id}"))
    }

    /// The process of a directory like `/proc/self`.
    ///
    /// # Errors
    /// [`ReadError::Io`] if its `statm` cannot be opened.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Result<Self, ReadError> {
        let directory = directory.into();
        let path = directory.join("statm");
        let statm = File::open(&path).map_err(ReadError::io(&path))?;
        Ok(Self { directory, statm, page_size: page_size::get() as u64 })
    }

    /// The resident set: one `pread` of some microseconds, whatever the process's size.
    ///
    /// # Errors
    /// [`ReadError::Io`] if the process has ended, [`ReadError::Format`] if the file is garbled.
    pub fn resident(&self) -> Result<Reading, ReadError> {
        Ok(self.statm()?.1)
    }

    /// Resident set and virtual size, by the same read as [`Process::resident`].
    ///
    /// # Errors
    /// As [`Process::resident`].
    pub fn sizes(&self) -> Result<ProcessMemory, ReadError> {
        let (virtual_size, resident) = self.statm()?;
        Ok(ProcessMemory {
            resident: Some(resident),
            virtual_size: Some(virtual_size),
            ..ProcessMemory::default()
        })
    }

    /// All sizes, peaks included; some ten times the cost of [`Process::sizes`].
    ///
    /// # Errors
    /// [`ReadError::Io`] if the process has ended.
    pub fn memory(&self) -> Result<ProcessMemory, ReadError> {
        let status = parse_status(&self.text("status")?);
        let reading = |bytes: Option<u64>, name| Some(Reading::new(bytes?, Source::noisy(name)));
        Ok(ProcessMemory {
            resident: reading(status.resident, Source::VM_RSS.name()),
            peak_resident: reading(status.peak_resident, "VmHWM"),
            virtual_size: reading(status.virtual_size, "VmSize"),
            peak_virtual: reading(status.peak_virtual, "VmPeak"),
            swapped: reading(status.swapped, "VmSwap"),
        })
    }

    /// The proportional share and what is private; the kernel walks all pages, so it takes time in
    /// proportion to the resident set (milliseconds per GiB).
    ///
    /// # Errors
    /// [`ReadError::Io`] also where the kernel has no `smaps_rollup` (before 4.14).
    pub fn shares(&self) -> Result<Shares, ReadError> {
        Ok(parse_smaps_rollup(&self.text("smaps_rollup")?))
    }

    /// The figures of each mapping; as costly as [`Process::shares`], and some 700 bytes of text a mapping.
    ///
    /// # Errors
    /// [`ReadError::Io`] if the process has ended.
    pub fn mappings(&self) -> Result<Vec<Mapping>, ReadError> {
        Ok(parse_smaps(&self.text("smaps")?).collect())
    }

    /// Virtual size and resident set.
    fn statm(&self) -> Result<(Reading, Reading), ReadError> {
        let path = || self.directory.join("statm");
        // Seven numbers of at most 20 digits.
        let mut text = [0; 160];
        let length = self
            .statm
            .read_at(&mut text, 0)
            .map_err(|error| ReadError::Io { path: path(), error })?;
        let bytes = |pages: u64| pages.checked_mul(self.page_size);
        let sizes = parse_statm(&text[..length])
            .and_then(|(size, resident)| Some((bytes(size)?, bytes(resident)?)));
        let (size, resident) = sizes.ok_or_else(|| ReadError::Format { path: path() })?;
        Ok((Reading::new(size, Source::noisy("VmSize")), Reading::new(resident, Source::VM_RSS)))
    }

    /// A file's text. The kernel gives names as bytes, and cuts a process's after 15 of them, so a name may not be
    /// UTF-8; figures are.
    fn text(&self, file: &str) -> Result<String, ReadError> {
        let path = self.directory.join(file);
        let bytes = std::fs::read(&path).map_err(ReadError::io(&path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The resident set of this process, by a descriptor that stays open for the life of the process.
///
/// A child made by `fork` opens its own (one made by a bare `clone` system call does not notice that it is a child).
///
/// # Errors
/// [`ReadError`] if the system does not let it be read.
pub fn resident_set() -> Result<Reading, ReadError> {
    static CURRENT: RwLock<Option<Process>> = RwLock::new(None);
    if OPENED.load(Relaxed)
        && let Some(process) = &*CURRENT.read().unwrap_or_else(PoisonError::into_inner)
    {
        return process.resident();
    }
    let process = Process::current()?;
    let resident = process.resident();
    let noticed = FORKS_NOTICED.get_or_init(|| raw::after_fork(forget));
    *CURRENT.write().unwrap_or_else(PoisonError::into_inner) = Some(process);
    OPENED.store(*noticed, Relaxed);
    resident
}

/// Whether the descriptor of [`resident_set`] is this process's own.
static OPENED: AtomicBool = AtomicBool::new(false);
/// Whether forks are noticed; else the file is opened each time.
static FORKS_NOTICED: OnceLock<bool> = OnceLock::new();

/// In a child: the descriptor is its parent's.
extern "C" fn forget() {
    OPENED.store(false, Relaxed);
}
