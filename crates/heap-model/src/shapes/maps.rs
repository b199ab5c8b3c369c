//! Maps and Sets: a cell with a table of entries in the order of insertion.

use super::objects::ELEMENTS;
use crate::error::HeapError;
use crate::layout;
use crate::memory::cell::WORD;
use crate::memory::header::Kind;
use crate::scope::{Local, Scope, Value};
use crate::tables::ordered;

/// A Map's, a Set's or their iterator's slot for the table.
pub const TABLE: usize = ELEMENTS + 1;
/// An iterator's slot for the number of its next entry, deleted ones included.
pub const ITERATOR_INDEX: usize = TABLE + 1;

/// A Map with an empty table for `entries` entries. [`collections::map`](crate::collections::map) has what one does
/// with it.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or for more than 2^25 entries.
pub fn map<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    with_table::<{ ordered::MAP }>(scope, layout::MAP, entries)
}

/// A Set with an empty table for `entries` entries. [`collections::set`](crate::collections::set) has what one does
/// with it.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or for more than 2^25 entries.
pub fn set<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    with_table::<{ ordered::SET }>(scope, layout::SET, entries)
}

fn with_table<'s, const WIDTH: usize>(
    scope: &mut Scope<'s>,
    size: usize,
    entries: usize,
) -> Result<Local<'s>, HeapError> {
    let capacity =
        if entries > ordered::MOST { entries } else { layout::ordered_capacity(entries) };
    scope.escape(|scope| {
        let table = scope.heap.allocate_table::<WIDTH>(capacity, false)?;
        let table = scope.push(table.cell());
        let cell = scope.alloc(Kind::Object, (size - layout::object(0)) / WORD + 1, 0)?;
        scope.set(cell, TABLE, Value::Ref(table))?;
        Ok(cell)
    })
}

/// An iterator that stands at the first entry of a Map or a Set ([`layout::MAP_ITERATOR`]).
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongKind`] if it is neither, [`AccessError::WrongHeap`].
///
/// [`AccessError::WrongKind`]: crate::AccessError::WrongKind
/// [`AccessError::WrongHeap`]: crate::AccessError::WrongHeap
pub fn collection_iterator<'s>(
    scope: &mut Scope<'s>,
    collection: Local<'_>,
) -> Result<Local<'s>, HeapError> {
    scope.escape(|scope| {
        let table = scope.get(collection, TABLE)?;
        let slots = [Value::Undefined, table, Value::Smi(0)];
        match table.as_local() {
            Some(table) if scope.kind(table)? == Kind::OrderedTable => {
                scope.alloc_with(Kind::Object, &slots)
            }
            _ => Err(crate::error::AccessError::WrongKind.into()),
        }
    })
}
