//! The Writable's states, after Node v20's `lib/internal/streams/writable.js`. No unsafe code.
//!
//! Invariant: `length` is the sum of the chunks that are buffered or in flight.

use core::fmt;
use std::collections::VecDeque;

/// What a stream counts of a chunk.
pub trait Chunk {
    /// Its length in bytes.
    fn length(&self) -> usize;
}

impl<T: AsRef<[u8]>> Chunk for T {
    fn length(&self) -> usize {
        self.as_ref().len()
    }
}

/// Whether a sink has finished a chunk when its `write` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// It has.
    Done,
    /// It has not: [`Writable::complete`] will say so.
    Pending,
}

/// Where a stream's chunks go.
pub trait Sink<C> {
    /// Takes one chunk.
    fn write(&mut self, chunk: C) -> Completion;
}

/// How a stream is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// From this many bytes on, `write` says false.
    #[doc(alias = "highWaterMark")]
    pub high_water_mark: usize,
    /// More bytes than this are refused; Node has no such cap.
    pub cap: Option<usize>,
}

impl Default for Options {
    /// Node 20's: 16384 bytes and no cap.
    fn default() -> Self {
        Self { high_water_mark: 16_384, cap: None }
    }
}

/// Why a write was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The stream has ended.
    AfterEnd,
    /// The cap would be passed.
    Full {
        /// The cap in bytes.
        cap: usize,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AfterEnd => f.write_str("ERR_STREAM_WRITE_AFTER_END: write after end"),
            Self::Full { cap } => write!(f, "the stream's cap of {cap} bytes is reached"),
        }
    }
}

/// A refused write, with its chunk.
pub struct WriteRefused<C> {
    /// The chunk, as it was given.
    pub chunk: C,
    /// Why.
    pub reason: Refusal,
}

impl<C> fmt::Debug for WriteRefused<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl<C> fmt::Display for WriteRefused<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl<C> core::error::Error for WriteRefused<C> {}

/// A stream of chunks into a sink, with backpressure.
pub struct Writable<C> {
    options: Options,
    buffered: VecDeque<C>,
    length: usize,
    in_flight: Option<usize>,
    corked: usize,
    ended: bool,
    need_drain: bool,
    drained: bool,
}

impl<C: Chunk> Writable<C> {
    /// An open stream.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            buffered: VecDeque::new(),
            length: 0,
            in_flight: None,
            corked: 0,
            ended: false,
            need_drain: false,
            drained: false,
        }
    }

    /// Passes a chunk to the sink, or buffers it while another is in flight or the stream is
    /// corked; says whether the high-water mark is still ahead.
    ///
    /// # Errors
    /// [`WriteRefused`], with the chunk, after the end or past the cap.
    pub fn write(&mut self, sink: &mut impl Sink<C>, chunk: C) -> Result<bool, WriteRefused<C>> {
        let length = self.length.saturating_add(chunk.length());
        if self.ended {
            return Err(WriteRefused { chunk, reason: Refusal::AfterEnd });
        }
        if let Some(cap) = self.options.cap.filter(|cap| length > *cap) {
            return Err(WriteRefused { chunk, reason: Refusal::Full { cap } });
        }
        self.length = length;
        let below = length < self.options.high_water_mark;
        self.need_drain |= !below;
        self.buffered.push_back(chunk);
        self.flush(sink);
        Ok(below)
    }

    /// Buffers all writes from here on; nests.
    pub fn cork(&mut self) {
        self.corked += 1;
    }

    /// Undoes one `cork`; a surplus one is harmless. The last passes on what is buffered.
    pub fn uncork(&mut self, sink: &mut impl Sink<C>) {
        self.corked = self.corked.saturating_sub(1);
        self.flush(sink);
    }

    /// Lets no write follow, and uncorks fully.
    pub fn end(&mut self, sink: &mut impl Sink<C>) {
        self.ended = true;
        self.corked = 0;
        self.flush(sink);
    }

    /// The sink has finished the chunk in flight; the next one goes to it. Without one in flight
    /// nothing happens.
    pub fn complete(&mut self, sink: &mut impl Sink<C>) {
        if let Some(length) = self.in_flight.take() {
            self.finish(length);
            self.flush(sink);
        }
    }

    /// Whether 'drain' has been due since this was last asked.
    pub fn take_drain(&mut self) -> bool {
        core::mem::take(&mut self.drained)
    }

    /// Bytes buffered and in flight.
    #[doc(alias = "writableLength")]
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Chunks buffered.
    #[must_use]
    pub fn buffered_chunks(&self) -> usize {
        self.buffered.len()
    }

    /// How many `uncork` calls are needed.
    #[doc(alias = "writableCorked")]
    #[must_use]
    pub fn corked(&self) -> usize {
        self.corked
    }

    /// Whether a write has said false and 'drain' is still to come.
    #[doc(alias = "writableNeedDrain")]
    #[must_use]
    pub fn need_drain(&self) -> bool {
        self.need_drain
    }

    /// The high-water mark in bytes.
    #[must_use]
    pub fn high_water_mark(&self) -> usize {
        self.options.high_water_mark
    }

    /// Whether all chunks of an ended stream have reached the sink and are finished.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.ended && self.buffered.is_empty() && self.in_flight.is_none()
    }

    fn flush(&mut self, sink: &mut impl Sink<C>) {
        while self.corked == 0 && self.in_flight.is_none() {
            let Some(chunk) = self.buffered.pop_front() else { return };
            let length = chunk.length();
            match sink.write(chunk) {
                Completion::Done => self.finish(length),
                Completion::Pending => self.in_flight = Some(length),
            }
        }
    }

    fn finish(&mut self, length: usize) {
        self.length -= length;
        if self.length == 0 && self.need_drain && !self.ended {
            self.need_drain = false;
            self.drained = true;
        }
    }
}
