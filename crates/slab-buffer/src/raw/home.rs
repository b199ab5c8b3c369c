//! What the stores of one pool share across threads: the list of the shared stores, those that wait
//! for new buffers, and the owner that hears of their bytes.

use super::store::Handle;
use crate::PoolOptions;
use crate::options::{ExternalMemory, Reuse};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) struct Home {
    /// What the pool has not heard yet: [`VISITED`], [`WAITING`].
    news: AtomicU8,
    /// Bytes of the stores that are here.
    bytes: AtomicUsize,
    external: Option<Arc<dyn ExternalMemory>>,
    reuse: Reuse,
    max_kept_bytes: usize,
    lists: Mutex<Lists>,
}

/// Another thread is about to release a buffer of a biased store.
pub(super) const VISITED: u8 = 1;
/// Released stores wait.
pub(super) const WAITING: u8 = 2;

/// Bytes of released stores that a pool keeps at the most. Under [`Reuse::Node`] they are freed ones
/// whose memory is at hand for the next.
pub(super) fn max_kept_bytes(options: &PoolOptions) -> usize {
    match options.reuse {
        Reuse::Node => 1 << 20,
        Reuse::Recycle => options.max_kept_bytes,
    }
}

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
            news: AtomicU8::new(0),
            bytes: AtomicUsize::new(0),
            external: options.external_memory.clone(),
            reuse: options.reuse,
            max_kept_bytes: max_kept_bytes(options),
            lists: Mutex::default(),
        }
    }

    /// Leaves word for the pool.
    pub fn leave_word(&self, word: u8) {
        if self.news.load(Ordering::Relaxed) & word == 0 {
            self.news.fetch_or(word, Ordering::Relaxed);
        }
    }

    /// Whether there is word for the pool.
    #[inline]
    pub fn has_news(&self) -> bool {
        self.news.load(Ordering::Relaxed) != 0
    }

    /// The word that was left since this was last asked.
    pub fn news(&self) -> u8 {
        self.news.swap(0, Ordering::Relaxed)
    }

    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Bytes of the released stores that wait here.
    pub fn kept_bytes(&self) -> usize {
        self.lists().kept_bytes
    }

    /// Tells the external memory's owner.
    #[inline]
    pub fn tell(&self, bytes: isize) {
        if let Some(external) = &self.external {
            external.adjust(bytes);
        }
    }

    /// A store that was here has gone.
    fn shrunk(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.tell(-(bytes as isize));
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
        self.bytes.fetch_add(store.capacity, Ordering::Relaxed);
        if store.share() {
            self.bytes.fetch_sub(store.capacity, Ordering::Relaxed);
            lists.remove(store);
            return true;
        }
        false
    }

    /// The last buffer of a shared store is gone: keeps it for the pool, or frees it.
    pub(super) fn take_back(store: Handle) {
        let (home, capacity) = (store.home.clone(), store.capacity);
        let mut lists = home.lists();
        lists.remove(store);
        let fits = lists.kept_bytes + capacity <= home.max_kept_bytes;
        if store.keepable && fits && !lists.closed {
            lists.kept_bytes += capacity;
            lists.kept.push(store);
            home.leave_word(WAITING);
            // From here on the store is the pool's, which may free it.
            drop(lists);
            if home.reuse == Reuse::Node {
                home.shrunk(capacity);
            }
            return;
        }
        drop(lists);
        home.discard(store);
    }

    /// Takes all released stores over that wait here.
    pub(super) fn fetch(&self) -> Vec<Handle> {
        let mut lists = self.lists();
        let bytes = std::mem::take(&mut lists.kept_bytes);
        if self.reuse == Reuse::Recycle {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        std::mem::take(&mut lists.kept)
    }

    /// Nothing is kept any more: what comes back is freed, also what waits here.
    pub(super) fn close(&self) {
        self.lists().closed = true;
        for store in self.fetch() {
            let capacity = store.capacity;
            // SAFETY: it was on the list of released stores and has left it.
            unsafe { store.free() };
            if self.reuse == Reuse::Recycle {
                self.tell(-(capacity as isize));
            }
        }
    }

    /// Frees a store that was here and that nothing holds any more.
    fn discard(&self, store: Handle) {
        let capacity = store.capacity;
        // SAFETY: the caller took it from the list, and its buffers are gone.
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
