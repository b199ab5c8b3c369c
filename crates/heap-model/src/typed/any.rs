//! From weakly typed values to typed ones.

use super::{Gc, Record};
use crate::scope::{Local, Scope, Value};

/// What a value may be, told by its tag: a record's type stands for its handle.
pub trait FromValue {
    /// The type with another lifetime.
    type At<'t>;

    /// It, if the value is one. Of another heap's cell it is not.
    fn from_value<'t>(value: Value<'t>, scope: &Scope<'_>) -> Option<Self::At<'t>>;
}

impl FromValue for Value<'_> {
    type At<'t> = Value<'t>;

    #[inline(always)]
    fn from_value<'t>(value: Value<'t>, _: &Scope<'_>) -> Option<Value<'t>> {
        Some(value)
    }
}

impl FromValue for Local<'_> {
    type At<'t> = Local<'t>;

    #[inline(always)]
    fn from_value<'t>(value: Value<'t>, _: &Scope<'_>) -> Option<Local<'t>> {
        value.as_local()
    }
}

impl FromValue for bool {
    type At<'t> = bool;

    #[inline(always)]
    fn from_value(value: Value<'_>, _: &Scope<'_>) -> Option<bool> {
        if let Value::Bool(is) = value { Some(is) } else { None }
    }
}

impl FromValue for i32 {
    type At<'t> = i32;

    #[inline(always)]
    fn from_value(value: Value<'_>, _: &Scope<'_>) -> Option<i32> {
        value.as_smi()
    }
}

impl<T: Record> FromValue for T {
    type At<'t> = Gc<'t, T::At<'t>>;

    #[inline(always)]
    fn from_value<'t>(value: Value<'t>, scope: &Scope<'_>) -> Option<Gc<'t, T::At<'t>>> {
        let place = value.as_local()?.place();
        let number = scope.heap.types.known::<T::Id>()?;
        Some(Gc::new(scope.heap.roots.handles.as_record(place, number)?))
    }
}

impl<T: Record> FromValue for Gc<'_, T> {
    type At<'t> = Gc<'t, T::At<'t>>;

    #[inline(always)]
    fn from_value<'t>(value: Value<'t>, scope: &Scope<'_>) -> Option<Gc<'t, T::At<'t>>> {
        T::from_value(value, scope)
    }
}

impl Scope<'_> {
    /// The value as what it is to be, if it is that: a record of a type, an enum that derives [`Slot`](super::Slot), a
    /// boolean, a small integer, or a cell. To tell a record takes one comparison of the cell's header.
    ///
    /// ```
    /// # use heap_model::typed::Record;
    /// # use heap_model::{Heap, HeapOptions, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// #[derive(Record)]
    /// struct Number {
    ///     value: f64,
    /// }
    /// # heap.enter(|scope| {
    /// let value = Value::from(scope.make(Number { value: 1.5 })?);
    /// let number = scope.cast::<Number>(value).expect("a number");
    /// assert_eq!(number.value(scope), 1.5);
    /// assert!(scope.cast::<Number>(Value::Smi(7)).is_none());
    /// # Ok::<(), heap_model::OutOfMemory>(())
    /// # }).unwrap();
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn cast<'t, F: FromValue>(&self, value: impl Into<Value<'t>>) -> Option<F::At<'t>> {
        F::from_value(value.into(), self)
    }
}
