//! Waiting for room as a future, for callers that do not poll. Dropping the future or the reservation gives the room
//! back.

use super::sink::PollSink;
use super::stream::{NotSent, PollWritable};
use crate::chunk::Chunk;
use crate::error::Refused;
use core::fmt;
use core::future::poll_fn;
use core::task::{Context, Poll, ready};

/// Room for one write into a stream: [`PollWritable::reserve`]. Dropping it gives the room back.
pub struct Room<'a, C: Chunk, P: PollSink<C>> {
    stream: &'a mut PollWritable<C, P>,
    /// The stream has drained. It stays so, because nothing is written meanwhile.
    drained: bool,
}

impl<C: Chunk, P: PollSink<C>> Room<'_, C, P> {
    /// Takes a chunk; it is passed on when the stream is polled.
    ///
    /// # Errors
    /// As [`PollWritable::start_send`]; for lack of room only if the chunk counts more than was
    /// reserved.
    pub fn send(self, chunk: C) -> Result<(), NotSent<C, P>> {
        self.stream.start_send(chunk)
    }

    /// Ready when the stream is drained and the room is reserved.
    fn poll(&mut self, cx: &mut Context<'_>, count: usize) -> Poll<Result<(), NotSent<C, P>>> {
        // The usual end of a wait for a budget.
        if self.drained && self.stream.machine.is_granted(count) {
            return Poll::Ready(Ok(()));
        }
        let drained = &mut self.drained;
        self.stream.poll_in_turn(cx, |stream, cx| {
            ready!(stream.poll_drained(cx))?;
            *drained = true;
            stream.poll_room_now(cx, count)
        })
    }
}

impl<C: Chunk, P: PollSink<C>> Drop for Room<'_, C, P> {
    fn drop(&mut self) {
        self.stream.cancel_room();
    }
}

impl<C: Chunk, P: PollSink<C>> fmt::Debug for Room<'_, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("stream", &self.stream).finish()
    }
}

impl<C: Chunk, P: PollSink<C>> PollWritable<C, P> {
    /// Waits until the stream is drained, and caps and budget have room for a write that counts `count`
    /// bytes (objects in object mode).
    ///
    /// Cancel safe: dropping the future ends the wait, and nothing stays reserved.
    ///
    /// # Errors
    /// As [`poll_room`](Self::poll_room).
    pub async fn reserve(&mut self, count: usize) -> Result<Room<'_, C, P>, NotSent<C, P>> {
        let mut room = Room { stream: self, drained: false };
        poll_fn(|cx| room.poll(cx, count)).await?;
        Ok(room)
    }

    /// Waits as [`reserve`](Self::reserve) does, then takes the chunk without copying it.
    ///
    /// If the future is dropped early, so is the chunk; with `reserve` it stays with the caller.
    ///
    /// # Errors
    /// As [`start_send`](Self::start_send), with the chunk.
    ///
    /// ```
    /// use futures::executor::block_on;
    /// use stream_backpressure::{Chunks, Options, Overflow, PollFn, PollWritable};
    /// use std::task::{Context, Poll};
    ///
    /// let mut passed = 0;
    /// let count = PollFn(|_: &mut Context<'_>, chunks: &mut Chunks<Vec<u8>>| {
    ///     passed += chunks.count();
    ///     Poll::Ready(Ok::<_, std::convert::Infallible>(()))
    /// });
    /// let options = Options::default().with_cap(20_000, Overflow::Refuse);
    /// let mut writable = PollWritable::new(options, count);
    /// block_on(async {
    ///     for _ in 0..10 {
    ///         writable.write_chunk(vec![0; 8000]).await?;
    ///     }
    ///     std::future::poll_fn(|cx| writable.poll_close(cx)).await
    /// })?;
    /// drop(writable);
    /// assert_eq!(passed, 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_chunk(&mut self, chunk: C) -> impl Future<Output = Result<(), NotSent<C, P>>> {
        // Not an `async fn` around `reserve`: a nested future takes more memory, all of it cold when the stream's turn
        // comes.
        let count = self.counted(&chunk);
        let mut room = Room { stream: self, drained: false };
        let mut chunk = Some(chunk);
        poll_fn(move |cx| {
            let polled = ready!(room.poll(cx, count));
            // Polled again after it was ready.
            let Some(chunk) = chunk.take() else { return Poll::Pending };
            Poll::Ready(match polled {
                Ok(()) => room.stream.start_send(chunk),
                Err(refused) => Err(Refused { chunk: Some(chunk), ..refused }),
            })
        })
    }
}
