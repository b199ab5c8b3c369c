//! What V8 keeps in the heap beside a map: descriptor arrays, and what a constructor's first instances and a class literal
//! add. The cells hold nothing here; they take the room that V8's take.
//!
//! Sources: V8's `Map::ShareDescriptor` and `Map::SlackForArraySize` (objects/map.cc), `PrototypeInfo` and
//! `ClassBoilerplate::AddToPropertiesTemplate` (objects/).

use super::class::{Class, ClassId, ObjectKind};
use super::layout::{CLASS_DESCRIPTORS, CLASS_INFO, FIELDS, tag, tags};
use crate::compile::op::Members;
use crate::machine::{Machine, R, roots};
use crate::thrown::Outcome;
use heap_model::{Kind, Value};

/// Slots of a descriptor array beside its descriptors, and of a descriptor: key, details, value.
const HEAD: usize = 1;
const DESCRIPTOR: usize = 3;
/// What V8's heap keeps for each property of a constructor's instance beside its descriptor: eight bytes, as measured, which no
/// cell of a heap snapshot has.
const GAP: usize = 1;
/// What a pair of functions takes here more than in V8, where it has no hash and lies in the descriptor, not in a field.
const PAIR: usize = 2;
/// V8's validity cell of a map, of 16 bytes, and the prototype's `PrototypeInfo` of 56, in one cell.
const INFO_SLOTS: usize = 7;
/// What a map has in the place of those before the first property is added to a constructor's instance.
const FIRST_INSTANCE: i32 = 1;
/// What the maps have there to which the properties of such an instance lead.
const LATER_INSTANCE: i32 = 2;
/// The prototypes that inherit from `Object.prototype` when a program of Node's begins, and the room for them.
const FIRST_USERS: usize = 40;
const FIRST_USERS_ROOM: usize = 46;
/// Descriptors of every constructor that a class literal makes (length, name, prototype, the place in the source), and of
/// every prototype (the constructor). The place in the source and the constructor are in fields.
const CONSTRUCTOR_PROPERTIES: usize = 4;
const PROTOTYPE_PROPERTIES: usize = 1;
const OWN_FIELDS: usize = 1;

impl Machine {
    /// Gives a class that has one property more than another the descriptors that the line shares.
    pub(crate) fn describe_class(&mut self, before: ClassId, class: ClassId) -> Outcome {
        let count = self.classes.get(class).count();
        self.scoped(|machine| {
            let old = machine.temps(3)?;
            let (new, part) = (old + 1, old + 2);
            machine.class_cell(old, before)?;
            machine.class_cell(new, class)?;
            machine.registers().load(part, old, CLASS_INFO)?;
            let place = machine.registers().smi(part);
            if place == Some(FIRST_INSTANCE) {
                machine.make_info(part, old, INFO_SLOTS)?;
                machine.count_prototype_user(part)?;
                machine.classes.get_mut(before).is_listed = true;
            }
            if place.is_some() {
                machine.registers().store_value(new, CLASS_INFO, Value::Smi(LATER_INSTANCE))?;
            }
            let each = if place.is_some() { DESCRIPTOR + GAP } else { DESCRIPTOR };
            machine.registers().load(part, old, CLASS_DESCRIPTORS)?;
            let room = machine.registers().view(part).map_or(0, |cell| cell.slot_count());
            if room < HEAD + each * count {
                let spare = if count < 6 { 0 } else { (count - 1) / 4 - 1 };
                machine.make_descriptors(part, HEAD + each * (count + spare))?;
                machine.share_descriptors(part, before)?;
            }
            Ok(machine.registers().store(new, CLASS_DESCRIPTORS, part)?)
        })
    }

    /// Gives a class, and those that led to it, the descriptors of a class behind.
    fn share_descriptors(&mut self, descriptors: R, class: ClassId) -> Outcome {
        let cell = self.temp()?;
        let mut next = Some(class);
        while let Some(id) = next.filter(|id| self.classes.get(*id).count() > 0) {
            self.class_cell(cell, id)?;
            self.registers().store(cell, CLASS_DESCRIPTORS, descriptors)?;
            next = self.classes.get(id).before;
        }
        Ok(())
    }

    /// Tells that a class is the one of a constructor's first instance.
    pub(crate) fn describe_instances(&mut self, class: ClassId) -> Outcome {
        self.scoped(|machine| {
            let cell = machine.temp()?;
            machine.class_cell(cell, class)?;
            Ok(machine.registers().store_value(cell, CLASS_INFO, Value::Smi(FIRST_INSTANCE))?)
        })
    }

    /// Gives the constructor of a class literal a class of its own, with room for static members.
    pub(crate) fn shape_constructor(&mut self, constructor: R, members: Members) -> Outcome {
        let id = self.own_class(constructor)?;
        // The first field is the place in the source, which only V8 keeps there.
        self.classes.get_mut(id).used = OWN_FIELDS as u16;
        let (fields, accessors) = (members.static_fields.into(), members.static_accessors.into());
        self.shape_literal(constructor, id, CONSTRUCTOR_PROPERTIES, (fields, accessors))
    }

    /// Makes the prototype of a class literal, which has a class of its own, and no fields inside.
    pub(crate) fn shape_prototype(&mut self, to: R, parent: R, members: Members) -> Outcome {
        self.prototype_identity(parent)?;
        let mut class = Class::new(ObjectKind::Ordinary, Kind::Object, FIELDS, 0);
        (class.unique, class.is_prototype) = (true, true);
        let id = self.add_lone_class(class, parent)?;
        self.new_of(to, id)?;
        let (fields, accessors) = (members.fields.into(), members.accessors.into());
        self.shape_literal(to, id, PROTOTYPE_PROPERTIES, (fields, accessors))
    }

    /// Makes the room for properties of its own and for members. V8 has pairs of functions in their descriptors, which here
    /// are in fields.
    fn shape_literal(
        &mut self,
        object: R,
        id: ClassId,
        own: usize,
        (fields, accessors): (usize, usize),
    ) -> Outcome {
        let slots = OWN_FIELDS + fields + accessors;
        self.scoped(|machine| {
            let (cell, part) = (machine.temp()?, machine.temp()?);
            let mut registers = machine.registers();
            registers.alloc_tagged(part, Kind::Array, tag(tags::PROPERTIES), slots, 0)?;
            machine.set_properties(object, part)?;
            machine.class_cell(cell, id)?;
            let all = own + fields + accessors;
            machine.make_descriptors(part, HEAD + DESCRIPTOR * all - PAIR * accessors)?;
            Ok(machine.registers().store(cell, CLASS_DESCRIPTORS, part)?)
        })
    }

    /// A class of one object, to which a property was added: V8 copies its descriptors, with no room to spare.
    pub(crate) fn describe_own(&mut self, id: ClassId) -> Outcome {
        let class = self.classes.get(id);
        let count = class.count() + usize::from(class.callable);
        self.scoped(|machine| {
            let (cell, part) = (machine.temp()?, machine.temp()?);
            machine.class_cell(cell, id)?;
            machine.registers().load(part, cell, CLASS_DESCRIPTORS)?;
            let Ok(room) = machine.registers().view(part).map(|cell| cell.slot_count()) else {
                return Ok(());
            };
            let own = machine.classes.get(id).properties();
            let pairs = own.iter().filter(|one| one.flags.is_accessor()).count();
            if room + PAIR * pairs >= HEAD + DESCRIPTOR * count {
                return Ok(());
            }
            machine.make_descriptors(part, HEAD + DESCRIPTOR * count - PAIR * pairs)?;
            Ok(machine.registers().store(cell, CLASS_DESCRIPTORS, part)?)
        })
    }

    fn make_descriptors(&mut self, to: R, slots: usize) -> Outcome {
        let kind = tag(tags::DESCRIPTORS);
        Ok(self.registers().alloc_tagged(to, Kind::Array, kind, slots, 0)?)
    }

    /// One more prototype is in the list of those that inherit from `Object.prototype` (V8's `PrototypeUsers::Add`).
    fn count_prototype_user(&mut self, list: R) -> Outcome {
        self.prototype_users += 1;
        let count = FIRST_USERS + self.prototype_users;
        self.load_root(list, roots::PROTOTYPE_USERS);
        let room = self.registers().view(list).map_or(FIRST_USERS_ROOM, |cell| cell.slot_count());
        if count > room {
            let kind = tag(tags::DESCRIPTORS);
            self.registers().alloc_tagged(list, Kind::Array, kind, count + count / 2, 0)?;
            self.store_root(roots::PROTOTYPE_USERS, list);
        }
        Ok(())
    }

    fn make_info(&mut self, part: R, cell: R, slots: usize) -> Outcome {
        let mut registers = self.registers();
        registers.alloc_tagged(part, Kind::Array, tag(tags::DESCRIPTORS), slots, 0)?;
        Ok(registers.store(cell, CLASS_INFO, part)?)
    }
}
