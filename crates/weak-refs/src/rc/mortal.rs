//! Payloads that log their death, and the log that an expiry reads.
//!
//! While an expiry runs on a thread, the thread's log gets the address of each payload that dies on it. Expiries nest
//! if a value's destructor expires another map: each reads the log from where it began, and the outermost clears it.
//! An address in the log is a hint: the reader checks that the key is dead.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::ptr;

/// A key's payload that logs its death, so that
/// [`expire`](super::WeakKeyMap::expire) frees a chain of entries in any order in linear time.
///
/// It adds no bytes. `Rc<Mortal<T>>` dereferences to `T`, and unsizes as `Rc<T>` does.
///
/// ```
/// use std::rc::Rc;
/// use weak_refs::rc::{Mortal, RcWeakMap};
///
/// let mut next = RcWeakMap::new();
/// let mut keys: Vec<_> = (0..1000).map(|i| Rc::new(Mortal::new(i))).collect();
/// for i in [500, 3, 998].into_iter().chain(0..999) {
///     next.set(&keys[i], keys[i + 1].clone());
/// }
/// let first = keys.swap_remove(0);
/// drop(keys);
/// assert_eq!(next.expire(), 0);
/// drop(first);
/// assert_eq!(next.expire(), 999);
/// ```
#[derive(Default, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(C)]
pub struct Mortal<T: ?Sized> {
    // The first field, and so at the payload's own address.
    note: Note,
    value: T,
}

impl<T> Mortal<T> {
    /// Wraps a payload.
    pub const fn new(value: T) -> Self {
        Self { note: Note, value }
    }

    /// The payload.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: ?Sized> Deref for Mortal<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized> DerefMut for Mortal<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> From<T> for Mortal<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Mortal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mortal").field(&&self.value).finish()
    }
}

#[derive(Default, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Note;

impl Drop for Note {
    fn drop(&mut self) {
        let address = ptr::from_ref(self).addr();
        // A thread that ends has no expiry running.
        let _ = LOG.try_with(|log| {
            if log.readers.get() > 0 {
                log.addresses.borrow_mut().push(address);
            }
        });
    }
}

struct Log {
    readers: Cell<usize>,
    addresses: RefCell<Vec<usize>>,
}

thread_local! {
    static LOG: Log =
        const { Log { readers: Cell::new(0), addresses: RefCell::new(Vec::new()) } };
}

/// Reads the payloads that die on this thread while it exists.
pub(super) struct Deaths {
    next: usize,
    this_thread: PhantomData<*const ()>,
}

impl Deaths {
    pub fn begin() -> Self {
        let next = LOG.try_with(|log| {
            log.readers.set(log.readers.get() + 1);
            log.addresses.borrow().len()
        });
        Self { next: next.unwrap_or(0), this_thread: PhantomData }
    }
}

impl Iterator for Deaths {
    type Item = usize;

    /// The address of a payload that has died since the last call; `None` if none has.
    fn next(&mut self) -> Option<usize> {
        let address = LOG.try_with(|log| {
            let mut addresses = log.addresses.borrow_mut();
            let address = addresses.get(self.next).copied();
            if address.is_some() {
                self.next += 1;
            } else if log.readers.get() == 1 {
                addresses.clear();
                self.next = 0;
            }
            address
        });
        address.ok().flatten()
    }
}

impl Drop for Deaths {
    fn drop(&mut self) {
        let _ = LOG.try_with(|log| {
            log.readers.set(log.readers.get() - 1);
            if log.readers.get() == 0 {
                log.addresses.take();
            }
        });
    }
}
