//! A pool seen from other threads.

use crate::local::mailbox::Mailbox;
use std::fmt;
use std::sync::Arc;

/// A handle of a [`Pool`](crate::Pool) for any thread: it reports the pool's memory, and frees what other threads have
/// released, without the pool's own thread. It outlives the pool.
///
/// A store whose last buffer is released on the pool's thread is kept by the pool; one released elsewhere waits for the
/// pool; beyond the limits stores are freed immediately. So the unused memory is at most the pool's current slab,
/// [`max_kept_bytes`](crate::PoolOptions) that the pool keeps, and as many again that wait for it. Under
/// [`Reuse::Node`](crate::Reuse::Node) these are 1 MiB each, and not counted.
///
/// ```
/// use slab_buffer::{Pool, PoolOptions, Reuse};
/// use std::thread;
///
/// let pool = Pool::new(PoolOptions::default().with_reuse(Reuse::Recycle));
/// let monitor = pool.monitor();
/// let large = pool.alloc_unsafe(1 << 20)?;
/// thread::spawn(move || {
///     assert_eq!(monitor.array_buffers(), 1 << 20);
///     drop(large);
///     // It waits for the pool, whose thread need not do anything.
///     assert_eq!(monitor.reclaim(), 1 << 20);
///     assert_eq!(monitor.array_buffers(), 0);
/// })
/// .join()
/// .expect("no panic");
/// # Ok::<(), slab_buffer::AllocError>(())
/// ```
#[derive(Clone)]
pub struct Monitor(Arc<Mailbox>);

impl Monitor {
    pub(crate) fn new(mailbox: Arc<Mailbox>) -> Self {
        Self(mailbox)
    }

    /// Bytes of live backing stores, as [`Pool::array_buffers`](crate::Pool::array_buffers). Every release that happened
    /// before the call is counted.
    ///
    /// O(n) in the live stores of which other threads have released buffers since the pool last drained its mailbox (when
    /// it made a slab or a store, or reported).
    #[doc(alias = "arrayBuffers")]
    #[must_use]
    pub fn array_buffers(&self) -> usize {
        self.0.find_missed();
        self.0.bytes()
    }

    /// Frees the released stores that wait for the pool, and returns the number of bytes.
    /// [`Pool::trim`](crate::Pool::trim) frees what the pool itself keeps.
    ///
    /// O(n) in those stores and the ones that `array_buffers` looks at.
    #[doc(alias = "trim")]
    pub fn reclaim(&self) -> usize {
        self.0.reclaim()
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("array_buffers", &self.array_buffers()).finish()
    }
}
