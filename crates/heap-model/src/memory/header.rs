//! A cell's kind, and the header word that contains it (V8's map word).
//!
//! Bit 0 is clear; kind (1 to 5), flags (6 to 9), size in words (10 to 24), tag (26 to 49), slots (50 to 63). A large cell
//! has size 0 and at most [`MANY`](Header::MANY) slots there; both lie before the cell ([`Cell`](super::cell::Cell)).
//! After a cell was moved, its header is the forwarding address: the word of the new cell, whose bit 0 is set.
//!
//! The slots are the upper bits, so the check of a slot's index is one shift and one comparison.

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
    ConsString = GUARDED + 4,
    /// A part of another string.
    SlicedString = GUARDED + 5,
    /// A record: a Rust type says what lies where (see [`typed`](crate::typed)).
    Record = GUARDED + 6,
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
        Kind::SlicedString,
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

/// A number that a program gives its cells, to tell its own kinds of them apart: a hidden class, a type. It lies in the
/// header with the kind and the number of slots, so all are one load away.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, Tag};
///
/// const POINT: Tag = Tag::new(7).unwrap();
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), heap_model::HeapError> {
///     let cell = scope.alloc_tagged(Kind::Object, POINT, 2, 0)?;
///     scope.collect();
///     assert!(scope.view(cell)?.is_tagged(Kind::Object, POINT));
///     scope.set_tag(cell, Tag::NONE)?;
///     assert_eq!(scope.tag(cell)?, Tag::NONE);
///     Ok(())
/// })?;
/// assert_eq!(Tag::new(Tag::MOST + 1), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(u32);

impl Tag {
    /// The tag of a cell that was given none.
    pub const NONE: Self = Self(0);
    /// The largest number: tags have 24 bits.
    pub const MOST: u32 = (1 << 24) - 1;

    /// The tag with this number, if it is at most [`MOST`](Self::MOST).
    #[inline]
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number <= Self::MOST { Some(Self(number)) } else { None }
    }

    /// Its number.
    #[inline]
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

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
    /// A double or a string that a walk has given an identity. Registrations are neither.
    pub const IDENTIFIED: u64 = Self::LISTED;
    /// An array of buckets, whose slots only the heap writes. Registrations and doubles are no arrays.
    pub const BUCKETS: u64 = Self::LISTED;

    /// What a large cell with as many slots or more has as their number.
    pub const MANY: usize = (1 << 14) - 1;

    /// The header of a cell of `size` bytes with `slots` slots. In a page that is exact; of a large cell `size` is 0,
    /// and `slots` is at most [`MANY`](Self::MANY).
    #[inline(always)]
    pub const fn new(kind: Kind, slots: usize, size: usize) -> Self {
        debug_assert!(slots <= Self::MANY && size / 8 < 1 << 15);
        Self((kind as u64) << 1 | (size as u64 / 8) << 10 | (slots as u64) << 50)
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

    /// Whether the kind has slots that are the heap's: weak ones, or those of a table or a string.
    #[inline(always)]
    pub fn is_of_heap(self) -> bool {
        self.has((GUARDED as u64) << 1)
    }

    /// Whether the cell has slots that are the heap's or a record's: weak ones, or those of a table, a string, of buckets
    /// or of a record. Also of a double or a flat string, which have none, that a walk has given an identity.
    #[inline(always)]
    pub fn is_guarded(self) -> bool {
        self.has((GUARDED as u64) << 1 | Self::BUCKETS)
    }

    /// Whether the cell is a string: its hash is that of what it holds.
    #[inline(always)]
    pub fn is_string(self) -> bool {
        const STRINGS: u32 = 1 << Kind::OneByteString as u32
            | 1 << Kind::TwoByteString as u32
            | 1 << Kind::ConsString as u32
            | 1 << Kind::SlicedString as u32;
        STRINGS >> ((self.0 >> 1) & 31) & 1 != 0
    }

    /// Whether the cell has room for an identity hash: a double has its number there, and a string the hash of its units.
    #[inline(always)]
    pub fn has_identity(self) -> bool {
        !self.is(Kind::Double) && !self.is_string()
    }

    /// The number of slots, or of a large cell's up to [`MANY`](Self::MANY).
    #[inline(always)]
    pub fn few_slots(self) -> usize {
        (self.0 >> 50) as usize
    }

    /// The size in bytes of a cell or a free range in a page; 0 for a large cell.
    #[inline(always)]
    pub fn size_in_page(self) -> usize {
        ((self.0 >> 7) & (((1 << 15) - 1) << 3)) as usize
    }

    /// Whether the cell is large: it lies in a mapping of its own.
    #[inline(always)]
    pub(super) fn is_large(self) -> bool {
        self.size_in_page() == 0
    }

    #[inline(always)]
    pub fn tag(self) -> Tag {
        Tag((self.0 >> 26) as u32 & Tag::MOST)
    }

    #[inline(always)]
    pub(super) fn with_tag(self, tag: Tag) -> Self {
        Self(self.0 & !(u64::from(Tag::MOST) << 26) | u64::from(tag.0) << 26)
    }

    /// Whether the cell is of this kind and has this tag: one comparison.
    #[inline(always)]
    pub fn is_tagged(self, kind: Kind, tag: Tag) -> bool {
        const BOTH: u64 = 31 << 1 | (Tag::MOST as u64) << 26;
        self.0 & BOTH == (kind as u64) << 1 | u64::from(tag.0) << 26
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
