//! How a program ends by an exception that nothing has caught: who is told of it, and what is printed.

use crate::compile::code::{Place, SourceText};
use crate::machine::{Machine, R};
use crate::node::inspect::Style;
use crate::objects::atoms::known;
use crate::objects::call_site::source_url;
use crate::objects::class::ObjectKind;
use crate::objects::object::Type;
use crate::program::{Finished, NOT_FOUND};
use crate::thrown::{Outcome, Thrown};

/// The exit code when a listener of uncaught exceptions throws.
const IN_LISTENER: i32 = 7;

/// The depth to which an error is shown.
const DEPTH: Option<i64> = Some(5);

/// What the text of `eval` and its like is called.
const EVALUATED: &str = "<anonymous_script>";

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
        let place = self.thrown_at.clone();
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
    fn uncaught_text(&mut self, exception: R, head: Option<String>) -> Outcome<String> {
        let of_node = self.is_of_node(exception, head.as_deref())?;
        if self.kind_of(exception) == Some(ObjectKind::Error) {
            let mut shown = self.inspect_uncaught(exception)?;
            // Node's own calls are not there, and without any a stack stands in brackets.
            if of_node && let Some(inner) = shown.strip_prefix('[') {
                let (stack, rest) = match inner.find("] {\n") {
                    Some(at) => (&inner[..at], &inner[at + 1..]),
                    None => (inner.strip_suffix(']').unwrap_or(inner), ""),
                };
                shown = format!("{stack}{rest}");
            }
            return Ok(match head {
                Some(head) => format!("{head}\n\n{shown}"),
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
            Some(head) if is_object && self.node.failure.of_script => format!("{head}\n\n{shown}"),
            Some(head) => format!("\n{head}\n{shown}{hint}"),
            None => format!("Uncaught:\n{shown}{hint}"),
        })
    }

    /// An error as Node shows it where it ends the program: deeper than elsewhere, and not in a way of its own.
    fn inspect_uncaught(&mut self, error: R) -> Outcome<String> {
        let style = Style { depth: DEPTH, custom: false, ..Style::default() };
        self.inspect_with(error, &style)
    }

    /// Whether calls of Node's own have thrown an error: one of its modules' or of the text that it compiles.
    fn is_of_node(&mut self, error: R, head: Option<&str>) -> Outcome<bool> {
        self.scoped(|machine| {
            let name = machine.temp()?;
            let is_syntax = machine.plain_property(name, error, known::NAME)?
                && machine.is_string(name)
                && machine.rust_string(name)? == "SyntaxError";
            Ok(is_syntax || head.is_some_and(|head| head.starts_with("node:")))
        })
    }

    /// The line that has thrown, with its file and a mark below.
    fn uncaught_head(&mut self, exception: R) -> Outcome<Option<String>> {
        let thrown_at = self.thrown_at.take();
        let head = self.node.failure.head.take();
        if let Some(head) = self.head_of_node(exception)? {
            return Ok(Some(head.to_owned()));
        }
        if let Some(place) = thrown_at {
            return Ok(Some(marked(&place)));
        }
        // Nothing runs: a promise was rejected. An error tells where it was made.
        let place = match self.kind_of(exception) {
            Some(ObjectKind::Error) => self.place_of_error(exception)?,
            _ => None,
        };
        Ok(place.map(|place| marked(&place)).or(head.map(str::to_owned)))
    }

    /// The first call of an error's stack.
    fn place_of_error(&mut self, error: R) -> Outcome<Option<Place>> {
        let identity = self.registers().identity_hash(error)?;
        if let Some((_, place)) = self.node.failure.syntax.take_if(|(known, _)| *known == identity)
        {
            return Ok(Some(place));
        }
        let stack = self.scoped(|machine| {
            let stack = machine.temp()?;
            machine.get_named(stack, error, known::STACK)?;
            machine.string_of(stack)
        })?;
        Ok(first_place(&stack).and_then(|(file, line, column)| {
            Some(Place { source: self.codes.source(file)?, line, column, width: 1 })
        }))
    }

    /// Where Node's own code throws such an error.
    fn head_of_node(&mut self, exception: R) -> Outcome<Option<&'static str>> {
        if self.kind_of(exception) != Some(ObjectKind::Error) {
            return Ok(None);
        }
        self.scoped(|machine| {
            let value = machine.temp()?;
            if !machine.plain_property(value, exception, known::CODE)? || !machine.is_string(value) {
                return Ok(None);
            }
            let code = machine.rust_string(value)?;
            machine.plain_property(value, exception, known::MESSAGE)?;
            let message = machine.show(value);
            Ok(match code.as_str() {
                "MODULE_NOT_FOUND" => Some(NOT_FOUND),
                "ERR_MODULE_NOT_FOUND" if message.starts_with("Cannot find package") => Some(
                    "node:internal/modules/esm/resolve:873\n  throw new ERR_MODULE_NOT_FOUND(packageName, \
                     fileURLToPath(base), null);\n        ^",
                ),
                "ERR_MODULE_NOT_FOUND" => Some(
                    "node:internal/modules/esm/resolve:283\n    throw new ERR_MODULE_NOT_FOUND(\n          ^",
                ),
                "ERR_EVAL_ESM_CANNOT_PRINT" => Some(
                    "node:internal/process/execution:64\n    throw new ERR_EVAL_ESM_CANNOT_PRINT();\n    ^",
                ),
                "ERR_UNHANDLED_ERROR" => {
                    Some("node:events:515\n    throw err; // Unhandled 'error' event\n    ^")
                }
                _ => None,
            })
        })
    }
}

/// The longest line of marks that Node prints (`kUnderlineBufsize` of its node_errors.cc).
const MOST_MARKED: usize = 1020;

/// A line of a text with a mark below some of its columns.
fn marked(place: &Place) -> String {
    let (line, column, mark) = (place.line, place.column as usize, place.width as usize);
    let name = name(&place.source);
    let text = String::from_utf16_lossy(&place.source.text);
    let shown = lines(&text).nth((line as usize).saturating_sub(1)).unwrap_or_default();
    // What goes on behind the line has no marks.
    if column + mark > shown.len() + 1 {
        return format!("{name}:{line}\n{shown}");
    }
    let mark = "^".repeat(mark);
    let before = shown.chars().take(column.saturating_sub(1));
    let before = before.map(|character| if character == '\t' { '\t' } else { ' ' });
    let below: String = before.chain(mark.chars()).take(MOST_MARKED).collect();
    format!("{name}:{line}\n{shown}\n{below}")
}

/// The name of a text.
fn name(source: &SourceText) -> String {
    match &source.origin {
        Some(_) => source_url(source).unwrap_or_else(|| EVALUATED.to_owned()),
        None => source.name.to_string(),
    }
}

/// The lines of a text, as V8 counts them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split("\r\n").flat_map(|part| part.split(['\n', '\r', '\u{2028}', '\u{2029}']))
}

/// The file, line and column of a stack's first call.
fn first_place(stack: &str) -> Option<(&str, u32, u32)> {
    let frame = stack.lines().find_map(|line| line.strip_prefix("    at "))?;
    let place = match frame.rfind('(') {
        Some(at) => frame[at + 1..].trim_end_matches(')'),
        None => frame,
    };
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file, line.parse().ok()?, column.parse().ok()?))
}
