//! Defining and deleting properties, by ECMA-262's internal methods.

use super::atoms::{Atom, Key, known};
use super::class::{ClassId, Flags, ObjectKind, internal};
use super::descriptor::{Descriptor, Found};
use super::layout::{GETTER, SETTER, tag, tags};
use crate::machine::{Machine, R};
use crate::thrown::Outcome;
use heap_model::Kind;

impl Machine {
    // -- defining -----------------------------------------------------------------------------------------------

    /// Defines an own property of an object that is being made: one that is there already is replaced.
    pub(crate) fn define(&mut self, object: R, key: Key, value: R, flags: Flags) -> Outcome {
        match key {
            Key::Index(index) => self.define_element(object, index, value, flags),
            Key::Name(name) => {
                let Some(id) = self.class_of(object) else { return Ok(()) };
                match self.find_own(object, id, name)? {
                    Found::None => self.add_field(object, name, flags, value),
                    Found::Field(place, old, _) if old == flags => {
                        self.assign_field(object, id, (name, place), value)
                    }
                    found => self.redefine(object, name, found, flags, value),
                }
            }
        }
    }

    pub(crate) fn define_named(&mut self, object: R, key: Atom, value: R, flags: Flags) -> Outcome {
        self.define(object, Key::Name(key), value, flags)
    }

    /// Gives a property that is there other flags and a value.
    pub(super) fn redefine(
        &mut self,
        object: R,
        key: Atom,
        found: Found,
        flags: Flags,
        value: R,
    ) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        match found {
            Found::None => self.add_field(object, key, flags, value),
            Found::Field(place, old, _) => {
                self.assign_field(object, id, (key, place), value)?;
                if old.is_accessor() && self.classes.get(id).is_prototype {
                    // Some caches know what a getter does.
                    self.classes.epoch += 1;
                }
                if old != flags {
                    let class = self.classes.changed(id, key, flags);
                    self.reclass_like(object, id, class)?;
                }
                Ok(())
            }
            Found::Entry(slot, _) => self.scoped(|machine| {
                let table = machine.temp()?;
                machine.properties(table, object)?;
                machine.registers().store(table, slot, value)?;
                if machine.classes.get(id).is_prototype {
                    machine.classes.epoch += 1;
                }
                machine.set_name_flags(table, slot, flags)
            }),
            Found::Internal(internal::ARRAY_LENGTH, _) => {
                let length = self.to_array_length(value)?;
                self.set_length(object, length)?;
                let flags = Flags(flags.0 | Flags::INTERNAL);
                let class = self.classes.changed(id, key, flags);
                self.reclass_like(object, id, class)?;
                Ok(())
            }
            Found::Internal(internal::FUNCTION_PROTOTYPE, old) if !flags.is_accessor() => {
                self.set_function_prototype(object, value)?;
                let flags = Flags(flags.0 | Flags::INTERNAL);
                if flags != old {
                    let class = self.classes.changed(id, key, flags);
                    self.reclass_like(object, id, class)?;
                }
                Ok(())
            }
            Found::Internal(..) => self.externalise(object, key, flags, value),
        }
    }

    /// `[[DefineOwnProperty]]`; whether it was done.
    pub(crate) fn define_own(
        &mut self,
        object: R,
        key: Key,
        descriptor: &Descriptor,
    ) -> Outcome<bool> {
        let Some(id) = self.class_of(object) else { return Ok(false) };
        let class = self.classes.get(id);
        let (kind, extensible) = (class.kind, class.extensible);
        if kind == ObjectKind::Proxy {
            return self.proxy_define(object, key, descriptor);
        }
        if kind == ObjectKind::Namespace && self.is_export_key(key) {
            return self.namespace_define(object, key, descriptor);
        }
        if let (ObjectKind::TypedArray, Key::Name(name)) = (kind, key)
            && self.is_numeric_name(name)
        {
            return Ok(false);
        }
        if let (ObjectKind::TypedArray, Key::Index(index)) = (kind, key) {
            let there = (index as usize) < self.typed_length(object)?;
            let fits = there
                && descriptor.configurable != Some(false)
                && descriptor.enumerable != Some(false)
                && !descriptor.is_accessor()
                && descriptor.writable != Some(false);
            if let (true, Some(value)) = (fits, descriptor.value) {
                self.typed_set(object, index as usize, value)?;
            }
            return Ok(fits);
        }
        self.scoped(|machine| {
            let old = machine.temps(3)?;
            let (value, length) = (old + 1, old + 2);
            let mut descriptor = *descriptor;
            if let (ObjectKind::Array, Key::Name(known::LENGTH), Some(given)) =
                (kind, key, descriptor.value)
            {
                // Converted first, which may change what is there (ECMA-262's `ArraySetLength`).
                let wanted = machine.to_array_length(given)?;
                machine.set_number(length, wanted as f64)?;
                descriptor.value = Some(length);
            }
            let descriptor = &descriptor;
            let Some(flags) = machine.own_property(old, object, key)? else {
                if !extensible {
                    return Ok(false);
                }
                if let (ObjectKind::Array, Key::Index(index)) = (kind, key)
                    && index as usize >= machine.array_length(object)
                    && !machine.is_length_writable(object)
                {
                    return Ok(false);
                }
                let flags = new_flags(descriptor, Flags(0));
                machine.descriptor_value(value, descriptor, None)?;
                machine.define(object, key, value, flags)?;
                return Ok(true);
            };
            if !machine.may_change(old, flags, descriptor)? {
                return Ok(false);
            }
            let next = new_flags(descriptor, flags);
            let keeps = if descriptor.is_accessor() {
                machine.descriptor_value(value, descriptor, flags.is_accessor().then_some(old))?;
                false
            } else if let Some(given) = descriptor.value {
                machine.copy(value, given);
                false
            } else if flags.is_accessor() && descriptor.is_data() {
                machine.registers().set_undefined(value);
                false
            } else {
                machine.copy(value, old);
                next == flags
            };
            if keeps {
                return Ok(true);
            }
            if let (ObjectKind::Array, Key::Name(known::LENGTH)) = (kind, key) {
                let length = machine.to_array_length(value)?;
                let done = machine.set_length(object, length)?;
                if next != flags {
                    let id = machine.class_of(object).unwrap_or(id);
                    let flags = Flags(next.0 | Flags::INTERNAL);
                    let class = machine.classes.changed(id, known::LENGTH, flags);
                    machine.reclass_like(object, id, class)?;
                }
                return Ok(done);
            }
            if let (ObjectKind::Arguments, Key::Index(index)) = (kind, key) {
                machine.unmap(object, index, Some(next), value)?;
            }
            match key {
                Key::Index(index) => machine.define_element(object, index, value, next)?,
                Key::Name(name) => {
                    let id = machine.class_of(object).unwrap_or(id);
                    let found = machine.find_own(object, id, name)?;
                    machine.redefine(object, name, found, next, value)?;
                }
            }
            Ok(true)
        })
    }

    /// Defines what a literal or a class defines; what may not be there is a TypeError.
    pub(crate) fn define_member(
        &mut self,
        object: R,
        key: Key,
        descriptor: &Descriptor,
    ) -> Outcome {
        if self.define_own(object, key, descriptor)? {
            return Ok(());
        }
        if key == Key::Name(known::PROTOTYPE) {
            let text = "Classes may not have a static property named 'prototype'";
            return self.throw_type_error(text);
        }
        let name = self.key_text(key);
        self.throw_type_error(&format!("Cannot redefine property: {name}"))
    }

    /// The value that a descriptor gives: of an accessor, a new pair.
    pub(super) fn descriptor_value(
        &mut self,
        to: R,
        descriptor: &Descriptor,
        old_pair: Option<R>,
    ) -> Outcome {
        if !descriptor.is_accessor() {
            match descriptor.value {
                Some(value) => self.copy(to, value),
                None => self.registers().set_undefined(to),
            }
            return Ok(());
        }
        self.scoped(|machine| {
            let functions = machine.temps(2)?;
            if let Some(pair) = old_pair {
                machine.registers().load(functions, pair, GETTER)?;
                machine.registers().load(functions + 1, pair, SETTER)?;
            }
            if let Some(getter) = descriptor.getter {
                machine.copy(functions, getter);
            }
            if let Some(setter) = descriptor.setter {
                machine.copy(functions + 1, setter);
            }
            machine.new_accessor(to, functions, functions + 1)
        })
    }

    /// A pair of functions, either of which may be undefined.
    pub(crate) fn new_accessor(&mut self, to: R, getter: R, setter: R) -> Outcome {
        self.scoped(|machine| {
            let pair = machine.temp()?;
            let mut registers = machine.registers();
            registers.alloc_tagged(pair, Kind::Array, tag(tags::ACCESSOR), 2, 0)?;
            registers.store(pair, GETTER, getter)?;
            registers.store(pair, SETTER, setter)?;
            registers.copy(to, pair);
            Ok(())
        })
    }

    /// Defines a getter or a setter beside what is there.
    pub(crate) fn define_accessor(
        &mut self,
        object: R,
        key: Key,
        getter: Option<R>,
        setter: Option<R>,
        enumerable: bool,
    ) -> Outcome {
        let descriptor = Descriptor {
            getter,
            setter,
            enumerable: Some(enumerable),
            configurable: Some(true),
            ..Descriptor::default()
        };
        self.define_own(object, key, &descriptor)?;
        Ok(())
    }

    /// ECMA-262's `ValidateAndApplyPropertyDescriptor`: whether a property may be changed so.
    pub(super) fn may_change(&mut self, old: R, flags: Flags, to: &Descriptor) -> Outcome<bool> {
        if flags.configurable() {
            return Ok(true);
        }
        if to.configurable == Some(true)
            || to.enumerable.is_some_and(|enumerable| enumerable != flags.enumerable())
        {
            return Ok(false);
        }
        if flags.is_accessor() {
            if to.is_data() {
                return Ok(false);
            }
            return self.scoped(|machine| {
                let function = machine.temp()?;
                for (given, slot) in [(to.getter, GETTER), (to.setter, SETTER)] {
                    if let Some(given) = given {
                        machine.registers().load(function, old, slot)?;
                        if !machine.same_value(function, given) {
                            return Ok(false);
                        }
                    }
                }
                Ok(true)
            });
        }
        if to.is_accessor() {
            return Ok(false);
        }
        if flags.writable() {
            return Ok(true);
        }
        if to.writable == Some(true) {
            return Ok(false);
        }
        Ok(to.value.is_none_or(|value| self.same_value(old, value)))
    }

    // -- deleting -----------------------------------------------------------------------------------------------

    /// `delete object[key]`; whether it is gone.
    pub(crate) fn delete(&mut self, object: R, key: Key) -> Outcome<bool> {
        let Some(id) = self.class_of(object) else { return Ok(true) };
        let kind = self.classes.get(id).kind;
        if kind == ObjectKind::Proxy {
            return self.proxy_delete(object, key);
        }
        if kind == ObjectKind::Namespace && self.is_export_key(key) {
            return Ok(!self.namespace_has(object, key)?);
        }
        let Some(flags) = self.own_flags(object, key)? else { return Ok(true) };
        if !flags.configurable() || kind == ObjectKind::TypedArray && matches!(key, Key::Index(_)) {
            return Ok(false);
        }
        match key {
            Key::Index(index) => {
                if kind == ObjectKind::Arguments {
                    self.scoped(|machine| {
                        let hole = machine.temp()?;
                        machine.unmap(object, index, None, hole)
                    })?;
                }
                self.delete_element(object, index)?;
            }
            Key::Name(name) => self.delete_named(object, id, name)?,
        }
        Ok(true)
    }

    pub(crate) fn delete_named(&mut self, object: R, id: ClassId, key: Atom) -> Outcome {
        let class = self.classes.get(id);
        if class.find(key).is_some_and(|property| property.flags.is_internal()) {
            let mut class = self.classes.unique(id, class.is_prototype);
            class.unique = self.classes.get(id).unique;
            class.forget(key);
            self.reclass_like(object, id, class)?;
            return Ok(());
        }
        // V8: deleting what was added last goes back to the class before.
        if !class.dictionary
            && !class.unique
            && let Some(before) = class.before
            && let Some(property) = class.find(key)
            && property.field + 1 == class.used
            && self.classes.get(before).find(key).is_none()
        {
            let place = class.place(property.field);
            return self.scoped(|machine| {
                let nothing = machine.temp()?;
                machine.store_field(object, place, nothing)?;
                machine.classes.epoch += 1;
                Ok(machine.registers().set_tag(object, tag(before.0))?)
            });
        }
        self.make_dictionary(object)?;
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.properties(table, object)?;
            if let Some((slot, _)) = machine.find_name(table, key) {
                machine.remove_name(table, slot)?;
            }
            machine.classes.epoch += 1;
            Ok(())
        })
    }
}

/// The flags of a property after it was defined anew.
fn new_flags(descriptor: &Descriptor, old: Flags) -> Flags {
    let mut flags = old;
    if descriptor.is_accessor() {
        flags = flags.with(Flags::ACCESSOR, true).with(Flags::WRITABLE, false);
    } else if descriptor.is_data() {
        flags = flags.with(Flags::ACCESSOR, false);
        if old.is_accessor() {
            flags = flags.with(Flags::WRITABLE, false);
        }
        if let Some(writable) = descriptor.writable {
            flags = flags.with(Flags::WRITABLE, writable);
        }
    }
    if let Some(enumerable) = descriptor.enumerable {
        flags = flags.with(Flags::ENUMERABLE, enumerable);
    }
    if let Some(configurable) = descriptor.configurable {
        flags = flags.with(Flags::CONFIGURABLE, configurable);
    }
    flags
}
