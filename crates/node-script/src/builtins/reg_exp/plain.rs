//! Regular expressions that a program has not changed: their methods match without asking for `exec`, `flags` and a result's
//! properties, which nobody sees (V8's `RegExpBuiltinsAssembler::FastStoreLastIndex` and its like).

use super::methods::Matched;
use super::{ALL_FLAGS, DATA};
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::known;
use crate::objects::class::ObjectKind;
use crate::objects::layout::GETTER;
use crate::objects::text_builder::TextBuilder;
use crate::pattern::{Match, Modes, Pattern};
use crate::thrown::Outcome;
use core::ops::Range;
use heap_model::collections::string::FlatUnits;

/// Part of a text.
fn slice(units: FlatUnits<'_>, range: Range<usize>) -> FlatUnits<'_> {
    match units {
        FlatUnits::OneByte(units) => FlatUnits::OneByte(&units[range]),
        FlatUnits::TwoByte(units) => FlatUnits::TwoByte(&units[range]),
    }
}

impl Machine {
    /// The flags of an expression that has nothing but its `lastIndex`, a small integer, while `RegExp.prototype` is as it was.
    pub(super) fn plain_modes(&mut self, object: R) -> Outcome<Option<Modes>> {
        let Some(id) = self.class_of(object) else { return Ok(None) };
        let class = self.classes.get(id);
        if class.kind != ObjectKind::RegExp {
            return Ok(None);
        }
        let now = (id.0, self.classes.epoch);
        if self.lookups.reg_exp.get() != now {
            let alone = class.count() == 1
                && class.find(known::LAST_INDEX).is_some_and(|last| last.flags.writable());
            if !alone || !self.has_plain_prototype(object)? {
                return Ok(None);
            }
            self.lookups.reg_exp.set(now);
        }
        let plain = self.scoped(|machine| {
            let value = machine.temp()?;
            machine.get_named(value, object, known::EXEC)?;
            if !machine.is_root(value, roots::REG_EXP_EXEC) {
                return Ok(false);
            }
            machine.get_named(value, object, known::LAST_INDEX)?;
            Ok(machine.registers().get(value).is_smi())
        })?;
        if plain { self.of_pattern(object, Pattern::modes).map(Some) } else { Ok(None) }
    }

    /// Whether an object's prototype is `RegExp.prototype`, with the getters that it began with, and other properties that no
    /// getter stands for.
    fn has_plain_prototype(&mut self, object: R) -> Outcome<bool> {
        self.scoped(|machine| {
            let prototype = machine.temps(2)?;
            let value = prototype + 1;
            machine.prototype_of(prototype, object)?;
            if !machine.is_root(prototype, roots::REG_EXP_PROTOTYPE) {
                return Ok(false);
            }
            for name in [known::EXEC, known::CONSTRUCTOR] {
                let flags = machine.own_property(value, prototype, name.into())?;
                if flags.is_none_or(|flags| flags.is_accessor()) {
                    return Ok(false);
                }
            }
            for place in 0..=ALL_FLAGS.len() {
                let name = match ALL_FLAGS.get(place) {
                    Some((_, name)) => machine.atoms.intern_str(name),
                    None => known::FLAGS,
                };
                let flags = machine.own_property(value, prototype, name.into())?;
                if !flags.is_some_and(|flags| flags.is_accessor()) {
                    return Ok(false);
                }
                machine.registers().load(value, value, GETTER)?;
                if machine.code_of(value) != machine.codes.reg_exp_getters.get(place).copied() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// The first match of an expression at a place of a text or behind it, whatever its `lastIndex` is.
    fn match_from(&mut self, object: R, text: R, start: usize) -> Outcome<Option<Match>> {
        if start > self.string_length(text) {
            return Ok(None);
        }
        self.scoped(|machine| {
            let data = machine.temp()?;
            machine.registers().load(data, object, DATA)?;
            machine.find_match(data, text, start)
        })
    }

    /// All matches of an expression one behind the other, or only the first.
    fn all_matches(&mut self, object: R, text: R, modes: Modes) -> Outcome<Vec<Match>> {
        let (mut matches, mut start) = (Vec::new(), 0);
        while let Some(found) = self.match_from(object, text, start)? {
            let whole = found.whole();
            start = match whole.is_empty() {
                true => self.behind_character(text, whole.end, modes.unicode)?,
                false => whole.end,
            };
            matches.push(found);
            if !modes.global {
                break;
            }
        }
        Ok(matches)
    }

    /// The place behind a character.
    pub(super) fn behind_character(
        &mut self,
        text: R,
        place: usize,
        unicode: bool,
    ) -> Outcome<usize> {
        if !unicode {
            return Ok(place + 1);
        }
        self.with_string(text, |units| match units {
            FlatUnits::OneByte(_) => place + 1,
            FlatUnits::TwoByte(units) => {
                let unit = |place: usize| units.get(place).map(|unit| u16::from_ne_bytes(*unit));
                let paired = unit(place).is_some_and(|unit| (0xD800..0xDC00).contains(&unit))
                    && unit(place + 1).is_some_and(|unit| (0xDC00..0xE000).contains(&unit));
                place + if paired { 2 } else { 1 }
            }
        })
    }

    /// `test`: whether there is a match from `lastIndex` on, which is set as `exec` sets it.
    pub(super) fn plain_test(&mut self, object: R, text: R, modes: Modes) -> Outcome<bool> {
        let keeps_place = modes.global || modes.sticky;
        let mut start = 0;
        if keeps_place {
            start = self.scoped(|machine| {
                let value = machine.temp()?;
                machine.get_named(value, object, known::LAST_INDEX)?;
                machine.to_length(value)
            })?;
        }
        let found = self.match_from(object, text, start)?;
        if keeps_place {
            let last = found.as_ref().map_or(0, |found| found.whole().end);
            self.set_last_index(object, last)?;
        }
        Ok(found.is_some())
    }

    /// `match` with the flag `g`: the texts that match, or null.
    pub(super) fn plain_match_all(&mut self, to: R, object: R, text: R, modes: Modes) -> Outcome {
        self.set_last_index(object, 0)?;
        let matches = self.all_matches(object, text, modes)?;
        if matches.is_empty() {
            self.registers().set_null(to);
            return Ok(());
        }
        self.scoped(|machine| {
            let array = machine.temps(2)?;
            let part = array + 1;
            machine.new_array(array, matches.len())?;
            for found in matches {
                let Range { start, end } = found.whole();
                machine.piece(part, text, start, end)?;
                machine.push(array, part)?;
            }
            machine.copy(to, array);
            Ok(())
        })
    }

    /// `split`: the pieces between matches, and the groups of those, into an array; until it has `limit`.
    pub(super) fn plain_split(
        &mut self,
        array: R,
        object: R,
        text: R,
        limit: usize,
        modes: Modes,
    ) -> Outcome {
        let length = self.string_length(text);
        let groups = self.of_pattern(object, Pattern::groups)?;
        let (mut start, mut place) = (0, 0);
        self.scoped(|machine| {
            let part = machine.temp()?;
            while place < length {
                let Some(found) = machine.match_from(object, text, place)? else { break };
                let whole = found.whole();
                if whole.start >= length {
                    break;
                }
                if whole.end == start {
                    place = machine.behind_character(text, place, modes.unicode)?;
                    continue;
                }
                machine.piece(part, text, start, whole.start)?;
                machine.push(array, part)?;
                if machine.array_length(array) == limit {
                    return Ok(());
                }
                start = whole.end;
                for group in 1..groups {
                    match found.group(group) {
                        Some(range) => machine.piece(part, text, range.start, range.end)?,
                        None => machine.undefined(part),
                    }
                    machine.push(array, part)?;
                    if machine.array_length(array) == limit {
                        return Ok(());
                    }
                }
                place = start;
            }
            machine.piece(part, text, start, length)?;
            machine.push(array, part)
        })
    }

    /// What the program of an expression says.
    fn of_pattern<T>(&mut self, object: R, f: impl FnOnce(&Pattern) -> T) -> Outcome<T> {
        self.scoped(|machine| {
            let data = machine.temp()?;
            machine.registers().load(data, object, DATA)?;
            let registers = machine.registers();
            Ok(f(registers.native::<Pattern>(data)?))
        })
    }

    /// Whether groups of an expression have names.
    pub(super) fn names_groups(&mut self, object: R) -> Outcome<bool> {
        self.of_pattern(object, |pattern| !pattern.names().is_empty())
    }

    /// `replace`, of an expression whose groups have no names, by a text or by what a function gives.
    pub(super) fn plain_replace(
        &mut self,
        to: R,
        object: R,
        text: R,
        with: R,
        modes: Modes,
    ) -> Outcome {
        if modes.global {
            self.set_last_index(object, 0)?;
        }
        let groups = self.of_pattern(object, Pattern::groups)?;
        let matches = self.all_matches(object, text, modes)?;
        if matches.is_empty() {
            self.copy(to, text);
            return Ok(());
        }
        let calls = self.is_callable(with);
        let template = if calls { Vec::new() } else { self.units(with)? };
        let expands = template.contains(&u16::from(b'$'));
        let units = if expands { self.units(text)? } else { Vec::new() };
        let (mut replaced, mut end) = (TextBuilder::default(), 0);
        for found in matches {
            let whole = found.whole();
            self.with_string(text, |units| replaced.push(slice(units, end..whole.start)))?;
            end = whole.end;
            if calls {
                self.scoped(|machine| {
                    let value = machine.temp()?;
                    machine.call_with_match(value, with, text, &found, groups)?;
                    let more = machine.string_length(value);
                    machine.check_length(replaced.len() + more)?;
                    replaced.push_string(machine, value)
                })?;
            } else if expands {
                let part = |range: Range<usize>| units[range].to_vec();
                let captures: Vec<_> =
                    (1..groups).map(|group| found.group(group).map(part)).collect();
                let matched = Matched {
                    text: &units,
                    matched: &units[whole.clone()],
                    position: whole.start,
                    captures: &captures,
                };
                let expanded = self.expand(&template, &matched, None)?;
                self.check_length(replaced.len() + expanded.len())?;
                replaced.push_units(&expanded);
            } else {
                self.check_length(replaced.len() + template.len())?;
                replaced.push_units(&template);
            }
        }
        let length = self.string_length(text);
        self.check_length(replaced.len() + length - end)?;
        self.with_string(text, |units| replaced.push(slice(units, end..length)))?;
        replaced.finish(self, to)
    }

    /// Calls a function with a match, its groups, its place and the text; `to` is the result as a string.
    fn call_with_match(
        &mut self,
        to: R,
        function: R,
        text: R,
        found: &Match,
        groups: u32,
    ) -> Outcome {
        let first = self.temps(groups as usize + 1)?;
        let place = first + groups as usize;
        for group in 0..groups {
            let part = first + group as usize;
            match found.group(group) {
                Some(range) => self.piece(part, text, range.start, range.end)?,
                None => self.undefined(part),
            }
        }
        self.set_number(place, found.whole().start as f64)?;
        let given: Vec<R> = (first..=place).chain([text]).collect();
        self.call_function(to, function, &given)?;
        self.to_string(to, to)
    }
}
