//! `WeakSet`: the names of ECMA-262, 24.4, over a table whose values are all `true`.

use super::error::WeakError;
use super::table::Table;
use heap_model::shapes::Brand;
use heap_model::{Local, Scope, Value};

/// A set of cells that does not keep them from being collected (ECMA-262, 24.4).
///
/// It is a handle: a copy refers to the same set. `add`, `has` and `delete` take expected constant
/// time, `add` amortised.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind, Value};
/// use weak_refs::WeakSet;
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), weak_refs::WeakError> {
///     let seen = WeakSet::new(scope)?;
///     scope.scope(|inner| {
///         let node = inner.alloc(Kind::Object, 1, 0)?;
///         seen.add(inner, Value::Ref(node))?;
///         assert!(seen.has(inner, Value::Ref(node))?);
///         Ok::<_, weak_refs::WeakError>(())
///     })?;
///     scope.collect();
///     assert_eq!(seen.occupancy(scope)?, 0);
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct WeakSet<'s> {
    table: Table<'s>,
}

impl<'s> WeakSet<'s> {
    /// Makes an empty set: 136 bytes of heap, as V8's.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit.
    pub fn new(scope: &mut Scope<'s>) -> Result<Self, WeakError> {
        Ok(Self { table: Table::new_set(scope)? })
    }

    /// Makes a set of values, as `new WeakSet(iterable)`.
    ///
    /// # Errors
    /// As [`add`](Self::add), for the first value that is refused.
    pub fn from_values<'v>(
        scope: &mut Scope<'s>,
        values: impl IntoIterator<Item = Value<'v>>,
    ) -> Result<Self, WeakError> {
        let set = Self::new(scope)?;
        for value in values {
            set.add(scope, value)?;
        }
        Ok(set)
    }

    /// Takes a handle for the set that a cell is, for one that was kept in a slot or a global.
    ///
    /// # Errors
    /// [`WeakError::NotAWeakSet`] for any other cell.
    pub fn from_cell(scope: &mut Scope<'_>, cell: Local<'s>) -> Result<Self, WeakError> {
        Ok(Self { table: Table::from_cell(scope, cell, Brand::WeakSet)? })
    }

    /// The set's own cell, to be kept in a slot or a global.
    #[must_use]
    pub fn cell(self) -> Local<'s> {
        self.table.cell
    }

    /// Adds `value` and returns the set.
    ///
    /// # Errors
    /// [`WeakError::CannotBeHeldWeakly`] for a value without identity, [`WeakError::Heap`] at the
    /// heap's limit; the set is then unchanged.
    #[inline]
    pub fn add(self, scope: &mut Scope<'_>, value: Value<'_>) -> Result<Self, WeakError> {
        self.table.set(scope, value, Value::Bool(true))?;
        Ok(self)
    }

    /// Whether `value` is in the set; one that cannot be held weakly never is.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    #[inline]
    pub fn has(self, scope: &mut Scope<'_>, value: Value<'_>) -> Result<bool, WeakError> {
        self.table.has(scope, value)
    }

    /// Removes `value` and says whether it was there.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    #[inline]
    pub fn delete(self, scope: &mut Scope<'_>, value: Value<'_>) -> Result<bool, WeakError> {
        self.table.delete(scope, value)
    }

    /// How many members there are now; dead ones count until they are collected.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn occupancy(self, scope: &mut Scope<'_>) -> Result<usize, WeakError> {
        self.table.occupancy(scope)
    }

    /// How many buckets the table has; two thirds of them can be filled.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn capacity(self, scope: &mut Scope<'_>) -> Result<usize, WeakError> {
        self.table.capacity(scope)
    }
}
