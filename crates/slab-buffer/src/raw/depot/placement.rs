//! Where the buffers of a pool of many threads are placed, by Node's rules (`lib/buffer.js`) on each
//! thread, as each of Node's workers has a pool of its own.

use super::super::buffer::Buffer;
use super::super::bump::OFFSETS;
use super::super::cache;
use super::super::core::At;
use super::super::size_classes::NOT_KEPT;
use super::super::store::Handle;
use super::super::unit;
use super::{Depot, Outcome};
use crate::options::MAX_ALIGNMENT;
use crate::{AllocError, Reuse};
use std::ptr::NonNull;
use std::sync::Arc;

impl Depot {
    /// `Buffer.allocUnsafe`.
    #[inline(always)]
    pub fn alloc_unsafe(self: &Arc<Self>, length: usize, at: At) -> Result<Buffer, AllocError> {
        if length.wrapping_sub(1) < self.short {
            // SAFETY: nobody else's code is called while the cache is used.
            if let Some(cache) = unsafe { cache::near(Arc::as_ptr(self)) }
                && let Some(buffer) = cache.bump.take(length, length)
            {
                return Ok(buffer);
            }
        } else if length >= self.long
            && let Some(store) = self.kept_near(length)
        {
            // SAFETY: the store is released, and this its only buffer.
            return Ok(unsafe { Buffer::new(store.data(), length, store) });
        }
        if length == 0 {
            return Ok(Buffer::empty());
        }
        let (start, store) = self.placed(length, at)?;
        // SAFETY: they are the parts of a buffer that was taken apart.
        Ok(unsafe { Buffer::new(start, length, store) })
    }

    /// The start and the store of a buffer of some bytes.
    #[inline(never)]
    fn placed(
        self: &Arc<Self>,
        length: usize,
        at: At,
    ) -> Result<(NonNull<u8>, Handle), AllocError> {
        Ok(self.place(length, length, at)?.into_parts().expect("some bytes"))
    }

    /// Why there is no buffer of that length.
    #[cold]
    #[inline(never)]
    fn refusal(&self, length: usize, outcome: &Outcome) -> AllocError {
        self.options.refusal(length, outcome.limited)
    }

    /// A store of the magazine, which has become one buffer's.
    #[inline(never)]
    fn kept_near(&self, length: usize) -> Option<Handle> {
        // SAFETY: nobody else's code is called while the cache is used.
        let cache = unsafe { cache::near(self) }?;
        let store = cache.held().kept.take_alone(length)?;
        store.hand_over(unit(length));
        Some(store)
    }

    /// A buffer in the current slab if it is below half of a slab, else in a store of its own. The
    /// slab must have `room`; Node tests strings with more than they take.
    #[inline(never)]
    pub fn place(
        self: &Arc<Self>,
        length: usize,
        room: usize,
        at: At,
    ) -> Result<Buffer, AllocError> {
        if length == 0 || length >= self.half || length > self.options.max_length {
            return self.alone(length, false, at);
        }
        let mut outcome = Outcome::default();
        let buffer = self.with_cache(|cache| {
            loop {
                if let Some(buffer) = cache.bump.take(length, room) {
                    return Some(buffer);
                }
                if !self.next_slab(cache, &mut outcome) {
                    return None;
                }
            }
        });
        // A buffer that is not yet the caller's is released if the owner panics.
        self.tell(&outcome);
        Ok(self.finish(buffer.ok_or_else(|| self.refusal(length, &outcome))?, at))
    }

    /// A buffer for the text's bytes.
    pub fn for_text(self: &Arc<Self>, text: &str, at: At) -> Result<Buffer, AllocError> {
        let units = || text.encode_utf16().count().saturating_mul(4);
        let room = Some(text.len()).filter(|length| *length >= self.half).unwrap_or_else(units);
        self.place(text.len(), if room < self.half { room } else { text.len() }, at)
    }

    /// `Buffer.allocUnsafe(length, alignment)` of Node 26.
    pub fn aligned(
        self: &Arc<Self>,
        length: usize,
        alignment: usize,
        at: At,
    ) -> Result<Buffer, AllocError> {
        if !alignment.is_power_of_two() || alignment > MAX_ALIGNMENT {
            return Err(AllocError::Alignment { requested: length, alignment });
        }
        if length >= self.half || alignment > self.options.slab_alignment {
            let reuse = alignment <= self.options.slab_alignment;
            return self.alone_aligned(length, false, alignment, reuse, at);
        }
        self.with_cache(|cache| cache.bump.align(alignment));
        self.place(length, length, at)
    }

    /// A buffer in a store of its own, of zeros or of initialised bytes.
    pub fn alone(
        self: &Arc<Self>,
        length: usize,
        zero: bool,
        at: At,
    ) -> Result<Buffer, AllocError> {
        self.alone_aligned(length, zero, OFFSETS, true, at)
    }

    /// A buffer in a new store of exactly its length, which is not kept for another.
    pub fn slow(self: &Arc<Self>, length: usize, at: At) -> Result<Buffer, AllocError> {
        self.alone_aligned(length, false, OFFSETS, false, at)
    }

    #[inline(never)]
    fn alone_aligned(
        self: &Arc<Self>,
        length: usize,
        zero: bool,
        alignment: usize,
        reuse: bool,
        at: At,
    ) -> Result<Buffer, AllocError> {
        if length > self.options.max_length {
            return Err(self.options.refusal(length, None));
        }
        if length == 0 {
            return Ok(Buffer::empty());
        }
        let mut outcome = Outcome::default();
        let kept = if reuse { self.kept_alone(length) } else { None };
        let store = kept.or_else(|| {
            let class = if reuse { self.lists().kept.class(length) } else { NOT_KEPT };
            self.new_store((class, length), false, alignment, &mut outcome)
        });
        let buffer = store.map(|store| {
            store.hand_over(unit(length));
            // SAFETY: the store is new or released, and this its only buffer.
            unsafe { Buffer::new(store.data(), length, store) }
        });
        // A buffer that is not yet the caller's is released if the owner panics.
        self.tell(&outcome);
        let mut buffer = buffer.ok_or_else(|| self.refusal(length, &outcome))?;
        if zero && kept.is_some() {
            buffer.fill(0);
        }
        Ok(self.finish(buffer, at))
    }

    /// A kept store for one buffer, of this thread's magazine or of the depot.
    fn kept_alone(self: &Arc<Self>, length: usize) -> Option<Handle> {
        if self.options.reuse == Reuse::Node {
            return None;
        }
        self.with_cache(|cache| {
            let store = cache.held().kept.take_alone(length);
            store.or_else(|| self.take_kept(|kept| kept.take_alone(length)))
        })
    }

    fn finish(&self, mut buffer: Buffer, at: At) -> Buffer {
        if self.options.zero_always {
            buffer.fill(0);
        }
        if self.options.track {
            buffer.pin(at);
        }
        buffer
    }

    /// A copy of the buffer where the moved ones are, if its store is used up and less than half of
    /// it is used.
    pub fn compact(
        self: &Arc<Self>,
        buffer: &Buffer,
        at: At,
    ) -> Result<Option<Buffer>, AllocError> {
        let Some(store) = buffer.store().filter(|store| store.is_of(self)) else {
            return Ok(None);
        };
        let length = buffer.len();
        let Some((_, live)) = store.live_used() else { return Ok(None) };
        if live >= store.capacity / 2 || length >= self.half {
            return Ok(None);
        }
        let at = store.pinned_by(buffer.offset()).unwrap_or(at);
        self.copy_compact(buffer, at).map(Some)
    }

    /// A copy of the bytes, where compaction places what it moves.
    pub fn copy_compact(self: &Arc<Self>, bytes: &[u8], at: At) -> Result<Buffer, AllocError> {
        let length = bytes.len();
        if length == 0 || length >= self.half {
            let mut copy = self.alone(length, false, at)?;
            copy.copy_from_slice(bytes);
            return Ok(copy);
        }
        let mut outcome = Outcome::default();
        let copy = self.take_surviving(length, &mut outcome);
        self.tell(&outcome);
        let mut copy = copy.ok_or_else(|| self.refusal(length, &outcome))?;
        copy.copy_from_slice(bytes);
        if self.options.track {
            copy.pin(at);
        }
        Ok(copy)
    }

    /// A buffer in the slab of the survivors, or in its next one.
    fn take_surviving(self: &Arc<Self>, length: usize, outcome: &mut Outcome) -> Option<Buffer> {
        loop {
            if let Some(buffer) = self.lists().survivors.take(length, length) {
                return Some(buffer);
            }
            let next = self.slab(outcome)?;
            let number = self.with_cache(|cache| cache.held().number(self));
            let lists = self.lists();
            lists.survivors.count_in(&lists.counters);
            let old = lists.survivors.end();
            if self.options.reuse == Reuse::Node {
                next.id.set(number);
            }
            lists.survivors.begin(next);
            let buffer = lists.survivors.take(length, length);
            drop(lists);
            if let Some((old, handed)) = old
                && old.retire(handed)
            {
                self.put_back(old, outcome);
            }
            if buffer.is_some() {
                return buffer;
            }
        }
    }
}
