//! The host of a Writable: a sink, listeners and a clock, and the types of these closures, which get the Writable itself.

use super::sink::Sink;
use crate::chunk::Chunk;
use crate::error::Error;
use crate::event::{Completion, Event};
use crate::machine::{Host, Machine};
use crate::queue::Chunks;
use core::fmt;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The host of a [`Writable`](crate::Writable): a sink and listeners.
pub struct Events<C: Chunk, S: Sink<C>, K: Closures> {
    pub(super) sink: S,
    /// Absent while it runs.
    pub(super) listeners: Vec<Option<K::Listener<C, S>>>,
    pub(super) clock: Option<K::Clock>,
}

/// A Writable by the kind of its closures.
pub(super) type By<K, C, S> = Machine<C, Events<C, S, K>>;

/// A kind of closures: [`SendClosures`](crate::SendClosures), [`SyncClosures`](crate::SyncClosures) or
/// [`LocalClosures`](crate::LocalClosures).
pub trait Closures: Sized {
    /// A callback: it gets the stream and the result of the call.
    type OnDone<C: Chunk, S: Sink<C>>: FnOnce(&mut By<Self, C, S>, Result<(), Error<S::Error>>);
    /// A listener.
    type Listener<C: Chunk, S: Sink<C>>: FnMut(&mut By<Self, C, S>, &Event<S::Error>);
    /// A clock, which gives the time since any fixed moment.
    type Clock: Fn() -> Duration;

    /// A clock of this kind.
    fn clock(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self::Clock;
}

impl<C: Chunk, S: Sink<C>, K: Closures> Host<C> for Events<C, S, K> {
    type Callback = K::OnDone<C, S>;
    type Error = S::Error;

    #[inline]
    fn write(stream: &mut Machine<C, Self>, chunk: C) -> Completion<S::Error> {
        stream.sink_mut().write(chunk)
    }

    fn call(
        stream: &mut Machine<C, Self>,
        callback: Self::Callback,
        result: Result<(), Error<S::Error>>,
    ) {
        callback(stream, result);
    }

    fn event(stream: &mut Machine<C, Self>, event: Event<S::Error>) {
        let mut panicked = None;
        for number in 0..stream.host().listeners.len() {
            if let Some(mut listener) = stream.host_mut().listeners[number].take() {
                let heard = catch_unwind(AssertUnwindSafe(|| listener(stream, &event)));
                stream.host_mut().listeners[number] = Some(listener);
                panicked = panicked.or(heard.err());
            }
        }
        if let Some(panic) = panicked {
            resume_unwind(panic);
        }
    }

    #[inline]
    fn has_writev(&self) -> bool {
        S::WRITEV
    }

    fn writev(stream: &mut Machine<C, Self>, chunks: &mut Chunks<C>) -> Completion<S::Error> {
        stream.sink_mut().writev(chunks)
    }

    #[inline]
    fn has_final(&self) -> bool {
        S::FINAL
    }

    fn finalize(stream: &mut Machine<C, Self>) -> Completion<S::Error> {
        stream.sink_mut().finalize()
    }

    fn destroy(
        stream: &mut Machine<C, Self>,
        error: Option<Error<S::Error>>,
    ) -> Completion<S::Error> {
        stream.sink_mut().destroy(error.as_ref())
    }

    fn construct(stream: &mut Machine<C, Self>) -> Completion<S::Error> {
        stream.sink_mut().construct()
    }

    fn now(&self) -> Option<Duration> {
        self.clock.as_ref().map(|clock| clock())
    }

    #[inline]
    fn account(&mut self, difference: isize) {
        self.sink.account(difference);
    }
}

impl<C: Chunk, S: Sink<C> + fmt::Debug, K: Closures> fmt::Debug for Events<C, S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("sink", &self.sink).finish_non_exhaustive()
    }
}
