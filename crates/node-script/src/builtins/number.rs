//! `Number`.

use super::{Constant, Method};
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::objects::number;
use crate::objects::object::Type;
use crate::thrown::Outcome;

const CONSTANTS: &[Constant] = &[
    ("EPSILON", f64::EPSILON),
    ("MAX_SAFE_INTEGER", 9_007_199_254_740_991.0),
    ("MAX_VALUE", f64::MAX),
    ("MIN_SAFE_INTEGER", -9_007_199_254_740_991.0),
    ("MIN_VALUE", 5e-324),
    ("NaN", f64::NAN),
    ("NEGATIVE_INFINITY", f64::NEG_INFINITY),
    ("POSITIVE_INFINITY", f64::INFINITY),
];

const STATIC: &[Method] = &[
    ("isFinite", 1, is_finite),
    ("isInteger", 1, is_integer),
    ("isNaN", 1, is_nan),
    ("isSafeInteger", 1, is_safe_integer),
];

const PROTOTYPE: &[Method] = &[
    ("toExponential", 1, to_exponential),
    ("toFixed", 1, to_fixed),
    ("toLocaleString", 0, to_locale_string),
    ("toPrecision", 1, to_precision),
    ("toString", 1, to_string),
    ("valueOf", 0, value_of),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, function) = (prototype + 1, prototype + 2);
    machine.registers().set_smi(class, 0);
    machine.new_wrapper_prototype(prototype, roots::NUMBER_PROTOTYPE, ObjectKind::Number, class)?;
    machine.define_class(class, "Number", 1, construct, prototype)?;
    machine.define_constants(class, CONSTANTS)?;
    machine.define_methods(class, STATIC)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    // The same functions are globals.
    for (name, length, call) in
        [("parseInt", 2, parse_int as _), ("parseFloat", 1, parse_float as _)]
    {
        let name = machine.atoms.intern_str(name);
        machine.new_native(function, name, length, call, false)?;
        machine.define_named(class, name, function, Flags::HIDDEN)?;
        machine.define_global(name, function)?;
    }
    Ok(())
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let value = machine.temps(2)?;
    let object = value + 1;
    machine.registers().set_smi(value, 0);
    if arguments.count > 0 {
        machine.to_numeric(value, arguments.at(0))?;
        if machine.type_of(value) == Type::BigInt {
            let text = machine.big_int_text(value, 10)?;
            machine.set_number(value, text.parse().unwrap_or(f64::NAN))?;
        }
    }
    if !arguments.construct() {
        return Ok(value);
    }
    let root = roots::NUMBER_PROTOTYPE;
    machine.construct_kind(object, arguments, root, ObjectKind::Number, FIRST + 1)?;
    machine.registers().store(object, FIRST, value)?;
    Ok(object)
}

fn number_of(machine: &mut Machine, value: R) -> Option<f64> {
    machine.registers().number(value)
}

fn is_finite(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let is = number_of(machine, arguments.at(0)).is_some_and(f64::is_finite);
    machine.give_bool(is)
}

fn is_integer(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = number_of(machine, arguments.at(0));
    machine.give_bool(number.is_some_and(|number| number.is_finite() && number.fract() == 0.0))
}

fn is_safe_integer(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = number_of(machine, arguments.at(0));
    let is = number
        .is_some_and(|number| number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0);
    machine.give_bool(is)
}

fn is_nan(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let is = number_of(machine, arguments.at(0)).is_some_and(f64::is_nan);
    machine.give_bool(is)
}

fn this_number(machine: &mut Machine, method: &str) -> Outcome<f64> {
    let value = machine.temp()?;
    if machine.this_primitive(value, THIS, ObjectKind::Number)? {
        return Ok(machine.number(value));
    }
    machine.throw_type_error(&format!("Number.prototype.{method} requires that 'this' be a Number"))
}

fn value_of(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let number = this_number(machine, "valueOf")?;
    machine.give_number(number)
}

fn to_string(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = this_number(machine, "toString")?;
    let radix = match machine.is_undefined(arguments.at(0)) {
        true => 10.0,
        false => machine.to_integer(arguments.at(0))?,
    };
    if !(2.0..=36.0).contains(&radix) {
        return machine.throw_range_error("toString() radix argument must be between 2 and 36");
    }
    if radix == 10.0 || !number.is_finite() {
        return machine.give_text(&number::to_text(number));
    }
    machine.give_text(&in_radix(number, radix as u32))
}

/// The first whole number with a neighbour that is two away.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number's text in a radix: as many digits behind the point as tell it from its neighbours (V8's
/// `DoubleToRadixCString`).
fn in_radix(number: f64, radix: u32) -> String {
    let value = number.abs();
    let mut whole = value.floor();
    let mut fraction = value - whole;
    let next = f64::from_bits((value.to_bits() + 1).min(f64::MAX.to_bits()));
    let apart =
        if next > value { next - value } else { value - f64::from_bits(value.to_bits() - 1) };
    let mut delta = (0.5 * apart).max(5e-324);
    let digit = |digit: u32| char::from_digit(digit, radix).unwrap_or('0');
    let base = f64::from(radix);
    let mut behind: Vec<u32> = Vec::new();
    if fraction >= delta {
        loop {
            fraction *= base;
            delta *= base;
            let next = fraction as u32;
            behind.push(next);
            fraction -= f64::from(next);
            if (fraction > 0.5 || (fraction == 0.5 && next & 1 == 1)) && fraction + delta > 1.0 {
                // Rounded up, over as many digits as overflow.
                loop {
                    match behind.pop() {
                        None => {
                            whole += 1.0;
                            break;
                        }
                        Some(last) if last + 1 < radix => {
                            behind.push(last + 1);
                            break;
                        }
                        Some(_) => {}
                    }
                }
                break;
            }
            if fraction < delta {
                break;
            }
        }
    }
    let mut before = Vec::new();
    // Digits that the number does not tell are zeros.
    while whole / base >= EXACT {
        whole /= base;
        before.push('0');
    }
    loop {
        let last = whole % base;
        before.push(digit(last as u32));
        whole = (whole - last) / base;
        if whole <= 0.0 {
            break;
        }
    }
    let mut text = String::new();
    if number < 0.0 {
        text.push('-');
    }
    text.extend(before.iter().rev());
    if !behind.is_empty() {
        text.push('.');
        text.extend(behind.into_iter().map(digit));
    }
    text
}

fn to_fixed(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = this_number(machine, "toFixed")?;
    let digits = machine.to_integer(arguments.at(0))?;
    if !(0.0..=100.0).contains(&digits) {
        return machine.throw_range_error("toFixed() digits argument must be between 0 and 100");
    }
    if number.abs() >= 1e21 || !number.is_finite() {
        return machine.give_text(&number::to_text(number));
    }
    let fixed = ryu_js::Buffer::new().format_to_fixed(number, digits as u8).to_owned();
    machine.give_text(&fixed)
}

/// A finite number's first significant digits, and the exponent of the first. A tie goes away from zero, as the
/// standard has it and Rust's formatting has not: so the digits are rounded here, from all that there are.
fn significant(number: f64, count: usize) -> (String, i32) {
    // No double has more digits.
    let exact = format!("{:.770e}", number.abs());
    let (digits, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let mut exponent: i32 = exponent.parse().unwrap_or(0);
    let all: Vec<u8> = digits.bytes().filter(u8::is_ascii_digit).collect();
    let mut kept = all[..count].to_vec();
    if all[count] >= b'5' {
        match kept.iter().rposition(|digit| *digit != b'9') {
            Some(last) => {
                kept[last] += 1;
                kept[last + 1..].fill(b'0');
            }
            None => {
                kept.fill(b'0');
                kept[0] = b'1';
                exponent += 1;
            }
        }
    }
    (kept.into_iter().map(char::from).collect(), exponent)
}

fn exponential(negative: bool, digits: &str, exponent: i32) -> String {
    let sign = if negative { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let plus = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}e{plus}{}", exponent.abs())
}

fn to_exponential(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = this_number(machine, "toExponential")?;
    let digits = machine.to_integer(arguments.at(0))?;
    if !number.is_finite() {
        return machine.give_text(&number::to_text(number));
    }
    if !(0.0..=100.0).contains(&digits) {
        return machine.throw_range_error("toExponential() argument must be between 0 and 100");
    }
    let (digits, exponent) = if machine.is_undefined(arguments.at(0)) {
        // As many as tell the number from its neighbours.
        let shortest = format!("{:e}", number.abs());
        let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
        (digits.replace('.', ""), exponent.parse().unwrap_or(0))
    } else {
        significant(number, digits as usize + 1)
    };
    machine.give_text(&exponential(number < 0.0, &digits, exponent))
}

fn to_precision(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = this_number(machine, "toPrecision")?;
    if machine.is_undefined(arguments.at(0)) {
        return machine.give_text(&number::to_text(number));
    }
    let count = machine.to_integer(arguments.at(0))?;
    if !number.is_finite() {
        return machine.give_text(&number::to_text(number));
    }
    if !(1.0..=100.0).contains(&count) {
        return machine.throw_range_error("toPrecision() argument must be between 1 and 100");
    }
    let count = count as usize;
    let (digits, exponent) = significant(number, count);
    if exponent < -6 || exponent >= count as i32 {
        return machine.give_text(&exponential(number < 0.0, &digits, exponent));
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let text = if exponent < 0 {
        format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize))
    } else {
        let (whole, rest) = digits.split_at(exponent as usize + 1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{rest}")
    };
    machine.give_text(&text)
}

/// As the locale en-US has it: groups of three digits, three digits behind the point at the most.
fn to_locale_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let number = this_number(machine, "toLocaleString")?;
    if !number.is_finite() {
        let text = if number.is_nan() {
            "NaN"
        } else if number < 0.0 {
            "-∞"
        } else {
            "∞"
        };
        return machine.give_text(text);
    }
    let fixed = if number.abs() < 1e21 {
        ryu_js::Buffer::new().format_to_fixed(number.abs(), 3).to_owned()
    } else {
        format!("{}", number.abs())
    };
    let (whole, rest) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let mut text = String::new();
    if number < 0.0 {
        text.push('-');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let rest = rest.trim_end_matches('0');
    if !rest.is_empty() {
        text.extend([".", rest]);
    }
    machine.give_text(&text)
}

fn parse_int(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.string_of(arguments.at(0))?;
    let mut radix = machine.to_int32(arguments.at(1))?;
    let text = text.trim_start_matches(number::is_space);
    let (negative, mut text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if (radix == 0 || radix == 16)
        && let Some(rest) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
    {
        text = rest;
        radix = 16;
    }
    let radix = if radix == 0 { 10 } else { radix };
    if !(2..=36).contains(&radix) {
        return machine.give_number(f64::NAN);
    }
    let end = text.find(|digit: char| !digit.is_digit(radix as u32)).unwrap_or(text.len());
    let digits = &text[..end];
    if digits.is_empty() {
        return machine.give_number(f64::NAN);
    }
    let value = match radix {
        10 => digits.parse().unwrap_or(f64::NAN),
        radix => digits.chars().fold(0.0, |sum, digit| {
            sum * f64::from(radix) + f64::from(digit.to_digit(radix as u32).unwrap_or(0))
        }),
    };
    machine.give_number(if negative { -value } else { value })
}

fn parse_float(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.string_of(arguments.at(0))?;
    let text = text.trim_start_matches(number::is_space);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.starts_with("Infinity") {
        let infinite = if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
        return machine.give_number(infinite);
    }
    // The longest beginning that is a number.
    let bytes = text.as_bytes();
    let (mut end, mut at) = (0, usize::from(text.len() > unsigned.len()));
    let (mut point, mut exponent, mut digits) = (false, false, false);
    while at < bytes.len() {
        match bytes[at] {
            b'0'..=b'9' => {
                digits = true;
                end = at + 1;
            }
            b'.' if !point && !exponent => {
                point = true;
                if digits {
                    end = at + 1;
                }
            }
            b'e' | b'E' if digits && !exponent => {
                exponent = true;
                if matches!(bytes.get(at + 1), Some(b'+' | b'-')) {
                    at += 1;
                }
            }
            _ => break,
        }
        at += 1;
    }
    let value = if digits { text[..end].parse().unwrap_or(f64::NAN) } else { f64::NAN };
    machine.give_number(value)
}
