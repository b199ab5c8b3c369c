//! `WeakRef` (ECMA-262, section 26.1): a weak cell of the heap; weak-refs' agent keeps its target to the end of the job.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::thrown::{Outcome, Thrown};
use heap_model::{Kind, Value, shapes};

const PROTOTYPE: &[Method] = &[("deref", 0, deref)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.new_prototype(prototype, roots::WEAK_REF_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "WeakRef", 1, construct, prototype)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_tag(prototype, "WeakRef")
}

impl Machine {
    /// Keeps the object in a register alive to the end of the job.
    fn keep_during_job(&mut self, target: R) -> Outcome {
        let Self { runtime, weak, .. } = self;
        runtime.heap_mut().registers().enter(|scope| {
            let Value::Ref(cell) = scope.register(target) else { return Ok(()) };
            Ok(weak.agent.keep(scope, cell)?)
        })
    }
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_new(arguments, "WeakRef")?;
    let target = arguments.at(0);
    if !machine.can_be_held_weakly(target) {
        return machine.throw_type_error("WeakRef: invalid target");
    }
    let object = machine.temp()?;
    let made = (roots::WEAK_REF_PROTOTYPE, ObjectKind::WeakRef, Kind::WeakCell, 1);
    machine.construct_shape(object, arguments, made, |scope| match scope.register(target) {
        Value::Ref(target) => shapes::weak_ref(scope, target),
        _ => Err(heap_model::AccessError::NoCell.into()),
    })?;
    machine.keep_during_job(target)?;
    Ok(object)
}

fn deref(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WeakRef, "WeakRef.prototype.deref")?;
    let target = machine.temp()?;
    let alive = machine.registers().enter(|scope| {
        let Value::Ref(cell) = scope.register(THIS) else { return Ok(false) };
        let Some(found) = scope.weak_target(cell)? else { return Ok(false) };
        scope.set_register(target, Value::Ref(found))?;
        Ok::<_, Thrown>(true)
    })?;
    if alive {
        machine.keep_during_job(target)?;
    }
    Ok(target)
}
