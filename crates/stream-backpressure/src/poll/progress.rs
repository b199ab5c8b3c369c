//! Output: chunks go to the sink, then it is flushed, then closed.

use super::polled::Polled;
use super::sink::PollSink;
use super::stream::{NotSent, PollWritable, refusal};
use crate::chunk::Chunk;
use crate::error::Error;
use crate::queue::Chunks;
use core::mem::take;
use core::task::{Context, Poll, ready};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The most chunks that the sink is given at a time.
const BATCH: usize = 64;

impl<C: Chunk, P: PollSink<C>> PollWritable<C, P> {
    /// Ready when all that was written is passed on and flushed. The deadline counts from the first call that was pending.
    ///
    /// # Errors
    /// What the stream has failed with; [`Error::Destroyed`] if it was destroyed.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let flushed = self.poll_flushed(cx);
        let late = self.await_flush(flushed.is_pending());
        self.or_late(cx, flushed, late)
    }

    fn poll_flushed(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        ready!(self.poll_aside(cx))?;
        self.cancel_room();
        ready!(self.poll_progress(cx, "flush"))?;
        if !self.flushed {
            if let Err(error) = ready!(self.ask(|sink, _| sink.poll_flush(cx))) {
                self.destroy(Some(Error::Sink(error)));
                return Poll::Ready(self.state("flush"));
            }
            self.flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Ends the stream. Ready when all is passed on and the sink is closed.
    ///
    /// # Errors
    /// What the stream has failed with; [`Error::Destroyed`] if it was destroyed before it finished.
    pub fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        if self.machine.writable() {
            ready!(self.poll_aside(cx))?;
            self.cancel_room();
            self.read_time();
            self.send_gathered();
            self.machine.end();
        }
        let closed = self.poll_closed(cx);
        self.or_late(cx, closed, self.machine.deadline())
    }

    fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotSent<C, P>>> {
        let progress = self.poll_progress(cx, "end");
        if self.machine.finished() {
            return Poll::Ready(Ok(()));
        }
        ready!(progress)?;
        Poll::Pending
    }

    /// Discards the chunks that are not passed on, and drops the sink. Every later call fails with the error.
    pub fn destroy(&mut self, error: Option<Error<P::Error>>) {
        let aside = self.aside.take();
        self.machine.destroy(error);
        self.machine.discard(aside);
        self.machine.run_ticks();
    }

    /// Passes on what the stream holds; ready when it holds nothing. `call` is named in the error of a destroyed stream.
    #[inline]
    pub(crate) fn poll_progress(
        &mut self,
        cx: &mut Context<'_>,
        call: &'static str,
    ) -> Poll<Result<(), NotSent<C, P>>> {
        self.read_time();
        self.machine.poll_eviction(cx);
        if self.machine.is_quiet() { Poll::Ready(Ok(())) } else { self.poll_held(cx, call) }
    }

    /// As `poll_progress`, for a stream that is not quiet.
    #[inline(never)]
    fn poll_held(
        &mut self,
        cx: &mut Context<'_>,
        call: &'static str,
    ) -> Poll<Result<(), NotSent<C, P>>> {
        loop {
            self.machine.run_ticks();
            self.state(call)?;
            self.fill_batch();
            let host = self.machine.host_mut();
            if !host.batch.is_empty() {
                let result = ready!(self.ask(|sink, batch| sink.poll_write(cx, batch)));
                self.written(result);
            } else if host.closing {
                let result = ready!(self.ask(|sink, _| sink.poll_close(cx)));
                self.machine.host_mut().closing = false;
                self.machine.complete_final(result.map_err(Error::Sink));
            } else if !self.send_gathered() {
                let host = self.machine.host_mut();
                host.in_hand.settle();
                host.batch.settle();
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// Whether the sink has passed on all that it was given.
    pub(super) fn is_idle(&self) -> bool {
        self.machine.buffered_chunks() == 0 && self.machine.host().chunks() == 0
    }

    /// Completes the batch for which the sink has answered.
    pub(super) fn written(&mut self, result: Result<(), P::Error>) {
        let host = self.machine.host_mut();
        let (chunks, length) = (host.batch_chunks, host.batch_length);
        let left = if host.batch.is_empty() { Chunks::new() } else { take(&mut host.batch) };
        if result.is_ok() && !left.is_empty() {
            self.machine.complete(Err(Error::ChunksLeft { chunks: left.len() }));
        } else if result.is_ok() && !host.in_hand.is_empty() {
            self.machine.progress(chunks, length);
        } else {
            self.machine.complete(result.map_err(Error::Sink));
        }
    }

    /// Gives the sink its next batch, if it has passed on the last.
    pub(super) fn fill_batch(&mut self) {
        let enough = self.machine.high_water_mark();
        if !self.machine.host().batch.is_empty() {
            return;
        }
        self.machine.host_mut().batch_length = 0;
        self.machine.host_mut().batch_chunks = 0;
        while let Some(chunk) = self.machine.host_mut().in_hand.next() {
            let length = self.machine.measure(&chunk);
            let host = self.machine.host_mut();
            host.batch.push(chunk);
            host.batch_chunks += 1;
            host.batch_length = host.batch_length.saturating_add(length);
            if host.batch_chunks >= BATCH || host.batch_length >= enough {
                return;
            }
        }
    }

    /// Calls a method of the sink. If it panics, the stream fails before the panic goes on.
    pub(super) fn ask<R>(
        &mut self,
        call: impl FnOnce(&mut P, &mut Chunks<C>) -> Poll<R>,
    ) -> Poll<R> {
        let Polled { sink, batch, .. } = self.machine.host_mut();
        // A stream without a sink has failed; there is nothing to call.
        let Some(sink) = sink else { return Poll::Pending };
        match catch_unwind(AssertUnwindSafe(|| call(sink, batch))) {
            Ok(answer) => answer,
            Err(panic) => {
                // A second panic is dropped.
                let _ = catch_unwind(AssertUnwindSafe(|| self.destroy(Some(Error::SinkPanicked))));
                resume_unwind(panic)
            }
        }
    }

    /// The error of a stream that has failed or was destroyed.
    fn state(&self, call: &'static str) -> Result<(), NotSent<C, P>> {
        match self.machine.errored() {
            Some(error) => Err(refusal(error.clone())),
            None if self.machine.aborted() => Err(refusal(Error::Destroyed(call))),
            None => Ok(()),
        }
    }
}
