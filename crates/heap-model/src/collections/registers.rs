//! What virtual machines do with collections: results go to registers, and nothing makes a handle. What has no result
//! in the heap takes registers as [`Register`] operands.

use super::array;
use super::keys::KeyRules;
use super::ordered;
#[cfg(doc)]
use super::string;
use super::strings;
use crate::error::{AccessError, HeapError, OutOfMemory};
use crate::registers::Registers;
use crate::registers::operand::Register;
use crate::scope::operand::{HasHeap, Operand};
use crate::tables::ordered::{MAP, SET};
use core::ops::Range;

impl Registers<'_> {
    /// `r[to]` becomes the value of a map's key, if there is such a key; whether there is. As
    /// [`map::get`](super::map::get).
    ///
    /// ```
    /// use heap_model::collections::{SameValueZero, map};
    /// use heap_model::{Heap, HeapOptions, Register, Value, shapes};
    ///
    /// let mut heap = Heap::new(HeapOptions::default())?;
    /// let mut machine = heap.registers();
    /// machine.push(3)?;
    /// machine.enter(|scope| -> Result<(), heap_model::HeapError> {
    ///     let map = shapes::map(scope, 0)?;
    ///     Ok(scope.set_register(0, Value::Ref(map))?)
    /// })?;
    /// machine.set_smi(1, 7);
    /// map::set(&mut machine, &SameValueZero, Register(0), Register(1), Value::Bool(true))?;
    /// assert!(machine.map_get(2, &SameValueZero, Register(0), Value::Smi(7))?);
    /// assert_eq!(machine.get(2), heap_model::Tagged::TRUE);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As all operations on [maps](super::map).
    #[inline]
    pub fn map_get(
        &mut self,
        to: usize,
        rules: &impl KeyRules,
        map: impl Operand,
        key: impl Operand,
    ) -> Result<bool, AccessError> {
        let found = ordered::find::<MAP>(self.heap_mut(), rules, map, key)?;
        let Some(entry) = found.entry else { return Ok(false) };
        self.put(to, found.table.value_slot(entry).get());
        Ok(true)
    }

    /// `r[key]` and `r[value]` become the next key and value of a map's iterator, if there are any; whether there are.
    /// As [`map::next`](super::map::next).
    ///
    /// # Errors
    /// As [`map::next`](super::map::next).
    pub fn map_next(
        &mut self,
        key: usize,
        value: usize,
        iterator: usize,
    ) -> Result<bool, AccessError> {
        let next = ordered::next::<MAP>(self.heap_mut(), Register(iterator))?;
        let Some((table, entry)) = next else { return Ok(false) };
        self.put(key, table.key_slot(entry).get());
        self.put(value, table.value_slot(entry).get());
        Ok(true)
    }

    /// `r[to]` becomes the next key of a set's iterator, if there is one; whether there is. As
    /// [`set::next`](super::set::next).
    ///
    /// # Errors
    /// As [`set::next`](super::set::next).
    pub fn set_next(&mut self, to: usize, iterator: usize) -> Result<bool, AccessError> {
        let next = ordered::next::<SET>(self.heap_mut(), Register(iterator))?;
        let Some((table, entry)) = next else { return Ok(false) };
        self.put(to, table.key_slot(entry).get());
        Ok(true)
    }

    /// `r[to]` becomes an element of an array. As [`array::get`].
    ///
    /// # Errors
    /// As [`array::get`].
    pub fn array_get(
        &mut self,
        to: usize,
        array: impl Operand,
        index: usize,
    ) -> Result<(), AccessError> {
        let word = array::element(self.heap_mut(), array, index)?;
        self.put(to, word);
        Ok(())
    }

    /// `r[to]` becomes the last element of an array, which is taken off, if there is one; whether there is. As
    /// [`array::pop`].
    ///
    /// # Errors
    /// As [`array::pop`].
    pub fn array_pop(&mut self, to: usize, array: impl Operand) -> Result<bool, AccessError> {
        let Some(word) = array::pop_word(self.heap_mut(), array)? else { return Ok(false) };
        self.put(to, word);
        Ok(true)
    }

    /// `r[to]` becomes a string of both, one behind the other. As [`string::concat`].
    ///
    /// # Errors
    /// As [`string::concat`].
    pub fn string_concat(
        &mut self,
        to: usize,
        left: impl Operand,
        right: impl Operand,
    ) -> Result<(), HeapError> {
        let cell = strings::concat(self.heap_mut(), left, right)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// `r[to]` becomes a part of a string. As [`string::substring`].
    ///
    /// # Errors
    /// As [`string::substring`].
    pub fn string_substring(
        &mut self,
        to: usize,
        string: impl Operand,
        range: Range<usize>,
    ) -> Result<(), HeapError> {
        let cell = strings::substring(self.heap_mut(), string, range)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// `r[to]` becomes the interner's string of the same units. As [`string::intern`].
    ///
    /// # Errors
    /// As [`string::intern`].
    pub fn string_intern(&mut self, to: usize, string: impl Operand) -> Result<(), HeapError> {
        let cell = strings::intern(self.heap_mut(), string)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// `r[to]` becomes the string that the interner has of the same units, if it has one; whether it has. As
    /// [`string::interned`].
    ///
    /// # Errors
    /// As [`string::interned`].
    pub fn string_interned(
        &mut self,
        to: usize,
        string: impl Operand,
    ) -> Result<bool, AccessError> {
        let Some(cell) = strings::find_interned(self.heap_mut(), string)? else { return Ok(false) };
        self.put(to, cell.word());
        Ok(true)
    }

    /// `r[to]` becomes the interner's string of a text. As [`string::intern_str`].
    ///
    /// # Errors
    /// As [`string::intern_str`].
    pub fn string_intern_str(&mut self, to: usize, text: &str) -> Result<(), OutOfMemory> {
        let cell = strings::intern_str(self.heap_mut(), text)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// `r[to]` becomes the interner's string of these units. As [`string::intern_utf16`].
    ///
    /// # Errors
    /// As [`string::intern_utf16`].
    pub fn string_intern_utf16(&mut self, to: usize, units: &[u16]) -> Result<(), OutOfMemory> {
        let cell = strings::intern_utf16(self.heap_mut(), units)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// `r[to]` becomes a flat string. As [`string::new`].
    ///
    /// # Errors
    /// As [`string::new`].
    pub fn string_new(&mut self, to: usize, text: &str) -> Result<(), OutOfMemory> {
        let cell = strings::of_str(self.heap_mut(), text)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// `r[to]` becomes a flat string. As [`string::from_latin1`].
    ///
    /// # Errors
    /// As [`string::from_latin1`].
    pub fn string_latin1(&mut self, to: usize, units: &[u8]) -> Result<(), OutOfMemory> {
        let cell = strings::of_latin1(self.heap_mut(), units)?;
        self.put(to, cell.word());
        Ok(())
    }

    /// `r[to]` becomes a flat string. As [`string::from_utf16`].
    ///
    /// # Errors
    /// As [`string::from_utf16`].
    pub fn string_utf16(&mut self, to: usize, units: &[u16]) -> Result<(), OutOfMemory> {
        let cell = strings::of_utf16(self.heap_mut(), units)?;
        self.put(to, cell.word());
        Ok(())
    }
}
