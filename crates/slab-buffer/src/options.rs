//! The options of a pool.

use crate::error::AllocError;
use std::fmt;
use std::sync::Arc;

/// Bytes of the longest buffer of any pool: one less than 1 TiB or, with pointers of 32 bits, than 1 GiB, as in Node.
pub const MAX_LENGTH: usize = (1 << if usize::BITS < 64 { 30 } else { 40 }) - 1;

/// Bytes of the largest slab; a larger `pool_size` counts as this.
pub const MAX_POOL_SIZE: usize = 1 << 25;

/// The largest alignment that a buffer may ask for (Node 26: `kMaxAlignment`).
pub const MAX_ALIGNMENT: usize = 1 << 30;

/// A release line of Node.js, by the defaults of its buffer pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NodeVersion {
    /// Node 12.
    V12,
    /// Node 14.
    V14,
    /// Node 16.
    V16,
    /// Node 18.
    V18,
    /// Node 20.
    #[default]
    V20,
    /// Node 22.
    V22,
    /// Node 24.
    V24,
    /// Node 26.
    V26,
}

/// What happens to a slab whose buffers are all released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reuse {
    /// It is freed, as in Node, where a slab is never used again. The pool keeps a little of the freed memory for its next
    /// slabs, as a `malloc` would; it does not count as a store.
    #[default]
    Node,
    /// It stays a store and is reused for new buffers, with its old bytes. Stores of single buffers are kept too, in eight
    /// size classes for each doubling. A new store is as long as its buffer; a reused one is at most a quarter longer.
    /// When `max_kept_bytes` is reached, stores of unused classes are freed first.
    Recycle,
}

/// An owner of external memory, such as a heap, which must know about the pool's memory (V8's
/// `AdjustAmountOfExternalAllocatedMemory`).
pub trait ExternalMemory: Send + Sync {
    /// The pool's backing stores have grown or, below zero, shrunk by `bytes`.
    ///
    /// Called after the change, on the thread that caused it, when the pool is consistent and no lock is held: it may use
    /// the pool, drop its last handle, or panic. A call of a pool reports the sum of its changes, unless that is 0. A panic
    /// unwinds through the call, or the drop of a buffer, that caused the change, and leaves the pool consistent.
    fn adjust(&self, bytes: isize);
}

impl<F: Fn(isize) + Send + Sync> ExternalMemory for F {
    fn adjust(&self, bytes: isize) {
        self(bytes);
    }
}

/// The options of a pool; the default is Node 20's.
#[derive(Clone)]
pub struct PoolOptions {
    /// Bytes of a slab, at most [`MAX_POOL_SIZE`]. Requests below half of it are pooled.
    #[doc(alias = "poolSize")]
    pub pool_size: usize,
    /// The alignment of a slab's start in memory: a power of two from 8 to 64; anything else counts
    /// as the next such number. Pooled buffers begin at multiples of 8 from there.
    pub slab_alignment: usize,
    /// What happens to released slabs.
    pub reuse: Reuse,
    /// The most bytes of released stores that are kept, under [`Reuse::Recycle`]. As many again that other threads have
    /// released may wait for the pool's thread: see [`Monitor`](crate::Monitor).
    pub max_kept_bytes: usize,
    /// Bytes of the longest buffer, at most [`MAX_LENGTH`].
    #[doc(alias = "kMaxLength")]
    pub max_length: usize,
    /// The limit of the pool's backing stores in bytes, as [`array_buffers`](crate::Pool::array_buffers) counts them, with
    /// whole slabs and kept stores. A request that would exceed it frees what is kept, and is otherwise refused with
    /// [`AllocError::LimitReached`]. `usize::MAX` is no limit.
    pub max_bytes: usize,
    /// Fill every buffer with zeros, as `--zero-fill-buffers` does.
    pub zero_always: bool,
    /// Overwrite a buffer with zeros when it is released.
    pub zero_on_release: bool,
    /// Record where each live buffer was allocated, for [`Slab::pins`](crate::Slab::pins). It costs a lock and a list
    /// entry per buffer.
    pub track: bool,
    /// The owner that is notified of changes of the stores' bytes.
    pub external_memory: Option<Arc<dyn ExternalMemory>>,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self::for_node(NodeVersion::V20)
    }
}

impl PoolOptions {
    /// The pool of a version of Node: slabs of 8 KiB, or in 24 and 26 of 64 KiB that start at multiples of 64. Recorded
    /// from 20.20, 22.23, 24.21, 25.9 (as 22) and 26.10.
    #[must_use]
    pub const fn for_node(version: NodeVersion) -> Self {
        let v26 = matches!(version, NodeVersion::V26);
        Self {
            pool_size: if v26 || matches!(version, NodeVersion::V24) { 65536 } else { 8192 },
            slab_alignment: if v26 { 64 } else { 8 },
            reuse: Reuse::Node,
            max_kept_bytes: 4 << 20,
            max_length: MAX_LENGTH,
            max_bytes: usize::MAX,
            zero_always: false,
            zero_on_release: false,
            track: false,
            external_memory: None,
        }
    }

    /// With another policy for released slabs.
    #[must_use]
    pub const fn with_reuse(mut self, reuse: Reuse) -> Self {
        self.reuse = reuse;
        self
    }

    /// With a limit of [`max_bytes`](Self::max_bytes).
    #[must_use]
    pub const fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

impl PoolOptions {
    /// Bytes of released stores that a pool keeps at the most. Under [`Reuse::Node`] they are freed
    /// ones, whose memory is at hand for the next.
    pub(crate) fn kept_limit(&self) -> usize {
        match self.reuse {
            Reuse::Node => 1 << 20,
            Reuse::Recycle => self.max_kept_bytes,
        }
    }

    /// Why there is no buffer of `length` bytes. Of a pool whose limit forbade it: the bytes that it
    /// held.
    pub(crate) fn refusal(&self, length: usize, held: Option<usize>) -> AllocError {
        let Self { max_length: maximum, max_bytes: limit, .. } = *self;
        match held {
            _ if length > maximum => AllocError::TooLong { requested: length, maximum },
            Some(held) => AllocError::LimitReached { requested: length, held, limit },
            None => AllocError::Refused { requested: length },
        }
    }
}

impl fmt::Debug for PoolOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolOptions")
            .field("pool_size", &self.pool_size)
            .field("slab_alignment", &self.slab_alignment)
            .field("reuse", &self.reuse)
            .field("max_kept_bytes", &self.max_kept_bytes)
            .field("max_length", &self.max_length)
            .field("max_bytes", &self.max_bytes)
            .field("zero_always", &self.zero_always)
            .field("zero_on_release", &self.zero_on_release)
            .field("track", &self.track)
            .finish_non_exhaustive()
    }
}
