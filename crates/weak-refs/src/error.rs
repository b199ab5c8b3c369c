//! The one error of this crate's operations. No unsafe code.

use core::fmt;
use heap_model::{AccessError, HeapError, OutOfMemory};

/// Why an operation on a weak collection was refused; the collection is unchanged.
#[derive(Debug)]
#[non_exhaustive]
pub enum WeakError {
    /// The value cannot be held weakly: only cells with identity can (ECMA-262, CanBeHeldWeakly).
    /// Numbers, booleans, `undefined`, `null`, strings and doubles cannot.
    CannotBeHeldWeakly,
    /// The cell is not a weak map.
    NotAWeakMap,
    /// The heap refused: out of memory, or a handle of another heap.
    Heap(HeapError),
}

impl fmt::Display for WeakError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotBeHeldWeakly => f.write_str("the value cannot be held weakly"),
            Self::NotAWeakMap => f.write_str("the cell is not a weak map"),
            Self::Heap(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for WeakError {}

impl From<HeapError> for WeakError {
    fn from(error: HeapError) -> Self {
        Self::Heap(error)
    }
}

impl From<OutOfMemory> for WeakError {
    fn from(error: OutOfMemory) -> Self {
        Self::Heap(HeapError::OutOfMemory(error))
    }
}

impl From<AccessError> for WeakError {
    fn from(error: AccessError) -> Self {
        Self::Heap(HeapError::Access(error))
    }
}
