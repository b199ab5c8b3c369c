//! `WeakMap` (ECMA-262, section 24.3), on the heap's ephemeron tables.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::thrown::{Outcome, Thrown};
use heap_model::{HeapError, Kind, Local, Scope, Value};

const PROTOTYPE: &[Method] =
    &[("delete", 1, delete), ("get", 1, get), ("set", 2, set), ("has", 1, has)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.new_prototype(prototype, roots::WEAK_MAP_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "WeakMap", 0, construct, prototype)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_tag(prototype, "WeakMap")
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_new(arguments, "WeakMap")?;
    let object = machine.temp()?;
    let made = (roots::WEAK_MAP_PROTOTYPE, ObjectKind::WeakMap, Kind::Object, FIRST + 1);
    machine.construct_shape(object, arguments, made, weak_table)?;
    machine.fill_collection(object, arguments.at(0), known::SET, true)?;
    Ok(object)
}

/// A WeakMap's or a WeakSet's cell, whose second slot has its table, as V8's.
pub(super) fn weak_table<'s>(scope: &mut Scope<'s>) -> Result<Local<'s>, HeapError> {
    scope.escape(|scope| {
        let table = scope.alloc_ephemeron_table(1)?;
        scope.alloc_with(Kind::Object, &[Value::Undefined, Value::Ref(table)])
    })
}

impl Machine {
    /// Runs `f` with the weak collection in `this` and the cell of a key; none if the key is no cell.
    pub(super) fn with_weak<T>(
        &mut self,
        key: R,
        f: impl for<'s> FnOnce(&mut Scope<'s>, Local<'s>, Local<'s>) -> Result<T, Thrown>,
    ) -> Outcome<Option<T>> {
        self.registers().enter(|scope| match (scope.register(THIS), scope.register(key)) {
            (Value::Ref(table), Value::Ref(key)) if scope.kind(key)? != Kind::Double => {
                f(scope, table, key).map(Some)
            }
            _ => Ok(None),
        })
    }
}

fn get(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WeakMap, "WeakMap.prototype.get")?;
    let found = machine.with_weak(arguments.at(0), |scope, table, key| {
        let value = scope.ephemeron_get(table, key)?.unwrap_or(Value::Undefined);
        Ok(scope.set_register(0, value)?)
    })?;
    match found {
        Some(()) => Ok(0),
        None => machine.give_undefined(),
    }
}

fn set(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WeakMap, "WeakMap.prototype.set")?;
    if !machine.can_be_held_weakly(arguments.at(0)) {
        return machine.throw_type_error("Invalid value used as weak map key");
    }
    machine.with_weak(arguments.at(0), |scope, table, key| {
        let value = scope.register(arguments.at(1));
        scope.ephemeron_set(table, key, value)?;
        Ok(())
    })?;
    Ok(THIS)
}

fn has(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WeakMap, "WeakMap.prototype.has")?;
    let has = machine
        .with_weak(arguments.at(0), |scope, table, key| Ok(scope.ephemeron_has(table, key)?))?;
    machine.give_bool(has == Some(true))
}

fn delete(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WeakMap, "WeakMap.prototype.delete")?;
    let had = machine
        .with_weak(arguments.at(0), |scope, table, key| Ok(scope.ephemeron_delete(table, key)?))?;
    machine.give_bool(had == Some(true))
}
