//! Writes: refused, passed to the sink, or buffered; and corking.

use super::callback::Callback;
use super::due::Tick;
use super::flags;
use super::held::MOST;
use super::state::{Failure, Host, Machine, RefusedBy};
use crate::chunk::Chunk;
use crate::error::{Error, Refused};
use crate::options::Overflow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// Passes a chunk to the sink, or buffers it while another is in flight, or while the stream is corked,
    /// has failed or is not constructed yet. Returns whether more may be written. False is advice: 'drain'
    /// follows when all that was buffered has been accepted.
    ///
    /// # Errors
    /// [`Refused`], with the chunk: [`Error::WriteAfterEnd`] and [`Error::Destroyed`], which are
    /// emitted as 'error' too; [`Error::NullValues`], [`Error::InvalidChunk`] and
    /// [`Error::UnknownEncoding`], which Node throws; [`Error::Full`] and [`Error::OverBudget`]; in
    /// [`Mode::Strict`](crate::Mode::Strict) what the stream has failed with.
    #[inline]
    pub fn write(&mut self, chunk: C) -> Result<bool, RefusedBy<C, H>> {
        self.write_or_buffer(chunk, None)
    }

    /// Writes a chunk, with a callback that is called when the chunk is done or discarded.
    ///
    /// # Errors
    /// As [`write`](Self::write); the callback comes back if the stream will not call it.
    #[inline]
    pub fn write_then(&mut self, chunk: C, callback: H::Callback) -> Result<bool, RefusedBy<C, H>> {
        self.write_or_buffer(chunk, Some(callback))
    }

    #[inline(always)]
    fn write_or_buffer(
        &mut self,
        mut chunk: C,
        mut callback: Option<H::Callback>,
    ) -> Result<bool, RefusedBy<C, H>> {
        let length = match self.measure_new(&chunk) {
            Ok(length) => length,
            Err(error) => return Err(self.refuse(chunk, callback, error)),
        };
        let straight = self.flags & flags::STRAIGHT == flags::CONSTRUCTED;
        if !straight && self.is_closed() {
            return Err(self.refuse_closed(chunk, callback));
        }
        if (self.held.overflows(length) || self.held.guard.is_some())
            && let Err(error) = self.held.admit(length, true)
        {
            return Err(self.overflow(chunk, callback, error));
        }
        let panicked = self.hold(length);
        self.prepare(&mut chunk, length, &mut callback);
        self.ending.pending += 1;
        if !straight && self.flags & flags::WAY_BESIDE != flags::CONSTRUCTED {
            self.buffer(chunk, callback);
            if panicked {
                self.raise();
            }
            return Ok(self.advise() && !self.has(flags::ERRORED));
        }
        self.pass(length, chunk, callback.map(Callback::One));
        let below = self.advise();
        if self.has(flags::DESTROYED | flags::ERRORED | flags::ENDING | flags::PANICKED) {
            self.raise();
            return Ok(below && !self.has(flags::DESTROYED | flags::ERRORED));
        }
        Ok(below)
    }

    /// Prepares a chunk that is held already. If that panics, the chunk is released, and the write's callback gets an
    /// error in a tick.
    #[inline(always)]
    fn prepare(&mut self, chunk: &mut C, length: usize, callback: &mut Option<H::Callback>) {
        let rules = self.rules;
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| chunk.prepare(rules))) {
            self.release_some(1, length);
            if let Some(callback) = callback.take() {
                self.next_tick(Tick::Call(callback, Some(Error::InvalidChunk)));
            }
            resume_unwind(panic);
        }
    }

    /// Whether the stream's state refuses writes.
    pub(super) fn is_closed(&self) -> bool {
        let failed = flags::STRICT | flags::ERRORED;
        self.has(flags::ENDING | flags::DESTROYED) || self.flags & failed == failed
    }

    /// Reserves `length` more bytes for the chunk that is being gathered.
    ///
    /// # Errors
    /// As [`write`](Self::write) for lack of room; the policy for a write that overflows is not applied.
    pub(crate) fn reserve(&mut self, length: usize) -> Result<(), Failure<C, H>> {
        self.held.admit(length, self.held.reserved == 0)?;
        self.held.reserved += length;
        self.hold(length);
        self.advise();
        Ok(())
    }

    /// Writes the chunk for which room was reserved. If nothing is reserved any more, because the stream was destroyed
    /// meanwhile, the chunk is dropped.
    pub(crate) fn write_reserved(&mut self, chunk: C) {
        if self.held.reserved == 0 {
            return;
        }
        let reserved = core::mem::take(&mut self.held.reserved);
        let length = self.measure(&chunk);
        if length > reserved {
            self.hold((length - reserved).min(MOST - self.held.length));
        } else {
            self.release_some(0, reserved - length);
        }
        self.ending.pending += 1;
        if self.flags & flags::STRAIGHT == flags::CONSTRUCTED {
            self.pass(length, chunk, None);
        } else {
            self.buffer(chunk, None);
        }
    }

    /// Returns whether more may be written, and notes that 'drain' is needed if not.
    #[inline]
    fn advise(&mut self) -> bool {
        let below = self.held.below_mark();
        if !below {
            self.undrain();
        }
        below
    }

    /// Buffers all writes from now on. Calls nest.
    pub fn cork(&mut self) {
        self.flags |= flags::CORKED;
        self.buffered.corked += 1;
    }

    /// Undoes one `cork`. The last one passes on what is buffered; further ones do nothing.
    pub fn uncork(&mut self) {
        self.uncork_once();
        self.raise();
    }

    pub(super) fn uncork_once(&mut self) {
        if self.buffered.corked == 0 {
            return;
        }
        self.buffered.corked -= 1;
        if self.buffered.corked == 0 {
            self.flags &= !flags::CORKED;
        }
        if !self.has(flags::WRITING) {
            self.clear_buffer();
        }
    }

    /// Refuses a write for lack of room, and destroys the stream if that is its policy.
    #[cold]
    fn overflow(
        &mut self,
        chunk: C,
        callback: Option<H::Callback>,
        error: Failure<C, H>,
    ) -> RefusedBy<C, H> {
        let destroys =
            self.held.guard.as_ref().is_some_and(|guard| guard.overflow == Overflow::Destroy);
        if destroys || matches!(error, Error::Evicted) {
            self.destroy(Some(error.clone()));
        }
        self.refuse(chunk, callback, error)
    }

    /// Refuses a write, and leaves its callback to the caller.
    #[cold]
    fn refuse(
        &mut self,
        chunk: C,
        callback: Option<H::Callback>,
        error: Failure<C, H>,
    ) -> RefusedBy<C, H> {
        self.stats.refusals += 1;
        Refused { chunk: Some(chunk), callback, error }
    }

    /// Refuses a write for the stream's state: the callback gets the error in a tick.
    #[cold]
    fn refuse_closed(&mut self, chunk: C, callback: Option<H::Callback>) -> RefusedBy<C, H> {
        let (error, fails) = if self.has(flags::ENDING) {
            (Error::WriteAfterEnd, true)
        } else if self.has(flags::DESTROYED) {
            (Error::Destroyed("write"), true)
        } else {
            (self.given_up("write"), false)
        };
        if let Some(callback) = callback {
            self.next_tick(Tick::Call(callback, Some(error.clone())));
        }
        if fails {
            self.fail(error.clone(), true);
        }
        self.refuse(chunk, None, error)
    }
}
