//! `DataView` (ECMA-262, section 25.3).

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::typed::{BUFFER, COUNT, ElementType, OFFSET, TRACKS};
use crate::thrown::Outcome;

macro_rules! accessors {
    ($($get:ident, $set:ident, $name:literal, $kind:ident;)*) => {
        const PROTOTYPE: &[Method] = &[
            $((concat!("get", $name), 1, $get), (concat!("set", $name), 2, $set),)*
        ];
        $(
            fn $get(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
                read(machine, arguments, ElementType::$kind, concat!("get", $name))
            }

            fn $set(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
                write(machine, arguments, ElementType::$kind, concat!("set", $name))
            }
        )*
    };
}

accessors! {
    get_int8, set_int8, "Int8", Int8;
    get_uint8, set_uint8, "Uint8", Uint8;
    get_int16, set_int16, "Int16", Int16;
    get_uint16, set_uint16, "Uint16", Uint16;
    get_int32, set_int32, "Int32", Int32;
    get_uint32, set_uint32, "Uint32", Uint32;
    get_float32, set_float32, "Float32", Float32;
    get_float64, set_float64, "Float64", Float64;
    get_big_int64, set_big_int64, "BigInt64", BigInt64;
    get_big_uint64, set_big_uint64, "BigUint64", BigUint64;
}

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.new_prototype(prototype, roots::DATA_VIEW_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "DataView", 1, construct, prototype)?;
    for (name, getter) in [
        ("buffer", buffer as _),
        ("byteLength", byte_length as _),
        ("byteOffset", byte_offset as _),
    ] {
        let name = machine.atoms.intern_str(name);
        machine.define_getter(prototype, name, getter, None)?;
    }
    machine.define_methods(prototype, PROTOTYPE)?;
    machine.define_tag(prototype, "DataView")
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_new(arguments, "DataView")?;
    let buffer = arguments.at(0);
    let kind = machine.kind_of(buffer);
    if !matches!(kind, Some(ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer)) {
        let text = "First argument to DataView constructor must be an ArrayBuffer";
        return machine.throw_type_error(text);
    }
    let offset = machine.to_integer(arguments.at(1))?;
    if offset < 0.0 {
        let text = format!("Start offset {offset} is outside the bounds of the buffer");
        return machine.throw_range_error(&text);
    }
    expect_bytes(machine, buffer)?;
    let (resizable, _) = machine.buffer_room(buffer)?;
    let tracks = resizable && machine.is_undefined(arguments.at(2));
    let count = check_range(machine, arguments, buffer, offset)?;
    let prototype = machine.temps(2)?;
    let view = prototype + 1;
    machine.new_target_prototype(prototype, arguments, roots::DATA_VIEW_PROTOTYPE)?;
    expect_bytes(machine, buffer)?;
    // Making the prototype may have changed the buffer.
    let length = machine.byte_count(buffer)?;
    if offset > length as f64 || (!tracks && offset as usize + count > length) {
        return machine.throw_range_error("Invalid DataView length");
    }
    let (offset, count) = (offset as usize, if tracks { TRACKS } else { count as u64 });
    let class = machine.typed_class(prototype, ObjectKind::DataView)?;
    machine.new_of(view, class)?;
    let mut registers = machine.registers();
    registers.store(view, BUFFER, buffer)?;
    registers.write_u64(view, OFFSET, offset as u64)?;
    registers.write_u64(view, COUNT, count)?;
    machine.note_buffer(view, buffer)?;
    Ok(view)
}

fn expect_bytes(machine: &mut Machine, buffer: R) -> Outcome {
    if machine.is_detached(buffer)? {
        return machine.throw_type_error("Cannot perform DataView on a detached ArrayBuffer");
    }
    Ok(())
}

/// How many bytes a view has, which must lie in the buffer.
fn check_range(
    machine: &mut Machine,
    arguments: Arguments,
    buffer: R,
    offset: f64,
) -> Outcome<usize> {
    let length = machine.byte_count(buffer)?;
    if offset > length as f64 {
        let text = format!("Start offset {offset} is outside the bounds of the buffer");
        return machine.throw_range_error(&text);
    }
    if machine.is_undefined(arguments.at(2)) {
        return Ok(length - offset as usize);
    }
    let count = machine.to_integer(arguments.at(2))?;
    if count < 0.0 || offset + count > length as f64 {
        return machine.throw_range_error(&format!("Invalid DataView length {count}"));
    }
    Ok(count as usize)
}

/// Refuses a view that reaches behind its buffer's end.
fn expect_inside(machine: &mut Machine, method: &str) -> Outcome {
    if machine.is_out_of_bounds(THIS)? {
        let text = format!("Cannot perform {method} on a detached ArrayBuffer");
        return machine.throw_type_error(&text);
    }
    Ok(())
}

fn buffer(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::DataView, "DataView.prototype.buffer")?;
    machine.registers().load(0, THIS, BUFFER)?;
    Ok(0)
}

fn byte_length(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::DataView, "DataView.prototype.byteLength")?;
    expect_inside(machine, "DataView.prototype.byteLength")?;
    let count = machine.byte_count(THIS)?;
    machine.give_number(count as f64)
}

fn byte_offset(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::DataView, "DataView.prototype.byteOffset")?;
    expect_inside(machine, "DataView.prototype.byteOffset")?;
    let (offset, _) = machine.byte_range(THIS)?;
    machine.give_number(offset as f64)
}

/// Refuses an element that is not wholly in the view.
fn expect_room(machine: &mut Machine, kind: ElementType, index: usize) -> Outcome {
    expect_inside(machine, "DataView method")?;
    let count = machine.byte_count(THIS)?;
    if index.checked_add(kind.size()).is_some_and(|end| end <= count) {
        return Ok(());
    }
    machine.throw_range_error("Offset is outside the bounds of the DataView")
}

fn index(machine: &mut Machine, arguments: Arguments, method: &str) -> Outcome<usize> {
    machine.require_kind(ObjectKind::DataView, &format!("DataView.prototype.{method}"))?;
    let number = machine.to_integer(arguments.at(0))?;
    if !(0.0..=9_007_199_254_740_991.0).contains(&number) {
        return machine.throw_range_error("Offset is outside the bounds of the DataView");
    }
    Ok(number as usize)
}

fn read(
    machine: &mut Machine,
    arguments: Arguments,
    kind: ElementType,
    method: &str,
) -> Outcome<R> {
    let at = index(machine, arguments, method)?;
    let little = machine.to_boolean(arguments.at(1));
    expect_room(machine, kind, at)?;
    let mut bytes = [0_u8; 8];
    machine.with_bytes(THIS, |store| {
        let found = &store[at..at + kind.size()];
        let to = &mut bytes[..kind.size()];
        to.copy_from_slice(found);
        if !little {
            to.reverse();
        }
    })?;
    machine.number_of_bits(0, u64::from_le_bytes(bytes), kind)?;
    Ok(0)
}

fn write(
    machine: &mut Machine,
    arguments: Arguments,
    kind: ElementType,
    method: &str,
) -> Outcome<R> {
    let at = index(machine, arguments, method)?;
    let word = machine.bits_of_number(arguments.at(1), kind)?;
    let little = machine.to_boolean(arguments.at(2));
    expect_room(machine, kind, at)?;
    machine.with_bytes(THIS, |store| {
        let to = &mut store[at..at + kind.size()];
        to.copy_from_slice(&word.to_le_bytes()[..kind.size()]);
        if !little {
            to.reverse();
        }
    })?;
    machine.give_undefined()
}
