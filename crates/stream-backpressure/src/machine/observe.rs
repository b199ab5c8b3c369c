//! A stream's properties: Node's `writable...`, and its figures.

use super::flags::{self, Flags};
use super::state::{Failure, Host, Machine};
use crate::chunk::{Chunk, Rules};
use crate::encoding::Encoding;
use crate::stats::Stats;

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// The host.
    #[must_use]
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The host, mutably.
    #[must_use]
    pub fn host_mut(&mut self) -> &mut H {
        &mut self.host
    }

    /// The host back. The stream ends without calling callbacks or listeners.
    #[must_use]
    pub fn into_host(self) -> H {
        self.host
    }

    /// Bytes buffered and in flight (objects in object mode).
    #[doc(alias = "writableLength")]
    #[must_use]
    pub fn length(&self) -> usize {
        self.held.length
    }

    /// Chunks buffered.
    #[doc(alias = "writableBuffer")]
    #[must_use]
    pub fn buffered_chunks(&self) -> usize {
        self.buffered.chunks.len()
    }

    /// The chunks that are buffered.
    #[doc(alias = "writableBuffer")]
    pub fn buffered(&self) -> impl Iterator<Item = &C> {
        self.buffered.chunks.iter()
    }

    /// How many `uncork` calls are needed.
    #[doc(alias = "writableCorked")]
    #[must_use]
    pub fn corked(&self) -> usize {
        self.buffered.corked
    }

    /// Whether a write has said false and 'drain' is still to come.
    #[doc(alias = "writableNeedDrain")]
    #[must_use]
    pub fn need_drain(&self) -> bool {
        self.flags & (flags::DESTROYED | flags::ENDING | flags::NEED_DRAIN) == flags::NEED_DRAIN
    }

    /// The high-water mark, in bytes (objects in object mode).
    #[doc(alias = "writableHighWaterMark")]
    #[must_use]
    pub fn high_water_mark(&self) -> usize {
        self.held.high_water_mark
    }

    /// Whether chunks are any values that count 1.
    #[doc(alias = "writableObjectMode")]
    #[must_use]
    pub fn object_mode(&self) -> bool {
        self.has(flags::OBJECT_MODE)
    }

    /// Whether the stream's state allows a write.
    #[must_use]
    pub fn writable(&self) -> bool {
        !self.has(flags::ENDING | flags::DESTROYED | flags::ERRORED)
    }

    /// Whether `end` has been called.
    #[doc(alias = "writableEnded")]
    #[must_use]
    pub fn ended(&self) -> bool {
        self.has(flags::ENDING)
    }

    /// Whether all is done, and 'finish' was emitted.
    #[doc(alias = "writableFinished")]
    #[must_use]
    pub fn finished(&self) -> bool {
        self.has(flags::FINISHED)
    }

    /// Whether `destroy` has been called, by the host or by the stream itself.
    #[must_use]
    pub fn destroyed(&self) -> bool {
        self.has(flags::DESTROYED)
    }

    /// Whether the sink has released what it held.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.has(flags::CLOSED)
    }

    /// Whether 'error' was emitted.
    #[must_use]
    pub fn error_emitted(&self) -> bool {
        self.has(flags::ERROR_EMITTED)
    }

    /// Whether 'close' was emitted, or would have been with emitClose.
    #[must_use]
    pub fn close_emitted(&self) -> bool {
        self.has(flags::CLOSE_EMITTED)
    }

    /// Whether the sink is ready.
    #[must_use]
    pub fn constructed(&self) -> bool {
        self.has(flags::CONSTRUCTED)
    }

    /// Whether 'prefinish' was emitted.
    #[must_use]
    pub fn prefinished(&self) -> bool {
        self.has(flags::PREFINISHED)
    }

    /// Whether the sink has a chunk that it has not answered for.
    #[must_use]
    pub fn writing(&self) -> bool {
        self.has(flags::WRITING)
    }

    /// Whether the sink's method is on the stack, so that what follows its answer waits for a tick.
    #[must_use]
    pub fn sync(&self) -> bool {
        self.has(flags::SYNC)
    }

    /// Whether a write has said false and 'drain' was not emitted since, whatever has happened to the stream.
    #[must_use]
    pub fn undrained(&self) -> bool {
        self.has(flags::NEED_DRAIN)
    }

    /// Whether the stream is destroyed once it has finished or failed.
    #[must_use]
    pub fn auto_destroy(&self) -> bool {
        self.has(flags::AUTO_DESTROY)
    }

    /// Whether 'close' is emitted.
    #[must_use]
    pub fn emits_close(&self) -> bool {
        self.has(flags::EMIT_CLOSE)
    }

    /// The part of [`length`](Self::length) that the sink has.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.flight.length
    }

    /// Callbacks and steps that are still to come before the stream can finish (Node's `pendingcb`).
    #[must_use]
    pub fn pending(&self) -> usize {
        self.ending.pending.unsigned_abs()
    }

    /// Whether no chunk in the queue has a callback.
    #[must_use]
    pub fn silent(&self) -> bool {
        self.has(flags::ALL_SILENT)
    }

    /// Whether the stream is open, holds nothing, and nothing is due.
    pub(crate) fn is_quiet(&self) -> bool {
        const STIRRED: Flags = flags::DESTROYED
            | flags::ERRORED
            | flags::ENDING
            | flags::WRITING
            | flags::BUFFERED
            | flags::PANICKED;
        !self.has(STIRRED) && self.held.length == 0 && self.ticks.is_empty()
    }

    /// The first error that the stream has failed with.
    #[must_use]
    pub fn errored(&self) -> Option<&Failure<C, H>> {
        self.ending.errored.as_ref()
    }

    /// Whether the stream was destroyed or failed before it finished.
    #[doc(alias = "writableAborted")]
    #[must_use]
    pub fn aborted(&self) -> bool {
        self.has(flags::DESTROYED | flags::ERRORED) && !self.has(flags::FINISHED)
    }

    /// The rules for chunks.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// `setDefaultEncoding`: sets the encoding of later texts that name none.
    #[doc(alias = "setDefaultEncoding")]
    pub fn set_default_encoding(&mut self, encoding: Encoding) {
        self.rules.default_encoding = encoding.as_default();
    }

    /// What the stream holds and has done.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let charged = self.held.charged();
        Stats { bytes: self.held.length, charged, chunks: self.buffered.chunks.len(), ..self.stats }
    }
}
