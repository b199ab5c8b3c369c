//! The properties of a Writable and of its state, and what the library's Duplex has of the writable side.

use super::host::{self, Resting};
use super::setup::{new_state, read_options, take_methods};
use crate::builtins::Method;
use crate::machine::{Machine, Native, R, THIS};
use crate::node::inspect::CUSTOM;
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use stream_backpressure::Encoding;

/// What the library's files call.
pub(super) const METHODS: &[Method] = &[
    ("initWritable", 2, init_writable),
    ("startWritable", 2, start_writable),
    ("neverWritable", 1, |machine, arguments| {
        machine.with_stream(arguments.at(0), |stream| {
            stream.never_writable();
            stream.host_mut().set_writable(false);
        })?;
        machine.give_undefined()
    }),
    ("setDestroyed", 2, |machine, arguments| {
        let destroyed = machine.to_boolean(arguments.at(1));
        machine.with_stream(arguments.at(0), |stream| stream.set_destroyed(destroyed))?;
        machine.give_undefined()
    }),
    ("failStream", 3, |machine, arguments| {
        let sync = machine.to_boolean(arguments.at(2));
        fail(machine, arguments.at(0), arguments.at(1), sync)?;
        machine.give_undefined()
    }),
    ("writableState", 1, writable_state),
    ("defaultHighWaterMark", 1, |machine, arguments| {
        let mut options = machine.runtime.stream_options().clone();
        options.object_mode = machine.to_boolean(arguments.at(0));
        machine.give_number(options.mark() as f64)
    }),
];

/// Lets a stream fail with an error.
pub(super) fn fail(machine: &mut Machine, stream: R, error: R, sync: bool) -> Outcome {
    machine.with_stream(stream, |stream| {
        if let Some(error) = host::error_of(stream, error) {
            stream.fail_with(error, sync);
        }
    })?;
    Ok(())
}

/// `writableState(state)`: what Node's state has beside its getters, for printing it: its flags, the bytes in flight, callbacks
/// that are to come, writes that have left the buffer, and the function that `_write` is given.
fn writable_state(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let state = arguments.at(0);
    let figures = machine.peek_stream(state, |stream| {
        let host = stream.host();
        // Nothing was passed on yet, which Node takes for synchronous.
        let sync = stream.sync() || host.writes() == stream.buffered_chunks() as u64;
        let utf8 = stream.rules().default_encoding == Encoding::default();
        let flags = [
            (0, stream.object_mode()),
            (1, stream.error_emitted()),
            (2, stream.auto_destroy()),
            (3, stream.emits_close()),
            (4, stream.destroyed()),
            (5, stream.closed()),
            (6, stream.close_emitted()),
            (7, stream.errored().is_some()),
            (8, stream.constructed()),
            (9, sync),
            (10, stream.ended()),
            (11, stream.undrained()),
            (12, stream.ended()),
            (13, stream.finished()),
            (14, stream.rules().decode_strings),
            (15, stream.writing()),
            (17, stream.prefinished()),
            (18, true),
            (19, stream.silent()),
            (23, stream.corked() > 0),
            (24, utf8),
            (26, stream.writing()),
            (29, stream.buffered_chunks() > 0),
            (30, stream.prefinished()),
        ];
        let flags: u32 = flags.iter().map(|(bit, set)| u32::from(*set) << bit).sum();
        [flags as usize, stream.in_flight(), stream.pending(), host.left()]
    });
    let first = machine.temps(6)?;
    for (place, figure) in figures.unwrap_or_default().into_iter().enumerate() {
        machine.set_number(first + place, figure as f64)?;
    }
    machine.registers().load(first + 4, state, host::ON_WRITE)?;
    let list = first + 5;
    machine.array_of(list, &[first, first + 1, first + 2, first + 3, first + 4])?;
    Ok(list)
}

/// A state as `util.inspect` shows it.
fn show(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let function = machine.temp()?;
    machine.library(function, "internal/stream/shown")?;
    let name = machine.atoms.intern_str("writable");
    machine.call_method(function, function, name, &[THIS, arguments.at(1)])?;
    Ok(function)
}

/// `initWritable(stream, options)`: gives a Duplex the state of its writable side.
fn init_writable(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (stream, options) = (arguments.at(0), arguments.at(1));
    let state = machine.temp()?;
    new_state(machine, state, stream)?;
    machine.put(stream, "_writableState", state)?;
    take_methods(machine, stream, options, &["write", "writev", "final"])?;
    machine.give_undefined()
}

/// `startWritable(stream, options)`: whether the stream is constructed first.
fn start_writable(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (stream, given) = (arguments.at(0), arguments.at(1));
    let state = machine.temps(2)?;
    let value = state + 1;
    let mut options = read_options(machine, given, true)?;
    machine.get_text(state, stream, "_writableState")?;
    machine.get_text(value, stream, "_construct")?;
    let constructs = !machine.is_nullish(value);
    options.construct = constructs;
    machine.start_stream(stream, state, options, true)?;
    machine.give_bool(constructs)
}

/// A property that is a boolean.
macro_rules! flag {
    ($read:expr) => {
        |machine, _| flag(machine, $read)
    };
}

/// A property that is a number.
macro_rules! count {
    ($read:expr) => {
        |machine, _| count(machine, $read)
    };
}

/// Properties of a stream.
const PROPERTIES: &[(&str, Native)] = &[
    ("closed", flag!(Resting::closed)),
    ("destroyed", flag!(Resting::destroyed)),
    ("writable", flag!(|stream| stream.writable() && stream.host().0.writable != Some(false))),
    ("writableFinished", flag!(Resting::finished)),
    ("writableObjectMode", flag!(Resting::object_mode)),
    ("writableEnded", flag!(Resting::ended)),
    ("writableNeedDrain", flag!(Resting::need_drain)),
    ("writableHighWaterMark", count!(Resting::high_water_mark)),
    ("writableCorked", count!(Resting::corked)),
    ("writableLength", count!(Resting::length)),
    (
        "writableAborted",
        flag!(|stream| stream.aborted() && stream.host().0.writable != Some(false)),
    ),
    ("errored", errored),
    ("writableBuffer", buffered),
];

/// Properties of a state.
const STATE: &[(&str, Native)] = &[
    ("objectMode", flag!(Resting::object_mode)),
    ("needDrain", flag!(Resting::undrained)),
    ("ending", flag!(Resting::ended)),
    ("ended", flag!(Resting::ended)),
    ("finished", flag!(Resting::finished)),
    ("prefinished", flag!(Resting::prefinished)),
    ("destroyed", flag!(Resting::destroyed)),
    ("decodeStrings", flag!(|stream| stream.rules().decode_strings)),
    ("writing", flag!(Resting::writing)),
    ("sync", flag!(Resting::sync)),
    ("constructed", flag!(Resting::constructed)),
    ("errorEmitted", flag!(Resting::error_emitted)),
    ("closeEmitted", flag!(Resting::close_emitted)),
    ("closed", flag!(Resting::closed)),
    ("autoDestroy", flag!(Resting::auto_destroy)),
    ("emitClose", flag!(Resting::emits_close)),
    ("highWaterMark", count!(Resting::high_water_mark)),
    ("length", count!(Resting::length)),
    ("corked", count!(Resting::corked)),
    ("bufferedRequestCount", count!(Resting::buffered_chunks)),
    ("errored", errored),
    ("buffered", buffered),
];

/// Puts the state of the stream, or the state itself, that a getter is asked of into a register; whether there is one.
fn find_state(machine: &mut Machine, to: R) -> Outcome<bool> {
    if machine.kind_of(THIS) == Some(ObjectKind::Host) {
        machine.copy(to, THIS);
        return Ok(true);
    }
    if !machine.is_object(THIS) {
        return Ok(false);
    }
    machine.get_text(to, THIS, "_writableState")?;
    Ok(machine.kind_of(to) == Some(ObjectKind::Host))
}

fn flag(machine: &mut Machine, read: fn(&Resting) -> bool) -> Outcome<R> {
    let state = machine.temp()?;
    let set = find_state(machine, state)?
        && machine.peek_stream(state, |stream| read(stream)).unwrap_or(false);
    machine.give_bool(set)
}

fn count(machine: &mut Machine, read: fn(&Resting) -> usize) -> Outcome<R> {
    let state = machine.temp()?;
    if !find_state(machine, state)? {
        return machine.give_undefined();
    }
    match machine.peek_stream(state, |stream| read(stream)) {
        Some(count) => machine.give_number(count as f64),
        None => machine.give_undefined(),
    }
}

fn errored(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let value = machine.temps(2)?;
    machine.registers().set_null(value);
    if find_state(machine, value + 1)? {
        machine.state_error(value, value + 1)?;
    }
    Ok(value)
}

fn buffered(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let list = machine.temps(2)?;
    if find_state(machine, list + 1)? {
        machine.buffered_writes(list, list + 1)?;
    }
    Ok(list)
}

fn set_writable(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let state = machine.temp()?;
    let writable = machine.to_boolean(arguments.at(0));
    if find_state(machine, state)? {
        machine.peek_stream(state, |stream| stream.host_mut().0.writable = Some(writable));
    }
    machine.give_undefined()
}

fn set_destroyed(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let state = machine.temp()?;
    let destroyed = machine.to_boolean(arguments.at(0));
    if find_state(machine, state)? {
        machine.peek_stream(state, |stream| stream.set_destroyed(destroyed));
    }
    machine.give_undefined()
}

/// Gives Writable's prototype its properties.
pub(super) fn define_properties(machine: &mut Machine, prototype: R) -> Outcome {
    for (name, getter) in PROPERTIES {
        let setter: Option<Native> = match *name {
            "writable" => Some(set_writable),
            "destroyed" => Some(set_destroyed),
            _ => None,
        };
        let name = machine.atoms.intern_str(name);
        machine.define_getter(prototype, name, *getter, setter)?;
    }
    Ok(())
}

/// Gives the prototype of states its properties.
pub(super) fn define_state(machine: &mut Machine, prototype: R) -> Outcome {
    for (name, getter) in STATE {
        let name = machine.atoms.intern_str(name);
        let setter: Option<Native> =
            (machine.atoms.text(name) == "destroyed").then_some(set_destroyed as Native);
        machine.define_getter(prototype, name, *getter, setter)?;
    }
    let said: Native = |machine, _| {
        let state = machine.temp()?;
        let said = match find_state(machine, state)? {
            true => machine.peek_stream(state, |stream| stream.host().0.writable).flatten(),
            false => None,
        };
        match said {
            Some(writable) => machine.give_bool(writable),
            None => machine.give_undefined(),
        }
    };
    let writable = machine.atoms.intern_str("writable");
    machine.define_getter(prototype, writable, said, Some(set_writable))?;
    let encoding: Native = |machine, _| {
        let state = machine.temp()?;
        let name = match find_state(machine, state)? {
            true => machine.peek_stream(state, |stream| stream.rules().default_encoding),
            false => None,
        };
        machine.give_text(name.map_or("utf8", Encoding::name))
    };
    let name = machine.atoms.intern_str("defaultEncoding");
    machine.define_getter(prototype, name, encoding, None)?;
    let custom = machine.shared_symbol(CUSTOM);
    machine.define_method(prototype, custom, 2, show)?;
    let name = machine.atoms.intern_str("getBuffer");
    machine.define_method(prototype, name, 0, buffered)
}
