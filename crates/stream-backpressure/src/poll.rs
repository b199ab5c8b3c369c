//! The machine behind a sink that is polled: what the faces of `futures` and `tokio` stand on, with
//! nothing of either. No unsafe code.
//!
//! The stream makes progress when it is polled, never on its own. It runs in
//! [`Mode::Strict`](crate::Mode::Strict): once a write has said false it is not ready before all is
//! drained, and what it refuses comes back.

use crate::{
    Budget, Chunk, Chunks, Completion, Error, Event, Host, Machine, Mode, Options, Refused, Stats,
};
use core::convert::Infallible;
use core::fmt;
use core::task::{Context, Poll, ready};
use core::time::Duration;

/// Chunks that the sink is given at a time, at most.
const BATCH: usize = 64;

/// Where a [`PollWritable`]'s chunks go.
///
/// `poll` functions wake the context's task as everywhere: whoever returns [`Poll::Pending`] has seen
/// to it.
pub trait PollSink<C> {
    /// What the sink fails with.
    type Error: Clone;

    /// Passes on chunks from the first on, and is ready when none is left. Called again with the
    /// same chunks until then.
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

/// What wakes a stream at its deadline.
pub trait Timer: Send {
    /// The time now, from any fixed moment on.
    fn now(&self) -> Duration;

    /// Ready at that time, and wakes the task then.
    fn poll_at(&mut self, cx: &mut Context<'_>, time: Duration) -> Poll<()>;
}

/// A Writable over a sink that is polled.
///
/// With feature `futures` it is a `futures_sink::Sink`, with feature `tokio` a
/// `tokio::io::AsyncWrite` of bytes.
///
/// ```
/// use std::task::{Context, Poll, Waker};
/// use stream_backpressure::{Chunks, Options, PollFn, PollWritable};
///
/// let mut passed = 0;
/// let count = PollFn(|_: &mut Context<'_>, chunks: &mut Chunks<Vec<u8>>| {
///     passed += chunks.map(|chunk| chunk.len()).sum::<usize>();
///     Poll::Ready(Ok::<_, std::convert::Infallible>(()))
/// });
/// let mut writable = PollWritable::new(Options::default(), count);
/// let cx = &mut Context::from_waker(Waker::noop());
/// assert!(writable.poll_ready(cx)?.is_ready());
/// writable.start_send(vec![0; 100_000])?;
/// assert!(writable.poll_close(cx)?.is_ready());
/// drop(writable);
/// assert_eq!(passed, 100_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PollWritable<C: Chunk, P: PollSink<C>> {
    machine: Machine<C, Polled<C, P>>,
    timer: Option<Box<dyn Timer>>,
    flushed: bool,
}

/// Nothing in a stream is pinned.
impl<C: Chunk, P: PollSink<C>> Unpin for PollWritable<C, P> {}

/// What a [`PollWritable`] refuses.
pub type NotSent<C, P> = Refused<C, Infallible, <P as PollSink<C>>::Error>;

/// The host: the sink, and what it has not passed on yet.
struct Polled<C, P> {
    sink: P,
    /// What is in flight for the machine and has not been shown to the sink.
    in_hand: Chunks<C>,
    /// What the sink is passing on: some chunks, about as much as the high-water mark.
    batch: Chunks<C>,
    /// What the batch counted when it was made.
    batch_length: usize,
    closing: bool,
    now: Option<Duration>,
}

impl<C: Chunk, P: PollSink<C>> Host<C> for Polled<C, P> {
    type Callback = Infallible;
    type Error = P::Error;

    fn write(stream: &mut Machine<C, Self>, chunk: C) -> Completion<P::Error> {
        stream.host_mut().in_hand.push(chunk);
        Completion::Pending
    }

    fn has_writev(&self) -> bool {
        true
    }

    fn writev(stream: &mut Machine<C, Self>, chunks: &mut Chunks<C>) -> Completion<P::Error> {
        core::mem::swap(&mut stream.host_mut().in_hand, chunks);
        Completion::Pending
    }

    fn has_final(&self) -> bool {
        true
    }

    fn finalize(stream: &mut Machine<C, Self>) -> Completion<P::Error> {
        stream.host_mut().closing = true;
        Completion::Pending
    }

    fn destroy(stream: &mut Machine<C, Self>, _: Option<Error<P::Error>>) -> Completion<P::Error> {
        let host = stream.host_mut();
        host.in_hand = Chunks::new();
        host.batch = Chunks::new();
        host.closing = false;
        Completion::Done
    }

    fn call(_: &mut Machine<C, Self>, callback: Infallible, _: Result<(), Error<P::Error>>) {
        match callback {}
    }

    fn event(_: &mut Machine<C, Self>, _: Event<P::Error>) {}

    fn now(&self) -> Option<Duration> {
        self.now
    }
}

impl<C: Chunk, P: PollSink<C>> PollWritable<C, P> {
    /// An open stream into `sink`.
    ///
    /// A deadline needs a [`Timer`]: see [`with_timer`](Self::with_timer).
    #[must_use]
    pub fn new(options: Options, sink: P) -> Self {
        let host = Polled {
            sink,
            in_hand: Chunks::new(),
            batch: Chunks::new(),
            batch_length: 0,
            closing: false,
            now: None,
        };
        let machine = Machine::new(options.with_mode(Mode::Strict), host);
        Self { machine, timer: None, flushed: true }
    }

    /// The same with a timer, which makes the deadline hold and measures the time undrained.
    #[must_use]
    pub fn with_timer(mut self, timer: impl Timer + 'static) -> Self {
        self.machine.host_mut().now = Some(timer.now());
        self.timer = Some(Box::new(timer));
        self
    }

    /// Ready when the stream is drained, so that a write is not against its advice; passes on
    /// meanwhile what it holds. With a budget of which nothing is left, waits for some.
    ///
    /// # Errors
    /// What the stream has failed with.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let _ = self.poll_progress(cx)?;
        if self.machine.need_drain() {
            return Poll::Pending;
        }
        if self.machine.length() == 0
            && let Some(budget) = self.machine.budget().filter(|budget| is_spent(budget))
        {
            budget.wait(cx.waker());
            if is_spent(budget) {
                return Poll::Pending;
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Takes a chunk; it is passed on when the stream is polled.
    ///
    /// # Errors
    /// [`Refused`] with the chunk: past a cap or a budget, after the end, or when the stream has
    /// failed.
    pub fn start_send(&mut self, chunk: C) -> Result<(), NotSent<C, P>> {
        self.read_time();
        let written = self.machine.write(chunk);
        self.machine.run_ticks();
        self.flushed = false;
        written.map(drop)
    }

    /// Ready when all that was written is passed on and flushed.
    ///
    /// # Errors
    /// What the stream has failed with.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_progress(cx))?;
        if !self.flushed {
            if let Err(error) = ready!(self.machine.host_mut().sink.poll_flush(cx)) {
                self.destroy(Some(Error::Sink(error)));
                return Poll::Ready(self.state());
            }
            self.flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Ends the stream, and is ready when all is passed on and the sink is closed.
    ///
    /// # Errors
    /// What the stream has failed with; [`Error::Destroyed`] if it was destroyed before it finished.
    pub fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        if self.machine.writable() {
            self.read_time();
            self.machine.end();
        }
        let progress = self.poll_progress(cx);
        if self.machine.finished() {
            return Poll::Ready(Ok(()));
        }
        if self.machine.destroyed() {
            return Poll::Ready(self.state().and(Err(refusal(Error::Destroyed("end")))));
        }
        ready!(progress)?;
        Poll::Pending
    }

    /// Gives up what is not passed on; every call fails with the error from here on.
    pub fn destroy(&mut self, error: Option<Error<P::Error>>) {
        self.machine.destroy(error);
        self.machine.run_ticks();
    }

    /// What the stream holds and has done.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.machine.stats()
    }

    /// The high-water mark, in bytes (objects in object mode).
    #[must_use]
    pub fn high_water_mark(&self) -> usize {
        self.machine.high_water_mark()
    }

    /// What a write may count now: what the caps and the budget leave, in bytes.
    #[must_use]
    pub fn room(&self) -> usize {
        self.machine.room()
    }

    /// What the stream has failed with.
    #[must_use]
    pub fn errored(&self) -> Option<&Error<P::Error>> {
        self.machine.errored()
    }

    /// The sink.
    #[must_use]
    pub fn sink(&self) -> &P {
        &self.machine.host().sink
    }

    /// The sink, to change it.
    #[must_use]
    pub fn sink_mut(&mut self) -> &mut P {
        &mut self.machine.host_mut().sink
    }

    /// Passes on what the stream holds; ready when it holds nothing.
    fn poll_progress(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        self.read_time();
        loop {
            self.machine.run_ticks();
            self.state()?;
            self.fill_batch();
            let host = self.machine.host_mut();
            if !host.batch.is_empty() {
                let Poll::Ready(result) = host.sink.poll_write(cx, &mut host.batch) else {
                    return self.poll_deadline(cx);
                };
                host.batch.by_ref().for_each(drop);
                if result.is_ok() && !host.in_hand.is_empty() {
                    let length = host.batch_length;
                    self.machine.progress(length);
                } else {
                    self.machine.complete(result.map_err(Error::Sink));
                }
            } else if host.closing {
                let Poll::Ready(result) = host.sink.poll_close(cx) else {
                    return self.poll_deadline(cx);
                };
                host.closing = false;
                self.machine.complete_final(result.map_err(Error::Sink));
            } else {
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// Gives the sink its next chunks, if it has passed on the last.
    fn fill_batch(&mut self) {
        let enough = self.machine.high_water_mark();
        if !self.machine.host().batch.is_empty() {
            return;
        }
        self.machine.host_mut().batch_length = 0;
        while let Some(chunk) = self.machine.host_mut().in_hand.next() {
            let length = self.machine.measure(&chunk);
            let host = self.machine.host_mut();
            host.batch.push(chunk);
            host.batch_length = host.batch_length.saturating_add(length);
            if host.batch.len() >= BATCH || host.batch_length >= enough {
                return;
            }
        }
    }

    /// Fails a stream that is late, and sees to it that it is woken when it will be.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        if let Some(deadline) = self.machine.deadline()
            && let Some(timer) = &mut self.timer
        {
            ready!(timer.poll_at(cx, deadline));
            self.machine.check_deadline(deadline);
            self.machine.run_ticks();
            return Poll::Ready(self.state());
        }
        Poll::Pending
    }

    fn read_time(&mut self) {
        if let Some(timer) = &self.timer {
            self.machine.host_mut().now = Some(timer.now());
        }
    }

    /// The error of a stream that has failed.
    fn state(&self) -> Result<(), NotSent<C, P>> {
        self.machine.errored().map_or(Ok(()), |error| Err(refusal(error.clone())))
    }
}

fn refusal<C, E>(error: Error<E>) -> Refused<C, Infallible, E> {
    Refused { chunk: None, callback: None, error }
}

fn is_spent(budget: &Budget) -> bool {
    budget.threshold() == 0
}

impl<C: Chunk, P: PollSink<C>> fmt::Debug for PollWritable<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollWritable").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
