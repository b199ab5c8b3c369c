//! What the stores of one pool share across threads: the list of the shared stores, those that wait
//! for new buffers, and the owner that hears of their bytes.

use super::store::{Handle, Visited};
use crate::PoolOptions;
use crate::options::{ExternalMemory, Reuse};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) struct Home {
    /// The alignment of the stores that may be kept.
    pub(super) alignment: usize,
    visited: Visited,
    waiting: AtomicBool,
    next_id: AtomicU64,
    /// Bytes of all stores.
    bytes: AtomicUsize,
    peak: AtomicUsize,
    external: Option<Arc<dyn ExternalMemory>>,
    reuse: Reuse,
    max_kept_bytes: usize,
    lists: Mutex<Lists>,
}

/// How many freed slabs' memory a pool keeps for its next ones under [`Reuse::Node`].
pub(super) const SPARES: usize = 2;

/// The stores that no thread owns.
#[derive(Default)]
pub(super) struct Lists {
    pub shared: Vec<Handle>,
    /// Released ones that wait for the pool to fetch them.
    pub kept: Vec<Handle>,
    kept_bytes: usize,
    /// The pool is gone: nothing is kept.
    closed: bool,
}

impl Home {
    pub fn new(options: &PoolOptions) -> Self {
        Self {
            alignment: options.slab_alignment,
            visited: Visited::default(),
            waiting: AtomicBool::new(false),
            next_id: AtomicU64::new(0),
            bytes: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            external: options.external_memory.clone(),
            reuse: options.reuse,
            max_kept_bytes: options.max_kept_bytes,
            lists: Mutex::default(),
        }
    }

    pub fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Another thread is about to release a buffer of a biased store.
    pub fn visit(&self) {
        self.visited.set();
    }

    /// Whether another thread has released a buffer of a biased store since this was last asked.
    pub fn visited(&self) -> bool {
        self.visited.take()
    }

    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }

    /// A store has come into being.
    pub fn grown(&self, bytes: usize) {
        let now = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if now > self.peak.load(Ordering::Relaxed) {
            self.peak.fetch_max(now, Ordering::Relaxed);
        }
        if let Some(external) = &self.external {
            external.adjust(bytes as isize);
        }
    }

    /// A store has gone.
    pub fn shrunk(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(external) = &self.external {
            external.adjust(-(bytes as isize));
        }
    }

    pub(super) fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a store, which no more buffers will be placed in, on the list and shares it. Of a store
    /// with nothing left to release, true: it is not on the list, and the caller's.
    pub(super) fn adopt(&self, store: Handle) -> bool {
        let mut lists = self.lists();
        store.index.set(lists.shared.len());
        lists.shared.push(store);
        if store.share() {
            lists.remove(store);
            return true;
        }
        false
    }

    /// The last buffer of a shared store is gone: keeps it for the pool, or frees it.
    pub(super) fn take_back(store: Handle) {
        let home = store.home.clone();
        let mut lists = home.lists();
        lists.remove(store);
        let keep = match home.reuse {
            Reuse::Recycle => lists.kept_bytes + store.capacity <= home.max_kept_bytes,
            Reuse::Node => store.pooled && lists.kept.len() < SPARES,
        };
        if keep && !lists.closed && store.alignment == home.alignment {
            lists.kept_bytes += store.capacity;
            lists.kept.push(store);
            home.waiting.store(true, Ordering::Relaxed);
            drop(lists);
            if home.reuse == Reuse::Node {
                home.shrunk(store.capacity);
            }
            return;
        }
        drop(lists);
        home.discard(store);
    }

    /// Whether released stores wait here.
    pub fn waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Takes all released stores over that wait here.
    pub(super) fn fetch(&self) -> Vec<Handle> {
        let mut lists = self.lists();
        self.waiting.store(false, Ordering::Relaxed);
        lists.kept_bytes = 0;
        std::mem::take(&mut lists.kept)
    }

    /// Nothing is kept any more.
    pub(super) fn close(&self) {
        self.lists().closed = true;
        for store in self.fetch() {
            self.drop_kept(store);
        }
    }

    /// Frees a released store that was kept: under [`Reuse::Node`] it is no longer counted.
    pub(super) fn drop_kept(&self, store: Handle) {
        match self.reuse {
            Reuse::Recycle => self.discard(store),
            // SAFETY: it was on the list of released stores and has left it.
            Reuse::Node => unsafe { store.free() },
        }
    }

    /// Frees a store that nothing holds.
    pub(super) fn discard(&self, store: Handle) {
        let capacity = store.capacity;
        // SAFETY: callers took it from the list that held it, and its buffers are gone.
        unsafe { store.free() };
        self.shrunk(capacity);
    }
}

impl Lists {
    fn remove(&mut self, store: Handle) {
        let index = store.index.get();
        self.shared.swap_remove(index);
        if let Some(moved) = self.shared.get(index) {
            moved.index.set(index);
        }
    }
}
