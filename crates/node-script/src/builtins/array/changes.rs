//! Methods of `Array.prototype` that add elements to a list or take them from it: at its ends, and by `splice`.

use super::list::{MAX_LENGTH, expect_short, move_elements, set_list_length, spliced, this_list};
use crate::machine::{Machine, R, THIS};
use crate::objects::atoms::Key;
use crate::objects::class::{Elements, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::elements::Shorten;
use crate::thrown::Outcome;
use core::cmp::Ordering;

pub(super) fn push(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.kind_of(THIS) == Some(ObjectKind::Array)
        && machine.class_of(THIS).is_some_and(|id| machine.classes.get(id).extensible)
        && machine.is_length_writable(THIS)
    {
        if arguments.count > 1 {
            machine.make_room(THIS, arguments.count)?;
        }
        for place in 0..arguments.count {
            let value = arguments.at(place);
            if !machine.short_push(THIS, value)? {
                let full = machine.array_length(THIS) >= u32::MAX as usize;
                if full || machine.inherits_elements(THIS)? {
                    return push_by_keys(machine, arguments, place);
                }
                machine.push(THIS, value)?;
            }
        }
        let length = machine.array_length(THIS);
        return machine.give_number(length as f64);
    }
    push_by_keys(machine, arguments, 0)
}

/// Appends the arguments from one on as properties.
fn push_by_keys(machine: &mut Machine, arguments: Arguments, first: usize) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let end = length + arguments.count - first;
    if end > MAX_LENGTH {
        let count = arguments.count - first;
        return machine.throw_type_error(&format!(
            "Pushing {count} elements on an array-like of length {length} is disallowed, as the total surpasses 2**53-1"
        ));
    }
    for place in first..arguments.count {
        let key = machine.place_key(length + place - first);
        machine.set(object, key, arguments.at(place), true)?;
    }
    set_list_length(machine, object, end)?;
    machine.give_number(end as f64)
}

pub(super) fn pop(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if machine.is_packed(THIS) {
        let value = machine.temp()?;
        if let Some(last) = machine.array_length(THIS).checked_sub(1)
            && machine.short_element_at(value, THIS, last)
        {
            machine.shorten_array(THIS, last, Shorten::Take)?;
            return Ok(value);
        }
    }
    let (object, length) = this_list(machine)?;
    if length == 0 {
        set_list_length(machine, object, 0)?;
        return machine.give_undefined();
    }
    let value = machine.temp()?;
    let key = machine.place_key(length - 1);
    machine.get(value, object, key)?;
    if shortens_freely(machine, object) {
        machine.shorten_array(object, length - 1, Shorten::Take)?;
    } else {
        machine.delete_or_throw(object, key)?;
        set_list_length(machine, object, length - 1)?;
    }
    Ok(value)
}

/// Whether elements can be taken off an array's end as they lie.
fn shortens_freely(machine: &mut Machine, object: R) -> bool {
    let Some(id) = machine.class_of(object) else { return false };
    let class = machine.classes.get(id);
    let free = class.extensible && !class.frozen && !class.sealed;
    let plain = class.kind == ObjectKind::Array && class.elements != Elements::Dictionary;
    plain && free && machine.is_length_writable(object)
}

/// Sets a list's length after elements were taken from it.
fn shorten(machine: &mut Machine, object: R, length: usize, how: Shorten) -> Outcome {
    if shortens_freely(machine, object) {
        machine.shorten_array(object, length, how)
    } else {
        set_list_length(machine, object, length)
    }
}

pub(super) fn shift(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    if length == 0 {
        set_list_length(machine, object, 0)?;
        return machine.give_undefined();
    }
    let value = machine.temp()?;
    machine.get(value, object, Key::Index(0))?;
    if !machine.is_packed(object) || !machine.move_packed(object, 1, 0, length - 1)? {
        move_elements(machine, object, 1, 0, 0..length - 1)?;
        let last = machine.place_key(length - 1);
        machine.delete_or_throw(object, last)?;
    }
    shorten(machine, object, length - 1, Shorten::Take)?;
    Ok(value)
}

pub(super) fn unshift(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    if arguments.count > 0 {
        expect_short(machine, length + arguments.count)?;
        if machine.grows_freely(object)? && machine.open_gap(object, 0, arguments.count)? {
            for place in 0..arguments.count {
                machine.put_element(object, place as u32, arguments.at(place))?;
            }
            return machine.give_number((length + arguments.count) as f64);
        }
        move_elements(machine, object, 0, arguments.count, (0..length).rev())?;
        for place in 0..arguments.count {
            machine.set(object, Key::Index(place as u32), arguments.at(place), true)?;
        }
    }
    let length = length + arguments.count;
    set_list_length(machine, object, length)?;
    machine.give_number(length as f64)
}

pub(super) fn splice(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let (start, removed, added) = spliced(machine, arguments, length)?;
    let array = machine.temps(2)?;
    let value = array + 1;
    machine.species_array(array, object, removed)?;
    if !machine.copy_run(array, object, start, removed)? {
        for place in 0..removed {
            if machine.element_if_there(value, object, start + place)? {
                machine.create_element(array, place, value)?;
            }
        }
        set_list_length(machine, array, removed)?;
    }
    let rest = length - start - removed;
    let moved = match added.cmp(&removed) {
        Ordering::Less => {
            machine.is_packed(object)
                && machine.array_length(object) == length
                && machine.move_packed(object, start + removed, start + added, rest)?
        }
        Ordering::Equal => true,
        Ordering::Greater => {
            machine.grows_freely(object)?
                && machine.array_length(object) == length
                && machine.open_gap(object, start + removed, added - removed)?
        }
    };
    if !moved {
        let (from, to) = (start + removed, start + added);
        if to < from {
            move_elements(machine, object, from, to, 0..rest)?;
        } else {
            move_elements(machine, object, from, to, (0..rest).rev())?;
        }
        for place in (start + added + rest..length).rev() {
            let key = machine.place_key(place);
            machine.delete_or_throw(object, key)?;
        }
    }
    for place in 0..added {
        let key = machine.place_key(start + place);
        machine.set(object, key, arguments.at(2 + place), true)?;
    }
    if added < removed {
        shorten(machine, object, length - removed + added, Shorten::Splice)?;
    } else {
        set_list_length(machine, object, length - removed + added)?;
    }
    Ok(array)
}
