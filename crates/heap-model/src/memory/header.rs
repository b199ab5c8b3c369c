//! A cell's kind, and the header word that contains it (V8's map word).
//!
//! Bit 0 is clear; kind (1 to 5), flags (6 to 9), size in words (10 to 36), slots (37 to 63). After a cell was moved, its
//! header is the forwarding address: the word of the new cell, whose bit 0 is set.

use super::word::Word;

/// The kind of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// A boxed double, whose raw bytes lie where other cells have their identity hash.
    Double,
    /// A payload: a Rust value that is dropped with the cell.
    Native,
    /// Captured variables.
    Context,
    /// A function.
    Closure,
    /// Weak keys with values.
    EphemeronTable = GUARDED,
    /// A weak reference.
    WeakCell,
    /// A target with a held value, for cleanup after the target's death.
    Registration,
    /// A Map's or a Set's entries in the order of insertion.
    OrderedTable = GUARDED + 3,
    /// A rope of two strings.
    ConsString = 9,
    /// A record: a Rust type says what lies where (see [`typed`](crate::typed)).
    Record = 10,
    /// Memory without a cell. Never the kind of a value.
    #[doc(hidden)]
    Free = 15,
}

/// The number of the first kind with slots that are the heap's alone; a bit that only those have.
const GUARDED: u8 = 16;

/// The kinds by their number in a header; unused numbers count as free.
const KINDS: [Kind; 32] = {
    let all = [
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
        Kind::Registration,
        Kind::OrderedTable,
        Kind::ConsString,
        Kind::Record,
    ];
    let mut kinds = [Kind::Free; 32];
    let mut number = 0;
    while number < all.len() {
        kinds[all[number] as usize] = all[number];
        number += 1;
    }
    kinds
};

/// A cell's header word.
#[derive(Clone, Copy)]
pub struct Header(u64);

impl Header {
    /// An old cell in the remembered set.
    pub const REMEMBERED: u64 = 1 << 6;
    /// Entries of ephemeron tables wait for the cell to be marked.
    pub const WAITED_FOR: u64 = 1 << 7;
    /// The cell's allocation site counts it.
    pub const SITED: u64 = 1 << 8;
    /// A registration whose target is dead, in its owner's list.
    pub const LISTED: u64 = 1 << 9;
    /// A double that a walk has given an identity. Registrations are no doubles.
    pub const IDENTIFIED: u64 = Self::LISTED;
    /// An array of buckets, whose slots only the heap writes. Registrations and doubles are no arrays.
    pub const BUCKETS: u64 = Self::LISTED;
    /// What every record has: only who knows its type may use its slots.
    pub const RECORD: u64 = Self::LISTED;

    #[inline(always)]
    pub const fn new(kind: Kind, slots: usize, size: usize) -> Self {
        Self((kind as u64) << 1 | (size as u64 / 8) << 10 | (slots as u64) << 37)
    }

    #[inline(always)]
    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline(always)]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// The poison of a slot: no header and no value.
    #[cfg(all(test, zeal))]
    pub fn as_word(self) -> Word {
        Word::from_bits(self.0)
    }

    #[inline(always)]
    pub fn kind(self) -> Kind {
        KINDS[((self.0 >> 1) & 31) as usize]
    }

    #[inline(always)]
    pub fn is(self, kind: Kind) -> bool {
        (self.0 >> 1) & 31 == kind as u64
    }

    /// Whether the kind has slots that are the heap's: weak ones, or those of a table.
    #[inline(always)]
    pub fn is_of_heap(self) -> bool {
        self.has((GUARDED as u64) << 1)
    }

    /// Whether the cell has slots that are the heap's or a record's: weak ones, or those of a table, of buckets or of a
    /// record. Also of a double, which has none, that a walk has given an identity.
    #[inline(always)]
    pub fn is_guarded(self) -> bool {
        self.has((GUARDED as u64) << 1 | Self::BUCKETS)
    }

    #[inline(always)]
    pub fn slots(self) -> usize {
        (self.0 >> 37) as usize
    }

    /// The cell's size in bytes.
    #[inline(always)]
    pub fn size(self) -> usize {
        (((self.0 >> 10) & ((1 << 27) - 1)) * 8) as usize
    }

    /// The forwarding address, if the cell was moved.
    #[inline(always)]
    pub(super) fn forwarded(self) -> Option<Word> {
        (self.0 & 1 == 1).then_some(Word::from_bits(self.0))
    }

    #[inline(always)]
    pub fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }

    /// The header with flags set or cleared.
    #[inline(always)]
    pub(super) fn with(self, flag: u64, on: bool) -> Self {
        Self(if on { self.0 | flag } else { self.0 & !flag })
    }
}
