//! The machine behind a sink that is polled: what the faces of `futures` and `tokio` stand on, with
//! nothing of either.
//!
//! The stream makes progress when it is polled, never on its own. It runs in
//! [`Mode::Strict`](crate::Mode::Strict): once a write has said false it is not ready before all is
//! drained, and what it refuses comes back.

mod gather;

use crate::chunk::Chunk;
use crate::error::{Error, Refused};
use crate::host::{Completion, Event, Host};
use crate::machine::Machine;
use crate::options::{Mode, Options};
use crate::queue::Chunks;
use crate::stats::Stats;
use core::convert::Infallible;
use core::fmt;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use gather::Gathered;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

/// Chunks that the sink is given at a time, at most.
const BATCH: usize = 64;

/// Where a [`PollWritable`]'s chunks go.
///
/// `poll` functions wake the context's task as everywhere: whoever returns [`Poll::Pending`] has seen
/// to it.
///
/// A panic goes on to whoever polled the stream, and fails the stream with [`Error::SinkPanicked`].
pub trait PollSink<C> {
    /// What the sink fails with.
    type Error: Clone;

    /// Passes on chunks from the first on, and is ready when none is left. Called again with the
    /// same chunks until then. Ready with chunks left fails the stream with [`Error::ChunksLeft`].
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
    /// Never locked: the mutex makes the stream `Sync` over timers that are not.
    timer: Option<Mutex<Box<dyn Timer>>>,
    low_water_mark: usize,
    flushed: bool,
    /// A chunk that found no room for now, taken in turn before any other.
    aside: Option<C>,
    /// What the last chunk counted that was refused for lack of room; 0 if it was not.
    wanted: usize,
    /// Chunks taken so far, wrapping.
    taken: u64,
    awaited: Option<Awaited>,
}

/// A flush that is awaited.
#[derive(Clone, Copy, Debug)]
struct Awaited {
    since: Duration,
    /// The number of the last chunk that it covers.
    last: u64,
}

/// Nothing in a stream is pinned.
impl<C: Chunk, P: PollSink<C>> Unpin for PollWritable<C, P> {}

/// What a [`PollWritable`] refuses.
pub type NotSent<C, P> = Refused<C, Infallible, <P as PollSink<C>>::Error>;

/// The host: the sink, and what it has not passed on yet.
struct Polled<C, P> {
    /// Absent once the stream was destroyed before it finished.
    sink: Option<P>,
    /// What has been written in small pieces and is no chunk yet: the last that is held.
    gathered: Gathered<C>,
    /// What is in flight for the machine and has not been shown to the sink.
    in_hand: Chunks<C>,
    /// What the sink is passing on: some chunks, about as much as the high-water mark.
    batch: Chunks<C>,
    /// What the batch counted when it was made, and its chunks then.
    batch_length: usize,
    batch_chunks: usize,
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
        stream.cancel_room();
        let finished = stream.finished();
        let host = stream.host_mut();
        host.in_hand = Chunks::new();
        host.batch = Chunks::new();
        host.gathered = Gathered::new();
        host.closing = false;
        if !finished {
            host.sink = None;
        }
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
            sink: Some(sink),
            gathered: Gathered::new(),
            in_hand: Chunks::new(),
            batch: Chunks::new(),
            batch_length: 0,
            batch_chunks: 0,
            closing: false,
            now: None,
        };
        let low_water_mark = options.low_mark();
        let machine = Machine::new(options.with_mode(Mode::Strict), host);
        Self {
            machine,
            timer: None,
            low_water_mark,
            flushed: true,
            aside: None,
            wanted: 0,
            taken: 0,
            awaited: None,
        }
    }

    /// The same with a timer, which makes the deadline hold and measures the time undrained.
    #[must_use]
    pub fn with_timer(mut self, timer: impl Timer + 'static) -> Self {
        self.machine.host_mut().now = Some(timer.now());
        self.timer = Some(Mutex::new(Box::new(timer)));
        self
    }

    /// Ready when the stream is drained, so that a write is not against its advice; passes on
    /// meanwhile what it holds. With a budget of which nothing is left, waits for some. After a chunk was
    /// refused that room may come for, waits for the room of that chunk, so that a loop of readiness and
    /// refusal does not spin.
    ///
    /// # Errors
    /// What the stream has failed with; [`Error::Destroyed`] if it was destroyed.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let ready = self.poll_writable(cx);
        self.or_late(cx, ready, self.machine.deadline())
    }

    fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_drained(cx))?;
        if self.wanted > 0 {
            let room = ready!(self.machine.poll_room(cx, self.wanted, self.wanted, 1));
            // What never fits is told by the write that tries it.
            self.wanted = room.map_or(0, |_| self.wanted);
        } else if self.machine.length() == 0 && !self.machine.budget_has_room() {
            let _ = ready!(self.machine.poll_room(cx, 1, 1, 1));
            self.machine.cancel_room();
        }
        Poll::Ready(Ok(()))
    }

    /// Ready when a write that counts `count` bytes (objects in object mode) is sure to find room in
    /// the caps and the budget; passes on meanwhile what the stream holds. Does not wait for the
    /// high-water mark: [`poll_ready`](Self::poll_ready) does.
    ///
    /// Streams that hold nothing wait in the order in which they came, those that hold something
    /// behind them. The budget's room stays reserved until the next write. Who gives up waiting, or has
    /// room and does not write, calls [`cancel_room`](Self::cancel_room); flushing, closing,
    /// destroying and dropping the stream do so, too.
    ///
    /// # Errors
    /// [`Error::Full`] and [`Error::OverBudget`] if so much never fits; [`Error::WriteAfterEnd`];
    /// what the stream has failed with.
    ///
    /// ```
    /// use std::task::{Context, Poll, Waker};
    /// use stream_backpressure::{Budget, Chunks, Options, PollFn, PollWritable};
    ///
    /// let stuck = || PollFn(|_: &mut Context<'_>, _: &mut Chunks<Vec<u8>>| {
    ///     Poll::<Result<(), std::convert::Infallible>>::Pending
    /// });
    /// let budget = Budget::new(100_000);
    /// let mut first = PollWritable::new(Options::default().with_budget(&budget), stuck());
    /// let mut second = PollWritable::new(Options::default().with_budget(&budget), stuck());
    /// let cx = &mut Context::from_waker(Waker::noop());
    /// assert!(first.poll_room(cx, 80_000)?.is_ready());
    /// first.start_send(vec![0; 80_000])?;
    /// assert!(second.poll_room(cx, 30_000)?.is_pending());
    /// drop(first);
    /// assert!(second.poll_room(cx, 30_000)?.is_ready());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn poll_room(
        &mut self,
        cx: &mut Context<'_>,
        count: usize,
    ) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_aside(cx))?;
        self.poll_room_between(cx, count, count).map_ok(drop)
    }

    /// No longer waits for room, and gives back what [`poll_room`](Self::poll_room) has reserved.
    pub fn cancel_room(&mut self) {
        self.wanted = 0;
        self.machine.cancel_room();
    }

    /// Takes a chunk; it is passed on when the stream is polled.
    ///
    /// # Errors
    /// [`Refused`] with the chunk: past a cap or a budget, after the end, or when the stream has
    /// failed.
    pub fn start_send(&mut self, chunk: C) -> Result<(), NotSent<C, P>> {
        if let Some(aside) = self.aside.take()
            && let Err(refused) = self.write(aside)
        {
            self.aside = refused.chunk;
            return Err(Refused { chunk: Some(chunk), ..refused });
        }
        let length = self.counted(&chunk);
        let written = self.write(chunk);
        let lacks_room =
            matches!(&written, Err(refused) if refused.chunk.is_some() && is_full(&refused.error));
        self.wanted = if lacks_room && length <= self.machine.largest() { length } else { 0 };
        written
    }

    /// Takes a chunk; if there is no room for it yet, keeps it beside what is held, one at most, and is
    /// not ready before there is.
    ///
    /// # Errors
    /// As [`start_send`](Self::start_send), but for want of room only if the chunk never fits.
    #[cfg(any(feature = "futures", feature = "tokio"))]
    pub(crate) fn offer(&mut self, chunk: C) -> Result<(), NotSent<C, P>> {
        if self.aside.is_none() && self.machine.writable() {
            let length = self.counted(&chunk);
            // The task is told by the next poll, which the stream's place waits for.
            let cx = &mut Context::from_waker(core::task::Waker::noop());
            if self.machine.poll_room(cx, length, length, 1).is_pending() {
                self.aside = Some(chunk);
                return Ok(());
            }
        }
        self.start_send(chunk)
    }

    fn write(&mut self, chunk: C) -> Result<(), NotSent<C, P>> {
        self.read_time();
        self.send_gathered();
        let written = self.machine.write(chunk);
        self.machine.run_ticks();
        written?;
        self.flushed = false;
        self.taken = self.taken.wrapping_add(1);
        Ok(())
    }

    /// Ready when all that was written is passed on and flushed. While that is awaited, the deadline
    /// counts from when it first was.
    ///
    /// # Errors
    /// What the stream has failed with; [`Error::Destroyed`] if it was destroyed.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let flushed = self.poll_flushed(cx);
        let late = self.await_flush(flushed.is_pending());
        self.or_late(cx, flushed, late)
    }

    fn poll_flushed(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_aside(cx))?;
        self.cancel_room();
        ready!(self.poll_progress(cx, "flush"))?;
        if !self.flushed {
            if let Err(error) = ready!(self.ask(|sink, _| sink.poll_flush(cx))) {
                self.destroy(Some(Error::Sink(error)));
                return Poll::Ready(self.state("flush"));
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
            ready!(self.poll_aside(cx))?;
            self.cancel_room();
            self.read_time();
            self.send_gathered();
            self.machine.end();
        }
        let closed = self.poll_closed(cx);
        self.or_late(cx, closed, self.machine.deadline())
    }

    fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let progress = self.poll_progress(cx, "end");
        if self.machine.finished() {
            return Poll::Ready(Ok(()));
        }
        ready!(progress)?;
        Poll::Pending
    }

    /// Gives up what is not passed on, and drops the sink; every call fails with the error from here
    /// on.
    pub fn destroy(&mut self, error: Option<Error<P::Error>>) {
        self.aside = None;
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

    /// The sink; none once the stream was destroyed before it finished, because the sink was dropped
    /// then.
    #[must_use]
    pub fn sink(&self) -> Option<&P> {
        self.machine.host().sink.as_ref()
    }

    /// The sink, to change it.
    #[must_use]
    pub fn sink_mut(&mut self) -> Option<&mut P> {
        self.machine.host_mut().sink.as_mut()
    }

    /// The sink back. What is not passed on is lost: flush or close first, or take it by
    /// [`into_parts`](Self::into_parts).
    #[must_use]
    pub fn into_sink(self) -> Option<P> {
        self.into_parts().0
    }

    /// The sink back, and the chunks that it has not passed on, in order.
    #[must_use]
    pub fn into_parts(self) -> (Option<P>, Chunks<C>) {
        let Self { mut machine, aside, .. } = self;
        let buffered = machine.take_buffered();
        let Polled { sink, in_hand, batch, mut gathered, .. } = machine.into_host();
        let chunks = batch.chain(in_hand).chain(buffered).chain(gathered.take()).chain(aside);
        (sink, chunks.collect())
    }

    /// What a chunk will count that is not written yet; 0 if it cannot be, as the write will say.
    pub(crate) fn counted(&self, chunk: &C) -> usize {
        self.machine.measure_new(chunk).unwrap_or(0)
    }

    /// Ready when the chunk that waits for room is taken, if there is one.
    fn poll_aside(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let Some(chunk) = &self.aside else { return Poll::Ready(Ok(())) };
        let length = self.counted(chunk);
        let room = ready!(self.poll_room_between(cx, length, length));
        let Some(chunk) = self.aside.take() else { return Poll::Ready(Ok(())) };
        Poll::Ready(match room {
            Ok(_) => self.write(chunk),
            Err(refused) => Err(Refused { chunk: Some(chunk), ..refused }),
        })
    }

    /// Ready when all that was written was passed on since a write was last against the stream's
    /// advice.
    pub(crate) fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_aside(cx))?;
        let _ = self.poll_progress(cx, "write")?;
        if self.machine.need_drain() { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    /// Ready when a write that counts `least` finds room; gives how much it may count, up to `most`.
    pub(crate) fn poll_room_between(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
    ) -> Poll<Result<usize, NotSent<C, P>>> {
        let _ = self.poll_progress(cx, "write")?;
        let room = self.poll_room_for(cx, least, most, 1);
        self.or_late_for_own(cx, room)
    }

    /// Ready when a write that counts `count` finds room, after what the stream holds was passed on.
    pub(crate) fn poll_room_now(
        &mut self,
        cx: &mut Context<'_>,
        count: usize,
    ) -> Poll<Result<(), NotSent<C, P>>> {
        let room = self.poll_room_for(cx, count, count, 1);
        self.or_late_for_own(cx, room).map_ok(drop)
    }

    /// The same in so many new chunks, without passing on first what the stream holds, and without a
    /// deadline.
    fn poll_room_for(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
        chunks: usize,
    ) -> Poll<Result<usize, NotSent<C, P>>> {
        if self.machine.ended() {
            return Poll::Ready(Err(refusal(Error::WriteAfterEnd)));
        }
        self.machine.poll_room(cx, least, most, chunks).map_err(refusal)
    }

    /// Passes on what the stream holds; ready when it holds nothing. The error of a destroyed stream
    /// names the `call`.
    pub(crate) fn poll_progress(
        &mut self,
        cx: &mut Context<'_>,
        call: &'static str,
    ) -> Poll<Result<(), NotSent<C, P>>> {
        self.read_time();
        self.machine.poll_eviction(cx);
        loop {
            self.machine.run_ticks();
            self.state(call)?;
            self.fill_batch();
            let host = self.machine.host_mut();
            if !host.batch.is_empty() {
                let result = ready!(self.ask(|sink, batch| sink.poll_write(cx, batch)));
                self.written(result);
            } else if host.closing {
                let result = ready!(self.ask(|sink, _| sink.poll_close(cx)));
                self.machine.host_mut().closing = false;
                self.machine.complete_final(result.map_err(Error::Sink));
            } else if !self.send_gathered() {
                let host = self.machine.host_mut();
                host.in_hand.settle();
                host.batch.settle();
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// Whether the sink has passed on all that it was given.
    fn is_idle(&self) -> bool {
        self.machine.buffered_chunks() == 0 && self.machine.host().chunks() == 0
    }

    /// The sink has answered for its batch.
    fn written(&mut self, result: Result<(), P::Error>) {
        let host = self.machine.host_mut();
        let (chunks, length) = (host.batch_chunks, host.batch_length);
        let left = host.batch.by_ref().map(drop).count();
        if result.is_ok() && left > 0 {
            self.machine.complete(Err(Error::ChunksLeft { chunks: left }));
        } else if result.is_ok() && !host.in_hand.is_empty() {
            self.machine.progress(chunks, length);
        } else {
            self.machine.complete(result.map_err(Error::Sink));
        }
    }

    /// Gives the sink its next chunks, if it has passed on the last.
    fn fill_batch(&mut self) {
        let enough = self.machine.high_water_mark();
        if !self.machine.host().batch.is_empty() {
            return;
        }
        self.machine.host_mut().batch_length = 0;
        self.machine.host_mut().batch_chunks = 0;
        while let Some(chunk) = self.machine.host_mut().in_hand.next() {
            let length = self.machine.measure(&chunk);
            let host = self.machine.host_mut();
            host.batch.push(chunk);
            host.batch_chunks += 1;
            host.batch_length = host.batch_length.saturating_add(length);
            if host.batch_chunks >= BATCH || host.batch_length >= enough {
                return;
            }
        }
    }

    /// Calls a method of the sink. If it panics, the stream fails before the panic goes on.
    fn ask<R>(&mut self, call: impl FnOnce(&mut P, &mut Chunks<C>) -> Poll<R>) -> Poll<R> {
        let Polled { sink, batch, .. } = self.machine.host_mut();
        // Without a sink the stream has failed, and asks nothing.
        let Some(sink) = sink else { return Poll::Pending };
        match catch_unwind(AssertUnwindSafe(|| call(sink, batch))) {
            Ok(answer) => answer,
            Err(panic) => {
                self.destroy(Some(Error::SinkPanicked));
                resume_unwind(panic)
            }
        }
    }

    /// Keeps the clock of an awaited flush; says when that will be late. The clock starts anew when
    /// the chunks that the flush covers are passed on and others have come.
    fn await_flush(&mut self, pending: bool) -> Option<Duration> {
        let (now, true) = (self.machine.host().now?, pending) else {
            self.awaited = None;
            return None;
        };
        let holds = self.machine.buffered_chunks() + self.machine.host().chunks();
        let awaited = self.awaited.filter(|awaited| {
            let since = self.taken.wrapping_sub(awaited.last);
            since == 0 || holds as u64 > since
        });
        let awaited = awaited.unwrap_or(Awaited { since: now, last: self.taken });
        self.awaited = Some(awaited);
        awaited.since.checked_add(self.machine.patience()?)
    }

    /// What a call answers; if it would wait beyond the deadline, the stream fails instead.
    fn or_late<T>(
        &mut self,
        cx: &mut Context<'_>,
        answer: Poll<Result<T, NotSent<C, P>>>,
        deadline: Option<Duration>,
    ) -> Poll<Result<T, NotSent<C, P>>> {
        if answer.is_pending()
            && let Some(deadline) = deadline
            && let Some(timer) = &mut self.timer
        {
            let timer = timer.get_mut().unwrap_or_else(PoisonError::into_inner);
            ready!(timer.poll_at(cx, deadline));
            self.destroy(Some(Error::Deadline));
            return Poll::Ready(Err(refusal(Error::Deadline)));
        }
        answer
    }

    /// The same for room, which has a deadline where the stream itself holds what is in the way.
    fn or_late_for_own<T>(
        &mut self,
        cx: &mut Context<'_>,
        room: Poll<Result<T, NotSent<C, P>>>,
    ) -> Poll<Result<T, NotSent<C, P>>> {
        if room.is_ready() || self.is_idle() {
            return room;
        }
        let late = self.await_flush(true);
        self.or_late(cx, room, late)
    }

    fn read_time(&mut self) {
        if let Some(timer) = &mut self.timer {
            let timer = timer.get_mut().unwrap_or_else(PoisonError::into_inner);
            self.machine.host_mut().now = Some(timer.now());
        }
    }

    /// The error of a stream that has failed or was destroyed.
    fn state(&self, call: &'static str) -> Result<(), NotSent<C, P>> {
        match self.machine.errored() {
            Some(error) => Err(refusal(error.clone())),
            None if self.machine.aborted() => Err(refusal(Error::Destroyed(call))),
            None => Ok(()),
        }
    }
}

impl<C, P> Polled<C, P> {
    /// Chunks that the sink has not passed on.
    fn chunks(&self) -> usize {
        self.in_hand.len() + self.batch.len()
    }
}

fn refusal<C, E>(error: Error<E>) -> Refused<C, Infallible, E> {
    Refused { chunk: None, callback: None, error }
}

/// Whether a write was refused for lack of room.
fn is_full<E>(error: &Error<E>) -> bool {
    matches!(error, Error::Full { .. } | Error::OverBudget)
}

impl<C: Chunk, P: PollSink<C>> fmt::Debug for PollWritable<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollWritable").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
