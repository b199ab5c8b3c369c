//! Numbers: small integers in a word, others in cells of their own, and their texts.

use crate::machine::{Machine, R};
use crate::thrown::Outcome;

impl Machine {
    /// A number: a small integer where it is one.
    #[inline]
    pub(crate) fn set_number(&mut self, to: R, number: f64) -> Outcome {
        let small = number as i32;
        let mut registers = self.registers();
        if f64::from(small) == number && !(small == 0 && number.is_sign_negative()) {
            registers.set_smi(to, small);
            return Ok(());
        }
        Ok(registers.alloc_f64(to, number)?)
    }

    /// The number in a register, which is one.
    #[inline]
    pub(crate) fn number(&mut self, value: R) -> f64 {
        self.registers().number(value).unwrap_or(f64::NAN)
    }
}

/// A number's text (ECMA-262's `Number::toString`).
pub fn to_text(number: f64) -> String {
    if number == number.trunc() && number.abs() < 1e15 && !(number == 0.0) {
        return itoa::Buffer::new().format(number as i64).to_owned();
    }
    ryu_js::Buffer::new().format(number).to_owned()
}

/// The digits of a whole number in groups of three, as the locale en-US writes them.
pub fn with_groups(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let mut grouped = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The number that a text spells (ECMA-262's `StringToNumber`).
pub fn from_text(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    let radix = match text.get(..2) {
        Some("0x" | "0X") => 16,
        Some("0o" | "0O") => 8,
        Some("0b" | "0B") => 2,
        _ => return decimal(text),
    };
    let digits = &text[2..];
    if digits.is_empty() {
        return f64::NAN;
    }
    let mut number = 0.0_f64;
    for digit in digits.chars() {
        match digit.to_digit(radix) {
            Some(digit) => number = number * f64::from(radix) + f64::from(digit),
            None => return f64::NAN,
        }
    }
    number
}

fn decimal(text: &str) -> f64 {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "Infinity" {
        return if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let valid =
        unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if !valid || !unsigned.bytes().any(|byte| byte.is_ascii_digit()) {
        return f64::NAN;
    }
    text.parse().unwrap_or(f64::NAN)
}

/// ECMA-262's white space and line ends.
pub fn is_space(unit: char) -> bool {
    matches!(unit, '\u{9}'..='\u{d}' | ' ' | '\u{a0}' | '\u{feff}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// ECMA-262's `ToInt32`.
pub fn to_int32(number: f64) -> i32 {
    let small = number as i32;
    if f64::from(small) == number {
        return small;
    }
    // Truncated, and NaN is 0.
    let whole = number as i64;
    if whole != i64::MAX && whole != i64::MIN {
        return whole as i32;
    }
    if !number.is_finite() {
        return 0;
    }
    number.rem_euclid(4_294_967_296.0) as u32 as i32
}

#[cfg(test)]
mod tests {
    use super::{from_text, to_int32, to_text};

    #[test]
    fn numbers_have_the_texts_of_the_language() {
        let texts = [
            (0.0, "0"),
            (-0.0, "0"),
            (1e21, "1e+21"),
            (0.1, "0.1"),
            (1.5e-7, "1.5e-7"),
            (123_456_789.0, "123456789"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (number, text) in texts {
            assert_eq!(to_text(number), text);
        }
    }

    #[test]
    fn texts_spell_numbers() {
        assert_eq!(from_text(" 12 "), 12.0);
        assert_eq!(from_text("0x1F"), 31.0);
        assert_eq!(from_text("-Infinity"), f64::NEG_INFINITY);
        assert_eq!(from_text(".5e1"), 5.0);
        assert!(from_text("1x").is_nan() && from_text("infinity").is_nan());
        assert_eq!(to_int32(4_294_967_297.0), 1);
        assert_eq!(to_int32(-2_147_483_649.0), i32::MAX);
    }
}
