//! Functions and the contexts that they share.

use super::objects::slot_of;
use crate::error::{AccessError, HeapError};
use crate::heap::Heap;
use crate::layout;
use crate::memory::cell::Slot;
use crate::memory::cell::{HEADER, WORD};
use crate::memory::header::Kind;
use crate::scope::operand::{Operand, cell_of};
use crate::scope::{Local, Scope, Value};

/// A function's slot for its context.
pub const CONTEXT: usize = 2;
/// A context's slot for the context around it.
pub const PREVIOUS: usize = 1;
/// A context's slot for its first variable.
pub const VARIABLES: usize = 2;

/// A context of `variables` captured variables, from slot [`VARIABLES`] on, inside `previous`, if there is one.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongKind`] if `previous` is no context,
/// [`AccessError::WrongHeap`].
pub fn context<'s>(
    scope: &mut Scope<'s>,
    previous: Option<Local<'_>>,
    variables: usize,
) -> Result<Local<'s>, HeapError> {
    if let Some(previous) = previous {
        expect_context(scope, previous)?;
    }
    let cell = scope.alloc(Kind::Context, variables.saturating_add(VARIABLES), 0)?;
    scope.set(cell, PREVIOUS, previous.map_or(Value::Null, Value::Ref))?;
    Ok(cell)
}

/// Reads captured variable `index` of a context.
///
/// # Errors
/// [`AccessError::WrongKind`] if it is no context, [`AccessError::SlotOutOfRange`] if it has no such variable,
/// [`AccessError::WrongHeap`].
pub fn variable<'s>(
    scope: &mut Scope<'s>,
    context: impl Operand,
    index: usize,
) -> Result<Value<'s>, AccessError> {
    let slot = variable_slot(&scope.heap, context, index)?;
    Ok(scope.value(slot.get()))
}

/// Writes captured variable `index` of a context.
///
/// # Errors
/// As [`variable`]; [`AccessError::WrongHeap`] also for the value.
pub fn set_variable(
    scope: &mut Scope<'_>,
    context: impl Operand,
    index: usize,
    value: impl Operand,
) -> Result<(), AccessError> {
    let slot = variable_slot(&scope.heap, context, index)?;
    let word = value.word(&scope.heap)?;
    scope.heap.store_slot(slot, word);
    Ok(())
}

/// An arrow function, with a context if given.
///
/// # Errors
/// [`HeapError::OutOfMemory`] at the limit, [`AccessError::WrongKind`] if `context` is none,
/// [`AccessError::WrongHeap`].
pub fn arrow_function<'s, 'c>(
    scope: &mut Scope<'s>,
    context: impl Into<Option<Local<'c>>>,
) -> Result<Local<'s>, HeapError> {
    closure(scope, layout::ARROW_FUNCTION, context.into())
}

/// A function with a prototype, and with a context if given.
///
/// # Errors
/// As [`arrow_function`].
pub fn function<'s, 'c>(
    scope: &mut Scope<'s>,
    context: impl Into<Option<Local<'c>>>,
) -> Result<Local<'s>, HeapError> {
    closure(scope, layout::FUNCTION, context.into())
}

fn closure<'s>(
    scope: &mut Scope<'s>,
    size: usize,
    context: Option<Local<'_>>,
) -> Result<Local<'s>, HeapError> {
    if let Some(context) = context {
        expect_context(scope, context)?;
    }
    let cell = scope.alloc_sized(Kind::Closure, size, (size - HEADER) / WORD)?;
    if let Some(context) = context {
        scope.set(cell, CONTEXT, Value::Ref(context))?;
    }
    Ok(cell)
}

fn expect_context(scope: &Scope<'_>, context: Local<'_>) -> Result<(), AccessError> {
    if scope.kind(context)? == Kind::Context { Ok(()) } else { Err(AccessError::WrongKind) }
}

fn variable_slot(heap: &Heap, context: impl Operand, index: usize) -> Result<Slot, AccessError> {
    let cell = cell_of(heap, context)?.load();
    if !cell.header().is(Kind::Context) {
        return Err(AccessError::WrongKind);
    }
    let slot = slot_of(index, VARIABLES, cell.slot_count())?;
    cell.slot(slot).ok_or(AccessError::WrongKind)
}
