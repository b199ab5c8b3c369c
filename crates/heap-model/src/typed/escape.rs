//! Handles that outlive the scope that they were made in.

use super::describe::{Internal, Slot};
use crate::memory::record::layout::Element;
use crate::scope::Scope;

/// What is known of a slot's word.
type Stored<F> = <<F as Slot>::Kind as Element>::Stored;

impl<'s> Scope<'s> {
    /// A handle of this scope to what a handle of another one refers to, which may be a scope around this (V8's
    /// `Local::New`): so what was given from outside can be returned from [`escape`](Self::escape). A record, a value and an
    /// enum of them stay what they are. Constant time.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapError, HeapOptions, Kind};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let outer = scope.alloc(Kind::Object, 1, 0)?;
    /// let larger = scope.escape(|scope| -> Result<_, HeapError> {
    ///     let inner = scope.alloc(Kind::Object, 2, 0)?;
    ///     let is_larger = scope.size(inner)? > scope.size(outer)?;
    ///     Ok(if is_larger { inner } else { scope.adopt(outer) })
    /// })?;
    /// assert_eq!(scope.slot_count(larger)?, 2);
    /// # Ok::<(), HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Panics
    /// If the handle is another heap's, or if there are too many handles.
    #[inline(always)]
    #[must_use]
    pub fn adopt<F: Slot>(&mut self, value: F) -> F::At<'s> {
        let stored = value.store(self, Internal(()));
        F::load(stored, self, Internal(()))
    }

    /// As [`escape`](Self::escape), for all that a slot holds: records, values, and enums of them. Their type is to
    /// be named.
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
    /// let pair = scope.escape_as::<Gc<Pair>, OutOfMemory>(|scope| {
    ///     let rest = scope.make(Pair { number: 2, rest: None })?;
    ///     scope.make(Pair { number: 1, rest: Some(rest) })
    /// })?;
    /// assert_eq!((scope.statistics().handles, pair.number(scope)), (1, 1));
    /// # Ok::<(), OutOfMemory>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// What `f` fails with.
    ///
    /// # Panics
    /// If the handle is another heap's.
    #[inline(always)]
    pub fn escape_as<F: Slot, E>(
        &mut self,
        f: impl for<'i> FnOnce(&mut Scope<'i>) -> Result<F::At<'i>, E>,
    ) -> Result<F::At<'s>, E> {
        // Nothing is collected before it has its handle.
        let stored = self.scope(|scope| -> Result<Stored<F>, E> {
            let value = f(scope)?;
            Ok(value.store(scope, Internal(())))
        })?;
        Ok(F::load(stored, self, Internal(())))
    }
}
