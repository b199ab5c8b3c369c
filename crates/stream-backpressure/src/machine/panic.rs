//! What becomes of a stream whose sink panics: the panic goes on to the caller, and a tick fails the
//! stream, as if the sink had answered with an error. No unsafe code.

use super::Machine;
use crate::flags;
use crate::machine::tick::Tick;
use crate::{Chunk, Error, Host};

/// A method of the sink.
#[derive(Clone, Copy, Debug)]
pub(super) enum Method {
    Write,
    Final,
    Destroy,
    Construct,
}

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
            Method::Write if self.has(flags::EXPECT_ANSWER) => self.complete(Err(error)),
            Method::Final if !self.has(flags::PREFINISHED) => self.complete_final(Err(error)),
            Method::Destroy => self.complete_destroy(Some(error)),
            Method::Construct if !self.has(flags::CONSTRUCT_ANSWERED) => {
                self.constructed(Some(error));
            }
            _ => self.fail(error, false),
        }
    }
}
