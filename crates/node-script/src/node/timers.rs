//! `timers`: `setTimeout`, `setInterval`, `setImmediate` and what ends them (Node's `lib/internal/timers.js`).
//!
//! A timer is an object of the heap, kept in the machine's table while it waits. When it is due is known by Rust: timers that
//! are due run in the order of their times, with ticks and jobs between two of them.

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::objects::layout::FIRST;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use heap_model::Value;

const GLOBAL: &[Method] = &[
    ("clearImmediate", 1, clear),
    ("clearInterval", 1, clear),
    ("clearTimeout", 1, clear),
    ("setImmediate", 1, set_immediate),
    ("setInterval", 2, set_interval),
    ("setTimeout", 2, set_timeout),
];
const TIMEOUT: &[Method] = &[
    ("refresh", 0, refresh),
    ("unref", 0, |machine, _| set_ref(machine, false)),
    ("ref", 0, |machine, _| set_ref(machine, true)),
    ("hasRef", 0, has_ref),
    ("close", 0, close),
];
const IMMEDIATE: &[Method] = &[
    ("unref", 0, |machine, _| set_ref(machine, false)),
    ("ref", 0, |machine, _| set_ref(machine, true)),
    ("hasRef", 0, has_ref),
];

/// The slots of a timer's object: its function, its arguments, its number while it waits.
const CALLBACK: usize = FIRST;
const ARGUMENTS: usize = FIRST + 1;
const NUMBER: usize = FIRST + 2;
/// The doubles by which Node numbers what is asynchronous.
const ASYNC_ID: usize = FIRST + 3;
const TRIGGER_ID: usize = FIRST + 4;
/// Slots of Node's objects of both kinds, but for one: the machine's table has a slot of each.
const TIMEOUT_SLOTS: usize = 12;
const IMMEDIATE_SLOTS: usize = 8;
/// The longest time (`TIMEOUT_MAX`); what is longer is 1 ms.
const LONGEST: f64 = 2_147_483_647.0;

/// What Node calls a slot of a timer's object, if it is the callback's or the arguments'.
pub(super) fn slot_name(
    slot: usize,
    [callback, arguments]: [&'static str; 2],
) -> Option<&'static str> {
    match slot {
        CALLBACK => Some(callback),
        ARGUMENTS => Some(arguments),
        _ => None,
    }
}

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(4)?;
    let (class, global, value) = (prototype + 1, prototype + 2, prototype + 3);
    for (name, root, methods) in [
        ("Timeout", roots::TIMEOUT_PROTOTYPE, TIMEOUT),
        ("Immediate", roots::IMMEDIATE_PROTOTYPE, IMMEDIATE),
    ] {
        machine.new_prototype(prototype, root, roots::OBJECT_PROTOTYPE)?;
        machine.new_constructor(class, name, 0, construct, prototype)?;
        machine.define_methods(prototype, methods)?;
        let custom = machine.shared_symbol(super::inspect::CUSTOM);
        machine.define_method(prototype, custom, 2, show)?;
        if name == "Timeout" {
            let name = machine.atoms.intern_str("[Symbol.toPrimitive]");
            machine.new_native(value, name, 0, to_primitive, false)?;
            machine.define_named(prototype, known::TO_PRIMITIVE, value, Flags::HIDDEN)?;
        }
    }
    machine.load_root(global, roots::GLOBAL);
    machine.define_methods(global, GLOBAL)?;
    machine.jobs.turns.push(run_due);
    machine.jobs.turns.push(run_immediates);
    machine.jobs.wait = Some(wait);
    Ok(())
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let global = machine.temps(3)?;
    let (module, value) = (global + 1, global + 2);
    machine.load_root(global, roots::GLOBAL);
    machine.new_object(module, GLOBAL.len())?;
    for (name, ..) in GLOBAL {
        let name = machine.atoms.intern_str(name);
        machine.get_named(value, global, name)?;
        machine.define_named(module, name, value, Flags::PLAIN)?;
    }
    machine.copy(to, module);
    Ok(())
}

fn construct(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.throw_type_error("Illegal constructor")
}

// -- starting ---------------------------------------------------------------------------------------------------

fn set_timeout(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    start(machine, arguments, false)
}

fn set_interval(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    start(machine, arguments, true)
}

fn start(machine: &mut Machine, arguments: Arguments, repeats: bool) -> Outcome<R> {
    check_callback(machine, arguments.at(0))?;
    machine.keep_context(arguments.at(0))?;
    let after = match machine.is_undefined(arguments.at(1)) {
        true => 1.0,
        false => machine.to_number(arguments.at(1))?,
    };
    let after = if (1.0..=LONGEST).contains(&after) { after.trunc() as u64 } else { 1 };
    let number = machine.node.timers.start(after, repeats);
    keep(machine, arguments, number, roots::TIMEOUT_PROTOTYPE, 2)
}

fn set_immediate(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    check_callback(machine, arguments.at(0))?;
    machine.keep_context(arguments.at(0))?;
    let number = machine.node.timers.start_immediate();
    keep(machine, arguments, number, roots::IMMEDIATE_PROTOTYPE, 1)
}

fn check_callback(machine: &mut Machine, value: R) -> Outcome {
    if machine.is_callable(value) {
        return Ok(());
    }
    let shown = machine.received(value);
    let text = format!("The \"callback\" argument must be of type function. Received {shown}");
    machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", &text)
}

/// Makes a timer's object, and keeps it in the table.
fn keep(
    machine: &mut Machine,
    arguments: Arguments,
    number: usize,
    prototype: usize,
    first: usize,
) -> Outcome<R> {
    let object = machine.temps(2)?;
    let value = object + 1;
    let slots = match prototype {
        roots::TIMEOUT_PROTOTYPE => TIMEOUT_SLOTS,
        _ => IMMEDIATE_SLOTS,
    };
    machine.new_kind(object, prototype, ObjectKind::Host, slots)?;
    for slot in [ASYNC_ID, TRIGGER_ID] {
        machine.registers().alloc_f64(value, 1.0)?;
        machine.registers().store(object, slot, value)?;
    }
    machine.registers().store(object, CALLBACK, arguments.at(0))?;
    if arguments.count > first {
        machine.list_of(value, arguments.at(first), arguments.count - first)?;
        machine.registers().store(object, ARGUMENTS, value)?;
    }
    machine.registers().store_value(object, NUMBER, Value::Smi(number as i32))?;
    machine.load_root(value, roots::TIMERS);
    machine.put_in_table(value, number, object, roots::TIMERS)?;
    Ok(object)
}

// -- ending -----------------------------------------------------------------------------------------------------

/// The number of a timer's object that waits.
fn number_of(machine: &mut Machine, object: R) -> Option<usize> {
    if machine.kind_of(object) != Some(ObjectKind::Host) {
        return None;
    }
    let registers = machine.registers();
    let number = registers.peek(object, NUMBER).ok()?.as_smi()?;
    usize::try_from(number).ok()
}

/// Whether a value is a timer's object.
fn is_timer(machine: &mut Machine, value: R) -> Outcome<bool> {
    if machine.kind_of(value) != Some(ObjectKind::Host) {
        return Ok(false);
    }
    machine.scoped(|machine| {
        let prototype = machine.temps(2)?;
        machine.prototype_of(prototype, value)?;
        for root in [roots::TIMEOUT_PROTOTYPE, roots::IMMEDIATE_PROTOTYPE] {
            machine.load_root(prototype + 1, root);
            if machine.is_same(prototype, prototype + 1) {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

fn clear(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let value = arguments.at(0);
    let number = match machine.type_of(value) {
        Type::Object(_) => number_of(machine, value),
        Type::Smi(_) | Type::Double | Type::String => {
            let order = machine.to_number(value)? as u64;
            let waiting = &machine.node.timers.waiting;
            waiting.iter().find(|(_, waiting)| waiting.order == order).map(|(number, _)| number)
        }
        _ => None,
    };
    if let Some(number) = number {
        end(machine, number, false)?;
    } else if is_timer(machine, value)? {
        machine.registers().store_value(value, CALLBACK, Value::Undefined)?;
    }
    machine.give_undefined()
}

/// Forgets a timer. Its object keeps its arguments, as Node's does, and the function of a timeout that has run.
fn end(machine: &mut Machine, number: usize, keeps_function: bool) -> Outcome {
    machine.node.timers.end(number);
    machine.scoped(|machine| {
        let object = machine.temps(2)?;
        let table = object + 1;
        machine.load_root(table, roots::TIMERS);
        machine.registers().load(object, table, number)?;
        machine.registers().store_value(table, number, Value::Undefined)?;
        if machine.is_object(object) {
            machine.registers().store_value(object, NUMBER, Value::Undefined)?;
            if !keeps_function {
                machine.registers().store_value(object, CALLBACK, Value::Undefined)?;
            }
        }
        Ok(())
    })
}

// -- methods ----------------------------------------------------------------------------------------------------

fn refresh(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if let Some(number) = number_of(machine, THIS) {
        machine.node.timers.restart(number);
    }
    Ok(THIS)
}

fn set_ref(machine: &mut Machine, holds: bool) -> Outcome<R> {
    if let Some(number) = number_of(machine, THIS)
        && let Some(waiting) = machine.node.timers.waiting.get_mut(number)
    {
        waiting.holds = holds;
    }
    Ok(THIS)
}

fn has_ref(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let number = number_of(machine, THIS);
    let waiting = number.and_then(|number| machine.node.timers.waiting.get(number));
    let holds = waiting.is_some_and(|waiting| waiting.holds);
    machine.give_bool(holds)
}

fn close(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if let Some(number) = number_of(machine, THIS) {
        end(machine, number, false)?;
    }
    Ok(THIS)
}

/// A timer as `util.inspect` shows it: with the fields that Node's have.
fn show(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = number_of(machine, THIS);
    let waiting = number.and_then(|number| machine.node.timers.waiting.get(number));
    let (after, due, repeats, holds, order) =
        waiting.map_or((-1.0, 0.0, false, true, 0), |waiting| {
            let started = waiting.due.map_or(0.0, |due| (due - waiting.after) as f64);
            (waiting.after as f64, started, waiting.repeats, waiting.holds, waiting.order)
        });
    let function = machine.temps(9)?;
    let first = function + 1;
    machine.library(function, "internal/timers")?;
    machine.set_number(first, after)?;
    machine.set_number(first + 1, due)?;
    for (place, slot) in [(2, CALLBACK), (3, ARGUMENTS)] {
        machine.registers().load(first + place, THIS, slot)?;
    }
    machine.registers().set_bool(first + 4, repeats);
    machine.registers().set_bool(first + 5, holds);
    machine.set_number(first + 6, order as f64)?;
    let given: Vec<R> = [THIS, arguments.at(1)].into_iter().chain(first..first + 7).collect();
    machine.call_function(first + 7, function, &given)?;
    Ok(first + 7)
}

fn to_primitive(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let number = number_of(machine, THIS);
    let waiting = number.and_then(|number| machine.node.timers.waiting.get(number));
    let order = waiting.map_or(0, |waiting| waiting.order);
    machine.give_number(order as f64)
}

// -- running ----------------------------------------------------------------------------------------------------

/// Calls the function of the timer with a number.
fn fire(machine: &mut Machine, number: usize, again: bool, timeout: bool) -> Outcome {
    machine.scoped(|machine| {
        let object = machine.temps(4)?;
        let (function, list, result) = (object + 1, object + 2, object + 3);
        machine.load_root(list, roots::TIMERS);
        machine.registers().load(object, list, number)?;
        machine.registers().load(function, object, CALLBACK)?;
        machine.registers().load(list, object, ARGUMENTS)?;
        match again {
            true => machine.node.timers.restart(number),
            false => end(machine, number, true)?,
        }
        let mut given = Vec::new();
        if machine.is_object(list) {
            for index in 0..machine.array_length(list) {
                let value = machine.temp()?;
                machine.get(value, list, Key::Index(index as u32))?;
                given.push(value);
            }
        }
        machine.forget_context()?;
        let called = machine.call(result, function, object, &given);
        if !timeout {
            machine.registers().store_value(object, CALLBACK, Value::Undefined)?;
        }
        called
    })
}

impl Machine {
    /// The name of the property that a function is of a timer, as Node has it.
    pub(crate) fn timer_property(
        &mut self,
        object: R,
        function: R,
    ) -> Outcome<Option<&'static str>> {
        if !self.is_object(object) || !is_timer(self, object)? {
            return Ok(None);
        }
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            machine.registers().load(value, object, CALLBACK)?;
            if !machine.is_same(value, function) {
                return Ok(None);
            }
            machine.load_root(value + 1, roots::IMMEDIATE_PROTOTYPE);
            machine.prototype_of(value, object)?;
            Ok(Some(match machine.is_same(value, value + 1) {
                true => "_onImmediate",
                false => "_onTimeout",
            }))
        })
    }
}

fn run_due(machine: &mut Machine) -> Outcome<bool> {
    machine.node.timers.now = machine.node.clock.now() as u64;
    let mut ran = false;
    while let Some(number) = machine.node.timers.next_due() {
        ran = true;
        let again = machine.node.timers.waiting[number].repeats;
        fire(machine, number, again, true)?;
        machine.run_all_jobs()?;
    }
    Ok(ran)
}

fn run_immediates(machine: &mut Machine) -> Outcome<bool> {
    let mut batch = machine.node.timers.immediates.len();
    let ran = batch > 0;
    // Those that are added meanwhile run in the next turn.
    let last = machine.node.timers.started;
    while batch > 0
        && let Some(number) = machine.node.timers.immediates.front().copied()
        && machine.node.timers.waiting[number].order <= last
    {
        batch -= 1;
        fire(machine, number, false, false)?;
        machine.run_all_jobs()?;
    }
    Ok(ran)
}

/// Waits for the next timer, or for something to happen to a socket, if the program does.
fn wait(machine: &mut Machine) -> Outcome<bool> {
    let node = &mut machine.node;
    let next = node.timers.next_time();
    if !node.timers.holds() && !node.net.holds() {
        return Ok(false);
    }
    if !node.net.holds() {
        if let Some(when) = next {
            node.clock.wait_until(when);
        }
        return Ok(true);
    }
    // An error of the poll itself is none of the program's.
    let _ = node.net.wait(next.map(|when| node.clock.time_until(when)));
    if let Some(when) = next
        && node.net.ready().is_empty()
    {
        node.clock.wait_until(when);
    }
    Ok(true)
}
