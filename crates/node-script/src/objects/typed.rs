//! Elements of typed arrays: bytes of an ArrayBuffer, which lie outside the heap.
//!
//! A typed array's cell has its ArrayBuffer in slot [`BUFFER`], and in its raw bytes where its own begin, how many elements
//! it has, and of which type they are. An ArrayBuffer is a native cell whose payload is its bytes.

use super::layout::FIRST;
use super::number::to_int32;
use crate::machine::{Machine, R};
use crate::thrown::Outcome;

/// A typed array's slot for its ArrayBuffer.
pub(crate) const BUFFER: usize = FIRST;
/// Where its raw bytes tell the offset in bytes, the number of elements, and their type.
pub(crate) const OFFSET: usize = 0;
pub(crate) const COUNT: usize = 8;
pub(crate) const TYPE: usize = 16;

/// The type of a typed array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ElementType {
    Int8,
    Uint8,
    Uint8Clamped,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Float32,
    Float64,
    BigInt64,
    BigUint64,
}

impl ElementType {
    pub(crate) const ALL: [Self; 11] = [
        Self::Int8,
        Self::Uint8,
        Self::Uint8Clamped,
        Self::Int16,
        Self::Uint16,
        Self::Int32,
        Self::Uint32,
        Self::Float32,
        Self::Float64,
        Self::BigInt64,
        Self::BigUint64,
    ];

    /// Bytes of an element.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Int8 | Self::Uint8 | Self::Uint8Clamped => 1,
            Self::Int16 | Self::Uint16 => 2,
            Self::Int32 | Self::Uint32 | Self::Float32 => 4,
            Self::Float64 | Self::BigInt64 | Self::BigUint64 => 8,
        }
    }
}

impl Machine {
    fn typed_type(&mut self, array: R) -> Outcome<ElementType> {
        let number = self.registers().read_u8(array, TYPE)?;
        Ok(ElementType::ALL[usize::from(number).min(ElementType::ALL.len() - 1)])
    }

    /// How many elements a typed array has.
    pub(crate) fn typed_length(&mut self, array: R) -> Outcome<usize> {
        Ok(self.registers().read_u64(array, COUNT)? as usize)
    }

    /// Where an element's bytes lie in the buffer.
    fn typed_place(&mut self, array: R, index: usize) -> Outcome<Option<(usize, ElementType)>> {
        if index >= self.typed_length(array)? {
            return Ok(None);
        }
        let kind = self.typed_type(array)?;
        let offset = self.registers().read_u64(array, OFFSET)? as usize;
        Ok(Some((offset + index * kind.size(), kind)))
    }

    /// Reads an element; behind the last it is undefined.
    pub(crate) fn typed_get(&mut self, to: R, array: R, index: usize) -> Outcome {
        let Some((at, kind)) = self.typed_place(array, index)? else {
            self.undefined(to);
            return Ok(());
        };
        let mut bytes = [0_u8; 8];
        self.scoped(|machine| {
            let buffer = machine.temp()?;
            machine.registers().load(buffer, array, BUFFER)?;
            let registers = machine.registers();
            let store = registers.native::<Vec<u8>>(buffer)?;
            if let Some(found) = store.get(at..at + kind.size()) {
                bytes[..kind.size()].copy_from_slice(found);
            }
            Ok(())
        })?;
        let word = u64::from_le_bytes(bytes);
        let number = match kind {
            ElementType::Int8 => f64::from(word as u8 as i8),
            ElementType::Uint8 | ElementType::Uint8Clamped => f64::from(word as u8),
            ElementType::Int16 => f64::from(word as u16 as i16),
            ElementType::Uint16 => f64::from(word as u16),
            ElementType::Int32 => f64::from(word as u32 as i32),
            ElementType::Uint32 => f64::from(word as u32),
            ElementType::Float32 => f64::from(f32::from_bits(word as u32)),
            ElementType::Float64 => f64::from_bits(word),
            ElementType::BigInt64 => {
                let signed = word as i64;
                return self.new_big_int(to, signed < 0, &[signed.unsigned_abs()]);
            }
            ElementType::BigUint64 => return self.new_big_int(to, false, &[word]),
        };
        self.set_number(to, number)
    }

    /// Writes an element; behind the last, the value is converted all the same.
    pub(crate) fn typed_set(&mut self, array: R, index: usize, value: R) -> Outcome {
        let kind = self.typed_type(array)?;
        let word = match kind {
            ElementType::BigInt64 | ElementType::BigUint64 => {
                let digits = self.big_int_digits(value)?;
                let least = digits.first().copied().unwrap_or(0);
                if self.is_negative_big_int(value) { least.wrapping_neg() } else { least }
            }
            kind => {
                let number = self.to_number(value)?;
                match kind {
                    ElementType::Float32 => u64::from((number as f32).to_bits()),
                    ElementType::Float64 => number.to_bits(),
                    ElementType::Uint8Clamped => {
                        u64::from(number.clamp(0.0, 255.0).round_ties_even() as u8)
                    }
                    _ => u64::from(to_int32(number) as u32),
                }
            }
        };
        let Some((at, kind)) = self.typed_place(array, index)? else { return Ok(()) };
        self.scoped(|machine| {
            let buffer = machine.temp()?;
            machine.registers().load(buffer, array, BUFFER)?;
            let mut registers = machine.registers();
            let store = registers.native_mut::<Vec<u8>>(buffer)?;
            if let Some(place) = store.get_mut(at..at + kind.size()) {
                place.copy_from_slice(&word.to_le_bytes()[..kind.size()]);
            }
            Ok(())
        })
    }
}
