//! Strings: comparing, hashing, putting together and cutting apart, in V8's representations.
//!
//! A string is flat, a rope of two strings, or a slice of a flat one, and has units of one byte (Latin-1) or two
//! (UTF-16). Fewer than 13 units are copied where more would make a rope or a slice. Strings of one unit below 256,
//! and the empty string, are shared. Lengths and positions are in code units. What is made in another way, by
//! [`shapes::one_byte_string`](crate::shapes::one_byte_string) and its like, is the same to all functions here.
//!
//! All functions fail with [`AccessError::WrongKind`] if an operand is no string, and with [`AccessError::WrongHeap`].
//!
//! ```
//! use heap_model::collections::string;
//! use heap_model::{Heap, HeapError, HeapOptions, Kind};
//!
//! let mut heap = Heap::new(HeapOptions::default())?;
//! heap.enter(|scope| -> Result<(), HeapError> {
//!     let hello = string::new(scope, "Hello, ")?;
//!     let world = string::new(scope, "wide world")?;
//!     let both = string::concat(scope, hello, world)?;
//!     assert_eq!((scope.kind(both)?, string::len(scope, both)?), (Kind::ConsString, 17));
//!     let part = string::substring(scope, both, 4..17)?;
//!     assert_eq!(scope.kind(part)?, Kind::SlicedString);
//!     assert_eq!(string::to_string(scope, part)?, "o, wide world");
//!     // Of strings with the same units the interner has one.
//!     let (a, b) = (string::intern(scope, part)?, string::intern_str(scope, "o, wide world")?);
//!     assert!(scope.same(a, b));
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::strings;
use crate::error::{AccessError, HeapError, OutOfMemory};
use crate::scope::operand::{Operand, UsesHeap};
use crate::scope::{Local, Scope};
use crate::text::{self, Pieces, Units};
use core::cmp::Ordering;
use core::ops::Range;

/// A flat string of this text: of one byte a unit if all characters are below U+0100. O(text).
///
/// # Errors
/// [`OutOfMemory`] at the limit, or for more than 2^29 - 24 units.
pub fn new<'s>(scope: &mut Scope<'s>, text: &str) -> Result<Local<'s>, OutOfMemory> {
    let cell = strings::of_str(&mut scope.heap, text)?;
    Ok(scope.push(cell))
}

/// A flat string of these one-byte units (Latin-1). O(units).
///
/// # Errors
/// As [`new`].
pub fn from_latin1<'s>(scope: &mut Scope<'s>, units: &[u8]) -> Result<Local<'s>, OutOfMemory> {
    let cell = strings::of_latin1(&mut scope.heap, units)?;
    Ok(scope.push(cell))
}

/// A flat string of these units, which may be any: of one byte a unit if all are below 256. O(units).
///
/// # Errors
/// As [`new`].
pub fn from_utf16<'s>(scope: &mut Scope<'s>, units: &[u16]) -> Result<Local<'s>, OutOfMemory> {
    let cell = strings::of_utf16(&mut scope.heap, units)?;
    Ok(scope.push(cell))
}

/// The length in units. Constant time.
///
/// # Errors
/// As all functions here.
pub fn len(heap: &impl UsesHeap, string: impl Operand) -> Result<usize, AccessError> {
    let string = strings::cell(heap.heap(), string)?;
    Ok(text::measure(string).map_or(0, |(units, _)| units))
}

/// A unit. Constant time, but O(depth) in a rope that was not [flattened](flatten).
///
/// # Errors
/// [`AccessError::BytesOutOfRange`] if the string is not as long, and as all functions here.
pub fn unit(heap: &impl UsesHeap, string: impl Operand, index: usize) -> Result<u16, AccessError> {
    if let Some(units) = flat_units(heap, string)? {
        let range = AccessError::BytesOutOfRange { end: index.saturating_add(1), len: units.len() };
        return units.get(index).ok_or(range);
    }
    let string = strings::cell(heap.heap(), string)?;
    let len = text::measure(string).map_or(0, |(units, _)| units);
    let end = index.saturating_add(1);
    let piece = Pieces::within(string, index, end.min(len)).next();
    let handles = &heap.heap().roots.handles;
    let unit = piece.and_then(|piece| Units::of(piece, handles).get(0));
    unit.ok_or(AccessError::BytesOutOfRange { end, len })
}

/// The units of a string that is flat, a slice, or a rope that was [flattened](flatten), where they lie; `None` of a rope
/// that was not. Constant time.
///
/// ```
/// use heap_model::collections::string::{self, FlatUnits};
/// use heap_model::{Heap, HeapOptions, Register};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let mut machine = heap.registers();
/// machine.push(1)?;
/// machine.string_new(0, "units")?;
/// let units = string::flat_units(&machine, Register(0))?;
/// assert!(matches!(units, Some(FlatUnits::OneByte(b"units"))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As all functions here.
#[inline]
pub fn flat_units(
    heap: &impl UsesHeap,
    string: impl Operand,
) -> Result<Option<FlatUnits<'_>>, AccessError> {
    let units = text::whole(strings::reading(heap.heap(), string)?);
    Ok(units.map(|units| match units {
        Units::One(units) => FlatUnits::OneByte(units),
        Units::Two(units) => FlatUnits::TwoByte(units),
    }))
}

/// The units of a string where they lie: [`flat_units`] gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlatUnits<'a> {
    /// Latin-1.
    OneByte(&'a [u8]),
    /// UTF-16, in native byte order.
    TwoByte(&'a [[u8; 2]]),
}

impl FlatUnits<'_> {
    /// How many there are.
    #[inline]
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::OneByte(units) => units.len(),
            Self::TwoByte(units) => units.len(),
        }
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// One of them, if there are as many.
    #[inline]
    #[must_use]
    pub fn get(self, index: usize) -> Option<u16> {
        match self {
            Self::OneByte(units) => units.get(index).map(|unit| u16::from(*unit)),
            Self::TwoByte(units) => units.get(index).map(|unit| u16::from_ne_bytes(*unit)),
        }
    }
}

/// Whether two strings have the same units. O(units); constant time if their lengths or known hashes differ, or if
/// both are interned.
///
/// # Errors
/// As all functions here.
pub fn equal(heap: &impl UsesHeap, a: impl Operand, b: impl Operand) -> Result<bool, AccessError> {
    let heap = heap.heap();
    let (a, b) = (strings::reading(heap, a)?, strings::reading(heap, b)?);
    Ok(text::equal(a, b))
}

/// The order of two strings by their units, which is JavaScript's. O(units).
///
/// # Errors
/// As all functions here.
pub fn compare(
    heap: &impl UsesHeap,
    a: impl Operand,
    b: impl Operand,
) -> Result<Ordering, AccessError> {
    let heap = heap.heap();
    let (a, b) = (strings::reading(heap, a)?, strings::reading(heap, b)?);
    Ok(text::compare(a, b))
}

/// The hash of a string's units, never 0: strings with the same units have the same, in any heap. O(units) the first
/// time.
///
/// # Errors
/// As all functions here.
pub fn hash(heap: &impl UsesHeap, string: impl Operand) -> Result<u32, AccessError> {
    Ok(text::hash(strings::reading(heap.heap(), string)?))
}

/// The hash that a string of these units has: as [`hash`]. O(units).
///
/// ```
/// use heap_model::{Heap, HeapOptions, collections::string};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let hash = heap.enter(|scope| -> Result<u32, heap_model::HeapError> {
///     let text = string::new(scope, "a name")?;
///     Ok(string::hash(scope, text)?)
/// })?;
/// let units: Vec<u16> = "a name".encode_utf16().collect();
/// assert_eq!(string::hash_utf16(&units), hash);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn hash_utf16(units: &[u16]) -> u32 {
    text::hash_utf16(units)
}

/// The string's text; a unit of half a surrogate pair becomes U+FFFD. O(units).
///
/// # Errors
/// As all functions here.
pub fn to_string(heap: &impl UsesHeap, string: impl Operand) -> Result<String, AccessError> {
    let mut text = String::new();
    for decoded in char::decode_utf16(units(heap, string)?) {
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(text)
}

/// The string's units. O(units).
///
/// # Errors
/// As all functions here.
pub fn units(heap: &impl UsesHeap, string: impl Operand) -> Result<Vec<u16>, AccessError> {
    let string = strings::reading(heap.heap(), string)?;
    let pieces = Pieces::of(string.cell());
    Ok(pieces.flat_map(|piece| Units::of_reading(piece, string).iter()).collect())
}

/// Puts a string behind another (V8's `Factory::NewConsString`): a rope from 13 units on, else a copy; an empty string
/// adds nothing. Constant time; may collect.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or for more than 2^29 - 24 units; and as all functions here.
pub fn concat<'s>(
    scope: &mut Scope<'s>,
    left: impl Operand,
    right: impl Operand,
) -> Result<Local<'s>, HeapError> {
    let cell = strings::concat(&mut scope.heap, left, right)?;
    Ok(scope.push(cell))
}

/// A part of a string (V8's `Factory::NewProperSubString`): a slice from 13 units on, which keeps the whole alive, else a
/// copy. A rope is flattened before. What lies behind the string's end is left out. Constant time, but for the
/// flattening; may collect.
///
/// # Errors
/// As [`concat()`].
pub fn substring<'s>(
    scope: &mut Scope<'s>,
    string: impl Operand,
    range: Range<usize>,
) -> Result<Local<'s>, HeapError> {
    let cell = strings::substring(&mut scope.heap, string, range)?;
    Ok(scope.push(cell))
}

/// Lets a rope have its units in one place, so that the next use of them is constant time (V8's `String::Flatten`). The
/// rope stays, and refers to a flat string. O(units), and constant time if it was done; may collect.
///
/// # Errors
/// As [`concat()`].
pub fn flatten(heap: &mut impl UsesHeap, string: impl Operand) -> Result<(), HeapError> {
    strings::flatten(heap.heap_mut(), string).map(drop)
}

/// The string that the interner has of these units; without one, it takes this string, or a flat copy of it (V8's
/// `StringTable::LookupString`). Interned strings are equal if they are the same cell, and live as long as something
/// refers to them. O(units) the first time; may collect.
///
/// # Errors
/// As [`concat()`].
pub fn intern<'s>(scope: &mut Scope<'s>, string: impl Operand) -> Result<Local<'s>, HeapError> {
    let cell = strings::intern(&mut scope.heap, string)?;
    Ok(scope.push(cell))
}

/// As [`intern`], of a text; a string is made only if the interner has none. O(text); may collect.
///
/// # Errors
/// As [`new`].
pub fn intern_str<'s>(scope: &mut Scope<'s>, text: &str) -> Result<Local<'s>, OutOfMemory> {
    let cell = strings::intern_str(&mut scope.heap, text)?;
    Ok(scope.push(cell))
}

/// As [`intern_str`], of UTF-16 units, which may be halves of surrogate pairs. O(units); may collect.
///
/// # Errors
/// As [`new`].
pub fn intern_utf16<'s>(scope: &mut Scope<'s>, units: &[u16]) -> Result<Local<'s>, OutOfMemory> {
    let cell = strings::intern_utf16(&mut scope.heap, units)?;
    Ok(scope.push(cell))
}

/// The string that the interner has of these units, if it has one; makes none. O(units) the first time.
///
/// # Errors
/// As all functions here.
pub fn interned<'s>(
    scope: &mut Scope<'s>,
    string: impl Operand,
) -> Result<Option<Local<'s>>, AccessError> {
    let found = strings::find_interned(&scope.heap, string)?;
    Ok(found.map(|cell| scope.push(cell)))
}

/// Whether the interner has this very string. Constant time.
///
/// # Errors
/// As all functions here.
pub fn is_interned(heap: &impl UsesHeap, string: impl Operand) -> Result<bool, AccessError> {
    Ok(text::is_interned(strings::cell(heap.heap(), string)?))
}

/// How many strings the interner has; those that have died count until they are collected. Constant time.
pub fn interned_len(heap: &impl UsesHeap) -> usize {
    heap.heap().roots.interned.len()
}
