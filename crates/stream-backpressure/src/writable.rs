//! The Writable of a sink and closures: the state machine in a host that keeps listeners and boxes
//! only the callbacks it is given.

mod closures;

use crate::chunk::Chunk;
use crate::error::Error;
use crate::host::{Completion, Event, Host};
use crate::machine::Machine;
use crate::options::Options;
use crate::queue::Chunks;
pub use closures::{Closures, LocalClosures, SendClosures, SyncClosures};
use core::fmt;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

/// Where a [`Writable`]'s chunks go.
///
/// A panic goes on to whoever called the stream, and fails the stream with [`Error::SinkPanicked`].
pub trait Sink<C> {
    /// What the sink fails with.
    type Error: Clone;
    /// Whether [`writev`](Self::writev) is there.
    const WRITEV: bool = false;
    /// Whether [`finalize`](Self::finalize) is there.
    const FINAL: bool = false;

    /// Takes one chunk. After [`Completion::Pending`], [`Machine::complete`] says when it is done.
    #[doc(alias = "_write")]
    fn write(&mut self, chunk: C) -> Completion<Self::Error>;

    /// Takes all chunks that were buffered, two at least.
    #[doc(alias = "_writev")]
    fn writev(&mut self, chunks: &mut Chunks<C>) -> Completion<Self::Error> {
        let _ = chunks;
        Completion::Failed(Error::NotImplemented("_writev()"))
    }

    /// Does what is left when all chunks are done.
    #[doc(alias = "_final")]
    fn finalize(&mut self) -> Completion<Self::Error> {
        Completion::Done
    }

    /// Lets go of what it holds; an error of its own replaces the one given.
    #[doc(alias = "_destroy")]
    fn destroy(&mut self, error: Option<&Error<Self::Error>>) -> Completion<Self::Error> {
        let _ = error;
        Completion::Done
    }

    /// Makes itself ready, if [`Options::construct`] is set.
    #[doc(alias = "_construct")]
    fn construct(&mut self) -> Completion<Self::Error> {
        Completion::Done
    }

    /// Hears that the stream holds so many more bytes, or fewer; for memory accounting.
    #[inline]
    fn account(&mut self, difference: isize) {
        let _ = difference;
    }
}

/// A stream of chunks into a sink, with Node's contract, listeners and callbacks.
///
/// All calls are [`Machine`]'s. What Node does in next ticks waits for [`Machine::run_ticks`].
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
pub type Writable<C, S> = Machine<C, Events<C, S>>;

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

/// A callback of a [`Writable`], which is given the stream and what became of the call.
pub type OnDone<C, S, K = SendClosures> = <K as Closures>::OnDone<C, S>;

/// The host of a [`Writable`]: a sink and listeners.
pub struct Events<C: Chunk, S: Sink<C>, K: Closures = SendClosures> {
    sink: S,
    /// Absent while it runs.
    listeners: Vec<Option<K::Listener<C, S>>>,
    clock: Option<K::Clock>,
}

impl<C: Chunk, S: Sink<C>, K: Closures> Machine<C, Events<C, S, K>> {
    /// An open stream into `sink`. A stream with a deadline measures time, others do only with
    /// `set_clock`.
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

    /// The sink, to change it.
    #[must_use]
    pub fn sink_mut(&mut self) -> &mut S {
        &mut self.host_mut().sink
    }
}

impl<C: Chunk, S: Sink<C>, K: Closures> Host<C> for Events<C, S, K> {
    type Callback = OnDone<C, S, K>;
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
