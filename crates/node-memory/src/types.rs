//! What a variable can refer to, and the check of it.

use core::fmt;
use heap_model::{AccessError, Operand, Scope};

/// What a variable can refer to: [`Object`](crate::Object), [`Array`](crate::Array) and so on. Of none of them there is a
/// value in Rust: they are cells of the heap.
pub trait Type: sealed::Type {
    /// JavaScript's name.
    const NAME: &'static str;
}

/// Anything: what comes out of a field, an element or an entry.
/// [`Variable::cast`](crate::Variable::cast) says what it is.
pub enum Any {}

pub mod sealed {
    //! How a cell's type is found out.

    use super::{AccessError, Operand, Scope};

    pub trait Type {
        /// Whether a cell is of the type.
        fn is(scope: &mut Scope<'_>, cell: impl Operand) -> Result<bool, AccessError>;
    }
}

impl Type for Any {
    const NAME: &'static str = "value";
}

impl sealed::Type for Any {
    fn is(scope: &mut Scope<'_>, cell: impl Operand) -> Result<bool, AccessError> {
        scope.kind(cell).map(|_| true)
    }
}

impl fmt::Debug for Any {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

/// Makes types: a name, and how a cell's type is found out.
macro_rules! types {
    ($($(#[$doc:meta])* $name:ident = $spelled:literal, |$scope:ident, $cell:ident| $is:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl $crate::types::Type for $name {
            const NAME: &'static str = $spelled;
        }

        impl $crate::types::sealed::Type for $name {
            #[inline]
            fn is(
                $scope: &mut heap_model::Scope<'_>,
                $cell: impl heap_model::Operand,
            ) -> Result<bool, heap_model::AccessError> {
                $is
            }
        }
    )*};
}

pub(crate) use types;

/// Whether what only works on cells of a type works on this one: it is a cell of another type where that is
/// [`AccessError::WrongKind`].
pub fn works<T>(result: Result<T, AccessError>) -> Result<bool, AccessError> {
    match result {
        Ok(_) => Ok(true),
        Err(AccessError::WrongKind) => Ok(false),
        Err(error) => Err(error),
    }
}
