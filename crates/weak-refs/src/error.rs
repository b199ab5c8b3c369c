//! The one error of this crate's operations. No unsafe code.

use core::fmt;
use heap_model::{AccessError, HeapError, OutOfMemory};

/// Why an operation on a weak collection was refused; the collection is unchanged.
#[derive(Debug)]
#[non_exhaustive]
pub enum WeakError {
    /// The value cannot be held weakly: only cells with identity can (ECMA-262, 9.14
    /// CanBeHeldWeakly). Numbers, booleans, `undefined`, `null`, strings and doubles cannot.
    CannotBeHeldWeakly,
    /// The held value is the target itself, which it would keep alive (ECMA-262, 26.2.3.2).
    HeldValueIsTarget,
    /// The cell is not a WeakMap.
    NotAWeakMap,
    /// The cell is not a WeakSet.
    NotAWeakSet,
    /// The cell is not a WeakRef.
    NotAWeakRef,
    /// The cell is not a FinalizationRegistry.
    NotAFinalizationRegistry,
    /// The cell is not a registration.
    NotARegistration,
    /// The heap refused: out of memory, or a handle of another heap.
    Heap(HeapError),
}

impl fmt::Display for WeakError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CannotBeHeldWeakly => "the value cannot be held weakly",
            Self::HeldValueIsTarget => "the held value is the target itself",
            Self::NotAWeakMap => "the cell is not a WeakMap",
            Self::NotAWeakSet => "the cell is not a WeakSet",
            Self::NotAWeakRef => "the cell is not a WeakRef",
            Self::NotAFinalizationRegistry => "the cell is not a FinalizationRegistry",
            Self::NotARegistration => "the cell is not a registration",
            Self::Heap(error) => return error.fmt(f),
        })
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
