//! How a program ends by an exception that nothing has caught: who is told of it, and what is printed.

mod heads;

use self::heads::Head;
use crate::machine::{Machine, R};
use crate::node::inspect::Style;
use crate::objects::atoms::known;
use crate::objects::class::ObjectKind;
use crate::objects::object::Type;
use crate::program::Finished;
use crate::thrown::{Outcome, Thrown};

/// The exit code when a listener of uncaught exceptions throws.
const IN_LISTENER: i32 = 7;

/// The depth to which an error is shown.
const DEPTH: Option<i64> = Some(5);

impl Machine {
    /// The exit code of a program that has ended with [`Finished::Uncaught`].
    #[must_use]
    pub fn exit_code(&self) -> i32 {
        self.node.failure.code.unwrap_or(1)
    }

    /// Gives an exception to the program's `uncaughtException` listeners; without any, it goes on.
    pub(crate) fn survive(&mut self, outcome: Outcome) -> Outcome {
        let Err(thrown) = outcome else { return Ok(()) };
        let from_promise = std::mem::take(&mut self.node.from_promise);
        let origin = if from_promise { "unhandledRejection" } else { "uncaughtException" };
        let (place, by_node) = (self.thrown_at.clone(), self.node.failure.by_node);
        let head = self.node.failure.head;
        self.scoped(|machine| {
            let exception = machine.temps(2)?;
            machine.catch(exception, thrown)?;
            machine.new_text(exception + 1, origin)?;
            let told = machine.tell_uncaught(exception, exception + 1);
            if let Err(Thrown::Exception | Thrown::Overflow) = &told {
                machine.node.failure.in_listener = true;
                machine.node.failure.head = None;
                machine.node.failure.of_script = false;
            }
            if told? {
                machine.node.failure.head = None;
                machine.node.failure.of_script = false;
                return Ok(());
            }
            let thrown = machine.throw(exception);
            machine.thrown_at = place;
            machine.node.failure.by_node = by_node;
            machine.node.failure.head = head;
            thrown
        })
    }

    fn tell_uncaught(&mut self, exception: R, origin: R) -> Outcome<bool> {
        self.emit_to_listeners("uncaughtExceptionMonitor", &[exception, origin])?;
        if self.node.captures_uncaught {
            self.scoped(|machine| {
                let library = machine.temp()?;
                machine.library(library, "internal/process")?;
                let name = machine.atoms.intern_str("capture");
                machine.call_method(library, library, name, &[exception])
            })?;
            return Ok(true);
        }
        self.emit_to_listeners("uncaughtException", &[exception, origin])
    }

    /// How a program ends by what was thrown.
    pub(crate) fn finish(&mut self, thrown: Thrown) -> Finished {
        match thrown {
            Thrown::Exit(code) => Finished::Exit(code),
            Thrown::OutOfMemory(error) => Finished::OutOfMemory(*error),
            Thrown::Endless => {
                let place = self.thrown_at.take();
                Finished::Endless(place.map(|place| place.name()).unwrap_or_default())
            }
            thrown => match self.finish_uncaught(thrown) {
                Ok(text) => Finished::Uncaught(text),
                Err(Thrown::Exit(code)) => Finished::Exit(code),
                Err(thrown) => Finished::Uncaught(thrown.to_string()),
            },
        }
    }

    fn finish_uncaught(&mut self, thrown: Thrown) -> Outcome<String> {
        self.scoped(|machine| {
            let exception = machine.temp()?;
            machine.catch(exception, thrown)?;
            let head = machine.uncaught_head(exception)?;
            let code = match machine.node.failure.in_listener {
                true => Ok(IN_LISTENER),
                false => machine.emit_exit(Some(1)),
            };
            machine.node.failure.code = Some(match code {
                Ok(code) => code,
                Err(thrown @ Thrown::Exit(_)) => return Err(thrown),
                // What throws here is lost: the program fails already.
                Err(_) => 1,
            });
            // What an error says of itself may throw: then it is told without asking it.
            match machine.uncaught_text(exception, head) {
                Err(Thrown::Exception) => Ok(machine.show_for_error(exception)),
                text => text,
            }
        })
    }

    /// The text of an exception that nothing has caught: where it was thrown, and what it is.
    fn uncaught_text(&mut self, exception: R, head: Option<Head>) -> Outcome<String> {
        if self.kind_of(exception) == Some(ObjectKind::Error) {
            let mut shown = self.inspect_uncaught(exception)?;
            let of_node = head.as_ref().is_some_and(|head| head.of_node);
            // Node's own calls are not there, and without any a stack stands in brackets.
            if (of_node || self.is_syntax_error(exception)?)
                && let Some(inner) = shown.strip_prefix('[')
            {
                let (stack, rest) = match inner.find("] {\n") {
                    Some(at) => (&inner[..at], &inner[at + 1..]),
                    None => (inner.strip_suffix(']').unwrap_or(inner), ""),
                };
                shown = format!("{stack}{rest}");
            }
            let identity = self.registers().identity_hash(exception)?;
            let is_decorated = self.node.failure.decorated == Some(identity);
            return Ok(match head.filter(|_| !is_decorated) {
                Some(Head { text, is_close: true, .. }) => format!("{text}\n{shown}"),
                Some(Head { text, .. }) => format!("{text}\n\n{shown}"),
                None => shown,
            });
        }
        let is_object = self.is_object(exception);
        let shown = match self.type_of(exception) {
            // Node cannot make a text of it.
            Type::Symbol(_) => String::new(),
            _ if is_object => self.inspect_uncaught(exception)?,
            _ => self.string_of(exception)?,
        };
        let hint = match is_object {
            true => "",
            false => "\n(Use `node --trace-uncaught ...` to show where the exception was thrown)",
        };
        Ok(match head {
            Some(Head { text, .. }) if is_object && self.node.failure.of_script => {
                format!("{text}\n\n{shown}")
            }
            Some(Head { text, .. }) => format!("\n{text}\n{shown}{hint}"),
            None => format!("Uncaught:\n{shown}{hint}"),
        })
    }

    /// An error as Node shows it where it ends the program: deeper than elsewhere, and not in a way of its own.
    fn inspect_uncaught(&mut self, error: R) -> Outcome<String> {
        let style = Style { depth: DEPTH, custom: false, ..Style::default() };
        self.inspect_with(error, &style)
    }

    /// Whether an error is one of a text that Node's own code compiles.
    fn is_syntax_error(&mut self, error: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let name = machine.temp()?;
            Ok(machine.plain_property(name, error, known::NAME)?
                && machine.is_string(name)
                && machine.rust_string(name)? == "SyntaxError")
        })
    }
}
