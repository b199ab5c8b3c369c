//! A pool's stores from the allocator and back: made, used up, released, kept, used again, freed.
//!
//! Nothing here calls other people's code. What the external memory's owner is to be told adds up in
//! `untold`, and [`notice`](Stores::notice) is taken when the books are in order.

use super::bump::{Bump, Counters, add};
use super::mailbox::{Mailbox, max_kept_bytes};
use super::notice::Notice;
use super::size_classes::{NOT_KEPT, SizeClasses};
use super::store::{Form, Handle, Owner};
use super::unit;
use crate::{PoolOptions, Reuse};
use std::cell::Cell;
use std::sync::Arc;

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
    /// Bytes that it has yet to be told of.
    untold: Cell<isize>,
}

impl Stores {
    /// The options have been put in bounds.
    pub fn new(options: PoolOptions, owner: u64) -> Self {
        let kept = SizeClasses::new(options.reuse, max_kept_bytes(&options));
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

    /// Whether the external memory's owner is to be told of something.
    #[inline]
    pub fn is_due(&self) -> bool {
        self.untold.get() != 0
    }

    /// The notice that is due, if any. The caller gives it when its books are in order, and it needs
    /// nothing that goes with the pool.
    #[cold]
    #[inline(never)]
    pub fn notice(&self) -> Option<Notice> {
        self.mailbox.notice(self.untold.take())
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
    pub fn kept_alone(&self, length: usize) -> Option<Handle> {
        let store = self.kept.take_alone(length)?;
        store.hand_over(unit(length));
        Some(store)
    }

    /// A new store, which has become one buffer's.
    #[inline(never)]
    pub fn new_alone(&self, length: usize, alignment: usize, reuse: bool) -> Option<Handle> {
        let class = if reuse { self.kept.class(length) } else { NOT_KEPT };
        let store = self.allocate(length, alignment, false, class)?;
        add(&self.counters.misses, 1);
        store.hand_over(unit(length));
        Some(store)
    }

    fn allocate(
        &self,
        capacity: usize,
        alignment: usize,
        pooled: bool,
        class: u16,
    ) -> Option<Handle> {
        let local = Owner { pool: std::ptr::from_ref(self).cast(), take_back };
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
        let Some(store) = Handle::allocate(&form, self.mailbox.clone(), local) else {
            self.shrunk(capacity);
            return None;
        };
        self.mailbox.list(store);
        Some(store)
    }

    /// Begins another slab, and lets go of the current one; false if the allocator refuses.
    #[inline]
    pub fn next_slab(&self, bump: &Bump) -> bool {
        if let Some(slab) = bump.slab.get().filter(|slab| slab.live_of(bump.handed()).0 == 0) {
            // It would be released and taken again.
            bump.count_in(&self.counters);
            slab.unpost();
            if self.options.reuse == Reuse::Node {
                slab.id.set(self.number());
            }
            bump.begin(slab);
            return true;
        }
        let Some(next) = self.kept_slab().or_else(|| self.new_slab()) else { return false };
        bump.count_in(&self.counters);
        let old = bump.end();
        // First, as the allocator may use the pool while the other is freed.
        bump.begin(next);
        self.retire(old);
        true
    }

    /// A released slab that was kept.
    #[inline]
    fn kept_slab(&self) -> Option<Handle> {
        let slab = self.kept.take_slab()?;
        if self.options.reuse == Reuse::Node {
            if !self.grow(slab.capacity) {
                self.free(slab);
                return None;
            }
            slab.id.set(self.number());
        }
        Some(slab)
    }

    #[inline(never)]
    fn new_slab(&self) -> Option<Handle> {
        let size = self.options.pool_size;
        self.allocate(size, self.options.slab_alignment, true, self.kept.slab_class(size))
    }

    /// Lets go of a slab that was the current one, and of which so many units were given out.
    fn retire(&self, old: Option<(Handle, u64)>) {
        if let Some((slab, handed)) = old
            && slab.retire(handed)
        {
            slab.unpost();
            self.put_back(slab);
        }
    }

    /// Takes back a store that is released, perhaps by others.
    fn put_back(&self, store: Handle) {
        if self.options.reuse == Reuse::Node {
            self.shrunk(store.capacity);
        }
        store.bias(self.owner);
        self.keep(store);
    }

    /// Takes back a store whose buffers its owner has released. Whether a notice is due.
    #[inline]
    fn take_back(&self, store: Handle) -> bool {
        if self.options.reuse == Reuse::Node {
            self.shrunk(store.capacity);
        }
        self.keep(store);
        self.is_due()
    }

    /// Keeps a released store as the policy says, or frees it.
    #[inline]
    fn keep(&self, store: Handle) {
        if !self.kept.keep(store) {
            self.make_room(store);
        }
    }

    /// Keeps a released store in the room of others, which are not used.
    #[cold]
    #[inline(never)]
    fn make_room(&self, store: Handle) {
        while store.class != NOT_KEPT
            && let Some(idle) = self.kept.evict()
        {
            self.free(idle);
            if self.kept.keep(store) {
                return;
            }
        }
        self.free(store);
    }

    /// Frees a released store, which under [`Reuse::Node`] does not count any more.
    #[inline(never)]
    fn free(&self, store: Handle) {
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
            store.bias(self.owner);
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
            bump.count_in(&self.counters);
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

/// Takes back a store whose buffers are all released, on the pool's thread. The pool may be gone
/// afterwards: the external memory's owner may drop it.
///
/// # Safety
/// The pointer is to [`Stores`] that are there.
unsafe fn take_back(stores: *const (), store: Handle) {
    let stores: *const Stores = stores.cast();
    // SAFETY: by contract, and only this crate's code is called.
    let due = unsafe { &*stores }.take_back(store);
    if due {
        // SAFETY: as above.
        unsafe { give_due(stores) };
    }
}

/// Gives the notice that is due.
///
/// # Safety
/// The pointer is to [`Stores`] that are there.
#[cold]
#[inline(never)]
unsafe fn give_due(stores: *const Stores) {
    // SAFETY: by contract; nobody else's code is called.
    let notice = unsafe { &*stores }.notice();
    give(notice);
}

/// Gives a notice, if there is one.
#[cold]
#[inline(never)]
pub(super) fn give(notice: Option<Notice>) {
    if let Some(notice) = notice {
        notice.give();
    }
}

#[cfg(test)]
mod tests {
    use crate::raw::{Buffer, Core};
    use crate::{PoolOptions, Reuse};
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
