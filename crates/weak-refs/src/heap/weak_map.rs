//! `WeakMap`: the names of ECMA-262, 24.3, over a table.

use super::error::WeakError;
use super::identity::held_weakly;
use super::table::Table;
use heap_model::shapes::Brand;
use heap_model::{Local, Scope, Value};

/// A map from cells to values that keeps neither from being collected (ECMA-262, 24.3).
///
/// It is a handle: a copy refers to the same map. `get`, `has`, `set` and `delete` take expected
/// constant time, `set` amortised.
#[derive(Clone, Copy)]
#[doc(alias = "ephemeron")]
pub struct WeakMap<'s> {
    table: Table<'s>,
}

impl<'s> WeakMap<'s> {
    /// Makes an empty map: 136 bytes of heap, as V8's.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit.
    pub fn new(scope: &mut Scope<'s>) -> Result<Self, WeakError> {
        Ok(Self { table: Table::new_map(scope)? })
    }

    /// Makes a map of entries, as `new WeakMap(iterable)`: a later one of the same key wins.
    ///
    /// # Errors
    /// As [`set`](Self::set), for the first entry that is refused.
    pub fn from_entries<'v>(
        scope: &mut Scope<'s>,
        entries: impl IntoIterator<Item = (Value<'v>, Value<'v>)>,
    ) -> Result<Self, WeakError> {
        let map = Self::new(scope)?;
        for (key, value) in entries {
            map.set(scope, key, value)?;
        }
        Ok(map)
    }

    /// Takes a handle for the map that a cell is, for one that was kept in a slot or a global.
    ///
    /// # Errors
    /// [`WeakError::NotAWeakMap`] for any other cell.
    pub fn from_cell(scope: &mut Scope<'_>, cell: Local<'s>) -> Result<Self, WeakError> {
        Ok(Self { table: Table::from_cell(scope, cell, Brand::WeakMap)? })
    }

    /// The map's own cell, to be kept in a slot or a global.
    #[must_use]
    pub fn cell(self) -> Local<'s> {
        self.table.cell
    }

    /// Sets the value of `key`, in place of the previous one, and returns the map.
    ///
    /// # Errors
    /// [`WeakError::CannotBeHeldWeakly`] for a key without identity, [`WeakError::Heap`] at the
    /// heap's limit; the map is then unchanged.
    #[inline]
    pub fn set(
        self,
        scope: &mut Scope<'_>,
        key: Value<'_>,
        value: Value<'_>,
    ) -> Result<Self, WeakError> {
        self.table.set(scope, key, value)?;
        Ok(self)
    }

    /// The value of `key`, or `None`; a key that cannot be held weakly has none.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    #[inline(always)]
    pub fn get<'t>(
        self,
        scope: &mut Scope<'t>,
        key: Value<'_>,
    ) -> Result<Option<Value<'t>>, WeakError> {
        self.table.get(scope, key)
    }

    /// The value of `key`, which is `value` where there was none (ECMA-262, upsert).
    ///
    /// # Errors
    /// As [`set`](Self::set).
    #[doc(alias = "getOrInsert")]
    pub fn get_or_insert<'t>(
        self,
        scope: &mut Scope<'t>,
        key: Value<'_>,
        value: Value<'t>,
    ) -> Result<Value<'t>, WeakError> {
        self.get_or_insert_computed(scope, key, |_, _| Ok(value))
    }

    /// The value of `key`, which `compute` gives where there was none (ECMA-262, upsert).
    ///
    /// `compute` is called with the key. What it does to the map stays, except for this key, whose
    /// value is what it returns. Where it fails nothing is set.
    ///
    /// # Errors
    /// As [`set`](Self::set), before `compute` is called; and what `compute` fails with.
    #[doc(alias = "getOrInsertComputed")]
    pub fn get_or_insert_computed<'t, E: From<WeakError>>(
        self,
        scope: &mut Scope<'t>,
        key: Value<'_>,
        compute: impl FnOnce(&mut Scope<'t>, Local<'_>) -> Result<Value<'t>, E>,
    ) -> Result<Value<'t>, E> {
        let key = held_weakly(scope, key)?;
        if let Some(found) = self.get(scope, Value::Ref(key))? {
            return Ok(found);
        }
        let value = compute(scope, key)?;
        self.set(scope, Value::Ref(key), value)?;
        Ok(value)
    }

    /// Whether `key` has an entry.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    #[inline(always)]
    pub fn has(self, scope: &mut Scope<'_>, key: Value<'_>) -> Result<bool, WeakError> {
        self.table.has(scope, key)
    }

    /// Removes the entry of `key` and says whether there was one.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    #[inline]
    pub fn delete(self, scope: &mut Scope<'_>, key: Value<'_>) -> Result<bool, WeakError> {
        self.table.delete(scope, key)
    }

    /// How many entries there are now; those of dead keys count until they are collected.
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
