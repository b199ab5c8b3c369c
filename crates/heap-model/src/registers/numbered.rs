//! Interned strings by numbers: the atoms of a machine, which compares names as numbers.

use super::Registers;
use super::look::Tagged;
use crate::error::AccessError;
use crate::memory::header::Tag;
use crate::text;

impl Registers<'_> {
    /// Gives the interner's string in a register a number, which becomes its tag, and by which
    /// [`string_numbered`](Self::string_numbered) finds it for as long as it lives. Constant time; numbers should be
    /// dense, since memory is linear in the largest.
    ///
    /// ```
    /// use heap_model::{Heap, HeapOptions, Tag};
    ///
    /// let mut heap = Heap::new(HeapOptions::default())?;
    /// let mut machine = heap.registers();
    /// machine.push(2)?;
    /// machine.string_intern_str(0, "name")?;
    /// machine.string_set_number(0, Tag::new(7).ok_or("24 bits")?)?;
    /// assert!(machine.string_numbered(1, 7));
    /// assert_eq!(machine.get(0), machine.get(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccessError::NoCell`], and [`AccessError::WrongKind`] for what is not the interner's.
    pub fn string_set_number(&mut self, register: usize, number: Tag) -> Result<(), AccessError> {
        let cell = self.cell(register)?;
        if !text::is_interned(cell) {
            return Err(AccessError::WrongKind);
        }
        self.heap.set_tag(cell, number);
        let young = self.heap.is_young(cell);
        self.heap.roots.interned.set_number(number.number(), cell, young);
        Ok(())
    }

    /// `r[to]` becomes the string that was given a number, if it lives; whether it does. Constant time.
    pub fn string_numbered(&mut self, to: usize, number: u32) -> bool {
        let Some(cell) = self.heap.roots.interned.numbered(number) else { return false };
        self.put(to, cell.word());
        true
    }

    /// The string that was given a number, while it lives, to be compared with what slots hold. Constant time.
    #[inline]
    #[must_use]
    pub fn numbered(&self, number: u32) -> Option<Tagged<'_>> {
        let roots = &self.heap.roots;
        let cell = roots.interned.numbered(number)?;
        Some(Tagged::of(roots.handles.reading_word(cell.word())))
    }
}
