//! Sorting of arrays and typed arrays (ECMA-262, sections 23.1.3.30 and 23.2.3.29).
//!
//! What is sorted are places of a list that lies in the heap: comparing two may call JavaScript.

use super::list::{Holes, this_list};
use super::tim_sort::tim_sort;
use crate::machine::{Machine, R};
use crate::objects::atoms::Key;
use crate::objects::class::Elements;
use crate::objects::code::Arguments;
use crate::objects::layout::BACKING;
use crate::thrown::{Outcome, Thrown};
use core::cmp::Ordering;

/// How values are compared without a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::builtins) enum Default {
    /// As texts.
    Texts,
    /// As numbers or BigInts.
    Numbers,
}

/// What a comparison is: a function or undefined.
pub(in crate::builtins) fn expect_comparison(machine: &mut Machine, compare: R) -> Outcome {
    if machine.is_undefined(compare) || machine.is_callable(compare) {
        return Ok(());
    }
    machine.throw_type_error("The comparison function must be either a function or undefined")
}

/// A new array whose elements lie in slots, whatever they are: the values that are to be sorted.
pub(in crate::builtins) fn new_list(machine: &mut Machine, to: R, length: usize) -> Outcome {
    machine.array_of_length(to, length)?;
    machine.transition_elements(to, Elements::Packed)
}

/// The places of a list that `new_list` made, in the order of its values.
pub(in crate::builtins) fn sorted(
    machine: &mut Machine,
    list: R,
    compare: R,
    otherwise: Default,
) -> Outcome<Vec<usize>> {
    let length = machine.array_length(list);
    let mut order: Vec<usize> = (0..length).collect();
    machine.scoped(|machine| {
        let values = machine.temps(5)?;
        let (a, b, nothing, result) = (values + 1, values + 2, values + 3, values + 4);
        machine.elements(values, list)?;
        if length < 2 {
            return Ok(order);
        }
        if !machine.is_undefined(compare) {
            tim_sort(&mut order, |left, right| {
                let mut registers = machine.registers();
                registers.load(a, values, left)?;
                registers.load(b, values, right)?;
                machine.call(result, compare, nothing, &[a, b])?;
                let number = machine.registers().number(result);
                let number = number.map_or_else(|| machine.to_number(result), Ok)?;
                Ok::<_, Thrown>(number < 0.0)
            })?;
            return Ok(order);
        }
        if otherwise == Default::Texts {
            let mut texts = Vec::with_capacity(length);
            for place in 0..length {
                machine.registers().load(a, values, place)?;
                machine.to_string(a, a)?;
                texts.push(machine.units(a)?);
            }
            order.sort_by(|left, right| texts[*left].cmp(&texts[*right]));
            return Ok(order);
        }
        let mut numbers = Vec::with_capacity(length);
        for place in 0..length {
            let Some(number) = machine.registers().peek(values, place)?.number() else { break };
            // One that is not a number comes last, whichever sign it has.
            numbers.push(if number.is_nan() { f64::NAN } else { number });
        }
        if numbers.len() == length {
            order.sort_by(|left, right| numbers[*left].total_cmp(&numbers[*right]));
            return Ok(order);
        }
        tim_sort(&mut order, |left, right| {
            let mut registers = machine.registers();
            registers.load(a, values, left)?;
            registers.load(b, values, right)?;
            Ok::<_, Thrown>(machine.compare(a, b)? == Some(Ordering::Less))
        })?;
        Ok(order)
    })
}

/// Puts the values of a list, in an order, in the place of an array's elements: those that it was made of.
fn put_in_order(machine: &mut Machine, array: R, list: R, order: &[usize]) -> Outcome {
    machine.scoped(|machine| {
        let value = machine.temps(2)?;
        let values = value + 1;
        machine.elements(values, list)?;
        // Comparing may have changed the array.
        let length = machine.array_length(array);
        let mut plain =
            machine.is_packed(array) && machine.own_slots(array).is_some_and(|room| room >= length);
        let class = machine.class_of(array).map(|id| machine.classes.get(id));
        let any = class.is_some_and(|class| class.elements == Elements::Packed);
        for (place, from) in order.iter().enumerate() {
            let mut registers = machine.registers();
            registers.load(value, values, *from)?;
            plain &= place < length && (any || registers.get(value).is_smi());
            if plain {
                registers.store_inner(array, BACKING, place, value)?;
            } else {
                let key = machine.place_key(place);
                machine.set(array, key, value, true)?;
            }
        }
        Ok(())
    })
}

/// A list of what is there in an array-like: the values, and how many of them are undefined at the end.
fn collect(
    machine: &mut Machine,
    list: R,
    object: R,
    length: usize,
    holes: Holes,
) -> Outcome<usize> {
    machine.scoped(|machine| {
        let value = machine.temp()?;
        let mut undefined = 0;
        for place in 0..length {
            match holes {
                Holes::Read => machine.get_place(value, object, place)?,
                Holes::Skip if machine.element_if_there(value, object, place)? => {}
                Holes::Skip => continue,
            }
            if machine.is_undefined(value) {
                undefined += 1;
            } else {
                machine.push(list, value)?;
            }
        }
        Ok(undefined)
    })
}

pub(super) fn sort(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let compare = arguments.at(0);
    expect_comparison(machine, compare)?;
    let (object, length) = this_list(machine)?;
    if length < 2 {
        return Ok(object);
    }
    let list = machine.temps(2)?;
    let value = list + 1;
    new_list(machine, list, 0)?;
    let undefined = collect(machine, list, object, length, Holes::Skip)?;
    let count = machine.array_length(list);
    let order = sorted(machine, list, compare, Default::Texts)?;
    put_in_order(machine, object, list, &order)?;
    machine.undefined(value);
    for place in count..count + undefined {
        let key = machine.place_key(place);
        machine.set(object, key, value, true)?;
    }
    for place in count + undefined..length {
        let key = machine.place_key(place);
        machine.delete_or_throw(object, key)?;
    }
    Ok(object)
}

pub(super) fn to_sorted(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let compare = arguments.at(0);
    expect_comparison(machine, compare)?;
    let (object, length) = this_list(machine)?;
    let list = machine.temps(3)?;
    let (value, result) = (list + 1, list + 2);
    machine.array_of_length(result, length)?;
    new_list(machine, list, 0)?;
    let undefined = collect(machine, list, object, length, Holes::Read)?;
    let order = sorted(machine, list, compare, Default::Texts)?;
    for from in order {
        machine.get(value, list, Key::Index(from as u32))?;
        machine.push(result, value)?;
    }
    machine.undefined(value);
    for _ in 0..undefined {
        machine.push(result, value)?;
    }
    Ok(result)
}
