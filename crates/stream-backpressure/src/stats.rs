//! What a stream has done and holds, for observation. No unsafe code.

use core::time::Duration;

/// A stream's figures: [`Machine::stats`](crate::Machine::stats).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Bytes (objects in object mode) that are buffered or in flight.
    pub bytes: usize,
    /// The most that these have been.
    pub peak_bytes: usize,
    /// Chunks that are buffered.
    pub chunks: usize,
    /// The most that these have been.
    pub peak_chunks: usize,
    /// 'drain' events.
    pub drains: u64,
    /// Writes that the cap, the budget or the end of the stream refused.
    pub refusals: u64,
    /// Time between a write that said false (or `end` with chunks left) and the drain, all together,
    /// the current one not included. Zero where the host has no clock.
    pub undrained: Duration,
}
