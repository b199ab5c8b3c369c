//! `%IteratorPrototype%` and the iterators of arrays.

mod helpers;

use super::Method;
use crate::interpret::generator::Mode;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::ObjectKind;
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use node_memory::NodeVersion;

const ASYNC_FROM_SYNC: &[Method] =
    &[("next", 1, wrapped_next), ("return", 1, wrapped_return), ("throw", 1, wrapped_throw)];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let function = prototype + 1;
    machine.new_prototype(prototype, roots::ITERATOR_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    define_iterator(machine, prototype, function, known::ITERATOR, "[Symbol.iterator]")?;
    let root = roots::ASYNC_ITERATOR_PROTOTYPE;
    machine.new_prototype(prototype, root, roots::OBJECT_PROTOTYPE)?;
    let symbol = known::ASYNC_ITERATOR;
    define_iterator(machine, prototype, function, symbol, "[Symbol.asyncIterator]")?;
    let root = roots::ASYNC_FROM_SYNC_PROTOTYPE;
    machine.new_prototype(prototype, root, roots::ASYNC_ITERATOR_PROTOTYPE)?;
    machine.define_methods(prototype, ASYNC_FROM_SYNC)?;
    let root = roots::ARRAY_ITERATOR_PROTOTYPE;
    machine.new_prototype(prototype, root, roots::ITERATOR_PROTOTYPE)?;
    machine.define_method(prototype, known::NEXT, 0, array_next)?;
    machine.own_property(function, prototype, known::NEXT.into())?;
    machine.store_root(roots::ARRAY_ITERATOR_NEXT, function);
    machine.define_tag(prototype, "Array Iterator")?;
    if machine.plays(NodeVersion::V22) {
        helpers::install(machine)?;
    }
    Ok(())
}

fn define_iterator(
    machine: &mut Machine,
    object: R,
    function: R,
    symbol: crate::objects::atoms::Atom,
    name: &str,
) -> Outcome {
    let name = machine.atoms.intern_str(name);
    machine.new_native(function, name, 0, itself, false)?;
    machine.define_named(object, symbol, function, crate::objects::class::Flags::HIDDEN)
}

fn itself(_: &mut Machine, _: Arguments) -> Outcome<R> {
    Ok(THIS)
}

fn wrapped_next(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let given = arguments.count > 0;
    machine.async_from_sync(0, THIS, Mode::Next, arguments.at(0), given)?;
    Ok(0)
}

fn wrapped_return(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let given = arguments.count > 0;
    machine.async_from_sync(0, THIS, Mode::Return, arguments.at(0), given)?;
    Ok(0)
}

fn wrapped_throw(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let given = arguments.count > 0;
    machine.async_from_sync(0, THIS, Mode::Throw, arguments.at(0), given)?;
    Ok(0)
}

fn array_next(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if machine.kind_of(THIS) != Some(ObjectKind::ArrayIterator) {
        let shown = machine.show(THIS);
        let text =
            format!("Method Array Iterator.prototype.next called on incompatible receiver {shown}");
        return machine.throw_type_error(&text);
    }
    let value = machine.temp()?;
    let done = machine.array_next(value, THIS)?;
    if done {
        machine.undefined(value);
    }
    machine.new_result(0, value, done)?;
    Ok(0)
}
