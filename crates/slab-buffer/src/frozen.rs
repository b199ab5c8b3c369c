//! A read-only buffer with many holders. No unsafe code.

use crate::error::resolve;
use crate::{AllocError, Buffer, Pool, RangeError};
use std::fmt;
use std::ops::{Deref, RangeBounds};
use std::sync::Arc;

/// Bytes that no one changes: clones and slices share them.
///
/// Cloning and slicing are O(1). A slice keeps the whole buffer alive, and the buffer its slab;
/// [`Frozen::compact`] lets go of both. With [`std::io::Cursor`] it is `Read`, `BufRead` and `Seek`.
#[derive(Clone)]
pub struct Frozen {
    buffer: Arc<Buffer>,
    start: usize,
    end: usize,
}

impl Frozen {
    pub(crate) fn new(buffer: Buffer) -> Self {
        let end = buffer.len();
        Self { buffer: Arc::new(buffer), start: 0, end }
    }

    /// A range of it, without copying.
    ///
    /// # Errors
    /// [`RangeError`] if the range does not lie in it.
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<Self, RangeError> {
        let (start, end, ()) = resolve(range, self.len(), ())?;
        let buffer = self.buffer.clone();
        Ok(Self { buffer, start: self.start + start, end: self.start + end })
    }

    /// The buffer again, if this is its only holder.
    ///
    /// # Errors
    /// The frozen buffer, if there are others.
    pub fn thaw(self) -> Result<Buffer, Self> {
        let (start, end) = (self.start, self.end);
        match Arc::try_unwrap(self.buffer) {
            Ok(mut buffer) => {
                buffer.narrow(start, end - start);
                Ok(buffer)
            }
            Err(buffer) => Err(Self { buffer, start, end }),
        }
    }

    /// Copies the bytes into a buffer of their own size if they are less than half of the buffer
    /// that they keep alive, and that buffer to a denser slab if it is worth it. Whether anything
    /// was copied. Other holders keep what they have.
    ///
    /// # Errors
    /// [`AllocError`]; the bytes stay where they are.
    #[track_caller]
    pub fn compact(&mut self, pool: &Pool) -> Result<bool, AllocError> {
        let mut copied = false;
        if self.len() < self.buffer.len() / 2 {
            *self = pool.copy_compact(self)?.freeze();
            copied = true;
        } else if let Some(buffer) = Arc::get_mut(&mut self.buffer) {
            copied = pool.compact(buffer)?;
        }
        Ok(copied)
    }

    /// The buffer that it keeps alive.
    #[must_use]
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }
}

impl Deref for Frozen {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }
}

impl AsRef<[u8]> for Frozen {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Buffer> for Frozen {
    fn from(buffer: Buffer) -> Self {
        Self::new(buffer)
    }
}

impl PartialEq for Frozen {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Frozen {}

impl fmt::Debug for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frozen({:02x?})", &**self)
    }
}
