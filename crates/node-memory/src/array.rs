//! Arrays, on the shape of `heap_model::shapes::array`.

use crate::error::RuntimeError;
use crate::host::Host;
use crate::types::{types, works};
use crate::value::{Argument, Value};
use crate::variable::{Root, Variable};
use heap_model::collections::array;
use heap_model::shapes;

types! {
    /// An array that grows.
    ///
    /// ```
    /// use node_memory::{Array, JsString, Null, Runtime, RuntimeOptions, Value};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let array = Array::new(&mut runtime, 0)?;
    /// let text = JsString::new(&mut runtime, "text")?;
    /// for length in 1..=17 {
    ///     assert_eq!(array.push(&mut runtime, &text)?, length);
    /// }
    /// array.set(&mut runtime, 16, Null)?;
    /// assert!(array.get(&mut runtime, 15)?.into_variable().is_some());
    /// assert!(matches!(array.pop(&mut runtime)?, Some(Value::Null)));
    /// assert_eq!(array.len(&mut runtime)?, 16);
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    Array = "Array", |scope, cell| works(array::len(scope, cell));
}

impl Array {
    /// `new Array(length)`: 32 bytes, and 16 + 8 `length` bytes of elements, which are absent. O(length).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    #[inline]
    pub fn new<H: Host>(
        host: &mut H,
        length: usize,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        host.keep(|scope, _| Ok(shapes::array(scope, length)?)).map(Variable::of)
    }
}

impl<R: Root> Variable<Array, R> {
    /// `array.length`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the array is of another runtime.
    pub fn len(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        host.on(|scope, _| Ok(array::len(scope, self.operand())?))
    }

    /// `array[index]`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the array is not as long.
    #[inline]
    pub fn get<H: Host>(&self, host: &mut H, index: usize) -> Result<Value<H::Root>, RuntimeError> {
        let value = host.keep_value(|scope, _| Ok(Some(array::get(scope, self.operand(), index)?)));
        value.map(Value::of_option)
    }

    /// `array[index] = value`, where the array is as long. Constant time.
    ///
    /// # Errors
    /// As [`get`](Self::get); [`RuntimeError::OutOfMemory`] for a number at the heap's limit. Nothing is written then.
    #[inline]
    pub fn set(
        &self,
        host: &mut impl Host,
        index: usize,
        value: impl Argument,
    ) -> Result<(), RuntimeError> {
        host.on(|scope, _| {
            let value = value.operand(scope)?;
            Ok(array::set(scope, self.operand(), index, value)?)
        })
    }

    /// `array.push(value)`, which gives the new length. Amortised constant time: full elements are replaced by half as
    /// many again and 16 (V8: `JSObject::NewElementsCapacity`).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit. The array is unchanged then.
    #[inline]
    pub fn push(&self, host: &mut impl Host, value: impl Argument) -> Result<usize, RuntimeError> {
        host.on(|scope, _| {
            let value = value.operand(scope)?;
            Ok(array::push(scope, self.operand(), value)?)
        })
    }

    /// `array.pop()`; `None` of an empty array. Amortised constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the array is of another runtime.
    pub fn pop<H: Host>(&self, host: &mut H) -> Result<Option<Value<H::Root>>, RuntimeError> {
        host.keep_value(|scope, _| Ok(array::pop(scope, self.operand())?))
    }

    /// `array.length = length`: elements beyond are dropped, new ones are absent. O(elements).
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn set_len(&self, host: &mut impl Host, length: usize) -> Result<(), RuntimeError> {
        host.on(|scope, _| Ok(array::set_len(scope, self.operand(), length)?))
    }
}
