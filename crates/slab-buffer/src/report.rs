//! Reports: a pool's counters, and its stores with what pins them.

use std::panic::Location;

/// A pool's counters. Bytes are those of backing stores, as Node's `arrayBuffers` counts them, unless stated otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Bytes of all backing stores, including kept ones: a slab counts whole, a view not at all.
    #[doc(alias = "arrayBuffers")]
    pub array_buffers: usize,
    /// The peak of `array_buffers`.
    pub peak_array_buffers: usize,
    /// Buffers that are alive.
    pub live_buffers: usize,
    /// Bytes of the buffers that are alive.
    pub live_bytes: usize,
    /// Slabs without a released buffer, except for the current one.
    pub full_slabs: usize,
    /// Slabs with released and live buffers, except for the current one.
    pub partial_slabs: usize,
    /// Released slabs that wait for new buffers.
    pub kept_slabs: usize,
    /// Bytes of released stores that wait for new buffers. Under [`Reuse::Recycle`](crate::Reuse) `array_buffers` contains
    /// them; under `Reuse::Node` they are memory of freed slabs, and it does not.
    pub kept_bytes: usize,
    /// Stores that hold one buffer that is not pooled.
    pub own_stores: usize,
    /// Buffers that were placed in a slab or in a kept store.
    pub hits: u64,
    /// Buffers that got their own store from the allocator.
    pub misses: u64,
    /// Bytes of all slabs so far that the alignment of offsets left unused.
    pub lost_to_alignment: u64,
    /// Bytes of all slabs so far that were left behind the last buffer when the next did not fit.
    pub lost_to_slab_ends: u64,
}

impl PoolStats {
    /// Counts a store and its live buffers and bytes.
    pub(crate) fn add(&mut self, state: SlabState, (buffers, bytes): (usize, usize)) {
        self.live_buffers += buffers;
        self.live_bytes += bytes;
        match state {
            SlabState::Full => self.full_slabs += 1,
            SlabState::Partial => self.partial_slabs += 1,
            SlabState::Kept => self.kept_slabs += 1,
            SlabState::Own => self.own_stores += 1,
            SlabState::Current => {}
        }
    }
}

/// What a backing store is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlabState {
    /// New buffers are placed in it.
    Current,
    /// It is retired, and all of its buffers are live.
    Full,
    /// It is retired, and some of its buffers are released.
    Partial,
    /// All of its buffers are released, and it waits for new ones.
    Kept,
    /// It is one buffer's own.
    Own,
}

/// One backing store: its size, its live bytes, and its buffers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Slab {
    /// Its number.
    pub id: u64,
    /// Bytes that it holds.
    pub capacity: usize,
    /// What it is doing.
    pub state: SlabState,
    /// Live buffers in it.
    pub live_buffers: usize,
    /// Bytes of the live buffers in it.
    pub live_bytes: usize,
    /// The live buffers, if the pool [tracks](crate::PoolOptions::track) them.
    pub pins: Vec<Pin>,
}

impl Slab {
    /// Its unused bytes.
    #[must_use]
    pub fn wasted(&self) -> usize {
        self.capacity - self.live_bytes
    }
}

/// A live buffer, and where it was allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pin {
    /// Where in its store it begins.
    pub offset: usize,
    /// Its bytes.
    pub length: usize,
    /// The call that allocated it.
    pub allocated_at: &'static Location<'static>,
}
