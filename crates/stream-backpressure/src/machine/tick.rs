//! What is put off to next ticks. The machine keeps what is due, in order; the host keeps when.
//! No unsafe code.

use super::Machine;
use super::panic::Method;
use super::transfer::Callback;
use crate::{Chunk, Error, Host};

/// Something that is due in a tick of its own.
#[derive(Debug)]
pub(super) enum Tick<K, E> {
    /// The end of writes without callbacks.
    AfterWrite,
    /// The end of writes with equal callbacks.
    AfterWriteGroup,
    WriteError(Error<E>, Option<Callback<K>>),
    ErrorBuffer,
    Call(K, Option<Error<E>>),
    FinishIfNeeded,
    Finish,
    Construct,
    Constructed(Option<Error<E>>),
    Error(Error<E>),
    ErrorClose(Error<E>),
    Close,
    Panicked(Method),
}

impl<K, E> Tick<K, E> {
    /// The callback of a write that has failed.
    pub(super) fn callback(&mut self) -> Option<&mut Callback<K>> {
        match self {
            Self::WriteError(_, callback) => callback.as_mut(),
            _ => None,
        }
    }
}

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    pub(super) fn next_tick(&mut self, tick: Tick<H::Callback, H::Error>) {
        self.ticks.push_back(tick);
        self.host.schedule();
    }

    /// Runs the next tick that is due; says whether there was one.
    ///
    /// A host with a tick queue of its own calls this once for each [`Host::schedule`], in order.
    /// Not to be called from within a tick, or the order is no longer Node's.
    pub fn tick(&mut self) -> bool {
        let Some(tick) = self.ticks.pop_front() else { return false };
        match tick {
            Tick::AfterWrite => self.after_write(None),
            Tick::AfterWriteGroup => self.after_write_group(),
            Tick::WriteError(error, callback) => self.write_error(error, callback),
            Tick::ErrorBuffer => self.error_buffer(),
            Tick::Call(callback, error) => H::call(self, callback, error.map_or(Ok(()), Err)),
            Tick::FinishIfNeeded => self.finish_if_needed(),
            Tick::Finish => self.finish(),
            Tick::Construct => self.construct(),
            Tick::Constructed(error) => self.constructed(error),
            Tick::Error(error) => self.emit_error(error),
            Tick::ErrorClose(error) => {
                self.emit_error(error);
                self.emit_close();
            }
            Tick::Close => self.emit_close(),
            Tick::Panicked(method) => self.after_panic(method),
        }
        true
    }

    /// Runs ticks until none is due; says how many.
    pub fn run_ticks(&mut self) -> usize {
        core::iter::from_fn(|| self.tick().then_some(())).count()
    }

    /// Whether a tick is due.
    #[must_use]
    pub fn tick_due(&self) -> bool {
        !self.ticks.is_empty()
    }
}
