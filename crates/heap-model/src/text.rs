//! Strings as cells: flat ones, ropes of two strings, and slices of a flat one (V8's `SeqString`, `ConsString` and
//! `SlicedString`).
//!
//! A string's length is in UTF-16 units. A flat string has them in its raw bytes, and the number of padding bytes in
//! its auxiliary field; a rope and a slice have their length there, and whether a unit may need two bytes. The second
//! part of a rope that was flattened is undefined. A slice refers to a flat string and to its first unit there.
//!
//! In the place of the identity hash a string has the hash of its units, once that was asked for: strings with the same
//! units have the same, whatever they are made of.

use crate::error::AccessError;
use crate::memory::cell::{Cell, WORD};
use crate::memory::handles::{Handles, Reading};
use crate::memory::header::{Header, Kind};
use crate::memory::word::Word;
use core::cmp::Ordering;

/// The units of the longest string (V8's `String::kMaxLength`).
pub(crate) const LONGEST: usize = (1 << 29) - 24;

// The auxiliary field of a flat string.
const PADDING: u32 = 7;
const INTERNED: u32 = 8;
/// The bit in the auxiliary field of a rope or a slice that tells that a unit may need two bytes.
const WIDE: u32 = 1 << 31;

// The slots of a rope, and of a slice.
pub(crate) const FIRST: usize = 0;
pub(crate) const SECOND: usize = 1;
const PARENT: usize = 0;
const OFFSET: usize = 1;

/// How many bytes a unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    One = 1,
    Two = 2,
}

impl Width {
    pub fn kind(self) -> Kind {
        match self {
            Self::One => Kind::OneByteString,
            Self::Two => Kind::TwoByteString,
        }
    }

    /// The bytes of that number of units.
    pub fn bytes(self, units: usize) -> usize {
        self as usize * units
    }
}

/// A string: its units and how wide they may be.
#[inline]
pub(crate) fn measure(cell: Cell) -> Option<(usize, Width)> {
    let header = cell.header();
    if header.is(Kind::OneByteString) {
        Some((flat_bytes(cell), Width::One))
    } else if header.is(Kind::ConsString) || header.is(Kind::SlicedString) {
        let auxiliary = cell.auxiliary();
        let width = if auxiliary & WIDE == 0 { Width::One } else { Width::Two };
        Some(((auxiliary & !WIDE) as usize, width))
    } else if header.is(Kind::TwoByteString) {
        Some((flat_bytes(cell) / 2, Width::Two))
    } else {
        None
    }
}

/// The bytes of a flat string's units.
#[inline]
fn flat_bytes(cell: Cell) -> usize {
    cell.raw_length().saturating_sub((cell.auxiliary() & PADDING) as usize)
}

/// A fresh cell, with raw bytes for that number of units, becomes a flat string.
pub(crate) fn begin_flat(cell: Cell, bytes: usize) {
    cell.set_auxiliary((bytes.next_multiple_of(WORD) - bytes) as u32);
}

/// A fresh cell becomes a rope or a slice of that number of units; its slots are the caller's to store.
pub(crate) fn begin_part(cell: Cell, units: usize, width: Width) {
    cell.set_auxiliary(units as u32 | if width == Width::Two { WIDE } else { 0 });
}

/// Whether the interner has this very cell.
pub(crate) fn is_interned(cell: Cell) -> bool {
    is_flat(cell.header()) && cell.auxiliary() & INTERNED != 0
}

/// The interner has this flat string from now on.
pub(crate) fn set_interned(cell: Cell) {
    cell.set_auxiliary(cell.auxiliary() | INTERNED);
}

/// Before raw bytes of a cell are written: a string has no hash then, and an interned one refuses.
#[inline]
pub(crate) fn before_write(cell: Cell) -> Result<(), AccessError> {
    if cell.header().is_string() {
        if is_interned(cell) {
            return Err(AccessError::WrongKind);
        }
        cell.set_hash(0);
    }
    Ok(())
}

#[inline]
pub(crate) fn is_flat(header: Header) -> bool {
    header.is(Kind::OneByteString) || header.is(Kind::TwoByteString)
}

/// The cell in which a string's units are, and the first of them there, if the string is flat, a slice, or a rope that
/// was flattened.
#[inline]
pub(crate) fn flat(cell: Cell) -> Option<(Cell, usize)> {
    if is_flat(cell.header()) { Some((cell, 0)) } else { flat_elsewhere(cell) }
}

/// As [`flat`], of what has its units in another cell.
fn flat_elsewhere(cell: Cell) -> Option<(Cell, usize)> {
    match cell.header().kind() {
        Kind::SlicedString => {
            let offset = cell.slot(OFFSET).as_count();
            Some((Cell::of(cell.slot(PARENT))?, offset))
        }
        Kind::ConsString if cell.slot(SECOND) == Word::UNDEFINED => {
            flat(Cell::of(cell.slot(FIRST))?)
        }
        _ => None,
    }
}

/// The words of a slice's slots.
pub(crate) fn slice_slots(parent: Cell, offset: usize) -> [Word; 2] {
    [parent.word(), Word::count(offset)]
}

/// Units of a flat string.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    pub cell: Cell,
    pub start: usize,
    pub end: usize,
}

/// The pieces of a string, in order. It keeps no borrow: the heap must not be changed but in raw bytes of other cells.
pub(crate) struct Pieces {
    /// Parts that are still to come, the next last: a string, and of its units the first and the one behind the last.
    rest: Vec<Piece>,
}

impl Pieces {
    pub fn of(cell: Cell) -> Self {
        let end = measure(cell).map_or(0, |(units, _)| units);
        Self::within(cell, 0, end)
    }

    /// Those of one string, then those of another.
    pub fn both(first: Cell, second: Cell) -> Self {
        let mut pieces = Self::of(second);
        pieces.rest.extend(Self::of(first).rest);
        pieces
    }

    pub fn within(cell: Cell, start: usize, end: usize) -> Self {
        Self { rest: vec![Piece { cell, start, end }] }
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            let Piece { cell, start, end } = self.rest.pop()?;
            if start >= end {
                continue;
            }
            if let Some((cell, offset)) = flat(cell) {
                return Some(Piece { cell, start: offset + start, end: offset + end });
            }
            let (Some(first), Some(second)) =
                (Cell::of(cell.slot(FIRST)), Cell::of(cell.slot(SECOND)))
            else {
                continue;
            };
            let middle = measure(first).map_or(0, |(units, _)| units);
            self.rest.push(Piece {
                cell: second,
                start: start.saturating_sub(middle),
                end: end.saturating_sub(middle),
            });
            self.rest.push(Piece { cell: first, start: start.min(middle), end: end.min(middle) });
        }
    }
}

/// Units to be read.
#[derive(Clone, Copy)]
pub(crate) enum Units<'a> {
    One(&'a [u8]),
    Two(&'a [[u8; 2]]),
}

impl<'a> Units<'a> {
    pub fn of(piece: Piece, handles: &'a Handles) -> Self {
        Self::of_reading(piece, handles.reading_of(piece.cell))
    }

    #[inline]
    pub fn of_reading(piece: Piece, reading: Reading<'a>) -> Self {
        let bytes = reading.of(piece.cell).bytes();
        if piece.cell.header().is(Kind::OneByteString) {
            Self::One(&bytes[piece.start..piece.end])
        } else {
            Self::Two(&bytes.as_chunks().0[piece.start..piece.end])
        }
    }

    pub fn len(self) -> usize {
        match self {
            Self::One(units) => units.len(),
            Self::Two(units) => units.len(),
        }
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        match self {
            Self::One(units) => {
                let (first, rest) = units.split_at(middle);
                (Self::One(first), Self::One(rest))
            }
            Self::Two(units) => {
                let (first, rest) = units.split_at(middle);
                (Self::Two(first), Self::Two(rest))
            }
        }
    }

    pub fn get(self, index: usize) -> Option<u16> {
        match self {
            Self::One(units) => units.get(index).map(|unit| u16::from(*unit)),
            Self::Two(units) => units.get(index).map(|unit| u16::from_ne_bytes(*unit)),
        }
    }

    pub fn iter(self) -> impl Iterator<Item = u16> + use<'a> {
        let (one, two) = match self {
            Self::One(units) => (units, &[][..]),
            Self::Two(units) => (&[][..], units),
        };
        let one = one.iter().map(|unit| u16::from(*unit));
        one.chain(two.iter().map(|unit| u16::from_ne_bytes(*unit)))
    }

    /// Compares as many units as the shorter has.
    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::One(a), Self::One(b)) => a.cmp(b),
            (a, b) => a.iter().cmp(b.iter()),
        }
    }

    fn equals(self, other: Self) -> bool {
        match (self, other) {
            (Self::One(a), Self::One(b)) => a == b,
            (Self::Two(a), Self::Two(b)) => a.as_flattened() == b.as_flattened(),
            (Self::One(a), Self::Two(b)) | (Self::Two(b), Self::One(a)) => {
                let mut pairs = a.iter().zip(b);
                pairs.all(|(a, b)| u16::from(*a) == u16::from_ne_bytes(*b))
            }
        }
    }
}

/// Hashes units as they come, in pieces of any width.
#[derive(Default)]
struct Hasher {
    state: u64,
    /// Units of a group of four that is not full.
    group: u64,
    count: u32,
    length: u64,
}

impl Hasher {
    /// 2^64 by the golden ratio (Knuth, volume 3, 6.4).
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

    fn mix(&mut self, group: u64) {
        let product = (self.state ^ group).wrapping_mul(Self::GOLDEN);
        self.state = product ^ product >> 29;
    }

    fn unit(&mut self, unit: u16) {
        self.group |= u64::from(unit) << (16 * self.count);
        self.count += 1;
        if self.count == 4 {
            let group = core::mem::take(&mut self.group);
            self.count = 0;
            self.mix(group);
        }
    }

    fn units(&mut self, units: Units<'_>) {
        self.length += units.len() as u64;
        let aligned = (4 - self.count as usize) % 4;
        let (first, rest) = units.split_at(aligned.min(units.len()));
        first.iter().for_each(|unit| self.unit(unit));
        match rest {
            Units::One(units) => {
                let (groups, rest) = units.as_chunks();
                groups.iter().for_each(|group| self.mix(spread(u32::from_le_bytes(*group))));
                rest.iter().for_each(|unit| self.unit(u16::from(*unit)));
            }
            Units::Two(units) => {
                let (groups, rest) = units.as_chunks::<4>();
                for group in groups {
                    let units = group.map(u16::from_ne_bytes);
                    let group =
                        units.iter().rev().fold(0, |sum, unit| sum << 16 | u64::from(*unit));
                    self.mix(group);
                }
                rest.iter().for_each(|unit| self.unit(u16::from_ne_bytes(*unit)));
            }
        }
    }

    /// The hash, never 0.
    fn finish(mut self) -> u32 {
        let (group, length) = (self.group, self.length);
        self.mix(group);
        self.mix(length);
        ((self.state.wrapping_mul(Self::GOLDEN) >> 32) as u32).max(1)
    }
}

/// Four units of one byte as four of two.
fn spread(group: u32) -> u64 {
    let pairs = (u64::from(group) | u64::from(group) << 16) & 0x0000_FFFF_0000_FFFF;
    (pairs | pairs << 8) & 0x00FF_00FF_00FF_00FF
}

/// The hash of units that no string has yet.
pub(crate) fn hash_units(units: Units<'_>) -> u32 {
    let mut hasher = Hasher::default();
    hasher.units(units);
    hasher.finish()
}

/// As [`hash_units`].
pub(crate) fn hash_utf16(units: &[u16]) -> u32 {
    let mut hasher = Hasher { length: units.len() as u64, ..Hasher::default() };
    units.iter().for_each(|unit| hasher.unit(*unit));
    hasher.finish()
}

/// The hash of a string's units, which it remembers. O(units) the first time.
#[inline]
pub(crate) fn hash(string: Reading<'_>) -> u32 {
    match string.cell().hash() {
        0 => hash_anew(string),
        hash => hash,
    }
}

#[cold]
#[inline(never)]
fn hash_anew(string: Reading<'_>) -> u32 {
    let hash = match whole(string) {
        Some(units) => hash_units(units),
        None => {
            let mut hasher = Hasher::default();
            let pieces = Pieces::of(string.cell());
            pieces.for_each(|piece| hasher.units(Units::of_reading(piece, string)));
            hasher.finish()
        }
    };
    string.cell().set_hash(hash);
    hash
}

/// Whether two strings have the same units. O(units), but constant time if hashes or lengths tell.
#[inline]
pub(crate) fn equal(a: Reading<'_>, b: Reading<'_>) -> bool {
    let (one, two) = (a.cell(), b.cell());
    if one == two {
        return true;
    }
    if is_interned(one) && is_interned(two) {
        return false;
    }
    let different = measure(one).map(|(units, _)| units) != measure(two).map(|(units, _)| units)
        || one.hash() != two.hash() && one.hash() != 0 && two.hash() != 0;
    if different {
        return false;
    }
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.equals(b),
        _ => {
            let equals =
                |a: Units<'_>, b| if a.equals(b) { Ordering::Equal } else { Ordering::Less };
            in_step(a, b, equals).is_eq()
        }
    }
}

/// The order of two strings by their units. O(units).
pub(crate) fn compare(a: Reading<'_>, b: Reading<'_>) -> Ordering {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.compare(b),
        _ => in_step(a, b, Units::compare),
    }
}

/// The units of a string that is not a rope, or was flattened.
#[inline]
pub(crate) fn whole(string: Reading<'_>) -> Option<Units<'_>> {
    let (length, _) = measure(string.cell())?;
    let (cell, start) = flat(string.cell())?;
    Some(Units::of_reading(Piece { cell, start, end: start + length }, string))
}

/// Whether a flat string has these units.
pub(crate) fn has_units(string: Reading<'_>, units: Units<'_>) -> bool {
    whole(string).is_some_and(|whole| whole.len() == units.len() && whole.equals(units))
}

/// Compares pieces of the same length by `compare`; a string that has fewer is less.
fn in_step<'a>(
    a: Reading<'a>,
    b: Reading<'a>,
    compare: impl Fn(Units<'a>, Units<'a>) -> Ordering,
) -> Ordering {
    let none = Units::One(&[]);
    let (mut one, mut two) = (Pieces::of(a.cell()), Pieces::of(b.cell()));
    let (mut left, mut right) = (none, none);
    loop {
        if left.len() == 0 {
            left = one.next().map_or(none, |piece| Units::of_reading(piece, a));
        }
        if right.len() == 0 {
            right = two.next().map_or(none, |piece| Units::of_reading(piece, b));
        }
        let length = left.len().min(right.len());
        if length == 0 {
            return left.len().cmp(&right.len());
        }
        let ((first, left_rest), (second, right_rest)) =
            (left.split_at(length), right.split_at(length));
        match compare(first, second) {
            Ordering::Equal => (left, right) = (left_rest, right_rest),
            order => return order,
        }
    }
}

/// A string's only piece, if it is flat, a slice, or a rope that was flattened.
#[inline]
pub(crate) fn piece(string: Cell) -> Option<Piece> {
    let (units, _) = measure(string)?;
    let (cell, start) = flat(string)?;
    Some(Piece { cell, start, end: start + units })
}

/// Writes the units of pieces into the raw bytes of a fresh flat string, whose units are as wide as the widest of them.
pub(crate) fn write(pieces: impl Iterator<Item = Piece>, to: Cell, handles: &mut Handles) {
    /// Units that are widened at a time.
    const WIDENED: usize = 128;
    let wide = to.header().is(Kind::TwoByteString);
    let mut done = 0;
    for Piece { cell, start, end } in pieces {
        let units = end - start;
        let width = if cell.header().is(Kind::OneByteString) { Width::One } else { Width::Two };
        if wide == (width == Width::Two) {
            let bytes = |units| width.bytes(units);
            cell.copy_raw(bytes(start), to, bytes(done), bytes(units));
            done += units;
            continue;
        }
        for start in (start..end).step_by(WIDENED) {
            let mut widened = [[0; 2]; WIDENED];
            let piece = Piece { cell, start, end: end.min(start + WIDENED) };
            let units = Units::of(piece, handles);
            widened.iter_mut().zip(units.iter()).for_each(|(to, unit)| *to = unit.to_ne_bytes());
            let bytes = widened[..units.len()].as_flattened();
            let end = done + units.len();
            handles.bytes_mut_of(to)[2 * done..2 * end].copy_from_slice(bytes);
            done = end;
        }
    }
}
