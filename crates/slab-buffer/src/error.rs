//! The error of an allocation. No unsafe code.

use core::fmt;

/// The allocator could not give a buffer's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllocError {
    /// Bytes asked for.
    pub requested: usize,
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a buffer of {} bytes could not be allocated", self.requested)
    }
}

impl core::error::Error for AllocError {}
