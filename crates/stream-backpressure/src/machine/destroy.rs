//! How a stream is made ready and how it is destroyed, after Node's `lib/internal/streams/destroy.js`.

use super::due::{Method, Tick};
use super::flags;
use super::state::{Failure, Host, Machine};
use crate::chunk::Chunk;
use crate::error::Error;
use crate::event::{Completion, Event};

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// `pipe`: fails the stream with [`Error::CannotPipe`], since nothing can be read from it.
    pub fn pipe(&mut self) {
        self.fail(Error::CannotPipe, false);
        self.raise();
    }

    /// Fails the stream, as its readable side does in a Duplex: with autoDestroy it is destroyed, otherwise the error is
    /// emitted, in a tick if `sync`.
    pub fn fail_with(&mut self, error: Failure<C, H>, sync: bool) {
        self.fail(error, sync);
        self.raise();
    }

    /// Marks the stream as ended and finished from the beginning: the writable side of a Duplex that has none.
    pub fn never_writable(&mut self) {
        self.flags |= flags::ENDING | flags::FINISHED;
    }

    /// Marks the stream as destroyed, or as not destroyed, without anything that follows (Node's `stream.destroyed = true`).
    pub fn set_destroyed(&mut self, destroyed: bool) {
        match destroyed {
            true => self.flags |= flags::DESTROYED,
            false => self.flags &= !flags::DESTROYED,
        }
    }

    /// Opens a stream that was destroyed again, as new (Node's `_undestroy`).
    pub fn undestroy(&mut self) {
        const ENDS: flags::Flags = flags::DESTROYED
            | flags::CLOSED
            | flags::CLOSE_EMITTED
            | flags::ERRORED
            | flags::ERROR_EMITTED
            | flags::FINAL_CALLED
            | flags::PREFINISHED
            | flags::ENDING
            | flags::FINISHED;
        self.flags &= !ENDS;
        self.flags |= flags::CONSTRUCTED;
        self.ending.errored = None;
    }

    /// Destroys the stream, with or without an error, and discards what is buffered. 'error' and 'close' follow
    /// in a tick, once the sink's `destroy` has answered. Idempotent.
    ///
    /// The sink keeps what is in flight. The callbacks of buffered writes and of `end` get the error, or
    /// [`Error::Destroyed`].
    pub fn destroy(&mut self, error: Option<Failure<C, H>>) {
        if self.has(flags::DESTROYED) {
            return;
        }
        if self.has(flags::BUFFERED) || !self.ending.on_finish.is_empty() {
            self.next_tick(Tick::ErrorBuffer);
        }
        if let Some(error) = &error {
            self.set_errored(error);
        }
        self.flags |= flags::DESTROYED;
        self.stop_clock();
        if self.has(flags::CONSTRUCTED) {
            self.destroy_sink(error);
        } else {
            self.ending.put_off = Some(error);
        }
    }

    fn destroy_sink(&mut self, error: Option<Failure<C, H>>) {
        let given = error.clone();
        match self.ask(Method::Destroy, |stream| H::destroy(stream, given)) {
            Completion::Done => self.complete_destroy(error),
            Completion::Pending => {}
            Completion::Failed(other) => self.complete_destroy(Some(other)),
        }
    }

    /// The callback of the sink's `destroy`: it has released what it held, and 'error' will have this error,
    /// if any. Answers after the first are ignored.
    pub fn complete_destroy(&mut self, error: Option<Failure<C, H>>) {
        if self.has(flags::CLOSED) {
            return;
        }
        if let Some(error) = &error {
            self.set_errored(error);
        }
        self.flags |= flags::CLOSED;
        self.next_tick(match error {
            Some(error) => Tick::ErrorClose(error),
            None => Tick::Close,
        });
    }

    /// Fails the stream: with autoDestroy it is destroyed, otherwise the error is emitted, in a tick if `sync`.
    pub(super) fn fail(&mut self, error: Failure<C, H>, sync: bool) {
        if self.has(flags::DESTROYED) {
            return;
        }
        if self.has(flags::AUTO_DESTROY) {
            return self.destroy(Some(error));
        }
        self.set_errored(&error);
        if sync {
            self.next_tick(Tick::Error(error));
        } else {
            self.emit_error(error);
        }
        if self.has(flags::STRICT) {
            self.next_tick(Tick::ErrorBuffer);
        }
    }

    pub(super) fn emit_error(&mut self, error: Failure<C, H>) {
        if !self.has(flags::ERROR_EMITTED) {
            self.flags |= flags::ERROR_EMITTED;
            self.emit(Event::Error(error));
        }
    }

    pub(super) fn emit_close(&mut self) {
        if self.has(flags::STRICT) {
            self.give_up_in_flight();
            self.error_buffer();
        }
        self.flags |= flags::CLOSE_EMITTED;
        if self.has(flags::EMIT_CLOSE) {
            self.emit(Event::Close);
        }
    }

    /// Stops waiting for the sink's answer; the callback of the write in flight gets the error.
    fn give_up_in_flight(&mut self) {
        if self.has(flags::WRITING) {
            self.flags &= !(flags::WRITING | flags::EXPECT_ANSWER);
            self.ending.pending -= 1;
            let length = core::mem::take(&mut self.flight.length);
            self.release(length);
            if let Some(callback) = self.flight.callback.take() {
                self.tell_all(callback, Err(self.given_up("write")));
            }
        }
    }

    /// The tick in which the sink is constructed.
    pub(super) fn construct(&mut self) {
        match self.ask(Method::Construct, H::construct) {
            Completion::Done => self.complete_construct(Ok(())),
            Completion::Pending => {}
            Completion::Failed(error) => self.complete_construct(Err(error)),
        }
    }

    /// The callback of the sink's `construct`: it is ready, or has failed. What is buffered follows
    /// in a tick.
    ///
    /// An answer after the first fails the stream with [`Error::MultipleCallback`].
    pub fn complete_construct(&mut self, result: Result<(), Failure<C, H>>) {
        self.next_tick(Tick::Constructed(result.err()));
    }

    pub(super) fn begin_constructed(&mut self, error: Option<Failure<C, H>>) {
        if self.has(flags::CONSTRUCT_ANSWERED) {
            return self.fail(error.unwrap_or(Error::MultipleCallback), false);
        }
        self.flags |= flags::CONSTRUCT_ANSWERED | flags::CONSTRUCTED;
        if self.has(flags::DESTROYED) {
            if let Some(outer) = self.ending.put_off.take() {
                self.destroy_sink(match outer {
                    Some(outer) => Some(outer.behind(error)),
                    None => error,
                });
            }
        } else if let Some(error) = error {
            self.fail(error, true);
        } else {
            H::constructed(self);
            if !self.has(flags::WRITING) {
                self.clear_buffer();
            }
            if self.has(flags::ENDING) {
                self.finish_maybe(false);
            }
        }
    }
}
