//! The Writable's state machine, after Node's `lib/internal/streams/writable.js`: calls in, effects
//! out, no I/O and no clock.
//!
//! The calls are here; what becomes of a chunk is in `transfer`, the end of the stream in `finish`,
//! its destruction in `destroy`, and what runs in next ticks in `tick`. Effects are calls of the
//! [`Host`], with the machine itself as the argument: a host may call any method from there, and
//! every function of this module reads the state anew after it.
//!
//! Invariants:
//! - `length` is the sum of the chunks that are buffered, in flight or reserved, and at most
//!   `isize::MAX`. (In [`Mode::Node`] a chunk that is lost stays counted, as in Node.)
//! - A callback or a listener that panics ends no function of this module: the panic waits in `panics`
//!   until the call or tick is over.

mod callback;
mod destroy;
mod due;
mod finish;
mod guard;
mod panic;
mod tick;
mod transfer;

use crate::chunk::{Chunk, Rules};
use crate::error::{Error, Refused};
use crate::flags::{self, Flags};
use crate::host::Host;
use crate::options::{Mode, Options};
use crate::queue::{Chunks, Ring};
use crate::stats::Stats;
use crate::text::Encoding;
use callback::{Callback, Callbacks};
use due::Tick;
use guard::Guard;
use panic::{Held, Panics};

/// A Writable without I/O: a stream of chunks into its [`Host`], with Node's contract.
///
/// This is what a runtime embeds, with its own callbacks, listeners and tick queue. Most others want
/// [`Writable`](crate::Writable), which is this machine in a host that is made of a
/// [`Sink`](crate::Sink) and closures.
///
/// Every call is constant time, but for those that pass on or give up what is buffered, which are
/// linear in it.
#[derive(Debug)]
pub struct Machine<C: Chunk, H: Host<C>> {
    flags: Flags,
    /// Chunks buffered, in flight and reserved, in bytes or objects.
    length: usize,
    /// The part of `length` that is reserved for a chunk that is still to come.
    reserved: usize,
    high_water_mark: usize,
    /// The part of `length` that is in flight.
    in_flight: usize,
    corked: usize,
    /// Writes and ends whose callbacks are due before 'finish'; may fall below 0 as in Node.
    pending: isize,
    /// The callback of the chunk in flight.
    callback: Option<Callback<H::Callback>>,
    host: H,
    chunks: Chunks<C>,
    callbacks: Callbacks<H::Callback>,
    /// Callbacks of writes that a synchronous sink has done, in groups that share a tick.
    done: Ring<Callback<H::Callback>>,
    groups: Ring<usize>,
    ticks: Ring<Tick<H::Callback, H::Error>>,
    on_finish: Vec<H::Callback>,
    errored: Option<Error<H::Error>>,
    /// The error of a `destroy` that waits for the end of construction.
    put_off: Option<Option<Error<H::Error>>>,
    rules: Rules,
    guard: Option<Box<Guard>>,
    panics: Panics,
    stats: Stats,
    /// When the stream became undrained, where the host has a clock.
    undrained_since: Option<core::time::Duration>,
}

/// The most that a stream counts: more than a process can have in memory.
const MOST: usize = isize::MAX as usize;

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
            length: 0,
            reserved: 0,
            high_water_mark,
            in_flight: 0,
            corked: 0,
            pending: 0,
            callback: None,
            host,
            chunks: Chunks::new(),
            callbacks: Callbacks::new(),
            done: Ring::new(),
            groups: Ring::new(),
            ticks: Ring::new(),
            on_finish: Vec::new(),
            errored: None,
            put_off: None,
            rules,
            guard: Guard::of(options.limits, options.object_mode),
            panics: Panics::default(),
            stats: Stats::default(),
            undrained_since: None,
        };
        if options.construct {
            machine.next_tick(Tick::Construct);
        }
        machine
    }

    /// Passes a chunk to the sink, or buffers it while another is in flight, the stream is corked,
    /// has failed or is not constructed yet; says whether more may be written. False is advice:
    /// 'drain' will say when all is gone.
    ///
    /// # Errors
    /// [`Refused`], with the chunk: [`Error::WriteAfterEnd`] and [`Error::Destroyed`], which are
    /// emitted as 'error' too; [`Error::NullValues`], [`Error::InvalidChunk`] and
    /// [`Error::UnknownEncoding`], which Node throws; [`Error::Full`] and [`Error::OverBudget`]; in
    /// [`Mode::Strict`] what the stream has failed with.
    #[inline]
    pub fn write(&mut self, chunk: C) -> Result<bool, RefusedBy<C, H>> {
        self.write_or_buffer(chunk, None)
    }

    /// The same, with a callback for when the chunk is done or given up.
    ///
    /// # Errors
    /// As [`write`](Self::write); the callback comes back where the stream will not call it.
    #[inline]
    pub fn write_then(&mut self, chunk: C, callback: H::Callback) -> Result<bool, RefusedBy<C, H>> {
        self.write_or_buffer(chunk, Some(callback))
    }

    #[inline(always)]
    fn write_or_buffer(
        &mut self,
        mut chunk: C,
        callback: Option<H::Callback>,
    ) -> Result<bool, RefusedBy<C, H>> {
        let length = match self.measure_new(&chunk) {
            Ok(length) => length,
            Err(error) => return Err(self.refuse(chunk, callback, error)),
        };
        let straight = self.flags & flags::STRAIGHT == flags::CONSTRUCTED;
        if !straight && self.is_closed() {
            return Err(self.refuse_closed(chunk, callback));
        }
        let overflows = length > MOST || self.length.wrapping_add(length) > MOST;
        if (overflows || self.guard.is_some())
            && let Err(error) = self.admit(length, true)
        {
            return Err(self.overflow(chunk, callback, error));
        }
        chunk.prepare(self.rules);
        self.hold(length);
        self.pending += 1;
        if !straight && self.flags & flags::WAY_BESIDE != flags::CONSTRUCTED {
            self.buffer(chunk, callback);
            return Ok(self.advise() && !self.has(flags::ERRORED));
        }
        self.pass(length, chunk, callback.map(Callback::One));
        let below = self.advise();
        if self.has(flags::DESTROYED | flags::ERRORED | flags::ENDING) {
            self.raise();
            return Ok(below && !self.has(flags::DESTROYED | flags::ERRORED));
        }
        Ok(below)
    }

    /// Whether writes are refused for the stream's state.
    fn is_closed(&self) -> bool {
        let failed = flags::STRICT | flags::ERRORED;
        self.has(flags::ENDING | flags::DESTROYED) || self.flags & failed == failed
    }

    /// Begins to hold `length` bytes of a chunk that is still to come, or so many more of it.
    ///
    /// # Errors
    /// As [`write`](Self::write) for lack of room; the policy for a write that overflows is not applied.
    pub(crate) fn reserve(&mut self, length: usize) -> Result<(), Failure<C, H>> {
        self.admit(length, self.reserved == 0)?;
        self.reserved += length;
        self.hold(length);
        self.advise();
        Ok(())
    }

    /// Writes the chunk for which room was reserved. If nothing is reserved any more, since the stream
    /// was given up meanwhile, the chunk is dropped.
    pub(crate) fn write_reserved(&mut self, chunk: C) {
        if self.reserved == 0 {
            return;
        }
        let reserved = core::mem::take(&mut self.reserved);
        let length = self.measure(&chunk);
        if length > reserved {
            self.hold((length - reserved).min(MOST - self.length));
        } else {
            self.release_some(0, reserved - length);
        }
        self.pending += 1;
        if self.flags & flags::STRAIGHT == flags::CONSTRUCTED {
            self.pass(length, chunk, None);
        } else {
            self.buffer(chunk, None);
        }
    }

    /// Whether more may be written; notes it if not.
    #[inline]
    fn advise(&mut self) -> bool {
        let below = self.length < self.high_water_mark || self.length == 0;
        if !below {
            self.undrain();
        }
        below
    }

    /// Buffers all writes from here on; nests.
    pub fn cork(&mut self) {
        self.flags |= flags::CORKED;
        self.corked += 1;
    }

    /// Undoes one `cork`; a surplus one is harmless. The last passes on what is buffered.
    pub fn uncork(&mut self) {
        self.uncork_once();
        self.raise();
    }

    fn uncork_once(&mut self) {
        if self.corked == 0 {
            return;
        }
        self.corked -= 1;
        if self.corked == 0 {
            self.flags &= !flags::CORKED;
        }
        if !self.has(flags::WRITING) {
            self.clear_buffer();
        }
    }

    /// Lets no write follow, and uncorks fully. Idempotent until the stream has finished.
    pub fn end(&mut self) {
        // Without a chunk or a callback nothing can be refused.
        let _ = self.end_with(None, None);
    }

    /// The same, with a last chunk and a callback for when all is done or given up.
    ///
    /// # Errors
    /// As [`write`](Self::write) for the chunk. Where Node throws, and where a cap refuses the
    /// chunk, the stream does not end.
    ///
    /// # Panics
    /// With the panic of a listener of 'prefinish', after the rest.
    pub fn end_with(
        &mut self,
        chunk: Option<C>,
        callback: Option<H::Callback>,
    ) -> Result<(), RefusedBy<C, H>> {
        let mut held = Held { machine: self, callback };
        let ended = held.machine.write_and_end(chunk);
        let callback = held.callback.take();
        drop(held);
        let ended = self.call_ended_with(ended, callback);
        self.raise();
        ended
    }

    /// What follows `end`: its callback is called now, later, or comes back.
    fn call_ended_with(
        &mut self,
        ended: Result<Option<Failure<C, H>>, RefusedBy<C, H>>,
        callback: Option<H::Callback>,
    ) -> Result<(), RefusedBy<C, H>> {
        let error = match ended {
            Ok(error) => error,
            Err(refused) if !self.is_closed() || thrown(&refused.error) => {
                return Err(Refused { callback, ..refused });
            }
            Err(refused) => {
                self.call_ended(callback, Some(refused.error.clone()));
                return Err(refused);
            }
        };
        self.call_ended(callback, error);
        Ok(())
    }

    /// Writes the last chunk, uncorks, and begins to end the stream, or says what keeps it from
    /// ending.
    fn write_and_end(
        &mut self,
        chunk: Option<C>,
    ) -> Result<Option<Failure<C, H>>, RefusedBy<C, H>> {
        let written = chunk.map_or(Ok(true), |chunk| self.write(chunk));
        let goes_on = match &written {
            Ok(_) => true,
            Err(refused) => self.is_closed() && !thrown(&refused.error),
        };
        if goes_on && self.has(flags::CORKED) {
            self.corked = 1;
            self.uncork_once();
        }
        written?;
        Ok(self.begin_end())
    }

    /// Sees to it that the callback of `end` is called.
    fn call_ended(&mut self, callback: Option<H::Callback>, error: Option<Failure<C, H>>) {
        let Some(callback) = callback else { return };
        if let Some(error) = error.or_else(|| self.errored.clone()) {
            self.next_tick(Tick::Call(callback, Some(error)));
        } else if self.has(flags::FINISHED) {
            self.next_tick(Tick::Call(callback, None));
        } else {
            self.on_finish.push(callback);
        }
    }

    /// `pipe`: fails the stream with [`Error::CannotPipe`], since nothing can be read from it.
    pub fn pipe(&mut self) {
        self.fail(Error::CannotPipe, false);
        self.raise();
    }

    /// The host: the sink and what surrounds it.
    #[must_use]
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The host, to change it.
    #[must_use]
    pub fn host_mut(&mut self) -> &mut H {
        &mut self.host
    }

    /// The host, and an end of the stream: callbacks and listeners hear nothing more.
    #[must_use]
    pub fn into_host(self) -> H {
        self.host
    }

    /// Bytes buffered and in flight (objects in object mode).
    #[doc(alias = "writableLength")]
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Chunks buffered.
    #[doc(alias = "writableBuffer")]
    #[must_use]
    pub fn buffered_chunks(&self) -> usize {
        self.chunks.len()
    }

    /// The chunks that are buffered.
    #[doc(alias = "writableBuffer")]
    pub fn buffered(&self) -> impl Iterator<Item = &C> {
        self.chunks.iter()
    }

    /// How many `uncork` calls are needed.
    #[doc(alias = "writableCorked")]
    #[must_use]
    pub fn corked(&self) -> usize {
        self.corked
    }

    /// Whether a write has said false and 'drain' is still to come.
    #[doc(alias = "writableNeedDrain")]
    #[must_use]
    pub fn need_drain(&self) -> bool {
        self.flags & (flags::DESTROYED | flags::ENDING | flags::NEED_DRAIN) == flags::NEED_DRAIN
    }

    /// The high-water mark, in bytes (objects in object mode).
    #[doc(alias = "writableHighWaterMark")]
    #[must_use]
    pub fn high_water_mark(&self) -> usize {
        self.high_water_mark
    }

    /// Whether chunks are any values that count 1.
    #[doc(alias = "writableObjectMode")]
    #[must_use]
    pub fn object_mode(&self) -> bool {
        self.has(flags::OBJECT_MODE)
    }

    /// Whether a write is not refused for the stream's state.
    #[must_use]
    pub fn writable(&self) -> bool {
        !self.has(flags::ENDING | flags::DESTROYED | flags::ERRORED)
    }

    /// Whether `end` has been called.
    #[doc(alias = "writableEnded")]
    #[must_use]
    pub fn ended(&self) -> bool {
        self.has(flags::ENDING)
    }

    /// Whether all is done, which 'finish' says.
    #[doc(alias = "writableFinished")]
    #[must_use]
    pub fn finished(&self) -> bool {
        self.has(flags::FINISHED)
    }

    /// Whether `destroy` has been called, by the host or by the stream itself.
    #[must_use]
    pub fn destroyed(&self) -> bool {
        self.has(flags::DESTROYED)
    }

    /// Whether the sink has let go of what it held.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.has(flags::CLOSED)
    }

    /// What the stream has failed with first.
    #[must_use]
    pub fn errored(&self) -> Option<&Failure<C, H>> {
        self.errored.as_ref()
    }

    /// Whether the stream was destroyed or failed before it finished.
    #[doc(alias = "writableAborted")]
    #[must_use]
    pub fn aborted(&self) -> bool {
        self.has(flags::DESTROYED | flags::ERRORED) && !self.has(flags::FINISHED)
    }

    /// The rules by which chunks are taken.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// `setDefaultEncoding`: the encoding of text that names none, from here on.
    #[doc(alias = "setDefaultEncoding")]
    pub fn set_default_encoding(&mut self, encoding: Encoding) {
        self.rules.default_encoding = encoding.as_default();
    }

    /// What the stream holds and has done.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let charged = self.charged();
        Stats { bytes: self.length, charged, chunks: self.chunks.len(), ..self.stats }
    }

    /// Begins to end the stream, or says what keeps it from ending.
    fn begin_end(&mut self) -> Option<Failure<C, H>> {
        let open = !self.has(flags::ENDING);
        if open && self.has(flags::DESTROYED) && self.has(flags::STRICT) {
            return Some(self.given_up("end"));
        }
        if open && !self.has(flags::ERRORED) {
            self.flags |= flags::ENDING;
            self.start_clock();
            self.finish_maybe(true);
            return None;
        }
        if self.has(flags::FINISHED) {
            return Some(Error::AlreadyFinished);
        }
        self.has(flags::DESTROYED).then_some(Error::Destroyed("end"))
    }

    #[inline]
    fn has(&self, any: Flags) -> bool {
        self.flags & any != 0
    }

    /// What a callback is told that the stream will not serve.
    fn given_up(&self, call: &'static str) -> Failure<C, H> {
        self.errored.clone().unwrap_or(Error::Destroyed(call))
    }
}

/// Whether Node throws the error rather than emit it.
fn thrown<E>(error: &Error<E>) -> bool {
    matches!(error, Error::NullValues | Error::InvalidChunk | Error::UnknownEncoding)
}
