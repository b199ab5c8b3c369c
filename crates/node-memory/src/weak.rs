//! WeakMap, WeakSet and WeakRef, on `weak-refs` and the heap's ephemerons.

use crate::error::RuntimeError;
use crate::host::Host;
use crate::types::{Any, types};
use crate::value::{Argument, Value};
use crate::variable::{Root, Variable};
use heap_model::shapes::{self, Brand};
use heap_model::{Kind, Operand, Scope, Value as Slot};
use weak_refs::WeakError;

types! {
    /// A map that keeps neither its keys nor, beyond them, their values from being collected.
    ///
    /// ```
    /// use node_memory::{Array, Object, Runtime, RuntimeOptions, WeakMap};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let map = WeakMap::new(&mut runtime)?;
    /// let key = Object::new(&mut runtime)?;
    /// let value = Array::new(&mut runtime, 1_000_000)?;
    /// map.set(&mut runtime, &key, &value)?;
    /// drop(value);
    /// runtime.gc();
    /// assert!(map.has(&mut runtime, &key)? && runtime.heap_used() > 8_000_000);
    /// drop(key);
    /// runtime.gc();
    /// assert!(map.occupancy(&mut runtime)? == 0 && runtime.heap_used() < 1000);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    WeakMap = "WeakMap", |scope, cell| Ok(shapes::brand(scope, cell)? == Some(Brand::WeakMap));

    /// A set that does not keep its members from being collected.
    ///
    /// ```
    /// use node_memory::{Object, Runtime, RuntimeOptions, WeakSet};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let seen = WeakSet::new(&mut runtime)?;
    /// let object = Object::new(&mut runtime)?;
    /// seen.add(&mut runtime, &object)?;
    /// assert!(seen.has(&mut runtime, &object)?);
    /// drop(object);
    /// runtime.gc();
    /// assert_eq!(seen.occupancy(&mut runtime)?, 0);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    WeakSet = "WeakSet", |scope, cell| Ok(shapes::brand(scope, cell)? == Some(Brand::WeakSet));

    /// A reference that does not keep its target from being collected. Who makes or reads one keeps the target to the end
    /// of the job ([`Runtime::run_jobs`](crate::Runtime::run_jobs)).
    ///
    /// ```
    /// use node_memory::{Object, Runtime, RuntimeOptions, WeakRef};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let target = Object::new(&mut runtime)?;
    /// let reference = WeakRef::new(&mut runtime, &target)?;
    /// drop(target);
    /// runtime.gc();
    /// assert!(reference.deref(&mut runtime)?.is_some(), "the job goes on");
    /// runtime.run_jobs()?;
    /// runtime.gc();
    /// assert!(reference.deref(&mut runtime)?.is_none());
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    WeakRef = "WeakRef", |scope, cell| Ok(scope.kind(cell)? == Kind::WeakCell);
}

impl WeakMap {
    /// `new WeakMap()`: 136 bytes, with a table for two entries, which grows.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn new<H: Host>(host: &mut H) -> Result<Variable<Self, H::Root>, RuntimeError> {
        let made = host.keep(|scope, _| Ok(weak_refs::WeakMap::new(scope)?.cell()));
        made.map(Variable::of)
    }
}

impl<R: Root> Variable<WeakMap, R> {
    /// `map.get(key)`; `None` where there is none. Expected constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if a variable is of another runtime.
    #[inline]
    pub fn get<K, H: Host>(
        &self,
        host: &mut H,
        key: &Variable<K, impl Root>,
    ) -> Result<Option<Value<H::Root>>, RuntimeError> {
        host.keep_value(|scope, _| Ok(scope.ephemeron_get(self.operand(), key.operand())?))
    }

    /// `map.has(key)`. Expected constant time.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[inline]
    pub fn has<K>(
        &self,
        host: &mut impl Host,
        key: &Variable<K, impl Root>,
    ) -> Result<bool, RuntimeError> {
        host.on(|scope, _| Ok(scope.ephemeron_has(self.operand(), key.operand())?))
    }

    /// `map.set(key, value)`. Expected constant time, amortised.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if the key is a string, [`RuntimeError::OutOfMemory`] at the heap's limit, and as
    /// [`get`](Self::get). The map is unchanged then.
    #[inline]
    pub fn set<K>(
        &self,
        host: &mut impl Host,
        key: &Variable<K, impl Root>,
        value: impl Argument,
    ) -> Result<(), RuntimeError> {
        host.on(|scope, _| {
            check(scope, key.operand())?;
            let value = value.operand(scope)?;
            scope.ephemeron_set(self.operand(), key.operand(), value)?;
            Ok(())
        })
    }

    /// `map.delete(key)`; whether it was there. Expected constant time.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[inline]
    pub fn delete<K>(
        &self,
        host: &mut impl Host,
        key: &Variable<K, impl Root>,
    ) -> Result<bool, RuntimeError> {
        host.on(|scope, _| Ok(scope.ephemeron_delete(self.operand(), key.operand())?))
    }

    /// The number of entries, those of dead keys included until they are collected. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the map is of another runtime.
    pub fn occupancy(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        host.on(|scope, _| Ok(scope.ephemeron_len(self.operand())?))
    }
}

impl WeakSet {
    /// `new WeakSet()`: 136 bytes, with a table for two members, which grows.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn new<H: Host>(host: &mut H) -> Result<Variable<Self, H::Root>, RuntimeError> {
        let made = host.keep(|scope, _| Ok(weak_refs::WeakSet::new(scope)?.cell()));
        made.map(Variable::of)
    }
}

impl<R: Root> Variable<WeakSet, R> {
    /// `set.has(member)`. Expected constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if a variable is of another runtime.
    pub fn has<K>(
        &self,
        host: &mut impl Host,
        member: &Variable<K, impl Root>,
    ) -> Result<bool, RuntimeError> {
        host.on(|scope, _| Ok(scope.ephemeron_has(self.operand(), member.operand())?))
    }

    /// `set.add(member)`. Expected constant time, amortised.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if the member is a string, [`RuntimeError::OutOfMemory`] at the heap's limit, and as
    /// [`has`](Self::has). The set is unchanged then.
    pub fn add<K>(
        &self,
        host: &mut impl Host,
        member: &Variable<K, impl Root>,
    ) -> Result<(), RuntimeError> {
        host.on(|scope, _| {
            check(scope, member.operand())?;
            scope.ephemeron_set(self.operand(), member.operand(), Slot::Bool(true))?;
            Ok(())
        })
    }

    /// `set.delete(member)`; whether it was there. Expected constant time.
    ///
    /// # Errors
    /// As [`has`](Self::has).
    pub fn delete<K>(
        &self,
        host: &mut impl Host,
        member: &Variable<K, impl Root>,
    ) -> Result<bool, RuntimeError> {
        host.on(|scope, _| Ok(scope.ephemeron_delete(self.operand(), member.operand())?))
    }

    /// The number of members, dead ones included until they are collected. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the set is of another runtime.
    pub fn occupancy(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        host.on(|scope, _| Ok(scope.ephemeron_len(self.operand())?))
    }
}

impl WeakRef {
    /// `new WeakRef(target)`: 32 bytes. Expected constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Weak`] if the target is a string, [`RuntimeError::OutOfMemory`] at the heap's limit,
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn new<T, H: Host>(
        host: &mut H,
        target: &Variable<T, impl Root>,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        let made = host.keep(|scope, outside| {
            scope.escape(|scope| {
                let target = Slot::Ref(target.local(scope)?);
                let made = weak_refs::WeakRef::new(scope, &mut outside.agent, target)?;
                Ok::<_, RuntimeError>(made.cell())
            })
        });
        made.map(Variable::of)
    }
}

impl<R: Root> Variable<WeakRef, R> {
    /// `reference.deref()`: the target, which then lives to the end of the job; `None` once it has been collected.
    /// Expected constant time.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit, [`RuntimeError::Access`] if it is of another runtime.
    pub fn deref<H: Host>(
        &self,
        host: &mut H,
    ) -> Result<Option<Variable<Any, H::Root>>, RuntimeError> {
        let found = host.keep_value(|scope, outside| {
            let target = scope.escape_value(|scope| {
                let cell = self.local(scope)?;
                let reference = weak_refs::WeakRef::from_cell(scope, cell)?;
                let target = reference.deref(scope, &mut outside.agent)?;
                Ok::<_, RuntimeError>(target.map_or(Slot::Undefined, Slot::Ref))
            });
            target.map(Some)
        })?;
        Ok(found.and_then(Value::into_variable))
    }
}

/// Whether it can be held weakly.
#[inline]
fn check(scope: &Scope<'_>, key: impl Operand) -> Result<(), RuntimeError> {
    if weak_refs::can_be_held_weakly(scope, key)? {
        Ok(())
    } else {
        Err(WeakError::CannotBeHeldWeakly.into())
    }
}
