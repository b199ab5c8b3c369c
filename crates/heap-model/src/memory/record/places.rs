//! Handles of records, and reading behind them.
#![expect(unsafe_code, reason = "a typed place is a record's")]

use super::layout::{Described, Known, Layout, Tail, TailPlain};
use super::types::TypeNumber;
use crate::memory::cell::Cell;
use crate::memory::handles::{Handles, Place, Reading};
use core::marker::PhantomData;

/// A place on the handle stack that holds a record: what `T` describes.
pub struct RecordPlace<T> {
    place: Place,
    /// Covariant, so that a `T` of a longer lifetime will do.
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for RecordPlace<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RecordPlace<T> {}

impl<T> RecordPlace<T> {
    /// The place of any cell.
    #[inline(always)]
    pub fn place(self) -> Place {
        self.place
    }

    /// The place as one of a type that describes the same records.
    #[inline(always)]
    pub fn describe<U>(self) -> RecordPlace<U>
    where
        T: Described,
        U: Described<Layout = T::Layout>,
    {
        RecordPlace { place: self.place, of: PhantomData }
    }
}

impl Handles {
    /// Puts a record on the stack.
    ///
    /// # Panics
    /// As [`push`](Self::push).
    #[inline(always)]
    pub fn push_record<T: Described>(&mut self, known: Known<T::Layout>) -> RecordPlace<T> {
        RecordPlace { place: self.push(known.cell()), of: PhantomData }
    }

    /// The record of a handle whose scope has not ended; none if it is another heap's.
    #[inline(always)]
    pub fn record<T: Described>(&self, handle: RecordPlace<T>) -> Option<Known<T::Layout>> {
        // SAFETY: the place was given a record, and the collectors follow it.
        self.get(handle.place).map(|cell| unsafe { Known::new(cell) })
    }

    /// The handle of any cell as one of a record of the number's type, if it is one of this heap.
    #[inline(always)]
    pub fn as_record<T: Described>(
        &self,
        place: Place,
        number: TypeNumber<T::Layout>,
    ) -> Option<RecordPlace<T>> {
        number.record(self.get(place)?)?;
        Some(RecordPlace { place, of: PhantomData })
    }

    /// The record of a handle, to be read.
    #[inline(always)]
    pub fn read_record<T: Described>(
        &self,
        handle: RecordPlace<T>,
    ) -> Option<RecordReading<'_, T>> {
        let known = self.record(handle)?;
        Some(RecordReading { cell: known.cell(), stack: PhantomData, of: PhantomData })
    }

    /// The record's data, to be changed.
    #[inline(always)]
    pub fn data_mut<T: Described>(
        &mut self,
        handle: RecordPlace<T>,
    ) -> Option<&mut <T::Layout as Layout>::Data> {
        let fixed = self.record(handle)?.fixed();
        // SAFETY: the raw bytes begin with it; the stack is borrowed mutably, and with it the heap.
        Some(unsafe { &mut (*fixed).data })
    }

    /// The record's plain tail, to be changed.
    #[inline(always)]
    pub fn plain_mut<T: Described>(
        &mut self,
        handle: RecordPlace<T>,
    ) -> Option<&mut [TailPlain<T::Layout>]> {
        let known = self.record(handle)?;
        let count = if <T::Layout as Layout>::Tail::SLOTS { 0 } else { known.tail_len() };
        // SAFETY: the record has as many; the stack is borrowed mutably, and with it the heap.
        Some(unsafe { core::slice::from_raw_parts_mut(known.plain(), count) })
    }
}

/// A record that is read while the handle stack of its heap is borrowed, as [`Reading`](super::handles::Reading).
/// It keeps no lifetime but that one: `T` says which layout.
pub struct RecordReading<'a, T> {
    cell: Cell,
    stack: PhantomData<&'a Handles>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for RecordReading<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RecordReading<'_, T> {}

impl<'a> Reading<'a> {
    /// A record of the heap.
    #[inline(always)]
    pub fn record<T: Described>(self, known: Known<T::Layout>) -> RecordReading<'a, T> {
        RecordReading { cell: known.cell(), stack: PhantomData, of: PhantomData }
    }
}

impl<'a, T: Described> RecordReading<'a, T> {
    /// As any cell is read.
    #[inline(always)]
    pub fn reading(self) -> Reading<'a> {
        Reading::new(self.cell, self.stack)
    }

    #[inline(always)]
    pub fn known(self) -> Known<T::Layout> {
        // SAFETY: a reading is made of a record that is known.
        unsafe { Known::new(self.cell) }
    }

    #[inline(always)]
    pub fn data(self) -> &'a <T::Layout as Layout>::Data {
        // SAFETY: the raw bytes begin with it. The heap is borrowed for as long.
        unsafe { &(*self.known().fixed()).data }
    }

    /// The plain tail.
    #[inline(always)]
    pub fn plain(self) -> &'a [TailPlain<T::Layout>] {
        let known = self.known();
        let count = if <T::Layout as Layout>::Tail::SLOTS { 0 } else { known.tail_len() };
        // SAFETY: the record has as many. The heap is borrowed for as long.
        unsafe { core::slice::from_raw_parts(known.plain(), count) }
    }
}
