//! A program's Writable as the host of stream-backpressure's machine.
//!
//! The machine lies in the payload of the stream's state, a cell of the heap. For each call it is taken out and lent the
//! world ([`with_stream`](Machine::with_stream)); while JavaScript runs it lies in its cell again, so that the program may
//! call the stream from its own callbacks ([`lend`]).
//!
//! What the machine holds of the program's are tickets: places in arrays of the state, which the collector sees.

mod entries;

use crate::machine::{Machine, R};
use crate::objects::atoms::{Key, known};
use crate::objects::layout::FIRST;
use crate::objects::object::Type;
use crate::thrown::{Outcome, Thrown};
use core::mem;
use stream_backpressure::{Chunk, Chunks, Completion, Error, Event, Host, Options};

/// The state's slots: the function that `_write` is given as its callback, the buffered writes, functions to be called,
/// and errors.
pub(super) const ON_WRITE: usize = FIRST;
const ENTRIES: usize = FIRST + 1;
const CALLBACKS: usize = FIRST + 2;
const ERRORS: usize = FIRST + 3;
/// The function that `destroy` was given.
pub(super) const ON_DESTROY: usize = FIRST + 4;
pub(super) const SLOTS: usize = FIRST + 5;
/// Bytes of the state (V8's WritableState: nine fields).
pub(super) const SIZE: usize = 96;
/// Buffered writes that have left the stream before their array is made shorter.
const MANY: usize = 256;

/// What Node calls a slot of a state.
pub(in crate::node) fn slot_name(slot: usize) -> Option<&'static str> {
    const NAMES: [(usize, &str); 5] = [
        (ON_WRITE, "onwrite"),
        (ENTRIES, "buffered"),
        (CALLBACKS, "callbacks"),
        (ERRORS, "errors"),
        (ON_DESTROY, "ondestroy"),
    ];
    NAMES.iter().find(|(own, _)| *own == slot).map(|(_, name)| *name)
}

/// A chunk in the machine: the number of its write.
pub(crate) struct Ticket {
    number: u64,
    length: usize,
}

impl Chunk for Ticket {
    fn length(&self) -> usize {
        self.length
    }
}

/// A function to be called: its place, and which functions are the same.
pub(crate) struct Callback {
    place: usize,
    same: u64,
}

/// What the machine's hosts keep.
#[derive(Default)]
pub(crate) struct Kept {
    /// The number of the next write.
    next: u64,
    /// Of the array of buffered writes, how many have left the stream.
    left: usize,
    free: Vec<usize>,
    callbacks: usize,
    /// The identity of the function that was given last, and the number of functions that differ from it.
    last: u32,
    same: u64,
    /// Errors that Node makes, by code and message.
    errors: Vec<(String, usize)>,
    has_writev: bool,
    has_final: bool,
    /// It is the writable side of a Duplex.
    pub is_duplex: bool,
    /// What the program says (`stream.writable = false`).
    pub writable: Option<bool>,
}

/// A stream that waits for its next call.
pub(crate) struct Idle(pub Kept);

/// A stream between two calls.
pub(crate) type Resting = stream_backpressure::Machine<Ticket, Idle>;

impl Host<Ticket> for Idle {
    type Callback = Callback;
    type Error = usize;

    fn write(_: &mut stream_backpressure::Machine<Ticket, Self>, _: Ticket) -> Completion<usize> {
        Completion::Pending
    }

    fn call(
        _: &mut stream_backpressure::Machine<Ticket, Self>,
        _: Callback,
        _: Result<(), Error<usize>>,
    ) {
    }

    fn event(_: &mut stream_backpressure::Machine<Ticket, Self>, _: Event<usize>) {}
}

/// The payload of a stream's state. During a call it is empty.
pub(crate) struct Stored(Option<Resting>);

/// A stream during a call.
pub(crate) struct Live<'m> {
    world: Option<&'m mut Machine>,
    /// Registers of the stream and of its state.
    stream: R,
    state: R,
    /// The write that is being made: its number, and the registers of its chunk and of the name of its encoding.
    given: Option<(u64, R, R)>,
    thrown: Option<Thrown>,
    kept: Kept,
}

impl Idle {
    /// Writes that were made.
    pub(super) fn writes(&self) -> u64 {
        self.0.next
    }

    /// Of the array of buffered writes, how many have left the stream.
    pub(super) fn left(&self) -> usize {
        self.0.left
    }
}

impl Live<'_> {
    /// `stream.writable = writable`.
    pub(super) fn set_writable(&mut self, writable: bool) {
        self.kept.writable = Some(writable);
    }
}

pub(crate) type Stream<'m> = stream_backpressure::Machine<Ticket, Live<'m>>;

impl Machine {
    /// A new stream's machine, in the state in a register.
    pub(super) fn start_stream(
        &mut self,
        stream: R,
        state: R,
        options: Options,
        is_duplex: bool,
    ) -> Outcome {
        let world = Some(self);
        let kept = Kept { is_duplex, ..Kept::default() };
        let live = Live { world, stream, state, given: None, thrown: None, kept };
        put_back(Stream::new(options, live))
    }

    /// A payload for a stream that is being made.
    pub(super) fn no_stream() -> Box<Stored> {
        Box::new(Stored(None))
    }

    /// Reads the machine in a stream's state. None if there is none, as in a state that is being made.
    pub(super) fn peek_stream<T>(
        &mut self,
        state: R,
        f: impl FnOnce(&mut Resting) -> T,
    ) -> Option<T> {
        let mut registers = self.registers();
        let stored = registers.native_mut::<Stored>(state).ok()?;
        stored.0.as_mut().map(f)
    }

    /// The value of the error that the stream with a state has failed with, or null.
    pub(super) fn state_error(&mut self, to: R, state: R) -> Outcome {
        let error = self.peek_stream(state, |stream| {
            let error = stream.errored().cloned()?;
            Some((error, mem::take(&mut stream.host_mut().0.errors)))
        });
        let Some((error, mut known)) = error.flatten() else {
            self.registers().set_null(to);
            return Ok(());
        };
        self.stream_error(to, state, &mut known, &error)?;
        self.peek_stream(state, |stream| stream.host_mut().0.errors = known);
        Ok(())
    }

    /// A new array of the writes that are buffered in the stream with a state.
    pub(super) fn buffered_writes(&mut self, to: R, state: R) -> Outcome {
        let left = self.peek_stream(state, |stream| stream.host().0.left).unwrap_or(0);
        self.registers().load(to, state, ENTRIES)?;
        if !self.is_object(to) {
            return self.new_array(to, 0);
        }
        self.scoped(|machine| {
            let from = machine.temp()?;
            machine.registers().set_smi(from, left as i32);
            let slice = machine.atoms.intern_str("slice");
            machine.call_method(to, to, slice, &[from])
        })
    }

    /// Calls `f` with the machine of a stream.
    ///
    /// # Errors
    /// What the program throws meanwhile. A value that is no Writable is a TypeError.
    pub(super) fn with_stream<T>(
        &mut self,
        stream: R,
        f: impl FnOnce(&mut Stream<'_>) -> T,
    ) -> Outcome<T> {
        self.with_write(stream, None, false, f)
    }

    /// As `with_stream`, during a write of a chunk with an encoding, which may be the last.
    pub(super) fn with_write<T>(
        &mut self,
        stream: R,
        given: Option<(R, R)>,
        is_last: bool,
        f: impl FnOnce(&mut Stream<'_>) -> T,
    ) -> Outcome<T> {
        self.scoped(|machine| {
            let state = machine.temps(2)?;
            let method = state + 1;
            machine.get_named(state, stream, known::WRITABLE_STATE)?;
            // The methods are looked at only when the machine may ask for them: a batch needs more than one write.
            let stage = machine.peek_stream(state, |stored| {
                (stored.buffered_chunks() > 0, stored.ended() || is_last)
            });
            let Some((may_gather, may_finish)) = stage else {
                return machine.throw_type_error("The stream has no state of a Writable");
            };
            let mut has = [None; 2];
            for (place, (may, name)) in
                [(may_gather, known::WRITEV), (may_finish, known::FINAL)].into_iter().enumerate()
            {
                if may {
                    machine.get_named(method, stream, name)?;
                    has[place] = Some(machine.is_callable(method));
                }
            }
            let taken =
                machine.registers().native_mut::<Stored>(state).map(|stored| stored.0.take());
            let Ok(Some(mut stored)) = taken else {
                return machine.throw_type_error("The stream has no state of a Writable");
            };
            let kept = &mut stored.host_mut().0;
            kept.has_writev = has[0].unwrap_or(kept.has_writev);
            kept.has_final = has[1].unwrap_or(kept.has_final);
            let number = kept.next;
            let given = given.map(|(chunk, encoding)| (number, chunk, encoding));
            let mut live = stored.map_host(|Idle(kept)| Live {
                world: Some(machine),
                stream,
                state,
                given,
                thrown: None,
                kept,
            });
            let result = f(&mut live);
            put_back(live)?;
            Ok(result)
        })
    }
}

/// Puts a stream's machine into its cell; gives what was thrown meanwhile.
fn put_back(live: Stream<'_>) -> Outcome {
    let buffered = live.buffered_chunks();
    let mut rest = None;
    let stored = live.map_host(|live| {
        rest = live.world.map(|world| (world, live.state, live.thrown));
        Idle(live.kept)
    });
    let Some((world, state, thrown)) = rest else { return Ok(()) };
    world.registers().native_mut::<Stored>(state)?.0 = Some(stored);
    if buffered == 0 {
        world.forget_entries(state)?;
    }
    thrown.map_or(Ok(()), Err)
}

/// Runs JavaScript during a call of a stream's: `run` gets the world and the registers of stream and state. If something
/// was thrown already, it does not run.
fn lend<'m, T>(
    live: &mut Stream<'m>,
    run: impl FnOnce(&mut Machine, R, R) -> Outcome<T>,
) -> Option<T> {
    let ran = lend_catching(live, run)?;
    match ran {
        Ok(value) => Some(value),
        Err(thrown) => {
            live.host_mut().thrown = Some(thrown);
            None
        }
    }
}

/// As [`lend`], for what runs no JavaScript: the machine stays where it is.
fn with_world<T>(
    live: &mut Stream<'_>,
    run: impl FnOnce(&mut Machine, R) -> Outcome<T>,
) -> Option<T> {
    let host = live.host_mut();
    if host.thrown.is_some() {
        return None;
    }
    let state = host.state;
    let ran = host.world.as_deref_mut()?.scoped(|world| run(world, state));
    ran.map_err(|thrown| host.thrown = Some(thrown)).ok()
}

fn lend_catching<'m, T>(
    live: &mut Stream<'m>,
    run: impl FnOnce(&mut Machine, R, R) -> Outcome<T>,
) -> Option<Outcome<T>> {
    let host = live.host_mut();
    if host.thrown.is_some() {
        return None;
    }
    let (stream, state, given) = (host.stream, host.state, host.given);
    let world = host.world.take()?;
    let empty =
        Live { world: None, stream, state, given: None, thrown: None, kept: Kept::default() };
    let whole = mem::replace(live, Stream::new(Options::default(), empty));
    let stored = whole.map_host(|live| Idle(live.kept));
    match world.registers().native_mut::<Stored>(state) {
        Ok(place) => place.0 = Some(stored),
        Err(error) => return Some(Err(error.into())),
    }
    let ran = world.scoped(|world| run(world, stream, state));
    let back = world.registers().native_mut::<Stored>(state).ok().and_then(|place| place.0.take());
    if let Some(back) = back {
        *live = back.map_host(|Idle(kept)| Live {
            world: Some(world),
            stream,
            state,
            given,
            thrown: None,
            kept,
        });
    }
    Some(ran)
}

impl Host<Ticket> for Live<'_> {
    type Callback = Callback;
    type Error = usize;

    fn write(live: &mut Stream<'_>, ticket: Ticket) -> Completion<usize> {
        let direct = live.host().given.filter(|(number, ..)| *number == ticket.number);
        if direct.is_some() {
            live.host_mut().given = None;
        }
        let left = live.host().kept.left;
        if direct.is_none() {
            live.host_mut().kept.left += 1;
        }
        let last = live.buffered_chunks() == 0;
        lend(live, |world, stream, state| {
            let parts = world.temps(4)?;
            let (chunk, encoding, on_write) = (parts, parts + 1, parts + 2);
            match direct {
                Some((_, given, name)) => {
                    world.copy(chunk, given);
                    world.copy(encoding, name);
                }
                None => {
                    world.take_entry(parts, state, left)?;
                    if last {
                        world.forget_entries(state)?;
                    }
                }
            }
            world.registers().load(on_write, state, ON_WRITE)?;
            world.call_method(on_write, stream, known::WRITE, &[chunk, encoding, on_write])
        });
        if direct.is_none() && !last {
            trim(live);
        }
        Completion::Pending
    }

    fn writev(live: &mut Stream<'_>, chunks: &mut Chunks<Ticket>) -> Completion<usize> {
        chunks.for_each(drop);
        let left = mem::take(&mut live.host_mut().kept.left);
        lend(live, |world, stream, state| {
            let list = world.temps(2)?;
            let on_write = list + 1;
            world.registers().load(list, state, ENTRIES)?;
            world.forget_entries(state)?;
            if left > 0 {
                world.registers().set_smi(on_write, left as i32);
                let slice = world.atoms.intern_str("slice");
                world.call_method(list, list, slice, &[on_write])?;
            }
            world.registers().load(on_write, state, ON_WRITE)?;
            world.call_method(list, stream, known::WRITEV, &[list, on_write])
        });
        Completion::Pending
    }

    fn has_writev(&self) -> bool {
        self.kept.has_writev
    }

    fn has_final(&self) -> bool {
        self.kept.has_final
    }

    fn call(live: &mut Stream<'_>, callback: Callback, result: Result<(), Error<usize>>) {
        let error = result.err();
        live.host_mut().kept.free.push(callback.place);
        let mut kept = mem::take(&mut live.host_mut().kept.errors);
        let known = &mut kept;
        // The function is read before others can take its place.
        lend(live, |world, stream, state| {
            let function = world.temps(2)?;
            let argument = function + 1;
            world.registers().load(function, state, CALLBACKS)?;
            world.get(function, function, Key::Index(callback.place as u32))?;
            world.drop_callback(state, callback.place)?;
            match error {
                Some(error) => world.stream_error(argument, state, known, &error)?,
                None => world.registers().set_null(argument),
            }
            let _ = stream;
            world.call_function(argument, function, &[argument])
        });
        live.host_mut().kept.errors = kept;
    }

    fn event(live: &mut Stream<'_>, event: Event<usize>) {
        let mut kept = mem::take(&mut live.host_mut().kept.errors);
        let known = &mut kept;
        lend(live, |world, stream, state| {
            let argument = world.temp()?;
            match event {
                Event::Drain => world.emit_event(stream, "drain", &[]),
                Event::Prefinish => world.emit_event(stream, "prefinish", &[]),
                Event::Finish => world.emit_event(stream, "finish", &[]),
                Event::Error(error) => {
                    world.stream_error(argument, state, known, &error)?;
                    world.emit_event(stream, "error", &[argument])
                }
                _ => world.emit_event(stream, "close", &[]),
            }
        });
        live.host_mut().kept.errors = kept;
    }

    fn same(one: &Callback, other: &Callback) -> bool {
        one.same == other.same
    }

    fn schedule(&mut self) {
        let stream = self.stream;
        if self.thrown.is_some() {
            return;
        }
        if let Some(world) = self.world.as_deref_mut()
            && let Err(thrown) = world.next_stream_tick(stream)
        {
            self.thrown = Some(thrown);
        }
    }

    fn may_destroy(live: &mut Stream<'_>) -> bool {
        if !live.host().kept.is_duplex {
            return true;
        }
        let ended = lend(live, |world, stream, _| {
            let state = world.temps(2)?;
            let value = state + 1;
            world.get_text(state, stream, "_readableState")?;
            if !world.is_object(state) {
                return Ok(true);
            }
            world.get_text(value, state, "autoDestroy")?;
            if !world.to_boolean(value) {
                return Ok(false);
            }
            world.get_text(value, state, "endEmitted")?;
            if world.to_boolean(value) {
                return Ok(true);
            }
            world.get_text(value, state, "readable")?;
            Ok(world.type_of(value) == Type::Bool(false))
        });
        ended.unwrap_or(true)
    }

    fn constructed(live: &mut Stream<'_>) {
        if !live.host().kept.is_duplex {
            return;
        }
        lend(live, |world, stream, _| {
            let state = world.temp()?;
            world.get_text(state, stream, "_readableState")?;
            if !world.is_object(state) {
                return Ok(());
            }
            let method = world.atoms.intern_str("onconstructed");
            world.call_method(state, state, method, &[stream])
        });
    }

    fn finalize(live: &mut Stream<'_>) -> Completion<usize> {
        ask(live, "_final", None)
    }

    fn destroy(live: &mut Stream<'_>, error: Option<Error<usize>>) -> Completion<usize> {
        ask(live, "_destroy", Some(error))
    }

    fn construct(live: &mut Stream<'_>) -> Completion<usize> {
        ask(live, "_construct", None)
    }
}

/// Calls a method of the program's that answers by a callback. What it throws is its answer.
fn ask(
    live: &mut Stream<'_>,
    method: &str,
    error: Option<Option<Error<usize>>>,
) -> Completion<usize> {
    let mut kept = mem::take(&mut live.host_mut().kept.errors);
    let known = &mut kept;
    let ran = lend_catching(live, |world, stream, state| {
        let function = world.temps(3)?;
        let (done, argument) = (function + 1, function + 2);
        world.get_text(function, stream, method)?;
        let code = match method {
            "_final" => world.node.streams.final_done,
            "_destroy" => world.node.streams.destroy_done,
            _ => world.node.streams.construct_done,
        };
        world.native_closure(done, code, stream)?;
        let Some(error) = error else {
            return world.call(argument, function, stream, &[done]);
        };
        match error {
            Some(error) => world.stream_error(argument, state, known, &error)?,
            None => world.registers().set_null(argument),
        }
        world.call(argument, function, stream, &[argument, done])
    });
    live.host_mut().kept.errors.append(&mut kept);
    match ran {
        None | Some(Ok(())) => Completion::Pending,
        Some(Err(Thrown::Exception)) => {
            let ticket = lend(live, |world, _, state| {
                let error = world.temp()?;
                world.take_exception(error);
                world.keep_error(state, error)
            });
            ticket.map_or(Completion::Pending, Completion::failed)
        }
        Some(Err(thrown)) => {
            live.host_mut().thrown = Some(thrown);
            Completion::Pending
        }
    }
}

/// Makes the array of buffered writes shorter once many of them have left.
fn trim(live: &mut Stream<'_>) {
    let left = live.host().kept.left;
    if left <= MANY {
        return;
    }
    let trimmed = lend(live, |world, _, state| {
        let list = world.temps(2)?;
        world.registers().load(list, state, ENTRIES)?;
        if !world.is_object(list) || world.array_length(list) < left {
            return Ok(false);
        }
        world.registers().set_smi(list + 1, left as i32);
        let slice = world.atoms.intern_str("slice");
        world.call_method(list, list, slice, &[list + 1])?;
        world.registers().store(state, ENTRIES, list)?;
        Ok(true)
    });
    if trimmed == Some(true) {
        live.host_mut().kept.left -= left;
    }
}

/// Writes the chunk that the stream was lent; whether more may be written.
pub(super) fn write(live: &mut Stream<'_>, length: usize, callback: Option<R>) -> bool {
    let Some((number, chunk, encoding)) = live.host().given else { return false };
    live.host_mut().kept.next += 1;
    let ticket = Ticket { number, length };
    let callback_ticket = callback.and_then(|function| keep_callback(live, function));
    let written = match callback_ticket {
        Some(callback) => live.write_then(ticket, callback),
        None => live.write(ticket),
    };
    if written.is_ok() && live.host_mut().given.take().is_some() {
        with_world(live, |world, state| world.add_entry(state, chunk, encoding, callback));
    }
    written.unwrap_or(false)
}

/// Ends the stream.
pub(super) fn end(live: &mut Stream<'_>, length: Option<usize>, callback: Option<R>) {
    let given = live.host().given;
    let ticket = length.and_then(|length| {
        live.host_mut().kept.next += 1;
        given.map(|(number, ..)| Ticket { number, length })
    });
    if let (Some(ticket), Some((_, chunk, encoding))) = (ticket, given) {
        // The last chunk may be buffered, and leave the stream, before `end` is over: it is written first.
        let written = live.write(ticket);
        if written.is_ok() && live.host_mut().given.take().is_some() {
            with_world(live, |world, state| world.add_entry(state, chunk, encoding, None));
        }
        if let Err(refused) = written {
            if live.corked() > 0 {
                uncork_fully(live);
            }
            if let Some(function) = callback {
                let error = refused.error;
                let mut kept = mem::take(&mut live.host_mut().kept.errors);
                let known = &mut kept;
                lend(live, |world, _, state| {
                    let value = world.temp()?;
                    world.stream_error(value, state, known, &error)?;
                    world.next_tick_of(function, &[value])
                });
                live.host_mut().kept.errors = kept;
            }
            return;
        }
    }
    let callback = callback.and_then(|function| keep_callback(live, function));
    // Without a chunk nothing is refused.
    let _ = live.end_with(None, callback);
}

fn uncork_fully(live: &mut Stream<'_>) {
    while live.corked() > 0 {
        live.uncork();
    }
}

/// The ticket of a function.
fn keep_callback(live: &mut Stream<'_>, function: R) -> Option<Callback> {
    let kept = &mut live.host_mut().kept;
    let place = kept.free.pop().unwrap_or(kept.callbacks);
    kept.callbacks = kept.callbacks.max(place + 1);
    let identity = with_world(live, |world, state| {
        let list = world.temp()?;
        world.registers().load(list, state, CALLBACKS)?;
        if !world.is_object(list) {
            world.new_array(list, 0)?;
            world.registers().store(state, CALLBACKS, list)?;
        }
        world.set(list, Key::Index(place as u32), function, true)?;
        Ok(world.registers().identity_hash(function)?)
    })?;
    let kept = &mut live.host_mut().kept;
    if kept.last != identity {
        kept.last = identity;
        kept.same += 1;
    }
    Some(Callback { place, same: kept.same })
}

/// The ticket of an error that the program gave: none if it is null or undefined.
pub(super) fn error_of(live: &mut Stream<'_>, value: R) -> Option<Error<usize>> {
    with_world(live, |world, state| {
        if !world.to_boolean(value) {
            return Ok(None);
        }
        world.keep_error(state, value).map(Some)
    })
    .flatten()
    .map(Error::Sink)
}
