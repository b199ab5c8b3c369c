//! The Writable of a sink and closures: the state machine in a host with listeners, which boxes only callbacks.

mod closures;
mod events;
mod sink;

use crate::chunk::Chunk;
use crate::machine::Machine;
use crate::options::Options;
pub use closures::{LocalClosures, SendClosures, SyncClosures};
pub use events::{Closures, Events};
pub use sink::Sink;
use std::time::Instant;

/// A stream of chunks into a sink, with Node's contract, listeners and callbacks.
///
/// Its methods are [`Machine`]'s. What Node does in next ticks waits for [`Machine::run_ticks`].
///
/// ```
/// use stream_backpressure::{Completion, Event, Options, Sink, Writable};
/// use std::sync::mpsc;
///
/// struct Slow(Vec<Vec<u8>>);
/// impl Sink<Vec<u8>> for Slow {
///     type Error = std::convert::Infallible;
///     fn write(&mut self, chunk: Vec<u8>) -> Completion<Self::Error> {
///         self.0.push(chunk);
///         Completion::Pending
///     }
/// }
///
/// let (said, heard) = mpsc::channel();
/// let mut writable = Writable::over(Options::default(), Slow(Vec::new()));
/// let drained = said.clone();
/// writable.on(move |_, event| {
///     if let Event::Drain = event {
///         drained.send("drain").expect("a receiver");
///     }
/// });
/// let done = Box::new(move |_: &mut _, result: Result<_, _>| {
///     result.expect("an open sink");
///     said.send("done").expect("a receiver");
/// });
/// assert!(!writable.write_then(vec![0; 16384], done)?);
/// writable.complete(Ok(()));
/// assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["drain", "done"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Writable<C, S> = Machine<C, Events<C, S, SendClosures>>;

/// A [`Writable`] that threads share by reference: its closures are `Send + Sync`.
pub type SyncWritable<C, S> = Machine<C, Events<C, S, SyncClosures>>;

/// A [`Writable`] of any closures, which stays on its thread.
///
/// ```
/// use std::{cell::RefCell, convert::Infallible, rc::Rc};
/// use stream_backpressure::{Completion, LocalWritable, Options, Sink};
///
/// struct Slow;
/// impl Sink<Vec<u8>> for Slow {
///     type Error = Infallible;
///     fn write(&mut self, _: Vec<u8>) -> Completion<Infallible> {
///         Completion::Pending
///     }
/// }
///
/// let log = Rc::new(RefCell::new(Vec::new()));
/// let mut writable = LocalWritable::over(Options::default(), Slow);
/// let heard = log.clone();
/// writable.on(move |_, event| heard.borrow_mut().push(format!("{event:?}")));
/// assert!(!writable.write(vec![0; 16_384])?);
/// writable.complete(Ok(()));
/// assert_eq!(*log.borrow(), ["Drain"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type LocalWritable<C, S> = Machine<C, Events<C, S, LocalClosures>>;

/// A callback of a [`Writable`], which gets the stream and the result of the call.
pub type OnDone<C, S, K = SendClosures> = <K as Closures>::OnDone<C, S>;

impl<C: Chunk, S: Sink<C>, K: Closures> Machine<C, Events<C, S, K>> {
    /// An open stream into `sink`. A stream with a deadline measures time; others only after `set_clock`.
    #[must_use]
    pub fn over(options: Options, sink: S) -> Self {
        let clock = options.limits.deadline.map(|_| {
            let start = Instant::now();
            K::clock(move || start.elapsed())
        });
        Self::new(options, Events { sink, listeners: Vec::new(), clock })
    }

    /// The sink.
    #[must_use]
    pub fn sink(&self) -> &S {
        &self.host().sink
    }

    /// The sink, mutably.
    #[must_use]
    pub fn sink_mut(&mut self) -> &mut S {
        &mut self.host_mut().sink
    }
}
