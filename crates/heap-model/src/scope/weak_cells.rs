//! Weak references that are cells, as programs use them.

use super::size::raw_bytes;
use super::{Local, Scope};
use crate::error::{AccessError, HeapError};
use crate::layout;
use crate::memory::cell::Cell;
use crate::memory::header::Kind;

impl<'s> Scope<'s> {
    /// Allocates a weak reference (32 bytes, as V8's WeakRef); full collections clear it when its target dies,
    /// scavenges never do. May collect; otherwise constant time.
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_weak_cell(&mut self, target: Local<'_>) -> Result<Local<'s>, HeapError> {
        self.cell(target)?;
        let cell = self.alloc_any(Kind::WeakCell, 1, raw_bytes(layout::WEAK_REF, 1))?;
        let (place, word) = (self.cell(cell)?, self.cell(target)?.word());
        self.heap.store(place, 0, word);
        Ok(cell)
    }

    /// A weak reference's target, if it lives. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for another cell, [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn weak_target(&mut self, cell: Local<'_>) -> Result<Option<Local<'s>>, AccessError> {
        let place = self.cell(cell)?;
        if !place.header().is(Kind::WeakCell) {
            return Err(AccessError::WrongKind);
        }
        Ok(Cell::of(place.slot(0)).map(|target| self.push(target)))
    }
}
