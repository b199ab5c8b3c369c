//! Pumping from a source into a stream, for any kind of source.

use crate::chunk::Chunk;
use crate::coop::cooperative;
use crate::error::{Error, Refused};
use crate::poll::{NotSent, PollSink, PollWritable};
use core::convert::Infallible;
use core::fmt;
use core::task::{Context, Poll};

/// Chunks that a pump passes on before it lets other tasks run, as in tokio's cooperative budget.
const TURN: usize = 128;

/// The result of a pump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pumped {
    /// Chunks written.
    pub chunks: u64,
    /// What they counted, in bytes.
    pub counted: u64,
    /// How often the source had to wait for the stream.
    pub waits: u64,
}

/// Why a pump ended before its source.
pub enum PumpError<X, C, E> {
    /// The source failed; the stream is destroyed.
    Source(X),
    /// The stream failed, or refused this chunk.
    Sink(Refused<C, Infallible, E>),
}

impl<X: fmt::Debug, C, E: fmt::Debug> fmt::Debug for PumpError<X, C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => f.debug_tuple("Source").field(error).finish(),
            Self::Sink(error) => f.debug_tuple("Sink").field(error).finish(),
        }
    }
}

/// The message leaves out the source's error, which is the [`source`](core::error::Error::source).
impl<X, C, E: fmt::Display> fmt::Display for PumpError<X, C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(_) => f.write_str("The pump's source failed"),
            Self::Sink(error) => error.fmt(f),
        }
    }
}

impl<X, C, E> core::error::Error for PumpError<X, C, E>
where
    X: core::error::Error + 'static,
    E: core::error::Error + 'static,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Source(error) => Some(error),
            Self::Sink(error) => error.source(),
        }
    }
}

/// How a pump ends.
type Ended<X, C, P> = Result<Pumped, PumpError<X, C, <P as PollSink<C>>::Error>>;

/// A running pump.
#[derive(Debug, Default)]
pub(crate) struct Pump {
    pumped: Pumped,
    /// The stream was not ready at the last poll.
    waits: bool,
    /// The source has ended.
    ended: bool,
}

impl Pump {
    /// Passes chunks on from the source until it ends and the stream is closed. The source is polled
    /// only when the stream is ready; while it has nothing, the stream passes on what it holds.
    ///
    /// The stream keeps a chunk aside that finds no room, so it is not lost if the pump is dropped.
    pub(crate) fn poll<C: Chunk, P: PollSink<C>, X>(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut PollWritable<C, P>,
        mut next: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<C, X>>>,
    ) -> Poll<Ended<X, C, P>> {
        for _ in 0..TURN {
            if self.ended {
                return stream.poll_close(cx).map_ok(|()| self.pumped).map_err(PumpError::Sink);
            }
            let ready = stream.poll_ready(cx).map_err(PumpError::Sink)?;
            if ready.is_pending() {
                self.pumped.waits += u64::from(!self.waits);
                self.waits = true;
                return Poll::Pending;
            }
            self.waits = false;
            match cooperative(cx, &mut next) {
                Poll::Ready(Some(Ok(chunk))) => self.send(stream, chunk)?,
                Poll::Ready(Some(Err(error))) => {
                    stream.destroy(Some(Error::Aborted));
                    return Poll::Ready(Err(PumpError::Source(error)));
                }
                Poll::Ready(None) => self.ended = true,
                Poll::Pending => {
                    if let Poll::Ready(Err(refused)) = stream.poll_flush(cx) {
                        return Poll::Ready(Err(PumpError::Sink(refused)));
                    }
                    return Poll::Pending;
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn send<C: Chunk, P: PollSink<C>, X>(
        &mut self,
        stream: &mut PollWritable<C, P>,
        chunk: C,
    ) -> Result<(), PumpError<X, C, P::Error>> {
        let length = chunk.length() as u64;
        let sent: Result<(), NotSent<C, P>> = stream.offer(chunk);
        sent.map_err(PumpError::Sink)?;
        self.pumped.chunks += 1;
        self.pumped.counted += length;
        Ok(())
    }
}
