//! The errors of the heap's operations. No unsafe code.

use core::any::Any;
use core::fmt;

/// The heap's limit does not allow an allocation, after a last full collection.
///
/// Everything allocated before stays valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory {
    /// Bytes asked for.
    pub requested: usize,
    /// Bytes of cells in the heap.
    pub used: usize,
    /// The limit in bytes.
    pub limit: usize,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requested, used, limit } = self;
        write!(f, "out of memory: {requested} bytes requested, {used} used, limit {limit}")
    }
}

impl core::error::Error for OutOfMemory {}

/// Why a cell could not be read or written; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessError {
    /// The cell has fewer slots.
    SlotOutOfRange {
        /// The slot asked for.
        slot: usize,
        /// How many there are.
        len: usize,
    },
    /// The cell is of another kind, or its payload of another type.
    WrongKind,
    /// The handle is another heap's.
    WrongHeap,
    /// The registration is in a bucket already.
    AlreadyLinked,
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SlotOutOfRange { slot, len } => write!(f, "slot {slot} of a cell with {len}"),
            Self::WrongKind => f.write_str("the cell is of another kind"),
            Self::WrongHeap => f.write_str("the handle belongs to another heap"),
            Self::AlreadyLinked => f.write_str("the registration is in a bucket already"),
        }
    }
}

impl core::error::Error for AccessError {}

/// Why an operation that both reads and allocates failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeapError {
    /// The limit.
    OutOfMemory(OutOfMemory),
    /// A wrong handle.
    Access(AccessError),
}

impl fmt::Display for HeapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory(error) => error.fmt(f),
            Self::Access(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for HeapError {}

impl From<OutOfMemory> for HeapError {
    fn from(error: OutOfMemory) -> Self {
        Self::OutOfMemory(error)
    }
}

impl From<AccessError> for HeapError {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

/// A native cell that the limit refused, with its payload.
pub struct NativeRefused {
    /// The limit.
    pub error: OutOfMemory,
    /// The payload, as it was given.
    pub payload: Box<dyn Any + Send>,
}

impl fmt::Debug for NativeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}
