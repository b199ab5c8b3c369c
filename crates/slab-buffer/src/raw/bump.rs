//! Bump allocation in the current slab.

#![expect(unsafe_code, reason = "buffers begin at pointers into the slab")]

use super::buffer::Buffer;
use super::store::{Handle, Idle, Store, Used};
use super::units::{split, unit};
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

/// Pooled buffers begin at multiples of this.
pub(crate) const OFFSETS: usize = 8;

/// The slab that buffers are placed in.
///
/// One thread places buffers. Other threads may read `slab` and `handed` under a lock that keeps the
/// slab from being changed (`near.rs`).
pub(crate) struct Bump {
    slab: Cell<Option<NonNull<Store>>>,
    data: Cell<NonNull<u8>>,
    at: Cell<usize>,
    end: Cell<usize>,
    /// Units handed out of the slab. Only the thread that places buffers writes it.
    handed: AtomicU64,
}

/// What was placed in a slab and what it lost so far.
pub(crate) struct Tally {
    pub buffers: usize,
    /// Bytes between buffers.
    pub lost_to_alignment: usize,
    /// Bytes behind the last buffer.
    pub lost_to_slab_ends: usize,
}

// SAFETY: the slab is the bump's, whichever thread has the bump.
unsafe impl Send for Bump {}

impl Bump {
    /// A bump without a slab.
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
        if at + room.max(length) > self.end.get() {
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
    fn handed(&self) -> u64 {
        self.handed.load(Ordering::Relaxed)
    }

    /// Buffers that were placed in the slab.
    pub fn placed(&self) -> usize {
        split(self.handed()).0
    }

    /// The slab.
    pub fn slab(&self) -> Option<Handle<'_>> {
        // SAFETY: the slab stays until it is taken out, which its thread does under the lock that
        // other threads hold while they have this.
        self.slab.get().map(|slab| unsafe { Handle::new(slab) })
    }

    /// Live buffers and bytes of the slab.
    pub fn live(&self) -> (usize, usize) {
        self.slab().map_or((0, 0), |slab| slab.live_of(self.handed()))
    }

    /// The same of a slab without an owner, on any thread. The count of releases is read first: what
    /// was released before was handed out before.
    pub fn live_there(&self) -> (usize, usize) {
        let Some(slab) = self.slab() else { return (0, 0) };
        let released = slab.released();
        split(self.handed() - released)
    }

    /// Moves on to where the next buffer has the alignment, which the slab itself has.
    pub fn align(&self, alignment: usize) {
        self.at.set(self.at.get().next_multiple_of(alignment));
    }

    /// Places buffers in the slab from now on. The one before must have been taken out.
    pub fn begin(&self, slab: Idle) {
        debug_assert!(self.slab.get().is_none(), "the slab before was taken out");
        self.data.set(slab.data());
        self.at.set(0);
        self.end.set(slab.capacity);
        self.handed.store(0, Ordering::Relaxed);
        self.slab.set(Some(slab.open()));
    }

    /// Takes out the slab.
    pub fn end(&self) -> Option<Used> {
        self.at.set(0);
        self.end.set(0);
        let handed = self.handed();
        self.handed.store(0, Ordering::Relaxed);
        Some(Used { slab: self.slab.take()?, handed })
    }

    /// Takes out the slab if all of its buffers are released, in order to begin it anew.
    pub fn end_if_idle(&self) -> Option<Idle> {
        let slab = self.slab.get()?;
        if self.live().0 > 0 {
            return None;
        }
        self.slab.set(None);
        // SAFETY: all that was handed out is released, and while a slab takes buffers nobody else has
        // a right to it.
        Some(unsafe { Idle::of(slab) })
    }

    /// What was placed in the slab so far.
    pub fn tally(&self) -> Tally {
        let (buffers, bytes) = split(self.handed());
        let at = self.at.get().min(self.end.get());
        Tally { buffers, lost_to_alignment: at - bytes, lost_to_slab_ends: self.end.get() - at }
    }
}
