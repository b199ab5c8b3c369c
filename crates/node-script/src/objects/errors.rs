//! Errors: throwing them, and their stacks.

use super::atoms::known;
use super::class::{ClassId, Flags, ObjectKind, internal};
use super::code::Arguments;
use super::descriptor::Found;
use super::layout::{FIELDS, tags};
use super::object::Type;
use super::trace::Skip;
use crate::compile::code::Place;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, THIS, roots};
use crate::thrown::{Outcome, Thrown};

impl Machine {
    /// Throws the value in a register.
    pub(crate) fn throw<T>(&mut self, value: R) -> Outcome<T> {
        self.thrown_at = self.place();
        let inner = self.frames.last().and_then(|frame| self.codes.template(frame.code));
        self.node.failure.by_node = inner.is_some_and(|template| template.of_library());
        self.node.failure.head = None;
        self.store_root(roots::EXCEPTION, value);
        Err(Thrown::Exception)
    }

    /// Throws what Node's own code throws: its head is not the program's line.
    pub(crate) fn throw_by_node<T>(&mut self, value: R) -> Outcome<T> {
        let thrown = self.throw(value);
        self.node.failure.by_node = true;
        thrown
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
            machine.make_error(error, kind, message, true)?;
            machine.mark_node_error(error, text, code)?;
            machine.throw_by_node::<()>(error)
        });
        match thrown {
            Err(thrown) => Err(thrown),
            Ok(()) => Err(Thrown::Exception),
        }
    }

    /// Gives an error of Node's own a code, which its stack shows in brackets behind its name.
    fn mark_node_error(&mut self, error: R, text: R, code: &str) -> Outcome {
        let code_of_text = match self.node.error_to_string {
            Some(code) => code,
            None => self.native_code("toString", 0, node_error_to_string),
        };
        self.node.error_to_string = Some(code_of_text);
        self.undefined(text);
        self.native_closure(text, code_of_text, text)?;
        self.define_named(error, known::TO_STRING, text, Flags::HIDDEN)?;
        self.new_text(text, code)?;
        self.define_named(error, known::CODE, text, Flags::PLAIN)
    }

    pub(crate) fn new_error(&mut self, to: R, kind: ErrorKind, message: &str) -> Outcome {
        self.make_error(to, kind, message, false)
    }

    fn make_error(&mut self, to: R, kind: ErrorKind, message: &str, of_node: bool) -> Outcome {
        let root = match kind {
            ErrorKind::Error => roots::ERROR_PROTOTYPE,
            ErrorKind::TypeError => roots::TYPE_ERROR_PROTOTYPE,
            ErrorKind::ReferenceError => roots::REFERENCE_ERROR_PROTOTYPE,
            ErrorKind::SyntaxError => roots::SYNTAX_ERROR_PROTOTYPE,
            ErrorKind::RangeError => roots::RANGE_ERROR_PROTOTYPE,
            ErrorKind::UriError => roots::URI_ERROR_PROTOTYPE,
            ErrorKind::EvalError => roots::EVAL_ERROR_PROTOTYPE,
        };
        self.scoped(|machine| {
            let (error, text) = (machine.temp()?, machine.temp()?);
            machine.load_root(text, root);
            let id = machine.error_class(text)?;
            machine.new_of(error, id)?;
            machine.new_text(text, message)?;
            machine.keep_trace(error, Skip::Nothing, of_node)?;
            machine.define_named(error, known::MESSAGE, text, Flags::HIDDEN)?;
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

    /// Gives a new error its trace and its message.
    pub(crate) fn begin_error(&mut self, error: R, message: Option<R>, skip: Skip) -> Outcome {
        self.keep_trace(error, skip, false)?;
        match message {
            Some(message) => self.define_named(error, known::MESSAGE, message, Flags::HIDDEN),
            None => Ok(()),
        }
    }

    /// Keeps the calls that run in an object; nothing, if `Error.stackTraceLimit` is no number.
    fn keep_trace(&mut self, object: R, skip: Skip, of_node: bool) -> Outcome {
        self.scoped(|machine| {
            let trace = machine.temp()?;
            if let Some(limit) = machine.stack_trace_limit()? {
                machine.call_sites(trace, limit, skip, of_node)?;
            }
            machine.define_named(object, known::ERROR_STACK, trace, Flags::FIXED)
        })
    }

    /// An error's stack, which is put together when it is first asked for: by `Error.prepareStackTrace`, if the program has
    /// set it.
    pub(crate) fn error_stack(&mut self, to: R, error: R) -> Outcome {
        self.scoped(|machine| {
            let trace = machine.temp()?;
            if machine.own_property(trace, error, known::ERROR_STACK.into())?.is_none() {
                machine.undefined(to);
                return Ok(());
            }
            let of_node = machine.has_tag(trace, tags::NODE_CALL_SITES);
            let of_calls = machine.has_tag(trace, tags::CALL_SITES);
            if of_node || of_calls || machine.type_of(trace) == Type::Hole {
                if !machine.prepared_stack(trace, error)? {
                    let mut text = match of_node {
                        true => machine.node_error_head(error)?,
                        false => machine.whole_error_head(error)?,
                    };
                    text.push_str(&machine.trace_text(trace)?);
                    machine.new_text(trace, &text)?;
                }
                machine.define_named(error, known::ERROR_STACK, trace, Flags::FIXED)?;
            }
            machine.copy(to, trace);
            Ok(())
        })
    }

    /// The lines of a trace's calls.
    fn trace_text(&mut self, trace: R) -> Outcome<String> {
        if self.type_of(trace) == Type::Hole {
            return Ok(String::new());
        }
        self.scoped(|machine| {
            let site = machine.temp()?;
            let mut text = String::new();
            for place in 0..machine.registers().view(trace)?.slot_count() {
                machine.registers().load(site, trace, place)?;
                text.push_str("\n    at ");
                text.push_str(&machine.site_text(site)?);
            }
            Ok(text)
        })
    }

    /// What `Error.prepareStackTrace` makes of an error and its calls, in the place of these; whether there is such a
    /// function, and it is not at work already.
    fn prepared_stack(&mut self, trace: R, error: R) -> Outcome<bool> {
        if self.prepares_stack {
            return Ok(false);
        }
        self.scoped(|machine| {
            let class = machine.temps(3)?;
            let (prepare, sites) = (class + 1, class + 2);
            machine.load_root(class, roots::ERROR);
            let key = machine.atoms.intern_str("prepareStackTrace");
            machine.get_named(prepare, class, key)?;
            if !machine.is_callable(prepare) {
                return Ok(false);
            }
            machine.prepares_stack = true;
            let made = machine.new_call_sites(sites, trace);
            let called = made.and_then(|()| machine.call(trace, prepare, class, &[error, sites]));
            machine.prepares_stack = false;
            called?;
            Ok(true)
        })
    }

    /// `Error.captureStackTrace`: gives any object a stack.
    pub(crate) fn capture_stack(&mut self, object: R, skip: Skip) -> Outcome {
        let Some(id) = self.class_of(object) else { return Ok(()) };
        let found = self.find_own(object, id, known::STACK)?;
        if let Found::Internal(internal::ERROR_STACK, _) = found {
            return self.keep_trace(object, skip, false);
        }
        let class = self.classes.get(id);
        let fits = class.extensible || found.flags().is_some_and(Flags::configurable);
        if !fits || class.kind == ObjectKind::Proxy {
            let text = match class.kind {
                ObjectKind::Proxy => "invalid_argument",
                _ if found == Found::None => {
                    "Cannot define property stack, object is not extensible"
                }
                _ => "Cannot redefine property: stack",
            };
            return self.throw_type_error(text);
        }
        if found != Found::None {
            self.delete(object, known::STACK.into())?;
        }
        self.keep_trace(object, skip, false)?;
        self.add_internal(object, known::STACK, Flags::HIDDEN, internal::ERROR_STACK)
    }

    /// The stack that an object with a name and a message would be given now.
    pub(crate) fn trace_of(&mut self, name: &str, message: &str) -> Outcome<String> {
        self.scoped(|machine| {
            let trace = machine.temp()?;
            let limit = machine.stack_trace_limit()?.unwrap_or(0);
            machine.call_sites(trace, limit, Skip::First, false)?;
            let colon = if message.is_empty() { "" } else { ": " };
            Ok(format!("{name}{colon}{message}{}", machine.trace_text(trace)?))
        })
    }

    /// `Error.stackTraceLimit`; none if a program has set it to what is no number.
    pub(crate) fn stack_trace_limit(&mut self) -> Outcome<Option<usize>> {
        self.scoped(|machine| {
            let (class, value) = (machine.temp()?, machine.temp()?);
            machine.load_root(class, roots::ERROR);
            if !machine.is_object(class) {
                return Ok(Some(10));
            }
            machine.own_property(value, class, known::STACK_TRACE_LIMIT.into())?;
            Ok(match machine.type_of(value) {
                // A limit below nothing, or that is none, is nothing.
                found if found.is_number() => {
                    Some(machine.to_number(value)?.clamp(0.0, 1e6) as usize)
                }
                _ => None,
            })
        })
    }

    /// The first line of the stack of an error of Node's own, which has its code in brackets.
    fn node_error_head(&mut self, error: R) -> Outcome<String> {
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            let code = value + 1;
            machine.plain_property(code, error, known::CODE)?;
            let code = machine.show(code);
            machine.plain_property(value, error, known::NAME)?;
            let name = machine.show(value);
            machine.plain_property(value, error, known::MESSAGE)?;
            let message = machine.show(value);
            Ok(format!("{name} [{code}]: {message}"))
        })
    }

    /// What `Error.prototype.toString` gives of an object.
    pub(crate) fn error_text(&mut self, error: R) -> Outcome<String> {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.get_named(value, error, known::NAME)?;
            let name = match machine.is_undefined(value) {
                true => "Error".to_owned(),
                false => machine.string_of(value)?,
            };
            machine.get_named(value, error, known::MESSAGE)?;
            let message = match machine.is_undefined(value) {
                true => String::new(),
                false => machine.string_of(value)?,
            };
            Ok(joined(name, message))
        })
    }

    /// The first line of an error's stack, for which its getters are called; if one throws, it does without.
    fn whole_error_head(&mut self, error: R) -> Outcome<String> {
        match self.error_text(error) {
            Err(crate::thrown::Thrown::Exception) => {
                self.scoped(|machine| {
                    let thrown = machine.temp()?;
                    machine.take_exception(thrown);
                    Ok(())
                })?;
                self.error_head(error)
            }
            other => other,
        }
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
            Ok(joined(name, message))
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
}

/// An error's name and its message, as far as they are not empty.
fn joined(name: String, message: String) -> String {
    match (name.is_empty(), message.is_empty()) {
        (true, _) => message,
        (false, true) => name,
        (false, false) => format!("{name}: {message}"),
    }
}

/// `toString` of an error of Node's own.
fn node_error_to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let value = machine.temp()?;
    let part = |machine: &mut Machine, name| {
        machine.get_named(value, THIS, name)?;
        machine.string_of(value)
    };
    let name = part(machine, known::NAME)?;
    let code = part(machine, known::CODE)?;
    let message = part(machine, known::MESSAGE)?;
    machine.give_text(&format!("{name} [{code}]: {message}"))
}
