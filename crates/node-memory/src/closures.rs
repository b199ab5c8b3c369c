//! Closures and the contexts they share: a function of 56 bytes that refers to a context of
//! 32 + 8n bytes, which refers to the context around it. No unsafe code.

use crate::values::value_of;
use crate::{Runtime, RuntimeError, Variable};
use heap_model::{AccessError, Kind, Local, Scope, Value, layout};

/// A context's own slots: its scope's description and the context around it.
const PREVIOUS: usize = 1;
const FIRST_VARIABLE: usize = 2;
/// The slot of a function that refers to its context.
const CONTEXT: usize = 0;

impl Runtime {
    /// A context for `variables` captured variables, inside `outer`.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit; [`RuntimeError::Access`] if `outer` is no context.
    pub fn context(
        &mut self,
        variables: usize,
        outer: Option<&Variable>,
    ) -> Result<Variable, RuntimeError> {
        self.keep(|scope| {
            let slots = variables.saturating_add(FIRST_VARIABLE);
            let context = scope.alloc(Kind::Context, slots, 0)?;
            if let Some(outer) = outer {
                let outer = context_cell(scope, outer)?;
                scope.set(context, PREVIOUS, Value::Ref(outer))?;
            }
            Ok(context)
        })
    }

    /// Assigns captured variable `index` of a context; `None` is `null`.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the context has no such variable, or is none.
    pub fn capture(
        &mut self,
        context: &Variable,
        index: usize,
        value: Option<&Variable>,
    ) -> Result<(), RuntimeError> {
        self.heap.enter(|scope| {
            let context = context_cell(scope, context)?;
            let value = value_of(scope, value)?;
            Ok(scope.set(context, FIRST_VARIABLE.saturating_add(index), value)?)
        })
    }

    /// An arrow function over `context`, or over none.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit; [`RuntimeError::Access`] if `context` is none.
    pub fn arrow_function(&mut self, context: Option<&Variable>) -> Result<Variable, RuntimeError> {
        self.keep(|scope| {
            let function = scope.alloc_sized(Kind::Closure, layout::ARROW_FUNCTION, 1)?;
            if let Some(context) = context {
                let context = context_cell(scope, context)?;
                scope.set(function, CONTEXT, Value::Ref(context))?;
            }
            Ok(function)
        })
    }
}

/// The cell of a context's variable.
fn context_cell<'s>(scope: &mut Scope<'s>, context: &Variable) -> Result<Local<'s>, AccessError> {
    let cell = scope.local(&context.0)?;
    if scope.kind(cell)? == Kind::Context { Ok(cell) } else { Err(AccessError::WrongKind) }
}
