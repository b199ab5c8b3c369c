//! Closures and the contexts they share: a function of 56 bytes that refers to a context of
//! 32 + 8n bytes, which refers to the context around it (`heap_model::shapes::context`).

use crate::error::RuntimeError;
use crate::memory::Variable;
use crate::runtime::Runtime;
use crate::values::{local_of, value_of};
use heap_model::shapes;

impl Runtime {
    /// A context for `variables` captured variables, inside `outer`. O(`variables`).
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit; [`RuntimeError::Access`] if `outer` is no context.
    pub fn context(
        &mut self,
        variables: usize,
        outer: Option<&Variable>,
    ) -> Result<Variable, RuntimeError> {
        self.memory.keep(|scope| {
            let outer = local_of(scope, outer)?;
            Ok(shapes::context(scope, outer, variables)?)
        })
    }

    /// Assigns captured variable `index` of a context; `None` is `null`. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the context has no such variable, or is none.
    pub fn capture(
        &mut self,
        context: &Variable,
        index: usize,
        value: Option<&Variable>,
    ) -> Result<(), RuntimeError> {
        self.memory.heap.enter(|scope| {
            let context = scope.local(&context.0)?;
            let value = value_of(scope, value)?;
            Ok(shapes::set_variable(scope, context, index, value)?)
        })
    }

    /// An arrow function over `context`, or over none. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::OutOfMemory`] at the heap's limit; [`RuntimeError::Access`] if `context` is none.
    pub fn arrow_function(&mut self, context: Option<&Variable>) -> Result<Variable, RuntimeError> {
        self.memory.keep(|scope| {
            let context = local_of(scope, context)?;
            Ok(shapes::arrow_function(scope, context)?)
        })
    }
}
