//! What the collections need of a shared pointer: [`Rc`] and [`Arc`] have it.

use std::rc::{self, Rc};
use std::sync::{self, Arc};

/// A shared pointer whose pointee has an identity: [`Rc`] and [`Arc`], and no others.
pub trait Pointer: sealed::Pointer {}

impl<K: ?Sized> Pointer for Rc<K> {}
impl<K: ?Sized> Pointer for Arc<K> {}

pub(super) mod sealed {
    /// An address stands for one pointee as long as a weak pointer to it exists: the allocation
    /// cannot be given to another.
    pub trait Pointer {
        type Weak;

        fn downgrade(&self) -> Self::Weak;
        fn address(&self) -> usize;
        fn address_of(weak: &Self::Weak) -> usize;
        fn is_dead(weak: &Self::Weak) -> bool;
    }
}

impl<K: ?Sized> sealed::Pointer for Rc<K> {
    type Weak = rc::Weak<K>;

    fn downgrade(&self) -> rc::Weak<K> {
        Rc::downgrade(self)
    }

    fn address(&self) -> usize {
        Rc::as_ptr(self).cast::<()>().addr()
    }

    fn address_of(weak: &rc::Weak<K>) -> usize {
        weak.as_ptr().cast::<()>().addr()
    }

    fn is_dead(weak: &rc::Weak<K>) -> bool {
        weak.strong_count() == 0
    }
}

impl<K: ?Sized> sealed::Pointer for Arc<K> {
    type Weak = sync::Weak<K>;

    fn downgrade(&self) -> sync::Weak<K> {
        Arc::downgrade(self)
    }

    fn address(&self) -> usize {
        Arc::as_ptr(self).cast::<()>().addr()
    }

    fn address_of(weak: &sync::Weak<K>) -> usize {
        weak.as_ptr().cast::<()>().addr()
    }

    fn is_dead(weak: &sync::Weak<K>) -> bool {
        weak.strong_count() == 0
    }
}
