//! The figures of a stream.

use core::time::Duration;

/// A stream's figures: [`Machine::stats`](crate::Machine::stats).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Bytes (objects in object mode) that are buffered or in flight.
    pub bytes: usize,
    /// The peak of `bytes`.
    pub peak_bytes: usize,
    /// What counts against the cap on bytes and the budget: `bytes` and the costs of the chunks. Equal to `bytes` in a
    /// stream without limits.
    pub charged: usize,
    /// Chunks that are buffered.
    pub chunks: usize,
    /// The peak of `chunks`.
    pub peak_chunks: usize,
    /// 'drain' events.
    pub drains: u64,
    /// Writes that the cap, the budget or the end of the stream refused.
    pub refusals: u64,
    /// The sum of the times from a write that returned false to the drain, and from `end` to the finish, without the
    /// current one. Zero if the host has no clock.
    pub undrained: Duration,
}
