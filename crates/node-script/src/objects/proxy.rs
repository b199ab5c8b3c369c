//! Proxies (ECMA-262, section 10.5): each operation asks the handler's method, or else the target. The invariants that a
//! trap must keep are checked for what programs rely on: properties that cannot change.
//!
//! A proxy's target and handler are its first slots; both are `null` once it is revoked.

use super::atoms::{Atom, Key};
use super::layout::BACKING;
use super::property::Descriptor;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;

/// A proxy has neither elements nor properties of its own, so V8 has no words for them.
pub(crate) const TARGET: usize = BACKING;
pub(crate) const HANDLER: usize = BACKING + 1;

impl Machine {
    /// The trap of a proxy in `trap`, with its target and its handler behind; whether there is one.
    fn trap(&mut self, trap: R, proxy: R, name: &str) -> Outcome<bool> {
        let (target, handler) = (trap + 1, trap + 2);
        self.registers().load(target, proxy, TARGET)?;
        self.registers().load(handler, proxy, HANDLER)?;
        if !self.is_object(handler) {
            let text = format!("Cannot perform '{name}' on a proxy that has been revoked");
            return self.throw_type_error(&text);
        }
        let atom: Atom = self.atoms.intern_str(name);
        self.get_named(trap, handler, atom)?;
        if self.is_nullish(trap) {
            return Ok(false);
        }
        if !self.is_callable(trap) {
            let shown = self.show(trap);
            let text = format!(
                "{shown} returned for property '{name}' of object '#<Object>' is not a function"
            );
            return self.throw_type_error(&text);
        }
        Ok(true)
    }

    pub(crate) fn proxy_get(&mut self, to: R, proxy: R, key: Key, receiver: R) -> Outcome {
        self.scoped(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, value) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "get")? {
                return machine.get_from(to, target, key, receiver);
            }
            machine.key_value(name, key)?;
            machine.call(value, trap, trap + 2, &[target, name, receiver])?;
            if let Some(flags) = machine.own_property(name, target, key)?
                && !flags.configurable()
                && !flags.is_accessor()
                && !flags.writable()
                && !machine.same_value(name, value)
            {
                let key = machine.key_text(key);
                let text = format!("'get' on proxy: property '{key}' is a read-only and non-configurable data property on the proxy target but the proxy did not return its actual value");
                return machine.throw_type_error(&text);
            }
            machine.copy(to, value);
            Ok(())
        })
    }

    pub(crate) fn proxy_set(&mut self, proxy: R, key: Key, value: R, receiver: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, result) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "set")? {
                return machine.set_from(target, key, value, receiver);
            }
            machine.key_value(name, key)?;
            machine.call(result, trap, trap + 2, &[target, name, value, receiver])?;
            Ok(machine.to_boolean(result))
        })
    }

    pub(crate) fn proxy_has(&mut self, proxy: R, key: Key) -> Outcome<bool> {
        self.scoped(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, result) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "has")? {
                return machine.has(target, key);
            }
            machine.key_value(name, key)?;
            machine.call(result, trap, trap + 2, &[target, name])?;
            Ok(machine.to_boolean(result))
        })
    }

    pub(crate) fn proxy_delete(&mut self, proxy: R, key: Key) -> Outcome<bool> {
        self.scoped(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, result) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "deleteProperty")? {
                return machine.delete(target, key);
            }
            machine.key_value(name, key)?;
            machine.call(result, trap, trap + 2, &[target, name])?;
            Ok(machine.to_boolean(result))
        })
    }

    pub(crate) fn proxy_define(
        &mut self,
        proxy: R,
        key: Key,
        descriptor: &Descriptor,
    ) -> Outcome<bool> {
        self.scoped(|machine| {
            let trap = machine.temps(6)?;
            let (target, name, result, object) = (trap + 1, trap + 3, trap + 4, trap + 5);
            if !machine.trap(trap, proxy, "defineProperty")? {
                return machine.define_own(target, key, descriptor);
            }
            machine.key_value(name, key)?;
            machine.descriptor_object(object, descriptor)?;
            machine.call(result, trap, trap + 2, &[target, name, object])?;
            Ok(machine.to_boolean(result))
        })
    }

    /// The descriptor of an own property, by `getOwnPropertyDescriptor`; undefined if there is none.
    pub(crate) fn proxy_own_descriptor(&mut self, to: R, proxy: R, key: Key) -> Outcome {
        self.scoped(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, result) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "getOwnPropertyDescriptor")? {
                return machine.own_descriptor(to, target, key);
            }
            machine.key_value(name, key)?;
            machine.call(result, trap, trap + 2, &[target, name])?;
            machine.copy(to, result);
            Ok(())
        })
    }

    pub(crate) fn proxy_is_enumerable(&mut self, proxy: R, key: Key) -> Outcome<bool> {
        self.scoped(|machine| {
            let descriptor = machine.temp()?;
            machine.proxy_own_descriptor(descriptor, proxy, key)?;
            if !machine.is_object(descriptor) {
                return Ok(false);
            }
            machine.get_named(descriptor, descriptor, super::atoms::known::ENUMERABLE)?;
            Ok(machine.to_boolean(descriptor))
        })
    }

    pub(crate) fn proxy_keys(&mut self, proxy: R, symbols: bool) -> Outcome<Vec<Key>> {
        self.scoped(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "ownKeys")? {
                return machine.own_keys(target, symbols);
            }
            machine.call(result, trap, trap + 2, &[target])?;
            let mut keys = Vec::new();
            let length = machine.length_of(result)?;
            for place in 0..length {
                machine.get(trap, result, Key::Index(place as u32))?;
                let key = machine.to_key(trap)?;
                let symbol = matches!(key, Key::Name(name) if machine.atoms.is_symbol(name));
                if symbols || !symbol {
                    keys.push(key);
                }
            }
            Ok(keys)
        })
    }

    pub(crate) fn proxy_get_prototype(&mut self, to: R, proxy: R) -> Outcome {
        self.scoped(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "getPrototypeOf")? {
                return machine.get_prototype(to, target);
            }
            machine.call(result, trap, trap + 2, &[target])?;
            machine.copy(to, result);
            Ok(())
        })
    }

    pub(crate) fn proxy_set_prototype(&mut self, proxy: R, prototype: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "setPrototypeOf")? {
                return machine.set_prototype(target, prototype);
            }
            machine.call(result, trap, trap + 2, &[target, prototype])?;
            Ok(machine.to_boolean(result))
        })
    }

    pub(crate) fn proxy_is_extensible(&mut self, proxy: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "isExtensible")? {
                return machine.is_extensible(target);
            }
            machine.call(result, trap, trap + 2, &[target])?;
            Ok(machine.to_boolean(result))
        })
    }

    pub(crate) fn proxy_prevent_extensions(&mut self, proxy: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "preventExtensions")? {
                return machine.prevent_extensions(target);
            }
            machine.call(result, trap, trap + 2, &[target])?;
            Ok(machine.to_boolean(result))
        })
    }

    /// Calls or constructs through a proxy.
    pub(crate) fn proxy_call(&mut self, to: R, base: R, count: usize, construct: bool) -> Outcome {
        self.scoped(|machine| {
            let trap = machine.temps(6)?;
            let (target, list, new_target, result) = (trap + 1, trap + 3, trap + 4, trap + 5);
            machine.load_root(new_target, crate::machine::roots::NEW_TARGET);
            let name = if construct { "construct" } else { "apply" };
            let arguments: Vec<R> = (0..count).map(|place| base + 2 + place).collect();
            if !machine.trap(trap, base, name)? {
                return match construct {
                    true => machine.construct(to, target, &arguments, new_target),
                    false => machine.call(to, target, base + 1, &arguments),
                };
            }
            machine.array_of(list, &arguments)?;
            if !construct {
                machine.call(result, trap, trap + 2, &[target, base + 1, list])?;
            } else {
                machine.call(result, trap, trap + 2, &[target, list, new_target])?;
                if !machine.is_object(result) {
                    let text = "proxy [[Construct]] must return an object";
                    return machine.throw_type_error(text);
                }
            }
            machine.copy(to, result);
            Ok(())
        })
    }
}
