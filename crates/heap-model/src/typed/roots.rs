//! Records that are kept outside of scopes.

use super::{FromValue, Gc, Record};
use crate::error::AccessError;
use crate::roots::Global;
use crate::scope::{Local, Scope, Value};
use core::fmt;
use core::marker::PhantomData;

/// An owned root of a record: what [`Global`] is to any cell.
pub struct Root<T> {
    global: Global,
    of: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Root<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Root<{}>", core::any::type_name::<T>())
    }
}

impl<'s> Scope<'s> {
    /// Makes an owned root of a record. As [`global`](Self::global).
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn root<T: Record>(&mut self, gc: Gc<'_, T>) -> Result<Root<T::Id>, AccessError> {
        Ok(Root { global: self.global(Local::from(gc))?, of: PhantomData })
    }

    /// A handle to what an owned root refers to. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn rooted<T: Record>(&mut self, root: &Root<T>) -> Result<Gc<'s, T::At<'s>>, AccessError> {
        let local = self.local(&root.global)?;
        T::from_value(Value::Ref(local), self).ok_or(AccessError::WrongKind)
    }
}
