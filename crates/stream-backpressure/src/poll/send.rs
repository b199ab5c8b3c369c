//! Input of chunks.

use super::sink::PollSink;
use super::stream::{NotSent, PollWritable};
use crate::chunk::Chunk;
use crate::error::{Error, Refused};
#[cfg(any(feature = "futures", feature = "tokio"))]
use core::task::Context;

impl<C: Chunk, P: PollSink<C>> PollWritable<C, P> {
    /// Takes a chunk; it is passed on when the stream is polled.
    ///
    /// # Errors
    /// [`Refused`] with the chunk: past a cap or a budget, after the end, or when the stream has
    /// failed.
    pub fn start_send(&mut self, chunk: C) -> Result<(), NotSent<C, P>> {
        if let Some(aside) = self.aside.take()
            && let Err(refused) = self.write(aside)
        {
            self.aside = refused.chunk;
            return Err(Refused { chunk: Some(chunk), ..refused });
        }
        let length = self.counted(&chunk);
        let written = self.write(chunk);
        let lacks_room =
            matches!(&written, Err(refused) if refused.chunk.is_some() && is_full(&refused.error));
        self.wanted = if lacks_room && length <= self.machine.largest() { length } else { 0 };
        written
    }

    /// Takes a chunk. If there is no room for it yet, keeps it aside, at most one, and is not ready until there is room.
    ///
    /// # Errors
    /// As [`start_send`](Self::start_send), but for lack of room only if the chunk never fits.
    #[cfg(any(feature = "futures", feature = "tokio"))]
    pub(crate) fn offer(&mut self, chunk: C) -> Result<(), NotSent<C, P>> {
        if self.aside.is_none() && self.machine.writable() {
            let length = self.counted(&chunk);
            // The next poll gives the waiting stream its task to wake.
            let cx = &mut Context::from_waker(core::task::Waker::noop());
            if self.machine.poll_room(cx, length, length, 1).is_pending() {
                self.aside = Some(chunk);
                return Ok(());
            }
        }
        self.start_send(chunk)
    }

    pub(super) fn write(&mut self, chunk: C) -> Result<(), NotSent<C, P>> {
        self.read_time();
        self.send_gathered();
        let written = self.machine.write(chunk);
        self.machine.run_ticks();
        written.map_err(|refused| self.as_failed(refused))?;
        self.flushed = false;
        self.taken = self.taken.wrapping_add(1);
        Ok(())
    }

    /// Replaces the error of a refusal by what the stream has failed with, as every other call reports it: the machine
    /// says only that the stream takes no write.
    #[cold]
    fn as_failed(&self, refused: NotSent<C, P>) -> NotSent<C, P> {
        match self.machine.errored() {
            Some(error) if matches!(refused.error, Error::Destroyed(_) | Error::WriteAfterEnd) => {
                Refused { error: error.clone(), ..refused }
            }
            _ => refused,
        }
    }
}

/// Whether a write was refused for lack of room.
fn is_full<E>(error: &Error<E>) -> bool {
    matches!(error, Error::Full { .. } | Error::OverBudget)
}
