//! `Promise.all`, `allSettled`, `any` and `race`, and `finally` (ECMA-262, sections 27.2.4 and 27.2.5.3).
//!
//! A combination is a cell: the values so far, how many promises are left, and the capability that is told. What each
//! promise is told by is a function with the combination and a place in it, until it was told.

use super::super::Method;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, Native, NativeCode};
use crate::objects::elements::grown;
use crate::objects::layout::HOME;
use crate::objects::promise::{
    CAPABILITY_PROMISE, CAPABILITY_REJECT, CAPABILITY_RESOLVE, COMBINED,
};
use crate::thrown::Outcome;
use heap_model::{Kind, Value};

pub(super) const STATIC: &[Method] =
    &[("all", 1, all), ("allSettled", 1, all_settled), ("any", 1, any), ("race", 1, race)];
pub(super) const PROTOTYPE: &[Method] = &[("finally", 1, finally)];

const VALUES: usize = 0;
const LEFT: usize = 1;
const TOLD: usize = COMBINED;
/// How many promises there are, once all are known.
const COUNT: usize = 3;
const SLOTS: usize = 4;

/// The functions that promises are told by, in the order of [`NATIVES`].
const VALUE: usize = 0;
const FULFILLED: usize = 1;
const REJECTED: usize = 2;
const ERROR: usize = 3;
const THEN_FINALLY: usize = 4;
const CATCH_FINALLY: usize = 5;
const GIVE: usize = 6;
const THROW: usize = 7;
const NATIVES: [(Native, u8); 8] = [
    (|machine, arguments| element(machine, arguments, VALUE), 1),
    (|machine, arguments| element(machine, arguments, FULFILLED), 1),
    (|machine, arguments| element(machine, arguments, REJECTED), 1),
    (|machine, arguments| element(machine, arguments, ERROR), 1),
    (|machine, arguments| after(machine, arguments, GIVE), 1),
    (|machine, arguments| after(machine, arguments, THROW), 1),
    (give, 0),
    (throw, 0),
];

pub(super) fn install(machine: &mut Machine) {
    machine.promise_functions = NATIVES.map(|(call, length)| {
        let code = NativeCode { call, name: known::EMPTY, length, constructor: false };
        machine.codes.add_native(code)
    });
}

/// A function for a place of a combination. V8 keeps the place where an object has its identity's hash; here it is where
/// a method has its home.
fn element_function(machine: &mut Machine, to: R, which: usize, state: R, place: usize) -> Outcome {
    function(machine, to, which, state)?;
    Ok(machine.registers().store_value(to, HOME, Value::Smi(place as i32))?)
}

fn function(machine: &mut Machine, to: R, which: usize, data: R) -> Outcome {
    let code = machine.promise_functions[which];
    machine.native_closure(to, code, data)
}

/// What differs between the combinations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Combination {
    All,
    AllSettled,
    Any,
    Race,
}

fn all(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    combine(machine, arguments, Combination::All)
}

fn all_settled(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    combine(machine, arguments, Combination::AllSettled)
}

fn any(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    combine(machine, arguments, Combination::Any)
}

fn race(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    combine(machine, arguments, Combination::Race)
}

fn combine(machine: &mut Machine, arguments: Arguments, how: Combination) -> Outcome<R> {
    let capability = machine.temps(2)?;
    let exception = capability + 1;
    machine.new_capability(capability, THIS)?;
    let combined = machine.scoped(|machine| subscribe(machine, arguments, how, capability));
    machine.caught(combined, exception, |machine, exception| {
        let reject = machine.temp()?;
        machine.registers().load(reject, capability, CAPABILITY_REJECT)?;
        machine.call_function(exception, reject, &[exception])
    })?;
    machine.registers().load(0, capability, CAPABILITY_PROMISE)?;
    Ok(0)
}

fn subscribe(
    machine: &mut Machine,
    arguments: Arguments,
    how: Combination,
    capability: R,
) -> Outcome {
    let state = machine.temps(8)?;
    let (method, resolver, promise, yes, no) =
        (state + 1, state + 2, state + 3, state + 4, state + 5);
    let (own, result) = (state + 6, state + 7);
    machine.get_named(resolver, THIS, known::RESOLVE)?;
    if !machine.is_callable(resolver) {
        return machine.throw_type_error("Promise resolve or reject function is not callable");
    }
    machine.registers().alloc(state, Kind::Array, SLOTS, 0)?;
    machine.registers().store_value(state, LEFT, Value::Smi(1))?;
    machine.registers().store(state, TOLD, capability)?;
    let mut count = 0;
    machine.for_each(arguments.at(0), |machine, value| {
        machine.call(promise, resolver, THIS, &[value])?;
        machine.registers().load(yes, capability, CAPABILITY_RESOLVE)?;
        machine.registers().load(no, capability, CAPABILITY_REJECT)?;
        if how != Combination::Race {
            change_left(machine, state, 1)?;
            match how {
                Combination::All => element_function(machine, yes, VALUE, state, count)?,
                Combination::AllSettled => {
                    element_function(machine, yes, FULFILLED, state, count)?;
                    element_function(machine, no, REJECTED, state, count)?;
                }
                _ => element_function(machine, no, ERROR, state, count)?,
            }
            count += 1;
        }
        // A promise whose `then` is the built-in needs none that comes of it.
        machine.get_named(method, promise, known::THEN)?;
        machine.load_root(own, roots::PROMISE_THEN);
        if machine.is_same(method, own) && machine.kind_of(promise) == Some(ObjectKind::Promise) {
            machine.species_constructor(own, promise, roots::PROMISE)?;
            if machine.is_promise_class(own)? {
                machine.undefined(result);
                machine.perform_then(promise, yes, no, result)?;
                return Ok(true);
            }
        }
        machine.call(result, method, promise, &[yes, no])?;
        Ok(true)
    })?;
    make_room(machine, state, count, count)?;
    machine.registers().store_value(state, COUNT, Value::Smi(count as i32))?;
    if how != Combination::Race && change_left(machine, state, -1)? == 0 {
        finish(machine, state, how == Combination::Any)?;
    }
    Ok(())
}

/// Lets a combination have room for a number of values; at least `more` if there is not enough.
fn make_room(machine: &mut Machine, state: R, count: usize, more: usize) -> Outcome {
    machine.scoped(|machine| {
        let values = machine.temps(2)?;
        let larger = values + 1;
        let mut registers = machine.registers();
        registers.load(values, state, VALUES)?;
        let room = registers.get(values).view().map_or(0, |cell| cell.slot_count());
        if count > room {
            registers.alloc(larger, Kind::Array, more.max(count), 0)?;
            if room > 0 {
                registers.copy_slots(larger, 0, values, 0, room)?;
            }
            registers.store(state, VALUES, larger)?;
        }
        Ok(())
    })
}

fn change_left(machine: &mut Machine, state: R, by: i32) -> Outcome<i32> {
    let mut registers = machine.registers();
    let left = registers.peek(state, LEFT)?.as_smi().unwrap_or(0) + by;
    registers.store_value(state, LEFT, Value::Smi(left))?;
    Ok(left)
}

/// Tells the capability of all values, or of all errors.
fn finish(machine: &mut Machine, state: R, errors: bool) -> Outcome {
    machine.scoped(|machine| {
        let told = machine.temps(6)?;
        let (values, class, message) = (told + 1, told + 2, told + 3);
        let (list, value) = (told + 4, told + 5);
        machine.registers().load(told, state, TOLD)?;
        machine.registers().load(list, state, VALUES)?;
        let count = machine.registers().peek(state, COUNT)?.as_smi().unwrap_or(0) as usize;
        machine.new_array(values, count)?;
        for place in 0..count {
            machine.registers().load(value, list, place)?;
            machine.create_element(values, place, value)?;
        }
        let slot = if errors { CAPABILITY_REJECT } else { CAPABILITY_RESOLVE };
        if errors {
            machine.load_root(class, roots::AGGREGATE_ERROR_PROTOTYPE);
            machine.own_property(class, class, known::CONSTRUCTOR.into())?;
            machine.new_text(message, "All promises were rejected")?;
            machine.construct(values, class, &[values, message], class)?;
        }
        machine.registers().load(told, told, slot)?;
        machine.call_function(told, told, &[values])
    })
}

/// A promise of a combination is settled.
fn element(machine: &mut Machine, arguments: Arguments, which: usize) -> Outcome<R> {
    let state = machine.temps(4)?;
    let (values, value, text) = (state + 1, state + 2, state + 3);
    machine.native_data(state, 0)?;
    let Some(place) = machine.registers().peek(0, HOME)?.as_smi() else {
        return machine.give_undefined();
    };
    machine.registers().store_value(0, HOME, Value::Undefined)?;
    let place = place as usize;
    make_room(machine, state, place + 1, grown(place + 1))?;
    machine.registers().load(values, state, VALUES)?;
    // Of a pair, the other may have told already.
    let is_pair = matches!(which, FULFILLED | REJECTED);
    if is_pair && machine.registers().peek(values, place)?.is_cell() {
        return machine.give_undefined();
    }
    machine.copy(value, arguments.at(0));
    if is_pair {
        let (status, name) = match which {
            FULFILLED => ("fulfilled", known::VALUE),
            _ => ("rejected", machine.atoms.intern_str("reason")),
        };
        machine.new_object(value, 2)?;
        let (key, status) = (machine.atoms.intern_str("status"), machine.atoms.intern_str(status));
        machine.atom_value(text, status)?;
        machine.define_named(value, key, text, Flags::PLAIN)?;
        machine.define_named(value, name, arguments.at(0), Flags::PLAIN)?;
    }
    machine.registers().store(values, place, value)?;
    if change_left(machine, state, -1)? == 0 {
        finish(machine, state, which == ERROR)?;
    }
    machine.give_undefined()
}

fn finally(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_object(THIS) {
        return machine.throw_incompatible("Promise.prototype.finally");
    }
    let data = machine.temps(4)?;
    let (class, yes, no) = (data + 1, data + 2, data + 3);
    machine.species_constructor(class, THIS, roots::PROMISE)?;
    if machine.is_callable(arguments.at(0)) {
        machine.registers().alloc(data, Kind::Array, 2, 0)?;
        machine.registers().store(data, 0, arguments.at(0))?;
        machine.registers().store(data, 1, class)?;
        function(machine, yes, THEN_FINALLY, data)?;
        function(machine, no, CATCH_FINALLY, data)?;
    } else {
        machine.copy(yes, arguments.at(0));
        machine.copy(no, arguments.at(0));
    }
    machine.call_method(0, THIS, known::THEN, &[yes, no])?;
    Ok(0)
}

/// Calls what was given to `finally`, waits for its result, then goes on as the promise did.
fn after(machine: &mut Machine, arguments: Arguments, which: usize) -> Outcome<R> {
    let data = machine.temps(5)?;
    let (callback, class, result, resolver) = (data + 1, data + 2, data + 3, data + 4);
    machine.native_data(data, 0)?;
    machine.registers().load(callback, data, 0)?;
    machine.registers().load(class, data, 1)?;
    machine.call_function(result, callback, &[])?;
    if machine.is_promise_class(class)? {
        machine.promise_resolve(result, result)?;
    } else {
        machine.get_named(resolver, class, known::RESOLVE)?;
        machine.call(result, resolver, class, &[result])?;
    }
    machine.registers().alloc(data, Kind::Array, 1, 0)?;
    machine.registers().store(data, 0, arguments.at(0))?;
    function(machine, callback, which, data)?;
    machine.call_method(0, result, known::THEN, &[callback])?;
    Ok(0)
}

fn give(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let data = machine.temp()?;
    machine.native_data(data, 0)?;
    machine.registers().load(data, data, 0)?;
    Ok(data)
}

fn throw(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let value = give(machine, arguments)?;
    machine.throw(value)
}
