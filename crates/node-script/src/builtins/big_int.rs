//! `BigInt` (ECMA-262, section 21.2).

use super::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::number;
use crate::objects::object::Type;
use crate::thrown::Outcome;

const STATIC: &[Method] = &[("asUintN", 2, as_uint_n), ("asIntN", 2, as_int_n)];
const PROTOTYPE: &[Method] = &[
    ("toLocaleString", 0, to_locale_string),
    ("toString", 0, to_string),
    ("valueOf", 0, value_of),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.new_prototype(prototype, roots::BIG_INT_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "BigInt", 1, construct, prototype)?;
    machine.define_methods(class, STATIC)?;
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_tag(prototype, "BigInt")
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if arguments.construct() {
        return machine.throw_type_error("BigInt is not a constructor");
    }
    let value = machine.temp()?;
    machine.to_primitive(value, arguments.at(0), Some(true))?;
    if machine.type_of(value).is_number() {
        let number = machine.number(value);
        if number.fract() != 0.0 || !number.is_finite() {
            let text = format!(
                "The number {} cannot be converted to a BigInt because it is not an integer",
                number::to_text(number)
            );
            return machine.throw_range_error(&text);
        }
        let (digits, shift) = parts(number.abs());
        let mut words = vec![0_u64; shift / 64 + 2];
        let wide = u128::from(digits) << (shift % 64);
        words[shift / 64] = wide as u64;
        words[shift / 64 + 1] = (wide >> 64) as u64;
        machine.new_big_int(0, number < 0.0, &words)?;
        return Ok(0);
    }
    machine.to_big_int(0, value)?;
    Ok(0)
}

/// A whole number as a factor and a power of two.
fn parts(number: f64) -> (u64, usize) {
    if number < 9_007_199_254_740_992.0 {
        return (number as u64, 0);
    }
    let bits = number.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as usize;
    (bits & ((1 << 52) - 1) | 1 << 52, exponent - 1075)
}

impl Machine {
    /// ECMA-262's `ToBigInt`.
    pub(crate) fn to_big_int(&mut self, to: R, value: R) -> Outcome {
        match self.type_of(value) {
            Type::BigInt => {
                self.copy(to, value);
                Ok(())
            }
            Type::Bool(value) => self.new_big_int(to, false, &[u64::from(value)]),
            Type::String => {
                let text = self.rust_string(value)?;
                if self.parse_big_int(to, &text)? {
                    return Ok(());
                }
                let text = format!("Cannot convert {text} to a BigInt");
                self.throw_error(ErrorKind::SyntaxError, &text)
            }
            Type::Object(_) => self.scoped(|machine| {
                let primitive = machine.temp()?;
                machine.to_primitive(primitive, value, Some(true))?;
                machine.to_big_int(to, primitive)
            }),
            _ => {
                let shown = self.show(value);
                self.throw_type_error(&format!("Cannot convert {shown} to a BigInt"))
            }
        }
    }

    /// The BigInt that a text spells (ECMA-262's `StringToBigInt`); whether it spells one.
    pub(crate) fn parse_big_int(&mut self, to: R, text: &str) -> Outcome<bool> {
        let text = text.trim_matches(number::is_space);
        let (radix, digits) = match text.get(..2) {
            Some("0x" | "0X") => (16, &text[2..]),
            Some("0o" | "0O") => (8, &text[2..]),
            Some("0b" | "0B") => (2, &text[2..]),
            _ => (10, text),
        };
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(rest) if radix == 10 => (true, rest),
            _ if radix == 10 => (false, digits.strip_prefix('+').unwrap_or(digits)),
            _ => (false, digits),
        };
        if digits.is_empty() {
            self.new_big_int(to, false, &[])?;
            return Ok(text.is_empty());
        }
        if !self.big_int_from_text(to, digits, radix)? {
            return Ok(false);
        }
        if negative {
            let digits = self.big_int_digits(to)?;
            self.new_big_int(to, true, &digits)?;
        }
        Ok(true)
    }
}

fn this_big_int(machine: &mut Machine, method: &str) -> Outcome<R> {
    let value = machine.temp()?;
    if machine.this_primitive(value, THIS, ObjectKind::BigInt)? {
        return Ok(value);
    }
    machine.throw_type_error(&format!("BigInt.prototype.{method} requires that 'this' be a BigInt"))
}

fn value_of(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    this_big_int(machine, "valueOf")
}

fn to_string(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let value = this_big_int(machine, "toString")?;
    let radix = match machine.is_undefined(arguments.at(0)) {
        true => 10.0,
        false => machine.to_integer(arguments.at(0))?,
    };
    if !(2.0..=36.0).contains(&radix) {
        return machine.throw_range_error("toString() radix argument must be between 2 and 36");
    }
    let text = machine.big_int_text(value, radix as u32)?;
    machine.give_text(&text)
}

fn to_locale_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let value = this_big_int(machine, "toLocaleString")?;
    let text = machine.big_int_text(value, 10)?;
    machine.give_text(&number::with_groups(&text))
}

/// The lowest bits of a BigInt in two's complement, and how many they are.
fn lowest(machine: &mut Machine, arguments: Arguments) -> Outcome<(Vec<u64>, usize)> {
    let bits = machine.to_index(arguments.at(0), "value: not (convertible to) a safe integer")?;
    let value = machine.temp()?;
    machine.to_big_int(value, arguments.at(1))?;
    let mut digits = machine.big_int_digits(value)?;
    let negative = machine.is_negative_big_int(value);
    if negative && bits > 1 << 30 {
        return machine.throw_range_error("Maximum BigInt size exceeded");
    }
    let words = bits.div_ceil(64).min(if negative { usize::MAX } else { digits.len() });
    digits.resize(words, 0);
    if negative {
        let mut carry = true;
        for digit in &mut digits {
            let (sum, over) = (!*digit).overflowing_add(u64::from(carry));
            (*digit, carry) = (sum, over);
        }
    }
    if bits % 64 != 0
        && let Some(last) = digits.get_mut(bits / 64)
    {
        *last &= (1 << (bits % 64)) - 1;
    }
    Ok((digits, bits))
}

fn as_uint_n(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (digits, _) = lowest(machine, arguments)?;
    machine.new_big_int(0, false, &digits)?;
    Ok(0)
}

fn as_int_n(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (mut digits, bits) = lowest(machine, arguments)?;
    let sign = bits > 0
        && digits.get((bits - 1) / 64).is_some_and(|word| word >> ((bits - 1) % 64) & 1 == 1);
    if sign {
        // What is missing to 2^bits.
        let mut carry = true;
        for digit in &mut digits {
            let (sum, over) = (!*digit).overflowing_add(u64::from(carry));
            (*digit, carry) = (sum, over);
        }
        if bits % 64 != 0
            && let Some(last) = digits.get_mut(bits / 64)
        {
            *last &= (1 << (bits % 64)) - 1;
        }
    }
    machine.new_big_int(0, sign, &digits)?;
    Ok(0)
}
