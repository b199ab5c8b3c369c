//! Feature `futures-io`: the stream as futures-io's `AsyncWrite`, and any such writer as the stream's
//! sink.

use crate::chunk::{ByteChunk, Chunk};
use crate::io::{Position, SharedIoError};
use crate::poll::{PollSink, PollWritable};
use crate::queue::Chunks;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_io::{AsyncRead, AsyncWrite};
use std::io::{self, IoSlice, IoSliceMut};

/// Any futures-io `AsyncWrite` as a [`PollSink`] of bytes.
///
/// ```
/// use futures::{AsyncWriteExt, executor::block_on};
/// use stream_backpressure::{FuturesIoSink, Options, PollWritable};
///
/// # block_on(async {
/// let sink = FuturesIoSink::new(Vec::new());
/// let mut writable: PollWritable<Vec<u8>, _> = PollWritable::new(Options::default(), sink);
/// writable.write_all(b"all of it").await?;
/// writable.close().await?;
/// let sink = writable.into_sink().expect("the stream has finished");
/// assert_eq!(sink.into_inner(), b"all of it");
/// # Ok::<(), std::io::Error>(())
/// # })?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FuturesIoSink<W> {
    writer: W,
    position: Position,
}

impl<W: AsyncWrite + Unpin> FuturesIoSink<W> {
    /// A sink that writes into `writer`.
    pub fn new(writer: W) -> Self {
        Self { writer, position: Position::default() }
    }
}

impl<W> FuturesIoSink<W> {
    /// The writer.
    pub fn get_ref(&self) -> &W {
        &self.writer
    }

    /// The writer, mutably.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.writer
    }

    /// The writer back.
    pub fn into_inner(self) -> W {
        self.writer
    }

    /// Bytes written of the first chunk that is partly written, which [`PollWritable::into_parts`] returns first; otherwise
    /// 0. Always 0 if the chunk [drops](ByteChunk::advance) what is written.
    pub fn written(&self) -> usize {
        self.position.written()
    }
}

impl<C: ByteChunk, W: AsyncWrite + Unpin> PollSink<C> for FuturesIoSink<W> {
    type Error = SharedIoError;

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &mut Chunks<C>,
    ) -> Poll<Result<(), SharedIoError>> {
        let Self { writer, position } = self;
        // A writer that is not vectored writes only the first slice.
        position.poll_write(chunks, true, |slices| match slices {
            [slice] => Pin::new(&mut *writer).poll_write(cx, slice),
            slices => Pin::new(&mut *writer).poll_write_vectored(cx, slices),
        })
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SharedIoError>> {
        Pin::new(&mut self.writer).poll_flush(cx).map_err(Into::into)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SharedIoError>> {
        Pin::new(&mut self.writer).poll_close(cx).map_err(Into::into)
    }
}

/// As tokio's: each write becomes a chunk, and so do slices that are written together. Closing ends the stream.
impl<C, P> AsyncWrite for PollWritable<C, P>
where
    C: Chunk + From<Vec<u8>>,
    P: PollSink<C>,
    P::Error: core::error::Error + Send + Sync + 'static,
{
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_write_io(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_write_io(cx, slices)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_flush(self.get_mut(), cx).map_err(Into::into)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_close(self.get_mut(), cx).map_err(Into::into)
    }
}

/// Reads from the stream's writer, if that is a reader too. A stream that was destroyed reads its end.
impl<C: ByteChunk, W: AsyncRead + AsyncWrite + Unpin> AsyncRead
    for PollWritable<C, FuturesIoSink<W>>
{
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut().sink_mut() {
            Some(sink) => Pin::new(sink.get_mut()).poll_read(cx, into),
            None => Poll::Ready(Ok(0)),
        }
    }

    fn poll_read_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut().sink_mut() {
            Some(sink) => Pin::new(sink.get_mut()).poll_read_vectored(cx, into),
            None => Poll::Ready(Ok(0)),
        }
    }
}
