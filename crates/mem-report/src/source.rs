//! Where a figure comes from, and how far it can be trusted.

use core::fmt;
use std::sync::Mutex;

/// Whether a figure repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Precision {
    /// A counter: the same program gives the same figure in every run.
    Exact,
    /// The operating system's or an allocator's estimate: it differs from run to run.
    Noisy,
}

/// The name of what gave a figure, and its precision.
///
/// ```
/// use mem_report::{Precision, Source};
///
/// const POOL: Source = Source::exact("my pool");
/// assert_eq!(POOL.to_string(), "my pool, exact");
/// assert_eq!(Source::VM_RSS.precision(), Precision::Noisy);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    name: &'static str,
    precision: Precision,
}

impl Source {
    /// Linux's count of resident pages: `VmRSS` of `/proc/self/status`, the second field of `statm`.
    pub const VM_RSS: Self = Self::noisy("VmRSS");
    /// The resident set as macOS gives it (`resident_size` of the task).
    pub const RESIDENT_SIZE: Self = Self::noisy("resident_size");
    /// The resident set as Windows gives it (`WorkingSetSize`).
    pub const WORKING_SET: Self = Self::noisy("WorkingSet");
    /// A garbage-collected heap that counts its own cells.
    pub const HEAP: Self = Self::exact("heap");
    /// A buffer pool that counts its own slabs.
    pub const POOL: Self = Self::exact("pool");
    /// An allocator that counts what it allocates.
    pub const COUNTING_ALLOCATOR: Self = Self::exact("counting allocator");
    /// A Node.js process, whose text or JSON was read.
    pub const NODE: Self = Self::noisy("node");

    const KNOWN: [Self; 7] = [
        Self::VM_RSS,
        Self::RESIDENT_SIZE,
        Self::WORKING_SET,
        Self::HEAP,
        Self::POOL,
        Self::COUNTING_ALLOCATOR,
        Self::NODE,
    ];
    /// The most names from text that are kept, known ones apart.
    const MOST_NAMES: usize = 256;
    /// The longest name that is read from text, in bytes.
    const LONGEST_NAME: usize = 64;

    /// A source whose figures repeat.
    #[must_use]
    pub const fn exact(name: &'static str) -> Self {
        Self { name, precision: Precision::Exact }
    }

    /// A source whose figures differ from run to run.
    #[must_use]
    pub const fn noisy(name: &'static str) -> Self {
        Self { name, precision: Precision::Noisy }
    }

    /// The source's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Whether the source's figures repeat.
    #[must_use]
    pub const fn precision(self) -> Precision {
        self.precision
    }

    /// Whether the source's figures repeat, as a condition.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        matches!(self.precision, Precision::Exact)
    }

    /// The source of a name that was read from a file.
    ///
    /// A name that this crate does not know is kept for the life of the process, once; at most 256
    /// of them, of at most 64 bytes, so that files cannot fill the memory. `None` beyond that.
    #[must_use]
    pub fn from_name(name: &str, precision: Precision) -> Option<Self> {
        static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
        if let Some(known) = Self::KNOWN.into_iter().find(|source| source.name == name) {
            return Some(Self { name: known.name, precision });
        }
        if name.len() > Self::LONGEST_NAME {
            return None;
        }
        let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = names.iter().copied().find(|kept| *kept == name);
        let name = match found {
            Some(name) => name,
            None if names.len() == Self::MOST_NAMES => return None,
            None => {
                let kept: &'static str = Box::leak(name.into());
                names.push(kept);
                kept
            }
        };
        Some(Self { name, precision })
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Noisy => "noisy",
        })
    }
}

/// Name and precision: `VmRSS, noisy`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.name, self.precision)
    }
}

/// One figure as a source gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reading {
    /// The figure in bytes.
    pub bytes: u64,
    /// What gave it.
    pub source: Source,
}

impl Reading {
    /// A figure of a source, in bytes.
    #[must_use]
    pub const fn new(bytes: u64, source: Source) -> Self {
        Self { bytes, source }
    }
}
