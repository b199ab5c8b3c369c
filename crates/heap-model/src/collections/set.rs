//! Sets in the order of insertion: those of [`shapes::set`](crate::shapes::set). All is as with
//! [maps](super::map), but that there are no values.

use super::keys::KeyRules;
use super::ordered::{self, Cursor};
use crate::error::{AccessError, HeapError};
use crate::scope::operand::{Operand, UsesHeap};
use crate::scope::{Local, Scope, Value};
use crate::tables::ordered::SET;

/// Whether there is such a key. Expected constant time.
///
/// # Errors
/// As all operations on [maps](super::map).
#[inline]
pub fn has(
    heap: &mut impl UsesHeap,
    rules: &impl KeyRules,
    set: impl Operand,
    key: impl Operand,
) -> Result<bool, AccessError> {
    Ok(ordered::find::<SET>(heap.heap_mut(), rules, set, key)?.entry.is_some())
}

/// Adds a key; whether it is new. Expected constant time, amortised; may collect.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, and as all operations on [maps](super::map); the set is unchanged then.
#[inline]
pub fn add(
    heap: &mut impl UsesHeap,
    rules: &impl KeyRules,
    set: impl Operand,
    key: impl Operand,
) -> Result<bool, HeapError> {
    ordered::insert::<SET>(heap.heap_mut(), rules, set, key, Value::Undefined)
}

/// Deletes a key; whether it was there. Expected constant time, amortised; may collect.
///
/// # Errors
/// As all operations on [maps](super::map).
pub fn delete(
    heap: &mut impl UsesHeap,
    rules: &impl KeyRules,
    set: impl Operand,
    key: impl Operand,
) -> Result<bool, AccessError> {
    ordered::delete::<SET>(heap.heap_mut(), rules, set, key)
}

/// Deletes all keys. Constant time; may collect.
///
/// # Errors
/// As [`add`].
pub fn clear(heap: &mut impl UsesHeap, set: impl Operand) -> Result<(), HeapError> {
    ordered::clear::<SET>(heap.heap_mut(), set)
}

/// How many keys there are. Constant time.
///
/// # Errors
/// As all operations on [maps](super::map).
pub fn len(heap: &impl UsesHeap, set: impl Operand) -> Result<usize, AccessError> {
    Ok(ordered::table::<SET>(heap.heap(), set)?.len())
}

/// How many keys the table has room for, deleted ones included. Constant time.
///
/// # Errors
/// As all operations on [maps](super::map).
pub fn capacity(heap: &impl UsesHeap, set: impl Operand) -> Result<usize, AccessError> {
    Ok(ordered::table::<SET>(heap.heap(), set)?.capacity())
}

/// Begins to go through the keys. Constant time.
///
/// # Errors
/// As all operations on [maps](super::map).
pub fn values<'s>(scope: &mut Scope<'s>, set: impl Operand) -> Result<Values<'s>, AccessError> {
    Ok(Values(Cursor::new(scope, set)?))
}

/// An iteration over a set, which goes on as [`map::Entries`](super::map::Entries) does.
#[derive(Debug)]
pub struct Values<'s>(Cursor<'s, SET>);

impl Values<'_> {
    /// The next key; once there is none, there never is. Amortised constant time, but for deleted entries that are
    /// passed.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn next<'i>(&mut self, scope: &mut Scope<'i>) -> Result<Option<Value<'i>>, AccessError> {
        let found = self.0.next(&mut scope.heap)?;
        Ok(found.map(|(table, entry)| scope.value(table.key_slot(entry).get())))
    }
}

/// The next key of an iteration that is a cell, a
/// [`shapes::collection_iterator`](crate::shapes::collection_iterator) of a set: as [`Values::next`].
///
/// # Errors
/// [`AccessError::WrongKind`] if it is none, [`AccessError::WrongHeap`].
pub fn next<'s>(
    scope: &mut Scope<'s>,
    iterator: Local<'_>,
) -> Result<Option<Value<'s>>, AccessError> {
    let found = ordered::next::<SET>(&mut scope.heap, iterator)?;
    Ok(found.map(|(table, entry)| scope.value(table.key_slot(entry).get())))
}
