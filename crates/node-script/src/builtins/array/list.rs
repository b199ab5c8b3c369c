//! What all methods of arrays begin with: the list that they are called on, its places, and going over it.

use crate::machine::{CALLEE, Machine, R, THIS};
use crate::objects::atoms::{Key, known};
use crate::objects::class::{Elements, Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::elements::Store;
use crate::objects::property::Descriptor;
use crate::thrown::Outcome;

/// The longest list (ECMA-262's 2^53 - 1).
pub(super) const MAX_LENGTH: usize = (1 << 53) - 1;

/// The object that a method is called on, and its length.
pub(in crate::builtins) fn this_list(machine: &mut Machine) -> Outcome<(R, usize)> {
    let object = this_object(machine)?;
    let length = machine.length_of(object)?;
    Ok((object, length))
}

/// The methods that name themselves when they are called on nothing.
const NAMED: &[&str] = &[
    "concat",
    "every",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "forEach",
    "indexOf",
    "map",
    "reduce",
    "reduceRight",
    "some",
];

/// The object that a method is called on.
pub(super) fn this_object(machine: &mut Machine) -> Outcome<R> {
    let object = machine.temp()?;
    if machine.is_nullish(THIS)
        && machine.own_property(object, CALLEE, known::NAME.into())?.is_some()
    {
        let name = machine.show(object);
        if NAMED.contains(&name.as_str()) {
            let text = format!("Array.prototype.{name} called on null or undefined");
            return machine.throw_type_error(&text);
        }
    }
    machine.to_object(object, THIS)?;
    Ok(object)
}

pub(in crate::builtins) fn expect_callable(machine: &mut Machine, value: R) -> Outcome {
    if machine.is_callable(value) {
        return Ok(());
    }
    let shown = machine.show(value);
    machine.throw_type_error(&format!("{shown} is not a function"))
}

/// As `expect_callable`, in the words of a call that was tried.
pub(in crate::builtins) fn expect_called(machine: &mut Machine, value: R) -> Outcome {
    if machine.is_callable(value) {
        return Ok(());
    }
    let shown = machine.show_with_type(value);
    machine.throw_type_error(&format!("{shown} is not a function"))
}

/// What a method does where a list has no element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::builtins) enum Holes {
    /// It goes on to the next.
    Skip,
    /// It reads undefined there.
    Read,
}

/// Calls the function with each element that is there: the element, its index and the object. `f` is given the element's
/// register, its index, and the result's register, and says whether to go on.
pub(in crate::builtins) fn each(
    machine: &mut Machine,
    arguments: Arguments,
    holes: Holes,
    f: impl FnMut(&mut Machine, R, usize, R) -> Outcome<bool>,
) -> Outcome {
    let list = this_list(machine)?;
    each_of(machine, arguments, list, holes, f)
}

/// What `splice` and its like are told, of a list of that length: the place, how many elements go, and how many come.
pub(super) fn spliced(
    machine: &mut Machine,
    arguments: Arguments,
    length: usize,
) -> Outcome<(usize, usize, usize)> {
    let start = machine.to_place(arguments.at(0), length, 0)?;
    let removed = match arguments.count {
        0 => 0,
        1 => length - start,
        _ => machine.to_integer(arguments.at(1))?.clamp(0.0, (length - start) as f64) as usize,
    };
    let added = arguments.count.saturating_sub(2);
    expect_short(machine, length - removed + added)?;
    Ok((start, removed, added))
}

/// As `each`, of a list whose length is known.
pub(super) fn each_of(
    machine: &mut Machine,
    arguments: Arguments,
    (object, length): (R, usize),
    holes: Holes,
    mut f: impl FnMut(&mut Machine, R, usize, R) -> Outcome<bool>,
) -> Outcome {
    expect_callable(machine, arguments.at(0))?;
    let value = machine.temps(3)?;
    let (index, result) = (value + 1, value + 2);
    for place in 0..length {
        match holes {
            Holes::Read => machine.get_place(value, object, place)?,
            Holes::Skip if machine.element_if_there(value, object, place)? => {}
            Holes::Skip => continue,
        }
        machine.set_number(index, place as f64)?;
        machine.call(result, arguments.at(0), arguments.at(1), &[value, index, object])?;
        if !machine.scoped(|machine| f(machine, value, place, result))? {
            break;
        }
        machine.end_names();
    }
    Ok(())
}

/// Calls the function with the sum and each element that is there, in this order of places.
pub(super) fn fold(
    machine: &mut Machine,
    arguments: Arguments,
    object: R,
    holes: Holes,
    places: impl Iterator<Item = usize>,
) -> Outcome<R> {
    expect_callable(machine, arguments.at(0))?;
    let sum = machine.temps(4)?;
    let (value, index, nothing) = (sum + 1, sum + 2, sum + 3);
    let mut begun = arguments.count > 1;
    if begun {
        machine.copy(sum, arguments.at(1));
    }
    for place in places {
        if !machine.element_if_there(value, object, place)? {
            if holes == Holes::Skip {
                continue;
            }
            machine.undefined(value);
        }
        if !begun {
            machine.copy(sum, value);
            begun = true;
            continue;
        }
        machine.set_number(index, place as f64)?;
        machine.call(sum, arguments.at(0), nothing, &[sum, value, index, object])?;
        machine.end_names();
    }
    if !begun {
        return machine.throw_type_error("Reduce of empty array with no initial value");
    }
    Ok(sum)
}

/// Moves elements of a list, in an order in which none is lost.
pub(super) fn move_elements(
    machine: &mut Machine,
    object: R,
    from: usize,
    to: usize,
    offsets: impl Iterator<Item = usize>,
) -> Outcome {
    machine.scoped(|machine| {
        let value = machine.temp()?;
        for offset in offsets {
            let target = machine.place_key(to + offset);
            if machine.element_if_there(value, object, from + offset)? {
                machine.set(object, target, value, true)?;
            } else {
                machine.delete_or_throw(object, target)?;
            }
        }
        Ok(())
    })
}

/// Refuses a list that would be longer than any may be.
pub(super) fn expect_short(machine: &mut Machine, length: usize) -> Outcome {
    if length > MAX_LENGTH {
        return machine.throw_type_error("Invalid array length");
    }
    Ok(())
}

/// Sets a list's `length`.
pub(super) fn set_list_length(machine: &mut Machine, object: R, length: usize) -> Outcome {
    machine.scoped(|machine| {
        let value = machine.temp()?;
        machine.set_number(value, length as f64)?;
        machine.set_named(object, known::LENGTH, value)
    })
}

impl Machine {
    /// The key of a list's place: those that are no indices of arrays are names.
    pub(crate) fn place_key(&mut self, place: usize) -> Key {
        match u32::try_from(place) {
            Ok(index) if index < u32::MAX => Key::Index(index),
            _ => {
                let units: Vec<u16> = place.to_string().encode_utf16().collect();
                Key::Name(self.atoms.intern_weakly(&units))
            }
        }
    }

    /// Writes a value to an array's or another object's index, as `CreateDataPropertyOrThrow` does.
    pub(crate) fn create_element(&mut self, object: R, index: usize, value: R) -> Outcome {
        let key = self.place_key(index);
        let plain = self.kind_of(object) == Some(ObjectKind::Array)
            && self.class_of(object).is_some_and(|id| {
                let class = self.classes.get(id);
                class.extensible && class.elements != Elements::Dictionary
            })
            && self.is_length_writable(object);
        if plain {
            if self.array_length(object) == index && self.short_push(object, value)? {
                return Ok(());
            }
            return self.define(object, key, value, Flags::PLAIN);
        }
        let descriptor = Descriptor::data(value, Flags::PLAIN);
        if self.define_own(object, key, &descriptor)? {
            return Ok(());
        }
        let text = format!("Cannot add property {index}, object is not extensible");
        self.throw_type_error(&text)
    }

    /// An element, if it is there or inherited.
    pub(crate) fn element_if_there(&mut self, to: R, object: R, index: usize) -> Outcome<bool> {
        if self.own_element_fast(to, object, index)? {
            return Ok(true);
        }
        if self.kind_of(object) == Some(ObjectKind::TypedArray) {
            // What its buffer has lost is not there.
            self.typed_get(to, object, index)?;
            return Ok(index < self.typed_length(object)?);
        }
        let key = self.place_key(index);
        if !self.has(object, key)? {
            return Ok(false);
        }
        self.get(to, object, key)?;
        Ok(true)
    }

    /// The places at which an array of few elements may have some, itself or along its prototypes; none of another list.
    pub(crate) fn places_there(&mut self, list: R, length: usize) -> Outcome<Option<Vec<usize>>> {
        self.scoped(|machine| {
            let holder = machine.temp()?;
            if machine.kind_of(list) != Some(ObjectKind::Array) {
                return Ok(None);
            }
            machine.elements(holder, list)?;
            if machine.store_of(holder).0 != Store::Dictionary {
                return Ok(None);
            }
            let mut places = Vec::new();
            machine.copy(holder, list);
            while let Some(id) = machine.class_of(holder) {
                if !matches!(machine.classes.get(id).kind, ObjectKind::Array | ObjectKind::Ordinary)
                {
                    return Ok(None);
                }
                let keys = machine.own_keys(holder, false)?;
                places.extend(keys.into_iter().filter_map(|key| match key {
                    Key::Index(index) => Some(index as usize).filter(|place| *place < length),
                    Key::Name(_) => None,
                }));
                machine.class_prototype(holder, id)?;
            }
            places.sort_unstable();
            places.dedup();
            Ok(Some(places))
        })
    }

    /// The property at a list's place.
    pub(crate) fn get_place(&mut self, to: R, object: R, place: usize) -> Outcome {
        if self.own_element_fast(to, object, place)? {
            return Ok(());
        }
        let key = self.place_key(place);
        self.get(to, object, key)
    }

    /// `delete`, which throws where it cannot (ECMA-262's `DeletePropertyOrThrow`).
    pub(crate) fn delete_or_throw(&mut self, object: R, key: Key) -> Outcome {
        if self.delete(object, key)? {
            return Ok(());
        }
        let name = self.key_text(key);
        let shown = self.show_for_error(object);
        self.throw_type_error(&format!("Cannot delete property '{name}' of {shown}"))
    }

    fn own_element_fast(&mut self, to: R, object: R, index: usize) -> Outcome<bool> {
        let Ok(index) = u32::try_from(index) else { return Ok(false) };
        if self.short_element_at(to, object, index as usize) {
            return Ok(true);
        }
        if self.kind_of(object) != Some(ObjectKind::Array) {
            return Ok(false);
        }
        let flags = self.own_element(to, object, index)?;
        Ok(flags.is_some_and(|flags| !flags.is_accessor()))
    }
}
