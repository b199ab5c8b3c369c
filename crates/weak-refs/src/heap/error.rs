//! The errors of the operations on the heap's collections.

use core::convert::Infallible;
use core::error::Error;
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
    /// The registry has a callback at this agent.
    AlreadyEnrolled,
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
            Self::AlreadyEnrolled => "the registry is enrolled already",
            Self::Heap(error) => return error.fmt(f),
        })
    }
}

impl Error for WeakError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // The message is the heap's own, so what comes next is behind it.
            Self::Heap(error) => error.source(),
            _ => None,
        }
    }
}

/// Why a cleanup ended before it had given out all that it may; what was not given out comes at the next one.
#[derive(Debug)]
#[non_exhaustive]
pub enum CleanupError<E> {
    /// A callback failed. It has consumed its held value.
    Callback(E),
    /// The cleanup itself failed: for a cell of another heap, or at the heap's limit.
    Weak(WeakError),
}

impl<E> fmt::Display for CleanupError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callback(_) => f.write_str("a cleanup callback failed"),
            Self::Weak(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for CleanupError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Callback(error) => Some(error),
            Self::Weak(error) => error.source(),
        }
    }
}

impl<E> From<WeakError> for CleanupError<E> {
    fn from(error: WeakError) -> Self {
        Self::Weak(error)
    }
}

impl From<CleanupError<Infallible>> for WeakError {
    fn from(error: CleanupError<Infallible>) -> Self {
        match error {
            CleanupError::Callback(never) => match never {},
            CleanupError::Weak(error) => error,
        }
    }
}

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
