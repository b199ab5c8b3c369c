//! How a stream ends well: final, prefinish, the callbacks of `end`, finish.

use super::due::{Method, Tick};
use super::{Failure, Machine};
use crate::chunk::Chunk;
use crate::error::Error;
use crate::flags;
use crate::host::{Completion, Event, Host};

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// The callback of the sink's `final`: it has done what was left, or failed.
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
        self.pending -= 1;
        match result {
            Err(error) => {
                self.call_on_finish(Err(error.clone()));
                self.fail(error, self.has(flags::SYNC));
            }
            Ok(()) if self.needs_finish() => {
                self.flags |= flags::PREFINISHED;
                self.emit(Event::Prefinish);
                self.pending += 1;
                self.next_tick(Tick::Finish);
            }
            Ok(()) => {}
        }
    }

    /// Whether all but the end itself is done.
    fn needs_finish(&self) -> bool {
        let never = flags::DESTROYED
            | flags::FINISHED
            | flags::WRITING
            | flags::ERROR_EMITTED
            | flags::CLOSE_EMITTED
            | flags::ERRORED
            | flags::BUFFERED;
        let always = flags::ENDING | flags::CONSTRUCTED;
        self.flags & (never | always) == always && self.length == 0
    }

    pub(super) fn finish_maybe(&mut self, sync: bool) {
        if !self.needs_finish() {
            return;
        }
        self.prefinish();
        if self.pending != 0 {
            return;
        }
        if sync {
            self.pending += 1;
            self.next_tick(Tick::FinishIfNeeded);
        } else if self.needs_finish() {
            self.pending += 1;
            self.finish();
        }
    }

    fn prefinish(&mut self) {
        if self.has(flags::PREFINISHED | flags::FINAL_CALLED) {
            return;
        }
        if self.host.has_final() && !self.has(flags::DESTROYED) {
            self.flags |= flags::FINAL_CALLED | flags::SYNC;
            self.pending += 1;
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
            self.pending -= 1;
        }
    }

    pub(super) fn finish(&mut self) {
        self.pending -= 1;
        self.flags |= flags::FINISHED;
        self.stop_clock();
        self.call_on_finish(Ok(()));
        self.emit(Event::Finish);
        if self.has(flags::AUTO_DESTROY) {
            self.destroy(None);
        }
    }

    pub(super) fn call_on_finish(&mut self, result: Result<(), Failure<C, H>>) {
        for callback in core::mem::take(&mut self.on_finish) {
            self.tell(callback, result.clone());
        }
    }
}
