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
    machine.define_methods(global, METHODS)
}

fn structured_clone(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let known = machine.temps(2)?;
    let result = known + 1;
    // Which clone each object has, so that what is met twice is cloned once.
    machine.new_map(known)?;
    clone(machine, result, arguments.at(0), known)?;
    Ok(result)
}

fn refuse<T>(machine: &mut Machine, value: R) -> Outcome<T> {
    let shown = machine.show(value);
    let thrown = machine.scoped(|machine| {
        let error = machine.temps(2)?;
        let name = error + 1;
        machine.new_error(error, ErrorKind::Error, &format!("{shown} could not be cloned."))?;
        machine.new_text(name, "DataCloneError")?;
        machine.define_named(error, known::NAME, name, Flags::HIDDEN)?;
        machine.registers().set_smi(name, 25);
        machine.define_named(error, known::CODE, name, Flags::HIDDEN)?;
        machine.throw::<()>(error)
    });
    match thrown {
        Err(thrown) => Err(thrown),
        Ok(()) => Err(crate::thrown::Thrown::Exception),
    }
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
            let rules = crate::objects::key_rules::Keys;
            let of = |register| heap_model::Register(register);
            if machine.registers().map_get(copy, &rules, of(known), of(value))? {
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
    let part = machine.temps(3)?;
    let (key, other) = (part + 1, part + 2);
    match machine.kind_of(value) {
        Some(ObjectKind::Array) => {
            let length = machine.array_length(value);
            machine.new_array(copy, length)?;
            machine.truncate_array(copy, length)?;
            machine.map_set(known, value, copy)?;
            clone_properties(machine, copy, value, known)
        }
        Some(ObjectKind::Ordinary | ObjectKind::Arguments) => {
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
        Some(ObjectKind::ArrayBuffer) => {
            let mut store = machine.byte_count(value).and_then(|count| machine.new_store(count))?;
            machine.with_bytes(value, |bytes| store.copy_from_slice(bytes))?;
            machine.new_array_buffer(copy, store)?;
            machine.map_set(known, value, copy)
        }
        Some(ObjectKind::TypedArray) => {
            let kind = machine.typed_type(value)?;
            let (offset, _) = machine.byte_range(value)?;
            let count = machine.typed_length(value)?;
            machine.array_buffer(part, value)?;
            clone(machine, part, part, known)?;
            machine.load_root(key, super::typed_array::root_of(kind));
            machine.new_typed_array(copy, key, part, (offset, count), kind)?;
            machine.map_set(known, value, copy)
        }
        Some(ObjectKind::Error) => {
            machine.get_named(part, value, known::NAME)?;
            let name = machine.string_of(part)?;
            let kind = match name.as_str() {
                "TypeError" => ErrorKind::TypeError,
                "RangeError" => ErrorKind::RangeError,
                "ReferenceError" => ErrorKind::ReferenceError,
                "SyntaxError" => ErrorKind::SyntaxError,
                _ => ErrorKind::Error,
            };
            machine.get_named(other, value, known::MESSAGE)?;
            let message = machine.string_of(other)?;
            machine.new_error(copy, kind, &message)?;
            machine.get_named(part, value, known::STACK)?;
            machine.define_named(copy, known::STACK, part, Flags::HIDDEN)?;
            machine.map_set(known, value, copy)
        }
        _ => refuse(machine, value),
    }
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
