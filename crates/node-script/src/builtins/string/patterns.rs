//! Methods of `String.prototype` that take a pattern: a text, or an object that knows how, such as a regular expression
//! (ECMA-262, sections 22.1.3.13 to 22.1.3.23).

use super::text::{self, find_string, this_string};
use crate::builtins::reg_exp::Matched;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Atom, known};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

/// Leaves a method to the pattern, if that is an object with a method for it: whether it was.
fn by_pattern(
    machine: &mut Machine,
    arguments: Arguments,
    method: &str,
    symbol: Atom,
    rest: &[R],
) -> Outcome<bool> {
    if machine.is_nullish(THIS) {
        let text = format!("String.prototype.{method} called on null or undefined");
        return machine.throw_type_error(&text);
    }
    let pattern = arguments.at(0);
    if machine.is_nullish(pattern) || machine.is_string(pattern) {
        return Ok(false);
    }
    machine.scoped(|machine| {
        let function = machine.temp()?;
        machine.get_named(function, pattern, symbol)?;
        if machine.is_nullish(function) {
            return Ok(false);
        }
        if !machine.is_callable(function) {
            return throw_no_method(machine, method, function, (pattern, symbol));
        }
        let mut given = vec![THIS];
        given.extend_from_slice(rest);
        machine.call(0, function, pattern, &given)?;
        Ok(true)
    })
}

/// What a pattern has for a method is none. V8 says so in two ways.
fn throw_no_method<T>(
    machine: &mut Machine,
    method: &str,
    value: R,
    (pattern, symbol): (R, Atom),
) -> Outcome<T> {
    let text = match method {
        "match" | "search" | "replaceAll" => {
            let (shown, name) = (machine.show(value), machine.atoms.text(symbol));
            let pattern = machine.show(pattern);
            format!(
                "'{shown}' returned for property '{name}' of object '{pattern}' is not a function"
            )
        }
        _ => format!("{} is not a function", machine.show_with_type(value)),
    };
    machine.throw_type_error(&text)
}

/// What all methods for many matches refuse: a regular expression for one.
fn expect_global(machine: &mut Machine, pattern: R, method: &str) -> Outcome {
    if !machine.is_reg_exp(pattern)? {
        return Ok(());
    }
    let flags = machine.scoped(|machine| {
        let flags = machine.temp()?;
        machine.get_named(flags, pattern, known::FLAGS)?;
        if machine.is_nullish(flags) {
            let text = match method {
                "matchAll" => {
                    "The .flags property of the argument to String.prototype.matchAll cannot be null or undefined"
                }
                _ => "String.prototype.replaceAll called on null or undefined",
            };
            return machine.throw_type_error(text);
        }
        machine.string_of(flags)
    })?;
    if flags.contains('g') {
        return Ok(());
    }
    let text = format!("String.prototype.{method} called with a non-global RegExp argument");
    machine.throw_type_error(&text)
}

/// Makes a regular expression of a pattern, and calls its method.
fn by_new(
    machine: &mut Machine,
    arguments: Arguments,
    method: &str,
    symbol: Atom,
    flags: &str,
) -> Outcome<R> {
    let text = this_string(machine, method)?;
    let class = machine.temps(4)?;
    let (letters, expression, pattern) = (class + 1, class + 2, class + 3);
    machine.load_root(class, roots::REG_EXP);
    machine.new_text(letters, flags)?;
    if !machine.is_undefined(arguments.at(0)) {
        machine.to_string(pattern, arguments.at(0))?;
    }
    machine.construct(expression, class, &[pattern, letters], class)?;
    machine.call_method(0, expression, symbol, &[text])?;
    Ok(0)
}

pub(super) fn match_(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if by_pattern(machine, arguments, "match", known::MATCH, &[])? {
        return Ok(0);
    }
    by_new(machine, arguments, "match", known::MATCH, "")
}

pub(super) fn match_all(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_global(machine, arguments.at(0), "matchAll")?;
    if by_pattern(machine, arguments, "matchAll", known::MATCH_ALL, &[])? {
        return Ok(0);
    }
    by_new(machine, arguments, "matchAll", known::MATCH_ALL, "g")
}

pub(super) fn search(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if by_pattern(machine, arguments, "search", known::SEARCH, &[])? {
        return Ok(0);
    }
    by_new(machine, arguments, "search", known::SEARCH, "")
}

pub(super) fn replace(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if by_pattern(machine, arguments, "replace", known::REPLACE, &[arguments.at(1)])? {
        return Ok(0);
    }
    replace_text(machine, arguments, "replace", false)
}

pub(super) fn replace_all(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    expect_global(machine, arguments.at(0), "replaceAll")?;
    if by_pattern(machine, arguments, "replaceAll", known::REPLACE, &[arguments.at(1)])? {
        return Ok(0);
    }
    replace_text(machine, arguments, "replaceAll", true)
}

fn replace_text(
    machine: &mut Machine,
    arguments: Arguments,
    method: &str,
    all: bool,
) -> Outcome<R> {
    let text = this_string(machine, method)?;
    let wanted = machine.temps(6)?;
    let (with, number, piece) = (wanted + 1, wanted + 2, wanted + 3);
    let (replaced, rest) = (wanted + 4, wanted + 5);
    machine.to_string(wanted, arguments.at(0))?;
    let calls = machine.is_callable(arguments.at(1));
    if !calls {
        machine.to_string(with, arguments.at(1))?;
    }
    let Some(first) = find_string(machine, text, wanted, 0)? else { return Ok(text) };
    let expands = !calls
        && machine.with_string(with, |units| {
            (0..units.len()).any(|place| units.get(place) == Some(u16::from(b'$')))
        })?;
    // What a template is made of; otherwise the parts are put together as they are (V8's `StringPrototypeReplace`).
    let template = match expands {
        true => Some((machine.units(with)?, machine.units(text)?, machine.units(wanted)?)),
        false => None,
    };
    let (length, step) = (machine.string_length(text), machine.string_length(wanted));
    machine.atom_value(replaced, known::EMPTY)?;
    let (mut end, mut next) = (0, Some(first));
    while let Some(position) = next {
        if position > end {
            machine.substring(piece, text, end, position)?;
            machine.concat(replaced, replaced, piece)?;
        }
        if calls {
            machine.set_number(number, position as f64)?;
            machine.call_function(piece, arguments.at(1), &[wanted, number, text])?;
            machine.to_string(piece, piece)?;
        } else if let Some((template, text, matched)) = &template {
            let found = Matched { text, matched, position, captures: &[] };
            let expanded = machine.expand(template, &found, None)?;
            machine.new_string(piece, &expanded)?;
        } else {
            machine.copy(piece, with);
        }
        machine.concat(replaced, replaced, piece)?;
        end = position + step;
        next = match all && end.max(position + 1) <= length {
            true => find_string(machine, text, wanted, end.max(position + 1))?,
            false => None,
        };
    }
    if end < length {
        machine.substring(rest, text, end, length)?;
        machine.concat(replaced, replaced, rest)?;
    }
    Ok(replaced)
}

pub(super) fn split(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if by_pattern(machine, arguments, "split", known::SPLIT, &[arguments.at(1)])? {
        return Ok(0);
    }
    text::split(machine, arguments)
}
