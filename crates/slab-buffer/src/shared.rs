//! The pool of many threads: the caches of its threads and the depot, which they share (Bonwick and Adams 2001).
//!
//! A thread places buffers in its own slab and takes stores of one buffer from its magazine; only stores that do not fit
//! a magazine are under the depot's lock. No store has an owner: every thread counts releases in `remote`, so counts are
//! exact immediately, and the thread that releases the last buffer of a store takes the store back.
//!
//! `threads` has the caches, `stores` makes, keeps and frees stores, `placement` places buffers, `reports` counts.
//!
//! Lock order: the depot's lock, then a cache's. A thread that holds a cache's lock takes no other.

#![expect(unsafe_code, reason = "the last handle takes the slabs of all threads")]

mod books;
mod held;
mod placement;
mod reports;
mod stores;
mod threads;

use crate::counters::Counters;
use crate::options::PoolOptions;
use crate::placement::Bounds;
use crate::raw::bump::Bump;
use crate::raw::list::List;
use crate::raw::near::{Cache, Own};
use crate::raw::store::ALL;
use crate::size_classes::SizeClasses;
use books::{Books, Outcome};
use held::Held;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state of a [`SyncPool`](crate::SyncPool).
///
/// Aligned so that few bits of its address distinguish it from other depots.
#[repr(align(256))]
pub(crate) struct Depot {
    bounds: Bounds,
    books: Arc<Books>,
    lists: Mutex<Lists>,
}

/// A handle of a depot, which is closed with the last one.
#[derive(Clone)]
pub(crate) struct Shared {
    depot: Arc<Depot>,
    _closer: Arc<Closer>,
}

struct Closer(Arc<Depot>);

impl Shared {
    pub fn new(options: PoolOptions) -> Self {
        let depot = Depot::new(options);
        Self { _closer: Arc::new(Closer(depot.clone())), depot }
    }

    #[inline]
    pub fn depot(&self) -> &Arc<Depot> {
        &self.depot
    }
}

impl Drop for Closer {
    fn drop(&mut self) {
        // SAFETY: placing a buffer borrows a handle, and this is the last one.
        unsafe { self.0.close() };
    }
}

/// The state under the depot's lock.
struct Lists {
    /// All stores.
    stores: List<ALL>,
    count: usize,
    /// The caches of all threads, and the idle ones.
    caches: Vec<Arc<Cache<Held>>>,
    /// Caches of threads that have ended, for threads that begin.
    idle: Vec<Own<Held>>,
    /// Kept stores that do not fit a magazine.
    kept: SizeClasses,
    /// The counts of threads that have ended.
    counters: Counters,
    /// The slab for buffers that compaction moves.
    survivors: Bump,
}

impl Depot {
    fn new(mut options: PoolOptions) -> Arc<Self> {
        let bounds = Bounds::new(&mut options);
        let lists = Lists {
            stores: List::default(),
            count: 0,
            caches: Vec::new(),
            idle: Vec::new(),
            kept: SizeClasses::new(options.reuse, options.kept_limit()),
            counters: Counters::default(),
            survivors: Bump::new(),
        };
        let books = Arc::new(Books::new(options));
        Arc::new(Self { bounds, books, lists: Mutex::new(lists) })
    }

    /// Bytes of live stores.
    pub fn array_buffers(&self) -> usize {
        // The surplus goes up after its slab has counted, and down before it counts elsewhere.
        let lists = self.lists();
        let surplus: usize = lists.caches.iter().map(|cache| cache.held().surplus()).sum();
        self.books.bytes().saturating_sub(surplus)
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the dropped pool: frees what is kept, and from now on every store that is released.
    ///
    /// # Safety
    /// No thread places buffers in slabs of the pool any more.
    unsafe fn close(&self) {
        let mut lists = self.lists();
        self.books.close();
        lists.idle.clear();
        let caches = std::mem::take(&mut lists.caches);
        let mut slabs = Vec::with_capacity(caches.len() + 1);
        lists.counters.add_slab(&lists.survivors);
        slabs.push(lists.survivors.end());
        let kept = lists.kept.take_all();
        drop(lists);
        for cache in caches {
            let mut held = cache.held();
            held.close();
            // SAFETY: by contract.
            slabs.push(unsafe { cache.end(&held) });
            held.clear().0.drain().for_each(|store| kept.push(store));
        }
        let mut outcome = Outcome::default();
        kept.drain().for_each(|store| self.free(store, &mut outcome));
        slabs.into_iter().for_each(|slab| self.retire_slab(slab, &mut outcome));
        self.books.tell(&outcome);
    }
}
