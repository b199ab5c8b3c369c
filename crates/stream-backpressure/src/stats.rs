//! What a stream has done and holds, for observation.

use core::time::Duration;

/// A stream's figures: [`Machine::stats`](crate::Machine::stats).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Bytes (objects in object mode) that are buffered or in flight.
    pub bytes: usize,
    /// The most that these have been.
    pub peak_bytes: usize,
    /// What counts against the cap on bytes and the budget: `bytes`, and what the chunks cost beside
    /// them. As `bytes` on a stream without limits.
    pub charged: usize,
    /// Chunks that are buffered.
    pub chunks: usize,
    /// The most that these have been.
    pub peak_chunks: usize,
    /// 'drain' events.
    pub drains: u64,
    /// Writes that the cap, the budget or the end of the stream refused.
    pub refusals: u64,
    /// Time between a write that said false and the drain, and from `end` to the finish, all together,
    /// the current one not included. Zero where the host has no clock.
    pub undrained: Duration,
}
