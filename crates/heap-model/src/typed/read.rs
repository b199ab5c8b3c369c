//! Reading records without handles.

use super::own::foreign;
use super::{Gc, Record};
use crate::memory::record::places::RecordReading;
use crate::scope::Scope;
use crate::scope::view::View;

/// A record that is being read: what [`View`] is to any cell.
///
/// It borrows its scope, so nothing is allocated while it is there. Its functions are those of the trait that is derived
/// with the record, as `PairRead` for `Pair`.
///
/// ```
/// use heap_model::typed::{Gc, Record, Ref};
/// use heap_model::{Heap, HeapOptions};
///
/// #[derive(Record)]
/// struct Pair<'s> {
///     number: i32,
///     rest: Option<Gc<'s, Pair<'s>>>,
/// }
///
/// fn sum(pair: Ref<'_, Pair>) -> i32 {
///     pair.number() + pair.rest().map_or(0, sum)
/// }
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let sum = heap.enter(|scope| {
///     let last = scope.make(Pair { number: 2, rest: None })?;
///     let first = scope.make(Pair { number: 1, rest: Some(last) })?;
///     Ok::<_, heap_model::OutOfMemory>(sum(scope.read(first)))
/// })?;
/// assert_eq!(sum, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Ref<'a, T> {
    pub(super) reading: RecordReading<'a, T>,
}

impl<T> Clone for Ref<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ref<'_, T> {}

impl<'a, T> Ref<'a, T> {
    #[inline(always)]
    pub(super) fn new(reading: RecordReading<'a, T>) -> Self {
        Self { reading }
    }
}

impl<'a, T: Record> From<Ref<'a, T>> for View<'a> {
    #[inline(always)]
    fn from(record: Ref<'a, T>) -> Self {
        Self::of(record.reading.reading())
    }
}

impl Scope<'_> {
    /// Reads a record, and what it refers to, without handles. Constant time.
    ///
    /// # Panics
    /// If the handle is another heap's.
    #[inline(always)]
    pub fn read<'a, T: Record>(&'a self, gc: Gc<'_, T>) -> Ref<'a, T::At<'a>> {
        match self.heap.roots.handles.read_record(gc.place.describe()) {
            Some(reading) => Ref::new(reading),
            None => foreign(),
        }
    }
}
