//! What WeakMap and WeakSet share: a cell of 32 bytes with an ephemeron table of the heap
//! (`heap_model::shapes::weak_map`).
//!
//! Invariant: the cell's slot always refers to the current table: the heap stores a table that has grown there.
//! Only `set` checks what a key is, because a key without identity never has an entry.

use super::error::WeakError;
use super::identity::held_weakly;
use heap_model::shapes::{self, Brand};
use heap_model::{AccessError, Local, Scope, Value};

/// A collection with weak keys.
#[derive(Clone, Copy)]
pub struct Table<'s> {
    pub cell: Local<'s>,
    brand: Brand,
}

impl<'s> Table<'s> {
    pub fn new_map(scope: &mut Scope<'s>) -> Result<Self, WeakError> {
        Ok(Self { cell: shapes::weak_map(scope, 0)?, brand: Brand::WeakMap })
    }

    pub fn new_set(scope: &mut Scope<'s>) -> Result<Self, WeakError> {
        Ok(Self { cell: shapes::weak_set(scope, 0)?, brand: Brand::WeakSet })
    }

    pub fn from_cell(
        scope: &mut Scope<'_>,
        cell: Local<'s>,
        brand: Brand,
    ) -> Result<Self, WeakError> {
        let this = Self { cell, brand };
        if shapes::brand(scope, cell)? != Some(brand) {
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
            (AccessError::WrongKind, Brand::WeakMap) => WeakError::NotAWeakMap,
            (AccessError::WrongKind, _) => WeakError::NotAWeakSet,
            (error, _) => error.into(),
        }
    }
}
