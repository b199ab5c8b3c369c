//! What a sink answers, and what a stream emits.

use crate::error::Error;

/// A sink's answer as its method returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion<E> {
    /// It has called its callback, without an error.
    Done,
    /// It will call its callback, or has done so by the machine's methods.
    Pending,
    /// It has called its callback with an error.
    Failed(Error<E>),
}

impl<E> Completion<E> {
    /// The sink has failed with an error of its own.
    pub fn failed(error: E) -> Self {
        Self::Failed(Error::Sink(error))
    }
}

/// What a stream emits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<E> {
    /// All that was buffered has been accepted, after a write returned false.
    Drain,
    /// All chunks are done and `final` is, too.
    Prefinish,
    /// The stream has ended and all chunks are done.
    Finish,
    /// The stream has failed.
    Error(Error<E>),
    /// No event will follow.
    Close,
}
