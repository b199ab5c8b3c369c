//! JavaScript's objects, strings and weak maps, with V8's sizes. No unsafe code.

use crate::{Runtime, RuntimeError, Variable};
use heap_model::{AccessError, Kind, Local, Scope, Value, layout};
use weak_refs::WeakMap;

/// How many fields an object has.
const FIELDS: usize = 4;

impl Runtime {
    /// `{}`: 56 bytes, with four fields in the object (0 to 3).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn object(&mut self) -> Result<Variable, RuntimeError> {
        self.keep(|scope| Ok(scope.alloc_sized(Kind::Object, layout::EMPTY_OBJECT, FIELDS)?))
    }

    /// A flat string of one-byte characters: 16 bytes and its characters, rounded up to 8.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn string(&mut self, latin1: &[u8]) -> Result<Variable, RuntimeError> {
        self.keep(|scope| {
            let cell = scope.alloc(Kind::OneByteString, 0, latin1.len())?;
            if let Some(bytes) = scope.bytes_mut(cell)?.get_mut(..latin1.len()) {
                bytes.copy_from_slice(latin1);
            }
            Ok(cell)
        })
    }

    /// `object.field = value`, by the field's place.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] for a field that the object has no place for, or for another cell than an
    /// [`object`](Self::object)'s: what lies in the slots of those is their own.
    pub fn set_field(
        &mut self,
        object: &Variable,
        field: usize,
        value: Option<&Variable>,
    ) -> Result<(), RuntimeError> {
        self.heap.enter(|scope| {
            let object = object_cell(scope, object)?;
            let value = value_of(scope, value)?;
            Ok(scope.set(object, field, value)?)
        })
    }

    /// `object.field`, by the field's place; `None` where it holds no reference.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] for a field that the object has no place for, or for another cell than an
    /// [`object`](Self::object)'s: what lies in the slots of those is their own.
    pub fn field(
        &mut self,
        object: &Variable,
        field: usize,
    ) -> Result<Option<Variable>, RuntimeError> {
        self.heap.enter(|scope| {
            let object = object_cell(scope, object)?;
            match scope.get(object, field)? {
                Value::Ref(cell) => Ok(Some(Variable(scope.global(cell)?))),
                _ => Ok(None),
            }
        })
    }

    /// Stores a small integer in a field.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] for a field that the object has no place for, or for another cell than an
    /// [`object`](Self::object)'s: what lies in the slots of those is their own.
    pub fn set_number(
        &mut self,
        object: &Variable,
        field: usize,
        number: i32,
    ) -> Result<(), RuntimeError> {
        self.heap.enter(|scope| {
            let object = object_cell(scope, object)?;
            Ok(scope.set(object, field, Value::Smi(number))?)
        })
    }

    /// The small integer in a field, if there is one.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] for a field that the object has no place for, or for another cell than an
    /// [`object`](Self::object)'s: what lies in the slots of those is their own.
    pub fn number(&mut self, object: &Variable, field: usize) -> Result<Option<i32>, RuntimeError> {
        self.heap.enter(|scope| {
            let object = object_cell(scope, object)?;
            Ok(match scope.get(object, field)? {
                Value::Smi(number) => Some(number),
                _ => None,
            })
        })
    }

    /// `new WeakMap()`: 136 bytes.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn weak_map(&mut self) -> Result<Variable, RuntimeError> {
        self.keep(|scope| Ok(WeakMap::new(scope)?.cell()))
    }

    /// `map.set(key, value)`.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if `map` is none or `key` cannot be held weakly.
    pub fn weak_map_set(
        &mut self,
        map: &Variable,
        key: &Variable,
        value: &Variable,
    ) -> Result<(), RuntimeError> {
        self.heap.enter(|scope| {
            let (map, key) = operands(scope, map, key)?;
            let value = scope.local(&value.0)?;
            map.set(scope, Value::Ref(key), Value::Ref(value))?;
            Ok(())
        })
    }

    /// `map.has(key)`.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if `map` is none.
    pub fn weak_map_has(&mut self, map: &Variable, key: &Variable) -> Result<bool, RuntimeError> {
        self.heap.enter(|scope| {
            let (map, key) = operands(scope, map, key)?;
            Ok(map.has(scope, Value::Ref(key))?)
        })
    }

    /// How many entries the map's table holds.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if `map` is none.
    pub fn weak_map_occupancy(&mut self, map: &Variable) -> Result<usize, RuntimeError> {
        self.heap.enter(|scope| {
            let cell = scope.local(&map.0)?;
            Ok(WeakMap::from_cell(scope, cell)?.occupancy(scope)?)
        })
    }
}

/// The cell of an object's variable.
fn object_cell<'s>(scope: &mut Scope<'s>, object: &Variable) -> Result<Local<'s>, RuntimeError> {
    let cell = scope.local(&object.0)?;
    let shape = (scope.kind(cell)?, scope.size(cell)?, scope.slot_count(cell)?);
    if shape == (Kind::Object, layout::EMPTY_OBJECT, FIELDS) {
        Ok(cell)
    } else {
        Err(AccessError::WrongKind.into())
    }
}

/// What a variable refers to; `null` without one.
pub(crate) fn value_of<'s>(
    scope: &mut Scope<'s>,
    variable: Option<&Variable>,
) -> Result<Value<'s>, AccessError> {
    variable.map_or(Ok(Value::Null), |variable| scope.local(&variable.0).map(Value::Ref))
}

fn operands<'s>(
    scope: &mut Scope<'s>,
    map: &Variable,
    key: &Variable,
) -> Result<(WeakMap<'s>, Local<'s>), RuntimeError> {
    let cell = scope.local(&map.0)?;
    let map = WeakMap::from_cell(scope, cell)?;
    Ok((map, scope.local(&key.0)?))
}
