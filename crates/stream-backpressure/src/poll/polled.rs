//! The machine's host in a polled stream: the sink, and the chunks that it has not passed on yet.

use super::gathered::Gathered;
use super::sink::PollSink;
use crate::chunk::Chunk;
use crate::error::Error;
use crate::event::{Completion, Event};
use crate::machine::{Host, Machine};
use crate::queue::Chunks;
use core::convert::Infallible;
use core::mem::take;
use core::time::Duration;

/// The host: the sink, and the chunks that it has not passed on yet.
pub(super) struct Polled<C, P> {
    /// Absent once the stream was destroyed before it finished.
    pub(super) sink: Option<P>,
    /// The chunk that is being gathered. It comes after all other chunks.
    pub(super) gathered: Gathered<C>,
    /// Chunks that are in flight for the machine, and that the sink has not seen.
    pub(super) in_hand: Chunks<C>,
    /// The chunks that the sink is passing on: about as much as the high-water mark.
    pub(super) batch: Chunks<C>,
    /// The length and the number of chunks of the batch when it was made.
    pub(super) batch_length: usize,
    pub(super) batch_chunks: usize,
    pub(super) closing: bool,
    pub(super) now: Option<Duration>,
}

impl<C: Chunk, P: PollSink<C>> Host<C> for Polled<C, P> {
    type Callback = Infallible;
    type Error = P::Error;

    fn write(stream: &mut Machine<C, Self>, chunk: C) -> Completion<P::Error> {
        stream.host_mut().in_hand.push(chunk);
        Completion::Pending
    }

    fn has_writev(&self) -> bool {
        true
    }

    fn writev(stream: &mut Machine<C, Self>, chunks: &mut Chunks<C>) -> Completion<P::Error> {
        core::mem::swap(&mut stream.host_mut().in_hand, chunks);
        Completion::Pending
    }

    fn has_final(&self) -> bool {
        true
    }

    fn finalize(stream: &mut Machine<C, Self>) -> Completion<P::Error> {
        stream.host_mut().closing = true;
        Completion::Pending
    }

    fn destroy(stream: &mut Machine<C, Self>, _: Option<Error<P::Error>>) -> Completion<P::Error> {
        stream.cancel_room();
        let finished = stream.finished();
        let host = stream.host_mut();
        host.closing = false;
        let chunks = take(&mut host.batch).chain(take(&mut host.in_hand));
        let chunks = chunks.chain(host.gathered.take());
        let sink = if finished { None } else { host.sink.take() };
        chunks.for_each(|chunk| stream.discard(chunk));
        stream.discard(sink);
        Completion::Done
    }

    fn call(_: &mut Machine<C, Self>, callback: Infallible, _: Result<(), Error<P::Error>>) {
        match callback {}
    }

    fn event(_: &mut Machine<C, Self>, _: Event<P::Error>) {}

    fn now(&self) -> Option<Duration> {
        self.now
    }
}

impl<C, P> Polled<C, P> {
    /// Chunks that the sink has not passed on.
    pub(super) fn chunks(&self) -> usize {
        self.in_hand.len() + self.batch.len()
    }
}
