//! What can be done with a variable of any type.

use crate::error::RuntimeError;
use crate::host::Host;
use crate::types::{Any, Type};
use crate::variable::{Owned, Root, Variable};
use core::fmt;

/// A variable that does not refer to what was expected. It comes back.
pub struct NotA<R = Owned> {
    /// The variable.
    pub variable: Variable<Any, R>,
    /// The name of the type that was expected.
    pub expected: &'static str,
}

impl<T, R: Root> Variable<T, R> {
    /// The same variable, of which it is no longer known what it refers to. Constant time.
    #[must_use]
    pub fn erase(self) -> Variable<Any, R> {
        Variable::of(self.into_root())
    }

    /// The same variable, if it refers to a `U`. Constant time.
    ///
    /// # Errors
    /// [`NotA`], with the variable, if it refers to something else or is of another runtime.
    #[inline]
    pub fn cast<U: Type>(self, host: &mut impl Host) -> Result<Variable<U, R>, NotA<R>> {
        let is = host.on(|scope, _| U::is(scope, self.operand()));
        if is == Ok(true) {
            Ok(Variable::of(self.into_root()))
        } else {
            Err(NotA { variable: self.erase(), expected: U::NAME })
        }
    }

    /// A variable that keeps the cell alive itself, for what leaves its block. Amortised constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn own(&self, host: &mut impl Host) -> Result<Variable<T>, RuntimeError> {
        host.on(|scope, _| {
            scope.scope(|scope| {
                let cell = self.local(scope)?;
                Ok(Variable::of(Owned(scope.global(cell)?)))
            })
        })
    }

    /// Whether both refer to one cell, as `===` says of two objects. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if one is of another runtime.
    pub fn is_same<U, Q: Root>(
        &self,
        host: &mut impl Host,
        other: &Variable<U, Q>,
    ) -> Result<bool, RuntimeError> {
        host.on(|scope, _| {
            scope.scope(|scope| {
                let (one, other) = (self.local(scope)?, other.local(scope)?);
                Ok(scope.same(one, other))
            })
        })
    }

    /// The bytes that the cell has in the heap, without what it refers to. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if it is of another runtime.
    pub fn size(&self, host: &mut impl Host) -> Result<usize, RuntimeError> {
        host.on(|scope, _| {
            scope.scope(|scope| {
                let cell = self.local(scope)?;
                Ok(scope.size(cell)?)
            })
        })
    }
}

impl<R> fmt::Debug for NotA<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotA").field("expected", &self.expected).finish_non_exhaustive()
    }
}

impl<R> fmt::Display for NotA<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the variable refers to no {}", self.expected)
    }
}

impl<R> core::error::Error for NotA<R> {}

impl<R> From<NotA<R>> for RuntimeError {
    /// Drops the variable.
    fn from(error: NotA<R>) -> Self {
        Self::NotA { expected: error.expected }
    }
}
