//! `String`.

mod collation;
mod html;
mod more;
mod patterns;
mod text;

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use heap_model::collections::string::FlatUnits;
use text::{by_runs, find_string, has_at, inked, part, this_string};

const STATIC: &[Method] = &[
    ("fromCharCode", 1, from_char_code),
    ("fromCodePoint", 1, more::from_code_point),
    ("raw", 1, more::raw),
];

const PROTOTYPE: &[Method] = &[
    ("at", 1, more::at),
    ("codePointAt", 1, more::code_point_at),
    ("concat", 1, more::concat),
    ("isWellFormed", 0, more::is_well_formed),
    ("lastIndexOf", 1, more::last_index_of),
    ("localeCompare", 1, more::locale_compare),
    ("match", 1, patterns::match_),
    ("matchAll", 1, patterns::match_all),
    ("normalize", 0, more::normalize),
    ("replace", 2, patterns::replace),
    ("replaceAll", 2, patterns::replace_all),
    ("search", 1, patterns::search),
    ("substr", 2, more::substr),
    ("toLocaleLowerCase", 0, to_lower_case),
    ("toLocaleUpperCase", 0, to_upper_case),
    ("toWellFormed", 0, more::to_well_formed),
    ("trimEnd", 0, more::trim_end),
    ("trimStart", 0, more::trim_start),
    ("charAt", 1, char_at),
    ("charCodeAt", 1, char_code_at),
    ("endsWith", 1, ends_with),
    ("includes", 1, includes),
    ("indexOf", 1, index_of),
    ("padEnd", 1, pad_end),
    ("padStart", 1, pad_start),
    ("repeat", 1, repeat),
    ("slice", 2, slice),
    ("split", 2, patterns::split),
    ("startsWith", 1, starts_with),
    ("substring", 2, substring),
    ("toLowerCase", 0, to_lower_case),
    ("toString", 0, to_string),
    ("toUpperCase", 0, to_upper_case),
    ("trim", 0, trim),
    ("valueOf", 0, to_string),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, function) = (prototype + 1, prototype + 2);
    machine.atom_value(class, known::EMPTY)?;
    let (root, kind) = (roots::STRING_PROTOTYPE, ObjectKind::String);
    machine.new_wrapper_prototype(prototype, root, kind, class)?;
    machine.define_class(class, "String", 1, construct, prototype)?;
    machine.define_methods(class, STATIC)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_methods(prototype, html::METHODS)?;
    machine.define_alias(prototype, "trimLeft", "trimStart")?;
    machine.define_alias(prototype, "trimRight", "trimEnd")?;
    let name = machine.atoms.intern_str("[Symbol.iterator]");
    machine.new_native(function, name, 0, iterator, false)?;
    machine.define_named(prototype, known::ITERATOR, function, Flags::HIDDEN)?;
    let root = roots::STRING_ITERATOR_PROTOTYPE;
    machine.new_prototype(prototype, root, roots::ITERATOR_PROTOTYPE)?;
    machine.define_method(prototype, known::NEXT, 0, next)?;
    machine.keep_next(root, roots::STRING_ITERATOR_NEXT)?;
    machine.define_tag(prototype, "String Iterator")
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.temps(2)?;
    let object = text + 1;
    if arguments.count == 0 {
        machine.atom_value(text, known::EMPTY)?;
    } else if let (Type::Symbol(atom), false) =
        (machine.type_of(arguments.at(0)), arguments.construct())
    {
        let shown = machine.atoms.text(atom);
        machine.new_text(text, &shown)?;
    } else {
        machine.to_string(text, arguments.at(0))?;
    }
    if !arguments.construct() {
        return Ok(text);
    }
    let root = roots::STRING_PROTOTYPE;
    machine.construct_kind(object, arguments, root, ObjectKind::String, FIRST + 1)?;
    machine.registers().store(object, FIRST, text)?;
    Ok(object)
}

fn from_char_code(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut units = Vec::with_capacity(arguments.count);
    for place in 0..arguments.count {
        units.push(machine.to_uint32(arguments.at(place))? as u16);
    }
    match units[..] {
        [unit] => machine.unit_string(0, unit)?,
        _ => machine.new_string(0, &units)?,
    }
    Ok(0)
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if machine.this_primitive(0, THIS, ObjectKind::String)? {
        return Ok(0);
    }
    machine.throw_type_error("String.prototype.toString requires that 'this' be a String")
}

fn char_at(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "charAt")?;
    let place = machine.to_integer(arguments.at(0))?;
    if place < 0.0 || place >= machine.string_length(text) as f64 {
        machine.atom_value(0, known::EMPTY)?;
        return Ok(0);
    }
    machine.string_character(0, text, place as usize)?;
    Ok(0)
}

fn char_code_at(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if let Some(unit) = machine.unit_at(THIS, arguments.at(0)) {
        machine.registers().set_smi(0, i32::from(unit));
        return Ok(0);
    }
    let text = this_string(machine, "charCodeAt")?;
    let place = machine.to_integer(arguments.at(0))?;
    if place < 0.0 || place >= machine.string_length(text) as f64 {
        return machine.give_number(f64::NAN);
    }
    let unit = machine.character(text, place as usize)?;
    machine.give_number(f64::from(unit))
}

fn searched(machine: &mut Machine, arguments: Arguments, method: &str) -> Outcome<(R, R)> {
    let text = this_string(machine, method)?;
    let wanted = machine.temp()?;
    if method != "indexOf" && machine.is_reg_exp(arguments.at(0))? {
        let text =
            format!("First argument to String.prototype.{method} must not be a regular expression");
        return machine.throw_type_error(&text);
    }
    machine.to_string(wanted, arguments.at(0))?;
    Ok((text, wanted))
}

fn index_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let wanted = arguments.at(0);
    if arguments.count == 1 && machine.is_string(THIS) && machine.is_string(wanted) {
        let place = find_string(machine, THIS, wanted, 0)?;
        machine.registers().set_smi(0, place.map_or(-1, |place| place as i32));
        return Ok(0);
    }
    let (text, wanted) = searched(machine, arguments, "indexOf")?;
    let length = machine.string_length(text) as f64;
    let from = machine.to_integer(arguments.at(1))?.clamp(0.0, length) as usize;
    let place = find_string(machine, text, wanted, from)?;
    machine.give_number(place.map_or(-1.0, |place| place as f64))
}

fn includes(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (text, wanted) = searched(machine, arguments, "includes")?;
    let length = machine.string_length(text) as f64;
    let from = machine.to_integer(arguments.at(1))?.clamp(0.0, length) as usize;
    let found = find_string(machine, text, wanted, from)?;
    machine.give_bool(found.is_some())
}

fn starts_with(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (text, wanted) = searched(machine, arguments, "startsWith")?;
    let length = machine.string_length(text) as f64;
    let from = machine.to_integer(arguments.at(1))?.clamp(0.0, length) as usize;
    let starts = machine.with_strings(text, wanted, |text, wanted| has_at(text, wanted, from))?;
    machine.give_bool(starts)
}

fn ends_with(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (text, wanted) = searched(machine, arguments, "endsWith")?;
    let length = machine.string_length(text);
    let end = match machine.is_undefined(arguments.at(1)) {
        true => length,
        false => machine.to_integer(arguments.at(1))?.clamp(0.0, length as f64) as usize,
    };
    let ends = machine.with_strings(text, wanted, |text, wanted| {
        end.checked_sub(wanted.len()).is_some_and(|at| has_at(text, wanted, at))
    })?;
    machine.give_bool(ends)
}

fn slice(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "slice")?;
    let length = machine.string_length(text);
    let start = machine.to_place(arguments.at(0), length, 0)?;
    let end = machine.to_place(arguments.at(1), length, length)?;
    part(machine, text, start, end)
}

fn substring(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "substring")?;
    let length = machine.string_length(text) as f64;
    let start = machine.to_integer(arguments.at(0))?.clamp(0.0, length) as usize;
    let end = match machine.is_undefined(arguments.at(1)) {
        true => length as usize,
        false => machine.to_integer(arguments.at(1))?.clamp(0.0, length) as usize,
    };
    part(machine, text, start.min(end), start.max(end))
}

fn repeat(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = this_string(machine, "repeat")?;
    let count = machine.to_integer(arguments.at(0))?;
    if count < 0.0 || count.is_infinite() {
        let shown = machine.show(arguments.at(0));
        return machine.throw_range_error(&format!("Invalid count value: {shown}"));
    }
    let length = machine.string_length(text);
    if length as f64 * count > crate::objects::string::MAX_LENGTH as f64 {
        return machine.throw_range_error("Invalid string length");
    }
    machine.repeat(0, text, count as usize)?;
    Ok(0)
}

fn pad(machine: &mut Machine, arguments: Arguments, at_end: bool) -> Outcome<R> {
    let text = this_string(machine, if at_end { "padEnd" } else { "padStart" })?;
    let wanted = machine.to_length(arguments.at(0))?;
    let length = machine.string_length(text);
    if wanted <= length {
        return Ok(text);
    }
    let filler = machine.temps(2)?;
    let padding = filler + 1;
    match machine.is_undefined(arguments.at(1)) {
        true => machine.unit_string(filler, u16::from(b' '))?,
        false => machine.to_string(filler, arguments.at(1))?,
    }
    let unit = machine.string_length(filler);
    if unit == 0 {
        return Ok(text);
    }
    if wanted > crate::objects::string::MAX_LENGTH {
        return machine.throw_range_error("Invalid string length");
    }
    // As V8's `StringPad`: the filler repeated, and of it once more what is left.
    let (times, rest) = ((wanted - length) / unit, (wanted - length) % unit);
    machine.repeat(padding, filler, times)?;
    if rest > 0 {
        machine.substring(filler, filler, 0, rest)?;
        machine.concat(padding, padding, filler)?;
    }
    match at_end {
        true => machine.concat(0, text, padding)?,
        false => machine.concat(0, padding, text)?,
    }
    Ok(0)
}

fn pad_start(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    pad(machine, arguments, false)
}

fn pad_end(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    pad(machine, arguments, true)
}

fn to_lower_case(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = this_string(machine, "toLowerCase")?;
    change_case(machine, text, <[u8]>::to_ascii_lowercase, str::to_lowercase)
}

fn to_upper_case(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = this_string(machine, "toUpperCase")?;
    change_case(machine, text, <[u8]>::to_ascii_uppercase, str::to_uppercase)
}

/// The string with another case: by `of_ascii` if it is ASCII, as most are.
fn change_case(
    machine: &mut Machine,
    text: R,
    of_ascii: fn(&[u8]) -> Vec<u8>,
    of_all: fn(&str) -> String,
) -> Outcome<R> {
    let changed = machine.with_string(text, |units| match units {
        FlatUnits::OneByte(units) if units.is_ascii() => Some(of_ascii(units)),
        _ => None,
    })?;
    match changed {
        Some(changed) => machine.new_one_byte(0, &changed)?,
        None => {
            let changed = by_runs(machine.units(text)?, of_all);
            machine.new_string(0, &changed)?;
        }
    }
    Ok(0)
}

fn trim(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = this_string(machine, "trim")?;
    let (start, end) = inked(machine, text)?;
    part(machine, text, start, end)
}

/// A string's iterator has the string, and the next place.
fn iterator(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = this_string(machine, "[Symbol.iterator]")?;
    let object = machine.temp()?;
    let root = roots::STRING_ITERATOR_PROTOTYPE;
    machine.new_kind(object, root, ObjectKind::StringIterator, FIRST + 2)?;
    let mut registers = machine.registers();
    registers.store(object, FIRST, text)?;
    registers.store_value(object, FIRST + 1, heap_model::Value::Smi(0))?;
    Ok(object)
}

fn next(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if machine.kind_of(THIS) != Some(ObjectKind::StringIterator) {
        return machine.throw_type_error("next method called on incompatible receiver");
    }
    let value = machine.temp()?;
    let more = machine.next_character(value, THIS)?;
    machine.new_result(0, value, !more)?;
    Ok(0)
}

impl Machine {
    /// The next character of a string's iterator; whether there is one.
    pub(crate) fn next_character(&mut self, to: R, iterator: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let text = machine.temp()?;
            machine.registers().load(text, iterator, FIRST)?;
            let place =
                machine.registers().peek(iterator, FIRST + 1)?.as_smi().unwrap_or(0) as usize;
            let length = if machine.is_string(text) { machine.string_length(text) } else { 0 };
            if place >= length {
                machine.registers().store_value(iterator, FIRST, heap_model::Value::Undefined)?;
                machine.undefined(to);
                return Ok(false);
            }
            let first = machine.character(text, place)?;
            let paired = (0xD800..0xDC00).contains(&first)
                && place + 1 < length
                && (0xDC00..0xE000).contains(&machine.character(text, place + 1)?);
            let end = place + if paired { 2 } else { 1 };
            machine.substring(to, text, place, end)?;
            let next = heap_model::Value::Smi(end as i32);
            machine.registers().store_value(iterator, FIRST + 1, next)?;
            Ok(true)
        })
    }
}
