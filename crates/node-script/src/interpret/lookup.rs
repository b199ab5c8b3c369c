//! Inline caches: what a site has found for objects of a class (V8's `ic.cc`).
//!
//! A cache of a property that the object itself has holds as long as the object has the class. One that is found along the
//! prototypes, or that was not there, holds as long as no prototype changes: the classes' epoch.

pub use super::cache::{Cache, How};
use crate::machine::{Machine, R};
use crate::objects::atoms::{Atom, Key};
use crate::objects::class::{ClassId, Flags, ObjectKind, Place};
use crate::objects::layout::{BACKING, tags};
use crate::objects::object::Type;
use crate::objects::property::Found;
use crate::thrown::Outcome;
use heap_model::{AccessError, Cursor};
use std::cell::Cell;

/// The property array or the place in it, wherever the backing has it.
pub(crate) fn outside(object: Cursor<'_>, place: usize) -> Result<Cursor<'_>, AccessError> {
    let backing = object.slot(BACKING)?;
    match backing.view().map(|cell| cell.tag().number()) {
        Some(tags::PAIR) => backing.slot(1)?.slot(place),
        _ => backing.slot(place),
    }
}

impl Machine {
    /// `object.name` where the site's cache does not know: looks it up, and lets the cache know.
    #[cold]
    #[inline(never)]
    pub(crate) fn get_named_slowly(
        &mut self,
        to: R,
        object: R,
        name: Atom,
        cache: &Cell<Cache>,
    ) -> Outcome {
        let Type::Object(id) = self.type_of(object) else {
            return self.get(to, object, Key::Name(name));
        };
        if self.classes.get(id).kind == ObjectKind::Proxy {
            return self.get(to, object, Key::Name(name));
        }
        let kind = self.classes.get(id).cell;
        let receiver = id;
        let how = self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.copy(holder, object);
            let (mut id, mut via) = (id, None);
            loop {
                let found = machine.find_own(holder, id, name)?;
                match found {
                    Found::Field(place, flags) if !flags.is_accessor() => {
                        return Ok(Some(match (place, via) {
                            (Place::Slot(slot), None) => How::Slot(slot as u16),
                            (Place::Outside(place), None) => How::Outside(place as u16),
                            (Place::Slot(slot), Some(ClassId(via))) => {
                                How::Prototype { via, slot: slot as u16 }
                            }
                            (Place::Outside(place), Some(ClassId(via))) => {
                                How::PrototypeOutside { via, place: place as u16 }
                            }
                        }));
                    }
                    Found::None => {}
                    _ => return Ok(None),
                }
                via = Some(id);
                machine.class_prototype(holder, id)?;
                match machine.class_of(holder) {
                    None => return Ok(Some(How::Absent)),
                    // A prototype without a class of its own does not tell of its changes.
                    Some(next) if !machine.classes.get(next).is_prototype => return Ok(None),
                    Some(next) if machine.classes.get(next).kind == ObjectKind::Proxy => {
                        return Ok(None);
                    }
                    Some(next) => id = next,
                }
            }
        })?;
        // A dictionary may gain the property without another class.
        let dictionary = self.classes.get(receiver).dictionary;
        if let Some(how) = how
            && (!dictionary || matches!(how, How::Slot(_) | How::Outside(_)))
            && !(self.classes.get(receiver).unique && how == How::Absent)
        {
            let epoch = self.classes.epoch;
            let own_absent_may_change =
                self.classes.get(receiver).unique && !matches!(how, How::Slot(_) | How::Outside(_));
            if !own_absent_may_change || self.classes.get(receiver).is_prototype {
                cache.set(Cache { kind, class: receiver.0, epoch, how });
            }
        }
        self.get(to, object, Key::Name(name))
    }

    /// `object.name = value` where the site's cache does not know.
    #[cold]
    #[inline(never)]
    pub(crate) fn set_named_slowly(
        &mut self,
        object: R,
        name: Atom,
        value: R,
        strict: bool,
        cache: &Cell<Cache>,
    ) -> Outcome {
        let Type::Object(id) = self.type_of(object) else {
            return self.set(object, Key::Name(name), value, strict);
        };
        let class = self.classes.get(id);
        let kind = class.cell;
        if class.kind != ObjectKind::Proxy && !class.dictionary {
            match self.find_own(object, id, name)? {
                Found::Field(place, flags) if flags.writable() && !flags.is_accessor() => {
                    let how = match place {
                        Place::Slot(slot) => How::Slot(slot as u16),
                        Place::Outside(place) => How::Outside(place as u16),
                    };
                    cache.set(Cache { kind, class: id.0, epoch: 0, how });
                    return self.store_field(object, place, value);
                }
                Found::None if self.may_add(object, id, name)? => {
                    return self.add_cached(object, id, name, value, cache);
                }
                _ => {}
            }
        }
        self.set(object, Key::Name(name), value, strict)
    }

    /// Whether nothing along the prototypes has a say in whether a property is added.
    fn may_add(&mut self, object: R, id: ClassId, name: Atom) -> Outcome<bool> {
        if !self.classes.get(id).extensible {
            return Ok(false);
        }
        self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.copy(holder, object);
            let mut id = id;
            loop {
                machine.class_prototype(holder, id)?;
                let Some(next) = machine.class_of(holder) else { return Ok(true) };
                id = next;
                let class = machine.classes.get(id);
                if class.kind == ObjectKind::Proxy || !class.is_prototype {
                    return Ok(false);
                }
                if let Some(flags) = machine.find_own(holder, id, name)?.flags()
                    && (flags.is_accessor() || !flags.writable())
                {
                    return Ok(false);
                }
            }
        })
    }

    /// Adds a property, and lets the cache know where it leads.
    fn add_cached(
        &mut self,
        object: R,
        id: ClassId,
        name: Atom,
        value: R,
        cache: &Cell<Cache>,
    ) -> Outcome {
        let kind = self.classes.get(id).cell;
        self.add_field(object, name, Flags::PLAIN, value)?;
        let Some(next) = self.class_of(object) else { return Ok(()) };
        let class = self.classes.get(next);
        if next != id
            && let Place::Slot(slot) = class.place(class.used - 1)
        {
            let how = How::Add { next: next.0, slot: slot as u16 };
            cache.set(Cache { kind, class: id.0, epoch: self.classes.epoch, how });
        }
        Ok(())
    }

    /// Defines a property of an object literal, or a field.
    pub(crate) fn define_named_slowly(
        &mut self,
        object: R,
        name: Atom,
        value: R,
        cache: &Cell<Cache>,
    ) -> Outcome {
        if let Type::Object(id) = self.type_of(object)
            && !self.classes.get(id).dictionary
            && self.classes.get(id).extensible
            && self.classes.get(id).kind == ObjectKind::Ordinary
            && self.find_own(object, id, name)? == Found::None
        {
            return self.add_cached(object, id, name, value, cache);
        }
        let descriptor = crate::objects::property::Descriptor::data(value, Flags::PLAIN);
        if !self.define_own(object, Key::Name(name), &descriptor)? {
            let shown = self.key_text(Key::Name(name));
            return self.throw_type_error(&format!("Cannot redefine property: {shown}"));
        }
        Ok(())
    }

    /// `object[key]`, with the keys that are common first.
    #[inline(never)]
    pub(crate) fn get_keyed(&mut self, to: R, object: R, key: R) -> Outcome {
        if self.is_nullish(object) {
            let what = self.show_type(object);
            let name = self.show(key);
            let text = format!("Cannot read properties of {what} (reading '{name}')");
            return self.throw_type_error(&text);
        }
        self.end_names()?;
        let key = self.to_key(key)?;
        self.get(to, object, key)
    }

    #[inline(never)]
    pub(crate) fn set_keyed(&mut self, object: R, key: R, value: R, strict: bool) -> Outcome {
        if self.is_nullish(object) {
            let what = self.show_type(object);
            let name = self.show(key);
            let text = format!("Cannot set properties of {what} (setting '{name}')");
            return self.throw_type_error(&text);
        }
        self.end_names()?;
        let key = self.to_key(key)?;
        if let (Key::Name(name), Some(id)) = (key, self.class_of(object))
            && self.has_too_many_fields(id)
            && self.classes.get(id).find(name).is_none()
        {
            self.make_dictionary(object)?;
        }
        self.set(object, key, value, strict)
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
