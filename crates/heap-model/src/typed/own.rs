//! What a handle or a value of this heap refers to. Those of another heap panic.

use super::Gc;
use super::describe::Record;
use crate::memory::record::layout::Known;
use crate::memory::word::Word;
use crate::scope::{Scope, Value};

#[cold]
#[inline(never)]
pub(super) fn foreign() -> ! {
    panic!("a handle of another heap")
}

impl Scope<'_> {
    /// The record of a handle.
    ///
    /// # Panics
    /// If the handle is another heap's.
    #[inline(always)]
    pub(super) fn record<T: Record>(&self, gc: Gc<'_, T>) -> Known<T::Id> {
        match self.heap.roots.handles.record(gc.place) {
            Some(known) => known,
            None => foreign(),
        }
    }

    /// The word of a value of this heap.
    #[inline(always)]
    pub(super) fn own_word(&self, value: Value<'_>) -> Word {
        match self.word(value) {
            Ok(word) => word,
            Err(_) => foreign(),
        }
    }
}
