//! A pool's stores from the allocator and back: made, used up, released, kept, used again, freed.
//!
//! Nothing here calls code of other people. What the owner of external memory is to be told adds up
//! in `untold`, and [`notice`](Local::notice) is taken when the books are in order.

#![expect(unsafe_code, reason = "stores are told where their pool is")]

use super::mailbox::Mailbox;
use crate::counters::{Counters, add};
use crate::notice::Notice;
use crate::options::{PoolOptions, Reuse};
use crate::raw::bump::Bump;
use crate::raw::store::allocate::Form;
use crate::raw::store::{Idle, Lent, Local, NOT_KEPT, Owner, Used};
use crate::size_classes::SizeClasses;
use std::cell::Cell;
use std::sync::Arc;

/// The stores of a pool. It stays where it is: stores know it by its address.
pub(super) struct Stores {
    /// The thread that the stores are biased to.
    owner: u64,
    pub options: PoolOptions,
    pub mailbox: Arc<Mailbox>,
    kept: SizeClasses,
    next_id: Cell<u64>,
    pub peak: Cell<usize>,
    pub counters: Counters,
    /// Whether the pool's limit forbade the last store.
    is_limited: Cell<bool>,
    /// Whether there is an owner of external memory.
    is_heard: bool,
    /// Bytes that the owner of external memory is not told of yet.
    untold: Cell<isize>,
}

impl Stores {
    /// The options have been put in bounds.
    pub fn new(options: PoolOptions, owner: u64) -> Self {
        let kept = SizeClasses::new(options.reuse, options.kept_limit());
        Self {
            owner,
            mailbox: Arc::new(Mailbox::new(&options)),
            is_heard: options.external_memory.is_some(),
            options,
            kept,
            next_id: Cell::new(0),
            peak: Cell::new(0),
            is_limited: Cell::new(false),
            counters: Counters::default(),
            untold: Cell::new(0),
        }
    }

    /// Whether the owner of external memory is to be told of something.
    #[inline]
    pub fn is_due(&self) -> bool {
        self.untold.get() != 0
    }

    /// Counts a store that comes into being; false if the pool's limit forbids it. What is kept and
    /// counts makes room.
    #[inline]
    fn grow(&self, bytes: usize) -> bool {
        while !self.mailbox.admit(bytes) {
            let idle = match self.options.reuse {
                // It does not count.
                Reuse::Node => None,
                Reuse::Recycle => self.kept.evict(),
            };
            let Some(idle) = idle else {
                self.is_limited.set(true);
                return false;
            };
            self.free(idle);
        }
        self.is_limited.set(false);
        self.peak.set(self.peak.get().max(self.mailbox.bytes()));
        if self.is_heard {
            self.untold.set(self.untold.get() + bytes as isize);
        }
        true
    }

    /// Whether the pool's limit forbade the last store.
    pub fn was_limited(&self) -> bool {
        self.is_limited.get()
    }

    /// A store has gone.
    #[inline]
    fn shrunk(&self, bytes: usize) {
        self.mailbox.unmade(bytes);
        if self.is_heard {
            self.untold.set(self.untold.get() - bytes as isize);
        }
    }

    /// A number that no store has had.
    #[inline]
    fn number(&self) -> u64 {
        self.next_id.replace(self.next_id.get() + 1)
    }

    /// Buffers that were placed in kept stores, slabs apart.
    pub fn own_hits(&self) -> u64 {
        self.kept.hits()
    }

    /// Bytes of the released stores that are kept.
    pub fn kept_bytes(&self) -> usize {
        self.kept.kept_bytes() + self.mailbox.waiting_bytes()
    }

    /// A kept store, which has become one buffer's.
    #[inline]
    pub fn kept_alone(&self, length: usize) -> Option<Lent> {
        Some(self.kept.take_alone(length)?.lend(length))
    }

    /// A new store, which has become one buffer's.
    #[inline(never)]
    pub fn new_alone(&self, length: usize, alignment: usize, reuse: bool) -> Option<Lent> {
        let class = if reuse { self.kept.class(length) } else { NOT_KEPT };
        let store = self.allocate(length, alignment, false, class)?;
        add(&self.counters.misses, 1);
        Some(store.lend(length))
    }

    fn allocate(
        &self,
        capacity: usize,
        alignment: usize,
        pooled: bool,
        class: u16,
    ) -> Option<Idle> {
        let form = Form {
            capacity,
            alignment: alignment.max(self.options.slab_alignment),
            pooled,
            class,
            owner: self.owner,
            id: self.number(),
            zero_on_release: self.options.zero_on_release,
            track: self.options.track,
        };
        if !self.grow(capacity) {
            return None;
        }
        // SAFETY: these stores are a part of the `Core`, which lies in an `Rc` of this thread. It is
        // dropped after `close`, which leaves no store with an owner.
        let local = unsafe { Owner::of(self) };
        let Some(store) = Idle::allocate(&form, self.mailbox.clone(), local) else {
            self.shrunk(capacity);
            return None;
        };
        self.mailbox.list(&store);
        Some(store)
    }

    /// Begins another slab, and retires the current one; false if the allocator refuses.
    #[inline]
    pub fn next_slab(&self, bump: &Bump) -> bool {
        if let Some(slab) = bump.end_if_idle() {
            // It would be released and taken again.
            self.counters.add_slab(bump);
            self.mailbox.unpost(&slab);
            if self.options.reuse == Reuse::Node {
                slab.set_id(self.number());
            }
            bump.begin(slab);
            return true;
        }
        let Some(next) = self.kept_slab().or_else(|| self.new_slab()) else { return false };
        self.counters.add_slab(bump);
        let old = bump.end();
        // First, as the allocator may use the pool while the other is freed.
        bump.begin(next);
        self.retire(old);
        true
    }

    /// A released slab that was kept.
    #[inline]
    fn kept_slab(&self) -> Option<Idle> {
        let slab = self.kept.take_slab()?;
        if self.options.reuse == Reuse::Node {
            if !self.grow(slab.capacity) {
                self.free(slab);
                return None;
            }
            slab.set_id(self.number());
        }
        Some(slab)
    }

    #[inline(never)]
    fn new_slab(&self) -> Option<Idle> {
        let size = self.options.pool_size;
        self.allocate(size, self.options.slab_alignment, true, self.kept.slab_class(size))
    }

    /// Retires a slab that was the current one.
    #[inline]
    fn retire(&self, old: Option<Used>) {
        if let Some(slab) = old.and_then(Used::retire) {
            self.mailbox.unpost(&slab);
            self.put_back(slab);
        }
    }

    /// Takes back a store that is released, perhaps by other threads.
    #[inline]
    fn put_back(&self, store: Idle) {
        if self.options.reuse == Reuse::Node {
            self.shrunk(store.capacity);
        }
        store.reset(self.owner);
        self.keep(store);
    }

    /// Keeps a released store as the policy says, or frees it.
    #[inline]
    fn keep(&self, store: Idle) {
        if let Some(store) = self.kept.keep(store) {
            self.make_room(store);
        }
    }

    /// Keeps a released store in the room of others, which are not used.
    #[cold]
    #[inline(never)]
    fn make_room(&self, mut store: Idle) {
        // An allocator that uses the pool may fill the room again: it is made once.
        let mut room = 0;
        while store.class != NOT_KEPT
            && room < store.capacity
            && let Some(idle) = self.kept.evict()
        {
            room += idle.capacity;
            self.free(idle);
            match self.kept.keep(store) {
                Some(refused) => store = refused,
                None => return,
            }
        }
        self.free(store);
    }

    /// Frees a released store, which under [`Reuse::Node`] does not count any more.
    #[inline(never)]
    fn free(&self, store: Idle) {
        let capacity = store.capacity;
        self.mailbox.free(store);
        if self.options.reuse == Reuse::Recycle {
            self.shrunk(capacity);
        }
    }

    /// Whether other threads have left something.
    #[inline]
    pub fn has_mail(&self) -> bool {
        self.mailbox.has_mail()
    }

    /// Takes what other threads have left. O(1) for each store that they left.
    #[inline]
    pub fn settle(&self) {
        if self.has_mail() {
            self.take_mail();
        }
    }

    /// How many stores it looked at.
    #[cold]
    fn take_mail(&self) -> usize {
        let mail = self.mailbox.take();
        let mut visited = mail.visited;
        mail.released.drain().for_each(|store| self.put_back(store));
        for store in mail.waited.drain() {
            visited += 1;
            store.reset(self.owner);
            self.keep(store);
        }
        visited
    }

    /// Frees the released stores that are kept.
    pub fn trim(&self) {
        self.kept.take_all().drain().for_each(|store| self.free(store));
    }

    /// The pool is dropped: lets go of the current slabs, and frees all that is released and what
    /// will be. The notice that is returned is for when nothing of the pool is used any more.
    pub fn close(&self, bumps: [&Bump; 2]) -> Option<Notice> {
        for bump in bumps {
            self.counters.add_slab(bump);
            self.retire(bump.end());
        }
        self.trim();
        let mail = self.mailbox.close();
        for store in mail.released.drain() {
            if self.options.reuse == Reuse::Node {
                self.shrunk(store.capacity);
            }
            self.free(store);
        }
        mail.waited.drain().for_each(|store| self.free(store));
        self.notice()
    }
}

impl Local for Stores {
    #[inline]
    fn take_back(&self, store: Idle) -> bool {
        if self.options.reuse == Reuse::Node {
            self.shrunk(store.capacity);
        }
        self.keep(store);
        self.is_due()
    }

    #[cold]
    #[inline(never)]
    fn notice(&self) -> Option<Notice> {
        self.mailbox.notice(self.untold.take())
    }
}

#[cfg(test)]
mod tests {
    use crate::local::Core;
    use crate::options::{PoolOptions, Reuse};
    use crate::raw::buffer::Buffer;
    use std::thread;

    #[test]
    fn word_from_another_thread_costs_by_what_it_released_and_not_by_what_is_kept() {
        let options = PoolOptions { max_kept_bytes: 64 << 20, ..PoolOptions::default() };
        let core = Core::here(options.with_reuse(Reuse::Recycle));
        let many = |length| -> Vec<Buffer> {
            (0..2000).map(|_| core.alloc_unsafe(length).unwrap()).collect()
        };
        drop([many(4000), many(5000)]);
        let mut held = [many(3000), many(5000)];
        assert_eq!(core.stores.take_mail(), 0);
        let theirs: Vec<_> = held.iter_mut().flat_map(|held| held.drain(0..10)).collect();
        thread::spawn(move || drop(theirs)).join().unwrap();
        // Ten buffers in slabs of two each, and ten in stores of their own.
        assert_eq!(core.stores.take_mail(), 15);
        assert_eq!(core.stores.take_mail(), 0);
        assert_eq!(core.stats().live_buffers, 3980);
    }
}
