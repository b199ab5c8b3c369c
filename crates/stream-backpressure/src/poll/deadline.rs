//! The timer of a polled stream, and the flush whose deadline it keeps.

use core::task::{Context, Poll};
use core::time::Duration;

/// What wakes a stream at its deadline.
pub trait Timer: Send {
    /// The time since any fixed moment.
    fn now(&self) -> Duration;

    /// Ready from `deadline` on; wakes the task then.
    fn poll_at(&mut self, cx: &mut Context<'_>, time: Duration) -> Poll<()>;
}

/// A flush that is awaited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Awaited {
    pub(super) since: Duration,
    /// The number of the last chunk that the flush covers.
    pub(super) last: u64,
}
