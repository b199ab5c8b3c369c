//! What WeakMap and WeakSet share: a cell of 32 bytes whose one slot holds an ephemeron table of
//! the heap.
//!
//! Invariant: the slot always refers to the current table; growth replaces it in the same call.
//! No unsafe code.

use crate::WeakError;
use crate::identity::{self, Brand, held_weakly, identity};
use heap_model::{Kind, Local, Scope, Value};

const TABLE: usize = 0;
/// V8's capacity of a new table: 4 entries.
const FIRST_CAPACITY: usize = 4;
/// The slots of a table's cell before its entries, and those of an entry.
const TABLE_FIELDS: usize = 3;
const ENTRY_FIELDS: usize = 2;

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
            return Err(this.missing());
        }
        scope.scope(|inner| this.table(inner).map(drop))?;
        Ok(this)
    }

    pub fn set(
        self,
        scope: &mut Scope<'_>,
        key: Value<'_>,
        value: Value<'_>,
    ) -> Result<(), WeakError> {
        scope.scope(|scope| {
            let key = held_weakly(scope, key)?;
            let table = self.table(scope)?;
            if let Some(grown) = scope.ephemeron_set(table, key, value)? {
                scope.set(self.cell, TABLE, Value::Ref(grown))?;
            }
            Ok(())
        })
    }

    pub fn get<'t>(
        self,
        scope: &mut Scope<'t>,
        key: Value<'_>,
    ) -> Result<Option<Value<'t>>, WeakError> {
        let Some(key) = identity(scope, key)? else { return Ok(None) };
        let table = self.table(scope)?;
        Ok(scope.ephemeron_get(table, key)?)
    }

    pub fn has(self, scope: &mut Scope<'_>, key: Value<'_>) -> Result<bool, WeakError> {
        scope.scope(|scope| {
            let Some(key) = identity(scope, key)? else { return Ok(false) };
            let table = self.table(scope)?;
            Ok(scope.ephemeron_has(table, key)?)
        })
    }

    pub fn delete(self, scope: &mut Scope<'_>, key: Value<'_>) -> Result<bool, WeakError> {
        scope.scope(|scope| {
            let Some(key) = identity(scope, key)? else { return Ok(false) };
            let table = self.table(scope)?;
            Ok(scope.ephemeron_delete(table, key)?)
        })
    }

    pub fn occupancy(self, scope: &mut Scope<'_>) -> Result<usize, WeakError> {
        scope.scope(|scope| {
            let table = self.table(scope)?;
            Ok(scope.ephemeron_len(table)?)
        })
    }

    pub fn capacity(self, scope: &mut Scope<'_>) -> Result<usize, WeakError> {
        scope.scope(|scope| {
            let table = self.table(scope)?;
            Ok((scope.slot_count(table)? - TABLE_FIELDS) / ENTRY_FIELDS)
        })
    }

    fn table<'t>(self, scope: &mut Scope<'t>) -> Result<Local<'t>, WeakError> {
        let table = identity::cell_in(scope, self.cell, TABLE, Kind::EphemeronTable)?;
        table.ok_or_else(|| self.missing())
    }

    /// The error for a cell that is no such collection.
    fn missing(self) -> WeakError {
        if self.brand == Brand::Map { WeakError::NotAWeakMap } else { WeakError::NotAWeakSet }
    }
}
