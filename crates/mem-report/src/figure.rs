//! The five figures by name.

use core::fmt;

/// One of the five figures of `process.memoryUsage()`, all in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// Resident set: the part of the process's memory that is in main memory now, shared pages
    /// included. Not a peak, and not a sum over time.
    Rss,
    /// Memory that the garbage-collected heap holds now, used or free.
    #[doc(alias = "heapTotal")]
    HeapTotal,
    /// Memory that objects of the heap occupy now, those that are dead and not yet collected
    /// included.
    #[doc(alias = "heapUsed")]
    HeapUsed,
    /// Memory outside the heap that objects of the heap own now, the array buffers included.
    External,
    /// Memory of array buffers now, all Buffers included; a part of [`Figure::External`].
    #[doc(alias = "arrayBuffers")]
    ArrayBuffers,
}

impl Figure {
    /// All five, in Node's order.
    pub const ALL: [Self; 5] =
        [Self::Rss, Self::HeapTotal, Self::HeapUsed, Self::External, Self::ArrayBuffers];

    /// The figure's name in Node's spelling.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::HeapTotal => "heapTotal",
            Self::HeapUsed => "heapUsed",
            Self::External => "external",
            Self::ArrayBuffers => "arrayBuffers",
        }
    }

    /// The figure of a name in Node's spelling.
    ///
    /// ```
    /// use mem_report::Figure;
    ///
    /// assert_eq!(Figure::from_name("heapUsed"), Some(Figure::HeapUsed));
    /// assert_eq!(Figure::from_name("heap_used"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.name() == name)
    }

    /// What the figure says, in one line.
    #[must_use]
    pub const fn definition(self) -> &'static str {
        match self {
            Self::Rss => "the process's memory that is in main memory now (not a peak)",
            Self::HeapTotal => "memory that the heap holds now, used or free",
            Self::HeapUsed => "memory that the heap's objects occupy now, garbage included",
            Self::External => "memory outside the heap that its objects own now",
            Self::ArrayBuffers => "memory of array buffers and Buffers now; a part of external",
        }
    }
}

/// The figure's name in Node's spelling.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
