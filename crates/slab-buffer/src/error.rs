//! Errors: a length that no store can have, an allocator that refuses, a range that does not lie in its buffer.

use core::fmt;
use core::ops::{Bound, RangeBounds};

/// A buffer's memory was refused. What was allocated before is not affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AllocError {
    /// The length is past the pool's longest (Node: `ERR_OUT_OF_RANGE`).
    TooLong {
        /// Bytes asked for.
        requested: usize,
        /// Bytes of the longest buffer.
        maximum: usize,
    },
    /// The alignment is not a power of two up to
    /// [`MAX_ALIGNMENT`](crate::MAX_ALIGNMENT) (Node: `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`).
    Alignment {
        /// Bytes asked for.
        requested: usize,
        /// The alignment asked for.
        alignment: usize,
    },
    /// The pool would hold more than [`max_bytes`](crate::PoolOptions::max_bytes).
    LimitReached {
        /// Bytes asked for.
        requested: usize,
        /// Bytes of the pool's backing stores.
        held: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The allocator refused (Node: `ERR_MEMORY_ALLOCATION_FAILED`).
    Refused {
        /// Bytes asked for.
        requested: usize,
    },
}

impl AllocError {
    /// Bytes asked for.
    #[must_use]
    pub fn requested(&self) -> usize {
        match *self {
            Self::TooLong { requested, .. }
            | Self::Alignment { requested, .. }
            | Self::LimitReached { requested, .. }
            | Self::Refused { requested } => requested,
        }
    }
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { requested, maximum } => {
                write!(f, "a buffer of {requested} bytes is longer than the maximum of {maximum}")
            }
            Self::Alignment { alignment, .. } => {
                write!(f, "a buffer can't be aligned to {alignment} bytes")
            }
            Self::LimitReached { requested, held, limit } => write!(
                f,
                "a buffer of {requested} bytes does not fit: the pool holds {held} of {limit} bytes"
            ),
            Self::Refused { requested } => {
                write!(f, "a buffer of {requested} bytes could not be allocated")
            }
        }
    }
}

impl core::error::Error for AllocError {}

/// A range does not lie in its buffer (Node: `ERR_OUT_OF_RANGE`). The error returns the value that was to be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeError<T = ()> {
    /// Where the range begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The buffer's length in bytes.
    pub length: usize,
    /// What the call took.
    pub value: T,
}

impl<T> fmt::Display for RangeError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, end, length, .. } = self;
        write!(f, "the range {start}..{end} does not lie in {length} bytes")
    }
}

impl<T: fmt::Debug> core::error::Error for RangeError<T> {}

/// The bounds of a range in `length` bytes, or what is wrong with them, with `value` handed back.
pub(crate) fn resolve<T>(
    range: impl RangeBounds<usize>,
    length: usize,
    value: T,
) -> Result<(usize, usize, T), RangeError<T>> {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(last) => last.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => length,
    };
    if start <= end && end <= length {
        Ok((start, end, value))
    } else {
        Err(RangeError { start, end, length, value })
    }
}
