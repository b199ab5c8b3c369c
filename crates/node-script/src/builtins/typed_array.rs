//! Typed arrays (ECMA-262, section 23.2): `%TypedArray%` and its eleven constructors.
//!
//! What reads elements alone is `Array.prototype`'s function, called after the receiver was tested.

use super::Method;
use super::array::{self, Holes};
use crate::interpret::iterate::{ENTRIES, KEYS, VALUES};
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, Native};
use crate::objects::layout::GETTER;
use crate::objects::typed::{BUFFER, ElementType, OFFSET, TRACKS};
use crate::thrown::Outcome;

macro_rules! of_array {
    ($($name:ident, $text:literal, $length:literal;)*) => {
        const SHARED: &[Method] = &[$(($text, $length, $name)),*];
        $(
            fn $name(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
                expect(machine, $text)?;
                array::$name(machine, arguments)
            }
        )*
    };
}

of_array! {
    at, "at", 1;
    find, "find", 1;
    find_index, "findIndex", 1;
    find_last, "findLast", 1;
    find_last_index, "findLastIndex", 1;
    includes, "includes", 1;
    index_of, "indexOf", 1;
    join, "join", 1;
    last_index_of, "lastIndexOf", 1;
    reverse, "reverse", 0;
    to_locale_string, "toLocaleString", 0;
}

const PROTOTYPE: &[Method] = &[
    ("copyWithin", 2, copy_within),
    ("every", 1, every),
    ("forEach", 1, for_each),
    ("reduce", 1, reduce),
    ("reduceRight", 1, reduce_right),
    ("some", 1, some),
    ("entries", 0, entries),
    ("keys", 0, keys),
    ("values", 0, values),
    ("fill", 1, fill),
    ("filter", 1, filter),
    ("map", 1, map),
    ("set", 1, set),
    ("slice", 2, slice),
    ("sort", 1, sort),
    ("subarray", 2, subarray),
    ("toReversed", 0, to_reversed),
    ("toSorted", 1, to_sorted),
    ("with", 2, with),
];

const STATIC: &[Method] = &[("of", 0, of), ("from", 1, from)];

macro_rules! constructors {
    ($($name:ident, $kind:ident, $root:ident;)*) => {
        const CONSTRUCTORS: &[(ElementType, usize, Native)] =
            &[$((ElementType::$kind, roots::$root, $name)),*];
        $(
            fn $name(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
                construct(machine, arguments, ElementType::$kind)
            }
        )*
    };
}

constructors! {
    int8, Int8, INT8_ARRAY_PROTOTYPE;
    uint8, Uint8, UINT8_ARRAY_PROTOTYPE;
    uint8_clamped, Uint8Clamped, UINT8_CLAMPED_ARRAY_PROTOTYPE;
    int16, Int16, INT16_ARRAY_PROTOTYPE;
    uint16, Uint16, UINT16_ARRAY_PROTOTYPE;
    int32, Int32, INT32_ARRAY_PROTOTYPE;
    uint32, Uint32, UINT32_ARRAY_PROTOTYPE;
    float32, Float32, FLOAT32_ARRAY_PROTOTYPE;
    float64, Float64, FLOAT64_ARRAY_PROTOTYPE;
    big_int64, BigInt64, BIG_INT64_ARRAY_PROTOTYPE;
    big_uint64, BigUint64, BIG_UINT64_ARRAY_PROTOTYPE;
}

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let base = machine.temps(5)?;
    let (parent, prototype, class, value) = (base + 1, base + 2, base + 3, base + 4);
    machine.new_prototype(base, roots::TYPED_ARRAY_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.new_constructor(parent, "TypedArray", 0, abstract_class, base)?;
    machine.store_root(roots::TYPED_ARRAY, parent);
    machine.define_species(parent)?;
    machine.define_methods(parent, STATIC)?;
    let getters: [(&str, Native); 4] = [
        ("buffer", buffer),
        ("byteLength", byte_length),
        ("byteOffset", byte_offset),
        ("length", length),
    ];
    for (name, getter) in getters {
        let name = machine.atoms.intern_str(name);
        machine.define_getter(base, name, getter, None)?;
    }
    machine.own_property(value, base, known::LENGTH.into())?;
    machine.registers().load(value, value, GETTER)?;
    machine.store_root(roots::TYPED_ARRAY_LENGTH, value);
    machine.define_methods(base, PROTOTYPE)?;
    machine.define_methods(base, SHARED)?;
    let name = machine.atoms.intern_str("values");
    machine.own_property(value, base, name.into())?;
    machine.define_named(base, known::ITERATOR, value, Flags::HIDDEN)?;
    machine.define_getter(base, known::TO_STRING_TAG, tag, None)?;
    machine.load_root(class, roots::ARRAY_PROTOTYPE);
    machine.own_property(value, class, known::TO_STRING.into())?;
    machine.define_named(base, known::TO_STRING, value, Flags::HIDDEN)?;
    for (kind, root, construct) in CONSTRUCTORS {
        machine.new_prototype(prototype, *root, roots::TYPED_ARRAY_PROTOTYPE)?;
        machine.define_class(class, kind.array_name(), 3, *construct, prototype)?;
        machine.replace_prototype(class, parent)?;
        machine.codes.typed_arrays[*kind as usize] = machine.code_of(class).unwrap_or(0);
        for object in [class, prototype] {
            machine.define_constants(object, &[("BYTES_PER_ELEMENT", kind.size() as f64)])?;
        }
    }
    Ok(())
}

/// The root of the prototype of a type's arrays.
pub(super) fn root_of(kind: ElementType) -> usize {
    CONSTRUCTORS[kind as usize].1
}

fn abstract_class(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.throw_type_error("Abstract class TypedArray not directly constructable")
}

fn expect(machine: &mut Machine, method: &str) -> Outcome {
    expect_array(machine, THIS, method)
}

/// ECMA-262's `ValidateTypedArray`.
fn expect_array(machine: &mut Machine, array: R, method: &str) -> Outcome {
    if machine.kind_of(array) != Some(ObjectKind::TypedArray) {
        return machine.throw_type_error("this is not a typed array.");
    }
    if machine.is_out_of_bounds(array)? {
        // V8 has a name of its own for one of them.
        let method = if method == "findLastIndex" { "findIndexLast" } else { method };
        let text =
            format!("Cannot perform %TypedArray%.prototype.{method} on a detached ArrayBuffer");
        return machine.throw_type_error(&text);
    }
    Ok(())
}

fn throw_length<T>(machine: &mut Machine, length: f64) -> Outcome<T> {
    let shown = crate::objects::number::to_text(length);
    machine.throw_range_error(&format!("Invalid typed array length: {shown}"))
}

fn construct(machine: &mut Machine, arguments: Arguments, kind: ElementType) -> Outcome<R> {
    machine.require_new(arguments, kind.array_name())?;
    let prototype = machine.temps(2)?;
    let array = prototype + 1;
    machine.new_target_prototype(prototype, arguments, root_of(kind))?;
    let source = arguments.at(0);
    match machine.kind_of(source) {
        None => {
            let length = machine.to_integer(source)?;
            if !(0.0..=4_294_967_296.0).contains(&length) {
                return throw_length(machine, length);
            }
            machine.own_typed_array(array, prototype, length as usize, kind)?;
        }
        Some(ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer) => {
            let place = [arguments.at(0), arguments.at(1), arguments.at(2)];
            on_buffer(machine, place, kind, prototype, array)?;
        }
        Some(_) => {
            let list = machine.temps(2)?;
            let value = list + 1;
            list_of(machine, list, source, "Construct")?;
            if machine.kind_of(list) == Some(ObjectKind::TypedArray)
                && machine.typed_type(list)?.is_big() != kind.is_big()
            {
                let text = "Cannot mix BigInt and other types, use explicit conversions";
                return machine.throw_type_error(text);
            }
            let length = machine.length_of(list)?;
            machine.own_typed_array(array, prototype, length, kind)?;
            for place in 0..length {
                machine.get(value, list, Key::Index(place as u32))?;
                machine.typed_set(array, place, value)?;
            }
        }
    }
    Ok(array)
}

/// What a typed array's elements are taken from: what an iterable gives, or an array-like itself.
fn list_of(machine: &mut Machine, to: R, source: R, method: &str) -> Outcome {
    if machine.kind_of(source) == Some(ObjectKind::TypedArray) {
        if machine.is_out_of_bounds(source)? {
            let text = format!("Cannot perform {method} on a detached ArrayBuffer");
            return machine.throw_type_error(&text);
        }
        machine.copy(to, source);
        return Ok(());
    }
    machine.get_named(to, source, known::ITERATOR)?;
    if machine.is_nullish(to) {
        return machine.to_object(to, source);
    }
    machine.new_array(to, 0)?;
    machine.for_each(source, |machine, value| {
        machine.push(to, value)?;
        Ok(true)
    })
}

/// A typed array on a buffer, from an offset on, of a length (either may be undefined).
fn on_buffer(
    machine: &mut Machine,
    [buffer, offset, length]: [R; 3],
    kind: ElementType,
    prototype: R,
    array: R,
) -> Outcome {
    let (size, name) = (kind.size(), kind.array_name());
    let offset = machine.to_integer(offset)?;
    if offset < 0.0 || offset.is_infinite() {
        let shown = crate::objects::number::to_text(offset);
        let text = format!("Start offset {shown} is outside the bounds of the buffer");
        return machine.throw_range_error(&text);
    }
    if offset % size as f64 != 0.0 {
        let text = format!("start offset of {name} should be a multiple of {size}");
        return machine.throw_range_error(&text);
    }
    let given = match machine.is_undefined(length) {
        true => None,
        false => Some(machine.to_integer(length)?),
    };
    if machine.is_detached(buffer)? {
        return machine.throw_type_error("Cannot perform Construct on a detached ArrayBuffer");
    }
    let bytes = machine.byte_count(buffer)?;
    let (resizable, _) = machine.buffer_room(buffer)?;
    let count = match given {
        None if resizable => {
            if offset > bytes as f64 {
                let text = format!("Start offset {offset} is outside the bounds of the buffer");
                return machine.throw_range_error(&text);
            }
            TRACKS as usize
        }
        None => {
            if bytes % size != 0 {
                let text = format!("byte length of {name} should be a multiple of {size}");
                return machine.throw_range_error(&text);
            }
            if offset > bytes as f64 {
                let text = format!("Start offset {offset} is outside the bounds of the buffer");
                return machine.throw_range_error(&text);
            }
            (bytes - offset as usize) / size
        }
        Some(count) => {
            if count < 0.0 || offset + count * size as f64 > bytes as f64 {
                return throw_length(machine, count);
            }
            count as usize
        }
    };
    machine.new_typed_array(array, prototype, buffer, (offset as usize, count), kind)
}

/// The typed array that a method makes: by the species of the receiver's constructor.
fn species_array(machine: &mut Machine, to: R, arguments: &[R]) -> Outcome {
    machine.scoped(|machine| {
        let class = machine.temp()?;
        machine.species_of(class, THIS)?;
        array_of_species(machine, to, class, arguments)
    })
}

/// As `species_array`, of a species, or of none. Its element type must be one that goes with the receiver's.
fn array_of_species(machine: &mut Machine, to: R, species: R, arguments: &[R]) -> Outcome {
    let kind = machine.typed_type(THIS)?;
    machine.scoped(|machine| {
        let class = machine.temps(2)?;
        let array = class + 1;
        machine.copy(class, species);
        if machine.is_undefined(class) {
            machine.load_root(class, root_of(kind));
            match *arguments {
                [length] => {
                    let length = machine.to_integer(length)? as usize;
                    machine.own_typed_array(array, class, length, kind)?;
                }
                [buffer, offset] => {
                    let nothing = machine.temp()?;
                    on_buffer(machine, [buffer, offset, nothing], kind, class, array)?;
                }
                [buffer, offset, length, ..] => {
                    on_buffer(machine, [buffer, offset, length], kind, class, array)?;
                }
                [] => {}
            }
            machine.copy(to, array);
            return Ok(());
        }
        machine.construct(array, class, arguments, class)?;
        expect_array(machine, array, "species")?;
        if machine.typed_type(array)?.is_big() != kind.is_big() {
            return machine
                .throw_type_error("Content type of source and derived typed arrays differ");
        }
        machine.copy(to, array);
        Ok(())
    })
}

/// As `species_array`, of a length.
fn species_of_length(machine: &mut Machine, to: R, length: usize) -> Outcome {
    let count = machine.temp()?;
    machine.set_number(count, length as f64)?;
    species_array(machine, to, &[count])?;
    expect_length(machine, to, length)
}

/// Refuses what a constructor has given that has not as many elements as it was told.
fn expect_length(machine: &mut Machine, array: R, length: usize) -> Outcome {
    expect_array(machine, array, "constructor")?;
    if machine.typed_length(array)? < length {
        return machine.throw_type_error(
            "Derived TypedArray constructor created an array which was too small",
        );
    }
    Ok(())
}

/// A typed array of the receiver's own type.
fn same_type(machine: &mut Machine, to: R, length: usize) -> Outcome {
    let kind = machine.typed_type(THIS)?;
    machine.scoped(|machine| {
        let prototype = machine.temp()?;
        machine.load_root(prototype, root_of(kind));
        machine.own_typed_array(to, prototype, length, kind)
    })
}

fn of(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_constructor(THIS) {
        let shown = machine.show(THIS);
        return machine.throw_type_error(&format!("{shown} is not a constructor"));
    }
    let array = machine.temps(2)?;
    let count = array + 1;
    machine.set_number(count, arguments.count as f64)?;
    machine.construct(array, THIS, &[count], THIS)?;
    expect_length(machine, array, arguments.count)?;
    for place in 0..arguments.count {
        machine.set(array, Key::Index(place as u32), arguments.at(place), true)?;
    }
    Ok(array)
}

fn from(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_constructor(THIS) {
        let shown = machine.show(THIS);
        return machine.throw_type_error(&format!("{shown} is not a constructor"));
    }
    let mapper = arguments.at(1);
    let maps = !machine.is_undefined(mapper);
    if maps {
        array::expect_callable(machine, mapper)?;
    }
    let list = machine.temps(4)?;
    let (array, value, number) = (list + 1, list + 2, list + 3);
    if machine.is_nullish(arguments.at(0)) {
        let shown = match machine.is_null(arguments.at(0)) {
            true => "object null",
            false => "undefined",
        };
        let text =
            format!("{shown} is not iterable (cannot read property Symbol(Symbol.iterator))");
        return machine.throw_type_error(&text);
    }
    machine.to_object(value, arguments.at(0))?;
    list_of(machine, list, value, "%TypedArray%.prototype.values")?;
    let length = machine.length_of(list)?;
    machine.set_number(number, length as f64)?;
    machine.construct(array, THIS, &[number], THIS)?;
    expect_length(machine, array, length)?;
    for place in 0..length {
        machine.get(value, list, Key::Index(place as u32))?;
        if maps {
            machine.set_number(number, place as f64)?;
            machine.call(value, mapper, arguments.at(2), &[value, number])?;
        }
        machine.set(array, Key::Index(place as u32), value, true)?;
    }
    Ok(array)
}

fn getter(machine: &mut Machine, name: &str) -> Outcome {
    match machine.kind_of(THIS) {
        Some(ObjectKind::TypedArray) => Ok(()),
        _ => {
            let shown = machine.show(THIS);
            let shown = if shown.starts_with("#<") { "[object Object]".to_owned() } else { shown };
            let text = format!(
                "Method get TypedArray.prototype.{name} called on incompatible receiver {shown}"
            );
            machine.throw_type_error(&text)
        }
    }
}

fn buffer(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    getter(machine, "buffer")?;
    machine.array_buffer(0, THIS)?;
    Ok(0)
}

fn byte_length(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    getter(machine, "byteLength")?;
    let count = machine.byte_count(THIS)?;
    machine.give_number(count as f64)
}

fn byte_offset(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    getter(machine, "byteOffset")?;
    let (offset, _) = machine.byte_range(THIS)?;
    machine.give_number(offset as f64)
}

fn length(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    getter(machine, "length")?;
    let length = machine.typed_length(THIS)?;
    machine.give_number(length as f64)
}

fn tag(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if machine.kind_of(THIS) != Some(ObjectKind::TypedArray) {
        return machine.give_undefined();
    }
    let name = machine.typed_type(THIS)?.array_name();
    let atom = machine.atoms.intern_str(name);
    machine.atom_value(0, atom)?;
    Ok(0)
}

fn iterate(machine: &mut Machine, which: i32, method: &str) -> Outcome<R> {
    expect(machine, method)?;
    machine.new_array_iterator(0, THIS, which)?;
    Ok(0)
}

fn keys(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, KEYS, "keys")
}

fn values(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, VALUES, "values")
}

fn entries(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    iterate(machine, ENTRIES, "entries")
}

fn fill(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect(machine, "fill")?;
    let kind = machine.typed_type(THIS)?;
    let length = machine.typed_length(THIS)?;
    let word = machine.bits_of_number(arguments.at(0), kind)?.to_le_bytes();
    let start = machine.to_place(arguments.at(1), length, 0)?;
    let end = machine.to_place(arguments.at(2), length, length)?;
    // The conversions may have changed the buffer.
    expect(machine, "fill")?;
    let end = end.min(machine.typed_length(THIS)?);
    if start < end {
        let size = kind.size();
        machine.with_bytes(THIS, |bytes| {
            for element in bytes[start * size..end * size].chunks_exact_mut(size) {
                element.copy_from_slice(&word[..size]);
            }
        })?;
    }
    Ok(THIS)
}

fn map(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect(machine, "map")?;
    array::expect_callable(machine, arguments.at(0))?;
    let length = machine.typed_length(THIS)?;
    let result = machine.temps(3)?;
    let (value, index) = (result + 1, result + 2);
    species_of_length(machine, result, length)?;
    for place in 0..length {
        machine.typed_get(value, THIS, place)?;
        machine.set_number(index, place as f64)?;
        machine.call(value, arguments.at(0), arguments.at(1), &[value, index, THIS])?;
        machine.typed_set(result, place, value)?;
    }
    Ok(result)
}

/// What calls a function with each element reads undefined where the buffer has become too short.
macro_rules! over_all {
    ($($name:ident, $text:literal, $of:ident;)*) => {
        $(
            fn $name(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
                expect(machine, $text)?;
                array::$of(machine, arguments, Holes::Read)
            }
        )*
    };
}

over_all! {
    every, "every", every_of;
    for_each, "forEach", for_each_of;
    reduce, "reduce", reduce_of;
    reduce_right, "reduceRight", reduce_right_of;
    some, "some", some_of;
}

fn copy_within(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect(machine, "copyWithin")?;
    let length = machine.typed_length(THIS)?;
    let to = machine.to_place(arguments.at(0), length, 0)?;
    let from = machine.to_place(arguments.at(1), length, 0)?;
    let end = machine.to_place(arguments.at(2), length, length)?;
    let count = end.saturating_sub(from).min(length - to);
    if count == 0 {
        return Ok(THIS);
    }
    // The conversions may have changed the buffer.
    expect(machine, "copyWithin")?;
    let length = machine.typed_length(THIS)?;
    let count = count.min(length.saturating_sub(from.max(to)));
    let size = machine.typed_type(THIS)?.size();
    machine.with_bytes(THIS, |bytes| {
        if count > 0 {
            bytes.copy_within(from * size..(from + count) * size, to * size);
        }
    })?;
    Ok(THIS)
}

fn filter(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect(machine, "filter")?;
    let kept = machine.temps(3)?;
    let (result, value) = (kept + 1, kept + 2);
    machine.new_array(kept, 0)?;
    array::each(machine, arguments, Holes::Read, |machine, value, _, is| {
        if machine.to_boolean(is) {
            machine.push(kept, value)?;
        }
        Ok(true)
    })?;
    let length = machine.array_length(kept);
    species_of_length(machine, result, length)?;
    for place in 0..length {
        machine.get(value, kept, Key::Index(place as u32))?;
        machine.typed_set(result, place, value)?;
    }
    Ok(result)
}

fn set(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.kind_of(THIS) != Some(ObjectKind::TypedArray) {
        return machine.throw_type_error("this is not a typed array.");
    }
    let offset = machine.to_integer(arguments.at(1))?;
    if offset < 0.0 {
        return machine.throw_range_error("offset is out of bounds");
    }
    let source = machine.temps(2)?;
    let value = source + 1;
    machine.to_object(source, arguments.at(0))?;
    expect(machine, "set")?;
    let room = machine.typed_length(THIS)?;
    if machine.kind_of(source) == Some(ObjectKind::TypedArray) {
        expect_array(machine, source, "set")?;
    }
    let length = machine.length_of(source)?;
    if length as f64 + offset > room as f64 {
        return machine.throw_range_error("offset is out of bounds");
    }
    let offset = offset as usize;
    let kind = machine.typed_type(THIS)?;
    if machine.kind_of(source) == Some(ObjectKind::TypedArray) {
        let other = machine.typed_type(source)?;
        if other.is_big() != kind.is_big() {
            let text = "Cannot mix BigInt and other types, use explicit conversions";
            return machine.throw_type_error(text);
        }
        if other == kind {
            let bytes = machine.bytes_of(source)?;
            let start = offset * kind.size();
            machine
                .with_bytes(THIS, |to| to[start..start + bytes.len()].copy_from_slice(&bytes))?;
            return machine.give_undefined();
        }
        // The source may be a view of the same bytes.
        let copy = machine.temp()?;
        machine.new_array(copy, length)?;
        for place in 0..length {
            machine.typed_get(value, source, place)?;
            machine.push(copy, value)?;
        }
        machine.copy(source, copy);
    }
    for place in 0..length {
        machine.get(value, source, Key::Index(place as u32))?;
        machine.typed_set(THIS, offset + place, value)?;
    }
    machine.give_undefined()
}

fn slice(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect(machine, "slice")?;
    let length = machine.typed_length(THIS)?;
    let start = machine.to_place(arguments.at(0), length, 0)?;
    let end = machine.to_place(arguments.at(1), length, length)?.max(start);
    let result = machine.temps(2)?;
    let value = result + 1;
    species_of_length(machine, result, end - start)?;
    if start == end {
        return Ok(result);
    }
    expect(machine, "slice")?;
    let end = end.min(machine.typed_length(THIS)?).max(start);
    let kind = machine.typed_type(THIS)?;
    // Of the same buffer, what was written is read again.
    let buffers = machine.temps(2)?;
    machine.registers().load(buffers, THIS, BUFFER)?;
    machine.registers().load(buffers + 1, result, BUFFER)?;
    if machine.typed_type(result)? == kind && !machine.is_same(buffers, buffers + 1) {
        let size = kind.size();
        let bytes = machine.with_bytes(THIS, |bytes| {
            let end = (end * size).min(bytes.len());
            bytes[(start * size).min(end)..end].to_vec()
        })?;
        machine.with_bytes(result, |to| {
            let count = bytes.len().min(to.len());
            to[..count].copy_from_slice(&bytes[..count]);
        })?;
        return Ok(result);
    }
    for place in start..end {
        machine.typed_get(value, THIS, place)?;
        machine.typed_set(result, place - start, value)?;
    }
    Ok(result)
}

fn subarray(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.kind_of(THIS) != Some(ObjectKind::TypedArray) {
        return machine.throw_type_error("this is not a typed array.");
    }
    let length = machine.typed_length(THIS)?;
    let start = machine.to_place(arguments.at(0), length, 0)?;
    let end = machine.to_place(arguments.at(1), length, length)?.max(start);
    let buffer = machine.temps(3)?;
    let (offset, count) = (buffer + 1, buffer + 2);
    machine.array_buffer(buffer, THIS)?;
    let from = machine.registers().read_u64(THIS, OFFSET)? as usize;
    let kind = machine.typed_type(THIS)?;
    let size = kind.size();
    let class = machine.temp()?;
    machine.species_of(class, THIS)?;
    let code = machine.code_of(class);
    if code == Some(machine.codes.typed_arrays[kind as usize]) && machine.keeps_bytes(buffer)? {
        // What the built-in constructor makes of a part that is there.
        machine.load_root(offset, root_of(kind));
        let part = (from + start * size, end - start);
        machine.new_typed_array(buffer, offset, buffer, part, kind)?;
        return Ok(buffer);
    }
    machine.set_number(offset, (from + start * size) as f64)?;
    machine.set_number(count, (end - start) as f64)?;
    if machine.tracks_length(THIS)? && machine.is_undefined(arguments.at(1)) {
        array_of_species(machine, buffer, class, &[buffer, offset])?;
        return Ok(buffer);
    }
    array_of_species(machine, buffer, class, &[buffer, offset, count])?;
    Ok(buffer)
}

/// The elements of the receiver, sorted, into another typed array of the same type or the receiver itself.
fn sort_into(machine: &mut Machine, to: R, compare: R) -> Outcome {
    let length = machine.typed_length(THIS)?;
    machine.scoped(|machine| {
        let list = machine.temps(2)?;
        let value = list + 1;
        array::sort::new_list(machine, list, length)?;
        for place in 0..length {
            machine.typed_get(value, THIS, place)?;
            machine.push(list, value)?;
        }
        let order = array::sort::sorted(machine, list, compare, array::sort::Default::Numbers)?;
        for (place, from) in order.into_iter().enumerate() {
            machine.get(value, list, Key::Index(from as u32))?;
            machine.typed_set(to, place, value)?;
        }
        Ok(())
    })
}

fn sort(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    array::sort::expect_comparison(machine, arguments.at(0))?;
    expect(machine, "sort")?;
    sort_into(machine, THIS, arguments.at(0))?;
    Ok(THIS)
}

fn to_sorted(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    array::sort::expect_comparison(machine, arguments.at(0))?;
    expect(machine, "toSorted")?;
    let result = machine.temp()?;
    let length = machine.typed_length(THIS)?;
    same_type(machine, result, length)?;
    sort_into(machine, result, arguments.at(0))?;
    Ok(result)
}

fn to_reversed(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    expect(machine, "toReversed")?;
    let result = machine.temps(2)?;
    let value = result + 1;
    let length = machine.typed_length(THIS)?;
    same_type(machine, result, length)?;
    for place in 0..length {
        machine.typed_get(value, THIS, length - 1 - place)?;
        machine.typed_set(result, place, value)?;
    }
    Ok(result)
}

fn with(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect(machine, "with")?;
    let result = machine.temps(2)?;
    let value = result + 1;
    let length = machine.typed_length(THIS)?;
    let index = machine.to_integer(arguments.at(0))?;
    let place = if index < 0.0 { index + length as f64 } else { index };
    let kind = machine.typed_type(THIS)?;
    let word = machine.bits_of_number(arguments.at(1), kind)?;
    let now = machine.typed_length(THIS)?;
    if !(0.0..now as f64).contains(&place) {
        return machine.throw_range_error("Invalid typed array index");
    }
    same_type(machine, result, length)?;
    for place in 0..length {
        machine.typed_get(value, THIS, place)?;
        machine.typed_set(result, place, value)?;
    }
    machine.number_of_bits(value, word, kind)?;
    machine.typed_set(result, place as usize, value)?;
    Ok(result)
}
