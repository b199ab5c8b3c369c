//! Bump allocation in the current slab, and the counters of what it places.

use super::buffer::Buffer;
use super::store::Handle;
use super::{split, unit};
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

/// Pooled buffers begin at multiples of this.
pub(super) const OFFSETS: usize = 8;

/// The slab that buffers are placed in.
///
/// One thread places buffers. Other threads may read `slab` and `handed` under a lock that keeps the
/// slab from being changed.
pub(super) struct Bump {
    pub slab: Cell<Option<Handle>>,
    data: Cell<NonNull<u8>>,
    at: Cell<usize>,
    end: Cell<usize>,
    /// Units handed out of the slab. Only the thread that places buffers writes it.
    handed: AtomicU64,
}

impl Bump {
    pub fn new() -> Self {
        Self {
            slab: Cell::new(None),
            data: Cell::new(NonNull::dangling()),
            at: Cell::new(0),
            end: Cell::new(0),
            handed: AtomicU64::new(0),
        }
    }

    /// Places a buffer of `length` bytes if there are `room`, of which `length` is at the most.
    #[inline(always)]
    pub fn take(&self, length: usize, room: usize) -> Option<Buffer> {
        let at = self.at.get();
        if at + room > self.end.get() {
            return None;
        }
        let slab = self.slab.get()?;
        self.at.set((at + length).next_multiple_of(OFFSETS));
        self.handed.store(self.handed() + unit(length), Ordering::Relaxed);
        // SAFETY: `at + length` is at most `end`, the slab's capacity.
        let start = unsafe { self.data.get().add(at) };
        // SAFETY: the range was just taken from the slab, so it is this buffer's alone, and counted.
        Some(unsafe { Buffer::new(start, length, slab) })
    }

    /// Units handed out of the slab.
    #[inline]
    pub fn handed(&self) -> u64 {
        self.handed.load(Ordering::Relaxed)
    }

    /// Live buffers and bytes of a slab of which no thread owns the releases. The count of releases
    /// is read first: what was released before was handed out before.
    pub fn live(&self) -> (usize, usize) {
        let Some(slab) = self.slab.get() else { return (0, 0) };
        let released = slab.released();
        split(self.handed() - released)
    }

    /// Moves on to where the next buffer has the alignment, which the slab itself has.
    pub fn align(&self, alignment: usize) {
        self.at.set(self.at.get().next_multiple_of(alignment));
    }

    /// Places buffers in the slab, all of whose buffers are released.
    pub fn begin(&self, slab: Handle) {
        slab.open();
        self.slab.set(Some(slab));
        self.data.set(slab.data());
        self.at.set(0);
        self.end.set(slab.capacity);
        self.handed.store(0, Ordering::Relaxed);
    }

    /// Takes out the slab, and the units handed out of it.
    pub fn end(&self) -> Option<(Handle, u64)> {
        self.at.set(0);
        self.end.set(0);
        let handed = self.handed();
        self.handed.store(0, Ordering::Relaxed);
        Some((self.slab.take()?, handed))
    }

    /// Counts what was placed in the slab, which is about to be left, and what was lost in it.
    pub fn count_in(&self, counters: &Counters) {
        let (count, bytes) = split(self.handed());
        let at = self.at.get().min(self.end.get());
        add(&counters.hits, count);
        add(&counters.lost_to_alignment, at - bytes);
        add(&counters.lost_to_slab_ends, self.end.get() - at);
    }
}

/// What a pool counts beside its stores.
#[derive(Default)]
pub(super) struct Counters {
    pub hits: Cell<u64>,
    pub misses: Cell<u64>,
    pub lost_to_alignment: Cell<u64>,
    pub lost_to_slab_ends: Cell<u64>,
}

impl Counters {
    /// Adds the counts of another.
    pub fn absorb(&self, other: &Self) {
        for (sum, more) in [
            (&self.hits, &other.hits),
            (&self.misses, &other.misses),
            (&self.lost_to_alignment, &other.lost_to_alignment),
            (&self.lost_to_slab_ends, &other.lost_to_slab_ends),
        ] {
            sum.set(sum.get() + more.get());
        }
    }
}

#[inline]
pub(super) fn add(counter: &Cell<u64>, by: usize) {
    counter.set(counter.get() + by as u64);
}
