//! What becomes of a stream when the code of others panics.
//!
//! A panic of the sink goes on to the caller, and a tick fails the stream, as if the sink had answered
//! with an error. A panic of a callback or a listener is caught: the call or tick that caused it does
//! the rest, the other callbacks included, and then the panic goes on.

use super::Machine;
use super::due::{Method, Tick};
use crate::chunk::Chunk;
use crate::error::Error;
use crate::flags;
use crate::host::{Event, Host};
use core::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

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

/// The callback of a call that is under way; it is told if the call panics.
pub(super) struct Held<'a, C: Chunk, H: Host<C>> {
    pub(super) machine: &'a mut Machine<C, H>,
    pub(super) callback: Option<H::Callback>,
}

impl<C: Chunk, H: Host<C>> Drop for Held<'_, C, H> {
    fn drop(&mut self) {
        if let Some(callback) = self.callback.take() {
            self.machine.next_tick(Tick::Call(callback, Some(Error::SinkPanicked)));
        }
    }
}

/// What a panic carries.
type Payload = Box<dyn Any + Send>;

/// A panic, and the depth of the call that will raise it.
type Caught = (usize, Payload);

/// Panics of callbacks and listeners that have not gone on yet.
#[derive(Debug, Default)]
pub(super) struct Panics {
    /// Callbacks and listeners on the stack: a call from within one is not the call that caused it.
    depth: usize,
    /// Ascending by depth; at most one of a depth. The mutex is never locked: it makes the machine
    /// `Sync`, which a panic is not.
    caught: Option<Box<Mutex<Vec<Caught>>>>,
}

impl Panics {
    #[cold]
    fn catch(&mut self, panic: Payload) {
        let caught = self.caught.get_or_insert_default().get_mut();
        let caught = caught.unwrap_or_else(PoisonError::into_inner);
        // Those of calls that this panic has ended go no further.
        caught.retain(|(depth, _)| *depth <= self.depth);
        if caught.last().is_none_or(|(depth, _)| *depth < self.depth) {
            caught.push((self.depth, panic));
        }
    }

    /// The panic that the call which ends now has to raise.
    #[cold]
    fn take(&mut self) -> Option<Payload> {
        let caught = self.caught.as_mut()?.get_mut().unwrap_or_else(PoisonError::into_inner);
        let panic = caught.pop_if(|(depth, _)| *depth >= self.depth).map(|(_, panic)| panic);
        if caught.is_empty() {
            self.caught = None;
        }
        panic
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

    /// The tick after a panic: the answer that the sink did not give.
    pub(super) fn after_panic(&mut self, method: Method) {
        let error = Error::SinkPanicked;
        match method {
            Method::Write if self.has(flags::EXPECT_ANSWER) => self.answer(Err(error)),
            Method::Final if !self.has(flags::PREFINISHED) => self.answer_final(Err(error)),
            Method::Destroy => self.complete_destroy(Some(error)),
            Method::Construct if !self.has(flags::CONSTRUCT_ANSWERED) => {
                self.constructed(Some(error));
            }
            _ => self.fail(error, false),
        }
    }

    /// Calls a callback.
    pub(super) fn tell(&mut self, callback: H::Callback, result: Result<(), super::Failure<C, H>>) {
        self.shield(|stream| H::call(stream, callback, result));
    }

    /// Emits an event.
    pub(super) fn emit(&mut self, event: Event<H::Error>) {
        self.shield(|stream| H::event(stream, event));
    }

    /// Keeps a panic until [`raise`](Self::raise).
    fn shield(&mut self, call: impl FnOnce(&mut Self)) {
        self.panics.depth += 1;
        let result = catch_unwind(AssertUnwindSafe(|| call(self)));
        self.panics.depth -= 1;
        if let Err(panic) = result {
            self.panics.catch(panic);
        }
    }

    /// Ends a call or a tick from which callbacks may have been called: lets their first panic go on.
    #[inline]
    pub(super) fn raise(&mut self) {
        if self.panics.caught.is_some()
            && let Some(panic) = self.panics.take()
        {
            resume_unwind(panic);
        }
    }
}
