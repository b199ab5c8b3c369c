//! The state of a stream and what surrounds it: [`Machine`] and [`Host`], which are defined by each other.

use super::due::Tick;
use super::flags::{self, Flags};
use super::held::Held;
use super::panics::Panics;
use super::parts::{Buffered, Done, Ending, Flight};
use crate::chunk::{Chunk, Rules};
use crate::error::{Error, Refused};
use crate::event::{Completion, Event};
use crate::options::{Mode, Options};
use crate::queue::{Chunks, Ring};
use crate::stats::Stats;
use core::time::Duration;

/// A Writable without I/O: a stream of chunks into its [`Host`], with Node's contract.
///
/// This is what a runtime embeds, with its own callbacks, listeners and tick queue. Most programs want
/// [`Writable`](crate::Writable), which is this machine in a host made of a [`Sink`](crate::Sink) and
/// closures.
///
/// A call takes constant time, except for those that pass on or discard what is buffered: these are linear in the number
/// of chunks.
#[derive(Debug)]
pub struct Machine<C: Chunk, H: Host<C>> {
    pub(super) flags: Flags,
    pub(super) rules: Rules,
    pub(super) held: Held,
    pub(super) flight: Flight<H::Callback>,
    pub(super) buffered: Buffered<C, H::Callback>,
    pub(super) done: Done<H::Callback>,
    pub(super) ticks: Ring<Tick<H::Callback, H::Error>>,
    pub(super) ending: Ending<H::Callback, H::Error>,
    pub(super) panics: Panics,
    pub(super) stats: Stats,
    pub(super) host: H,
}

/// The machine's errors.
pub type Failure<C, H> = Error<<H as Host<C>>::Error>;
/// A write that the machine did not take.
pub type RefusedBy<C, H> = Refused<C, <H as Host<C>>::Callback, <H as Host<C>>::Error>;

impl<C: Chunk, H: Host<C>> Machine<C, H> {
    /// An open stream.
    #[must_use]
    pub fn new(options: Options, host: H) -> Self {
        let high_water_mark = options.mark();
        let mut flags = flags::ALL_SILENT;
        for (set, flag) in [
            (options.object_mode, flags::OBJECT_MODE),
            (options.emit_close, flags::EMIT_CLOSE),
            (options.auto_destroy, flags::AUTO_DESTROY),
            (!options.construct, flags::CONSTRUCTED),
            (options.mode == Mode::Strict, flags::STRICT),
        ] {
            if set {
                flags |= flag;
            }
        }
        let rules = Rules {
            object_mode: options.object_mode,
            decode_strings: options.decode_strings,
            default_encoding: options.default_encoding.as_default(),
            node: options.node,
        };
        let mut machine = Self {
            flags,
            rules,
            held: Held::new(high_water_mark, options.limits, options.object_mode),
            flight: Flight { length: 0, callback: None },
            buffered: Buffered::new(),
            done: Done::new(),
            ticks: Ring::new(),
            ending: Ending::new(),
            panics: Panics::default(),
            stats: Stats::default(),
            host,
        };
        if options.construct {
            machine.next_tick(Tick::Construct);
        }
        machine
    }

    /// The same stream in another host, whose callbacks and errors are the same. Constant time: what is buffered is not
    /// touched.
    ///
    /// A runtime that keeps its streams where it cannot be borrowed from meanwhile (in its own heap) keeps them in a host
    /// without it, and lends itself to the host for each call.
    #[must_use]
    pub fn map_host<G>(self, f: impl FnOnce(H) -> G) -> Machine<C, G>
    where
        G: Host<C, Callback = H::Callback, Error = H::Error>,
    {
        Machine {
            flags: self.flags,
            rules: self.rules,
            held: self.held,
            flight: self.flight,
            buffered: self.buffered,
            done: self.done,
            ticks: self.ticks,
            ending: self.ending,
            panics: self.panics,
            stats: self.stats,
            host: f(self.host),
        }
    }

    #[inline]
    pub(super) fn has(&self, any: Flags) -> bool {
        self.flags & any != 0
    }

    /// The error for a callback whose call the stream will not serve.
    pub(super) fn given_up(&self, call: &'static str) -> Failure<C, H> {
        self.ending.errored.clone().unwrap_or(Error::Destroyed(call))
    }
}

/// The surroundings of a [`Machine`]: its sink, its listeners, its callbacks and its tick queue.
///
/// Every method gets the whole machine, so that it can call `write`, `end` or `destroy` in turn,
/// as JavaScript's callbacks do; the host itself is [`Machine::host`]. Dispatch is static: a method that a
/// host leaves at its default costs nothing.
///
/// A panic of [`call`](Self::call), [`event`](Self::event), [`account`](Self::account) or
/// [`schedule`](Self::schedule) is resumed when the call or tick that caused it has done the rest and called the other
/// callbacks; a second panic meanwhile is dropped. A panic of the sink's methods unwinds immediately, and a tick fails the
/// stream with [`Error::SinkPanicked`].
pub trait Host<C: Chunk>: Sized {
    /// The callback of a write or an end, which is called when it is done.
    type Callback;
    /// The sink's own error.
    type Error: Clone;

    /// `_write`: takes one chunk.
    fn write(stream: &mut Machine<C, Self>, chunk: C) -> Completion<Self::Error>;

    /// Calls a callback: without an error if its write or end was done.
    fn call(
        stream: &mut Machine<C, Self>,
        callback: Self::Callback,
        result: Result<(), Error<Self::Error>>,
    );

    /// Emits an event to its listeners.
    fn event(stream: &mut Machine<C, Self>, event: Event<Self::Error>);

    /// `process.nextTick`: one more call of [`Machine::tick`] is due, after those that are due already. A
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

    /// `_writev`: takes all that is buffered. If it leaves chunks, the stream fails with
    /// [`Error::ChunksLeft`]. Only called if [`has_writev`](Self::has_writev).
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

    /// `_destroy`: releases what the sink holds. [`Completion::Done`] passes the error on to 'error'; an error of the sink
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

    /// Whether a stream that has finished may be destroyed, if it destroys itself. False where a readable side has
    /// not ended, as in a Duplex.
    #[inline]
    fn may_destroy(stream: &mut Machine<C, Self>) -> bool {
        let _ = stream;
        true
    }

    /// The sink is ready, after [`construct`](Self::construct) has answered without an error. What was written meanwhile
    /// has not been passed on yet.
    #[inline]
    fn constructed(stream: &mut Machine<C, Self>) {
        let _ = stream;
    }

    /// The time since any fixed moment. A host without it measures no time.
    #[inline]
    fn now(&self) -> Option<Duration> {
        None
    }

    /// The stream holds `difference` bytes more than before, or fewer if it is negative; for memory
    /// accounting.
    #[inline]
    fn account(&mut self, difference: isize) {
        let _ = difference;
    }
}
