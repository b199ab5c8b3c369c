//! Methods of `Array.prototype` that search from the end, flatten, and give changed copies.

use super::list::{Holes, each_of, expect_callable, fold, move_elements, spliced, this_list};
use crate::machine::{Machine, R};
use crate::objects::atoms::known;
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

/// A place that counts from the end if it is negative; none if the list does not have it.
fn relative(machine: &mut Machine, index: R, length: usize) -> Outcome<Option<usize>> {
    let index = machine.to_integer(index)?;
    let place = if index < 0.0 { index + length as f64 } else { index };
    Ok((0.0..length as f64).contains(&place).then_some(place as usize))
}

pub(in crate::builtins) fn at(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    match relative(machine, arguments.at(0), length)? {
        Some(place) => machine.get_place(0, object, place)?,
        None => machine.undefined(0),
    }
    Ok(0)
}

/// Calls the function with each element from the last on; gives the place of the first that it is true of, which is
/// then in `value`.
fn last(machine: &mut Machine, arguments: Arguments, value: R) -> Outcome<Option<usize>> {
    let (object, length) = this_list(machine)?;
    expect_callable(machine, arguments.at(0))?;
    let index = machine.temps(2)?;
    let result = index + 1;
    for place in (0..length).rev() {
        machine.get_place(value, object, place)?;
        machine.set_number(index, place as f64)?;
        machine.call(result, arguments.at(0), arguments.at(1), &[value, index, object])?;
        if machine.to_boolean(result) {
            return Ok(Some(place));
        }
    }
    machine.undefined(value);
    Ok(None)
}

pub(in crate::builtins) fn find_last(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let value = machine.temp()?;
    last(machine, arguments, value)?;
    Ok(value)
}

pub(in crate::builtins) fn find_last_index(
    machine: &mut Machine,
    arguments: Arguments,
) -> Outcome<R> {
    let value = machine.temp()?;
    let place = last(machine, arguments, value)?;
    machine.give_number(place.map_or(-1.0, |place| place as f64))
}

pub(in crate::builtins) fn last_index_of(
    machine: &mut Machine,
    arguments: Arguments,
) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let value = machine.temp()?;
    let mut end = length;
    if length == 0 {
        return machine.give_number(-1.0);
    }
    if arguments.count > 1 {
        let from = machine.to_integer(arguments.at(1))?;
        let from = if from < 0.0 { from + length as f64 } else { from };
        end = (from + 1.0).clamp(0.0, length as f64) as usize;
    }
    for place in (0..end).rev() {
        if machine.element_if_there(value, object, place)?
            && machine.strict_equal(value, arguments.at(0))?
        {
            return machine.give_number(place as f64);
        }
    }
    machine.give_number(-1.0)
}

pub(super) fn reduce_right(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    reduce_right_of(machine, arguments, Holes::Skip)
}

pub(in crate::builtins) fn reduce_right_of(
    machine: &mut Machine,
    arguments: Arguments,
    holes: Holes,
) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    fold(machine, arguments, object, holes, (0..length).rev())
}

pub(super) fn copy_within(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let to = machine.to_place(arguments.at(0), length, 0)?;
    let from = machine.to_place(arguments.at(1), length, 0)?;
    let end = machine.to_place(arguments.at(2), length, length)?;
    let count = end.saturating_sub(from).min(length - to);
    if from < to && to < from + count {
        move_elements(machine, object, from, to, (0..count).rev())?;
    } else {
        move_elements(machine, object, from, to, 0..count)?;
    }
    Ok(object)
}

/// Appends the elements of a list to an array that has `count`, those of arrays in it as deep as `depth`.
fn flatten(
    machine: &mut Machine,
    array: R,
    (list, length): (R, usize),
    depth: f64,
    count: &mut usize,
) -> Outcome {
    stacker::maybe_grow(crate::interpret::call::RED_ZONE, crate::interpret::call::SEGMENT, || {
        machine.scoped(|machine| {
            let value = machine.temp()?;
            for place in 0..length {
                if !machine.element_if_there(value, list, place)? {
                    continue;
                }
                if depth > 0.0 && machine.is_array(value)? {
                    let length = machine.length_of(value)?;
                    flatten(machine, array, (value, length), depth - 1.0, count)?;
                } else {
                    machine.create_element(array, *count, value)?;
                    *count += 1;
                }
            }
            Ok(())
        })
    })
}

pub(super) fn flat(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let list = this_list(machine)?;
    let depth = match machine.is_undefined(arguments.at(0)) {
        true => 1.0,
        false => machine.to_integer(arguments.at(0))?,
    };
    let array = machine.temp()?;
    machine.species_array(array, list.0, 0)?;
    flatten(machine, array, list, depth, &mut 0)?;
    Ok(array)
}

pub(super) fn flat_map(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let list = this_list(machine)?;
    if !machine.is_callable(arguments.at(0)) {
        return machine.throw_type_error("flatMap mapper function is not callable");
    }
    let array = machine.temp()?;
    machine.species_array(array, list.0, 0)?;
    let mut count = 0;
    each_of(machine, arguments, list, Holes::Skip, |machine, _, _, result| {
        if machine.is_array(result)? {
            let length = machine.length_of(result)?;
            flatten(machine, array, (result, length), 0.0, &mut count)?;
        } else {
            machine.create_element(array, count, result)?;
            count += 1;
        }
        Ok(true)
    })?;
    Ok(array)
}

pub(super) fn to_reversed(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let array = machine.temps(2)?;
    let value = array + 1;
    machine.array_of_length(array, length)?;
    for place in (0..length).rev() {
        machine.get_place(value, object, place)?;
        machine.push(array, value)?;
    }
    Ok(array)
}

pub(super) fn to_spliced(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let (start, skipped, added) = spliced(machine, arguments, length)?;
    let array = machine.temps(2)?;
    let value = array + 1;
    if length - skipped + added > u32::MAX as usize {
        return machine.throw_range_error("Invalid array length");
    }
    machine.new_array(array, 0)?;
    for place in (0..start).chain(start + skipped..length) {
        if place == start + skipped {
            for added in 2..arguments.count {
                machine.push(array, arguments.at(added))?;
            }
        }
        machine.get_place(value, object, place)?;
        machine.push(array, value)?;
    }
    if start + skipped == length {
        for added in 2..arguments.count {
            machine.push(array, arguments.at(added))?;
        }
    }
    Ok(array)
}

pub(super) fn with(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let Some(changed) = relative(machine, arguments.at(0), length)? else {
        let shown = machine.show(arguments.at(0));
        return machine.throw_range_error(&format!("Invalid index : {shown}"));
    };
    let array = machine.temps(2)?;
    let value = array + 1;
    machine.array_of_length(array, length)?;
    for place in 0..length {
        if place == changed {
            machine.push(array, arguments.at(1))?;
        } else {
            machine.get_place(value, object, place)?;
            machine.push(array, value)?;
        }
    }
    Ok(array)
}

pub(in crate::builtins) fn to_locale_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let (object, length) = this_list(machine)?;
    let value = machine.temp()?;
    let name = machine.atoms.intern_str("toLocaleString");
    let mut text = Vec::new();
    for place in 0..length {
        if place > 0 {
            text.push(u16::from(b','));
        }
        machine.get_place(value, object, place)?;
        if !machine.is_nullish(value) {
            machine.call_method(value, value, name, &[])?;
            machine.to_string(value, value)?;
            text.extend(machine.units(value)?);
        }
    }
    machine.new_string(0, &text)?;
    Ok(0)
}

/// The names that `with (array)` does not see.
pub(super) fn define_unscopables(machine: &mut Machine, prototype: R) -> Outcome {
    const NAMES: &[&str] = &[
        "at",
        "copyWithin",
        "entries",
        "fill",
        "find",
        "findIndex",
        "findLast",
        "findLastIndex",
        "flat",
        "flatMap",
        "includes",
        "keys",
        "values",
        "toReversed",
        "toSorted",
        "toSpliced",
    ];
    machine.scoped(|machine| {
        let object = machine.temps(2)?;
        let value = object + 1;
        machine.registers().set_null(value);
        machine.new_with_prototype(object, value)?;
        for name in NAMES {
            let name = machine.atoms.intern_str(name);
            machine.registers().set_bool(value, true);
            machine.define_named(object, name, value, crate::objects::class::Flags::PLAIN)?;
        }
        machine.define_named(
            prototype,
            known::UNSCOPABLES,
            object,
            crate::objects::class::Flags::READ_ONLY,
        )
    })
}
