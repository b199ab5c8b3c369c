//! A pool seen from other threads.

use crate::local::mailbox::Mailbox;
use std::fmt;
use std::sync::Arc;

/// What any thread may ask of a [`Pool`](crate::Pool), whatever the pool's own thread does meanwhile:
/// how much memory it has, and to free what other threads have released. It outlives the pool.
///
/// Whoever releases the last buffer of a store settles what becomes of it: on the pool's thread the
/// pool keeps it, elsewhere it waits for the pool, and what is too much is freed at once. So at most
/// this is held for nobody: the pool's current slab, [`max_kept_bytes`](crate::PoolOptions) that the
/// pool keeps, and as many again that wait for it. Under [`Reuse::Node`](crate::Reuse::Node) it is
/// 1 MiB each, and not counted.
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

    /// Bytes of live backing stores, as [`Pool::array_buffers`](crate::Pool::array_buffers) counts
    /// them. It knows of every release that happened before the call.
    ///
    /// O(n) in the stores that other threads have released buffers of since the pool last settled
    /// (at a new slab, a store of its own, or a report), and that are still alive.
    #[doc(alias = "arrayBuffers")]
    #[must_use]
    pub fn array_buffers(&self) -> usize {
        self.0.find_missed();
        self.0.bytes()
    }

    /// Frees the released stores that wait for the pool, and says how many bytes that were. What the
    /// pool's own thread has released and keeps is freed by [`Pool::trim`](crate::Pool::trim).
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
