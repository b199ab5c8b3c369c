//! Errors: throwing them, and their stacks.

use super::atoms::known;
use super::class::{ClassId, Flags, ObjectKind, internal};
use super::layout::{FIELDS, tag, tags};
use crate::compile::code::Place;
use crate::compile::op::ErrorKind;
use crate::interpret::frame::{CONSTRUCT, Frame, describe};
use crate::machine::{CALLEE, Machine, R, THIS, roots};
use crate::thrown::{Outcome, Thrown};
use heap_model::{Kind, Value};

/// Slots of a call in an error's trace (V8's `CallSiteInfo`).
const SITE_RECEIVER: usize = 0;
const SITE_FUNCTION: usize = 1;
const SITE_PLACE: usize = 2;
const SITE_FLAGS: usize = 3;
const SITE_SLOTS: usize = 5;

impl Machine {
    /// Throws the value in a register.
    pub(crate) fn throw<T>(&mut self, value: R) -> Outcome<T> {
        self.thrown_at = self.place();
        self.store_root(roots::EXCEPTION, value);
        Err(Thrown::Exception)
    }

    /// The program has taken as many rounds of loops and jobs as it may.
    #[cold]
    pub(crate) fn out_of_steps(&mut self) -> Outcome {
        self.steps = 1;
        self.thrown_at = self.place();
        Err(Thrown::Endless)
    }

    /// Counts a job.
    pub(crate) fn take_step(&mut self) -> Outcome {
        self.steps -= 1;
        if self.steps == 0 { self.out_of_steps() } else { Ok(()) }
    }

    /// Where the innermost call of JavaScript is.
    pub(crate) fn place(&self) -> Option<Place> {
        self.calls().rfind(|(template, _)| !template.of_library()).map(|(template, frame)| {
            let at = template.place((frame.pc as usize).saturating_sub(1));
            Place { source: template.source.clone(), line: at.line, column: at.column, width: 1 }
        })
    }

    /// Takes what was thrown.
    pub(crate) fn take_exception(&mut self, to: R) {
        self.load_root(to, roots::EXCEPTION);
        let roots = self.roots;
        let mut registers = self.registers();
        // Nothing else keeps it.
        if let Ok(()) = registers.resize(registers.size() + 1) {
            let nothing = registers.size() - 1;
            registers.copy_to(roots, self::roots::EXCEPTION, nothing);
            let _ = registers.resize(nothing);
        }
    }

    pub(crate) fn throw_type_error<T>(&mut self, message: &str) -> Outcome<T> {
        self.throw_error(ErrorKind::TypeError, message)
    }

    pub(crate) fn throw_range_error<T>(&mut self, message: &str) -> Outcome<T> {
        self.throw_error(ErrorKind::RangeError, message)
    }

    pub(crate) fn throw_error<T>(&mut self, kind: ErrorKind, message: &str) -> Outcome<T> {
        let thrown = self.scoped(|machine| {
            let error = machine.temp()?;
            machine.new_error(error, kind, message)?;
            machine.throw::<()>(error)
        });
        match thrown {
            Err(thrown) => Err(thrown),
            Ok(()) => Err(Thrown::Exception),
        }
    }

    /// Throws an error of Node's, with a code.
    pub(crate) fn throw_node_error<T>(
        &mut self,
        kind: ErrorKind,
        code: &str,
        message: &str,
    ) -> Outcome<T> {
        let thrown = self.scoped(|machine| {
            let (error, text) = (machine.temp()?, machine.temp()?);
            machine.new_error(error, kind, message)?;
            machine.mark_node_error(error, text, code)?;
            machine.throw::<()>(error)
        });
        match thrown {
            Err(thrown) => Err(thrown),
            Ok(()) => Err(Thrown::Exception),
        }
    }

    /// Gives an error a code, which its stack shows in brackets behind its name.
    fn mark_node_error(&mut self, error: R, text: R, code: &str) -> Outcome {
        self.new_text(text, code)?;
        self.define_named(error, known::CODE, text, Flags::PLAIN)?;
        self.error_stack(text, error)?;
        if self.is_string(text) {
            let stack = self.rust_string(text)?;
            if let Some(colon) = stack.find(':') {
                let marked = format!("{} [{code}]{}", &stack[..colon], &stack[colon..]);
                self.new_text(text, &marked)?;
                self.define_named(error, known::ERROR_STACK, text, Flags::FIXED)?;
            }
        }
        Ok(())
    }

    pub(crate) fn new_error(&mut self, to: R, kind: ErrorKind, message: &str) -> Outcome {
        let root = match kind {
            ErrorKind::Error => roots::ERROR_PROTOTYPE,
            ErrorKind::TypeError => roots::TYPE_ERROR_PROTOTYPE,
            ErrorKind::ReferenceError => roots::REFERENCE_ERROR_PROTOTYPE,
            ErrorKind::SyntaxError => roots::SYNTAX_ERROR_PROTOTYPE,
            ErrorKind::RangeError => roots::RANGE_ERROR_PROTOTYPE,
            ErrorKind::UriError => roots::URI_ERROR_PROTOTYPE,
        };
        self.scoped(|machine| {
            let (error, text) = (machine.temp()?, machine.temp()?);
            machine.load_root(text, root);
            let id = machine.error_class(text)?;
            machine.new_of(error, id)?;
            machine.new_text(text, message)?;
            machine.begin_error(error, Some(text), 0)?;
            machine.copy(to, error);
            Ok(())
        })
    }

    /// The class of errors with a prototype: their stack comes first among their properties, and is put together when
    /// it is first read.
    pub(crate) fn error_class(&mut self, prototype: R) -> Outcome<ClassId> {
        let kind = ObjectKind::Error;
        let id = self.kind_class(prototype, kind, heap_model::Kind::Object, FIELDS, 3)?;
        if self.classes.get(id).find(known::STACK).is_none() {
            self.classes.add_internal(id, known::STACK, Flags::HIDDEN, internal::ERROR_STACK);
        }
        Ok(id)
    }

    /// Gives a new error its trace, without the innermost `skip` calls, and its message.
    pub(crate) fn begin_error(&mut self, error: R, message: Option<R>, skip: usize) -> Outcome {
        self.scoped(|machine| {
            let trace = machine.temp()?;
            let limit = machine.stack_trace_limit()?;
            machine.call_sites(trace, limit, skip)?;
            machine.define_named(error, known::ERROR_STACK, trace, Flags::FIXED)?;
            match message {
                Some(message) => {
                    machine.define_named(error, known::MESSAGE, message, Flags::HIDDEN)
                }
                None => Ok(()),
            }
        })
    }

    /// The calls that run, but for the innermost `skip`, as V8 keeps them until an error's stack is read: who is called on
    /// what, and where (`CallSiteInfo`). Undefined if there are none.
    fn call_sites(&mut self, to: R, limit: usize, skip: usize) -> Outcome {
        let frames = self.frames.iter().rev().skip(skip).take(limit);
        let calls: Vec<_> =
            frames.map(|frame| (frame.window, frame.pc, frame.has(CONSTRUCT))).collect();
        if calls.is_empty() {
            self.undefined(to);
            return Ok(());
        }
        self.scoped(|machine| {
            let list = machine.temps(3)?;
            let (site, value) = (list + 1, list + 2);
            let mut registers = machine.registers();
            registers.alloc_tagged(list, Kind::Array, tag(tags::CALL_SITES), calls.len(), 0)?;
            for (place, (window, pc, construct)) in calls.into_iter().enumerate() {
                registers.alloc_tagged(site, Kind::Array, tag(tags::CALL_SITE), SITE_SLOTS, 0)?;
                for (slot, register) in [(SITE_FUNCTION, CALLEE), (SITE_RECEIVER, THIS)] {
                    registers.copy_from(value, window, register);
                    registers.store(site, slot, value)?;
                }
                registers.store_value(site, SITE_PLACE, Value::Smi(pc as i32))?;
                registers.store_value(site, SITE_FLAGS, Value::Smi(i32::from(construct)))?;
                registers.store(list, place, site)?;
            }
            registers.copy(to, list);
            Ok(())
        })
    }

    /// The lines of a trace's calls; of one that was read already, its text.
    fn trace_text(&mut self, trace: R) -> Outcome<Option<String>> {
        if self.is_string(trace) {
            return Ok(None);
        }
        let mut text = String::new();
        if !self.has_tag(trace, tags::CALL_SITES) {
            return Ok(Some(text));
        }
        self.scoped(|machine| {
            let site = machine.temps(2)?;
            let function = site + 1;
            let count = machine.registers().view(trace)?.slot_count();
            for place in 0..count {
                let mut registers = machine.registers();
                registers.load(site, trace, place)?;
                registers.load(function, site, SITE_FUNCTION)?;
                let pc = registers.peek(site, SITE_PLACE)?.as_smi().unwrap_or(0) as u32;
                let construct = registers.peek(site, SITE_FLAGS)?.as_smi() == Some(1);
                let code = machine.code_of(function);
                if let Some(template) = code.and_then(|code| machine.codes.template(code)) {
                    text.push_str("\n    at ");
                    text.push_str(&describe(template, pc, construct));
                }
            }
            Ok(())
        })?;
        Ok(Some(text))
    }

    /// An error's stack: its first line is what the error is named when it is first asked for.
    pub(crate) fn error_stack(&mut self, to: R, error: R) -> Outcome {
        self.scoped(|machine| {
            let trace = machine.temp()?;
            if machine.own_property(trace, error, known::ERROR_STACK.into())?.is_none() {
                machine.undefined(to);
                return Ok(());
            }
            if let Some(text) = machine.trace_text(trace)? {
                let head = machine.error_head(error)?;
                machine.new_text(trace, &format!("{head}{text}"))?;
                machine.define_named(error, known::ERROR_STACK, trace, Flags::FIXED)?;
            }
            machine.copy(to, trace);
            Ok(())
        })
    }

    /// `Error.captureStackTrace`: gives any object a stack.
    pub(crate) fn capture_stack(&mut self, object: R) -> Outcome {
        self.scoped(|machine| {
            let stack = machine.temp()?;
            let limit = machine.stack_trace_limit()?;
            let head = machine.error_head(object)?;
            let trace = machine.trace(limit, 0);
            machine.new_text(stack, &format!("{head}{trace}"))?;
            machine.define_named(object, known::STACK, stack, Flags::HIDDEN)
        })
    }

    /// `Error.stackTraceLimit`, which a program may set to anything.
    fn stack_trace_limit(&mut self) -> Outcome<usize> {
        self.scoped(|machine| {
            let (class, value) = (machine.temp()?, machine.temp()?);
            machine.load_root(class, roots::ERROR_PROTOTYPE);
            if !machine.is_object(class) {
                return Ok(10);
            }
            machine.own_property(class, class, known::CONSTRUCTOR.into())?;
            machine.own_property(value, class, known::STACK_TRACE_LIMIT.into())?;
            Ok(machine.registers().smi(value).map_or(0, |limit| limit.max(0) as usize))
        })
    }

    /// The first line of an error's stack, without running code of the program.
    pub(crate) fn error_head(&mut self, error: R) -> Outcome<String> {
        self.scoped(|machine| {
            let value = machine.temp()?;
            let read = |machine: &mut Self, key| -> Outcome<Option<String>> {
                if !machine.plain_property(value, error, key)? {
                    return Ok(None);
                }
                match machine.is_string(value) {
                    true => Ok(Some(machine.rust_string(value)?)),
                    false => Ok(None),
                }
            };
            let name = read(machine, known::NAME)?.unwrap_or_else(|| "Error".to_owned());
            let message = read(machine, known::MESSAGE)?.unwrap_or_default();
            Ok(match (name.is_empty(), message.is_empty()) {
                (true, _) => message,
                (false, true) => name,
                (false, false) => format!("{name}: {message}"),
            })
        })
    }

    /// A property that is found along the prototypes without calling anything; whether there is one.
    pub(crate) fn plain_property(
        &mut self,
        to: R,
        object: R,
        key: super::atoms::Atom,
    ) -> Outcome<bool> {
        self.scoped(|machine| {
            let (holder, value) = (machine.temp()?, machine.temp()?);
            machine.copy(holder, object);
            while let Some(id) = machine.class_of(holder) {
                if let Some(flags) = machine.own_property(value, holder, key.into())? {
                    machine.copy(to, value);
                    return Ok(!flags.is_accessor());
                }
                machine.class_prototype(holder, id)?;
            }
            Ok(false)
        })
    }

    /// The innermost calls that an error's trace does not show: those of the constructors that make it, up to the class
    /// that was called with `new`.
    pub(crate) fn constructors_of(&mut self, new_target: R) -> usize {
        let code = self.code_of(new_target);
        let constructors = self.frames.iter().rev().take_while(|frame| frame.has(CONSTRUCT));
        let own = |frame: &Frame| Some(frame.code) == code;
        constructors.enumerate().find(|(_, frame)| own(frame)).map_or(0, |(place, _)| place + 1)
    }

    /// The calls that run, but for the innermost `skip`, as lines of a stack trace.
    pub(crate) fn trace(&mut self, limit: usize, skip: usize) -> String {
        let mut text = String::new();
        let calls = self.calls().rev().skip(skip);
        for (template, frame) in calls.filter(|(template, _)| !template.of_library()).take(limit) {
            text.push_str("\n    at ");
            text.push_str(&describe(template, frame.pc, frame.has(CONSTRUCT)));
        }
        text
    }
}
