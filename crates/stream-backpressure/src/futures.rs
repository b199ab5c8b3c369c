//! Feature `futures`: the stream as a `futures_sink::Sink`, any such sink as the stream's, and the
//! pump from a `Stream`.

use crate::chunk::Chunk;
use crate::error::Shared;
use crate::poll::{NotSent, PollSink, PollWritable};
use crate::pump::{Pump, PumpError, Pumped};
use crate::queue::Chunks;
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use futures_core::Stream;
use futures_sink::Sink;

/// Ready means that there is no backpressure; it cannot take the size of the next chunk into account. At most one chunk for
/// which a cap or the budget has no room is kept aside, and the stream is not ready until it fits. A chunk that never fits
/// is refused, and comes back in the error.
impl<C: Chunk, P: PollSink<C>> Sink<C> for PollWritable<C, P> {
    type Error = NotSent<C, P>;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.get_mut().poll_in_turn(cx, Self::poll_ready)
    }

    fn start_send(self: Pin<&mut Self>, chunk: C) -> Result<(), Self::Error> {
        self.get_mut().offer(chunk)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Self::poll_flush(self.get_mut(), cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Self::poll_close(self.get_mut(), cx)
    }
}

/// Any `futures_sink::Sink` as a [`PollSink`]; its error is [`Shared`], so it need not be `Clone`.
#[derive(Clone, Debug, Default)]
pub struct FuturesSink<S>(pub S);

impl<S> FuturesSink<S> {
    /// The sink.
    pub fn get_ref(&self) -> &S {
        &self.0
    }

    /// The sink, mutably.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.0
    }

    /// The sink back.
    pub fn into_inner(self) -> S {
        self.0
    }
}

impl<C, S: Sink<C> + Unpin> PollSink<C> for FuturesSink<S> {
    type Error = Shared<S::Error>;

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        chunks: &mut Chunks<C>,
    ) -> Poll<Result<(), Self::Error>> {
        while !chunks.is_empty() {
            ready!(Pin::new(&mut self.0).poll_ready(cx))?;
            chunks.next().map_or(Ok(()), |chunk| Pin::new(&mut self.0).start_send(chunk))?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Pin::new(&mut self.0).poll_flush(cx).map_err(Shared::from)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Pin::new(&mut self.0).poll_close(cx).map_err(Shared::from)
    }
}

/// Pumps a source into a stream until it ends, then ends the stream: `pipeline(source, writable)`.
///
/// Polls the source only when the stream is ready and has room for the last chunk. A failure on one side destroys the
/// other. Other tasks run in between, even if both sides are always ready.
///
/// # Errors
/// The source's error, after which the stream is destroyed with [`Error::Aborted`]; the stream's, with
/// the chunk if it refused one.
///
/// [`Error::Aborted`]: crate::Error::Aborted
///
/// ```
/// use futures::{executor::block_on, sink, stream};
/// use stream_backpressure::{FuturesSink, Options, PollWritable, pump};
///
/// let sent = sink::drain();
/// let mut writable = PollWritable::new(Options::default(), FuturesSink(sent));
/// let source = stream::iter([vec![0_u8; 10], vec![0; 20]].map(Ok::<_, ()>));
/// let pumped = block_on(pump(source, &mut writable)).expect("neither fails");
/// assert_eq!((pumped.chunks, pumped.counted, pumped.waits), (2, 30, 0));
/// ```
pub async fn pump<C, P, S, X>(
    source: S,
    stream: &mut PollWritable<C, P>,
) -> Result<Pumped, PumpError<X, C, P::Error>>
where
    C: Chunk,
    P: PollSink<C>,
    S: Stream<Item = Result<C, X>>,
{
    let mut source = pin!(source);
    let mut pump = Pump::default();
    poll_fn(|cx| pump.poll(cx, stream, |cx| source.as_mut().poll_next(cx))).await
}
