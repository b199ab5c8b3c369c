//! The pool of many threads.

use crate::error::AllocError;
use crate::options::PoolOptions;
use crate::placement::Placement;
use crate::pool::calls;
use crate::raw::buffer::Buffer;
use crate::report::{PoolStats, Slab, SlabState};
use crate::shared::{Depot, Shared};
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

/// A [`Pool`](crate::Pool) that many threads share. Cloning it gives another handle.
///
/// Each thread that allocates has its own slab, as each of Node's workers, and a magazine of released stores: neither
/// allocations nor releases wait for other threads. When a thread ends, its stores go to the pool; the pool's last handle
/// frees them. [`array_buffers`](Self::array_buffers) counts a release immediately, on whichever thread it happens.
///
/// ```
/// use slab_buffer::{NodeVersion, PoolOptions, SyncPool};
///
/// static POOL: SyncPool = SyncPool::new(PoolOptions::for_node(NodeVersion::V20));
///
/// let buffer = std::thread::spawn(|| POOL.from_string("hello")).join().expect("no panic")?;
/// assert_eq!(&*buffer, b"hello");
/// # Ok::<(), slab_buffer::AllocError>(())
/// ```
pub struct SyncPool {
    options: PoolOptions,
    shared: OnceLock<Shared>,
}

impl SyncPool {
    /// A pool without a slab. It can be a `static`; the shared state is made at the first use.
    #[must_use]
    pub const fn new(options: PoolOptions) -> Self {
        Self { options, shared: OnceLock::new() }
    }

    /// The options in effect: sizes out of bounds are shown as the bounds.
    #[must_use]
    pub fn options(&self) -> &PoolOptions {
        self.core().options()
    }

    /// `Buffer.allocUnsafe`: see [`Pool::alloc_unsafe`](crate::Pool::alloc_unsafe).
    ///
    /// # Errors
    /// [`AllocError`] if it is too long, the pool's limit is reached or the allocator refuses.
    #[inline]
    #[track_caller]
    pub fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
        self.core().alloc_unsafe(length, Location::caller())
    }

    #[inline]
    fn core(&self) -> &Arc<Depot> {
        self.shared.get_or_init(|| Shared::new(self.options.clone())).depot()
    }
}

impl Clone for SyncPool {
    fn clone(&self) -> Self {
        self.core();
        Self { options: self.options.clone(), shared: self.shared.clone() }
    }
}

calls!(SyncPool, core);

impl fmt::Debug for SyncPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncPool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
