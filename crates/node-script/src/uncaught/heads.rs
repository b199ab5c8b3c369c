//! The lines in front of an uncaught error: where it was thrown, with the line and a mark. Of what Node's own code throws, that is
//! the place in Node 20's files.

use crate::compile::code::{Origin, Place, SourceText};
use crate::machine::{Machine, R, THIS, roots};
use crate::node::state::{Emitted, Syntax};
use crate::objects::atoms::known;
use crate::objects::call_site::{AROUND_MAIN, source_url};
use crate::objects::class::{Flags, ObjectKind};
use crate::thrown::{Outcome, Thrown};
use std::rc::Rc;

/// What the text of `eval` and its like is called.
const EVALUATED: &str = "<anonymous_script>";

/// Where an emitter throws an `error` that nobody listens to.
const EMITTED: &str = "node:events:502\n      throw er; // Unhandled 'error' event\n      ^";

/// Where the functions that check arguments throw.
const CHECKED: &str = "node:internal/errors:541\n      throw error;\n      ^";

/// Where Node's own code throws an error, by its code.
const BY_CODE: &[(&str, &str)] = &[
    ("MODULE_NOT_FOUND", crate::program::NOT_FOUND),
    (
        "ERR_MODULE_NOT_FOUND",
        "node:internal/modules/esm/resolve:283\n    throw new ERR_MODULE_NOT_FOUND(\n          ^",
    ),
    (
        "ERR_EVAL_ESM_CANNOT_PRINT",
        "node:internal/process/execution:64\n    throw new ERR_EVAL_ESM_CANNOT_PRINT();\n    ^",
    ),
    (
        "ERR_IMPORT_ASSERTION_TYPE_MISSING",
        "node:internal/modules/esm/assert:89\n        throw new ERR_IMPORT_ASSERTION_TYPE_MISSING(url, validType);\n              ^",
    ),
    ("ERR_UNHANDLED_ERROR", "node:events:515\n    throw err; // Unhandled 'error' event\n    ^"),
    ("ERR_INVALID_ARG_TYPE", CHECKED),
    ("ERR_INVALID_ARG_VALUE", CHECKED),
    ("ERR_MISSING_ARGS", CHECKED),
    ("ERR_OUT_OF_RANGE", CHECKED),
];

/// A package that is not found is another place.
const NO_PACKAGE: &str = "node:internal/modules/esm/resolve:873\n  throw new ERR_MODULE_NOT_FOUND(packageName, \
                          fileURLToPath(base), null);\n        ^";

/// Where functions of `fs` that do not wait throw, by the system's call.
const BY_CALL: &[(&str, &str)] = &[
    ("access", "244\n  binding.access(pathModule.toNamespacedPath(path), mode);\n          ^"),
    ("close", "525\n  binding.close(fd);\n          ^"),
    ("copyfile", "3047\n  binding.copyFile(\n          ^"),
    ("lstat", "1656\n  const stats = binding.lstat(\n                        ^"),
    ("mkdir", "1386\n  const result = binding.mkdir(\n                         ^"),
    ("mkdtemp", "3005\n  return binding.mkdtemp(prefix, options.encoding);\n                 ^"),
    ("open", "573\n  return binding.open(\n                 ^"),
    (
        "read",
        "750\n  return binding.read(fd, buffer, offset, length, position);\n                 ^",
    ),
    ("readlink", "1729\n  return binding.readlink(\n                 ^"),
    ("rename", "1032\n  binding.rename(\n          ^"),
    ("rmdir", "1214\n  binding.rmdir(pathModule.toNamespacedPath(path));\n          ^"),
    ("scandir", "1521\n  const result = binding.readdir(\n                         ^"),
    ("stat", "1681\n  const stats = binding.stat(\n                        ^"),
    ("unlink", "1889\n  binding.unlink(path);\n          ^"),
];

/// Lines of two stacks that are alike are left out if they are more than this.
const ALIKE: usize = 3;

/// The lines in front of an error.
pub(super) struct Head {
    pub text: String,
    /// It is of Node's own code, whose calls the error's stack does not have.
    pub of_node: bool,
    /// No empty line comes behind it.
    pub is_close: bool,
}

impl Head {
    fn of_node(text: &str) -> Self {
        Self { text: text.to_owned(), of_node: true, is_close: false }
    }

    fn of(place: &Place) -> Self {
        Self { text: marked(place), of_node: false, is_close: false }
    }
}

impl Machine {
    /// The line that has thrown, with its file and a mark below.
    pub(super) fn uncaught_head(&mut self, exception: R) -> Outcome<Option<Head>> {
        let thrown_at = self.thrown_at.take();
        let head = self.node.failure.head.take();
        let is_error = self.kind_of(exception) == Some(ObjectKind::Error);
        let is_emitted = is_error && self.add_emitted(exception)?;
        if is_error && (thrown_at.is_none() || self.node.failure.by_node) {
            if is_emitted {
                return Ok(Some(Head::of_node(EMITTED)));
            }
            if let Some(head) = head.filter(|_| self.node.failure.by_node) {
                return Ok(Some(Head::of_node(head)));
            }
            if let Some(head) = self.head_of_node(exception)? {
                return Ok(Some(head));
            }
        }
        if let Some(place) = thrown_at {
            let is_close = self.node.failure.syntax.as_ref().is_some_and(|known| {
                known.is_linked
                    && known.place.line == place.line
                    && Rc::ptr_eq(&known.place.source, &place.source)
            });
            return Ok(Some(Head { is_close, ..Head::of(&place) }));
        }
        // Nothing runs: a promise was rejected. An error tells where it was made.
        let place = if is_error { self.place_of_error(exception)? } else { None };
        Ok(place.or(head.map(|head| Head { of_node: false, ..Head::of_node(head) })))
    }

    /// The place of a syntax error, or the first call of an error's stack.
    fn place_of_error(&mut self, error: R) -> Outcome<Option<Head>> {
        let identity = self.registers().identity_hash(error)?;
        if let Some(known) = self.node.failure.syntax.take_if(|known| known.error == identity) {
            return Ok(Some(Head { is_close: known.is_linked, ..Head::of(&known.place) }));
        }
        let stack = self.stack_text(error)?;
        Ok(first_place(&stack).and_then(|(file, line, column)| {
            let source = self.codes.source(file)?;
            Some(Head::of(&Place { source, line, column, width: 1 }))
        }))
    }

    fn stack_text(&mut self, error: R) -> Outcome<String> {
        self.scoped(|machine| {
            let stack = machine.temp()?;
            machine.get_named(stack, error, known::STACK)?;
            machine.string_of(stack)
        })
    }

    /// Where Node's own code throws such an error.
    fn head_of_node(&mut self, error: R) -> Outcome<Option<Head>> {
        let text = |machine: &mut Self, name: &str| -> Outcome<String> {
            machine.scoped(|machine| {
                let value = machine.temp()?;
                let name = machine.atoms.intern_str(name);
                let is_there = machine.plain_property(value, error, name)?;
                if is_there { Ok(machine.show(value)) } else { Ok(String::new()) }
            })
        };
        let code = text(self, "code")?;
        // What waits in Node has no calls.
        let at_once = self.node.failure.by_node || self.stack_text(error)?.contains("\n    at ");
        if code == "ERR_ASSERTION" && at_once {
            return Ok(Some(Head::of_node(match text(self, "operator")?.as_str() {
                "fail" => "node:assert:137\n  throw err;\n  ^",
                "ifError" => "node:assert:733\n    throw newErr;\n    ^",
                "match" | "doesNotMatch" => "node:assert:768\n    throw err;\n    ^",
                "==" if text(self, "expected")? == "true" => {
                    "node:internal/assert/utils:281\n    throw err;\n    ^"
                }
                _ => "node:assert:90\n  throw new AssertionError(obj);\n  ^",
            })));
        }
        if code == "ERR_MODULE_NOT_FOUND"
            && text(self, "message")?.starts_with("Cannot find package")
        {
            return Ok(Some(Head::of_node(NO_PACKAGE)));
        }
        if let Some((_, head)) = BY_CODE.iter().find(|(known, _)| *known == code) {
            return Ok(Some(Head::of_node(head)));
        }
        let call = text(self, "syscall")?;
        let call = BY_CALL.iter().find(|(known, _)| at_once && *known == call);
        Ok(call.map(|(_, place)| Head::of_node(&format!("node:fs:{place}"))))
    }

    // -- errors that were emitted -------------------------------------------------------------------------------

    /// An emitter, `this`, throws an `error` that nobody listens to: the calls that have led there are kept.
    pub(crate) fn throw_emitted<T>(&mut self, error: R) -> Outcome<T> {
        let calls = self.trace_of("", "")?;
        let calls = calls.lines().skip(1).map(str::to_owned).collect();
        let on = self.constructor_name(THIS).filter(|name| name != "EventEmitter");
        let on = on.map(|name| format!(" on {name} instance")).unwrap_or_default();
        let identity = self.registers().identity_hash(error)?;
        self.node.failure.emitted = Some(Emitted { error: identity, on, calls });
        self.throw_by_node(error)
    }

    /// Adds to an error's stack the calls that have led to its emission, as Node does. Whether it was emitted.
    fn add_emitted(&mut self, error: R) -> Outcome<bool> {
        let identity = self.registers().identity_hash(error)?;
        let emitted = self.node.failure.emitted.take();
        let Some(emitted) = emitted.filter(|emitted| emitted.error == identity) else {
            return Ok(false);
        };
        let stack = self.stack_text(error)?;
        let others: Vec<String> = stack.lines().skip(1).map(str::to_owned).collect();
        let own = with_nodes(&emitted.calls);
        let own = without_those_alike(own, &with_nodes(&others));
        let mut text = format!("{stack}\nEmitted 'error' event{} at:", emitted.on);
        own.iter()
            .filter(|line| !line.contains("node:"))
            .for_each(|line| text.extend(["\n", line]));
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.new_text(value, &text)?;
            machine.define_named(error, known::STACK, value, Flags::HIDDEN)?;
            Ok(true)
        })
    }

    /// Puts the line that has thrown in front of the stack of an error, as Node does around texts that it compiles.
    pub(crate) fn decorated(&mut self, outcome: Outcome) -> Outcome {
        let (Err(Thrown::Exception), Some(place)) = (&outcome, self.thrown_at.clone()) else {
            return outcome;
        };
        let (by_node, head) = (self.node.failure.by_node, self.node.failure.head);
        self.scoped(|machine| {
            let error = machine.temps(2)?;
            machine.load_root(error, roots::EXCEPTION);
            if machine.kind_of(error) != Some(ObjectKind::Error) || by_node {
                return outcome;
            }
            let identity = machine.registers().identity_hash(error)?;
            if machine.node.failure.decorated != Some(identity) {
                // What the program prepares may throw.
                if let Ok(stack) = machine.stack_text(error) {
                    let stack = format!("{}\n\n{stack}", marked(&place));
                    machine.new_text(error + 1, &stack)?;
                    machine.define_named(error, known::STACK, error + 1, Flags::HIDDEN)?;
                    machine.node.failure.decorated = Some(identity);
                }
            }
            let thrown = machine.throw(error);
            machine.thrown_at = Some(place);
            (machine.node.failure.by_node, machine.node.failure.head) = (by_node, head);
            thrown
        })
    }

    /// Keeps the place in a text that the SyntaxError which is being thrown is about.
    pub(crate) fn note_syntax_error(&mut self, place: Place, is_linked: bool) -> Outcome {
        self.scoped(|machine| {
            let error = machine.temp()?;
            machine.load_root(error, roots::EXCEPTION);
            let error = machine.registers().identity_hash(error)?;
            machine.thrown_at = Some(place.clone());
            machine.node.failure.syntax = Some(Syntax { error, place, is_linked });
            Ok(())
        })
    }

    /// Keeps the place in a text that is no file's.
    pub(crate) fn note_fault(&mut self, text: &[u16], at: usize) -> Outcome {
        let before = &text[..at.min(text.len())];
        let line = before.iter().filter(|unit| **unit == u16::from(b'\n')).count();
        let begin =
            before.iter().rposition(|unit| *unit == u16::from(b'\n')).map_or(0, |at| at + 1);
        let source = Rc::new(SourceText {
            name: EVALUATED.into(),
            text: text.into(),
            counted: false,
            origin: Some(Origin::Nowhere),
        });
        let (line, column) = (line as u32 + 1, (at - begin) as u32 + 1);
        self.note_syntax_error(Place { source, line, column, width: 1 }, false)
    }
}

/// The calls with those of Node's own that a stack has in Node around files and timers.
fn with_nodes(calls: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for (number, call) in calls.iter().enumerate() {
        let is_last = number + 1 == calls.len();
        all.push(call.clone());
        let count = match call.trim_start() {
            call if call.starts_with("at Object.<anonymous> (") => AROUND_MAIN.len(),
            call if is_last && call.starts_with("at [eval]:") => AROUND_MAIN.len(),
            call if call.starts_with("at Timeout.") => 2,
            call if call.starts_with("at Immediate.") => 1,
            _ => 0,
        };
        all.extend((0..count).map(|number| format!("node:{number}")));
    }
    all.truncate(10);
    all
}

/// The calls without most of the first run of those that the others have as well.
fn without_those_alike(mut own: Vec<String>, others: &[String]) -> Vec<String> {
    for offset in 0..own.len().saturating_sub(ALIKE) {
        let Some(place) = others.iter().position(|other| *other == own[offset]) else { continue };
        let alike = own[offset..].iter().zip(&others[place..]);
        let count = alike.take_while(|(own, other)| own == other).count();
        if count > ALIKE {
            let line = "    [... lines matching original stack trace ...]".to_owned();
            own.splice(offset + 1..offset + count - 1, [line]);
            break;
        }
    }
    own
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
