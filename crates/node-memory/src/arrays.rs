//! JavaScript's arrays: a cell with V8's size, the elements in a cell of their own, and the length as a small
//! integer. The elements have at least as many slots as the array is long. No unsafe code.

use crate::values::value_of;
use crate::{Runtime, RuntimeError, Variable};
use heap_model::shapes::{ELEMENTS, LENGTH};
use heap_model::{AccessError, Kind, Local, Scope, Value, layout};

/// How many slots an array's own cell has.
const SLOTS: usize = 2;

impl Runtime {
    /// `new Array(length)`: 32 bytes and 16 + 8 `length` bytes of elements.
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
    /// // Its elements are the array's own.
    /// assert!(runtime.set_field(&array, 0, Some(&text)).is_err());
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    pub fn array(&mut self, length: usize) -> Result<Variable, RuntimeError> {
        self.keep(|scope| {
            scope.escape(|scope| {
                let array = scope.alloc_sized(Kind::Object, layout::JS_ARRAY, SLOTS)?;
                let elements = scope.alloc(Kind::Array, length, 0)?;
                scope.set(array, ELEMENTS, Value::Ref(elements))?;
                set_length(scope, array, length)?;
                Ok::<_, RuntimeError>(array)
            })
        })
    }

    /// `array.length`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else.
    pub fn array_length(&mut self, array: &Variable) -> Result<usize, RuntimeError> {
        self.heap.enter(|scope| Ok(parts(scope, array)?.length))
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
        self.heap.enter(|scope| {
            let elements = parts(scope, array)?.element(index)?;
            match scope.get(elements, index)? {
                Value::Ref(cell) => Ok(Some(Variable(scope.global(cell)?))),
                _ => Ok(None),
            }
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
        self.heap.enter(|scope| {
            let elements = parts(scope, array)?.element(index)?;
            let value = value_of(scope, value)?;
            Ok(scope.set(elements, index, value)?)
        })
    }

    /// `array.push(value)`, which gives the new length; `None` is `null`. Amortised constant time: elements that are
    /// full are replaced by half as many again and 16 (V8: `JSObject::NewElementsCapacity`).
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable refers to something else; [`RuntimeError::OutOfMemory`] at the
    /// heap's limit. The array is as it was then.
    pub fn array_push(
        &mut self,
        array: &Variable,
        value: Option<&Variable>,
    ) -> Result<usize, RuntimeError> {
        self.heap.enter(|scope| {
            let Parts { cell, elements, length } = parts(scope, array)?;
            let value = value_of(scope, value)?;
            let elements = if length < scope.slot_count(elements)? {
                elements
            } else {
                grow(scope, cell, elements, length)?
            };
            scope.set(elements, length, value)?;
            set_length(scope, cell, length + 1)?;
            Ok(length + 1)
        })
    }
}

/// An array's cell, and what it has.
struct Parts<'s> {
    cell: Local<'s>,
    elements: Local<'s>,
    length: usize,
}

impl<'s> Parts<'s> {
    /// The elements, of which there is one with this index.
    fn element(&self, index: usize) -> Result<Local<'s>, AccessError> {
        let (slot, len) = (index, self.length);
        if slot < len { Ok(self.elements) } else { Err(AccessError::SlotOutOfRange { slot, len }) }
    }
}

fn parts<'s>(scope: &mut Scope<'s>, array: &Variable) -> Result<Parts<'s>, AccessError> {
    let cell = scope.local(&array.0)?;
    let shape = (scope.kind(cell)?, scope.size(cell)?, scope.slot_count(cell)?);
    if shape != (Kind::Object, layout::JS_ARRAY, SLOTS) {
        return Err(AccessError::WrongKind);
    }
    match (scope.get(cell, ELEMENTS)?, scope.get(cell, LENGTH)?) {
        (Value::Ref(elements), Value::Smi(length)) => {
            Ok(Parts { cell, elements, length: length as usize })
        }
        _ => Err(AccessError::WrongKind),
    }
}

/// A cell has fewer than 2^27 slots, so a small integer tells how many.
fn set_length(scope: &mut Scope<'_>, array: Local<'_>, length: usize) -> Result<(), AccessError> {
    scope.set(array, LENGTH, Value::Smi(length as i32))
}

/// Replaces an array's full elements by larger ones.
fn grow<'s>(
    scope: &mut Scope<'s>,
    array: Local<'_>,
    elements: Local<'_>,
    length: usize,
) -> Result<Local<'s>, RuntimeError> {
    let needed = length + 1;
    let grown = scope.alloc(Kind::Array, needed + needed / 2 + 16, 0)?;
    for slot in 0..length {
        scope.scope(|scope| {
            let element = scope.get(elements, slot)?;
            scope.set(grown, slot, element)
        })?;
    }
    scope.set(array, ELEMENTS, Value::Ref(grown))?;
    Ok(grown)
}
