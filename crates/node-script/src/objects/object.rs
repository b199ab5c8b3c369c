//! Objects as cells: making them, their classes and prototypes, and their fields.

use super::atoms::Atom;
use super::class::{Class, ClassId, Elements, Flags, Next, ObjectKind, Place, Property};
use super::code::Arguments;
use super::layout::{BACKING, FIELDS, LENGTH, tags};
use super::representation::Representation;
use crate::machine::{Machine, R, roots};
use crate::objects::layout::tag;
use crate::thrown::Outcome;
use heap_model::shapes::{self, REGISTRY_SLOTS};
use heap_model::{Kind, Tagged, Value, layout};

/// What a value is, told from its word and its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Undefined,
    Null,
    Bool(bool),
    Smi(i32),
    Double,
    String,
    Symbol(Atom),
    BigInt,
    Object(ClassId),
    /// An element that is not there, or a variable that is not initialised.
    Hole,
}

impl Type {
    pub fn of(value: Tagged<'_>) -> Self {
        if let Some(number) = value.as_smi() {
            return Self::Smi(number);
        }
        let Some(cell) = value.view() else {
            return match value {
                Tagged::NULL => Self::Null,
                Tagged::TRUE => Self::Bool(true),
                Tagged::FALSE => Self::Bool(false),
                Tagged::HOLE => Self::Hole,
                _ => Self::Undefined,
            };
        };
        match cell.kind() {
            Kind::Double => Self::Double,
            Kind::OneByteString | Kind::TwoByteString | Kind::ConsString | Kind::SlicedString => {
                Self::String
            }
            Kind::Bytes => Self::BigInt,
            Kind::Array => Self::Symbol(Atom(cell.tag().number())),
            _ => Self::Object(ClassId(cell.tag().number())),
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Self::Smi(_) | Self::Double)
    }

    pub fn is_object(self) -> bool {
        matches!(self, Self::Object(_))
    }

    pub fn is_nullish(self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }
}

impl Machine {
    #[inline]
    pub(crate) fn type_of(&mut self, value: R) -> Type {
        Type::of(self.registers().get(value))
    }

    /// The class of an object.
    #[inline]
    pub(crate) fn class_of(&mut self, object: R) -> Option<ClassId> {
        match self.type_of(object) {
            Type::Object(class) => Some(class),
            _ => None,
        }
    }

    /// What an object is; of another value, none.
    pub(crate) fn kind_of(&mut self, object: R) -> Option<ObjectKind> {
        self.class_of(object).map(|class| self.classes.get(class).kind)
    }

    pub(crate) fn is_object(&mut self, value: R) -> bool {
        self.class_of(value).is_some()
    }

    pub(crate) fn is_callable(&mut self, value: R) -> bool {
        self.class_of(value).is_some_and(|class| self.classes.get(class).callable)
    }

    pub(crate) fn is_constructor(&mut self, value: R) -> bool {
        self.class_of(value).is_some_and(|class| self.classes.get(class).constructor)
    }

    // -- classes ------------------------------------------------------------------------------------------------

    /// Puts a cell into a table of the machine, which grows by doubling.
    pub(crate) fn put_in_table(
        &mut self,
        table: R,
        place: usize,
        value: R,
        root: usize,
    ) -> Outcome {
        let room = self.registers().view(table).map_or(0, |cell| cell.slot_count());
        if place >= room {
            self.scoped(|machine| {
                let larger = machine.temp()?;
                let mut registers = machine.registers();
                registers.alloc(larger, Kind::Array, (room + room.max(64)).max(place + 1), 0)?;
                if room > 0 {
                    registers.copy_slots(larger, 0, table, 0, room)?;
                }
                registers.store(larger, place, value)?;
                machine.store_root(root, larger);
                Ok(())
            })
        } else {
            Ok(self.registers().store(table, place, value)?)
        }
    }

    /// The prototype of an object, or `null`. What a Proxy says is not asked.
    pub(crate) fn prototype_of(&mut self, to: R, object: R) -> Outcome {
        match self.class_of(object) {
            Some(class) => self.class_prototype(to, class),
            None => {
                self.registers().set_null(to);
                Ok(())
            }
        }
    }

    /// The identity of an object that is a prototype; 0 for `null`.
    pub(crate) fn prototype_identity(&mut self, prototype: R) -> Outcome<u32> {
        if !self.is_object(prototype) {
            return Ok(0);
        }
        self.become_prototype(prototype)?;
        Ok(self.registers().identity_hash(prototype)?)
    }

    /// An object that becomes a prototype has a class of its own from then on, so that what is cached of the chain
    /// is told of its changes.
    pub(crate) fn become_prototype(&mut self, object: R) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        let class = self.classes.get(id);
        if class.is_prototype {
            return Ok(());
        }
        if class.unique {
            self.classes.get_mut(id).is_prototype = true;
            self.classes.epoch += 1;
            return Ok(());
        }
        let own = self.classes.unique(id, true);
        self.reclass_like(object, id, own)?;
        Ok(())
    }

    /// Gives an object a class of its own, changed in place from then on.
    pub(crate) fn own_class(&mut self, object: R) -> Outcome<ClassId> {
        let Some(id) = self.class_of(object) else {
            return Err(heap_model::AccessError::NoCell.into());
        };
        if self.classes.get(id).unique {
            return Ok(id);
        }
        let own = self.classes.unique(id, false);
        self.reclass_like(object, id, own)
    }

    /// Adds a class with the prototype of another, and gives it to an object.
    pub(crate) fn reclass_like(
        &mut self,
        object: R,
        like: ClassId,
        class: Class,
    ) -> Outcome<ClassId> {
        let id = self.add_class_like(like, class)?;
        self.registers().set_tag(object, tag(id.0))?;
        Ok(id)
    }

    /// The class of ordinary objects with a prototype, and room for a number of fields.
    pub(crate) fn object_class(&mut self, prototype: R, fields: usize) -> Outcome<ClassId> {
        self.kind_class(prototype, ObjectKind::Ordinary, Kind::Object, FIELDS, fields)
    }

    /// The first class of objects of a kind with a prototype: `base` slots come before their fields.
    pub(crate) fn kind_class(
        &mut self,
        prototype: R,
        kind: ObjectKind,
        cell: Kind,
        base: usize,
        fields: usize,
    ) -> Outcome<ClassId> {
        if let Some(id) = self.known_root(prototype, kind, fields) {
            return Ok(id);
        }
        let identity = self.prototype_identity(prototype)?;
        if let Some(id) = self.root_of(identity, kind, fields, false) {
            self.note_root(prototype, kind, fields, id);
            return Ok(id);
        }
        let mut class = Class::new(kind, cell, base, fields);
        describe(&mut class);
        let id = self.add_class(class, prototype)?;
        self.classes.set_root(identity, id);
        if kind == ObjectKind::Array {
            let flags = Flags(Flags::WRITABLE);
            let which = super::class::internal::ARRAY_LENGTH;
            self.classes.get_mut(id).elements = Elements::PackedSmi;
            self.classes.add_internal(id, super::atoms::known::LENGTH, flags, which);
        }
        if kind == ObjectKind::String {
            let which = super::class::internal::STRING_LENGTH;
            self.classes.add_internal(id, super::atoms::known::LENGTH, Flags::FIXED, which);
        }
        Ok(id)
    }

    /// The class of an object that is a prototype and alone in it.
    fn prototype_class(&mut self, prototype: R) -> Option<ClassId> {
        let id = self.class_of(prototype)?;
        let class = self.classes.get(id);
        (class.unique && class.is_prototype).then_some(id)
    }

    /// The first class of objects of a kind with a prototype and room for fields, if it was asked for lately.
    pub(crate) fn known_root(
        &mut self,
        prototype: R,
        kind: ObjectKind,
        fields: usize,
    ) -> Option<ClassId> {
        let of = self.prototype_class(prototype)?;
        self.classes.recent.get(of, kind, fields)
    }

    pub(crate) fn note_root(&mut self, prototype: R, kind: ObjectKind, fields: usize, id: ClassId) {
        if let Some(of) = self.prototype_class(prototype) {
            self.classes.recent.set(of, kind, fields, id);
        }
    }

    /// As `kind_class`, of the machine's own prototype.
    pub(crate) fn root_class(
        &mut self,
        root: usize,
        kind: ObjectKind,
        cell: Kind,
        base: usize,
        fields: usize,
    ) -> Outcome<ClassId> {
        if let Some((known, of, class)) = self.root_classes[root]
            && (known, of) == (kind, fields)
        {
            return Ok(class);
        }
        let class = self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.load_root(prototype, root);
            machine.kind_class(prototype, kind, cell, base, fields)
        })?;
        self.root_classes[root] = Some((kind, fields, class));
        Ok(class)
    }

    // -- making objects -----------------------------------------------------------------------------------------

    /// A new object of a class. Its slots are undefined.
    pub(crate) fn new_of(&mut self, to: R, id: ClassId) -> Outcome {
        let class = self.classes.get(id);
        let (cell, slots, raw) = (class.cell, class.slots(), usize::from(class.raw));
        self.registers().alloc_tagged(to, cell, tag(id.0), slots, raw)?;
        Ok(())
    }

    /// `{}` with room for a number of fields.
    pub(crate) fn new_object(&mut self, to: R, fields: usize) -> Outcome {
        let id = self.root_class(
            roots::OBJECT_PROTOTYPE,
            ObjectKind::Ordinary,
            Kind::Object,
            FIELDS,
            fields,
        )?;
        self.new_of(to, id)
    }

    /// An object of a kind whose prototype is one of the machine's, with slots of its own before its fields.
    pub(crate) fn new_kind(
        &mut self,
        to: R,
        root: usize,
        kind: ObjectKind,
        base: usize,
    ) -> Outcome {
        let id = self.root_class(root, kind, Kind::Object, base, 0)?;
        self.new_of(to, id)
    }

    /// The object that a built-in constructor makes: of a kind, with the prototype of the `new.target` of this
    /// construction, or of a root if that has none.
    pub(crate) fn construct_kind(
        &mut self,
        to: R,
        arguments: Arguments,
        root: usize,
        kind: ObjectKind,
        base: usize,
    ) -> Outcome {
        self.construct_cell(to, arguments, root, kind, Kind::Object, base)
    }

    pub(crate) fn construct_cell(
        &mut self,
        to: R,
        arguments: Arguments,
        root: usize,
        kind: ObjectKind,
        cell: Kind,
        base: usize,
    ) -> Outcome {
        let id = self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.new_target_prototype(prototype, arguments, root)?;
            machine.kind_class(prototype, kind, cell, base, 0)
        })?;
        self.new_of(to, id)
    }

    /// An object with the prototype in a register.
    pub(crate) fn new_with_prototype(&mut self, to: R, prototype: R) -> Outcome {
        let id = self.object_class(prototype, 4)?;
        self.new_of(to, id)
    }

    /// An array with room for `capacity` elements, of length 0.
    pub(crate) fn new_array(&mut self, to: R, capacity: usize) -> Outcome {
        self.new_array_with_fields(to, capacity, 0)
    }

    /// As `new_array`, with room for properties.
    pub(crate) fn new_array_with_fields(
        &mut self,
        to: R,
        capacity: usize,
        fields: usize,
    ) -> Outcome {
        let id = self.root_class(
            roots::ARRAY_PROTOTYPE,
            ObjectKind::Array,
            Kind::Object,
            LENGTH + 1,
            fields,
        )?;
        self.new_of(to, id)?;
        self.registers().store_value(to, LENGTH, Value::Smi(0))?;
        if capacity > 0 {
            self.scoped(|machine| {
                let elements = machine.temp()?;
                machine.new_elements(elements, capacity)?;
                Ok(machine.registers().store(to, BACKING, elements)?)
            })?;
        }
        Ok(())
    }

    // -- fields -------------------------------------------------------------------------------------------------

    /// Reads a field.
    pub(crate) fn load_field(&mut self, to: R, object: R, place: Place) -> Outcome {
        match place {
            Place::Slot(slot) => self.registers().load(to, object, slot)?,
            Place::Outside(number) => {
                self.properties(to, object)?;
                self.registers().load(to, to, number)?;
            }
        }
        Ok(())
    }

    /// The object's property array (or dictionary of names), or undefined.
    pub(crate) fn properties(&mut self, to: R, object: R) -> Outcome {
        let tag = self.load_backing(to, object)?;
        let mut registers = self.registers();
        match tag {
            Some(tags::PAIR) => registers.load(to, to, 1)?,
            Some(tags::PROPERTIES | tags::NAMES) => {}
            _ => registers.set_undefined(to),
        }
        Ok(())
    }

    /// What an object has beside its slots, and the tag of that.
    #[inline]
    fn load_backing(&mut self, to: R, object: R) -> Outcome<Option<u32>> {
        let registers = self.registers();
        let cell = registers.view(object)?;
        // The registry's kind is asked for only where a cell could be one.
        if cell.kind() == Kind::WeakCell || cell.slot_count() == REGISTRY_SLOTS {
            let id = self.class_of(object);
            if id.is_some_and(|id| self.classes.get(id).has_backing_elsewhere()) {
                return self.load_weak_backing(to, object);
            }
        }
        let mut registers = self.registers();
        registers.load(to, object, BACKING)?;
        Ok(registers.get(to).view().map(|cell| cell.tag().number()))
    }

    /// What has the private names of a proxy, if it has any or is to get some.
    pub(crate) fn proxy_privates(&mut self, to: R, proxy: R, wanted: bool) -> Outcome {
        self.load_weak_backing(to, proxy)?;
        if wanted && !self.registers().get(to).is_cell() {
            self.new_dictionary(to, 2)?;
            self.store_backing(proxy, to)?;
        }
        Ok(())
    }

    /// As `load_backing`, of an object whose first slots are the heap's.
    #[cold]
    fn load_weak_backing(&mut self, to: R, object: R) -> Outcome<Option<u32>> {
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.load_root(table, roots::WEAK_BACKINGS);
            machine.registers().enter(|scope| {
                let found = match (scope.register(table), scope.register(object)) {
                    (Value::Ref(table), Value::Ref(object)) => {
                        scope.ephemeron_get(table, object)?
                    }
                    _ => None,
                };
                scope.set_register(to, found.unwrap_or(Value::Undefined))
            })?;
            Ok(machine.registers().get(to).view().map(|cell| cell.tag().number()))
        })
    }

    fn store_backing(&mut self, object: R, from: R) -> Outcome {
        let elsewhere =
            self.class_of(object).is_some_and(|id| self.classes.get(id).has_backing_elsewhere());
        if !elsewhere {
            return Ok(self.registers().store(object, BACKING, from)?);
        }
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.load_root(table, roots::WEAK_BACKINGS);
            if !machine.registers().get(table).is_cell() {
                machine.shape(table, |scope| shapes::weak_map(scope, 0))?;
                machine.store_root(roots::WEAK_BACKINGS, table);
            }
            machine.registers().enter(|scope| {
                if let (Value::Ref(table), Value::Ref(object)) =
                    (scope.register(table), scope.register(object))
                {
                    let value = scope.register(from);
                    scope.ephemeron_set(table, object, value)?;
                }
                Ok(())
            })
        })
    }

    /// The object's elements, or undefined.
    pub(crate) fn elements(&mut self, to: R, object: R) -> Outcome {
        let tag = self.load_backing(to, object)?;
        let mut registers = self.registers();
        match tag {
            Some(tags::PAIR) => registers.load(to, to, 0)?,
            Some(tags::PROPERTIES | tags::NAMES) => registers.set_undefined(to),
            _ => {}
        }
        Ok(())
    }

    /// Replaces the object's property array or dictionary.
    pub(crate) fn set_properties(&mut self, object: R, from: R) -> Outcome {
        self.set_backing_part(object, from, 1)
    }

    pub(crate) fn set_elements(&mut self, object: R, from: R) -> Outcome {
        self.set_backing_part(object, from, 0)
    }

    fn set_backing_part(&mut self, object: R, from: R, part: usize) -> Outcome {
        self.scoped(|machine| {
            let old = machine.temps(2)?;
            let pair = old + 1;
            let found = machine.load_backing(old, object)?;
            let mut registers = machine.registers();
            let other = match found {
                Some(tags::PAIR) => return Ok(registers.store(old, part, from)?),
                Some(tags::PROPERTIES | tags::NAMES) => 1,
                Some(_) => 0,
                None => part,
            };
            if other == part {
                return machine.store_backing(object, from);
            }
            if !registers.get(from).is_cell() {
                return Ok(());
            }
            registers.alloc_tagged(pair, Kind::Array, tag(tags::PAIR), 2, 0)?;
            registers.store(pair, other, old)?;
            registers.store(pair, part, from)?;
            machine.store_backing(object, pair)
        })
    }

    /// Puts what a field that is there holds into it.
    pub(crate) fn store_field(&mut self, object: R, place: Place, from: R) -> Outcome {
        match place {
            Place::Slot(slot) => Ok(self.registers().store(object, slot, from)?),
            Place::Outside(number) => self.scoped(|machine| {
                let array = machine.temp()?;
                machine.properties(array, object)?;
                Ok(machine.registers().store(array, number, from)?)
            }),
        }
    }

    /// Writes a field that has just been given to a property: the property array grows by three.
    pub(crate) fn store_new_field(&mut self, object: R, place: Place, from: R) -> Outcome {
        let Place::Outside(number) = place else {
            return self.store_field(object, place, from);
        };
        self.scoped(|machine| {
            let old = machine.temps(2)?;
            let array = old + 1;
            machine.properties(old, object)?;
            let mut registers = machine.registers();
            let room = registers.get(old).view().map_or(0, |cell| cell.slot_count());
            if number < room {
                return Ok(registers.store(old, number, from)?);
            }
            let size = layout::property_array(number - room + 1);
            let slots = room + (size - 16) / 8;
            registers.alloc_tagged(array, Kind::Array, tag(tags::PROPERTIES), slots, 0)?;
            if room > 0 {
                registers.copy_slots(array, 0, old, 0, room)?;
            }
            registers.store(array, number, from)?;
            machine.set_properties(object, array)
        })
    }

    /// Adds a property of the engine's own, which takes no field, and which the object does not have.
    pub(crate) fn add_internal(
        &mut self,
        object: R,
        key: Atom,
        flags: Flags,
        which: u16,
    ) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        let class = self.classes.get(id);
        if class.unique || class.dictionary {
            let id = self.own_class(object)?;
            self.classes.add_internal(id, key, flags, which);
            self.classes.epoch += 1;
            return Ok(());
        }
        let flags = Flags(flags.0 | Flags::INTERNAL);
        self.lose_dead_classes();
        let next = match self.classes.with_internal(id, key, flags, which) {
            Next::Same => return Ok(()),
            Next::Known(next) => self.keep_class(next),
            Next::New(class) => {
                let next = self.add_class_behind(id, class, true)?;
                self.classes.remember(id, key, flags, next);
                self.describe_class(id, next)?;
                next
            }
        };
        Ok(self.registers().set_tag(object, tag(next.0))?)
    }

    /// Adds a property that the object does not have.
    pub(crate) fn add_field(&mut self, object: R, key: Atom, flags: Flags, from: R) -> Outcome {
        self.add_field_for(object, key, flags, from, true)
    }

    /// As `add_field`, by an assignment: the class that it leads to lives no longer than its objects.
    pub(crate) fn add_assigned(&mut self, object: R, key: Atom, from: R) -> Outcome {
        self.add_field_for(object, key, Flags::PLAIN, from, false)
    }

    fn add_field_for(
        &mut self,
        object: R,
        key: Atom,
        flags: Flags,
        from: R,
        stays: bool,
    ) -> Outcome {
        let Some(id) = self.class_of(object) else {
            return Err(heap_model::AccessError::NoCell.into());
        };
        if self.classes.get(id).dictionary || self.classes.get(id).is_full() {
            self.make_dictionary(object)?;
            return self.add_to_dictionary(object, key, flags, from);
        }
        self.atoms.hold(key);
        self.lose_dead_classes();
        let new = Representation::of(self.registers().get(from));
        let next = match self.classes.with_property(id, key, flags, new) {
            Next::Same => {
                self.describe_own(id)?;
                id
            }
            Next::Known(next) => {
                let held = self.classes.get(next).last_holds();
                if held != new && held.join(new) != held {
                    self.generalize(next, key, new)?;
                }
                self.keep_class(next)
            }
            // The keys differ from object to object: no class is of use to another (V8's `TooManyTransitions`).
            Next::New(_) if self.classes.get(id).has_many_steps() => {
                self.make_dictionary(object)?;
                return self.add_to_dictionary(object, key, flags, from);
            }
            Next::New(class) => {
                let next = self.add_class_behind(id, class, stays)?;
                self.classes.remember(id, key, flags, next);
                self.describe_class(id, next)?;
                next
            }
        };
        let class = self.classes.get(next);
        let place = class.place(class.used - 1);
        if new != Representation::Tagged && class.last_holds() == Representation::Double {
            self.scoped(|machine| {
                let own = machine.temp()?;
                machine.make_own_number(own, from)?;
                machine.store_new_field(object, place, own)
            })?;
        } else {
            self.store_new_field(object, place, from)?;
        }
        if next != id {
            self.registers().set_tag(object, tag(next.0))?;
        }
        Ok(())
    }

    /// Gives an object the class that a change of elements leads to.
    pub(crate) fn transition_elements(&mut self, object: R, elements: Elements) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        self.lose_dead_classes();
        let next = match self.classes.with_elements(id, elements) {
            Next::Same => return Ok(()),
            Next::Known(next) => self.keep_class(next),
            Next::New(class) => {
                let next = self.add_class_behind(id, class, true)?;
                self.classes.remember_elements(id, elements, next);
                next
            }
        };
        Ok(self.registers().set_tag(object, tag(next.0))?)
    }

    /// Lets no property be added to an object; takes flags from those that it has.
    pub(crate) fn fix_properties(&mut self, object: R, without: Flags) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        if self.classes.get(id).dictionary {
            self.fix_dictionary(object, without)?;
            let mut class = self.classes.get(id).clone();
            class.extensible = false;
            self.reclass_like(object, id, class)?;
            return Ok(());
        }
        self.lose_dead_classes();
        let next = match self.classes.fixed(id, without) {
            Next::Same => return Ok(()),
            Next::Known(next) => self.keep_class(next),
            Next::New(class) if self.classes.get(id).unique => self.add_class_like(id, class)?,
            Next::New(class) => {
                let next = self.add_class_behind(id, class, true)?;
                self.classes.remember_fixed(id, without, next);
                next
            }
        };
        Ok(self.registers().set_tag(object, tag(next.0))?)
    }

    /// Gives an object another prototype.
    pub(crate) fn replace_prototype(&mut self, object: R, prototype: R) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        self.prototype_identity(prototype)?;
        let old = self.classes.get(id).is_prototype;
        let mut class = self.classes.unique(id, old);
        class.unique = self.classes.get(id).unique;
        let next = self.add_lone_class(class, prototype)?;
        Ok(self.registers().set_tag(object, tag(next.0))?)
    }

    /// A property of a class that is a field.
    pub(crate) fn field_place(&self, id: ClassId, property: Property) -> Place {
        self.classes.get(id).place(property.field)
    }
}

/// What follows from an object's kind.
fn describe(class: &mut Class) {
    class.callable = matches!(class.kind, ObjectKind::Function | ObjectKind::BoundFunction);
}
