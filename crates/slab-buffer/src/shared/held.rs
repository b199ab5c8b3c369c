//! What each thread has of each [`SyncPool`](crate::SyncPool) that it uses, beside a slab: a magazine of
//! released stores. (Bonwick and Adams, *Magazines and Vmem*, 2001, call the part that all threads
//! share the depot.)
//!
//! It is under the cache's lock (`raw/near.rs`), which other threads take to report, to trim and to
//! close.

use super::books::{Books, Outcome};
use crate::counters::Counters;
use crate::notice::Notice;
use crate::options::Reuse;
use crate::raw::list::Stack;
use crate::raw::store::{Idle, NOT_KEPT};
use crate::size_classes::SizeClasses;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of released stores in a magazine at the most; the depot has the rest.
const MAGAZINE: usize = 256 << 10;

/// Stores that are numbered at once.
const NUMBERS: u64 = 64;

/// What is under a cache's lock.
pub(super) struct Held {
    books: Arc<Books>,
    /// The magazine.
    pub kept: SizeClasses,
    /// Bytes that the magazine may keep. They are reserved in the pool's budget.
    budget: usize,
    /// Bytes that the pool's books still count though the magazine's slabs are released: those of
    /// slabs that were released here, until they are placed in again here. Under [`Reuse::Node`] alone.
    surplus: usize,
    pub counters: Counters,
    /// Numbers for stores that are the cache's to give.
    numbers: Range<u64>,
    /// Whether the depot still knows the cache.
    open: bool,
}

impl Held {
    /// An empty magazine. Its size classes' own budget is never used up.
    pub fn new(books: Arc<Books>, open: bool) -> Self {
        let kept = SizeClasses::new(books.options.reuse, books.options.kept_limit());
        let counters = Counters::default();
        Self { books, kept, budget: 0, surplus: 0, counters, numbers: 0..0, open }
    }

    /// Takes back a released store if the magazine has room, else returns it. It gives the notice
    /// that is due, if any.
    #[inline]
    pub fn take_back(&mut self, store: Idle) -> Result<Option<Notice>, Idle> {
        let capacity = store.capacity;
        let bytes = self.kept.kept_bytes() + capacity;
        if store.class == NOT_KEPT || bytes > self.budget && !self.extend(bytes) {
            return Err(store);
        }
        if let Some(store) = self.kept.keep(store) {
            return Err(store);
        }
        let mut outcome = Outcome::default();
        if self.books.options.reuse == Reuse::Node {
            match self.books.counts_late() {
                true => self.surplus += capacity,
                false => self.books.shrink(capacity, &mut outcome),
            }
        }
        Ok(self.books.notice(&outcome))
    }

    /// Takes a slab out of the magazine. True if it counts already, as a used one does.
    pub fn take_slab(&mut self) -> Option<(Idle, bool)> {
        let slab = self.kept.take_slab()?;
        let counts = self.surplus >= slab.capacity;
        if counts {
            self.surplus -= slab.capacity;
        }
        Some((slab, counts))
    }

    /// Bytes of the surplus.
    pub fn surplus(&self) -> usize {
        self.surplus
    }

    /// Corrects the books by the surplus.
    pub fn settle(&mut self) {
        if self.surplus > 0 {
            self.books.shrink(std::mem::take(&mut self.surplus), &mut Outcome::default());
        }
    }

    /// Extends the budget to `bytes`, if the pool's limit allows it.
    fn extend(&mut self, bytes: usize) -> bool {
        let extends = self.open && bytes <= MAGAZINE && self.books.reserve(bytes - self.budget);
        if extends {
            self.budget = bytes;
        }
        extends
    }

    /// What the thread counted, but for its current slab.
    pub fn counts(&self) -> Counters {
        let sum = Counters::default();
        sum.absorb(&self.counters);
        sum.hits.set(sum.hits.get() + self.kept.hits());
        sum
    }

    /// A number that no store of the pool has had.
    pub fn number(&mut self) -> u64 {
        self.numbers.next().unwrap_or_else(|| {
            self.numbers = self.books.numbers(NUMBERS);
            self.numbers.next().expect("more than none")
        })
    }

    /// Takes a store of the class that was not used for longest out of the magazine, and its bytes out
    /// of the budget, which are the caller's to give back.
    pub fn evict(&mut self) -> Option<(Idle, usize)> {
        self.settle();
        let store = self.kept.evict()?;
        let capacity = store.capacity;
        self.budget -= capacity;
        Some((store, capacity))
    }

    /// Takes all stores out of the magazine, and its budget, which is the caller's to give back.
    pub fn clear(&mut self) -> (Stack, usize) {
        self.settle();
        (self.kept.take_all(), std::mem::take(&mut self.budget))
    }

    /// The magazine keeps nothing any more.
    pub fn close(&mut self) {
        self.open = false;
    }
}
