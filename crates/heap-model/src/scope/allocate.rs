//! Allocation of plain cells, which have only slots and raw bytes.

use super::size::{cell_size, is_plain, raw_bytes};
use super::{Local, Scope, Value};
use crate::error::{HeapError, OutOfMemory};
use crate::memory::header::{Kind, Tag};

impl<'s> Scope<'s> {
    /// Allocates a cell of 16 + 8 `slots` + `raw_bytes` bytes, rounded up to 8; slots are
    /// undefined, raw bytes zero. May collect; otherwise O(size). A cell of more than 128 KiB goes to the large-object
    /// space, any other to the new space.
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit, or for a cell of 1 GiB or more.
    ///
    /// # Panics
    /// If the kind has a function of its own ([`Kind::Native`], [`Kind::EphemeronTable`],
    /// [`Kind::WeakCell`], [`Kind::Registration`]), for a [`Kind::Double`] with slots, or if there are too many handles.
    #[inline(always)]
    pub fn alloc(
        &mut self,
        kind: Kind,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<Local<'s>, OutOfMemory> {
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        self.alloc_any(kind, slots, raw_bytes)
    }

    /// As [`alloc`](Self::alloc), with a tag.
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    pub fn alloc_tagged(
        &mut self,
        kind: Kind,
        tag: Tag,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<Local<'s>, OutOfMemory> {
        assert!(is_plain(kind, slots), "the kind has a function of its own");
        let size = cell_size(slots, raw_bytes);
        let cell = self.heap.allocate_tagged(kind, tag, size, slots)?;
        Ok(self.push(cell))
    }

    /// As [`alloc`](Self::alloc), of any kind.
    #[inline(always)]
    pub(crate) fn alloc_any(
        &mut self,
        kind: Kind,
        slots: usize,
        raw_bytes: usize,
    ) -> Result<Local<'s>, OutOfMemory> {
        let size = cell_size(slots, raw_bytes);
        let cell = self.heap.allocate(kind, size, slots)?;
        Ok(self.push(cell))
    }

    /// Allocates a cell with these slots and no raw bytes. May collect; otherwise O(slots).
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit, [`HeapError::Access`] for a handle of another heap.
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline(always)]
    pub fn alloc_with(&mut self, kind: Kind, slots: &[Value<'_>]) -> Result<Local<'s>, HeapError> {
        self.make_with(kind, slots, false)
    }

    /// As [`alloc_with`](Self::alloc_with); in the old space if `old`.
    #[inline(always)]
    pub(crate) fn make_with(
        &mut self,
        kind: Kind,
        slots: &[Value<'_>],
        old: bool,
    ) -> Result<Local<'s>, HeapError> {
        assert!(is_plain(kind, slots.len()), "the kind has a function of its own");
        for value in slots {
            self.word(*value)?;
        }
        let size = cell_size(slots.len(), 0);
        let room = match old {
            false => self.heap.allocate_young(size),
            true => self.heap.allocate_in_old_range(size),
        };
        let Some(room) = room else {
            // A copy, so that the fast path can keep the caller's values in registers.
            return Ok(self.make_with_slowly(kind, slots.to_vec(), old)?);
        };
        let words = slots.iter().map(|value| self.heap.trusted_word(*value));
        let cell = room.format_with(kind, Tag::NONE, words);
        if old {
            for slot in 0..slots.len() {
                self.heap.record_store(cell, slot, cell.slot(slot));
            }
        }
        Ok(self.push(cell))
    }

    #[cold]
    #[inline(never)]
    fn make_with_slowly(
        &mut self,
        kind: Kind,
        slots: Vec<Value<'_>>,
        old: bool,
    ) -> Result<Local<'s>, OutOfMemory> {
        let size = cell_size(slots.len(), 0);
        let cell = self.heap.allocate_slowly(kind, size, slots.len(), old)?;
        // A collection may have moved the cells, so the handles are read after it.
        for (slot, value) in slots.into_iter().enumerate() {
            self.heap.store(cell, slot, self.heap.trusted_word(value));
        }
        Ok(self.push(cell))
    }

    /// Allocates a cell of exactly `size` bytes (rounded up to 8, and at least its header and slots). May collect;
    /// otherwise O(size).
    ///
    /// # Errors
    /// As [`alloc`](Self::alloc).
    ///
    /// # Panics
    /// As [`alloc`](Self::alloc).
    #[inline]
    pub fn alloc_sized(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<Local<'s>, OutOfMemory> {
        self.alloc(kind, slots, raw_bytes(size, slots))
    }
}
