//! Stores of the depot: they are made, kept when they are released, used again, and freed.

use super::Depot;
use super::books::Outcome;
use super::held::Held;
use super::threads::take_back_near;
use crate::counters::add;
use crate::error::AllocError;
use crate::options::Reuse;
use crate::raw::bump::OFFSETS;
use crate::raw::near::Own;
use crate::raw::pins::At;
use crate::raw::store::allocate::Form;
use crate::raw::store::{Handle, Idle, Keeper, Lent, NOT_KEPT, Owner, Used};
use crate::raw::thread::NOBODY;
use crate::size_classes::SizeClasses;
use std::sync::Arc;

impl Depot {
    /// Takes a kept store of the depot.
    pub(super) fn take_kept(
        &self,
        take: impl FnOnce(&SizeClasses) -> Option<Idle>,
    ) -> Option<Idle> {
        let store = take(&self.lists().kept)?;
        self.books.unreserve(store.capacity);
        Some(store)
    }

    /// Retires this thread's slab and begins another. False if the limit or the allocator refuses one.
    pub(super) fn next_slab(self: &Arc<Self>, own: &Own<Held>, outcome: &mut Outcome) -> bool {
        let mut held = own.held();
        if let Some(slab) = own.bump().end_if_idle() {
            // Retiring it would release it, and it would be taken again.
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

    /// Gives a reused slab a new number, as if it were another, where Node would make another.
    pub(super) fn renumber(&self, slab: &Idle, held: &mut Held) {
        if self.books.options.reuse == Reuse::Node {
            slab.set_id(held.number());
        }
    }

    /// Retires a slab that takes no more buffers.
    pub(super) fn retire_slab(&self, slab: Option<Used>, outcome: &mut Outcome) {
        if let Some(released) = slab.and_then(Used::retire) {
            self.put_back(released, outcome);
        }
    }

    /// A slab of the depot, or a new one.
    pub(super) fn slab(self: &Arc<Self>, outcome: &mut Outcome) -> Option<Idle> {
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

    /// Counts a kept slab that is to be reused. False if the pool's limit forbids it.
    #[inline]
    pub(super) fn counts_again(&self, slab: &Idle, outcome: &mut Outcome) -> bool {
        self.books.options.reuse == Reuse::Recycle || self.books.grow(slab.capacity, outcome)
    }

    /// A new store. Kept stores are freed for it if the limit demands that.
    #[inline(never)]
    pub(super) fn new_store(
        self: &Arc<Self>,
        (class, capacity): (u16, usize),
        pooled: bool,
        alignment: usize,
        outcome: &mut Outcome,
    ) -> Option<Idle> {
        // So that the peak does not count what this thread has released.
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

    /// Keeps or frees a store that was just released, as the policy says.
    pub(super) fn put_back(&self, store: Idle, outcome: &mut Outcome) {
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

    /// Reserves bytes for a store that is to be kept, if needed by freeing kept stores: the depot's first, then those of a
    /// magazine.
    fn make_room(&self, capacity: usize, outcome: &mut Outcome) -> bool {
        while !self.books.reserve(capacity) {
            let idle = self.take_kept(SizeClasses::evict);
            let Some(idle) = idle.or_else(|| self.take_from_magazines()) else { return false };
            self.free(idle, outcome);
        }
        true
    }

    /// Takes a store from a magazine, and its bytes from the magazine's budget.
    #[cold]
    fn take_from_magazines(&self) -> Option<Idle> {
        let lists = self.lists();
        let (store, budget) = lists.caches.iter().find_map(|cache| cache.held().evict())?;
        self.books.unreserve(budget);
        Some(store)
    }

    /// Frees a released store, which under [`Reuse::Node`] no longer counts.
    pub(super) fn free(&self, store: Idle, outcome: &mut Outcome) {
        if self.books.options.reuse == Reuse::Recycle {
            self.books.shrink(store.capacity, outcome);
        }
        self.free_memory(store);
    }

    /// Frees a released store that does not count.
    pub(super) fn free_memory(&self, store: Idle) {
        let mut lists = self.lists();
        lists.stores.remove(store.handle());
        lists.count -= 1;
        drop(lists);
        store.free();
    }

    /// Frees all kept stores, including those in magazines.
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

    /// Frees all kept stores, including those in the magazines of other threads.
    pub fn trim(&self) {
        let mut outcome = Outcome::default();
        self.free_kept(&mut outcome);
        self.books.tell(&outcome);
    }
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
