//! What a stream occupies, measured: its chunks within their limits, and nothing once it is drained.

use crate::polled::{context, gated};
use allocation_counter::measure;
use bytes::Bytes;
use std::cell::Cell;
use stream_backpressure::{
    Budget, Chunk, Completion, Error, Event, Host, Machine, Mode, OnDone, Options, Overflow, Sink,
    Writable,
};

/// glibc's overhead of an allocation, which the counter does not see: 8 bytes, in steps of 16.
const ALLOCATION: usize = 24;

/// A sink that answers for its first chunk when it is told, and for the others at once.
#[derive(Default)]
struct Slow(bool);

impl<C: Chunk> Sink<C> for Slow {
    type Error = String;

    fn write(&mut self, _: C) -> Completion<String> {
        if std::mem::replace(&mut self.0, true) { Completion::Done } else { Completion::Pending }
    }
}

/// Fills a stream with chunks of one byte until its budget is spent; gives the bytes that it occupies.
fn filled<C: Chunk>(budget: &Budget, make: impl Fn() -> C) -> usize {
    let full = Cell::new(0);
    let held = Cell::new(None);
    let info = measure(|| {
        let mut writable = Writable::over(Options::default().with_budget(budget), Slow(false));
        let mut chunks = 0;
        while writable.write(make()).is_ok() {
            chunks += 1;
        }
        full.set(chunks);
        held.set(Some(writable));
    });
    usize::try_from(info.bytes_current).unwrap() + full.get() * ALLOCATION
}

#[test]
fn chunks_of_one_byte_occupy_no_more_than_their_budget() {
    let budget = Budget::new(2 << 20);
    // A single stream has half of its budget.
    for occupied in [filled(&budget, || vec![7_u8]), filled(&budget, || Bytes::from(vec![7_u8]))] {
        assert!(occupied > 400 << 10, "{occupied}: the budget is not wasted");
        assert!(occupied < (1 << 20) * 11 / 10, "{occupied}");
    }
}

#[test]
fn a_cap_takes_no_empty_chunks_without_end() {
    let options = Options::default().with_cap(100, Overflow::Refuse);
    let mut writable = Writable::over(options, Slow(false));
    writable.write(Vec::new()).unwrap();
    let refused = writable.write(Vec::new()).unwrap_err();
    assert_eq!((refused.chunk, refused.error), (Some(Vec::new()), Error::Full { cap: 100 }));
}

fn nothing<C: Chunk>() -> OnDone<C, Slow> {
    Box::new(|_, _| {})
}

/// Bytes that a stream has left over after bursts of chunks are drained, with callbacks or without.
fn left_after(bursts: usize, chunks: usize, callbacks: bool, mode: Mode) -> i64 {
    let kept = Cell::new(None);
    let mut writable = Writable::over(Options::default().with_mode(mode), Slow(true));
    let info = measure(|| {
        for _ in 0..bursts {
            writable.sink_mut().0 = false;
            for _ in 0..chunks {
                let chunk = Bytes::from_static(b"a chunk");
                if callbacks {
                    let _ = writable.write_then(chunk, nothing()).unwrap();
                } else {
                    let _ = writable.write(chunk).unwrap();
                }
            }
            writable.complete(Ok(()));
            writable.run_ticks();
            assert_eq!(writable.length(), 0);
        }
        kept.set(Some(writable));
    });
    info.bytes_current
}

#[test]
fn a_drained_burst_leaves_an_idle_stream_what_it_was() {
    for (chunks, callbacks) in [(10, false), (1000, false), (100_000, false), (1000, true)] {
        for mode in [Mode::Node, Mode::Strict] {
            let left = left_after(1, chunks, callbacks, mode);
            assert!(left < 700, "{left} bytes after {chunks} chunks, callbacks: {callbacks}");
        }
    }
    let left = left_after(10, 100_000, false, Mode::Node);
    assert!(left <= 64 * size_of::<Bytes>() as i64 + 700, "{left} bytes after ten bursts");
}

#[test]
fn a_drained_burst_leaves_a_polled_stream_what_it_was() {
    let cx = &mut context();
    let (mut writable, gate) = gated(Options::default());
    gate.forgets();
    let info = measure(|| {
        for _ in 0..100_000 {
            writable.start_send(Vec::new()).unwrap();
        }
        gate.open_for(usize::MAX);
        assert!(writable.poll_flush(cx).is_ready());
    });
    assert!(info.bytes_current < 700, "{} bytes", info.bytes_current);
    drop(writable);
}

/// A host without anything.
struct Nothing;

impl Host<Bytes> for Nothing {
    type Callback = ();
    type Error = ();

    fn write(_: &mut Machine<Bytes, Self>, _: Bytes) -> Completion<()> {
        Completion::Done
    }

    fn call(_: &mut Machine<Bytes, Self>, (): (), _: Result<(), Error<()>>) {}

    fn event(_: &mut Machine<Bytes, Self>, _: Event<()>) {}
}

#[test]
fn an_idle_stream_has_no_allocations_and_fits_in_some_cache_lines() {
    let kept = Cell::new(None);
    let info = measure(|| {
        let mut machine = Machine::new(Options::default(), Nothing);
        assert!(machine.write(Bytes::from_static(b"passed on at once")).unwrap());
        kept.set(Some(machine));
    });
    assert_eq!(info.count_total, 0);
    assert!(size_of::<Machine<Bytes, Nothing>>() <= 768);
}
