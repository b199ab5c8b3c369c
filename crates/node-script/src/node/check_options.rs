//! Options that are given to Node's functions as properties of an object.

use crate::machine::{Machine, R};
use crate::thrown::Outcome;

/// A flag, or what it is if it is not given.
pub(super) fn flag(
    machine: &mut Machine,
    options: R,
    name: &str,
    otherwise: bool,
) -> Outcome<bool> {
    machine.scoped(|machine| {
        let value = machine.temp()?;
        machine.get_text(value, options, name)?;
        Ok(if machine.is_undefined(value) { otherwise } else { machine.to_boolean(value) })
    })
}

/// A number of things; `null` and infinity are no limit.
pub(super) fn whole(
    machine: &mut Machine,
    options: R,
    name: &str,
    otherwise: usize,
) -> Outcome<usize> {
    machine.scoped(|machine| {
        let value = machine.temp()?;
        machine.get_text(value, options, name)?;
        if machine.is_undefined(value) {
            return Ok(otherwise);
        }
        if machine.is_null(value) {
            return Ok(usize::MAX);
        }
        let number = machine.to_number(value)?;
        Ok(if number.is_finite() { number.max(0.0) as usize } else { usize::MAX })
    })
}
