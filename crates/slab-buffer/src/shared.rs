//! The pool of many threads: the caches of its threads and, in the depot, what they share.
//!
//! A thread places buffers in a slab of its own and takes stores of one buffer from its magazine;
//! only what does not fit a magazine is under the depot's lock. No store has an owner: releases are
//! counted in `remote` on whichever thread, so the count is true at once, and the thread that
//! releases the last buffer of a store takes the store back.
//!
//! Locks are taken in the order: the depot's, then caches'; who holds a cache's lock takes no other.

#![expect(unsafe_code, reason = "the last handle takes the slabs of all threads")]

mod books;
mod held;
mod placement;
mod reports;

use crate::counters::{Counters, add};
use crate::error::AllocError;
use crate::options::{PoolOptions, Reuse};
use crate::placement::Bounds;
use crate::raw::bump::{Bump, OFFSETS};
use crate::raw::list::{List, Stack};
use crate::raw::near::{Cache, Caching, Mine, Near, Own};
use crate::raw::pins::At;
use crate::raw::store::{ALL, Form, Handle, Idle, Keeper, Lent, NOT_KEPT, Owner, Used};
use crate::raw::thread::NOBODY;
use crate::size_classes::SizeClasses;
use books::{Books, Outcome};
use held::Held;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

thread_local! {
    static NEAR: Near<Held> = const { Near::new() };
    static MINE: Mine<Depot, Held> = const { Mine::new(&NEAR) };
}

/// Caches of ended threads that wait for new threads at the most.
const IDLE: usize = 16;

/// The state of a [`SyncPool`](crate::SyncPool).
///
/// Aligned so that its address tells it from other depots in few bits.
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
        // SAFETY: buffers are placed in slabs by those who borrow a handle, and this is the last.
        unsafe { self.0.close() };
    }
}

/// What is under the depot's lock.
struct Lists {
    /// All stores that there are.
    stores: List<ALL>,
    count: usize,
    /// The caches of all threads, and the idle ones.
    caches: Vec<Arc<Cache<Held>>>,
    /// Caches of threads that have ended, for threads that begin.
    idle: Vec<Own<Held>>,
    /// Kept stores that no magazine has room for.
    kept: SizeClasses,
    /// The counts of threads that have ended.
    counters: Counters,
    /// Where compaction places what it moves.
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

    /// Bytes of the stores that count.
    pub fn array_buffers(&self) -> usize {
        // The surplus goes up after its slab has counted, and down before it counts elsewhere.
        let lists = self.lists();
        let surplus: usize = lists.caches.iter().map(|cache| cache.held().surplus()).sum();
        self.books.bytes().saturating_sub(surplus)
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls with this thread's cache.
    fn with_cache<R>(self: &Arc<Self>, act: impl FnOnce(&Own<Held>) -> R) -> R {
        let depot = Arc::as_ptr(self).cast();
        if let Some(own) = NEAR.with(|near| near.get(depot)) {
            return act(&own);
        }
        let joined = MINE.try_with(|mine| mine.join(self, || self.join()));
        if let Ok((own, closed)) = joined {
            // Options of closed pools go here, with code of other people.
            drop(closed);
            return act(&own);
        }
        // The thread is ending: its caches are no more.
        let own = self.join();
        let result = act(&own);
        self.retire(own);
        result
    }

    /// A cache for this thread: one that an ended thread has left, or a new one. That of a pool that
    /// is closed keeps nothing.
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

    /// Takes one of the depot's kept stores.
    fn take_kept(&self, take: impl FnOnce(&SizeClasses) -> Option<Idle>) -> Option<Idle> {
        let store = take(&self.lists().kept)?;
        self.books.unreserve(store.capacity);
        Some(store)
    }

    /// Retires this thread's slab and begins another; false if there is none to be had.
    fn next_slab(self: &Arc<Self>, own: &Own<Held>, outcome: &mut Outcome) -> bool {
        let mut held = own.held();
        if let Some(slab) = own.bump().end_if_idle() {
            // It would be released and taken again.
            held.counters.add_slab(own.bump());
            self.renumber(&slab, &mut held);
            own.bump().begin(slab);
            return true;
        }
        let mut next = None;
        if let Some((slab, counts)) = held.take_slab() {
            if !counts && !self.counts_again(&slab, outcome) {
                drop(held);
                self.free_memory(slab);
                return false;
            }
            next = Some(slab);
        }
        if next.is_none() {
            drop(held);
            next = self.slab(outcome);
            held = own.held();
        }
        let Some(next) = next else { return false };
        held.counters.add_slab(own.bump());
        let old = own.bump().end();
        self.renumber(&next, &mut held);
        own.bump().begin(next);
        drop(held);
        self.retire_slab(old, outcome);
        true
    }

    /// Gives a slab that is used again a number of its own, as if it were another.
    fn renumber(&self, slab: &Idle, held: &mut Held) {
        if self.books.options.reuse == Reuse::Node {
            slab.set_id(held.number());
        }
    }

    /// Retires a slab that takes no more buffers.
    fn retire_slab(&self, slab: Option<Used>, outcome: &mut Outcome) {
        if let Some(released) = slab.and_then(Used::retire) {
            self.put_back(released, outcome);
        }
    }

    /// A slab of the depot, or a new one.
    fn slab(self: &Arc<Self>, outcome: &mut Outcome) -> Option<Idle> {
        let Some(slab) = self.take_kept(SizeClasses::take_slab) else {
            let size = self.books.options.pool_size;
            let class = self.lists().kept.slab_class(size);
            return self.new_store((class, size), true, OFFSETS, outcome);
        };
        if self.counts_again(&slab, outcome) {
            return Some(slab);
        }
        self.free_memory(slab);
        None
    }

    /// Counts a kept slab that is to be used again; false if the pool's limit forbids it.
    #[inline]
    fn counts_again(&self, slab: &Idle, outcome: &mut Outcome) -> bool {
        self.books.options.reuse == Reuse::Recycle || self.books.grow(slab.capacity, outcome)
    }

    /// A store that the pool did not have. Kept ones make room for it where a limit demands that.
    #[inline(never)]
    fn new_store(
        self: &Arc<Self>,
        (class, capacity): (u16, usize),
        pooled: bool,
        alignment: usize,
        outcome: &mut Outcome,
    ) -> Option<Idle> {
        // So that the peak is that of this thread's stores, and not of what it has released.
        self.with_cache(|own| own.held().settle());
        if !self.books.grow(capacity, outcome) {
            self.free_kept(outcome);
            if !self.books.grow(capacity, outcome) {
                return None;
            }
        }
        let options = &self.books.options;
        let id = self.with_cache(|own| {
            let mut held = own.held();
            add(&held.counters.misses, usize::from(!pooled));
            held.number()
        });
        let form = Form {
            capacity,
            alignment: alignment.max(options.slab_alignment),
            pooled,
            class,
            owner: NOBODY,
            id,
            zero_on_release: options.zero_on_release,
            track: options.track,
        };
        let Some(store) = Idle::allocate(&form, self.clone(), Owner::NOBODY) else {
            self.books.shrink(capacity, outcome);
            return None;
        };
        let mut lists = self.lists();
        lists.stores.push(store.handle());
        lists.count += 1;
        Some(store)
    }

    /// Keeps a store that was just released as the policy says, or frees it.
    fn put_back(&self, store: Idle, outcome: &mut Outcome) {
        if self.books.options.reuse == Reuse::Node {
            self.books.shrink(store.capacity, outcome);
        }
        self.keep(store, outcome);
    }

    /// Keeps a released store, which under [`Reuse::Node`] no longer counts, or frees it.
    fn keep(&self, mut store: Idle, outcome: &mut Outcome) {
        let capacity = store.capacity;
        if store.class != NOT_KEPT && self.make_room(capacity, outcome) {
            let lists = self.lists();
            if !self.books.is_closed() {
                match lists.kept.keep(store) {
                    Some(refused) => store = refused,
                    None => return,
                }
            }
            drop(lists);
            self.books.unreserve(capacity);
        }
        self.free(store, outcome);
    }

    /// Reserves bytes for a store that is to be kept, if need be in the place of stores that wait:
    /// the depot's and, if there are none, those in a magazine.
    fn make_room(&self, capacity: usize, outcome: &mut Outcome) -> bool {
        while !self.books.reserve(capacity) {
            let idle = self.take_kept(SizeClasses::evict);
            let Some(idle) = idle.or_else(|| self.take_from_magazines()) else { return false };
            self.free(idle, outcome);
        }
        true
    }

    /// Takes a store out of a magazine, and its bytes out of the magazine's budget.
    #[cold]
    fn take_from_magazines(&self) -> Option<Idle> {
        let lists = self.lists();
        let (store, budget) = lists.caches.iter().find_map(|cache| cache.held().evict())?;
        self.books.unreserve(budget);
        Some(store)
    }

    /// Frees a released store, which under [`Reuse::Node`] no longer counts.
    fn free(&self, store: Idle, outcome: &mut Outcome) {
        if self.books.options.reuse == Reuse::Recycle {
            self.books.shrink(store.capacity, outcome);
        }
        self.free_memory(store);
    }

    /// Frees a released store that does not count.
    fn free_memory(&self, store: Idle) {
        let mut lists = self.lists();
        lists.stores.remove(store.handle());
        lists.count -= 1;
        drop(lists);
        store.free();
    }

    /// Frees all kept stores, those in the magazines too.
    fn free_kept(&self, outcome: &mut Outcome) {
        let lists = self.lists();
        let mut budget = lists.kept.kept_bytes();
        let kept = lists.kept.take_all();
        for cache in &lists.caches {
            let (stores, bytes) = cache.held().clear();
            stores.drain().for_each(|store| kept.push(store));
            budget += bytes;
        }
        drop(lists);
        self.books.unreserve(budget);
        kept.drain().for_each(|store| self.free(store, outcome));
    }

    /// Frees the released stores that are kept, those in the magazines of other threads too.
    pub fn trim(&self) {
        let mut outcome = Outcome::default();
        self.free_kept(&mut outcome);
        self.books.tell(&outcome);
    }

    /// The pool is dropped: nothing is kept any more, and what comes back is freed.
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

impl Caching<Held> for Depot {
    fn is_closed(&self) -> bool {
        self.books.is_closed()
    }

    /// What the thread's magazine held is for all threads, and its slab for the next thread that
    /// begins.
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

/// Keeps a store in this thread's magazine of its pool.
fn take_back_near(store: Idle) -> Option<Idle> {
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

impl Keeper for Depot {
    fn post(&self, _: Handle<'_>, _: u64) -> bool {
        unreachable!("no store of a depot has an owner")
    }

    fn take_back(&self, store: Idle) {
        let mut outcome = Outcome::default();
        self.put_back(store, &mut outcome);
        self.books.tell(&outcome);
    }

    fn near(&self) -> Option<fn(Idle) -> Option<Idle>> {
        Some(take_back_near)
    }

    fn alone(self: Arc<Self>, length: usize, at: At) -> Result<Lent, AllocError> {
        self.lent(length, at)
    }
}
