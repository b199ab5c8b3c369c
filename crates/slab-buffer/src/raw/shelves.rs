//! The stores that are a core's own: all of them in a list, and the released ones of them on
//! shelves, one a capacity, where they wait for new buffers. No unsafe code.
//!
//! A store stays in the list from the moment it is made or fetched until it is freed or given to
//! all threads, so that one which is released and taken again touches its shelf alone.

use super::store::Handle;
use std::cell::{Cell, RefCell};

/// How many capacities beside the slabs' are kept at once.
const SHELVES: usize = 32;

#[derive(Default)]
pub(super) struct Shelves {
    list: RefCell<Vec<Handle>>,
    slabs: Shelf,
    /// The shelf that the last store of one buffer was taken from.
    front: Shelf,
    others: RefCell<Vec<Shelf>>,
    kept_bytes: Cell<usize>,
}

/// Released stores of one capacity.
#[derive(Default)]
struct Shelf {
    capacity: Cell<usize>,
    /// The one to be taken next. It is mostly the only one: taken, released and taken again.
    top: Cell<Option<Handle>>,
    rest: RefCell<Vec<Handle>>,
}

impl Shelf {
    #[inline]
    fn push(&self, store: Handle) {
        if self.top.get().is_none() {
            self.top.set(Some(store));
        } else {
            self.rest.borrow_mut().push(store);
        }
    }

    #[inline]
    fn pop(&self) -> Option<Handle> {
        self.top.take().or_else(|| self.rest.borrow_mut().pop())
    }

    /// Takes all of them.
    fn clear(&self) -> impl Iterator<Item = Handle> {
        self.rest.take().into_iter().chain(self.top.take())
    }
}

impl Shelves {
    /// Lists a store.
    pub fn list(&self, store: Handle) {
        let mut list = self.list.borrow_mut();
        store.index.set(list.len());
        list.push(store);
    }

    /// Takes a store off the list.
    pub fn unlist(&self, store: Handle) {
        let mut list = self.list.borrow_mut();
        let index = store.index.get();
        list.swap_remove(index);
        if let Some(moved) = list.get(index) {
            moved.index.set(index);
        }
    }

    /// All that are listed and meet a condition, in no order.
    pub fn listed(&self, meets: impl Fn(Handle) -> bool) -> Vec<Handle> {
        self.list.borrow().iter().copied().filter(|store| meets(*store)).collect()
    }

    /// Visits all that are listed.
    pub fn each(&self, visit: impl FnMut(Handle)) {
        self.list.borrow().iter().copied().for_each(visit);
    }

    /// Bytes of the kept stores.
    #[inline]
    pub fn kept_bytes(&self) -> usize {
        self.kept_bytes.get()
    }

    /// Takes a kept slab.
    #[inline]
    pub fn take_slab(&self) -> Option<Handle> {
        let slab = self.slabs.pop()?;
        self.kept_bytes.set(self.kept_bytes.get() - slab.capacity);
        Some(slab)
    }

    /// Takes a kept store of one buffer.
    #[inline]
    pub fn take_alone(&self, capacity: usize) -> Option<Handle> {
        if self.front.capacity.get() != capacity && !self.to_front(capacity) {
            return None;
        }
        let store = self.front.pop()?;
        self.kept_bytes.set(self.kept_bytes.get() - capacity);
        Some(store)
    }

    /// Brings the shelf of a capacity to the front; whether there is one.
    #[cold]
    fn to_front(&self, capacity: usize) -> bool {
        let others = self.others.borrow();
        let Some(shelf) = others.iter().find(|shelf| shelf.capacity.get() == capacity) else {
            return false;
        };
        shelf.capacity.swap(&self.front.capacity);
        shelf.top.swap(&self.front.top);
        shelf.rest.swap(&self.front.rest);
        true
    }

    /// Keeps a released store. What it displaces, if its capacity is one too many, is to be freed.
    #[inline]
    #[must_use]
    pub fn keep(&self, store: Handle) -> Option<Vec<Handle>> {
        self.kept_bytes.set(self.kept_bytes.get() + store.capacity);
        if store.pooled {
            self.slabs.push(store);
        } else if self.front.capacity.get() == store.capacity {
            self.front.push(store);
        } else {
            return self.keep_behind(store);
        }
        None
    }

    #[cold]
    fn keep_behind(&self, store: Handle) -> Option<Vec<Handle>> {
        let mut others = self.others.borrow_mut();
        if let Some(shelf) = others.iter().find(|shelf| shelf.capacity.get() == store.capacity) {
            shelf.push(store);
            return None;
        }
        let shelf = Shelf::default();
        shelf.capacity.set(store.capacity);
        shelf.push(store);
        others.push(shelf);
        (others.len() > SHELVES).then(|| self.cleared(&others.remove(0)).collect())
    }

    /// Takes all kept stores of a shelf.
    fn cleared(&self, shelf: &Shelf) -> impl Iterator<Item = Handle> {
        shelf.clear().inspect(|store| {
            self.kept_bytes.set(self.kept_bytes.get() - store.capacity);
        })
    }

    /// Takes all kept stores.
    pub fn clear(&self) -> Vec<Handle> {
        let others = self.others.take();
        let shelves = others.iter().chain([&self.front, &self.slabs]);
        shelves.flat_map(|shelf| self.cleared(shelf)).collect()
    }
}
