//! JavaScript's arrays, on the shape of `heap_model::shapes::array`.

use crate::error::RuntimeError;
use crate::memory::Variable;
use crate::runtime::Runtime;
use crate::values::{value_of, variable_of};
use heap_model::collections::array;
use heap_model::shapes;

impl Runtime {
    /// `new Array(length)`: 32 bytes and 16 + 8 `length` bytes of elements. O(length).
    ///
    /// ```
    /// use node_memory::{Runtime, RuntimeOptions};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let (array, text) = (runtime.array(0)?, runtime.string(b"text")?);
    /// for length in 1..=17 {
    ///     assert_eq!(runtime.array_push(&array, Some(&text))?, length);
    /// }
    /// runtime.array_set(&array, 16, None)?;
    /// assert!(runtime.array_get(&array, 15)?.is_some() && runtime.array_get(&array, 16)?.is_none());
    /// assert_eq!(runtime.array_length(&array)?, 17);
    /// // An array has elements and no fields.
    /// assert!(runtime.set_field(&array, 0, Some(&text)).is_err());
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn array(&mut self, length: usize) -> Result<Variable, RuntimeError> {
        self.memory.keep(|scope| Ok(shapes::array(scope, length)?))
    }

    /// `array.length`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else.
    pub fn array_length(&mut self, array: &Variable) -> Result<usize, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let array = scope.local(&array.0)?;
            Ok(array::len(scope, array)?)
        })
    }

    /// `array[index]`; `None` where it holds no reference. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else, or the array is not as long.
    pub fn array_get(
        &mut self,
        array: &Variable,
        index: usize,
    ) -> Result<Option<Variable>, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let array = scope.local(&array.0)?;
            let element = array::get(scope, array, index)?;
            variable_of(scope, element)
        })
    }

    /// `array[index] = value`, where the array is as long; `None` is `null`. Constant time.
    ///
    /// # Errors
    /// As [`array_get`](Self::array_get); nothing is written then.
    pub fn array_set(
        &mut self,
        array: &Variable,
        index: usize,
        value: Option<&Variable>,
    ) -> Result<(), RuntimeError> {
        self.memory.heap.enter(|scope| {
            let array = scope.local(&array.0)?;
            let value = value_of(scope, value)?;
            Ok(array::set(scope, array, index, value)?)
        })
    }

    /// `array.push(value)`, which gives the new length; `None` is `null`. Amortised constant time: full elements
    /// are replaced by half as many again and 16 (V8: `JSObject::NewElementsCapacity`).
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else; [`RuntimeError::OutOfMemory`] at the
    /// heap's limit. The array is unchanged then.
    pub fn array_push(
        &mut self,
        array: &Variable,
        value: Option<&Variable>,
    ) -> Result<usize, RuntimeError> {
        self.memory.heap.enter(|scope| {
            let array = scope.local(&array.0)?;
            let value = value_of(scope, value)?;
            Ok(array::push(scope, array, value)?)
        })
    }
}
