//! Objects and arrays.
//!
//! An array's elements are a separate cell with at least as many slots as the array's length; the slots beyond are holes.

use crate::error::{AccessError, HeapError, NativeRefused, OutOfMemory};
use crate::heap::Heap;
use crate::layout;
use crate::memory::cell::{Cell, Loaded, Slot};
use crate::memory::header::Kind;
use crate::memory::word::Word;
use crate::scope::operand::{Operand, cell_of};
use crate::scope::{Local, Scope, Value};
use core::any::Any;

/// An object's slot for its elements.
pub const ELEMENTS: usize = 0;
/// An object's slot for its first field.
pub const FIELDS: usize = 1;
/// An array's slot for its length.
pub const LENGTH: usize = 1;

/// What an array without elements has in their place, which tells it from an object with a field.
pub(crate) const NO_ELEMENTS: Word = Word::HOLE;

/// An object with room for `fields` fields, from slot [`FIELDS`] on.
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn object<'s>(scope: &mut Scope<'s>, fields: usize) -> Result<Local<'s>, OutOfMemory> {
    scope.alloc(Kind::Object, fields.saturating_add(FIELDS), 0)
}

/// Whether a cell is an [`object`]. Constant time.
///
/// # Errors
/// [`AccessError::WrongHeap`]; [`AccessError::WrongKind`] if it is no cell.
#[inline]
pub fn is_object(scope: &Scope<'_>, cell: impl Operand) -> Result<bool, AccessError> {
    Ok(is_plain(cell_of(&scope.heap, cell)?.load()))
}

/// Reads field `index` of an [`object`].
///
/// # Errors
/// [`AccessError::WrongKind`] if it is another cell, an array or a collection; [`AccessError::SlotOutOfRange`] if it
/// has no room for such a field; [`AccessError::WrongHeap`].
pub fn field<'s>(
    scope: &mut Scope<'s>,
    object: impl Operand,
    index: usize,
) -> Result<Value<'s>, AccessError> {
    let slot = field_slot(&scope.heap, object, index)?;
    Ok(scope.value(slot.get()))
}

/// Writes field `index` of an [`object`].
///
/// # Errors
/// As [`field`]; [`AccessError::WrongHeap`] also for the value.
pub fn set_field(
    scope: &mut Scope<'_>,
    object: impl Operand,
    index: usize,
    value: impl Operand,
) -> Result<(), AccessError> {
    let slot = field_slot(&scope.heap, object, index)?;
    let word = value.word(&scope.heap)?;
    scope.heap.store_slot(slot, word);
    Ok(())
}

/// An object of `size` bytes with `fields` fields, from slot [`FIELDS`] on, and a Rust value as its state
/// (V8: an object with an internal field). The state counts no external memory.
///
/// # Errors
/// [`NativeRefused`] at the limit, with the state.
pub fn host_object<'s>(
    scope: &mut Scope<'s>,
    size: usize,
    fields: usize,
    state: Box<dyn Any + Send>,
) -> Result<Local<'s>, NativeRefused> {
    scope.alloc_native(size, fields.saturating_add(FIELDS), state, 0)
}

/// An array of `length` holes, with its elements, which an empty one has not.
/// [`collections::array`](crate::collections::array) has what one does with it.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or if the length is no small integer.
pub fn array<'s>(scope: &mut Scope<'s>, length: usize) -> Result<Local<'s>, HeapError> {
    scope.escape(|scope| {
        let elements = match length {
            0 => Value::Hole,
            _ => Value::Ref(holes(scope, length)?),
        };
        // A cell has fewer than 2^27 slots, so a small integer tells how many.
        scope.alloc_with(Kind::Object, &[elements, Value::Smi(length as i32)])
    })
}

fn holes<'s>(scope: &mut Scope<'s>, length: usize) -> Result<Local<'s>, OutOfMemory> {
    let elements = scope.alloc(Kind::Array, length, 0)?;
    scope.known(elements).load().slots().for_each(|slot| slot.set(Word::HOLE));
    Ok(elements)
}

/// The slot of a cell that has `slots`, for an item that counts from slot `first` on.
pub(super) fn slot_of(index: usize, first: usize, slots: usize) -> Result<usize, AccessError> {
    let len = slots.saturating_sub(first);
    if index < len {
        Ok(first + index)
    } else {
        Err(AccessError::SlotOutOfRange { slot: index, len })
    }
}

#[inline]
fn field_slot(heap: &Heap, object: impl Operand, index: usize) -> Result<Slot, AccessError> {
    let cell = cell_of(heap, object)?.load();
    if !is_plain(cell) {
        return Err(AccessError::WrongKind);
    }
    let slots = cell.slot_count();
    let slot = slot_of(index, FIELDS, slots)?;
    cell.slot(slot).ok_or(AccessError::SlotOutOfRange { slot: index, len: slots - FIELDS })
}

/// Whether a cell is an object with fields alone.
#[inline]
fn is_plain(cell: Loaded) -> bool {
    let slots = cell.slot_count();
    // Only collections and typed arrays have raw bytes behind the slots.
    cell.header().is(Kind::Object)
        && slots >= FIELDS
        && cell.size() == layout::object(slots - FIELDS)
        && !is_array(cell)
        && !has_ordered_table(cell)
}

/// Whether a cell is an array: an object with two slots, whose second has the length.
#[inline]
fn is_array(cell: Loaded) -> bool {
    cell.size() == layout::JS_ARRAY && array_length(cell.cell()).is_some()
}

/// The length of an array; of another cell, none.
pub(crate) fn array_length(cell: Cell) -> Option<usize> {
    let cell = cell.load();
    let header = cell.header();
    if !header.is(Kind::Object)
        || (cell.size(), cell.slot_count()) != (layout::JS_ARRAY, LENGTH + 1)
    {
        return None;
    }
    let elements = cell.slot(ELEMENTS)?.get();
    let length = usize::try_from(cell.slot(LENGTH)?.get().as_smi()?).ok()?;
    match Cell::of(elements) {
        Some(elements) => elements.header().is(Kind::Array).then_some(length),
        None => (elements == NO_ELEMENTS && length == 0).then_some(0),
    }
}

/// Whether a cell is a Map or a Set: a field of an object never refers to a table.
#[inline]
fn has_ordered_table(cell: Loaded) -> bool {
    let table = cell.slot(FIELDS).and_then(|slot| Cell::of(slot.get()));
    table.is_some_and(|table| table.header().is(Kind::OrderedTable))
}
