//! `Symbol`.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Atom, Named, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::thrown::Outcome;

const WELL_KNOWN: &[(&str, Atom)] = &[
    ("iterator", known::ITERATOR),
    ("asyncIterator", known::ASYNC_ITERATOR),
    ("hasInstance", known::HAS_INSTANCE),
    ("toPrimitive", known::TO_PRIMITIVE),
    ("toStringTag", known::TO_STRING_TAG),
    ("species", known::SPECIES),
    ("isConcatSpreadable", known::IS_CONCAT_SPREADABLE),
    ("unscopables", known::UNSCOPABLES),
    ("match", known::MATCH),
    ("matchAll", known::MATCH_ALL),
    ("replace", known::REPLACE),
    ("search", known::SEARCH),
    ("split", known::SPLIT),
];

const STATIC: &[Method] = &[("for", 1, for_key), ("keyFor", 1, key_for)];
const PROTOTYPE: &[Method] = &[("toString", 0, to_string), ("valueOf", 0, value_of)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, value) = (prototype + 1, prototype + 2);
    machine.new_prototype(prototype, roots::SYMBOL_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "Symbol", 0, construct, prototype)?;
    machine.define_methods(class, STATIC)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_tag(prototype, "Symbol")?;
    let description = machine.atoms.intern_str("description");
    machine.define_getter(prototype, description, self::description, None)?;
    let name = machine.atoms.intern_str("[Symbol.toPrimitive]");
    machine.new_native(value, name, 1, value_of, false)?;
    machine.define_named(prototype, known::TO_PRIMITIVE, value, Flags::READ_ONLY)?;
    for (name, atom) in WELL_KNOWN {
        let name = machine.atoms.intern_str(name);
        machine.atom_value(value, *atom)?;
        machine.define_named(class, name, value, Flags::FIXED)?;
    }
    Ok(())
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if arguments.construct() {
        return machine.throw_type_error("Symbol is not a constructor");
    }
    if machine.is_undefined(arguments.at(0)) {
        machine.new_symbol(0, None)?;
        return Ok(0);
    }
    let text = machine.temp()?;
    machine.to_string(text, arguments.at(0))?;
    let units = machine.units(text)?;
    machine.new_symbol(0, Some(&units))?;
    Ok(0)
}

fn for_key(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.temp()?;
    machine.to_string(text, arguments.at(0))?;
    let units = machine.units(text)?;
    let atom = machine.atoms.shared_symbol(&units);
    machine.atom_value(0, atom)?;
    Ok(0)
}

fn key_for(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let Type::Symbol(atom) = machine.type_of(arguments.at(0)) else {
        let shown = machine.show(arguments.at(0));
        return machine.throw_type_error(&format!("{shown} is not a symbol"));
    };
    match machine.atoms.shared_key(atom).cloned() {
        Some(key) => machine.new_string(0, &key)?,
        None => machine.undefined(0),
    }
    Ok(0)
}

fn this_symbol(machine: &mut Machine, method: &str) -> Outcome<Atom> {
    let value = machine.temp()?;
    if machine.this_primitive(value, THIS, ObjectKind::Symbol)?
        && let Type::Symbol(atom) = machine.type_of(value)
    {
        return Ok(atom);
    }
    machine.throw_type_error(&format!("{method} requires that 'this' be a Symbol"))
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let atom = this_symbol(machine, "Symbol.prototype.toString")?;
    let text = machine.atoms.text(atom);
    machine.give_text(&text)
}

fn value_of(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let atom = this_symbol(machine, "Symbol.prototype.valueOf")?;
    machine.atom_value(0, atom)?;
    Ok(0)
}

fn description(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let atom = this_symbol(machine, "Symbol.prototype.description")?;
    let text = match machine.atoms.named(atom) {
        Some(Named::Symbol(Some(text))) => text.clone(),
        _ => return machine.give_undefined(),
    };
    machine.new_string(0, &text)?;
    Ok(0)
}
