//! Lists of stores whose links lie in the stores themselves, so that no list ever allocates, and none
//! is lost half-way.
//!
//! A store is in one list of each kind at the most. Who holds a list (the pool's thread, or a lock)
//! has the links of its stores to itself.

#![expect(unsafe_code, reason = "links are pointers to stores")]

use super::store::{Handle, Idle, Links, Store};
use std::cell::Cell;
use std::iter;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

/// The kind of list of what is to be done with a store.
pub(crate) const QUEUE: usize = 0;
/// The kind of list that all stores of a pool are in.
pub(crate) const ALL: usize = 1;

/// A list from which any store can be removed. All operations are O(1).
#[derive(Default)]
pub(crate) struct List<const KIND: usize> {
    first: Cell<Option<NonNull<Store>>>,
}

// SAFETY: who has the list has the links of its stores; the rest of a store is atomic, locked, or
// constant.
unsafe impl<const KIND: usize> Send for List<KIND> {}

impl<const KIND: usize> List<KIND> {
    /// Adds a store, which is freed after it has been removed (`Idle::free` tests that).
    ///
    /// # Panics
    /// If it is on a list of this kind.
    pub fn push(&self, store: Handle<'_>) {
        let links = &store.links[KIND];
        assert!(!links.listed.swap(true, Ordering::Relaxed), "a store that is on no list");
        let first = self.first.replace(Some(store.pointer()));
        links.before.set(None);
        links.behind.set(first);
        if let Some(first) = first {
            self.links(first).before.set(Some(store.pointer()));
        }
    }

    /// Removes a store, if it is on the list.
    pub fn remove(&self, store: Handle<'_>) {
        let links = &store.links[KIND];
        if !links.listed.load(Ordering::Relaxed) {
            return;
        }
        let (before, behind) = (links.before.take(), links.behind.take());
        match before {
            Some(before) => self.links(before).behind.set(behind),
            None => self.first.set(behind),
        }
        if let Some(behind) = behind {
            self.links(behind).before.set(before);
        }
        links.listed.store(false, Ordering::Release);
    }

    /// The links of a store of the list.
    fn links(&self, store: NonNull<Store>) -> &Links {
        // SAFETY: a store is freed after it has left its lists.
        &unsafe { store.as_ref() }.links[KIND]
    }

    /// All stores of the list. The one that was last returned may be removed.
    pub fn iter(&self) -> impl Iterator<Item = Handle<'_>> {
        let mut next = self.first.get();
        iter::from_fn(move || {
            let store = next?;
            next = self.links(store).behind.get();
            // SAFETY: it is on the list, whose holder keeps it from being freed.
            Some(unsafe { Handle::new(store) })
        })
    }
}

/// A stack of idle stores, which touches no store but the one that is pushed or popped.
#[derive(Default)]
pub(crate) struct Stack {
    top: Cell<Option<NonNull<Store>>>,
}

// SAFETY: its stores are the stack's alone.
unsafe impl Send for Stack {}

impl Stack {
    /// Adds a store, which is on no other list of the kind [`QUEUE`].
    #[inline]
    pub fn push(&self, store: Idle) {
        let links = &store.links[QUEUE];
        debug_assert!(!links.listed.load(Ordering::Acquire), "a store that is on no list");
        links.behind.set(self.top.get());
        self.top.set(Some(store.into_pointer()));
    }

    #[inline]
    pub fn pop(&self) -> Option<Idle> {
        let store = self.top.get()?;
        // SAFETY: it was idle when it was pushed, and has been this stack's since.
        let store = unsafe { Idle::of(store) };
        self.top.set(store.links[QUEUE].behind.get());
        Some(store)
    }

    /// Takes all stores.
    pub fn take(&self) -> Self {
        Self { top: Cell::new(self.top.take()) }
    }

    /// The stores, each popped as it is returned.
    pub fn drain(&self) -> impl Iterator<Item = Idle> {
        iter::from_fn(|| self.pop())
    }
}
