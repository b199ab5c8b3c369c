//! Values as they are given to operations that allocate: read where they are kept, again after each allocation.

use super::{Local, Value};
use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::word::Word;

/// A value of the heap, wherever its user keeps it: a handle ([`Local`]) or a [`Value`].
///
/// What operates on cells and allocates is written once, for all of these: it reads its operands again after each
/// allocation, which may have moved what they refer to.
pub trait Operand: Copy + sealed::Read {}

mod sealed {
    use super::{AccessError, Heap, Word};

    pub trait Read {
        /// The value's word now.
        fn word(self, heap: &Heap) -> Result<Word, AccessError>;
    }
}

pub(crate) use sealed::Read;

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
