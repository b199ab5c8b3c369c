//! Writes of bytes: pieces, how they are gathered, and what they wait for.

use crate::polled::{Gate, context, gated};
use std::task::Poll;
use stream_backpressure::{Budget, CHUNK_COST, Error, Options, Overflow, PollWritable};

type Stream = PollWritable<Vec<u8>, Gate>;

/// Writes all of it with a peer that takes every chunk; gives how many there were.
fn write_all(writable: &mut Stream, gate: &Gate, mut bytes: &[u8]) -> usize {
    let cx = &mut context();
    let before = gate.passed();
    while !bytes.is_empty() {
        gate.open_for(usize::MAX);
        let Poll::Ready(taken) = writable.poll_write(cx, bytes) else { panic!("the peer reads") };
        bytes = &bytes[taken.unwrap()..];
    }
    assert!(writable.poll_flush(cx).is_ready());
    gate.passed() - before
}

#[test]
fn a_mark_of_zero_makes_no_tiny_chunks() {
    let (mut writable, gate) = gated(Options::default().with_high_water_mark(0));
    assert_eq!(write_all(&mut writable, &gate, &vec![7; 1 << 20]), (1 << 20) / 64);
    let options = Options::default().with_high_water_mark(0).with_low_water_mark(4096);
    let (mut writable, gate) = gated(options);
    assert_eq!(write_all(&mut writable, &gate, &vec![7; 1 << 20]), (1 << 20) / 4096);
}

#[test]
fn a_budget_with_one_byte_free_is_waited_for_and_not_cut_into_bytes() {
    let budget = Budget::new(1 << 21);
    let (mut hog, hogs) = gated(Options::default().with_budget(&budget));
    hog.start_send(vec![0; (1 << 21) - 2 * CHUNK_COST - 1]).unwrap();
    let (mut writable, gate) = gated(Options::default().with_budget(&budget));
    assert_eq!(writable.room(), 1);
    let bytes = vec![7; 1 << 20];
    assert!(writable.poll_write(&mut context(), &bytes).is_pending());
    hogs.open_for(1);
    assert!(hog.poll_flush(&mut context()).is_ready());
    assert_eq!(write_all(&mut writable, &gate, &bytes), 64, "pieces of 16 KiB");
}

#[test]
fn a_cap_that_is_nearly_reached_is_waited_for_and_not_cut_into_bytes() {
    let options = Options::default().with_cap(4000, Overflow::Refuse);
    let (mut writable, gate) = gated(options);
    let cx = &mut context();
    writable.start_send(vec![0; 4000 - 2 * CHUNK_COST - 1]).unwrap();
    assert_eq!(writable.room(), 1);
    assert!(writable.poll_write(cx, &[7; 4000]).is_pending());
    assert!(
        matches!(writable.poll_write(cx, &[7]), Poll::Ready(Ok(1))),
        "all that there is to write"
    );
    gate.open_for(usize::MAX);
    let taken = writable.poll_write(cx, &[7; 4000]).map(Result::unwrap);
    assert_eq!(taken, Poll::Ready(4000 - CHUNK_COST));
}

#[test]
fn short_writes_behind_a_busy_sink_go_together_in_order() {
    let (mut writable, gate) = gated(Options::default().with_high_water_mark(1000));
    let cx = &mut context();
    let expected: Vec<u8> = (0..900_u32).map(|n| n as u8).collect();
    for byte in &expected[..600] {
        assert!(matches!(writable.poll_write(cx, &[*byte]), Poll::Ready(Ok(1))));
    }
    let stats = writable.stats();
    assert_eq!((stats.bytes, stats.chunks), (600, 0), "one in flight, one gathered");
    writable.start_send(expected[600..700].to_vec()).unwrap();
    for bytes in expected[700..].chunks(7) {
        assert!(writable.poll_write(cx, bytes).is_ready());
    }
    gate.open_for(usize::MAX);
    assert!(writable.poll_flush(cx).is_ready());
    assert_eq!(gate.chunks().concat(), expected);
    let lengths: Vec<usize> = gate.chunks().iter().map(Vec::len).collect();
    assert_eq!(lengths, [1, 599, 100, 200]);
    assert_eq!((writable.stats().bytes, writable.stats().charged), (0, 0));
}

#[test]
fn what_is_gathered_counts_against_caps_and_budgets_and_ends_with_the_stream() {
    let budget = Budget::new(10_000);
    let options = Options::default().with_cap(1000, Overflow::Refuse).with_budget(&budget);
    let cx = &mut context();
    for closes in [true, false] {
        let (mut writable, gate) = gated(options.clone());
        assert!(writable.poll_write(cx, &[1; 100]).is_ready());
        assert!(writable.poll_write(cx, &[2; 100]).is_ready());
        assert!(writable.poll_write(cx, &[3; 100]).is_ready());
        assert_eq!(writable.stats().charged, 300 + 2 * CHUNK_COST);
        assert_eq!(budget.used(), 300 + 2 * CHUNK_COST);
        if closes {
            assert!(writable.poll_close(cx).is_pending());
            gate.open_for(2);
            assert!(writable.poll_close(cx).is_ready());
            assert_eq!(gate.chunks().concat().len(), 300);
        } else {
            writable.destroy(None);
            assert_eq!(writable.stats().bytes, 0);
        }
        assert_eq!(budget.used(), 0);
        assert!(matches!(
            writable.poll_write(cx, &[1]),
            Poll::Ready(Err(refused))
                if matches!(refused.error, Error::WriteAfterEnd | Error::Destroyed(_))
        ));
    }
}

#[test]
fn what_is_written_is_passed_on_without_a_flush() {
    let (mut writable, gate) = gated(Options::default());
    gate.open_for(1);
    assert!(matches!(writable.poll_write(&mut context(), b"to an idle sink"), Poll::Ready(Ok(15))));
    assert_eq!(gate.passed(), 1);
}

#[test]
fn the_chunks_back_are_those_that_the_sink_has_not_passed_on_gathered_ones_too() {
    let (mut writable, _) = gated(Options::default());
    let cx = &mut context();
    for byte in 0..3 {
        assert!(writable.poll_write(cx, &[byte]).is_ready());
    }
    let chunks: Vec<_> = writable.into_parts().1.collect();
    assert_eq!(chunks, [vec![0], vec![1, 2]]);
}

#[test]
fn empty_writes_make_no_chunks() {
    let (mut writable, _) = gated(Options::default().with_chunk_cap(1));
    for _ in 0..3 {
        assert!(matches!(writable.poll_write(&mut context(), &[]), Poll::Ready(Ok(0))));
    }
    assert_eq!(writable.stats().charged, 0);
}
