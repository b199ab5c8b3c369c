//! Objects and arrays.
//!
//! An array's elements are a separate cell with at least as many slots as the array's length; the slots beyond are holes.

use crate::error::{AccessError, HeapError, NativeRefused, OutOfMemory};
use crate::layout;
use crate::memory::cell::Cell;
use crate::memory::header::Kind;
use crate::memory::word::Word;
use crate::scope::view::{Seen, View};
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

/// Reads field `index` of an [`object`].
///
/// # Errors
/// [`AccessError::WrongKind`] if it is another cell, an array or a collection; [`AccessError::SlotOutOfRange`] if it
/// has no room for such a field; [`AccessError::WrongHeap`].
pub fn field<'s>(
    scope: &mut Scope<'s>,
    object: Local<'_>,
    index: usize,
) -> Result<Value<'s>, AccessError> {
    let slot = field_slot(scope, object, index)?;
    scope.get(object, slot)
}

/// Writes field `index` of an [`object`].
///
/// # Errors
/// As [`field`]; [`AccessError::WrongHeap`] also for the value.
pub fn set_field(
    scope: &mut Scope<'_>,
    object: Local<'_>,
    index: usize,
    value: Value<'_>,
) -> Result<(), AccessError> {
    let slot = field_slot(scope, object, index)?;
    scope.set(object, slot, value)
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

fn field_slot(scope: &Scope<'_>, object: Local<'_>, index: usize) -> Result<usize, AccessError> {
    let view = scope.view(object)?;
    let slots = view.slot_count();
    // Only collections and typed arrays have raw bytes behind the slots.
    let plain = view.kind() == Kind::Object
        && slots >= FIELDS
        && view.size() == layout::object(slots - FIELDS);
    if !plain || is_array(view) || has_ordered_table(view) {
        return Err(AccessError::WrongKind);
    }
    slot_of(index, FIELDS, slots)
}

/// Whether a cell is an array: an object with two slots, whose second has the length.
fn is_array(view: View<'_>) -> bool {
    view.size() == layout::JS_ARRAY && array_length(view.cell()).is_some()
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
fn has_ordered_table(view: View<'_>) -> bool {
    matches!(view.get(FIELDS), Ok(Seen::Ref(table)) if table.kind() == Kind::OrderedTable)
}
