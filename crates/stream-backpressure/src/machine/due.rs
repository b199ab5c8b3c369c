//! What is deferred to next ticks. The machine keeps what is due, in order; the host decides when.

use super::callback::Callback;
use crate::error::Error;

/// A method of the sink.
#[derive(Clone, Copy, Debug)]
pub(super) enum Method {
    Write,
    Final,
    Destroy,
    Construct,
}

/// What one tick does.
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
