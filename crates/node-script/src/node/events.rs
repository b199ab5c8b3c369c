//! `events`: EventEmitter (`lib/events.js`).
//!
//! An emitter is an ordinary object with Node's properties: `_events` has no prototype, and has for each name a function or
//! an array of them.

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{CALLEE, Machine, R, THIS, roots};
use crate::objects::atoms::Key;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

const PROTOTYPE: &[Method] = &[
    ("setMaxListeners", 1, set_max_listeners),
    ("getMaxListeners", 0, get_max_listeners),
    ("emit", 1, emit),
    ("addListener", 2, |machine, arguments| add(machine, arguments, false, false)),
    ("on", 2, |machine, arguments| add(machine, arguments, false, false)),
    ("prependListener", 2, |machine, arguments| add(machine, arguments, true, false)),
    ("once", 2, |machine, arguments| add(machine, arguments, false, true)),
    ("prependOnceListener", 2, |machine, arguments| add(machine, arguments, true, true)),
    ("removeListener", 2, remove_listener),
    ("off", 2, remove_listener),
    ("removeAllListeners", 1, remove_all_listeners),
    ("listeners", 1, |machine, arguments| listeners(machine, arguments, true)),
    ("rawListeners", 1, |machine, arguments| listeners(machine, arguments, false)),
    ("listenerCount", 2, listener_count),
    ("eventNames", 0, event_names),
];

/// Properties that the constructor gives to an emitter.
const FIELDS: usize = 5;
/// `EventEmitter.defaultMaxListeners`.
const MOST_LISTENERS: i32 = 10;

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(3)?;
    let (class, value) = (prototype + 1, prototype + 2);
    machine.new_prototype(prototype, roots::EVENT_EMITTER_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.new_constructor(class, "EventEmitter", 1, construct, prototype)?;
    machine.expect_fields(class, FIELDS);
    machine.store_root(roots::EVENT_EMITTER, class);
    let symbol = |machine: &mut Machine, text: &str| {
        let units: Vec<u16> = text.encode_utf16().collect();
        Some(machine.atoms.add_symbol(Some(units.into())))
    };
    machine.node.events.shape_mode = symbol(machine, "shapeMode");
    machine.node.events.capture = symbol(machine, "kCapture");
    machine.node.events.once = machine.native_code("bound onceWrapper", 0, call_once);
    machine.undefined(value);
    machine.put(prototype, "_events", value)?;
    machine.put(prototype, "_maxListeners", value)?;
    machine.registers().set_smi(value, 0);
    machine.put(prototype, "_eventsCount", value)?;
    machine.define_plain_methods(prototype, PROTOTYPE)?;
    machine.registers().set_smi(value, MOST_LISTENERS);
    machine.put(class, "defaultMaxListeners", value)?;
    machine.put(class, "EventEmitter", class)?;
    machine.registers().set_bool(value, false);
    machine.put(class, "captureRejections", value)?;
    let monitor: Vec<u16> = "events.errorMonitor".encode_utf16().collect();
    machine.new_symbol(value, Some(&monitor))?;
    machine.put(class, "errorMonitor", value)?;
    let rejection = machine.shared_symbol("nodejs.rejection");
    machine.atom_value(value, rejection)?;
    machine.put(class, "captureRejectionSymbol", value)?;
    let statics: &[Method] = &[
        ("listenerCount", 2, |machine, arguments| {
            machine.copy(THIS, arguments.at(0));
            machine.copy(arguments.at(0), arguments.at(1));
            listener_count(machine, Arguments { count: 1, ..arguments })
        }),
        ("init", 1, |machine, _| {
            machine.init_emitter(THIS)?;
            machine.give_undefined()
        }),
        ("getMaxListeners", 1, |machine, arguments| {
            machine.copy(THIS, arguments.at(0));
            get_max_listeners(machine, arguments)
        }),
    ];
    machine.define_plain_methods(class, statics)?;
    machine.share_with_library(&[("setCapture", 2, set_capture)])?;
    let names = &["once", "on", "getEventListeners", "setMaxListeners", "addAbortListener"];
    machine.lazy_properties(class, "internal/events", Flags::PLAIN, names)
}

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    machine.load_root(to, roots::EVENT_EMITTER);
    Ok(())
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let Some(new_target) = arguments.new_target else {
        machine.init_emitter(THIS)?;
        machine.take_capture(THIS, arguments.at(0))?;
        return machine.give_undefined();
    };
    let emitter = machine.temp()?;
    let class = machine.instance_class(new_target)?;
    machine.new_of(emitter, class)?;
    machine.init_emitter(emitter)?;
    machine.take_capture(emitter, arguments.at(0))?;
    Ok(emitter)
}

impl Machine {
    /// A built-in's code, for functions that are made with a value of their own.
    pub(crate) fn native_code(
        &mut self,
        name: &str,
        length: u8,
        call: crate::machine::Native,
    ) -> i32 {
        let name = self.atoms.intern_str(name);
        let code = crate::objects::code::NativeCode { call, name, length, constructor: false };
        self.codes.add_native(code)
    }

    /// Gives an object what makes it an emitter.
    pub(super) fn init_emitter(&mut self, emitter: R) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            let prototype = value + 1;
            machine.get_text(value, emitter, "_events")?;
            machine.get_prototype(prototype, emitter)?;
            if machine.is_object(prototype) {
                machine.get_text(prototype, prototype, "_events")?;
            }
            let fresh = machine.is_undefined(value) || machine.is_same(value, prototype);
            if fresh {
                machine.new_dictionary(value, 2)?;
                machine.put(emitter, "_events", value)?;
                machine.registers().set_smi(value, 0);
                machine.put(emitter, "_eventsCount", value)?;
            }
            machine.registers().set_bool(value, !fresh);
            if let Some(symbol) = machine.node.events.shape_mode {
                machine.define_named(emitter, symbol, value, Flags::PLAIN)?;
            }
            machine.get_text(value, emitter, "_maxListeners")?;
            if !machine.to_boolean(value) {
                machine.undefined(value);
            }
            machine.put(emitter, "_maxListeners", value)?;
            machine.registers().set_bool(value, false);
            if let Some(symbol) = machine.node.events.capture {
                machine.define_named(emitter, symbol, value, Flags::PLAIN)?;
            }
            Ok(())
        })
    }

    /// The option `captureRejections`, and `EventEmitter.captureRejections` for all.
    pub(super) fn take_capture(&mut self, emitter: R, options: R) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temp()?;
            if machine.is_object(options) {
                machine.get_text(value, options, "captureRejections")?;
            }
            if machine.is_undefined(value) {
                machine.load_root(value, roots::EVENT_EMITTER);
                machine.get_text(value, value, "captureRejections")?;
            }
            if !machine.to_boolean(value) {
                return Ok(());
            }
            machine.registers().set_bool(value, true);
            match machine.node.events.capture {
                Some(symbol) => machine.set_named(emitter, symbol, value),
                None => Ok(()),
            }
        })
    }

    /// Emits an event as `emitter.emit(name, ...arguments)`.
    pub(super) fn emit_event(&mut self, emitter: R, name: &str, arguments: &[R]) -> Outcome {
        self.scoped(|machine| {
            let text = machine.temp()?;
            let atom = machine.atoms.intern_str(name);
            machine.atom_value(text, atom)?;
            let mut all = vec![text];
            all.extend_from_slice(arguments);
            let emit = machine.atoms.intern_str("emit");
            machine.call_method(text, emitter, emit, &all)
        })
    }

    /// Throws an error that nobody listens to.
    fn throw_unhandled<T>(&mut self, error: R) -> Outcome<T> {
        if self.kind_of(error) == Some(ObjectKind::Error) {
            return self.throw_emitted(error);
        }
        let shown = match self.is_string(error) {
            true => format!("'{}'", self.show(error)),
            false => self.inspect(error)?,
        };
        let message = format!("Unhandled error. ({shown})");
        let thrown = self.throw_node_error::<T>(ErrorKind::Error, "ERR_UNHANDLED_ERROR", &message);
        self.scoped(|machine| {
            let thrown = machine.temp()?;
            machine.load_root(thrown, roots::EXCEPTION);
            if machine.is_object(thrown) {
                machine.put(thrown, "context", error)?;
            }
            Ok(())
        })?;
        thrown
    }

    /// Warns once of more listeners of an event than there are to be at the most.
    fn warn_of_many(&mut self, name: R, list: R) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            let warning = value + 1;
            machine.get_text(value, THIS, "_maxListeners")?;
            if machine.is_undefined(value) {
                machine.load_root(value, roots::EVENT_EMITTER);
                machine.get_text(value, value, "defaultMaxListeners")?;
            }
            let most = machine.registers().number(value).unwrap_or(0.0);
            let count = machine.array_length(list);
            machine.get_text(value, list, "warned")?;
            if most <= 0.0 || count as f64 <= most || machine.to_boolean(value) {
                return Ok(());
            }
            machine.registers().set_bool(value, true);
            machine.put(list, "warned", value)?;
            let class = machine.constructor_name(THIS).unwrap_or_else(|| "EventEmitter".to_owned());
            let event = machine.show(name);
            let message = format!(
                "Possible EventEmitter memory leak detected. {count} {event} listeners added to [{class}]. \
                 Use emitter.setMaxListeners() to increase limit"
            );
            machine.new_error(warning, ErrorKind::Error, &message)?;
            machine.new_text(value, "MaxListenersExceededWarning")?;
            machine.put(warning, "name", value)?;
            machine.put(warning, "emitter", THIS)?;
            machine.put(warning, "type", name)?;
            machine.set_number(value, count as f64)?;
            machine.put(warning, "count", value)?;
            machine.load_root(value, roots::PROCESS);
            let method = machine.atoms.intern_str("emitWarning");
            machine.call_method(value, value, method, &[warning])
        })
    }

    /// Whether a listener is a function, or the wrapper that `once` has made of it.
    fn is_listener(&mut self, found: R, listener: R) -> Outcome<bool> {
        if self.is_same(found, listener) {
            return Ok(true);
        }
        self.scoped(|machine| {
            let inner = machine.temp()?;
            machine.get_text(inner, found, "listener")?;
            Ok(machine.is_same(inner, listener))
        })
    }

    /// The events of an emitter; whether it has any.
    fn events_of(&mut self, to: R, emitter: R) -> Outcome<bool> {
        self.get_text(to, emitter, "_events")?;
        Ok(self.is_object(to))
    }

    fn change_count(&mut self, emitter: R, difference: i32) -> Outcome<i32> {
        self.scoped(|machine| {
            let count = machine.temp()?;
            machine.get_text(count, emitter, "_eventsCount")?;
            let number = machine.registers().smi(count).unwrap_or(0) + difference;
            machine.registers().set_smi(count, number);
            let name = machine.atoms.intern_str("_eventsCount");
            machine.set_named(emitter, name, count)?;
            Ok(number)
        })
    }

    fn forget_events(&mut self, emitter: R) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.new_dictionary(value, 2)?;
            let name = machine.atoms.intern_str("_events");
            machine.set_named(emitter, name, value)?;
            machine.registers().set_smi(value, 0);
            let name = machine.atoms.intern_str("_eventsCount");
            machine.set_named(emitter, name, value)
        })
    }

    /// Whether the names of an emitter's events are fixed, as a stream's are: those that are gone stay, undefined.
    fn keeps_names(&mut self, emitter: R) -> Outcome<bool> {
        let Some(symbol) = self.node.events.shape_mode else { return Ok(false) };
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.get_named(value, emitter, symbol)?;
            Ok(machine.to_boolean(value))
        })
    }
}

fn set_max_listeners(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let count = arguments.at(0);
    if machine.registers().number(count).is_none() {
        return machine.throw_argument_type("setMaxListeners", "of type number", count);
    }
    let number = machine.number(count);
    if number < 0.0 || number.is_nan() {
        return machine.throw_out_of_range("setMaxListeners", ">= 0", count);
    }
    let name = machine.atoms.intern_str("_maxListeners");
    machine.set_named(THIS, name, count)?;
    Ok(THIS)
}

fn get_max_listeners(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.get_text(0, THIS, "_maxListeners")?;
    if machine.is_undefined(0) {
        machine.load_root(0, roots::EVENT_EMITTER);
        machine.get_text(0, 0, "defaultMaxListeners")?;
    }
    Ok(0)
}

fn emit(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let name = machine.to_key(arguments.at(0))?;
    let is_error = name == machine.text_key("error");
    let events = machine.temps(3)?;
    let (handler, result) = (events + 1, events + 2);
    let rest: Vec<R> = (1..arguments.count).map(|place| arguments.at(place)).collect();
    let any = machine.events_of(events, THIS)?;
    if any {
        if is_error {
            machine.load_root(handler, roots::EVENT_EMITTER);
            machine.get_text(handler, handler, "errorMonitor")?;
            let monitor = machine.to_key(handler)?;
            machine.copy(result, handler);
            machine.get(handler, events, monitor)?;
            if !machine.is_undefined(handler) {
                let mut all = vec![result];
                all.extend_from_slice(&rest);
                let emit = machine.atoms.intern_str("emit");
                machine.call_method(handler, THIS, emit, &all)?;
            }
        }
        machine.get(handler, events, name)?;
    }
    if !any || machine.is_undefined(handler) {
        if is_error {
            return machine.throw_unhandled(arguments.at(1));
        }
        return machine.give_bool(false);
    }
    if machine.is_callable(handler) {
        machine.call(result, handler, THIS, &rest)?;
        capture(machine, result, arguments)?;
    } else {
        // Those that are added or removed meanwhile do not count.
        let count = machine.array_length(handler);
        let first = machine.temps(count)?;
        for place in 0..count {
            machine.get(first + place, handler, Key::Index(place as u32))?;
        }
        for place in 0..count {
            machine.call(result, first + place, THIS, &rest)?;
            capture(machine, result, arguments)?;
        }
    }
    machine.give_bool(true)
}

/// `on`, `once` and their like.
fn add(machine: &mut Machine, arguments: Arguments, first: bool, once: bool) -> Outcome<R> {
    let (name, listener) = (arguments.at(0), arguments.at(1));
    machine.check_function("listener", listener)?;
    let function = machine.temp()?;
    machine.copy(function, listener);
    if once {
        // Calls the listener after it has removed itself.
        let data = machine.temps(2)?;
        machine.array_of(data, &[THIS, name, listener])?;
        machine.native_closure(function, machine.node.events.once, data)?;
        machine.put(function, "listener", listener)?;
        let method = machine.atoms.intern_str(if first { "prependListener" } else { "on" });
        machine.call_method(data, THIS, method, &[name, function])?;
        return Ok(THIS);
    }
    add_listener(machine, name, function, first)?;
    Ok(THIS)
}

fn add_listener(machine: &mut Machine, name: R, listener: R, first: bool) -> Outcome {
    let key = machine.to_key(name)?;
    machine.scoped(|machine| {
        let events = machine.temps(4)?;
        let (existing, value, list) = (events + 1, events + 2, events + 3);
        if !machine.events_of(events, THIS)? {
            machine.forget_events(THIS)?;
            machine.events_of(events, THIS)?;
        } else {
            let new = machine.text_key("newListener");
            machine.get(value, events, new)?;
            if !machine.is_undefined(value) {
                machine.get_text(value, listener, "listener")?;
                if machine.is_undefined(value) {
                    machine.copy(value, listener);
                }
                machine.emit_event(THIS, "newListener", &[name, value])?;
                machine.events_of(events, THIS)?;
            }
        }
        machine.get(existing, events, key)?;
        if machine.is_undefined(existing) {
            machine.set(events, key, listener, true)?;
            machine.change_count(THIS, 1)?;
            return Ok(());
        }
        if machine.is_callable(existing) {
            let pair = if first { [listener, existing] } else { [existing, listener] };
            machine.array_of(list, &pair)?;
            machine.set(events, key, list, true)?;
            return machine.warn_of_many(name, list);
        }
        let method = machine.atoms.intern_str(if first { "unshift" } else { "push" });
        machine.call_method(value, existing, method, &[listener])?;
        machine.warn_of_many(name, existing)
    })
}

/// What `once` adds: its value has emitter, name and listener.
fn call_once(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let data = machine.temps(5)?;
    let (emitter, name, listener, result) = (data + 1, data + 2, data + 3, data + 4);
    machine.native_data(data, CALLEE)?;
    if !machine.is_object(data) {
        return machine.give_undefined();
    }
    for (place, to) in [emitter, name, listener].into_iter().enumerate() {
        machine.get(to, data, Key::Index(place as u32))?;
    }
    // It is called once, whatever happens.
    machine.registers().store_value(
        CALLEE,
        crate::objects::layout::CONTEXT,
        heap_model::Value::Null,
    )?;
    let method = machine.atoms.intern_str("removeListener");
    machine.call_method(result, emitter, method, &[name, CALLEE])?;
    let rest: Vec<R> = (0..arguments.count).map(|place| arguments.at(place)).collect();
    machine.call(result, listener, emitter, &rest)?;
    Ok(result)
}

fn remove_listener(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (name, listener) = (arguments.at(0), arguments.at(1));
    machine.check_function("listener", listener)?;
    let key = machine.to_key(name)?;
    let events = machine.temps(4)?;
    let (list, value, other) = (events + 1, events + 2, events + 3);
    if !machine.events_of(events, THIS)? {
        return Ok(THIS);
    }
    machine.get(list, events, key)?;
    if machine.is_undefined(list) {
        return Ok(THIS);
    }
    if machine.is_callable(list) {
        if !machine.is_listener(list, listener)? {
            return Ok(THIS);
        }
        let left = machine.change_count(THIS, -1)?;
        if machine.keeps_names(THIS)? {
            machine.undefined(value);
            machine.set(events, key, value, true)?;
        } else if left == 0 {
            machine.forget_events(THIS)?;
        } else {
            machine.delete(events, key)?;
            machine.get_text(value, events, "removeListener")?;
            if machine.to_boolean(value) {
                machine.get_text(value, list, "listener")?;
                if machine.is_undefined(value) {
                    machine.copy(value, listener);
                }
                machine.emit_event(THIS, "removeListener", &[name, value])?;
            }
        }
        return Ok(THIS);
    }
    let count = machine.array_length(list);
    let mut found = None;
    for place in (0..count).rev() {
        machine.get(value, list, Key::Index(place as u32))?;
        if machine.is_listener(value, listener)? {
            found = Some(place);
            break;
        }
    }
    let Some(found) = found else { return Ok(THIS) };
    for place in found..count - 1 {
        machine.get(value, list, Key::Index(place as u32 + 1))?;
        machine.set(list, Key::Index(place as u32), value, true)?;
    }
    machine.set_length(list, count - 1)?;
    if count == 2 {
        machine.get(value, list, Key::Index(0))?;
        machine.set(events, key, value, true)?;
    }
    machine.get_text(other, events, "removeListener")?;
    if !machine.is_undefined(other) {
        machine.emit_event(THIS, "removeListener", &[name, listener])?;
    }
    Ok(THIS)
}

fn remove_all_listeners(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let events = machine.temps(4)?;
    let (list, value, name) = (events + 1, events + 2, events + 3);
    if !machine.events_of(events, THIS)? {
        return Ok(THIS);
    }
    let all = arguments.count == 0;
    machine.get_text(value, events, "removeListener")?;
    let watched = !machine.is_undefined(value);
    if !watched {
        if all {
            machine.forget_events(THIS)?;
        } else {
            let key = machine.to_key(arguments.at(0))?;
            machine.get(list, events, key)?;
            if !machine.is_undefined(list) {
                match machine.change_count(THIS, -1)? {
                    0 => machine.forget_events(THIS)?,
                    _ => {
                        machine.delete(events, key)?;
                    }
                }
            }
        }
        machine.registers().set_bool(value, false);
        if let Some(symbol) = machine.node.events.shape_mode {
            machine.set_named(THIS, symbol, value)?;
        }
        return Ok(THIS);
    }
    let method = machine.atoms.intern_str("removeAllListeners");
    if all {
        let removal = machine.text_key("removeListener");
        for key in machine.own_keys(events, true)? {
            if key != removal {
                machine.key_value(name, key)?;
                machine.call_method(value, THIS, method, &[name])?;
            }
        }
        machine.key_value(name, removal)?;
        machine.call_method(value, THIS, method, &[name])?;
        machine.forget_events(THIS)?;
        return Ok(THIS);
    }
    let key = machine.to_key(arguments.at(0))?;
    let remove = machine.atoms.intern_str("removeListener");
    machine.get(list, events, key)?;
    if machine.is_undefined(list) {
        return Ok(THIS);
    }
    if machine.is_callable(list) {
        machine.call_method(value, THIS, remove, &[arguments.at(0), list])?;
        return Ok(THIS);
    }
    // The last one first.
    for place in (0..machine.array_length(list)).rev() {
        machine.get(value, list, Key::Index(place as u32))?;
        machine.call_method(value, THIS, remove, &[arguments.at(0), value])?;
    }
    Ok(THIS)
}

fn listeners(machine: &mut Machine, arguments: Arguments, unwrap: bool) -> Outcome<R> {
    let key = machine.to_key(arguments.at(0))?;
    let result = machine.temps(4)?;
    let (list, value, inner) = (result + 1, result + 2, result + 3);
    machine.new_array(result, 0)?;
    if !machine.events_of(list, THIS)? {
        return Ok(result);
    }
    machine.get(list, list, key)?;
    if machine.is_undefined(list) {
        return Ok(result);
    }
    let single = machine.is_callable(list);
    let count = if single { 1 } else { machine.array_length(list) };
    for place in 0..count {
        match single {
            true => machine.copy(value, list),
            false => machine.get(value, list, Key::Index(place as u32))?,
        }
        if unwrap {
            machine.get_text(inner, value, "listener")?;
            if machine.to_boolean(inner) {
                machine.copy(value, inner);
            }
        }
        machine.push(result, value)?;
    }
    Ok(result)
}

fn listener_count(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (name, listener) = (arguments.at(0), arguments.at(1));
    let key = machine.to_key(name)?;
    let list = machine.temps(2)?;
    let value = list + 1;
    if !machine.events_of(list, THIS)? {
        return machine.give_number(0.0);
    }
    machine.get(list, list, key)?;
    let count = match machine.is_callable(list) {
        true => 1,
        false if machine.is_undefined(list) => 0,
        false => machine.array_length(list),
    };
    if arguments.count < 2 || machine.is_nullish(listener) {
        return machine.give_number(count as f64);
    }
    let mut matching = 0;
    for place in 0..count {
        match machine.is_callable(list) {
            true => machine.copy(value, list),
            false => machine.get(value, list, Key::Index(place as u32))?,
        }
        matching += i32::from(machine.is_listener(value, listener)?);
    }
    machine.give_number(f64::from(matching))
}

fn event_names(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let names = machine.temps(3)?;
    let (events, value) = (names + 1, names + 2);
    machine.new_array(names, 0)?;
    machine.get_text(value, THIS, "_eventsCount")?;
    if machine.registers().smi(value).unwrap_or(0) > 0 && machine.events_of(events, THIS)? {
        for key in machine.own_keys(events, true)? {
            machine.key_value(value, key)?;
            machine.push(names, value)?;
        }
    }
    Ok(names)
}

/// `setCapture(emitter, captures)`: whether rejections of its listeners are errors of an emitter's; whether they were before.
fn set_capture(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let before = machine.temp()?;
    if let Some(symbol) = machine.node.events.capture {
        machine.get_named(before, arguments.at(0), symbol)?;
        machine.set_named(arguments.at(0), symbol, arguments.at(1))?;
    }
    Ok(before)
}

/// Gives what a listener has returned to the library, if its emitter captures rejections.
fn capture(machine: &mut Machine, result: R, arguments: Arguments) -> Outcome {
    let Some(symbol) = machine.node.events.capture else { return Ok(()) };
    if !machine.is_object(result) {
        return Ok(());
    }
    machine.scoped(|machine| {
        let library = machine.temps(2)?;
        let list = library + 1;
        machine.get_named(list, THIS, symbol)?;
        if !machine.to_boolean(list) {
            return Ok(());
        }
        let rest: Vec<R> = (1..arguments.count).map(|place| arguments.at(place)).collect();
        machine.array_of(list, &rest)?;
        machine.library(library, "internal/events")?;
        let method = machine.atoms.intern_str("capture");
        machine.call_method(library, library, method, &[THIS, result, arguments.at(0), list])
    })
}
