//! The five figures, their differences, and their text. No unsafe code.

use core::fmt;

/// The five figures of `process.memoryUsage()`, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[doc(alias = "memoryUsage")]
pub struct MemoryUsage {
    /// Resident set: everything of the process that is in main memory.
    pub rss: u64,
    /// Heap already requested from the operating system.
    #[doc(alias = "heapTotal")]
    pub heap_total: u64,
    /// Heap in use now.
    #[doc(alias = "heapUsed")]
    pub heap_used: u64,
    /// Memory outside the heap that its objects own, the array buffers included.
    pub external: u64,
    /// Memory of array buffers, all Buffers included.
    #[doc(alias = "arrayBuffers")]
    pub array_buffers: u64,
}

/// One of the five figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// [`MemoryUsage::rss`].
    Rss,
    /// [`MemoryUsage::heap_total`].
    HeapTotal,
    /// [`MemoryUsage::heap_used`].
    HeapUsed,
    /// [`MemoryUsage::external`].
    External,
    /// [`MemoryUsage::array_buffers`].
    ArrayBuffers,
}

impl Figure {
    /// All five, in Node's order.
    pub const ALL: [Self; 5] =
        [Self::Rss, Self::HeapTotal, Self::HeapUsed, Self::External, Self::ArrayBuffers];

    /// The figure's name in Node's spelling.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::HeapTotal => "heapTotal",
            Self::HeapUsed => "heapUsed",
            Self::External => "external",
            Self::ArrayBuffers => "arrayBuffers",
        }
    }

    /// The figure's value in bytes.
    #[must_use]
    pub fn of(self, usage: &MemoryUsage) -> u64 {
        match self {
            Self::Rss => usage.rss,
            Self::HeapTotal => usage.heap_total,
            Self::HeapUsed => usage.heap_used,
            Self::External => usage.external,
            Self::ArrayBuffers => usage.array_buffers,
        }
    }
}

impl MemoryUsage {
    /// What has changed since an earlier sample, in bytes.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Difference {
        Difference(
            Figure::ALL.map(|figure| i128::from(figure.of(self)) - i128::from(figure.of(earlier))),
        )
    }
}

/// In the shape of Node's `console.log(process.memoryUsage())`.
impl fmt::Display for MemoryUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, |f, figure| write!(f, "{}", figure.of(self)))
    }
}

/// How far each figure has risen (positive) or fallen between two samples, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference([i128; 5]);

impl Difference {
    /// The change of one figure in bytes.
    #[must_use]
    pub fn of(&self, figure: Figure) -> i128 {
        self.0[figure as usize]
    }
}

/// As [`MemoryUsage`], each figure with its sign.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lines(f, |f, figure| write!(f, "{:+}", self.of(figure)))
    }
}

fn lines(
    f: &mut fmt::Formatter<'_>,
    value: impl Fn(&mut fmt::Formatter<'_>, Figure) -> fmt::Result,
) -> fmt::Result {
    f.write_str("{\n")?;
    for figure in Figure::ALL {
        write!(f, "  {}: ", figure.name())?;
        value(f, figure)?;
        f.write_str(if figure == Figure::ArrayBuffers { "\n}" } else { ",\n" })?;
    }
    Ok(())
}
