//! Writing registers, and copying between them.

use super::Registers;
use crate::error::AccessError;
use crate::memory::word::Word;
use crate::scope::Value;

impl Registers<'_> {
    /// `to` becomes what `from` is. Constant time, as all here but what says otherwise.
    #[inline(always)]
    #[track_caller]
    pub fn copy(&mut self, to: usize, from: usize) {
        let word = self.stack().get(from);
        self.put(to, word);
    }

    /// Copies `count` registers from `from` on; both runs may overlap. O(`count`).
    #[inline]
    #[track_caller]
    pub fn copy_range(&mut self, to: usize, from: usize, count: usize) {
        self.stack().run(from, count);
        self.stack().run(to, count);
        self.stack_mut().all_mut().copy_within(from..from + count, to);
    }

    /// Exchanges two registers.
    #[inline]
    #[track_caller]
    pub fn swap(&mut self, a: usize, b: usize) {
        let (first, second) = (self.stack().get(a), self.stack().get(b));
        self.put(a, second);
        self.put(b, first);
    }

    /// Makes `count` registers undefined, from `first` on. O(`count`).
    #[inline]
    #[track_caller]
    pub fn clear(&mut self, first: usize, count: usize) {
        self.stack_mut().run_mut(first, count).fill(Word::UNDEFINED);
    }

    /// Writes a small integer.
    #[inline(always)]
    #[track_caller]
    pub fn set_smi(&mut self, to: usize, number: i32) {
        self.put(to, Word::smi(number));
    }

    /// Writes a boolean.
    #[inline(always)]
    #[track_caller]
    pub fn set_bool(&mut self, to: usize, value: bool) {
        self.put(to, if value { Word::TRUE } else { Word::FALSE });
    }

    /// Writes `undefined`.
    #[inline(always)]
    #[track_caller]
    pub fn set_undefined(&mut self, to: usize) {
        self.put(to, Word::UNDEFINED);
    }

    /// Writes `null`.
    #[inline(always)]
    #[track_caller]
    pub fn set_null(&mut self, to: usize) {
        self.put(to, Word::NULL);
    }

    /// Writes an element that is not there.
    #[inline(always)]
    #[track_caller]
    pub fn set_hole(&mut self, to: usize) {
        self.put(to, Word::HOLE);
    }

    /// Writes a value: a constant, or a handle's cell.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    #[inline(always)]
    #[track_caller]
    pub fn set(&mut self, to: usize, value: Value<'_>) -> Result<(), AccessError> {
        let word = self.heap.word(value)?;
        self.put(to, word);
        Ok(())
    }
}
