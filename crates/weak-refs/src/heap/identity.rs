//! What can be held weakly.

use super::error::WeakError;
use heap_model::{Kind, Local, Scope, Value};

/// The cell of a value that can be held weakly (ECMA-262, 9.14 CanBeHeldWeakly).
///
/// # Errors
/// [`WeakError::CannotBeHeldWeakly`] for a value without identity.
#[inline]
pub fn held_weakly<'v>(scope: &Scope<'_>, value: Value<'v>) -> Result<Local<'v>, WeakError> {
    let Value::Ref(cell) = value else { return Err(WeakError::CannotBeHeldWeakly) };
    match scope.kind(cell)? {
        Kind::OneByteString
        | Kind::TwoByteString
        | Kind::ConsString
        | Kind::SlicedString
        | Kind::Double => Err(WeakError::CannotBeHeldWeakly),
        _ => Ok(cell),
    }
}
