//! The timer of a stream that is polled, and what waits against its deadline.

use core::task::{Context, Poll};
use core::time::Duration;

/// What wakes a stream at its deadline.
pub trait Timer: Send {
    /// The time now, from any fixed moment on.
    fn now(&self) -> Duration;

    /// Ready at that time, and wakes the task then.
    fn poll_at(&mut self, cx: &mut Context<'_>, time: Duration) -> Poll<()>;
}

/// A flush that is awaited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Awaited {
    pub(super) since: Duration,
    /// The number of the last chunk that it covers.
    pub(super) last: u64,
}
