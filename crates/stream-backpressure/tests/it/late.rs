//! Deadlines of polled streams: what the clock runs for.

use crate::polled::{Gate, Hands, context, gated};
use std::task::{Context, Poll};
use std::time::Duration;
use stream_backpressure::{Chunks, Error, Options, Overflow, PollSink, PollWritable};

const LIMIT: Duration = Duration::from_secs(30);

/// A stream with that deadline, and its sink and clock.
fn timed(options: Options) -> (PollWritable<Vec<u8>, Gate>, Gate, Hands) {
    let (writable, gate) = gated(options.with_deadline(LIMIT));
    let hands = Hands::default();
    (writable.with_timer(hands.clone()), gate, hands)
}

#[track_caller]
fn assert_late<T, C, K, E>(poll: Poll<Result<T, stream_backpressure::Refused<C, K, E>>>)
where
    E: PartialEq + std::fmt::Debug,
{
    let Poll::Ready(Err(refused)) = poll else { panic!("it is late") };
    assert_eq!(refused.error, Error::Deadline);
}

#[test]
fn a_flush_below_the_mark_that_the_peer_never_reads_is_late() {
    let (mut writable, _gate, hands) = timed(Options::default());
    let cx = &mut context();
    writable.start_send(vec![1]).unwrap();
    hands.set(100);
    assert!(writable.poll_flush(cx).is_pending(), "it counts from when it is awaited");
    hands.set(129);
    assert!(writable.poll_flush(cx).is_pending());
    hands.set(130);
    assert_late(writable.poll_flush(cx));
}

#[test]
fn data_that_trickles_in_behind_a_flush_does_not_keep_it_from_being_late() {
    let (mut writable, gate, hands) = timed(Options::default());
    let cx = &mut context();
    writable.start_send(vec![1]).unwrap();
    assert!(writable.poll_flush(cx).is_pending());
    for second in 1..30 {
        hands.set(second);
        writable.start_send(vec![1]).unwrap();
        assert!(writable.poll_flush(cx).is_pending());
    }
    gate.open_for(1);
    hands.set(29);
    assert!(writable.poll_flush(cx).is_pending(), "the first is passed on: the clock starts anew");
    hands.set(58);
    assert!(writable.poll_flush(cx).is_pending());
    hands.set(59);
    assert_late(writable.poll_flush(cx));
}

#[test]
fn a_close_whose_chunks_are_passed_on_is_late_too() {
    let (mut writable, gate, hands) = timed(Options::default());
    let cx = &mut context();
    writable.start_send(vec![1]).unwrap();
    gate.open_for(1);
    assert!(writable.poll_flush(cx).is_ready());
    gate.never_closes();
    hands.set(10);
    assert!(writable.poll_close(cx).is_pending());
    hands.set(39);
    assert!(writable.poll_close(cx).is_pending());
    hands.set(40);
    assert_late(writable.poll_close(cx));
}

#[test]
fn a_write_that_waits_for_its_own_cap_below_the_mark_is_late() {
    let (mut writable, _gate, hands) = timed(Options::default().with_cap(1000, Overflow::Refuse));
    let cx = &mut context();
    assert!(writable.poll_write(cx, &[0; 1000]).is_ready());
    assert!(writable.poll_write(cx, &[0; 1000]).is_pending());
    hands.set(30);
    assert_late(writable.poll_write(cx, &[0; 1000]));
}

#[test]
fn no_stream_is_late_for_duration_max() {
    let (writable, _) = gated(Options::default().with_deadline(Duration::MAX));
    let hands = Hands::default();
    hands.set(1);
    let mut writable = writable.with_timer(hands.clone());
    let cx = &mut context();
    writable.start_send(vec![1; 100_000]).unwrap();
    for _ in 0..2 {
        assert!(writable.poll_ready(cx).is_pending());
        assert!(writable.poll_flush(cx).is_pending());
        hands.set(u64::MAX);
    }
}

/// A sink that holds what it is given, and is not flushed.
struct Holds;

impl PollSink<Vec<u8>> for Holds {
    type Error = &'static str;

    fn poll_write(
        &mut self,
        _: &mut Context<'_>,
        chunks: &mut Chunks<Vec<u8>>,
    ) -> Poll<Result<(), Self::Error>> {
        chunks.for_each(drop);
        Poll::Ready(Ok(()))
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Pending
    }
}

#[test]
fn a_sink_that_takes_all_and_is_never_flushed_is_late() {
    let hands = Hands::default();
    let writable = PollWritable::new(Options::default().with_deadline(LIMIT), Holds);
    let mut writable = writable.with_timer(hands.clone());
    let cx = &mut context();
    writable.start_send(vec![1]).unwrap();
    assert!(writable.poll_flush(cx).is_pending());
    hands.set(30);
    assert_late(writable.poll_flush(cx));
}
