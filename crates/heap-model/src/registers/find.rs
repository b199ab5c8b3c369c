//! Following references from a cell, and keeping what is found.

use super::Registers;
use super::look::Tagged;
use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::handles::ReadWord;
use crate::memory::word::Word;
use crate::scope::view::View;
use crate::scope::{Local, Scope, Value};
use core::marker::PhantomData;

/// A word that was reached from a cell by following references, which can be kept: [`Scope::find`] makes it a value,
/// and [`Registers::find`] puts it into a register.
///
/// It is the heap's that the search began in, for nothing else makes one.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    word: ReadWord<'a>,
    /// Invariant: each search has a lifetime of its own, so no cursor of another gets into it.
    search: PhantomData<fn(&'a ()) -> &'a ()>,
}

impl<'a> Cursor<'a> {
    /// What a slot of its cell holds. Constant time.
    ///
    /// # Errors
    /// [`AccessError::NoCell`] if it is none; else as [`View::get`].
    #[inline(always)]
    pub fn slot(self, slot: usize) -> Result<Self, AccessError> {
        let view = self.view().ok_or(AccessError::NoCell)?;
        Ok(Self { word: view.word(slot)?, ..self })
    }

    /// The cell, if it is one, to be looked at.
    #[inline(always)]
    #[must_use]
    pub fn view(self) -> Option<View<'a>> {
        self.tagged().view()
    }

    /// The word, to be looked at.
    #[inline(always)]
    #[must_use]
    pub fn tagged(self) -> Tagged<'a> {
        Tagged::of(self.word)
    }

    /// A constant instead, which was not found.
    #[inline(always)]
    #[must_use]
    pub fn undefined(self) -> Self {
        Self { word: self.word.of(Word::UNDEFINED), ..self }
    }
}

/// Searches from a cell of the heap.
#[inline(always)]
pub(super) fn search<E>(
    heap: &Heap,
    from: Cell,
    f: impl for<'a> FnOnce(Cursor<'a>) -> Result<Cursor<'a>, E>,
) -> Result<Word, E> {
    let word = heap.roots.handles.reading_word(from.word());
    Ok(f(Cursor { word, search: PhantomData })?.word.word())
}

impl<'s> Scope<'s> {
    /// Follows references from a cell without handles, and gives what `f` found: one handle, if it is a cell. Constant
    /// time beside `f`'s.
    ///
    /// ```
    /// use heap_model::{AccessError, Cursor, Heap, HeapOptions, Kind, Value};
    ///
    /// /// The last of a list.
    /// fn last(mut list: Cursor<'_>) -> Result<Cursor<'_>, AccessError> {
    ///     loop {
    ///         let rest = list.slot(0)?;
    ///         if !rest.tagged().is_cell() {
    ///             return Ok(list);
    ///         }
    ///         list = rest;
    ///     }
    /// }
    ///
    /// let mut heap = Heap::new(HeapOptions::default())?;
    /// heap.enter(|scope| -> Result<(), heap_model::HeapError> {
    ///     let end = scope.alloc(Kind::Object, 1, 0)?;
    ///     let list = scope.alloc_with(Kind::Object, &[Value::Ref(end)])?;
    ///     let found = scope.find(list, last)?;
    ///     assert!(scope.same_value(found, Value::Ref(end)));
    ///     Ok(())
    /// })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What `f` fails with; [`AccessError::WrongHeap`] for the cell.
    ///
    /// # Panics
    /// If there are too many handles.
    #[inline]
    pub fn find<E: From<AccessError>>(
        &mut self,
        from: Local<'_>,
        f: impl for<'a> FnOnce(Cursor<'a>) -> Result<Cursor<'a>, E>,
    ) -> Result<Value<'s>, E> {
        let word = search(&self.heap, self.cell(from)?, f)?;
        Ok(self.value(word))
    }
}

impl Registers<'_> {
    /// Follows references from `from`'s cell, and writes what `f` found to `to`. Constant time beside `f`'s.
    ///
    /// # Errors
    /// What `f` fails with; [`AccessError::NoCell`].
    #[inline]
    #[track_caller]
    pub fn find<E: From<AccessError>>(
        &mut self,
        to: usize,
        from: usize,
        f: impl for<'a> FnOnce(Cursor<'a>) -> Result<Cursor<'a>, E>,
    ) -> Result<(), E> {
        let word = search(self.heap, self.cell(from)?, f)?;
        self.put(to, word);
        Ok(())
    }
}
