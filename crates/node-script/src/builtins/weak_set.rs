//! `WeakSet` (ECMA-262, section 24.4), on the heap's ephemeron tables.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::thrown::Outcome;
use heap_model::{Kind, Value};

const PROTOTYPE: &[Method] = &[("delete", 1, delete), ("has", 1, has), ("add", 1, add)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.new_prototype(prototype, roots::WEAK_SET_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "WeakSet", 0, construct, prototype)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_tag(prototype, "WeakSet")
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_new(arguments, "WeakSet")?;
    let object = machine.temp()?;
    let made = (roots::WEAK_SET_PROTOTYPE, ObjectKind::WeakSet, Kind::Object, FIRST + 1);
    machine.construct_shape(object, arguments, made, super::weak_map::weak_table)?;
    machine.fill_collection(object, arguments.at(0), known::ADD, false)?;
    Ok(object)
}

fn add(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WeakSet, "WeakSet.prototype.add")?;
    if !machine.can_be_held_weakly(arguments.at(0)) {
        return machine.throw_type_error("Invalid value used in weak set");
    }
    machine.with_weak(arguments.at(0), |scope, table, key| {
        scope.ephemeron_set(table, key, Value::Bool(true))?;
        Ok(())
    })?;
    Ok(THIS)
}

fn has(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WeakSet, "WeakSet.prototype.has")?;
    let has = machine
        .with_weak(arguments.at(0), |scope, table, key| Ok(scope.ephemeron_has(table, key)?))?;
    machine.give_bool(has == Some(true))
}

fn delete(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WeakSet, "WeakSet.prototype.delete")?;
    let had = machine
        .with_weak(arguments.at(0), |scope, table, key| Ok(scope.ephemeron_delete(table, key)?))?;
    machine.give_bool(had == Some(true))
}
