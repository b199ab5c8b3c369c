//! Properties with computed keys: those that are common first.

use super::iterate::Caller;
use super::short::index_of;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::{ClassId, Elements, ObjectKind};
use crate::objects::object::Type;
use crate::objects::proxy::TARGET;
use crate::thrown::Outcome;
use std::cell::Cell;

impl Machine {
    /// A key as an error shows it: not if a method of its own would have to say it (V8's `NoSideEffectsMaybeToString`).
    fn shown_key(&mut self, key: R) -> Outcome<Option<String>> {
        match self.kind_of(key) {
            None | Some(ObjectKind::Function) => Ok(Some(self.show(key))),
            Some(ObjectKind::Error) => self.error_head(key).map(Some),
            Some(ObjectKind::Proxy) => self.scoped(|machine| {
                let target = machine.temp()?;
                machine.copy(target, key);
                while machine.kind_of(target) == Some(ObjectKind::Proxy) {
                    machine.registers().load(target, target, TARGET)?;
                }
                let shown = machine.shown_key(target)?;
                Ok(shown.or_else(|| Some(machine.show_for_error(target))))
            }),
            Some(_) => self.scoped(|machine| {
                let says = machine.temp()?;
                machine.get_named(says, key, known::TO_STRING)?;
                let plain = machine.is_root(says, roots::OBJECT_TO_STRING);
                Ok(plain.then(|| machine.show(key)))
            }),
        }
    }

    /// `object[key]`, with the keys that are common first.
    #[inline(never)]
    pub(crate) fn get_keyed(&mut self, to: R, object: R, key: R) -> Outcome {
        if self.is_nullish(object) {
            if self.type_of(key) == Type::Symbol(known::ITERATOR) {
                return self.throw_not_iterable(object, Caller::Native);
            }
            let what = self.show_type(object);
            let mut text = format!("Cannot read properties of {what}");
            if let Some(name) = self.shown_key(key)? {
                text.push_str(&format!(" (reading '{name}')"));
            }
            return self.throw_type_error(&text);
        }
        if self.get_element(to, object, key)? {
            return Ok(());
        }
        self.end_names();
        let key = self.to_key(key)?;
        if let Key::Name(name) = key
            && self.load_known(to, object, name, &Cell::default())?
        {
            return Ok(());
        }
        self.get(to, object, key)
    }

    /// Reads an element of a typed array or a string, or one that is a double; whether it was one.
    fn get_element(&mut self, to: R, object: R, key: R) -> Outcome<bool> {
        let Some(index) =
            index_of(&self.registers(), key).and_then(|key| usize::try_from(key).ok())
        else {
            return Ok(false);
        };
        match self.type_of(object) {
            Type::String if index < self.string_length(object) => {
                self.string_character(to, object, index)?;
                Ok(true)
            }
            Type::Object(id) => match self.classes.get(id).kind {
                ObjectKind::TypedArray => {
                    self.typed_get(to, object, index)?;
                    Ok(true)
                }
                ObjectKind::Array if to != object && to != key => {
                    let found = self.own_element(to, object, index as u32)?;
                    Ok(found.is_some_and(|flags| !flags.is_accessor()))
                }
                _ => Ok(false),
            },
            _ => Ok(false),
        }
    }

    /// Writes a number to a typed array, or one among doubles; whether it was done.
    fn set_element(&mut self, object: R, key: R, value: R) -> Outcome<bool> {
        let registers = self.registers();
        let (Some(index), Some(number)) = (index_of(&registers, key), registers.number(value))
        else {
            return Ok(false);
        };
        let (Ok(index), Type::Object(id)) = (usize::try_from(index), self.type_of(object)) else {
            return Ok(false);
        };
        let class = self.classes.get(id);
        let doubles = class.elements == Elements::PackedDouble && !class.frozen;
        let kind = class.kind;
        match kind {
            ObjectKind::TypedArray if !self.typed_type(object)?.is_big() => {
                self.typed_set(object, index, value)?;
                Ok(true)
            }
            ObjectKind::Array if doubles => self.put_double(object, index, number),
            _ => Ok(false),
        }
    }

    #[inline(never)]
    pub(crate) fn set_keyed(&mut self, object: R, key: R, value: R, strict: bool) -> Outcome {
        if self.is_nullish(object) {
            let what = self.show_type(object);
            let mut text = format!("Cannot set properties of {what}");
            if let Some(name) = self.shown_key(key)? {
                text.push_str(&format!(" (setting '{name}')"));
            }
            return self.throw_type_error(&text);
        }
        if self.set_element(object, key, value)? {
            return Ok(());
        }
        self.end_names();
        let key = self.to_key(key)?;
        if let (Key::Name(name), Some(id)) = (key, self.class_of(object))
            && self.has_too_many_fields(id)
            && self.classes.get(id).find(name).is_none()
        {
            self.make_dictionary(object)?;
        }
        if let (Key::Name(name), Some(id)) = (key, self.class_of(object))
            && self.is_plain_dictionary(id)
            && self.set_entry(object, name, value)?
        {
            return Ok(());
        }
        if let Key::Name(name) = key
            && self.kind_of(object) == Some(ObjectKind::Ordinary)
        {
            let site = Cell::default();
            return match self.store_known(object, name, value, &site) {
                true => Ok(()),
                false => self.set_named_slowly(object, name, value, strict, &site),
            };
        }
        self.set(object, key, value, strict)
    }

    /// Whether objects of a class have all of their named properties in a dictionary.
    pub(super) fn is_plain_dictionary(&self, id: ClassId) -> bool {
        let class = self.classes.get(id);
        class.dictionary && class.kind == ObjectKind::Ordinary
    }

    /// Whether another property with a computed key makes an object a dictionary (V8's `TooManyFastProperties`).
    fn has_too_many_fields(&self, id: ClassId) -> bool {
        const SOFT_LIMIT: u16 = 12;
        let class = self.classes.get(id);
        if class.dictionary || class.unique || class.kind != ObjectKind::Ordinary {
            return false;
        }
        let inside = u16::from(class.fields);
        let outside = class.used.saturating_sub(inside);
        class.used >= inside && outside.is_multiple_of(3) && outside > SOFT_LIMIT.max(inside)
    }
}
