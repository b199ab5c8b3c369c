//! Methods that put two sets together (ECMA-262 of 2025, section 24.2.4), which Node 22 has first. The other set is anything
//! that has `size`, `has` and `keys`.

use super::super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Gives, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::key_rules::Keys;
use crate::thrown::Outcome;
use heap_model::collections::set;
use heap_model::{Register, Tagged};

pub(super) const METHODS: &[Method] = &[
    ("union", 1, union),
    ("intersection", 1, intersection),
    ("difference", 1, difference),
    ("symmetricDifference", 1, symmetric_difference),
    ("isSubsetOf", 1, is_subset_of),
    ("isSupersetOf", 1, is_superset_of),
    ("isDisjointFrom", 1, is_disjoint_from),
];

/// Another set: its object, and the functions that it was found to have.
struct Other {
    object: R,
    has: R,
    keys: R,
    size: f64,
}

/// ECMA-262's `GetSetRecord`, after the receiver was tested.
fn begin(machine: &mut Machine, arguments: Arguments, method: &str) -> Outcome<Other> {
    machine.require_kind(ObjectKind::Set, &format!("Set.prototype.{method}"))?;
    let object = arguments.at(0);
    if !machine.is_object(object) {
        let shown = machine.show(object);
        return machine.throw_type_error(&format!("{shown} is not an object"));
    }
    let has = machine.temps(3)?;
    let (keys, value) = (has + 1, has + 2);
    machine.get_named(value, object, known::SIZE)?;
    let size = machine.to_number(value)?;
    if size.is_nan() {
        return machine.throw_type_error("The 'size' property must be a number");
    }
    let size = size.trunc();
    if size < 0.0 {
        return machine.throw_range_error(&format!("'{size}' is an invalid size"));
    }
    let name = machine.atoms.intern_str("has");
    machine.get_named(has, object, name)?;
    expect_method(machine, has, "has")?;
    machine.get_named(keys, object, known::KEYS)?;
    expect_method(machine, keys, "keys")?;
    Ok(Other { object, has, keys, size })
}

fn expect_method(machine: &mut Machine, method: R, name: &str) -> Outcome {
    if machine.is_callable(method) {
        return Ok(());
    }
    machine.throw_type_error(&format!("The '{name}' property must be a function"))
}

impl Other {
    fn has(&self, machine: &mut Machine, value: R) -> Outcome<bool> {
        machine.scoped(|machine| {
            let result = machine.temp()?;
            machine.call(result, self.has, self.object, &[value])?;
            Ok(machine.to_boolean(result))
        })
    }

    /// The iterator of its keys, and its `next`.
    fn keys(&self, machine: &mut Machine) -> Outcome<R> {
        let iterator = machine.temps(2)?;
        machine.call(iterator, self.keys, self.object, &[])?;
        if !machine.is_object(iterator) {
            let shown = machine.show(iterator);
            return machine.throw_type_error(&format!("{shown} is not an object"));
        }
        machine.get_named(iterator + 1, iterator, known::NEXT)?;
        Ok(iterator)
    }
}

/// Calls `f` with each of another set's keys until it says that it has seen enough.
fn each_key(
    machine: &mut Machine,
    iterator: R,
    mut f: impl FnMut(&mut Machine, R) -> Outcome<bool>,
) -> Outcome {
    machine.scoped(|machine| {
        let value = machine.temp()?;
        loop {
            machine.next_value(value, iterator)?;
            if machine.registers().get(value) == Tagged::HOLE {
                return Ok(());
            }
            if !machine.scoped(|machine| f(machine, value))? {
                return machine.close_iterator(iterator);
            }
        }
    })
}

/// Calls `f` with each member of the receiver, those that are added meanwhile included, until it says no.
fn each_own(machine: &mut Machine, mut f: impl FnMut(&mut Machine, R) -> Outcome<bool>) -> Outcome {
    machine.scoped(|machine| {
        let iterator = machine.temps(2)?;
        let value = iterator + 1;
        let kind = ObjectKind::SetIterator(Gives::Values);
        machine.collection_iterator(iterator, THIS, roots::SET_ITERATOR_PROTOTYPE, kind)?;
        while machine.registers().set_next(value, iterator)? {
            if !machine.scoped(|machine| f(machine, value))? {
                break;
            }
        }
        Ok(())
    })
}

fn is_member(machine: &mut Machine, of: R, value: R) -> Outcome<bool> {
    Ok(set::has(&mut machine.registers(), &Keys, Register(of), Register(value))?)
}

fn remove(machine: &mut Machine, from: R, value: R) -> Outcome {
    set::delete(&mut machine.registers(), &Keys, Register(from), Register(value))?;
    Ok(())
}

/// A new set of the receiver's members.
fn copy(machine: &mut Machine) -> Outcome<R> {
    let result = machine.temp()?;
    machine.new_set(result)?;
    each_own(machine, |machine, value| machine.set_add(result, value).map(|()| true))?;
    Ok(result)
}

fn union(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let other = begin(machine, arguments, "union")?;
    let keys = other.keys(machine)?;
    let result = copy(machine)?;
    each_key(machine, keys, |machine, value| machine.set_add(result, value).map(|()| true))?;
    Ok(result)
}

fn intersection(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let other = begin(machine, arguments, "intersection")?;
    let result = machine.temp()?;
    machine.new_set(result)?;
    if machine.set_size(THIS)? as f64 <= other.size {
        each_own(machine, |machine, value| {
            if other.has(machine, value)? {
                machine.set_add(result, value)?;
            }
            Ok(true)
        })?;
    } else {
        let keys = other.keys(machine)?;
        each_key(machine, keys, |machine, value| {
            if is_member(machine, THIS, value)? {
                machine.set_add(result, value)?;
            }
            Ok(true)
        })?;
    }
    Ok(result)
}

fn difference(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let other = begin(machine, arguments, "difference")?;
    let result = copy(machine)?;
    if machine.set_size(THIS)? as f64 <= other.size {
        each_own(machine, |machine, value| {
            if other.has(machine, value)? {
                remove(machine, result, value)?;
            }
            Ok(true)
        })?;
    } else {
        let keys = other.keys(machine)?;
        each_key(machine, keys, |machine, value| remove(machine, result, value).map(|()| true))?;
    }
    Ok(result)
}

fn symmetric_difference(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let other = begin(machine, arguments, "symmetricDifference")?;
    let keys = other.keys(machine)?;
    let result = copy(machine)?;
    each_key(machine, keys, |machine, value| {
        // What the receiver has by now decides: the other may change it.
        if is_member(machine, THIS, value)? {
            remove(machine, result, value)?;
        } else {
            machine.set_add(result, value)?;
        }
        Ok(true)
    })?;
    Ok(result)
}

fn is_subset_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let other = begin(machine, arguments, "isSubsetOf")?;
    let mut all = machine.set_size(THIS)? as f64 <= other.size;
    if all {
        each_own(machine, |machine, value| {
            all = other.has(machine, value)?;
            Ok(all)
        })?;
    }
    machine.give_bool(all)
}

fn is_superset_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let other = begin(machine, arguments, "isSupersetOf")?;
    let mut all = machine.set_size(THIS)? as f64 >= other.size;
    if all {
        let keys = other.keys(machine)?;
        each_key(machine, keys, |machine, value| {
            all = is_member(machine, THIS, value)?;
            Ok(all)
        })?;
    }
    machine.give_bool(all)
}

fn is_disjoint_from(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let other = begin(machine, arguments, "isDisjointFrom")?;
    let mut none = true;
    if machine.set_size(THIS)? as f64 <= other.size {
        each_own(machine, |machine, value| {
            none = !other.has(machine, value)?;
            Ok(none)
        })?;
    } else {
        let keys = other.keys(machine)?;
        each_key(machine, keys, |machine, value| {
            none = !is_member(machine, THIS, value)?;
            Ok(none)
        })?;
    }
    machine.give_bool(none)
}
