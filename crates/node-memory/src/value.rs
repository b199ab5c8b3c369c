//! What fields, elements and entries hold, and what is given to be held.

use crate::types::Any;
use crate::variable::{Owned, Root, Variable};
use heap_model::{AccessError, HeapError, Local, Scope, Value as Slot, shapes};

/// What a field, an element or an entry holds.
///
/// ```
/// use node_memory::{Null, Object, Runtime, RuntimeOptions, Value};
///
/// let mut runtime = Runtime::new(RuntimeOptions::default())?;
/// let object = Object::new(&mut runtime)?;
/// object.set(&mut runtime, 0, 7)?;
/// object.set(&mut runtime, 1, 0.5)?;
/// object.set(&mut runtime, 2, Null)?;
/// object.set(&mut runtime, 3, &object)?;
/// assert!(matches!(object.get(&mut runtime, 0)?, Value::Number(number) if number == 7.0));
/// assert_eq!(object.get(&mut runtime, 1)?.as_number(), Some(0.5));
/// assert!(matches!(object.get(&mut runtime, 2)?, Value::Null));
/// assert!(object.get(&mut runtime, 3)?.into_variable().is_some());
/// # Ok::<(), node_memory::RuntimeError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Value<R = Owned> {
    /// `undefined`, or an element that is absent.
    Undefined,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Anything else, of which [`Variable::cast`] says what it is.
    Variable(Variable<Any, R>),
}

/// `null`, to be given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Null;

/// `undefined`, to be given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Undefined;

/// What can be given to a field, an element or an entry: a reference to a [`Variable`] or a [`Value`], a number (`i32`,
/// `f64`), a `bool`, [`Null`] and [`Undefined`].
///
/// A number that is no integer of 32 bits takes a cell of 16 bytes, as V8's heap number.
pub trait Argument: sealed::Argument {}

impl<R> Value<R> {
    /// The variable, if it is one.
    #[must_use]
    pub fn into_variable(self) -> Option<Variable<Any, R>> {
        if let Self::Variable(variable) = self { Some(variable) } else { None }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// Whether it is `undefined`.
    #[must_use]
    pub fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// A value that is there; `undefined` where it is not.
    #[inline(always)]
    pub(crate) fn of_option(value: Option<Self>) -> Self {
        value.unwrap_or(Self::Undefined)
    }

    /// What a slot of the heap holds; `keep` makes the root of a cell.
    #[inline]
    pub(crate) fn of_slot<'i, E>(
        scope: &mut Scope<'_>,
        value: Slot<'i>,
        keep: impl FnOnce(&mut Scope<'_>, Local<'i>) -> Result<R, E>,
    ) -> Result<Self, E> {
        Ok(match value {
            Slot::Null => Self::Null,
            Slot::Bool(is) => Self::Bool(is),
            Slot::Smi(number) => Self::Number(f64::from(number)),
            Slot::Ref(cell) => match shapes::number(scope, cell) {
                Ok(number) => Self::Number(number),
                Err(_) => Self::Variable(Variable::of(keep(scope, cell)?)),
            },
            _ => Self::Undefined,
        })
    }
}

impl Value {
    /// What a slot of the heap holds, in a variable that keeps it alive.
    #[inline]
    pub(crate) fn owned(scope: &mut Scope<'_>, value: Slot<'_>) -> Result<Self, AccessError> {
        Self::of_slot(scope, value, |scope, cell| Ok(Owned(scope.global(cell)?)))
    }
}

pub mod sealed {
    //! What the operations of this crate use of an argument.

    use super::{HeapError, Scope, Slot};
    use heap_model::Operand;

    pub trait Argument {
        type Operand<'x>: Operand
        where
            Self: 'x;

        /// The argument as a value of a slot. Leaves a handle.
        fn slot<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Slot<'x>, HeapError>;

        /// The argument, as it is given to an operation of the heap. A number may take a cell, and leave a handle.
        fn operand<'x, 'i: 'x>(
            &'x self,
            scope: &mut Scope<'i>,
        ) -> Result<Self::Operand<'x>, HeapError>;
    }
}

impl<T, R: Root> Argument for &Variable<T, R> {}

impl<T, R: Root> sealed::Argument for &Variable<T, R> {
    type Operand<'x>
        = R::Operand<'x>
    where
        Self: 'x;

    fn slot<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Slot<'x>, HeapError> {
        Ok(Slot::Ref(self.local(scope)?))
    }

    #[inline(always)]
    fn operand<'x, 'i: 'x>(&'x self, _: &mut Scope<'i>) -> Result<Self::Operand<'x>, HeapError> {
        Ok(Variable::operand(self))
    }
}

/// Gives types whose values are constants of the heap.
macro_rules! constants {
    ($($type:ty: $this:ident => $slot:expr;)*) => {$(
        impl Argument for $type {}

        impl sealed::Argument for $type {
            type Operand<'x> = Slot<'x>;

            fn slot<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Slot<'x>, HeapError> {
                self.operand(scope)
            }

            #[inline(always)]
            fn operand<'x, 'i: 'x>(&'x self, _: &mut Scope<'i>) -> Result<Slot<'x>, HeapError> {
                let $this = self;
                Ok($slot)
            }
        }
    )*};
}

constants! {
    i32: number => Slot::Smi(*number);
    bool: is => Slot::Bool(*is);
    Null: _null => Slot::Null;
    Undefined: _undefined => Slot::Undefined;
}

impl Argument for f64 {}

impl sealed::Argument for f64 {
    type Operand<'x> = Slot<'x>;

    fn slot<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Slot<'x>, HeapError> {
        self.operand(scope)
    }

    #[inline]
    fn operand<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Slot<'x>, HeapError> {
        let small = *self as i32;
        if f64::from(small).to_bits() == self.to_bits() {
            return Ok(Slot::Smi(small));
        }
        Ok(Slot::Ref(shapes::heap_number(scope, *self)?))
    }
}

impl<R: Root> Argument for &Value<R> {}

impl<R: Root> sealed::Argument for &Value<R> {
    type Operand<'x>
        = Slot<'x>
    where
        Self: 'x;

    fn slot<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Slot<'x>, HeapError> {
        self.operand(scope)
    }

    fn operand<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Slot<'x>, HeapError> {
        match self {
            Value::Undefined => Ok(Slot::Undefined),
            Value::Null => Ok(Slot::Null),
            Value::Bool(is) => Ok(Slot::Bool(*is)),
            Value::Number(number) => number.operand(scope),
            Value::Variable(variable) => Ok(Slot::Ref(variable.local(scope)?)),
        }
    }
}
