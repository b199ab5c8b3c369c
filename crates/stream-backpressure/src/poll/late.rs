//! The deadline of calls that wait: when it passes, they fail.

use super::deadline::Awaited;
use super::sink::PollSink;
use super::stream::{NotSent, PollWritable, refusal};
use crate::chunk::Chunk;
use crate::error::Error;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::PoisonError;

impl<C: Chunk, P: PollSink<C>> PollWritable<C, P> {
    /// Keeps the clock of an awaited flush, and returns its deadline. The clock restarts when the chunks that the flush
    /// covers are passed on and others have come.
    pub(super) fn await_flush(&mut self, pending: bool) -> Option<Duration> {
        let (now, true) = (self.machine.host().now?, pending) else {
            self.awaited = None;
            return None;
        };
        let holds = self.machine.buffered_chunks() + self.machine.host().chunks();
        let awaited = self.awaited.filter(|awaited| {
            let since = self.taken.wrapping_sub(awaited.last);
            since == 0 || holds as u64 > since
        });
        let awaited = awaited.unwrap_or(Awaited { since: now, last: self.taken });
        self.awaited = Some(awaited);
        awaited.since.checked_add(self.machine.patience()?)
    }

    /// The result of a call; if the call would wait past the deadline, the stream fails instead.
    pub(super) fn or_late<T>(
        &mut self,
        cx: &mut Context<'_>,
        answer: Poll<Result<T, NotSent<C, P>>>,
        deadline: Option<Duration>,
    ) -> Poll<Result<T, NotSent<C, P>>> {
        if answer.is_pending()
            && let Some(deadline) = deadline
            && let Some(timer) = &mut self.timer
        {
            let timer = timer.get_mut().unwrap_or_else(PoisonError::into_inner);
            ready!(timer.poll_at(cx, deadline));
            self.destroy(Some(Error::Deadline));
            return Poll::Ready(Err(refusal(Error::Deadline)));
        }
        answer
    }

    /// As `or_late`, for room. Waiting for room has a deadline only while the stream's own chunks take it.
    #[inline]
    pub(super) fn or_late_for_own<T>(
        &mut self,
        cx: &mut Context<'_>,
        room: Poll<Result<T, NotSent<C, P>>>,
    ) -> Poll<Result<T, NotSent<C, P>>> {
        if room.is_ready() || self.is_idle() { room } else { self.or_late_for_held(cx, room) }
    }

    #[inline(never)]
    fn or_late_for_held<T>(
        &mut self,
        cx: &mut Context<'_>,
        room: Poll<Result<T, NotSent<C, P>>>,
    ) -> Poll<Result<T, NotSent<C, P>>> {
        let late = self.await_flush(true);
        self.or_late(cx, room, late)
    }

    pub(super) fn read_time(&mut self) {
        if let Some(timer) = &mut self.timer {
            let timer = timer.get_mut().unwrap_or_else(PoisonError::into_inner);
            self.machine.host_mut().now = Some(timer.now());
        }
    }
}
