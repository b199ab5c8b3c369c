//! Elements: properties that are array indices (V8's `elements.cc`).
//!
//! They are slots of a cell, where holes stand for those that are not there; doubles without cells of their own, as
//! long as all are numbers; or a dictionary, where they are sparse. The class says which: [`Elements`].

use super::class::{Elements, Flags, ObjectKind};
use super::layout::{LENGTH, tags};
use super::object::Type;
use crate::machine::{Machine, R};
use crate::objects::layout::tag;
use crate::thrown::Outcome;
use core::ops::Range;
use heap_model::{Kind, Tagged, Value};

/// The bits of a double that is not there (V8's `kHoleNanInt64`).
pub(super) const HOLE: u64 = 0xFFF7_FFFF_FFF7_FFFF;
/// An index this far behind the elements makes them a dictionary (V8's `kMaxGap`).
const MAX_GAP: usize = 1024;
/// Elements up to this many are not asked whether they are sparse (V8's `kMaxUncheckedFastElementsLength`).
const UNCHECKED: usize = 5000;
/// Room that elements are given beyond what they need (V8's `JSObject::kMinAddedElementsCapacity`).
const MIN_ADDED: usize = 16;
/// The longest array that is made with room for all of its elements (V8's `kInitialMaxFastElementArray`).
pub const MAX_FAST: usize = 32 << 20;

/// How elements are kept, by their cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    None,
    Slots,
    Shared,
    Doubles,
    Dictionary,
}

/// How an array becomes shorter, which decides what becomes of its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shorten {
    /// Its length is set (V8's `FastElementsAccessor::SetLengthImpl`).
    Set,
    /// An end is taken off: the built-in in V8's own assembly leaves alone what the other would trim by one.
    Take,
    /// A part is taken out: V8's `FastArraySplice` keeps all room.
    Splice,
}

/// The room that elements get when one behind them is written (V8's `NewElementsCapacity`).
pub(crate) fn grown(needed: usize) -> usize {
    needed + needed / 2 + MIN_ADDED
}

impl Machine {
    /// Elements that are all holes.
    pub(crate) fn new_elements(&mut self, to: R, capacity: usize) -> Outcome {
        let mut registers = self.registers();
        registers.alloc_holes(to, Kind::Array, capacity)?;
        Ok(registers.set_tag(to, tag(tags::ELEMENTS))?)
    }

    /// How a cell in a register keeps elements, and how many it has room for.
    pub(crate) fn store_of(&mut self, elements: R) -> (Store, usize) {
        let registers = self.registers();
        let Some(cell) = registers.get(elements).view() else { return (Store::None, 0) };
        match cell.tag().number() {
            tags::ELEMENTS => (Store::Slots, cell.slot_count()),
            tags::SHARED_ELEMENTS => (Store::Shared, cell.slot_count()),
            tags::DOUBLES => (Store::Doubles, (cell.size() - 16) / 8),
            tags::NUMBERS => (Store::Dictionary, 0),
            _ => (Store::None, 0),
        }
    }

    /// An array's length.
    pub(crate) fn array_length(&mut self, array: R) -> usize {
        let registers = self.registers();
        let length = registers.peek(array, LENGTH).ok().and_then(Tagged::number);
        length.map_or(0, |length| length as usize)
    }

    pub(crate) fn set_array_length(&mut self, array: R, length: usize) -> Outcome {
        if let Ok(small) = i32::try_from(length) {
            return Ok(self.registers().store_value(array, LENGTH, Value::Smi(small))?);
        }
        self.scoped(|machine| {
            let number = machine.temp()?;
            machine.set_number(number, length as f64)?;
            Ok(machine.registers().store(array, LENGTH, number)?)
        })
    }

    /// Reads an own element; whether there is one. An accessor in a dictionary gives its pair, and says so.
    pub(crate) fn own_element(&mut self, to: R, object: R, index: u32) -> Outcome<Option<Flags>> {
        self.elements(to, object)?;
        let at = index as usize;
        match self.store_of(to) {
            (Store::Slots | Store::Shared, room) if at < room => {
                self.registers().load(to, to, at)?;
                let hole = self.registers().get(to) == Tagged::HOLE;
                Ok((!hole).then_some(self.element_flags(object)))
            }
            (Store::Doubles, room) if at < room => {
                let bits = self.registers().read_u64(to, 8 * at)?;
                if bits == HOLE {
                    return Ok(None);
                }
                // A whole one stays a cell, too (V8's `EmitElementLoad`).
                self.registers().alloc_f64(to, f64::from_bits(bits))?;
                Ok(Some(self.element_flags(object)))
            }
            (Store::Dictionary, _) => match self.find_number(to, index) {
                Some((slot, flags)) => {
                    self.registers().load(to, to, slot)?;
                    Ok(Some(flags))
                }
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// What elements in slots allow: all, or nothing of a frozen object's.
    fn element_flags(&mut self, object: R) -> Flags {
        match self.class_of(object) {
            Some(class) if self.classes.get(class).frozen => Flags(Flags::ENUMERABLE),
            Some(class) if self.classes.get(class).sealed => {
                Flags(Flags::ENUMERABLE | Flags::WRITABLE)
            }
            _ => Flags::PLAIN,
        }
    }

    /// The kind of elements that a value needs.
    fn elements_for(&mut self, value: R) -> Elements {
        match self.type_of(value) {
            Type::Smi(_) => Elements::PackedSmi,
            Type::Double => Elements::PackedDouble,
            _ => Elements::Packed,
        }
    }

    /// Writes an own element that need not be there: the elements grow, or change their kind.
    pub(crate) fn put_element(&mut self, object: R, index: u32, value: R) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        let class = self.classes.get(id);
        let is_array = class.kind == ObjectKind::Array;
        let have = class.elements;
        let length = if is_array { self.array_length(object) } else { 0 };
        let at = index as usize;
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.elements(elements, object)?;
            let (store, room) = machine.store_of(elements);
            if store == Store::Dictionary {
                machine.put_number(object, elements, index, value, Flags::PLAIN)?;
            } else {
                if at >= room && machine.should_be_sparse(elements, at, room)? {
                    machine.make_elements_sparse(object, elements)?;
                    machine.elements(elements, object)?;
                    machine.put_number(object, elements, index, value, Flags::PLAIN)?;
                } else {
                    let needed = machine.elements_for(value);
                    machine.put_fast(object, elements, store, room, at, value, have, needed)?;
                    // A gap makes holes.
                    let holey = is_array && at > length;
                    let kind = join(have, needed, holey);
                    if kind != have {
                        machine.transition_elements(object, kind)?;
                    }
                }
            }
            if is_array && at >= length {
                machine.set_array_length(object, at + 1)?;
            }
            Ok(())
        })
    }

    /// Writes an element of an array whose elements are packed doubles, if it is there; whether it was.
    pub(crate) fn put_double(&mut self, array: R, at: usize, number: f64) -> Outcome<bool> {
        if at >= self.array_length(array) {
            return Ok(false);
        }
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.elements(elements, array)?;
            let (store, room) = machine.store_of(elements);
            if store != Store::Doubles || at >= room {
                return Ok(false);
            }
            let bits = if number.is_nan() { f64::NAN.to_bits() } else { number.to_bits() };
            machine.registers().write_u64(elements, 8 * at, bits)?;
            Ok(true)
        })
    }

    #[expect(clippy::too_many_arguments, reason = "what is known of the elements already")]
    fn put_fast(
        &mut self,
        object: R,
        elements: R,
        store: Store,
        room: usize,
        at: usize,
        value: R,
        have: Elements,
        needed: Elements,
    ) -> Outcome {
        let doubles =
            matches!(join(have, needed, false), Elements::PackedDouble | Elements::HoleyDouble)
                && have <= Elements::HoleyDouble;
        let fresh = self.temp()?;
        if doubles {
            let number = self.registers().number(value).unwrap_or(f64::NAN);
            // A number that is not one has one spelling, which is not the hole's.
            let bits = if number.is_nan() { f64::NAN.to_bits() } else { number.to_bits() };
            if store == Store::Doubles && at < room {
                return Ok(self.registers().write_u64(elements, 8 * at, bits)?);
            }
            let capacity = if at < room { room } else { grown(at + 1) };
            self.to_doubles(fresh, elements, store, room, capacity)?;
            self.registers().write_u64(fresh, 8 * at, bits)?;
            return self.set_elements(object, fresh);
        }
        if store == Store::Slots && at < room {
            return Ok(self.registers().store(elements, at, value)?);
        }
        let capacity = if at < room { room } else { grown(at + 1) };
        self.to_slots(fresh, elements, store, room, capacity)?;
        self.registers().store(fresh, at, value)?;
        self.set_elements(object, fresh)
    }

    /// A copy of elements in slots, with room for more.
    pub(super) fn to_slots(
        &mut self,
        to: R,
        elements: R,
        store: Store,
        room: usize,
        capacity: usize,
    ) -> Outcome {
        self.new_elements(to, capacity)?;
        let count = room.min(capacity);
        match store {
            Store::Slots | Store::Shared => {
                self.registers().copy_slots(to, 0, elements, 0, count)?;
            }
            Store::Doubles => self.scoped(|machine| {
                let number = machine.temp()?;
                for place in 0..count {
                    let bits = machine.registers().read_u64(elements, 8 * place)?;
                    if bits != HOLE {
                        machine.set_number(number, f64::from_bits(bits))?;
                        machine.registers().store(to, place, number)?;
                    }
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    }

    /// A copy of elements as doubles.
    pub(super) fn to_doubles(
        &mut self,
        to: R,
        elements: R,
        store: Store,
        room: usize,
        capacity: usize,
    ) -> Outcome {
        let mut registers = self.registers();
        registers.alloc_tagged(to, Kind::Bytes, tag(tags::DOUBLES), 0, 8 * capacity)?;
        for place in 0..capacity {
            let bits = if place >= room {
                HOLE
            } else if store == Store::Doubles {
                registers.read_u64(elements, 8 * place)?
            } else {
                match registers.peek(elements, place)?.number() {
                    Some(number) => number.to_bits(),
                    None => HOLE,
                }
            };
            registers.write_u64(to, 8 * place, bits)?;
        }
        Ok(())
    }

    /// V8's `ShouldConvertToSlowElements`.
    fn should_be_sparse(&mut self, elements: R, at: usize, room: usize) -> Outcome<bool> {
        if at - room >= MAX_GAP {
            return Ok(true);
        }
        let capacity = grown(at + 1);
        if capacity <= UNCHECKED {
            return Ok(false);
        }
        let used = self.used_elements(elements)?;
        let dictionary = heap_model::layout::dictionary_capacity(used) * 3;
        Ok(3 * dictionary <= capacity)
    }

    /// How many elements in slots are there.
    fn used_elements(&mut self, elements: R) -> Outcome<usize> {
        let (store, room) = self.store_of(elements);
        let registers = self.registers();
        let mut used = 0;
        for place in 0..room {
            used += usize::from(match store {
                Store::Doubles => registers.read_u64(elements, 8 * place)? != HOLE,
                _ => registers.peek(elements, place)? != Tagged::HOLE,
            });
        }
        Ok(used)
    }

    /// Whether elements that are no dictionary lack one of those at some places, which they have room for.
    pub(super) fn has_hole(&mut self, elements: R, mut places: Range<usize>) -> Outcome<bool> {
        let (store, _) = self.store_of(elements);
        let registers = self.registers();
        if store == Store::Doubles {
            let bytes = registers.bytes(elements)?;
            return Ok(places.any(|place| {
                bytes[8 * place..]
                    .first_chunk()
                    .is_none_or(|bits| u64::from_ne_bytes(*bits) == HOLE)
            }));
        }
        let cell = registers.view(elements)?;
        Ok(places.any(|place| cell.tagged(place).is_ok_and(|value| value == Tagged::HOLE)))
    }

    /// The last element in slots that is there, among some places.
    pub(super) fn last_element(
        &mut self,
        elements: R,
        places: Range<usize>,
    ) -> Outcome<Option<usize>> {
        let (store, room) = self.store_of(elements);
        let registers = self.registers();
        for place in (places.start..places.end.min(room)).rev() {
            let there = match store {
                Store::Doubles => registers.read_u64(elements, 8 * place)? != HOLE,
                _ => registers.peek(elements, place)? != Tagged::HOLE,
            };
            if there {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Moves elements into a dictionary.
    pub(crate) fn make_elements_sparse(&mut self, object: R, elements: R) -> Outcome {
        let (store, room) = self.store_of(elements);
        if store == Store::Dictionary {
            return Ok(());
        }
        let flags = self.element_flags(object);
        let used = self.used_elements(elements)?;
        self.scoped(|machine| {
            let (table, value) = (machine.temp()?, machine.temp()?);
            machine.new_numbers(table, used)?;
            for place in 0..room {
                if store == Store::Doubles {
                    let bits = machine.registers().read_u64(elements, 8 * place)?;
                    if bits == HOLE {
                        continue;
                    }
                    machine.set_number(value, f64::from_bits(bits))?;
                } else {
                    machine.registers().load(value, elements, place)?;
                    if machine.registers().get(value) == Tagged::HOLE {
                        continue;
                    }
                }
                machine.insert_number(table, place as u32, value, flags)?;
            }
            machine.set_elements(object, table)?;
            machine.transition_elements(object, Elements::Dictionary)
        })
    }

    /// Defines an element with flags; only a dictionary has others than those of an assignment.
    pub(crate) fn define_element(
        &mut self,
        object: R,
        index: u32,
        value: R,
        flags: Flags,
    ) -> Outcome {
        if flags == Flags::PLAIN {
            let dictionary = self
                .class_of(object)
                .is_some_and(|id| self.classes.get(id).elements == Elements::Dictionary);
            if !dictionary {
                return self.put_element(object, index, value);
            }
        }
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.elements(elements, object)?;
            if machine.store_of(elements).0 != Store::Dictionary {
                machine.make_elements_sparse(object, elements)?;
                machine.elements(elements, object)?;
            }
            machine.put_number(object, elements, index, value, flags)?;
            if machine.kind_of(object) == Some(ObjectKind::Array)
                && index as usize >= machine.array_length(object)
            {
                machine.set_array_length(object, index as usize + 1)?;
            }
            Ok(())
        })
    }

    /// Deletes an own element that can be deleted.
    pub(crate) fn delete_element(&mut self, object: R, index: u32) -> Outcome {
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.elements(elements, object)?;
            let at = index as usize;
            match machine.store_of(elements) {
                (Store::Slots, room) if at < room => {
                    machine.registers().store_value(elements, at, Value::Hole)?;
                    machine.make_holey(object)
                }
                (Store::Shared, room) if at < room => {
                    let own = machine.temp()?;
                    machine.to_slots(own, elements, Store::Shared, room, room)?;
                    machine.registers().store_value(own, at, Value::Hole)?;
                    machine.set_elements(object, own)?;
                    machine.make_holey(object)
                }
                (Store::Doubles, room) if at < room => {
                    machine.registers().write_u64(elements, 8 * at, HOLE)?;
                    machine.make_holey(object)
                }
                (Store::Dictionary, _) => machine.remove_number(elements, index),
                _ => Ok(()),
            }
        })
    }

    fn make_holey(&mut self, object: R) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        let have = self.classes.get(id).elements;
        self.transition_elements(object, join(have, Elements::PackedSmi, true))
    }

    /// Sets an array's length: elements behind are dropped, and the room is given up where V8 gives it up.
    pub(crate) fn truncate_array(&mut self, array: R, length: usize) -> Outcome {
        self.shorten_array(array, length, Shorten::Set)
    }

    /// As `truncate_array`, by one of the ways in which arrays become shorter.
    pub(crate) fn shorten_array(&mut self, array: R, length: usize, how: Shorten) -> Outcome {
        let old = self.array_length(array);
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.elements(elements, array)?;
            let (store, room) = machine.store_of(elements);
            if length < old {
                match store {
                    Store::Dictionary => machine.truncate_numbers(elements, length as u32)?,
                    _ if length == 0 && (how != Shorten::Take || room > MIN_ADDED) => {
                        machine.registers().set_undefined(elements);
                        machine.set_elements(array, elements)?;
                    }
                    Store::Shared => {
                        let own = machine.temp()?;
                        machine.to_slots(own, elements, store, room.min(length), length)?;
                        machine.set_elements(array, own)?;
                    }
                    Store::Slots | Store::Doubles => {
                        machine.shrink(array, elements, length, old, how)?;
                    }
                    Store::None => {}
                }
            } else if length > old
                && store != Store::Dictionary
                && length > room
                && length - room >= MAX_GAP
            {
                machine.make_elements_sparse(array, elements)?;
            } else if length > old {
                machine.make_holey(array)?;
            }
            machine.set_array_length(array, length)
        })
    }

    /// If at least half of the room is unused, it is trimmed; where one element is taken, half of the slack stays.
    fn shrink(
        &mut self,
        array: R,
        elements: R,
        length: usize,
        old: usize,
        how: Shorten,
    ) -> Outcome {
        let (store, room) = self.store_of(elements);
        let doubles = store == Store::Doubles;
        let spare = room - length;
        let trims = match how {
            Shorten::Set => 2 * length + MIN_ADDED <= room,
            Shorten::Take => 2 * length + MIN_ADDED < room,
            Shorten::Splice => false,
        };
        let kept = match trims {
            true if length + 1 == old => room - spare / 2,
            true => length,
            false => room,
        };
        if kept < room {
            let own = self.temp()?;
            if doubles {
                self.to_doubles(own, elements, store, kept, kept)?;
            } else {
                self.to_slots(own, elements, store, kept, kept)?;
            }
            self.set_elements(array, own)?;
            self.copy(elements, own);
        }
        let mut registers = self.registers();
        for place in length..kept.min(old) {
            if doubles {
                registers.write_u64(elements, 8 * place, HOLE)?;
            } else {
                registers.store_value(elements, place, Value::Hole)?;
            }
        }
        Ok(())
    }

    /// Whether an array has no elements at all, nor has what it inherits from.
    pub(crate) fn is_hollow(&mut self, array: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let holder = machine.temps(2)?;
            let elements = holder + 1;
            machine.copy(holder, array);
            while let Some(id) = machine.class_of(holder) {
                if machine.classes.get(id).is_exotic() {
                    return Ok(false);
                }
                machine.elements(elements, holder)?;
                if machine.store_of(elements).0 == Store::Dictionary
                    || machine.used_elements(elements)? > 0
                {
                    return Ok(false);
                }
                machine.class_prototype(holder, id)?;
            }
            Ok(true)
        })
    }

    /// Appends to an array that is no dictionary and has its elements to itself.
    pub(crate) fn push(&mut self, array: R, value: R) -> Outcome {
        if self.short_push(array, value)? {
            return Ok(());
        }
        let length = self.array_length(array);
        match u32::try_from(length) {
            Ok(index) if index < u32::MAX => self.put_element(array, index, value),
            _ => self.throw_range_error("Invalid array length"),
        }
    }

    /// Room for elements that are appended together (V8's `PossiblyGrowElementsCapacity`).
    pub(crate) fn make_room(&mut self, array: R, count: usize) -> Outcome {
        let length = self.array_length(array);
        self.scoped(|machine| {
            let (elements, fresh) = (machine.temp()?, machine.temp()?);
            machine.elements(elements, array)?;
            let (store, room) = machine.store_of(elements);
            if length + count <= room {
                return Ok(());
            }
            let capacity = grown(length + count);
            let id = machine.class_of(array);
            let doubles = id.is_some_and(|id| {
                let kind = machine.classes.get(id).elements;
                matches!(kind, Elements::PackedDouble | Elements::HoleyDouble)
            });
            match store {
                Store::Dictionary => return Ok(()),
                _ if doubles => machine.to_doubles(fresh, elements, store, room, capacity)?,
                _ => machine.to_slots(fresh, elements, store, room, capacity)?,
            }
            machine.set_elements(array, fresh)
        })
    }
}

/// The kind of elements that hold both what is there and a value.
pub(crate) fn join(have: Elements, needed: Elements, holey: bool) -> Elements {
    let holey =
        holey || matches!(have, Elements::HoleySmi | Elements::HoleyDouble | Elements::Holey);
    let smi = have <= Elements::HoleySmi;
    let double = matches!(have, Elements::PackedDouble | Elements::HoleyDouble);
    match (have, needed) {
        (Elements::Dictionary, _) => Elements::Dictionary,
        (_, Elements::PackedSmi) if smi => pick(holey, Elements::PackedSmi, Elements::HoleySmi),
        (_, Elements::PackedSmi) if double => {
            pick(holey, Elements::PackedDouble, Elements::HoleyDouble)
        }
        (_, Elements::PackedDouble) if smi || double => {
            pick(holey, Elements::PackedDouble, Elements::HoleyDouble)
        }
        _ => pick(holey, Elements::Packed, Elements::Holey),
    }
}

fn pick(holey: bool, packed: Elements, with_holes: Elements) -> Elements {
    if holey { with_holes } else { packed }
}
