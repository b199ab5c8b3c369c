//! Cooperative scheduling: a loop over a stream whose sink is always ready lets other tasks run.

use crate::chunk::Chunk;
use crate::poll::{PollSink, PollWritable};
use core::task::{Context, Poll};

/// Chunks that count as one step of the cooperative budget, so that the count costs a short write nothing.
const STEP: u64 = 16;

impl<C: Chunk, P: PollSink<C>> PollWritable<C, P> {
    /// Polls the stream within the cooperative budget, at the first chunk of each step.
    pub(crate) fn poll_in_turn<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Self, &mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        if self.taken().is_multiple_of(STEP) {
            cooperative(cx, |cx| poll(self, cx))
        } else {
            poll(self, cx)
        }
    }
}

/// Polls a source or the stream within the task's cooperative budget in tokio, if there is one.
#[cfg(feature = "tokio")]
pub(crate) fn cooperative<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    let Poll::Ready(proceed) = tokio::task::coop::poll_proceed(cx) else { return Poll::Pending };
    poll(cx).map(|item| {
        proceed.made_progress();
        item
    })
}

#[cfg(not(feature = "tokio"))]
pub(crate) fn cooperative<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    poll(cx)
}
