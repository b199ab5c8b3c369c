//! Generators and asynchronous functions: frames whose registers lie in the heap while they are put aside (V8's
//! `JSGeneratorObject`).
//!
//! The object has its function, an array of registers, the instruction at which it goes on, and the register that then
//! gets a value. One that goes on is a frame like others; its registers are copied back.

use super::frame::{Frame, NESTED, RESUMED};
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::class::ObjectKind;
use crate::objects::code::Code;
use crate::objects::layout::tag;
use crate::objects::layout::{FIRST, SHARED, tags};
use crate::thrown::{Outcome, Thrown};
use heap_model::{Kind, Value};

/// Slots of a generator's object.
pub(crate) const FUNCTION: usize = FIRST;
pub(crate) const REGISTERS: usize = FIRST + 1;
/// The next instruction, or [`RUNNING`], or [`DONE`].
pub(crate) const STATE: usize = FIRST + 2;
/// The register for what it is given, or -1 at its start; while it runs, and at its end, what it was given last.
pub(crate) const RESUME: usize = FIRST + 3;
/// Of an asynchronous function, its promise; of an asynchronous generator, its requests.
pub(crate) const PROMISE: usize = FIRST + 4;
/// Its `this`.
pub(crate) const RECEIVER: usize = FIRST + 5;
/// The context that it was in last, if it made some.
const CONTEXT: usize = FIRST + 6;
pub(crate) const SLOTS: usize = FIRST + 7;
/// Slots of an asynchronous function's object, and of an asynchronous generator's (V8's `JSAsyncFunctionObject` and
/// `JSAsyncGeneratorObject`).
const ASYNC_SLOTS: usize = SLOTS + 1;
const ASYNC_GENERATOR_SLOTS: usize = SLOTS + 2;

/// The function and `this`, which have slots of their own.
const KEPT: usize = 2;

const RUNNING: i32 = -1;
const DONE: i32 = -2;

/// How a generator goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Next,
    Throw,
    Return,
}

impl Machine {
    /// The register of the running frame that has its generator.
    fn generator_register(&self) -> Option<R> {
        self.running()?.template.generator.map(usize::from)
    }

    fn generator_state(&mut self, generator: R) -> i32 {
        let registers = self.registers();
        registers.peek(generator, STATE).ok().and_then(|state| state.as_smi()).unwrap_or(DONE)
    }

    fn set_generator_state(&mut self, generator: R, state: i32) -> Outcome {
        Ok(self.registers().store_value(generator, STATE, Value::Smi(state))?)
    }

    /// Makes the running function's generator, and returns it.
    pub(crate) fn begin_generator(&mut self, to: R) -> Outcome {
        let is_async = self.running().is_some_and(|code| code.template.is_async);
        let kind = if is_async { ObjectKind::AsyncGenerator } else { ObjectKind::Generator };
        self.scoped(|machine| {
            let prototype = machine.temp()?;
            machine.function_prototype(prototype, 0)?;
            if !machine.is_object(prototype) {
                let root = match is_async {
                    true => roots::ASYNC_GENERATOR_PROTOTYPE,
                    false => roots::GENERATOR_PROTOTYPE,
                };
                machine.load_root(prototype, root);
            }
            let id = {
                let slots = if is_async { ASYNC_GENERATOR_SLOTS } else { SLOTS };
                machine.kind_class(prototype, kind, Kind::Object, slots, 0)?
            };
            machine.new_of(to, id)?;
            machine.registers().store(to, FUNCTION, 0)?;
            Ok(())
        })?;
        self.put_aside(to, -1)?;
        self.leave_frame(to)
    }

    /// Copies the frame's registers into its generator's array.
    pub(crate) fn put_aside(&mut self, generator: R, resume: i32) -> Outcome {
        let pc = self.frames.innermost().pc as i32;
        let Some(Code { template, .. }) = self.running() else { return Ok(()) };
        let (kept, room) = (usize::from(template.kept), usize::from(template.room));
        let context = match template.is_generator {
            true => template.contexts.binary_search_by_key(&(pc - 1), |at| at.0 as i32).ok(),
            false => None,
        };
        let context = context.map(|place| usize::from(template.contexts[place].1));
        self.scoped(|machine| {
            let array = machine.temp()?;
            let mut registers = machine.registers();
            registers.load(array, generator, REGISTERS)?;
            if !registers.get(array).is_cell() {
                registers.alloc_tagged(array, Kind::Array, tag(tags::PROPERTIES), room, 0)?;
                registers.store(generator, REGISTERS, array)?;
            }
            registers.store_range(array, 0, KEPT, kept - KEPT)?;
            registers.store(generator, RECEIVER, THIS)?;
            if let Some(context) = context {
                registers.store(generator, CONTEXT, context)?;
            }
            registers.store_value(generator, RESUME, Value::Smi(resume))?;
            Ok(registers.store_value(generator, STATE, Value::Smi(pc))?)
        })
    }

    /// Ends the innermost frame for now or for good, with a result for its caller.
    pub(crate) fn leave_frame(&mut self, from: R) -> Outcome {
        if let Some(frame) = self.frames.pop() {
            let (caller, to) = (frame.caller, frame.to as usize);
            self.ended_nested = frame.has(NESTED);
            self.registers().pop_with(from, caller, to);
        }
        Ok(())
    }

    /// Gives a value out; it goes on with what it is given in `to`.
    pub(crate) fn yield_from(&mut self, to: R, from: R, wrap: bool) -> Outcome {
        let Some(generator) = self.generator_register() else { return Ok(()) };
        let is_async = self.running().is_some_and(|code| code.template.is_async);
        if is_async {
            return self.yield_async(generator, to, from);
        }
        let result = self.size() - 1;
        if wrap {
            self.new_result(result, from, false)?;
        } else {
            self.copy(result, from);
        }
        self.put_aside(generator, to as i32)?;
        self.leave_frame(result)
    }

    /// The result of a generator that returns.
    pub(crate) fn finish_generator(&mut self, from: R) -> Outcome<R> {
        let Some(generator) = self.generator_register() else { return Ok(from) };
        self.end_generator(generator)?;
        let result = self.size() - 1;
        self.new_result(result, from, true)?;
        Ok(result)
    }

    /// A generator at its end refers to its function, its `this`, its parameters, the context that it was in last, and what it
    /// was given last; of its other registers V8 has taken the values when it went on (`ResumeGenerator`).
    pub(crate) fn end_generator(&mut self, generator: R) -> Outcome {
        self.set_generator_state(generator, DONE)?;
        if self.kind_of(generator) == Some(ObjectKind::AsyncFunction) {
            return Ok(self.registers().store_value(generator, REGISTERS, Value::Undefined)?);
        }
        let list = self.codes.list.clone();
        self.scoped(|machine| {
            let array = machine.temp()?;
            machine.registers().load(array, generator, FUNCTION)?;
            let code = machine.code_of(array).and_then(|id| list.code(id));
            let parameters = code.map_or(0, |code| usize::from(code.template.parameters));
            let mut registers = machine.registers();
            registers.load(array, generator, REGISTERS)?;
            let room = registers.get(array).view().map_or(0, |cell| cell.slot_count());
            (parameters..room)
                .try_for_each(|place| registers.store_value(array, place, Value::Undefined))?;
            Ok(())
        })
    }

    /// The innermost frame is left by an exception: if it is a generator's, that is at its end.
    pub(crate) fn abandon_generator(&mut self) -> Outcome {
        let resumed = self.frames.last().is_some_and(|frame| frame.has(RESUMED));
        if resumed && let Some(generator) = self.generator_register() {
            self.end_generator(generator)?;
        }
        Ok(())
    }

    /// Lets a generator go on, up to where it gives the next value, returns or throws; the result is an object.
    pub(crate) fn resume_generator(
        &mut self,
        to: R,
        generator: R,
        mode: Mode,
        value: R,
    ) -> Outcome {
        match self.generator_state(generator) {
            RUNNING => return self.throw_type_error("Generator is already running"),
            DONE => return self.resume_done(to, mode, value),
            _ => {}
        }
        let start = self.registers().peek(generator, RESUME)?.as_smi() == Some(-1);
        if start && mode != Mode::Next {
            self.end_generator(generator)?;
            self.registers().store(generator, RESUME, value)?;
            return self.resume_done(to, mode, value);
        }
        self.resume(to, generator, mode, value)
    }

    fn resume_done(&mut self, to: R, mode: Mode, value: R) -> Outcome {
        match mode {
            Mode::Throw => self.throw(value),
            Mode::Return => self.new_result(to, value, true),
            Mode::Next => self.scoped(|machine| {
                let nothing = machine.temp()?;
                machine.new_result(to, nothing, true)
            }),
        }
    }

    /// Lets what was put aside go on.
    pub(crate) fn resume(&mut self, to: R, generator: R, mode: Mode, value: R) -> Outcome {
        let depth = self.frames.len();
        let list = self.codes.list.clone();
        let (id, pc, register) = self.scoped(|machine| {
            let function = machine.temp()?;
            machine.registers().load(function, generator, FUNCTION)?;
            let id = machine.code_of(function).unwrap_or(0);
            if list.code(id).is_none() {
                machine.registers().load(function, function, SHARED)?;
                machine.install(function, id)?;
            }
            let pc = machine.generator_state(generator);
            let register = machine.registers().peek(generator, RESUME)?.as_smi().unwrap_or(0);
            Ok((id, pc, register))
        })?;
        let Some(code) = list.code(id) else { return Ok(()) };
        self.set_generator_state(generator, RUNNING)?;
        // What it was given last stays with it until it waits again (V8's `input_or_debug_pos`).
        self.registers().store(generator, RESUME, value)?;
        let size = usize::from(code.template.registers);
        let mut registers = self.registers();
        let caller = registers.call_copying(generator, 1, size + 1)?;
        registers.load(size, 0, REGISTERS)?;
        registers.load(THIS, 0, RECEIVER)?;
        let kept = usize::from(code.template.kept);
        registers.load_range(KEPT, size, 0, kept - KEPT)?;
        registers.load(0, 0, FUNCTION)?;
        registers.set_undefined(size);
        let window = registers.window();
        if register >= 0 && mode != Mode::Throw {
            let register = register as usize;
            registers.copy_from(register, caller, value);
            if code.template.is_generator && self.is_yield(&code.template, pc) {
                self.registers().set_bool(register + 1, mode == Mode::Return);
            }
        }
        if mode == Mode::Throw {
            let roots = self.roots;
            let mut registers = self.registers();
            registers.copy_from(size, caller, value);
            registers.copy_to(roots, roots::EXCEPTION, size);
            registers.set_undefined(size);
        }
        self.frames.push(Frame {
            code: id,
            pc: pc as u32,
            window,
            caller,
            given: caller,
            base: 0,
            count: 0,
            to: to as u32,
            flags: NESTED | RESUMED,
        });
        if mode == Mode::Throw {
            self.unwind(Thrown::Exception, depth)?;
        }
        self.nested_run(depth)
    }

    /// Whether the instruction before is one that gives a value out.
    pub(crate) fn is_yield(&self, template: &crate::compile::code::Template, pc: i32) -> bool {
        use crate::compile::op::Op;
        let op = template.ops.get((pc - 1).max(0) as usize);
        matches!(op, Some(Op::Yield { .. } | Op::YieldResult { .. }))
    }

    fn nested_run(&mut self, depth: usize) -> Outcome {
        self.waited_for(|machine| machine.run(depth))
    }

    // -- asynchronous functions ---------------------------------------------------------------------------------

    /// Makes the object and the promise of the running asynchronous function.
    pub(crate) fn begin_async(&mut self, to: R) -> Outcome {
        self.scoped(|machine| {
            let promise = machine.temp()?;
            machine.new_promise(promise)?;
            let root = roots::OBJECT_PROTOTYPE;
            machine.new_kind(to, root, ObjectKind::AsyncFunction, ASYNC_SLOTS)?;
            let mut registers = machine.registers();
            registers.store(to, FUNCTION, 0)?;
            registers.store(to, PROMISE, promise)?;
            Ok(registers.store_value(to, STATE, Value::Smi(RUNNING))?)
        })
    }

    /// Waits for a value, which then goes to `to`.
    pub(crate) fn await_value(&mut self, to: R, from: R) -> Outcome {
        let Some(generator) = self.generator_register() else {
            return self.throw_type_error("await outside of a function is not supported");
        };
        self.scoped(|machine| {
            let promise = machine.temp()?;
            machine.promise_resolve(promise, from)?;
            machine.await_promise(promise, generator)
        })?;
        self.put_aside(generator, to as i32)?;
        self.leave_async(generator)
    }

    /// Ends an asynchronous function, or its request, with a value or an exception.
    pub(crate) fn end_async(&mut self, from: R, thrown: bool) -> Outcome {
        let Some(generator) = self.generator_register() else { return Ok(()) };
        let is_generator = self.running().is_some_and(|code| code.template.is_generator);
        self.end_generator(generator)?;
        if is_generator {
            self.finish_request(generator, from, thrown, true)?;
            self.leave_frame(from)?;
            return Ok(());
        }
        self.scoped(|machine| {
            let promise = machine.temp()?;
            machine.registers().load(promise, generator, PROMISE)?;
            match thrown {
                true => machine.reject_promise(promise, from),
                false => machine.resolve_promise(promise, from),
            }
        })?;
        self.leave_async(generator)
    }

    /// The caller of an asynchronous function gets its promise, the first time that it is left.
    fn leave_async(&mut self, generator: R) -> Outcome {
        let result = self.size() - 1;
        let is_generator = self.running().is_some_and(|code| code.template.is_generator);
        if is_generator {
            self.undefined(result);
        } else {
            self.registers().load(result, generator, PROMISE)?;
        }
        self.leave_frame(result)
    }
}
