//! The pool of many threads: the caches of its threads and, in the depot, what they share.
//!
//! A thread places buffers in a slab of its own and takes stores of one buffer from its magazine;
//! only what does not fit a magazine is under the depot's lock. No store has an owner: releases are
//! counted in `remote` on whichever thread, so the count is true at once, and the thread that
//! releases the last buffer of a store takes the store back.
//!
//! What a store is doing can be told from `remote`: it is [`DONE`] while the store is kept or about
//! to be used, less by the units that are out while it is used, and far below that while it is some
//! thread's slab. Locks are taken in the order: the depot's, then caches'; who holds a cache's lock
//! takes no other.

mod placement;
mod reports;

use super::NOBODY;
use super::buffer::Buffer;
use super::bump::{Bump, Counters, OFFSETS, add};
use super::cache::{self, Cache};
use super::core::At;
use super::list::{ALL, List, Stack};
use super::mailbox::max_kept_bytes;
use super::notice::Notice;
use super::size_classes::{NOT_KEPT, SizeClasses};
use super::store::{Form, Handle, Keeper, Owner};
use super::stores::give;
use crate::options::{MAX_LENGTH, MAX_POOL_SIZE};
use crate::{AllocError, PoolOptions, Reuse};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Caches of ended threads that wait for new threads at the most.
const IDLE: usize = 16;

/// The state of a [`SyncPool`](crate::SyncPool).
///
/// Aligned so that its address tells it from other depots in few bits.
#[repr(align(256))]
pub(crate) struct Depot {
    /// Lengths from 1 to this are pooled on the short way.
    short: usize,
    /// Lengths from this on are alone on the short way.
    long: usize,
    half: usize,
    options: PoolOptions,
    /// Bytes of released stores that are kept at the most.
    max_kept_bytes: usize,
    next_number: AtomicU64,
    /// Bytes of the stores that count.
    bytes: AtomicUsize,
    peak: AtomicUsize,
    /// Bytes reserved for kept stores, at most `max_kept_bytes`: the budgets of the magazines, and
    /// what the depot keeps.
    reserved: AtomicUsize,
    closed: AtomicBool,
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
    caches: Vec<Arc<Cache>>,
    /// Caches of threads that have ended, for threads that begin.
    idle: Vec<Arc<Cache>>,
    /// Kept stores that no magazine has room for.
    kept: SizeClasses,
    /// The counts of threads that have ended.
    counters: Counters,
    /// Where compaction places what it moves.
    survivors: Bump,
}

// SAFETY: the bump is used under the lock alone.
unsafe impl Send for Lists {}

/// What a call has to say when nothing is locked any more.
#[derive(Default)]
struct Outcome {
    /// Bytes that the external memory's owner has yet to be told of.
    untold: isize,
    /// The bytes that the pool held when its limit forbade a store.
    limited: Option<usize>,
}

impl Depot {
    fn new(mut options: PoolOptions) -> Arc<Self> {
        options.pool_size = options.pool_size.min(MAX_POOL_SIZE);
        options.slab_alignment = options.slab_alignment.clamp(OFFSETS, 64).next_power_of_two();
        options.max_length = options.max_length.min(MAX_LENGTH);
        let half = options.pool_size / 2;
        let careful = options.track || options.zero_always || options.max_length < half;
        let lists = Lists {
            stores: List::default(),
            count: 0,
            caches: Vec::new(),
            idle: Vec::new(),
            kept: SizeClasses::new(options.reuse, max_kept_bytes(&options)),
            counters: Counters::default(),
            survivors: Bump::new(),
        };
        Arc::new(Self {
            short: if careful { 0 } else { half.saturating_sub(1) },
            long: if careful { usize::MAX } else { half.max(1) },
            half,
            max_kept_bytes: max_kept_bytes(&options),
            options,
            next_number: AtomicU64::new(0),
            bytes: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            reserved: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            lists: Mutex::new(lists),
        })
    }

    pub fn options(&self) -> &PoolOptions {
        &self.options
    }

    pub fn array_buffers(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers that no store has had.
    pub fn numbers(&self, count: u64) -> Range<u64> {
        let first = self.next_number.fetch_add(count, Ordering::Relaxed);
        first..first + count
    }

    /// Counts a store that comes into being; false if that is more than the pool may hold.
    fn grow(&self, bytes: usize, outcome: &mut Outcome) -> bool {
        let before = match self.options.max_bytes {
            usize::MAX => self.bytes.fetch_add(bytes, Ordering::Relaxed),
            limit => {
                let grown = |sum: usize| sum.checked_add(bytes).filter(|sum| *sum <= limit);
                match self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown) {
                    Ok(before) => before,
                    Err(held) => {
                        outcome.limited = Some(held);
                        return false;
                    }
                }
            }
        };
        if before + bytes > self.peak.load(Ordering::Relaxed) {
            self.peak.fetch_max(before + bytes, Ordering::Relaxed);
        }
        outcome.untold += bytes as isize;
        true
    }

    /// Counts a store that no longer is.
    fn shrink(&self, bytes: usize, outcome: &mut Outcome) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        outcome.untold -= bytes as isize;
    }

    /// Tells the external memory's owner. Other people's code: nothing is locked, and who calls this
    /// holds the depot or does not use it any more.
    #[inline]
    fn tell(&self, outcome: &Outcome) {
        if outcome.untold != 0 {
            give(Notice::new(self.options.external_memory.as_ref(), outcome.untold));
        }
    }

    /// Reserves bytes for kept stores, if there are as many.
    pub fn reserve(&self, bytes: usize) -> bool {
        let more = |sum: usize| Some(sum + bytes).filter(|sum| *sum <= self.max_kept_bytes);
        self.reserved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    fn unreserve(&self, bytes: usize) {
        self.reserved.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Size classes for a magazine. Their own budget is never used up.
    fn size_classes(&self) -> SizeClasses {
        SizeClasses::new(self.options.reuse, self.max_kept_bytes)
    }

    /// Calls with this thread's cache.
    fn with_cache<R>(self: &Arc<Self>, act: impl FnOnce(&Cache) -> R) -> R {
        // SAFETY: no caller lets `act` call other people's code.
        if let Some(cache) = unsafe { cache::near(Arc::as_ptr(self)) } {
            return act(cache);
        }
        if let Some(cache) = cache::join(self) {
            return act(&cache);
        }
        // The thread is ending: its caches are no more.
        let cache = self.join();
        let result = act(&cache);
        self.retire(cache);
        result
    }

    /// A cache for this thread: one that an ended thread has left, or a new one. That of a pool that
    /// is closed keeps nothing.
    pub(super) fn join(&self) -> Arc<Cache> {
        let mut lists = self.lists();
        if let Some(cache) = lists.idle.pop() {
            return cache;
        }
        let cache = Arc::new(Cache::new(self.size_classes()));
        match self.is_closed() {
            true => cache.held().open = false,
            false => lists.caches.push(cache.clone()),
        }
        cache
    }

    /// Takes one of the depot's kept stores.
    fn take_kept(&self, take: impl FnOnce(&SizeClasses) -> Option<Handle>) -> Option<Handle> {
        let store = take(&self.lists().kept)?;
        self.unreserve(store.capacity);
        Some(store)
    }

    /// Lets go of this thread's slab and begins another; false if there is none to be had.
    fn next_slab(self: &Arc<Self>, cache: &Cache, outcome: &mut Outcome) -> bool {
        let mut held = cache.held();
        if let Some(slab) = cache.bump.slab.get().filter(|_| cache.bump.live().0 == 0) {
            // It would be released and taken again.
            cache.bump.count_in(&held.counters);
            if self.options.reuse == Reuse::Node {
                slab.id.set(held.number(self));
            }
            cache.bump.begin(slab);
            return true;
        }
        let next = match held.kept.take_slab() {
            Some(slab) if self.counts_again(slab, outcome) => slab,
            kept => {
                drop(held);
                if let Some(slab) = kept {
                    self.free_memory(slab);
                    return false;
                }
                let Some(slab) = self.slab(outcome) else { return false };
                held = cache.held();
                slab
            }
        };
        let old = held.end(&cache.bump);
        if self.options.reuse == Reuse::Node {
            next.id.set(held.number(self));
        }
        cache.bump.begin(next);
        drop(held);
        if let Some((old, handed)) = old
            && old.retire(handed)
        {
            self.put_back(old, outcome);
        }
        true
    }

    /// A slab of the depot, or a new one.
    fn slab(self: &Arc<Self>, outcome: &mut Outcome) -> Option<Handle> {
        let Some(slab) = self.take_kept(SizeClasses::take_slab) else {
            let size = self.options.pool_size;
            let class = self.lists().kept.slab_class(size);
            return self.new_store((class, size), true, OFFSETS, outcome);
        };
        if self.counts_again(slab, outcome) {
            return Some(slab);
        }
        self.free_memory(slab);
        None
    }

    /// Counts a kept slab that is to be used again; false if the pool's limit forbids it.
    #[inline]
    fn counts_again(&self, slab: Handle, outcome: &mut Outcome) -> bool {
        self.options.reuse == Reuse::Recycle || self.grow(slab.capacity, outcome)
    }

    /// A store that the pool did not have. Kept ones make room for it where a limit demands that.
    #[inline(never)]
    fn new_store(
        self: &Arc<Self>,
        (class, capacity): (u16, usize),
        pooled: bool,
        alignment: usize,
        outcome: &mut Outcome,
    ) -> Option<Handle> {
        if !self.grow(capacity, outcome) {
            self.free_kept(outcome);
            if !self.grow(capacity, outcome) {
                return None;
            }
        }
        let id = self.with_cache(|cache| {
            let mut held = cache.held();
            add(&held.counters.misses, usize::from(!pooled));
            held.number(self)
        });
        let form = Form {
            capacity,
            alignment: alignment.max(self.options.slab_alignment),
            pooled,
            class,
            owner: NOBODY,
            id,
            zero_on_release: self.options.zero_on_release,
            track: self.options.track,
        };
        let Some(store) = Handle::allocate(&form, self.clone(), Owner::NOBODY) else {
            self.shrink(capacity, outcome);
            return None;
        };
        // As that of a kept store, until buffers are placed in it.
        store.bias(NOBODY);
        let mut lists = self.lists();
        lists.stores.push(store);
        lists.count += 1;
        Some(store)
    }

    /// Keeps a store that was just released as the policy says, or frees it.
    fn put_back(&self, store: Handle, outcome: &mut Outcome) {
        if self.options.reuse == Reuse::Node {
            self.shrink(store.capacity, outcome);
        }
        self.keep(store, outcome);
    }

    /// Keeps a released store, which under [`Reuse::Node`] no longer counts, or frees it.
    fn keep(&self, store: Handle, outcome: &mut Outcome) {
        let capacity = store.capacity;
        if store.class != NOT_KEPT && self.make_room(capacity, outcome) {
            let lists = self.lists();
            if !self.is_closed() && lists.kept.keep(store) {
                return;
            }
            drop(lists);
            self.unreserve(capacity);
        }
        self.free(store, outcome);
    }

    /// Reserves bytes for a store that is to be kept, if need be in the place of stores that wait:
    /// the depot's and, if there are none, those in a magazine.
    fn make_room(&self, capacity: usize, outcome: &mut Outcome) -> bool {
        while !self.reserve(capacity) {
            let idle = self.take_kept(SizeClasses::evict);
            let Some(idle) = idle.or_else(|| self.take_from_magazines()) else { return false };
            self.free(idle, outcome);
        }
        true
    }

    /// Takes a store out of a magazine, and its bytes out of the magazine's budget.
    #[cold]
    fn take_from_magazines(&self) -> Option<Handle> {
        let lists = self.lists();
        let (store, budget) = lists.caches.iter().find_map(|cache| cache.held().evict())?;
        self.unreserve(budget);
        Some(store)
    }

    /// Frees a released store, which under [`Reuse::Node`] no longer counts.
    fn free(&self, store: Handle, outcome: &mut Outcome) {
        if self.options.reuse == Reuse::Recycle {
            self.shrink(store.capacity, outcome);
        }
        self.free_memory(store);
    }

    /// Frees a released store that does not count.
    fn free_memory(&self, store: Handle) {
        let mut lists = self.lists();
        lists.stores.remove(store);
        lists.count -= 1;
        drop(lists);
        // SAFETY: it has left the list of all stores and is not kept, and its buffers are gone. It
        // does not hold the depot alone: the caller does.
        unsafe { store.free() };
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
        self.unreserve(budget);
        kept.drain().for_each(|store| self.free(store, outcome));
    }

    /// Frees the released stores that are kept, those in the magazines of other threads too.
    pub fn trim(&self) {
        let mut outcome = Outcome::default();
        self.free_kept(&mut outcome);
        self.tell(&outcome);
    }

    /// A thread has ended: what its magazine held is for all threads, and its slab for the next
    /// thread that begins. Called on the thread that ends.
    pub(super) fn retire(&self, cache: Arc<Cache>) {
        let mut lists = self.lists();
        let Some(index) = lists.caches.iter().position(|it| Arc::ptr_eq(it, &cache)) else {
            return;
        };
        let mut outcome = Outcome::default();
        let (kept, budget) = cache.held().clear();
        let mut surplus = budget;
        let free = Stack::default();
        for store in kept.drain() {
            match lists.kept.keep(store) {
                true => surplus -= store.capacity,
                false => free.push(store),
            }
        }
        self.unreserve(surplus);
        let mut slab = None;
        if lists.idle.len() < IDLE {
            lists.idle.push(cache);
        } else {
            lists.caches.swap_remove(index);
            // SAFETY: this is the owner's thread.
            let remains = unsafe { cache.close() };
            lists.counters.absorb(&remains.counters);
            slab = remains.slab;
        }
        drop(lists);
        if let Some((slab, handed)) = slab
            && slab.retire(handed)
        {
            self.put_back(slab, &mut outcome);
        }
        free.drain().for_each(|store| self.free(store, &mut outcome));
        self.tell(&outcome);
    }

    /// The pool is dropped: nothing is kept any more, and what comes back is freed.
    ///
    /// # Safety
    /// No thread places buffers in slabs of the pool any more.
    unsafe fn close(&self) {
        let mut lists = self.lists();
        self.closed.store(true, Ordering::Release);
        lists.idle.clear();
        let caches = std::mem::take(&mut lists.caches);
        let mut slabs = Vec::with_capacity(caches.len() + 1);
        lists.survivors.count_in(&lists.counters);
        slabs.extend(lists.survivors.end());
        let kept = lists.kept.take_all();
        drop(lists);
        for cache in caches {
            // SAFETY: by contract.
            let remains = unsafe { cache.close() };
            slabs.extend(remains.slab);
            remains.kept.drain().for_each(|store| kept.push(store));
        }
        let mut outcome = Outcome::default();
        kept.drain().for_each(|store| self.free(store, &mut outcome));
        for (slab, handed) in slabs {
            if slab.retire(handed) {
                self.put_back(slab, &mut outcome);
            }
        }
        self.tell(&outcome);
    }
}

impl Keeper for Depot {
    fn post(&self, _: Handle, _: u64) -> bool {
        unreachable!("no store of a depot has an owner")
    }

    fn unpost(&self, _: Handle) {}

    fn take_back(&self, store: Handle) {
        let mut outcome = Outcome::default();
        self.put_back(store, &mut outcome);
        self.tell(&outcome);
    }

    /// Keeps the store in this thread's magazine. The thread's list of caches holds the depot.
    fn take_back_near(&self, store: Handle) -> bool {
        let capacity = store.capacity;
        // SAFETY: other people's code is called last.
        let cache = if store.class == NOT_KEPT { None } else { unsafe { cache::near(self) } };
        if !cache.is_some_and(|cache| cache.keep(store, self)) {
            return false;
        }
        if self.options.reuse == Reuse::Node {
            self.bytes.fetch_sub(capacity, Ordering::Relaxed);
            if self.options.external_memory.is_some() {
                self.tell(&Outcome { untold: -(capacity as isize), limited: None });
            }
        }
        true
    }

    fn alone(self: Arc<Self>, length: usize, at: At) -> Result<Buffer, AllocError> {
        Depot::alone(&self, length, false, at)
    }
}
