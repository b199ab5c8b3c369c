//! Registers as operands of what is written once for all operands.

use super::Registers;
use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::word::Word;
use crate::scope::operand::{HasHeap, Operand, Read, UsesHeap};

/// A register of the current window as an [`Operand`].
///
/// # Panics
/// What is given a register that the window does not have panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Register(pub usize);

impl Operand for Register {}

impl Read for Register {
    #[inline(always)]
    fn word(self, heap: &Heap) -> Result<Word, AccessError> {
        Ok(heap.roots.registers.get(self.0))
    }
}

impl UsesHeap for Registers<'_> {}

impl HasHeap for Registers<'_> {
    #[inline(always)]
    fn heap(&self) -> &Heap {
        self.heap
    }

    #[inline(always)]
    fn heap_mut(&mut self) -> &mut Heap {
        self.heap
    }
}
