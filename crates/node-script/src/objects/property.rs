//! Properties: reading, writing, defining, deleting and listing them, by ECMA-262's internal methods.
//!
//! `object` and `value` are registers. What an accessor or a Proxy does is a call of JavaScript from Rust
//! ([`Machine::call`]).

use super::atoms::{Atom, Key, known};
use super::class::{ClassId, Flags, ObjectKind, Place, internal};
use super::layout::{FIRST, GETTER, SETTER, tags};
use super::object::Type;
use crate::machine::{Machine, R, roots};
use crate::objects::layout::tag;
use crate::thrown::Outcome;
use heap_model::{Kind, Tagged, Value};

/// An own property that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    None,
    Field(Place, Flags),
    /// A slot of the dictionary of names.
    Entry(usize, Flags),
    /// The engine's own.
    Internal(u16, Flags),
}

impl Found {
    pub(crate) fn flags(self) -> Option<Flags> {
        match self {
            Self::None => None,
            Self::Field(_, flags) | Self::Entry(_, flags) | Self::Internal(_, flags) => Some(flags),
        }
    }
}

/// A property as it is to be defined (ECMA-262's property descriptor). Values are registers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Descriptor {
    pub value: Option<R>,
    pub getter: Option<R>,
    pub setter: Option<R>,
    pub writable: Option<bool>,
    pub enumerable: Option<bool>,
    pub configurable: Option<bool>,
}

impl Descriptor {
    pub(crate) fn data(value: R, flags: Flags) -> Self {
        Self {
            value: Some(value),
            writable: Some(flags.writable()),
            enumerable: Some(flags.enumerable()),
            configurable: Some(flags.configurable()),
            ..Self::default()
        }
    }

    pub(crate) fn is_accessor(&self) -> bool {
        self.getter.is_some() || self.setter.is_some()
    }

    pub(crate) fn is_data(&self) -> bool {
        self.value.is_some() || self.writable.is_some()
    }
}

impl Machine {
    // -- looking ------------------------------------------------------------------------------------------------

    /// An own named property of an object of a class.
    pub(crate) fn find_own(&mut self, object: R, id: ClassId, key: Atom) -> Outcome<Found> {
        let class = self.classes.get(id);
        if let Some(property) = class.find(key) {
            if property.flags.is_internal() {
                return Ok(Found::Internal(property.field, property.flags));
            }
            if !class.dictionary {
                return Ok(Found::Field(class.place(property.field), property.flags));
            }
        }
        if !class.dictionary {
            return Ok(Found::None);
        }
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.properties(table, object)?;
            Ok(match machine.find_name(table, key) {
                Some((slot, flags)) => Found::Entry(slot, flags),
                None => Found::None,
            })
        })
    }

    /// The value of an own property, without calling a getter: of an accessor, its pair.
    pub(crate) fn load_found(&mut self, to: R, object: R, found: Found) -> Outcome {
        match found {
            Found::None => {
                self.registers().set_undefined(to);
                Ok(())
            }
            Found::Field(place, _) => self.load_field(to, object, place),
            Found::Entry(slot, _) => {
                self.properties(to, object)?;
                Ok(self.registers().load(to, to, slot)?)
            }
            Found::Internal(which, _) => self.load_internal(to, object, which),
        }
    }

    fn load_internal(&mut self, to: R, object: R, which: u16) -> Outcome {
        match which {
            internal::ARRAY_LENGTH => {
                let length = self.array_length(object);
                self.set_number(to, length as f64)
            }
            internal::FUNCTION_LENGTH => {
                let length = self.function_length(object);
                self.registers().set_smi(to, length);
                Ok(())
            }
            internal::FUNCTION_NAME => self.function_name(to, object),
            internal::FUNCTION_PROTOTYPE => self.function_prototype(to, object),
            internal::ERROR_STACK => self.error_stack(to, object),
            internal::STRING_LENGTH => {
                self.registers().load(to, object, FIRST)?;
                let length = self.string_length(to);
                self.registers().set_smi(to, length as i32);
                Ok(())
            }
            _ => {
                self.registers().set_undefined(to);
                Ok(())
            }
        }
    }

    // -- reading ------------------------------------------------------------------------------------------------

    /// `object[key]`.
    pub(crate) fn get(&mut self, to: R, object: R, key: Key) -> Outcome {
        match self.type_of(object) {
            Type::Object(_) => self.get_from(to, object, key, object),
            Type::String => match key {
                Key::Index(index) if (index as usize) < self.string_length(object) => {
                    self.string_character(to, object, index as usize)
                }
                Key::Name(known::LENGTH) => {
                    let length = self.string_length(object);
                    self.registers().set_smi(to, length as i32);
                    Ok(())
                }
                _ => self.get_of_primitive(to, object, key),
            },
            Type::Undefined | Type::Null | Type::Hole => {
                let what = self.show_type(object);
                let name = self.key_text(key);
                let text = format!("Cannot read properties of {what} (reading '{name}')");
                self.throw_type_error(&text)
            }
            _ => self.get_of_primitive(to, object, key),
        }
    }

    fn get_of_primitive(&mut self, to: R, value: R, key: Key) -> Outcome {
        self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.primitive_prototype(holder, value);
            machine.get_from(to, holder, key, value)
        })
    }

    /// The prototype of a primitive value that is not nullish.
    pub(crate) fn primitive_prototype(&mut self, to: R, value: R) {
        let root = match self.type_of(value) {
            Type::Bool(_) => roots::BOOLEAN_PROTOTYPE,
            Type::Smi(_) | Type::Double => roots::NUMBER_PROTOTYPE,
            Type::String => roots::STRING_PROTOTYPE,
            Type::Symbol(_) => roots::SYMBOL_PROTOTYPE,
            Type::BigInt => roots::BIG_INT_PROTOTYPE,
            _ => roots::OBJECT_PROTOTYPE,
        };
        self.load_root(to, root);
    }

    pub(crate) fn get_named(&mut self, to: R, object: R, key: Atom) -> Outcome {
        self.get(to, object, Key::Name(key))
    }

    /// `[[Get]]` from `start` on along the prototypes, for a receiver.
    pub(crate) fn get_from(&mut self, to: R, start: R, key: Key, receiver: R) -> Outcome {
        self.scoped(|machine| {
            let holder = machine.temps(2)?;
            let value = holder + 1;
            machine.copy(holder, start);
            loop {
                let Some(id) = machine.class_of(holder) else {
                    machine.registers().set_undefined(to);
                    return Ok(());
                };
                let kind = machine.classes.get(id).kind;
                if let Some(special) = machine.get_special(kind, to, holder, key, receiver)? {
                    if special {
                        return Ok(());
                    }
                } else {
                    let flags = match key {
                        Key::Name(name) => {
                            let found = machine.find_own(holder, id, name)?;
                            if found != Found::None {
                                machine.load_found(value, holder, found)?;
                            }
                            found.flags()
                        }
                        Key::Index(index) => machine.own_element(value, holder, index)?,
                    };
                    if let Some(flags) = flags {
                        if flags.is_accessor() {
                            return machine.call_getter(to, value, receiver);
                        }
                        machine.copy(to, value);
                        return Ok(());
                    }
                }
                machine.class_prototype(holder, id)?;
            }
        })
    }

    /// What objects of special kinds do: whether the search ends. None: an ordinary object's way.
    fn get_special(
        &mut self,
        kind: ObjectKind,
        to: R,
        holder: R,
        key: Key,
        receiver: R,
    ) -> Outcome<Option<bool>> {
        match (kind, key) {
            (ObjectKind::Proxy, _) => {
                self.proxy_get(to, holder, key, receiver)?;
                Ok(Some(true))
            }
            (ObjectKind::String, Key::Index(index)) => self.scoped(|machine| {
                let text = machine.temp()?;
                machine.registers().load(text, holder, FIRST)?;
                if (index as usize) < machine.string_length(text) {
                    machine.string_character(to, text, index as usize)?;
                    return Ok(Some(true));
                }
                Ok(None)
            }),
            (ObjectKind::TypedArray, Key::Index(index)) => {
                self.typed_get(to, holder, index as usize)?;
                Ok(Some(true))
            }
            (ObjectKind::Arguments, Key::Index(index)) => {
                Ok(self.mapped_get(to, holder, index)?.then_some(true))
            }
            _ => Ok(None),
        }
    }

    /// Calls the getter of a pair.
    pub(crate) fn call_getter(&mut self, to: R, pair: R, receiver: R) -> Outcome {
        self.scoped(|machine| {
            let getter = machine.temp()?;
            machine.registers().load(getter, pair, GETTER)?;
            if !machine.registers().get(getter).is_cell() {
                machine.registers().set_undefined(to);
                return Ok(());
            }
            machine.call(to, getter, receiver, &[])
        })
    }

    fn call_setter(&mut self, pair: R, receiver: R, value: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let setter = machine.temps(2)?;
            machine.registers().load(setter, pair, SETTER)?;
            if !machine.registers().get(setter).is_cell() {
                return Ok(false);
            }
            machine.call(setter + 1, setter, receiver, &[value])?;
            Ok(true)
        })
    }

    /// `key in object`.
    pub(crate) fn has(&mut self, object: R, key: Key) -> Outcome<bool> {
        self.scoped(|machine| {
            let holder = machine.temps(2)?;
            machine.copy(holder, object);
            while let Some(id) = machine.class_of(holder) {
                if machine.classes.get(id).kind == ObjectKind::Proxy {
                    return machine.proxy_has(holder, key);
                }
                if machine.own_flags(holder, key)?.is_some() {
                    return Ok(true);
                }
                machine.class_prototype(holder, id)?;
            }
            Ok(false)
        })
    }

    /// What an own property allows, if there is one. Proxies are not asked.
    pub(crate) fn own_flags(&mut self, object: R, key: Key) -> Outcome<Option<Flags>> {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.own_property(value, object, key)
        })
    }

    /// An own property's value, or its pair of functions, and what it allows.
    pub(crate) fn own_property(&mut self, to: R, object: R, key: Key) -> Outcome<Option<Flags>> {
        let Some(id) = self.class_of(object) else { return Ok(None) };
        let kind = self.classes.get(id).kind;
        match key {
            Key::Name(name) => {
                let found = self.find_own(object, id, name)?;
                if found != Found::None {
                    self.load_found(to, object, found)?;
                }
                Ok(found.flags().map(|flags| flags.with(Flags::INTERNAL, false)))
            }
            Key::Index(index) => {
                if kind == ObjectKind::String {
                    self.registers().load(to, object, FIRST)?;
                    if (index as usize) < self.string_length(to) {
                        self.string_character(to, to, index as usize)?;
                        return Ok(Some(Flags(Flags::ENUMERABLE)));
                    }
                }
                if kind == ObjectKind::TypedArray {
                    let there = (index as usize) < self.typed_length(object)?;
                    self.typed_get(to, object, index as usize)?;
                    return Ok(there.then_some(Flags::PLAIN));
                }
                if kind == ObjectKind::Arguments && self.mapped_get(to, object, index)? {
                    return Ok(Some(Flags::PLAIN));
                }
                self.own_element(to, object, index)
            }
        }
    }

    // -- writing ------------------------------------------------------------------------------------------------

    /// `object[key] = value`. In strict code a refusal is a TypeError.
    pub(crate) fn set(&mut self, object: R, key: Key, value: R, strict: bool) -> Outcome {
        match self.type_of(object) {
            Type::Undefined | Type::Null | Type::Hole => {
                let what = self.show_type(object);
                let name = self.key_text(key);
                let text = format!("Cannot set properties of {what} (setting '{name}')");
                return self.throw_type_error(&text);
            }
            Type::Object(_) => {}
            _ => {
                let done = self.scoped(|machine| {
                    let holder = machine.temp()?;
                    machine.primitive_prototype(holder, object);
                    machine.set_from(holder, key, value, object)
                })?;
                return if done || !strict {
                    Ok(())
                } else {
                    let what = self.show_type(object);
                    let name = self.key_text(key);
                    let shown = self.show(object);
                    let text = format!("Cannot create property '{name}' on {what} '{shown}'");
                    self.throw_type_error(&text)
                };
            }
        }
        if self.set_from(object, key, value, object)? || !strict {
            return Ok(());
        }
        self.throw_not_set(object, key)
    }

    pub(crate) fn set_named(&mut self, object: R, key: Atom, value: R) -> Outcome {
        self.set(object, Key::Name(key), value, true)
    }

    fn throw_not_set(&mut self, object: R, key: Key) -> Outcome {
        let name = self.key_text(key);
        let found = self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.copy(holder, object);
            loop {
                let Some(id) = machine.class_of(holder) else { return Ok(None) };
                if let Some(flags) = machine.own_flags(holder, key)? {
                    return Ok(Some(flags));
                }
                machine.class_prototype(holder, id)?;
            }
        })?;
        let shown = self.show_for_error(object);
        let text = match found {
            Some(flags) if flags.is_accessor() => {
                format!("Cannot set property {name} of {shown} which has only a getter")
            }
            Some(_) => {
                format!("Cannot assign to read only property '{name}' of object '{shown}'")
            }
            None => format!("Cannot add property {name}, object is not extensible"),
        };
        self.throw_type_error(&text)
    }

    /// `[[Set]]` from `start` on, for a receiver; whether it was done.
    pub(crate) fn set_from(&mut self, start: R, key: Key, value: R, receiver: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let holder = machine.temps(2)?;
            let old = holder + 1;
            machine.copy(holder, start);
            while let Some(id) = machine.class_of(holder) {
                let kind = machine.classes.get(id).kind;
                match (kind, key) {
                    (ObjectKind::Proxy, _) => {
                        return machine.proxy_set(holder, key, value, receiver);
                    }
                    (ObjectKind::TypedArray, Key::Index(index)) => {
                        machine.typed_set(holder, index as usize, value)?;
                        return Ok(true);
                    }
                    (ObjectKind::Arguments, Key::Index(index))
                        if machine.mapped_set(holder, index, value)? =>
                    {
                        return Ok(true);
                    }
                    _ => {}
                }
                let own = machine.is_same(holder, receiver);
                if let Key::Name(name) = key {
                    let found = machine.find_own(holder, id, name)?;
                    match found {
                        Found::None => {}
                        Found::Field(place, flags)
                            if own && flags.writable() && !flags.is_accessor() =>
                        {
                            machine.store_field(holder, place, value)?;
                            return Ok(true);
                        }
                        Found::Internal(which, flags) if own => {
                            return machine.store_internal(holder, name, which, flags, value);
                        }
                        found => {
                            let flags = found.flags().unwrap_or(Flags::PLAIN);
                            if flags.is_accessor() {
                                machine.load_found(old, holder, found)?;
                                return machine.call_setter(old, receiver, value);
                            }
                            if !flags.writable() {
                                return Ok(false);
                            }
                            if own && let Found::Entry(slot, _) = found {
                                machine.properties(old, holder)?;
                                machine.registers().store(old, slot, value)?;
                                return Ok(true);
                            }
                            break;
                        }
                    }
                } else if let Key::Index(index) = key {
                    let found = match kind {
                        ObjectKind::String => machine.own_property(old, holder, key)?,
                        _ => machine.own_element(old, holder, index)?,
                    };
                    if let Some(flags) = found {
                        if flags.is_accessor() {
                            return machine.call_setter(old, receiver, value);
                        }
                        if !flags.writable() {
                            return Ok(false);
                        }
                        if own {
                            machine.put_element_with(holder, index, value, flags)?;
                            return Ok(true);
                        }
                        break;
                    }
                }
                machine.class_prototype(holder, id)?;
            }
            machine.set_on_receiver(start, receiver, key, value)
        })
    }

    fn put_element_with(&mut self, object: R, index: u32, value: R, flags: Flags) -> Outcome {
        if flags == Flags::PLAIN {
            self.put_element(object, index, value)
        } else {
            self.define_element(object, index, value, flags)
        }
    }

    /// A property that nothing along the way has refused becomes the receiver's own.
    fn set_on_receiver(&mut self, start: R, receiver: R, key: Key, value: R) -> Outcome<bool> {
        let Some(id) = self.class_of(receiver) else { return Ok(false) };
        let same = self.is_same(start, receiver);
        if !same {
            if self.classes.get(id).kind == ObjectKind::Proxy {
                let descriptor = Descriptor { value: Some(value), ..Descriptor::default() };
                return self.define_own(receiver, key, &descriptor);
            }
            if let Some(flags) = self.own_flags(receiver, key)? {
                if flags.is_accessor() || !flags.writable() {
                    return Ok(false);
                }
                let descriptor = Descriptor { value: Some(value), ..Descriptor::default() };
                return self.define_own(receiver, key, &descriptor);
            }
        }
        if !self.classes.get(id).extensible {
            return Ok(false);
        }
        match key {
            Key::Name(name) => self.add_field(receiver, name, Flags::PLAIN, value)?,
            Key::Index(index) => {
                if self.classes.get(id).kind == ObjectKind::Array
                    && index as usize >= self.array_length(receiver)
                    && !self.is_length_writable(receiver)
                {
                    return Ok(false);
                }
                self.put_element(receiver, index, value)?;
            }
        }
        Ok(true)
    }

    fn is_length_writable(&mut self, array: R) -> bool {
        let id = self.class_of(array);
        let property = id.and_then(|id| self.classes.get(id).find(known::LENGTH));
        property.is_none_or(|property| property.flags.writable())
    }

    /// Writes an internal property of the object itself.
    fn store_internal(
        &mut self,
        object: R,
        key: Atom,
        which: u16,
        flags: Flags,
        value: R,
    ) -> Outcome<bool> {
        if which == internal::ARRAY_LENGTH {
            let length = self.to_array_length(value)?;
            if !flags.writable() {
                return Ok(length == self.array_length(object));
            }
            return self.set_length(object, length);
        }
        if !flags.writable() {
            return Ok(false);
        }
        if which == internal::FUNCTION_PROTOTYPE {
            self.set_function_prototype(object, value)?;
            return Ok(true);
        }
        self.externalise(object, key, flags.with(Flags::INTERNAL, false), value)?;
        Ok(true)
    }

    /// An internal property becomes one with a field.
    fn externalise(&mut self, object: R, key: Atom, flags: Flags, value: R) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        if self.classes.get(id).dictionary {
            let (class, _) = self.classes.with_field_for(id, key, flags);
            let mut class = class;
            class.forget(key);
            self.reclass_like(object, id, class)?;
            return self.add_to_dictionary(object, key, flags, value);
        }
        let (class, field) = self.classes.with_field_for(id, key, flags);
        let place = class.place(field);
        self.store_new_field(object, place, value)?;
        self.reclass_like(object, id, class)?;
        Ok(())
    }

    /// Sets an array's length; an element that cannot be deleted stops it.
    pub(crate) fn set_length(&mut self, array: R, length: usize) -> Outcome<bool> {
        let old = self.array_length(array);
        let id = self.class_of(array);
        let sparse = id.is_some_and(|id| {
            let class = self.classes.get(id);
            class.elements == super::class::Elements::Dictionary || class.sealed || class.frozen
        });
        if sparse && length < old {
            let fixed = self.scoped(|machine| {
                let elements = machine.temp()?;
                machine.elements(elements, array)?;
                if machine.store_of(elements).0 != super::elements::Store::Dictionary {
                    return Ok(None);
                }
                let numbers = machine.numbers_of(elements)?;
                Ok(numbers
                    .into_iter()
                    .rev()
                    .find(|(key, flags, _)| *key as usize >= length && !flags.configurable())
                    .map(|(key, ..)| key as usize + 1))
            })?;
            if let Some(least) = fixed {
                self.truncate_array(array, least)?;
                return Ok(false);
            }
        }
        self.truncate_array(array, length)?;
        Ok(true)
    }

    // -- defining -----------------------------------------------------------------------------------------------

    /// Defines an own property of an object that is being made: one that is there already is replaced.
    pub(crate) fn define(&mut self, object: R, key: Key, value: R, flags: Flags) -> Outcome {
        match key {
            Key::Index(index) => self.define_element(object, index, value, flags),
            Key::Name(name) => {
                let Some(id) = self.class_of(object) else { return Ok(()) };
                match self.find_own(object, id, name)? {
                    Found::None => self.add_field(object, name, flags, value),
                    Found::Field(place, old) if old == flags => {
                        self.store_field(object, place, value)
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
    fn redefine(&mut self, object: R, key: Atom, found: Found, flags: Flags, value: R) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        match found {
            Found::None => self.add_field(object, key, flags, value),
            Found::Field(place, old) => {
                self.store_field(object, place, value)?;
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
            let old = machine.temps(2)?;
            let value = old + 1;
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
                machine.unmap(object, index, &next, value)?;
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

    /// The value that a descriptor gives: of an accessor, a new pair.
    fn descriptor_value(&mut self, to: R, descriptor: &Descriptor, old_pair: Option<R>) -> Outcome {
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
    fn may_change(&mut self, old: R, flags: Flags, to: &Descriptor) -> Outcome<bool> {
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
        let Some(flags) = self.own_flags(object, key)? else { return Ok(true) };
        if !flags.configurable() || kind == ObjectKind::TypedArray && matches!(key, Key::Index(_)) {
            return Ok(false);
        }
        match key {
            Key::Index(index) => {
                if kind == ObjectKind::Arguments {
                    self.scoped(|machine| {
                        let hole = machine.temp()?;
                        machine.unmap(object, index, &Flags(0), hole)
                    })?;
                }
                self.delete_element(object, index)?;
            }
            Key::Name(name) => self.delete_named(object, id, name)?,
        }
        Ok(true)
    }

    fn delete_named(&mut self, object: R, id: ClassId, key: Atom) -> Outcome {
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

    // -- listing ------------------------------------------------------------------------------------------------

    /// The own keys of an object, in the language's order: indices, then names, then symbols, if they are wanted.
    pub(crate) fn own_keys(&mut self, object: R, symbols: bool) -> Outcome<Vec<Key>> {
        let Some(id) = self.class_of(object) else { return Ok(Vec::new()) };
        let kind = self.classes.get(id).kind;
        if kind == ObjectKind::Proxy {
            return self.proxy_keys(object, symbols);
        }
        let mut keys: Vec<Key> = self.own_indices(object)?.into_iter().map(Key::Index).collect();
        let mut names = Vec::new();
        if kind == ObjectKind::String {
            names.push(known::LENGTH);
        }
        for property in self.classes.get(id).properties() {
            names.push(property.key);
        }
        if self.classes.get(id).dictionary {
            let more = self.scoped(|machine| {
                let table = machine.temp()?;
                machine.properties(table, object)?;
                machine.names_of(table)
            })?;
            names.extend(more.into_iter().map(|(key, ..)| key));
        }
        names.retain(|name| !self.atoms.is_private(*name));
        let (named, by_symbol): (Vec<Atom>, Vec<Atom>) =
            names.into_iter().partition(|name| !self.atoms.is_symbol(*name));
        keys.extend(named.into_iter().map(Key::Name));
        if symbols {
            keys.extend(by_symbol.into_iter().map(Key::Name));
        }
        Ok(keys)
    }

    /// The indices of an object's own elements, the least first.
    pub(crate) fn own_indices(&mut self, object: R) -> Outcome<Vec<u32>> {
        let kind = self.kind_of(object);
        if kind == Some(ObjectKind::TypedArray) {
            return Ok((0..self.typed_length(object)? as u32).collect());
        }
        let length = match kind {
            Some(ObjectKind::Array) => self.array_length(object),
            _ => usize::MAX,
        };
        self.scoped(|machine| {
            let elements = machine.temp()?;
            let mut indices = Vec::new();
            if kind == Some(ObjectKind::String) {
                machine.registers().load(elements, object, FIRST)?;
                indices.extend(0..machine.string_length(elements) as u32);
            }
            machine.elements(elements, object)?;
            let (store, room) = machine.store_of(elements);
            if store == super::elements::Store::Dictionary {
                indices.extend(machine.numbers_of(elements)?.into_iter().map(|(key, ..)| key));
                return Ok(indices);
            }
            for index in 0..room.min(length) {
                if machine.own_flags(object, Key::Index(index as u32))?.is_some() {
                    indices.push(index as u32);
                }
            }
            Ok(indices)
        })
    }

    // -- prototypes ---------------------------------------------------------------------------------------------

    /// `[[SetPrototypeOf]]` with an object or `null`; whether it was done.
    pub(crate) fn set_prototype(&mut self, object: R, prototype: R) -> Outcome<bool> {
        let Some(id) = self.class_of(object) else { return Ok(true) };
        if self.classes.get(id).kind == ObjectKind::Proxy {
            return self.proxy_set_prototype(object, prototype);
        }
        self.scoped(|machine| {
            let old = machine.temp()?;
            machine.class_prototype(old, id)?;
            if machine.is_same(old, prototype) {
                return Ok(true);
            }
            if !machine.classes.get(id).extensible {
                return Ok(false);
            }
            machine.copy(old, prototype);
            while let Some(next) = machine.class_of(old) {
                if machine.is_same(old, object) {
                    return Ok(false);
                }
                if machine.classes.get(next).kind == ObjectKind::Proxy {
                    break;
                }
                machine.class_prototype(old, next)?;
            }
            machine.replace_prototype(object, prototype)?;
            Ok(true)
        })
    }

    /// `[[GetPrototypeOf]]`: a Proxy is asked.
    pub(crate) fn get_prototype(&mut self, to: R, object: R) -> Outcome {
        if self.kind_of(object) == Some(ObjectKind::Proxy) {
            return self.proxy_get_prototype(to, object);
        }
        self.prototype_of(to, object)
    }

    /// `[[IsExtensible]]`.
    pub(crate) fn is_extensible(&mut self, object: R) -> Outcome<bool> {
        match self.class_of(object) {
            None => Ok(false),
            Some(id) if self.classes.get(id).kind == ObjectKind::Proxy => {
                self.proxy_is_extensible(object)
            }
            Some(id) => Ok(self.classes.get(id).extensible),
        }
    }

    /// `[[PreventExtensions]]`.
    pub(crate) fn prevent_extensions(&mut self, object: R) -> Outcome<bool> {
        if self.kind_of(object) == Some(ObjectKind::Proxy) {
            return self.proxy_prevent_extensions(object);
        }
        self.fix_properties(object, Flags(0))?;
        Ok(true)
    }

    // -- private names ------------------------------------------------------------------------------------------

    /// A property with a private name in a register.
    pub(crate) fn private_key(&mut self, key: R) -> Option<Atom> {
        match self.type_of(key) {
            Type::Symbol(atom) => Some(atom),
            _ => None,
        }
    }

    pub(crate) fn has_private(&mut self, object: R, key: Atom) -> Outcome<bool> {
        match self.class_of(object) {
            Some(id) => Ok(self.find_own(object, id, key)? != Found::None),
            None => Ok(false),
        }
    }

    /// Copies own enumerable properties to an object, but for some.
    pub(crate) fn copy_properties(&mut self, to: R, from: R, except: &[Key]) -> Outcome {
        match self.type_of(from) {
            Type::Object(_) | Type::String => {}
            _ => return Ok(()),
        }
        self.scoped(|machine| {
            let (object, value) = (machine.temp()?, machine.temp()?);
            machine.to_object(object, from)?;
            for key in machine.own_keys(object, true)? {
                if except.contains(&key) || !machine.is_enumerable(object, key)? {
                    continue;
                }
                machine.get(value, object, key)?;
                machine.define(to, key, value, Flags::PLAIN)?;
            }
            Ok(())
        })
    }

    /// Whether an own property is there and enumerable. A Proxy is asked.
    pub(crate) fn is_enumerable(&mut self, object: R, key: Key) -> Outcome<bool> {
        if self.kind_of(object) == Some(ObjectKind::Proxy) {
            return self.proxy_is_enumerable(object, key);
        }
        Ok(self.own_flags(object, key)?.is_some_and(Flags::enumerable))
    }

    /// The text of a key, as an error shows it.
    pub(crate) fn key_text(&self, key: Key) -> String {
        match key {
            Key::Name(name) => self.atoms.text(name),
            Key::Index(index) => index.to_string(),
        }
    }

    /// A key as a value: a string or a symbol.
    pub(crate) fn key_value(&mut self, to: R, key: Key) -> Outcome {
        match key {
            Key::Name(name) => self.atom_value(to, name),
            Key::Index(index) => self.new_text(to, &index.to_string()),
        }
    }

    /// Sets a register to undefined.
    pub(crate) fn undefined(&mut self, to: R) {
        self.registers().set_undefined(to);
    }

    /// Whether a register is undefined.
    pub(crate) fn is_undefined(&mut self, value: R) -> bool {
        self.registers().get(value) == Tagged::UNDEFINED
    }

    /// Stores a constant into a slot.
    pub(crate) fn store_constant(&mut self, object: R, slot: usize, value: Value<'_>) -> Outcome {
        Ok(self.registers().store_value(object, slot, value)?)
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
