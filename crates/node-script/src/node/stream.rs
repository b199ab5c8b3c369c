//! `stream`: Writable (`lib/internal/streams/writable.js`, `lib/internal/streams/destroy.js`).
//!
//! What a stream does and when is stream-backpressure's machine; [`host`] joins it to the program. Here are the
//! constructor, the methods and the properties.

mod host;
mod setup;
mod sides;

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{CALLEE, Machine, Native, R, THIS, roots};
use crate::node::state::Streams;
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use heap_model::Value;
pub(super) use host::slot_name;
use setup::{encoding_of, new_state, read_options, take_methods};
use stream_backpressure::Error;

const PROTOTYPE: &[Method] = &[
    ("pipe", 0, pipe),
    ("write", 3, write),
    ("cork", 0, |machine, _| {
        machine.with_stream(THIS, |stream| stream.cork())?;
        machine.give_undefined()
    }),
    ("uncork", 0, |machine, _| {
        machine.with_stream(THIS, |stream| stream.uncork())?;
        machine.give_undefined()
    }),
    ("setDefaultEncoding", 1, set_default_encoding),
    ("_write", 3, write_unimplemented),
    ("end", 3, end),
    ("destroy", 2, destroy),
    ("_destroy", 2, destroy_default),
    ("_undestroy", 0, |machine, _| {
        machine.with_stream(THIS, |stream| stream.undestroy())?;
        machine.give_undefined()
    }),
];

/// Properties that the constructor gives to a stream, those of an emitter included.
const FIELDS: usize = 6;

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(4)?;
    let (class, value, state) = (prototype + 1, prototype + 2, prototype + 3);
    machine.new_prototype(prototype, roots::STREAM_PROTOTYPE, roots::EVENT_EMITTER_PROTOTYPE)?;
    machine.new_constructor(class, "Stream", 1, construct_stream, prototype)?;
    machine.expect_fields(class, 5);
    machine.inherit_constructor(class, roots::EVENT_EMITTER_PROTOTYPE)?;
    machine.new_prototype(prototype, roots::WRITABLE_PROTOTYPE, roots::STREAM_PROTOTYPE)?;
    machine.new_constructor(class, "Writable", 1, construct, prototype)?;
    machine.expect_fields(class, FIELDS);
    machine.inherit_constructor(class, roots::STREAM_PROTOTYPE)?;
    machine.store_root(roots::WRITABLE, class);
    machine.define_plain_methods(prototype, PROTOTYPE)?;
    machine.registers().set_null(value);
    machine.put(prototype, "_writev", value)?;
    sides::define_properties(machine, prototype)?;
    machine.define_method(class, known::HAS_INSTANCE, 1, has_instance)?;
    let rejected = machine.shared_symbol("nodejs.rejection");
    machine.define_method(prototype, rejected, 1, destroy)?;
    machine.new_prototype(state, roots::WRITABLE_STATE_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.new_constructor(value, "WritableState", 3, construct_state, state)?;
    machine.put(class, "WritableState", value)?;
    sides::define_state(machine, state)?;
    machine.share_with_library(sides::METHODS)?;
    let nothing = |machine: &mut Machine, _: Arguments| machine.give_undefined();
    for (root, name, call) in [
        (roots::STREAM_TICK, "tick", tick as Native),
        (roots::ON_WRITE, "onwrite", on_write),
        (roots::NO_OPERATION, "nop", nothing),
    ] {
        let name = machine.atoms.intern_str(name);
        machine.new_native(value, name, 0, call, false)?;
        machine.store_root(root, value);
    }
    machine.node.streams = Streams {
        final_done: machine.native_code("", 1, |machine, arguments| {
            answer(machine, arguments, |stream, error| {
                stream.complete_final(error.map_or(Ok(()), Err))
            })
        }),
        destroy_done: machine.native_code("onDestroy", 1, |machine, arguments| {
            call_on_destroy(machine, arguments.at(0))?;
            answer(machine, arguments, |stream, error| stream.complete_destroy(error))
        }),
        construct_done: machine.native_code("onConstruct", 1, |machine, arguments| {
            answer(machine, arguments, |stream, error| {
                stream.complete_construct(error.map_or(Ok(()), Err));
            })
        }),
        entry_class: None,
    };
    Ok(())
}

/// The class Stream, with the others as its properties. What is written in JavaScript comes when it is used first.
pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let value = machine.temp()?;
    machine.load_root(value, roots::STREAM_PROTOTYPE);
    machine.lazy_properties(value, "internal/stream/legacy", Flags::PLAIN, &["pipe"])?;
    machine.load_root(value, roots::WRITABLE_PROTOTYPE);
    machine.define_plain_methods(value, &[("pipe", 0, cannot_pipe)])?;
    machine.load_root(to, roots::STREAM_PROTOTYPE);
    machine.get_named(to, to, known::CONSTRUCTOR)?;
    machine.load_root(value, roots::WRITABLE);
    machine.put(to, "Writable", value)?;
    for (file, names) in LAZY {
        machine.lazy_properties(to, file, Flags::PLAIN, names)?;
    }
    machine.put(to, "Stream", to)
}

/// What is written in JavaScript, by the files of the library that have it.
const LAZY: &[(&str, &[&str])] = &[
    ("internal/stream/readable", &["Readable"]),
    ("internal/stream/duplex", &["Duplex", "Transform", "PassThrough"]),
    ("internal/stream/pipeline", &["pipeline", "compose"]),
    ("internal/stream/finished", &["addAbortSignal", "finished", "destroy"]),
    (
        "internal/stream/state",
        &[
            "isDestroyed",
            "isDisturbed",
            "isErrored",
            "isReadable",
            "isWritable",
            "promises",
            "getDefaultHighWaterMark",
            "setDefaultHighWaterMark",
            "_isUint8Array",
            "_uint8ArrayToBuffer",
        ],
    ),
];

/// `pipe` of a Writable, which has nothing to read.
fn cannot_pipe(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let (kind, message) = (ErrorKind::Error, "Cannot pipe, not readable");
    let thrown = machine.throw_node_error::<()>(kind, "ERR_STREAM_CANNOT_PIPE", message);
    if let Err(thrown) = thrown {
        let error = machine.temp()?;
        machine.catch(error, thrown)?;
        sides::fail(machine, THIS, error, false)?;
    }
    machine.give_undefined()
}

/// `Writable[Symbol.hasInstance]`: a Duplex is a Writable as well.
fn has_instance(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let object = arguments.at(0);
    if machine.is_instance(object, THIS)? {
        return machine.give_bool(true);
    }
    let class = machine.temps(2)?;
    machine.load_root(class, roots::WRITABLE);
    if !machine.is_same(class, THIS) || !machine.is_object(object) {
        return machine.give_bool(false);
    }
    machine.get_text(class + 1, object, "_writableState")?;
    let is_state = machine.kind_of(class + 1) == Some(ObjectKind::Host);
    machine.give_bool(is_state)
}

fn construct_stream(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let Some(new_target) = arguments.new_target else {
        machine.init_emitter(THIS)?;
        machine.take_capture(THIS, arguments.at(0))?;
        return machine.give_undefined();
    };
    let stream = machine.temp()?;
    let class = machine.instance_class(new_target)?;
    machine.new_of(stream, class)?;
    machine.init_emitter(stream)?;
    Ok(stream)
}

fn construct_state(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let message = "new WritableState() is not supported";
    machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_THIS", message)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let given = arguments.at(0);
    let stream = machine.temps(4)?;
    let (class, state, value) = (stream + 1, stream + 2, stream + 3);
    match arguments.new_target {
        Some(new_target) => {
            let class = machine.instance_class(new_target)?;
            machine.new_of(stream, class)?;
        }
        None => {
            machine.load_root(class, roots::WRITABLE);
            if !machine.instance_of(THIS, class)? {
                machine.construct(stream, class, &[given], class)?;
                return Ok(stream);
            }
            machine.copy(stream, THIS);
        }
    }
    let mut options = read_options(machine, given, false)?;
    new_events(machine, stream)?;
    new_state(machine, state, stream)?;
    machine.put(stream, "_writableState", state)?;
    take_methods(machine, stream, given, &["write", "writev", "destroy", "final", "construct"])?;
    machine.init_emitter(stream)?;
    machine.take_capture(stream, given)?;
    machine.get_text(value, stream, "_construct")?;
    options.construct = !machine.is_nullish(value);
    machine.start_stream(stream, state, options, false)?;
    if machine.is_object(given) {
        machine.get_text(value, given, "signal")?;
        if machine.to_boolean(value) {
            machine.library(class, "internal/stream/finished")?;
            let method = machine.atoms.intern_str("addAbortSignal");
            machine.call_method(class, class, method, &[value, stream])?;
        }
    }
    Ok(stream)
}

/// `_events` of a stream: its usual events have their places.
fn new_events(machine: &mut Machine, stream: R) -> Outcome {
    machine.scoped(|machine| {
        let events = machine.temps(2)?;
        machine.get_text(events, stream, "_events")?;
        if !machine.is_nullish(events) {
            return Ok(());
        }
        machine.new_object(events, 5)?;
        for name in ["close", "error", "prefinish", "finish", "drain"] {
            machine.put(events, name, events + 1)?;
        }
        machine.put(stream, "_events", events)
    })
}

/// What `write` and `end` are given: the length of a chunk, which becomes a Buffer where the stream wants one, and the
/// name of its encoding.
fn take_chunk(machine: &mut Machine, chunk: R, encoding: R) -> Outcome<usize> {
    let state = machine.temp()?;
    machine.get_named(state, THIS, known::WRITABLE_STATE)?;
    let Some(rules) = machine.peek_stream(state, |stream| stream.rules()) else {
        return machine.throw_type_error("The stream has no state of a Writable");
    };
    let named = match machine.to_boolean(encoding) {
        false => None,
        true if machine.is_string(encoding) && machine.show(encoding) == "buffer" => None,
        true => Some(encoding_of(machine, encoding)?),
    };
    let is_buffer = machine.to_boolean(encoding) && named.is_none();
    // In object mode the sink is told what the writer said.
    let spelled = match (rules.object_mode, named) {
        (false, None) => rules.default_encoding.name(),
        _ => "",
    };
    if machine.is_null(chunk) {
        let message = "May not write null values to stream";
        return machine.throw_node_error(ErrorKind::TypeError, "ERR_STREAM_NULL_VALUES", message);
    }
    let mut length = 1;
    let mut as_buffer = false;
    if !rules.object_mode {
        if machine.is_string(chunk) {
            if rules.decode_strings {
                if is_buffer {
                    return machine.throw_unknown_encoding("buffer");
                }
                let encoding = named.unwrap_or(rules.default_encoding);
                let (bytes, units) = machine.encoded(chunk, encoding)?;
                machine.buffer_of_text(chunk, &bytes, units)?;
                length = bytes.len();
                as_buffer = true;
            } else {
                length = machine.string_length(chunk);
            }
        } else if matches!(
            machine.kind_of(chunk),
            Some(ObjectKind::TypedArray | ObjectKind::DataView)
        ) {
            let (offset, count) = machine.byte_range(chunk)?;
            if !has_buffer_prototype(machine, chunk)? {
                let store = machine.temp()?;
                machine.array_buffer(store, chunk)?;
                machine.buffer_on(chunk, store, offset, count)?;
            }
            length = count;
            as_buffer = true;
        } else {
            let must = "of type string or an instance of Buffer, TypedArray, or DataView";
            return machine.throw_argument_type("chunk", must, chunk);
        }
    }
    let name = match if as_buffer { "buffer" } else { spelled } {
        "" => return Ok(length),
        "buffer" => known::BUFFER,
        "utf8" => known::UTF8,
        other => machine.atoms.intern_str(other),
    };
    machine.atom_value(encoding, name)?;
    Ok(length)
}

fn has_buffer_prototype(machine: &mut Machine, value: R) -> Outcome<bool> {
    machine.scoped(|machine| {
        let class = machine.temp()?;
        machine.prototype_of(class, value)?;
        if machine.is_root(class, roots::BUFFER_PROTOTYPE) {
            return Ok(true);
        }
        machine.load_root(class, roots::BUFFER);
        machine.is_instance(value, class)
    })
}

fn write(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (chunk, encoding, mut callback) = (arguments.at(0), arguments.at(1), arguments.at(2));
    let function = machine.temp()?;
    if machine.is_callable(encoding) {
        machine.copy(function, encoding);
        machine.registers().set_null(encoding);
        callback = function;
    }
    let length = take_chunk(machine, chunk, encoding)?;
    let callback = machine.is_callable(callback).then_some(callback);
    let more = machine.with_write(THIS, Some((chunk, encoding)), false, |stream| {
        host::write(stream, length, callback)
    })?;
    machine.give_bool(more)
}

fn end(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (chunk, encoding, mut callback) = (arguments.at(0), arguments.at(1), arguments.at(2));
    let function = machine.temp()?;
    for given in [chunk, encoding] {
        if machine.is_callable(given) {
            machine.copy(function, given);
            machine.registers().set_null(given);
            machine.registers().set_null(encoding);
            callback = function;
            break;
        }
    }
    let length = match machine.is_nullish(chunk) {
        true => None,
        false => Some(take_chunk(machine, chunk, encoding)?),
    };
    let callback = machine.is_callable(callback).then_some(callback);
    machine.with_write(THIS, Some((chunk, encoding)), true, |stream| {
        host::end(stream, length, callback);
    })?;
    Ok(THIS)
}

fn destroy(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (error, callback) = (arguments.at(0), arguments.at(1));
    if machine.is_callable(callback) {
        if machine.with_stream(THIS, |stream| stream.destroyed())? {
            machine.call_function(callback, callback, &[])?;
            return Ok(THIS);
        }
        let state = machine.temp()?;
        machine.get_text(state, THIS, "_writableState")?;
        machine.registers().store(state, host::ON_DESTROY, callback)?;
    }
    machine.with_stream(THIS, |stream| {
        let error = host::error_of(stream, error);
        stream.destroy(error);
    })?;
    Ok(THIS)
}

/// Calls the function that `destroy` was given.
fn call_on_destroy(machine: &mut Machine, error: R) -> Outcome {
    machine.scoped(|machine| {
        let state = machine.temps(2)?;
        let callback = state + 1;
        machine.native_data(state, CALLEE)?;
        machine.get_text(state, state, "_writableState")?;
        machine.registers().load(callback, state, host::ON_DESTROY)?;
        machine.registers().store_value(state, host::ON_DESTROY, Value::Undefined)?;
        match machine.is_callable(callback) {
            true => machine.call_function(callback, callback, &[error]),
            false => Ok(()),
        }
    })
}

fn destroy_default(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.call_function(0, arguments.at(1), &[arguments.at(0)])?;
    machine.give_undefined()
}

/// `_write` of a stream that has none: what has `_writev` takes single chunks by it.
fn write_unimplemented(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let method = machine.temps(3)?;
    let (list, entry) = (method + 1, method + 2);
    machine.get_text(method, THIS, "_writev")?;
    if !machine.to_boolean(method) {
        let message = "The _write() method is not implemented";
        let kind = ErrorKind::Error;
        return machine.throw_node_error(kind, "ERR_METHOD_NOT_IMPLEMENTED", message);
    }
    machine.new_object(entry, 2)?;
    machine.put(entry, "chunk", arguments.at(0))?;
    machine.put(entry, "encoding", arguments.at(1))?;
    machine.array_of(list, &[entry])?;
    machine.call(method, method, THIS, &[list, arguments.at(2)])?;
    machine.give_undefined()
}

fn set_default_encoding(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let encoding = encoding_of(machine, arguments.at(0))?;
    machine.with_stream(THIS, |stream| stream.set_default_encoding(encoding))?;
    Ok(THIS)
}

fn pipe(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.with_stream(THIS, |stream| stream.pipe())?;
    machine.give_undefined()
}

/// One tick of a stream's.
fn tick(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.with_stream(arguments.at(0), |stream| stream.tick())?;
    machine.give_undefined()
}

/// The callback of `_write`: its first argument is the stream.
fn on_write(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (stream, error) = (arguments.at(0), arguments.at(1));
    machine.with_stream(stream, |stream| {
        let error = host::error_of(stream, error);
        stream.complete(error.map_or(Ok(()), Err));
    })?;
    machine.give_undefined()
}

/// The callback of `_final` and its like, whose function has the stream.
fn answer(
    machine: &mut Machine,
    arguments: Arguments,
    complete: fn(&mut host::Stream<'_>, Option<Error<usize>>),
) -> Outcome<R> {
    let stream = machine.temp()?;
    machine.native_data(stream, CALLEE)?;
    let error = arguments.at(0);
    machine.with_stream(stream, |stream| {
        let error = host::error_of(stream, error);
        complete(stream, error);
    })?;
    machine.give_undefined()
}
