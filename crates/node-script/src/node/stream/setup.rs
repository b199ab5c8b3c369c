//! How a stream is set up: its options, the methods that they have, and its state, which has no machine yet.

use super::host;
use crate::machine::{Machine, R, roots};
use crate::objects::class::ObjectKind;
use crate::objects::layout::tag;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use heap_model::Kind;
use stream_backpressure::{Encoding, Options};

/// The options of a stream.
pub(super) fn read_options(machine: &mut Machine, given: R, is_duplex: bool) -> Outcome<Options> {
    let mut options = machine.runtime.stream_options().clone();
    if !machine.is_object(given) {
        return Ok(options);
    }
    machine.scoped(|machine| {
        let value = machine.temp()?;
        machine.get_text(value, given, "objectMode")?;
        options.object_mode = machine.to_boolean(value);
        if is_duplex && !options.object_mode {
            machine.get_text(value, given, "writableObjectMode")?;
            options.object_mode = machine.to_boolean(value);
        }
        let flags = [
            ("decodeStrings", &mut options.decode_strings),
            ("emitClose", &mut options.emit_close),
            ("autoDestroy", &mut options.auto_destroy),
        ];
        for (name, flag) in flags {
            machine.get_text(value, given, name)?;
            if machine.type_of(value) == Type::Bool(false) {
                *flag = false;
            }
        }
        let mut name = "highWaterMark";
        machine.get_text(value, given, name)?;
        if is_duplex && machine.is_nullish(value) {
            name = "writableHighWaterMark";
            machine.get_text(value, given, name)?;
        }
        if !machine.is_nullish(value) {
            let mark = machine.registers().number(value).unwrap_or(f64::NAN);
            match options.clone().with_number(mark) {
                Ok(with) => options = with,
                Err(_) => return machine.throw_argument_value(&format!("options.{name}"), value),
            }
        }
        machine.get_text(value, given, "defaultEncoding")?;
        if machine.to_boolean(value) {
            options.default_encoding = encoding_of(machine, value)?;
        }
        Ok(options)
    })
}

/// The encoding that a program names.
pub(super) fn encoding_of(machine: &mut Machine, value: R) -> Outcome<Encoding> {
    let name = match machine.is_object(value) {
        true => machine.inspect(value)?,
        false => machine.show(value),
    };
    let known = match machine.is_string(value) {
        true => Encoding::named(&name).ok().filter(|encoding| encoding.name() != "buffer"),
        false => None,
    };
    match known {
        Some(encoding) => Ok(encoding),
        None => machine.throw_unknown_encoding(&name),
    }
}

/// Methods that the options have become the stream's own.
pub(super) fn take_methods(
    machine: &mut Machine,
    stream: R,
    options: R,
    names: &[&str],
) -> Outcome {
    if !machine.is_object(options) {
        return Ok(());
    }
    machine.scoped(|machine| {
        let value = machine.temp()?;
        for name in names {
            machine.get_text(value, options, name)?;
            if machine.is_callable(value) {
                machine.put(stream, &format!("_{name}"), value)?;
            }
        }
        Ok(())
    })
}

/// `_writableState`, without its machine.
pub(super) fn new_state(machine: &mut Machine, to: R, stream: R) -> Outcome {
    let class = machine.root_class(
        roots::WRITABLE_STATE_PROTOTYPE,
        ObjectKind::Host,
        Kind::Native,
        host::SLOTS,
        0,
    )?;
    let payload = Machine::no_stream();
    let mut registers = machine.registers();
    registers.alloc_native(to, host::SIZE, host::SLOTS, payload, 0)?;
    registers.set_tag(to, tag(class.0))?;
    machine.scoped(|machine| {
        let bound = machine.temps(3)?;
        let (target, list) = (bound + 1, bound + 2);
        machine.load_root(target, roots::ON_WRITE);
        let mut registers = machine.registers();
        let shape = tag(crate::objects::layout::tags::BOUND_ARGUMENTS);
        registers.alloc_tagged(list, Kind::Array, shape, 1, 0)?;
        registers.store(list, 0, stream)?;
        machine.new_bound(bound, target, bound, list)?;
        Ok(machine.registers().store(to, host::ON_WRITE, bound)?)
    })
}
