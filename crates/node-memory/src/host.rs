//! What variables are made and used in: a runtime, or a block of one.

use crate::error::RuntimeError;
use crate::memory::Outside;
use crate::types::Type;
use crate::value::Value;
use crate::variable::{InBlock, Let, Root, Variable};
use heap_model::{Local, Scope, Value as Slot};

/// What variables are made and used in: a [`Runtime`](crate::Runtime), which makes [`Owned`](crate::Owned) ones, or a
/// [`Block`], whose variables end with it.
pub trait Host: sealed::Host {}

pub mod sealed {
    //! What the operations of this crate use of a host.

    use super::{Local, Outside, Root, RuntimeError, Scope, Slot, Value};

    pub trait Host {
        /// What keeps the cells alive of the variables that are made here.
        type Root: Root;

        /// Runs `f` on the heap, which leaves no handle (but for a number's).
        fn on<T>(&mut self, f: impl for<'i> FnOnce(&mut Scope<'i>, &mut Outside) -> T) -> T;

        /// Runs `f` on the heap, which leaves the handle that it returns, and makes its root.
        fn keep(
            &mut self,
            f: impl for<'i> FnOnce(&mut Scope<'i>, &mut Outside) -> Result<Local<'i>, RuntimeError>,
        ) -> Result<Self::Root, RuntimeError>;

        /// As [`keep`](Self::keep), of a value that may be there.
        fn keep_value(
            &mut self,
            f: impl for<'i> FnOnce(
                &mut Scope<'i>,
                &mut Outside,
            ) -> Result<Option<Slot<'i>>, RuntimeError>,
        ) -> Result<Option<Value<Self::Root>>, RuntimeError>;
    }
}

/// A block of a runtime's program: `{ const a = ...; }`. Variables that are made in it end with it, so they cost
/// no more than the cells: for loops that make much and keep little.
///
/// A block has at most 33,554,432 variables and fractional numbers that were given or found (2,097,152 on 32-bit systems),
/// those of the blocks around it included; the next one panics. A long loop opens a block for each turn.
///
/// ```
/// use node_memory::{Array, Object, Runtime, RuntimeError, RuntimeOptions};
///
/// let mut runtime = Runtime::new(RuntimeOptions::default())?;
/// let list = Array::new(&mut runtime, 0)?;
/// runtime.block(|block| {
///     for number in 0..100_000 {
///         block.block(|block| {
///             let object = Object::new(block)?;
///             object.set(block, 0, number)?;
///             if number % 1000 == 0 {
///                 list.push(block, &object)?;
///             }
///             Ok::<_, RuntimeError>(())
///         })?;
///     }
///     Ok::<_, RuntimeError>(())
/// })?;
/// assert_eq!(list.len(&mut runtime)?, 100);
/// # Ok::<(), RuntimeError>(())
/// ```
pub struct Block<'a, 's> {
    scope: &'a mut Scope<'s>,
    outside: &'a mut Outside,
}

impl<'a, 's> Block<'a, 's> {
    #[inline(always)]
    pub(crate) fn new(scope: &'a mut Scope<'s>, outside: &'a mut Outside) -> Self {
        Self { scope, outside }
    }

    /// Runs `f` in a block inside this one. Constant time apart from `f`.
    #[inline(always)]
    pub fn block<T>(&mut self, f: impl for<'b, 'i> FnOnce(&mut Block<'b, 'i>) -> T) -> T {
        let outside = &mut *self.outside;
        self.scope.scope(|scope| f(&mut Block { scope, outside }))
    }

    /// Runs `f` in a block inside this one and keeps the variable that it returns. Constant time apart from `f`.
    ///
    /// ```
    /// use node_memory::{Object, Runtime, RuntimeError, RuntimeOptions};
    ///
    /// let mut runtime = Runtime::new(RuntimeOptions::default())?;
    /// runtime.block(|block| {
    ///     let pair = block.escape(|block| {
    ///         let (pair, first) = (Object::new(block)?, Object::new(block)?);
    ///         pair.set(block, 0, &first)?;
    ///         Ok::<_, RuntimeError>(pair)
    ///     })?;
    ///     assert!(pair.get(block, 0)?.into_variable().is_some());
    ///     Ok::<_, RuntimeError>(())
    /// })?;
    /// # Ok::<(), RuntimeError>(())
    /// ```
    ///
    /// # Errors
    /// What `f` fails with.
    #[inline(always)]
    pub fn escape<T, E>(
        &mut self,
        f: impl for<'b, 'i> FnOnce(&mut Block<'b, 'i>) -> Result<Let<'i, T>, E>,
    ) -> Result<Let<'s, T>, E> {
        let outside = &mut *self.outside;
        let kept = self.scope.escape(|scope| {
            let kept = f(&mut Block { scope, outside })?;
            Ok(kept.into_root().0)
        })?;
        Ok(Variable::of(InBlock(kept)))
    }

    /// A variable of this block for what an owned one refers to: each use of it is cheaper. Constant time.
    ///
    /// # Errors
    /// [`RuntimeError::Access`] if the variable is of another runtime.
    #[inline]
    pub fn local<T: Type>(&mut self, variable: &Variable<T>) -> Result<Let<'s, T>, RuntimeError> {
        Ok(Variable::of(InBlock(self.scope.local(variable.operand())?)))
    }

    /// The heap, for those who make cells of their own in it.
    #[inline]
    pub fn scope(&mut self) -> &mut Scope<'s> {
        self.scope
    }
}

impl Host for Block<'_, '_> {}

impl<'s> sealed::Host for Block<'_, 's> {
    type Root = InBlock<'s>;

    #[inline(always)]
    fn on<T>(&mut self, f: impl for<'i> FnOnce(&mut Scope<'i>, &mut Outside) -> T) -> T {
        f(self.scope, self.outside)
    }

    #[inline(always)]
    fn keep(
        &mut self,
        f: impl for<'i> FnOnce(&mut Scope<'i>, &mut Outside) -> Result<Local<'i>, RuntimeError>,
    ) -> Result<InBlock<'s>, RuntimeError> {
        f(self.scope, self.outside).map(InBlock)
    }

    #[inline(always)]
    fn keep_value(
        &mut self,
        f: impl for<'i> FnOnce(&mut Scope<'i>, &mut Outside) -> Result<Option<Slot<'i>>, RuntimeError>,
    ) -> Result<Option<Value<InBlock<'s>>>, RuntimeError> {
        let Some(slot) = f(self.scope, self.outside)? else { return Ok(None) };
        let keep = |_: &mut Scope<'_>, cell| Ok(InBlock(cell));
        Value::of_slot(self.scope, slot, keep).map(Some)
    }
}
