//! Copying from cell to cell.

use super::access::users_slots;
use super::{Local, Scope};
use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::cell::{Cell, Loaded};
use crate::memory::header::Kind;
use crate::text;

impl Scope<'_> {
    /// Copies `count` slots from one cell to another, or within one, as if through a buffer. O(`count`).
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let array = scope.alloc_with(Kind::Array, &[1, 2, 3].map(Value::Smi))?;
    /// scope.copy_slots((array, 1), (array, 0), 2)?;
    /// assert_eq!(scope.get(array, 2)?.as_smi(), Some(2));
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`AccessError::SlotOutOfRange`]; [`AccessError::WrongKind`] for a cell that has slots of the heap's;
    /// [`AccessError::WrongHeap`]. Nothing is written then.
    pub fn copy_slots(
        &mut self,
        (to, to_slot): (Local<'_>, usize),
        (from, from_slot): (Local<'_>, usize),
        count: usize,
    ) -> Result<(), AccessError> {
        let (to, from) = (self.cell(to)?.load(), self.cell(from)?.load());
        copy_slots(&mut self.heap, (to, to_slot), (from, from_slot), count)
    }

    /// Copies `count` raw bytes from one cell to another, or within one, as if through a buffer; the positions are
    /// offsets in bytes. O(`count`).
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let (from, to) = (scope.alloc(Kind::Bytes, 0, 8)?, scope.alloc(Kind::Bytes, 0, 16)?);
    /// scope.bytes_mut(from)?.copy_from_slice(b"from cel");
    /// scope.copy_bytes((to, 3), (from, 5), 3)?;
    /// assert_eq!(&scope.bytes(to)?[2..7], b"\0cel\0");
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`AccessError::BytesOutOfRange`]; [`AccessError::WrongKind`] for a native cell, or an interned string that is written; [`AccessError::WrongHeap`].
    pub fn copy_bytes(
        &mut self,
        (to, to_offset): (Local<'_>, usize),
        (from, from_offset): (Local<'_>, usize),
        count: usize,
    ) -> Result<(), AccessError> {
        copy_bytes((self.cell(to)?, to_offset), (self.cell(from)?, from_offset), count)
    }
}

/// From how many slots on it is worth while to ask once what barriers they need.
const MANY: usize = 8;

/// Copies slots between two cells of the heap, which may be the same.
pub(crate) fn copy_slots(
    heap: &mut Heap,
    (to, to_slot): (Loaded, usize),
    (from, from_slot): (Loaded, usize),
    count: usize,
) -> Result<(), AccessError> {
    if to.header().is_guarded() || from.header().is_guarded() {
        return Err(AccessError::WrongKind);
    }
    let (to_slots, from_slots) =
        (users_slots(to, to_slot, count)?, users_slots(from, from_slot, count)?);
    if count >= MANY && heap.copies_freely(to.cell()) {
        if !heap.is_young(to.cell()) {
            // The next scavenge looks which of them refer to young cells.
            heap.remembered.add(to.cell());
        }
        from.cell().copy_slots(from_slot, to.cell(), to_slot, count);
        return Ok(());
    }
    let pairs = to_slots.zip(from_slots);
    if to_slot <= from_slot {
        pairs.for_each(|(to, from)| heap.store_slot(to, from.get()));
    } else {
        pairs.rev().for_each(|(to, from)| heap.store_slot(to, from.get()));
    }
    Ok(())
}

/// Copies raw bytes between two cells, which may be the same.
pub(crate) fn copy_bytes(
    (to, to_offset): (Cell, usize),
    (from, from_offset): (Cell, usize),
    count: usize,
) -> Result<(), AccessError> {
    for (cell, offset) in [(to, to_offset), (from, from_offset)] {
        let (end, len) = (offset.saturating_add(count), cell.raw_length());
        if cell.header().is(Kind::Native) {
            return Err(AccessError::WrongKind);
        } else if end > len {
            return Err(AccessError::BytesOutOfRange { end, len });
        }
    }
    text::before_write(to)?;
    from.copy_raw(from_offset, to, to_offset, count);
    Ok(())
}
