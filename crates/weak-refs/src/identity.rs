//! What can be held weakly, and what a cell was made as. No unsafe code.
//!
//! A collection's cell is an object with a brand in its first raw byte, as ECMA-262's objects have
//! internal slots: it tells a WeakMap from a WeakSet and both from any other object. The seven bytes behind it are
//! a registry's: the number of the agent that has enrolled it.

use crate::WeakError;
use heap_model::{Kind, Local, OutOfMemory, Scope, Value};

/// What the cell of a collection is, or of a part of one that users hold.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Brand {
    Map = 1,
    Set = 2,
    Registry = 3,
}

/// The bytes in which a brand lies.
const BRAND: usize = 8;

/// The cell of a value that can be held weakly (ECMA-262, 9.14 CanBeHeldWeakly).
#[inline]
pub fn identity<'v>(scope: &Scope<'_>, value: Value<'v>) -> Result<Option<Local<'v>>, WeakError> {
    let Value::Ref(cell) = value else { return Ok(None) };
    Ok(match scope.kind(cell)? {
        Kind::OneByteString | Kind::TwoByteString | Kind::ConsString | Kind::Double => None,
        _ => Some(cell),
    })
}

/// As [`identity`], where a value without one is refused.
#[inline]
pub fn held_weakly<'v>(scope: &Scope<'_>, value: Value<'v>) -> Result<Local<'v>, WeakError> {
    identity(scope, value)?.ok_or(WeakError::CannotBeHeldWeakly)
}

/// Allocates a collection's cell.
pub fn alloc<'s>(
    scope: &mut Scope<'s>,
    brand: Brand,
    slots: usize,
) -> Result<Local<'s>, OutOfMemory> {
    let cell = scope.alloc(Kind::Object, slots, BRAND)?;
    if let Ok(bytes) = scope.bytes_mut(cell) {
        bytes[0] = brand as u8;
    }
    Ok(cell)
}

/// Whether the cell was made as a collection with this brand and as many slots.
pub fn is(
    scope: &Scope<'_>,
    cell: Local<'_>,
    brand: Brand,
    slots: usize,
) -> Result<bool, WeakError> {
    Ok(scope.kind(cell)? == Kind::Object
        && scope.slot_count(cell)? == slots
        && scope.bytes(cell)?.first() == Some(&(brand as u8)))
}

/// The number behind a collection's brand, below 2^56: 0 unless one was set.
pub fn number(scope: &Scope<'_>, cell: Local<'_>) -> Result<u64, WeakError> {
    let word = scope.bytes(cell)?.first_chunk::<BRAND>().copied();
    Ok(word.map_or(0, u64::from_le_bytes) >> 8)
}

/// Sets the number behind a collection's brand.
pub fn set_number(scope: &mut Scope<'_>, cell: Local<'_>, number: u64) -> Result<(), WeakError> {
    if let Some(word) = scope.bytes_mut(cell)?.first_chunk_mut::<BRAND>() {
        let brand = u64::from(word[0]);
        *word = (number << 8 | brand).to_le_bytes();
    }
    Ok(())
}

/// The cell in a slot, if it is of this kind.
pub fn cell_in<'t>(
    scope: &mut Scope<'t>,
    cell: Local<'_>,
    slot: usize,
    kind: Kind,
) -> Result<Option<Local<'t>>, WeakError> {
    match scope.get(cell, slot)? {
        Value::Ref(found) if scope.kind(found)? == kind => Ok(Some(found)),
        _ => Ok(None),
    }
}
