//! Lists of stores whose links lie in the stores themselves, so that no list ever allocates, and none
//! is lost half-way.
//!
//! A store is in one list a kind of link at the most. Who holds a list (the pool's thread, or a
//! lock) has the links of its stores to itself. No unsafe code.

use super::store::Handle;
use std::cell::Cell;
use std::iter;

/// The links of one kind: of the store before, and of the store behind.
#[derive(Default)]
pub(super) struct Links {
    before: Cell<Option<Handle>>,
    behind: Cell<Option<Handle>>,
}

/// The kind of link of the lists of what is to be done with a store, or of a size class.
pub(super) const QUEUE: usize = 0;
/// The kind of link of the list that all stores of a pool are in.
pub(super) const ALL: usize = 1;

/// A list from which any store can be removed. All operations are O(1).
#[derive(Default)]
pub(super) struct List<const KIND: usize> {
    first: Cell<Option<Handle>>,
}

impl<const KIND: usize> List<KIND> {
    pub fn push(&self, store: Handle) {
        let links = &store.links[KIND];
        let first = self.first.replace(Some(store));
        links.before.set(None);
        links.behind.set(first);
        if let Some(first) = first {
            first.links[KIND].before.set(Some(store));
        }
    }

    pub fn remove(&self, store: Handle) {
        let links = &store.links[KIND];
        let (before, behind) = (links.before.take(), links.behind.take());
        match before {
            Some(before) => before.links[KIND].behind.set(behind),
            None => self.first.set(behind),
        }
        if let Some(behind) = behind {
            behind.links[KIND].before.set(before);
        }
    }

    /// All stores of the list. The one that was last returned may be removed.
    pub fn iter(&self) -> impl Iterator<Item = Handle> {
        let mut next = self.first.get();
        iter::from_fn(move || {
            let store = next?;
            next = store.links[KIND].behind.get();
            Some(store)
        })
    }
}

/// A stack of stores, which touches no store but the one that is pushed or popped.
#[derive(Default)]
pub(super) struct Stack {
    top: Cell<Option<Handle>>,
}

impl Stack {
    #[inline]
    pub fn push(&self, store: Handle) {
        store.links[QUEUE].behind.set(self.top.replace(Some(store)));
    }

    /// The store that [`pop`](Self::pop) would take.
    #[inline]
    pub fn top(&self) -> Option<Handle> {
        self.top.get()
    }

    #[inline]
    pub fn pop(&self) -> Option<Handle> {
        let store = self.top.get()?;
        self.top.set(store.links[QUEUE].behind.get());
        Some(store)
    }

    /// Takes all stores.
    pub fn take(&self) -> Self {
        Self { top: Cell::new(self.top.take()) }
    }

    /// The stores, each popped as it is returned.
    pub fn drain(&self) -> impl Iterator<Item = Handle> {
        iter::from_fn(|| self.pop())
    }
}
