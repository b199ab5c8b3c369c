//! Ephemeron tables: open addressing by identity hash, linear probing. No unsafe code.
//!
//! Slots: entries, deleted entries, capacity, then key and value of each place. A free place's key
//! is undefined, a deleted one's is the hole. Capacity is a power of two, at least 4.

use crate::raw::cell::{Cell, HOLE, Kind, UNDEFINED};
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
        let table = self.make(Kind::EphemeronTable, FIRST + 2 * capacity, 0)?;
        if let Ok(place) = self.place(table) {
            for slot in [ENTRIES, DELETED] {
                place.set_slot(slot, 0);
            }
            place.set_slot(2, (capacity as u64) << 32);
        }
        Ok(table)
    }

    /// Sets a key's value; a table that had to grow is replaced by the one returned, which the
    /// caller stores in its place. A double, which has no identity, can't be a key.
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
            let key = from.slot(FIRST + 2 * index);
            if let Some(key) = Cell::of(key) {
                let value = from.slot(FIRST + 2 * index + 1);
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
        let word = place.slot(slot + 1);
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
        clear_entry(place, slot);
        Ok(true)
    }

    /// How many entries the table holds.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn ephemeron_len(&self, table: Local<'_>) -> Result<usize, AccessError> {
        Ok(self.number(self.table(table)?, ENTRIES))
    }

    fn table(&self, table: Local<'_>) -> Result<Cell, AccessError> {
        let place = self.place(table)?;
        let right = place.header().is(Kind::EphemeronTable);
        if right { Ok(place) } else { Err(AccessError::WrongKind) }
    }

    fn number(&self, table: Cell, slot: usize) -> usize {
        (table.slot(slot) >> 32) as usize
    }

    fn capacity(&self, table: Cell) -> usize {
        (table.header().slots() - FIRST) / 2
    }

    fn find(&mut self, table: Cell, key: Local<'_>) -> Result<Option<usize>, AccessError> {
        let key = self.place(key)?;
        if key.header().is(Kind::Double) {
            // Its number is where another's identity hash is.
            return Err(AccessError::WrongKind);
        }
        let capacity = self.capacity(table);
        let mut index = self.heap.identity_hash(key) as usize;
        for _ in 0..capacity {
            let slot = FIRST + 2 * (index & (capacity - 1));
            match table.slot(slot) {
                word if word == key.word() => return Ok(Some(slot)),
                UNDEFINED => return Ok(None),
                _ => index += 1,
            }
        }
        Ok(None)
    }

    fn insert(&mut self, table: Cell, key: Local<'_>, value: u64) -> Result<(), AccessError> {
        let key = self.place(key)?;
        self.insert_place(table, key, value);
        Ok(())
    }

    fn insert_place(&mut self, table: Cell, key: Cell, value: u64) {
        let capacity = self.capacity(table);
        let mut index = self.heap.identity_hash(key) as usize;
        loop {
            let slot = FIRST + 2 * (index & (capacity - 1));
            if table.slot(slot) == UNDEFINED {
                self.heap.store(table, slot, key.word());
                self.heap.store(table, slot + 1, value);
                let entries = table.slot(ENTRIES) + (1 << 32);
                table.set_slot(ENTRIES, entries);
                return;
            }
            index += 1;
        }
    }
}

/// Removes the entry whose key is in `slot`.
pub(crate) fn clear_entry(table: Cell, slot: usize) {
    table.set_slot(slot, HOLE);
    table.set_slot(slot + 1, HOLE);
    table.set_slot(ENTRIES, table.slot(ENTRIES) - (1 << 32));
    table.set_slot(DELETED, table.slot(DELETED) + (1 << 32));
}
