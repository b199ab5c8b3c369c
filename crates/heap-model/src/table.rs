//! Ephemeron tables: open addressing by identity hash, linear probing. No unsafe code.
//!
//! Slots: entries, deleted entries, capacity, then key and value of each place. A free place's key
//! is undefined, a deleted one's is the hole. Capacity is a power of two, at least 4.

use crate::cell::{HOLE, Kind, Place, UNDEFINED};
use crate::scope::{Local, Scope, Value};
use crate::{AccessError, HeapError, OutOfMemory};

pub(crate) const ENTRIES: usize = 0;
pub(crate) const DELETED: usize = 1;
pub(crate) const FIRST: usize = 3;

impl<'s> Scope<'s> {
    /// Allocates a table with room for `capacity` places (a power of two, at least 4).
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit.
    pub fn alloc_ephemeron_table(&mut self, capacity: usize) -> Result<Local<'s>, OutOfMemory> {
        let capacity = capacity.clamp(4, 1 << 28).next_power_of_two();
        let table = self.alloc(Kind::EphemeronTable, FIRST + 2 * capacity, 0)?;
        if let Ok(place) = self.place(table) {
            for slot in [ENTRIES, DELETED] {
                self.heap.memory.set_slot(place, slot, 0);
            }
            self.heap.memory.set_slot(place, 2, (capacity as u64) << 32);
        }
        Ok(table)
    }

    /// Sets a key's value; a table that had to grow is replaced by the one returned, which the
    /// caller stores in its place.
    ///
    /// # Errors
    /// [`HeapError`].
    pub fn ephemeron_set(
        &mut self,
        table: Local<'_>,
        key: Local<'_>,
        value: Value<'_>,
    ) -> Result<Option<Local<'s>>, HeapError> {
        let place = self.table(table)?;
        let word = self.word(value)?;
        if let Some(slot) = self.find(place, key)? {
            self.heap.store(place, slot + 1, word);
            return Ok(None);
        }
        let (entries, deleted) = (self.number(place, ENTRIES), self.number(place, DELETED));
        let capacity = self.capacity(place);
        // V8's rule: half as many free places as entries must be left.
        let wanted = entries + 1;
        if wanted + wanted / 2 <= capacity && deleted <= (capacity - wanted) / 2 {
            self.insert(place, key, word)?;
            return Ok(None);
        }
        let grown = self.alloc_ephemeron_table((wanted + wanted / 2).max(4))?;
        let (from, to) = (self.table(table)?, self.table(grown)?);
        for index in 0..capacity {
            let key = self.heap.memory.slot(from, FIRST + 2 * index);
            if let Some(key) = Place::of(key) {
                let value = self.heap.memory.slot(from, FIRST + 2 * index + 1);
                self.insert_place(to, key, value);
            }
        }
        let word = self.word(value)?;
        self.insert(to, key, word)?;
        Ok(Some(grown))
    }

    /// A key's value.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn ephemeron_get(
        &mut self,
        table: Local<'_>,
        key: Local<'_>,
    ) -> Result<Option<Value<'s>>, AccessError> {
        let place = self.table(table)?;
        let Some(slot) = self.find(place, key)? else { return Ok(None) };
        let word = self.heap.memory.slot(place, slot + 1);
        Ok(Some(self.value(word)))
    }

    /// Whether the key has an entry.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn ephemeron_has(&mut self, table: Local<'_>, key: Local<'_>) -> Result<bool, AccessError> {
        let place = self.table(table)?;
        Ok(self.find(place, key)?.is_some())
    }

    /// Removes the key's entry and says whether there was one.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn ephemeron_delete(
        &mut self,
        table: Local<'_>,
        key: Local<'_>,
    ) -> Result<bool, AccessError> {
        let place = self.table(table)?;
        let Some(slot) = self.find(place, key)? else { return Ok(false) };
        self.heap.clear_entry(place, slot);
        Ok(true)
    }

    /// How many entries the table holds.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn ephemeron_len(&self, table: Local<'_>) -> Result<usize, AccessError> {
        Ok(self.number(self.table(table)?, ENTRIES))
    }

    fn table(&self, table: Local<'_>) -> Result<Place, AccessError> {
        let place = self.place(table)?;
        let right = self.heap.memory.kind(place) == Kind::EphemeronTable;
        if right { Ok(place) } else { Err(AccessError::WrongKind) }
    }

    fn number(&self, table: Place, slot: usize) -> usize {
        (self.heap.memory.slot(table, slot) >> 32) as usize
    }

    fn capacity(&self, table: Place) -> usize {
        (self.heap.memory.slots(table) - FIRST) / 2
    }

    fn find(&mut self, table: Place, key: Local<'_>) -> Result<Option<usize>, AccessError> {
        let key = self.place(key)?;
        let capacity = self.capacity(table);
        let mut index = self.heap.identity_hash(key) as usize;
        for _ in 0..capacity {
            let slot = FIRST + 2 * (index & (capacity - 1));
            match self.heap.memory.slot(table, slot) {
                word if word == key.word() => return Ok(Some(slot)),
                UNDEFINED => return Ok(None),
                _ => index += 1,
            }
        }
        Ok(None)
    }

    fn insert(&mut self, table: Place, key: Local<'_>, value: u64) -> Result<(), AccessError> {
        let key = self.place(key)?;
        self.insert_place(table, key, value);
        Ok(())
    }

    fn insert_place(&mut self, table: Place, key: Place, value: u64) {
        let capacity = self.capacity(table);
        let mut index = self.heap.identity_hash(key) as usize;
        loop {
            let slot = FIRST + 2 * (index & (capacity - 1));
            if self.heap.memory.slot(table, slot) == UNDEFINED {
                self.heap.store(table, slot, key.word());
                self.heap.store(table, slot + 1, value);
                let entries = self.heap.memory.slot(table, ENTRIES) + (1 << 32);
                self.heap.memory.set_slot(table, ENTRIES, entries);
                return;
            }
            index += 1;
        }
    }
}

impl crate::Heap {
    /// Removes the entry whose key is in `slot`.
    pub(crate) fn clear_entry(&mut self, table: Place, slot: usize) {
        self.memory.set_slot(table, slot, HOLE);
        self.memory.set_slot(table, slot + 1, HOLE);
        let entries = self.memory.slot(table, ENTRIES) - (1 << 32);
        let deleted = self.memory.slot(table, DELETED) + (1 << 32);
        self.memory.set_slot(table, ENTRIES, entries);
        self.memory.set_slot(table, DELETED, deleted);
    }
}
