//! Many elements at once: what methods of arrays do with those that lie one behind the other (V8's
//! `FastElementsAccessor`, and the arrays' built-ins of its own assembly).
//!
//! Where an array is not as a function wants it, the function does nothing and says so: the method then goes by keys.

use super::class::{Elements, ObjectKind};
use super::elements::{HOLE, Store, grown, join};
use super::layout::{BACKING, tag, tags};
use super::object::Type;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;
use core::ops::Range;
use heap_model::collections::string;
use heap_model::{Kind, Register, Tagged};

/// How an element is compared with what is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// As `===`; a hole is equal to nothing.
    Strict,
    /// As a Map compares its keys; a hole is undefined.
    SameValueZero,
}

impl Search {
    fn numbers(self, a: f64, b: f64) -> bool {
        a == b || self == Self::SameValueZero && a.is_nan() && b.is_nan()
    }
}

impl Machine {
    /// Whether an array's elements may be moved as they lie: none is missing, and all may be changed.
    pub(crate) fn is_packed(&mut self, array: R) -> bool {
        let Some(id) = self.class_of(array) else { return false };
        let class = self.classes.get(id);
        let packed = class.elements.is_packed();
        let free = class.extensible && !class.frozen && !class.sealed;
        class.kind == ObjectKind::Array && packed && free && self.is_length_writable(array)
    }

    /// Whether an array [is packed](Self::is_packed), and nothing that it inherits is in the way of more elements.
    pub(crate) fn grows_freely(&mut self, array: R) -> Outcome<bool> {
        Ok(self.is_packed(array) && !self.inherits_elements(array)?)
    }

    /// Whether what an array inherits from has elements of its own.
    pub(crate) fn inherits_elements(&mut self, array: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let holder = machine.temps(2)?;
            let elements = holder + 1;
            machine.prototype_of(holder, array)?;
            while let Some(id) = machine.class_of(holder) {
                machine.elements(elements, holder)?;
                let none = machine.store_of(elements).0 == Store::None;
                if !none || machine.classes.get(id).is_exotic() {
                    return Ok(true);
                }
                machine.class_prototype(holder, id)?;
            }
            Ok(false)
        })
    }

    /// How many elements an array has room for, if they lie in slots of its own.
    pub(crate) fn own_slots(&mut self, array: R) -> Option<usize> {
        let registers = self.registers();
        let cell = registers.peek(array, BACKING).ok()?.view()?;
        (cell.tag().number() == tags::ELEMENTS).then(|| cell.slot_count())
    }

    /// Moves elements of an array that [is packed](Self::is_packed), within its room; false if it does not have them to
    /// itself.
    pub(crate) fn move_packed(
        &mut self,
        array: R,
        from: usize,
        to: usize,
        count: usize,
    ) -> Outcome<bool> {
        self.scoped(|machine| {
            let elements = machine.temp()?;
            machine.elements(elements, array)?;
            let (store, room) = machine.store_of(elements);
            if from.max(to) + count > room {
                return Ok(false);
            }
            let mut registers = machine.registers();
            match store {
                Store::Slots => registers.copy_slots(elements, to, elements, from, count)?,
                Store::Doubles => {
                    registers.copy_bytes(elements, 8 * to, elements, 8 * from, 8 * count)?;
                }
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    /// Moves the elements of an array that [grows freely](Self::grows_freely) from a place on behind a gap, and makes it longer:
    /// what lies in the gap is to be overwritten. O(length).
    pub(crate) fn open_gap(&mut self, array: R, at: usize, gap: usize) -> Outcome<bool> {
        let length = self.array_length(array);
        let rest = length - at;
        self.scoped(|machine| {
            let elements = machine.temps(2)?;
            let own = elements + 1;
            machine.elements(elements, array)?;
            let (store, room) = machine.store_of(elements);
            if i32::try_from(length + gap).is_err() || store == Store::Dictionary {
                return Ok(false);
            }
            let fits = length + gap <= room && store != Store::Shared;
            if !fits || !machine.move_packed(array, at, at + gap, rest)? {
                let capacity = grown(length + gap);
                if store == Store::Doubles {
                    machine.to_doubles(own, elements, store, at, capacity)?;
                    let mut registers = machine.registers();
                    registers.copy_bytes(own, 8 * (at + gap), elements, 8 * at, 8 * rest)?;
                } else {
                    machine.to_slots(own, elements, store, at, capacity)?;
                    if rest > 0 {
                        machine.registers().copy_slots(own, at + gap, elements, at, rest)?;
                    }
                }
                machine.set_elements(array, own)?;
            }
            machine.set_array_length(array, length + gap)?;
            Ok(true)
        })
    }

    /// Gives an empty array a run of the elements of another, and their kind. O(`count`).
    pub(crate) fn copy_run(
        &mut self,
        array: R,
        from: R,
        start: usize,
        count: usize,
    ) -> Outcome<bool> {
        let (Some(id), Some(like)) = (self.class_of(array), self.class_of(from)) else {
            return Ok(false);
        };
        let like = self.classes.get(like);
        let (kind, elements) = (like.kind, like.elements);
        let empty = self.is_packed(array)
            && self.array_length(array) == 0
            && !self.classes.get(id).unique
            && !self.is_same(array, from);
        let packed = elements.is_packed();
        if kind != ObjectKind::Array
            || !empty
            || start + count > self.array_length(from)
            || !packed && self.inherits_elements(from)?
        {
            return Ok(false);
        }
        self.scoped(|machine| {
            let store = machine.temps(2)?;
            let own = store + 1;
            machine.elements(store, from)?;
            let (lies, room) = machine.store_of(store);
            if start + count > room {
                return Ok(false);
            }
            match lies {
                Store::Slots | Store::Shared => {
                    machine.elements(own, array)?;
                    if machine.store_of(own) != (Store::Slots, count) {
                        machine.new_elements(own, count)?;
                    }
                    machine.registers().copy_slots(own, 0, store, start, count)?;
                }
                Store::Doubles => {
                    let mut registers = machine.registers();
                    registers.alloc_tagged(own, Kind::Bytes, tag(tags::DOUBLES), 0, 8 * count)?;
                    registers.copy_bytes(own, 0, store, 8 * start, 8 * count)?;
                }
                Store::None | Store::Dictionary => return Ok(false),
            }
            machine.transition_elements(array, elements)?;
            machine.set_elements(array, own)?;
            machine.set_array_length(array, count)?;
            Ok(true)
        })
    }

    /// Appends the elements of a packed array to an array that has room for them. O(length of `from`).
    pub(crate) fn append_run(&mut self, array: R, from: R) -> Outcome<bool> {
        let (length, count) = (self.array_length(array), self.array_length(from));
        let (Some(id), Some(like)) = (self.class_of(array), self.class_of(from)) else {
            return Ok(false);
        };
        let (id, like) = (self.classes.get(id), self.classes.get(like));
        let (have, more) = (id.elements, like.elements);
        let slots = |elements| matches!(elements, Elements::PackedSmi | Elements::Packed);
        let plain = !id.unique && like.kind == ObjectKind::Array && slots(have) && slots(more);
        if !plain || !self.is_packed(array) {
            return Ok(false);
        }
        self.scoped(|machine| {
            let to = machine.temps(2)?;
            let store = to + 1;
            machine.elements(to, array)?;
            machine.elements(store, from)?;
            let (own, room) = machine.store_of(to);
            let (lies, there) = machine.store_of(store);
            let slots = own == Store::Slots && matches!(lies, Store::Slots | Store::Shared);
            if !slots || length + count > room || count > there {
                return Ok(false);
            }
            machine.registers().copy_slots(to, length, store, 0, count)?;
            if join(have, more, false) != have {
                machine.transition_elements(array, more)?;
            }
            machine.set_array_length(array, length + count)?;
            Ok(true)
        })
    }

    /// Where a value lies first among the elements of an array; no answer if those would have to be asked one by one. O(length).
    pub(crate) fn search_elements(
        &mut self,
        array: R,
        wanted: R,
        places: Range<usize>,
        how: Search,
    ) -> Outcome<Option<Option<usize>>> {
        let Some(id) = self.class_of(array) else { return Ok(None) };
        let class = self.classes.get(id);
        let plain = class.kind == ObjectKind::Array && class.elements != Elements::Dictionary;
        let packed = class.elements.is_packed();
        if !plain
            || places.end > self.array_length(array)
            || !packed && self.inherits_elements(array)?
        {
            return Ok(None);
        }
        self.scoped(|machine| {
            let elements = machine.temps(2)?;
            let element = elements + 1;
            machine.elements(elements, array)?;
            let (store, room) = machine.store_of(elements);
            match store {
                _ if places.end > room => Ok(None),
                Store::Slots | Store::Shared => {
                    machine.search_slots(elements, element, wanted, places, how).map(Some)
                }
                Store::Doubles => machine.search_doubles(elements, wanted, places, how),
                Store::None | Store::Dictionary => Ok(None),
            }
        })
    }

    fn search_slots(
        &mut self,
        elements: R,
        element: R,
        wanted: R,
        places: Range<usize>,
        how: Search,
    ) -> Outcome<Option<usize>> {
        let number = self.registers().number(wanted);
        let (text, big) = match self.type_of(wanted) {
            Type::String => (true, false),
            other => (false, other == Type::BigInt),
        };
        let undefined = how == Search::SameValueZero && self.is_undefined(wanted);
        for place in places {
            let mut registers = self.registers();
            let (there, wants) = (registers.peek(elements, place)?, registers.get(wanted));
            let equal = match number {
                Some(number) => there.number().is_some_and(|there| how.numbers(there, number)),
                None => there == wants || undefined && there == Tagged::HOLE,
            };
            if equal {
                return Ok(Some(place));
            }
            if text {
                if let Some(
                    Kind::OneByteString
                    | Kind::TwoByteString
                    | Kind::ConsString
                    | Kind::SlicedString,
                ) = there.kind()
                {
                    registers.load(element, elements, place)?;
                    if string::equal(&registers, Register(element), Register(wanted))? {
                        return Ok(Some(place));
                    }
                }
            } else if big && there.kind().is_some() {
                registers.load(element, elements, place)?;
                if self.strict_equal(element, wanted)? {
                    return Ok(Some(place));
                }
            }
        }
        Ok(None)
    }

    /// Among doubles, of which none but a hole has the hole's bits.
    fn search_doubles(
        &mut self,
        elements: R,
        wanted: R,
        places: Range<usize>,
        how: Search,
    ) -> Outcome<Option<Option<usize>>> {
        let registers = self.registers();
        let Some(number) = registers.number(wanted) else {
            let holes = how == Search::SameValueZero && registers.get(wanted).is_nullish();
            return Ok((!holes).then_some(None));
        };
        for place in places {
            let bits = registers.read_u64(elements, 8 * place)?;
            if bits != HOLE && how.numbers(f64::from_bits(bits), number) {
                return Ok(Some(Some(place)));
            }
        }
        Ok(Some(None))
    }

    /// Gives an empty array the elements of another; false if there are holes among them, or they lie otherwise than an array's.
    pub(crate) fn copy_elements_exactly(&mut self, array: R, from: R) -> Outcome<bool> {
        let length = self.array_length(from);
        let (Some(id), Some(like)) = (self.class_of(array), self.class_of(from)) else {
            return Ok(false);
        };
        let (kind, holey) = match self.classes.get(like).elements {
            Elements::HoleySmi => (Elements::PackedSmi, true),
            Elements::Holey => (Elements::Packed, true),
            Elements::HoleyDouble => (Elements::PackedDouble, true),
            kind => (kind, false),
        };
        if self.classes.get(id).unique {
            return Ok(false);
        }
        self.scoped(|machine| {
            let elements = machine.temps(2)?;
            let own = elements + 1;
            machine.elements(elements, from)?;
            let (store, room) = machine.store_of(elements);
            let lies = !matches!(store, Store::None | Store::Dictionary);
            if holey && lies && (room < length || machine.has_hole(elements, 0..length)?) {
                return Ok(false);
            }
            match store {
                Store::Dictionary => return Ok(false),
                Store::None => return Ok(length == 0),
                Store::Shared if room == length => machine.copy(own, elements),
                Store::Doubles => machine.to_doubles(own, elements, store, length, length)?,
                Store::Slots | Store::Shared => {
                    machine.to_slots(own, elements, store, length, length)?;
                }
            }
            machine.transition_elements(array, kind)?;
            machine.set_elements(array, own)?;
            machine.set_array_length(array, length)?;
            Ok(true)
        })
    }

    /// Gives up the room that an array does not use.
    pub(crate) fn fit_elements(&mut self, array: R) -> Outcome {
        let length = self.array_length(array);
        self.scoped(|machine| {
            let elements = machine.temps(2)?;
            let own = elements + 1;
            machine.elements(elements, array)?;
            let (store, room) = machine.store_of(elements);
            match store {
                _ if room <= length => return Ok(()),
                Store::Doubles => machine.to_doubles(own, elements, store, length, length)?,
                Store::Slots => machine.to_slots(own, elements, store, length, length)?,
                _ => return Ok(()),
            }
            machine.set_elements(array, own)
        })
    }
}
