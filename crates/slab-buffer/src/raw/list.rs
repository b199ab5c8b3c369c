//! Intrusive lists of stores, which never allocate.
//!
//! A store is in at most one list of each kind. The holder of a list (the pool's thread, or a lock) has exclusive access to
//! the links of its stores.

#![expect(unsafe_code, reason = "links are pointers to stores")]

use super::store::{Handle, Idle, QUEUE, Store};
use std::cell::Cell;
use std::iter;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

/// A list from which any store can be removed. All operations are O(1).
#[derive(Default)]
pub(crate) struct List<const KIND: usize> {
    first: Cell<Option<NonNull<Store>>>,
}

// SAFETY: the holder of the list has the links of its stores; the rest of a store is atomic, locked, or constant.
unsafe impl<const KIND: usize> Send for List<KIND> {}

impl<const KIND: usize> List<KIND> {
    /// Adds a store, which is freed after it has been removed (`Idle::free` tests that).
    ///
    /// # Panics
    /// If it is on a list of this kind.
    pub fn push(&self, store: Handle<'_>) {
        assert!(!store.listed[KIND].swap(true, Ordering::Relaxed), "a store that is on no list");
        let first = self.first.replace(Some(store.pointer()));
        store.before[KIND].set(None);
        store.behind::<KIND>().set(first);
        if let Some(first) = first {
            self.store(first).before[KIND].set(Some(store.pointer()));
        }
    }

    /// Removes a store, if it is on the list.
    pub fn remove(&self, store: Handle<'_>) {
        if !store.listed[KIND].load(Ordering::Relaxed) {
            return;
        }
        let (before, behind) = (store.before[KIND].take(), store.behind::<KIND>().take());
        match before {
            Some(before) => self.store(before).behind::<KIND>().set(behind),
            None => self.first.set(behind),
        }
        if let Some(behind) = behind {
            self.store(behind).before[KIND].set(before);
        }
        store.listed[KIND].store(false, Ordering::Release);
    }

    /// A store of the list.
    fn store(&self, store: NonNull<Store>) -> &Store {
        // SAFETY: a store is freed after it has left its lists.
        unsafe { store.as_ref() }
    }

    /// All stores of the list. The one that was last returned may be removed.
    pub fn iter(&self) -> impl Iterator<Item = Handle<'_>> {
        let mut next = self.first.get();
        iter::from_fn(move || {
            let store = next?;
            next = self.store(store).behind::<KIND>().get();
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
        debug_assert!(!store.listed[QUEUE].load(Ordering::Acquire), "a store that is on no list");
        store.behind::<QUEUE>().set(self.top.get());
        self.top.set(Some(store.into_pointer()));
    }

    /// Bytes of the store that [`pop`](Self::pop) would take.
    #[inline]
    pub fn top_capacity(&self) -> Option<usize> {
        // SAFETY: a store of the stack is idle, and the stack's.
        Some(unsafe { self.top.get()?.as_ref() }.capacity)
    }

    #[inline]
    pub fn pop(&self) -> Option<Idle> {
        let store = self.top.get()?;
        // SAFETY: it was idle when it was pushed, and has been this stack's since.
        let store = unsafe { Idle::of(store) };
        self.top.set(store.behind::<QUEUE>().get());
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
