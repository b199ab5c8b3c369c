//! Chunks: how much a chunk counts, and whether it can be written.

use crate::encoding::Encoding;
use crate::error::Error;
use crate::options::NodeVersion;
use core::convert::Infallible;

/// One write's worth of data.
///
/// Every `AsRef<[u8]>` (`Vec<u8>`, `bytes::Bytes`, `&[u8]`) is a chunk.
pub trait Chunk: Sized {
    /// How much the chunk counts towards the high-water mark, in bytes. Not called in object mode,
    /// where each chunk counts 1. Must not change while the stream holds the chunk.
    fn length(&self) -> usize;

    /// What the chunk will count when it is [prepared](Self::prepare), in bytes, or why it cannot be
    /// written. The chunk is unchanged, so that a stream without room can give it back.
    ///
    /// # Errors
    /// [`Error::NullValues`], [`Error::InvalidChunk`], [`Error::UnknownEncoding`].
    #[inline]
    fn check(&self, rules: Rules) -> Result<usize, Error<Infallible>> {
        let _ = rules;
        Ok(self.length())
    }

    /// Prepares a chunk for writing, after it was [checked](Self::check) and the stream has taken it; decodes text.
    #[inline]
    fn prepare(&mut self, rules: Rules) {
        let _ = rules;
    }
}

impl<T: AsRef<[u8]>> Chunk for T {
    #[inline]
    fn length(&self) -> usize {
        self.as_ref().len()
    }
}

/// A stream's rules for the chunks it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Any value but null is a chunk, and counts 1.
    #[doc(alias = "writableObjectMode")]
    pub object_mode: bool,
    /// Text reaches the sink as bytes.
    #[doc(alias = "decodeStrings")]
    pub decode_strings: bool,
    /// The encoding of text that names none.
    #[doc(alias = "defaultEncoding")]
    pub default_encoding: Encoding,
    /// The Node.js whose rules hold.
    pub node: NodeVersion,
}

/// A chunk whose bytes a byte stream can write: what [`TokioSink`](crate::TokioSink) and
/// [`FuturesIoSink`](crate::FuturesIoSink) take.
///
/// Every `AsRef<[u8]>` is one; with feature `bytes` any `bytes::Buf` is, as a `BufChunk`.
#[cfg(any(feature = "futures-io", feature = "tokio"))]
pub trait ByteChunk: Chunk {
    /// Bytes that are left.
    fn remaining(&self) -> usize;

    /// Fills `slices` with what is left after the first `skip` bytes. Returns the number of slices: at least one, if more
    /// than `skip` bytes are left and `slices` is not empty.
    fn slices<'a>(&'a self, skip: usize, slices: &mut [std::io::IoSlice<'a>]) -> usize;

    /// Drops the first `bytes` bytes, if the chunk can. Returns whether it did; if not, the writer skips them. What the
    /// chunk [counts](Chunk::length) does not change.
    fn advance(&mut self, bytes: usize) -> bool {
        let _ = bytes;
        false
    }
}

#[cfg(any(feature = "futures-io", feature = "tokio"))]
impl<T: AsRef<[u8]>> ByteChunk for T {
    #[inline]
    fn remaining(&self) -> usize {
        self.as_ref().len()
    }

    #[inline]
    fn slices<'a>(&'a self, skip: usize, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        let rest = self.as_ref().get(skip..).filter(|rest| !rest.is_empty());
        let Some((slice, rest)) = slices.first_mut().zip(rest) else { return 0 };
        *slice = std::io::IoSlice::new(rest);
        1
    }
}

/// Any value as a chunk with an explicit length, which may differ from its number of bytes.
///
/// A small slice of a large allocation, for example, counts the allocation that it keeps alive.
///
/// ```
/// use stream_backpressure::{Chunk, Measured};
/// let chunk = Measured::new(b"a slice", 65_536);
/// assert_eq!((chunk.length(), chunk.value.len()), (65_536, 7));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured<T> {
    /// The value.
    pub value: T,
    length: usize,
}

impl<T> Measured<T> {
    /// A chunk that counts `length` bytes.
    pub fn new(value: T, length: usize) -> Self {
        Self { value, length }
    }
}

impl<T> Chunk for Measured<T> {
    #[inline]
    fn length(&self) -> usize {
        self.length
    }
}

#[cfg(any(feature = "futures-io", feature = "tokio"))]
impl<T: AsRef<[u8]>> ByteChunk for Measured<T> {
    fn remaining(&self) -> usize {
        self.value.remaining()
    }

    fn slices<'a>(&'a self, skip: usize, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        self.value.slices(skip, slices)
    }
}

/// Any value as a chunk that counts 1, for streams in object mode.
///
/// ```
/// use stream_backpressure::{Chunk, Object};
/// assert_eq!(Object("a value").length(), 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<T> Chunk for Object<T> {
    #[inline]
    fn length(&self) -> usize {
        1
    }
}
