//! The Writable of a sink and closures: the state machine in a host that keeps listeners and boxes
//! only the callbacks it is given.

use crate::chunk::Chunk;
use crate::error::Error;
use crate::host::{Completion, Event, Host};
use crate::machine::Machine;
use crate::options::Options;
use crate::queue::Chunks;
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

/// A callback of a [`Writable`], which is given the stream and what became of the call.
pub type OnDone<C, S> =
    Box<dyn FnOnce(&mut Writable<C, S>, Result<(), Error<<S as Sink<C>>::Error>>) + Send>;

/// A listener of a [`Writable`].
type Listener<C, S> = Box<dyn FnMut(&mut Writable<C, S>, &Event<<S as Sink<C>>::Error>) + Send>;

/// The host of a [`Writable`]: a sink and listeners.
pub struct Events<C: Chunk, S: Sink<C>> {
    sink: S,
    /// Absent while it runs.
    listeners: Vec<Option<Listener<C, S>>>,
    clock: Option<Box<dyn Fn() -> Duration + Send>>,
}

impl<C: Chunk, S: Sink<C>> Writable<C, S> {
    /// An open stream into `sink`. A stream with a deadline measures time, others do only with
    /// [`set_clock`](Self::set_clock).
    #[must_use]
    pub fn over(options: Options, sink: S) -> Self {
        let timed = options.limits.deadline.is_some();
        let mut stream = Self::new(options, Events { sink, listeners: Vec::new(), clock: None });
        if timed {
            let start = Instant::now();
            stream.set_clock(move || start.elapsed());
        }
        stream
    }

    /// Adds a listener for all events. While a listener runs it does not hear events that it causes;
    /// the others do. A listener that panics stays; the others hear the event before the panic goes on.
    pub fn on(&mut self, listener: impl FnMut(&mut Self, &Event<S::Error>) + Send + 'static) {
        self.host_mut().listeners.push(Some(Box::new(listener)));
    }

    /// Measures time by a clock, which gives the time since any fixed moment.
    pub fn set_clock(&mut self, clock: impl Fn() -> Duration + Send + 'static) {
        self.host_mut().clock = Some(Box::new(clock));
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

impl<C: Chunk, S: Sink<C>> Host<C> for Events<C, S> {
    type Callback = OnDone<C, S>;
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

impl<C: Chunk, S: Sink<C> + fmt::Debug> fmt::Debug for Events<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("sink", &self.sink).finish_non_exhaustive()
    }
}
