//! Read-only bytes that several holders share.

use crate::error::{AllocError, RangeError, resolve};
use crate::pool::AnyPool;
use crate::raw::buffer::Buffer;
use std::ops::{Deref, RangeBounds};
use std::sync::Arc;

/// Immutable bytes, which clones and slices share.
///
/// They come from a [frozen](Buffer::freeze) buffer, a vector or a static slice. Cloning and slicing are O(1). A slice
/// keeps the whole buffer alive, and a buffer its slab; [`Frozen::compact`] releases both. An empty slice keeps nothing
/// alive. In a [`std::io::Cursor`] it is `Read`, `BufRead` and `Seek`; with the feature `bytes` it is a `Buf` and becomes
/// a `Bytes` without copying.
///
/// ```
/// use slab_buffer::{Frozen, Pool, PoolOptions};
/// use std::collections::HashMap;
///
/// let pool = Pool::new(PoolOptions::default());
/// let line = pool.from_string("name: value")?.freeze();
/// let headers = HashMap::from([(line.slice(..4)?, line.slice(6..)?)]);
/// assert_eq!(headers[&b"name"[..]], "value");
/// assert_eq!(format!("{:x}", Frozen::from("hi")), "6869");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Frozen {
    source: Source,
    /// The range of the source's bytes.
    start: usize,
    end: usize,
}

/// What holds the bytes.
#[derive(Clone)]
enum Source {
    Static(&'static [u8]),
    Buffer(Arc<Buffer>),
    Vector(Arc<Vec<u8>>),
}

impl Source {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Buffer(buffer) => buffer,
            Self::Vector(vector) => vector,
        }
    }
}

impl Frozen {
    fn new(source: Source) -> Self {
        let end = source.bytes().len();
        Self { source, start: 0, end }
    }

    /// No bytes. O(1), allocates nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self::from_static(&[])
    }

    /// Static bytes. O(1), allocates nothing.
    #[must_use]
    pub const fn from_static(bytes: &'static [u8]) -> Self {
        Self { source: Source::Static(bytes), start: 0, end: bytes.len() }
    }

    /// A range of the bytes, without copying. An empty range keeps nothing alive. O(1).
    ///
    /// # Errors
    /// [`RangeError`] if the range does not lie in the bytes.
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<Self, RangeError> {
        let (start, end, ()) = resolve(range, self.len(), ())?;
        if start == end {
            return Ok(Self::empty());
        }
        Ok(Self { source: self.source.clone(), start: self.start + start, end: self.start + end })
    }

    /// Removes `count` bytes from the front, at most all. O(1).
    #[cfg(feature = "bytes")]
    pub(crate) fn skip(&mut self, count: usize) {
        self.start += count.min(self.len());
        if self.is_empty() {
            *self = Self::empty();
        }
    }

    /// The buffer back, if this is its only holder. O(1).
    ///
    /// # Errors
    /// The frozen bytes, if they have other holders or do not come from a buffer.
    pub fn thaw(self) -> Result<Buffer, Self> {
        let Self { source, start, end } = self;
        match source {
            Source::Buffer(buffer) => match Arc::try_unwrap(buffer) {
                Ok(mut buffer) => {
                    buffer.narrow(start, end - start);
                    Ok(buffer)
                }
                Err(buffer) => Err(Self { source: Source::Buffer(buffer), start, end }),
            },
            source => Err(Self { source, start, end }),
        }
    }

    /// Copies the bytes into a buffer of their own size if they are less than half of what they keep alive; otherwise moves
    /// their buffer to a denser slab, as [`Pool::compact`](crate::Pool::compact). Returns whether anything was copied.
    /// Other holders keep what they have. O(length).
    ///
    /// # Errors
    /// [`AllocError`]; the bytes stay where they are.
    #[track_caller]
    pub fn compact(&mut self, pool: &impl AnyPool) -> Result<bool, AllocError> {
        let whole = match &self.source {
            Source::Static(_) => return Ok(false),
            Source::Buffer(buffer) => buffer.len(),
            Source::Vector(vector) => vector.capacity(),
        };
        if self.len() < whole / 2 {
            *self = pool.copy_compact(self)?.freeze();
            return Ok(true);
        }
        match &mut self.source {
            Source::Buffer(buffer) => {
                Arc::get_mut(buffer).map_or(Ok(false), |buffer| pool.compact(buffer))
            }
            _ => Ok(false),
        }
    }

    /// The buffer that has the bytes, if they come from a buffer.
    #[must_use]
    pub fn buffer(&self) -> Option<&Buffer> {
        match &self.source {
            Source::Buffer(buffer) => Some(buffer),
            _ => None,
        }
    }
}

impl Deref for Frozen {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.source.bytes()[self.start..self.end]
    }
}

impl Default for Frozen {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Buffer> for Frozen {
    /// The same bytes, without copying. One small allocation.
    fn from(buffer: Buffer) -> Self {
        match buffer.is_empty() {
            true => Self::empty(),
            false => Self::new(Source::Buffer(Arc::new(buffer))),
        }
    }
}

impl From<Vec<u8>> for Frozen {
    /// The vector's bytes, without copying. One small allocation.
    fn from(vector: Vec<u8>) -> Self {
        match vector.is_empty() {
            true => Self::empty(),
            false => Self::new(Source::Vector(Arc::new(vector))),
        }
    }
}

impl From<Box<[u8]>> for Frozen {
    /// The box's bytes, without copying.
    fn from(bytes: Box<[u8]>) -> Self {
        Self::from(bytes.into_vec())
    }
}

impl From<String> for Frozen {
    /// The text as UTF-8, without copying.
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<&'static [u8]> for Frozen {
    fn from(bytes: &'static [u8]) -> Self {
        Self::from_static(bytes)
    }
}

impl<const N: usize> From<&'static [u8; N]> for Frozen {
    fn from(bytes: &'static [u8; N]) -> Self {
        Self::from_static(bytes)
    }
}

impl From<&'static str> for Frozen {
    fn from(text: &'static str) -> Self {
        Self::from_static(text.as_bytes())
    }
}

impl From<Frozen> for Vec<u8> {
    /// The vector that the bytes came from if this is all of it and its only holder, otherwise a copy.
    fn from(frozen: Frozen) -> Self {
        match frozen {
            Frozen { source: Source::Vector(vector), start: 0, end } => {
                let mut vector = Arc::unwrap_or_clone(vector);
                vector.truncate(end);
                vector
            }
            frozen => frozen.to_vec(),
        }
    }
}

impl FromIterator<u8> for Frozen {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        Self::from(bytes.into_iter().collect::<Vec<_>>())
    }
}
