//! Ephemeron tables in registers.

use super::Registers;
use super::operand::Register;
use crate::error::{AccessError, HeapError, OutOfMemory};

impl Registers<'_> {
    /// `to` becomes a new table: see [`Scope::alloc_ephemeron_table`](crate::Scope::alloc_ephemeron_table). May collect;
    /// else O(`capacity`).
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit.
    #[track_caller]
    pub fn alloc_ephemeron_table(&mut self, to: usize, capacity: usize) -> Result<(), OutOfMemory> {
        let table = self.heap.make_ephemeron_table(capacity)?;
        self.put(to, table.word());
        Ok(())
    }

    /// Sets the value of `key`'s cell: see [`Scope::ephemeron_set`](crate::Scope::ephemeron_set). `map` is a table, or a
    /// cell that has one; if it is the table itself and that has to grow, `map` becomes the larger one. Expected constant
    /// time, amortised.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind};
    /// # let mut heap = Heap::new(HeapOptions::default())?;
    /// let mut machine = heap.registers();
    /// machine.push(3)?;
    /// machine.alloc_ephemeron_table(0, 4)?;
    /// for number in 0..100 {
    ///     machine.alloc(1, Kind::Object, 0, 0)?;
    ///     machine.set_smi(2, number);
    ///     machine.ephemeron_set(0, 1, 2)?;
    /// }
    /// assert!(machine.ephemeron_get(2, 0, 1)?);
    /// assert_eq!((machine.smi(2), machine.ephemeron_len(0)?), (Some(99), 100));
    /// machine.collect();
    /// assert_eq!(machine.ephemeron_len(0)?, 1, "the last key is in its register still");
    /// assert!(machine.ephemeron_delete(0, 1)? && !machine.ephemeron_has(0, 1)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit; [`AccessError::NoCell`]; [`AccessError::WrongKind`] if `map` is no table
    /// and has none, or for a double as the key. After an error nothing has changed.
    #[inline]
    #[track_caller]
    pub fn ephemeron_set(&mut self, map: usize, key: usize, value: usize) -> Result<(), HeapError> {
        let operands = [map, key, value].map(Register);
        let replacing = self.heap.ephemeron_set(operands[0], operands[1], operands[2])?;
        if let Some(table) = replacing {
            self.put(map, table.word());
        }
        Ok(())
    }

    /// `to` becomes the value of `key`'s cell, if it has an entry; returns whether it has. Expected constant time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`]; [`AccessError::WrongKind`] if `map` is no table and has none.
    #[inline]
    #[track_caller]
    pub fn ephemeron_get(
        &mut self,
        to: usize,
        map: usize,
        key: usize,
    ) -> Result<bool, AccessError> {
        let found = self.heap.ephemeron_get(Register(map), Register(key))?;
        if let Some(word) = found {
            self.put(to, word);
        }
        Ok(found.is_some())
    }

    /// Whether `key`'s cell has an entry. Expected constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    #[inline]
    #[track_caller]
    pub fn ephemeron_has(&self, map: usize, key: usize) -> Result<bool, AccessError> {
        Ok(self.heap.ephemeron_get(Register(map), Register(key))?.is_some())
    }

    /// Removes the entry of `key`'s cell and returns whether there was one. Expected constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    #[inline]
    #[track_caller]
    pub fn ephemeron_delete(&mut self, map: usize, key: usize) -> Result<bool, AccessError> {
        self.heap.ephemeron_delete(Register(map), Register(key))
    }

    /// The number of entries; those of dead keys count until they are collected. Constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    #[track_caller]
    pub fn ephemeron_len(&self, map: usize) -> Result<usize, AccessError> {
        self.heap.ephemeron_len(Register(map))
    }
}
