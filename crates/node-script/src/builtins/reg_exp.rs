//! `RegExp` (ECMA-262, section 22.2), whose matches `pattern` finds.
//!
//! An object has V8's 56 bytes: its program's cell (shared by all of one source and flags that were made lately), source,
//! flags, and `lastIndex` as its first property.

mod methods;
mod plain;

pub(super) use methods::Matched;

use super::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, THIS, roots};
use crate::objects::atoms::{Atom, known};
use crate::objects::class::{Elements, Flags, ObjectKind};
use crate::objects::code::{Arguments, Native};
use crate::objects::layout::{BACKING, FIRST, GETTER, LENGTH, tag};
use crate::objects::number::is_space;
use crate::objects::object::Type;
use crate::pattern::{Fault, Match, Modes, Pattern};
use crate::thrown::Outcome;
use core::ops::Range;
use heap_model::Kind;
use heap_model::Register;
use heap_model::collections::string;
use node_memory::NodeVersion;

/// A group's name, and where it lies if it has matched.
type NamedRange = (String, Option<Range<usize>>);

const DATA: usize = FIRST;
const SOURCE: usize = FIRST + 1;
const FLAGS: usize = FIRST + 2;
/// Slots before `lastIndex`.
const SLOTS: usize = FIRST + 3;
/// Bytes of a program's cell.
const DATA_SIZE: usize = 48;
/// Fields of a match's array (V8's `JSRegExpResult`).
const RESULT_FIELDS: usize = 6;
/// Programs that are kept for objects to come.
const CACHED: usize = 64;

/// The flags in the order in which `flags` tells them.
const ALL_FLAGS: &[(char, &str)] = &[
    ('d', "hasIndices"),
    ('g', "global"),
    ('i', "ignoreCase"),
    ('m', "multiline"),
    ('s', "dotAll"),
    ('u', "unicode"),
    ('v', "unicodeSets"),
    ('y', "sticky"),
];

const PROTOTYPE: &[Method] = &[
    ("exec", 1, exec),
    ("toString", 0, to_string),
    ("compile", 2, compile),
    ("test", 1, methods::test),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    let prototype = machine.temps(2)?;
    let class = prototype + 1;
    machine.new_prototype(prototype, roots::REG_EXP_PROTOTYPE, roots::OBJECT_PROTOTYPE)?;
    machine.define_class(class, "RegExp", 2, construct, prototype)?;
    machine.store_root(roots::REG_EXP, class);
    machine.define_species(class)?;
    if machine.plays(NodeVersion::V24) {
        machine.define_methods(class, &[("escape", 1, escape)])?;
    }
    machine.define_methods(prototype, &PROTOTYPE[..1])?;
    const GETTERS: [Native; 8] = [
        |machine, _| flag(machine, 0),
        |machine, _| flag(machine, 1),
        |machine, _| flag(machine, 2),
        |machine, _| flag(machine, 3),
        |machine, _| flag(machine, 4),
        |machine, _| flag(machine, 5),
        |machine, _| flag(machine, 6),
        |machine, _| flag(machine, 7),
    ];
    for ((_, name), getter) in ALL_FLAGS.iter().zip(GETTERS) {
        let name = machine.atoms.intern_str(name);
        machine.define_getter(prototype, name, getter, None)?;
    }
    machine.define_getter(prototype, known::FLAGS, flags, None)?;
    for name in ALL_FLAGS.iter().map(|(_, name)| *name).chain(["flags"]) {
        let name = machine.atoms.intern_str(name);
        machine.own_property(class, prototype, name.into())?;
        machine.registers().load(class, class, GETTER)?;
        let code = machine.code_of(class);
        machine.codes.reg_exp_getters.extend(code);
    }
    machine.define_getter(prototype, known::SOURCE, source, None)?;
    machine.define_methods(prototype, &PROTOTYPE[1..])?;
    machine.own_property(class, prototype, known::EXEC.into())?;
    machine.store_root(roots::REG_EXP_EXEC, class);
    methods::install(machine, prototype)
}

fn construct(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (pattern, given) = (arguments.at(0), arguments.at(1));
    let class = machine.temps(4)?;
    let (source, flags, object) = (class + 1, class + 2, class + 3);
    let like = machine.is_reg_exp(pattern)?;
    if !arguments.construct() && like && machine.is_undefined(given) {
        machine.get_named(class, pattern, known::CONSTRUCTOR)?;
        machine.load_root(object, roots::REG_EXP);
        if machine.is_same(class, object) {
            return Ok(pattern);
        }
    }
    if machine.kind_of(pattern) == Some(ObjectKind::RegExp) {
        machine.registers().load(source, pattern, SOURCE)?;
        machine.registers().load(flags, pattern, FLAGS)?;
    } else if like {
        machine.get_named(source, pattern, known::SOURCE)?;
        if machine.is_undefined(given) {
            machine.get_named(flags, pattern, known::FLAGS)?;
        }
    } else {
        machine.copy(source, pattern);
    }
    if !machine.is_undefined(given) {
        machine.copy(flags, given);
    }
    for text in [source, flags] {
        match machine.is_undefined(text) {
            true => machine.atom_value(text, known::EMPTY)?,
            false => machine.to_string(text, text)?,
        }
    }
    machine.new_target_prototype(class, arguments, roots::REG_EXP_PROTOTYPE)?;
    machine.new_reg_exp(object, class, source, flags)?;
    Ok(object)
}

impl Machine {
    /// ECMA-262's `IsRegExp`.
    pub(crate) fn is_reg_exp(&mut self, value: R) -> Outcome<bool> {
        if !self.is_object(value) {
            return Ok(false);
        }
        self.scoped(|machine| {
            let matcher = machine.temp()?;
            machine.get_named(matcher, value, known::MATCH)?;
            if !machine.is_undefined(matcher) {
                return Ok(machine.to_boolean(matcher));
            }
            Ok(machine.kind_of(value) == Some(ObjectKind::RegExp))
        })
    }

    /// A regular expression of a source and flags, which are strings.
    pub(crate) fn new_reg_exp(&mut self, to: R, prototype: R, source: R, flags: R) -> Outcome {
        let data = self.temps(2)?;
        let zero = data + 1;
        self.reg_exp_data(data, source, flags)?;
        let kind = ObjectKind::RegExp;
        let class = self.kind_class(prototype, kind, Kind::Object, SLOTS, 1)?;
        self.new_of(to, class)?;
        let mut registers = self.registers();
        registers.store(to, DATA, data)?;
        registers.store(to, SOURCE, source)?;
        registers.store(to, FLAGS, flags)?;
        registers.set_smi(zero, 0);
        self.add_field(to, known::LAST_INDEX, Flags(Flags::WRITABLE), zero)
    }

    /// The cell of a program.
    fn reg_exp_data(&mut self, to: R, source: R, flags: R) -> Outcome {
        let (units, letters) = (self.units(source)?, self.rust_string(flags)?);
        if let Some(place) =
            self.reg_exps.iter().position(|(known, with)| *known == units && *with == letters)
        {
            self.load_root(to, roots::SPARE_0);
            return Ok(self.registers().load(to, to, place)?);
        }
        let valid = letters.chars().all(|letter| ALL_FLAGS.iter().any(|(flag, _)| *flag == letter));
        let twice =
            letters.chars().enumerate().any(|(place, letter)| letters[..place].contains(letter));
        if !valid || twice || letters.contains('u') && letters.contains('v') {
            let text = format!("Invalid flags supplied to RegExp constructor '{letters}'");
            return self.throw_error(ErrorKind::SyntaxError, &text);
        }
        let nested = nesting(&units);
        let room = (1 << 18) + nested * LEVEL;
        let since_24 = self.plays(NodeVersion::V24);
        let modes = Modes { since_24, ..Modes::of(&letters) };
        let compiled = match nested > MOST_NESTED {
            true => Err("Regular expression too large"),
            false => stacker::maybe_grow(room, 2 * room, || Pattern::new(&units, modes)),
        };
        let pattern = match compiled {
            Ok(pattern) => pattern,
            Err(reason) => {
                let shown = String::from_utf16_lossy(&units);
                let text = format!("Invalid regular expression: /{shown}/{letters}: {reason}");
                return self.throw_error(ErrorKind::SyntaxError, &text);
            }
        };
        let mut registers = self.registers();
        registers.alloc_native(to, DATA_SIZE, 0, Box::new(pattern), 0)?;
        registers.set_tag(to, tag(crate::objects::layout::tags::REG_EXP_DATA))?;
        // The oldest makes room.
        let place = match self.reg_exps.len() {
            CACHED => self.reg_exp_next,
            length => {
                self.reg_exps.push(Default::default());
                length
            }
        };
        self.reg_exp_next = (place + 1) % CACHED;
        self.reg_exps[place] = (units, letters);
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.load_root(table, roots::SPARE_0);
            machine.put_in_table(table, place, to, roots::SPARE_0)
        })
    }

    /// The letters of a regular expression's flags.
    fn reg_exp_flags(&mut self, object: R) -> Outcome<String> {
        self.scoped(|machine| {
            let flags = machine.temp()?;
            machine.registers().load(flags, object, FLAGS)?;
            machine.rust_string(flags)
        })
    }

    /// ECMA-262's `RegExpBuiltinExec`: an array, or `null`.
    fn reg_exp_exec(&mut self, to: R, object: R, text: R) -> Outcome {
        self.scoped(|machine| {
            let value = machine.temps(5)?;
            let (data, array, part, names) = (value + 1, value + 2, value + 3, value + 4);
            machine.get_named(value, object, known::LAST_INDEX)?;
            let last = machine.to_length(value)?;
            machine.registers().load(data, object, DATA)?;
            let modes = machine.registers().native::<Pattern>(data)?.modes();
            let keeps_place = modes.global || modes.sticky;
            let start = if keeps_place { last } else { 0 };
            let found = match start <= machine.string_length(text) {
                true => machine.find_match(data, text, start)?,
                false => None,
            };
            let Some(found) = found else {
                if keeps_place {
                    machine.registers().set_smi(value, 0);
                    machine.set_named(object, known::LAST_INDEX, value)?;
                }
                machine.registers().set_null(to);
                return Ok(());
            };
            let whole = found.whole();
            if keeps_place {
                machine.set_number(value, whole.end as f64)?;
                machine.set_named(object, known::LAST_INDEX, value)?;
            }
            let registers = machine.registers();
            let pattern = registers.native::<Pattern>(data)?;
            let ranges: Vec<_> = (0..pattern.groups()).map(|group| found.group(group)).collect();
            let named = named_ranges(pattern.names(), &found);
            machine.undefined(names);
            if !named.is_empty() {
                machine.registers().set_null(value);
                machine.new_with_prototype(names, value)?;
                for (name, range) in &named {
                    match range {
                        Some(range) => machine.piece(part, text, range.start, range.end)?,
                        None => machine.undefined(part),
                    }
                    let name = machine.atoms.intern_str(name);
                    machine.define_named(names, name, part, Flags::PLAIN)?;
                }
            }
            machine.new_match(array, (text, names), whole.start, &ranges)?;
            if modes.indices {
                machine.define_indices(array, &ranges, &named)?;
            }
            machine.copy(to, array);
            Ok(())
        })
    }

    /// The array of a match: the whole and its groups, where it lies, its text, and the groups that have names.
    fn new_match(
        &mut self,
        to: R,
        (text, names): (R, R),
        start: usize,
        ranges: &[Option<Range<usize>>],
    ) -> Outcome {
        self.scoped(|machine| {
            let elements = machine.temps(3)?;
            let (part, index) = (elements + 1, elements + 2);
            machine.new_elements(elements, ranges.len())?;
            for (place, range) in ranges.iter().enumerate() {
                match range {
                    Some(range) => machine.piece(part, text, range.start, range.end)?,
                    None => machine.undefined(part),
                }
                machine.registers().store(elements, place, part)?;
            }
            machine.set_number(index, start as f64)?;
            let fields = [(known::INDEX, index), (known::INPUT, text), (known::GROUPS, names)];
            let Some(class) = machine.match_class else {
                machine.new_array_with_fields(to, 0, RESULT_FIELDS)?;
                machine.transition_elements(to, Elements::Packed)?;
                for (name, value) in fields {
                    machine.define_named(to, name, value, Flags::PLAIN)?;
                }
                machine.match_class = machine.class_of(to);
                return machine.set_match_elements(to, elements, ranges.len());
            };
            machine.new_of(to, class)?;
            for (place, (_, value)) in fields.into_iter().enumerate() {
                machine.registers().store(to, LENGTH + 1 + place, value)?;
            }
            machine.set_match_elements(to, elements, ranges.len())
        })
    }

    fn set_match_elements(&mut self, array: R, elements: R, count: usize) -> Outcome {
        self.registers().store(array, BACKING, elements)?;
        self.set_array_length(array, count)
    }

    /// The first match of a program's cell at a place of a text, or behind it.
    fn find_match(&mut self, data: R, text: R, start: usize) -> Outcome<Option<Match>> {
        let steps = self.options.regexp_steps;
        let mut registers = self.registers();
        string::flatten(&mut registers, Register(text))?;
        let found = match string::flat_units(&registers, Register(text))? {
            Some(units) => registers.native::<Pattern>(data)?.find(units, start, steps),
            None => Ok(None),
        };
        match found {
            Ok(found) => Ok(found),
            Err(Fault::Stack) => self.throw_range_error("Maximum call stack size exceeded"),
            Err(Fault::Steps) => {
                let text = format!("Regular expression took more than {steps} steps");
                self.throw_range_error(&text)
            }
        }
    }

    /// Where the parts of a match lie, for the flag `d`.
    fn define_indices(
        &mut self,
        array: R,
        ranges: &[Option<Range<usize>>],
        named: &[NamedRange],
    ) -> Outcome {
        self.scoped(|machine| {
            let indices = machine.temps(4)?;
            let (pair, number, names) = (indices + 1, indices + 2, indices + 3);
            let write = |machine: &mut Self, range: &Option<Range<usize>>| -> Outcome {
                let Some(range) = range else {
                    machine.undefined(pair);
                    return Ok(());
                };
                machine.new_array(pair, 2)?;
                for end in [range.start, range.end] {
                    machine.set_number(number, end as f64)?;
                    machine.push(pair, number)?;
                }
                Ok(())
            };
            machine.new_array(indices, ranges.len())?;
            for range in ranges {
                write(machine, range)?;
                machine.push(indices, pair)?;
            }
            if !named.is_empty() {
                machine.registers().set_null(number);
                machine.new_with_prototype(names, number)?;
                for (name, range) in named {
                    write(machine, range)?;
                    let name = machine.atoms.intern_str(name);
                    machine.define_named(names, name, pair, Flags::PLAIN)?;
                }
            }
            machine.define_named(indices, known::GROUPS, names, Flags::PLAIN)?;
            let name: Atom = machine.atoms.intern_str("indices");
            machine.define_named(array, name, indices, Flags::PLAIN)
        })
    }

    /// A part of a string, which may be empty.
    pub(crate) fn piece(&mut self, to: R, text: R, start: usize, end: usize) -> Outcome {
        match start < end {
            true => self.substring(to, text, start, end),
            false => self.atom_value(to, known::EMPTY),
        }
    }
}

/// Where the groups with names lie, in the order of the source; of those of one name, the one that has matched.
fn named_ranges(names: &[(String, u32)], found: &Match) -> Vec<NamedRange> {
    let mut ranges: Vec<NamedRange> = Vec::with_capacity(names.len());
    for (name, group) in names {
        let range = found.group(*group);
        match ranges.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = known.take().or(range),
            None => ranges.push((name.clone(), range)),
        }
    }
    ranges
}

fn exec(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::RegExp, "RegExp.prototype.exec")?;
    let text = machine.temp()?;
    machine.to_string(text, arguments.at(0))?;
    machine.reg_exp_exec(0, THIS, text)?;
    Ok(0)
}

/// `RegExp.escape`: a text that matches nothing but the one given.
fn escape(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.type_of(arguments.at(0)) != Type::String {
        return machine.throw_type_error("input argument must be a string");
    }
    let units = machine.units(arguments.at(0))?;
    let mut escaped = String::new();
    let mut units_of = Vec::with_capacity(units.len());
    for (place, point) in char::decode_utf16(units.iter().copied()).enumerate() {
        escaped.clear();
        match point {
            Ok(first) if place == 0 && first.is_ascii_alphanumeric() => {
                escaped = format!("\\x{:02x}", u32::from(first));
            }
            Ok(point) if "^$\\.*+?()[]{}|/".contains(point) => escaped.extend(['\\', point]),
            Ok('\t') => escaped.push_str("\\t"),
            Ok('\n') => escaped.push_str("\\n"),
            Ok('\x0b') => escaped.push_str("\\v"),
            Ok('\x0c') => escaped.push_str("\\f"),
            Ok('\r') => escaped.push_str("\\r"),
            Ok(point) if ",-=<>#&!%:;@~'`\"".contains(point) || is_space(point) => {
                escaped = match u32::from(point) {
                    point @ ..=0xff => format!("\\x{point:02x}"),
                    point => format!("\\u{point:04x}"),
                };
            }
            Ok(point) => escaped.push(point),
            Err(alone) => escaped = format!("\\u{:04x}", alone.unpaired_surrogate()),
        }
        units_of.extend(escaped.encode_utf16());
    }
    machine.new_string(0, &units_of)?;
    Ok(0)
}

fn compile(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.require_kind(ObjectKind::RegExp, "RegExp.prototype.compile")?;
    let class = machine.temps(3)?;
    let (other, value) = (class + 1, class + 2);
    let like = machine.kind_of(arguments.at(0)) == Some(ObjectKind::RegExp);
    if like && !machine.is_undefined(arguments.at(1)) {
        return machine
            .throw_type_error("Cannot supply flags when constructing one RegExp from another");
    }
    machine.load_root(class, roots::REG_EXP);
    machine.construct(other, class, &[arguments.at(0), arguments.at(1)], class)?;
    for slot in [DATA, SOURCE, FLAGS] {
        machine.registers().load(value, other, slot)?;
        machine.registers().store(THIS, slot, value)?;
    }
    machine.registers().set_smi(value, 0);
    machine.set_named(THIS, known::LAST_INDEX, value)?;
    Ok(THIS)
}

/// Whether `this` is `RegExp.prototype` itself, whose getters do not throw.
fn is_prototype(machine: &mut Machine) -> Outcome<bool> {
    machine.scoped(|machine| {
        let prototype = machine.temp()?;
        machine.load_root(prototype, roots::REG_EXP_PROTOTYPE);
        Ok(machine.is_same(prototype, THIS))
    })
}

fn flag(machine: &mut Machine, which: usize) -> Outcome<R> {
    let (letter, name) = ALL_FLAGS[which];
    if machine.kind_of(THIS) == Some(ObjectKind::RegExp) {
        let flags = machine.reg_exp_flags(THIS)?;
        return machine.give_bool(flags.contains(letter));
    }
    if is_prototype(machine)? {
        return machine.give_undefined();
    }
    let text = format!("RegExp.prototype.{name} getter called on non-RegExp object");
    machine.throw_type_error(&text)
}

fn flags(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if !machine.is_object(THIS) {
        let shown = machine.show(THIS);
        let text = format!("RegExp.prototype.flags getter called on non-object {shown}");
        return machine.throw_type_error(&text);
    }
    let value = machine.temp()?;
    let mut flags = String::new();
    for (letter, name) in ALL_FLAGS {
        let name = machine.atoms.intern_str(name);
        machine.get_named(value, THIS, name)?;
        if machine.to_boolean(value) {
            flags.push(*letter);
        }
    }
    machine.give_text(&flags)
}

fn source(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if machine.kind_of(THIS) != Some(ObjectKind::RegExp) {
        if is_prototype(machine)? {
            return machine.give_text("(?:)");
        }
        let text = "RegExp.prototype.source getter called on non-RegExp object";
        return machine.throw_type_error(text);
    }
    let text = machine.temp()?;
    machine.registers().load(text, THIS, SOURCE)?;
    let units = machine.units(text)?;
    if units.is_empty() {
        return machine.give_text("(?:)");
    }
    // A slash and line ends are written so that the source can stand between slashes.
    let mut escaped = Vec::with_capacity(units.len());
    let (mut in_class, mut after_backslash) = (false, false);
    for unit in units {
        let letter = match unit {
            10 => Some("\\n"),
            13 => Some("\\r"),
            0x2028 => Some("\\u2028"),
            0x2029 => Some("\\u2029"),
            47 if !in_class && !after_backslash => Some("\\/"),
            _ => None,
        };
        match letter {
            Some(text) => {
                let text = if after_backslash && unit != 47 { &text[1..] } else { text };
                escaped.extend(text.encode_utf16());
            }
            None => escaped.push(unit),
        }
        match unit {
            91 if !after_backslash => in_class = true,
            93 if !after_backslash => in_class = false,
            _ => {}
        }
        after_backslash = unit == 92 && !after_backslash;
    }
    machine.new_string(0, &escaped)?;
    Ok(0)
}

fn to_string(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    if !machine.is_object(THIS) {
        return machine.throw_incompatible("RegExp.prototype.toString");
    }
    let value = machine.temp()?;
    machine.get_named(value, THIS, known::SOURCE)?;
    let source = machine.string_of(value)?;
    machine.get_named(value, THIS, known::FLAGS)?;
    let flags = machine.string_of(value)?;
    machine.give_text(&format!("/{source}/{flags}"))
}

/// Groups in groups that a regular expression may have, and bytes of Rust's stack that each may take.
const MOST_NESTED: usize = 2000;
const LEVEL: usize = 32 << 10;

/// How deeply a pattern's groups and classes are nested, at the most.
fn nesting(pattern: &[u16]) -> usize {
    let (mut depth, mut most, mut escaped) = (0_usize, 0, false);
    for unit in pattern {
        match u8::try_from(*unit) {
            _ if escaped => escaped = false,
            Ok(b'\\') => escaped = true,
            Ok(b'(' | b'[') => depth += 1,
            Ok(b')' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}
