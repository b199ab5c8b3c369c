//! Maps in the order of insertion: those of [`shapes::map`](crate::shapes::map).
//!
//! A full table is replaced by one twice as large, or as large if half of its entries were deleted; one that has
//! entries in less than a quarter by one half as large (V8's `OrderedHashMap`). An iteration goes from one to the next.
//!
//! `map` may be any cell whose slot [`TABLE`](crate::shapes::TABLE) has a Map's table. All operations fail with
//! [`AccessError::WrongKind`] if it has none, or if a key is the hole, and with [`AccessError::WrongHeap`].

use super::keys::KeyRules;
use super::ordered::{self, Cursor};
use crate::error::{AccessError, HeapError};
use crate::scope::operand::{Operand, UsesHeap};
use crate::scope::{Local, Scope, Value};
use crate::tables::ordered::MAP;

/// A key's value. Expected constant time.
///
/// # Errors
/// As all operations on maps.
#[inline]
pub fn get<'s>(
    scope: &mut Scope<'s>,
    rules: &impl KeyRules,
    map: impl Operand,
    key: impl Operand,
) -> Result<Option<Value<'s>>, AccessError> {
    let found = ordered::find::<MAP>(&mut scope.heap, rules, map, key)?;
    let word = found.entry.map(|entry| found.table.value_slot(entry).get());
    Ok(word.map(|word| scope.value(word)))
}

/// Whether there is such a key. Expected constant time.
///
/// # Errors
/// As all operations on maps.
#[inline]
pub fn has(
    heap: &mut impl UsesHeap,
    rules: &impl KeyRules,
    map: impl Operand,
    key: impl Operand,
) -> Result<bool, AccessError> {
    Ok(ordered::find::<MAP>(heap.heap_mut(), rules, map, key)?.entry.is_some())
}

/// Sets a key's value; whether the key is new. A key that was there keeps its place in the order. Expected constant
/// time, amortised; may collect.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, and as all operations on maps; the map is unchanged then.
#[inline]
pub fn set(
    heap: &mut impl UsesHeap,
    rules: &impl KeyRules,
    map: impl Operand,
    key: impl Operand,
    value: impl Operand,
) -> Result<bool, HeapError> {
    ordered::insert::<MAP>(heap.heap_mut(), rules, map, key, value)
}

/// Deletes a key; whether it was there. Expected constant time, amortised; may collect.
///
/// # Errors
/// As all operations on maps.
pub fn delete(
    heap: &mut impl UsesHeap,
    rules: &impl KeyRules,
    map: impl Operand,
    key: impl Operand,
) -> Result<bool, AccessError> {
    ordered::delete::<MAP>(heap.heap_mut(), rules, map, key)
}

/// Deletes all keys. Constant time; may collect.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, and as all operations on maps; the map is unchanged then.
pub fn clear(heap: &mut impl UsesHeap, map: impl Operand) -> Result<(), HeapError> {
    ordered::clear::<MAP>(heap.heap_mut(), map)
}

/// How many keys there are. Constant time.
///
/// # Errors
/// As all operations on maps.
pub fn len(heap: &impl UsesHeap, map: impl Operand) -> Result<usize, AccessError> {
    Ok(ordered::table::<MAP>(heap.heap(), map)?.len())
}

/// How many keys the table has room for, deleted ones included. Constant time.
///
/// # Errors
/// As all operations on maps.
pub fn capacity(heap: &impl UsesHeap, map: impl Operand) -> Result<usize, AccessError> {
    Ok(ordered::table::<MAP>(heap.heap(), map)?.capacity())
}

/// Begins to go through the entries. Constant time.
///
/// # Errors
/// As all operations on maps.
pub fn entries<'s>(scope: &mut Scope<'s>, map: impl Operand) -> Result<Entries<'s>, AccessError> {
    Ok(Entries(Cursor::new(scope, map)?))
}

/// An iteration over a map, in the order of insertion, as `Map.prototype.forEach` goes on: keys that are added
/// meanwhile come, those that are deleted before their turn do not, and one that is deleted and added again comes
/// (again). It holds a handle, and none of its map.
#[derive(Debug)]
pub struct Entries<'s>(Cursor<'s, MAP>);

impl Entries<'_> {
    /// The next key and its value; once there is none, there never is. Amortised constant time, but for deleted entries
    /// that are passed.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn next<'i>(
        &mut self,
        scope: &mut Scope<'i>,
    ) -> Result<Option<(Value<'i>, Value<'i>)>, AccessError> {
        let Some((table, entry)) = self.0.next(&mut scope.heap)? else { return Ok(None) };
        let (key, value) = (table.key_slot(entry).get(), table.value_slot(entry).get());
        Ok(Some((scope.value(key), scope.value(value))))
    }
}

/// The next key and value of an iteration that is a cell, a
/// [`shapes::collection_iterator`](crate::shapes::collection_iterator) of a map: as [`Entries::next`].
///
/// # Errors
/// [`AccessError::WrongKind`] if it is none, [`AccessError::WrongHeap`].
pub fn next<'s>(
    scope: &mut Scope<'s>,
    iterator: Local<'_>,
) -> Result<Option<(Value<'s>, Value<'s>)>, AccessError> {
    let Some((table, entry)) = ordered::next::<MAP>(&mut scope.heap, iterator)? else {
        return Ok(None);
    };
    let (key, value) = (table.key_slot(entry).get(), table.value_slot(entry).get());
    Ok(Some((scope.value(key), scope.value(value))))
}
