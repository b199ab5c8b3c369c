//! Small writes of bytes, gathered into chunks while the sink is busy.
//!
//! The rule is Nagle's (RFC 896): a write goes out immediately while nothing is in flight; otherwise it is gathered with
//! others, which go out as one chunk when the sink has passed on what it has, or when they fill a piece. So a short
//! write becomes a chunk of its own only if it does not have to wait.

use super::gathered::Gathered;
use super::sink::PollSink;
use super::stream::{NotSent, PollWritable, refusal};
use crate::chunk::Chunk;
use core::task::{Context, Poll, ready};
use std::io::IoSlice;

impl<C: Chunk, P: PollSink<C>> PollWritable<C, P> {
    /// Writes the gathered chunk. Returns whether there was one.
    pub(super) fn send_gathered(&mut self) -> bool {
        let Some(chunk) = self.gathered().take() else { return false };
        self.machine.write_reserved(chunk);
        self.machine.run_ticks();
        self.taken = self.taken.wrapping_add(1);
        true
    }

    fn gathered(&mut self) -> &mut Gathered<C> {
        &mut self.machine.host_mut().gathered
    }
}

impl<C: Chunk + From<Vec<u8>>, P: PollSink<C>> PollWritable<C, P> {
    /// Takes as many bytes as the high-water mark, the caps and the budget allow, and returns how many. Pending while the
    /// stream is not ready or has no room. The sink is polled once; what it does not take is passed on when the stream is
    /// polled.
    ///
    /// The bytes are cut into pieces as long as the high-water mark, or as the low-water mark if that is higher
    /// ([`Options::low_water_mark`](crate::Options::low_water_mark)). Short writes are gathered while the
    /// sink is busy. A piece is never shorter than the low-water mark for lack of room: the stream waits for
    /// more. In object mode all bytes become one chunk.
    ///
    /// # Errors
    /// What the stream has failed with, [`Error::WriteAfterEnd`](crate::Error::WriteAfterEnd), and
    /// [`Error::Full`](crate::Error::Full) or [`Error::OverBudget`](crate::Error::OverBudget) if not even an empty stream
    /// has room.
    pub fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, NotSent<C, P>>> {
        self.poll_write_slices(cx, &[IoSlice::new(bytes)])
    }

    /// As [`poll_write`](Self::poll_write), with several slices one after another.
    ///
    /// # Errors
    /// As [`poll_write`](Self::poll_write).
    pub fn poll_write_slices(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize, NotSent<C, P>>> {
        let drained = self.poll_drained(cx);
        ready!(self.or_late(cx, drained, self.machine.deadline()))?;
        let all = slices.iter().fold(0, |sum: usize, slice| sum.saturating_add(slice.len()));
        if all == 0 {
            return Poll::Ready(Ok(0));
        }
        let taken = if self.machine.object_mode() {
            ready!(self.poll_room_between(cx, 1, 1))?;
            self.start_send(first(slices, all, Vec::with_capacity(all)).into())?;
            all
        } else {
            ready!(self.poll_gather(cx, slices, all))?
        };
        // Progress now, since nobody may poll for a while. The next call returns an error of it.
        let _ = self.poll_progress(cx, "write");
        Poll::Ready(Ok(taken))
    }

    fn poll_gather(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
        all: usize,
    ) -> Poll<Result<usize, NotSent<C, P>>> {
        let low = self.low_water_mark;
        let piece = self.machine.high_water_mark().max(low);
        let most = all.min(piece.saturating_sub(self.gathered().bytes.len()));
        // A write that never fits is refused, with the reason.
        let least = most.min(low).min(self.machine.largest()).max(1);
        let chunks = usize::from(self.gathered().make.is_none());
        let room = self.poll_room_for(cx, least, most, chunks);
        let taken = ready!(self.or_late_for_own(cx, room))?;
        self.machine.reserve(taken).map_err(refusal)?;
        self.flushed = false;
        let idle = self.is_idle();
        let gathered = self.gathered();
        gathered.make = Some(C::from);
        gathered.bytes = first(slices, taken, core::mem::take(&mut gathered.bytes));
        if idle || gathered.bytes.len() >= piece {
            self.send_gathered();
        }
        Poll::Ready(Ok(taken))
    }
}

/// Appends the first `count` bytes of the slices.
fn first(slices: &[IoSlice<'_>], count: usize, mut bytes: Vec<u8>) -> Vec<u8> {
    let mut left = count;
    for slice in slices {
        let length = slice.len().min(left);
        bytes.extend_from_slice(&slice[..length]);
        left -= length;
    }
    bytes
}
