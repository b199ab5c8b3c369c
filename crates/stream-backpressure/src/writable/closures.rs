//! The kinds of closures of a Writable: `Send`, `Send + Sync`, or any. They decide whether the stream itself is `Send` and
//! `Sync`.

use super::events::{By, Closures};
use super::sink::Sink;
use crate::chunk::Chunk;
use crate::error::Error;
use crate::event::Event;
use core::time::Duration;

/// A kind of closures by its bounds, and the calls of a Writable that take such.
macro_rules! closures {
    ($(#[$doc:meta])* $kind:ident $(: $first:ident $(+ $second:ident)?)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $kind {}

        impl Closures for $kind {
            type OnDone<C: Chunk, S: Sink<C>> =
                Box<dyn FnOnce(&mut By<Self, C, S>, Result<(), Error<S::Error>>)
                    $(+ $first $(+ $second)?)?>;
            type Listener<C: Chunk, S: Sink<C>> =
                Box<dyn FnMut(&mut By<Self, C, S>, &Event<S::Error>) $(+ $first $(+ $second)?)?>;
            type Clock = Box<dyn Fn() -> Duration $(+ $first $(+ $second)?)?>;

            fn clock(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self::Clock {
                Box::new(clock)
            }
        }

        impl<C: Chunk, S: Sink<C>> By<$kind, C, S> {
            /// Adds a listener for all events. While a listener runs, it does not get the events that it causes; the other
            /// listeners do. A listener that panics stays; the others get the event before the panic is resumed.
            pub fn on(
                &mut self,
                listener: impl FnMut(&mut Self, &Event<S::Error>)
                    $(+ $first $(+ $second)?)? + 'static,
            ) {
                self.host_mut().listeners.push(Some(Box::new(listener)));
            }

            /// Measures time by a clock, which gives the time since any fixed moment.
            pub fn set_clock(
                &mut self,
                clock: impl Fn() -> Duration $(+ $first $(+ $second)?)? + 'static,
            ) {
                self.host_mut().clock = Some(Box::new(clock));
            }
        }
    };
}

closures! {
    /// Closures that can go to another thread, and the stream with them.
    SendClosures: Send
}
closures! {
    /// Closures that threads can share, so that they can share the stream: a future that holds a reference
    /// to it across an await is `Send`.
    SyncClosures: Send + Sync
}
closures! {
    /// Any closures; the stream stays on its thread.
    LocalClosures
}
