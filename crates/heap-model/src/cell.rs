//! Words: how a cell's two header words and its tagged slots are encoded. No unsafe code.
//!
//! Header word 0: kind (bits 0 to 7), flags (8 to 15), slot count (32 to 63). Header word 1: size
//! in words (0 to 31), identity hash (32 to 63); while a cell is forwarded, its new place.
//! A slot is a small integer (bit 0 clear, value in the upper half) or a reference (bit 0 set:
//! chunk in the upper half, offset in bytes in the lower). Chunk 0 is none: its offsets are the
//! constants.

/// Bytes of a cell's header.
pub const HEADER: usize = 16;
pub const MARKED: u64 = 1 << 8;
pub const SURVIVED: u64 = 1 << 9;
pub const FORWARDED: u64 = 1 << 10;
pub const REMEMBERED: u64 = 1 << 11;

pub const UNDEFINED: u64 = 1;
pub const NULL: u64 = 9;
pub const HOLE: u64 = 17;
pub const TRUE: u64 = 25;
pub const FALSE: u64 = 33;

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Kind {
    /// Fields.
    Object,
    /// Elements.
    Array,
    /// One-byte characters.
    OneByteString,
    /// Two-byte characters.
    TwoByteString,
    /// Raw bytes.
    Bytes,
    /// A boxed double.
    Double,
    /// A payload of Rust's that is dropped with the cell.
    Native,
    /// Captured variables.
    Context,
    /// A function.
    Closure,
    /// Weak keys with values.
    EphemeronTable,
    /// A weak reference.
    WeakCell,
    /// A rope of two strings.
    ConsString,
}

const KINDS: [Kind; 12] = [
    Kind::Object,
    Kind::Array,
    Kind::OneByteString,
    Kind::TwoByteString,
    Kind::Bytes,
    Kind::Double,
    Kind::Native,
    Kind::Context,
    Kind::Closure,
    Kind::EphemeronTable,
    Kind::WeakCell,
    Kind::ConsString,
];

pub fn header(kind: Kind, slots: usize) -> u64 {
    kind as u64 | (slots as u64) << 32
}

pub fn kind(header: u64) -> Kind {
    KINDS[(header & 0xFF) as usize]
}

pub fn slots(header: u64) -> usize {
    (header >> 32) as usize
}

/// A place in the heap: chunk and offset in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub chunk: u32,
    pub offset: u32,
}

impl Place {
    pub fn word(self) -> u64 {
        u64::from(self.chunk) << 32 | u64::from(self.offset) | 1
    }

    /// The place that a slot's word refers to, if it is a reference.
    pub fn of(word: u64) -> Option<Self> {
        let chunk = (word >> 32) as u32;
        (word & 1 == 1 && chunk != 0).then_some(Self { chunk, offset: word as u32 & !1 })
    }
}
