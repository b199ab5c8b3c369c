//! What WeakMap and WeakSet share: a cell of 32 bytes whose one slot holds an ephemeron table of
//! the heap.
//!
//! Invariant: it is the first slot, as the heap's operations on tables ask, and always refers to the
//! current table. Only `set` asks what a key is: one without identity has no entry.
//! No unsafe code.

use crate::WeakError;
use crate::identity::{self, Brand, held_weakly};
use heap_model::{AccessError, Local, Scope, Value};

const TABLE: usize = 0;
/// V8's capacity of a new table: 4 entries.
const FIRST_CAPACITY: usize = 4;

/// A collection with weak keys.
#[derive(Clone, Copy)]
pub struct Table<'s> {
    pub cell: Local<'s>,
    brand: Brand,
}

impl<'s> Table<'s> {
    pub fn new(scope: &mut Scope<'s>, brand: Brand) -> Result<Self, WeakError> {
        let cell = identity::alloc(scope, brand, 1)?;
        scope.scope(|inner| {
            let table = inner.alloc_ephemeron_table(FIRST_CAPACITY)?;
            inner.set(cell, TABLE, Value::Ref(table))?;
            Ok(Self { cell, brand })
        })
    }

    pub fn from_cell(
        scope: &mut Scope<'_>,
        cell: Local<'s>,
        brand: Brand,
    ) -> Result<Self, WeakError> {
        let this = Self { cell, brand };
        if !identity::is(scope, cell, brand, 1)? {
            return Err(this.missing(AccessError::WrongKind));
        }
        this.occupancy(scope)?;
        Ok(this)
    }

    #[inline]
    pub fn set(
        self,
        scope: &mut Scope<'_>,
        key: Value<'_>,
        value: Value<'_>,
    ) -> Result<(), WeakError> {
        let key = held_weakly(scope, key)?;
        scope.ephemeron_set(self.cell, key, value)?;
        Ok(())
    }

    #[inline(always)]
    pub fn get<'t>(
        self,
        scope: &mut Scope<'t>,
        key: Value<'_>,
    ) -> Result<Option<Value<'t>>, WeakError> {
        let Value::Ref(key) = key else { return Ok(None) };
        Ok(scope.ephemeron_get(self.cell, key)?)
    }

    #[inline(always)]
    pub fn has(self, scope: &Scope<'_>, key: Value<'_>) -> Result<bool, WeakError> {
        let Value::Ref(key) = key else { return Ok(false) };
        Ok(scope.ephemeron_has(self.cell, key)?)
    }

    #[inline]
    pub fn delete(self, scope: &mut Scope<'_>, key: Value<'_>) -> Result<bool, WeakError> {
        let Value::Ref(key) = key else { return Ok(false) };
        Ok(scope.ephemeron_delete(self.cell, key)?)
    }

    pub fn occupancy(self, scope: &Scope<'_>) -> Result<usize, WeakError> {
        scope.ephemeron_len(self.cell).map_err(|error| self.missing(error))
    }

    pub fn capacity(self, scope: &Scope<'_>) -> Result<usize, WeakError> {
        scope.ephemeron_capacity(self.cell).map_err(|error| self.missing(error))
    }

    /// The error for a cell that is no such collection.
    fn missing(self, error: AccessError) -> WeakError {
        match (error, self.brand) {
            (AccessError::WrongKind, Brand::Map) => WeakError::NotAWeakMap,
            (AccessError::WrongKind, _) => WeakError::NotAWeakSet,
            (error, _) => error.into(),
        }
    }
}
