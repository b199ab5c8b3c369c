//! Promises and the job queue (ECMA-262, section 27.2).
//!
//! A promise has its reactions in a list while it is pending, then its result. A reaction is a cell of four slots: the
//! next, the handler of each outcome, and what is told: a promise, a capability of three, or nothing. What awaits is told by
//! a pair of functions with its object, as in V8.

use super::class::ObjectKind;
use super::code::Arguments;
use super::layout::{FIRST, tag, tags};
use super::object::Type;
use crate::interpret::generator::Mode;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::known;
use crate::thrown::Outcome;
use heap_model::{Kind, Tagged, Value};

pub(crate) const RESULT: usize = FIRST;
pub(crate) const STATE: usize = FIRST + 1;
/// Slots of a promise: Node has an embedder's field.
pub(crate) const SLOTS: usize = FIRST + 3;

pub(crate) const PENDING: i32 = 0;
pub(crate) const FULFILLED: i32 = 1;
pub(crate) const REJECTED: i32 = 2;
const STATE_BITS: i32 = 3;
/// Someone handles its rejection.
const HANDLED: i32 = 4;

pub(super) const NEXT: usize = 0;
pub(super) const ON_FULFILLED: usize = 1;
pub(super) const ON_REJECTED: usize = 2;
pub(super) const TOLD: usize = 3;

/// Slots of the context of the two functions that settle a promise (V8's `PromiseResolvingFunctionContextSlot`): the
/// promise, whether one of them was called.
pub(super) const SETTLED_PROMISE: usize = 0;
const SETTLED: usize = 1;
const SETTLED_SLOTS: usize = 5;
/// Slots of the context of the two functions that let what awaits go on: its object.
pub(super) const AWAITING: usize = 0;
const AWAIT_SLOTS: usize = 3;

/// The slot of the state of a combination of promises that has its capability.
pub(crate) const COMBINED: usize = 2;

/// Slots of a capability's cell.
pub(crate) const CAPABILITY_PROMISE: usize = 0;
pub(crate) const CAPABILITY_RESOLVE: usize = 1;
pub(crate) const CAPABILITY_REJECT: usize = 2;

/// What Node says of where a microtask has thrown what is no error.
const MICROTASK: &str = "<anonymous_script>:0\n";

/// What a job is.
pub(crate) const REACTION: i32 = 0;
const THENABLE: i32 = 1;
const CALLBACK: i32 = 2;
/// Its first value has a context with it.
const IN_CONTEXT: i32 = 16;

/// The slot of a reaction's context, where there is one.
const REACTION_CONTEXT: usize = 4;

impl Machine {
    /// A pending promise.
    pub(crate) fn new_promise(&mut self, to: R) -> Outcome {
        self.new_kind(to, roots::PROMISE_PROTOTYPE, ObjectKind::Promise, SLOTS)?;
        Ok(self.registers().store_value(to, STATE, Value::Smi(PENDING))?)
    }

    pub(crate) fn promise_flags(&mut self, promise: R) -> i32 {
        let registers = self.registers();
        registers.peek(promise, STATE).ok().and_then(|state| state.as_smi()).unwrap_or(0)
    }

    pub(crate) fn promise_state(&mut self, promise: R) -> i32 {
        self.promise_flags(promise) & STATE_BITS
    }

    fn settle(&mut self, promise: R, state: i32, value: R) -> Outcome {
        self.scoped(|machine| {
            let reactions = machine.temp()?;
            machine.registers().load(reactions, promise, RESULT)?;
            let flags = machine.promise_flags(promise) & !STATE_BITS | state;
            let mut registers = machine.registers();
            registers.store(promise, RESULT, value)?;
            registers.store_value(promise, STATE, Value::Smi(flags))?;
            if state == REJECTED && flags & HANDLED == 0 {
                machine.note_unhandled(promise)?;
            }
            machine.trigger(reactions, state, value)
        })
    }

    /// Enqueues the jobs of a list of reactions, which has the last first.
    fn trigger(&mut self, reactions: R, state: i32, value: R) -> Outcome {
        self.scoped(|machine| {
            let (list, next) = (machine.temp()?, machine.temp()?);
            // Turned around, so that the first comes first.
            loop {
                let mut registers = machine.registers();
                if !registers.get(reactions).is_cell() {
                    break;
                }
                registers.load(next, reactions, NEXT)?;
                registers.store(reactions, NEXT, list)?;
                registers.copy(list, reactions);
                registers.copy(reactions, next);
            }
            while machine.registers().get(list).is_cell() {
                machine.enqueue_reaction(list, state, value)?;
                machine.registers().load(list, list, NEXT)?;
            }
            Ok(())
        })
    }

    fn enqueue_reaction(&mut self, reaction: R, state: i32, value: R) -> Outcome {
        self.scoped(|machine| {
            let handler = machine.temps(2)?;
            let told = handler + 1;
            let slot = if state == FULFILLED { ON_FULFILLED } else { ON_REJECTED };
            machine.registers().load(handler, reaction, slot)?;
            machine.registers().load(told, reaction, TOLD)?;
            let mut kind = REACTION + 4 * state;
            if machine.registers().view(reaction)?.slot_count() > REACTION_CONTEXT {
                let context = machine.temp()?;
                machine.registers().load(context, reaction, REACTION_CONTEXT)?;
                machine.with_context(handler, handler, context)?;
                kind |= IN_CONTEXT;
            }
            machine.enqueue(kind, handler, value, told)
        })
    }

    /// Fulfils a promise with a value that is no thenable.
    pub(crate) fn fulfil_promise(&mut self, promise: R, value: R) -> Outcome {
        self.settle(promise, FULFILLED, value)
    }

    pub(crate) fn reject_promise(&mut self, promise: R, reason: R) -> Outcome {
        if self.promise_state(promise) != PENDING {
            return Ok(());
        }
        self.settle(promise, REJECTED, reason)
    }

    /// Resolves a promise: with a thenable, it follows that.
    pub(crate) fn resolve_promise(&mut self, promise: R, value: R) -> Outcome {
        if self.promise_state(promise) != PENDING {
            return Ok(());
        }
        if self.is_same(promise, value) {
            return self.scoped(|machine| {
                let error = machine.temp()?;
                let kind = crate::compile::op::ErrorKind::TypeError;
                machine.new_error(error, kind, "Chaining cycle detected for promise #<Promise>")?;
                machine.reject_promise(promise, error)
            });
        }
        if !self.is_object(value) {
            return self.fulfil_promise(promise, value);
        }
        self.scoped(|machine| {
            let then = machine.temp()?;
            let window = machine.registers().window();
            let depth = machine.frames.len();
            if let Err(thrown) = machine.get_named(then, value, known::THEN) {
                machine.frames.truncate(depth);
                machine.registers().pop(window);
                machine.catch(then, thrown)?;
                return machine.reject_promise(promise, then);
            }
            if !machine.is_callable(then) {
                return machine.fulfil_promise(promise, value);
            }
            machine.enqueue_here(THENABLE, value, then, promise)
        })
    }

    /// A promise for a value: the value itself if it is one of this kind.
    pub(crate) fn promise_resolve(&mut self, to: R, value: R) -> Outcome {
        if self.kind_of(value) == Some(ObjectKind::Promise) {
            let same = self.scoped(|machine| {
                let constructor = machine.temps(2)?;
                machine.get_named(constructor, value, known::CONSTRUCTOR)?;
                machine.load_root(constructor + 1, roots::PROMISE);
                Ok(machine.is_same(constructor, constructor + 1))
            })?;
            if same {
                self.copy(to, value);
                return Ok(());
            }
        }
        self.scoped(|machine| {
            let promise = machine.temp()?;
            machine.new_promise(promise)?;
            machine.resolve_promise(promise, value)?;
            machine.copy(to, promise);
            Ok(())
        })
    }

    /// Adds a reaction: handlers (undefined for none), and what is told of their results.
    pub(crate) fn perform_then(
        &mut self,
        promise: R,
        on_fulfilled: R,
        on_rejected: R,
        told: R,
    ) -> Outcome {
        let state = self.promise_state(promise);
        let (kept, roots) = (self.has_context(), self.roots);
        self.scoped(|machine| {
            let reaction = machine.temps(2)?;
            let value = reaction + 1;
            let mut registers = machine.registers();
            let slots = if kept { REACTION_CONTEXT + 1 } else { REACTION_CONTEXT };
            registers.alloc_tagged(reaction, Kind::Array, tag(tags::REACTION), slots, 0)?;
            if kept {
                registers.copy_from(value, roots, roots::ASYNC_CONTEXT);
                registers.store(reaction, REACTION_CONTEXT, value)?;
            }
            registers.store(reaction, ON_FULFILLED, on_fulfilled)?;
            registers.store(reaction, ON_REJECTED, on_rejected)?;
            registers.store(reaction, TOLD, told)?;
            registers.load(value, promise, RESULT)?;
            if state == PENDING {
                registers.store(reaction, NEXT, value)?;
                registers.store(promise, RESULT, reaction)?;
            } else {
                machine.enqueue_reaction(reaction, state, value)?;
            }
            machine.mark_handled(promise)
        })
    }

    pub(crate) fn mark_handled(&mut self, promise: R) -> Outcome {
        let flags = self.promise_flags(promise);
        if flags & HANDLED == 0 {
            let flags = Value::Smi(flags | HANDLED);
            self.registers().store_value(promise, STATE, flags)?;
            self.forget_unhandled(promise)?;
        }
        Ok(())
    }

    /// Lets an asynchronous function's object go on when a promise is settled.
    pub(crate) fn await_promise(&mut self, promise: R, generator: R) -> Outcome {
        self.scoped(|machine| {
            let context = machine.temps(4)?;
            let (yes, no, told) = (context + 1, context + 2, context + 3);
            machine.registers().alloc(context, Kind::Array, AWAIT_SLOTS, 0)?;
            machine.registers().store(context, AWAITING, generator)?;
            let code = machine.promise_codes.2;
            machine.native_closure(yes, code, context)?;
            machine.native_closure(no, code, context)?;
            machine.perform_then(promise, yes, no, told)
        })
    }

    /// Lets a function be called as a job.
    pub(crate) fn enqueue_callback(&mut self, function: R) -> Outcome {
        self.scoped(|machine| {
            let nothing = machine.temp()?;
            machine.enqueue_here(CALLBACK, function, nothing, nothing)
        })
    }

    /// Enqueues a job with what is kept now along asynchronous calls.
    fn enqueue_here(&mut self, kind: i32, first: R, second: R, third: R) -> Outcome {
        if !self.has_context() {
            return self.enqueue(kind, first, second, third);
        }
        self.scoped(|machine| {
            let pair = machine.temp()?;
            machine.load_root(pair, roots::ASYNC_CONTEXT);
            machine.with_context(pair, first, pair)?;
            machine.enqueue(kind | IN_CONTEXT, pair, second, third)
        })
    }

    /// Runs one job, in registers of the current window: its kind, and its three values.
    pub(crate) fn run_job(&mut self, kind: i32, values: R) -> Outcome {
        let (first, second, third) = (values, values + 1, values + 2);
        if kind & IN_CONTEXT != 0 {
            return self.in_context(first, |machine| machine.run_job(kind & !IN_CONTEXT, values));
        }
        match kind & 3 {
            CALLBACK => self.scoped(|machine| {
                let result = machine.temp()?;
                let called = machine.call_function(result, first, &[]);
                if called.is_err() {
                    // Node's own code catches it and tells of it, so only an error has a place.
                    machine.thrown_at = None;
                    machine.node.failure.head = Some(MICROTASK);
                }
                called
            }),
            THENABLE => self.scoped(|machine| {
                // first.then(resolve, reject), for the promise in third.
                let resolve = machine.temps(3)?;
                let (reject, result) = (resolve + 1, resolve + 2);
                machine.resolving_functions(resolve, reject, third)?;
                let call = machine.call(result, second, first, &[resolve, reject]);
                machine.caught(call, result, |machine, exception| {
                    let nothing = machine.temp()?;
                    machine.call(nothing, reject, nothing, &[exception])
                })
            }),
            _ => self.run_reaction(kind >> 2, first, second, third),
        }
    }

    fn run_reaction(&mut self, state: i32, handler: R, value: R, told: R) -> Outcome {
        let fulfilled = state == FULFILLED;
        if self.code_of(handler) == Some(self.promise_codes.2) {
            let mode = if fulfilled { Mode::Next } else { Mode::Throw };
            return self.scoped(|machine| {
                let generator = machine.temps(2)?;
                let result = generator + 1;
                machine.native_data(generator, handler)?;
                machine.registers().load(generator, generator, AWAITING)?;
                machine.resume(result, generator, mode, value)?;
                let kind = machine.kind_of(generator);
                if kind == Some(ObjectKind::AsyncGenerator) && machine.is_ready(generator)? {
                    return machine.work_on_requests(generator);
                }
                Ok(())
            });
        }
        match self.kind_of(handler) {
            None => self.tell(told, value, fulfilled),
            Some(_) => self.scoped(|machine| {
                let result = machine.temp()?;
                let call = machine.call_function(result, handler, &[value]);
                let thrown = call.err();
                match thrown {
                    None => machine.tell(told, result, true),
                    Some(thrown) => {
                        machine.catch(result, thrown)?;
                        machine.tell(told, result, false)
                    }
                }
            }),
        }
    }

    /// Tells a promise or a capability of a result.
    fn tell(&mut self, told: R, value: R, resolved: bool) -> Outcome {
        match self.type_of(told) {
            Type::Object(_) if resolved => self.resolve_promise(told, value),
            Type::Object(_) => self.reject_promise(told, value),
            _ if self.has_tag(told, tags::CAPABILITY) => self.scoped(|machine| {
                let function = machine.temps(3)?;
                let slot = if resolved { CAPABILITY_RESOLVE } else { CAPABILITY_REJECT };
                machine.registers().load(function, told, slot)?;
                machine.call(function + 1, function, function + 2, &[value])
            }),
            _ => Ok(()),
        }
    }

    /// Runs `handle` with the exception if a call has thrown one.
    pub(crate) fn caught(
        &mut self,
        call: Outcome,
        to: R,
        handle: impl FnOnce(&mut Self, R) -> Outcome,
    ) -> Outcome {
        match call {
            Ok(()) => Ok(()),
            Err(thrown) => {
                self.catch(to, thrown)?;
                handle(self, to)
            }
        }
    }

    /// The two functions that settle a promise, the first of which that is called decides.
    pub(crate) fn resolving_functions(&mut self, resolve: R, reject: R, promise: R) -> Outcome {
        self.scoped(|machine| {
            let data = machine.temp()?;
            machine.registers().alloc(data, Kind::Array, SETTLED_SLOTS, 0)?;
            machine.registers().store(data, SETTLED_PROMISE, promise)?;
            machine.registers().store_value(data, SETTLED, Value::Bool(false))?;
            let codes = machine.promise_codes;
            machine.native_closure(resolve, codes.0, data)?;
            machine.native_closure(reject, codes.1, data)
        })
    }

    fn settle_by_function(&mut self, arguments: Arguments, resolved: bool) -> Outcome<R> {
        let promise = self.temps(2)?;
        let data = promise + 1;
        self.native_data(data, 0)?;
        self.registers().load(promise, data, SETTLED_PROMISE)?;
        if self.registers().peek(data, SETTLED)? != Tagged::TRUE {
            self.registers().store_value(data, SETTLED, Value::Bool(true))?;
            match resolved {
                true => self.resolve_promise(promise, arguments.at(0))?,
                false => self.reject_promise(promise, arguments.at(0))?,
            }
        }
        self.undefined(THIS);
        Ok(THIS)
    }

    pub(crate) fn promise_resolve_function(&mut self, arguments: Arguments) -> Outcome<R> {
        self.settle_by_function(arguments, true)
    }

    pub(crate) fn promise_reject_function(&mut self, arguments: Arguments) -> Outcome<R> {
        self.settle_by_function(arguments, false)
    }
}
