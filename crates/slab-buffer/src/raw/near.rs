//! What each thread has of a pool that threads share: a slab of its own and, under a lock, more.
//!
//! A thread finds its caches without a search through pointers that have no destructor ([`Near`]);
//! they lead to values that another variable of the thread owns ([`Mine`]), which clears them first.
//! A cache is not dropped while its thread uses it: what [`Near::take`] runs is this folder's code
//! alone, and what [`Near::with`] runs holds the cache's lock, without which `Mine` lets go of none.

#![expect(unsafe_code, reason = "pointers to a thread's caches, and slabs that others look at")]

use super::buffer::Buffer;
use super::bump::Bump;
use super::latch::{Guard, Latch};
use super::store::Used;
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::LocalKey;

/// One thread's part of one pool, as other threads see it.
pub(crate) struct Cache<T> {
    /// Its owner's, who changes the slab under the lock alone.
    bump: Bump,
    held: Latch<T>,
}

// SAFETY: the thread that has the `Own` places buffers; other threads read an atomic and, under the
// lock, a cell that is only written under it.
unsafe impl<T: Send> Sync for Cache<T> {}

impl<T> Cache<T> {
    /// What is under the lock.
    #[inline]
    pub fn held(&self) -> Guard<'_, T> {
        self.held.take()
    }

    /// The bump, of which other threads may ask for the slab and its counts while they hold the lock.
    pub fn bump<'a>(&'a self, _held: &'a Guard<'_, T>) -> &'a Bump {
        &self.bump
    }

    /// Takes the slab out on another thread than the owner's.
    ///
    /// # Safety
    /// No thread places buffers in the pool any more.
    pub unsafe fn end(&self, _held: &Guard<'_, T>) -> Option<Used> {
        self.bump.end()
    }
}

/// The right to place buffers in a cache's slab. There is one of each cache.
pub(crate) struct Own<T>(Arc<Cache<T>>, PhantomData<Cell<()>>);

impl<T> Own<T> {
    pub fn new(held: T) -> Self {
        Self(Arc::new(Cache { bump: Bump::new(), held: Latch::new(held) }), PhantomData)
    }

    /// The cache, for other threads.
    pub fn cache(&self) -> &Arc<Cache<T>> {
        &self.0
    }

    #[inline]
    pub fn held(&self) -> Guard<'_, T> {
        self.0.held()
    }

    /// Where this thread places buffers. Only under the lock it changes the slab.
    #[inline]
    pub fn bump(&self) -> &Bump {
        &self.0.bump
    }
}

/// How many of a thread's caches are found without a search.
const FRONT: usize = 8;

/// A pool's address, and this thread's cache of it: to be used, and to be held for longer.
struct Entry<T> {
    pool: *const (),
    cache: *const Cache<T>,
    own: *const Own<T>,
}

impl<T> Entry<T> {
    const NONE: Self = Self { pool: ptr::null(), cache: ptr::null(), own: ptr::null() };
}

impl<T> Clone for Entry<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Entry<T> {}

/// The caches of a thread that are found without a search, each at its pool's index. It has no
/// destructor, so it can be read for as long as the thread runs.
pub(crate) struct Near<T>([Cell<Entry<T>>; FRONT]);

impl<T> Near<T> {
    pub const fn new() -> Self {
        Self([const { Cell::new(Entry::NONE) }; FRONT])
    }

    /// The entry of a pool, whose address tells it from other pools above the lowest eight bits.
    #[inline]
    fn entry(&self, pool: *const ()) -> &Cell<Entry<T>> {
        &self.0[(pool.addr() >> 8) % FRONT]
    }

    #[inline(always)]
    fn find(&self, pool: *const ()) -> Option<&Cache<T>> {
        let entry = self.entry(pool).get();
        // SAFETY: an entry is cleared before its cache goes, and none goes while this file's code or
        // the holder of its lock runs; see the top of the file.
        (entry.pool == pool).then(|| unsafe { &*entry.cache })
    }

    /// This thread's cache of the pool, if it is found at once.
    #[inline]
    pub fn get(&self, pool: *const ()) -> Option<Rc<Own<T>>> {
        let entry = self.entry(pool).get();
        if entry.pool != pool {
            return None;
        }
        // SAFETY: it is the pointer of an `Rc`, which is there as long as the entry.
        unsafe { Rc::increment_strong_count(entry.own) };
        // SAFETY: as above, and this is the count that was added.
        Some(unsafe { Rc::from_raw(entry.own) })
    }

    /// Places a buffer in this thread's slab of the pool, if it is found at once and has room.
    #[inline(always)]
    pub fn take(&self, pool: *const (), length: usize) -> Option<Buffer> {
        self.find(pool)?.bump.take(length, length)
    }

    /// Calls with what this thread has of the pool under the lock, if it is found at once.
    #[inline]
    pub fn with<R>(&self, pool: *const (), act: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(act(&mut self.find(pool)?.held()))
    }
}

/// A pool that has caches.
pub(crate) trait Caching<T> {
    /// Whether its last handle was dropped.
    fn is_closed(&self) -> bool;

    /// Takes the cache of a thread that ends, on that thread.
    fn retire(&self, own: Own<T>);
}

/// Pools, and the thread's caches of them.
type Caches<P, T> = Vec<(Arc<P>, Rc<Own<T>>)>;

/// The caches of a thread, with their pools.
pub(crate) struct Mine<P: Caching<T> + 'static, T: 'static> {
    all: RefCell<Caches<P, T>>,
    near: &'static LocalKey<Near<T>>,
}

impl<P: Caching<T>, T> Mine<P, T> {
    pub const fn new(near: &'static LocalKey<Near<T>>) -> Self {
        Self { all: RefCell::new(Vec::new()), near }
    }

    /// This thread's cache of the pool, which is made if there is none. Caches of closed pools are
    /// returned: options of theirs may have code of other people, who may use this.
    pub fn join(&self, pool: &Arc<P>, make: impl FnOnce() -> Own<T>) -> (Rc<Own<T>>, Caches<P, T>) {
        let mut all = self.all.borrow_mut();
        let mut closed = Vec::new();
        let found = all.iter().find(|(of, _)| Arc::ptr_eq(of, pool)).map(|(_, own)| own.clone());
        let own = found.unwrap_or_else(|| {
            closed.extend(all.extract_if(.., |(pool, own)| {
                // One that is locked here may be in use below this call.
                let goes = pool.is_closed() && own.0.held.is_free();
                if goes {
                    self.forget(pool);
                }
                goes
            }));
            let own = Rc::new(make());
            all.push((pool.clone(), own.clone()));
            own
        });
        let pool = Arc::as_ptr(pool).cast();
        let entry = Entry { pool, cache: Arc::as_ptr(own.cache()), own: Rc::as_ptr(&own) };
        self.near.with(|near| near.entry(pool).set(entry));
        (own, closed)
    }

    /// Makes the cache of a pool one that is found by a search alone.
    fn forget(&self, pool: &Arc<P>) {
        let pool = Arc::as_ptr(pool).cast();
        self.near.with(|near| {
            if near.entry(pool).get().pool == pool {
                near.entry(pool).set(Entry::NONE);
            }
        });
    }
}

impl<P: Caching<T>, T> Drop for Mine<P, T> {
    fn drop(&mut self) {
        for (pool, own) in self.all.take() {
            self.forget(&pool);
            // Its other holders are calls, and none of this thread runs any more.
            if let Ok(own) = Rc::try_unwrap(own) {
                pool.retire(own);
            }
        }
    }
}
