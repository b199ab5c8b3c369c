//! The resident set, read from the operating system; parsing is apart from reading. No unsafe code.

use crate::{Reading, Source};
use core::fmt;

/// Why the resident set could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The file of the process's status could not be read.
    Io(std::io::Error),
    /// Its text has no resident set in it.
    Format,
    /// This operating system is not supported.
    Unsupported,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the process's status could not be read: {error}"),
            Self::Format => f.write_str("the process's status names no resident set"),
            Self::Unsupported => f.write_str("no resident set is known on this operating system"),
        }
    }
}

impl core::error::Error for ReadError {}

/// The resident set of this process.
///
/// # Errors
/// [`ReadError::Unsupported`] on systems other than Linux, else what went wrong in reading.
pub fn resident_set() -> Result<Reading, ReadError> {
    if !cfg!(target_os = "linux") {
        return Err(ReadError::Unsupported);
    }
    let text = std::fs::read_to_string("/proc/self/status").map_err(ReadError::Io)?;
    let bytes = parse_resident_set(&text).ok_or(ReadError::Format)?;
    Ok(Reading::new(bytes, Source::VM_RSS))
}

/// The resident set in bytes from the text of Linux's `/proc/PID/status` (line `VmRSS`, in kB).
///
/// ```
/// assert_eq!(mem_report::parse_resident_set("Name:\tx\nVmRSS:\t    3 kB\n"), Some(3072));
/// assert_eq!(mem_report::parse_resident_set("Name:\tx\n"), None);
/// ```
#[must_use]
pub fn parse_resident_set(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}
