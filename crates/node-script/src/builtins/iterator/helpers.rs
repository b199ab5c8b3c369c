//! `Iterator` and the methods of `Iterator.prototype` (ECMA-262 of 2025, section 27.1), which Node 22 has first.
//!
//! What `map` and its kin give is an object with the iterator below, a function, how many steps were made or are left, and
//! for `flatMap` the iterator inside.

use super::super::Method;
use super::super::array::expect_callable;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Atom, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, Native};
use crate::objects::layout::FIRST;
use crate::thrown::{Outcome, Thrown};
use heap_model::{Tagged, Value};
use node_memory::NodeVersion;

/// Slots of a helper: the iterator and its `next`, the function, the count, the inner iterator and its `next`, the state.
const ITERATOR: usize = FIRST;
const FUNCTION: usize = FIRST + 2;
const COUNT: usize = FIRST + 3;
const INNER: usize = FIRST + 4;
const STATE: usize = FIRST + 6;
const SLOTS: usize = FIRST + 7;

/// What a helper does, in the lowest bits of its state.
const MAP: i32 = 0;
const FILTER: i32 = 1;
const TAKE: i32 = 2;
const DROP: i32 = 3;
const FLAT_MAP: i32 = 4;
const WHICH: i32 = 7;
/// It has given a value, or was asked to.
const STARTED: i32 = 8;
const RUNNING: i32 = 16;
const DONE: i32 = 32;

const PROTOTYPE: &[Method] = &[
    ("reduce", 1, reduce),
    ("toArray", 0, to_array),
    ("forEach", 1, for_each),
    ("some", 1, some),
    ("every", 1, every),
    ("find", 1, find),
    ("map", 1, |machine, arguments| lazy(machine, arguments, MAP)),
    ("filter", 1, |machine, arguments| lazy(machine, arguments, FILTER)),
    ("take", 1, |machine, arguments| lazy(machine, arguments, TAKE)),
    ("drop", 1, |machine, arguments| lazy(machine, arguments, DROP)),
    ("flatMap", 1, |machine, arguments| lazy(machine, arguments, FLAT_MAP)),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, value) = (prototype + 1, prototype + 2);
    machine.load_root(prototype, roots::ITERATOR_PROTOTYPE);
    machine.define_class(class, "Iterator", 0, construct, prototype)?;
    machine.define_methods(class, &[("from", 1, from)])?;
    machine.define_methods(prototype, PROTOTYPE)?;
    // Both are accessors, so that an object that inherits them may be given its own.
    let accessors: [(Atom, Native, Native); 2] = [
        (known::TO_STRING_TAG, tag, |machine, arguments| {
            set_own(machine, arguments, known::TO_STRING_TAG)
        }),
        (known::CONSTRUCTOR, constructor, |machine, arguments| {
            set_own(machine, arguments, known::CONSTRUCTOR)
        }),
    ];
    machine.store_root(roots::ITERATOR, class);
    for (name, getter, setter) in accessors {
        machine.define_getter(prototype, name, getter, Some(setter))?;
    }
    let fixed = Flags(0);
    machine.own_property(value, class, known::PROTOTYPE.into())?;
    machine.define_named(class, known::PROTOTYPE, value, fixed)?;
    machine.iterator_prototype(roots::ITERATOR_HELPER_PROTOTYPE, "Iterator Helper", next)?;
    machine.load_root(prototype, roots::ITERATOR_HELPER_PROTOTYPE);
    machine.define_method(prototype, known::RETURN, 0, close)?;
    let root = roots::WRAPPED_ITERATOR_PROTOTYPE;
    machine.new_prototype(prototype, root, roots::ITERATOR_PROTOTYPE)?;
    machine.define_method(prototype, known::NEXT, 0, wrapped_next)?;
    machine.define_method(prototype, known::RETURN, 0, wrapped_return)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let Some(new_target) = arguments.new_target else {
        return machine.throw_type_error("Constructor Iterator requires 'new'");
    };
    let class = machine.temps(2)?;
    machine.load_root(class, roots::ITERATOR);
    if machine.is_same(class, new_target) {
        return machine.throw_type_error("Abstract class Iterator not directly constructable");
    }
    let root = roots::ITERATOR_PROTOTYPE;
    machine.construct_kind(class + 1, arguments, root, ObjectKind::Ordinary, FIRST)?;
    Ok(class + 1)
}

fn tag(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.give_text("Iterator")
}

fn constructor(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.load_root(0, roots::ITERATOR);
    Ok(0)
}

/// ECMA-262's `SetterThatIgnoresPrototypeProperties`.
fn set_own(machine: &mut Machine, arguments: Arguments, name: Atom) -> Outcome<R> {
    if !machine.is_object(THIS) {
        return machine.throw_type_error("Iterator.prototype is called on non-object");
    }
    let home = machine.temp()?;
    machine.load_root(home, roots::ITERATOR_PROTOTYPE);
    if machine.is_same(home, THIS) {
        let name = machine.atoms.text(name);
        let text =
            format!("Cannot assign to read only property '{name}' of object '[object Object]'");
        return machine.throw_type_error(&text);
    }
    if machine.own_flags(THIS, name.into())?.is_some() {
        machine.set(THIS, name.into(), arguments.at(0), true)?;
    } else {
        let descriptor = crate::objects::property::Descriptor::data(arguments.at(0), Flags::PLAIN);
        machine.define_member(THIS, name.into(), &descriptor)?;
    }
    machine.give_undefined()
}

/// The receiver and its `next` in a row (ECMA-262's `GetIteratorDirect`).
fn direct(machine: &mut Machine) -> Outcome<R> {
    let iterator = machine.temps(2)?;
    machine.copy(iterator, THIS);
    machine.get_named(iterator + 1, THIS, known::NEXT)?;
    Ok(iterator)
}

fn expect_object(machine: &mut Machine, method: &str) -> Outcome {
    if machine.is_object(THIS) {
        return Ok(());
    }
    machine.throw_type_error(&format!("Iterator.prototype.{method} called on non-object"))
}

/// Refuses an argument: Node 24 then closes the receiver.
fn refuse<T>(machine: &mut Machine, thrown: Thrown) -> Outcome<T> {
    if !machine.plays(NodeVersion::V24) {
        return Err(thrown);
    }
    let iterator = machine.temp()?;
    machine.copy(iterator, THIS);
    fail(machine, iterator, thrown)
}

/// The function that a method is given.
fn expect_function(machine: &mut Machine, value: R) -> Outcome {
    expect_callable(machine, value).or_else(|thrown| refuse(machine, thrown))
}

/// The limit of `take` and `drop`.
fn limit(machine: &mut Machine, value: R) -> Outcome<f64> {
    let number = match machine.to_number(value) {
        Ok(number) => number,
        Err(thrown) => return refuse(machine, thrown),
    };
    let limit = number.trunc();
    if !number.is_nan() && limit >= 0.0 {
        return Ok(limit);
    }
    let shown = machine.show(value);
    let refused = machine.throw_range_error::<()>(&format!("{shown} must be positive"));
    refused.map(|()| limit).or_else(|thrown| refuse(machine, thrown))
}

/// Closes an iterator as an exception goes on.
fn fail<T>(machine: &mut Machine, iterator: R, thrown: Thrown) -> Outcome<T> {
    let exception = machine.temp()?;
    machine.catch(exception, thrown)?;
    machine.close_iterator_quietly(iterator)?;
    machine.throw(exception)
}

/// Whether an iterator has given another value.
fn step(machine: &mut Machine, value: R, iterator: R) -> Outcome<bool> {
    machine.next_value(value, iterator)?;
    Ok(machine.registers().get(value) != Tagged::HOLE)
}

/// Calls `f` with the function's result for each value and the value, until it says no.
fn each(
    machine: &mut Machine,
    arguments: Arguments,
    method: &str,
    mut f: impl FnMut(&mut Machine, R, R) -> Outcome<bool>,
) -> Outcome {
    expect_object(machine, method)?;
    expect_function(machine, arguments.at(0))?;
    let iterator = direct(machine)?;
    let value = machine.temps(4)?;
    let (result, number, nothing) = (value + 1, value + 2, value + 3);
    let mut place = 0.0;
    while step(machine, value, iterator)? {
        machine.set_number(number, place)?;
        if let Err(thrown) = machine.call(result, arguments.at(0), nothing, &[value, number]) {
            return fail(machine, iterator, thrown);
        }
        if !f(machine, result, value)? {
            return machine.close_iterator(iterator);
        }
        place += 1.0;
    }
    Ok(())
}

fn for_each(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    each(machine, arguments, "forEach", |_, _, _| Ok(true))?;
    machine.give_undefined()
}

fn some(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut found = false;
    each(machine, arguments, "some", |machine, result, _| {
        found = machine.to_boolean(result);
        Ok(!found)
    })?;
    machine.give_bool(found)
}

fn every(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut all = true;
    each(machine, arguments, "every", |machine, result, _| {
        all = machine.to_boolean(result);
        Ok(all)
    })?;
    machine.give_bool(all)
}

fn find(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let found = machine.temp()?;
    each(machine, arguments, "find", |machine, result, value| {
        let is = machine.to_boolean(result);
        if is {
            machine.copy(found, value);
        }
        Ok(!is)
    })?;
    Ok(found)
}

fn reduce(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_object(machine, "reduce")?;
    expect_function(machine, arguments.at(0))?;
    let iterator = direct(machine)?;
    let sum = machine.temps(4)?;
    let (value, number, nothing) = (sum + 1, sum + 2, sum + 3);
    let mut place = 0.0;
    if arguments.count > 1 {
        machine.copy(sum, arguments.at(1));
    } else {
        if !step(machine, sum, iterator)? {
            let text = "Reduce of a done iterator with no initial value";
            return machine.throw_type_error(text);
        }
        place = 1.0;
    }
    while step(machine, value, iterator)? {
        machine.set_number(number, place)?;
        if let Err(thrown) = machine.call(sum, arguments.at(0), nothing, &[sum, value, number]) {
            return fail(machine, iterator, thrown);
        }
        place += 1.0;
    }
    Ok(sum)
}

fn to_array(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    expect_object(machine, "toArray")?;
    let iterator = direct(machine)?;
    let array = machine.temps(2)?;
    let value = array + 1;
    machine.new_array(array, 0)?;
    while step(machine, value, iterator)? {
        machine.push(array, value)?;
    }
    machine.fit_elements(array)?;
    Ok(array)
}

/// `map`, `filter`, `take`, `drop` and `flatMap`.
fn lazy(machine: &mut Machine, arguments: Arguments, which: i32) -> Outcome<R> {
    let name = ["map", "filter", "take", "drop", "flatMap"][which as usize];
    expect_object(machine, name)?;
    let mut count = 0.0;
    if matches!(which, TAKE | DROP) {
        count = limit(machine, arguments.at(0))?;
    } else {
        expect_function(machine, arguments.at(0))?;
    }
    let iterator = direct(machine)?;
    let helper = machine.temps(2)?;
    let number = helper + 1;
    machine.set_number(number, count)?;
    let root = roots::ITERATOR_HELPER_PROTOTYPE;
    machine.new_kind(helper, root, ObjectKind::IteratorHelper, SLOTS)?;
    let mut registers = machine.registers();
    registers.store(helper, ITERATOR, iterator)?;
    registers.store(helper, ITERATOR + 1, iterator + 1)?;
    registers.store(helper, FUNCTION, arguments.at(0))?;
    registers.store(helper, COUNT, number)?;
    registers.store_value(helper, STATE, Value::Smi(which))?;
    Ok(helper)
}

fn state(machine: &mut Machine) -> Outcome<i32> {
    Ok(machine.registers().peek(THIS, STATE)?.as_smi().unwrap_or(DONE))
}

fn set_state(machine: &mut Machine, state: i32) -> Outcome {
    Ok(machine.registers().store_value(THIS, STATE, Value::Smi(state))?)
}

/// The state of a helper that may go on.
fn begin(machine: &mut Machine, method: &str) -> Outcome<i32> {
    machine
        .require_kind(ObjectKind::IteratorHelper, &format!("Iterator Helper.prototype.{method}"))?;
    let state = state(machine)?;
    if state & RUNNING != 0 {
        return machine.throw_type_error("Generator is already running");
    }
    Ok(state)
}

fn next(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let state = begin(machine, "next")?;
    let value = machine.temp()?;
    if state & DONE != 0 {
        machine.new_result(0, value, true)?;
        return Ok(0);
    }
    set_state(machine, state | RUNNING | STARTED)?;
    match machine.scoped(|machine| advance(machine, value, state & WHICH)) {
        Ok(more) => {
            set_state(machine, if more { state | STARTED } else { state | DONE })?;
            if !more {
                machine.undefined(value);
            }
            machine.new_result(0, value, !more)?;
            Ok(0)
        }
        Err(thrown) => {
            set_state(machine, state | DONE)?;
            Err(thrown)
        }
    }
}

/// The next value of a helper; whether there is one.
fn advance(machine: &mut Machine, to: R, which: i32) -> Outcome<bool> {
    let iterator = machine.temps(6)?;
    let (function, number, value, nothing) =
        (iterator + 2, iterator + 3, iterator + 4, iterator + 5);
    for (place, register) in [iterator, iterator + 1, function, number].into_iter().enumerate() {
        machine.registers().load(register, THIS, ITERATOR + place)?;
    }
    let mut count = machine.registers().number(number).unwrap_or(0.0);
    let keep = |machine: &mut Machine, count: f64| {
        machine.set_number(number, count)?;
        Ok::<_, Thrown>(machine.registers().store(THIS, COUNT, number)?)
    };
    match which {
        TAKE => {
            if count == 0.0 {
                machine.close_iterator(iterator)?;
                return Ok(false);
            }
            keep(machine, count - 1.0)?;
            return step(machine, to, iterator);
        }
        DROP => {
            while count > 0.0 {
                count -= 1.0;
                keep(machine, count)?;
                if !step(machine, value, iterator)? {
                    return Ok(false);
                }
            }
            return step(machine, to, iterator);
        }
        _ => {}
    }
    loop {
        if which == FLAT_MAP && advance_inner(machine, to, iterator)? {
            return Ok(true);
        }
        if !step(machine, value, iterator)? {
            return Ok(false);
        }
        machine.set_number(number, count)?;
        if let Err(thrown) = machine.call(to, function, nothing, &[value, number]) {
            return fail(machine, iterator, thrown);
        }
        count += 1.0;
        keep(machine, count)?;
        match which {
            MAP => return Ok(true),
            FILTER => {
                if machine.to_boolean(to) {
                    machine.copy(to, value);
                    return Ok(true);
                }
            }
            _ => {
                let opened = machine.scoped(|machine| {
                    let inner = machine.temps(2)?;
                    flattenable(machine, inner, to, false)?;
                    let mut registers = machine.registers();
                    registers.store(THIS, INNER, inner)?;
                    Ok(registers.store(THIS, INNER + 1, inner + 1)?)
                });
                if let Err(thrown) = opened {
                    return fail(machine, iterator, thrown);
                }
            }
        }
    }
}

/// The next value of the iterator inside, if there is one.
fn advance_inner(machine: &mut Machine, to: R, iterator: R) -> Outcome<bool> {
    let stepped = machine.scoped(|machine| {
        let inner = machine.temps(2)?;
        machine.registers().load(inner, THIS, INNER)?;
        machine.registers().load(inner + 1, THIS, INNER + 1)?;
        if machine.is_undefined(inner) {
            return Ok(false);
        }
        step(machine, to, inner)
    });
    match stepped {
        Ok(true) => Ok(true),
        Ok(false) => {
            machine.registers().store_value(THIS, INNER, Value::Undefined)?;
            Ok(false)
        }
        Err(thrown) => fail(machine, iterator, thrown),
    }
}

/// `return` of a helper: what it goes over is closed, the inner one first.
fn close(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let state = begin(machine, "return")?;
    let iterator = machine.temps(3)?;
    let (inner, nothing) = (iterator + 1, iterator + 2);
    if state & DONE == 0 {
        machine.registers().load(iterator, THIS, ITERATOR)?;
        machine.registers().load(inner, THIS, INNER)?;
        let running = if state & STARTED == 0 { DONE } else { RUNNING };
        set_state(machine, state | running)?;
        let closed = machine.close_iterator(inner);
        let closed = match closed {
            Ok(()) => machine.close_iterator(iterator),
            Err(thrown) => fail(machine, iterator, thrown),
        };
        set_state(machine, state | DONE)?;
        closed?;
    }
    machine.new_result(0, nothing, true)?;
    Ok(0)
}

/// The iterator of a value and its `next`; an object that has none is one itself (ECMA-262's `GetIteratorFlattenable`).
fn flattenable(machine: &mut Machine, to: R, value: R, strings: bool) -> Outcome {
    if !(machine.is_object(value) || strings && machine.is_string(value)) {
        let shown = machine.show(value);
        return machine.throw_type_error(&format!("{shown} is not an object"));
    }
    machine.scoped(|machine| {
        let iterator = machine.temps(2)?;
        let method = iterator + 1;
        machine.get_named(method, value, known::ITERATOR)?;
        if machine.is_nullish(method) {
            machine.copy(iterator, value);
        } else {
            machine.call(iterator, method, value, &[])?;
        }
        if !machine.is_object(iterator) {
            let shown = machine.show(iterator);
            return machine.throw_type_error(&format!("{shown} is not an object"));
        }
        machine.get_named(method, iterator, known::NEXT)?;
        machine.copy(to, iterator);
        machine.copy(to + 1, method);
        Ok(())
    })
}

fn from(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let iterator = machine.temps(4)?;
    let (holder, prototype) = (iterator + 2, iterator + 3);
    flattenable(machine, iterator, arguments.at(0), true)?;
    machine.load_root(prototype, roots::ITERATOR_PROTOTYPE);
    machine.copy(holder, iterator);
    while machine.is_object(holder) {
        machine.get_prototype(holder, holder)?;
        if machine.is_same(holder, prototype) {
            return Ok(iterator);
        }
    }
    let root = roots::WRAPPED_ITERATOR_PROTOTYPE;
    machine.new_kind(holder, root, ObjectKind::WrappedIterator, FIRST + 2)?;
    machine.registers().store(holder, FIRST, iterator)?;
    machine.registers().store(holder, FIRST + 1, iterator + 1)?;
    Ok(holder)
}

fn wrapped_next(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WrappedIterator, "%WrapForValidIteratorPrototype%.next")?;
    let iterator = machine.temps(2)?;
    machine.registers().load(iterator, THIS, FIRST)?;
    machine.registers().load(iterator + 1, THIS, FIRST + 1)?;
    machine.call(0, iterator + 1, iterator, &[])?;
    Ok(0)
}

fn wrapped_return(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::WrappedIterator, "%WrapForValidIteratorPrototype%.return")?;
    let iterator = machine.temps(3)?;
    let (method, nothing) = (iterator + 1, iterator + 2);
    machine.registers().load(iterator, THIS, FIRST)?;
    machine.get_named(method, iterator, known::RETURN)?;
    if machine.is_nullish(method) {
        machine.new_result(0, nothing, true)?;
        return Ok(0);
    }
    machine.call(0, method, iterator, &[])?;
    Ok(0)
}
