//! The pool of many threads. No unsafe code.

use crate::pool::calls;
use crate::raw::{Guard, Locked};
use crate::{AllocError, Buffer, PoolOptions, PoolStats, Slab, SlabState};
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// A [`Pool`](crate::Pool) that many threads share. Cloning it gives another handle.
///
/// An allocation takes a lock, a release one atomic addition. A thread that allocates much is
/// better off with a `Pool` of its own, whose buffers are as free to go to other threads.
///
/// ```
/// use slab_buffer::{PoolOptions, SyncPool};
///
/// let pool = SyncPool::new(PoolOptions::default());
/// let there = pool.clone();
/// let buffer = std::thread::spawn(move || there.from_string("hello")).join().expect("no panic")?;
/// assert_eq!(&*buffer, b"hello");
/// # Ok::<(), slab_buffer::AllocError>(())
/// ```
#[derive(Clone)]
pub struct SyncPool(Arc<Locked>);

impl SyncPool {
    /// A pool without a slab.
    #[must_use]
    pub fn new(options: PoolOptions) -> Self {
        Self(Arc::new(Locked::new(options)))
    }

    /// `Buffer.allocUnsafe`: see [`Pool::alloc_unsafe`](crate::Pool::alloc_unsafe).
    ///
    /// # Errors
    /// [`AllocError`] if it is too long or the allocator refuses.
    #[track_caller]
    pub fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
        let core = self.core();
        let buffer = core.alloc_unsafe(length);
        // If the owner of external memory panics as the pool is unlocked, the buffer is dropped.
        drop(core);
        buffer
    }

    fn core(&self) -> Guard<'_> {
        self.0.core()
    }
}

calls!(SyncPool, core);

impl fmt::Debug for SyncPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncPool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
