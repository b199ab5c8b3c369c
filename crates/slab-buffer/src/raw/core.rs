//! Where buffers are placed, by Node's rules (`lib/buffer.js`).

use super::buffer::Buffer;
use super::bump::{Bump, OFFSETS};
use super::mailbox::Mailbox;
use super::notice::Notice;
use super::store::Handle;
use super::stores::{Stores, give};
use super::{NOBODY, number_here};
use crate::options::{MAX_ALIGNMENT, MAX_LENGTH, MAX_POOL_SIZE};
use crate::{AllocError, PoolOptions};
use std::mem;
use std::panic::Location;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;

pub(super) type At = &'static Location<'static>;

/// The state of a `Pool`.
pub(crate) struct Core {
    pub(super) bump: Bump,
    /// Lengths from 1 to this are pooled on the short way.
    short: usize,
    /// Lengths from this on are alone on the short way.
    long: usize,
    pub(super) half: usize,
    pub(super) stores: Stores,
    /// Where compaction places what it moves.
    pub(super) survivors: Bump,
}

impl Core {
    /// A core whose stores are biased to this thread.
    pub fn here(options: PoolOptions) -> Rc<Self> {
        // Those two need more of a release than a count.
        let careful = options.track || options.zero_on_release;
        Rc::new(Self::new(options, if careful { NOBODY } else { number_here() }))
    }

    fn new(mut options: PoolOptions, owner: u64) -> Self {
        options.pool_size = options.pool_size.min(MAX_POOL_SIZE);
        options.slab_alignment = options.slab_alignment.clamp(OFFSETS, 64).next_power_of_two();
        options.max_length = options.max_length.min(MAX_LENGTH);
        let half = options.pool_size / 2;
        let careful = options.track || options.zero_always || options.max_length < half;
        Self {
            bump: Bump::new(),
            short: if careful { 0 } else { half.saturating_sub(1) },
            long: if careful { usize::MAX } else { half.max(1) },
            half,
            stores: Stores::new(options, owner),
            survivors: Bump::new(),
        }
    }

    pub fn options(&self) -> &PoolOptions {
        &self.stores.options
    }

    /// The part that all threads may use.
    pub fn mailbox(&self) -> Arc<Mailbox> {
        self.stores.mailbox.clone()
    }

    /// What the external memory's owner is to be told.
    pub(super) fn notice(&self) -> Option<Notice> {
        self.stores.notice()
    }

    /// Tells the external memory's owner what is due.
    /// The last thing that a call does with the pool.
    #[inline]
    pub(super) fn notify(&self) {
        if self.stores.is_due() {
            give(self.notice());
        }
    }

    /// `Buffer.allocUnsafe`.
    #[inline(always)]
    #[track_caller]
    pub fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
        // Buffers are put together here, in registers: a call would return one through memory, and
        // reading that back at once costs more than all the rest.
        if length.wrapping_sub(1) < self.short {
            if let Some(buffer) = self.bump.take(length, length) {
                return Ok(buffer);
            }
            if self.next_slab(&self.bump)
                && let Some(buffer) = self.bump.take(length, length)
            {
                return Ok(buffer);
            }
        } else if length >= self.long
            && let Some(store) = self.lone_store(length)
        {
            // SAFETY: the store is new or released, and this its only buffer.
            return Ok(unsafe { Buffer::new(store.data(), length, store) });
        }
        match self.placed(length, Location::caller()) {
            // SAFETY: they are the parts of a buffer that was taken apart.
            Some((start, store)) => Ok(unsafe { Buffer::new(start, length, store) }),
            None if length == 0 => Ok(Buffer::empty()),
            None => Err(self.refusal(length)),
        }
    }

    /// The start and the store of a buffer of some bytes.
    #[inline(never)]
    fn placed(&self, length: usize, at: At) -> Option<(NonNull<u8>, Handle)> {
        self.place(length, length, at).ok()?.into_parts()
    }

    /// Why there is no buffer of that length.
    #[cold]
    #[inline(never)]
    fn refusal(&self, length: usize) -> AllocError {
        let limited = self.stores.was_limited();
        self.options().refusal(length, limited.then(|| self.stores.mailbox.bytes()))
    }

    /// A store for one buffer.
    #[inline(never)]
    fn lone_store(&self, length: usize) -> Option<Handle> {
        if length <= self.options().max_length
            && !self.stores.has_mail()
            && let Some(store) = self.stores.kept_alone(length)
        {
            return Some(store);
        }
        self.next_lone_store(length)
    }

    /// The same, with all that can be in its way.
    #[inline(never)]
    fn next_lone_store(&self, length: usize) -> Option<Handle> {
        if length > self.options().max_length {
            return None;
        }
        self.stores.settle();
        let kept = self.stores.kept_alone(length);
        let store = kept.or_else(|| self.stores.new_alone(length, OFFSETS, true));
        if self.stores.is_due() {
            // If the call panics, the store is released.
            // SAFETY: the store is new or released, and this its only buffer.
            let buffer = store.map(|store| unsafe { Buffer::new(store.data(), length, store) });
            give(self.notice());
            mem::forget(buffer);
        }
        store
    }

    /// A buffer in the current slab if it is below half of a slab, else in a store of its own. The
    /// slab must have `room`; Node tests strings with more than they take.
    #[inline(never)]
    pub fn place(&self, length: usize, room: usize, at: At) -> Result<Buffer, AllocError> {
        if length == 0 || length >= self.half || length > self.options().max_length {
            return self.alone(length, false, at);
        }
        Ok(self.finish(self.bump_take(&self.bump, length, room)?, at))
    }

    /// A buffer in the bump's slab, or in its next one.
    pub(super) fn bump_take(
        &self,
        bump: &Bump,
        length: usize,
        room: usize,
    ) -> Result<Buffer, AllocError> {
        // More than twice only if the external memory's owner allocates here too.
        loop {
            if let Some(buffer) = bump.take(length, room) {
                return Ok(buffer);
            }
            if !self.next_slab(bump) {
                return Err(self.refusal(length));
            }
        }
    }

    /// Lets go of the current slab and begins another; false if the allocator refuses.
    #[inline(never)]
    fn next_slab(&self, bump: &Bump) -> bool {
        self.stores.settle();
        let begun = self.stores.next_slab(bump);
        self.notify();
        begun
    }

    /// A buffer for the text's bytes.
    pub fn for_text(&self, text: &str, at: At) -> Result<Buffer, AllocError> {
        let units = || text.encode_utf16().count().saturating_mul(4);
        let room = Some(text.len()).filter(|length| *length >= self.half).unwrap_or_else(units);
        self.place(text.len(), if room < self.half { room } else { text.len() }, at)
    }

    /// `Buffer.allocUnsafe(length, alignment)` of Node 26.
    pub fn aligned(&self, length: usize, alignment: usize, at: At) -> Result<Buffer, AllocError> {
        if !alignment.is_power_of_two() || alignment > MAX_ALIGNMENT {
            return Err(AllocError::Alignment { requested: length, alignment });
        }
        if length >= self.half || alignment > self.options().slab_alignment {
            let reuse = alignment <= self.options().slab_alignment;
            return self.alone_aligned(length, false, alignment, reuse, at);
        }
        self.bump.align(alignment);
        self.place(length, length, at)
    }

    /// A buffer in a store of its own, of zeros or of initialised bytes.
    pub fn alone(&self, length: usize, zero: bool, at: At) -> Result<Buffer, AllocError> {
        self.alone_aligned(length, zero, OFFSETS, true, at)
    }

    /// A buffer in a new store of exactly its length, which is not kept for another.
    pub fn slow(&self, length: usize, at: At) -> Result<Buffer, AllocError> {
        self.alone_aligned(length, false, OFFSETS, false, at)
    }

    /// A buffer in a store of its own, of zeros or of initialised bytes.
    #[inline(never)]
    fn alone_aligned(
        &self,
        length: usize,
        zero: bool,
        alignment: usize,
        reuse: bool,
        at: At,
    ) -> Result<Buffer, AllocError> {
        if length > self.options().max_length {
            return Err(self.refusal(length));
        }
        if length == 0 {
            return Ok(Buffer::empty());
        }
        let stores = &self.stores;
        stores.settle();
        let kept = if reuse { stores.kept_alone(length) } else { None };
        let Some(store) = kept.or_else(|| stores.new_alone(length, alignment, reuse)) else {
            self.notify();
            return Err(self.refusal(length));
        };
        // SAFETY: the store is new or released, and this its only buffer.
        let mut buffer = unsafe { Buffer::new(store.data(), length, store) };
        if zero && kept.is_some() {
            buffer.fill(0);
        }
        self.notify();
        Ok(self.finish(buffer, at))
    }

    fn finish(&self, mut buffer: Buffer, at: At) -> Buffer {
        if self.options().zero_always {
            buffer.fill(0);
        }
        if self.options().track {
            buffer.pin(at);
        }
        buffer
    }

    /// Frees the released stores that are kept.
    pub fn trim(&self) {
        self.stores.settle();
        self.stores.trim();
        self.notify();
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        give(self.stores.close([&self.bump, &self.survivors]));
    }
}
