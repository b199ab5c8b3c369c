//! Sorting of arrays and typed arrays: a stable merge sort (ECMA-262, sections 23.1.3.30 and 23.2.3.29).
//!
//! What is sorted are places of a list that lies in the heap: comparing two may call JavaScript.

use super::list::{expect_callable, this_list};
use crate::machine::{Machine, R};
use crate::objects::atoms::Key;
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::thrown::Outcome;
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

/// The places of a list of `length` values, in the order of the values.
pub(in crate::builtins) fn sorted(
    machine: &mut Machine,
    list: R,
    length: usize,
    compare: R,
    otherwise: Default,
) -> Outcome<Vec<usize>> {
    let order: Vec<usize> = (0..length).collect();
    if !machine.is_undefined(compare) {
        return machine.scoped(|machine| {
            let (a, b) = (machine.temps(4)?, machine.size() - 3);
            let (nothing, result) = (b + 1, b + 2);
            merge_sort(order, &mut |left, right| {
                machine.get(a, list, Key::Index(left as u32))?;
                machine.get(b, list, Key::Index(right as u32))?;
                machine.call(result, compare, nothing, &[a, b])?;
                let number = machine.to_number(result)?;
                Ok(if number > 0.0 { Ordering::Greater } else { Ordering::Less })
            })
        });
    }
    if otherwise == Default::Texts {
        let texts = machine.scoped(|machine| {
            let value = machine.temp()?;
            let mut texts = Vec::with_capacity(length);
            for place in 0..length {
                machine.get(value, list, Key::Index(place as u32))?;
                machine.to_string(value, value)?;
                texts.push(machine.units(value)?);
            }
            Ok(texts)
        })?;
        let mut order = order;
        order.sort_by(|left, right| texts[*left].cmp(&texts[*right]));
        return Ok(order);
    }
    machine.scoped(|machine| {
        let (a, b) = (machine.temps(2)?, machine.size() - 1);
        merge_sort(order, &mut |left, right| {
            machine.get(a, list, Key::Index(left as u32))?;
            machine.get(b, list, Key::Index(right as u32))?;
            if machine.type_of(a) == Type::BigInt {
                return Ok(machine.compare(a, b)?.unwrap_or(Ordering::Equal));
            }
            let (a, b) = (machine.number(a), machine.number(b));
            // NaN comes last, and negative zero before zero.
            Ok(a.is_nan().cmp(&b.is_nan()).then_with(|| match a.partial_cmp(&b) {
                Some(Ordering::Equal) => b.is_sign_negative().cmp(&a.is_sign_negative()),
                order => order.unwrap_or(Ordering::Equal),
            }))
        })
    })
}

fn merge_sort(
    mut order: Vec<usize>,
    compare: &mut impl FnMut(usize, usize) -> Outcome<Ordering>,
) -> Outcome<Vec<usize>> {
    let (length, mut width) = (order.len(), 1);
    let mut merged = Vec::with_capacity(length);
    while width < length {
        merged.clear();
        for start in (0..length).step_by(2 * width) {
            let (middle, end) = ((start + width).min(length), (start + 2 * width).min(length));
            let (mut left, mut right) = (start, middle);
            while left < middle && right < end {
                if compare(order[left], order[right])? == Ordering::Greater {
                    merged.push(order[right]);
                    right += 1;
                } else {
                    merged.push(order[left]);
                    left += 1;
                }
            }
            merged.extend_from_slice(&order[left..middle]);
            merged.extend_from_slice(&order[right..end]);
        }
        core::mem::swap(&mut order, &mut merged);
        width *= 2;
    }
    Ok(order)
}

/// A list of what is there in an array-like: the values, and how many of them are undefined at the end.
fn collect(
    machine: &mut Machine,
    list: R,
    object: R,
    length: usize,
    holes: bool,
) -> Outcome<usize> {
    machine.scoped(|machine| {
        let value = machine.temp()?;
        let mut undefined = 0;
        for place in 0..length {
            if !machine.element_if_there(value, object, place)? {
                if !holes {
                    continue;
                }
                machine.undefined(value);
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
    let list = machine.temps(2)?;
    let value = list + 1;
    machine.new_array(list, 0)?;
    let undefined = collect(machine, list, object, length, false)?;
    let count = machine.array_length(list);
    let order = sorted(machine, list, count, compare, Default::Texts)?;
    for (place, from) in order.into_iter().enumerate() {
        machine.get(value, list, Key::Index(from as u32))?;
        let key = machine.place_key(place);
        machine.set(object, key, value, true)?;
    }
    machine.undefined(value);
    for place in count..count + undefined {
        let key = machine.place_key(place);
        machine.set(object, key, value, true)?;
    }
    for place in (count + undefined..length).rev() {
        let key = machine.place_key(place);
        machine.delete_or_throw(object, key)?;
    }
    Ok(object)
}

pub(super) fn to_sorted(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let compare = arguments.at(0);
    if !machine.is_undefined(compare) {
        expect_callable(machine, compare)?;
    }
    let (object, length) = this_list(machine)?;
    let list = machine.temps(3)?;
    let (value, result) = (list + 1, list + 2);
    machine.array_of_length(result, length)?;
    machine.new_array(list, 0)?;
    let undefined = collect(machine, list, object, length, true)?;
    let count = machine.array_length(list);
    let order = sorted(machine, list, count, compare, Default::Texts)?;
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
