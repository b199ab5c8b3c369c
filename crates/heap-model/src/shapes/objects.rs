//! Objects and arrays.
//!
//! An array's elements are a separate cell with at least as many slots as the array's length; the slots beyond are holes.

use crate::error::{AccessError, HeapError, NativeRefused, OutOfMemory};
use crate::layout;
use crate::memory::header::Kind;
use crate::scope::view::{Seen, View};
use crate::scope::{Local, Scope, Value};
use core::any::Any;

/// An object's slot for its elements.
pub const ELEMENTS: usize = 0;
/// An object's slot for its first field.
pub const FIELDS: usize = 1;
/// An array's slot for its length.
pub const LENGTH: usize = 1;

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

/// An array of `length` holes, with its elements.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or if the length is no small integer.
pub fn array<'s>(scope: &mut Scope<'s>, length: usize) -> Result<Local<'s>, HeapError> {
    let array = scope.alloc_sized(Kind::Object, layout::JS_ARRAY, LENGTH + 1)?;
    scope.scope(|scope| {
        let elements = holes(scope, length)?;
        scope.set(array, ELEMENTS, Value::Ref(elements))?;
        set_length(scope, array, length)?;
        Ok(array)
    })
}

/// The length of an [`array()`].
///
/// # Errors
/// [`AccessError::WrongKind`] if it is none, [`AccessError::WrongHeap`].
pub fn array_length(scope: &Scope<'_>, array: Local<'_>) -> Result<usize, AccessError> {
    length(scope.view(array)?).ok_or(AccessError::WrongKind)
}

/// Reads an element of an [`array()`].
///
/// # Errors
/// [`AccessError::WrongKind`] if it is none, [`AccessError::SlotOutOfRange`] if it is not as long,
/// [`AccessError::WrongHeap`].
pub fn element<'s>(
    scope: &mut Scope<'s>,
    array: Local<'_>,
    index: usize,
) -> Result<Value<'s>, AccessError> {
    let elements = elements_with(scope, array, index)?;
    scope.get(elements, index)
}

/// Writes an element of an [`array()`].
///
/// # Errors
/// As [`element`]; [`AccessError::WrongHeap`] also for the value.
pub fn set_element(
    scope: &mut Scope<'_>,
    array: Local<'_>,
    index: usize,
    value: Value<'_>,
) -> Result<(), AccessError> {
    scope.scope(|scope| {
        let elements = elements_with(scope, array, index)?;
        scope.set(elements, index, value)
    })
}

/// Appends an element to an [`array()`] and returns the new length. Amortised constant time: full elements grow by a half
/// and 16 (V8: `JSObject::NewElementsCapacity`).
///
/// ```
/// use heap_model::{Heap, HeapError, HeapOptions, Value, shapes};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), HeapError> {
///     let array = shapes::array(scope, 0)?;
///     for number in 0..100 {
///         shapes::push_element(scope, array, Value::Smi(number))?;
///     }
///     assert_eq!(shapes::array_length(scope, array)?, 100);
///     assert!(matches!(shapes::element(scope, array, 99)?, Value::Smi(99)));
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongKind`] if it is no array,
/// [`AccessError::WrongHeap`]. After an error the array is unchanged.
pub fn push_element(
    scope: &mut Scope<'_>,
    array: Local<'_>,
    value: Value<'_>,
) -> Result<usize, HeapError> {
    scope.scope(|scope| {
        let length = array_length(scope, array)?;
        let elements = elements(scope, array)?;
        let elements = if length < scope.slot_count(elements)? {
            elements
        } else {
            grow(scope, array, elements, length)?
        };
        scope.set(elements, length, value)?;
        set_length(scope, array, length + 1)?;
        Ok(length + 1)
    })
}

/// The slot of item `index`, where items begin at slot `first` of a cell of `slots` slots.
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
    if !plain || length(view).is_some() || has_ordered_table(view) {
        return Err(AccessError::WrongKind);
    }
    slot_of(index, FIELDS, slots)
}

/// The length of an array; `None` for another cell.
fn length(view: View<'_>) -> Option<usize> {
    let shape = (view.kind(), view.size(), view.slot_count());
    if shape != (Kind::Object, layout::JS_ARRAY, LENGTH + 1) {
        return None;
    }
    match (view.get(ELEMENTS), view.get(LENGTH)) {
        (Ok(Seen::Ref(elements)), Ok(Seen::Smi(length))) if elements.kind() == Kind::Array => {
            usize::try_from(length).ok()
        }
        _ => None,
    }
}

/// Whether a cell is a Map or a Set: a field of an object never refers to a table.
fn has_ordered_table(view: View<'_>) -> bool {
    matches!(view.get(FIELDS), Ok(Seen::Ref(table)) if table.kind() == Kind::Array)
}

fn elements<'s>(scope: &mut Scope<'s>, array: Local<'_>) -> Result<Local<'s>, AccessError> {
    match scope.get(array, ELEMENTS)? {
        Value::Ref(elements) => Ok(elements),
        _ => Err(AccessError::WrongKind),
    }
}

/// The elements of an array that is longer than `index`.
fn elements_with<'s>(
    scope: &mut Scope<'s>,
    array: Local<'_>,
    index: usize,
) -> Result<Local<'s>, AccessError> {
    slot_of(index, 0, array_length(scope, array)?)?;
    elements(scope, array)
}

/// A length as a small integer. A cell has fewer than 2^27 slots, so it fits.
fn set_length(scope: &mut Scope<'_>, array: Local<'_>, length: usize) -> Result<(), AccessError> {
    scope.set(array, LENGTH, Value::Smi(length as i32))
}

fn holes<'s>(scope: &mut Scope<'s>, length: usize) -> Result<Local<'s>, HeapError> {
    let elements = scope.alloc(Kind::Array, length, 0)?;
    for slot in 0..length {
        scope.set(elements, slot, Value::Hole)?;
    }
    Ok(elements)
}

/// Replaces an array's full elements by larger ones.
fn grow<'s>(
    scope: &mut Scope<'s>,
    array: Local<'_>,
    elements: Local<'_>,
    length: usize,
) -> Result<Local<'s>, HeapError> {
    let needed = length + 1;
    let grown = holes(scope, needed + needed / 2 + 16)?;
    for slot in 0..length {
        scope.scope(|scope| {
            let element = scope.get(elements, slot)?;
            scope.set(grown, slot, element)
        })?;
    }
    scope.set(array, ELEMENTS, Value::Ref(grown))?;
    Ok(grown)
}
