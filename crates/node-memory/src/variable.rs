//! Variables, by what they refer to and by what keeps it alive.
//!
//! Invariant: a `Variable<T>` is only made for a cell of which `T` is true, so what works on it asks for no kind.

use crate::types::Type;
use core::fmt;
use core::marker::PhantomData;
use heap_model::{AccessError, Global, Local, Operand, Scope};

/// A JavaScript variable that refers to a `T`: an [`Object`](crate::Object), an [`Array`](crate::Array), a
/// [`WeakMap`](crate::WeakMap) and so on.
///
/// Its methods are JavaScript's. They take the variable's host, a [`Runtime`](crate::Runtime) or a
/// [`Block`](crate::Block), enter the heap once, and give [`AccessError::WrongHeap`] where the variable is of another
/// runtime.
///
/// `R` says what keeps the cell alive. An [`Owned`] variable does it itself: it may be stored, cloned (`let b = a`), and
/// dropped on any thread, which is `a = null`; one that outlives its runtime is harmless. Making and dropping one takes
/// some 60 ns. A variable of a block is [`InBlock`]: it ends with the block, can be copied and costs nothing.
///
/// ```
/// use node_memory::{Any, Array, Object, Runtime, RuntimeOptions, Variable};
///
/// let mut runtime = Runtime::new(RuntimeOptions::default())?;
/// let object: Variable<Object> = Object::new(&mut runtime)?;
/// let array = Array::new(&mut runtime, 10)?;
/// object.set(&mut runtime, 0, &array)?;
/// // What comes out of a field may be anything.
/// let found: Variable<Any> = object.get(&mut runtime, 0)?.into_variable().expect("an array");
/// let found: Variable<Array> = found.cast(&mut runtime)?;
/// assert_eq!(found.len(&mut runtime)?, 10);
/// // Another kind gives the variable back.
/// let refused = found.erase().cast::<Object>(&mut runtime).unwrap_err();
/// assert_eq!(refused.to_string(), "the variable refers to no Object");
/// assert!(refused.variable.cast::<Array>(&mut runtime).is_ok());
/// # Ok::<(), node_memory::RuntimeError>(())
/// ```
pub struct Variable<T, R = Owned> {
    root: R,
    kind: PhantomData<fn() -> T>,
}

/// A variable of a block: [`Block`](crate::Block).
pub type Let<'s, T> = Variable<T, InBlock<'s>>;

/// What keeps the cell of a variable alive.
pub trait Root: sealed::Root {}

/// The variable itself keeps its cell alive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owned(pub(crate) Global);

/// The block keeps the cell alive in which the variable was made.
#[derive(Clone, Copy, Debug)]
pub struct InBlock<'s>(pub(crate) Local<'s>);

pub mod sealed {
    //! What the operations of this crate use of a root.

    use super::{AccessError, Local, Operand, Scope};

    pub trait Root {
        type Operand<'x>: Operand
        where
            Self: 'x;

        /// The cell, as it is given to an operation of the heap.
        fn operand(&self) -> Self::Operand<'_>;

        /// A handle to the cell; of an owned root, a new one.
        fn local<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Local<'x>, AccessError>;
    }
}

impl Root for Owned {}

impl sealed::Root for Owned {
    type Operand<'x> = &'x Global;

    #[inline(always)]
    fn operand(&self) -> &Global {
        &self.0
    }

    #[inline(always)]
    fn local<'x, 'i: 'x>(&'x self, scope: &mut Scope<'i>) -> Result<Local<'x>, AccessError> {
        scope.local(&self.0)
    }
}

impl Root for InBlock<'_> {}

impl<'s> sealed::Root for InBlock<'s> {
    type Operand<'x>
        = Local<'x>
    where
        's: 'x;

    #[inline(always)]
    fn operand(&self) -> Local<'_> {
        self.0
    }

    #[inline(always)]
    fn local<'x, 'i: 'x>(&'x self, _: &mut Scope<'i>) -> Result<Local<'x>, AccessError> {
        Ok(self.0)
    }
}

impl<T, R> Variable<T, R> {
    /// A variable of a cell of which the caller knows that it is a `T`.
    #[inline(always)]
    pub(crate) fn of(root: R) -> Self {
        Self { root, kind: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn into_root(self) -> R {
        self.root
    }
}

impl<T, R: Root> Variable<T, R> {
    #[inline(always)]
    pub(crate) fn operand(&self) -> R::Operand<'_> {
        self.root.operand()
    }

    #[inline(always)]
    pub(crate) fn local<'x, 'i: 'x>(
        &'x self,
        scope: &mut Scope<'i>,
    ) -> Result<Local<'x>, AccessError> {
        self.root.local(scope)
    }
}

impl<T, R: Clone> Clone for Variable<T, R> {
    fn clone(&self) -> Self {
        Self::of(self.root.clone())
    }
}

impl<T, R: Copy> Copy for Variable<T, R> {}

impl<T: Type, R> fmt::Debug for Variable<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Variable<{}>", T::NAME)
    }
}
