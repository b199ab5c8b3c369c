//! Feature `tokio`: the stream as an `AsyncWrite`, any `AsyncWrite` as the stream's sink, tokio's
//! timer, and the pump from an `AsyncRead`. No unsafe code.

use crate::poll::NotSent;
use crate::{Chunk, Chunks, Error, PollSink, PollWritable, PumpError, Pumped, Timer};
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io::{self, IoSlice};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// Slices that one vectored write is given at most.
const SLICES: usize = 64;

/// Any `AsyncWrite` as a [`PollSink`] of bytes: what makes a Writable of a socket or a file.
///
/// Chunks are written together where the writer is vectored.
#[derive(Debug)]
pub struct TokioSink<W> {
    writer: W,
    /// Bytes of the first chunk that are written.
    written: usize,
}

impl<W: AsyncWrite + Unpin> TokioSink<W> {
    /// A sink of all that `writer` takes.
    pub fn new(writer: W) -> Self {
        Self { writer, written: 0 }
    }

    /// The writer.
    pub fn get_ref(&self) -> &W {
        &self.writer
    }

    /// Writes once, from where it is.
    fn poll_once<C: AsRef<[u8]>>(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &Chunks<C>,
    ) -> Poll<io::Result<usize>> {
        let writer = Pin::new(&mut self.writer);
        let rest = chunks.first().map_or(&[][..], |first| &first.as_ref()[self.written..]);
        if chunks.len() == 1 || !writer.is_write_vectored() {
            return writer.poll_write(cx, rest);
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let all = core::iter::once(rest).chain(chunks.iter().skip(1).map(AsRef::as_ref));
        let count = slices.iter_mut().zip(all).map(|(slice, bytes)| *slice = IoSlice::new(bytes));
        let count = count.count();
        writer.poll_write_vectored(cx, &slices[..count])
    }

    /// Drops the chunks that are written to the end.
    fn advance<C: AsRef<[u8]>>(&mut self, chunks: &mut Chunks<C>, mut bytes: usize) {
        bytes += self.written;
        while let Some(first) = chunks.first().filter(|first| first.as_ref().len() <= bytes) {
            bytes -= first.as_ref().len();
            chunks.next();
        }
        self.written = bytes;
    }
}

/// An error of input or output that can be told more than once.
#[derive(Clone, Debug)]
pub struct SharedIoError(Arc<io::Error>);

impl SharedIoError {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.0.kind()
    }
}

impl From<io::Error> for SharedIoError {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for SharedIoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::error::Error for SharedIoError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&*self.0)
    }
}

impl<C: AsRef<[u8]>, W: AsyncWrite + Unpin> PollSink<C> for TokioSink<W> {
    type Error = SharedIoError;

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &mut Chunks<C>,
    ) -> Poll<Result<(), SharedIoError>> {
        self.advance(chunks, 0);
        while !chunks.is_empty() {
            let bytes = ready!(self.poll_once(cx, chunks))?;
            if bytes == 0 {
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::WriteZero).into()));
            }
            self.advance(chunks, bytes);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SharedIoError>> {
        Pin::new(&mut self.writer).poll_flush(cx).map_err(Into::into)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SharedIoError>> {
        Pin::new(&mut self.writer).poll_shutdown(cx).map_err(Into::into)
    }
}

/// Each write becomes a chunk of its own, no longer than the high-water mark and what the caps leave;
/// pending while the stream is not ready. Shutting down ends the stream.
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
        let stream = self.get_mut();
        ready!(Self::poll_ready(stream, cx)).map_err(io_error)?;
        let length = bytes.len().min(stream.high_water_mark().max(1)).min(stream.room());
        if length == 0 && !bytes.is_empty() && stream.stats().bytes > 0 {
            // The cap is below the mark: what is held has to go first, and wakes this task.
            return Poll::Pending;
        }
        let chunk = if length == 0 { bytes } else { &bytes[..length] };
        match Self::start_send(stream, chunk.to_vec().into()) {
            Ok(()) => Poll::Ready(Ok(chunk.len())),
            Err(refused) => Poll::Ready(Err(io_error(refused))),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_flush(self.get_mut(), cx).map_err(io_error)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_close(self.get_mut(), cx).map_err(io_error)
    }
}

/// The stream's error as one of input and output.
fn io_error<C, K, E>(refused: crate::Refused<C, K, E>) -> io::Error
where
    E: core::error::Error + Send + Sync + 'static,
{
    let kind = match &refused.error {
        Error::WriteAfterEnd | Error::Destroyed(_) => io::ErrorKind::BrokenPipe,
        Error::Full { .. } | Error::OverBudget => io::ErrorKind::StorageFull,
        Error::Deadline => io::ErrorKind::TimedOut,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, refused.error)
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
        let deadline = self.start + time;
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
/// Reads up to `chunk` bytes at a time, and only when the stream is ready; while it is not, the reader
/// is left alone. A failure on one side destroys the other.
///
/// # Errors
/// The reader's error, after which the stream is destroyed with [`Error::Aborted`]; the stream's, with
/// the chunk if it refused one.
///
/// ```
/// use stream_backpressure::{Options, PollWritable, TokioSink, pump_read};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let sink = TokioSink::new(Vec::new());
/// let mut writable: PollWritable<Vec<u8>, _> = PollWritable::new(Options::default(), sink);
/// let pumped = pump_read(&b"all of it"[..], &mut writable, 4).await.expect("neither fails");
/// assert_eq!((pumped.chunks, pumped.counted), (3, 9));
/// assert_eq!(writable.sink().get_ref(), b"all of it");
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
    let mut pumped = Pumped::default();
    loop {
        pumped.ready(stream).await.map_err(PumpError::Sink)?;
        let mut bytes = vec![0; chunk.max(1)];
        let mut read = ReadBuf::new(&mut bytes);
        let result = poll_fn(|cx| {
            pumped.poll_source(cx, stream, |cx| reader.as_mut().poll_read(cx, &mut read))
        });
        if let Err(error) = result.await {
            stream.destroy(Some(Error::Aborted));
            return Err(PumpError::Source(error));
        }
        let length = read.filled().len();
        if length == 0 {
            break;
        }
        bytes.truncate(length);
        let sent: Result<(), NotSent<C, P>> = pumped.send(stream, bytes.into());
        sent.map_err(PumpError::Sink)?;
    }
    poll_fn(|cx| stream.poll_close(cx)).await.map_err(PumpError::Sink)?;
    Ok(pumped)
}
