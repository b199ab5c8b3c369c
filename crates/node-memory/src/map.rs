//! Map and Set, on the tables of `heap_model::collections`.

use crate::error::RuntimeError;
use crate::host::Host;
use crate::types::{types, works};
use crate::value::{Argument, Value};
use crate::variable::{Root, Variable};
use heap_model::collections::{SameValueZero, map, set};
use heap_model::shapes;

types! {
    /// A Map, in the order of insertion; keys are compared as JavaScript does (`SameValueZero`).
    ///
    /// ```
    /// use node_memory::{JsString, Map, Runtime, RuntimeOptions};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let cache = Map::new(&mut runtime)?;
    /// let key = JsString::new(&mut runtime, "answer")?;
    /// cache.set(&mut runtime, &key, 42)?;
    /// // Another string with the same characters is the same key.
    /// let same = JsString::new(&mut runtime, "answer")?;
    /// assert_eq!(cache.get(&mut runtime, &same)?.and_then(|value| value.as_number()), Some(42.0));
    /// assert!(cache.delete(&mut runtime, &same)?);
    /// assert_eq!(cache.len(&mut runtime)?, 0);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    Map = "Map", |scope, cell| works(map::len(scope, cell));

    /// A Set, in the order of insertion; values are compared as the keys of a [`Map`].
    ///
    /// ```
    /// use node_memory::{Object, Runtime, RuntimeOptions, Set};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let seen = Set::new(&mut runtime)?;
    /// let object = Object::new(&mut runtime)?;
    /// assert!(seen.add(&mut runtime, &object)? && !seen.add(&mut runtime, &object)?);
    /// assert!(seen.has(&mut runtime, &object)? && !seen.has(&mut runtime, 7)?);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    Set = "Set", |scope, cell| works(set::len(scope, cell));
}

impl Map {
    /// `new Map()`: 32 bytes, and a table of 184 bytes for four entries, which grows by twice.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn new<H: Host>(host: &mut H) -> Result<Variable<Self, H::Root>, RuntimeError> {
        host.keep(|scope, _| Ok(shapes::map(scope, 0)?)).map(Variable::of)
    }
}

impl<R: Root> Variable<Map, R> {
    /// `map.get(key)`; `None` where there is none. Expected constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if a variable is of another runtime.
    pub fn get<H: Host>(
        &self,
        host: &mut H,
        key: impl Argument,
    ) -> Result<Option<Value<H::Root>>, RuntimeError> {
        host.keep_value(|scope, _| {
            let key = key.operand(scope)?;
            Ok(map::get(scope, &SameValueZero, self.operand(), key)?)
        })
    }

    /// `map.has(key)`. Expected constant time.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn has(&self, host: &mut impl Host, key: impl Argument) -> Result<bool, RuntimeError> {
        host.on(|scope, _| {
            let key = key.operand(scope)?;
            Ok(map::has(scope, &SameValueZero, self.operand(), key)?)
        })
    }

    /// `map.set(key, value)`; whether the key is new. Expected constant time, amortised.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit, and as [`get`](Self::get); the map is unchanged then.
    pub fn set(
        &self,
        host: &mut impl Host,
        key: impl Argument,
        value: impl Argument,
    ) -> Result<bool, RuntimeError> {
        host.on(|scope, _| {
            let (key, value) = (key.operand(scope)?, value.operand(scope)?);
            Ok(map::set(scope, &SameValueZero, self.operand(), key, value)?)
        })
    }

    /// `map.delete(key)`; whether it was there. Expected constant time, amortised.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn delete(&self, host: &mut impl Host, key: impl Argument) -> Result<bool, RuntimeError> {
        host.on(|scope, _| {
            let key = key.operand(scope)?;
            Ok(map::delete(scope, &SameValueZero, self.operand(), key)?)
        })
    }

    /// `map.clear()`. Constant time.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn clear(&self, host: &mut impl Host) -> Result<(), RuntimeError> {
        host.on(|scope, _| Ok(map::clear(scope, self.operand())?))
    }

    /// `map.size`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the map is of another runtime.
    #[doc(alias = "size")]
    pub fn len(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        host.on(|scope, _| Ok(map::len(scope, self.operand())?))
    }

    /// `[...map]`, as variables of Rust's: keys and values in the order of insertion. O(entries).
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the map is of another runtime.
    pub fn entries(&self, host: &mut impl Host) -> Result<Vec<(Value, Value)>, RuntimeError> {
        host.on(|scope, _| {
            let mut found = Vec::new();
            scope.scope(|scope| {
                let mut entries = map::entries(scope, self.operand())?;
                while scope.scope(|scope| {
                    let Some((key, value)) = entries.next(scope)? else { return Ok(false) };
                    found.push((Value::owned(scope, key)?, Value::owned(scope, value)?));
                    Ok::<_, RuntimeError>(true)
                })? {}
                Ok(found)
            })
        })
    }
}

impl Set {
    /// `new Set()`: 32 bytes, and a table of 152 bytes for four values, which grows by twice.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn new<H: Host>(host: &mut H) -> Result<Variable<Self, H::Root>, RuntimeError> {
        host.keep(|scope, _| Ok(shapes::set(scope, 0)?)).map(Variable::of)
    }
}

impl<R: Root> Variable<Set, R> {
    /// `set.has(value)`. Expected constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if a variable is of another runtime.
    pub fn has(&self, host: &mut impl Host, value: impl Argument) -> Result<bool, RuntimeError> {
        host.on(|scope, _| {
            let value = value.operand(scope)?;
            Ok(set::has(scope, &SameValueZero, self.operand(), value)?)
        })
    }

    /// `set.add(value)`; whether it is new. Expected constant time, amortised.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit, and as [`has`](Self::has); the set is unchanged then.
    pub fn add(&self, host: &mut impl Host, value: impl Argument) -> Result<bool, RuntimeError> {
        host.on(|scope, _| {
            let value = value.operand(scope)?;
            Ok(set::add(scope, &SameValueZero, self.operand(), value)?)
        })
    }

    /// `set.delete(value)`; whether it was there. Expected constant time, amortised.
    ///
    /// # Errors
    /// As [`has`](Self::has).
    pub fn delete(&self, host: &mut impl Host, value: impl Argument) -> Result<bool, RuntimeError> {
        host.on(|scope, _| {
            let value = value.operand(scope)?;
            Ok(set::delete(scope, &SameValueZero, self.operand(), value)?)
        })
    }

    /// `set.clear()`. Constant time.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn clear(&self, host: &mut impl Host) -> Result<(), RuntimeError> {
        host.on(|scope, _| Ok(set::clear(scope, self.operand())?))
    }

    /// `set.size`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the set is of another runtime.
    #[doc(alias = "size")]
    pub fn len(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        host.on(|scope, _| Ok(set::len(scope, self.operand())?))
    }

    /// `[...set]`, as variables of Rust's, in the order of insertion. O(values).
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the set is of another runtime.
    pub fn values(&self, host: &mut impl Host) -> Result<Vec<Value>, RuntimeError> {
        host.on(|scope, _| {
            let mut found = Vec::new();
            scope.scope(|scope| {
                let mut values = set::values(scope, self.operand())?;
                while scope.scope(|scope| {
                    let Some(value) = values.next(scope)? else { return Ok(false) };
                    found.push(Value::owned(scope, value)?);
                    Ok::<_, RuntimeError>(true)
                })? {}
                Ok(found)
            })
        })
    }
}
