//! Inline caches: what a site has found for objects of a class (V8's `ic.cc`).
//!
//! A cache of a property that the object itself has holds as long as the object has the class. One that is found along the
//! prototypes, or that was not there, holds as long as no prototype changes: the classes' epoch.

pub use super::cache::{Cache, How};
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Atom, Key, known};
use crate::objects::class::{ClassId, Flags, ObjectKind, Place, internal};
use crate::objects::layout::{BACKING, CLASS_PROTOTYPE, GETTER, LENGTH, tag, tags};
use crate::objects::object::Type;
use crate::objects::property::Found;
use crate::objects::representation::Representation;
use crate::thrown::Outcome;
use heap_model::{AccessError, CachedSlot, Cursor, Registers};
use std::cell::Cell;

/// The property array or the place in it, wherever the backing has it.
pub(crate) fn outside(object: Cursor<'_>, place: usize) -> Result<Cursor<'_>, AccessError> {
    let backing = object.slot(BACKING)?;
    match backing.view().map(|cell| cell.tag().number()) {
        Some(tags::PAIR) => backing.slot(1)?.slot(place),
        _ => backing.slot(place),
    }
}

/// Where objects like this one have a property, if it is in a slot of their own.
fn own_slot(registers: &Registers<'_>, object: R, how: How) -> CachedSlot {
    let slot = match how {
        How::Slot(slot)
        | How::Add { slot, .. }
        | How::SmallSlot(slot)
        | How::AddSmall { slot, .. }
        | How::AddDouble { slot, .. } => usize::from(slot),
        How::ArrayLength => LENGTH,
        _ => return CachedSlot::NONE,
    };
    registers.cached_slot(object, slot)
}

/// What the slot of the object that has the property holds.
#[inline(always)]
fn slot_of(holder: Cursor<'_>, how: How) -> Result<Cursor<'_>, AccessError> {
    match how {
        How::Slot(slot) | How::Prototype { slot, .. } => holder.slot(usize::from(slot)),
        How::ArrayLength => holder.slot(LENGTH),
        How::Outside(place) | How::PrototypeOutside { place, .. } => {
            outside(holder, usize::from(place))
        }
        _ => Ok(holder),
    }
}

impl Machine {
    /// `object.name` where the site's cache does not know: looks it up, and lets the cache know.
    #[inline(never)]
    pub(crate) fn get_named_slowly(
        &mut self,
        to: R,
        object: R,
        name: Atom,
        cache: &Cell<Cache>,
    ) -> Outcome {
        let id = match self.type_of(object) {
            Type::Object(id) => id,
            Type::String if name == known::LENGTH => {
                let length = self.string_length(object);
                self.registers().set_smi(to, length as i32);
                return Ok(());
            }
            Type::Undefined | Type::Null | Type::Hole => {
                return self.get(to, object, Key::Name(name));
            }
            Type::String => return self.get_named_of_string(to, object, name, cache),
            _ => return self.get_named_of_primitive(to, object, name),
        };
        let (kind, epoch) = (self.classes.get(id).cell, self.classes.epoch);
        match self.known_how(object, id, name)? {
            Some(how) => {
                let own = self.own_slot(object, how);
                cache.set(Cache { own, kind, class: id.0, epoch, how });
                self.get_found(to, object, how, object)
            }
            None => self.get_from(to, object, Key::Name(name), object),
        }
    }

    /// Where objects like this one have a property, if it is in a slot of their own.
    pub(crate) fn own_slot(&mut self, object: R, how: How) -> CachedSlot {
        own_slot(&self.registers(), object, how)
    }

    /// `object.name` where the object does not have it in a slot of its own that the site knows, if it is known from this site or
    /// another where it lies; whether it is.
    #[inline(never)]
    pub(super) fn load_known(
        &mut self,
        to: R,
        object: R,
        name: Atom,
        cell: &Cell<Cache>,
    ) -> Outcome<bool> {
        let cache = cell.get();
        let (roots, epoch) = (self.roots, self.classes.epoch);
        let mut registers = self.runtime.heap_mut().registers();
        let value = registers.get(object);
        let own = matches!(cache.how, How::Outside(_) | How::DoubleSlot(_) | How::DoubleOutside(_))
            || cache.epoch == epoch;
        let how = if own && value.is_tagged(cache.kind, tag(cache.class)) {
            cache.how
        } else {
            let id = match Type::of(value) {
                Type::Object(id) => id,
                Type::String if cache.epoch == epoch => {
                    let place = match cache.how {
                        How::OfString(slot) => Place::Slot(slot.into()),
                        How::OfStringOutside(place) => Place::Outside(place.into()),
                        _ => return Ok(false),
                    };
                    registers.copy_from(to, roots, roots::STRING_PROTOTYPE);
                    registers.find::<AccessError>(to, to, |prototype| match place {
                        Place::Slot(slot) => prototype.slot(slot),
                        Place::Outside(place) => outside(prototype, place),
                    })?;
                    return Ok(true);
                }
                _ => return Ok(false),
            };
            let Some(how) = self.lookups.read(id.0, name.0, epoch) else { return Ok(false) };
            let kind = value.kind().unwrap_or(cache.kind);
            let own = own_slot(&registers, object, how);
            cell.set(Cache { own, kind, class: id.0, epoch, how });
            how
        };
        let prototype = match how {
            How::Slot(_) | How::ArrayLength | How::Outside(_) => None,
            How::Prototype { via, .. } | How::PrototypeOutside { via, .. } => Some(via),
            How::Absent => {
                registers.set_undefined(to);
                return Ok(true);
            }
            How::TypedLength => {
                let length = self.typed_length(object)?;
                self.set_number(to, length as f64)?;
                return Ok(true);
            }
            How::DoubleSlot(slot) => {
                self.load_own_number(to, object, Place::Slot(slot.into()))?;
                return Ok(true);
            }
            How::DoubleOutside(place) => {
                self.load_own_number(to, object, Place::Outside(place.into()))?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        match prototype {
            Some(via) => registers.find_from_descriptor::<AccessError>(to, tag(via), |class| {
                slot_of(class.slot(CLASS_PROTOTYPE)?, how)
            })?,
            None => registers.find::<AccessError>(to, object, |object| slot_of(object, how))?,
        }
        Ok(true)
    }

    /// `object.name = value` where the site does not know the object's class, if it is known from another what to do; whether it
    /// is.
    #[inline(never)]
    pub(super) fn store_known(
        &mut self,
        object: R,
        name: Atom,
        value: R,
        cell: &Cell<Cache>,
    ) -> bool {
        let epoch = self.classes.epoch;
        let known = cell.get();
        let mut registers = self.runtime.heap_mut().registers();
        let target = registers.get(object);
        if let How::DoubleSlot(slot) = known.how
            && target.is_tagged(known.kind, tag(known.class))
            && registers.number(value).is_some()
        {
            return self.store_own_number(object, Place::Slot(slot.into()), value).is_ok();
        }
        let (Type::Object(id), Some(kind)) = (Type::of(target), target.kind()) else {
            return false;
        };
        let Some(how) = self.lookups.write(id.0, name.0, epoch) else { return false };
        let own = own_slot(&registers, object, how);
        let stored = match how {
            How::Slot(_) => registers.store_cached(object, own, value),
            How::Add { next, .. } => registers.add_cached(object, own, tag(next), value),
            How::SmallSlot(_) if registers.get(value).is_smi() => {
                registers.store_cached(object, own, value)
            }
            How::AddSmall { next, .. } if registers.get(value).is_smi() => {
                registers.add_cached(object, own, tag(next), value)
            }
            How::AddDouble { next, .. } if registers.number(value).is_some() => {
                self.add_own_number(object, own, next, value).unwrap_or(false)
            }
            How::DoubleSlot(slot) if registers.number(value).is_some() => {
                self.store_own_number(object, Place::Slot(slot.into()), value).is_ok()
            }
            _ => false,
        };
        if stored {
            cell.set(Cache::to_write(own, kind, id.0, epoch, how));
        }
        stored
    }

    /// Adds a field that has a cell of its own for a number; whether it did.
    fn add_own_number(&mut self, object: R, own: CachedSlot, next: u32, value: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let number = machine.temp()?;
            machine.make_own_number(number, value)?;
            Ok(machine.registers().add_cached(object, own, tag(next), number))
        })
    }

    /// `object.name` where that is not known to lie in a slot.
    pub(crate) fn get_named_known(
        &mut self,
        to: R,
        object: R,
        name: Atom,
        cell: &Cell<Cache>,
    ) -> Outcome {
        let cache = cell.get();
        let getter = matches!(cache.how, How::Getter { .. } | How::GetterOutside { .. });
        let holds = getter
            && cache.epoch == self.classes.epoch
            && self.registers().get(object).is_tagged(cache.kind, tag(cache.class));
        match holds {
            true => self.get_found(to, object, cache.how, object),
            false => self.get_named_slowly(to, object, name, cell),
        }
    }

    /// Whether a getter is the built-in one of typed arrays' length.
    fn is_typed_length(&mut self, how: How) -> Outcome<bool> {
        self.scoped(|machine| {
            let getter = machine.temp()?;
            machine.load_getter(getter, how)?;
            Ok(machine.is_root(getter, roots::TYPED_ARRAY_LENGTH))
        })
    }

    /// The function of a getter that was found for an object's class; undefined, if there is none.
    fn load_getter(&mut self, to: R, how: How) -> Outcome {
        let mut registers = self.registers();
        let via = match how {
            How::Getter { via, .. } | How::GetterOutside { via, .. } => via,
            _ => {
                registers.set_undefined(to);
                return Ok(());
            }
        };
        Ok(registers.find_from_descriptor::<AccessError>(to, tag(via), |class| {
            let prototype = class.slot(CLASS_PROTOTYPE)?;
            match how {
                How::GetterOutside { place, .. } => outside(prototype, usize::from(place))?,
                How::Getter { slot, .. } => prototype.slot(usize::from(slot))?,
                _ => prototype,
            }
            .slot(GETTER)
        })?)
    }

    /// The species that an object names, if its getter is the built-in one, which gives the object itself: whether it is.
    pub(crate) fn is_own_species(&mut self, object: R) -> Outcome<bool> {
        let Some(id) = self.class_of(object) else { return Ok(false) };
        let how = self.known_how(object, id, known::SPECIES)?;
        self.scoped(|machine| {
            let getter = machine.temp()?;
            if let Some(how) = how {
                machine.load_getter(getter, how)?;
            } else {
                let flags = machine.own_property(getter, object, known::SPECIES.into())?;
                if !flags.is_some_and(Flags::is_accessor) {
                    return Ok(false);
                }
                machine.registers().load(getter, getter, GETTER)?;
            }
            let code = machine.code_of(getter);
            Ok(code.is_some_and(|code| machine.codes.species.contains(&code)))
        })
    }

    /// `object.name` of an object of a class, wherever it is asked for.
    pub(crate) fn get_name(&mut self, to: R, object: R, id: ClassId, name: Atom) -> Outcome {
        if self.is_plain_dictionary(id) && self.get_entry(to, object, name)? {
            return Ok(());
        }
        match self.known_how(object, id, name)? {
            Some(how) => self.get_found(to, object, how, object),
            None => self.get_from(to, object, Key::Name(name), object),
        }
    }

    /// Where objects of a class have a property, as it is known or found.
    #[inline]
    pub(super) fn known_how(&mut self, object: R, id: ClassId, name: Atom) -> Outcome<Option<How>> {
        let epoch = self.classes.epoch;
        match self.lookups.read(id.0, name.0, epoch) {
            Some(how) => Ok(Some(how)),
            None => {
                let how = self.find_how(object, id, name)?;
                if let Some(how) = how {
                    self.lookups.set_read(id.0, name.0, epoch, how);
                }
                Ok(how)
            }
        }
    }

    /// A property of a string that is not its length, which the site's cache then knows, if it is the prototype's own.
    fn get_named_of_string(
        &mut self,
        to: R,
        string: R,
        name: Atom,
        cache: &Cell<Cache>,
    ) -> Outcome {
        let how = self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.load_root(holder, roots::STRING_PROTOTYPE);
            match machine.class_of(holder) {
                Some(id) if machine.classes.get(id).is_prototype => {
                    machine.known_how(holder, id, name)
                }
                _ => Ok(None),
            }
        })?;
        let how = match how {
            Some(How::Slot(slot)) => How::OfString(slot),
            Some(How::Outside(place)) => How::OfStringOutside(place),
            _ => return self.get_named_of_primitive(to, string, name),
        };
        cache.set(Cache { epoch: self.classes.epoch, how, ..Cache::default() });
        self.get_named_of_primitive(to, string, name)
    }

    /// A property of a primitive value that is not nullish: of its prototype.
    pub(crate) fn get_named_of_primitive(&mut self, to: R, value: R, name: Atom) -> Outcome {
        self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.primitive_prototype(holder, value);
            let Some(id) = machine.class_of(holder) else { return Ok(()) };
            let known = match machine.classes.get(id).is_prototype {
                true => machine.known_how(holder, id, name)?,
                false => None,
            };
            match known {
                Some(how) => machine.get_found(to, holder, how, value),
                None => machine.get_from(to, holder, Key::Name(name), value),
            }
        })
    }

    /// Where objects of a class have a property, if that can be told of the class.
    fn find_how(&mut self, object: R, id: ClassId, name: Atom) -> Outcome<Option<How>> {
        let class = self.classes.get(id);
        if matches!(class.kind, ObjectKind::Proxy | ObjectKind::Namespace) || class.dictionary {
            return Ok(None);
        }
        if class.kind == ObjectKind::TypedArray && self.is_numeric_name(name) {
            return Ok(None);
        }
        let receiver = id;
        let how = self.scoped(|machine| {
            let holder = machine.temp()?;
            machine.copy(holder, object);
            let (mut id, mut via) = (id, None);
            loop {
                if via.is_some()
                    && machine.classes.get(id).kind == ObjectKind::TypedArray
                    && machine.is_numeric_name(name)
                {
                    return Ok(None);
                }
                let found = machine.find_own(holder, id, name)?;
                match found {
                    Found::Field(Place::Outside(_), ..)
                        if machine.classes.get(id).has_backing_elsewhere() =>
                    {
                        return Ok(None);
                    }
                    Found::Field(place, flags, representation) => {
                        let doubles = representation == Representation::Double;
                        return Ok(match (place, via, flags.is_accessor()) {
                            (Place::Slot(slot), None, false) if doubles => {
                                Some(How::DoubleSlot(slot as u16))
                            }
                            (Place::Outside(place), None, false) if doubles => {
                                Some(How::DoubleOutside(place as u16))
                            }
                            (Place::Slot(slot), None, false) => Some(How::Slot(slot as u16)),
                            (Place::Outside(place), None, false) => {
                                Some(How::Outside(place as u16))
                            }
                            (Place::Slot(slot), Some(ClassId(via)), false) => {
                                Some(How::Prototype { via, slot: slot as u16 })
                            }
                            (Place::Outside(place), Some(ClassId(via)), false) => {
                                Some(How::PrototypeOutside { via, place: place as u16 })
                            }
                            (Place::Slot(slot), Some(ClassId(via)), true) => {
                                Some(How::Getter { via, slot: slot as u16 })
                            }
                            (Place::Outside(place), Some(ClassId(via)), true) => {
                                Some(How::GetterOutside { via, place: place as u16 })
                            }
                            (_, None, true) => None,
                        });
                    }
                    Found::Internal(internal::ARRAY_LENGTH, _) if via.is_none() => {
                        return Ok(Some(How::ArrayLength));
                    }
                    Found::Internal(which, flags) if via.is_none() && !flags.is_accessor() => {
                        return Ok(Some(How::Internal(which)));
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
                    Some(next)
                        if matches!(
                            machine.classes.get(next).kind,
                            ObjectKind::Proxy | ObjectKind::Namespace
                        ) =>
                    {
                        return Ok(None);
                    }
                    Some(next) => id = next,
                }
            }
        })?;
        if self.classes.get(receiver).kind == ObjectKind::TypedArray
            && let Some(getter @ (How::Getter { .. } | How::GetterOutside { .. })) = how
            && self.is_typed_length(getter)?
        {
            return Ok(Some(How::TypedLength));
        }
        let class = self.classes.get(receiver);
        let own = matches!(
            how,
            Some(
                How::Slot(_)
                    | How::Outside(_)
                    | How::DoubleSlot(_)
                    | How::DoubleOutside(_)
                    | How::ArrayLength
                    | How::Internal(_)
            )
        );
        // An object with a class of its own may gain the property without another class.
        let may_change = class.unique && !class.is_prototype;
        Ok(how.filter(|how| own || !(may_change || class.unique && *how == How::Absent)))
    }

    /// The prototype of a class's objects.
    fn holder(&mut self, to: R, via: u32) -> Outcome {
        self.class_prototype(to, ClassId(via))
    }

    /// Reads what was found for an object's class, for a receiver.
    pub(super) fn get_found(&mut self, to: R, object: R, how: How, receiver: R) -> Outcome {
        match how {
            How::Slot(slot) => self.registers().load(to, object, usize::from(slot))?,
            How::Outside(place) => self.load_field(to, object, Place::Outside(place.into()))?,
            How::DoubleSlot(slot) => {
                return self.load_own_number(to, object, Place::Slot(slot.into()));
            }
            How::DoubleOutside(place) => {
                return self.load_own_number(to, object, Place::Outside(place.into()));
            }
            How::Prototype { via, slot } => {
                self.holder(to, via)?;
                self.registers().load(to, to, usize::from(slot))?;
            }
            How::PrototypeOutside { via, place } => {
                self.holder(to, via)?;
                self.load_field(to, to, Place::Outside(place.into()))?;
            }
            How::Getter { via, .. } | How::GetterOutside { via, .. } => {
                return self.scoped(|machine| {
                    let pair = machine.temp()?;
                    machine.holder(pair, via)?;
                    let place = match how {
                        How::GetterOutside { place, .. } => Place::Outside(place.into()),
                        How::Getter { slot, .. } => Place::Slot(slot.into()),
                        _ => return Ok(()),
                    };
                    machine.load_field(pair, pair, place)?;
                    machine.call_getter(to, pair, receiver)
                });
            }
            How::ArrayLength => self.registers().load(to, object, LENGTH)?,
            How::TypedLength if self.is_same(object, receiver) => {
                let length = self.typed_length(object)?;
                return self.set_number(to, length as f64);
            }
            How::TypedLength => {
                return self.scoped(|machine| {
                    let getter = machine.temp()?;
                    machine.load_root(getter, roots::TYPED_ARRAY_LENGTH);
                    machine.call(to, getter, receiver, &[])
                });
            }
            How::Internal(which) => self.load_internal(to, object, which)?,
            How::Absent
            | How::Add { .. }
            | How::AddSmall { .. }
            | How::AddDouble { .. }
            | How::SmallSlot(_)
            | How::SmallOutside(_)
            | How::Literal { .. }
            | How::None
            | How::OfString(_)
            | How::OfStringOutside(_) => self.registers().set_undefined(to),
        }
        Ok(())
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
        let (kind, dictionary) = (class.cell, class.dictionary);
        let epoch = self.classes.epoch;
        let special = match class.kind {
            ObjectKind::Proxy | ObjectKind::WeakRef | ObjectKind::FinalizationRegistry => true,
            ObjectKind::TypedArray => self.is_numeric_name(name),
            _ => false,
        };
        if !special && !dictionary {
            let known = self.lookups.write(id.0, name.0, epoch);
            let own = self.own_slot(object, known.unwrap_or(How::None));
            if let Some(how) = self.set_known(object, id, name, value)? {
                cache.set(Cache::to_write(own, kind, id.0, epoch, how));
                return Ok(());
            }
            match self.find_own(object, id, name)? {
                Found::Field(place, flags, _) if flags.writable() && !flags.is_accessor() => {
                    let how = How::to_write(place, self.fit_field(id, name, value)?);
                    let own = self.own_slot(object, how);
                    cache.set(Cache::to_write(own, kind, id.0, 0, how));
                    self.lookups.set_write(id.0, name.0, epoch, how);
                    return self.assign_field(object, id, (name, place), value);
                }
                Found::None if self.may_add(object, id, name)? => {
                    return self.add_cached(object, id, name, value, (cache, true));
                }
                _ => {}
            }
        }
        self.set(object, Key::Name(name), value, strict)
    }

    /// Assigns to a property of an object of a class as some site has done it before, if one has: how.
    pub(crate) fn set_known(
        &mut self,
        object: R,
        id: ClassId,
        name: Atom,
        value: R,
    ) -> Outcome<Option<How>> {
        self.lose_dead_classes();
        let how = self.lookups.write(id.0, name.0, self.classes.epoch);
        let Some(how) = how else { return Ok(None) };
        let registers = self.registers();
        match how {
            How::SmallSlot(_) | How::SmallOutside(_) | How::AddSmall { .. }
                if !registers.get(value).is_smi() =>
            {
                Ok(None)
            }
            How::DoubleSlot(_) | How::DoubleOutside(_) | How::AddDouble { .. }
                if registers.number(value).is_none() =>
            {
                Ok(None)
            }
            How::DoubleSlot(slot) => {
                self.store_own_number(object, Place::Slot(slot.into()), value)?;
                Ok(Some(how))
            }
            How::DoubleOutside(place) => {
                self.store_own_number(object, Place::Outside(place.into()), value)?;
                Ok(Some(how))
            }
            How::AddDouble { next, .. } => {
                self.keep_class(ClassId(next));
                self.scoped(|machine| {
                    let own = machine.temp()?;
                    machine.make_own_number(own, value)?;
                    machine.set_as_is(object, how, own)
                })
            }
            _ => self.set_as_is(object, how, value),
        }
    }

    fn set_as_is(&mut self, object: R, how: How, value: R) -> Outcome<Option<How>> {
        match how {
            How::Slot(slot) | How::SmallSlot(slot) => {
                self.registers().store(object, usize::from(slot), value)?;
            }
            How::Outside(place) | How::SmallOutside(place) => {
                self.store_field(object, Place::Outside(place.into()), value)?;
            }
            How::Add { next, slot }
            | How::AddSmall { next, slot }
            | How::AddDouble { next, slot } => {
                let mut registers = self.registers();
                if registers.store(object, usize::from(slot), value).is_err() {
                    return Ok(None);
                }
                registers.set_tag(object, tag(next))?;
            }
            _ => return Ok(None),
        }
        Ok(Some(how))
    }

    /// Whether nothing along the prototypes has a say in whether a property is added.
    fn may_add(&mut self, object: R, id: ClassId, name: Atom) -> Outcome<bool> {
        let class = self.classes.get(id);
        if !class.extensible || class.kind == ObjectKind::TypedArray && self.is_numeric_name(name) {
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
                let (kind, is_prototype) = (class.kind, class.is_prototype);
                if kind == ObjectKind::Proxy || !is_prototype {
                    return Ok(false);
                }
                if kind == ObjectKind::TypedArray && machine.is_numeric_name(name) {
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

    /// Adds a property, and lets the cache know where it leads; all sites, if an assignment does the same.
    fn add_cached(
        &mut self,
        object: R,
        id: ClassId,
        name: Atom,
        value: R,
        (cache, may_assign): (&Cell<Cache>, bool),
    ) -> Outcome {
        let class = self.classes.get(id);
        let (kind, next) = (class.cell, class.place(class.used));
        let own = match next {
            Place::Slot(slot) => self.registers().cached_slot(object, slot),
            Place::Outside(_) => CachedSlot::NONE,
        };
        match may_assign {
            true => self.add_assigned(object, name, value)?,
            false => self.add_field(object, name, Flags::PLAIN, value)?,
        }
        let Some(next) = self.class_of(object) else { return Ok(()) };
        let class = self.classes.get(next);
        if next != id
            && !class.dictionary
            && let Place::Slot(slot) = class.place(class.used - 1)
            && let Some(property) = class.find(name)
        {
            let how = How::to_add(next.0, slot, property.representation);
            let epoch = self.classes.epoch;
            cache.set(Cache::to_write(own, kind, id.0, epoch, how));
            if may_assign {
                self.lookups.set_write(id.0, name.0, epoch, how);
            }
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
            return self.add_cached(object, id, name, value, (cache, false));
        }
        let descriptor = crate::objects::property::Descriptor::data(value, Flags::PLAIN);
        if !self.define_own(object, Key::Name(name), &descriptor)? {
            let shown = self.key_text(Key::Name(name));
            return self.throw_type_error(&format!("Cannot redefine property: {shown}"));
        }
        Ok(())
    }
}
