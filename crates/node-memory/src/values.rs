//! JavaScript's objects, strings and WeakMaps, on the shapes of `heap_model::shapes`.

use crate::error::RuntimeError;
use crate::memory::Variable;
use crate::runtime::Runtime;
use heap_model::{AccessError, Local, Scope, Value, shapes};
use weak_refs::WeakMap;

/// How many fields `{}` has room for.
const FIELDS: usize = 4;

impl Runtime {
    /// `{}`: 56 bytes, with four fields in the object (0 to 3).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn object(&mut self) -> Result<Variable, RuntimeError> {
        self.memory.keep(|scope| Ok(shapes::object(scope, FIELDS)?))
    }

    /// A flat string of one-byte characters: 16 bytes and its characters, rounded up to 8.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn string(&mut self, latin1: &[u8]) -> Result<Variable, RuntimeError> {
        self.memory.keep(|scope| Ok(shapes::one_byte_string(scope, latin1)?))
    }

    /// `object.field = value`, by the field's index; `None` is `null`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable does not refer to an [`object`](Self::object), or the object has no
    /// room for such a field.
    pub fn set_field(
        &mut self,
        object: &Variable,
        field: usize,
        value: Option<&Variable>,
    ) -> Result<(), RuntimeError> {
        self.memory.heap.enter(|scope| {
            let object = scope.local(&object.0)?;
            let value = value_of(scope, value)?;
            Ok(shapes::set_field(scope, object, field, value)?)
        })
    }

    /// `object.field`, by the field's index; `None` where it holds no reference. Constant time.
    ///
    /// # Errors
    /// As [`set_field`](Self::set_field).
    pub fn field(
        &mut self,
        object: &Variable,
        field: usize,
    ) -> Result<Option<Variable>, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let object = scope.local(&object.0)?;
            let value = shapes::field(scope, object, field)?;
            variable_of(scope, value)
        })
    }

    /// Stores a small integer in a field. Constant time.
    ///
    /// # Errors
    /// As [`set_field`](Self::set_field).
    pub fn set_number(
        &mut self,
        object: &Variable,
        field: usize,
        number: i32,
    ) -> Result<(), RuntimeError> {
        self.memory.heap.enter(|scope| {
            let object = scope.local(&object.0)?;
            Ok(shapes::set_field(scope, object, field, Value::Smi(number))?)
        })
    }

    /// The small integer in a field, if there is one. Constant time.
    ///
    /// # Errors
    /// As [`set_field`](Self::set_field).
    pub fn number(&mut self, object: &Variable, field: usize) -> Result<Option<i32>, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let object = scope.local(&object.0)?;
            Ok(match shapes::field(scope, object, field)? {
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
        self.memory.keep(|scope| Ok(WeakMap::new(scope)?.cell()))
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
        self.memory.heap.enter(|scope| {
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
        self.memory.heap.enter(|scope| {
            let (map, key) = operands(scope, map, key)?;
            Ok(map.has(scope, Value::Ref(key))?)
        })
    }

    /// How many entries the map's table holds.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if `map` is none.
    pub fn weak_map_occupancy(&mut self, map: &Variable) -> Result<usize, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let cell = scope.local(&map.0)?;
            Ok(WeakMap::from_cell(scope, cell)?.occupancy(scope)?)
        })
    }
}

/// The cell of a variable, if there is one.
pub(crate) fn local_of<'s>(
    scope: &mut Scope<'s>,
    variable: Option<&Variable>,
) -> Result<Option<Local<'s>>, AccessError> {
    variable.map(|variable| scope.local(&variable.0)).transpose()
}

/// The value of a variable; `null` without one.
pub(crate) fn value_of<'s>(
    scope: &mut Scope<'s>,
    variable: Option<&Variable>,
) -> Result<Value<'s>, AccessError> {
    Ok(local_of(scope, variable)?.map_or(Value::Null, Value::Ref))
}

/// A variable of the cell that a value refers to, if it refers to one.
pub(crate) fn variable_of(
    scope: &mut Scope<'_>,
    value: Value<'_>,
) -> Result<Option<Variable>, RuntimeError> {
    match value {
        Value::Ref(cell) => Ok(Some(Variable(scope.global(cell)?))),
        _ => Ok(None),
    }
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
