//! Objects with fields, on the shape of `heap_model::shapes::object`.

use crate::error::RuntimeError;
use crate::host::Host;
use crate::types::types;
use crate::value::{Argument, Value};
use crate::variable::{Root, Variable};
use heap_model::AccessError;
use heap_model::shapes::{self, FIELDS};

types! {
    /// An object with fields, which have numbers instead of names.
    ///
    /// ```
    /// use node_memory::{Object, Runtime, RuntimeOptions};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// let point = Object::with_fields(&mut runtime, 2)?;
    /// point.set(&mut runtime, 0, 1.5)?;
    /// point.set(&mut runtime, 1, -2)?;
    /// assert_eq!(point.get(&mut runtime, 1)?.as_number(), Some(-2.0));
    /// assert_eq!(point.size(&mut runtime)?, 24 + 2 * 8);
    /// assert!(point.get(&mut runtime, 2).is_err());
    /// # Ok::<(), node_memory::RuntimeError>(())
    /// ```
    Object = "Object", |scope, cell| shapes::is_object(scope, cell);
}

/// The number of fields for which `{}` has room.
const EMPTY_OBJECT: usize = 4;

impl Object {
    /// `{}`: 56 bytes, with room for four fields (0 to 3).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    #[inline]
    pub fn new<H: Host>(host: &mut H) -> Result<Variable<Self, H::Root>, RuntimeError> {
        Self::with_fields(host, EMPTY_OBJECT)
    }

    /// An object literal or an instance with `fields` fields: 24 + 8 `fields` bytes. O(`fields`).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit.
    #[inline]
    pub fn with_fields<H: Host>(
        host: &mut H,
        fields: usize,
    ) -> Result<Variable<Self, H::Root>, RuntimeError> {
        host.keep(|scope, _| Ok(shapes::object(scope, fields)?)).map(Variable::of)
    }
}

impl<R: Root> Variable<Object, R> {
    /// `object.field`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the object has no room for such a field.
    #[inline]
    pub fn get<H: Host>(&self, host: &mut H, field: usize) -> Result<Value<H::Root>, RuntimeError> {
        let value = host.keep_value(|scope, _| {
            let value = scope.get(self.operand(), FIELDS.saturating_add(field));
            Ok(Some(value.map_err(field_error)?))
        });
        value.map(Value::of_option)
    }

    /// `object.field = value`. Constant time.
    ///
    /// # Errors
    /// As [`get`](Self::get); [`RuntimeError::OutOfMemory`] for a number at the heap's limit. Nothing is written then.
    #[inline]
    pub fn set(
        &self,
        host: &mut impl Host,
        field: usize,
        value: impl Argument,
    ) -> Result<(), RuntimeError> {
        host.on(|scope, _| {
            let value = value.operand(scope)?;
            let set = scope.set(self.operand(), FIELDS.saturating_add(field), value);
            Ok(set.map_err(field_error)?)
        })
    }
}

/// An error of a slot as one of a field.
#[cold]
fn field_error(error: AccessError) -> AccessError {
    match error {
        AccessError::SlotOutOfRange { slot, len } => AccessError::SlotOutOfRange {
            slot: slot.saturating_sub(FIELDS),
            len: len.saturating_sub(FIELDS),
        },
        error => error,
    }
}
