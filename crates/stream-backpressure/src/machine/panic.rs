//! Panics in foreign code: the host, its sink, its callbacks and its chunks.
//!
//! A panic of the sink unwinds to the caller, and a tick fails the stream, as if the sink had answered with an error. A
//! panic of a callback, of a listener, of the host's accounting or of a chunk's drop is caught: the call or tick that
//! caused it does the rest, calls the other callbacks, and then resumes the panic.

use super::due::{Method, Tick};
use super::flags;
use super::panics::Payload;
use super::state::{Failure, Host, Machine};
use crate::chunk::Chunk;
use crate::error::Error;
use crate::event::Event;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Held while the sink's method runs; dropped only if that panics.
struct OnPanic<'a, C: Chunk, H: Host<C>> {
    machine: &'a mut Machine<C, H>,
    method: Method,
}

impl<C: Chunk, H: Host<C>> Drop for OnPanic<'_, C, H> {
    #[cold]
    fn drop(&mut self) {
        self.machine.flags &= !(flags::SYNC | flags::PROCESSING);
        self.machine.next_tick(Tick::Panicked(self.method));
    }
}

/// The callback of a call that is under way; it is called with an error if the call panics.
pub(super) struct Guarded<'a, C: Chunk, H: Host<C>> {
    pub(super) machine: &'a mut Machine<C, H>,
    pub(super) callback: Option<H::Callback>,
}

impl<C: Chunk, H: Host<C>> Drop for Guarded<'_, C, H> {
    fn drop(&mut self) {
        if let Some(callback) = self.callback.take() {
            self.machine.next_tick(Tick::Call(callback, Some(Error::SinkPanicked)));
        }
    }
}

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// Calls a method of the sink.
    #[inline(always)]
    pub(super) fn ask<R>(&mut self, method: Method, call: impl FnOnce(&mut Self) -> R) -> R {
        let on_panic = OnPanic { machine: self, method };
        let answer = call(&mut *on_panic.machine);
        core::mem::forget(on_panic);
        answer
    }

    /// The tick after a panic: answers in place of the sink.
    pub(super) fn after_panic(&mut self, method: Method) {
        let error = Error::SinkPanicked;
        match method {
            Method::Write if self.has(flags::EXPECT_ANSWER) => self.answer(Err(error)),
            Method::Final if !self.has(flags::PREFINISHED) => self.answer_final(Err(error)),
            Method::Destroy => self.complete_destroy(Some(error)),
            Method::Construct if !self.has(flags::CONSTRUCT_ANSWERED) => {
                self.begin_constructed(Some(error));
            }
            _ => self.fail(error, false),
        }
    }

    /// Calls a callback.
    pub(super) fn tell(&mut self, callback: H::Callback, result: Result<(), Failure<C, H>>) {
        self.shield(|stream| H::call(stream, callback, result));
    }

    /// Emits an event.
    pub(super) fn emit(&mut self, event: Event<H::Error>) {
        self.shield(|stream| H::event(stream, event));
    }

    /// Drops a discarded chunk, or the sink. If that panics, the call or tick resumes the panic at its end.
    pub(crate) fn discard<T>(&mut self, value: T) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
            self.keep(panic);
        }
    }

    /// Calls a method of the host that does not get the machine. Returns whether it panicked.
    #[inline(always)]
    pub(super) fn notify(&mut self, call: impl FnOnce(&mut H)) -> bool {
        let host = &mut self.host;
        let result = catch_unwind(AssertUnwindSafe(|| call(host)));
        result.map_err(|panic| self.keep(panic)).is_err()
    }

    /// Calls a method of the host that gets the machine.
    fn shield(&mut self, call: impl FnOnce(&mut Self)) {
        self.panics.depth += 1;
        let result = catch_unwind(AssertUnwindSafe(|| call(self)));
        self.panics.depth -= 1;
        if let Err(panic) = result {
            self.keep(panic);
        }
    }

    /// Keeps a panic until [`raise`](Self::raise).
    #[cold]
    pub(super) fn keep(&mut self, panic: Payload) {
        self.panics.catch(panic);
        self.flags |= flags::PANICKED;
    }

    /// Ends a call or a tick that may have called foreign code: resumes its first panic.
    #[inline]
    pub(super) fn raise(&mut self) {
        if self.has(flags::PANICKED) {
            self.raise_first();
        }
    }

    #[cold]
    fn raise_first(&mut self) {
        let panic = self.panics.take();
        if self.panics.is_empty() {
            self.flags &= !flags::PANICKED;
        }
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}
