//! `ArrayBuffer` and `SharedArrayBuffer` (ECMA-262, sections 25.1 and 25.2), on stores of the runtime's pool.

use super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::objects::typed::MAX_BYTES;
use crate::thrown::Outcome;
use node_memory::NodeVersion;

const STATIC: &[Method] = &[("isView", 1, is_view)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.new_prototype(prototype, roots::ARRAY_BUFFER_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "ArrayBuffer", 1, construct, prototype)?;
    machine.define_methods(class, STATIC)?;
    machine.define_species(class)?;
    let length = machine.atoms.intern_str("byteLength");
    machine.define_getter(prototype, length, byte_length, None)?;
    machine.define_methods(prototype, &[("resize", 1, resize), ("slice", 2, slice)])?;
    let most = machine.atoms.intern_str("maxByteLength");
    machine.define_getter(prototype, most, max_byte_length, None)?;
    let resizable = machine.atoms.intern_str("resizable");
    machine.define_getter(prototype, resizable, is_resizable, None)?;
    if machine.plays(NodeVersion::V22) {
        let name = machine.atoms.intern_str("detached");
        machine.define_getter(prototype, name, detached, None)?;
        machine.define_methods(
            prototype,
            &[("transfer", 0, transfer), ("transferToFixedLength", 0, transfer_to_fixed_length)],
        )?;
    }
    machine.define_tag(prototype, "ArrayBuffer")?;

    let root = roots::SHARED_ARRAY_BUFFER_PROTOTYPE;
    machine.new_prototype(prototype, root, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "SharedArrayBuffer", 1, construct_shared, prototype)?;
    machine.define_species(class)?;
    machine.define_getter(prototype, length, shared_byte_length, None)?;
    machine.define_methods(prototype, &[("grow", 1, grow), ("slice", 2, shared_slice)])?;
    let growable = machine.atoms.intern_str("growable");
    machine.define_getter(prototype, most, shared_max_byte_length, None)?;
    machine.define_getter(prototype, growable, is_growable, None)?;
    machine.define_tag(prototype, "SharedArrayBuffer")
}

fn make(machine: &mut Machine, arguments: Arguments, kind: ObjectKind) -> Outcome<R> {
    let shared = kind == ObjectKind::SharedArrayBuffer;
    let name = if shared { "SharedArrayBuffer" } else { "ArrayBuffer" };
    machine.require_new(arguments, name)?;
    let length = machine.to_index(arguments.at(0), "array buffer length")?;
    let value = machine.temp()?;
    let mut most = None;
    if machine.is_object(arguments.at(1)) {
        let name = machine.atoms.intern_str("maxByteLength");
        machine.get_named(value, arguments.at(1), name)?;
        if !machine.is_undefined(value) {
            most = Some(machine.to_index(value, "array buffer max length")?);
        }
    }
    let root = match shared {
        true => roots::SHARED_ARRAY_BUFFER_PROTOTYPE,
        false => roots::ARRAY_BUFFER_PROTOTYPE,
    };
    let prototype = machine.temp()?;
    machine.new_target_prototype(prototype, arguments, root)?;
    if most.is_some_and(|most| length > most) {
        return machine.throw_range_error("Invalid array buffer max length");
    }
    let room = most.unwrap_or(length);
    if room > MAX_BYTES {
        return machine.throw_range_error("Array buffer allocation failed");
    }
    let store = machine.new_store(room)?;
    machine.resizable_buffer(0, prototype, kind, store, (length, most.is_some()))?;
    Ok(0)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    make(machine, arguments, ObjectKind::ArrayBuffer)
}

fn construct_shared(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    make(machine, arguments, ObjectKind::SharedArrayBuffer)
}

fn is_view(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let kind = machine.kind_of(arguments.at(0));
    machine.give_bool(matches!(kind, Some(ObjectKind::TypedArray | ObjectKind::DataView)))
}

fn byte_length(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::ArrayBuffer, "get ArrayBuffer.prototype.byteLength")?;
    let length = machine.byte_count(THIS)?;
    machine.give_number(length as f64)
}

fn shared_byte_length(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let method = "get SharedArrayBuffer.prototype.byteLength";
    machine.require_kind(ObjectKind::SharedArrayBuffer, method)?;
    let length = machine.byte_count(THIS)?;
    machine.give_number(length as f64)
}

fn max_length(machine: &mut Machine) -> Outcome<R> {
    let (resizable, room) = machine.buffer_room(THIS)?;
    let most = if resizable { room } else { machine.byte_count(THIS)? };
    machine.give_number(most as f64)
}

fn max_byte_length(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::ArrayBuffer, "get ArrayBuffer.prototype.maxByteLength")?;
    max_length(machine)
}

fn shared_max_byte_length(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let method = "get SharedArrayBuffer.prototype.maxByteLength";
    machine.require_kind(ObjectKind::SharedArrayBuffer, method)?;
    max_length(machine)
}

/// Refuses an ArrayBuffer whose bytes are gone.
fn expect_bytes(machine: &mut Machine, buffer: R, method: &str) -> Outcome {
    if machine.is_detached(buffer)? {
        let text = format!("Cannot perform {method} on a detached ArrayBuffer");
        return machine.throw_type_error(&text);
    }
    Ok(())
}

fn resize(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let method = "ArrayBuffer.prototype.resize";
    machine.require_kind(ObjectKind::ArrayBuffer, method)?;
    let (resizable, _) = machine.buffer_room(THIS)?;
    if !resizable {
        return machine.throw_incompatible(method);
    }
    let length = machine.to_index(arguments.at(0), "array buffer length")?;
    expect_bytes(machine, THIS, method)?;
    let (_, room) = machine.buffer_room(THIS)?;
    if length > room {
        return machine.throw_range_error(&format!("{method}: Invalid length parameter"));
    }
    machine.resize_buffer(THIS, length)?;
    machine.give_undefined()
}

fn detached(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::ArrayBuffer, "get ArrayBuffer.prototype.detached")?;
    let gone = machine.is_detached(THIS)?;
    machine.give_bool(gone)
}

fn transfer(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (resizable, room) = match machine.kind_of(THIS) {
        Some(ObjectKind::ArrayBuffer) => machine.buffer_room(THIS)?,
        _ => (false, 0),
    };
    let most = resizable.then_some(room);
    move_bytes(machine, arguments, most, "ArrayBuffer.prototype.transfer")
}

fn transfer_to_fixed_length(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    move_bytes(machine, arguments, None, "ArrayBuffer.prototype.transferToFixedLength")
}

/// A new ArrayBuffer with the receiver's bytes, of another length perhaps; the receiver is detached (ECMA-262's
/// `ArrayBufferCopyAndDetach`).
fn move_bytes(
    machine: &mut Machine,
    arguments: Arguments,
    most: Option<usize>,
    method: &str,
) -> Outcome<R> {
    machine.require_kind(ObjectKind::ArrayBuffer, method)?;
    let length = match machine.is_undefined(arguments.at(0)) {
        true => machine.byte_count(THIS)?,
        false => machine.to_index(arguments.at(0), "array buffer length")?,
    };
    expect_bytes(machine, THIS, method)?;
    let room = most.unwrap_or(length);
    if length > room || room > MAX_BYTES {
        return machine.throw_range_error("Invalid array buffer length");
    }
    let mut store = machine.new_store(room)?;
    machine.with_bytes(THIS, |bytes| {
        let count = bytes.len().min(length);
        store[..count].copy_from_slice(&bytes[..count]);
    })?;
    machine.detach_buffer(THIS)?;
    let result = machine.temps(2)?;
    let prototype = result + 1;
    machine.load_root(prototype, roots::ARRAY_BUFFER_PROTOTYPE);
    let kind = ObjectKind::ArrayBuffer;
    machine.resizable_buffer(result, prototype, kind, store, (length, most.is_some()))?;
    Ok(result)
}

fn grow(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let method = "SharedArrayBuffer.prototype.grow";
    machine.require_kind(ObjectKind::SharedArrayBuffer, method)?;
    let (growable, room) = machine.buffer_room(THIS)?;
    if !growable {
        return machine.throw_incompatible(method);
    }
    let length = machine.to_index(arguments.at(0), "array buffer length")?;
    if length > room || length < machine.byte_count(THIS)? {
        return machine.throw_range_error(&format!("{method}: Invalid length parameter"));
    }
    machine.resize_buffer(THIS, length)?;
    machine.give_undefined()
}

fn is_resizable(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::ArrayBuffer, "get ArrayBuffer.prototype.resizable")?;
    let (resizable, _) = machine.buffer_room(THIS)?;
    machine.give_bool(resizable)
}

fn is_growable(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine
        .require_kind(ObjectKind::SharedArrayBuffer, "get SharedArrayBuffer.prototype.growable")?;
    let (growable, _) = machine.buffer_room(THIS)?;
    machine.give_bool(growable)
}

fn slice(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    part(machine, arguments, ObjectKind::ArrayBuffer, "ArrayBuffer.prototype.slice")
}

fn shared_slice(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    part(machine, arguments, ObjectKind::SharedArrayBuffer, "SharedArrayBuffer.prototype.slice")
}

fn part(machine: &mut Machine, arguments: Arguments, kind: ObjectKind, method: &str) -> Outcome<R> {
    machine.require_kind(kind, method)?;
    expect_bytes(machine, THIS, method)?;
    let length = machine.byte_count(THIS)?;
    let start = machine.to_place(arguments.at(0), length, 0)?;
    let end = machine.to_place(arguments.at(1), length, length)?.max(start);
    let class = machine.temps(3)?;
    let (count, result) = (class + 1, class + 2);
    machine.species_of(class, THIS)?;
    if machine.is_undefined(class) {
        expect_bytes(machine, THIS, method)?;
        let mut store = machine.new_store(end - start)?;
        machine.with_bytes(THIS, |bytes| {
            let end = end.min(bytes.len());
            let start = start.min(end);
            store[..end - start].copy_from_slice(&bytes[start..end]);
        })?;
        let root = match kind {
            ObjectKind::ArrayBuffer => roots::ARRAY_BUFFER_PROTOTYPE,
            _ => roots::SHARED_ARRAY_BUFFER_PROTOTYPE,
        };
        machine.load_root(class, root);
        machine.buffer_of_kind(result, class, kind, store)?;
        return Ok(result);
    }
    machine.set_number(count, (end - start) as f64)?;
    machine.construct(result, class, &[count], class)?;
    if machine.kind_of(result) != Some(kind) {
        return machine.throw_incompatible(method);
    }
    expect_bytes(machine, result, method)?;
    if machine.is_same(result, THIS) {
        return machine
            .throw_type_error("ArrayBuffer subclass returned this from species constructor");
    }
    if machine.byte_count(result)? < end - start {
        return machine.throw_type_error("Species constructor returned a too small ArrayBuffer");
    }
    expect_bytes(machine, THIS, method)?;
    let bytes = machine.with_bytes(THIS, |bytes| {
        let end = end.min(bytes.len());
        bytes[start.min(end)..end].to_vec()
    })?;
    machine.with_bytes(result, |to| to[..bytes.len()].copy_from_slice(&bytes))?;
    Ok(result)
}

impl Machine {
    /// The constructor that an object's constructor names as its species, or undefined.
    pub(crate) fn species_of(&mut self, to: R, object: R) -> Outcome {
        self.get_named(to, object, known::CONSTRUCTOR)?;
        if self.is_undefined(to) {
            return Ok(());
        }
        if !self.is_object(to) {
            return self.throw_type_error("The .constructor property is not an object");
        }
        if !self.is_own_species(to)? {
            self.get_named(to, to, known::SPECIES)?;
        }
        if self.is_nullish(to) {
            self.undefined(to);
            return Ok(());
        }
        if !self.is_constructor(to) {
            return self
                .throw_type_error("object.constructor[Symbol.species] is not a constructor");
        }
        Ok(())
    }
}
