//! Strings: making them, reading them, and the values of names.
//!
//! They are the heap's: flat, ropes from 13 characters on, slices from 13 characters on. What looks at characters
//! flattens a rope first, as V8 does.

use super::atoms::{Atom, Key, Named};
use super::layout::tags;
use super::object::Type;
use crate::machine::{Machine, R, roots};
use crate::objects::layout::tag;
use crate::thrown::Outcome;
use core::cmp::Ordering;
use heap_model::collections::string::{self, FlatUnits};
use heap_model::{Kind, Register, Tag};

/// The longest string (V8's `String::kMaxLength`).
pub(crate) const MAX_LENGTH: usize = (1 << 29) - 24;

/// The characters of a string, copied out of the heap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    OneByte(Vec<u8>),
    TwoByte(Vec<u16>),
}

impl Text {
    pub(crate) fn of(units: FlatUnits<'_>) -> Self {
        match units {
            FlatUnits::OneByte(units) => Self::OneByte(units.to_vec()),
            FlatUnits::TwoByte(units) => {
                Self::TwoByte(units.iter().map(|pair| u16::from_ne_bytes(*pair)).collect())
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::OneByte(text) => text.len(),
            Self::TwoByte(text) => text.len(),
        }
    }

    pub(crate) fn at(&self, place: usize) -> u16 {
        match self {
            Self::OneByte(text) => u16::from(text[place]),
            Self::TwoByte(text) => text[place],
        }
    }

    pub(crate) fn units(&self) -> Vec<u16> {
        match self {
            Self::OneByte(text) => text.iter().map(|unit| u16::from(*unit)).collect(),
            Self::TwoByte(text) => text.clone(),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::OneByte(text) => text.iter().map(|unit| char::from(*unit)).collect(),
            Self::TwoByte(text) => String::from_utf16_lossy(text),
        }
    }
}

impl Machine {
    /// A string of Latin-1 characters.
    pub(crate) fn new_one_byte(&mut self, to: R, text: &[u8]) -> Outcome {
        self.check_length(text.len())?;
        Ok(self.registers().string_latin1(to, text)?)
    }

    /// A string of UTF-16 units; one-byte if all of them are Latin-1.
    pub(crate) fn new_string(&mut self, to: R, text: &[u16]) -> Outcome {
        self.check_length(text.len())?;
        Ok(self.registers().string_utf16(to, text)?)
    }

    pub(crate) fn new_text(&mut self, to: R, text: &str) -> Outcome {
        self.check_length(text.len())?;
        Ok(self.registers().string_new(to, text)?)
    }

    /// Throws if a string would be longer than strings may be: what puts one together asks before it does.
    pub(crate) fn check_length(&mut self, length: usize) -> Outcome {
        if length > MAX_LENGTH {
            return self.throw_range_error("Invalid string length");
        }
        Ok(())
    }

    /// Calls `f` with a string's characters.
    pub(crate) fn with_string<T>(
        &mut self,
        string: R,
        f: impl FnOnce(FlatUnits<'_>) -> T,
    ) -> Outcome<T> {
        let mut registers = self.registers();
        if let Some(units) = string::flat_units(&registers, Register(string))? {
            return Ok(f(units));
        }
        string::flatten(&mut registers, Register(string))?;
        let units = string::flat_units(&registers, Register(string))?;
        Ok(f(units.unwrap_or(FlatUnits::OneByte(&[]))))
    }

    /// Lets a string have its characters in one place.
    fn make_flat(&mut self, string: R) -> Outcome {
        let mut registers = self.registers();
        if string::flat_units(&registers, Register(string))?.is_none() {
            string::flatten(&mut registers, Register(string))?;
        }
        Ok(())
    }

    /// Calls `f` with the characters of two strings.
    pub(crate) fn with_strings<T>(
        &mut self,
        one: R,
        other: R,
        f: impl FnOnce(FlatUnits<'_>, FlatUnits<'_>) -> T,
    ) -> Outcome<T> {
        self.make_flat(one)?;
        self.make_flat(other)?;
        let registers = self.registers();
        let units = |string| string::flat_units(&registers, Register(string));
        let empty = FlatUnits::OneByte(&[]);
        Ok(f(units(one)?.unwrap_or(empty), units(other)?.unwrap_or(empty)))
    }

    /// The characters of a string.
    pub(crate) fn text(&mut self, string: R) -> Outcome<Text> {
        self.with_string(string, Text::of)
    }

    pub(crate) fn units(&mut self, string: R) -> Outcome<Vec<u16>> {
        Ok(self.text(string)?.units())
    }

    /// A string as Rust's, with replacement characters where it is no Unicode.
    pub(crate) fn rust_string(&mut self, string: R) -> Outcome<String> {
        Ok(self.text(string)?.to_text())
    }

    #[inline]
    pub(crate) fn string_length(&mut self, string: R) -> usize {
        string::len(&self.registers(), Register(string)).unwrap_or(0)
    }

    /// The character at a place that the string has.
    pub(crate) fn character(&mut self, string: R, place: usize) -> Outcome<u16> {
        self.with_string(string, |units| units.get(place).unwrap_or(0))
    }

    /// The character of a flat string at the place that a register tells, if they are both such and there is one.
    pub(crate) fn unit_at(&mut self, string: R, place: R) -> Option<u16> {
        let registers = self.registers();
        let place = usize::try_from(registers.smi(place)?).ok()?;
        string::flat_units(&registers, Register(string)).ok().flatten()?.get(place)
    }

    /// The string of the character at a place.
    pub(crate) fn string_character(&mut self, to: R, string: R, place: usize) -> Outcome {
        let unit = self.character(string, place)?;
        self.unit_string(to, unit)
    }

    /// The string of one character: Latin-1 ones are made once.
    pub(crate) fn unit_string(&mut self, to: R, unit: u16) -> Outcome {
        Ok(self.registers().string_utf16(to, &[unit])?)
    }

    pub(crate) fn is_string(&mut self, value: R) -> bool {
        self.type_of(value) == Type::String
    }

    /// The sum of two strings.
    pub(crate) fn concat(&mut self, to: R, left: R, right: R) -> Outcome {
        let sum = self.registers().string_concat(to, Register(left), Register(right));
        if let Err(error) = sum {
            let length = self.string_length(left) + self.string_length(right);
            self.check_length(length)?;
            return Err(error.into());
        }
        Ok(())
    }

    /// A string many times, by doubling (V8's `StringRepeat`).
    pub(crate) fn repeat(&mut self, to: R, string: R, count: usize) -> Outcome {
        let length = self.string_length(string).saturating_mul(count);
        self.check_length(length)?;
        self.scoped(|machine| {
            let (sum, power) = (machine.temp()?, machine.temp()?);
            machine.atom_value(sum, super::atoms::known::EMPTY)?;
            machine.copy(power, string);
            let mut left = count;
            while left > 0 {
                if left & 1 == 1 {
                    machine.concat(sum, sum, power)?;
                }
                left >>= 1;
                if left > 0 {
                    machine.concat(power, power, power)?;
                }
            }
            machine.copy(to, sum);
            Ok(())
        })
    }

    /// A part of a string, from 13 characters on one that keeps the whole alive.
    pub(crate) fn substring(&mut self, to: R, string: R, start: usize, end: usize) -> Outcome {
        Ok(self.registers().string_substring(to, Register(string), start..end)?)
    }

    pub(crate) fn equal_strings(&mut self, left: R, right: R) -> Outcome<bool> {
        if self.is_same(left, right) {
            return Ok(true);
        }
        if self.string_length(left) != self.string_length(right) {
            return Ok(false);
        }
        self.make_flat(left)?;
        self.make_flat(right)?;
        Ok(string::equal(&self.registers(), Register(left), Register(right))?)
    }

    /// The order of two strings by their units.
    pub(crate) fn compare_strings(&mut self, left: R, right: R) -> Outcome<Ordering> {
        self.make_flat(left)?;
        self.make_flat(right)?;
        Ok(string::compare(&self.registers(), Register(left), Register(right))?)
    }

    // -- names --------------------------------------------------------------------------------------------------
    //
    // The string of a name is the one that the heap's interner has, with the atom as its tag. A name that the machine
    // itself uses (of code, of a class) is held in a table; others are kept by what refers to their string alone, and
    // the interner finds them by their atoms.

    /// The string or symbol that an atom is the number of.
    pub(crate) fn atom_value(&mut self, to: R, atom: Atom) -> Outcome {
        self.load_root(to, roots::ATOM_CELLS);
        let room = self.registers().view(to).map_or(0, |cell| cell.slot_count());
        let place = atom.0 as usize;
        if place < room {
            self.registers().load(to, to, place)?;
            if self.registers().get(to).is_cell() {
                return Ok(());
            }
        }
        if self.atoms.is_weak(atom) && self.registers().string_numbered(to, atom.0) {
            return Ok(());
        }
        self.make_atom_cell(to, atom)
    }

    #[cold]
    fn make_atom_cell(&mut self, to: R, atom: Atom) -> Outcome {
        match self.atoms.named(atom).cloned() {
            Some(Named::Text(text)) => {
                self.registers().string_intern_utf16(to, &text)?;
                self.number_name(to, atom)?;
                if self.atoms.is_weak(atom) {
                    return Ok(());
                }
            }
            Some(Named::Symbol(description)) => {
                self.scoped(|machine| {
                    let shown = machine.temp()?;
                    if let Some(text) = description.as_deref() {
                        machine.new_string(shown, text)?;
                    }
                    let mut registers = machine.registers();
                    registers.alloc_tagged(to, Kind::Array, tag(atom.0), 1, 0)?;
                    Ok(registers.store(to, 0, shown)?)
                })?;
            }
            Some(Named::Private(_)) | None => {
                self.registers().alloc_tagged(to, Kind::Array, tag(atom.0), 1, 0)?;
            }
        }
        self.scoped(|machine| {
            let cells = machine.temp()?;
            machine.load_root(cells, roots::ATOM_CELLS);
            machine.put_in_table(cells, atom.0 as usize, to, roots::ATOM_CELLS)
        })
    }

    /// The interner's string in a register gets the number of its name.
    fn number_name(&mut self, string: R, atom: Atom) -> Outcome {
        let Some(number) = Tag::new(atom.0) else {
            return self.throw_range_error("Too many names of properties");
        };
        Ok(self.registers().string_set_number(string, number)?)
    }

    /// Ends names that no string in the heap has any more, once they are many. No Rust code that knows names by their atoms
    /// may be at work since what it [waits for](Self::nested) has begun: what waits knows none that came later.
    #[inline]
    pub(crate) fn end_names(&mut self) {
        if self.atoms.are_many() {
            self.end_dead_names();
        }
    }

    #[cold]
    #[inline(never)]
    fn end_dead_names(&mut self) {
        let since = if self.nesting > 1 { self.names_before } else { 0 };
        let registers = self.runtime.heap_mut().registers();
        let weak = self.atoms.weak_since(since);
        let dead: Vec<_> = weak.filter(|atom| registers.numbered(atom.0).is_none()).collect();
        self.atoms.end(&dead);
        // Their numbers are given to other names.
        self.lookups = Default::default();
    }

    /// A new symbol.
    pub(crate) fn new_symbol(&mut self, to: R, description: Option<&[u16]>) -> Outcome {
        let atom = self.atoms.add_symbol(description.map(Into::into));
        self.atom_value(to, atom)
    }

    /// The key that a text spells.
    pub(crate) fn key_of(&mut self, text: &[u16]) -> Key {
        match crate::parse::names::array_index(text.iter().copied()) {
            Some(index) => Key::Index(index),
            None => Key::Name(self.atoms.intern(text)),
        }
    }

    /// The key that a value is (ECMA-262's `ToPropertyKey`).
    pub(crate) fn to_key(&mut self, value: R) -> Outcome<Key> {
        match self.type_of(value) {
            Type::Smi(number) if number >= 0 => Ok(Key::Index(number as u32)),
            Type::Symbol(atom) => Ok(Key::Name(atom)),
            Type::String => self.string_key(value),
            Type::Double => {
                let number = self.registers().number(value).unwrap_or(f64::NAN);
                if number >= 0.0 && number < f64::from(u32::MAX) && number.fract() == 0.0 {
                    return Ok(Key::Index(number as u32));
                }
                let text = super::number::to_text(number);
                let units: Vec<u16> = text.encode_utf16().collect();
                Ok(Key::Name(self.atoms.intern_weakly(&units)))
            }
            Type::Object(_) => self.scoped(|machine| {
                let primitive = machine.temp()?;
                machine.to_primitive(primitive, value, Some(false))?;
                machine.to_key(primitive)
            }),
            _ => self.scoped(|machine| {
                let string = machine.temp()?;
                machine.to_string(string, value)?;
                machine.string_key(string)
            }),
        }
    }

    /// The key that a string is. The register gets the interner's string, if the key is a name.
    pub(crate) fn string_key(&mut self, string: R) -> Outcome<Key> {
        let tag_of = |machine: &mut Self| -> Outcome<u32> {
            Ok(machine.registers().view(string)?.tag().number())
        };
        let known = tag_of(self)?;
        if known != 0 {
            // A digit alone is an atom, and yet an index.
            let digit = match self.atoms.named(Atom(known)) {
                Some(Named::Text(text)) if text.len() == 1 => text[0].wrapping_sub(u16::from(b'0')),
                _ => u16::MAX,
            };
            if digit < 10 {
                return Ok(Key::Index(u32::from(digit)));
            }
            return Ok(Key::Name(Atom(known)));
        }
        if self.string_length(string) <= 10
            && let Some(index) = self.with_string(string, |units| match units {
                FlatUnits::OneByte(units) => {
                    crate::parse::names::array_index(units.iter().map(|unit| u16::from(*unit)))
                }
                FlatUnits::TwoByte(_) => None,
            })?
        {
            return Ok(Key::Index(index));
        }
        self.registers().string_intern(string, Register(string))?;
        let known = tag_of(self)?;
        if known != 0 {
            return Ok(Key::Name(Atom(known)));
        }
        let hash = string::hash(&self.registers(), Register(string))?;
        // Most names are short.
        let mut short = [0; 64];
        let short = self.with_string(string, |units| {
            let short = short.get_mut(..units.len())?;
            match units {
                FlatUnits::OneByte(units) => {
                    short.iter_mut().zip(units).for_each(|(to, unit)| *to = u16::from(*unit));
                }
                FlatUnits::TwoByte(units) => {
                    short
                        .iter_mut()
                        .zip(units)
                        .for_each(|(to, unit)| *to = u16::from_ne_bytes(*unit));
                }
            }
            Some(&*short)
        })?;
        let atom = match short {
            Some(units) => self.atoms.intern_hashed(units, hash),
            None => {
                let units = self.units(string)?;
                self.atoms.intern_hashed(&units, hash)
            }
        };
        self.number_name(string, atom)?;
        Ok(Key::Name(atom))
    }

    /// The key that a text is.
    pub(crate) fn text_key(&mut self, text: &str) -> Key {
        let units: Vec<u16> = text.encode_utf16().collect();
        match crate::parse::names::array_index(units.iter().copied()) {
            Some(index) => Key::Index(index),
            None => Key::Name(self.atoms.intern(&units)),
        }
    }

    /// A BigInt's tags, for those that look at its cell.
    pub(crate) fn is_negative_big_int(&mut self, value: R) -> bool {
        self.registers().view(value).is_ok_and(|cell| cell.tag().number() == tags::NEGATIVE_BIG_INT)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Finished, Machine, Options};
    use node_memory::{Runtime, RuntimeOptions};
    use std::path::Path;

    /// How many weak names are left of 200,000.
    fn left_of(text: &str) -> u64 {
        let runtime = Runtime::new(RuntimeOptions::default()).expect("a runtime");
        let mut machine = Machine::new(runtime, Options::default()).expect("a machine");
        let finished = machine.run_text(Path::new("names.js"), text);
        assert!(matches!(finished, Finished::Exit(0)), "{finished:?}");
        assert!(machine.atoms.born() > 200_000, "{}", machine.atoms.born());
        machine.atoms.weak_since(0).count() as u64
    }

    #[test]
    fn names_end_wherever_they_are_looked_up() {
        let texts = [
            "for (let i = 0; i < 2e5; i++) o['k' + i]",
            "for (let i = 0; i < 2e5; i++) if ('k' + i in o) throw i",
            "for (let i = 0; i < 2e5; i++) if (o.hasOwnProperty('k' + i)) throw i",
            "for (let i = 0; i < 2e5; i++) { o['k' + i] = i; delete o['k' + i]; }",
            "[1].forEach(() => { for (let i = 0; i < 2e5; i++) o['k' + i] })",
            "for (let i = 0, list = Array(1e3).fill(); i < 200; i++) list.map((_, j) => o[i + 'k' + j])",
            "Array(2e5).fill().reduce((sum, _, i) => o['k' + i], 0)",
            "new Promise(() => { for (let i = 0; i < 2e5; i++) o['k' + i] })",
        ];
        for text in texts {
            let left = left_of(&format!("const o = {{}}; {text}"));
            assert!(left < 100_000, "{text}: {left}");
        }
    }
}
