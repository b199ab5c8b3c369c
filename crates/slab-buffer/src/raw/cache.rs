//! What each thread has of each [`SyncPool`](crate::SyncPool) that it uses: a slab of its own, and a
//! magazine of released stores. (Bonwick and Adams, *Magazines and Vmem*, 2001, call the part that
//! all threads share the depot.)
//!
//! The thread that owns a cache places buffers in the slab without a lock. All else is under the
//! cache's lock, which other threads take to report, to trim and to close. A thread that ends
//! returns its caches to their depots.

use super::bump::{Bump, Counters};
use super::depot::Depot;
use super::latch::{Guard, Latch};
use super::list::Stack;
use super::size_classes::SizeClasses;
use super::store::Handle;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::ptr;
use std::sync::Arc;

/// Bytes of released stores in a magazine at the most; the depot has the rest.
const MAGAZINE: usize = 256 << 10;

/// Stores that are numbered at once.
const NUMBERS: u64 = 64;

/// One thread's part of one pool.
pub(super) struct Cache {
    /// The owner's, but that others read `slab` and `handed` under the lock, under which alone the
    /// owner changes the slab.
    pub bump: Bump,
    held: Latch<Held>,
}

// SAFETY: the owner's thread places buffers; others read an atomic and, under the lock, a cell that
// is only written under it. `close` is called when nobody places buffers any more.
unsafe impl Send for Cache {}
// SAFETY: as above.
unsafe impl Sync for Cache {}

/// What is under a cache's lock.
pub(super) struct Held {
    /// The magazine.
    pub kept: SizeClasses,
    /// Bytes that the magazine may keep. They are reserved in the depot's budget.
    budget: usize,
    pub counters: Counters,
    /// Numbers for stores that are the cache's to give.
    numbers: Range<u64>,
    /// Whether the depot still knows the cache.
    pub open: bool,
}

/// What is left of a cache that is closed.
pub(super) struct Remains {
    /// The slab, and the units handed out of it.
    pub slab: Option<(Handle, u64)>,
    pub kept: Stack,
    pub counters: Counters,
}

impl Cache {
    pub fn new(kept: SizeClasses) -> Self {
        let held =
            Held { kept, budget: 0, counters: Counters::default(), numbers: 0..0, open: true };
        Self { bump: Bump::new(), held: Latch::new(held) }
    }

    #[inline]
    pub fn held(&self) -> Guard<'_, Held> {
        self.held.take()
    }

    /// Keeps a released store in the magazine if there is room. Whether it does.
    #[inline]
    pub fn keep(&self, store: Handle, depot: &Depot) -> bool {
        let mut held = self.held();
        let kept = held.kept.kept_bytes() + store.capacity;
        if kept > held.budget {
            let more = kept - held.budget;
            if !held.open || kept > MAGAZINE || !depot.reserve(more) {
                return false;
            }
            held.budget = kept;
        }
        held.kept.keep(store)
    }

    /// Takes the slab and the magazine's stores out, for good.
    ///
    /// # Safety
    /// The calling thread is the owner, or no thread places buffers in the pool any more.
    pub unsafe fn close(&self) -> Remains {
        let mut held = self.held();
        held.open = false;
        let slab = held.end(&self.bump);
        Remains { slab, kept: held.clear().0, counters: held.counts() }
    }
}

impl Held {
    /// Takes the slab out of the bump.
    pub fn end(&self, bump: &Bump) -> Option<(Handle, u64)> {
        bump.count_in(&self.counters);
        bump.end()
    }

    /// What the thread counted, but for its current slab.
    pub fn counts(&self) -> Counters {
        let sum = Counters::default();
        sum.absorb(&self.counters);
        sum.hits.set(sum.hits.get() + self.kept.hits());
        sum
    }

    /// A number that no store of the pool has had.
    pub fn number(&mut self, depot: &Depot) -> u64 {
        self.numbers.next().unwrap_or_else(|| {
            self.numbers = depot.numbers(NUMBERS);
            self.numbers.next().expect("more than none")
        })
    }

    /// Takes a store of the class that was not used for longest out of the magazine, and its bytes out
    /// of the budget, which are the caller's to release.
    pub fn evict(&mut self) -> Option<(Handle, usize)> {
        let store = self.kept.evict()?;
        self.budget -= store.capacity;
        Some((store, store.capacity))
    }

    /// Takes all stores out of the magazine, and its budget, which is the caller's to release.
    pub fn clear(&mut self) -> (Stack, usize) {
        (self.kept.take_all(), std::mem::take(&mut self.budget))
    }
}

/// How many of a thread's caches are found without a search.
const FRONT: usize = 8;

/// A depot and this thread's cache of it.
type Entry = (*const Depot, *const Cache);

/// The caches of a thread.
struct Mine(RefCell<Vec<(Arc<Depot>, Arc<Cache>)>>);

thread_local! {
    /// Entries of `MINE`, each at the place of its depot's address. It has no destructor, so it
    /// can be read for as long as the thread runs.
    static NEAR: [Cell<Entry>; FRONT] =
        const { [const { Cell::new((ptr::null(), ptr::null())) }; FRONT] };
    static MINE: Mine = const { Mine(RefCell::new(Vec::new())) };
}

/// The place of a depot among the entries that are found without a search.
#[inline]
fn place(depot: *const Depot) -> usize {
    (depot.addr() >> 8) % FRONT
}

/// This thread's cache of the depot, if it is found without a search.
///
/// # Safety
/// The reference is not used after a call of other people's code, which could make the thread
/// drop the cache of a pool that is closed.
#[inline]
pub(super) unsafe fn near<'a>(depot: *const Depot) -> Option<&'a Cache> {
    let (of, cache) = NEAR.with(|near| near[place(depot)].get());
    // SAFETY: an entry is there as long as the thread's list holds the cache; that list also holds
    // the depot, so that no other one can have its address.
    (of == depot).then(|| unsafe { &*cache })
}

/// This thread's cache of the depot, which is made if there is none; none in a thread that is
/// ending.
#[cold]
pub(super) fn join(depot: &Arc<Depot>) -> Option<Arc<Cache>> {
    let mut closed = Vec::new();
    let cache = MINE.try_with(|mine| {
        let mut mine = mine.0.borrow_mut();
        let found = mine.iter().find(|(of, _)| Arc::ptr_eq(of, depot)).map(|(_, it)| it.clone());
        let cache = found.unwrap_or_else(|| {
            closed.extend(mine.extract_if(.., |(depot, _)| depot.is_closed()));
            closed.iter().for_each(|(depot, _)| forget(Arc::as_ptr(depot)));
            let cache = depot.join();
            mine.push((depot.clone(), cache.clone()));
            cache
        });
        let entry = (Arc::as_ptr(depot), Arc::as_ptr(&cache));
        NEAR.with(|near| near[place(entry.0)].set(entry));
        cache
    });
    // Options of closed pools go here, with an owner's code, when the list is not borrowed.
    drop(closed);
    cache.ok()
}

/// Makes the cache of a depot one that is found by a search alone.
fn forget(depot: *const Depot) {
    NEAR.with(|near| {
        if near[place(depot)].get().0 == depot {
            near[place(depot)].set((ptr::null(), ptr::null()));
        }
    });
}

impl Drop for Mine {
    fn drop(&mut self) {
        for (depot, cache) in self.0.take() {
            forget(Arc::as_ptr(&depot));
            depot.retire(cache);
        }
    }
}
