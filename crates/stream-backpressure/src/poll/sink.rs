//! The sink of a stream that is polled.

use crate::queue::Chunks;
use core::task::{Context, Poll};

/// Where a [`PollWritable`](crate::PollWritable)'s chunks go.
///
/// `poll` functions wake the context's task as everywhere: whoever returns [`Poll::Pending`] has seen
/// to it.
///
/// A panic goes on to whoever polled the stream, and fails the stream with
/// [`Error::SinkPanicked`](crate::Error::SinkPanicked).
pub trait PollSink<C> {
    /// What the sink fails with.
    type Error: Clone;

    /// Passes on chunks from the first on, and is ready when none is left. Called again with the
    /// same chunks until then. Ready with chunks left fails the stream with
    /// [`Error::ChunksLeft`](crate::Error::ChunksLeft).
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

/// A sink that is a function of a context and the chunks: [`PollSink::poll_write`] and no more.
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
