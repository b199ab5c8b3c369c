//! The options of a stream: Node's, the Node version, and limits that Node lacks.

use crate::budget::Budget;
use crate::encoding::Encoding;
use crate::error::Error;
use core::convert::Infallible;
use core::time::Duration;
use std::sync::Arc;

/// A release line of Node.js, by the defaults of its streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NodeVersion {
    /// Node 12: a high-water mark of 16384 bytes; a stream does not destroy itself.
    V12,
    /// Node 14: a high-water mark of 16384 bytes.
    V14,
    /// Node 16: as 14.
    V16,
    /// Node 18: as 14.
    V18,
    /// Node 20: as 14.
    #[default]
    V20,
    /// Node 22: a high-water mark of 65536 bytes (16384 on Windows).
    V22,
    /// Node 24: as 22.
    V24,
    /// Node 26: as 22.
    V26,
}

/// What happens to callbacks and chunks that Node loses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As Node does, lost callbacks and lost chunks included:
    ///
    /// - the callback of an `end` after `destroy()` is never called;
    /// - with autoDestroy off, a stream that has failed buffers all further writes forever, and the
    ///   callback of an earlier `end` may never be called;
    /// - a write from within the sink's `writev` is dropped, and its length stays counted, so that
    ///   neither 'drain' nor 'finish' follows;
    /// - a write from within the sink's `write`, after that has answered, overtakes what is buffered;
    /// - the callback of a write that the sink never answers is never called, even on 'close';
    /// - a stream in object mode takes one more tick for every write into a synchronous sink.
    ///
    /// One behaviour of Node is left out: if the callback of a discarded write calls `uncork` or `end`, on a stream that
    /// has failed and is not destroyed, Node writes the chunk that it is discarding, and calls its callback again. Here a
    /// discarded chunk is never written.
    #[default]
    Node,
    /// As Node does, but every callback is called exactly once, and no write is lost or reordered: a
    /// failed stream refuses writes and returns the chunk; the callbacks of all unanswered writes precede 'close', and
    /// later answers are ignored.
    Strict,
}

/// What happens to a write that would exceed a cap or a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// It is refused, and the chunk comes back.
    #[default]
    Refuse,
    /// It is refused, and the stream is destroyed: its peer is not reading.
    Destroy,
}

/// The default of [`Limits::chunk_cost`]: what a chunk costs against caps and budgets beside its length, in bytes.
///
/// It is the measured memory of a chunk of one byte, of `Vec<u8>` or of `bytes::Bytes`: its handle in the queue (24 and 32
/// bytes) and its allocation (32 bytes with glibc's malloc).
pub const CHUNK_COST: usize = 64;

/// Limits of what a stream may hold. Node has none.
///
/// A stream holds what is buffered and what is in flight. Against the cap on bytes and against the
/// budget a chunk counts its length and [`chunk_cost`](Self::chunk_cost), so that neither empty chunks
/// nor chunks of one byte take more memory than the limit allows (as in CVE-2019-9518 and CVE-2019-9511). A limit below
/// that cost refuses every write.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes (objects in object mode).
    pub bytes: Option<usize>,
    /// The most chunks.
    pub chunks: Option<usize>,
    /// What a chunk counts beside its length, in bytes: by default [`CHUNK_COST`]. Not used in object mode.
    pub chunk_cost: usize,
    /// What happens to a write beyond the limits.
    pub overflow: Overflow,
    /// How long the stream may stay undrained, and an end or an awaited flush unfinished, before
    /// [`check_deadline`] destroys it. `Duration::MAX` never passes.
    ///
    /// [`check_deadline`]: crate::Machine::check_deadline
    pub deadline: Option<Duration>,
    /// A budget that is shared with other streams.
    pub budget: Option<Budget>,
    /// The stream's name among the budget's [`holders`](Budget::holders).
    pub label: Option<Arc<str>>,
}

impl Default for Limits {
    /// No limits.
    fn default() -> Self {
        Self {
            bytes: None,
            chunks: None,
            chunk_cost: CHUNK_COST,
            overflow: Overflow::default(),
            deadline: None,
            budget: None,
            label: None,
        }
    }
}

/// Options of a stream: those of `new Writable(options)`, and limits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Any value is a chunk and counts 1.
    #[doc(alias = "objectMode")]
    pub object_mode: bool,
    /// The number of buffered bytes (objects in object mode) from which `write` returns false. By default Node's.
    #[doc(alias = "highWaterMark")]
    pub high_water_mark: Option<usize>,
    /// The least size of the chunks that [`PollWritable::poll_write`](crate::PollWritable::poll_write), and so an
    /// `AsyncWrite`, makes when room is scarce or the high-water mark is lower. By
    /// default the high-water mark, clamped to 64 to 1024. Node has no such mark.
    pub low_water_mark: Option<usize>,
    /// Text reaches the sink as bytes.
    #[doc(alias = "decodeStrings")]
    pub decode_strings: bool,
    /// The encoding of text that names none.
    #[doc(alias = "defaultEncoding")]
    pub default_encoding: Encoding,
    /// 'close' is emitted.
    #[doc(alias = "emitClose")]
    pub emit_close: bool,
    /// The stream destroys itself after it has finished or failed.
    #[doc(alias = "autoDestroy")]
    pub auto_destroy: bool,
    /// The sink has a `construct`, which must be done before anything else reaches the sink.
    pub construct: bool,
    /// The Node version whose rules hold.
    pub node: NodeVersion,
    /// What happens where Node loses callbacks.
    pub mode: Mode,
    /// The limits of what the stream holds.
    pub limits: Limits,
}

impl Default for Options {
    /// Node 20's, without limits.
    fn default() -> Self {
        Self {
            object_mode: false,
            high_water_mark: None,
            low_water_mark: None,
            decode_strings: true,
            default_encoding: Encoding::default(),
            emit_close: true,
            auto_destroy: true,
            construct: false,
            node: NodeVersion::default(),
            mode: Mode::default(),
            limits: Limits::default(),
        }
    }
}

impl Options {
    /// The defaults of a Node version. The order of callbacks and events is that of Node 20 to 26 for all versions.
    ///
    /// ```
    /// use stream_backpressure::{NodeVersion, Options};
    /// assert_eq!(Options::for_node(NodeVersion::V20).mark(), 16_384);
    /// # #[cfg(not(windows))]
    /// assert_eq!(Options::for_node(NodeVersion::V22).mark(), 65_536);
    /// assert!(!Options::for_node(NodeVersion::V12).auto_destroy);
    /// ```
    #[must_use]
    pub fn for_node(version: NodeVersion) -> Self {
        // `autoDestroy` is on by default from 14.0.0 on.
        Self { node: version, auto_destroy: version > NodeVersion::V12, ..Self::default() }
    }

    /// With a high-water mark of `bytes` (objects in object mode).
    #[must_use]
    pub fn with_high_water_mark(mut self, bytes: usize) -> Self {
        self.high_water_mark = Some(bytes);
        self
    }

    /// With a low-water mark of `bytes`.
    #[must_use]
    pub fn with_low_water_mark(mut self, bytes: usize) -> Self {
        self.low_water_mark = Some(bytes);
        self
    }

    /// With a high-water mark that is a JavaScript number.
    ///
    /// # Errors
    /// [`Error::InvalidHighWaterMark`] (`ERR_INVALID_ARG_VALUE`) unless it is a non-negative integer
    /// (`lib/internal/streams/state.js`).
    ///
    /// ```
    /// use stream_backpressure::Options;
    /// assert!(Options::default().with_number(64.0).is_ok());
    /// let refused = Options::default().with_number(f64::NAN).unwrap_err();
    /// assert_eq!(refused.code(), Some("ERR_INVALID_ARG_VALUE"));
    /// ```
    pub fn with_number(self, mark: f64) -> Result<Self, Error<Infallible>> {
        if mark.fract() == 0.0 && mark >= 0.0 {
            Ok(self.with_high_water_mark(mark as usize))
        } else {
            Err(Error::InvalidHighWaterMark)
        }
    }

    /// With a cap of `bytes` (objects in object mode), beyond which writes overflow.
    #[must_use]
    pub fn with_cap(mut self, bytes: usize, overflow: Overflow) -> Self {
        self.limits.bytes = Some(bytes);
        self.limits.overflow = overflow;
        self
    }

    /// With a cap on the chunks that are held.
    #[must_use]
    pub fn with_chunk_cap(mut self, chunks: usize) -> Self {
        self.limits.chunks = Some(chunks);
        self
    }

    /// With chunks that count `bytes` beside their length, against the cap and the budget. With 0
    /// only payloads count, and small chunks take many times the memory that they count.
    #[must_use]
    pub fn with_chunk_cost(mut self, bytes: usize) -> Self {
        self.limits.chunk_cost = bytes;
        self
    }

    /// With a deadline for draining.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.limits.deadline = Some(deadline);
        self
    }

    /// With a shared budget.
    #[must_use]
    pub fn with_budget(mut self, budget: &Budget) -> Self {
        self.limits.budget = Some(budget.clone());
        self
    }

    /// With a shared budget, and a name that [`Budget::holders`] shows.
    #[must_use]
    pub fn with_budget_as(mut self, budget: &Budget, label: impl Into<Arc<str>>) -> Self {
        self.limits.label = Some(label.into());
        self.with_budget(budget)
    }

    /// With object mode.
    #[must_use]
    pub fn with_object_mode(mut self) -> Self {
        self.object_mode = true;
        self
    }

    /// In another mode.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// The low-water mark that the stream will have, 1 at least.
    #[must_use]
    pub fn low_mark(&self) -> usize {
        self.low_water_mark.unwrap_or_else(|| self.mark().clamp(CHUNK_COST, 1024)).max(1)
    }

    /// The high-water mark that the stream will have.
    #[must_use]
    pub fn mark(&self) -> usize {
        self.high_water_mark.unwrap_or(match (self.object_mode, self.node) {
            (true, _) => 16,
            (false, node) if node < NodeVersion::V22 || cfg!(windows) => 16 * 1024,
            (false, _) => 64 * 1024,
        })
    }
}
