//! Numbers in Buffers (`lib/internal/buffer.js`): `readInt32LE` and its like.

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, THIS};
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::thrown::Outcome;

/// What is read or written: its bytes, the least one first or last, with a sign or without.
#[derive(Clone, Copy)]
struct Number<const SIZE: usize, const LITTLE: bool, const SIGNED: bool>;

const BIG: bool = false;
const LITTLE: bool = true;
const SIGNED: bool = true;
const UNSIGNED: bool = false;

const METHODS: &[Method] = &[
    ("readBigUInt64LE", 0, Number::<8, LITTLE, UNSIGNED>::read),
    ("readBigUInt64BE", 0, Number::<8, BIG, UNSIGNED>::read),
    ("readBigUint64LE", 0, Number::<8, LITTLE, UNSIGNED>::read),
    ("readBigUint64BE", 0, Number::<8, BIG, UNSIGNED>::read),
    ("readBigInt64LE", 0, Number::<8, LITTLE, SIGNED>::read),
    ("readBigInt64BE", 0, Number::<8, BIG, SIGNED>::read),
    ("writeBigUInt64LE", 1, Number::<8, LITTLE, UNSIGNED>::write),
    ("writeBigUInt64BE", 1, Number::<8, BIG, UNSIGNED>::write),
    ("writeBigUint64LE", 1, Number::<8, LITTLE, UNSIGNED>::write),
    ("writeBigUint64BE", 1, Number::<8, BIG, UNSIGNED>::write),
    ("writeBigInt64LE", 1, Number::<8, LITTLE, SIGNED>::write),
    ("writeBigInt64BE", 1, Number::<8, BIG, SIGNED>::write),
    ("readUIntLE", 2, Number::<0, LITTLE, UNSIGNED>::read_sized),
    ("readUInt32LE", 0, Number::<4, LITTLE, UNSIGNED>::read),
    ("readUInt16LE", 0, Number::<2, LITTLE, UNSIGNED>::read),
    ("readUInt8", 0, Number::<1, LITTLE, UNSIGNED>::read),
    ("readUIntBE", 2, Number::<0, BIG, UNSIGNED>::read_sized),
    ("readUInt32BE", 0, Number::<4, BIG, UNSIGNED>::read),
    ("readUInt16BE", 0, Number::<2, BIG, UNSIGNED>::read),
    ("readUintLE", 2, Number::<0, LITTLE, UNSIGNED>::read_sized),
    ("readUint32LE", 0, Number::<4, LITTLE, UNSIGNED>::read),
    ("readUint16LE", 0, Number::<2, LITTLE, UNSIGNED>::read),
    ("readUint8", 0, Number::<1, LITTLE, UNSIGNED>::read),
    ("readUintBE", 2, Number::<0, BIG, UNSIGNED>::read_sized),
    ("readUint32BE", 0, Number::<4, BIG, UNSIGNED>::read),
    ("readUint16BE", 0, Number::<2, BIG, UNSIGNED>::read),
    ("readIntLE", 2, Number::<0, LITTLE, SIGNED>::read_sized),
    ("readInt32LE", 0, Number::<4, LITTLE, SIGNED>::read),
    ("readInt16LE", 0, Number::<2, LITTLE, SIGNED>::read),
    ("readInt8", 0, Number::<1, LITTLE, SIGNED>::read),
    ("readIntBE", 2, Number::<0, BIG, SIGNED>::read_sized),
    ("readInt32BE", 0, Number::<4, BIG, SIGNED>::read),
    ("readInt16BE", 0, Number::<2, BIG, SIGNED>::read),
    ("writeUIntLE", 3, Number::<0, LITTLE, UNSIGNED>::write_sized),
    ("writeUInt32LE", 1, Number::<4, LITTLE, UNSIGNED>::write),
    ("writeUInt16LE", 1, Number::<2, LITTLE, UNSIGNED>::write),
    ("writeUInt8", 1, Number::<1, LITTLE, UNSIGNED>::write),
    ("writeUIntBE", 3, Number::<0, BIG, UNSIGNED>::write_sized),
    ("writeUInt32BE", 1, Number::<4, BIG, UNSIGNED>::write),
    ("writeUInt16BE", 1, Number::<2, BIG, UNSIGNED>::write),
    ("writeUintLE", 3, Number::<0, LITTLE, UNSIGNED>::write_sized),
    ("writeUint32LE", 1, Number::<4, LITTLE, UNSIGNED>::write),
    ("writeUint16LE", 1, Number::<2, LITTLE, UNSIGNED>::write),
    ("writeUint8", 1, Number::<1, LITTLE, UNSIGNED>::write),
    ("writeUintBE", 3, Number::<0, BIG, UNSIGNED>::write_sized),
    ("writeUint32BE", 1, Number::<4, BIG, UNSIGNED>::write),
    ("writeUint16BE", 1, Number::<2, BIG, UNSIGNED>::write),
    ("writeIntLE", 3, Number::<0, LITTLE, SIGNED>::write_sized),
    ("writeInt32LE", 1, Number::<4, LITTLE, SIGNED>::write),
    ("writeInt16LE", 1, Number::<2, LITTLE, SIGNED>::write),
    ("writeInt8", 1, Number::<1, LITTLE, SIGNED>::write),
    ("writeIntBE", 3, Number::<0, BIG, SIGNED>::write_sized),
    ("writeInt32BE", 1, Number::<4, BIG, SIGNED>::write),
    ("writeInt16BE", 1, Number::<2, BIG, SIGNED>::write),
    ("readFloatLE", 0, |machine, arguments| read_float(machine, arguments, 4, LITTLE)),
    ("readFloatBE", 0, |machine, arguments| read_float(machine, arguments, 4, BIG)),
    ("readDoubleLE", 0, |machine, arguments| read_float(machine, arguments, 8, LITTLE)),
    ("readDoubleBE", 0, |machine, arguments| read_float(machine, arguments, 8, BIG)),
    ("writeFloatLE", 1, |machine, arguments| write_float(machine, arguments, 4, LITTLE)),
    ("writeFloatBE", 1, |machine, arguments| write_float(machine, arguments, 4, BIG)),
    ("writeDoubleLE", 1, |machine, arguments| write_float(machine, arguments, 8, LITTLE)),
    ("writeDoubleBE", 1, |machine, arguments| write_float(machine, arguments, 8, BIG)),
];

pub(super) fn install(machine: &mut Machine, prototype: R) -> Outcome {
    machine.define_plain_methods(prototype, METHODS)
}

impl<const SIZE: usize, const LITTLE: bool, const SIGNED: bool> Number<SIZE, LITTLE, SIGNED> {
    fn read(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
        let offset = check_offset(machine, arguments.at(0), SIZE)?;
        let word = read_word(machine, offset, SIZE, LITTLE)?;
        if SIZE == 8 {
            let magnitude = if SIGNED { (word as i64).unsigned_abs() } else { word };
            machine.new_big_int(0, SIGNED && (word as i64) < 0, &[magnitude])?;
            return Ok(0);
        }
        machine.give_number(value_of(word, SIZE, SIGNED))
    }

    fn read_sized(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
        let size = check_size(machine, arguments.at(1))?;
        let offset = check_offset_given(machine, arguments.at(0), size)?;
        let word = read_word(machine, offset, size, LITTLE)?;
        machine.give_number(value_of(word, size, SIGNED))
    }

    fn write(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
        let value = arguments.at(0);
        let word = if SIZE == 8 {
            big_word(machine, value, SIGNED)?
        } else {
            let number = machine.to_number(value)?;
            check_range(machine, value, number, SIZE, SIGNED)?;
            number as i64 as u64
        };
        let offset = check_offset(machine, arguments.at(1), SIZE)?;
        write_word(machine, offset, word, SIZE, LITTLE)
    }

    fn write_sized(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
        let value = arguments.at(0);
        let size = check_size(machine, arguments.at(2))?;
        let number = machine.to_number(value)?;
        check_range(machine, value, number, size, SIGNED)?;
        let offset = check_offset_given(machine, arguments.at(1), size)?;
        write_word(machine, offset, number as i64 as u64, size, LITTLE)
    }
}

fn value_of(word: u64, size: usize, signed: bool) -> f64 {
    let unused = 64 - 8 * size as u32;
    match signed {
        true => ((word << unused) as i64 >> unused) as f64,
        false => word as f64,
    }
}

/// Whether a number is whole or infinite: what is its own `Math.floor`.
fn is_own_floor(number: f64) -> bool {
    number.floor() == number
}

fn check_size(machine: &mut Machine, value: R) -> Outcome<usize> {
    if machine.type_of(value) == Type::BigInt {
        machine.to_number(value)?;
    }
    if machine.registers().number(value).is_none() {
        return machine.throw_argument_type("byteLength", "of type number", value);
    }
    let number = machine.number(value);
    if !is_own_floor(number) {
        return machine.throw_out_of_range("byteLength", "an integer", value);
    }
    if !(1.0..=6.0).contains(&number) {
        return machine.throw_out_of_range("byteLength", ">= 1 and <= 6", value);
    }
    Ok(number as usize)
}

fn check_offset_given(machine: &mut Machine, value: R, size: usize) -> Outcome<usize> {
    if machine.is_undefined(value) {
        return machine.throw_argument_type("offset", "of type number", value);
    }
    check_offset(machine, value, size)
}

/// The offset, in `this`, of a value of `size` bytes.
fn check_offset(machine: &mut Machine, value: R, size: usize) -> Outcome<usize> {
    machine.this_bytes()?;
    let length = machine.byte_count(THIS)?;
    if machine.is_undefined(value) && size <= length {
        return Ok(0);
    }
    let number = match machine.is_undefined(value) {
        true => 0.0,
        false => match machine.registers().number(value) {
            Some(number) => number,
            None => return machine.throw_argument_type("offset", "of type number", value),
        },
    };
    if !is_own_floor(number) {
        return machine.throw_out_of_range("offset", "an integer", value);
    }
    if length < size {
        let message = "Attempt to access memory outside buffer bounds";
        return machine.throw_node_error(
            ErrorKind::RangeError,
            "ERR_BUFFER_OUT_OF_BOUNDS",
            message,
        );
    }
    let most = length - size;
    if !(0.0..=most as f64).contains(&number) {
        return machine.throw_out_of_range("offset", &format!(">= 0 and <= {most}"), value);
    }
    Ok(number as usize)
}

/// Whether a number fits in that number of bytes.
fn check_range(machine: &mut Machine, value: R, number: f64, size: usize, signed: bool) -> Outcome {
    let bits = 8 * size as i32;
    let (low, high) = match signed {
        true => (-f64::powi(2.0, bits - 1), f64::powi(2.0, bits - 1) - 1.0),
        false => (0.0, f64::powi(2.0, bits) - 1.0),
    };
    if number >= low && number <= high || number.is_nan() {
        return Ok(());
    }
    let range = match (size > 4, signed) {
        (true, true) => format!(">= -(2 ** {}) and < 2 ** {}", bits - 1, bits - 1),
        (true, false) => format!(">= 0 and < 2 ** {bits}"),
        _ => format!(">= {low} and <= {high}"),
    };
    machine.throw_out_of_range("value", &range, value)
}

/// A BigInt as a word, if it fits.
fn big_word(machine: &mut Machine, value: R, signed: bool) -> Outcome<u64> {
    let range = match signed {
        true => ">= -(2n ** 63n) and < 2n ** 63n",
        false => ">= 0n and < 2n ** 64n",
    };
    if machine.type_of(value) != Type::BigInt {
        if let Some(number) = machine.registers().number(value) {
            let (low, high) = match signed {
                true => (-f64::powi(2.0, 63), f64::powi(2.0, 63)),
                false => (0.0, f64::powi(2.0, 64)),
            };
            if number < low || number >= high {
                return machine.throw_out_of_range("value", range, value);
            }
        }
        return machine
            .throw_type_error("Cannot mix BigInt and other types, use explicit conversions");
    }
    let digits = machine.big_int_digits(value)?;
    let negative = machine.is_negative_big_int(value);
    let word = digits.first().copied().unwrap_or(0);
    let fits = digits.len() <= 1
        && match (signed, negative) {
            (true, true) => word <= 1 << 63,
            (true, false) => word < 1 << 63,
            (false, true) => word == 0,
            (false, false) => true,
        };
    if !fits {
        return machine.throw_out_of_range("value", range, value);
    }
    Ok(if negative { word.wrapping_neg() } else { word })
}

fn read_word(machine: &mut Machine, offset: usize, size: usize, little: bool) -> Outcome<u64> {
    machine.with_bytes(THIS, |bytes| {
        let digits = bytes.get(offset..offset + size).unwrap_or(&[]).iter();
        let add = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        if little { digits.rev().fold(0, add) } else { digits.fold(0, add) }
    })
}

fn write_word(
    machine: &mut Machine,
    offset: usize,
    word: u64,
    size: usize,
    little: bool,
) -> Outcome<R> {
    let mut digits = word.to_le_bytes();
    let digits = &mut digits[..size];
    if !little {
        digits.reverse();
    }
    machine.with_bytes(THIS, |bytes| {
        if let Some(place) = bytes.get_mut(offset..offset + size) {
            place.copy_from_slice(digits);
        }
    })?;
    machine.give_number((offset + size) as f64)
}

fn read_float(
    machine: &mut Machine,
    arguments: Arguments,
    size: usize,
    little: bool,
) -> Outcome<R> {
    let offset = check_offset(machine, arguments.at(0), size)?;
    let word = read_word(machine, offset, size, little)?;
    machine.give_number(match size {
        4 => f64::from(f32::from_bits(word as u32)),
        _ => f64::from_bits(word),
    })
}

fn write_float(
    machine: &mut Machine,
    arguments: Arguments,
    size: usize,
    little: bool,
) -> Outcome<R> {
    let number = machine.to_number(arguments.at(0))?;
    let offset = check_offset(machine, arguments.at(1), size)?;
    let word = match size {
        4 => u64::from((number as f32).to_bits()),
        _ => number.to_bits(),
    };
    write_word(machine, offset, word, size, little)
}
