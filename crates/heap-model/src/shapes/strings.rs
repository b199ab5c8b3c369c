//! Strings and boxed doubles.

use crate::error::{AccessError, HeapError, OutOfMemory};
use crate::layout;
use crate::memory::header::Kind;
use crate::scope::{Local, Scope};
use crate::text::{self, Width};

/// A flat string of one-byte characters (Latin-1). [`collections::string`](crate::collections::string) has what one does
/// with it, and makes strings that are shared as V8's are.
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn one_byte_string<'s>(scope: &mut Scope<'s>, text: &[u8]) -> Result<Local<'s>, OutOfMemory> {
    let cell = scope.heap.allocate_flat(Width::One, text.len(), false)?;
    scope.heap.roots.handles.bytes_mut_of(cell)[..text.len()].copy_from_slice(text);
    Ok(scope.push(cell))
}

/// A flat string of two-byte characters (UTF-16), in native byte order.
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn two_byte_string<'s>(scope: &mut Scope<'s>, text: &[u16]) -> Result<Local<'s>, OutOfMemory> {
    let cell = scope.heap.allocate_flat(Width::Two, text.len(), false)?;
    let bytes = scope.heap.roots.handles.bytes_mut_of(cell).as_chunks_mut().0;
    bytes.iter_mut().zip(text).for_each(|(to, unit)| *to = unit.to_ne_bytes());
    Ok(scope.push(cell))
}

/// The characters of a flat string or a slice, or of a rope that was flattened, as bytes.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is another cell, [`AccessError::WrongHeap`].
pub fn string_bytes<'a>(scope: &'a Scope<'_>, cell: Local<'_>) -> Result<&'a [u8], AccessError> {
    let string = scope.reading(cell)?;
    let (units, _) = text::measure(string.cell()).ok_or(AccessError::WrongKind)?;
    let (flat, first) = text::flat(string.cell()).ok_or(AccessError::WrongKind)?;
    let (_, width) = text::measure(flat).ok_or(AccessError::WrongKind)?;
    Ok(&string.of(flat).bytes()[width.bytes(first)..width.bytes(first + units)])
}

/// A rope of two strings of any length. V8 makes one of at least [`layout::CONS_STRING_LENGTH`] characters, as
/// [`string::concat`](crate::collections::string::concat) does.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or for more than 2^29 - 24 characters; [`AccessError::WrongKind`] if one is
/// no string, [`AccessError::WrongHeap`].
pub fn cons_string<'s>(
    scope: &mut Scope<'s>,
    left: Local<'_>,
    right: Local<'_>,
) -> Result<Local<'s>, HeapError> {
    let measure = |local| text::measure(scope.cell(local)?).ok_or(AccessError::WrongKind);
    let ((first, one), (second, two)) = (measure(left)?, measure(right)?);
    let cell = scope.heap.allocate_part(Kind::ConsString, one.max(two), first + second)?;
    for (slot, part) in [(text::FIRST, left), (text::SECOND, right)] {
        let word = scope.cell(part)?.word();
        scope.heap.store(cell, slot, word);
    }
    Ok(scope.push(cell))
}

/// A boxed double of 16 bytes ([`layout::HEAP_NUMBER`]).
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn heap_number<'s>(scope: &mut Scope<'s>, number: f64) -> Result<Local<'s>, OutOfMemory> {
    let cell = scope.alloc_sized(Kind::Double, layout::HEAP_NUMBER, 0)?;
    if let Ok(bytes) = scope.bytes_mut(cell) {
        bytes.copy_from_slice(&number.to_ne_bytes());
    }
    Ok(cell)
}

/// A boxed double's number.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is none, [`AccessError::WrongHeap`].
pub fn number(scope: &Scope<'_>, cell: Local<'_>) -> Result<f64, AccessError> {
    if scope.kind(cell)? != Kind::Double {
        return Err(AccessError::WrongKind);
    }
    let bytes = scope.bytes(cell)?.first_chunk().copied();
    bytes.map(f64::from_ne_bytes).ok_or(AccessError::WrongKind)
}
