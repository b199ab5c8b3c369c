//! `Reflect` and `Proxy`.

use super::Method;
use crate::machine::{Machine, R};
use crate::objects::atoms::known;
use crate::objects::class::{Class, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::proxy::{HANDLER, TARGET};
use crate::thrown::Outcome;
use heap_model::{Kind, Value};

const METHODS: &[Method] = &[
    ("apply", 3, apply),
    ("construct", 2, construct),
    ("defineProperty", 3, define_property),
    ("deleteProperty", 2, delete_property),
    ("get", 2, get),
    ("getOwnPropertyDescriptor", 2, get_own_property_descriptor),
    ("getPrototypeOf", 1, get_prototype_of),
    ("has", 2, has),
    ("isExtensible", 1, is_extensible),
    ("ownKeys", 1, own_keys),
    ("preventExtensions", 1, prevent_extensions),
    ("set", 3, set),
    ("setPrototypeOf", 2, set_prototype_of),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let object = machine.temp()?;
    machine.new_namespace(object, "Reflect")?;
    machine.define_methods(object, METHODS)?;
    machine.define_tag(object, "Reflect")?;
    let name = machine.atoms.intern_str("Proxy");
    machine.new_native(object, name, 2, new_proxy, true)?;
    machine.own_class(object)?;
    if let Some(id) = machine.class_of(object) {
        machine.delete_named(object, id, known::PROTOTYPE)?;
    }
    machine.define_methods(object, &[("revocable", 2, revocable)])?;
    machine.define_global(name, object)
}

fn expect_object(machine: &mut Machine, value: R, method: &str) -> Outcome {
    if machine.is_object(value) {
        return Ok(());
    }
    machine.throw_type_error(&format!("Reflect.{method} called on non-object"))
}

fn apply(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_callable(arguments.at(0)) {
        return machine.throw_not_applied(arguments.at(0));
    }
    if !machine.is_object(arguments.at(2)) {
        return machine.throw_type_error("CreateListFromArrayLike called on non-object");
    }
    let base = machine.temps(2)?;
    machine.copy(base, arguments.at(0));
    machine.copy(base + 1, arguments.at(1));
    let count = machine.spread_list(arguments.at(2))?;
    machine.call_last(0, base, count)?;
    Ok(0)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let target = arguments.at(0);
    let new_target = if arguments.count > 2 { arguments.at(2) } else { target };
    for value in [target, new_target] {
        if !machine.is_constructor(value) {
            let shown = machine.show(value);
            return machine.throw_type_error(&format!("{shown} is not a constructor"));
        }
    }
    let base = machine.temps(2)?;
    machine.copy(base, target);
    let count = machine.spread_list(arguments.at(1))?;
    machine.construct_last(0, base, count, new_target)?;
    Ok(0)
}

fn define_property(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "defineProperty")?;
    let key = machine.to_key(arguments.at(1))?;
    let descriptor = machine.read_descriptor(arguments.at(2))?;
    let done = machine.define_own(arguments.at(0), key, &descriptor)?;
    machine.give_bool(done)
}

fn delete_property(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "deleteProperty")?;
    let key = machine.to_key(arguments.at(1))?;
    let gone = machine.delete(arguments.at(0), key)?;
    machine.give_bool(gone)
}

fn get(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "get")?;
    let key = machine.to_key(arguments.at(1))?;
    let receiver = if arguments.count > 2 { arguments.at(2) } else { arguments.at(0) };
    machine.get_from(0, arguments.at(0), key, receiver)?;
    Ok(0)
}

fn get_own_property_descriptor(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "getOwnPropertyDescriptor")?;
    let key = machine.to_key(arguments.at(1))?;
    machine.own_descriptor(0, arguments.at(0), key)?;
    Ok(0)
}

fn get_prototype_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "getPrototypeOf")?;
    machine.get_prototype(0, arguments.at(0))?;
    Ok(0)
}

fn has(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "has")?;
    let key = machine.to_key(arguments.at(1))?;
    let there = machine.has(arguments.at(0), key)?;
    machine.give_bool(there)
}

fn is_extensible(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "isExtensible")?;
    let extensible = machine.is_extensible(arguments.at(0))?;
    machine.give_bool(extensible)
}

fn own_keys(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "ownKeys")?;
    let array = machine.temps(2)?;
    machine.new_array(array, 0)?;
    for key in machine.own_keys(arguments.at(0), true)? {
        machine.key_value(array + 1, key)?;
        machine.push(array, array + 1)?;
    }
    Ok(array)
}

fn prevent_extensions(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "preventExtensions")?;
    let done = machine.prevent_extensions(arguments.at(0))?;
    machine.give_bool(done)
}

fn set(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "set")?;
    let key = machine.to_key(arguments.at(1))?;
    let receiver = if arguments.count > 3 { arguments.at(3) } else { arguments.at(0) };
    let done = machine.set_from(arguments.at(0), key, arguments.at(2), receiver)?;
    machine.give_bool(done)
}

fn set_prototype_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, arguments.at(0), "setPrototypeOf")?;
    let prototype = arguments.at(1);
    if !machine.is_object(prototype) && !machine.is_null(prototype) {
        let shown = machine.show(prototype);
        let text = format!("Object prototype may only be an Object or null: {shown}");
        return machine.throw_type_error(&text);
    }
    let done = machine.set_prototype(arguments.at(0), prototype)?;
    machine.give_bool(done)
}

// -- Proxy ------------------------------------------------------------------------------------------------------

impl Machine {
    /// A proxy in `to`.
    fn new_proxy(&mut self, to: R, target: R, handler: R) -> Outcome {
        if !self.is_object(target) || !self.is_object(handler) {
            return self
                .throw_type_error("Cannot create proxy with a non-object as target or handler");
        }
        let (callable, constructor) = (self.is_callable(target), self.is_constructor(target));
        let which = usize::from(callable) + usize::from(constructor);
        self.scoped(|machine| {
            let proxy = machine.temp()?;
            let id = match machine.proxy_classes[which] {
                Some(known) => known,
                None => {
                    machine.registers().set_null(proxy);
                    let mut class = Class::new(ObjectKind::Proxy, Kind::Object, HANDLER + 1, 0);
                    class.callable = callable;
                    class.constructor = constructor;
                    let id = machine.add_class(class, proxy)?;
                    machine.proxy_classes[which] = Some(id);
                    id
                }
            };
            machine.new_of(proxy, id)?;
            let mut registers = machine.registers();
            registers.store(proxy, TARGET, target)?;
            registers.store(proxy, HANDLER, handler)?;
            registers.copy(to, proxy);
            Ok(())
        })
    }
}

fn new_proxy(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !arguments.construct() {
        return machine.throw_type_error("Constructor Proxy requires 'new'");
    }
    machine.new_proxy(0, arguments.at(0), arguments.at(1))?;
    Ok(0)
}

fn revocable(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    use crate::objects::class::Flags;
    let result = machine.temps(3)?;
    let (proxy, function) = (result + 1, result + 2);
    machine.new_proxy(proxy, arguments.at(0), arguments.at(1))?;
    machine.new_object(result, 2)?;
    let name = machine.atoms.intern_str("");
    machine.new_native(function, name, 0, revoke, false)?;
    machine.registers().store(function, crate::objects::layout::CONTEXT, proxy)?;
    let (proxy_key, revoke_key) =
        (machine.atoms.intern_str("proxy"), machine.atoms.intern_str("revoke"));
    machine.define_named(result, proxy_key, proxy, Flags::PLAIN)?;
    machine.define_named(result, revoke_key, function, Flags::PLAIN)?;
    Ok(result)
}

fn revoke(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let proxy = machine.temp()?;
    machine.native_data(proxy, 0)?;
    if machine.is_object(proxy) {
        machine.registers().store_value(proxy, TARGET, Value::Null)?;
        machine.registers().store_value(proxy, HANDLER, Value::Null)?;
    }
    machine.give_undefined()
}
