//! What is given to operations that allocate: a heap, through a scope or through registers, and values, which are read
//! where they are kept, again after each allocation.

use super::{Local, Scope, Value};
use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::word::Word;
use crate::roots::Global;

/// A value of the heap, wherever its user keeps it: a handle ([`Local`]), a [`Value`], an owned root (`&`[`Global`]), or a
/// [`Register`](crate::Register).
///
/// What operates on cells and allocates is written once, for all of these: it reads its operands again after each
/// allocation, which may have moved what they refer to.
pub trait Operand: Copy + sealed::Read {}

/// What a program uses its heap by: a [`Scope`], or [`Registers`](crate::Registers).
pub trait UsesHeap: sealed::UsesHeap {}

mod sealed {
    use super::{AccessError, Cell, Heap, Word};

    pub trait Read {
        /// The value's word now.
        fn word(self, heap: &Heap) -> Result<Word, AccessError>;

        /// The cell now.
        #[inline(always)]
        fn cell(self, heap: &Heap) -> Result<Cell, AccessError>
        where
            Self: Sized,
        {
            Cell::of(self.word(heap)?).ok_or(AccessError::WrongKind)
        }
    }

    pub trait UsesHeap {
        fn heap(&self) -> &Heap;
        fn heap_mut(&mut self) -> &mut Heap;
    }
}

pub(crate) use sealed::{Read, UsesHeap as HasHeap};

/// The cell that an operand refers to.
#[inline(always)]
pub(crate) fn cell_of(heap: &Heap, operand: impl Operand) -> Result<Cell, AccessError> {
    operand.cell(heap)
}

impl UsesHeap for Scope<'_> {}

impl HasHeap for Scope<'_> {
    #[inline(always)]
    fn heap(&self) -> &Heap {
        &self.heap
    }

    #[inline(always)]
    fn heap_mut(&mut self) -> &mut Heap {
        &mut self.heap
    }
}

impl Operand for Local<'_> {}

impl Read for Local<'_> {
    #[inline(always)]
    fn word(self, heap: &Heap) -> Result<Word, AccessError> {
        let handles = &heap.roots.handles;
        if handles.contains(self.place) {
            Ok(handles.word(self.place))
        } else {
            Err(AccessError::WrongHeap)
        }
    }

    #[inline(always)]
    fn cell(self, heap: &Heap) -> Result<Cell, AccessError> {
        heap.roots.handles.get(self.place).ok_or(AccessError::WrongHeap)
    }
}

impl Operand for &Global {}

impl Read for &Global {
    #[inline]
    fn word(self, heap: &Heap) -> Result<Word, AccessError> {
        Ok(heap.roots.global(self)?.word())
    }

    #[inline]
    fn cell(self, heap: &Heap) -> Result<Cell, AccessError> {
        heap.roots.global(self)
    }
}

impl Operand for Value<'_> {}

impl Read for Value<'_> {
    #[inline(always)]
    fn word(self, heap: &Heap) -> Result<Word, AccessError> {
        Ok(match self {
            Value::Undefined => Word::UNDEFINED,
            Value::Null => Word::NULL,
            Value::Hole => Word::HOLE,
            Value::Bool(true) => Word::TRUE,
            Value::Bool(false) => Word::FALSE,
            Value::Smi(number) => Word::smi(number),
            Value::Ref(local) => return local.word(heap),
        })
    }
}
