//! Text that is put together piece by piece, outside of the heap: one byte a unit, as long as that is enough.

use super::string::Text;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;
use heap_model::collections::string::FlatUnits;

/// Text that grows at its end.
#[derive(Debug)]
pub(crate) struct TextBuilder {
    text: Text,
}

impl Default for TextBuilder {
    fn default() -> Self {
        Self { text: Text::OneByte(Vec::new()) }
    }
}

impl TextBuilder {
    /// How many units there are.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The units, of two bytes each from now on.
    fn wide(&mut self) -> &mut Vec<u16> {
        if let Text::OneByte(_) = self.text {
            self.text = Text::TwoByte(self.text.units());
        }
        match &mut self.text {
            Text::TwoByte(units) => units,
            Text::OneByte(_) => unreachable!("made wide above"),
        }
    }

    pub(crate) fn push_latin1(&mut self, units: &[u8]) {
        match &mut self.text {
            Text::OneByte(text) => text.extend_from_slice(units),
            Text::TwoByte(text) => text.extend(units.iter().map(|unit| u16::from(*unit))),
        }
    }

    pub(crate) fn push_units(&mut self, units: &[u16]) {
        if let Text::OneByte(text) = &mut self.text
            && units.iter().all(|unit| *unit < 256)
        {
            text.extend(units.iter().map(|unit| *unit as u8));
            return;
        }
        self.wide().extend_from_slice(units);
    }

    pub(crate) fn push(&mut self, units: FlatUnits<'_>) {
        match units {
            FlatUnits::OneByte(units) => self.push_latin1(units),
            FlatUnits::TwoByte(units) => {
                if let Text::OneByte(text) = &mut self.text {
                    let narrow = units.iter().map(|unit| u16::from_ne_bytes(*unit));
                    if narrow.clone().all(|unit| unit < 256) {
                        text.extend(narrow.map(|unit| unit as u8));
                        return;
                    }
                }
                self.wide().extend(units.iter().map(|unit| u16::from_ne_bytes(*unit)));
            }
        }
    }

    /// Adds the characters of a string.
    pub(crate) fn push_string(&mut self, machine: &mut Machine, string: R) -> Outcome {
        machine.with_string(string, |units| self.push(units))
    }

    /// The string of all that was added.
    pub(crate) fn finish(self, machine: &mut Machine, to: R) -> Outcome {
        match self.text {
            Text::OneByte(text) => machine.new_one_byte(to, &text),
            Text::TwoByte(text) => machine.new_string(to, &text),
        }
    }
}
