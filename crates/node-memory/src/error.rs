//! The errors of the runtime: one for each part that can refuse.

use core::fmt;
use heap_model::{AccessError, HeapError, OutOfMemory};
use slab_buffer::AllocError;
use std::io;
use weak_refs::{CleanupError, WeakError};

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
    /// A stream refused a write, or the sink failed.
    Stream(stream_backpressure::Error<SinkError>),
    /// A variable refers to something else than expected.
    NotA {
        /// The name of the type that was expected.
        expected: &'static str,
    },
    /// The baseline's figures contradict one another or the runtime.
    Baseline(BaselineError),
}

/// The error of a Writable's sink, of which each later call gets a copy. `?` and `into` make it of an [`io::Error`].
pub type SinkError = stream_backpressure::Shared<io::Error>;

/// A value that was given and is not taken, with the reason.
#[non_exhaustive]
pub struct Refused<V> {
    /// The value, unless it was used up.
    pub value: Option<V>,
    /// Why it was refused.
    pub error: RuntimeError,
}

/// Why a runtime cannot start from a baseline. All figures are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaselineError {
    /// Cells are multiples of 8 bytes.
    HeapUsedUnaligned {
        /// The baseline's `heapUsed`.
        heap_used: usize,
    },
    /// Array buffers are a part of external memory.
    ArrayBuffersAboveExternal {
        /// The baseline's `arrayBuffers`.
        array_buffers: usize,
        /// The baseline's `external`.
        external: usize,
    },
    /// Garbage array buffers are a part of all.
    GarbageAboveArrayBuffers {
        /// The garbage.
        garbage: usize,
        /// The baseline's `arrayBuffers`.
        array_buffers: usize,
    },
    /// The runtime's own cells, or the granularity of cells, do not allow such a heap.
    HeapUsedUnreachable {
        /// The baseline's `heapUsed`.
        heap_used: usize,
        /// The nearest that the runtime has reached.
        reached: usize,
    },
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeapUsedUnaligned { heap_used } => {
                write!(f, "the baseline's heapUsed of {heap_used} bytes is no multiple of 8")
            }
            Self::ArrayBuffersAboveExternal { array_buffers, external } => write!(
                f,
                "the baseline's arrayBuffers of {array_buffers} bytes exceed its external {external} bytes"
            ),
            Self::GarbageAboveArrayBuffers { garbage, array_buffers } => write!(
                f,
                "the baseline's garbage of {garbage} bytes exceeds its arrayBuffers of {array_buffers} bytes"
            ),
            Self::HeapUsedUnreachable { heap_used, reached } => write!(
                f,
                "the baseline's heapUsed of {heap_used} bytes cannot be reached: the runtime uses {reached} bytes"
            ),
        }
    }
}

impl core::error::Error for BaselineError {}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory(error) => error.fmt(f),
            Self::Access(error) => error.fmt(f),
            Self::Weak(error) => error.fmt(f),
            Self::Buffer(error) => error.fmt(f),
            Self::Stream(error) => error.fmt(f),
            Self::NotA { expected } => write!(f, "the variable refers to no {expected}"),
            Self::Baseline(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RuntimeError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        // The message is the inner error's, so the source is its source.
        match self {
            Self::OutOfMemory(error) => error.source(),
            Self::Access(error) => error.source(),
            Self::Weak(error) => error.source(),
            Self::Buffer(error) => error.source(),
            Self::Stream(error) => error.source(),
            Self::NotA { .. } => None,
            Self::Baseline(error) => error.source(),
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
            other => Self::Weak(WeakError::Heap(other)),
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

impl From<BaselineError> for RuntimeError {
    fn from(error: BaselineError) -> Self {
        Self::Baseline(error)
    }
}

impl From<CleanupError<AccessError>> for RuntimeError {
    fn from(error: CleanupError<AccessError>) -> Self {
        match error {
            CleanupError::Callback(error) => error.into(),
            CleanupError::Weak(error) => error.into(),
            // There is no other reason today.
            _ => Self::Access(AccessError::WrongHeap),
        }
    }
}

impl<V> fmt::Debug for Refused<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

/// The message and the source are the error's own.
impl<V> fmt::Display for Refused<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<V> core::error::Error for Refused<V> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.error.source()
    }
}

impl<V> From<Box<Refused<V>>> for RuntimeError {
    /// Drops the value.
    fn from(refused: Box<Refused<V>>) -> Self {
        refused.error
    }
}

impl<V> From<Refused<V>> for RuntimeError {
    /// Drops the value.
    fn from(refused: Refused<V>) -> Self {
        refused.error
    }
}
