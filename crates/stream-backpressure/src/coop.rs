//! Turns: a loop over a stream whose sink is always ready lets other tasks run.

use crate::chunk::Chunk;
use crate::poll::{PollSink, PollWritable};
use core::task::{Context, Poll};

/// Chunks of a stream that count as one step in the cooperative budget, so that a short write does not feel
/// the count.
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

/// Polls within tokio's cooperative budget for the task, if there is one: a source, or the stream.
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
