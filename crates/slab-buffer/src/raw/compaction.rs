//! Moving small survivors of big slabs together. No unsafe code.

use super::buffer::Buffer;
use super::core::{At, Core};
use crate::AllocError;

impl Core {
    /// A copy of the buffer where the moved ones are, if its store is used up and less than half of
    /// it is used.
    pub fn compact(&self, buffer: &Buffer, at: At) -> Result<Option<Buffer>, AllocError> {
        let stores = &self.stores;
        stores.settle();
        let store = buffer.store().filter(|store| store.is_of(&stores.mailbox));
        let sparse = store.filter(|store| {
            store.live().is_some_and(|(_, live)| live < store.capacity / 2)
                && buffer.len() < self.half
        });
        let Some(store) = sparse else {
            self.notify();
            return Ok(None);
        };
        let at = store.pinned_by(buffer.offset()).unwrap_or(at);
        self.copy_compact(buffer, at).map(Some)
    }

    /// A copy of the bytes, where compaction places what it moves.
    pub fn copy_compact(&self, bytes: &[u8], at: At) -> Result<Buffer, AllocError> {
        let length = bytes.len();
        if length == 0 || length >= self.half {
            let mut copy = self.alone(length, false, at)?;
            copy.copy_from_slice(bytes);
            return Ok(copy);
        }
        let mut copy = self.bump_take(&self.survivors, length, length)?;
        copy.copy_from_slice(bytes);
        if self.options().track {
            copy.pin(at);
        }
        Ok(copy)
    }
}
