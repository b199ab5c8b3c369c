//! What pumping from a source into a stream has in common, whatever the source. No unsafe code.

use crate::poll::NotSent;
use crate::{Chunk, PollSink, PollWritable, Refused};
use core::convert::Infallible;
use core::fmt;
use core::future::poll_fn;
use core::task::{Context, Poll};

/// What a pump has done.
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

/// What ended a pump before its source did.
pub enum PumpError<X, C, E> {
    /// The source failed; the stream is destroyed.
    Source(X),
    /// The stream failed, or refused a chunk, which is in here.
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

impl<X: fmt::Display, C, E: fmt::Display> fmt::Display for PumpError<X, C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => write!(f, "the source failed: {error}"),
            Self::Sink(error) => error.fmt(f),
        }
    }
}

impl<X, C, E> core::error::Error for PumpError<X, C, E>
where
    X: fmt::Debug + fmt::Display,
    E: fmt::Debug + fmt::Display,
{
}

impl Pumped {
    /// Waits until the stream is ready, and counts that if it was not.
    pub(crate) async fn ready<C: Chunk, P: PollSink<C>>(
        &mut self,
        stream: &mut PollWritable<C, P>,
    ) -> Result<(), NotSent<C, P>> {
        let mut waited = false;
        let result = poll_fn(|cx| {
            let poll = stream.poll_ready(cx);
            waited |= poll.is_pending();
            poll
        });
        let result = result.await;
        self.waits += u64::from(waited);
        result
    }

    /// Polls the source; while it has nothing, the stream passes on what it holds.
    pub(crate) fn poll_source<T, C: Chunk, P: PollSink<C>>(
        &self,
        cx: &mut Context<'_>,
        stream: &mut PollWritable<C, P>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let next = poll(cx);
        if next.is_pending() {
            // An error stays with the stream, which tells it when it is next asked.
            let _ = stream.poll_flush(cx);
        }
        next
    }

    pub(crate) fn send<C: Chunk, P: PollSink<C>>(
        &mut self,
        stream: &mut PollWritable<C, P>,
        chunk: C,
    ) -> Result<(), NotSent<C, P>> {
        let length = chunk.length() as u64;
        stream.start_send(chunk)?;
        self.chunks += 1;
        self.counted += length;
        Ok(())
    }
}
