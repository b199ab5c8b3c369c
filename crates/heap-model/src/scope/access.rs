//! Reading and writing cells.

use super::operand::{Operand, cell_of};
use super::{Local, Scope, Value};
use crate::error::AccessError;
use crate::memory::cell::{Loaded, Slot};
use crate::memory::header::{Kind, Tag};
use crate::tables::registration::USERS;
use crate::text;

impl<'s> Scope<'s> {
    /// Reads a slot; a cell there gets a handle. Constant time.
    ///
    /// # Errors
    /// [`AccessError::SlotOutOfRange`]; [`AccessError::WrongKind`] for a slot of an ephemeron table, a weak
    /// reference or buckets, or one of the heap's own slots of a registration; [`AccessError::WrongHeap`].
    ///
    /// # Panics
    /// If there are too many handles.
    #[inline(always)]
    pub fn get(&mut self, cell: impl Operand, slot: usize) -> Result<Value<'s>, AccessError> {
        let slot = users_slot(cell_of(&self.heap, cell)?.load(), slot)?;
        Ok(self.value(slot.get()))
    }

    /// Writes a slot. Constant time.
    ///
    /// # Errors
    /// [`AccessError::SlotOutOfRange`] and [`AccessError::WrongKind`] as [`get`](Self::get);
    /// [`AccessError::WrongHeap`] for the cell or the value. After an error nothing is written.
    #[inline(always)]
    pub fn set(
        &mut self,
        cell: impl Operand,
        slot: usize,
        value: impl Operand,
    ) -> Result<(), AccessError> {
        let slot = users_slot(cell_of(&self.heap, cell)?.load(), slot)?;
        let word = value.word(&self.heap)?;
        self.heap.store_slot(slot, word);
        Ok(())
    }

    /// The raw bytes behind the slots, up to the cell's size in whole words; a native cell's are private. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a native cell, [`AccessError::WrongHeap`].
    pub fn bytes(&self, cell: Local<'_>) -> Result<&[u8], AccessError> {
        self.view(cell)?.bytes()
    }

    /// As [`bytes`](Self::bytes), mutably.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a native cell or an interned string, [`AccessError::WrongHeap`].
    pub fn bytes_mut(&mut self, cell: Local<'_>) -> Result<&mut [u8], AccessError> {
        if self.kind(cell)? == Kind::Native {
            return Err(AccessError::WrongKind);
        }
        text::before_write(self.cell(cell)?)?;
        self.raw_mut(cell)
    }

    /// The cell's kind. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    #[inline(always)]
    pub fn kind(&self, cell: impl Operand) -> Result<Kind, AccessError> {
        Ok(cell_of(&self.heap, cell)?.header().kind())
    }

    /// The cell's size in bytes, header included. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn size(&self, cell: Local<'_>) -> Result<usize, AccessError> {
        Ok(self.cell(cell)?.size())
    }

    /// The number of slots; in an ephemeron table or a registration the heap's own slots count too. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn slot_count(&self, cell: Local<'_>) -> Result<usize, AccessError> {
        Ok(self.cell(cell)?.slot_count())
    }

    /// The cell's tag. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    #[inline(always)]
    pub fn tag(&self, cell: Local<'_>) -> Result<Tag, AccessError> {
        Ok(self.cell(cell)?.header().tag())
    }

    /// Gives a cell of any kind a tag, instead of the one that it has. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    #[inline(always)]
    pub fn set_tag(&mut self, cell: Local<'_>, tag: Tag) -> Result<(), AccessError> {
        let cell = self.cell(cell)?;
        self.heap.set_tag(cell, tag);
        Ok(())
    }

    /// Whether both handles refer to one cell of this heap; another heap's are never the same. Constant time.
    #[must_use]
    pub fn same(&self, a: Local<'_>, b: Local<'_>) -> bool {
        matches!((self.cell(a), self.cell(b)), (Ok(a), Ok(b)) if a == b)
    }

    /// Whether both values are one constant, one number, or one cell of this heap. Constant time.
    ///
    /// This is identity: two cells with equal strings or doubles are not the same
    /// ([`shapes::string_bytes`](crate::shapes::string_bytes) and [`shapes::number`](crate::shapes::number) give
    /// their contents). JavaScript's `Object.is` compares contents there.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let cell = scope.alloc(Kind::Object, 0, 0)?;
    /// let pair = scope.alloc_with(Kind::Array, &[Value::Ref(cell), Value::Smi(7)])?;
    /// let (first, second) = (scope.get(pair, 0)?, scope.get(pair, 1)?);
    /// assert!(scope.same_value(first, Value::Ref(cell)) && !scope.same_value(first, second));
    /// assert_eq!(second.as_smi(), Some(7));
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn same_value(&self, a: Value<'_>, b: Value<'_>) -> bool {
        matches!((self.word(a), self.word(b)), (Ok(a), Ok(b)) if a == b)
    }
}

/// A slot that its program may use.
#[inline(always)]
pub(crate) fn users_slot(cell: Loaded, slot: usize) -> Result<Slot, AccessError> {
    if cell.header().is_guarded() {
        return strong_slot(cell, slot);
    }
    cell.slot(slot).ok_or_else(|| AccessError::SlotOutOfRange { slot, len: cell.slot_count() })
}

/// `count` slots from `first` on, if its program may use all of them.
#[inline(always)]
pub(crate) fn users_slots(
    cell: Loaded,
    first: usize,
    count: usize,
) -> Result<impl ExactSizeIterator<Item = Slot> + DoubleEndedIterator, AccessError> {
    let end = first.saturating_add(count);
    if count > 0 {
        users_slot(cell, end - 1)?;
        users_slot(cell, first)?;
    }
    Ok(cell.range(if count > 0 { first..end } else { 0..0 }))
}

/// A slot of a cell that has slots of the heap's: one of a registration that is its user's.
#[cold]
fn strong_slot(cell: Loaded, slot: usize) -> Result<Slot, AccessError> {
    let (header, len) = (cell.header(), cell.slot_count());
    if len == 0 {
        return Err(AccessError::SlotOutOfRange { slot, len });
    }
    if !header.is(Kind::Registration) || slot < USERS {
        return Err(AccessError::WrongKind);
    }
    cell.slot(slot).ok_or(AccessError::SlotOutOfRange { slot, len })
}
