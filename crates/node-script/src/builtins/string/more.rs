//! `String`'s functions for code points, and methods of its prototype that are rarely used.

use super::collation;
use super::text::{by_runs, has_at, inked, part, this_string};
use crate::machine::{Machine, R};
use crate::objects::atoms::known;
use crate::objects::code::Arguments;
use crate::objects::number::to_text;
use crate::thrown::Outcome;

pub(super) fn from_code_point(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut units = Vec::with_capacity(arguments.count);
    for place in 0..arguments.count {
        let number = machine.to_number(arguments.at(place))?;
        if number.fract() != 0.0 || !(0.0..=1_114_111.0).contains(&number) {
            let shown = match machine.is_string(arguments.at(place)) {
                true => machine.show(arguments.at(place)),
                false => to_text(number),
            };
            return machine.throw_range_error(&format!("Invalid code point {shown}"));
        }
        match char::from_u32(number as u32) {
            Some(point) => units.extend_from_slice(point.encode_utf16(&mut [0; 2])),
            None => units.push(number as u16),
        }
    }
    machine.new_string(0, &units)?;
    Ok(0)
}

pub(super) fn raw(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let list = machine.temps(2)?;
    let value = list + 1;
    machine.to_object(list, arguments.at(0))?;
    machine.get_named(list, list, known::RAW)?;
    machine.to_object(list, list)?;
    let length = machine.length_of(list)?;
    let mut text = Vec::new();
    for place in 0..length {
        machine.get(value, list, crate::objects::atoms::Key::Index(place as u32))?;
        machine.to_string(value, value)?;
        text.extend(machine.units(value)?);
        if place + 1 < length && place + 1 < arguments.count {
            machine.to_string(value, arguments.at(place + 1))?;
            text.extend(machine.units(value)?);
        }
    }
    machine.new_string(0, &text)?;
    Ok(0)
}

pub(super) fn at(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "at")?;
    let length = machine.string_length(text) as f64;
    let index = machine.to_integer(arguments.at(0))?;
    let place = if index < 0.0 { index + length } else { index };
    if !(0.0..length).contains(&place) {
        return machine.give_undefined();
    }
    machine.string_character(0, text, place as usize)?;
    Ok(0)
}

pub(super) fn code_point_at(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "codePointAt")?;
    let place = machine.to_integer(arguments.at(0))?;
    let length = machine.string_length(text);
    if place < 0.0 || place >= length as f64 {
        return machine.give_undefined();
    }
    let place = place as usize;
    let first = machine.character(text, place)?;
    let second = match place + 1 < length {
        true => machine.character(text, place + 1)?,
        false => 0,
    };
    let point = char::decode_utf16([first, second]).next();
    let point = match point {
        Some(Ok(point)) => u32::from(point),
        _ => u32::from(first),
    };
    machine.give_number(f64::from(point))
}

pub(super) fn concat(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "concat")?;
    let value = machine.temp()?;
    for place in 0..arguments.count {
        machine.to_string(value, arguments.at(place))?;
        machine.concat(text, text, value)?;
    }
    Ok(text)
}

pub(super) fn last_index_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "lastIndexOf")?;
    let wanted = machine.temp()?;
    machine.to_string(wanted, arguments.at(0))?;
    let from = machine.to_number(arguments.at(1))?;
    let from = if from.is_nan() { f64::INFINITY } else { from.trunc().max(0.0) };
    let place = machine.with_strings(text, wanted, |units, wanted| {
        let last = units.len().checked_sub(wanted.len())?;
        let start = from.min(last as f64) as usize;
        (0..=start).rev().find(|place| has_at(units, wanted, *place))
    })?;
    machine.give_number(place.map_or(-1.0, |place| place as f64))
}

pub(super) fn locale_compare(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "localeCompare")?;
    let other = machine.temp()?;
    machine.to_string(other, arguments.at(0))?;
    let (left, right) = (machine.rust_string(text)?, machine.rust_string(other)?);
    machine.give_number(f64::from(collation::compare(&left, &right) as i8))
}

pub(super) fn normalize(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "normalize")?;
    let form = match machine.is_undefined(arguments.at(0)) {
        true => "NFC".to_owned(),
        false => machine.string_of(arguments.at(0))?,
    };
    if !matches!(form.as_str(), "NFC" | "NFD" | "NFKC" | "NFKD") {
        let text = "The normalization form should be one of NFC, NFD, NFKC, NFKD.";
        return machine.throw_range_error(text);
    }
    if machine.rust_string(text)?.is_ascii() {
        return Ok(text);
    }
    let normal = by_runs(machine.units(text)?, |run| in_form(run, &form).into_owned());
    machine.new_string(0, &normal)?;
    Ok(0)
}

pub(super) fn trim_start(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = this_string(machine, "trimLeft")?;
    let (start, _) = inked(machine, text)?;
    let length = machine.string_length(text);
    part(machine, text, start, length)
}

pub(super) fn trim_end(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = this_string(machine, "trimRight")?;
    let (_, end) = inked(machine, text)?;
    part(machine, text, 0, end)
}

pub(super) fn substr(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "substr")?;
    let length = machine.string_length(text);
    let start = machine.to_place(arguments.at(0), length, 0)?;
    let count = match machine.is_undefined(arguments.at(1)) {
        true => length - start,
        false => machine.to_integer(arguments.at(1))?.clamp(0.0, (length - start) as f64) as usize,
    };
    part(machine, text, start, start + count)
}

pub(super) fn is_well_formed(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = this_string(machine, "isWellFormed")?;
    let units = machine.units(text)?;
    machine.give_bool(char::decode_utf16(units).all(|point| point.is_ok()))
}

pub(super) fn to_well_formed(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = this_string(machine, "toWellFormed")?;
    let text = machine.rust_string(text)?;
    machine.give_text(&text)
}

/// A text in one of Unicode's four normal forms.
fn in_form<'t>(text: &'t str, form: &str) -> std::borrow::Cow<'t, str> {
    use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
    match form {
        "NFC" => ComposingNormalizerBorrowed::new_nfc().normalize(text),
        "NFKC" => ComposingNormalizerBorrowed::new_nfkc().normalize(text),
        "NFD" => DecomposingNormalizerBorrowed::new_nfd().normalize(text),
        _ => DecomposingNormalizerBorrowed::new_nfkd().normalize(text),
    }
}
