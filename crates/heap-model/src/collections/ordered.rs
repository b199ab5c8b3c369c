//! What Maps and Sets do with their tables: the operations that allocate, and those that call a program's rules.
//!
//! The table of a Map or a Set is in its slot [`TABLE`]. Each operation reads its operands, has room made if it needs
//! some, which may collect, reads its operands again, and then works on cells alone.

use super::keys::{IdentityHashes, KeyRules};
use crate::error::{AccessError, HeapError};
use crate::heap::Heap;
use crate::memory::cell::{Cell, Slot};
use crate::memory::word::Word;
use crate::scope::operand::{Operand, Read};
use crate::scope::view::Seen;
use crate::scope::{Local, Scope};
use crate::shapes::maps::{ITERATOR_INDEX, TABLE};
use crate::tables::ordered::{LEAST, MAP, Table};

/// A key that was looked for.
pub(super) struct Found<const WIDTH: usize> {
    pub table: Table<WIDTH>,
    pub hash: u32,
    pub entry: Option<usize>,
    /// What is kept in the place of the key.
    small: Option<i32>,
}

/// The table of a Map or a Set.
#[inline(always)]
pub(super) fn table<const WIDTH: usize>(
    heap: &Heap,
    holder: impl Operand,
) -> Result<Table<WIDTH>, AccessError> {
    let table = Table::of(Cell::of(slot(heap, holder)?.get()).ok_or(AccessError::WrongKind)?);
    let table: Table<WIDTH> = table.ok_or(AccessError::WrongKind)?;
    // A program may have given one table to two Maps.
    Ok(if table.replaced_by().is_some() { table.latest(0).0 } else { table })
}

/// The slot of a Map or a Set for its table.
#[inline(always)]
fn slot(heap: &Heap, holder: impl Operand) -> Result<Slot, AccessError> {
    let holder = Cell::of(holder.word(heap)?).ok_or(AccessError::WrongKind)?.load();
    let slot = if holder.header().is_guarded() { None } else { holder.slot(TABLE) };
    slot.ok_or(AccessError::WrongKind)
}

/// Looks for a key. Expected constant time.
#[inline(always)]
pub(super) fn find<const WIDTH: usize>(
    heap: &mut Heap,
    rules: &impl KeyRules,
    holder: impl Operand,
    key: impl Operand,
) -> Result<Found<WIDTH>, AccessError> {
    let table = table(heap, holder)?;
    let word = key.word(heap)?;
    if word == Word::HOLE {
        return Err(AccessError::WrongKind);
    }
    let handles = &heap.roots.handles;
    let seen = |word| Seen::of(handles.reading_word(word));
    let key = seen(word);
    let hash = rules.hash(key, &mut IdentityHashes(&mut heap.identities));
    let entry = table.find(hash, |other| other == word || rules.equal(seen(other), key));
    Ok(Found { table, hash, entry, small: rules.small(key) })
}

/// Sets the value of a key, or adds the key; whether it was added. Of a Set there is no value. Expected constant time,
/// amortised.
#[inline(always)]
pub(super) fn insert<const WIDTH: usize>(
    heap: &mut Heap,
    rules: &impl KeyRules,
    holder: impl Operand,
    key: impl Operand,
    value: impl Operand,
) -> Result<bool, HeapError> {
    let Found { table, hash, entry, small } = find::<WIDTH>(heap, rules, holder, key)?;
    let word = value.word(heap)?;
    if let Some(entry) = entry {
        if WIDTH == MAP {
            heap.store_slot(table.value_slot(entry), word);
        }
        return Ok(false);
    }
    let table = if table.has_room() { table } else { replace(heap, holder, table.grown())? };
    let key = match small {
        Some(number) => Word::smi(number),
        None => key.word(heap)?,
    };
    let entry = table.add(hash);
    heap.store_slot(table.key_slot(entry), key);
    if WIDTH == MAP {
        let word = value.word(heap)?;
        heap.store_slot(table.value_slot(entry), word);
    }
    Ok(true)
}

/// Deletes a key; whether it was there. Expected constant time, amortised.
pub(super) fn delete<const WIDTH: usize>(
    heap: &mut Heap,
    rules: &impl KeyRules,
    holder: impl Operand,
    key: impl Operand,
) -> Result<bool, AccessError> {
    let Found { table, entry, .. } = find::<WIDTH>(heap, rules, holder, key)?;
    let Some(entry) = entry else { return Ok(false) };
    heap.forget_refusal();
    table.delete(entry);
    if let Some(capacity) = table.shrunk() {
        // Without memory for a smaller table, the table stays as large as it is.
        let _ = replace::<WIDTH>(heap, holder, capacity);
    }
    Ok(true)
}

/// Deletes all keys. Constant time, but for the allocation.
pub(super) fn clear<const WIDTH: usize>(
    heap: &mut Heap,
    holder: impl Operand,
) -> Result<(), HeapError> {
    let from = table::<WIDTH>(heap, holder)?;
    if from.len() > 0 || from.capacity() > LEAST {
        let to = heap.allocate_table(LEAST, !heap.is_young(from.cell()))?;
        let from = table::<WIDTH>(heap, holder)?;
        from.clear();
        link(heap, holder, from, to)?;
    }
    Ok(())
}

/// Puts a table of this capacity in the place of the one that a Map or a Set has. O(capacity).
#[cold]
#[inline(never)]
fn replace<const WIDTH: usize>(
    heap: &mut Heap,
    holder: impl Operand,
    capacity: usize,
) -> Result<Table<WIDTH>, HeapError> {
    let from = table::<WIDTH>(heap, holder)?;
    let to = heap.allocate_table(capacity, !heap.is_young(from.cell()))?;
    let from = table::<WIDTH>(heap, holder)?;
    from.replace(to);
    heap.record_filled(to.cell());
    link(heap, holder, from, to)?;
    Ok(to)
}

/// Lets one table take the place of another.
fn link<const WIDTH: usize>(
    heap: &mut Heap,
    holder: impl Operand,
    from: Table<WIDTH>,
    to: Table<WIDTH>,
) -> Result<(), AccessError> {
    heap.forget_refusal();
    let holder = slot(heap, holder)?;
    heap.store_slot(from.next_slot(), to.cell().word());
    heap.store_slot(holder, to.cell().word());
    Ok(())
}

/// An iteration in the order of insertion, which meets what is added while it goes on, and not what was deleted: it
/// stands at an entry of a table, which may be obsolete by now.
#[derive(Debug)]
pub(super) struct Cursor<'s, const WIDTH: usize> {
    /// A handle of its own, to the table; none when the iteration is over.
    table: Option<Local<'s>>,
    entry: usize,
}

impl<'s, const WIDTH: usize> Cursor<'s, WIDTH> {
    pub fn new(scope: &mut Scope<'s>, holder: impl Operand) -> Result<Self, AccessError> {
        let table = table::<WIDTH>(&scope.heap, holder)?;
        Ok(Self { table: Some(scope.push(table.cell())), entry: 0 })
    }

    /// The next entry and its table, which is the latest.
    pub fn next(&mut self, heap: &mut Heap) -> Result<Option<(Table<WIDTH>, usize)>, AccessError> {
        let Some(handle) = self.table else { return Ok(None) };
        let word = handle.word(heap)?;
        let Some((table, next)) = Cell::of(word).and_then(|table| advance(table, self.entry))
        else {
            return Err(AccessError::WrongKind);
        };
        let Some(entry) = next else {
            self.table = None;
            return Ok(None);
        };
        heap.roots.handles.set(handle.place(), table.cell());
        self.entry = entry + 1;
        Ok(Some((table, entry)))
    }
}

/// The table that an iteration over `table` goes on with, and its next entry from `entry` on.
fn advance<const WIDTH: usize>(table: Cell, entry: usize) -> Option<(Table<WIDTH>, Option<usize>)> {
    let (table, entry) = Table::<WIDTH>::of(table)?.latest(entry);
    Some((table, table.next(entry)))
}

/// The next entry of an iteration that is a cell, and its table. The cell then stands behind the entry, or at the end
/// at no table, so that the iteration stays over.
pub(super) fn next<const WIDTH: usize>(
    heap: &mut Heap,
    iterator: impl Operand,
) -> Result<Option<(Table<WIDTH>, usize)>, AccessError> {
    let stand = slot(heap, iterator)?;
    let index = stand.cell().load().slot(ITERATOR_INDEX).ok_or(AccessError::WrongKind)?;
    let Some(table) = Cell::of(stand.get()) else {
        return if stand.get() == Word::UNDEFINED { Ok(None) } else { Err(AccessError::WrongKind) };
    };
    let entry = index.get().as_smi().and_then(|entry| usize::try_from(entry).ok()).unwrap_or(0);
    let (table, next) = advance(table, entry).ok_or(AccessError::WrongKind)?;
    let word = if next.is_some() { table.cell().word() } else { Word::UNDEFINED };
    if word != stand.get() {
        heap.store_slot(stand, word);
    }
    let Some(entry) = next else { return Ok(None) };
    index.set(Word::smi(entry as i32 + 1));
    Ok(Some((table, entry)))
}
