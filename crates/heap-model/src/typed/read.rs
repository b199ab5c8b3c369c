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

impl<'s> Scope<'s> {
    /// Reads from a record on to another one, without handles, and makes a handle of that. Which type it has is to be
    /// named. Constant time beside `f`'s.
    ///
    /// ```
    /// # use heap_model::typed::{Gc, Record};
    /// # use heap_model::{Heap, HeapOptions, OutOfMemory};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// #[derive(Record)]
    /// struct Pair<'s> {
    ///     number: i32,
    ///     rest: Option<Gc<'s, Pair<'s>>>,
    /// }
    /// # heap.enter(|scope| {
    /// let mut list = None;
    /// for number in 0..100 {
    ///     list = Some(scope.make(Pair { number, rest: list })?);
    /// }
    /// let found = scope.find_record::<Pair, _>(list.unwrap(), |mut pair| {
    ///     while pair.number() != 40 {
    ///         pair = pair.rest()?;
    ///     }
    ///     Some(pair)
    /// });
    /// found.expect("a pair").set_number(scope, 7);
    /// # Ok::<(), OutOfMemory>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Panics
    /// If the handle is another heap's, or if there are too many handles.
    #[inline(always)]
    pub fn find_record<U: Record, T: Record>(
        &mut self,
        from: Gc<'_, T>,
        f: impl for<'a> FnOnce(Ref<'a, T::At<'a>>) -> Option<Ref<'a, U::At<'a>>>,
    ) -> Option<Gc<'s, U::At<'s>>> {
        let found = f(self.read(from))?.reading.known();
        Some(Gc::new(self.heap.roots.handles.push_record(found)))
    }
}
