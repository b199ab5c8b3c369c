//! What the byte streams of tokio and futures-io have in common: writing chunks into a writer, writes of bytes, and I/O
//! errors.

use crate::chunk::{ByteChunk, Chunk};
use crate::error::{Error, Refused, Shared};
use crate::poll::{PollSink, PollWritable};
use crate::queue::Chunks;
use core::fmt;
use core::task::{Context, Poll, ready};
use std::io::{self, IoSlice};

/// The most slices of one vectored write.
const SLICES: usize = 64;
/// An I/O error that can be reported more than once.
pub type SharedIoError = Shared<io::Error>;

/// A writer claimed to have written more than it was given: the error inside an [`io::ErrorKind::InvalidData`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overclaim {
    /// Bytes that the writer claimed.
    pub claimed: usize,
    /// Bytes that the writer was given.
    pub given: usize,
}

impl fmt::Display for Overclaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { claimed, given } = self;
        write!(f, "The writer said that it wrote {claimed} bytes of {given}")
    }
}

impl core::error::Error for Overclaim {}

/// A writer's position in the first of its chunks.
#[derive(Debug, Default)]
pub(crate) struct Position {
    /// Bytes of the first chunk that are written.
    written: usize,
}

impl Position {
    /// Bytes of the first chunk that are written.
    pub(crate) fn written(&self) -> usize {
        self.written
    }

    /// Writes chunks until none is left, several together if `vectored`, otherwise one at a time.
    pub(crate) fn poll_write<C: ByteChunk>(
        &mut self,
        chunks: &mut Chunks<C>,
        vectored: bool,
        mut write: impl FnMut(&[IoSlice<'_>]) -> Poll<io::Result<usize>>,
    ) -> Poll<Result<(), SharedIoError>> {
        self.drop_written(chunks);
        while !chunks.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let count = self.fill(chunks, &mut slices[..if vectored { SLICES } else { 1 }]);
            let bytes = match ready!(write(&slices[..count])) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            if bytes == 0 {
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::WriteZero).into()));
            }
            let given = slices[..count].iter().map(|slice| slice.len()).sum();
            if bytes > given {
                let error = Overclaim { claimed: bytes, given };
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error).into()));
            }
            self.written += bytes;
            self.drop_written(chunks);
        }
        Poll::Ready(Ok(()))
    }

    /// Fills `slices` with what is to be written next. Returns how many were filled.
    fn fill<'a, C: ByteChunk>(&self, chunks: &'a Chunks<C>, slices: &mut [IoSlice<'a>]) -> usize {
        let (mut count, mut skip) = (0, self.written);
        for chunk in chunks.iter() {
            if count == slices.len() {
                break;
            }
            let length = chunk.remaining() - skip;
            let filled = chunk.slices(skip, &mut slices[count..]);
            let bytes: usize = slices[count..count + filled].iter().map(|slice| slice.len()).sum();
            count += filled;
            skip = 0;
            if bytes < length {
                // The rest of a chunk comes before the next chunk.
                break;
            }
        }
        count
    }

    /// Drops chunks that are fully written, and the written part of the next.
    fn drop_written<C: ByteChunk>(&mut self, chunks: &mut Chunks<C>) {
        while let Some(first) = chunks.first_mut() {
            let remaining = first.remaining();
            if remaining <= self.written {
                self.written -= remaining;
                chunks.next();
            } else {
                if self.written > 0 && first.advance(self.written) {
                    self.written = 0;
                }
                return;
            }
        }
    }
}

impl<C, P> PollWritable<C, P>
where
    C: Chunk + From<Vec<u8>>,
    P: PollSink<C>,
    P::Error: core::error::Error + Send + Sync + 'static,
{
    /// Both crates' `AsyncWrite::poll_write_vectored`: as [`poll_write_slices`](Self::poll_write_slices), but lets other
    /// tasks run.
    pub(crate) fn poll_write_io(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.poll_in_turn(cx, |stream, cx| stream.poll_write_slices(cx, slices));
        written.map_err(Into::into)
    }
}

/// A stream's error as an I/O error, of the sink's kind if the sink's is one. A refused chunk is dropped.
impl<C, K, E> From<Refused<C, K, E>> for io::Error
where
    E: core::error::Error + Send + Sync + 'static,
{
    fn from(refused: Refused<C, K, E>) -> Self {
        match refused.error {
            Error::Sink(error) => {
                if let Some(code) = as_io(&error).and_then(io::Error::raw_os_error) {
                    // The operating system's code gives the message.
                    return io::Error::from_raw_os_error(code);
                }
                io::Error::new(sink_kind(&error), error)
            }
            error => io::Error::new(kind(&error), error),
        }
    }
}

/// The source's error, or the stream's as an I/O error.
#[cfg(feature = "tokio")]
impl<C, E> From<crate::pump::PumpError<io::Error, C, E>> for io::Error
where
    E: core::error::Error + Send + Sync + 'static,
{
    fn from(error: crate::pump::PumpError<io::Error, C, E>) -> Self {
        match error {
            crate::pump::PumpError::Source(error) => error,
            crate::pump::PumpError::Sink(refused) => refused.into(),
        }
    }
}

fn kind<E: core::error::Error + 'static>(error: &Error<E>) -> io::ErrorKind {
    match error {
        Error::WriteAfterEnd | Error::Destroyed(_) => io::ErrorKind::BrokenPipe,
        Error::Full { .. } | Error::OverBudget => io::ErrorKind::StorageFull,
        Error::Evicted => io::ErrorKind::QuotaExceeded,
        Error::Deadline => io::ErrorKind::TimedOut,
        Error::Aborted => io::ErrorKind::ConnectionAborted,
        Error::Sink(error) => sink_kind(error),
        Error::Aggregate(both) => kind(&both[0]),
        _ => io::ErrorKind::Other,
    }
}

/// The kind of the I/O error that the sink's error is, or was caused by.
fn sink_kind(error: &(dyn core::error::Error + 'static)) -> io::ErrorKind {
    let causes = core::iter::successors(Some(error), |error| error.source());
    causes.filter_map(as_io).next().map_or(io::ErrorKind::Other, io::Error::kind)
}

fn as_io<'a>(error: &'a (dyn core::error::Error + 'static)) -> Option<&'a io::Error> {
    let shared = error.downcast_ref::<SharedIoError>();
    shared.map(|shared| &**shared).or_else(|| error.downcast_ref())
}
