//! ArrayBuffers and typed arrays.
//!
//! The bytes of an ArrayBuffer are outside the heap, in its payload: a `Vec` ([`array_buffer`]) or a store of the host
//! ([`host_array_buffer`]). A typed array shows a range of its ArrayBuffer. A pooled one has its part of a shared store as
//! its own payload ([`pooled_typed_array`]), which is released when the typed array dies.

use super::objects::ELEMENTS;
use crate::error::{AccessError, HeapError, NativeRefused};
use crate::layout;
use crate::memory::cell::Cell;
use crate::memory::cell::WORD;
use crate::memory::header::Kind;
use crate::scope::operand::{Operand, cell_of};
use crate::scope::view::Seen;
use crate::scope::{Local, Scope, Value};
use core::any::Any;

/// A typed array's slot for its ArrayBuffer.
pub const BUFFER: usize = 1;

const ARRAY_BUFFER_SLOTS: usize = ELEMENTS + 2;
pub(super) const TYPED_ARRAY_SLOTS: usize = BUFFER + 1;

/// An ArrayBuffer of these bytes: a native cell with a `Vec<u8>`. The vector's capacity counts as external memory while
/// the buffer lives; after a change of it, call [`Scope::set_external`].
///
/// # Errors
/// [`NativeRefused`] at the limit, with the bytes.
pub fn array_buffer<'s>(scope: &mut Scope<'s>, bytes: Vec<u8>) -> Result<Local<'s>, NativeRefused> {
    let external = bytes.capacity();
    host_array_buffer(scope, Box::new(bytes), external)
}

/// An ArrayBuffer whose store is a value of the host, which counts as `external` bytes of external memory.
///
/// # Errors
/// [`NativeRefused`] at the limit, with the store.
pub fn host_array_buffer<'s>(
    scope: &mut Scope<'s>,
    store: Box<dyn Any + Send>,
    external: usize,
) -> Result<Local<'s>, NativeRefused> {
    scope.alloc_native(layout::JS_ARRAY_BUFFER, ARRAY_BUFFER_SLOTS, store, external)
}

/// A typed array of `length` bytes of an [`array_buffer`], from `offset` on.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] if `buffer` is no
/// [`array_buffer`], [`AccessError::BytesOutOfRange`] if it has fewer bytes, [`AccessError::WrongHeap`].
pub fn typed_array<'s>(
    scope: &mut Scope<'s>,
    buffer: Local<'_>,
    offset: usize,
    length: usize,
) -> Result<Local<'s>, HeapError> {
    let len = scope.native::<Vec<u8>>(buffer)?.len();
    let end = offset.saturating_add(length);
    if end > len {
        return Err(AccessError::BytesOutOfRange { end, len }.into());
    }
    host_typed_array(scope, buffer, offset, length)
}

/// A typed array of `length` bytes of an ArrayBuffer, from `offset` on. The host knows that the bytes exist.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] if `buffer` is no ArrayBuffer,
/// [`AccessError::WrongHeap`].
pub fn host_typed_array<'s>(
    scope: &mut Scope<'s>,
    buffer: Local<'_>,
    offset: usize,
    length: usize,
) -> Result<Local<'s>, HeapError> {
    let shape = (scope.kind(buffer)?, scope.size(buffer)?);
    if shape != (Kind::Native, layout::JS_ARRAY_BUFFER) {
        return Err(AccessError::WrongKind.into());
    }
    let cell = scope.alloc_sized(Kind::Object, layout::JS_TYPED_ARRAY, TYPED_ARRAY_SLOTS)?;
    scope.set(cell, BUFFER, Value::Ref(buffer))?;
    let bytes = scope.bytes_mut(cell)?;
    for (to, number) in bytes.chunks_exact_mut(WORD).zip([offset, length]) {
        to.copy_from_slice(&(number as u64).to_ne_bytes());
    }
    Ok(cell)
}

/// A typed array whose payload is a part of a pooled store. The host reports the store's bytes as external memory. (V8's
/// typed array would refer to the store's one ArrayBuffer.)
///
/// # Errors
/// [`NativeRefused`] at the limit, with the part.
pub fn pooled_typed_array<'s>(
    scope: &mut Scope<'s>,
    part: Box<dyn Any + Send>,
) -> Result<Local<'s>, NativeRefused> {
    scope.alloc_native(layout::JS_TYPED_ARRAY, TYPED_ARRAY_SLOTS, part, 0)
}

/// The cell whose payload has a typed array's bytes: the typed array itself if it is pooled, otherwise its ArrayBuffer.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is no typed array, [`AccessError::WrongHeap`].
pub fn typed_array_store<'s>(
    scope: &mut Scope<'s>,
    cell: Local<'s>,
) -> Result<Local<'s>, AccessError> {
    let shape = (scope.size(cell)?, scope.slot_count(cell)?);
    if shape != (layout::JS_TYPED_ARRAY, TYPED_ARRAY_SLOTS) {
        return Err(AccessError::WrongKind);
    }
    match scope.kind(cell)? {
        Kind::Native => Ok(cell),
        Kind::Object => match scope.get(cell, BUFFER)? {
            Value::Ref(buffer) => Ok(buffer),
            _ => Err(AccessError::WrongKind),
        },
        _ => Err(AccessError::WrongKind),
    }
}

/// A typed array's store: the payload of the typed array itself if it is pooled, otherwise of its ArrayBuffer. Makes no
/// handle; constant time.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is no typed array, or its store is of another type; [`AccessError::WrongHeap`].
pub fn typed_array_payload<'a, T: Any>(
    scope: &'a mut Scope<'_>,
    cell: impl Operand,
) -> Result<&'a mut T, AccessError> {
    let cell = cell_of(&scope.heap, cell)?.load();
    if (cell.size(), cell.slot_count()) != (layout::JS_TYPED_ARRAY, TYPED_ARRAY_SLOTS) {
        return Err(AccessError::WrongKind);
    }
    let store = match cell.header().kind() {
        Kind::Native => Some(cell.cell()),
        Kind::Object => cell.slot(BUFFER).and_then(|slot| Cell::of(slot.get())),
        _ => None,
    };
    scope.heap.natives.payload_mut(store.ok_or(AccessError::WrongKind)?)
}

/// The bytes of a [`typed_array`]. Makes no handle; constant time.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is none, [`AccessError::BytesOutOfRange`] if its buffer has
/// become shorter, [`AccessError::WrongHeap`] for another heap's handle.
pub fn typed_array_bytes<'a>(
    scope: &'a mut Scope<'_>,
    cell: Local<'_>,
) -> Result<&'a mut [u8], AccessError> {
    let view = scope.view(cell)?;
    let shape = (view.kind(), view.size(), view.slot_count());
    if shape != (Kind::Object, layout::JS_TYPED_ARRAY, TYPED_ARRAY_SLOTS) {
        return Err(AccessError::WrongKind);
    }
    let mut numbers = [0_usize; 2];
    for (number, word) in numbers.iter_mut().zip(view.bytes()?.as_chunks().0) {
        *number = u64::from_ne_bytes(*word) as usize;
    }
    let Seen::Ref(buffer) = view.get(BUFFER)? else { return Err(AccessError::WrongKind) };
    let buffer = buffer.cell();
    let [offset, length] = numbers;
    let bytes = scope.heap.natives.payload_mut::<Vec<u8>>(buffer)?;
    let (end, len) = (offset.saturating_add(length), bytes.len());
    bytes.get_mut(offset..end).ok_or(AccessError::BytesOutOfRange { end, len })
}
