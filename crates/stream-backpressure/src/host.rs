//! What the state machine asks of whoever embeds it: to pass chunks on, to call callbacks, to emit
//! events.

use crate::chunk::Chunk;
use crate::error::Error;
use crate::machine::Machine;
use crate::queue::Chunks;
use core::time::Duration;

/// The surroundings of a [`Machine`]: its sink, its listeners, its callbacks and its tick queue.
///
/// Every method is given the whole machine, so that it can call `write`, `end` or `destroy` in turn,
/// as JavaScript's callbacks do; the host itself is [`Machine::host`]. Dispatch is static: what a
/// host leaves at its default costs nothing.
///
/// A panic of [`call`](Self::call) or [`event`](Self::event) goes on when the call or tick that caused it
/// has done the rest, the other callbacks included; a second panic meanwhile goes no further. A panic of
/// the sink's methods goes on at once, and a tick fails the stream with [`Error::SinkPanicked`].
pub trait Host<C: Chunk>: Sized {
    /// What a write or an end may carry to be called when it is done.
    type Callback;
    /// The sink's own error.
    type Error: Clone;

    /// `_write`: takes one chunk.
    fn write(stream: &mut Machine<C, Self>, chunk: C) -> Completion<Self::Error>;

    /// Calls a callback: with no error if what it belongs to was done.
    fn call(
        stream: &mut Machine<C, Self>,
        callback: Self::Callback,
        result: Result<(), Error<Self::Error>>,
    );

    /// Emits an event to its listeners.
    fn event(stream: &mut Machine<C, Self>, event: Event<Self::Error>);

    /// `process.nextTick`: one call of [`Machine::tick`] is due, after all that are due already. A
    /// host with one stream may leave it out and call [`Machine::run_ticks`].
    #[inline]
    fn schedule(&mut self) {}

    /// Whether two callbacks are the same function, so that they may share a tick.
    #[inline]
    fn same(one: &Self::Callback, other: &Self::Callback) -> bool {
        let _ = (one, other);
        false
    }

    /// Whether there is a `writev`.
    #[inline]
    fn has_writev(&self) -> bool {
        false
    }

    /// `_writev`: takes all that is buffered. Only called if [`has_writev`](Self::has_writev).
    fn writev(stream: &mut Machine<C, Self>, chunks: &mut Chunks<C>) -> Completion<Self::Error> {
        let _ = (stream, chunks);
        Completion::Failed(Error::NotImplemented("_writev()"))
    }

    /// Whether there is a `final`.
    #[inline]
    fn has_final(&self) -> bool {
        false
    }

    /// `_final`: all chunks are done. Only called if [`has_final`](Self::has_final).
    fn finalize(stream: &mut Machine<C, Self>) -> Completion<Self::Error> {
        let _ = stream;
        Completion::Done
    }

    /// `_destroy`: lets go of what the sink holds. Done passes the error on to 'error'; another one
    /// replaces it.
    fn destroy(
        stream: &mut Machine<C, Self>,
        error: Option<Error<Self::Error>>,
    ) -> Completion<Self::Error> {
        let _ = (stream, error);
        Completion::Done
    }

    /// `_construct`: makes the sink ready. Only called if
    /// [`Options::construct`](crate::Options::construct).
    fn construct(stream: &mut Machine<C, Self>) -> Completion<Self::Error> {
        let _ = stream;
        Completion::Done
    }

    /// The time now, from any fixed moment on; without it no time is measured.
    #[inline]
    fn now(&self) -> Option<Duration> {
        None
    }

    /// The stream has begun to hold so many more bytes, or fewer; for memory accounting.
    #[inline]
    fn account(&mut self, difference: isize) {
        let _ = difference;
    }
}

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
    /// All that was buffered is gone after a write said false.
    Drain,
    /// All chunks are done and `final` is, too.
    Prefinish,
    /// The stream has ended and all of it is done.
    Finish,
    /// The stream has failed.
    Error(Error<E>),
    /// Nothing will follow.
    Close,
}
