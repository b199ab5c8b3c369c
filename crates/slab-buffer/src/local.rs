//! The pool of one thread: its slab, and its stores.

pub(crate) mod mailbox;
mod reports;
mod stores;

use crate::error::AllocError;
use crate::notice::give;
use crate::options::PoolOptions;
use crate::placement::{Bounds, Placement};
use crate::raw::buffer::Buffer;
use crate::raw::bump::{Bump, OFFSETS};
use crate::raw::store::{Handle, Lent, Local};
use crate::raw::thread::{NOBODY, number_here};
use mailbox::Mailbox;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use stores::Stores;

/// The state of a [`Pool`](crate::Pool).
pub(crate) struct Core {
    bump: Bump,
    bounds: Bounds,
    stores: Stores,
    /// Where compaction places what it moves.
    survivors: Bump,
}

impl Core {
    /// A core whose stores are biased to this thread.
    pub fn here(mut options: PoolOptions) -> Rc<Self> {
        let bounds = Bounds::new(&mut options);
        // Those two need more of a release than a count.
        let careful = options.track || options.zero_on_release;
        let owner = if careful { NOBODY } else { number_here() };
        let (bump, survivors) = (Bump::new(), Bump::new());
        Rc::new(Self { bump, bounds, stores: Stores::new(options, owner), survivors })
    }

    /// The part that all threads may use.
    pub fn mailbox(&self) -> Arc<Mailbox> {
        self.stores.mailbox.clone()
    }

    /// Tells the owner of external memory what is due: the last thing that a call does with the pool.
    #[inline]
    fn notify(&self) {
        if self.stores.is_due() {
            give(self.stores.notice());
        }
    }

    /// `Buffer.allocUnsafe`.
    #[inline(always)]
    #[track_caller]
    pub fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
        // Buffers are put together here, in registers: a call would return one through memory, and
        // reading that back at once costs more than all the rest.
        if length.wrapping_sub(1) < self.bounds.short {
            if let Some(buffer) = self.bump.take(length, length) {
                return Ok(buffer);
            }
            if self.next_slab(&self.bump)
                && let Some(buffer) = self.bump.take(length, length)
            {
                return Ok(buffer);
            }
        } else if length >= self.bounds.long
            && let Some(lent) = self.lone_store(length)
        {
            return Ok(Buffer::from(lent));
        }
        let at = Location::caller();
        match Buffer::by_words(length, move || self.place(length, length, at)) {
            Some(buffer) => Ok(buffer),
            None if length == 0 => Ok(Buffer::empty()),
            None => Err(self.refusal(length)),
        }
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
    fn lone_store(&self, length: usize) -> Option<Lent> {
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
    fn next_lone_store(&self, length: usize) -> Option<Lent> {
        if length > self.options().max_length {
            return None;
        }
        self.stores.settle();
        let kept = self.stores.kept_alone(length);
        let store = kept.or_else(|| self.stores.new_alone(length, OFFSETS, true));
        // If the call panics, the store is released.
        self.notify();
        store
    }

    /// A buffer in the bump's slab, or in its next one.
    fn bump_take(&self, bump: &Bump, length: usize, room: usize) -> Result<Buffer, AllocError> {
        // More than twice only if the owner of external memory allocates here too.
        loop {
            if let Some(buffer) = bump.take(length, room) {
                return Ok(buffer);
            }
            if !self.next_slab(bump) {
                return Err(self.refusal(length));
            }
        }
    }

    /// Retires the current slab and begins another; false if the allocator refuses.
    #[inline(never)]
    fn next_slab(&self, bump: &Bump) -> bool {
        self.stores.settle();
        let begun = self.stores.next_slab(bump);
        self.notify();
        begun
    }

    /// Frees the released stores that are kept.
    pub fn trim(&self) {
        self.stores.settle();
        self.stores.trim();
        self.notify();
    }
}

impl Placement for Core {
    fn options(&self) -> &PoolOptions {
        &self.stores.options
    }

    fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    fn take(&self, length: usize, room: usize) -> Result<Buffer, AllocError> {
        self.bump_take(&self.bump, length, room)
    }

    fn align(&self, alignment: usize) {
        self.bump.align(alignment);
    }

    fn take_alone(
        &self,
        length: usize,
        alignment: usize,
        zero: bool,
        reuse: bool,
    ) -> Result<Buffer, AllocError> {
        let stores = &self.stores;
        stores.settle();
        let kept = if reuse { stores.kept_alone(length) } else { None };
        let dirty = zero && kept.is_some();
        let store = kept.or_else(|| stores.new_alone(length, alignment, reuse));
        let buffer = store.map(|store| {
            let mut buffer = Buffer::from(store);
            if dirty {
                buffer.fill(0);
            }
            buffer
        });
        self.notify();
        buffer.ok_or_else(|| self.refusal(length))
    }

    fn take_survivor(&self, length: usize) -> Result<Buffer, AllocError> {
        self.bump_take(&self.survivors, length, length)
    }

    fn used_up<'b>(&self, buffer: &'b Buffer) -> Option<(Handle<'b>, usize)> {
        self.stores.settle();
        self.notify();
        let store = buffer.store().filter(|store| store.is_of(&self.stores.mailbox))?;
        Some((store, store.live()?.1))
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        give(self.stores.close([&self.bump, &self.survivors]));
    }
}
