//! The transfer of chunks: to the sink or into the queue; the sink's answer and the callbacks; passing on or discarding
//! the queue.

use super::callback::{Batch, Callback};
use super::due::{Method, Tick};
use super::flags;
use super::state::{Failure, Host, Machine};
use crate::chunk::Chunk;
use crate::error::Error;
use crate::event::{Completion, Event};
use crate::queue::Chunks;

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// The sink's callback: the write in flight is done, or has failed.
    ///
    /// If the sink's method is on the stack, the callbacks follow in a tick, otherwise immediately. The next
    /// chunk is passed on only after an answer. A second answer fails the stream with
    /// [`Error::MultipleCallback`].
    ///
    /// # Panics
    /// With the panic of a callback or a listener, after the rest.
    pub fn complete(&mut self, result: Result<(), Failure<C, H>>) {
        self.answer(result);
        self.raise();
    }

    pub(super) fn answer(&mut self, result: Result<(), Failure<C, H>>) {
        if !self.has(flags::EXPECT_ANSWER) {
            return self.fail(Error::MultipleCallback, false);
        }
        let sync = self.has(flags::SYNC);
        let callback = self.flight.callback.take();
        self.flags &= !(flags::WRITING | flags::EXPECT_ANSWER);
        let length = core::mem::take(&mut self.flight.length);
        self.release(length);
        match result {
            Ok(()) => {
                if self.has(flags::BUFFERED) {
                    self.clear_buffer();
                }
                if !sync {
                    self.after_write(callback);
                } else if callback.is_none()
                    && !(self.held.length == 0 && self.has(flags::NEED_DRAIN))
                    && !self
                        .has(flags::OBJECT_MODE | flags::ENDING | flags::DESTROYED | flags::ERRORED)
                {
                    self.ending.pending -= 1;
                } else {
                    self.after_sync_write(callback);
                }
            }
            Err(error) => {
                self.set_errored(&error);
                if sync {
                    self.next_tick(Tick::WriteError(error, callback));
                } else {
                    self.write_error(error, callback);
                }
            }
        }
    }

    /// Reports partial progress: `chunks` whole chunks of the write in flight, `length` bytes together, are done and no
    /// longer count as buffered.
    ///
    /// Node has no such call; a sink of large batches makes room by it. A `length` of more than is in flight counts as all
    /// of it.
    pub fn progress(&mut self, chunks: usize, length: usize) {
        let length = length.min(self.flight.length);
        self.flight.length -= length;
        self.release_some(chunks, length);
        self.raise();
    }

    /// After a write that a synchronous sink has done: what follows waits for a tick.
    fn after_sync_write(&mut self, callback: Option<Callback<H::Callback>>) {
        // Strict tests for destruction. Node tests for object mode instead, by a slip of precedence:
        // `state[kState] & kDestroyed !== 0`.
        let odd = if self.has(flags::STRICT) {
            flags::DESTROYED | flags::ERRORED
        } else {
            flags::OBJECT_MODE
        };
        let tick = self.held.length == 0 && self.has(flags::NEED_DRAIN) || self.has(odd);
        match callback {
            None if tick && !self.has(flags::AFTER_WRITE_DUE) => {
                self.flags |= flags::AFTER_WRITE_DUE;
                self.next_tick(Tick::AfterWrite);
            }
            None => {
                self.ending.pending -= 1;
                if self.has(flags::ENDING) {
                    self.finish_maybe(true);
                }
            }
            Some(callback) => {
                let joins = self.has(flags::GROUP_OPEN) && self.joins(&callback);
                if self.done.push(callback, joins) {
                    self.flags |= flags::AFTER_WRITE_DUE | flags::GROUP_OPEN;
                    self.next_tick(Tick::AfterWriteGroup);
                }
            }
        }
    }

    /// Whether the callback equals the last one of the tick that is due.
    fn joins(&self, callback: &Callback<H::Callback>) -> bool {
        match (self.done.callbacks.back(), callback) {
            (Some(Callback::One(last)), Callback::One(next)) => H::same(last, next),
            _ => false,
        }
    }

    /// The tick of a group of equal callbacks.
    pub(super) fn after_write_group(&mut self) {
        self.flags &= !flags::GROUP_OPEN;
        self.emit_drain();
        for _ in 0..self.done.pop_group() {
            self.ending.pending -= 1;
            if let Some(callback) = self.done.callbacks.pop_front() {
                self.tell_all(callback, Ok(()));
            }
        }
        self.done.settle();
        self.after_callbacks();
    }

    /// After one write that is done.
    pub(super) fn after_write(&mut self, callback: Option<Callback<H::Callback>>) {
        self.emit_drain();
        self.ending.pending -= 1;
        if let Some(callback) = callback {
            self.tell_all(callback, Ok(()));
        }
        self.after_callbacks();
    }

    fn emit_drain(&mut self) {
        self.flags &= !flags::AFTER_WRITE_DUE;
        if self.held.length == 0 && self.need_drain() {
            self.flags &= !flags::NEED_DRAIN;
            self.stats.drains += 1;
            self.stop_clock();
            self.emit(Event::Drain);
        }
    }

    fn after_callbacks(&mut self) {
        if self.has(flags::DESTROYED) || self.has(flags::STRICT) && self.has(flags::ERRORED) {
            self.error_buffer();
        }
        if self.has(flags::ENDING) {
            self.finish_maybe(true);
        }
    }

    /// After a write that failed: calls its callback and those of buffered writes, then fails the stream.
    pub(super) fn write_error(
        &mut self,
        error: Failure<C, H>,
        callback: Option<Callback<H::Callback>>,
    ) {
        self.ending.pending -= 1;
        if let Some(callback) = callback {
            self.tell_all(callback, Err(error.clone()));
        }
        self.error_buffer();
        self.fail(error, false);
    }

    pub(super) fn tell_all(
        &mut self,
        callback: Callback<H::Callback>,
        result: Result<(), Failure<C, H>>,
    ) {
        match callback {
            Callback::One(callback) => self.tell(callback, result),
            Callback::Batch(mut batch) => {
                while let Some((_, callback)) = batch.callbacks.pop_front() {
                    self.tell(callback, result.clone());
                }
                if self.buffered.callbacks.queue.capacity() == 0 {
                    self.buffered.callbacks.queue = batch.callbacks;
                }
            }
        }
    }

    /// Puts a chunk into the queue.
    #[inline]
    pub(super) fn buffer(&mut self, chunk: C, callback: Option<H::Callback>) {
        self.flags |= flags::BUFFERED;
        if let Some(callback) = callback {
            self.flags &= !flags::ALL_SILENT;
            self.buffered.callbacks.push(self.buffered.chunks.len(), callback);
        }
        self.buffered.chunks.push(chunk);
        self.stats.peak_chunks = self.stats.peak_chunks.max(self.buffered.chunks.len());
    }

    /// Passes a chunk to the sink.
    #[inline(always)]
    pub(super) fn pass(
        &mut self,
        length: usize,
        chunk: C,
        callback: Option<Callback<H::Callback>>,
    ) {
        self.flight.length = length;
        if callback.is_some() {
            self.flight.callback = callback;
        }
        self.flags |= flags::WRITING | flags::SYNC | flags::EXPECT_ANSWER;
        let answer = self.ask(Method::Write, |stream| H::write(stream, chunk));
        self.answered(answer);
        self.flags &= !flags::SYNC;
    }

    #[inline(always)]
    fn answered(&mut self, answer: Completion<H::Error>) {
        match answer {
            // Fast path: no callback, no 'drain', no end and no queue follow.
            Completion::Done
                if self.flags & flags::QUICK == flags::EXPECT_ANSWER
                    && self.flight.callback.is_none() =>
            {
                self.flags &= !(flags::WRITING | flags::EXPECT_ANSWER);
                let length = core::mem::take(&mut self.flight.length);
                self.release(length);
                self.ending.pending -= 1;
            }
            Completion::Done => self.answer(Ok(())),
            Completion::Pending => {}
            Completion::Failed(error) => self.answer(Err(error)),
        }
    }

    /// Passes on what is buffered: by `writev` if the sink has it and there is more than one chunk,
    /// otherwise one by one while the sink answers synchronously.
    pub(super) fn clear_buffer(&mut self) {
        let blocks = flags::DESTROYED | flags::PROCESSING | flags::CORKED;
        let ready = flags::BUFFERED | flags::CONSTRUCTED;
        while self.flags & (blocks | ready) == ready
            && !(self.has(flags::STRICT) && self.has(flags::ERRORED))
            && !self.buffered.chunks.is_empty()
        {
            self.flags |= flags::PROCESSING;
            if self.buffered.chunks.len() > 1 && self.host.has_writev() {
                self.pass_all();
            } else {
                self.pass_each();
            }
            self.flags &= !flags::PROCESSING;
            // In strict mode the sink may have written more chunks from within its `writev`.
            if self.has(flags::WRITING) {
                return;
            }
        }
    }

    /// Passes on the chunks one by one.
    fn pass_each(&mut self) {
        while let Some((chunk, callback)) = self.buffered.pop() {
            let callback = callback.map(Callback::One);
            let length = self.measure(&chunk);
            if self.has(flags::DESTROYED) {
                self.pass_over(length, callback);
            } else {
                self.pass(length, chunk, callback);
            }
            if self.has(flags::WRITING) {
                break;
            }
        }
        if self.buffered.chunks.is_empty() {
            self.reset_buffer();
        }
    }

    /// Fails a write that the sink never sees, because the stream was destroyed before its turn.
    fn pass_over(&mut self, length: usize, callback: Option<Callback<H::Callback>>) {
        self.flight.length = length;
        self.flight.callback = callback;
        self.flags |= flags::WRITING | flags::SYNC | flags::EXPECT_ANSWER;
        self.answer(Err(Error::Destroyed("write")));
        self.flags &= !flags::SYNC;
    }

    /// Passes on all chunks by one `writev`.
    fn pass_all(&mut self) {
        self.ending.pending -= self.buffered.chunks.len() as isize - 1;
        let mut chunks = core::mem::take(&mut self.buffered.chunks);
        if !self.has(flags::ALL_SILENT) {
            let callbacks = core::mem::take(&mut self.buffered.callbacks.queue);
            self.flight.callback = Some(Callback::Batch(Batch { open: true, callbacks }));
        }
        self.buffered.callbacks.reset();
        self.flight.length = self.held.length - self.held.reserved;
        self.flags |= flags::WRITING | flags::SYNC | flags::EXPECT_ANSWER;
        let answer = self.ask(Method::Write, |stream| H::writev(stream, &mut chunks));
        self.answered_all(answer, chunks.len());
        self.flags &= !flags::SYNC;
        self.close_batch();
        for chunk in chunks.by_ref() {
            self.discard(chunk);
        }
        if self.buffered.chunks.is_bare() {
            self.buffered.chunks = chunks;
        }
        if self.buffered.chunks.is_empty() || !self.has(flags::STRICT) {
            self.reset_buffer();
        }
    }

    /// After `writev`: if it has left chunks, these would be lost, so the stream fails.
    fn answered_all(&mut self, answer: Completion<H::Error>, left: usize) {
        match answer {
            Completion::Failed(_) => self.answered(answer),
            _ if left == 0 => self.answered(answer),
            _ if self.has(flags::EXPECT_ANSWER) => {
                self.answered(Completion::Failed(Error::ChunksLeft { chunks: left }));
            }
            // The sink has called `complete` itself.
            _ => self.fail(Error::ChunksLeft { chunks: left }, true),
        }
    }

    /// After `writev`. In Node, writes from within `writev` are added to the batch's own array: their callbacks are called
    /// with the batch's, although their chunks are dropped.
    fn close_batch(&mut self) {
        let done = self.flight.callback.iter_mut().chain(self.done.callbacks.iter_mut().rev());
        let failed = self.ticks.iter_mut().rev().filter_map(Tick::callback);
        for callback in done.chain(failed) {
            if let Callback::Batch(batch) = callback
                && batch.open
            {
                batch.open = false;
                if self.flags & flags::STRICT == 0 {
                    batch.callbacks.append(&mut self.buffered.callbacks.queue);
                }
                return;
            }
        }
    }

    /// Discards what is buffered: the callbacks of the chunks get the stream's error, then those of `end`.
    pub(super) fn error_buffer(&mut self) {
        if self.has(flags::WRITING) {
            return;
        }
        if self.has(flags::BUFFERED) {
            while let Some((chunk, callback)) = self.buffered.pop() {
                self.release(self.measure(&chunk));
                self.discard(chunk);
                if let Some(callback) = callback {
                    self.tell(callback, Err(self.given_up("write")));
                }
            }
        }
        let reserved = core::mem::take(&mut self.held.reserved);
        self.release(reserved);
        self.call_on_finish(Err(self.given_up("end")));
        self.reset_buffer();
    }

    /// Takes what is buffered, when the machine is dismantled.
    pub(crate) fn take_buffered(&mut self) -> Chunks<C> {
        core::mem::take(&mut self.buffered.chunks)
    }

    /// Drops the chunks that are left in the queue, and marks it as unused.
    fn reset_buffer(&mut self) {
        while let Some(chunk) = self.buffered.chunks.next() {
            self.discard(chunk);
        }
        self.buffered.chunks.settle();
        self.buffered.callbacks.reset();
        self.flags &= !flags::BUFFERED;
        self.flags |= flags::ALL_SILENT;
    }

    pub(super) fn set_errored(&mut self, error: &Failure<C, H>) {
        if !self.has(flags::ERRORED) {
            self.ending.errored = Some(error.clone());
            self.flags |= flags::ERRORED;
        }
    }
}
