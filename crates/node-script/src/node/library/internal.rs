//! What all files of the library have of Rust: errors of Node's, and what values are.

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::code::Arguments;
use crate::thrown::{Outcome, Thrown};

pub(super) const METHODS: &[Method] = &[
    ("makeError", 3, make_error),
    ("received", 1, |machine, arguments| {
        let text = machine.received(arguments.at(0));
        machine.give_text(&text)
    }),
    ("constructorName", 1, |machine, arguments| match machine.constructor_name(arguments.at(0)) {
        Some(name) => machine.give_text(&name),
        None => machine.give_undefined(),
    }),
    ("root", 1, root),
    ("hasFlag", 1, |machine, arguments| {
        let name = machine.string_of(arguments.at(0))?;
        let mut flags = machine.options.flags.iter().chain(&machine.options.environment_flags);
        let has = flags.any(|flag| flag.replace('_', "-") == name);
        machine.give_bool(has)
    }),
    ("showForError", 1, |machine, arguments| {
        let shown = machine.show_for_error(arguments.at(0));
        machine.give_text(&shown)
    }),
    ("callText", 0, call_text),
    ("systemMemory", 0, system_memory),
];

/// `makeError(kind, code, message)`: an error of Node's.
fn make_error(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let kind = match machine.rust_string(arguments.at(0))?.as_str() {
        "TypeError" => ErrorKind::TypeError,
        "RangeError" => ErrorKind::RangeError,
        "SyntaxError" => ErrorKind::SyntaxError,
        "URIError" => ErrorKind::UriError,
        _ => ErrorKind::Error,
    };
    let code = machine.rust_string(arguments.at(1))?;
    let message = machine.rust_string(arguments.at(2))?;
    match machine.throw_node_error::<()>(kind, &code, &message) {
        Err(Thrown::Exception) => {
            machine.take_exception(0);
            Ok(0)
        }
        other => other.map(|()| 0),
    }
}

/// Objects that the machine has made before any file of the library.
fn root(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let root = match machine.rust_string(arguments.at(0))?.as_str() {
        "Writable" => roots::WRITABLE,
        "EventEmitter" => roots::EVENT_EMITTER,
        _ => roots::INSPECT,
    };
    machine.load_root(0, root);
    Ok(0)
}

/// The system's memory in bytes, as far as it tells.
fn system_memory(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let object = machine.temps(2)?;
    machine.new_object(object, 2)?;
    for (name, line) in [("total", "MemTotal:"), ("free", "MemAvailable:")] {
        let kilobytes = told
            .lines()
            .find_map(|told| told.strip_prefix(line)?.trim().strip_suffix(" kB")?.parse().ok());
        machine.set_number(object + 1, kilobytes.unwrap_or(0.0) * 1024.0)?;
        machine.put(object, name, object + 1)?;
    }
    Ok(object)
}

/// The text of the call that the program is at, without its end if it is none: what `assert.ok` quotes.
fn call_text(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    let text = machine.place().and_then(|place| {
        let text = String::from_utf16_lossy(&place.source.text);
        let line =
            text.split_inclusive('\n').take(place.line as usize - 1).map(str::len).sum::<usize>();
        let column = text[line..].char_indices().nth(place.column as usize - 1)?.0;
        call_at(&text, line + column).map(str::to_owned)
    });
    match text {
        Some(text) => machine.give_text(&text),
        None => machine.give_undefined(),
    }
}

/// The call whose name is at a place: from the first object of its path to the bracket that closes it.
fn call_at(text: &str, place: usize) -> Option<&str> {
    let path =
        |character: char| character.is_alphanumeric() || matches!(character, '_' | '$' | '.');
    let begin = text[..place].rfind(|character| !path(character)).map_or(0, |at| at + 1);
    let mut depth = 0;
    let mut quote = None;
    for (at, character) in text[place..].char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => {
                depth -= 1;
                if depth <= 0 {
                    return Some(&text[begin..place + at + 1]);
                }
            }
            _ => {}
        }
    }
    None
}
