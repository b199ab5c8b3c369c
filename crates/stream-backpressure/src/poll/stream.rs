//! The stream: its state and properties.

use super::deadline::{Awaited, Timer};
use super::gathered::Gathered;
use super::polled::Polled;
use super::sink::PollSink;
use crate::chunk::Chunk;
use crate::error::{Error, Refused};
use crate::machine::Machine;
use crate::options::{Mode, Options};
use crate::queue::Chunks;
use crate::stats::Stats;
use core::convert::Infallible;
use core::fmt;
use std::sync::Mutex;

/// A Writable over a polled sink.
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
    pub(super) machine: Machine<C, Polled<C, P>>,
    /// Never locked: the mutex makes the stream `Sync` where the timer is not.
    pub(super) timer: Option<Mutex<Box<dyn Timer>>>,
    pub(super) low_water_mark: usize,
    pub(super) flushed: bool,
    /// A chunk that waits for room, before any other is taken.
    pub(super) aside: Option<C>,
    /// The length of the last chunk, if it was refused for lack of room; otherwise 0.
    pub(super) wanted: usize,
    /// Chunks taken so far, wrapping.
    pub(super) taken: u64,
    pub(super) awaited: Option<Awaited>,
}

/// No field is pinned structurally.
impl<C: Chunk, P: PollSink<C>> Unpin for PollWritable<C, P> {}

/// A chunk that a [`PollWritable`] refused.
pub type NotSent<C, P> = Refused<C, Infallible, <P as PollSink<C>>::Error>;

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

    /// As [`new`](Self::new), with a timer, which enforces the deadline and measures the time undrained.
    #[must_use]
    pub fn with_timer(mut self, timer: impl Timer + 'static) -> Self {
        self.machine.host_mut().now = Some(timer.now());
        self.timer = Some(Mutex::new(Box::new(timer)));
        self
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

    /// The sink. `None` after the stream was destroyed before it finished, because that drops the sink.
    #[must_use]
    pub fn sink(&self) -> Option<&P> {
        self.machine.host().sink.as_ref()
    }

    /// The sink, mutably.
    #[must_use]
    pub fn sink_mut(&mut self) -> Option<&mut P> {
        self.machine.host_mut().sink.as_mut()
    }

    /// The sink back. Chunks that are not passed on are dropped: flush or close first, or take them by
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

    /// Chunks taken so far, wrapping.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// What a new chunk will count; 0 if it cannot be written, which the write will report.
    pub(crate) fn counted(&self, chunk: &C) -> usize {
        self.machine.measure_new(chunk).unwrap_or(0)
    }
}

impl<C: Chunk, P: PollSink<C>> fmt::Debug for PollWritable<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollWritable").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

pub(super) fn refusal<C, E>(error: Error<E>) -> Refused<C, Infallible, E> {
    Refused { chunk: None, callback: None, error }
}
