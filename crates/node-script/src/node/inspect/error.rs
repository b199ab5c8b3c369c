//! Errors as `util.inspect` shows them: their stack, and what else they have.

use super::Name;
use super::inspector::Inspector;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::{Key, known};
use crate::objects::class::ObjectKind;
use crate::objects::object::Type;
use crate::thrown::Outcome;

/// Lines of two stacks that are alike are left out if they are more than this.
const ALIKE: usize = 3;

impl Machine {
    /// Whether an object has Error's prototype among its own, as an error that was not made by a constructor has.
    pub(super) fn inherits_error(&mut self, object: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let class = machine.temp()?;
            machine.load_root(class, roots::ERROR_PROTOTYPE);
            machine.get_named(class, class, known::CONSTRUCTOR)?;
            machine.is_instance(object, class)
        })
    }
}

impl Inspector {
    /// The error's stack; `keys` lose what it tells already, and get what Node shows though it is not enumerable.
    pub(super) fn error(
        &mut self,
        machine: &mut Machine,
        error: R,
        name: &Name<'_>,
        keys: &mut Vec<Key>,
    ) -> Outcome<String> {
        let value = machine.temp()?;
        machine.get_named(value, error, known::NAME)?;
        let called = match machine.type_of(value) {
            Type::Undefined | Type::Null => "Error".to_owned(),
            _ => machine.string_of(value)?,
        };
        let stack = self.stack(machine, error)?;
        for key in [known::NAME, known::MESSAGE, known::STACK] {
            let Some(place) = keys.iter().position(|shown| *shown == Key::Name(key)) else {
                continue;
            };
            machine.get_named(value, error, key)?;
            if !machine.is_string(value) || stack.contains(&machine.rust_string(value)?) {
                keys.remove(place);
            }
        }
        let cause = Key::Name(known::CAUSE);
        if machine.has(error, cause)? && !keys.contains(&cause) {
            keys.push(cause);
        }
        let errors = Key::Name(known::ERRORS);
        machine.get(value, error, errors)?;
        if machine.kind_of(value) == Some(ObjectKind::Array) && !keys.contains(&errors) {
            keys.push(errors);
        }
        let mut stack = improved(stack, &called, name);
        machine.get_named(value, error, known::MESSAGE)?;
        let message = match machine.is_string(value) {
            true => machine.rust_string(value)?,
            false => String::new(),
        };
        let from = match message.is_empty() {
            true => 0,
            false => stack.find(&message).map_or(0, |at| at + message.len()),
        };
        match stack[from..].find("\n    at") {
            // Its calls are Node's own, which are not there.
            None if called == "UnhandledPromiseRejection" => {}
            None => stack = format!("[{stack}]"),
            Some(at) => {
                let (head, frames) = stack.split_at(from + at);
                let frames: Vec<&str> = frames[1..].split('\n').collect();
                let frames = self.without_those_of_the_cause(machine, error, frames)?;
                stack = format!("{head}\n{}", frames.join("\n"));
            }
        }
        match self.indentation {
            0 => Ok(stack),
            indentation => Ok(stack.replace('\n', &format!("\n{}", " ".repeat(indentation)))),
        }
    }

    /// The text of an error's `stack`, or what `toString` would say.
    fn stack(&mut self, machine: &mut Machine, error: R) -> Outcome<String> {
        machine.scoped(|machine| {
            let stack = machine.temp()?;
            machine.get_named(stack, error, known::STACK)?;
            match machine.to_boolean(stack) {
                true => machine.string_of(stack),
                false => machine.error_head(error),
            }
        })
    }

    fn without_those_of_the_cause(
        &mut self,
        machine: &mut Machine,
        error: R,
        frames: Vec<&str>,
    ) -> Outcome<Vec<String>> {
        let mut frames: Vec<String> = frames.into_iter().map(str::to_owned).collect();
        let cause = machine.temp()?;
        machine.get_named(cause, error, known::CAUSE)?;
        if machine.kind_of(cause) != Some(ObjectKind::Error) {
            return Ok(frames);
        }
        let stack = self.stack(machine, cause)?;
        let Some(at) = stack.find("\n    at") else { return Ok(frames) };
        let others: Vec<&str> = stack[at + 1..].split('\n').collect();
        // The first run of lines that both have.
        for offset in 0..frames.len() {
            let Some(place) = others.iter().position(|other| *other == frames[offset]) else {
                continue;
            };
            let alike = frames[offset..].iter().zip(&others[place..]);
            let count = alike.take_while(|(ours, others)| ours.as_str() == **others).count();
            if count > ALIKE {
                let skipped = count - 2;
                let line = format!("    ... {skipped} lines matching cause stack trace ...");
                frames.splice(offset + 1..offset + 1 + skipped, [line]);
                break;
            }
        }
        Ok(frames)
    }
}

/// The stack with the name of the error's class, where that says more than its first word.
fn improved(stack: String, called: &str, name: &Name<'_>) -> String {
    let rest = stack.strip_prefix(called);
    let begins = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '\n']));
    if name.constructor.is_some() && !(called.ends_with("Error") && begins) {
        return stack;
    }
    let prefix = name.prefix("Error", "");
    let prefix = prefix.trim_end();
    if prefix == called {
        return stack;
    }
    let rest = match (name.constructor, rest) {
        (Some(_), Some(rest)) => rest,
        (None, _) => match stack.find(':') {
            Some(colon) => &stack[colon..],
            None => &stack,
        },
        (Some(_), None) => &stack,
    };
    match prefix.contains(called) {
        true => format!("{prefix}{rest}"),
        false => format!("{prefix} [{called}]{rest}"),
    }
}
