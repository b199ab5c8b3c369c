//! `buffer`: Node's Buffer (`lib/buffer.js`).
//!
//! A Buffer is a Uint8Array with a prototype of its own. Where its bytes lie is [`place`]'s business; texts, numbers and
//! searches have files of their own.

mod number;
mod place;
mod search;
mod text;

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::typed::{ElementType, MAX_BYTES, OFFSET};
use crate::thrown::Outcome;
use stream_backpressure::Encoding;

const STATIC: &[Method] = &[
    ("from", 3, from),
    ("copyBytesFrom", 3, copy_bytes_from),
    ("of", 0, of),
    ("alloc", 3, alloc),
    ("allocUnsafe", 1, alloc_unsafe),
    ("allocUnsafeSlow", 1, alloc_unsafe_slow),
    ("isBuffer", 1, is_buffer),
    ("compare", 2, search::compare_two),
    ("isEncoding", 1, is_encoding),
    ("concat", 2, concat),
    ("byteLength", 2, byte_length),
];

const ENCODED: &[Method] = &[
    ("asciiSlice", 0, |machine, arguments| slice_of(machine, arguments, "ascii")),
    ("base64Slice", 0, |machine, arguments| slice_of(machine, arguments, "base64")),
    ("base64urlSlice", 0, |machine, arguments| slice_of(machine, arguments, "base64url")),
    ("latin1Slice", 0, |machine, arguments| slice_of(machine, arguments, "latin1")),
    ("hexSlice", 0, |machine, arguments| slice_of(machine, arguments, "hex")),
    ("ucs2Slice", 0, |machine, arguments| slice_of(machine, arguments, "ucs2")),
    ("utf8Slice", 0, |machine, arguments| slice_of(machine, arguments, "utf8")),
    ("asciiWrite", 0, |machine, arguments| write_as(machine, arguments, "ascii")),
    ("base64Write", 0, |machine, arguments| write_as(machine, arguments, "base64")),
    ("base64urlWrite", 0, |machine, arguments| write_as(machine, arguments, "base64url")),
    ("latin1Write", 0, |machine, arguments| write_as(machine, arguments, "latin1")),
    ("hexWrite", 0, |machine, arguments| write_as(machine, arguments, "hex")),
    ("ucs2Write", 0, |machine, arguments| write_as(machine, arguments, "ucs2")),
    ("utf8Write", 0, |machine, arguments| write_as(machine, arguments, "utf8")),
];

const PROTOTYPE: &[Method] = &[
    ("copy", 4, copy),
    ("toString", 3, to_string),
    ("equals", 1, search::equals),
    ("inspect", 2, inspect),
    ("compare", 5, search::compare),
    ("indexOf", 3, search::index_of),
    ("lastIndexOf", 3, search::last_index_of),
    ("includes", 3, search::includes),
    ("fill", 4, search::fill),
    ("write", 4, write),
    ("toJSON", 0, to_json),
    ("subarray", 2, subarray),
    ("slice", 2, subarray),
    ("swap16", 0, |machine, _| swap(machine, 2)),
    ("swap32", 0, |machine, _| swap(machine, 4)),
    ("swap64", 0, |machine, _| swap(machine, 8)),
    ("toLocaleString", 3, to_string),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, value) = (prototype + 1, prototype + 2);
    machine.new_prototype(prototype, roots::BUFFER_PROTOTYPE, roots::UINT8_ARRAY_PROTOTYPE)?;
    machine.define_class(class, "Buffer", 3, construct, prototype)?;
    machine.store_root(roots::BUFFER, class);
    machine.inherit_constructor(class, roots::UINT8_ARRAY_PROTOTYPE)?;
    let size = machine.runtime.pool().options().pool_size;
    machine.set_number(value, size as f64)?;
    machine.put(class, "poolSize", value)?;
    machine.define_plain_methods(class, STATIC)?;
    number::install(machine, prototype)?;
    machine.define_plain_methods(prototype, ENCODED)?;
    for (name, getter) in [("parent", parent_of as crate::machine::Native), ("offset", offset_of)] {
        let (name, get) = (machine.atoms.intern_str(name), machine.atoms.intern_str("get"));
        machine.new_native(value, get, 0, getter, false)?;
        machine.define_accessor(prototype, name.into(), Some(value), None, true)?;
    }
    machine.define_plain_methods(prototype, PROTOTYPE)?;
    machine.node.buffer_bytes = 50;
    machine.first_slab()
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let value = machine.temps(2)?;
    let constants = value + 1;
    machine.new_object(to, 4)?;
    machine.load_root(value, roots::BUFFER);
    machine.put(to, "Buffer", value)?;
    machine.new_object(constants, 2)?;
    let most = machine.longest_buffer();
    let text = crate::objects::string::MAX_LENGTH as f64;
    for (name, constant, number) in
        [("kMaxLength", "MAX_LENGTH", most), ("kStringMaxLength", "MAX_STRING_LENGTH", text)]
    {
        machine.set_number(value, number)?;
        machine.put(to, name, value)?;
        machine.put(constants, constant, value)?;
    }
    machine.put(to, "constants", constants)?;
    let slow = machine.atoms.intern_str("SlowBuffer");
    machine.new_native(value, slow, 1, alloc_unsafe_slow, true)?;
    machine.put(to, "SlowBuffer", value)?;
    let most = machine.atoms.intern_str("INSPECT_MAX_BYTES");
    machine.define_getter(to, most, bytes_shown, Some(show_bytes))
}

fn bytes_shown(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.give_number(machine.node.buffer_bytes as f64)
}

fn show_bytes(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let most = machine.check_number("INSPECT_MAX_BYTES", arguments.at(0), 0.0, f64::INFINITY)?;
    machine.node.buffer_bytes = most as usize;
    machine.give_undefined()
}

impl Machine {
    /// `buffer.kMaxLength`: of Node 22 on the largest array index, before that 4 GiB.
    fn longest_buffer(&self) -> f64 {
        match self.runtime.stream_options().node {
            node if node >= stream_backpressure::NodeVersion::V22 => 9_007_199_254_740_991.0,
            _ => 4_294_967_296.0,
        }
    }

    fn check_size(&mut self, value: R) -> Outcome<usize> {
        let most = self.longest_buffer();
        Ok(self.check_number("size", value, 0.0, most)? as usize)
    }

    /// Whether a value is a Uint8Array.
    pub(crate) fn is_uint8_array(&mut self, value: R) -> Outcome<bool> {
        Ok(self.kind_of(value) == Some(ObjectKind::TypedArray)
            && self.typed_type(value)? == ElementType::Uint8)
    }

    /// `this` of a method of Buffer's.
    fn this_bytes(&mut self) -> Outcome {
        if self.is_uint8_array(THIS)? {
            return Ok(());
        }
        self.throw_type_error("argument must be a buffer")
    }
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.registers().number(arguments.at(0)).is_some() {
        if machine.is_string(arguments.at(1)) {
            return machine.throw_argument_type("string", "of type string", arguments.at(0));
        }
        return alloc(machine, Arguments { count: 1, ..arguments });
    }
    from(machine, arguments)
}

fn alloc(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (size, fill, encoding) = (arguments.at(0), arguments.at(1), arguments.at(2));
    let length = machine.check_size(size)?;
    let buffer = machine.temp()?;
    if arguments.count < 2 || machine.is_undefined(fill) || length == 0 {
        machine.buffer_zeroed(buffer, length)?;
        return Ok(buffer);
    }
    if machine.registers().number(fill) == Some(0.0) {
        machine.buffer_zeroed(buffer, length)?;
        return Ok(buffer);
    }
    machine.buffer_slow(buffer, length)?;
    search::fill_range(machine, buffer, fill, (0, length), encoding)?;
    Ok(buffer)
}

fn alloc_unsafe(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let length = machine.check_size(arguments.at(0))?;
    machine.buffer_unsafe(0, length)?;
    Ok(0)
}

fn alloc_unsafe_slow(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let length = machine.check_size(arguments.at(0))?;
    machine.buffer_slow(0, length)?;
    Ok(0)
}

fn is_buffer(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let class = machine.temp()?;
    machine.load_root(class, roots::BUFFER);
    let is = machine.instance_of(arguments.at(0), class)?;
    machine.give_bool(is)
}

fn is_encoding(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let known = match machine.is_string(arguments.at(0)) {
        true => {
            let name = machine.rust_string(arguments.at(0))?;
            text::named(&name).is_some()
        }
        false => false,
    };
    machine.give_bool(known)
}

/// Whether a name is an encoding's.
pub(super) fn is_known(name: &str) -> bool {
    text::named(name).is_some()
}

fn byte_length(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let value = arguments.at(0);
    if machine.is_string(value) {
        let encoding = match machine.is_string(arguments.at(1)) {
            // What is no encoding counts as utf8 here.
            true => {
                let name = machine.rust_string(arguments.at(1))?;
                text::named(&name).unwrap_or_default()
            }
            false => Default::default(),
        };
        let length = text::byte_length(&machine.text(value)?, encoding);
        return machine.give_number(length as f64);
    }
    if machine.has_bytes(value) {
        let length = machine.byte_count(value)?;
        return machine.give_number(length as f64);
    }
    let must = "of type string or an instance of Buffer or ArrayBuffer";
    machine.throw_argument_type("string", must, value)
}

fn from(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (value, second, length) = (arguments.at(0), arguments.at(1), arguments.at(2));
    let buffer = machine.temp()?;
    buffer_from(machine, buffer, value, second, length)?;
    Ok(buffer)
}

fn buffer_from(machine: &mut Machine, to: R, value: R, second: R, length: R) -> Outcome {
    if machine.is_string(value) {
        let encoding = machine.encoding_of(second)?;
        let (bytes, units) = machine.encoded(value, encoding)?;
        return machine.buffer_of_text(to, &bytes, units);
    }
    if !machine.is_object(value) || machine.is_callable(value) {
        return throw_from(machine, value);
    }
    let kind = machine.kind_of(value);
    if matches!(kind, Some(ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer)) {
        return from_array_buffer(machine, to, value, second, length);
    }
    let done = machine.scoped(|machine| {
        let inner = machine.temp()?;
        machine.get_named(inner, value, known::VALUE_OF)?;
        if !machine.is_callable(inner) {
            return Ok(false);
        }
        machine.call(inner, inner, value, &[])?;
        let other = machine.is_string(inner) || machine.is_object(inner);
        if !other || machine.is_same(inner, value) {
            return Ok(false);
        }
        buffer_from(machine, to, inner, second, length)?;
        Ok(true)
    })?;
    if done || from_object(machine, to, value)? {
        return Ok(());
    }
    machine.scoped(|machine| {
        let primitive = machine.temp()?;
        machine.get_named(primitive, value, known::TO_PRIMITIVE)?;
        if machine.is_callable(primitive) {
            let hint = machine.temp()?;
            machine.atom_value(hint, known::STRING)?;
            machine.call(primitive, primitive, value, &[hint])?;
            if machine.is_string(primitive) {
                return buffer_from(machine, to, primitive, second, length);
            }
        }
        throw_from(machine, value)
    })
}

fn throw_from<T>(machine: &mut Machine, value: R) -> Outcome<T> {
    let must =
        "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";
    machine.throw_argument_type("first argument", must, value)
}

fn from_array_buffer(machine: &mut Machine, to: R, buffer: R, second: R, length: R) -> Outcome {
    let all = machine.byte_count(buffer)?;
    let outside = |machine: &mut Machine, what: &str| {
        let message = format!("\"{what}\" is outside of buffer bounds");
        let kind = crate::compile::op::ErrorKind::RangeError;
        machine.throw_node_error(kind, "ERR_BUFFER_OUT_OF_BOUNDS", &message)
    };
    let number = machine.to_number(second);
    let offset = match machine.is_undefined(second) {
        true => 0.0,
        false => Some(number?).filter(|number| !number.is_nan()).unwrap_or(0.0),
    };
    let most = all as f64 - offset;
    if most < 0.0 {
        return outside(machine, "offset");
    }
    if offset <= -1.0 {
        let text = format!("Start offset {offset} is outside the bounds of the buffer");
        return machine.throw_range_error(&text.replace("inf", "Infinity"));
    }
    let count = if machine.is_undefined(length) {
        most
    } else {
        let number = machine.to_number(length)?;
        if number > most {
            return outside(machine, "length");
        }
        if number > 0.0 { number } else { 0.0 }
    };
    machine.buffer_on(to, buffer, offset as usize, count as usize)
}

/// A copy of the elements of an object that is like an array; whether it is one.
fn from_object(machine: &mut Machine, to: R, value: R) -> Outcome<bool> {
    if machine.has_bytes(value) && machine.is_uint8_array(value)? {
        let bytes = machine.bytes_of(value)?;
        machine.buffer_of_bytes(to, &bytes)?;
        return Ok(true);
    }
    machine.scoped(|machine| {
        let item = machine.temp()?;
        if machine.kind_of(value) != Some(ObjectKind::Array) {
            machine.get_text(item, value, "buffer")?;
            let views = matches!(machine.kind_of(item), Some(ObjectKind::ArrayBuffer));
            machine.get_named(item, value, known::LENGTH)?;
            if !views && machine.is_undefined(item) {
                machine.get_text(item, value, "type")?;
                let is = machine.is_string(item) && machine.rust_string(item)? == "Buffer";
                machine.get_text(item, value, "data")?;
                if is && machine.kind_of(item) == Some(ObjectKind::Array) {
                    return from_object(machine, to, item);
                }
                return Ok(false);
            }
            if machine.registers().number(item).is_none() {
                machine.buffer_zeroed(to, 0)?;
                return Ok(true);
            }
        }
        let length = machine.length_of(value)?;
        if length > MAX_BYTES {
            let text = format!("Invalid typed array length: {length}");
            return machine.throw_range_error(&text);
        }
        let mut bytes = Vec::new();
        for place in 0..length {
            machine.get(item, value, Key::Index(place as u32))?;
            bytes.push(machine.to_int32(item)? as u8);
        }
        machine.buffer_of_bytes(to, &bytes)?;
        Ok(true)
    })
}

fn of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut bytes = Vec::with_capacity(arguments.count);
    for place in 0..arguments.count {
        bytes.push(machine.to_int32(arguments.at(place))? as u8);
    }
    machine.buffer_of_bytes(0, &bytes)?;
    Ok(0)
}

fn copy_bytes_from(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let view = arguments.at(0);
    if machine.kind_of(view) != Some(ObjectKind::TypedArray) {
        return machine.throw_argument_type("view", "an instance of TypedArray", view);
    }
    let length = machine.typed_length(view)?;
    let size = machine.typed_type(view)?.size();
    let most = 9_007_199_254_740_991.0;
    let start = match machine.is_undefined(arguments.at(1)) {
        true => 0,
        false => machine.check_integer("offset", arguments.at(1), 0.0, most)? as usize,
    };
    let count = match machine.is_undefined(arguments.at(2)) {
        true => length,
        false => machine.check_integer("length", arguments.at(2), 0.0, most)? as usize,
    };
    let start = start.min(length);
    let end = start.saturating_add(count).min(length);
    let bytes = machine.with_bytes(view, |bytes| bytes[size * start..size * end].to_vec())?;
    machine.buffer_of_bytes(0, &bytes)?;
    Ok(0)
}

fn concat(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (list, total) = (arguments.at(0), arguments.at(1));
    if machine.kind_of(list) != Some(ObjectKind::Array) {
        return machine.throw_argument_type("list", "an instance of Array", list);
    }
    let buffer = machine.temps(2)?;
    let item = buffer + 1;
    let count = machine.array_length(list);
    if count == 0 {
        machine.buffer_zeroed(buffer, 0)?;
        return Ok(buffer);
    }
    let mut sum = 0.0;
    if machine.is_undefined(total) {
        for place in 0..count {
            machine.get(item, list, Key::Index(place as u32))?;
            machine.get_named(item, item, known::LENGTH)?;
            sum += machine.registers().number(item).unwrap_or(0.0);
        }
    } else {
        sum = machine.check_integer("length", total, 0.0, MAX_BYTES as f64)?;
    }
    machine.buffer_unsafe(buffer, sum as usize)?;
    let mut at = 0;
    for place in 0..count {
        machine.get(item, list, Key::Index(place as u32))?;
        if !machine.is_uint8_array(item)? {
            let must = "an instance of Buffer or Uint8Array";
            return machine.throw_argument_type(&format!("list[{place}]"), must, item);
        }
        let bytes = machine.bytes_of(item)?;
        at += machine.with_bytes(buffer, |to| {
            let count = bytes.len().min(to.len() - at);
            to[at..at + count].copy_from_slice(&bytes[..count]);
            count
        })?;
    }
    machine.with_bytes(buffer, |to| to[at..].fill(0))?;
    Ok(buffer)
}

/// A number that names a place to copy from or to: what is none, or has no end, is the first (`toInteger` of
/// `lib/buffer.js`).
fn copy_place(machine: &mut Machine, value: R, otherwise: f64) -> Outcome<f64> {
    if machine.is_undefined(value) {
        return Ok(otherwise);
    }
    let number = machine.to_number(value)?;
    Ok(if number.is_finite() { number.floor() } else { 0.0 })
}

/// A number that names a place; what is none is another one.
fn place(machine: &mut Machine, value: R, otherwise: f64) -> Outcome<f64> {
    if machine.is_undefined(value) {
        return Ok(otherwise);
    }
    machine.to_integer(value)
}

fn copy(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let target = arguments.at(0);
    for (name, value) in [("source", THIS), ("target", target)] {
        if !machine.is_uint8_array(value)? {
            return machine.throw_argument_type(name, "an instance of Buffer or Uint8Array", value);
        }
    }
    let refuse = |machine: &mut Machine, name: &str, range: &str, number: f64| {
        let value = machine.temp()?;
        machine.set_number(value, number)?;
        machine.throw_out_of_range(name, range, value)
    };
    let (length, room) = (machine.byte_count(THIS)?, machine.byte_count(target)?);
    let to = copy_place(machine, arguments.at(1), 0.0)?;
    if to < 0.0 {
        return refuse(machine, "targetStart", ">= 0", to);
    }
    let from = copy_place(machine, arguments.at(2), 0.0)?;
    if from < 0.0 || from > length as f64 {
        return refuse(machine, "sourceStart", &format!(">= 0 && <= {length}"), from);
    }
    let end = copy_place(machine, arguments.at(3), length as f64)?;
    if end < 0.0 {
        return refuse(machine, "sourceEnd", ">= 0", end);
    }
    if to >= room as f64 || from >= end {
        return machine.give_number(0.0);
    }
    let (to, from, end) = (to as usize, from as usize, (end as usize).min(length));
    let bytes = machine.with_bytes(THIS, |bytes| bytes[from..end].to_vec())?;
    let count = machine.with_bytes(target, |target| {
        let count = bytes.len().min(target.len() - to);
        target[to..to + count].copy_from_slice(&bytes[..count]);
        count
    })?;
    machine.give_number(count as f64)
}

fn to_string(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.this_bytes()?;
    let length = machine.byte_count(THIS)? as f64;
    let start = place(machine, arguments.at(1), 0.0)?.clamp(0.0, length) as usize;
    let end = place(machine, arguments.at(2), length)?.clamp(0.0, length) as usize;
    let encoding = if machine.is_undefined(arguments.at(0)) {
        Default::default()
    } else {
        let name = machine.string_of(arguments.at(0))?;
        if start >= end {
            return machine.give_text("");
        }
        machine.encoding_named(&name)?
    };
    let bytes = machine.with_bytes(THIS, |bytes| bytes.get(start..end).map(<[u8]>::to_vec))?;
    let Some(bytes) = bytes else { return machine.give_text("") };
    machine.decoded(0, &bytes, encoding)?;
    Ok(0)
}

/// `buf.latin1Slice(start, end)` and its like: what `toString` is made of.
fn slice_of(machine: &mut Machine, arguments: Arguments, encoding: &str) -> Outcome<R> {
    machine.this_bytes()?;
    let length = machine.byte_count(THIS)?;
    let mut ends = [0.0, length as f64];
    for (place, end) in ends.iter_mut().enumerate() {
        if !machine.is_undefined(arguments.at(place)) {
            *end = machine.to_integer(arguments.at(place))?;
        }
    }
    let [start, end] = ends;
    if start < 0.0 || end < 0.0 || start.max(end) > length as f64 {
        let (code, text) = ("ERR_OUT_OF_RANGE", "Index out of range");
        return machine.throw_node_error(ErrorKind::RangeError, code, text);
    }
    let (start, end) = (start as usize, end as usize);
    if start >= end {
        return machine.give_text("");
    }
    let bytes = machine.with_bytes(THIS, |bytes| bytes[start..end].to_vec())?;
    let encoding = machine.encoding_named(encoding)?;
    machine.decoded(0, &bytes, encoding)?;
    Ok(0)
}

/// `buf.write(string[, offset[, length]][, encoding])`.
fn write(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.this_bytes()?;
    let string = arguments.at(0);
    if !machine.is_string(string) {
        let text = "argument must be a string";
        return machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", text);
    }
    let length = machine.byte_count(THIS)?;
    let (mut offset, mut room, mut encoding) = (0, length, arguments.at(3));
    if machine.is_string(arguments.at(1)) {
        encoding = arguments.at(1);
    } else if !machine.is_undefined(arguments.at(1)) {
        let most = length as f64;
        offset = machine.check_integer("offset", arguments.at(1), 0.0, most)? as usize;
        room = length - offset;
        if machine.is_string(arguments.at(2)) {
            encoding = arguments.at(2);
        } else if !machine.is_undefined(arguments.at(2)) {
            let count = machine.check_integer("length", arguments.at(2), 0.0, most)?;
            room = room.min(count as usize);
        }
    }
    if machine.to_boolean(encoding) && !machine.is_string(encoding) {
        let name = machine.string_of(encoding)?;
        return machine.throw_unknown_encoding(&name);
    }
    let encoding = machine.encoding_of(encoding)?;
    write_to(machine, string, encoding, (offset, room))
}

/// A method that writes in one encoding: a string, where to, and how much at most.
fn write_as(machine: &mut Machine, arguments: Arguments, encoding: &str) -> Outcome<R> {
    machine.this_bytes()?;
    let string = arguments.at(0);
    if !machine.is_string(string) {
        let text = "argument must be a string";
        return machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", text);
    }
    let length = machine.byte_count(THIS)?;
    let mut given = [0.0, length as f64];
    for (place, number) in given.iter_mut().enumerate() {
        if !machine.is_undefined(arguments.at(place + 1)) {
            *number = machine.to_integer(arguments.at(place + 1))?;
            if *number < 0.0 {
                let (code, text) = ("ERR_OUT_OF_RANGE", "Index out of range");
                return machine.throw_node_error(ErrorKind::RangeError, code, text);
            }
        }
    }
    let [offset, room] = given;
    if offset > length as f64 {
        let (code, text) = ("ERR_BUFFER_OUT_OF_BOUNDS", "\"offset\" is outside of buffer bounds");
        return machine.throw_node_error(ErrorKind::RangeError, code, text);
    }
    let offset = offset as usize;
    let encoding = machine.encoding_named(encoding)?;
    write_to(machine, string, encoding, (offset, (length - offset).min(room as usize)))
}

fn write_to(
    machine: &mut Machine,
    string: R,
    encoding: Encoding,
    (offset, room): (usize, usize),
) -> Outcome<R> {
    let (bytes, _) = machine.encoded(string, encoding)?;
    let mut count = bytes.len().min(room);
    match encoding.name() {
        "utf8" | "utf-8" => {
            // No character is written in part.
            while count < bytes.len() && count > 0 && bytes[count] & 0xc0 == 0x80 {
                count -= 1;
            }
        }
        "ucs2" | "ucs-2" | "utf16le" | "utf-16le" => count &= !1,
        _ => {}
    }
    machine.with_bytes(THIS, |to| to[offset..offset + count].copy_from_slice(&bytes[..count]))?;
    machine.give_number(count as f64)
}

fn inspect(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.this_bytes()?;
    let text = machine.inspect(THIS)?;
    machine.give_text(&text)
}

fn to_json(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.this_bytes()?;
    let object = machine.temps(3)?;
    let (data, value) = (object + 1, object + 2);
    let bytes = machine.bytes_of(THIS)?;
    machine.new_object(object, 2)?;
    machine.new_text(value, "Buffer")?;
    machine.put(object, "type", value)?;
    machine.new_array(data, bytes.len())?;
    for byte in bytes {
        machine.registers().set_smi(value, i32::from(byte));
        machine.push(data, value)?;
    }
    machine.put(object, "data", data)?;
    Ok(object)
}

/// A Buffer on a part of the bytes, which both share.
fn subarray(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.this_bytes()?;
    let (offset, length) = machine.byte_range(THIS)?;
    let start = machine.to_place(arguments.at(0), length, 0)?;
    let end = machine.to_place(arguments.at(1), length, length)?;
    let buffer = machine.temp()?;
    machine.array_buffer(buffer, THIS)?;
    machine.buffer_on(buffer, buffer, offset + start, end.saturating_sub(start))?;
    Ok(buffer)
}

fn swap(machine: &mut Machine, size: usize) -> Outcome<R> {
    machine.this_bytes()?;
    if !machine.byte_count(THIS)?.is_multiple_of(size) {
        let message = format!("Buffer size must be a multiple of {}-bits", 8 * size);
        let kind = crate::compile::op::ErrorKind::RangeError;
        return machine.throw_node_error(kind, "ERR_INVALID_BUFFER_SIZE", &message);
    }
    machine.with_bytes(THIS, |bytes| bytes.chunks_mut(size).for_each(<[u8]>::reverse))?;
    Ok(THIS)
}

fn parent_of(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if !machine.is_uint8_array(THIS)? {
        return machine.give_undefined();
    }
    machine.array_buffer(0, THIS)?;
    Ok(0)
}

fn offset_of(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if !machine.is_uint8_array(THIS)? {
        return machine.give_undefined();
    }
    let offset = machine.registers().read_u64(THIS, OFFSET)?;
    machine.give_number(offset as f64)
}
