//! Properties: reading, writing, defining, deleting and listing them, by ECMA-262's internal methods.
//!
//! `object` and `value` are registers. What an accessor or a Proxy does is a call of JavaScript from Rust
//! ([`Machine::call`]).

use super::atoms::{Atom, Key, known};
use super::class::{ClassId, Flags, ObjectKind, internal};
pub(crate) use super::descriptor::{Descriptor, Found};
use super::layout::{FIRST, GETTER, SETTER};
use super::object::Type;
use super::representation::Representation;
use crate::machine::{Machine, R, roots};
use crate::thrown::Outcome;
use heap_model::{Tagged, Value};

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
                let place = class.place(property.field);
                return Ok(Found::Field(place, property.flags, property.representation));
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
            Found::Field(place, _, Representation::Double) => {
                self.load_own_number(to, object, place)
            }
            Found::Field(place, ..) => self.load_field(to, object, place),
            Found::Entry(slot, _) => {
                self.properties(to, object)?;
                Ok(self.registers().load(to, to, slot)?)
            }
            Found::Internal(which, _) => self.load_internal(to, object, which),
        }
    }

    pub(crate) fn load_internal(&mut self, to: R, object: R, which: u16) -> Outcome {
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
            internal::BOUND_LENGTH => self.bound_length(to, object),
            internal::BOUND_NAME => self.bound_name(to, object),
            internal::FUNCTION_CALLER => self.function_caller(to, object),
            internal::NOTHING => {
                self.registers().set_null(to);
                Ok(())
            }
            internal::RESTRICTED => {
                self.load_root(to, roots::RESTRICTED);
                Ok(())
            }
            internal::ARGUMENTS_ITERATOR => {
                self.load_root(to, roots::ARRAY_VALUES);
                Ok(())
            }
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
            Type::Object(id) => match key {
                Key::Name(name) => self.get_name(to, object, id, name),
                Key::Index(_) => self.get_from(to, object, key, object),
            },
            Type::String => match key {
                Key::Index(index) if (index as usize) < self.string_length(object) => {
                    self.string_character(to, object, index as usize)
                }
                Key::Name(known::LENGTH) => {
                    let length = self.string_length(object);
                    self.registers().set_smi(to, length as i32);
                    Ok(())
                }
                Key::Name(name) => self.get_named_of_primitive(to, object, name),
                Key::Index(_) => self.get_of_primitive(to, object, key),
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

    pub(super) fn get_of_primitive(&mut self, to: R, value: R, key: Key) -> Outcome {
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
    pub(super) fn get_special(
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
            (ObjectKind::Namespace, key) if self.is_export_key(key) => {
                self.namespace_get(to, holder, key)?;
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
            (ObjectKind::TypedArray, Key::Name(name)) if self.is_numeric_name(name) => {
                self.undefined(to);
                Ok(Some(true))
            }
            (ObjectKind::Arguments, Key::Index(index)) => {
                Ok(self.mapped_get(to, holder, index)?.then_some(true))
            }
            _ => Ok(None),
        }
    }

    /// Whether a typed array understands a key as a number.
    pub(crate) fn is_numeric_key(&self, key: Key) -> bool {
        match key {
            Key::Index(_) => true,
            Key::Name(name) => self.is_numeric_name(name),
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

    pub(super) fn call_setter(&mut self, pair: R, receiver: R, value: R) -> Outcome<bool> {
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
                let kind = machine.classes.get(id).kind;
                if kind == ObjectKind::Namespace && machine.is_export_key(key) {
                    return machine.namespace_has(holder, key);
                }
                if machine.own_flags(holder, key)?.is_some() {
                    return Ok(true);
                }
                if kind == ObjectKind::TypedArray && machine.is_numeric_key(key) {
                    return Ok(false);
                }
                machine.class_prototype(holder, id)?;
            }
            Ok(false)
        })
    }

    /// What an own property allows, if there is one. Proxies are not asked.
    pub(crate) fn own_flags(&mut self, object: R, key: Key) -> Outcome<Option<Flags>> {
        if let (Key::Name(name), Some(id)) = (key, self.class_of(object))
            && !matches!(self.classes.get(id).kind, ObjectKind::Namespace | ObjectKind::TypedArray)
        {
            let found = self.find_own(object, id, name)?;
            return Ok(found.flags().map(|flags| flags.with(Flags::INTERNAL, false)));
        }
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.own_property(value, object, key)
        })
    }

    /// An own property's value, or its pair of functions, and what it allows.
    pub(crate) fn own_property(&mut self, to: R, object: R, key: Key) -> Outcome<Option<Flags>> {
        let Some(id) = self.class_of(object) else { return Ok(None) };
        let kind = self.classes.get(id).kind;
        if kind == ObjectKind::Namespace && self.is_export_key(key) {
            let there = self.namespace_get(to, object, key)?;
            return Ok(there.then_some(Flags(Flags::WRITABLE | Flags::ENUMERABLE)));
        }
        match key {
            Key::Name(name) if kind == ObjectKind::TypedArray && self.is_numeric_name(name) => {
                Ok(None)
            }
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
                let flags = self.own_element(to, object, index)?;
                if kind == ObjectKind::Arguments && self.mapped_get(to, object, index)? {
                    return Ok(Some(flags.unwrap_or(Flags::PLAIN)));
                }
                Ok(flags)
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
            Type::Object(id) => {
                if let Key::Name(name) = key
                    && self.set_known(object, id, name, value)?.is_some()
                {
                    return Ok(());
                }
            }
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

    pub(super) fn throw_not_set(&mut self, object: R, key: Key) -> Outcome {
        if self.kind_of(object) == Some(ObjectKind::Proxy) {
            return self.scoped_deeply(|machine| {
                let target = machine.temp()?;
                machine.registers().load(target, object, super::proxy::TARGET)?;
                machine.throw_not_set(target, key)
            });
        }
        let name = self.key_text(key);
        let (found, holder) = self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.copy(holder, object);
            loop {
                let Some(id) = machine.class_of(holder) else { return Ok((None, String::new())) };
                if let Some(flags) = machine.own_flags(holder, key)? {
                    return Ok((Some(flags), machine.show_for_error(holder)));
                }
                machine.class_prototype(holder, id)?;
            }
        })?;
        let shown = self.show_for_error(object);
        let array = self.kind_of(object) == Some(ObjectKind::Array);
        let text = match found {
            Some(flags) if array && key == Key::Name(known::LENGTH) && flags.writable() => {
                let last = self.array_length(object).saturating_sub(1);
                format!("Cannot delete property '{last}' of {shown}")
            }
            None if array && self.is_fixed_by_length(object, key) => {
                format!("Cannot assign to read only property 'length' of object '{shown}'")
            }
            Some(flags) if flags.is_accessor() => {
                format!("Cannot set property {name} of {holder} which has only a getter")
            }
            Some(_) => {
                let what = if self.is_callable(object) { "function" } else { "object" };
                format!("Cannot assign to read only property '{name}' of {what} '{shown}'")
            }
            None => format!("Cannot add property {name}, object is not extensible"),
        };
        self.throw_type_error(&text)
    }

    /// Whether it is an array's length that lets no element be added.
    fn is_fixed_by_length(&mut self, array: R, key: Key) -> bool {
        let extensible = self.class_of(array).is_some_and(|id| self.classes.get(id).extensible);
        extensible && matches!(key, Key::Index(_)) && !self.is_length_writable(array)
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
                    (ObjectKind::Namespace, _) => return Ok(false),
                    (ObjectKind::TypedArray, key) if machine.is_numeric_key(key) => {
                        let index = match key {
                            Key::Index(index) => index as usize,
                            Key::Name(_) => usize::MAX,
                        };
                        if machine.is_same(holder, receiver) {
                            machine.typed_set(holder, index, value)?;
                            return Ok(true);
                        }
                        if index >= machine.typed_length(holder)? {
                            return Ok(true);
                        }
                        return machine.set_on_receiver(start, receiver, key, value);
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
                        Found::Field(place, flags, _)
                            if own && flags.writable() && !flags.is_accessor() =>
                        {
                            machine.assign_field(holder, id, (name, place), value)?;
                            return Ok(true);
                        }
                        Found::Internal(which, flags) if own => {
                            return machine.store_internal(holder, name, which, flags, value);
                        }
                        found => {
                            let flags = found.flags().unwrap_or(Flags::PLAIN);
                            if flags.is_accessor() {
                                machine.load_found(old, holder, found)?;
                                let set = machine.call_setter(old, receiver, value)?;
                                // What Node keeps as a plain property of a stream's state is Rust's here: it stays.
                                return Ok(
                                    set || machine.kind_of(receiver) == Some(ObjectKind::Host)
                                );
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

    pub(super) fn put_element_with(
        &mut self,
        object: R,
        index: u32,
        value: R,
        flags: Flags,
    ) -> Outcome {
        if flags == Flags::PLAIN {
            self.put_element(object, index, value)
        } else {
            self.define_element(object, index, value, flags)
        }
    }

    /// A property that nothing along the way has refused becomes the receiver's own.
    pub(super) fn set_on_receiver(
        &mut self,
        start: R,
        receiver: R,
        key: Key,
        value: R,
    ) -> Outcome<bool> {
        let Some(id) = self.class_of(receiver) else { return Ok(false) };
        let same = self.is_same(start, receiver);
        if !same {
            if self.classes.get(id).kind == ObjectKind::Proxy {
                return self.set_on_proxy(receiver, key, value);
            }
            if self.classes.get(id).kind == ObjectKind::TypedArray && self.is_numeric_key(key) {
                return self.define_own(receiver, key, &Descriptor::data(value, Flags::PLAIN));
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
            Key::Name(name) => self.add_assigned(receiver, name, value)?,
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

    pub(crate) fn is_length_writable(&mut self, array: R) -> bool {
        let id = self.class_of(array);
        let property = id.and_then(|id| self.classes.get(id).find(known::LENGTH));
        property.is_none_or(|property| property.flags.writable())
    }

    /// Writes an internal property of the object itself.
    pub(super) fn store_internal(
        &mut self,
        object: R,
        key: Atom,
        which: u16,
        flags: Flags,
        value: R,
    ) -> Outcome<bool> {
        if which == internal::ARRAY_LENGTH {
            if !self.is_length_writable(object) {
                return Ok(false);
            }
            let length = self.to_array_length(value)?;
            // The conversion may have fixed the length.
            if !self.is_length_writable(object) {
                return Ok(false);
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
    pub(super) fn externalise(&mut self, object: R, key: Atom, flags: Flags, value: R) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        self.atoms.hold(key);
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
        let fixed = id.is_some_and(|id| {
            let class = self.classes.get(id);
            class.elements == super::class::Elements::Dictionary || class.sealed || class.frozen
        });
        if fixed && length < old {
            let fixed = self.scoped(|machine| {
                let elements = machine.temp()?;
                machine.elements(elements, array)?;
                if machine.store_of(elements).0 != super::elements::Store::Dictionary {
                    return machine.last_element(elements, length..old);
                }
                let numbers = machine.numbers_of(elements)?;
                Ok(numbers
                    .into_iter()
                    .rev()
                    .find(|(key, flags, _)| *key as usize >= length && !flags.configurable())
                    .map(|(key, ..)| key as usize))
            })?;
            if let Some(last) = fixed {
                self.truncate_array(array, last + 1)?;
                return Ok(false);
            }
        }
        self.truncate_array(array, length)?;
        Ok(true)
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
