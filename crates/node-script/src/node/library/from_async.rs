//! `Array.fromAsync`, which Node 22 has: a function of the library does it, and the steps that JavaScript cannot do are here.

use crate::builtins::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Atom, known};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

const STEPS: &[Method] = &[
    ("lengthOf", 1, |machine, arguments| {
        let length = machine.length_of(arguments.at(0))?;
        machine.set_number(0, length as f64)?;
        Ok(0)
    }),
    ("make", 2, make),
    ("method", 2, method),
    ("put", 3, |machine, arguments| {
        let place = machine.to_length(arguments.at(1))?;
        machine.create_element(arguments.at(0), place, arguments.at(2))?;
        machine.give_undefined()
    }),
    ("symbol", 1, |machine, arguments| {
        let symbol = which(machine, arguments.at(0));
        machine.atom_value(0, symbol)?;
        Ok(0)
    }),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let class = machine.temp()?;
    machine.load_root(class, roots::ARRAY);
    machine.define_methods(class, &[("fromAsync", 1, from_async)])
}

fn from_async(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    const FILE: &str = "internal/from_async";
    let function = machine.temps(2)?;
    let undefined = function + 1;
    if !machine.has_library(FILE) {
        machine.share_object_with_library("fromAsync", STEPS)?;
    }
    machine.library(function, FILE)?;
    let name = machine.atoms.intern_str("fromAsync");
    machine.get_named(function, function, name)?;
    let given = [THIS, arguments.at(0), arguments.at(1), arguments.at(2)];
    machine.call(0, function, undefined, &given)?;
    Ok(0)
}

/// The symbol of an asynchronous iterable, or of any.
fn which(machine: &mut Machine, is_async: R) -> Atom {
    if machine.to_boolean(is_async) { known::ASYNC_ITERATOR } else { known::ITERATOR }
}

/// ECMA-262's `GetMethod`, of an object and whether it is the asynchronous iterator's.
fn method(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let method = machine.temp()?;
    let symbol = which(machine, arguments.at(1));
    machine.get_named(method, arguments.at(0), symbol)?;
    if machine.is_nullish(method) {
        return machine.give_undefined();
    }
    if !machine.is_callable(method) {
        let name = machine.atoms.text(symbol);
        let name = name.trim_start_matches("Symbol(").trim_end_matches(')');
        let text = format!(
            "Array.fromAsync requires that the property of the first argument, items[{name}], when exists, be a function"
        );
        return machine.throw_type_error(&text);
    }
    Ok(method)
}

/// A list of a constructor, or an array if it is none; with a length if that is given.
fn make(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let class = machine.temps(2)?;
    let list = class + 1;
    machine.copy(class, arguments.at(0));
    if !machine.is_constructor(class) {
        machine.load_root(class, roots::ARRAY);
    }
    match arguments.count > 1 {
        true => machine.construct(list, class, &[arguments.at(1)], class)?,
        false => machine.construct(list, class, &[], class)?,
    }
    Ok(list)
}
