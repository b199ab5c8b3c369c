//! What can be held weakly.

use super::error::WeakError;
use heap_model::{AccessError, Kind, Local, Operand, Scope, Value};

/// Whether a value can be held weakly: only cells with identity can (ECMA-262, 9.14 CanBeHeldWeakly). Constant time.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Value, shapes};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// heap.enter(|scope| -> Result<(), heap_model::HeapError> {
///     let (object, text) = (shapes::object(scope, 0)?, shapes::one_byte_string(scope, b"text")?);
///     assert!(weak_refs::can_be_held_weakly(scope, object)?);
///     assert!(!weak_refs::can_be_held_weakly(scope, text)?);
///     assert!(!weak_refs::can_be_held_weakly(scope, Value::Smi(7))?);
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`AccessError::WrongHeap`].
#[inline]
#[doc(alias = "CanBeHeldWeakly")]
pub fn can_be_held_weakly(scope: &Scope<'_>, value: impl Operand) -> Result<bool, AccessError> {
    match scope.kind(value) {
        Ok(
            Kind::OneByteString
            | Kind::TwoByteString
            | Kind::ConsString
            | Kind::SlicedString
            | Kind::Double,
        )
        | Err(AccessError::WrongKind) => Ok(false),
        Ok(_) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The cell of a value that can be held weakly.
///
/// # Errors
/// [`WeakError::CannotBeHeldWeakly`] for a value without identity.
#[inline]
pub fn held_weakly<'v>(scope: &Scope<'_>, value: Value<'v>) -> Result<Local<'v>, WeakError> {
    let Value::Ref(cell) = value else { return Err(WeakError::CannotBeHeldWeakly) };
    if can_be_held_weakly(scope, cell)? { Ok(cell) } else { Err(WeakError::CannotBeHeldWeakly) }
}
