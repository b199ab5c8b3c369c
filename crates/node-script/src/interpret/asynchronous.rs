//! Asynchronous generators and `for await`.
//!
//! An asynchronous generator has a queue of requests, each a promise, a mode and a value; it works on the first until it
//! gives a value or ends.

use super::generator::{Mode, PROMISE, RESUME, STATE};
use super::iterate::Caller;
use crate::machine::{Machine, Native, R, roots};
use crate::objects::atoms::known;
use crate::objects::class::ObjectKind;
use crate::objects::code::{Arguments, NativeCode};
use crate::objects::layout::FIRST;
use crate::thrown::Outcome;
use heap_model::{Kind, Value};

/// Slots of a request.
pub(crate) const REQUEST_PROMISE: usize = 0;
const REQUEST_VALUE: usize = 1;
const REQUEST_MODE: usize = 2;
const REQUEST_NEXT: usize = 3;

/// The places of the functions' codes in the machine's.
const GIVE_RETURNED: usize = 0;
const THROW_RETURNED: usize = 1;
const RESULT_DONE: usize = 2;
const RESULT_MORE: usize = 3;

/// A generator at its end.
const DONE: i32 = -2;

impl Machine {
    /// Makes the codes of the functions by which asynchronous generators are told.
    pub(crate) fn add_async_codes(&mut self) {
        let natives: [Native; 4] = [give_returned, throw_returned, result_done, result_more];
        self.async_codes = natives.map(|call| {
            let code = NativeCode { call, name: known::EMPTY, length: 1, constructor: false };
            self.codes.add_native(code)
        });
    }

    /// Asks an asynchronous generator for its next value; gives a promise.
    pub(crate) fn request(&mut self, to: R, generator: R, mode: Mode, value: R) -> Outcome {
        self.scoped(|machine| {
            let promise = machine.temps(4)?;
            let (request, last, next) = (promise + 1, promise + 2, promise + 3);
            machine.new_promise(promise)?;
            if machine.kind_of(generator) != Some(ObjectKind::AsyncGenerator) {
                let kind = crate::compile::op::ErrorKind::TypeError;
                machine.new_error(request, kind, "next method called on incompatible receiver")?;
                machine.reject_promise(promise, request)?;
                machine.copy(to, promise);
                return Ok(());
            }
            let mode = match mode {
                Mode::Next => 0,
                Mode::Throw => 1,
                Mode::Return => 2,
            };
            let mut registers = machine.registers();
            registers.alloc(request, Kind::Array, 4, 0)?;
            registers.store(request, REQUEST_PROMISE, promise)?;
            registers.store(request, REQUEST_VALUE, value)?;
            registers.store_value(request, REQUEST_MODE, Value::Smi(mode))?;
            registers.load(last, generator, PROMISE)?;
            if registers.get(last).is_cell() {
                // It works on another: this one waits.
                loop {
                    registers.load(next, last, REQUEST_NEXT)?;
                    if !registers.get(next).is_cell() {
                        break;
                    }
                    registers.copy(last, next);
                }
                registers.store(last, REQUEST_NEXT, request)?;
            } else {
                registers.store(generator, PROMISE, request)?;
                machine.work_on_requests(generator)?;
            }
            machine.copy(to, promise);
            Ok(())
        })
    }

    /// Lets the generator work on its first request, and on those behind that need no code of its own.
    pub(crate) fn work_on_requests(&mut self, generator: R) -> Outcome {
        loop {
            let more = self.scoped(|machine| {
                let request = machine.temps(3)?;
                let (value, result) = (request + 1, request + 2);
                let mut registers = machine.registers();
                registers.load(request, generator, PROMISE)?;
                if !registers.get(request).is_cell() {
                    return Ok(false);
                }
                registers.load(value, request, REQUEST_VALUE)?;
                let mode = match registers.peek(request, REQUEST_MODE)?.as_smi() {
                    Some(1) => Mode::Throw,
                    Some(2) => Mode::Return,
                    _ => Mode::Next,
                };
                let state = registers.peek(generator, STATE)?.as_smi().unwrap_or(DONE);
                let start = registers.peek(generator, RESUME)?.as_smi() == Some(-1);
                if state != DONE && start && mode != Mode::Next {
                    machine.end_generator(generator)?;
                } else if state != DONE {
                    machine.resume(result, generator, mode, value)?;
                    // Where it was put aside at a value, or has ended, the next request is due.
                    return machine.is_ready(generator);
                }
                match mode {
                    Mode::Next => {
                        machine.undefined(value);
                        machine.finish_request(generator, value, false, true)?;
                    }
                    Mode::Throw => machine.finish_request(generator, value, true, true)?,
                    Mode::Return => {
                        // What is returned is waited for; the request is told then.
                        return machine.return_done(generator, value);
                    }
                }
                Ok(true)
            })?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Whether a generator waits for a request, not for a promise.
    pub(crate) fn is_ready(&mut self, generator: R) -> Outcome<bool> {
        let state = self.registers().peek(generator, STATE)?.as_smi().unwrap_or(DONE);
        if state == DONE {
            return Ok(true);
        }
        self.scoped(|machine| {
            let function = machine.temp()?;
            machine.registers().load(function, generator, super::generator::FUNCTION)?;
            let id = machine.code_of(function).unwrap_or(0);
            let Some(template) = machine.codes.template(id).cloned() else { return Ok(false) };
            Ok(machine.is_yield(&template, state))
        })
    }

    /// `return` of a generator at its end: the value is awaited, then given.
    fn return_done(&mut self, generator: R, value: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let promise = machine.temps(4)?;
            let (yes, no, told) = (promise + 1, promise + 2, promise + 3);
            if let Err(thrown) = machine.promise_resolve(promise, value) {
                machine.catch(promise, thrown)?;
                machine.finish_request(generator, promise, true, true)?;
                return Ok(true);
            }
            for (function, which) in [(yes, GIVE_RETURNED), (no, THROW_RETURNED)] {
                let code = machine.async_codes[which];
                machine.native_closure(function, code, generator)?;
            }
            machine.perform_then(promise, yes, no, told)?;
            Ok(false)
        })
    }

    /// Settles the first request, and takes it off the queue.
    pub(crate) fn finish_request(
        &mut self,
        generator: R,
        value: R,
        thrown: bool,
        done: bool,
    ) -> Outcome {
        self.scoped(|machine| {
            let request = machine.temps(3)?;
            let (promise, result) = (request + 1, request + 2);
            let mut registers = machine.registers();
            registers.load(request, generator, PROMISE)?;
            if !registers.get(request).is_cell() {
                return Ok(());
            }
            registers.load(promise, request, REQUEST_PROMISE)?;
            registers.load(result, request, REQUEST_NEXT)?;
            registers.store(generator, PROMISE, result)?;
            if thrown {
                machine.reject_promise(promise, value)
            } else {
                machine.new_result(result, value, done)?;
                machine.resolve_promise(promise, result)
            }
        })
    }

    /// Gives a value out of an asynchronous generator: the first request gets it.
    pub(crate) fn yield_async(&mut self, generator: R, to: R, from: R) -> Outcome {
        self.finish_request(generator, from, false, false)?;
        self.put_aside(generator, to as i32)?;
        let result = self.size() - 1;
        self.undefined(result);
        self.leave_frame(result)
    }

    // -- for await ----------------------------------------------------------------------------------------------

    /// The asynchronous iterator of a value in `to`, its `next` behind; a synchronous one is wrapped.
    pub(crate) fn get_async_iterator(&mut self, to: R, value: R) -> Outcome {
        self.scoped(|machine| {
            let method = machine.temps(3)?;
            let iterator = method + 1;
            machine.get_named(method, value, known::ASYNC_ITERATOR)?;
            if machine.is_nullish(method) {
                machine.get_iterator_of(iterator, value, Caller::ForAwait)?;
                machine.wrap_iterator(method, iterator)?;
                machine.copy(iterator, method);
            } else {
                machine.call(iterator, method, value, &[])?;
                if !machine.is_object(iterator) {
                    let text = "Result of the Symbol.asyncIterator method is not an object";
                    return machine.throw_type_error(text);
                }
            }
            machine.get_named(method, iterator, known::NEXT)?;
            machine.copy(to, iterator);
            machine.copy(to + 1, method);
            Ok(())
        })
    }

    /// An asynchronous iterator over a synchronous one and its `next`, which lie in a row.
    fn wrap_iterator(&mut self, to: R, iterator: R) -> Outcome {
        let root = roots::ASYNC_FROM_SYNC_PROTOTYPE;
        self.new_kind(to, root, ObjectKind::AsyncFromSync, FIRST + 2)?;
        let mut registers = self.registers();
        registers.store(to, FIRST, iterator)?;
        Ok(registers.store(to, FIRST + 1, iterator + 1)?)
    }

    /// Calls a method of the synchronous iterator, and gives a promise of its result with the value waited for.
    pub(crate) fn async_from_sync(
        &mut self,
        to: R,
        wrapper: R,
        mode: Mode,
        value: R,
        given: bool,
    ) -> Outcome {
        self.scoped(|machine| {
            let promise = machine.temps(6)?;
            let (iterator, method, result, done, waited) =
                (promise + 1, promise + 2, promise + 3, promise + 4, promise + 5);
            machine.new_promise(promise)?;
            machine.registers().load(iterator, wrapper, FIRST)?;
            let step = machine.scoped(|machine| {
                match mode {
                    Mode::Next => machine.registers().load(method, wrapper, FIRST + 1)?,
                    Mode::Throw => machine.get_named(method, iterator, known::THROW)?,
                    Mode::Return => machine.get_named(method, iterator, known::RETURN)?,
                }
                if machine.is_nullish(method) {
                    if mode == Mode::Throw {
                        machine.close_iterator(iterator)?;
                        let text = "The iterator does not provide a 'throw' method.";
                        return machine.throw_type_error(text);
                    }
                    machine.new_result(result, value, true)?;
                } else if given {
                    machine.call(result, method, iterator, &[value])?;
                } else {
                    machine.call(result, method, iterator, &[])?;
                }
                machine.check_result(result)?;
                machine.get_named(done, result, known::DONE)?;
                let is_done = machine.to_boolean(done);
                machine.get_named(waited, result, known::VALUE)?;
                machine.promise_resolve(waited, waited)?;
                machine.unwrap_result(result, waited, is_done)
            });
            match step {
                Ok(()) => machine.copy(to, result),
                Err(thrown) => {
                    machine.catch(result, thrown)?;
                    machine.reject_promise(promise, result)?;
                    machine.copy(to, promise);
                }
            }
            Ok(())
        })
    }

    /// A promise of a result, once its value is there.
    fn unwrap_result(&mut self, to: R, waited: R, done: bool) -> Outcome {
        self.scoped(|machine| {
            let function = machine.temps(2)?;
            let nothing = function + 1;
            let code = machine.async_codes[if done { RESULT_DONE } else { RESULT_MORE }];
            machine.native_closure(function, code, nothing)?;
            machine.new_promise(to)?;
            machine.perform_then(waited, function, nothing, to)
        })
    }
}

fn returned(machine: &mut Machine, arguments: Arguments, thrown: bool) -> Outcome<R> {
    let generator = machine.temp()?;
    machine.native_data(generator, 0)?;
    machine.finish_request(generator, arguments.at(0), thrown, true)?;
    machine.work_on_requests(generator)?;
    machine.give_undefined()
}

fn give_returned(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    returned(machine, arguments, false)
}

fn throw_returned(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    returned(machine, arguments, true)
}

fn result_done(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.new_result(0, arguments.at(0), true)?;
    Ok(0)
}

fn result_more(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.new_result(0, arguments.at(0), false)?;
    Ok(0)
}
