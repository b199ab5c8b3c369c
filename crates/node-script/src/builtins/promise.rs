//! `Promise`.

mod combinators;

use super::Method;
use crate::machine::{Machine, Native, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, NativeCode};
use crate::objects::layout::{tag, tags};
use crate::objects::promise::{
    CAPABILITY_PROMISE, CAPABILITY_REJECT, CAPABILITY_RESOLVE, PENDING, SLOTS, STATE,
};
use crate::thrown::Outcome;
use heap_model::{Kind, Tagged, Value};
use node_memory::NodeVersion;

const STATIC: &[Method] = &[("reject", 1, reject), ("resolve", 1, resolve)];
const PROTOTYPE: &[Method] = &[("catch", 1, catch), ("then", 2, then)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let native = |machine: &mut Machine, call| {
        let name = known::EMPTY;
        let code = NativeCode { call, name, length: 1, constructor: false };
        machine.codes.add_native(code)
    };
    let resolve = native(machine, Machine::promise_resolve_function);
    let reject = native(machine, Machine::promise_reject_function);
    // Never called: what it stands for is done by the job.
    let awaiting = native(machine, Machine::promise_resolve_function);
    machine.promise_codes = (resolve, reject, awaiting);
    let name = known::EMPTY;
    let call: Native = take_functions;
    let code = NativeCode { call, name, length: 2, constructor: false };
    machine.capability_code = machine.codes.add_native(code);
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.new_prototype(prototype, roots::PROMISE_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "Promise", 1, construct, prototype)?;
    machine.store_root(roots::PROMISE, class);
    combinators::install(machine);
    machine.define_methods(class, combinators::STATIC)?;
    machine.define_methods(class, STATIC)?;
    if machine.plays(NodeVersion::V22) {
        machine.define_methods(class, &[("withResolvers", 0, with_resolvers)])?;
    }
    if machine.plays(NodeVersion::V24) {
        machine.define_methods(class, &[("try", 1, attempt)])?;
    }
    machine.define_getter(class, known::SPECIES, species, None)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_methods(prototype, combinators::PROTOTYPE)?;
    machine.own_property(class, prototype, known::THEN.into())?;
    machine.store_root(roots::PROMISE_THEN, class);
    machine.define_tag(prototype, "Promise")
}

fn species(_: &mut Machine, _: Arguments) -> Outcome<R> {
    Ok(THIS)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !arguments.construct() {
        return machine.throw_type_error("Promise constructor cannot be invoked without 'new'");
    }
    let executor = arguments.at(0);
    if !machine.is_callable(executor) {
        let shown = machine.show(executor);
        return machine.throw_type_error(&format!("Promise resolver {shown} is not a function"));
    }
    let promise = machine.temps(4)?;
    let (resolve, reject, result) = (promise + 1, promise + 2, promise + 3);
    let root = roots::PROMISE_PROTOTYPE;
    machine.construct_kind(promise, arguments, root, ObjectKind::Promise, SLOTS)?;
    machine.registers().store_value(promise, STATE, Value::Smi(PENDING))?;
    machine.resolving_functions(resolve, reject, promise)?;
    let call = machine.call_function(result, executor, &[resolve, reject]);
    machine.caught(call, result, |machine, exception| {
        machine.call_function(exception, reject, &[exception])
    })?;
    Ok(promise)
}

impl Machine {
    /// A capability for a constructor: a promise of its kind, and the functions that settle it (ECMA-262's
    /// `NewPromiseCapability`).
    pub(crate) fn new_capability(&mut self, to: R, constructor: R) -> Outcome {
        if !self.is_constructor(constructor) {
            let shown = self.show(constructor);
            return self.throw_type_error(&format!("{shown} is not a constructor"));
        }
        self.scoped(|machine| {
            let capability = machine.temps(3)?;
            let (executor, value) = (capability + 1, capability + 2);
            let kind = Kind::Array;
            machine.registers().alloc_tagged(capability, kind, tag(tags::CAPABILITY), 3, 0)?;
            let code = machine.capability_code;
            machine.native_closure(executor, code, capability)?;
            machine.construct(value, constructor, &[executor], constructor)?;
            machine.registers().store(capability, CAPABILITY_PROMISE, value)?;
            for slot in [CAPABILITY_RESOLVE, CAPABILITY_REJECT] {
                machine.registers().load(value, capability, slot)?;
                if !machine.is_callable(value) {
                    let text = "Promise resolve or reject function is not callable";
                    return machine.throw_type_error(text);
                }
            }
            machine.copy(to, capability);
            Ok(())
        })
    }

    /// Whether a value is the built-in `Promise`.
    pub(crate) fn is_promise_class(&mut self, value: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let class = machine.temp()?;
            machine.load_root(class, roots::PROMISE);
            Ok(machine.is_same(class, value))
        })
    }

    /// `promise.then` with handlers, for a promise of the class that the species names.
    pub(crate) fn promise_then(
        &mut self,
        to: R,
        promise: R,
        on_fulfilled: R,
        on_rejected: R,
    ) -> Outcome {
        self.scoped(|machine| {
            let class = machine.temps(4)?;
            let (told, yes, no) = (class + 1, class + 2, class + 3);
            machine.species_constructor(class, promise, roots::PROMISE)?;
            if machine.is_callable(on_fulfilled) {
                machine.copy(yes, on_fulfilled);
            }
            if machine.is_callable(on_rejected) {
                machine.copy(no, on_rejected);
            }
            if machine.is_promise_class(class)? {
                machine.new_promise(told)?;
                machine.perform_then(promise, yes, no, told)?;
                machine.copy(to, told);
            } else {
                machine.new_capability(told, class)?;
                machine.perform_then(promise, yes, no, told)?;
                machine.registers().load(to, told, CAPABILITY_PROMISE)?;
            }
            Ok(())
        })
    }

    /// The constructor that an object's species names, or the machine's own.
    pub(crate) fn species_constructor(&mut self, to: R, object: R, root: usize) -> Outcome {
        self.scoped(|machine| {
            let class = machine.temp()?;
            machine.get_named(class, object, known::CONSTRUCTOR)?;
            if !machine.is_undefined(class) {
                if !machine.is_object(class) {
                    let text = "The .constructor property is not an object";
                    return machine.throw_type_error(text);
                }
                machine.get_named(class, class, known::SPECIES)?;
            }
            if machine.is_nullish(class) {
                machine.load_root(to, root);
                return Ok(());
            }
            if !machine.is_constructor(class) {
                let text = "object.constructor[Symbol.species] is not a constructor";
                return machine.throw_type_error(text);
            }
            machine.copy(to, class);
            Ok(())
        })
    }
}

/// What a constructor calls its executor with goes to the capability.
fn take_functions(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let capability = machine.temp()?;
    machine.native_data(capability, 0)?;
    for slot in [CAPABILITY_RESOLVE, CAPABILITY_REJECT] {
        if machine.registers().peek(capability, slot)? != Tagged::UNDEFINED {
            let text = "Promise executor has already been invoked with non-undefined arguments";
            return machine.throw_type_error(text);
        }
    }
    let mut registers = machine.registers();
    registers.store(capability, CAPABILITY_RESOLVE, arguments.at(0))?;
    registers.store(capability, CAPABILITY_REJECT, arguments.at(1))?;
    machine.give_undefined()
}

fn resolve(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.is_promise_class(THIS)? {
        machine.promise_resolve(0, arguments.at(0))?;
        return Ok(0);
    }
    if !machine.is_object(THIS) {
        return machine.throw_type_error("PromiseResolve called on non-object");
    }
    if machine.kind_of(arguments.at(0)) == Some(ObjectKind::Promise) {
        let class = machine.temp()?;
        machine.get_named(class, arguments.at(0), known::CONSTRUCTOR)?;
        if machine.is_same(class, THIS) {
            return Ok(arguments.at(0));
        }
    }
    settle_by_capability(machine, arguments.at(0), CAPABILITY_RESOLVE)
}

fn reject(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.is_promise_class(THIS)? {
        let promise = machine.temp()?;
        machine.new_promise(promise)?;
        machine.reject_promise(promise, arguments.at(0))?;
        return Ok(promise);
    }
    settle_by_capability(machine, arguments.at(0), CAPABILITY_REJECT)
}

/// `Promise.withResolvers`, which Node 22 has first.
fn with_resolvers(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let capability = machine.temps(3)?;
    let (object, value) = (capability + 1, capability + 2);
    if !machine.is_object(THIS) {
        return machine.throw_type_error("Promise.withResolvers called on non-object");
    }
    machine.new_capability(capability, THIS)?;
    machine.new_object(object, 3)?;
    let parts = [
        ("promise", CAPABILITY_PROMISE),
        ("resolve", CAPABILITY_RESOLVE),
        ("reject", CAPABILITY_REJECT),
    ];
    for (name, slot) in parts {
        machine.registers().load(value, capability, slot)?;
        let name = machine.atoms.intern_str(name);
        machine.define_named(object, name, value, Flags::PLAIN)?;
    }
    Ok(object)
}

/// `Promise.try`, which Node 23 has first.
fn attempt(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_object(THIS) {
        return machine.throw_type_error("Promise.try called on non-object");
    }
    let capability = machine.temps(4)?;
    let (function, result, nothing) = (capability + 1, capability + 2, capability + 3);
    machine.new_capability(capability, THIS)?;
    let given: Vec<R> = (1..arguments.count).map(|place| arguments.at(place)).collect();
    let mut slot = CAPABILITY_RESOLVE;
    let call = machine.call(result, arguments.at(0), nothing, &given);
    machine.caught(call, result, |_, _| {
        slot = CAPABILITY_REJECT;
        Ok(())
    })?;
    machine.registers().load(function, capability, slot)?;
    machine.call_function(function, function, &[result])?;
    machine.registers().load(0, capability, CAPABILITY_PROMISE)?;
    Ok(0)
}

fn settle_by_capability(machine: &mut Machine, value: R, slot: usize) -> Outcome<R> {
    let capability = machine.temps(2)?;
    let function = capability + 1;
    machine.new_capability(capability, THIS)?;
    machine.registers().load(function, capability, slot)?;
    machine.call_function(function, function, &[value])?;
    machine.registers().load(0, capability, CAPABILITY_PROMISE)?;
    Ok(0)
}

fn then(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.kind_of(THIS) != Some(ObjectKind::Promise) {
        let shown = machine.show(THIS);
        let text = format!("Method Promise.prototype.then called on incompatible receiver {shown}");
        return machine.throw_type_error(&text);
    }
    machine.promise_then(0, THIS, arguments.at(0), arguments.at(1))?;
    Ok(0)
}

fn catch(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let nothing = machine.temp()?;
    machine.call_method(0, THIS, known::THEN, &[nothing, arguments.at(0)])?;
    Ok(0)
}
