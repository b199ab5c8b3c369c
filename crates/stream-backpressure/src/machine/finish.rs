//! How a stream ends well: `end`, `final`, 'prefinish', the callbacks of `end`, 'finish'.

use super::due::{Method, Tick};
use super::flags;
use super::panic::Guarded;
use super::state::{Failure, Host, Machine, RefusedBy};
use crate::chunk::Chunk;
use crate::error::{Error, Refused};
use crate::event::{Completion, Event};

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// Ends the stream: no write may follow. Uncorks fully. Idempotent until the stream has finished.
    pub fn end(&mut self) {
        // Without a chunk or a callback nothing can be refused.
        let _ = self.end_with(None, None);
    }

    /// Ends the stream with a last chunk, and a callback that is called when all is done or the stream has failed.
    ///
    /// # Errors
    /// As [`write`](Self::write) for the chunk. If Node would throw, or a cap refuses the chunk, the stream does not end.
    ///
    /// # Panics
    /// With the panic of a listener of 'prefinish', after the rest.
    pub fn end_with(
        &mut self,
        chunk: Option<C>,
        callback: Option<H::Callback>,
    ) -> Result<(), RefusedBy<C, H>> {
        let mut guarded = Guarded { machine: self, callback };
        let ended = guarded.machine.write_and_end(chunk);
        let callback = guarded.callback.take();
        drop(guarded);
        let ended = self.call_ended_with(ended, callback);
        self.raise();
        ended
    }

    /// After `end`: its callback is called in a tick, when the stream finishes, or comes back.
    fn call_ended_with(
        &mut self,
        ended: Result<Option<Failure<C, H>>, RefusedBy<C, H>>,
        callback: Option<H::Callback>,
    ) -> Result<(), RefusedBy<C, H>> {
        let error = match ended {
            Ok(error) => error,
            Err(refused) if !self.is_closed() || thrown(&refused.error) => {
                return Err(Refused { callback, ..refused });
            }
            Err(refused) => {
                self.call_ended(callback, Some(refused.error.clone()));
                return Err(refused);
            }
        };
        self.call_ended(callback, error);
        Ok(())
    }

    /// Writes the last chunk, uncorks, and begins to end the stream. Returns why it cannot end, if so.
    fn write_and_end(
        &mut self,
        chunk: Option<C>,
    ) -> Result<Option<Failure<C, H>>, RefusedBy<C, H>> {
        let written = chunk.map_or(Ok(true), |chunk| self.write(chunk));
        let goes_on = match &written {
            Ok(_) => true,
            Err(refused) => self.is_closed() && !thrown(&refused.error),
        };
        if goes_on && self.has(flags::CORKED) {
            self.buffered.corked = 1;
            self.uncork_once();
        }
        written?;
        Ok(self.begin_end())
    }

    /// Calls the callback of `end` in a tick, or keeps it until the stream finishes.
    fn call_ended(&mut self, callback: Option<H::Callback>, error: Option<Failure<C, H>>) {
        let Some(callback) = callback else { return };
        if let Some(error) = error.or_else(|| self.ending.errored.clone()) {
            self.next_tick(Tick::Call(callback, Some(error)));
        } else if self.has(flags::FINISHED) {
            self.next_tick(Tick::Call(callback, None));
        } else {
            self.ending.on_finish.push(callback);
        }
    }

    /// Begins to end the stream. Returns why it cannot end, if so.
    fn begin_end(&mut self) -> Option<Failure<C, H>> {
        let open = !self.has(flags::ENDING);
        if open && self.has(flags::DESTROYED) && self.has(flags::STRICT) {
            return Some(self.given_up("end"));
        }
        if open && !self.has(flags::ERRORED) {
            self.flags |= flags::ENDING;
            self.start_clock();
            self.finish_maybe(true);
            return None;
        }
        if self.has(flags::FINISHED) {
            return Some(Error::AlreadyFinished);
        }
        self.has(flags::DESTROYED).then_some(Error::Destroyed("end"))
    }

    /// The callback of the sink's `final`: it has finished, or failed.
    ///
    /// An answer after the first fails the stream with [`Error::MultipleCallback`].
    ///
    /// # Panics
    /// With the panic of a callback or a listener, after the rest.
    pub fn complete_final(&mut self, result: Result<(), Failure<C, H>>) {
        self.answer_final(result);
        self.raise();
    }

    pub(super) fn answer_final(&mut self, result: Result<(), Failure<C, H>>) {
        if self.has(flags::PREFINISHED) {
            let error = result.err().unwrap_or(Error::MultipleCallback);
            return self.fail(error, false);
        }
        self.ending.pending -= 1;
        match result {
            Err(error) => {
                self.call_on_finish(Err(error.clone()));
                self.fail(error, self.has(flags::SYNC));
            }
            Ok(()) if self.needs_finish() => {
                self.flags |= flags::PREFINISHED;
                self.emit(Event::Prefinish);
                self.ending.pending += 1;
                self.next_tick(Tick::Finish);
            }
            Ok(()) => {}
        }
    }

    /// Whether only 'finish' is left to do.
    fn needs_finish(&self) -> bool {
        let never = flags::DESTROYED
            | flags::FINISHED
            | flags::WRITING
            | flags::ERROR_EMITTED
            | flags::CLOSE_EMITTED
            | flags::ERRORED
            | flags::BUFFERED;
        let always = flags::ENDING | flags::CONSTRUCTED;
        self.flags & (never | always) == always && self.held.length == 0
    }

    pub(super) fn finish_maybe(&mut self, sync: bool) {
        if !self.needs_finish() {
            return;
        }
        self.prefinish();
        if self.ending.pending != 0 {
            return;
        }
        if sync {
            self.ending.pending += 1;
            self.next_tick(Tick::FinishIfNeeded);
        } else if self.needs_finish() {
            self.ending.pending += 1;
            self.finish();
        }
    }

    fn prefinish(&mut self) {
        if self.has(flags::PREFINISHED | flags::FINAL_CALLED) {
            return;
        }
        if self.host.has_final() && !self.has(flags::DESTROYED) {
            self.flags |= flags::FINAL_CALLED | flags::SYNC;
            self.ending.pending += 1;
            match self.ask(Method::Final, H::finalize) {
                Completion::Done => self.answer_final(Ok(())),
                Completion::Pending => {}
                Completion::Failed(error) => self.answer_final(Err(error)),
            }
            self.flags &= !flags::SYNC;
        } else {
            self.flags |= flags::FINAL_CALLED | flags::PREFINISHED;
            self.emit(Event::Prefinish);
        }
    }

    pub(super) fn finish_if_needed(&mut self) {
        if self.needs_finish() {
            self.finish();
        } else {
            self.ending.pending -= 1;
        }
    }

    pub(super) fn finish(&mut self) {
        self.ending.pending -= 1;
        self.flags |= flags::FINISHED;
        self.stop_clock();
        self.call_on_finish(Ok(()));
        self.emit(Event::Finish);
        if self.has(flags::AUTO_DESTROY) && H::may_destroy(self) {
            self.destroy(None);
        }
    }

    pub(super) fn call_on_finish(&mut self, result: Result<(), Failure<C, H>>) {
        for callback in core::mem::take(&mut self.ending.on_finish) {
            self.tell(callback, result.clone());
        }
    }
}

/// Whether Node throws the error instead of emitting it.
fn thrown<E>(error: &Error<E>) -> bool {
    matches!(error, Error::NullValues | Error::InvalidChunk | Error::UnknownEncoding)
}
