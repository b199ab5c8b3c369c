//! What a stream needs to know of a chunk: how much it counts, and whether it can be written.
//! No unsafe code.

use crate::{Encoding, Error, Node};

/// A piece of what is written.
///
/// Everything that is bytes (`Vec<u8>`, `bytes::Bytes`, `&[u8]`) is a chunk already.
pub trait Chunk: Sized {
    /// How much the chunk counts towards the high-water mark, in bytes; not asked in object mode,
    /// where each chunk counts 1. Must not change while the stream holds the chunk.
    fn length(&self) -> usize;

    /// Makes the chunk ready to be written, or says why it cannot be; text is decoded here.
    ///
    /// # Errors
    /// [`Error::NullValues`], [`Error::InvalidChunk`], [`Error::UnknownEncoding`].
    #[inline]
    fn admit(&mut self, rules: Rules) -> Result<(), Error<core::convert::Infallible>> {
        let _ = rules;
        Ok(())
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
    /// The Node whose rules hold.
    pub node: Node,
}

/// Any value as a chunk that counts 1, for streams of objects.
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
