//! `WeakMap`: a cell of 32 bytes whose one slot holds an ephemeron table of the heap.
//!
//! Invariant: slot 0 of a map's cell always refers to its current table; growth replaces it in the
//! same call that grew it. No unsafe code.

use crate::WeakError;
use heap_model::{Kind, Local, Scope, Value, layout};

const TABLE: usize = 0;
/// V8's capacity of a new table: 4 entries.
const FIRST_CAPACITY: usize = 4;

/// A map from cells to values that keeps neither from being collected (ECMA-262, 24.3).
///
/// It is a handle: a copy refers to the same map. `get`, `has`, `set` and `delete` take expected
/// constant time.
#[derive(Clone, Copy)]
#[doc(alias = "ephemeron")]
pub struct WeakMap<'s> {
    cell: Local<'s>,
}

impl<'s> WeakMap<'s> {
    /// Makes an empty map: 136 bytes of heap, as V8's.
    ///
    /// # Errors
    /// [`WeakError::Heap`] at the heap's limit.
    pub fn new(scope: &mut Scope<'s>) -> Result<Self, WeakError> {
        let cell = scope.alloc_sized(Kind::Object, layout::WEAK_MAP, 1)?;
        let table = scope.alloc_ephemeron_table(FIRST_CAPACITY)?;
        scope.set(cell, TABLE, Value::Ref(table))?;
        Ok(Self { cell })
    }

    /// Takes a handle for the map that a cell is, for one that was kept in a slot or a global.
    ///
    /// # Errors
    /// [`WeakError::NotAWeakMap`] for any other cell.
    pub fn from_cell(scope: &mut Scope<'s>, cell: Local<'s>) -> Result<Self, WeakError> {
        let map = Self { cell };
        if scope.kind(cell)? != Kind::Object || scope.slot_count(cell)? != 1 {
            return Err(WeakError::NotAWeakMap);
        }
        scope.scope(|inner| map.table(inner).map(drop))?;
        Ok(map)
    }

    /// The map's own cell, to be kept in a slot or a global.
    #[must_use]
    pub fn cell(self) -> Local<'s> {
        self.cell
    }

    /// Sets the value of `key`; the previous one, if any, is replaced.
    ///
    /// # Errors
    /// [`WeakError::CannotBeHeldWeakly`] for a key without identity, [`WeakError::Heap`] at the
    /// heap's limit; the map is then unchanged.
    pub fn set(
        self,
        scope: &mut Scope<'_>,
        key: Value<'_>,
        value: Value<'_>,
    ) -> Result<(), WeakError> {
        scope.scope(|scope| {
            let key = identity(scope, key)?.ok_or(WeakError::CannotBeHeldWeakly)?;
            let table = self.table(scope)?;
            if let Some(grown) = scope.ephemeron_set(table, key, value)? {
                scope.set(self.cell, TABLE, Value::Ref(grown))?;
            }
            Ok(())
        })
    }

    /// The value of `key`, or `None`; a key that cannot be held weakly has none.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn get<'t>(
        self,
        scope: &mut Scope<'t>,
        key: Value<'_>,
    ) -> Result<Option<Value<'t>>, WeakError> {
        let Some(key) = identity(scope, key)? else { return Ok(None) };
        let table = self.table(scope)?;
        Ok(scope.ephemeron_get(table, key)?)
    }

    /// Whether `key` has an entry.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn has(self, scope: &mut Scope<'_>, key: Value<'_>) -> Result<bool, WeakError> {
        scope.scope(|scope| {
            let Some(key) = identity(scope, key)? else { return Ok(false) };
            let table = self.table(scope)?;
            Ok(scope.ephemeron_has(table, key)?)
        })
    }

    /// Removes the entry of `key` and says whether there was one.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn delete(self, scope: &mut Scope<'_>, key: Value<'_>) -> Result<bool, WeakError> {
        scope.scope(|scope| {
            let Some(key) = identity(scope, key)? else { return Ok(false) };
            let table = self.table(scope)?;
            Ok(scope.ephemeron_delete(table, key)?)
        })
    }

    /// How many entries the table holds now; those of dead keys count until they are collected.
    ///
    /// # Errors
    /// [`WeakError::Heap`] for a handle of another heap.
    pub fn occupancy(self, scope: &mut Scope<'_>) -> Result<usize, WeakError> {
        scope.scope(|scope| {
            let table = self.table(scope)?;
            Ok(scope.ephemeron_len(table)?)
        })
    }

    fn table<'t>(self, scope: &mut Scope<'t>) -> Result<Local<'t>, WeakError> {
        match scope.get(self.cell, TABLE)? {
            Value::Ref(table) if scope.kind(table)? == Kind::EphemeronTable => Ok(table),
            _ => Err(WeakError::NotAWeakMap),
        }
    }
}

/// The cell of a value that can be held weakly.
fn identity<'v>(scope: &Scope<'_>, value: Value<'v>) -> Result<Option<Local<'v>>, WeakError> {
    let Value::Ref(cell) = value else { return Ok(None) };
    Ok(match scope.kind(cell)? {
        Kind::OneByteString | Kind::TwoByteString | Kind::ConsString | Kind::Double => None,
        _ => Some(cell),
    })
}
