//! The sink of a polled stream.

use crate::queue::Chunks;
use core::task::{Context, Poll};

/// Where a [`PollWritable`](crate::PollWritable)'s chunks go.
///
/// A function that returns [`Poll::Pending`] has arranged that the context's task is woken, as in [`Future::poll`].
///
/// A panic fails the stream with [`Error::SinkPanicked`](crate::Error::SinkPanicked), and goes on to the caller that
/// polled the stream.
pub trait PollSink<C> {
    /// The sink's error.
    type Error: Clone;

    /// Passes on the chunks in order. Ready when none is left; until then it is called again with the same chunks. If it
    /// is ready with chunks left, the stream fails with [`Error::ChunksLeft`](crate::Error::ChunksLeft).
    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &mut Chunks<C>,
    ) -> Poll<Result<(), Self::Error>>;

    /// Passes on what the sink itself holds.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let _ = cx;
        Poll::Ready(Ok(()))
    }

    /// Flushes and closes the sink.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.poll_flush(cx)
    }
}

/// A sink made of a function: its [`PollSink::poll_write`]. Flushing and closing do nothing.
#[derive(Clone, Debug)]
pub struct PollFn<F>(pub F);

impl<C, E, F> PollSink<C> for PollFn<F>
where
    E: Clone,
    F: FnMut(&mut Context<'_>, &mut Chunks<C>) -> Poll<Result<(), E>>,
{
    type Error = E;

    fn poll_write(&mut self, cx: &mut Context<'_>, chunks: &mut Chunks<C>) -> Poll<Result<(), E>> {
        (self.0)(cx, chunks)
    }
}
