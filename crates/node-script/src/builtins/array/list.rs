//! What all methods of arrays begin with: the list that they are called on, and going over it.

use crate::machine::{Machine, R, THIS};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

/// The object that a method is called on, and its length.
pub(in crate::builtins) fn this_list(machine: &mut Machine) -> Outcome<(R, usize)> {
    let object = machine.temp()?;
    machine.to_object(object, THIS)?;
    let length = machine.length_of(object)?;
    Ok((object, length))
}

pub(in crate::builtins) fn expect_callable(machine: &mut Machine, value: R) -> Outcome {
    if machine.is_callable(value) {
        return Ok(());
    }
    let shown = machine.show(value);
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
        if !machine.element_if_there(value, object, place)? {
            if holes == Holes::Skip {
                continue;
            }
            machine.undefined(value);
        }
        machine.set_number(index, place as f64)?;
        machine.call(result, arguments.at(0), arguments.at(1), &[value, index, object])?;
        if !machine.scoped(|machine| f(machine, value, place, result))? {
            break;
        }
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
    }
    if !begun {
        return machine.throw_type_error("Reduce of empty array with no initial value");
    }
    Ok(sum)
}
