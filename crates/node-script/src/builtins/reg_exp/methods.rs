//! What `String.prototype`'s methods ask of a regular expression: matching, replacing, searching and splitting
//! (ECMA-262, sections 22.2.6.8 to 22.2.6.16).

use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Atom, Key, known};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::{Arguments, Native};
use crate::objects::layout::FIRST;
use crate::pattern::Modes;
use crate::thrown::Outcome;
use heap_model::Value;

/// An iterator's expression, its text, whether it is global, and whether it steps by whole characters.
const EXPRESSION: usize = FIRST;
const TEXT: usize = FIRST + 1;
const STATE: usize = FIRST + 2;

pub(super) fn install(machine: &mut Machine, prototype: R) -> Outcome {
    let methods: [(Atom, &str, u8, Native); 5] = [
        (known::MATCH, "[Symbol.match]", 1, match_),
        (known::MATCH_ALL, "[Symbol.matchAll]", 1, match_all),
        (known::REPLACE, "[Symbol.replace]", 2, replace),
        (known::SEARCH, "[Symbol.search]", 1, search),
        (known::SPLIT, "[Symbol.split]", 2, split),
    ];
    let function = machine.temp()?;
    for (symbol, name, length, call) in methods {
        let name = machine.atoms.intern_str(name);
        machine.new_native(function, name, length, call, false)?;
        machine.define_named(prototype, symbol, function, Flags::HIDDEN)?;
    }
    machine.iterator_prototype(roots::REG_EXP_ITERATOR_PROTOTYPE, "RegExp String Iterator", next)
}

impl Machine {
    /// ECMA-262's `RegExpExec`: the expression's own `exec`, if a program has given it one.
    fn reg_exp_match(&mut self, to: R, object: R, text: R) -> Outcome {
        self.scoped(|machine| {
            let method = machine.temps(2)?;
            let builtin = method + 1;
            machine.get_named(method, object, known::EXEC)?;
            machine.load_root(builtin, roots::REG_EXP_EXEC);
            let own = machine.kind_of(object) == Some(ObjectKind::RegExp);
            if own && (machine.is_same(method, builtin) || !machine.is_callable(method)) {
                return machine.reg_exp_exec(to, object, text);
            }
            if !machine.is_callable(method) {
                return machine.throw_incompatible("RegExp.prototype.exec");
            }
            machine.call(to, method, object, &[text])?;
            if machine.is_object(to) || machine.is_null(to) {
                return Ok(());
            }
            let text = "RegExp exec method returned something other than an Object or null";
            machine.throw_type_error(text)
        })
    }

    pub(super) fn set_last_index(&mut self, object: R, index: usize) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.set_number(value, index as f64)?;
            machine.set_named(object, known::LAST_INDEX, value)
        })
    }

    /// Goes on behind an empty match.
    fn step_last_index(&mut self, object: R, text: R, unicode: bool) -> Outcome {
        let last = self.scoped(|machine| {
            let value = machine.temp()?;
            machine.get_named(value, object, known::LAST_INDEX)?;
            machine.to_length(value)
        })?;
        let next = self.behind_character(text, last, unicode)?;
        self.set_last_index(object, next)
    }
}

/// The receiver, which is an object; the text; and what its flags are, if they are as they were made.
fn begin(machine: &mut Machine, arguments: Arguments, method: &str) -> Outcome<(R, Option<Modes>)> {
    if !machine.is_object(THIS) {
        return throw_incompatible(machine, method);
    }
    let text = machine.temp()?;
    machine.to_string(text, arguments.at(0))?;
    let plain = machine.plain_modes(THIS)?;
    Ok((text, plain))
}

/// Refuses a receiver that is no object. V8 shows that of two methods as undefined.
fn throw_incompatible<T>(machine: &mut Machine, method: &str) -> Outcome<T> {
    if method.ends_with(".test") || method.ends_with("@@replace") {
        let text = format!("Method {method} called on incompatible receiver undefined");
        return machine.throw_type_error(&text);
    }
    machine.throw_incompatible(method)
}

/// The receiver's flags.
fn flags_of(machine: &mut Machine) -> Outcome<String> {
    machine.scoped(|machine| {
        let value = machine.temp()?;
        machine.get_named(value, THIS, known::FLAGS)?;
        machine.string_of(value)
    })
}

pub(super) fn test(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_object(THIS) {
        return throw_incompatible(machine, "RegExp.prototype.test");
    }
    let text = machine.temps(2)?;
    machine.to_string(text, arguments.at(0))?;
    if let Some(modes) = machine.plain_modes(THIS)? {
        let found = machine.plain_test(THIS, text, modes)?;
        return machine.give_bool(found);
    }
    machine.reg_exp_match(text + 1, THIS, text)?;
    let found = machine.is_object(text + 1);
    machine.give_bool(found)
}

fn match_(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (text, plain) = begin(machine, arguments, "RegExp.prototype.@@match")?;
    if let Some(modes) = plain
        && modes.global
        && !modes.sticky
    {
        machine.plain_match_all(0, THIS, text, modes)?;
        return Ok(0);
    }
    let flags = flags_of(machine)?;
    let result = machine.temps(3)?;
    let (array, part) = (result + 1, result + 2);
    if !flags.contains('g') {
        machine.reg_exp_match(result, THIS, text)?;
        return Ok(result);
    }
    let unicode = flags.contains(['u', 'v']);
    machine.set_last_index(THIS, 0)?;
    machine.new_array(array, 0)?;
    loop {
        machine.reg_exp_match(result, THIS, text)?;
        if !machine.is_object(result) {
            break;
        }
        machine.get(part, result, Key::Index(0))?;
        machine.to_string(part, part)?;
        machine.push(array, part)?;
        if machine.string_length(part) == 0 {
            machine.step_last_index(THIS, text, unicode)?;
        }
    }
    if machine.array_length(array) == 0 {
        machine.registers().set_null(array);
    } else {
        machine.fit_elements(array)?;
    }
    Ok(array)
}

/// Another expression like the receiver, with flags.
fn another(machine: &mut Machine, to: R, class: R, flags: &str) -> Outcome {
    machine.scoped(|machine| {
        let text = machine.temp()?;
        machine.new_text(text, flags)?;
        machine.construct(to, class, &[THIS, text], class)
    })
}

/// The constructor of another expression like the receiver.
fn class_of_another(machine: &mut Machine, to: R) -> Outcome {
    machine.species_of(to, THIS)?;
    if machine.is_undefined(to) {
        machine.load_root(to, roots::REG_EXP);
    }
    Ok(())
}

fn match_all(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (text, _) = begin(machine, arguments, "RegExp.prototype.@@matchAll")?;
    let expression = machine.temps(3)?;
    let (value, class) = (expression + 1, expression + 2);
    class_of_another(machine, class)?;
    let flags = flags_of(machine)?;
    another(machine, expression, class, &flags)?;
    machine.get_named(value, THIS, known::LAST_INDEX)?;
    let last = machine.to_length(value)?;
    machine.set_last_index(expression, last)?;
    let iterator = machine.temp()?;
    let root = roots::REG_EXP_ITERATOR_PROTOTYPE;
    machine.new_kind(iterator, root, ObjectKind::RegExpIterator, FIRST + 3)?;
    let state = i32::from(flags.contains('g')) + 2 * i32::from(flags.contains(['u', 'v']));
    let mut registers = machine.registers();
    registers.store(iterator, EXPRESSION, expression)?;
    registers.store(iterator, TEXT, text)?;
    registers.store_value(iterator, STATE, Value::Smi(state))?;
    Ok(iterator)
}

fn next(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::RegExpIterator, "%RegExpStringIterator%.prototype.next")?;
    let expression = machine.temps(4)?;
    let (text, result, part) = (expression + 1, expression + 2, expression + 3);
    let state = machine.registers().peek(THIS, STATE)?.as_smi();
    let Some(state) = state else {
        machine.new_result(0, result, true)?;
        return Ok(0);
    };
    machine.registers().load(expression, THIS, EXPRESSION)?;
    machine.registers().load(text, THIS, TEXT)?;
    machine.reg_exp_match(result, expression, text)?;
    let found = machine.is_object(result);
    if !found || state & 1 == 0 {
        machine.registers().store_value(THIS, STATE, Value::Undefined)?;
    }
    if !found {
        machine.undefined(result);
    } else if state & 1 != 0 {
        machine.get(part, result, Key::Index(0))?;
        machine.to_string(part, part)?;
        if machine.string_length(part) == 0 {
            machine.step_last_index(expression, text, state & 2 != 0)?;
        }
    }
    machine.new_result(0, result, !found)?;
    Ok(0)
}

fn search(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (text, _) = begin(machine, arguments, "RegExp.prototype.@@search")?;
    let before = machine.temps(3)?;
    let (result, last) = (before + 1, before + 2);
    machine.get_named(before, THIS, known::LAST_INDEX)?;
    machine.set_number(result, 0.0)?;
    if !machine.same_value(before, result) {
        machine.set_last_index(THIS, 0)?;
    }
    machine.reg_exp_match(result, THIS, text)?;
    machine.get_named(last, THIS, known::LAST_INDEX)?;
    if !machine.same_value(last, before) {
        machine.set_named(THIS, known::LAST_INDEX, before)?;
    }
    if !machine.is_object(result) {
        return machine.give_number(-1.0);
    }
    machine.get_named(result, result, known::INDEX)?;
    Ok(result)
}

/// Whether what is made like the receiver, a plain expression, is made by `RegExp`, which has the species that it began with.
fn is_own_kind(machine: &mut Machine) -> Outcome<bool> {
    machine.scoped(|machine| {
        let class = machine.temp()?;
        machine.get_named(class, THIS, known::CONSTRUCTOR)?;
        Ok(machine.is_root(class, roots::REG_EXP) && machine.is_own_species(class)?)
    })
}

/// How many pieces are wanted at the most.
fn limit_of(machine: &mut Machine, arguments: Arguments) -> Outcome<usize> {
    Ok(match machine.is_undefined(arguments.at(1)) {
        true => u32::MAX,
        false => machine.to_uint32(arguments.at(1))?,
    } as usize)
}

fn split(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (text, plain) = begin(machine, arguments, "RegExp.prototype.@@split")?;
    let expression = machine.temps(4)?;
    let (array, result, part) = (expression + 1, expression + 2, expression + 3);
    if let Some(modes) = plain
        && !modes.sticky
        && (machine.is_undefined(arguments.at(1)) || machine.type_of(arguments.at(1)).is_number())
        && is_own_kind(machine)?
    {
        let limit = limit_of(machine, arguments)?;
        if limit > 0 && machine.string_length(text) > 0 {
            machine.new_array(array, 0)?;
            machine.plain_split(array, THIS, text, limit, modes)?;
            return Ok(array);
        }
    }
    class_of_another(machine, part)?;
    let mut flags = flags_of(machine)?;
    let (length, unicode) = (machine.string_length(text), flags.contains(['u', 'v']));
    if !flags.contains('y') {
        flags.push('y');
    }
    another(machine, expression, part, &flags)?;
    machine.new_array(array, 0)?;
    let limit = limit_of(machine, arguments)?;
    if limit == 0 {
        return Ok(array);
    }
    if length == 0 {
        machine.reg_exp_match(result, expression, text)?;
        if !machine.is_object(result) {
            machine.push(array, text)?;
        }
        return Ok(array);
    }
    let (mut start, mut place) = (0, 0);
    while place < length {
        machine.set_last_index(expression, place)?;
        machine.reg_exp_match(result, expression, text)?;
        if !machine.is_object(result) {
            place = machine.behind_character(text, place, unicode)?;
            continue;
        }
        machine.get_named(part, expression, known::LAST_INDEX)?;
        let end = machine.to_length(part)?.min(length);
        if end == start {
            place = machine.behind_character(text, place, unicode)?;
            continue;
        }
        machine.piece(part, text, start, place)?;
        machine.push(array, part)?;
        if machine.array_length(array) == limit {
            return Ok(array);
        }
        start = end;
        for group in 1..machine.length_of(result)? {
            machine.get(part, result, Key::Index(group as u32))?;
            machine.push(array, part)?;
            if machine.array_length(array) == limit {
                return Ok(array);
            }
        }
        place = start;
    }
    machine.piece(part, text, start, length)?;
    machine.push(array, part)?;
    Ok(array)
}

fn replace(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (text, plain) = begin(machine, arguments, "RegExp.prototype.@@replace")?;
    let results = machine.temps(5)?;
    let (result, part, with, groups) = (results + 1, results + 2, results + 3, results + 4);
    machine.copy(with, arguments.at(1));
    let calls = machine.is_callable(with);
    if !calls {
        machine.to_string(with, with)?;
    }
    // The conversion may have changed the expression.
    if plain.is_some()
        && let Some(modes) = machine.plain_modes(THIS)?
        && !modes.sticky
        && !machine.names_groups(THIS)?
    {
        machine.plain_replace(0, THIS, text, with, modes)?;
        return Ok(0);
    }
    let flags = flags_of(machine)?;
    let (units, unicode) = (machine.units(text)?, flags.contains(['u', 'v']));
    let global = flags.contains('g');
    if global {
        machine.set_last_index(THIS, 0)?;
    }
    machine.new_array(results, 0)?;
    loop {
        machine.reg_exp_match(result, THIS, text)?;
        if !machine.is_object(result) {
            break;
        }
        machine.push(results, result)?;
        if !global {
            break;
        }
        machine.get(part, result, Key::Index(0))?;
        machine.to_string(part, part)?;
        if machine.string_length(part) == 0 {
            machine.step_last_index(THIS, text, unicode)?;
        }
    }
    let template = if calls { Vec::new() } else { machine.units(with)? };
    let (mut replaced, mut end) = (Vec::new(), 0);
    for place in 0..machine.array_length(results) {
        machine.get(result, results, Key::Index(place as u32))?;
        machine.get(part, result, Key::Index(0))?;
        machine.to_string(part, part)?;
        let matched = machine.units(part)?;
        machine.get_named(part, result, known::INDEX)?;
        let position = (machine.to_integer(part)?.max(0.0) as usize).min(units.len());
        machine.get_named(groups, result, known::GROUPS)?;
        let count = machine.length_of(result)?;
        let replacement = machine.scoped(|machine| {
            if calls {
                let mut given = Vec::with_capacity(count + 3);
                for group in 0..count {
                    let value = machine.temp()?;
                    machine.get(value, result, Key::Index(group as u32))?;
                    if !machine.is_undefined(value) {
                        machine.to_string(value, value)?;
                    }
                    given.push(value);
                }
                let number = machine.temp()?;
                machine.set_number(number, position as f64)?;
                given.extend([number, text]);
                if !machine.is_undefined(groups) {
                    given.push(groups);
                }
                let value = machine.temp()?;
                machine.call_function(value, arguments.at(1), &given)?;
                machine.to_string(value, value)?;
                return machine.units(value);
            }
            let mut captures = Vec::with_capacity(count);
            let value = machine.temp()?;
            for group in 1..count {
                machine.get(value, result, Key::Index(group as u32))?;
                captures.push(match machine.is_undefined(value) {
                    true => None,
                    false => {
                        machine.to_string(value, value)?;
                        Some(machine.units(value)?)
                    }
                });
            }
            let named = !machine.is_undefined(groups);
            if named {
                machine.to_object(groups, groups)?;
            }
            let matched =
                Matched { text: &units, matched: &matched, position, captures: &captures };
            machine.expand(&template, &matched, named.then_some(groups))
        })?;
        if position >= end {
            machine.check_length(replaced.len() + position - end + replacement.len())?;
            replaced.extend_from_slice(&units[end..position]);
            replaced.extend(replacement);
            end = position + matched.len();
        }
    }
    if end < units.len() {
        replaced.extend_from_slice(&units[end..]);
    }
    machine.new_string(0, &replaced)?;
    Ok(0)
}

/// A match, for what a template says of it.
pub(in crate::builtins) struct Matched<'a> {
    pub text: &'a [u16],
    pub matched: &'a [u16],
    pub position: usize,
    pub captures: &'a [Option<Vec<u16>>],
}

impl Machine {
    /// ECMA-262's `GetSubstitution`: a template with what its dollar signs stand for.
    pub(in crate::builtins) fn expand(
        &mut self,
        template: &[u16],
        found: &Matched<'_>,
        groups: Option<R>,
    ) -> Outcome<Vec<u16>> {
        let mut expanded = Vec::with_capacity(template.len());
        let mut at = 0;
        let digit = |place: usize| {
            let unit = *template.get(place)?;
            (48..58).contains(&unit).then(|| usize::from(unit - 48))
        };
        while at < template.len() {
            if template[at] != 36 || at + 1 == template.len() {
                expanded.push(template[at]);
                at += 1;
                continue;
            }
            let end = (found.position + found.matched.len()).min(found.text.len());
            match template[at + 1] {
                36 => expanded.push(36),
                38 => expanded.extend_from_slice(found.matched),
                96 => expanded.extend_from_slice(&found.text[..found.position]),
                39 => expanded.extend_from_slice(&found.text[end..]),
                48..58 => {
                    let count = found.captures.len();
                    let one = digit(at + 1).unwrap_or(0);
                    let two = digit(at + 2).map(|second| 10 * one + second);
                    let (number, length) = match two {
                        Some(two) if (1..=count).contains(&two) => (two, 2),
                        _ => (one, 1),
                    };
                    if (1..=count).contains(&number) {
                        if let Some(capture) = &found.captures[number - 1] {
                            expanded.extend_from_slice(capture);
                        }
                        at += 1 + length;
                        continue;
                    }
                    expanded.push(36);
                    at += 1;
                    continue;
                }
                60 if groups.is_some() => {
                    let close = template[at..].iter().position(|unit| *unit == 62);
                    let (Some(close), Some(groups)) = (close, groups) else {
                        expanded.push(36);
                        at += 1;
                        continue;
                    };
                    let name = String::from_utf16_lossy(&template[at + 2..at + close]);
                    let key = self.text_key(&name);
                    let capture = self.scoped(|machine| {
                        let value = machine.temp()?;
                        machine.get(value, groups, key)?;
                        if machine.is_undefined(value) {
                            return Ok(Vec::new());
                        }
                        machine.to_string(value, value)?;
                        machine.units(value)
                    })?;
                    expanded.extend(capture);
                    at += close + 1;
                    continue;
                }
                _ => {
                    expanded.push(36);
                    at += 1;
                    continue;
                }
            }
            at += 2;
        }
        Ok(expanded)
    }
}
