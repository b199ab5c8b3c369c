//! What is done with strings where it allocates, on cells; [`string`](super::string) is its face.

use crate::error::{AccessError, HeapError, OutOfMemory};
use crate::heap::Heap;
use crate::interned::SINGLES;
use crate::layout::{CONS_STRING_LENGTH, SLICED_STRING_LENGTH, fixed_array};
use crate::memory::cell::{Cell, HEADER, WORD};
use crate::memory::handles::Reading;
use crate::memory::header::{Kind, Tag};
use crate::memory::word::Word;
use crate::scope::operand::Operand;
use crate::text::{self, FIRST, Pieces, SECOND, Units, Width};
use core::ops::Range;

/// The number of the empty string among the strings that are shared.
const EMPTY: usize = SINGLES - 1;

/// The cell of a string.
#[inline]
pub(super) fn cell(heap: &Heap, string: impl Operand) -> Result<Cell, AccessError> {
    let cell = Cell::of(string.word(heap)?).ok_or(AccessError::WrongKind)?;
    if cell.header().is_string() { Ok(cell) } else { Err(AccessError::WrongKind) }
}

#[inline]
pub(super) fn reading<'h>(
    heap: &'h Heap,
    string: impl Operand,
) -> Result<Reading<'h>, AccessError> {
    Ok(heap.roots.handles.reading_of(cell(heap, string)?))
}

/// A string's units and their width.
#[inline]
fn measure(heap: &Heap, string: impl Operand) -> Result<(usize, Width), AccessError> {
    text::measure(cell(heap, string)?).ok_or(AccessError::WrongKind)
}

pub(super) fn of_str(heap: &mut Heap, text: &str) -> Result<Cell, OutOfMemory> {
    with_units(text, |units| of_units(heap, units))
}

pub(super) fn of_latin1(heap: &mut Heap, units: &[u8]) -> Result<Cell, OutOfMemory> {
    of_units(heap, Units::One(units))
}

pub(super) fn of_utf16(heap: &mut Heap, units: &[u16]) -> Result<Cell, OutOfMemory> {
    if let [unit] = *units
        && let Ok(unit) = u8::try_from(unit)
    {
        return single(heap, usize::from(unit));
    }
    let narrow: Option<Vec<u8>> = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
    match narrow {
        Some(units) => of_units(heap, Units::One(&units)),
        None => {
            let units: Vec<[u8; 2]> = units.iter().map(|unit| unit.to_ne_bytes()).collect();
            of_units(heap, Units::Two(&units))
        }
    }
}

/// The units of a text, of one byte each if they can be.
fn with_units<R>(text: &str, f: impl FnOnce(Units<'_>) -> R) -> R {
    if text.is_ascii() {
        return f(Units::One(text.as_bytes()));
    }
    let narrow: Option<Vec<u8>> = text.chars().map(|char| u8::try_from(char).ok()).collect();
    match narrow {
        Some(units) => f(Units::One(&units)),
        None => {
            let units: Vec<[u8; 2]> = text.encode_utf16().map(u16::to_ne_bytes).collect();
            f(Units::Two(&units))
        }
    }
}

/// UTF-16 units, of one byte each if they can be.
fn with_utf16<R>(units: &[u16], f: impl FnOnce(Units<'_>) -> R) -> R {
    /// Units of one byte that need no memory of their own.
    const FEW: usize = 64;
    if units.iter().any(|unit| *unit > 0xFF) {
        let units: Vec<[u8; 2]> = units.iter().map(|unit| unit.to_ne_bytes()).collect();
        return f(Units::Two(&units));
    }
    if units.len() > FEW {
        let units: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        return f(Units::One(&units));
    }
    let mut narrow = [0; FEW];
    narrow.iter_mut().zip(units).for_each(|(byte, unit)| *byte = *unit as u8);
    f(Units::One(&narrow[..units.len()]))
}

/// A flat string of these units.
fn of_units(heap: &mut Heap, units: Units<'_>) -> Result<Cell, OutOfMemory> {
    match number_of(units) {
        Some(number) => single(heap, number),
        None => fresh(heap, units, false),
    }
}

/// The number of the string among those that are shared, if it is one of them.
fn number_of(units: Units<'_>) -> Option<usize> {
    match units {
        Units::One([]) => Some(EMPTY),
        Units::One([unit]) => Some(usize::from(*unit)),
        _ => None,
    }
}

/// A flat string of its own, in the old generation if it is to be `old`.
fn fresh(heap: &mut Heap, units: Units<'_>, old: bool) -> Result<Cell, OutOfMemory> {
    let (width, bytes) = match units {
        Units::One(units) => (Width::One, units),
        Units::Two(units) => (Width::Two, units.as_flattened()),
    };
    let cell = heap.allocate_flat(width, units.len(), old)?;
    heap.roots.handles.bytes_mut_of(cell)[..bytes.len()].copy_from_slice(bytes);
    Ok(cell)
}

/// The string of one unit below 256, or the empty one: made once, and kept as long as the heap is (V8's
/// `single_character_string_table`).
fn single(heap: &mut Heap, number: usize) -> Result<Cell, OutOfMemory> {
    let singles = match heap.roots.interned.singles {
        Some(singles) => singles,
        None => {
            let cell = heap.allocate_old(Kind::Array, fixed_array(SINGLES), SINGLES)?;
            let singles = heap.roots.globals.insert(cell, heap.is_young(cell));
            *heap.roots.interned.singles.insert(singles)
        }
    };
    let all = |heap: &Heap| *heap.roots.globals.get(singles).expect("a root that is never dropped");
    if let Some(cell) = Cell::of(all(heap).slot(number)) {
        return Ok(cell);
    }
    let unit = [number as u8];
    let units = Units::One(if number == EMPTY { &[] } else { &unit });
    let cell = intern_anew(heap, units)?;
    let all = all(heap);
    heap.store(all, number, cell.word());
    Ok(cell)
}

/// A string of both, one behind the other. What may collect comes before cells are read.
pub(super) fn concat(
    heap: &mut Heap,
    left: impl Operand,
    right: impl Operand,
) -> Result<Cell, HeapError> {
    let (one, two) = (cell(heap, left)?, cell(heap, right)?);
    let (Some((first, width)), Some((second, other))) = (text::measure(one), text::measure(two))
    else {
        return Err(AccessError::WrongKind.into());
    };
    if second == 0 {
        return Ok(one);
    } else if first == 0 {
        return Ok(two);
    }
    let (units, width) = (first + second, width.max(other));
    if units >= CONS_STRING_LENGTH {
        return part(heap, Kind::ConsString, (units, width), |heap| {
            Ok([cell(heap, left)?.word(), cell(heap, right)?.word()])
        });
    }
    let to = heap.allocate_flat(width, units, false)?;
    let (left, right) = (cell(heap, left)?, cell(heap, right)?);
    if width == Width::One && text::is_flat(left.header()) && text::is_flat(right.header()) {
        left.copy_raw(0, to, 0, first);
        right.copy_raw(0, to, first, second);
        return Ok(to);
    }
    let handles = &mut heap.roots.handles;
    match (text::piece(left), text::piece(right)) {
        (Some(left), Some(right)) => text::write([left, right].into_iter(), to, handles),
        _ => text::write(Pieces::both(left, right), to, handles),
    }
    Ok(to)
}

/// A rope or a slice, whose slots are read after what may collect.
#[inline]
fn part(
    heap: &mut Heap,
    kind: Kind,
    (units, width): (usize, Width),
    slots: impl FnOnce(&Heap) -> Result<[Word; 2], AccessError>,
) -> Result<Cell, HeapError> {
    heap.check_string(width, units)?;
    let Some(room) = heap.allocate_young(HEADER + 2 * WORD) else {
        let to = heap.allocate_part(kind, width, units)?;
        for (slot, word) in slots(heap)?.into_iter().enumerate() {
            heap.store(to, slot, word);
        }
        return Ok(to);
    };
    let to = room.format_with(kind, Tag::NONE, slots(heap)?.into_iter());
    text::begin_part(to, units, width);
    Ok(to)
}

/// The units of a string in one place: it or, of a rope, its flat string.
pub(super) fn flatten(heap: &mut Heap, string: impl Operand) -> Result<Cell, HeapError> {
    let from = cell(heap, string)?;
    if text::flat(from).is_none() {
        let (units, width) = measure(heap, string)?;
        let to = heap.allocate_flat(width, units, !heap.is_young(from))?;
        let rope = cell(heap, string)?;
        text::write(Pieces::of(rope), to, &mut heap.roots.handles);
        to.set_hash(rope.hash());
        heap.store(rope, FIRST, to.word());
        heap.store(rope, SECOND, Word::UNDEFINED);
    }
    let string = cell(heap, string)?;
    let rope = string.header().is(Kind::ConsString);
    Ok(if rope { Cell::of(string.slot(FIRST)).unwrap_or(string) } else { string })
}

/// A part of a string.
pub(super) fn substring(
    heap: &mut Heap,
    string: impl Operand,
    range: Range<usize>,
) -> Result<Cell, HeapError> {
    let (length, _) = measure(heap, string)?;
    let (start, end) = (range.start.min(length), range.end.min(length));
    let units = end.saturating_sub(start);
    if units == length {
        return Ok(cell(heap, string)?);
    } else if units == 0 {
        return Ok(single(heap, EMPTY)?);
    }
    let flat = flatten(heap, string)?;
    let pieces = Pieces::within(flat, start, end);
    if units == 1 {
        let unit = first_unit(heap, pieces);
        return Ok(of_utf16(heap, &[unit])?);
    }
    let (_, width) = text::measure(flat).ok_or(AccessError::WrongKind)?;
    if units < SLICED_STRING_LENGTH {
        let to = heap.allocate_flat(width, units, false)?;
        let pieces = Pieces::within(cell(heap, string)?, start, end);
        text::write(pieces, to, &mut heap.roots.handles);
        return Ok(to);
    }
    part(heap, Kind::SlicedString, (units, width), |heap| {
        let flat = text::flat(cell(heap, string)?).ok_or(AccessError::WrongKind)?;
        Ok(text::slice_slots(flat.0, flat.1 + start))
    })
}

fn first_unit(heap: &Heap, mut pieces: Pieces) -> u16 {
    let piece = pieces.next().expect("a string with a unit");
    Units::of(piece, &heap.roots.handles).get(0).expect("a piece with a unit")
}

/// The interner's string of these units.
pub(super) fn find_interned(
    heap: &Heap,
    string: impl Operand,
) -> Result<Option<Cell>, AccessError> {
    let string = reading(heap, string)?;
    if text::is_interned(string.cell()) {
        return Ok(Some(string.cell()));
    }
    let hash = text::hash(string);
    let is = |other| text::equal(string.of(other), string);
    Ok(heap.roots.interned.find(hash, is))
}

/// The interner's string of these units, which takes the string in if it has none.
pub(super) fn intern(heap: &mut Heap, string: impl Operand) -> Result<Cell, HeapError> {
    if let Some(cell) = find_interned(heap, string)? {
        return Ok(cell);
    }
    let (units, width) = measure(heap, string)?;
    if units <= 1 {
        let unit = Pieces::of(cell(heap, string)?).next();
        let unit = unit.and_then(|unit| Units::of(unit, &heap.roots.handles).get(0));
        if unit.is_none_or(|unit| usize::from(unit) < EMPTY) {
            return Ok(single(heap, unit.map_or(EMPTY, usize::from))?);
        }
    }
    let mut flat = flatten(heap, string)?;
    if !text::is_flat(flat.header()) {
        let to = heap.allocate_flat(width, units, false)?;
        text::write(Pieces::of(cell(heap, string)?), to, &mut heap.roots.handles);
        flat = to;
    }
    flat.set_hash(text::hash(reading(heap, string)?));
    take_in(heap, flat);
    Ok(flat)
}

pub(super) fn intern_str(heap: &mut Heap, text: &str) -> Result<Cell, OutOfMemory> {
    with_units(text, |units| intern_units(heap, units))
}

pub(super) fn intern_utf16(heap: &mut Heap, units: &[u16]) -> Result<Cell, OutOfMemory> {
    with_utf16(units, |units| intern_units(heap, units))
}

fn intern_units(heap: &mut Heap, units: Units<'_>) -> Result<Cell, OutOfMemory> {
    match number_of(units) {
        Some(number) => single(heap, number),
        None => intern_anew(heap, units),
    }
}

/// As `intern_units`, also of what is shared once it is made.
fn intern_anew(heap: &mut Heap, units: Units<'_>) -> Result<Cell, OutOfMemory> {
    let hash = text::hash_units(units);
    let handles = &heap.roots.handles;
    let is = |cell| text::has_units(handles.reading_of(cell), units);
    if let Some(cell) = heap.roots.interned.find(hash, is) {
        return Ok(cell);
    }
    let cell = fresh(heap, units, true)?;
    cell.set_hash(hash);
    take_in(heap, cell);
    Ok(cell)
}

/// The interner has this flat string from now on.
fn take_in(heap: &mut Heap, cell: Cell) {
    let young = heap.is_young(cell);
    text::set_interned(cell);
    heap.roots.interned.add(cell, young);
}
