//! `structuredClone` (HTML, section 2.7.3; Node's `lib/internal/structured_clone.js`).

use super::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::objects::object::Type;
use crate::thrown::Outcome;

const METHODS: &[Method] = &[("structuredClone", 0, structured_clone)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let global = machine.temp()?;
    machine.load_root(global, roots::GLOBAL);
    machine.define_plain_methods(global, METHODS)
}

fn structured_clone(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if arguments.count == 0 {
        return argument_error(machine, "ERR_MISSING_ARGS", "The value argument must be specified");
    }
    let known = machine.temps(3)?;
    let (result, moved) = (known + 1, known + 2);
    machine.new_array(moved, 0)?;
    read_moved(machine, moved, arguments.at(1))?;
    // Which clone each object has, so that what is met twice is cloned once. What is moved has a buffer without bytes.
    machine.new_map(known)?;
    let count = machine.array_length(moved);
    for place in 0..count {
        machine.scoped(|machine| {
            let buffer = machine.temps(2)?;
            machine.own_element(buffer, moved, place as u32)?;
            let store = machine.new_store(0)?;
            machine.new_array_buffer(buffer + 1, store)?;
            machine.map_set(known, buffer, buffer + 1)
        })?;
    }
    clone(machine, result, arguments.at(0), known)?;
    for place in 0..count {
        machine.scoped(|machine| {
            let buffer = machine.temps(2)?;
            machine.own_element(buffer, moved, place as u32)?;
            find(machine, buffer + 1, buffer, known)?;
            match machine.is_detached(buffer)? {
                true => Ok(()),
                false => machine.move_buffer(buffer + 1, buffer),
            }
        })?;
    }
    Ok(result)
}

fn argument_error<T>(machine: &mut Machine, code: &str, text: &str) -> Outcome<T> {
    machine.throw_node_error(ErrorKind::TypeError, code, text)
}

/// Pushes the ArrayBuffers that `options.transfer` lists and that can be moved (`src/node_messaging.cc`).
fn read_moved(machine: &mut Machine, moved: R, options: R) -> Outcome {
    if machine.is_nullish(options) {
        return Ok(());
    }
    if !machine.is_object(options) {
        let text = "The options argument must be either an object or undefined";
        return argument_error(machine, "ERR_INVALID_ARG_TYPE", text);
    }
    let list = machine.temps(3)?;
    let (all, item) = (list + 1, list + 2);
    machine.get_text(list, options, "transfer")?;
    if machine.is_nullish(list) {
        return Ok(());
    }
    if !machine.is_object(list) {
        let text = "Optional transferList argument must be an iterable";
        return argument_error(machine, "ERR_INVALID_ARG_TYPE", text);
    }
    machine.get_named(item, list, known::ITERATOR)?;
    if !machine.is_callable(item) {
        return Ok(());
    }
    machine.new_array(all, 0)?;
    machine.push_all(all, list)?;
    for place in 0..machine.array_length(all) {
        machine.own_element(item, all, place as u32)?;
        if machine.kind_of(item) != Some(ObjectKind::ArrayBuffer) {
            let text = "Found invalid object in transferList";
            return argument_error(machine, "ERR_INVALID_TRANSFER_OBJECT", text);
        }
        let fixed = Key::Name(known::UNTRANSFERABLE);
        if machine.has(item, fixed)? {
            continue;
        }
        for before in 0..machine.array_length(moved) {
            machine.own_element(list, moved, before as u32)?;
            if machine.is_same(list, item) {
                return throw_clone_error(machine, "Transfer list contains duplicate ArrayBuffer");
            }
        }
        machine.push(moved, item)?;
    }
    Ok(())
}

fn throw_clone_error<T>(machine: &mut Machine, text: &str) -> Outcome<T> {
    machine.scoped(|machine| {
        let class = machine.temps(3)?;
        let (message, name) = (class + 1, class + 2);
        machine.library(class, "internal/dom_exception")?;
        machine.get_text(class, class, "DOMException")?;
        machine.new_text(message, text)?;
        machine.new_text(name, "DataCloneError")?;
        machine.construct(message, class, &[message, name], class)?;
        machine.throw(message)
    })
}

fn refuse<T>(machine: &mut Machine, value: R) -> Outcome<T> {
    let shown = machine.show(value);
    throw_clone_error(machine, &format!("{shown} could not be cloned."))
}

/// The clone that an object has already; whether it has one.
fn find(machine: &mut Machine, to: R, value: R, known: R) -> Outcome<bool> {
    let of = |register| heap_model::Register(register);
    let rules = crate::objects::key_rules::Keys;
    Ok(machine.registers().map_get(to, &rules, of(known), of(value))?)
}

fn clone(machine: &mut Machine, to: R, value: R, known: R) -> Outcome {
    match machine.type_of(value) {
        Type::Symbol(_) => return refuse(machine, value),
        Type::Object(_) => {}
        _ => {
            machine.copy(to, value);
            return Ok(());
        }
    }
    stacker::maybe_grow(crate::interpret::call::RED_ZONE, crate::interpret::call::SEGMENT, || {
        machine.scoped(|machine| {
            let copy = machine.temp()?;
            if find(machine, copy, value, known)? {
                if machine.is_undefined(copy) {
                    let text = "Unable to deserialize cloned data.";
                    return machine.throw_error(ErrorKind::Error, text);
                }
                machine.copy(to, copy);
                return Ok(());
            }
            clone_object(machine, copy, value, known)?;
            machine.copy(to, copy);
            Ok(())
        })
    })
}

fn clone_object(machine: &mut Machine, copy: R, value: R, known: R) -> Outcome {
    let part = machine.temps(2)?;
    let key = part + 1;
    match machine.kind_of(value) {
        Some(ObjectKind::Array) => {
            let length = machine.array_length(value);
            // A longer one is seldom full.
            machine.new_array(copy, length.min(1 << 16))?;
            machine.truncate_array(copy, length)?;
            machine.map_set(known, value, copy)?;
            clone_properties(machine, copy, value, known)
        }
        Some(ObjectKind::Ordinary) => {
            machine.new_object(copy, 4)?;
            machine.map_set(known, value, copy)?;
            clone_properties(machine, copy, value, known)
        }
        Some(ObjectKind::Map) => {
            machine.new_map(copy)?;
            machine.map_set(known, value, copy)?;
            machine.each_entry(value, |machine, from, item| {
                clone(machine, key, from, known)?;
                clone(machine, part, item, known)?;
                machine.map_set(copy, key, part)
            })
        }
        Some(ObjectKind::Set) => {
            machine.new_set(copy)?;
            machine.map_set(known, value, copy)?;
            machine.each_member(value, |machine, item| {
                clone(machine, part, item, known)?;
                machine.set_add(copy, part)
            })
        }
        Some(
            kind @ (ObjectKind::Boolean
            | ObjectKind::Number
            | ObjectKind::String
            | ObjectKind::BigInt),
        ) => {
            machine.this_primitive(part, value, kind)?;
            machine.to_object(copy, part)?;
            machine.map_set(known, value, copy)
        }
        Some(ObjectKind::Date) => {
            machine.registers().load(part, value, FIRST)?;
            let time = machine.number(part);
            machine.new_date(copy, time)?;
            machine.map_set(known, value, copy)
        }
        Some(ObjectKind::RegExp) => {
            machine.load_root(part, roots::REG_EXP);
            machine.construct(copy, part, &[value], part)?;
            machine.map_set(known, value, copy)
        }
        // Its bytes are shared, so it stands for itself.
        Some(ObjectKind::SharedArrayBuffer) => {
            machine.copy(copy, value);
            Ok(())
        }
        Some(ObjectKind::ArrayBuffer) => {
            refuse_detached(machine, value)?;
            let length = machine.byte_count(value)?;
            let (resizable, room) = machine.buffer_room(value)?;
            let mut store = machine.new_store(room)?;
            machine.with_bytes(value, |bytes| store[..length].copy_from_slice(bytes))?;
            machine.load_root(part, roots::ARRAY_BUFFER_PROTOTYPE);
            let kind = ObjectKind::ArrayBuffer;
            machine.resizable_buffer(copy, part, kind, store, (length, resizable))?;
            machine.map_set(known, value, copy)
        }
        Some(kind @ (ObjectKind::TypedArray | ObjectKind::DataView)) => {
            machine.array_buffer(part, value)?;
            refuse_detached(machine, part)?;
            if machine.is_out_of_bounds(value)? {
                return refuse(machine, value);
            }
            clone(machine, part, part, known)?;
            let root = match kind {
                ObjectKind::TypedArray => super::typed_array::root_of(machine.typed_type(value)?),
                _ => roots::DATA_VIEW_PROTOTYPE,
            };
            machine.load_root(key, root);
            machine.view_as(copy, key, part, value)?;
            machine.map_set(known, value, copy)
        }
        Some(ObjectKind::Error) => clone_error(machine, copy, value, known),
        _ => refuse(machine, value),
    }
}

fn refuse_detached(machine: &mut Machine, buffer: R) -> Outcome {
    if machine.kind_of(buffer) == Some(ObjectKind::ArrayBuffer) && machine.is_detached(buffer)? {
        let text = "An ArrayBuffer is detached and could not be cloned.";
        return throw_clone_error(machine, text);
    }
    Ok(())
}

/// An error's name tells its class; only a message and a cause of its own that are data go with it (V8's
/// `ValueSerializer::WriteJSError`).
fn clone_error(machine: &mut Machine, copy: R, value: R, known: R) -> Outcome {
    let part = machine.temps(3)?;
    let (message, cause) = (part + 1, part + 2);
    let data = |flags: Option<Flags>| flags.is_some_and(|flags| !flags.is_accessor());
    let has_message = data(machine.own_property(message, value, known::MESSAGE.into())?);
    let has_cause = data(machine.own_property(cause, value, known::CAUSE.into())?);
    machine.get_named(part, value, known::NAME)?;
    let kind = match machine.string_of(part)?.as_str() {
        "EvalError" => ErrorKind::EvalError,
        "RangeError" => ErrorKind::RangeError,
        "ReferenceError" => ErrorKind::ReferenceError,
        "SyntaxError" => ErrorKind::SyntaxError,
        "TypeError" => ErrorKind::TypeError,
        "URIError" => ErrorKind::UriError,
        _ => ErrorKind::Error,
    };
    if has_message {
        machine.to_string(message, message)?;
    }
    if has_cause {
        // V8 knows an error only when it has read all of it.
        let reading = machine.temp()?;
        machine.map_set(known, value, reading)?;
        clone(machine, cause, cause, known)?;
    }
    machine.new_error(copy, kind, "")?;
    machine.get_named(part, value, known::STACK)?;
    if !machine.is_string(part) {
        machine.undefined(part);
    }
    machine.define_named(copy, known::STACK, part, Flags::HIDDEN)?;
    machine.delete(copy, known::MESSAGE.into())?;
    if has_message {
        machine.define_named(copy, known::MESSAGE, message, Flags::HIDDEN)?;
    }
    if has_cause {
        machine.define_named(copy, known::CAUSE, cause, Flags::HIDDEN)?;
    }
    machine.map_set(known, value, copy)
}

/// Clones the enumerable properties that have texts as keys.
fn clone_properties(machine: &mut Machine, copy: R, value: R, known: R) -> Outcome {
    for key in machine.own_keys(value, false)? {
        if !machine.is_enumerable(value, key)? {
            continue;
        }
        machine.scoped(|machine| {
            let item = machine.temp()?;
            machine.get(item, value, key)?;
            clone(machine, item, item, known)?;
            match key {
                Key::Name(name) => machine.define_named(copy, name, item, Flags::PLAIN),
                key => machine.define(copy, key, item, Flags::PLAIN),
            }
        })?;
    }
    Ok(())
}
