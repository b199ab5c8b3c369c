//! Comparing Buffers, looking for bytes in them, and filling them (`lib/buffer.js`, `src/node_buffer.cc`).

use crate::machine::{Machine, R, THIS};
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::typed::MAX_BYTES;
use crate::thrown::Outcome;
use std::cmp::Ordering;
use stream_backpressure::Encoding;

fn give_order(machine: &mut Machine, order: Ordering) -> Outcome<R> {
    machine.give_number(f64::from(order as i8))
}

fn bytes_of(machine: &mut Machine, name: &str, value: R) -> Outcome<Vec<u8>> {
    if machine.is_uint8_array(value)? {
        return machine.bytes_of(value);
    }
    machine.throw_argument_type(name, "an instance of Buffer or Uint8Array", value)
}

/// `Buffer.compare(one, other)`.
pub(super) fn compare_two(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let one = bytes_of(machine, "buf1", arguments.at(0))?;
    let other = bytes_of(machine, "buf2", arguments.at(1))?;
    give_order(machine, one.cmp(&other))
}

pub(super) fn equals(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.this_bytes()?;
    let other = bytes_of(machine, "otherBuffer", arguments.at(0))?;
    let own = machine.bytes_of(THIS)?;
    machine.give_bool(own == other)
}

pub(super) fn compare(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.this_bytes()?;
    let target = bytes_of(machine, "target", arguments.at(0))?;
    let own = machine.bytes_of(THIS)?;
    let mut bounds = [0, target.len(), 0, own.len()];
    let names = ["targetStart", "targetEnd", "sourceStart", "sourceEnd"];
    for (place, name) in names.into_iter().enumerate() {
        let value = arguments.at(1 + place);
        if !machine.is_undefined(value) {
            let most = match place {
                1 => target.len() as f64,
                3 => own.len() as f64,
                _ => MAX_BYTES as f64,
            };
            bounds[place] = machine.check_integer(name, value, 0.0, most)? as usize;
        }
    }
    let [target_start, target_end, start, end] = bounds;
    let order = match (start >= end, target_start >= target_end) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => own[start..end].cmp(&target[target_start..target_end]),
    };
    give_order(machine, order)
}

pub(super) fn index_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let found = find(machine, arguments, true)?;
    machine.give_number(found.map_or(-1.0, |place| place as f64))
}

pub(super) fn last_index_of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let found = find(machine, arguments, false)?;
    machine.give_number(found.map_or(-1.0, |place| place as f64))
}

pub(super) fn includes(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let found = find(machine, arguments, true)?;
    machine.give_bool(found.is_some())
}

/// Where a search begins: a negative offset counts from the end (`IndexOfOffset` of `src/node_buffer.cc`).
fn begin(length: usize, offset: f64, needle: usize, forwards: bool) -> Option<usize> {
    let from_end = offset + length as f64;
    match offset {
        _ if offset < 0.0 && from_end >= 0.0 => Some(from_end as usize),
        _ if offset < 0.0 => (forwards || needle == 0).then_some(0),
        _ if offset + needle as f64 <= length as f64 => Some(offset as usize),
        _ if needle == 0 => Some(length),
        _ if forwards => None,
        _ => length.checked_sub(1),
    }
}

/// The bytes of a text that is looked for. Surrogates that stand alone are spelled as they are, and so are not found.
fn needle_of(machine: &mut Machine, text: R, encoding: Encoding) -> Outcome<Vec<u8>> {
    if encoding.name() != "utf8" && encoding.name() != "utf-8" {
        return Ok(machine.encoded(text, encoding)?.0);
    }
    let mut bytes = Vec::new();
    for unit in char::decode_utf16(machine.units(text)?) {
        match unit {
            Ok(character) => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Err(alone) => {
                let unit = alone.unpaired_surrogate();
                let rest = |shift: u16| 0x80 | (unit >> shift & 0x3F) as u8;
                bytes.extend([0xE0 | (unit >> 12) as u8, rest(6), rest(0)]);
            }
        }
    }
    Ok(bytes)
}

/// Where a byte, bytes or a text are found, forwards or backwards from a place.
fn find(machine: &mut Machine, arguments: Arguments, forwards: bool) -> Outcome<Option<usize>> {
    machine.this_bytes()?;
    let (value, mut place, mut encoding) = (arguments.at(0), arguments.at(1), arguments.at(2));
    let nothing = machine.temp()?;
    if machine.is_string(place) {
        (place, encoding) = (nothing, place);
    }
    let number = match machine.is_undefined(place) {
        true => f64::NAN,
        false => machine.to_number(place)?,
    };
    let length = machine.byte_count(THIS)?;
    let offset = match number {
        number if number.is_nan() && forwards => 0.0,
        number if number.is_nan() => length as f64,
        number => number.clamp(-2_147_483_648.0, 2_147_483_647.0).trunc(),
    };
    if machine.registers().number(value).is_some() {
        let byte = machine.to_int32(value)? as u8;
        let Some(start) = begin(length, offset, 1, forwards) else { return Ok(None) };
        return find_bytes(machine, &[byte], start, forwards);
    }
    let is_text = machine.is_string(value);
    if !is_text && !machine.is_uint8_array(value)? {
        let must = "one of type number or string or an instance of Buffer or Uint8Array";
        return machine.throw_argument_type("value", must, value);
    }
    let encoding = match is_text {
        true => machine.encoding_of(encoding)?,
        false if machine.is_string(encoding) => {
            super::text::named(&machine.rust_string(encoding)?).unwrap_or_default()
        }
        false => Encoding::default(),
    };
    let needle = match is_text {
        true => needle_of(machine, value, encoding)?,
        false => machine.bytes_of(value)?,
    };
    let wide = matches!(encoding.name(), "ucs2" | "ucs-2" | "utf16le" | "utf-16le");
    // A text's units are looked for among the whole units that are there.
    let room = if wide && is_text { length & !1 } else { length };
    let Some(start) = begin(room, offset, needle.len(), forwards) else { return Ok(None) };
    if needle.is_empty() {
        // Every place has nothing in it.
        return Ok(Some(start));
    }
    if forwards && start + needle.len() > room || needle.len() > room {
        return Ok(None);
    }
    if !wide {
        return find_bytes(machine, &needle, start, forwards);
    }
    if needle.len() < 2 {
        return Ok(None);
    }
    let needle = &needle[..needle.len() & !1];
    let found = machine.with_bytes(THIS, |own| {
        let is_there = |unit: &usize| own[2 * unit..].starts_with(needle);
        let last = own.len() / 2 - needle.len() / 2;
        match forwards {
            true => (start / 2..=last).find(is_there),
            false => (0..=(start / 2).min(last)).rfind(is_there),
        }
    })?;
    // Node takes the end of the whole units for a place, where it is not the end of the bytes.
    let otherwise = (length % 2 == 1 && !is_text).then_some(length - 1);
    Ok(found.map(|unit| 2 * unit).or(otherwise))
}

fn find_bytes(
    machine: &mut Machine,
    needle: &[u8],
    start: usize,
    forwards: bool,
) -> Outcome<Option<usize>> {
    machine.with_bytes(THIS, |own| {
        let last = own.len().checked_sub(needle.len())?;
        match forwards {
            true if start > last => None,
            true => memchr::memmem::find(&own[start..], needle).map(|place| start + place),
            false => memchr::memmem::rfind(&own[..start.min(last) + needle.len()], needle),
        }
    })
}

/// `buf.fill(value[, offset[, end]][, encoding])`.
pub(super) fn fill(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.this_bytes()?;
    let value = arguments.at(0);
    let length = machine.byte_count(THIS)?;
    let (mut offset, mut end, mut encoding) = (arguments.at(1), arguments.at(2), arguments.at(3));
    let nothing = machine.temp()?;
    if machine.is_string(value) {
        if machine.is_string(offset) {
            (offset, end, encoding) = (nothing, nothing, offset);
        } else if machine.is_string(end) {
            (end, encoding) = (nothing, end);
        }
    }
    let mut range = (0, length);
    if !machine.is_undefined(offset) {
        let start = machine.check_integer("offset", offset, 0.0, MAX_BYTES as f64)?;
        if !machine.is_undefined(end) {
            range.1 = machine.check_integer("end", end, 0.0, length as f64)? as usize;
        }
        range.0 = start as usize;
    }
    fill_range(machine, THIS, value, range, encoding)?;
    Ok(THIS)
}

/// The encoding that a text is filled in: what names none is refused.
fn fill_encoding(machine: &mut Machine, encoding: R) -> Outcome<Encoding> {
    if !machine.is_nullish(encoding) && !machine.is_string(encoding) {
        return machine.throw_argument_type("encoding", "of type string", encoding);
    }
    machine.encoding_of(encoding)
}

pub(super) fn fill_range(
    machine: &mut Machine,
    buffer: R,
    value: R,
    (start, end): (usize, usize),
    encoding: R,
) -> Outcome {
    let encoding = match machine.is_string(value) {
        true => Some(fill_encoding(machine, encoding)?),
        false => None,
    };
    if start >= end {
        return Ok(());
    }
    let pattern = if let Some(encoding) = encoding {
        match machine.string_length(value) {
            0 => vec![0],
            _ => machine.encoded(value, encoding)?.0,
        }
    } else if matches!(machine.kind_of(value), Some(ObjectKind::TypedArray | ObjectKind::DataView))
    {
        machine.bytes_of(value)?
    } else {
        vec![machine.to_int32(value)? as u8]
    };
    if pattern.is_empty() {
        return machine.throw_argument_value("value", value);
    }
    machine.with_bytes(buffer, |bytes| {
        let end = end.min(bytes.len());
        let start = start.min(end);
        for (byte, pattern) in bytes[start..end].iter_mut().zip(pattern.iter().cycle()) {
            *byte = *pattern;
        }
    })
}
