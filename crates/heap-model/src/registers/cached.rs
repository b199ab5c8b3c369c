//! Inline caches: slots of cells that are like one that was seen before.

use super::Registers;
use crate::memory::cell::Cell;
use crate::memory::header::Tag;
use crate::memory::inline_cache::CachedSlot;

impl Registers<'_> {
    /// What an inline cache remembers of a slot of a register's cell: it then is a slot of all cells of the same kind, tag and
    /// size. [`CachedSlot::NONE`] if there is no cell, or if [`load`](Self::load) would refuse the slot. Constant time.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Tag};
    /// # let mut heap = Heap::new(HeapOptions::default())?;
    /// const POINT: Tag = Tag::new(300).unwrap();
    /// let mut machine = heap.registers();
    /// machine.push(3)?;
    /// machine.alloc_tagged(0, Kind::Object, POINT, 2, 0)?;
    /// let x = machine.cached_slot(0, 1);
    ///
    /// machine.alloc_tagged(1, Kind::Object, POINT, 2, 0)?;
    /// machine.set_smi(2, 7);
    /// assert!(machine.store_cached(1, x, 2));
    /// assert!(machine.load_cached(2, 0, x) && machine.smi(2).is_none());
    /// assert!(machine.load_cached(2, 1, x) && machine.smi(2) == Some(7));
    /// machine.alloc(1, Kind::Object, 2, 0)?;
    /// assert!(!machine.load_cached(2, 1, x));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn cached_slot(&self, register: usize, slot: usize) -> CachedSlot {
        let cell = Cell::of(self.stack().get(register));
        cell.and_then(|cell| CachedSlot::of(cell.load(), slot)).unwrap_or_default()
    }

    /// `to` becomes what the slot of `object`'s cell holds, if the cell is like the one that was remembered; whether it is.
    /// Constant time.
    #[inline(always)]
    #[track_caller]
    pub fn load_cached(&mut self, to: usize, object: usize, slot: CachedSlot) -> bool {
        let cell = Cell::of(self.stack().get(object));
        let Some(slot) = cell.and_then(|cell| slot.in_cell(cell)) else { return false };
        self.put(to, slot.get());
        true
    }

    /// The slot of `object`'s cell becomes what `from` is, if the cell is like the one that was remembered and takes it
    /// ([`CachedSlot::for_smis`]); whether it is.
    /// Constant time.
    #[inline(always)]
    #[track_caller]
    pub fn store_cached(&mut self, object: usize, slot: CachedSlot, from: usize) -> bool {
        let cell = Cell::of(self.stack().get(object));
        let word = self.stack().get(from);
        if !slot.takes(word) {
            return false;
        }
        let Some(slot) = cell.and_then(|cell| slot.in_cell(cell)) else { return false };
        self.heap.store_slot(slot, word);
        true
    }

    /// As [`store_cached`](Self::store_cached); the cell then has another tag: an object that gains a property. False also
    /// while tags are dead that [`Heap::take_dead_tags`](crate::Heap::take_dead_tags) has not told of, for this may be one.
    #[inline(always)]
    #[track_caller]
    pub fn add_cached(&mut self, object: usize, slot: CachedSlot, tag: Tag, from: usize) -> bool {
        let cell = Cell::of(self.stack().get(object));
        let word = self.stack().get(from);
        if !slot.takes(word) {
            return false;
        }
        let Some(slot) = cell.and_then(|cell| slot.in_cell(cell)) else { return false };
        if self.heap.has_dead_tags() {
            return false;
        }
        self.heap.set_tag(slot.cell(), tag);
        self.heap.store_slot(slot, word);
        true
    }
}
