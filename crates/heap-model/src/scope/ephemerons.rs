//! Ephemeron tables, as programs use them.

use super::operand::{Operand, cell_of};
use super::{Local, Scope, Value};
use crate::error::{AccessError, HeapError, OutOfMemory};
use crate::memory::cell::Cell;
use crate::memory::header::Kind;
use crate::tables::ephemeron::{self, Probed};

impl<'s> Scope<'s> {
    /// Allocates a table with `capacity` buckets, at least 4, of 40 + 16 `capacity` bytes; two thirds of the buckets
    /// can be filled. May collect; otherwise O(capacity).
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit.
    ///
    /// # Panics
    /// If there are too many handles.
    pub fn alloc_ephemeron_table(&mut self, capacity: usize) -> Result<Local<'s>, OutOfMemory> {
        let slots = ephemeron::slots(ephemeron::buckets(capacity));
        let table = self.alloc_any(Kind::EphemeronTable, slots, 0)?;
        ephemeron::begin(self.known(table));
        Ok(table)
    }

    /// Sets a key's value. Expected constant time, amortised.
    ///
    /// Map, key and value are handles, owned roots or registers ([`Operand`]).
    ///
    /// `map` is a table, or a cell whose first or second slot refers to one and may be written by programs, such as a
    /// [`shapes::weak_map`](crate::shapes::weak_map). A table that has to grow is replaced by a larger one: in that
    /// slot, or, if `map` is the table itself, by the table that is returned, which the caller stores in its place.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let table = scope.alloc_ephemeron_table(4)?;
    /// let map = scope.alloc_with(Kind::Object, &[Value::Ref(table)])?;
    /// scope.scope(|scope| -> Result<(), heap_model::HeapError> {
    ///     let key = scope.alloc(Kind::Object, 0, 0)?;
    ///     let value = scope.alloc_with(Kind::Object, &[Value::Ref(key)])?;
    ///     scope.ephemeron_set(map, key, Value::Ref(value))?;
    ///     assert!(scope.ephemeron_has(map, key)?);
    ///     Ok(())
    /// })?;
    /// // The value refers to its key, but does not keep it alive.
    /// scope.collect();
    /// assert_eq!(scope.ephemeron_len(map)?, 0);
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] if `map` is neither, or for a double
    /// as the key, which has no identity; [`AccessError::WrongHeap`]. After an error nothing has changed.
    #[inline]
    pub fn ephemeron_set(
        &mut self,
        map: impl Operand,
        key: impl Operand,
        value: impl Operand,
    ) -> Result<Option<Local<'s>>, HeapError> {
        let table = self.table(map)?;
        let (cell, word) = (cell_of(&self.heap, key)?, value.word(&self.heap)?);
        if let Some(slot) = ephemeron::remembered(table, cell) {
            self.heap.note_overwriting(table, slot + 1, word);
            table.set_slot(slot + 1, word);
        } else {
            if cell.header().is(Kind::Double) {
                return Err(AccessError::WrongKind.into());
            }
            let hash = cell.hash();
            let probed = if hash == 0 {
                Probed::Absent(ephemeron::open_bucket(table, self.heap.identity_of(cell)))
            } else {
                ephemeron::probe(table, cell, hash)
            };
            match probed {
                Probed::Found(slot) => {
                    self.heap.note_overwriting(table, slot + 1, word);
                    table.set_slot(slot + 1, word);
                    ephemeron::remember_bucket(cell, slot);
                }
                Probed::Absent(slot) if ephemeron::has_room(table) => {
                    ephemeron::fill(table, slot, cell, word)
                }
                Probed::Absent(_) => return self.set_in_larger(map, key, value),
            }
        }
        self.heap.record_entry(table, cell, word);
        Ok(None)
    }

    #[cold]
    #[inline(never)]
    fn set_in_larger(
        &mut self,
        map: impl Operand,
        key: impl Operand,
        value: impl Operand,
    ) -> Result<Option<Local<'s>>, HeapError> {
        let wanted = ephemeron::len(self.table(map)?) + 1;
        let capacity = self.heap.options.tables.capacity(wanted);
        let (replaced, table) = self.scope(|scope| {
            let larger = scope.alloc_ephemeron_table(capacity)?;
            // The allocation may have collected, so all addresses are read again.
            let (from, to) = (scope.table(map)?, scope.table(larger)?);
            scope.heap.copy_entries(from, to);
            let holder = cell_of(&scope.heap, map)?;
            let held = !holder.header().is(Kind::EphemeronTable);
            if held {
                scope.heap.store(holder, table_slot(holder)?, to.word());
            }
            Ok::<_, HeapError>((!held, to))
        })?;
        let (key, word) = (cell_of(&self.heap, key)?, value.word(&self.heap)?);
        let hash = self.heap.identity_of(key);
        ephemeron::fill(table, ephemeron::open_bucket(table, hash), key, word);
        self.heap.record_entry(table, key, word);
        Ok(replaced.then(|| self.push(table)))
    }

    /// A key's value, if the key has an entry. Expected constant time; `map` is as for
    /// [`ephemeron_set`](Self::ephemeron_set).
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if `map` is neither a table nor has one, [`AccessError::WrongHeap`].
    #[inline(always)]
    pub fn ephemeron_get(
        &mut self,
        map: impl Operand,
        key: impl Operand,
    ) -> Result<Option<Value<'s>>, AccessError> {
        let table = self.table(map)?;
        let Some(slot) = ephemeron::find(table, cell_of(&self.heap, key)?) else { return Ok(None) };
        Ok(Some(self.value(table.slot(slot + 1))))
    }

    /// Whether the key has an entry. Expected constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    #[inline(always)]
    pub fn ephemeron_has(&self, map: impl Operand, key: impl Operand) -> Result<bool, AccessError> {
        Ok(ephemeron::find(self.table(map)?, cell_of(&self.heap, key)?).is_some())
    }

    /// Removes the key's entry and returns whether there was one. Expected constant time. The next full collection
    /// shrinks a table that has become sparse.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    #[inline]
    pub fn ephemeron_delete(
        &mut self,
        map: impl Operand,
        key: impl Operand,
    ) -> Result<bool, AccessError> {
        let table = self.table(map)?;
        let Some(slot) = ephemeron::find(table, cell_of(&self.heap, key)?) else {
            return Ok(false);
        };
        self.heap.forget_refusal();
        ephemeron::clear_entry(table, slot);
        Ok(true)
    }

    /// The cell's identity hash: a number that it keeps for life, never 0. The first 2^32 - 1 hashes of a heap differ.
    /// Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a double, which has no identity; [`AccessError::WrongHeap`].
    #[inline]
    pub fn identity_hash(&mut self, cell: Local<'_>) -> Result<u32, AccessError> {
        let cell = self.cell(cell)?;
        if cell.header().is(Kind::Double) {
            return Err(AccessError::WrongKind);
        }
        Ok(self.heap.identity_of(cell))
    }

    /// The number of entries; those of dead keys count until they are collected. Constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    pub fn ephemeron_len(&self, map: impl Operand) -> Result<usize, AccessError> {
        Ok(ephemeron::len(self.table(map)?))
    }

    /// The number of buckets, 16 bytes each. Constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    pub fn ephemeron_capacity(&self, map: impl Operand) -> Result<usize, AccessError> {
        Ok(ephemeron::capacity(self.table(map)?))
    }

    /// The first entry in the buckets from `bucket` on, with the bucket behind it, from which to go on. For inspection, as
    /// debuggers show a WeakMap's entries: the order is that of the buckets, which is no order to rely on, and entries whose
    /// keys are dead come until they are collected. An entry that stays in the table comes once, unless the table is replaced
    /// or collected meanwhile. O(buckets passed).
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let table = scope.alloc_ephemeron_table(100)?;
    /// for number in 0..50 {
    ///     let key = scope.alloc(Kind::Object, 0, 0)?;
    ///     scope.ephemeron_set(table, key, Value::Smi(number))?;
    /// }
    /// let (mut bucket, mut sum) = (0, 0);
    /// while let Some((next, _, value)) = scope.ephemeron_entry(table, bucket)? {
    ///     (bucket, sum) = (next, sum + value.as_smi().unwrap_or(0));
    /// }
    /// assert_eq!(sum, (0..50).sum());
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    pub fn ephemeron_entry(
        &mut self,
        map: impl Operand,
        bucket: usize,
    ) -> Result<Option<(usize, Local<'s>, Value<'s>)>, AccessError> {
        let table = self.table(map)?;
        let Some((slot, next)) = ephemeron::entry_from(table, bucket) else { return Ok(None) };
        let (key, value) = (Cell::of(table.slot(slot)), table.slot(slot + 1));
        Ok(key.map(|key| (next, self.push(key), self.value(value))))
    }

    #[inline(always)]
    fn table(&self, map: impl Operand) -> Result<Cell, AccessError> {
        table_of(cell_of(&self.heap, map)?)
    }
}

/// The table that a cell is, or that its first or second slot refers to.
#[inline(always)]
fn table_of(place: Cell) -> Result<Cell, AccessError> {
    let header = place.header();
    if header.is(Kind::EphemeronTable) {
        return Ok(place);
    }
    Cell::of(place.slot(table_slot(place)?)).ok_or(AccessError::WrongKind)
}

/// The slot of a cell that has its table: the first, or the second, as V8's objects have it.
#[inline(always)]
fn table_slot(place: Cell) -> Result<usize, AccessError> {
    let header = place.header();
    // The first slot of a weak reference or a registration is the target, not a table.
    let slots = if header.is_guarded() { 0 } else { header.few_slots().min(2) };
    let holds = |slot: &usize| {
        Cell::of(place.slot(*slot)).is_some_and(|held| held.header().is(Kind::EphemeronTable))
    };
    (0..slots).find(holds).ok_or(AccessError::WrongKind)
}
