//! Waiting: until the stream is drained, and until caps and budget have room.

use super::sink::PollSink;
use super::stream::{NotSent, PollWritable, refusal};
use crate::chunk::Chunk;
use crate::error::{Error, Refused};
use core::task::{Context, Poll, ready};

impl<C: Chunk, P: PollSink<C>> PollWritable<C, P> {
    /// Ready when the stream is drained, so that a write follows its advice. Passes on what the stream holds meanwhile.
    /// Also waits for room in a budget that is spent. After the refusal of a chunk that may fit later, waits for the room
    /// of that chunk, so that a loop of `poll_ready` and `start_send` does not spin.
    ///
    /// # Errors
    /// What the stream has failed with; [`Error::Destroyed`] if it was destroyed.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let ready = self.poll_writable(cx);
        self.or_late(cx, ready, self.machine.deadline())
    }

    fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_drained(cx))?;
        if self.wanted > 0 {
            let room = ready!(self.machine.poll_room(cx, self.wanted, self.wanted, 1));
            // The write itself reports a chunk that never fits.
            self.wanted = room.map_or(0, |_| self.wanted);
        } else if self.machine.length() == 0 && !self.machine.budget_has_room() {
            let _ = ready!(self.machine.poll_room(cx, 1, 1, 1));
            self.machine.cancel_room();
        }
        Poll::Ready(Ok(()))
    }

    /// Ready when a write that counts `count` bytes (objects in object mode) is sure to find room in
    /// the caps and the budget. Passes on what the stream holds meanwhile. Does not wait for the
    /// high-water mark: [`poll_ready`](Self::poll_ready) does.
    ///
    /// Streams that hold nothing are served in the order in which they came, before streams that hold
    /// something. The budget's room stays reserved until the next write. To give up waiting, or room that is not needed,
    /// call [`cancel_room`](Self::cancel_room); flushing, closing, destroying and dropping the stream do so, too.
    ///
    /// # Errors
    /// [`Error::Full`] and [`Error::OverBudget`] if the write never fits; [`Error::WriteAfterEnd`];
    /// what the stream has failed with.
    ///
    /// ```
    /// use std::task::{Context, Poll, Waker};
    /// use stream_backpressure::{Budget, Chunks, Options, PollFn, PollWritable};
    ///
    /// let stuck = || PollFn(|_: &mut Context<'_>, _: &mut Chunks<Vec<u8>>| {
    ///     Poll::<Result<(), std::convert::Infallible>>::Pending
    /// });
    /// let budget = Budget::new(100_000);
    /// let mut first = PollWritable::new(Options::default().with_budget(&budget), stuck());
    /// let mut second = PollWritable::new(Options::default().with_budget(&budget), stuck());
    /// let cx = &mut Context::from_waker(Waker::noop());
    /// assert!(first.poll_room(cx, 80_000)?.is_ready());
    /// first.start_send(vec![0; 80_000])?;
    /// assert!(second.poll_room(cx, 30_000)?.is_pending());
    /// drop(first);
    /// assert!(second.poll_room(cx, 30_000)?.is_ready());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn poll_room(
        &mut self,
        cx: &mut Context<'_>,
        count: usize,
    ) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_aside(cx))?;
        self.poll_room_between(cx, count, count).map_ok(drop)
    }

    /// Stops waiting for room, and gives back what [`poll_room`](Self::poll_room) has reserved.
    pub fn cancel_room(&mut self) {
        self.wanted = 0;
        self.machine.cancel_room();
    }

    /// Ready when no chunk waits for room any more.
    #[inline]
    pub(super) fn poll_aside(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        if self.aside.is_none() { Poll::Ready(Ok(())) } else { self.poll_waiting(cx) }
    }

    #[inline(never)]
    fn poll_waiting(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let Some(chunk) = &self.aside else { return Poll::Ready(Ok(())) };
        let length = self.counted(chunk);
        let room = ready!(self.poll_room_between(cx, length, length));
        let Some(chunk) = self.aside.take() else { return Poll::Ready(Ok(())) };
        Poll::Ready(match room {
            Ok(_) => self.write(chunk),
            Err(refused) => Err(Refused { chunk: Some(chunk), ..refused }),
        })
    }

    /// Ready when the stream has drained since a write last returned false.
    pub(crate) fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_aside(cx))?;
        let _ = self.poll_progress(cx, "write")?;
        if self.machine.need_drain() { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    /// Ready when a write that counts `least` finds room; returns how much it may count, up to `most`.
    pub(crate) fn poll_room_between(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
    ) -> Poll<Result<usize, NotSent<C, P>>> {
        let _ = self.poll_progress(cx, "write")?;
        let room = self.poll_room_for(cx, least, most, 1);
        self.or_late_for_own(cx, room)
    }

    /// Ready when a write that counts `count` finds room, after what the stream holds was passed on.
    pub(crate) fn poll_room_now(
        &mut self,
        cx: &mut Context<'_>,
        count: usize,
    ) -> Poll<Result<(), NotSent<C, P>>> {
        let room = self.poll_room_for(cx, count, count, 1);
        self.or_late_for_own(cx, room).map_ok(drop)
    }

    /// As `poll_room_between`, for `chunks` new chunks; passes nothing on and has no deadline.
    pub(super) fn poll_room_for(
        &mut self,
        cx: &mut Context<'_>,
        least: usize,
        most: usize,
        chunks: usize,
    ) -> Poll<Result<usize, NotSent<C, P>>> {
        if self.machine.ended() {
            return Poll::Ready(Err(refusal(Error::WriteAfterEnd)));
        }
        self.machine.poll_room(cx, least, most, chunks).map_err(refusal)
    }
}
