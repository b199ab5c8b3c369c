//! What a pool's thread and the others leave for each other.
//!
//! All stores of the pool are on a list here, so that any thread can free one. Two more lists wait
//! for the pool's thread, the *mail*: biased stores that other threads have counted in (posted), and
//! released ones that can be used again (waiting). A thread that releases the last buffer of a store
//! and finds no room for it among the waiting frees it.
//!
//! The lock is never held while memory is allocated or freed, or code of other people is called.

use crate::error::AllocError;
use crate::notice::Notice;
use crate::options::{ExternalMemory, PoolOptions, Reuse};
use crate::raw::atomic::{AtomicBool, AtomicU64, AtomicUsize, Mutex, MutexGuard, Ordering};
use crate::raw::list::{List, Stack};
use crate::raw::pins::At;
use crate::raw::store::allocate::Form;
use crate::raw::store::{ALL, Handle, Idle, Keeper, Lent, NOT_KEPT, Owner, QUEUE};
use crate::raw::thread::NOBODY;
use std::cell::Cell;
use std::sync::{Arc, PoisonError};

pub(crate) struct Mailbox {
    /// Whether there is mail for the pool.
    mail: AtomicBool,
    /// Bytes of the stores that the pool has made, less those that it has freed. Only the pool writes
    /// it.
    made: AtomicUsize,
    /// Bytes of the stores that are gone by other threads.
    gone: AtomicUsize,
    external: Option<Arc<dyn ExternalMemory>>,
    reuse: Reuse,
    max_waiting_bytes: usize,
    /// The number of the next store that is made elsewhere; the pool's own numbers count up.
    last_id: AtomicU64,
    peak_elsewhere: AtomicUsize,
    options: PoolOptions,
    lists: Mutex<Lists>,
}

#[derive(Default)]
struct Lists {
    stores: List<ALL>,
    count: usize,
    /// Biased stores that others have counted in since the pool last looked.
    posted: List<QUEUE>,
    /// Released stores that the pool is to use again.
    waiting: Stack,
    waiting_bytes: Cell<usize>,
    /// The pool is gone: nothing waits.
    closed: bool,
}

impl Lists {
    /// Takes off the posted stores that are released and that nobody has noticed.
    fn missed(&self) -> Stack {
        let missed = Stack::default();
        for store in self.posted.iter() {
            if let Some(claimed) = store.claim_missed() {
                self.posted.remove(store);
                missed.push(claimed);
            }
        }
        missed
    }
}

/// What the pool finds in its mailbox.
#[derive(Default)]
pub(super) struct Mail {
    /// Stores whose buffers are all released, which still count.
    pub released: Stack,
    /// Stores that have waited. Under [`Reuse::Node`] they do not count any more.
    pub waited: Stack,
    /// How many stores were looked at.
    pub visited: usize,
}

impl Mailbox {
    pub(super) fn new(options: &PoolOptions) -> Self {
        Self {
            mail: AtomicBool::new(false),
            made: AtomicUsize::new(0),
            gone: AtomicUsize::new(0),
            external: options.external_memory.clone(),
            reuse: options.reuse,
            max_waiting_bytes: options.kept_limit(),
            last_id: AtomicU64::new(u64::MAX),
            peak_elsewhere: AtomicUsize::new(0),
            options: options.clone(),
            lists: Mutex::default(),
        }
    }

    /// Whether there is mail for the pool.
    #[inline]
    pub(super) fn has_mail(&self) -> bool {
        self.mail.load(Ordering::Relaxed)
    }

    /// Bytes of the stores that count. On any thread; what happened before on any thread is in it,
    /// but for stores that [`claim_missed`](Handle::claim_missed) finds.
    #[inline]
    pub fn bytes(&self) -> usize {
        // What is gone was made before.
        let gone = self.gone.load(Ordering::Acquire);
        self.made.load(Ordering::Relaxed).wrapping_sub(gone)
    }

    /// The pool has made a store. By the pool alone.
    #[inline]
    pub(super) fn made(&self, bytes: usize) {
        let made = self.made.load(Ordering::Relaxed);
        self.made.store(made.wrapping_add(bytes), Ordering::Relaxed);
    }

    /// The pool's store is gone. By the pool alone.
    #[inline]
    pub(super) fn unmade(&self, bytes: usize) {
        let made = self.made.load(Ordering::Relaxed);
        self.made.store(made.wrapping_sub(bytes), Ordering::Relaxed);
    }

    /// Counts a store that the pool is about to make; false if the pool may not hold as much. By the
    /// pool alone.
    #[inline]
    pub fn admit(&self, bytes: usize) -> bool {
        if self.options.max_bytes == usize::MAX {
            self.made(bytes);
            return true;
        }
        // Other threads may make stores at the same time.
        let _lists = self.lists();
        let admits = self.admits(bytes);
        if admits {
            self.made(bytes);
        }
        admits
    }

    /// Counts a store that is about to be made on any thread; false if the pool may not hold as much.
    fn admit_elsewhere(&self, bytes: usize) -> bool {
        let _lists = self.lists();
        let admits = self.admits(bytes);
        if admits {
            self.gone.fetch_sub(bytes, Ordering::Release);
            self.peak_elsewhere.fetch_max(self.bytes(), Ordering::Relaxed);
        }
        admits
    }

    fn admits(&self, bytes: usize) -> bool {
        self.bytes().checked_add(bytes).is_some_and(|sum| sum <= self.options.max_bytes)
    }

    /// The most that [`bytes`](Self::bytes) was when a store was made elsewhere.
    pub fn peak_elsewhere(&self) -> usize {
        self.peak_elsewhere.load(Ordering::Relaxed)
    }

    /// Bytes of the released stores that wait here.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.lists().waiting_bytes.get()
    }

    /// How many stores there are.
    pub(super) fn count(&self) -> usize {
        self.lists().count
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists a new store.
    pub(super) fn list(&self, store: &Idle) {
        let mut lists = self.lists();
        lists.stores.push(store.handle());
        lists.count += 1;
    }

    /// Visits all stores while none of them can be freed, unless they are more than `most`: then false.
    pub(super) fn each(&self, most: usize, visit: impl FnMut(Handle<'_>)) -> bool {
        let lists = self.lists();
        let visits = lists.count <= most;
        if visits {
            lists.stores.iter().for_each(visit);
        }
        visits
    }

    /// Frees a store that is released and on no other list. Whether it counts is the caller's.
    pub(super) fn free(&self, store: Idle) {
        let mut lists = self.lists();
        lists.stores.remove(store.handle());
        lists.count -= 1;
        drop(lists);
        store.free();
    }

    /// Takes a store that other threads have counted in off the list of posted ones.
    #[inline]
    pub(super) fn unpost(&self, store: &Idle) {
        if store.is_visited() {
            self.lists().posted.remove(store.handle());
        }
    }

    /// Empties the mailbox. The posted stores are biased no more, but for the ones that buffers are
    /// still placed in. O(mail). By the pool.
    pub(super) fn take(&self) -> Mail {
        let mut mail = Mail::default();
        let lists = self.lists();
        self.mail.store(false, Ordering::Relaxed);
        for store in lists.posted.iter() {
            lists.posted.remove(store);
            mail.visited += 1;
            if let Some(released) = store.unbias() {
                mail.released.push(released);
            }
        }
        mail.waited = lists.waiting.take();
        lists.waiting_bytes.set(0);
        mail
    }

    /// The pool is dropped: what comes back from now on is freed. Returns what is left to free, as
    /// mail. All stores with live buffers are biased no more. O(stores).
    pub(super) fn close(&self) -> Mail {
        let mail = self.take();
        let mut lists = self.lists();
        lists.closed = true;
        for store in lists.stores.iter() {
            let released = store.unbias();
            lists.posted.remove(store);
            if let Some(released) = released {
                mail.released.push(released);
            }
        }
        for store in lists.waiting.take().drain() {
            mail.waited.push(store);
        }
        mail
    }

    /// Frees what other threads have released and the pool has not taken yet. Returns the number of bytes.
    /// On any thread. O(mail).
    pub fn reclaim(&self) -> usize {
        let lists = self.lists();
        let missed = lists.missed();
        let waited = lists.waiting.take();
        lists.waiting_bytes.set(0);
        drop(lists);
        let missed = self.free_all(&missed);
        let waited = self.free_all(&waited);
        self.uncount(missed + if self.reuse == Reuse::Recycle { waited } else { 0 });
        missed + waited
    }

    /// Frees stores, and says how many bytes they had.
    fn free_all(&self, stores: &Stack) -> usize {
        let free = |store: Idle| {
            let capacity = store.capacity;
            self.free(store);
            capacity
        };
        stores.drain().map(free).sum()
    }

    /// Takes back the stores that the owner and others released at the same time, so that
    /// [`bytes`](Self::bytes) is exact. On any thread. O(posted).
    pub fn find_missed(&self) {
        if self.has_mail() {
            let missed = self.lists().missed();
            let uncounted = missed.drain().map(|store| self.put(store)).sum();
            self.uncount(uncounted);
        }
    }

    /// Makes a store that is `DONE` wait for the pool, or frees it. Returns the bytes that do not
    /// count any more.
    fn put(&self, store: Idle) -> usize {
        let capacity = store.capacity;
        let lists = self.lists();
        lists.posted.remove(store.handle());
        let waiting_bytes = lists.waiting_bytes.get() + capacity;
        if store.class != NOT_KEPT && waiting_bytes <= self.max_waiting_bytes && !lists.closed {
            lists.waiting_bytes.set(waiting_bytes);
            // From the unlocking on the store is the pool's, which may free it.
            lists.waiting.push(store);
            self.mail.store(true, Ordering::Relaxed);
            return if self.reuse == Reuse::Node { capacity } else { 0 };
        }
        drop(lists);
        self.free(store);
        capacity
    }

    /// Stores do not count any more; the external memory's owner is told. The caller is done.
    fn uncount(&self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        self.gone.fetch_add(bytes, Ordering::Release);
        if let Some(notice) = self.notice(-(bytes as isize)) {
            notice.give();
        }
    }

    /// A notice of a change, if someone listens.
    #[inline]
    pub(super) fn notice(&self, bytes: isize) -> Option<Notice> {
        Notice::new(self.external.as_ref(), bytes)
    }
}

impl Keeper for Mailbox {
    fn post(&self, store: Handle<'_>, units: u64) -> bool {
        let lists = self.lists();
        if !store.count_first(units) {
            return false;
        }
        if !store.is_listed::<QUEUE>() {
            lists.posted.push(store);
        }
        self.mail.store(true, Ordering::Relaxed);
        true
    }

    fn take_back(&self, store: Idle) {
        self.uncount(self.put(store));
    }

    fn alone(self: Arc<Self>, length: usize, at: At) -> Result<Lent, AllocError> {
        if length > self.options.max_length || !self.admit_elsewhere(length) {
            return Err(self.options.refusal(length, Some(self.bytes())));
        }
        let form = Form {
            capacity: length,
            alignment: self.options.slab_alignment,
            pooled: false,
            class: NOT_KEPT,
            owner: NOBODY,
            id: self.last_id.fetch_sub(1, Ordering::Relaxed),
            zero_on_release: self.options.zero_on_release,
            track: self.options.track,
        };
        let Some(store) = Idle::allocate(&form, self.clone(), Owner::NOBODY) else {
            self.gone.fetch_add(length, Ordering::Release);
            return Err(AllocError::Refused { requested: length });
        };
        self.list(&store);
        store.pins.add(0, length, at);
        // If the call panics, the store is released.
        let lent = store.lend(length);
        if let Some(notice) = self.notice(length as isize) {
            notice.give();
        }
        Ok(lent)
    }
}
