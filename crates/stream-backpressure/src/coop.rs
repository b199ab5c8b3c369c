//! Turns: a loop over a stream whose sink is always ready lets other tasks run.

use core::task::{Context, Poll};

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
