//! Maps and Sets: a cell with a table of entries in the order of insertion.

use crate::error::{HeapError, OutOfMemory, Reason};
use crate::layout;
use crate::memory::cell::{HEADER, WORD};
use crate::memory::header::Kind;
use crate::scope::{Local, Scope, Value};

/// A Map's or a Set's slot for its table.
pub const TABLE: usize = 1;

/// A Map with an empty table for `entries` entries.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or for more than 2^27 entries.
pub fn map<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    let capacity = ordered_capacity(scope, entries)?;
    with_table(scope, layout::MAP, layout::ordered_hash_map(capacity))
}

/// A Set with an empty table for `entries` entries.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, or for more than 2^27 entries.
pub fn set<'s>(scope: &mut Scope<'s>, entries: usize) -> Result<Local<'s>, HeapError> {
    let capacity = ordered_capacity(scope, entries)?;
    with_table(scope, layout::SET, layout::ordered_hash_set(capacity))
}

/// The capacity for `entries` entries, if a cell can be that large.
fn ordered_capacity(scope: &Scope<'_>, entries: usize) -> Result<usize, OutOfMemory> {
    if entries > 1 << 27 {
        // An entry takes at least two words, and half a word in the buckets.
        return Err(scope.heap.spaces.refusal(entries.saturating_mul(20), Reason::TooLarge));
    }
    Ok(layout::ordered_capacity(entries))
}

fn with_table<'s>(
    scope: &mut Scope<'s>,
    size: usize,
    table: usize,
) -> Result<Local<'s>, HeapError> {
    scope.escape(|scope| {
        let table = scope.alloc(Kind::Array, (table - HEADER) / WORD, 0)?;
        let cell = scope.alloc_sized(Kind::Object, size, 2)?;
        scope.set(cell, TABLE, Value::Ref(table))?;
        Ok(cell)
    })
}
