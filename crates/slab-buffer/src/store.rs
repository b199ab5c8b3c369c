//! Backing stores: initialised bytes, handed out in pieces that never overlap. No unsafe code.
//!
//! Invariant: the pieces that are out, those that came back and the pool's rest make up the whole
//! store. So when the last holder lets go, they reunite without copying.

use bytes::BytesMut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A whole store that waits to be used again.
pub(crate) struct Kept {
    pub id: u64,
    pub bytes: BytesMut,
}

/// What a pool and all of its stores share.
#[derive(Default)]
pub(crate) struct Account {
    /// Bytes of all live stores, the kept ones included.
    pub bytes: AtomicUsize,
    /// How many stores may be kept.
    pub most_kept: usize,
    pub kept: Mutex<Vec<Kept>>,
}

/// One store, shared by its buffers and, while it is the current slab, its pool.
pub(crate) struct Store {
    pub id: u64,
    pub capacity: usize,
    pub pooled: bool,
    account: Arc<Account>,
    back: Mutex<Vec<(usize, BytesMut)>>,
}

impl Store {
    /// An account entry for bytes that are already counted.
    pub fn adopt(kept: &Kept, pooled: bool, account: &Arc<Account>) -> Arc<Self> {
        Arc::new(Self {
            id: kept.id,
            capacity: kept.bytes.len(),
            pooled,
            account: account.clone(),
            back: Mutex::default(),
        })
    }

    /// Takes a piece back, by its offset.
    pub fn give_back(&self, offset: usize, piece: BytesMut) {
        if self.pooled && self.account.most_kept > 0 && !piece.is_empty() {
            lock(&self.back).push((offset, piece));
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let mut pieces = core::mem::take(&mut *lock(&self.back));
        pieces.sort_unstable_by_key(|(offset, _)| *offset);
        let mut whole = BytesMut::new();
        for (_, piece) in pieces {
            whole.unsplit(piece);
        }
        if self.pooled && whole.len() == self.capacity {
            let mut kept = lock(&self.account.kept);
            if kept.len() < self.account.most_kept {
                kept.push(Kept { id: self.id, bytes: whole });
                return;
            }
        }
        self.account.bytes.fetch_sub(self.capacity, Ordering::Relaxed);
    }
}

/// A lock that a panic elsewhere does not poison: each critical section leaves its list whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
