//! `FinalizationRegistry` (ECMA-262, section 26.2), on weak-refs'. The event loop calls the callbacks.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::thrown::{Outcome, Thrown};
use heap_model::shapes::{REGISTRY_CALLBACK, REGISTRY_SLOTS};
use heap_model::{Kind, Scope, Value};
use weak_refs::FinalizationRegistry;

const PROTOTYPE: &[Method] = &[("register", 2, register), ("unregister", 1, unregister)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    let root = roots::FINALIZATION_REGISTRY_PROTOTYPE;
    machine.new_prototype(prototype, root, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "FinalizationRegistry", 1, construct, prototype)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_tag(prototype, "FinalizationRegistry")?;
    machine.jobs.turns.push(clean_up);
    Ok(())
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_new(arguments, "FinalizationRegistry")?;
    if !machine.is_callable(arguments.at(0)) {
        return machine.throw_type_error("FinalizationRegistry: cleanup must be callable");
    }
    let object = machine.temp()?;
    let kind = ObjectKind::FinalizationRegistry;
    let made = (roots::FINALIZATION_REGISTRY_PROTOTYPE, kind, Kind::Object, REGISTRY_SLOTS);
    machine.construct_shape(object, arguments, made, |scope| {
        let registry = FinalizationRegistry::new(scope).map_err(|error| match error {
            weak_refs::WeakError::Heap(error) => error,
            _ => heap_model::AccessError::WrongKind.into(),
        })?;
        Ok(registry.cell())
    })?;
    machine.registers().store(object, REGISTRY_CALLBACK, arguments.at(0))?;
    let weak = machine.registers().enter(|scope| {
        let Value::Ref(cell) = scope.register(object) else {
            return Err(heap_model::AccessError::NoCell.into());
        };
        Ok::<_, Thrown>(scope.weak(cell)?)
    })?;
    machine.weak.registries.push(weak);
    Ok(object)
}

/// The registry in `this`.
fn this_registry<'s>(scope: &mut Scope<'s>) -> Result<FinalizationRegistry<'s>, Thrown> {
    match scope.register(THIS) {
        Value::Ref(cell) => Ok(FinalizationRegistry::from_cell(scope, cell)?),
        _ => Err(heap_model::AccessError::NoCell.into()),
    }
}

fn register(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let method = "FinalizationRegistry.prototype.register";
    machine.require_kind(ObjectKind::FinalizationRegistry, method)?;
    let (target, held, token) = (arguments.at(0), arguments.at(1), arguments.at(2));
    if !machine.can_be_held_weakly(target) {
        return machine.throw_type_error(&format!("{method}: invalid target"));
    }
    if machine.is_same(target, held) {
        let text = format!("{method}: target and holdings must not be same");
        return machine.throw_type_error(&text);
    }
    if !machine.is_undefined(token) {
        expect_token(machine, token)?;
    }
    machine.registers().enter(|scope| {
        let registry = this_registry(scope)?;
        let [target, held, token] = [target, held, token].map(|value| scope.register(value));
        let _ = registry.register(scope, target, held, Some(token))?;
        Ok::<_, Thrown>(())
    })?;
    machine.give_undefined()
}

fn expect_token(machine: &mut Machine, token: R) -> Outcome {
    if machine.can_be_held_weakly(token) {
        return Ok(());
    }
    let shown = machine.show(token);
    machine.throw_type_error(&format!("Invalid unregisterToken ('{shown}')"))
}

fn unregister(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let method = "FinalizationRegistry.prototype.unregister";
    machine.require_kind(ObjectKind::FinalizationRegistry, method)?;
    let token = arguments.at(0);
    expect_token(machine, token)?;
    let had = machine.registers().enter(|scope| {
        let registry = this_registry(scope)?;
        let token = scope.register(token);
        Ok::<_, Thrown>(registry.unregister(scope, token)?)
    })?;
    machine.give_bool(had)
}

/// A step of the event loop: calls the callbacks for targets that have died. It is no reason for another turn.
fn clean_up(machine: &mut Machine) -> Outcome<bool> {
    let mut place = 0;
    while place < machine.weak.registries.len() {
        let callback = machine.temps(4)?;
        let more = machine.scoped(|machine| {
            let (held, nothing, result) = (callback + 1, callback + 2, callback + 3);
            match machine.next_held(place, callback, held)? {
                None => {
                    machine.weak.registries.swap_remove(place);
                    Ok(true)
                }
                Some(false) => Ok(false),
                Some(true) => {
                    machine.call(result, callback, nothing, &[held])?;
                    machine.run_jobs()?;
                    Ok(true)
                }
            }
        });
        machine.registers().resize(callback)?;
        if !more? {
            place += 1;
        }
    }
    Ok(false)
}

impl Machine {
    /// Takes the next held value of a registry, and its callback: whether there is one. None: the registry is dead.
    fn next_held(&mut self, place: usize, callback: R, held: R) -> Outcome<Option<bool>> {
        let Self { runtime, weak, .. } = self;
        runtime.heap_mut().registers().enter(|scope| {
            let Some(cell) = scope.upgrade(&weak.registries[place])? else { return Ok(None) };
            let registry = FinalizationRegistry::from_cell(scope, cell)?;
            let function = scope.get(cell, REGISTRY_CALLBACK)?;
            scope.set_register(callback, function)?;
            let taken =
                registry.try_cleanup_some(scope, 1, |scope, value| scope.set_register(held, value));
            match taken {
                Ok(count) => Ok(Some(count > 0)),
                Err(weak_refs::CleanupError::Callback(error)) => Err(error.into()),
                Err(weak_refs::CleanupError::Weak(error)) => Err(error.into()),
                Err(_) => Ok(Some(false)),
            }
        })
    }
}
