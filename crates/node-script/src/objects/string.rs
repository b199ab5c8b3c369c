//! Strings: making them, reading them, and the values of names.
//!
//! A string is flat here: ropes, slices and one-character strings come with the heap's own strings.

use super::atoms::{Atom, Key, Named};
use super::layout::tags;
use super::object::Type;
use crate::machine::{Machine, R, roots};
use crate::objects::layout::tag;
use crate::thrown::Outcome;
use heap_model::{Kind, Scope, Value, shapes};

/// The longest string (V8's `String::kMaxLength`).
pub(crate) const MAX_LENGTH: usize = (1 << 29) - 24;

/// The characters of a string, copied out of the heap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    OneByte(Vec<u8>),
    TwoByte(Vec<u16>),
}

impl Text {
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
    fn put_string(
        &mut self,
        to: R,
        make: impl for<'s> FnOnce(
            &mut Scope<'s>,
        ) -> Result<heap_model::Local<'s>, heap_model::OutOfMemory>,
    ) -> Outcome {
        self.registers().enter(|scope| {
            let cell = make(scope)?;
            scope.set_register(to, Value::Ref(cell))?;
            Ok(())
        })
    }

    /// A string of Latin-1 characters.
    pub(crate) fn new_one_byte(&mut self, to: R, text: &[u8]) -> Outcome {
        self.check_length(text.len())?;
        self.put_string(to, |scope| shapes::one_byte_string(scope, text))
    }

    /// A string of UTF-16 units; one-byte if all of them are Latin-1.
    pub(crate) fn new_string(&mut self, to: R, text: &[u16]) -> Outcome {
        if text.iter().all(|unit| *unit < 256) {
            let narrow: Vec<u8> = text.iter().map(|unit| *unit as u8).collect();
            return self.new_one_byte(to, &narrow);
        }
        self.check_length(text.len())?;
        self.put_string(to, |scope| shapes::two_byte_string(scope, text))
    }

    pub(crate) fn new_text(&mut self, to: R, text: &str) -> Outcome {
        if text.is_ascii() {
            return self.new_one_byte(to, text.as_bytes());
        }
        self.new_string(to, &text.encode_utf16().collect::<Vec<_>>())
    }

    fn check_length(&mut self, length: usize) -> Outcome {
        if length > MAX_LENGTH {
            return self.throw_range_error("Invalid string length");
        }
        Ok(())
    }

    /// Calls `f` with a string's bytes, and whether they are one a character.
    fn with_string<T>(&mut self, string: R, f: impl FnOnce(&[u8], bool) -> T) -> Outcome<T> {
        self.registers().enter(|scope| {
            let Value::Ref(cell) = scope.register(string) else {
                return Err(heap_model::AccessError::WrongKind.into());
            };
            let narrow = scope.kind(cell)? == Kind::OneByteString;
            Ok(f(shapes::string_bytes(scope, cell)?, narrow))
        })
    }

    /// The characters of a string.
    pub(crate) fn text(&mut self, string: R) -> Outcome<Text> {
        self.with_string(string, |bytes, narrow| match narrow {
            true => Text::OneByte(bytes.to_vec()),
            false => {
                let units = bytes.as_chunks().0.iter();
                Text::TwoByte(units.map(|pair| u16::from_ne_bytes(*pair)).collect())
            }
        })
    }

    pub(crate) fn units(&mut self, string: R) -> Outcome<Vec<u16>> {
        Ok(self.text(string)?.units())
    }

    /// A string as Rust's, with replacement characters where it is no Unicode.
    pub(crate) fn rust_string(&mut self, string: R) -> Outcome<String> {
        Ok(self.text(string)?.to_text())
    }

    pub(crate) fn string_length(&mut self, string: R) -> usize {
        let length =
            self.with_string(string, |bytes, narrow| bytes.len() / if narrow { 1 } else { 2 });
        length.unwrap_or(0)
    }

    /// The character at a place that the string has.
    pub(crate) fn character(&mut self, string: R, place: usize) -> Outcome<u16> {
        self.with_string(string, |bytes, narrow| match narrow {
            true => u16::from(bytes[place]),
            false => u16::from_ne_bytes([bytes[2 * place], bytes[2 * place + 1]]),
        })
    }

    /// The string of the character at a place.
    pub(crate) fn string_character(&mut self, to: R, string: R, place: usize) -> Outcome {
        let unit = self.character(string, place)?;
        self.unit_string(to, unit)
    }

    /// The string of one character: Latin-1 ones are made once.
    pub(crate) fn unit_string(&mut self, to: R, unit: u16) -> Outcome {
        if unit < 256 {
            let atom = self.atoms.intern(&[unit]);
            return self.atom_value(to, atom);
        }
        self.new_string(to, &[unit])
    }

    pub(crate) fn is_string(&mut self, value: R) -> bool {
        self.type_of(value) == Type::String
    }

    /// The sum of two strings.
    pub(crate) fn concat(&mut self, to: R, left: R, right: R) -> Outcome {
        let (left, right) = (self.text(left)?, self.text(right)?);
        match (left, right) {
            (Text::OneByte(mut left), Text::OneByte(right)) => {
                left.extend_from_slice(&right);
                self.new_one_byte(to, &left)
            }
            (left, right) => {
                let mut sum = left.units();
                sum.extend(right.units());
                self.check_length(sum.len())?;
                self.put_string(to, |scope| shapes::two_byte_string(scope, &sum))
            }
        }
    }

    /// A part of a string.
    pub(crate) fn substring(&mut self, to: R, string: R, start: usize, end: usize) -> Outcome {
        if end == start + 1 {
            return self.string_character(to, string, start);
        }
        match self.text(string)? {
            Text::OneByte(text) => self.new_one_byte(to, &text[start..end]),
            Text::TwoByte(text) => self.new_string(to, &text[start..end]),
        }
    }

    pub(crate) fn equal_strings(&mut self, left: R, right: R) -> Outcome<bool> {
        if self.is_same(left, right) {
            return Ok(true);
        }
        if self.string_length(left) != self.string_length(right) {
            return Ok(false);
        }
        Ok(self.units(left)? == self.units(right)?)
    }

    // -- names --------------------------------------------------------------------------------------------------

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
        self.make_atom_cell(to, atom)
    }

    #[cold]
    fn make_atom_cell(&mut self, to: R, atom: Atom) -> Outcome {
        match self.atoms.named(atom).cloned() {
            Some(Named::Text(text)) => {
                self.new_string(to, &text)?;
                self.registers().set_tag(to, tag(atom.0))?;
            }
            Some(Named::Symbol(description)) => {
                self.scoped(|machine| {
                    let shown = machine.temp()?;
                    match description.as_deref() {
                        Some([unit]) => machine.unit_string(shown, *unit)?,
                        Some(text) => machine.new_string(shown, text)?,
                        None => {}
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

    /// Keeps the string of an atom that a class uses.
    pub(crate) fn hold_atom(&mut self, _atom: Atom) -> Outcome {
        Ok(())
    }

    /// A new symbol.
    pub(crate) fn new_symbol(&mut self, to: R, description: Option<&[u16]>) -> Outcome {
        let atom = self.atoms.add_symbol(description.map(Into::into));
        self.atom_value(to, atom)
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
                Ok(Key::Name(self.atoms.intern_str(&text)))
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

    /// The key that a string is.
    pub(crate) fn string_key(&mut self, string: R) -> Outcome<Key> {
        let tag = self.registers().view(string)?.tag().number();
        if tag != 0 {
            return Ok(Key::Name(Atom(tag)));
        }
        let text = self.text(string)?;
        if text.len() <= 10 {
            let units = text.units();
            if let Some(index) = crate::parse::names::array_index(units.iter().copied()) {
                return Ok(Key::Index(index));
            }
            return Ok(Key::Name(self.atoms.intern(&units)));
        }
        Ok(Key::Name(self.atoms.intern(&text.units())))
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
