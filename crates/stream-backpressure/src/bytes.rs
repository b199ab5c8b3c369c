//! Feature `bytes`: a `bytes::Buf` as a chunk.

#[cfg(any(feature = "futures-io", feature = "tokio"))]
use crate::chunk::ByteChunk;
use crate::chunk::Chunk;
use bytes::Buf;

/// A `bytes::Buf` as a chunk, which counts the bytes that were initially left in it.
///
/// A `Buf` of several parts, such as a `bytes::buf::Chain` of header and body, is written without being
/// joined.
///
/// ```
/// use bytes::Buf;
/// use stream_backpressure::{BufChunk, Chunk};
/// let message = BufChunk::new((&b"header"[..]).chain(&b"body"[..]));
/// assert_eq!(message.length(), 10);
/// ```
#[derive(Clone, Debug)]
pub struct BufChunk<B> {
    buf: B,
    length: usize,
}

impl<B: Buf> BufChunk<B> {
    /// A chunk of what is left in `buf`.
    pub fn new(buf: B) -> Self {
        let length = buf.remaining();
        Self { buf, length }
    }

    /// The `Buf`, from which the written bytes are consumed.
    pub fn get_ref(&self) -> &B {
        &self.buf
    }

    /// The `Buf` back.
    pub fn into_inner(self) -> B {
        self.buf
    }
}

impl<B: Buf> From<B> for BufChunk<B> {
    fn from(buf: B) -> Self {
        Self::new(buf)
    }
}

impl<B: Buf> Chunk for BufChunk<B> {
    fn length(&self) -> usize {
        self.length
    }
}

#[cfg(any(feature = "futures-io", feature = "tokio"))]
impl<B: Buf> ByteChunk for BufChunk<B> {
    fn remaining(&self) -> usize {
        self.buf.remaining()
    }

    fn slices<'a>(&'a self, skip: usize, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        debug_assert_eq!(skip, 0, "what is written is dropped by `advance`");
        self.buf.chunks_vectored(slices)
    }

    fn advance(&mut self, bytes: usize) -> bool {
        self.buf.advance(bytes);
        true
    }
}
