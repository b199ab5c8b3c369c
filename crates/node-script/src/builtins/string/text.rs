//! What several methods of strings need: the text that they are called on, its parts, and a search in it.

use crate::machine::{Machine, R, THIS};
use crate::objects::atoms::known;
use crate::objects::code::Arguments;
use crate::objects::number::is_space;
use crate::objects::string::Text;
use crate::thrown::Outcome;
use heap_model::collections::string::FlatUnits;

/// The string that a method is called on, in a new register.
pub(super) fn this_string(machine: &mut Machine, method: &str) -> Outcome<R> {
    let text = machine.temp()?;
    if machine.is_nullish(THIS) {
        let text = format!("String.prototype.{method} called on null or undefined");
        return machine.throw_type_error(&text);
    }
    machine.to_string(text, THIS)?;
    Ok(text)
}

/// The place of a string in another, from one on.
pub(super) fn find_string(
    machine: &mut Machine,
    text: R,
    wanted: R,
    from: usize,
) -> Outcome<Option<usize>> {
    machine.with_strings(text, wanted, |units, wanted| find_in(units, wanted, from))
}

fn find_in(text: FlatUnits<'_>, wanted: FlatUnits<'_>, from: usize) -> Option<usize> {
    match (text, wanted) {
        (FlatUnits::OneByte(units), FlatUnits::OneByte(wanted)) => find_bytes(units, wanted, from),
        (FlatUnits::OneByte(units), FlatUnits::TwoByte(wanted)) => {
            // What has no unit above 255 may still be of two bytes.
            let narrow = wanted.iter().map(|unit| u8::try_from(u16::from_ne_bytes(*unit)).ok());
            let narrow: Option<Vec<u8>> = narrow.collect();
            find_bytes(units, &narrow?, from)
        }
        (FlatUnits::TwoByte(units), wanted) => find_wide(units, &Text::of(wanted).units(), from),
    }
}

/// Whether a text has another at a place.
pub(super) fn has_at(text: FlatUnits<'_>, wanted: FlatUnits<'_>, at: usize) -> bool {
    if at + wanted.len() > text.len() {
        return false;
    }
    match (text, wanted) {
        (FlatUnits::OneByte(text), FlatUnits::OneByte(wanted)) => text[at..].starts_with(wanted),
        (FlatUnits::TwoByte(text), FlatUnits::TwoByte(wanted)) => text[at..].starts_with(wanted),
        _ => (0..wanted.len()).all(|place| text.get(at + place) == wanted.get(place)),
    }
}

/// A text changed between the surrogates that stand alone, which stay as they are.
pub(super) fn by_runs(units: Vec<u16>, change: impl Fn(&str) -> String) -> Vec<u16> {
    let (mut changed, mut run) = (Vec::with_capacity(units.len()), String::new());
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(character) => run.push(character),
            Err(alone) => {
                changed.extend(change(&std::mem::take(&mut run)).encode_utf16());
                changed.push(alone.unpaired_surrogate());
            }
        }
    }
    changed.extend(change(&run).encode_utf16());
    changed
}

/// Where a text begins and ends without what is blank there.
pub(super) fn inked(machine: &mut Machine, text: R) -> Outcome<(usize, usize)> {
    machine.with_string(text, |units| {
        let is_inked = |place: &usize| {
            let character = units.get(*place).and_then(|unit| char::from_u32(u32::from(unit)));
            !character.is_some_and(is_space)
        };
        let start = (0..units.len()).find(is_inked);
        let end = (0..units.len()).rfind(is_inked);
        start.zip(end).map_or((units.len(), 0), |(start, last)| (start, last + 1))
    })
}

/// The place of units among those of two bytes, from one on.
fn find_wide(text: &[[u8; 2]], wanted: &[u16], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let is = |window: &[[u8; 2]]| {
        window.iter().map(|unit| u16::from_ne_bytes(*unit)).eq(wanted.iter().copied())
    };
    match wanted.len() {
        0 => Some(from),
        length => rest.windows(length).position(is).map(|place| from + place),
    }
}

/// The place of bytes among others, from one on.
fn find_bytes(text: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let place = match wanted {
        [] => Some(0),
        [unit] => memchr::memchr(*unit, rest),
        _ => memchr::memmem::find(rest, wanted),
    };
    Some(from + place?)
}

pub(super) fn part(machine: &mut Machine, text: R, start: usize, end: usize) -> Outcome<R> {
    if start >= end {
        machine.atom_value(0, known::EMPTY)?;
        return Ok(0);
    }
    machine.substring(0, text, start, end)?;
    Ok(0)
}

pub(super) fn split(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "split")?;
    let array = machine.temps(2)?;
    let value = array + 1;
    machine.new_array(array, 0)?;
    let limit = match machine.is_undefined(arguments.at(1)) {
        true => u32::MAX,
        false => machine.to_uint32(arguments.at(1))?,
    } as usize;
    machine.to_string(value, arguments.at(0))?;
    if limit == 0 {
        return Ok(array);
    }
    if machine.is_undefined(arguments.at(0)) {
        machine.push(array, text)?;
        return Ok(array);
    }
    let length = machine.string_length(text);
    let separator = machine.string_length(value);
    let mut parts = Vec::new();
    if separator == 0 {
        parts.extend((0..length).map(|place| (place, place + 1)));
    } else {
        let mut start = 0;
        machine.with_strings(text, value, |text, separator| {
            while let Some(place) = find_in(text, separator, start) {
                parts.push((start, place));
                start = place + separator.len();
            }
        })?;
        parts.push((start, length));
    }
    parts.truncate(limit);
    machine.new_array(array, parts.len())?;
    for (start, end) in parts {
        if start == end {
            machine.atom_value(value, known::EMPTY)?;
        } else {
            machine.substring(value, text, start, end)?;
        }
        machine.push(array, value)?;
    }
    Ok(array)
}
