//! The caches of threads: each thread finds its own, takes one when it first uses the pool, and leaves it when it ends.

use super::Depot;
use super::books::Outcome;
use super::held::Held;
use crate::raw::list::Stack;
use crate::raw::near::{Caching, Mine, Near, Own};
use crate::raw::store::Idle;
use std::sync::Arc;

thread_local! {
    pub(super) static NEAR: Near<Held> = const { Near::new() };
    static MINE: Mine<Depot, Held> = const { Mine::new(&NEAR) };
}

/// The most caches of ended threads that are kept for new threads.
const IDLE: usize = 16;

impl Depot {
    /// Calls with this thread's cache.
    pub(super) fn with_cache<R>(self: &Arc<Self>, act: impl FnOnce(&Own<Held>) -> R) -> R {
        let depot = Arc::as_ptr(self).cast();
        if let Some(own) = NEAR.with(|near| near.get(depot)) {
            return act(&own);
        }
        let joined = MINE.try_with(|mine| mine.join(self, || self.join()));
        if let Ok((own, closed)) = joined {
            // Drops options of closed pools, and with them foreign code.
            drop(closed);
            return act(&own);
        }
        // The thread is ending and its caches are dropped already.
        let own = self.join();
        let result = act(&own);
        self.retire(own);
        result
    }

    /// A cache for this thread: one that an ended thread has left, or a new one. In a closed pool it keeps nothing.
    fn join(&self) -> Own<Held> {
        let mut lists = self.lists();
        if let Some(own) = lists.idle.pop() {
            return own;
        }
        let open = !self.books.is_closed();
        let own = Own::new(Held::new(self.books.clone(), open));
        if open {
            lists.caches.push(own.cache().clone());
        }
        own
    }
}

impl Caching<Held> for Depot {
    fn is_closed(&self) -> bool {
        self.books.is_closed()
    }

    /// Gives the thread's kept stores to all threads, and its cache with the slab to the next new thread.
    fn retire(&self, own: Own<Held>) {
        let mut lists = self.lists();
        let Some(index) = lists.caches.iter().position(|it| Arc::ptr_eq(it, own.cache())) else {
            return;
        };
        let mut outcome = Outcome::default();
        let mut held = own.held();
        let (kept, mut surplus) = held.clear();
        let free = Stack::default();
        for store in kept.drain() {
            let capacity = store.capacity;
            match lists.kept.keep(store) {
                None => surplus -= capacity,
                Some(store) => free.push(store),
            }
        }
        self.books.unreserve(surplus);
        let mut slab = None;
        if lists.idle.len() < IDLE {
            drop(held);
            lists.idle.push(own);
        } else {
            lists.caches.swap_remove(index);
            held.close();
            held.counters.add_slab(own.bump());
            slab = own.bump().end();
            lists.counters.absorb(&held.counts());
            drop(held);
        }
        drop(lists);
        self.retire_slab(slab, &mut outcome);
        free.drain().for_each(|store| self.free(store, &mut outcome));
        self.books.tell(&outcome);
    }
}

/// Keeps a store in this thread's magazine; returns it if it cannot.
pub(super) fn take_back_near(store: Idle) -> Option<Idle> {
    let depot = store.keeper_address();
    let mut store = Some(store);
    let kept = NEAR.with(|near| {
        near.with(depot, |held| match store.take().map(|store| held.take_back(store)) {
            Some(Ok(notice)) => notice,
            Some(Err(refused)) => {
                store = Some(refused);
                None
            }
            None => None,
        })
    });
    if let Some(Some(notice)) = kept {
        notice.give();
    }
    store
}
