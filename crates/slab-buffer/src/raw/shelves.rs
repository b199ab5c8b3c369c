//! The stores that are a core's own: the biased ones that are used up, and the released ones, which
//! wait for new buffers on a shelf of their capacity. No unsafe code.

use super::store::Handle;
use std::cell::{Cell, RefCell};

/// How many capacities are kept at once.
const SHELVES: usize = 32;

#[derive(Default)]
pub(super) struct Shelves {
    used: RefCell<Vec<Handle>>,
    shelves: RefCell<Vec<Shelf>>,
    /// The shelf that was last used.
    last: Cell<usize>,
    kept_bytes: Cell<usize>,
    /// A kept store that is still listed: the last of one buffer that was released. It goes to the
    /// next buffer of its length, as it mostly does, with no list touched.
    hot: Cell<Option<Handle>>,
}

/// Released stores of one capacity.
struct Shelf {
    capacity: usize,
    pooled: bool,
    stores: Vec<Handle>,
}

impl Shelves {
    /// Lists a store that is used up.
    #[inline]
    pub fn list(&self, store: Handle) {
        let mut used = self.used.borrow_mut();
        store.index.set(used.len());
        used.push(store);
    }

    /// Takes a store off the list.
    #[inline]
    pub fn unlist(&self, store: Handle) {
        let mut used = self.used.borrow_mut();
        let index = store.index.get();
        used.swap_remove(index);
        if let Some(moved) = used.get(index) {
            moved.index.set(index);
        }
    }

    /// All that are listed, in no order, which no longer are.
    pub fn take_listed(&self) -> Vec<Handle> {
        debug_assert!(self.hot.get().is_none(), "it would be taken for a used one");
        self.used.take()
    }

    /// Visits the listed stores.
    pub fn each_used(&self, visit: impl FnMut(Handle)) {
        self.used.borrow().iter().copied().for_each(visit);
    }

    /// Visits the kept stores.
    pub fn each_kept(&self, visit: impl FnMut(Handle)) {
        self.shelves.borrow().iter().flat_map(|shelf| &shelf.stores).copied().for_each(visit);
    }

    /// Bytes of the kept stores.
    pub fn kept_bytes(&self) -> usize {
        self.kept_bytes.get()
    }

    /// Keeps a listed store as the hot one, if there is none. Whether it did.
    #[inline]
    pub fn heat(&self, store: Handle) -> bool {
        if self.hot.get().is_some() {
            return false;
        }
        self.kept_bytes.set(self.kept_bytes.get() + store.capacity);
        self.hot.set(Some(store));
        true
    }

    /// Takes the hot store if it has the capacity. It is listed.
    #[inline]
    pub fn take_hot(&self, capacity: usize) -> Option<Handle> {
        let store = self.hot.get().filter(|store| store.capacity == capacity)?;
        self.kept_bytes.set(self.kept_bytes.get() - capacity);
        self.hot.set(None);
        Some(store)
    }

    /// Takes the hot store, which is no longer listed.
    pub fn cool(&self) -> Option<Handle> {
        let store = self.hot.take()?;
        self.kept_bytes.set(self.kept_bytes.get() - store.capacity);
        self.unlist(store);
        Some(store)
    }

    /// Whether the listed store is the hot one.
    pub fn is_hot(&self, store: Handle) -> bool {
        self.hot.get() == Some(store)
    }

    /// Takes a kept store.
    #[inline]
    pub fn take(&self, capacity: usize, pooled: bool) -> Option<Handle> {
        let mut shelves = self.shelves.borrow_mut();
        let index = find(&shelves, self.last.get(), capacity, pooled)?;
        self.last.set(index);
        let store = shelves[index].stores.pop()?;
        self.kept_bytes.set(self.kept_bytes.get() - capacity);
        Some(store)
    }

    /// Keeps a released store. What it displaces, if its capacity is one too many, is to be freed.
    #[inline]
    #[must_use]
    pub fn keep(&self, store: Handle) -> Vec<Handle> {
        self.kept_bytes.set(self.kept_bytes.get() + store.capacity);
        let mut shelves = self.shelves.borrow_mut();
        match find(&shelves, self.last.get(), store.capacity, store.pooled) {
            Some(index) => {
                shelves[index].stores.push(store);
                Vec::new()
            }
            None => self.new_shelf(&mut shelves, store),
        }
    }

    #[cold]
    fn new_shelf(&self, shelves: &mut Vec<Shelf>, store: Handle) -> Vec<Handle> {
        let (capacity, pooled) = (store.capacity, store.pooled);
        shelves.push(Shelf { capacity, pooled, stores: vec![store] });
        if shelves.len() <= SHELVES {
            return Vec::new();
        }
        let oldest = shelves.remove(0);
        self.kept_bytes.set(self.kept_bytes.get() - oldest.capacity * oldest.stores.len());
        oldest.stores
    }

    /// Takes all kept stores.
    pub fn clear(&self) -> Vec<Handle> {
        self.kept_bytes.set(0);
        self.shelves.take().into_iter().flat_map(|shelf| shelf.stores).collect()
    }
}

#[inline]
fn find(shelves: &[Shelf], last: usize, capacity: usize, pooled: bool) -> Option<usize> {
    let fits = |shelf: &Shelf| shelf.capacity == capacity && shelf.pooled == pooled;
    if shelves.get(last).is_some_and(fits) {
        return Some(last);
    }
    shelves.iter().position(fits)
}
