//! Names and other texts of a source: numbers that the parser's interner gives.

use boa_interner::{Interner, Sym};

/// A text of the source, known by a number while it is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name(pub(super) Sym);

/// The texts of one compilation.
#[derive(Default)]
pub struct Names {
    pub(super) interner: Interner,
    /// The letter that stands for the last of `using` in names, if the text has such.
    pub(super) stand_in: Option<u16>,
}

impl Names {
    /// The number of a text.
    pub fn of(&mut self, text: &str) -> Name {
        let letter = self.stand_in.and_then(|letter| char::from_u32(letter.into()));
        match (letter, text.strip_suffix("using")) {
            (Some(letter), Some(before @ ("" | "#"))) => {
                Name(self.interner.get_or_intern(format!("{before}usin{letter}").as_str()))
            }
            _ => Name(self.interner.get_or_intern(text)),
        }
    }

    /// The text in UTF-16.
    pub fn units(&self, name: Name) -> Vec<u16> {
        let mut units = self.interner.resolve_expect(name.0).utf16().to_vec();
        if let Some(letter) = self.stand_in {
            units.iter_mut().filter(|unit| **unit == letter).for_each(|unit| *unit = b'g'.into());
        }
        units
    }

    /// The text, with replacement characters where it is no Unicode.
    pub fn text(&self, name: Name) -> String {
        String::from_utf16_lossy(&self.units(name))
    }

    /// The number that an array index spells, if the text is one.
    pub fn index(&self, name: Name) -> Option<u32> {
        let units = self.interner.resolve_expect(name.0).utf16();
        array_index(units.iter().copied())
    }
}

/// The array index that a text spells: digits without a leading zero, below 2^32 - 1.
pub fn array_index(units: impl ExactSizeIterator<Item = u16>) -> Option<u32> {
    let length = units.len();
    if length == 0 || length > 10 {
        return None;
    }
    let mut number = 0_u64;
    for (place, unit) in units.enumerate() {
        let digit = u64::from(unit.wrapping_sub(u16::from(b'0')));
        if digit > 9 || (place == 0 && digit == 0 && length > 1) {
            return None;
        }
        number = number * 10 + digit;
    }
    u32::try_from(number).ok().filter(|number| *number != u32::MAX)
}
