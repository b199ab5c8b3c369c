//! The pool: placement by Node's rules (`lib/buffer.js`, v20), and reuse. No unsafe code.

use crate::store::{Account, Kept, Store, lock};
use crate::{AllocError, Buffer};
use bytes::BytesMut;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// What happens to a slab whose buffers are all released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reuse {
    /// It is freed, as in Node.
    #[default]
    Node,
    /// It is kept and given to new buffers, old bytes and all.
    Recycle,
}

/// How a pool is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolOptions {
    /// Bytes of a slab.
    #[doc(alias = "poolSize")]
    pub pool_size: usize,
    /// The reuse of released slabs.
    pub reuse: Reuse,
    /// How many released slabs are kept at the most, under [`Reuse::Recycle`].
    pub max_kept_slabs: usize,
}

impl Default for PoolOptions {
    /// Node 20's: slabs of 8192 bytes, none kept.
    fn default() -> Self {
        Self { pool_size: 8192, reuse: Reuse::Node, max_kept_slabs: 64 }
    }
}

/// A pool's counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Bytes of live backing stores, kept slabs included.
    pub array_buffers: usize,
    /// Released slabs that wait for new buffers.
    pub kept_slabs: usize,
}

struct Current {
    store: Arc<Store>,
    rest: BytesMut,
    offset: usize,
}

/// Gives buffers out of slabs; it may be dropped before its buffers.
pub struct Pool {
    options: PoolOptions,
    account: Arc<Account>,
    next: AtomicU64,
    current: Mutex<Option<Current>>,
}

impl Pool {
    /// A pool without a slab.
    #[must_use]
    pub fn new(options: PoolOptions) -> Self {
        let most_kept = if options.reuse == Reuse::Recycle { options.max_kept_slabs } else { 0 };
        let account = Arc::new(Account { most_kept, ..Account::default() });
        Self { options, account, next: AtomicU64::new(0), current: Mutex::default() }
    }

    /// `Buffer.alloc`: zeros, in a store of its own.
    ///
    /// # Errors
    /// [`AllocError`] if the allocator refuses.
    pub fn alloc(&self, length: usize) -> Result<Buffer, AllocError> {
        let kept = self.fresh(length)?;
        let store = Store::adopt(&kept, false, &self.account);
        Ok(Buffer { bytes: kept.bytes, offset: 0, store })
    }

    /// `Buffer.allocUnsafeSlow`: a store of its own. Its bytes are always initialised.
    ///
    /// # Errors
    /// [`AllocError`] if the allocator refuses.
    pub fn alloc_unsafe_slow(&self, length: usize) -> Result<Buffer, AllocError> {
        self.alloc(length)
    }

    /// `Buffer.allocUnsafe`: from the current slab below half of the pool's size. Its bytes are
    /// initialised, but may be old.
    ///
    /// # Errors
    /// [`AllocError`] if the allocator refuses.
    pub fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
        if length == 0 || length >= self.options.pool_size / 2 {
            return self.alloc_unsafe_slow(length);
        }
        self.place(length, length)
    }

    /// `Buffer.from(string)`: the room is tested on four bytes for each UTF-16 unit while that is
    /// below half of the pool's size.
    ///
    /// # Errors
    /// [`AllocError`] if the allocator refuses.
    pub fn from_string(&self, text: &str) -> Result<Buffer, AllocError> {
        let half = self.options.pool_size / 2;
        let room = text.encode_utf16().count().saturating_mul(4);
        let mut buffer = match text.len() {
            0 => self.alloc(0)?,
            length if length >= half => self.alloc_unsafe_slow(length)?,
            length => self.place(length, if room < half { room } else { length })?,
        };
        buffer.copy_from_slice(text.as_bytes());
        Ok(buffer)
    }

    /// Bytes of live backing stores, as Node's `arrayBuffers` counts them: slabs whole.
    #[doc(alias = "arrayBuffers")]
    #[must_use]
    pub fn array_buffers(&self) -> usize {
        self.account.bytes.load(Ordering::Relaxed)
    }

    /// The pool's counters.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        let kept_slabs = lock(&self.account.kept).len();
        PoolStats { array_buffers: self.array_buffers(), kept_slabs }
    }

    fn place(&self, length: usize, room: usize) -> Result<Buffer, AllocError> {
        let mut guard = lock(&self.current);
        let current = match guard.take().filter(|current| room.max(length) <= current.rest.len()) {
            Some(current) => guard.insert(current),
            None => guard.insert(self.slab()?),
        };
        let (offset, bytes) = (current.offset, current.rest.split_to(length));
        let padding = (length.next_multiple_of(8) - length).min(current.rest.len());
        let padding = current.rest.split_to(padding);
        current.offset += length + padding.len();
        current.store.give_back(offset + length, padding);
        Ok(Buffer { bytes, offset, store: current.store.clone() })
    }

    fn slab(&self) -> Result<Current, AllocError> {
        let kept = lock(&self.account.kept).pop();
        let kept = match kept {
            Some(kept) => kept,
            None => self.fresh(self.options.pool_size)?,
        };
        let store = Store::adopt(&kept, true, &self.account);
        Ok(Current { store, rest: kept.bytes, offset: 0 })
    }

    fn fresh(&self, length: usize) -> Result<Kept, AllocError> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| AllocError { requested: length })?;
        bytes.resize(length, 0);
        self.account.bytes.fetch_add(length, Ordering::Relaxed);
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        Ok(Kept { id, bytes: BytesMut::from(bytes::Bytes::from(bytes)) })
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        self.store.give_back(self.offset, core::mem::take(&mut self.rest));
    }
}
