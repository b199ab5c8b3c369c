//! Dictionaries in the heap: of names, for objects whose properties are many or were deleted, and of numbers, for sparse
//! elements (V8's `NameDictionary` and `NumberDictionary`: their sizes, and when they grow).
//!
//! A header of small integers, then an entry of three slots for each place: key, value, and what the property allows; of a
//! name, also in which order it came. A free place's key is undefined, a deleted one's is the hole.

use super::atoms::Atom;
use super::class::{Class, Flags, ObjectKind};
use super::layout::{BACKING, tags};
use crate::machine::{Machine, R};
use crate::objects::layout::tag;
use crate::thrown::Outcome;
use heap_model::{Kind, Seen, Tagged, Value, layout};

const COUNT: usize = 0;
const DELETED: usize = 1;
/// The number that the next name gets, for the order of names.
const NEXT: usize = 2;
const NAMES_HEADER: usize = 6;
const NUMBERS_HEADER: usize = 4;
const ENTRY: usize = 3;

fn spread(number: u32) -> usize {
    (number.wrapping_mul(0x9E37_79B1) >> 7) as usize
}

impl Machine {
    fn count(&mut self, table: R, which: usize) -> usize {
        let registers = self.registers();
        registers.peek(table, which).ok().and_then(Tagged::as_smi).unwrap_or(0) as usize
    }

    fn set_count(&mut self, table: R, which: usize, number: usize) -> Outcome {
        Ok(self.registers().store_value(table, which, Value::Smi(number as i32))?)
    }

    fn places(&mut self, table: R, header: usize) -> usize {
        let slots = self.registers().view(table).map_or(0, |cell| cell.slot_count());
        slots.saturating_sub(header) / ENTRY
    }

    fn new_table(&mut self, to: R, header: usize, kind: u32, entries: usize) -> Outcome {
        let places = layout::dictionary_capacity(entries);
        let slots = header + ENTRY * places;
        self.registers().alloc_tagged(to, Kind::Array, tag(kind), slots, 0)?;
        for slot in 0..header {
            self.set_count(to, slot, 0)?;
        }
        Ok(())
    }

    /// Whether another entry has room (V8's `HasSufficientCapacityToAdd`).
    fn has_room(&mut self, table: R, header: usize) -> bool {
        let (places, count) = (self.places(table, header), self.count(table, COUNT) + 1);
        let deleted = self.count(table, DELETED);
        count < places && deleted <= (places - count) / 2 && count + count / 2 <= places
    }

    // -- names --------------------------------------------------------------------------------------------------

    /// The slot of a name's value, and what the property allows.
    pub(crate) fn find_name(&mut self, table: R, key: Atom) -> Option<(usize, Flags)> {
        let places = self.places(table, NAMES_HEADER);
        let registers = self.registers();
        let cell = registers.view(table).ok()?;
        let name = registers.numbered(key.0);
        let mut place = spread(key.0) & (places - 1);
        loop {
            let slot = NAMES_HEADER + ENTRY * place;
            let found = cell.tagged(slot).ok()?;
            let is_it = match name {
                Some(name) => found == name,
                // A symbol, or a name that no string has.
                None => found.view().is_some_and(|found| found.tag().number() == key.0),
            };
            if is_it {
                let details = cell.tagged(slot + 2).ok()?.as_smi()?;
                return Some((slot + 1, Flags(details as u8)));
            }
            if found == Tagged::UNDEFINED {
                return None;
            }
            place = (place + 1) & (places - 1);
        }
    }

    /// Reads an object's property in its dictionary, if it is there and no accessor; whether it is.
    pub(crate) fn get_entry(&mut self, to: R, object: R, key: Atom) -> Outcome<bool> {
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.properties(table, object)?;
            let Some((slot, flags)) = machine.find_name(table, key) else { return Ok(false) };
            if flags.is_accessor() {
                return Ok(false);
            }
            machine.registers().load(to, table, slot)?;
            Ok(true)
        })
    }

    /// Writes an object's property in its dictionary, if it is there and may be written; whether it was.
    pub(crate) fn set_entry(&mut self, object: R, key: Atom, value: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.properties(table, object)?;
            let Some((slot, flags)) = machine.find_name(table, key) else { return Ok(false) };
            if flags.is_accessor() || !flags.writable() {
                return Ok(false);
            }
            machine.registers().store(table, slot, value)?;
            Ok(true)
        })
    }

    /// Adds a name that is not there.
    pub(crate) fn add_to_dictionary(
        &mut self,
        object: R,
        key: Atom,
        flags: Flags,
        value: R,
    ) -> Outcome {
        if let Some(id) = self.class_of(object)
            && self.classes.get(id).is_prototype
        {
            self.classes.epoch += 1;
        }
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.properties(table, object)?;
            if !machine.has_room(table, NAMES_HEADER) {
                let larger = machine.temp()?;
                let entries = machine.count(table, COUNT) + 1;
                machine.new_table(larger, NAMES_HEADER, tags::NAMES, entries)?;
                machine.copy_names(larger, table)?;
                machine.set_properties(object, larger)?;
                machine.copy(table, larger);
            }
            machine.insert_name(table, key, value, flags)
        })
    }

    fn insert_name(&mut self, table: R, key: Atom, value: R, flags: Flags) -> Outcome {
        self.scoped(|machine| {
            let name = machine.temp()?;
            machine.atom_value(name, key)?;
            machine.insert_entry(table, (name, key), value, flags)
        })
    }

    /// As `insert_name`, with the name's cell in a register.
    fn insert_entry(
        &mut self,
        table: R,
        (name, key): (R, Atom),
        value: R,
        flags: Flags,
    ) -> Outcome {
        let order = self.count(table, NEXT);
        let places = self.places(table, NAMES_HEADER);
        let mut place = spread(key.0) & (places - 1);
        let mut registers = self.registers();
        while registers.peek(table, NAMES_HEADER + ENTRY * place)? != Tagged::UNDEFINED {
            place = (place + 1) & (places - 1);
        }
        let slot = NAMES_HEADER + ENTRY * place;
        registers.store(table, slot, name)?;
        registers.store(table, slot + 1, value)?;
        let details = (order << 8) as i32 | i32::from(flags.0);
        registers.store_value(table, slot + 2, Value::Smi(details))?;
        let count = self.count(table, COUNT) + 1;
        self.set_count(table, COUNT, count)?;
        self.set_count(table, NEXT, order + 1)
    }

    fn copy_names(&mut self, to: R, from: R) -> Outcome {
        let names = self.names_of(from)?;
        self.scoped(|machine| {
            let name = machine.temps(2)?;
            let value = name + 1;
            for (key, flags, slot) in names {
                let mut registers = machine.registers();
                registers.load(name, from, slot - 1)?;
                registers.load(value, from, slot)?;
                machine.insert_entry(to, (name, key), value, flags)?;
            }
            Ok(())
        })
    }

    /// The names of a dictionary in the order in which they came, with the slots of their values.
    pub(crate) fn names_of(&mut self, table: R) -> Outcome<Vec<(Atom, Flags, usize)>> {
        let places = self.places(table, NAMES_HEADER);
        let registers = self.registers();
        let cell = registers.view(table)?;
        let mut names = Vec::new();
        for place in 0..places {
            let slot = NAMES_HEADER + ENTRY * place;
            if let Seen::Ref(name) = cell.get(slot)? {
                let details = cell.tagged(slot + 2)?.as_smi().unwrap_or(0);
                names.push((
                    details as u32 >> 8,
                    Atom(name.tag().number()),
                    Flags(details as u8),
                    slot + 1,
                ));
            }
        }
        names.sort_unstable_by_key(|(order, ..)| *order);
        Ok(names.into_iter().map(|(_, key, flags, slot)| (key, flags, slot)).collect())
    }

    /// Changes what a name of a dictionary allows.
    pub(crate) fn set_name_flags(&mut self, table: R, slot: usize, flags: Flags) -> Outcome {
        let mut registers = self.registers();
        let details = registers.peek(table, slot + 1)?.as_smi().unwrap_or(0);
        let details = (details & !255) | i32::from(flags.0);
        Ok(registers.store_value(table, slot + 1, Value::Smi(details))?)
    }

    pub(crate) fn remove_name(&mut self, table: R, slot: usize) -> Outcome {
        let mut registers = self.registers();
        registers.store_value(table, slot - 1, Value::Hole)?;
        registers.store_value(table, slot, Value::Hole)?;
        registers.store_value(table, slot + 1, Value::Smi(0))?;
        let (count, deleted) = (self.count(table, COUNT) - 1, self.count(table, DELETED) + 1);
        self.set_count(table, COUNT, count)?;
        self.set_count(table, DELETED, deleted)
    }

    /// The object's properties become a dictionary, and its room for fields is given up (V8's
    /// `JSObject::NormalizeProperties`).
    pub(crate) fn make_dictionary(&mut self, object: R) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        let class = self.classes.get(id);
        if class.dictionary {
            return Ok(());
        }
        let properties = class.properties();
        let (base, fields) = (usize::from(class.base), class.fields);
        self.scoped(|machine| {
            let (table, value) = (machine.temp()?, machine.temp()?);
            // Room for two more.
            machine.new_table(table, NAMES_HEADER, tags::NAMES, properties.len() + 2)?;
            let mut internal = Vec::new();
            for property in &properties {
                if property.flags.is_internal() {
                    internal.push(*property);
                    continue;
                }
                let place = machine.classes.get(id).place(property.field);
                machine.load_field(value, object, place)?;
                machine.insert_name(table, property.key, value, property.flags)?;
            }
            let old = machine.classes.get(id);
            let mut class = Class::new(old.kind, old.cell, base, 0);
            class.raw = old.raw;
            class.elements = old.elements;
            class.extensible = old.extensible;
            class.callable = old.callable;
            class.constructor = old.constructor;
            class.is_prototype = old.is_prototype;
            class.unique = old.unique;
            class.frozen = old.frozen;
            class.sealed = old.sealed;
            class.dictionary = true;
            let unique = old.unique;
            machine.classes.epoch += 1;
            // The dictionary replaces the property array, so it comes last.
            machine.set_properties(object, table)?;
            let prototype = value;
            machine.class_prototype(prototype, id)?;
            let identity = machine.prototype_identity(prototype)?;
            let kind = machine.classes.get(id).kind;
            let plain = !unique
                && internal.is_empty()
                && class.extensible
                && kind == ObjectKind::Ordinary
                && class.elements == super::class::Elements::HoleySmi;
            let known = plain.then(|| machine.root_of(identity, kind, 0, true)).flatten();
            let next = match known {
                Some(known) => known,
                None => {
                    let next = machine.add_class(class, prototype)?;
                    if plain {
                        machine.classes.set_root(identity, next);
                    }
                    for property in internal {
                        let which = property.field;
                        machine.classes.add_internal(next, property.key, property.flags, which);
                    }
                    next
                }
            };
            // What lay in the object lies in the dictionary alone: what is deleted there is not kept here.
            let mut registers = machine.registers();
            for slot in base..base + usize::from(fields) {
                registers.store_value(object, slot, Value::Undefined)?;
            }
            Ok(registers.set_tag(object, tag(next.0))?)
        })
    }

    /// Takes flags from all properties of a dictionary.
    pub(crate) fn fix_dictionary(&mut self, object: R, without: Flags) -> Outcome {
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.properties(table, object)?;
            for (_, flags, slot) in machine.names_of(table)? {
                let keeps = flags.is_accessor();
                let gone = if keeps { without.0 & !Flags::WRITABLE } else { without.0 };
                machine.set_name_flags(table, slot, Flags(flags.0 & !gone))?;
            }
            Ok(())
        })
    }

    /// `Object.create(null)`: a dictionary from the beginning.
    pub(crate) fn new_dictionary(&mut self, to: R, entries: usize) -> Outcome {
        let known = self.root_of(0, ObjectKind::Ordinary, 0, true);
        self.scoped(|machine| {
            let table = machine.temp()?;
            let id = match known {
                Some(known) => known,
                None => {
                    machine.registers().set_null(table);
                    let mut class =
                        Class::new(ObjectKind::Ordinary, Kind::Object, super::layout::FIELDS, 0);
                    class.dictionary = true;
                    let id = machine.add_class(class, table)?;
                    machine.classes.set_root(0, id);
                    id
                }
            };
            machine.new_of(to, id)?;
            machine.new_table(table, NAMES_HEADER, tags::NAMES, entries)?;
            Ok(machine.registers().store(to, BACKING, table)?)
        })
    }

    // -- numbers ------------------------------------------------------------------------------------------------

    pub(crate) fn new_numbers(&mut self, to: R, entries: usize) -> Outcome {
        self.new_table(to, NUMBERS_HEADER, tags::NUMBERS, entries)
    }

    /// The slot of a number's value, and what the property allows.
    pub(crate) fn find_number(&mut self, table: R, key: u32) -> Option<(usize, Flags)> {
        let places = self.places(table, NUMBERS_HEADER);
        let registers = self.registers();
        let cell = registers.view(table).ok()?;
        let mut place = spread(key) & (places - 1);
        loop {
            let slot = NUMBERS_HEADER + ENTRY * place;
            match cell.get(slot).ok()? {
                Seen::Smi(found) if found as u32 == key => {
                    let details = cell.tagged(slot + 2).ok()?.as_smi()?;
                    return Some((slot + 1, Flags(details as u8)));
                }
                Seen::Undefined => return None,
                _ => place = (place + 1) & (places - 1),
            }
        }
    }

    /// Writes an element of a sparse object.
    pub(crate) fn put_number(
        &mut self,
        object: R,
        table: R,
        key: u32,
        value: R,
        flags: Flags,
    ) -> Outcome {
        if let Some((slot, _)) = self.find_number(table, key) {
            let mut registers = self.registers();
            registers.store(table, slot, value)?;
            return Ok(registers.store_value(table, slot + 1, Value::Smi(i32::from(flags.0)))?);
        }
        if !self.has_room(table, NUMBERS_HEADER) {
            self.scoped(|machine| {
                let (larger, old) = (machine.temp()?, machine.temp()?);
                let entries = machine.count(table, COUNT) + 1;
                machine.new_numbers(larger, entries)?;
                for (key, flags, slot) in machine.numbers_of(table)? {
                    machine.registers().load(old, table, slot)?;
                    machine.insert_number(larger, key, old, flags)?;
                }
                machine.set_elements(object, larger)?;
                machine.copy(table, larger);
                Ok(())
            })?;
        }
        self.insert_number(table, key, value, flags)
    }

    /// Adds a number that is not there, to a table that has room.
    pub(crate) fn insert_number(&mut self, table: R, key: u32, value: R, flags: Flags) -> Outcome {
        let places = self.places(table, NUMBERS_HEADER);
        let mut place = spread(key) & (places - 1);
        while self.registers().peek(table, NUMBERS_HEADER + ENTRY * place)? != Tagged::UNDEFINED {
            place = (place + 1) & (places - 1);
        }
        let slot = NUMBERS_HEADER + ENTRY * place;
        let mut registers = self.registers();
        registers.store_value(table, slot, Value::Smi(key as i32))?;
        registers.store(table, slot + 1, value)?;
        registers.store_value(table, slot + 2, Value::Smi(i32::from(flags.0)))?;
        let count = self.count(table, COUNT) + 1;
        self.set_count(table, COUNT, count)
    }

    pub(crate) fn remove_number(&mut self, table: R, key: u32) -> Outcome {
        let Some((slot, _)) = self.find_number(table, key) else { return Ok(()) };
        self.remove_name(table, slot)
    }

    /// The numbers of a dictionary, the least first, with the slots of their values.
    pub(crate) fn numbers_of(&mut self, table: R) -> Outcome<Vec<(u32, Flags, usize)>> {
        let places = self.places(table, NUMBERS_HEADER);
        let registers = self.registers();
        let cell = registers.view(table)?;
        let mut numbers = Vec::new();
        for place in 0..places {
            let slot = NUMBERS_HEADER + ENTRY * place;
            if let Seen::Smi(key) = cell.get(slot)? {
                let details = cell.tagged(slot + 2)?.as_smi().unwrap_or(0);
                numbers.push((key as u32, Flags(details as u8), slot + 1));
            }
        }
        numbers.sort_unstable_by_key(|(key, ..)| *key);
        Ok(numbers)
    }

    /// Removes all numbers from one on.
    pub(crate) fn truncate_numbers(&mut self, table: R, length: u32) -> Outcome {
        for (key, ..) in self.numbers_of(table)? {
            if key >= length {
                self.remove_number(table, key)?;
            }
        }
        Ok(())
    }
}
