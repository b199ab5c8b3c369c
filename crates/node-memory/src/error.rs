//! The one error of the runtime: whatever one of its parts refused. No unsafe code.

use core::convert::Infallible;
use core::fmt;
use heap_model::{AccessError, HeapError, OutOfMemory};
use slab_buffer::AllocError;
use weak_refs::WeakError;

/// Why the runtime refused an operation; everything allocated before stays valid.
#[derive(Debug)]
#[non_exhaustive]
pub enum RuntimeError {
    /// The heap's limit is reached.
    OutOfMemory(OutOfMemory),
    /// A variable of another runtime, or of another kind than the operation is for.
    Access(AccessError),
    /// A weak collection refused the key or the map.
    Weak(WeakError),
    /// The buffer pool could not give the memory.
    Buffer(AllocError),
    /// A stream refused a write.
    Stream(stream_backpressure::Error<Infallible>),
    /// The baseline asks for less than the runtime's own parts need, or for odd sizes.
    Baseline(&'static str),
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory(error) => error.fmt(f),
            Self::Access(error) => error.fmt(f),
            Self::Weak(error) => error.fmt(f),
            Self::Buffer(error) => error.fmt(f),
            Self::Stream(error) => error.fmt(f),
            Self::Baseline(text) => f.write_str(text),
        }
    }
}

impl core::error::Error for RuntimeError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        // The message is the inner error's, so the source is, too.
        match self {
            Self::OutOfMemory(error) => error.source(),
            Self::Access(error) => error.source(),
            Self::Weak(error) => error.source(),
            Self::Buffer(error) => error.source(),
            Self::Stream(error) => error.source(),
            Self::Baseline(_) => None,
        }
    }
}

impl From<OutOfMemory> for RuntimeError {
    fn from(error: OutOfMemory) -> Self {
        Self::OutOfMemory(error)
    }
}

impl From<AccessError> for RuntimeError {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

impl From<HeapError> for RuntimeError {
    fn from(error: HeapError) -> Self {
        match error {
            HeapError::OutOfMemory(error) => Self::OutOfMemory(error),
            HeapError::Access(error) => Self::Access(error),
        }
    }
}

impl From<WeakError> for RuntimeError {
    fn from(error: WeakError) -> Self {
        match error {
            WeakError::Heap(error) => error.into(),
            other => Self::Weak(other),
        }
    }
}

impl From<AllocError> for RuntimeError {
    fn from(error: AllocError) -> Self {
        Self::Buffer(error)
    }
}
