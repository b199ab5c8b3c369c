//! Where the buffers of a pool of many threads are placed: by Node's rules on each thread, as each of
//! Node's workers has a pool of its own.

use super::Depot;
use super::books::Outcome;
use super::threads::NEAR;
use crate::error::AllocError;
use crate::options::{PoolOptions, Reuse};
use crate::placement::{Bounds, Placement};
use crate::raw::buffer::Buffer;
use crate::raw::bump::OFFSETS;
use crate::raw::pins::At;
use crate::raw::store::{Handle, Idle, Lent, NOT_KEPT};
use std::sync::Arc;

impl Depot {
    /// `Buffer.allocUnsafe`.
    #[inline(always)]
    pub fn alloc_unsafe(self: &Arc<Self>, length: usize, at: At) -> Result<Buffer, AllocError> {
        if length.wrapping_sub(1) < self.bounds.short {
            let depot = Arc::as_ptr(self).cast();
            if let Some(buffer) = NEAR.with(|near| near.take(depot, length)) {
                return Ok(buffer);
            }
            if self.begin_slab()
                && let Some(buffer) = NEAR.with(|near| near.take(depot, length))
            {
                return Ok(buffer);
            }
        } else if length >= self.bounds.long
            && let Some(lent) = self.kept_near(length)
        {
            return Ok(Buffer::from(lent));
        }
        self.place(length, length, at)
    }

    /// Begins another slab of this thread, whose cache was found at once; false if it was not, or if
    /// there is no slab to be had.
    #[inline(never)]
    fn begin_slab(self: &Arc<Self>) -> bool {
        let depot = Arc::as_ptr(self).cast();
        let Some(own) = NEAR.with(|near| near.get(depot)) else { return false };
        let mut outcome = Outcome::default();
        let begun = self.next_slab(&own, &mut outcome);
        self.books.tell(&outcome);
        begun
    }

    /// Why there is no buffer of that length.
    #[cold]
    #[inline(never)]
    fn refusal(&self, length: usize, outcome: &Outcome) -> AllocError {
        self.books.options.refusal(length, outcome.limited)
    }

    /// A store of the magazine, which has become one buffer's.
    #[inline(never)]
    fn kept_near(self: &Arc<Self>, length: usize) -> Option<Lent> {
        let depot = Arc::as_ptr(self).cast();
        let kept = NEAR.with(|near| near.with(depot, |held| held.kept.take_alone(length)))?;
        Some(kept?.lend(length))
    }

    /// A kept store for one buffer, of this thread's magazine or of the depot.
    fn kept_alone(self: &Arc<Self>, length: usize) -> Option<Idle> {
        if self.books.options.reuse == Reuse::Node {
            return None;
        }
        self.with_cache(|own| {
            let store = own.held().kept.take_alone(length);
            store.or_else(|| self.take_kept(|kept| kept.take_alone(length)))
        })
    }

    /// A new store for one buffer.
    fn new_alone(
        self: &Arc<Self>,
        length: usize,
        alignment: usize,
        reuse: bool,
        outcome: &mut Outcome,
    ) -> Option<Idle> {
        let class = if reuse { self.lists().kept.class(length) } else { NOT_KEPT };
        self.new_store((class, length), false, alignment, outcome)
    }

    /// A store for one buffer of `length` bytes, more than none, on any thread.
    pub(super) fn lent(self: &Arc<Self>, length: usize, at: At) -> Result<Lent, AllocError> {
        let mut outcome = Outcome::default();
        if length > self.books.options.max_length {
            return Err(self.refusal(length, &outcome));
        }
        let store = self.kept_alone(length);
        let store = store.or_else(|| self.new_alone(length, OFFSETS, true, &mut outcome));
        let lent = store.map(|store| {
            store.pins.add(0, length, at);
            store.lend(length)
        });
        // If the owner of external memory panics, the store is released.
        self.books.tell(&outcome);
        lent.ok_or_else(|| self.refusal(length, &outcome))
    }

    /// A buffer in the slab of the survivors, or in its next one.
    fn survivor(self: &Arc<Self>, length: usize, outcome: &mut Outcome) -> Option<Buffer> {
        loop {
            if let Some(buffer) = self.lists().survivors.take(length, length) {
                return Some(buffer);
            }
            let next = self.slab(outcome)?;
            self.with_cache(|own| self.renumber(&next, &mut own.held()));
            let lists = self.lists();
            lists.counters.add_slab(&lists.survivors);
            let old = lists.survivors.end();
            lists.survivors.begin(next);
            let buffer = lists.survivors.take(length, length);
            drop(lists);
            self.retire_slab(old, outcome);
            if buffer.is_some() {
                return buffer;
            }
        }
    }
}

impl Placement for Arc<Depot> {
    fn options(&self) -> &PoolOptions {
        &self.books.options
    }

    fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    fn take(&self, length: usize, room: usize) -> Result<Buffer, AllocError> {
        let mut outcome = Outcome::default();
        let buffer = self.with_cache(|own| {
            loop {
                if let Some(buffer) = own.bump().take(length, room) {
                    return Some(buffer);
                }
                if !self.next_slab(own, &mut outcome) {
                    return None;
                }
            }
        });
        // If the owner of external memory panics, the buffer is released.
        self.books.tell(&outcome);
        buffer.ok_or_else(|| self.refusal(length, &outcome))
    }

    fn align(&self, alignment: usize) {
        self.with_cache(|own| own.bump().align(alignment));
    }

    fn take_alone(
        &self,
        length: usize,
        alignment: usize,
        zero: bool,
        reuse: bool,
    ) -> Result<Buffer, AllocError> {
        let mut outcome = Outcome::default();
        let kept = if reuse { self.kept_alone(length) } else { None };
        let dirty = zero && kept.is_some();
        let store = kept.or_else(|| self.new_alone(length, alignment, reuse, &mut outcome));
        let buffer = store.map(|store| Buffer::from(store.lend(length)));
        self.books.tell(&outcome);
        let mut buffer = buffer.ok_or_else(|| self.refusal(length, &outcome))?;
        if dirty {
            buffer.fill(0);
        }
        Ok(buffer)
    }

    fn take_survivor(&self, length: usize) -> Result<Buffer, AllocError> {
        let mut outcome = Outcome::default();
        let buffer = self.survivor(length, &mut outcome);
        self.books.tell(&outcome);
        buffer.ok_or_else(|| self.refusal(length, &outcome))
    }

    fn used_up<'b>(&self, buffer: &'b Buffer) -> Option<(Handle<'b>, usize)> {
        let store = buffer.store().filter(|store| store.is_of(self))?;
        Some((store, store.live_used()?.1))
    }
}
