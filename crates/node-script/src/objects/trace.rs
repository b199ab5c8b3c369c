//! The calls that an error's trace keeps, as V8 takes them when the error is made (`CaptureSimpleStackTrace`): the frames
//! that run, the built-in that each of them was called by, and the asynchronous functions that wait for the job that runs.
//!
//! A call is a cell of V8's size (`CallSiteInfo`): who is called on what, and where. What is said of it is in
//! [`call_site`](super::call_site).

use super::atoms::known;
use super::class::ObjectKind;
use super::code::Callable;
use super::layout::{CONTEXT, HOME, tag, tags};
use super::object::Type;
use super::promise;
use crate::interpret::asynchronous::REQUEST_PROMISE;
use crate::interpret::frame::{CONSTRUCT, RESUMED};
use crate::interpret::generator;
use crate::machine::{CALLEE, Machine, R, THIS, roots};
use crate::parse::tree::FunctionKind;
use crate::thrown::Outcome;
use heap_model::{Kind, Value, Window};

/// Slots of a call.
pub(super) const SITE_RECEIVER: usize = 0;
pub(super) const SITE_FUNCTION: usize = 1;
/// The instruction that comes next; of a built-in, -1; of a combination of promises, the place of the one that is waited for.
pub(super) const SITE_PLACE: usize = 2;
pub(super) const SITE_FLAGS: usize = 3;
const SITE_SLOTS: usize = 5;

/// What a call is, in its flags. With the first of them, it was called with `new`.
pub(super) const NEW: i32 = 1;
/// It is strict, or a call that it has led to is: nobody learns of its function.
pub(super) const STRICT: i32 = 2;
/// It waits for what runs.
pub(super) const ASYNC: i32 = 4;
/// It is a combination of promises that is waited for: `Promise.all`, `allSettled` or `any`.
pub(super) const ALL: i32 = 8;
pub(super) const ALL_SETTLED: i32 = 16;
pub(super) const ANY: i32 = 32;
/// It is one of Node's own, around a program's first file: its place is the number in a list.
pub(super) const OF_NODE: i32 = 64;

/// Functions that are waiting are followed no further than that.
const MOST_WAITING: usize = 200;

/// Built-ins whose calls V8 does not keep: they end with the call of another function, or of none of JavaScript's.
const PASSING: [&str; 4] = ["call", "apply", "construct", "Array"];

/// Which of the innermost calls a trace leaves out.
#[derive(Clone, Copy)]
pub(crate) enum Skip {
    Nothing,
    /// The built-in that runs.
    First,
    /// Those up to a function's; all, if it is not called.
    Until(R),
}

/// A call of a frame, or of a built-in whose registers are in a window; or the `next` of the generator that a frame is of.
struct Call {
    window: Window,
    generator: Option<R>,
    place: i32,
    flags: i32,
}

/// A call of a built-in: its flags, if a trace shows it (one of Node's, of the engine's own, or one that has passed its call on is
/// not shown), and whether it lets a generator go on.
struct BuiltIn {
    flags: Option<i32>,
    goes_on: bool,
}

/// What waits: an object of a function that is put aside, or a combination of promises.
struct Waiting {
    object: Option<R>,
    place: i32,
    flags: i32,
}

impl Machine {
    /// The calls that run, and those that wait for them, the innermost first. None are a hole, which takes nothing.
    pub(super) fn call_sites(&mut self, to: R, limit: usize, skip: Skip, of_node: bool) -> Outcome {
        self.scoped(|machine| {
            let list = machine.temps(4)?;
            let (site, value, object) = (list + 1, list + 2, list + 3);
            let calls = machine.running_calls(limit, skip)?;
            let waiting = match calls.len() < limit {
                true => machine.waiting_calls((limit - calls.len()).min(MOST_WAITING))?,
                false => Vec::new(),
            };
            let count = calls.len() + waiting.len();
            if count == 0 && !of_node {
                machine.registers().set_hole(to);
                return Ok(());
            }
            let tag_of_list = if of_node { tags::NODE_CALL_SITES } else { tags::CALL_SITES };
            machine.registers().alloc_tagged(list, Kind::Array, tag(tag_of_list), count, 0)?;
            let mut strict = 0;
            for (place, call) in calls.into_iter().enumerate() {
                let mut registers = machine.registers();
                registers.alloc_tagged(site, Kind::Array, tag(tags::CALL_SITE), SITE_SLOTS, 0)?;
                registers.copy_from(value, call.window.first(1), CALLEE);
                registers.store(site, SITE_FUNCTION, value)?;
                let receiver = call.generator.unwrap_or(THIS);
                registers.copy_from(value, call.window.first(receiver + 1), receiver);
                registers.store(site, SITE_RECEIVER, value)?;
                if call.generator.is_some() {
                    machine.load_root(value, roots::GENERATOR_PROTOTYPE);
                    machine.own_property(value, value, known::NEXT.into())?;
                    machine.registers().store(site, SITE_FUNCTION, value)?;
                }
                let mut registers = machine.registers();
                strict |= call.flags & STRICT;
                registers.store_value(site, SITE_PLACE, Value::Smi(call.place))?;
                registers.store_value(site, SITE_FLAGS, Value::Smi(call.flags | strict))?;
                registers.store(list, place, site)?;
            }
            for (place, call) in (count - waiting.len()..).zip(waiting) {
                let mut registers = machine.registers();
                registers.alloc_tagged(site, Kind::Array, tag(tags::CALL_SITE), SITE_SLOTS, 0)?;
                if let Some(waiting) = call.object {
                    registers.copy(object, waiting);
                    for (slot, from) in
                        [(SITE_FUNCTION, generator::FUNCTION), (SITE_RECEIVER, generator::RECEIVER)]
                    {
                        registers.load(value, object, from)?;
                        registers.store(site, slot, value)?;
                    }
                }
                registers.store_value(site, SITE_PLACE, Value::Smi(call.place))?;
                registers.store_value(site, SITE_FLAGS, Value::Smi(call.flags | strict))?;
                registers.store(list, place, site)?;
            }
            machine.copy(to, list);
            Ok(())
        })
    }

    /// A call of Node's own, by its number in the list of those around a program's first file.
    pub(crate) fn node_site(&mut self, to: R, number: usize) -> Outcome {
        let mut registers = self.registers();
        registers.alloc_tagged(to, Kind::Array, tag(tags::CALL_SITE), SITE_SLOTS, 0)?;
        registers.store_value(to, SITE_PLACE, Value::Smi(number as i32))?;
        Ok(registers.store_value(to, SITE_FLAGS, Value::Smi(OF_NODE | STRICT))?)
    }

    /// What called the innermost running call of a function: a sloppy function, otherwise null (V8's `FunctionCallerGetter`).
    pub(super) fn function_caller(&mut self, to: R, function: R) -> Outcome {
        self.scoped(|machine| {
            let callee = machine.temp()?;
            let mut inner = machine.registers().window();
            let mut is_found = false;
            for depth in 0.. {
                let Some(frame) = machine.frames.outwards(depth).copied() else { break };
                if is_found {
                    let direct = frame.window.base() == inner.base();
                    let template = machine.codes.template(frame.code);
                    let told = template.is_some_and(|template| {
                        !template.strict
                            && !template.of_library()
                            && template.kind != FunctionKind::Top
                    });
                    if direct && told {
                        machine.registers().copy_from(to, frame.window.first(1), CALLEE);
                        return Ok(());
                    }
                    break;
                }
                machine.registers().copy_from(callee, frame.window.first(1), CALLEE);
                is_found = machine.is_same(callee, function);
                inner = frame.caller;
            }
            machine.registers().set_null(to);
            Ok(())
        })
    }

    fn running_calls(&mut self, limit: usize, skip: Skip) -> Outcome<Vec<Call>> {
        let mut calls = Vec::new();
        if limit == 0 {
            return Ok(calls);
        }
        self.scoped(|machine| {
            let function = machine.temp()?;
            let mut inner = machine.registers().window();
            let mut skipping = !matches!(skip, Skip::Nothing);
            // Whether a call is one that the trace does not leave out.
            let passes = |machine: &mut Self, skipping: &mut bool, window: Window| {
                if !*skipping {
                    return true;
                }
                machine.registers().copy_from(function, window.first(1), CALLEE);
                *skipping = match skip {
                    Skip::Until(wanted) => !machine.is_same(function, wanted),
                    _ => false,
                };
                false
            };
            let mut generator: Option<(Window, R)> = None;
            for depth in 0.. {
                let frame = machine.frames.outwards(depth).copied();
                let between = frame.is_none_or(|frame| frame.window.base() != inner.base());
                let built_in = if between { machine.built_in_call(inner)? } else { None };
                if let Some((window, register)) = generator.take()
                    && !built_in.as_ref().is_some_and(|call| call.goes_on)
                    && !skipping
                {
                    let generator = Some(register);
                    calls.push(Call { window, generator, place: -1, flags: STRICT });
                }
                if let Some(call) = built_in
                    && passes(machine, &mut skipping, inner)
                    && let Some(flags) = call.flags
                {
                    calls.push(Call { window: inner, generator: None, place: -1, flags });
                }
                let Some(frame) = frame.filter(|_| calls.len() < limit) else { break };
                inner = frame.caller;
                let Some(template) = machine.codes.template(frame.code).cloned() else { continue };
                if !passes(machine, &mut skipping, frame.window) || template.of_library() {
                    continue;
                }
                let strict = if template.strict { STRICT } else { 0 };
                let flags = strict | if frame.has(CONSTRUCT) { NEW } else { 0 };
                let (window, place) = (frame.window, frame.pc as i32);
                calls.push(Call { window, generator: None, place, flags });
                if template.is_generator && !template.is_async && frame.has(RESUMED) {
                    generator = template.generator.map(|register| (window, usize::from(register)));
                }
            }
            calls.truncate(limit);
            Ok(calls)
        })
    }

    /// The call of a built-in, if that is what the registers of a window are of.
    fn built_in_call(&mut self, window: Window) -> Outcome<Option<BuiltIn>> {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.registers().copy_from(value, window.first(1), CALLEE);
            let Some(code) = machine.code_of(value) else { return Ok(None) };
            let Callable::Native(native) = machine.codes.get(code) else { return Ok(None) };
            let (name, constructor) = (native.name, native.constructor);
            let goes_on = [known::NEXT, known::RETURN, known::THROW].contains(&name);
            // Node's own come behind those of the language, the library's first.
            let of_language = code < machine.node.library.require && name != known::EMPTY;
            if !of_language || PASSING.contains(&machine.atoms.text(name).as_str()) {
                return Ok(Some(BuiltIn { flags: None, goes_on }));
            }
            machine.registers().copy_from(value, window.first(2), THIS);
            let new = constructor && machine.type_of(value) == Type::Hole;
            let flags = Some(STRICT | if new { NEW } else { 0 });
            Ok(Some(BuiltIn { flags, goes_on }))
        })
    }

    /// The asynchronous functions that wait for the job that runs, and what waits for them (V8's
    /// `CaptureAsyncStackTrace`). They stay in new registers.
    fn waiting_calls(&mut self, limit: usize) -> Outcome<Vec<Waiting>> {
        let mut waiting = Vec::new();
        let promise = self.temps(4)?;
        let (reaction, handler, object) = (promise + 1, promise + 2, promise + 3);
        if !self.promise_of_job(promise)? {
            return Ok(waiting);
        }
        let codes = (self.promise_codes.0, self.promise_codes.2);
        let elements = self.promise_functions;
        // What does not lead to a function may go round.
        let mut steps = 4 * MOST_WAITING;
        while waiting.len() < limit
            && steps > 0
            && self.kind_of(promise) == Some(ObjectKind::Promise)
            && self.promise_state(promise) == promise::PENDING
        {
            steps -= 1;
            let mut registers = self.registers();
            registers.load(reaction, promise, promise::RESULT)?;
            if !registers.get(reaction).is_cell() {
                break;
            }
            registers.load(handler, reaction, promise::NEXT)?;
            if registers.get(handler).is_cell() {
                break;
            }
            registers.load(object, reaction, promise::ON_REJECTED)?;
            registers.load(handler, reaction, promise::ON_FULFILLED)?;
            let code = self.code_of(handler);
            let rejecting = self.code_of(object);
            let combination = match (code, rejecting) {
                (Some(code), _) if code == elements[0] => Some(ALL),
                (Some(code), _) if code == elements[1] => Some(ALL_SETTLED),
                (_, Some(code)) if code == elements[3] => Some(ANY),
                _ => None,
            };
            if code == Some(codes.1) {
                self.native_data(object, handler)?;
                self.registers().load(object, object, promise::AWAITING)?;
                let pc = self.registers().peek(object, generator::STATE)?.as_smi().unwrap_or(0);
                let kept = self.temp()?;
                self.copy(kept, object);
                waiting.push(Waiting { object: Some(kept), place: pc, flags: ASYNC });
                if !self.promise_of_function(promise, object)? {
                    break;
                }
            } else if let Some(flags) = combination {
                if flags != ANY {
                    self.copy(object, handler);
                }
                let place = self.registers().peek(object, HOME)?.as_smi().unwrap_or(0);
                waiting.push(Waiting { object: None, place, flags: flags | ASYNC });
                self.registers().load(object, object, CONTEXT)?;
                self.registers().load(object, object, promise::COMBINED)?;
                self.promise_told(promise, object)?;
            } else if code == Some(codes.0) {
                self.native_data(object, handler)?;
                self.registers().load(promise, object, promise::SETTLED_PROMISE)?;
            } else {
                self.registers().load(object, reaction, promise::TOLD)?;
                self.promise_told(promise, object)?;
            }
        }
        Ok(waiting)
    }

    /// The promise of what runs as the job of a reaction; whether there is one.
    fn promise_of_job(&mut self, to: R) -> Outcome<bool> {
        let Some((window, values)) = self.jobs.reaction else { return Ok(false) };
        let mut registers = self.registers();
        registers.copy_from(to, window.first(values + 1), values);
        if self.code_of(to) == Some(self.promise_codes.2) {
            self.native_data(to, to)?;
            self.registers().load(to, to, promise::AWAITING)?;
            return self.promise_of_function(to, to);
        }
        self.registers().copy_from(to, window.first(values + 3), values + 2);
        self.promise_told(to, to)?;
        Ok(true)
    }

    /// The promise of an asynchronous function's object, or of the request that an asynchronous generator works on.
    fn promise_of_function(&mut self, to: R, object: R) -> Outcome<bool> {
        let kind = self.kind_of(object);
        if !matches!(kind, Some(ObjectKind::AsyncFunction | ObjectKind::AsyncGenerator)) {
            return Ok(false);
        }
        let mut registers = self.registers();
        registers.load(to, object, generator::PROMISE)?;
        if kind == Some(ObjectKind::AsyncGenerator) {
            if !registers.get(to).is_cell() {
                return Ok(false);
            }
            registers.load(to, to, REQUEST_PROMISE)?;
        }
        Ok(true)
    }

    /// The promise that is told by a reaction: the value itself, or that of a capability.
    fn promise_told(&mut self, to: R, told: R) -> Outcome {
        if self.has_tag(told, tags::CAPABILITY) {
            self.registers().load(to, told, promise::CAPABILITY_PROMISE)?;
        } else {
            self.copy(to, told);
        }
        Ok(())
    }
}
