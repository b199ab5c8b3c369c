//! `encodeURI` and its kin (ECMA-262, section 19.2.6), `escape` and `unescape` (section B.2.1).

use super::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

const METHODS: &[Method] = &[
    ("decodeURI", 1, decode_uri),
    ("decodeURIComponent", 1, decode_component),
    ("encodeURI", 1, encode_uri),
    ("encodeURIComponent", 1, encode_component),
    ("escape", 1, escape),
    ("unescape", 1, unescape),
];

/// What stands for itself in a part of a URI, beside letters and digits.
const MARKS: &str = "-_.!~*'()";
/// What has a meaning in a URI.
const RESERVED: &str = ";/?:@&=+$,#";

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let global = machine.temp()?;
    machine.load_root(global, roots::GLOBAL);
    machine.define_methods(global, METHODS)
}

fn malformed<T>(machine: &mut Machine) -> Outcome<T> {
    machine.throw_error(ErrorKind::UriError, "URI malformed")
}

fn encode(machine: &mut Machine, arguments: Arguments, reserved: &str) -> Outcome<R> {
    let text = machine.temp()?;
    machine.to_string(text, arguments.at(0))?;
    let units = machine.units(text)?;
    let mut encoded = String::with_capacity(units.len());
    for unit in char::decode_utf16(units) {
        let Ok(character) = unit else { return malformed(machine) };
        let plain = character.is_ascii_alphanumeric()
            || MARKS.contains(character)
            || reserved.contains(character);
        if plain {
            encoded.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    machine.give_text(&encoded)
}

fn encode_uri(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    encode(machine, arguments, RESERVED)
}

fn encode_component(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    encode(machine, arguments, "")
}

/// The byte that two hexadecimal digits behind a place are.
fn hexadecimal(units: &[u16], at: usize, count: usize) -> Option<u32> {
    let digits = units.get(at..at + count)?;
    digits.iter().try_fold(0, |number, unit| {
        let digit = char::from_u32(u32::from(*unit))?.to_digit(16)?;
        Some(16 * number + digit)
    })
}

fn decode(machine: &mut Machine, arguments: Arguments, reserved: &str) -> Outcome<R> {
    let text = machine.temp()?;
    machine.to_string(text, arguments.at(0))?;
    let units = machine.units(text)?;
    let percent = u16::from(b'%');
    let mut decoded = Vec::with_capacity(units.len());
    let mut at = 0;
    while at < units.len() {
        if units[at] != percent {
            decoded.push(units[at]);
            at += 1;
            continue;
        }
        let start = at;
        let Some(first) = hexadecimal(&units, at + 1, 2) else { return malformed(machine) };
        at += 3;
        let count = match first {
            0..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return malformed(machine),
        };
        let mut bytes = vec![first as u8];
        for _ in 1..count {
            if units.get(at) != Some(&percent) {
                return malformed(machine);
            }
            let Some(byte) = hexadecimal(&units, at + 1, 2) else { return malformed(machine) };
            bytes.push(byte as u8);
            at += 3;
        }
        let Ok(character) = std::str::from_utf8(&bytes) else { return malformed(machine) };
        if reserved.contains(character) {
            decoded.extend_from_slice(&units[start..at]);
        } else {
            decoded.extend(character.encode_utf16());
        }
    }
    machine.new_string(0, &decoded)?;
    Ok(0)
}

fn decode_uri(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    decode(machine, arguments, RESERVED)
}

fn decode_component(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    decode(machine, arguments, "")
}

fn escape(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.temp()?;
    machine.to_string(text, arguments.at(0))?;
    let mut escaped = String::new();
    for unit in machine.units(text)? {
        match char::from_u32(u32::from(unit)) {
            Some(plain) if plain.is_ascii_alphanumeric() || "@*_+-./".contains(plain) => {
                escaped.push(plain);
            }
            _ if unit < 256 => escaped.push_str(&format!("%{unit:02X}")),
            _ => escaped.push_str(&format!("%u{unit:04X}")),
        }
    }
    machine.give_text(&escaped)
}

fn unescape(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.temp()?;
    machine.to_string(text, arguments.at(0))?;
    let units = machine.units(text)?;
    let mut plain = Vec::with_capacity(units.len());
    let mut at = 0;
    while at < units.len() {
        let is_percent = units[at] == u16::from(b'%');
        let long = (is_percent && units.get(at + 1) == Some(&u16::from(b'u')))
            .then(|| hexadecimal(&units, at + 2, 4))
            .flatten();
        let short = is_percent.then(|| hexadecimal(&units, at + 1, 2)).flatten();
        let (unit, length) = match (long, short) {
            (Some(unit), _) => (unit as u16, 6),
            (None, Some(unit)) => (unit as u16, 3),
            (None, None) => (units[at], 1),
        };
        plain.push(unit);
        at += length;
    }
    machine.new_string(0, &plain)?;
    Ok(0)
}
