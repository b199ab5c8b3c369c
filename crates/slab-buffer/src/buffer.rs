//! A buffer: a range of a store that is its alone. No unsafe code.

use crate::store::Store;
use bytes::BytesMut;
use core::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Bytes that no other buffer can see; they go back to their store when it is dropped, on
/// whichever thread, the pool being there or not.
pub struct Buffer {
    pub(crate) bytes: BytesMut,
    pub(crate) offset: usize,
    pub(crate) store: Arc<Store>,
}

impl Buffer {
    /// The backing store's number, unique in its pool.
    #[must_use]
    pub fn store_id(&self) -> u64 {
        self.store.id
    }

    /// Where in its backing store the buffer begins, in bytes.
    #[must_use]
    #[doc(alias = "byteOffset")]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The backing store's length in bytes.
    #[must_use]
    pub fn store_len(&self) -> usize {
        self.store.capacity
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.store.give_back(self.offset, core::mem::take(&mut self.bytes));
    }
}
