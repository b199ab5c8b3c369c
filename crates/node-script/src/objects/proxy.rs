//! Proxies (ECMA-262, section 10.5): each operation asks the handler's method, or else the target. The invariants that a
//! trap must keep are checked behind each.
//!
//! A proxy's target and handler are its first slots; both are `null` once it is revoked.

use super::atoms::{Atom, Key};
use super::class::{Flags, ObjectKind};
use super::layout::{BACKING, GETTER, SETTER};
use super::object::Type;
use super::property::Descriptor;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;

/// A proxy has neither elements nor properties of its own, so V8 has no words for them.
pub(crate) const TARGET: usize = BACKING;
pub(crate) const HANDLER: usize = BACKING + 1;

/// More arguments than most calls have.
const MANY: usize = 1 << 10;

/// An own property of a proxy's target: its value, or its functions.
struct Old {
    flags: Flags,
    /// The getter, of an accessor.
    value: R,
    setter: R,
}

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

    /// ECMA-262's `IsArray`: a proxy is what its target is.
    pub(crate) fn is_array(&mut self, value: R) -> Outcome<bool> {
        match self.kind_of(value) {
            Some(ObjectKind::Array) => Ok(true),
            Some(ObjectKind::Proxy) => self.scoped_deeply(|machine| {
                let target = machine.temp()?;
                machine.registers().load(target, value, TARGET)?;
                if !machine.is_object(target) {
                    let text = "Cannot perform 'IsArray' on a proxy that has been revoked";
                    return machine.throw_type_error(text);
                }
                machine.is_array(target)
            }),
            _ => Ok(false),
        }
    }

    pub(crate) fn proxy_get(&mut self, to: R, proxy: R, key: Key, receiver: R) -> Outcome {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, value) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "get")? {
                return machine.get_from(to, target, key, receiver);
            }
            machine.key_value(name, key)?;
            machine.call(value, trap, trap + 2, &[target, name, receiver])?;
            if let Some(old) = machine.target_property(target, key)?
                && !old.flags.configurable()
            {
                let name = machine.key_text(key);
                if !old.flags.is_accessor()
                    && !old.flags.writable()
                    && !machine.same_value(old.value, value)
                {
                    let text = format!("'get' on proxy: property '{name}' is a read-only and non-configurable data property on the proxy target but the proxy did not return its actual value (expected '{}' but got '{}')", machine.show(old.value), machine.show(value));
                    return machine.throw_type_error(&text);
                }
                if old.flags.is_accessor()
                    && machine.is_undefined(old.value)
                    && !machine.is_undefined(value)
                {
                    let text = format!("'get' on proxy: property '{name}' is a non-configurable accessor property on the proxy target and does not have a getter function, but the trap did not return 'undefined' (got '{}')", machine.show(value));
                    return machine.throw_type_error(&text);
                }
            }
            machine.copy(to, value);
            Ok(())
        })
    }

    pub(crate) fn proxy_set(&mut self, proxy: R, key: Key, value: R, receiver: R) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, result) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "set")? {
                return machine.set_from(target, key, value, receiver);
            }
            machine.key_value(name, key)?;
            machine.call(result, trap, trap + 2, &[target, name, value, receiver])?;
            if !machine.to_boolean(result) {
                return Ok(false);
            }
            if let Some(old) = machine.target_property(target, key)?
                && !old.flags.configurable()
            {
                let name = machine.key_text(key);
                if !old.flags.is_accessor()
                    && !old.flags.writable()
                    && !machine.same_value(old.value, value)
                {
                    let text = format!("'set' on proxy: trap returned truish for property '{name}' which exists in the proxy target as a non-configurable and non-writable data property with a different value");
                    return machine.throw_type_error(&text);
                }
                if old.flags.is_accessor() && machine.is_undefined(old.setter) {
                    let text = format!("'set' on proxy: trap returned truish for property '{name}' which exists in the proxy target as a non-configurable and non-writable accessor property without a setter");
                    return machine.throw_type_error(&text);
                }
            }
            Ok(true)
        })
    }

    /// What nothing along the way has refused becomes the property of a receiver that is a Proxy (ECMA-262's
    /// `OrdinarySetWithOwnDescriptor`, step 2).
    pub(super) fn set_on_proxy(&mut self, proxy: R, key: Key, value: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let old = machine.temp()?;
            machine.proxy_own_descriptor(old, proxy, key)?;
            if machine.is_undefined(old) {
                return machine.define_own(proxy, key, &Descriptor::data(value, Flags::PLAIN));
            }
            let found = machine.read_descriptor(old)?;
            if found.is_accessor() || found.writable != Some(true) {
                return Ok(false);
            }
            let descriptor = Descriptor { value: Some(value), ..Descriptor::default() };
            machine.define_own(proxy, key, &descriptor)
        })
    }

    pub(crate) fn proxy_has(&mut self, proxy: R, key: Key) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, result) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "has")? {
                return machine.has(target, key);
            }
            machine.key_value(name, key)?;
            machine.call(result, trap, trap + 2, &[target, name])?;
            if machine.to_boolean(result) {
                return Ok(true);
            }
            if let Some(old) = machine.target_property(target, key)? {
                let name = machine.key_text(key);
                if !old.flags.configurable() {
                    let text = format!("'has' on proxy: trap returned falsish for property '{name}' which exists in the proxy target as non-configurable");
                    return machine.throw_type_error(&text);
                }
                if !machine.is_extensible(target)? {
                    let text = format!("'has' on proxy: trap returned falsish for property '{name}' but the proxy target is not extensible");
                    return machine.throw_type_error(&text);
                }
            }
            Ok(false)
        })
    }

    pub(crate) fn proxy_delete(&mut self, proxy: R, key: Key) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, result) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "deleteProperty")? {
                return machine.delete(target, key);
            }
            machine.key_value(name, key)?;
            machine.call(result, trap, trap + 2, &[target, name])?;
            if !machine.to_boolean(result) {
                return Ok(false);
            }
            if let Some(old) = machine.target_property(target, key)? {
                let name = machine.key_text(key);
                if !old.flags.configurable() {
                    let text = format!("'deleteProperty' on proxy: trap returned truish for property '{name}' which is non-configurable in the proxy target");
                    return machine.throw_type_error(&text);
                }
                if !machine.is_extensible(target)? {
                    let text = format!("'deleteProperty' on proxy: trap returned truish for property '{name}' but the proxy target is non-extensible");
                    return machine.throw_type_error(&text);
                }
            }
            Ok(true)
        })
    }

    pub(crate) fn proxy_define(
        &mut self,
        proxy: R,
        key: Key,
        descriptor: &Descriptor,
    ) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(6)?;
            let (target, name, result, object) = (trap + 1, trap + 3, trap + 4, trap + 5);
            if !machine.trap(trap, proxy, "defineProperty")? {
                return machine.define_own(target, key, descriptor);
            }
            machine.key_value(name, key)?;
            machine.descriptor_object(object, descriptor)?;
            machine.call(result, trap, trap + 2, &[target, name, object])?;
            if !machine.to_boolean(result) {
                return Ok(false);
            }
            let fixed = descriptor.configurable == Some(false);
            let name = machine.key_text(key);
            let Some(old) = machine.target_property(target, key)? else {
                if !machine.is_extensible(target)? {
                    let text = format!("'defineProperty' on proxy: trap returned truish for adding property '{name}'  to the non-extensible proxy target");
                    return machine.throw_type_error(&text);
                }
                if fixed {
                    let text = format!("'defineProperty' on proxy: trap returned truish for defining non-configurable property '{name}' which is either non-existent or configurable in the proxy target");
                    return machine.throw_type_error(&text);
                }
                return Ok(true);
            };
            if !machine.is_compatible(&old, descriptor) {
                let text = format!("'defineProperty' on proxy: trap returned truish for adding property '{name}'  that is incompatible with the existing property in the proxy target");
                return machine.throw_type_error(&text);
            }
            if fixed && old.flags.configurable() {
                let text = format!("'defineProperty' on proxy: trap returned truish for defining non-configurable property '{name}' which is either non-existent or configurable in the proxy target");
                return machine.throw_type_error(&text);
            }
            if !old.flags.is_accessor()
                && !old.flags.configurable()
                && old.flags.writable()
                && descriptor.writable == Some(false)
            {
                let text = format!("'defineProperty' on proxy: trap returned truish for defining non-configurable property '{name}' which cannot be non-writable");
                return machine.throw_type_error(&text);
            }
            Ok(true)
        })
    }

    /// The descriptor of an own property, by `getOwnPropertyDescriptor`; undefined if there is none.
    pub(crate) fn proxy_own_descriptor(&mut self, to: R, proxy: R, key: Key) -> Outcome {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(5)?;
            let (target, name, result) = (trap + 1, trap + 3, trap + 4);
            if !machine.trap(trap, proxy, "getOwnPropertyDescriptor")? {
                return machine.own_descriptor(to, target, key);
            }
            machine.key_value(name, key)?;
            machine.call(result, trap, trap + 2, &[target, name])?;
            let name = machine.key_text(key);
            let what = "'getOwnPropertyDescriptor' on proxy: trap";
            let old = machine.target_property(target, key)?;
            if machine.is_undefined(result) {
                if let Some(old) = old {
                    if !old.flags.configurable() {
                        let text = format!("{what} returned undefined for property '{name}' which is non-configurable in the proxy target");
                        return machine.throw_type_error(&text);
                    }
                    if !machine.is_extensible(target)? {
                        let text = format!("{what} returned undefined for property '{name}' which exists in the non-extensible proxy target");
                        return machine.throw_type_error(&text);
                    }
                }
                machine.undefined(to);
                return Ok(());
            }
            if !machine.is_object(result) {
                let text = format!("{what} returned neither object nor undefined for property '{name}'");
                return machine.throw_type_error(&text);
            }
            let extensible = machine.is_extensible(target)?;
            let mut given = machine.read_descriptor(result)?;
            let nothing = machine.temp()?;
            if given.is_accessor() {
                given.getter.get_or_insert(nothing);
                given.setter.get_or_insert(nothing);
            } else {
                given.value.get_or_insert(nothing);
                given.writable.get_or_insert(false);
            }
            given.enumerable.get_or_insert(false);
            given.configurable.get_or_insert(false);
            let fits = match &old {
                None => extensible,
                Some(old) => machine.is_compatible(old, &given),
            };
            if !fits {
                let text = format!("{what} returned descriptor for property '{name}' that is incompatible with the existing property in the proxy target");
                return machine.throw_type_error(&text);
            }
            if given.configurable == Some(false) {
                let fixed = old.as_ref().is_some_and(|old| !old.flags.configurable());
                let written = old.is_some_and(|old| !old.flags.is_accessor() && old.flags.writable());
                if !fixed || (given.writable == Some(false) && written) {
                    let text = format!("{what} reported non-configurability for property '{name}' which is either non-existent or configurable in the proxy target");
                    return machine.throw_type_error(&text);
                }
            }
            machine.descriptor_object(to, &given)
        })
    }

    pub(crate) fn proxy_is_enumerable(&mut self, proxy: R, key: Key) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
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
        self.scoped_deeply(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "ownKeys")? {
                return machine.own_keys(target, symbols);
            }
            machine.call(result, trap, trap + 2, &[target])?;
            if !machine.is_object(result) {
                return machine.throw_type_error("CreateListFromArrayLike called on non-object");
            }
            let mut keys = Vec::new();
            let length = machine.length_of(result)?;
            for place in 0..length {
                machine.get(trap, result, Key::Index(place as u32))?;
                if !matches!(machine.type_of(trap), Type::String | Type::Symbol(_)) {
                    let shown = machine.show(trap);
                    return machine
                        .throw_type_error(&format!("{shown} is not a valid property name"));
                }
                let key = machine.to_key(trap)?;
                if keys.contains(&key) {
                    let text = "'ownKeys' on proxy: trap returned duplicate entries";
                    return machine.throw_type_error(text);
                }
                keys.push(key);
            }
            machine.check_keys(target, &keys)?;
            keys.retain(|key| {
                symbols || !matches!(key, Key::Name(name) if machine.atoms.is_symbol(*name))
            });
            Ok(keys)
        })
    }

    /// The keys that a trap has given are those of a target that cannot change; all that cannot be deleted are there.
    fn check_keys(&mut self, target: R, keys: &[Key]) -> Outcome {
        let extensible = self.is_extensible(target)?;
        let own = self.own_keys(target, true)?;
        for key in &own {
            if keys.contains(key) {
                continue;
            }
            let fixed =
                self.target_property(target, *key)?.is_some_and(|old| !old.flags.configurable());
            if fixed || !extensible {
                let name = self.key_text(*key);
                let text = format!("'ownKeys' on proxy: trap result did not include '{name}'");
                return self.throw_type_error(&text);
            }
        }
        if !extensible && keys.len() != own.len() {
            let text =
                "'ownKeys' on proxy: trap returned extra keys but proxy target is non-extensible";
            return self.throw_type_error(text);
        }
        Ok(())
    }

    /// An own property of a target, which may be a proxy itself, in new registers.
    fn target_property(&mut self, target: R, key: Key) -> Outcome<Option<Old>> {
        let parts = self.temps(2)?;
        let (value, setter) = (parts, parts + 1);
        if self.kind_of(target) == Some(ObjectKind::Proxy) {
            self.proxy_own_descriptor(value, target, key)?;
            if self.is_undefined(value) {
                return Ok(None);
            }
            let given = self.read_descriptor(value)?;
            let mut flags = Flags(0)
                .with(Flags::ENUMERABLE, given.enumerable == Some(true))
                .with(Flags::CONFIGURABLE, given.configurable == Some(true))
                .with(Flags::WRITABLE, given.writable == Some(true));
            if given.is_accessor() {
                flags = flags.with(Flags::ACCESSOR, true);
            }
            if let Some(setter_of) = given.setter {
                self.copy(setter, setter_of);
            }
            match given.value.or(given.getter) {
                Some(from) => self.copy(value, from),
                None => self.undefined(value),
            }
            return Ok(Some(Old { flags, value, setter }));
        }
        let Some(flags) = self.own_property(value, target, key)? else { return Ok(None) };
        if flags.is_accessor() {
            self.registers().load(setter, value, SETTER)?;
            self.registers().load(value, value, GETTER)?;
            for part in [value, setter] {
                if !self.registers().get(part).is_cell() {
                    self.undefined(part);
                }
            }
        }
        Ok(Some(Old { flags, value, setter }))
    }

    /// ECMA-262's `IsCompatiblePropertyDescriptor` for a property that is there.
    fn is_compatible(&mut self, old: &Old, to: &Descriptor) -> bool {
        if old.flags.configurable() {
            return true;
        }
        if to.configurable == Some(true)
            || to.enumerable.is_some_and(|enumerable| enumerable != old.flags.enumerable())
        {
            return false;
        }
        if old.flags.is_accessor() {
            return !to.is_data()
                && to.getter.is_none_or(|getter| self.same_value(old.value, getter))
                && to.setter.is_none_or(|setter| self.same_value(old.setter, setter));
        }
        !to.is_accessor()
            && (old.flags.writable()
                || (to.writable != Some(true)
                    && to.value.is_none_or(|value| self.same_value(old.value, value))))
    }

    pub(crate) fn proxy_get_prototype(&mut self, to: R, proxy: R) -> Outcome {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "getPrototypeOf")? {
                return machine.get_prototype(to, target);
            }
            machine.call(result, trap, trap + 2, &[target])?;
            if !machine.is_object(result) && !machine.is_null(result) {
                let text = "'getPrototypeOf' on proxy: trap returned neither object nor null";
                return machine.throw_type_error(text);
            }
            if !machine.is_extensible(target)? {
                machine.get_prototype(trap, target)?;
                if !machine.is_same(trap, result) {
                    let text = "'getPrototypeOf' on proxy: proxy target is non-extensible but the trap did not return its actual prototype";
                    return machine.throw_type_error(text);
                }
            }
            machine.copy(to, result);
            Ok(())
        })
    }

    pub(crate) fn proxy_set_prototype(&mut self, proxy: R, prototype: R) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "setPrototypeOf")? {
                return machine.set_prototype(target, prototype);
            }
            machine.call(result, trap, trap + 2, &[target, prototype])?;
            if !machine.to_boolean(result) {
                return Ok(false);
            }
            if !machine.is_extensible(target)? {
                machine.get_prototype(trap, target)?;
                if !machine.is_same(trap, prototype) {
                    let text = "'setPrototypeOf' on proxy: trap returned truish for setting a new prototype on the non-extensible proxy target";
                    return machine.throw_type_error(text);
                }
            }
            Ok(true)
        })
    }

    pub(crate) fn proxy_is_extensible(&mut self, proxy: R) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "isExtensible")? {
                return machine.is_extensible(target);
            }
            machine.call(result, trap, trap + 2, &[target])?;
            let extensible = machine.to_boolean(result);
            if machine.is_extensible(target)? != extensible {
                let text = format!("'isExtensible' on proxy: trap result does not reflect extensibility of proxy target (which is '{}')", !extensible);
                return machine.throw_type_error(&text);
            }
            Ok(extensible)
        })
    }

    pub(crate) fn proxy_prevent_extensions(&mut self, proxy: R) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(4)?;
            let (target, result) = (trap + 1, trap + 3);
            if !machine.trap(trap, proxy, "preventExtensions")? {
                return machine.prevent_extensions(target);
            }
            machine.call(result, trap, trap + 2, &[target])?;
            let done = machine.to_boolean(result);
            if done && machine.is_extensible(target)? {
                let text = "'preventExtensions' on proxy: trap returned truish but the proxy target is extensible";
                return machine.throw_type_error(text);
            }
            Ok(done)
        })
    }

    /// Calls or constructs through a proxy.
    /// Calls the handler's method for calls, whose result goes `to` a register; whether there is one. Otherwise, the target
    /// takes the proxy's place in `base`.
    pub(crate) fn proxy_call(
        &mut self,
        to: R,
        base: R,
        count: usize,
        construct: bool,
    ) -> Outcome<bool> {
        self.scoped_deeply(|machine| {
            let trap = machine.temps(6)?;
            let (target, list, new_target, result) = (trap + 1, trap + 3, trap + 4, trap + 5);
            machine.load_root(new_target, crate::machine::roots::NEW_TARGET);
            let name = if construct { "construct" } else { "apply" };
            if !machine.trap(trap, base, name)? {
                machine.copy(base, target);
                machine.store_root(crate::machine::roots::NEW_TARGET, new_target);
                return Ok(false);
            }
            if count <= MANY {
                let arguments: Vec<R> = (0..count).map(|place| base + 2 + place).collect();
                machine.array_of(list, &arguments)?;
            } else {
                // The stack may not have room for all of them twice.
                machine.new_array(list, count)?;
                for place in 0..count {
                    machine.push(list, base + 2 + place)?;
                }
            }
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
            Ok(true)
        })
    }
}
