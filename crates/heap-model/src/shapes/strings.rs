//! Strings and boxed doubles.

use crate::error::{AccessError, HeapError, OutOfMemory};
use crate::layout;
use crate::memory::cell::WORD;
use crate::memory::header::{Header, Kind};
use crate::scope::{Local, Scope, Value};

/// A flat string of one-byte characters (Latin-1).
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn one_byte_string<'s>(scope: &mut Scope<'s>, text: &[u8]) -> Result<Local<'s>, OutOfMemory> {
    let cell = string(scope, Kind::OneByteString, text.len())?;
    if let Ok(bytes) = scope.bytes_mut(cell) {
        bytes[..text.len()].copy_from_slice(text);
    }
    Ok(cell)
}

/// A flat string of two-byte characters (UTF-16), in native byte order.
///
/// # Errors
/// [`OutOfMemory`] at the limit.
pub fn two_byte_string<'s>(scope: &mut Scope<'s>, text: &[u16]) -> Result<Local<'s>, OutOfMemory> {
    let cell = string(scope, Kind::TwoByteString, 2 * text.len())?;
    if let Ok(bytes) = scope.bytes_mut(cell) {
        for (unit, to) in text.iter().zip(bytes.chunks_exact_mut(2)) {
            to.copy_from_slice(&unit.to_ne_bytes());
        }
    }
    Ok(cell)
}

/// A string's cell is rounded up to words; its auxiliary field is the padding in bytes.
fn string<'s>(scope: &mut Scope<'s>, kind: Kind, bytes: usize) -> Result<Local<'s>, OutOfMemory> {
    let cell = scope.alloc(kind, 0, bytes)?;
    if let Ok(place) = scope.cell(cell) {
        place.set_auxiliary((bytes.next_multiple_of(WORD) - bytes) as u32);
    }
    Ok(cell)
}

/// A flat string's characters as bytes, without the padding. A string made by [`Scope::alloc`] has no padding.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is no flat string, [`AccessError::WrongHeap`].
pub fn string_bytes<'a>(scope: &'a Scope<'_>, cell: Local<'_>) -> Result<&'a [u8], AccessError> {
    if !matches!(scope.kind(cell)?, Kind::OneByteString | Kind::TwoByteString) {
        return Err(AccessError::WrongKind);
    }
    let place = scope.cell(cell)?;
    let padding = if place.header().has(Header::SITED) { 0 } else { place.auxiliary() as usize };
    let bytes = scope.bytes(cell)?;
    Ok(&bytes[..bytes.len().saturating_sub(padding)])
}

/// A rope of two strings, in slots 0 and 1. V8 makes ropes from [`layout::CONS_STRING_LENGTH`] characters on.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] if one is no string,
/// [`AccessError::WrongHeap`].
pub fn cons_string<'s>(
    scope: &mut Scope<'s>,
    left: Local<'_>,
    right: Local<'_>,
) -> Result<Local<'s>, HeapError> {
    for kind in [scope.kind(left)?, scope.kind(right)?] {
        if !matches!(kind, Kind::OneByteString | Kind::TwoByteString | Kind::ConsString) {
            return Err(AccessError::WrongKind.into());
        }
    }
    let cell = scope.alloc_sized(Kind::ConsString, layout::CONS_STRING, 2)?;
    scope.set(cell, 0, Value::Ref(left))?;
    scope.set(cell, 1, Value::Ref(right))?;
    Ok(cell)
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
