//! The answers of a sink, and the events of a stream.

use crate::error::Error;

/// The answer of a sink's method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion<E> {
    /// The call is done. (In Node the sink has called its callback without an error.)
    Done,
    /// The call will be completed by a method of the machine, or was already. (In Node the callback will be called.)
    Pending,
    /// The call has failed. (In Node the sink has called its callback with an error.)
    Failed(Error<E>),
}

impl<E> Completion<E> {
    /// The sink has failed with an error of its own.
    pub fn failed(error: E) -> Self {
        Self::Failed(Error::Sink(error))
    }
}

/// An event of a stream.
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
