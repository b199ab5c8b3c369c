//! What V8 keeps in the heap beside a map: descriptor arrays, and what a constructor's first instances and a class literal
//! add. The cells hold nothing here; they take the room that V8's take.
//!
//! Sources: V8's `Map::ShareDescriptor` and `Map::SlackForArraySize` (objects/map.cc), `PrototypeInfo` and
//! `ClassBoilerplate::AddToPropertiesTemplate` (objects/).

use super::class::ClassId;
use super::layout::{CLASS_DESCRIPTORS, CLASS_INFO, tag, tags};
use crate::machine::{Machine, R, roots};
use crate::thrown::Outcome;
use heap_model::Kind;

/// Slots of a descriptor array beside its descriptors, and of a descriptor: key, details, value.
const HEAD: usize = 1;
const DESCRIPTOR: usize = 3;
/// V8's validity cell of a first instance's map, with nothing behind the header.
const CELL_SLOTS: usize = 0;
/// That cell, and the prototype's `PrototypeInfo` of 56 bytes.
const INFO_SLOTS: usize = CELL_SLOTS + 9;
/// The prototypes that inherit from `Object.prototype` when a program of Node's begins, and the room for them.
const FIRST_USERS: usize = 40;
const FIRST_USERS_ROOM: usize = 46;
/// What a class literal makes beside constructor and prototype: a context of 32 bytes, the constructor's map and its four
/// descriptors, the prototype's descriptor, and two property arrays of a slot; less the prototype's room for fields.
const LITERAL_SLOTS: usize = 34;

impl Machine {
    /// Gives a class that has one property more than another the descriptors that the line shares.
    pub(crate) fn describe_class(&mut self, before: ClassId, class: ClassId) -> Outcome {
        let count = self.classes.get(class).count();
        self.scoped(|machine| {
            let old = machine.temps(3)?;
            let (new, part) = (old + 1, old + 2);
            machine.class_cell(old, before)?;
            machine.class_cell(new, class)?;
            machine.registers().load(part, old, CLASS_DESCRIPTORS)?;
            let room = machine.registers().view(part).map_or(0, |cell| cell.slot_count());
            if room < HEAD + DESCRIPTOR * count {
                let spare = if count < 6 { 0 } else { (count - 1) / 4 - 1 };
                let slots = HEAD + DESCRIPTOR * (count + spare);
                let kind = tag(tags::DESCRIPTORS);
                machine.registers().alloc_tagged(part, Kind::Array, kind, slots, 0)?;
                machine.share_descriptors(part, before)?;
            }
            machine.registers().store(new, CLASS_DESCRIPTORS, part)?;
            machine.registers().load(part, old, CLASS_INFO)?;
            let first = machine.registers().view(part).is_ok_and(|cell| cell.slot_count() == 0);
            if first {
                machine.make_info(part, old, INFO_SLOTS)?;
                machine.count_prototype_user(part)?;
            }
            Ok(())
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
            let (cell, part) = (machine.temp()?, machine.temp()?);
            machine.class_cell(cell, class)?;
            machine.make_info(part, cell, CELL_SLOTS)
        })
    }

    /// Tells that a prototype is the one of a class literal.
    pub(crate) fn describe_literal(&mut self, prototype: R) -> Outcome {
        self.become_prototype(prototype)?;
        let Some(class) = self.class_of(prototype) else { return Ok(()) };
        self.scoped(|machine| {
            let (cell, part) = (machine.temp()?, machine.temp()?);
            machine.class_cell(cell, class)?;
            machine.make_info(part, cell, LITERAL_SLOTS)
        })
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

    fn class_cell(&mut self, to: R, class: ClassId) -> Outcome {
        self.load_root(to, roots::CLASS_CELLS);
        let place = (class.0 - tags::FIRST_CLASS) as usize;
        Ok(self.registers().load(to, to, place)?)
    }
}
