//! `Boolean`.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::thrown::Outcome;

const PROTOTYPE: &[Method] = &[("toString", 0, to_string), ("valueOf", 0, value_of)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    machine.registers().set_bool(prototype + 1, false);
    let (root, kind) = (roots::BOOLEAN_PROTOTYPE, ObjectKind::Boolean);
    machine.new_wrapper_prototype(prototype, root, kind, prototype + 1)?;
    machine.define_class(prototype + 1, "Boolean", 1, construct, prototype)?;
    machine.define_methods(prototype, PROTOTYPE)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let value = machine.to_boolean(arguments.at(0));
    if !arguments.construct() {
        return machine.give_bool(value);
    }
    let object = machine.temps(2)?;
    let root = roots::BOOLEAN_PROTOTYPE;
    machine.construct_kind(object, arguments, root, ObjectKind::Boolean, FIRST + 1)?;
    machine.registers().set_bool(object + 1, value);
    machine.registers().store(object, FIRST, object + 1)?;
    Ok(object)
}

fn this_boolean(machine: &mut Machine, method: &str) -> Outcome {
    if machine.this_primitive(0, THIS, ObjectKind::Boolean)? {
        return Ok(());
    }
    machine
        .throw_type_error(&format!("Boolean.prototype.{method} requires that 'this' be a Boolean"))
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    this_boolean(machine, "toString")?;
    machine.to_string(0, 0)?;
    Ok(0)
}

fn value_of(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    this_boolean(machine, "valueOf")?;
    Ok(0)
}
