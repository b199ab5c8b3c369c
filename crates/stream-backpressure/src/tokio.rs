//! Feature `tokio`: the stream as an `AsyncWrite`, any `AsyncWrite` as the stream's sink, tokio's
//! timer, and the pump from an `AsyncRead`.

use crate::chunk::{ByteChunk, Chunk};
use crate::io::{Position, SharedIoError};
use crate::poll::{PollSink, PollWritable, Timer};
use crate::pump::{Pump, PumpError, Pumped};
use crate::queue::Chunks;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io::{self, IoSlice};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// Any `AsyncWrite` as a [`PollSink`] of bytes, which makes a Writable of a socket or a file.
///
/// Several chunks are written together if the writer is vectored.
#[derive(Debug)]
pub struct TokioSink<W> {
    writer: W,
    position: Position,
}

impl<W: AsyncWrite + Unpin> TokioSink<W> {
    /// A sink that writes into `writer`.
    pub fn new(writer: W) -> Self {
        Self { writer, position: Position::default() }
    }
}

impl<W> TokioSink<W> {
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

impl<C: ByteChunk, W: AsyncWrite + Unpin> PollSink<C> for TokioSink<W> {
    type Error = SharedIoError;

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &mut Chunks<C>,
    ) -> Poll<Result<(), SharedIoError>> {
        let Self { writer, position } = self;
        position.poll_write(chunks, writer.is_write_vectored(), |slices| match slices {
            [slice] => Pin::new(&mut *writer).poll_write(cx, slice),
            slices => Pin::new(&mut *writer).poll_write_vectored(cx, slices),
        })
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SharedIoError>> {
        Pin::new(&mut self.writer).poll_flush(cx).map_err(Into::into)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SharedIoError>> {
        Pin::new(&mut self.writer).poll_shutdown(cx).map_err(Into::into)
    }
}

/// Writes are cut into pieces as long as the high-water mark; short writes are gathered while the sink is busy. A write is
/// pending while the stream is not ready or a cap or the budget has no room. Slices that are written together
/// become one chunk. Shutting down ends the stream.
///
/// An error has the kind of the sink's error.
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

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_flush(self.get_mut(), cx).map_err(Into::into)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_close(self.get_mut(), cx).map_err(Into::into)
    }
}

/// Reads from the stream's writer, if that is a reader too, as a socket. A stream that was destroyed reads its end.
impl<C: ByteChunk, W: AsyncRead + AsyncWrite + Unpin> AsyncRead for PollWritable<C, TokioSink<W>> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut().sink_mut() {
            Some(sink) => Pin::new(sink.get_mut()).poll_read(cx, into),
            None => Poll::Ready(Ok(())),
        }
    }
}

/// Tokio's timer for deadlines; needs a runtime with time enabled.
#[derive(Debug)]
pub struct TokioTimer {
    start: Instant,
    sleep: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl TokioTimer {
    /// A timer that counts from now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now(), sleep: None }
    }
}

impl Default for TokioTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Timer for TokioTimer {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn poll_at(&mut self, cx: &mut Context<'_>, time: Duration) -> Poll<()> {
        // A deadline that overflows the clock never passes.
        let Some(deadline) = self.start.checked_add(time) else { return Poll::Pending };
        let (at, sleep) = self.sleep.get_or_insert_with(|| (time, Box::pin(sleep_until(deadline))));
        if *at != time {
            *at = time;
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx)
    }
}

/// Pumps a reader into a stream until it ends, then ends the stream: `pipeline(reader, writable)`.
///
/// Reads up to `chunk` bytes at a time, and only when the stream is ready and has room for what was read last. A failure
/// on one side destroys the other. Other tasks run in between, by tokio's cooperative budget.
///
/// # Errors
/// The reader's error, after which the stream is destroyed with [`Error::Aborted`]; the stream's, with
/// the chunk if it refused one.
///
/// [`Error::Aborted`]: crate::Error::Aborted
///
/// ```
/// use stream_backpressure::{Options, PollWritable, TokioSink, pump_read};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let sink = TokioSink::new(Vec::new());
/// let mut writable: PollWritable<Vec<u8>, _> = PollWritable::new(Options::default(), sink);
/// let pumped = pump_read(&b"all of it"[..], &mut writable, 4).await.expect("neither fails");
/// assert_eq!((pumped.chunks, pumped.counted), (3, 9));
/// let sink = writable.into_sink().expect("the stream has finished");
/// assert_eq!(sink.into_inner(), b"all of it");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn pump_read<C, P, R>(
    reader: R,
    stream: &mut PollWritable<C, P>,
    chunk: usize,
) -> Result<Pumped, PumpError<io::Error, C, P::Error>>
where
    C: Chunk + From<Vec<u8>>,
    P: PollSink<C>,
    R: AsyncRead,
{
    let mut reader = pin!(reader);
    let mut bytes = Vec::new();
    let mut pump = Pump::default();
    poll_fn(|cx| {
        pump.poll(cx, stream, |cx| {
            bytes.resize(chunk.max(1), 0);
            let mut read = ReadBuf::new(&mut bytes);
            let length =
                ready!(reader.as_mut().poll_read(cx, &mut read)).map(|()| read.filled().len());
            Poll::Ready(match length {
                Ok(0) => None,
                Ok(length) => {
                    bytes.truncate(length);
                    Some(Ok(core::mem::take(&mut bytes).into()))
                }
                Err(error) => Some(Err(error)),
            })
        })
    })
    .await
}
