//! `Date` (ECMA-262, section 21.4). Local time is UTC.
//!
//! An object has V8's 96 bytes: the time, and room for what V8 remembers of it.

mod calendar;
mod parse;

use super::Method;
use crate::machine::{CALLEE, Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::thrown::Outcome;
use calendar::{DAY, Fields, time_of};
use heap_model::Value;

/// Slots of a date: the time, and V8's eight cached fields.
const SLOTS: usize = FIRST + 9;
const STATIC: &[Method] = &[("now", 0, now), ("parse", 1, parse_text), ("UTC", 7, utc)];

macro_rules! fields {
    ($(($get:literal, $get_utc:literal, $getter:ident, $field:expr);)*) => {
        const GETTERS: &[Method] =
            &[$(($get, 0, $getter), ($get_utc, 0, $getter)),*];
        $(
            fn $getter(machine: &mut Machine, _: Arguments) -> Outcome<R> {
                let time = this_time(machine)?;
                if time.is_nan() {
                    return machine.give_number(f64::NAN);
                }
                let field: fn(&Fields) -> f64 = $field;
                machine.give_number(field(&Fields::of(time)))
            }
        )*
    };
}

fields! {
    ("getFullYear", "getUTCFullYear", get_year, |fields| fields.year);
    ("getMonth", "getUTCMonth", get_month, |fields| fields.month);
    ("getDate", "getUTCDate", get_date, |fields| fields.date);
    ("getDay", "getUTCDay", get_day, |fields| fields.weekday);
    ("getHours", "getUTCHours", get_hours, |fields| fields.hours);
    ("getMinutes", "getUTCMinutes", get_minutes, |fields| fields.minutes);
    ("getSeconds", "getUTCSeconds", get_seconds, |fields| fields.seconds);
    ("getMilliseconds", "getUTCMilliseconds", get_milliseconds, |fields| fields.milliseconds);
}

macro_rules! setters {
    ($(($set:literal, $set_utc:literal, $length:literal, $setter:ident, $first:literal);)*) => {
        const SETTERS: &[Method] =
            &[$(($set, $length, $setter), ($set_utc, $length, $setter)),*];
        $(
            fn $setter(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
                set_fields(machine, arguments, $first, $length)
            }
        )*
    };
}

setters! {
    ("setFullYear", "setUTCFullYear", 3, set_year, 0);
    ("setMonth", "setUTCMonth", 2, set_month, 1);
    ("setDate", "setUTCDate", 1, set_date, 2);
    ("setHours", "setUTCHours", 4, set_hours, 3);
    ("setMinutes", "setUTCMinutes", 3, set_minutes, 4);
    ("setSeconds", "setUTCSeconds", 2, set_seconds, 5);
    ("setMilliseconds", "setUTCMilliseconds", 1, set_milliseconds, 6);
}

const PROTOTYPE: &[Method] = &[
    ("toString", 0, to_string),
    ("toDateString", 0, to_date_string),
    ("toTimeString", 0, to_time_string),
    ("toISOString", 0, to_iso_string),
    ("toUTCString", 0, to_utc_string),
    ("toLocaleString", 0, to_locale_string),
    ("toLocaleDateString", 0, to_locale_date_string),
    ("toLocaleTimeString", 0, to_locale_time_string),
    ("getTime", 0, get_time),
    ("valueOf", 0, get_time),
    ("setTime", 1, set_time),
    ("getTimezoneOffset", 0, time_zone_offset),
    ("getYear", 0, get_short_year),
    ("setYear", 1, set_short_year),
    ("toJSON", 1, to_json),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, function) = (prototype + 1, prototype + 2);
    machine.new_prototype(prototype, roots::DATE_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "Date", 7, construct, prototype)?;
    machine.define_methods(class, STATIC)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_alias(prototype, "toGMTString", "toUTCString")?;
    machine.define_methods(prototype, GETTERS)?;
    machine.define_methods(prototype, SETTERS)?;
    let name = machine.atoms.intern_str("[Symbol.toPrimitive]");
    machine.new_native(function, name, 1, to_primitive, false)?;
    machine.define_named(prototype, known::TO_PRIMITIVE, function, Flags::READ_ONLY)
}

impl Machine {
    /// A date of a time in milliseconds.
    pub(crate) fn new_date(&mut self, to: R, time: f64) -> Outcome {
        self.new_kind(to, roots::DATE_PROTOTYPE, ObjectKind::Date, SLOTS)?;
        self.set_date_time(to, time)
    }

    fn set_date_time(&mut self, date: R, time: f64) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.set_number(value, time)?;
            Ok(machine.registers().store(date, FIRST, value)?)
        })
    }

    /// The time of a date, or none of something else.
    pub(crate) fn date_time(&mut self, date: R) -> Option<f64> {
        if self.kind_of(date) != Some(ObjectKind::Date) {
            return None;
        }
        self.registers().peek(date, FIRST).ok()?.number()
    }

    /// A time as `toISOString` writes it; of an invalid one, none.
    pub(crate) fn iso_text(&self, time: f64) -> Option<String> {
        (!time.is_nan()).then(|| Fields::of(time).iso())
    }
}

/// The milliseconds since 1970.
fn current(machine: &Machine) -> f64 {
    machine.node.clock.date()
}

/// A time within what a date can tell (ECMA-262's `TimeClip`).
fn clip(time: f64) -> f64 {
    if time.abs() <= 8.64e15 { time.trunc() + 0.0 } else { f64::NAN }
}

fn now(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let time = current(machine);
    machine.give_number(time)
}

fn parse_text(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.string_of(arguments.at(0))?;
    machine.give_number(clip(parse::parse(&text)))
}

/// The time that numbers tell: year, month, day and so on.
fn from_parts(machine: &mut Machine, arguments: Arguments) -> Outcome<f64> {
    let mut parts = [f64::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    for (place, part) in parts.iter_mut().enumerate().take(arguments.count.min(7)) {
        *part = machine.to_number(arguments.at(place))?;
    }
    let year = parts[0].trunc();
    if (0.0..=99.0).contains(&year) {
        parts[0] = 1900.0 + year;
    }
    Ok(clip(time_of(parts)))
}

fn utc(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let time = from_parts(machine, arguments)?;
    machine.give_number(time)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !arguments.construct() {
        let text = Fields::of(current(machine)).text();
        return machine.give_text(&text);
    }
    let time = match arguments.count {
        0 => current(machine),
        1 => match machine.date_time(arguments.at(0)) {
            Some(time) => time,
            None => machine.scoped(|machine| {
                let value = machine.temp()?;
                machine.to_primitive(value, arguments.at(0), None)?;
                if machine.is_string(value) {
                    let text = machine.rust_string(value)?;
                    return Ok(clip(parse::parse(&text)));
                }
                Ok(clip(machine.to_number(value)?))
            })?,
        },
        _ => from_parts(machine, arguments)?,
    };
    let date = machine.temp()?;
    machine.construct_kind(date, arguments, roots::DATE_PROTOTYPE, ObjectKind::Date, SLOTS)?;
    machine.registers().store_value(date, FIRST, Value::Smi(0))?;
    machine.set_date_time(date, time)?;
    Ok(date)
}

fn this_time(machine: &mut Machine) -> Outcome<f64> {
    match machine.date_time(THIS) {
        Some(time) => Ok(time),
        None => throw_no_date(machine),
    }
}

/// Refuses a receiver: V8's methods that only read a number have words of their own.
fn throw_no_date<T>(machine: &mut Machine) -> Outcome<T> {
    let name = machine.scoped(|machine| {
        let name = machine.temp()?;
        machine.own_property(name, CALLEE, known::NAME.into())?;
        Ok(machine.show(name))
    })?;
    let reads = name.starts_with("get") && name != "getYear" || name == "valueOf";
    match reads {
        true => machine.throw_type_error("this is not a Date object."),
        false => machine.throw_incompatible(&format!("Date.prototype.{name}")),
    }
}

fn get_time(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let time = this_time(machine)?;
    machine.give_number(time)
}

fn set_time(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    this_time(machine)?;
    let time = clip(machine.to_number(arguments.at(0))?);
    machine.set_date_time(THIS, time)?;
    machine.give_number(time)
}

fn time_zone_offset(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let time = this_time(machine)?;
    machine.give_number(if time.is_nan() { f64::NAN } else { 0.0 })
}

fn get_short_year(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let time = this_time(machine)?;
    machine.give_number(if time.is_nan() { f64::NAN } else { Fields::of(time).year - 1900.0 })
}

/// `setYear`: years below 100 are of the twentieth century.
fn set_short_year(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    this_time(machine)?;
    let given = machine.to_number(arguments.at(0))?;
    let time = this_time(machine)?;
    let whole = given.trunc();
    let year = if (0.0..=99.0).contains(&whole) { 1900.0 + whole } else { whole };
    let mut parts = Fields::of(if time.is_nan() { 0.0 } else { time }).parts();
    parts[0] = year;
    let time = if given.is_nan() { f64::NAN } else { clip(time_of(parts)) };
    machine.set_date_time(THIS, time)?;
    machine.give_number(time)
}

/// Sets fields from the first one on, as many as are given.
fn set_fields(machine: &mut Machine, arguments: Arguments, first: usize, most: u8) -> Outcome<R> {
    this_time(machine)?;
    let count = arguments.count.clamp(1, usize::from(most));
    let mut given = [0.0; 4];
    for (place, number) in given.iter_mut().enumerate().take(count) {
        *number = machine.to_number(arguments.at(place))?;
    }
    // V8 11 reads the time once the numbers are known; they may have changed it.
    let time = this_time(machine)?;
    // A year makes an invalid date valid; nothing else does.
    let base = if time.is_nan() && first == 0 { 0.0 } else { time };
    let time = if base.is_nan() {
        f64::NAN
    } else {
        let mut parts = Fields::of(base).parts();
        parts[first..first + count].copy_from_slice(&given[..count]);
        clip(time_of(parts))
    };
    machine.set_date_time(THIS, time)?;
    machine.give_number(time)
}

fn show(machine: &mut Machine, write: fn(&Fields) -> String) -> Outcome<R> {
    let time = this_time(machine)?;
    if time.is_nan() {
        return machine.give_text("Invalid Date");
    }
    machine.give_text(&write(&Fields::of(time)))
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    show(machine, Fields::text)
}

fn to_date_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    show(machine, Fields::day_text)
}

fn to_time_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    show(machine, Fields::time_text)
}

fn to_utc_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    show(machine, Fields::utc_text)
}

fn to_locale_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    show(machine, |fields| format!("{}, {}", fields.locale_day(), fields.locale_time()))
}

fn to_locale_date_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    show(machine, Fields::locale_day)
}

fn to_locale_time_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    show(machine, Fields::locale_time)
}

fn to_iso_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let time = this_time(machine)?;
    match machine.iso_text(time) {
        Some(text) => machine.give_text(&text),
        None => machine.throw_range_error("Invalid time value"),
    }
}

fn to_json(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let object = machine.temps(2)?;
    let value = object + 1;
    machine.to_object(object, THIS)?;
    machine.to_primitive(value, object, Some(true))?;
    if machine.type_of(value).is_number() && !machine.number(value).is_finite() {
        machine.registers().set_null(0);
        return Ok(0);
    }
    machine.get_text(value, object, "toISOString")?;
    if !machine.is_callable(value) {
        return machine.throw_type_error("toISOString is not a function");
    }
    machine.call(0, value, object, &[])?;
    Ok(0)
}

fn to_primitive(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_object(THIS) {
        return machine.throw_incompatible("Date.prototype [ @@toPrimitive ]");
    }
    let hint = match machine.is_string(arguments.at(0)) {
        true => machine.rust_string(arguments.at(0))?,
        false => String::new(),
    };
    let order = match hint.as_str() {
        "string" | "default" => [known::TO_STRING, known::VALUE_OF],
        "number" => [known::VALUE_OF, known::TO_STRING],
        _ => {
            let shown = machine.show(arguments.at(0));
            return machine.throw_type_error(&format!("Invalid hint: {shown}"));
        }
    };
    let method = machine.temps(2)?;
    let result = method + 1;
    for name in order {
        machine.get_named(method, THIS, name)?;
        if machine.is_callable(method) {
            machine.call(result, method, THIS, &[])?;
            if !machine.is_object(result) {
                return Ok(result);
            }
        }
    }
    machine.throw_type_error("Cannot convert object to primitive value")
}

const _: () = assert!(DAY == 86_400_000.0);
