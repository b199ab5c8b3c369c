//! Records that are kept outside of scopes.

use super::{FromValue, Gc, Record};
use crate::error::AccessError;
use crate::roots::Global;
use crate::scope::{Local, Scope, Value};
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

/// An owned root of a record: what [`Global`] is to any cell, also where it is cloned and compared.
pub struct Root<T> {
    global: Global,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Root<T> {
    fn clone(&self) -> Self {
        Self { global: self.global.clone(), of: PhantomData }
    }
}

impl<T> PartialEq for Root<T> {
    fn eq(&self, other: &Self) -> bool {
        self.global == other.global
    }
}

impl<T> Eq for Root<T> {}

impl<T> Hash for Root<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.global.hash(state);
    }
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
