//! What Node lacks: caps, the shared budget, the deadline, accounting.

use crate::log::{bytes, stream, strict};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, AtomicU64, Ordering::Relaxed};
use std::task::Poll;
use std::time::Duration;
use stream_backpressure::{
    Budget, Chunks, Completion, Data, Error, Measured, Options, Overflow, Sink, Writable,
};

#[test]
fn a_chunk_past_the_cap_comes_back_and_the_stream_goes_on() {
    let options = Options::default().with_cap(5, Overflow::Refuse).with_chunk_cost(0);
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    writable.write(bytes(3)).unwrap();
    writable.write(bytes(2)).unwrap();
    let refused = writable.write_then(bytes(1), log.callback("never")).unwrap_err();
    assert_eq!((refused.chunk, refused.error), (Some(bytes(1)), Error::Full { cap: 5 }));
    assert!(refused.callback.is_some());
    assert!(writable.write(bytes(0)).unwrap(), "nothing fits in nothing");
    assert_eq!(writable.room(), 0);
    writable.complete(Ok(()));
    assert_eq!(writable.room(), 3);
    writable.write(bytes(3)).unwrap();
    assert_eq!(writable.stats().refusals, 1);
    assert!(writable.writable());
}

#[test]
fn an_end_whose_chunk_is_refused_does_not_end_the_stream() {
    let options = Options::default().with_cap(1, Overflow::Refuse);
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    let refused = writable.end_with(Some(bytes(2)), Some(log.callback("never"))).unwrap_err();
    assert_eq!(refused.chunk, Some(bytes(2)));
    assert!(refused.callback.is_some());
    assert!(writable.writable());
}

#[test]
fn overflow_may_destroy_the_stream() {
    let options = Options::default().with_cap(5, Overflow::Destroy).with_chunk_cost(0);
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    writable.write(bytes(5)).unwrap();
    let refused = writable.write(bytes(1)).unwrap_err();
    assert_eq!(refused.chunk, Some(bytes(1)));
    writable.run_ticks();
    let full = "The stream's cap of 5 is reached";
    assert_eq!(
        log.take(),
        ["write 5".to_owned(), format!("destroy {full}"), format!("error {full}"), "close".into()]
    );
    assert_eq!(writable.write(bytes(1)).unwrap_err().error, Error::Destroyed("write"));
}

#[test]
fn a_cap_of_zero_refuses_all_that_counts() {
    let options = Options::default().with_cap(0, Overflow::Refuse).with_chunk_cost(0);
    let (mut writable, _) = stream::<false, false>(options, Completion::Done);
    assert_eq!(writable.write(bytes(1)).unwrap_err().error, Error::Full { cap: 0 });
    assert!(writable.write(bytes(0)).unwrap());
}

#[test]
fn small_chunks_are_capped_by_their_number() {
    let options = Options::default().with_chunk_cap(3);
    let (mut writable, _) = stream::<true, false>(options, Completion::Pending);
    for _ in 0..3 {
        writable.write(bytes(0)).unwrap();
    }
    assert_eq!(writable.buffered_chunks(), 2, "and one is in flight");
    assert_eq!(writable.write(bytes(0)).unwrap_err().error, Error::Full { cap: 3 });
    writable.complete(Ok(()));
    assert_eq!(writable.buffered_chunks(), 0, "two are in flight");
    writable.write(bytes(0)).unwrap();
    assert_eq!(writable.write(bytes(0)).unwrap_err().error, Error::Full { cap: 3 });
    writable.complete(Ok(()));
    writable.write(bytes(0)).unwrap();
    writable.write(bytes(0)).unwrap();
    assert!(writable.write(bytes(0)).is_err());
}

#[test]
fn a_stream_that_stays_undrained_is_destroyed_at_its_deadline() {
    let options = Options::default().with_high_water_mark(2).with_deadline(Duration::from_secs(5));
    let (mut writable, log) = stream::<false, false>(options, Completion::Pending);
    let time = Arc::new(AtomicU64::new(0));
    let clock = time.clone();
    writable.set_clock(move || Duration::from_secs(clock.load(Relaxed)));
    let at = |secs| {
        time.store(secs, Relaxed);
        Duration::from_secs(secs)
    };
    writable.write(bytes(1)).unwrap();
    assert_eq!(writable.deadline(), None, "below the mark there is time");
    let _ = at(10);
    assert!(!writable.write(bytes(1)).unwrap());
    assert_eq!(writable.deadline(), Some(Duration::from_secs(15)));
    assert!(!writable.check_deadline(at(14)));
    writable.complete(Ok(()));
    writable.complete(Ok(()));
    assert_eq!(writable.deadline(), None);
    assert_eq!(writable.stats().undrained, Duration::from_secs(4));

    assert!(!writable.write(bytes(3)).unwrap());
    assert!(writable.check_deadline(at(19)));
    writable.run_ticks();
    assert_eq!(writable.errored(), Some(&Error::Deadline));
    assert_eq!(log.take().last().map(String::as_str), Some("close"));
    assert!(!writable.check_deadline(at(99)));
}

#[test]
fn a_stream_that_has_ended_has_a_deadline_too() {
    let options = Options::default().with_deadline(Duration::from_secs(5));
    let (mut writable, _) = stream::<false, false>(options, Completion::Pending);
    writable.set_clock(|| Duration::ZERO);
    writable.write(bytes(1)).unwrap();
    writable.end();
    assert!(writable.check_deadline(Duration::from_secs(5)));
}

#[test]
fn a_stream_whose_last_step_never_ends_is_late() {
    let options = Options::default().with_deadline(Duration::from_secs(5));
    let (mut writable, _) = stream::<false, true>(options, Completion::Done);
    writable.sink_mut().last = Completion::Pending;
    writable.set_clock(|| Duration::from_secs(1));
    writable.write(bytes(1)).unwrap();
    writable.end();
    assert_eq!(writable.length(), 0);
    assert!(!writable.check_deadline(Duration::from_secs(5)));
    assert!(writable.check_deadline(Duration::from_secs(6)));
    let (mut finished, _) = stream::<false, true>(strict(), Completion::Done);
    finished.end();
    finished.run_ticks();
    assert_eq!(finished.deadline(), None);
}

#[test]
fn sums_of_lengths_and_times_that_are_too_large_refuse_and_do_not_overflow() {
    struct Held(isize);
    impl Sink<Measured<u8>> for Held {
        type Error = ();
        fn write(&mut self, _: Measured<u8>) -> Completion<()> {
            Completion::Pending
        }
        fn account(&mut self, difference: isize) {
            self.0 = self.0.checked_add(difference).expect("the books hold");
        }
    }
    let most = isize::MAX as usize;
    let budget = Budget::new(usize::MAX);
    for options in [
        strict(),
        strict().with_cap(usize::MAX, Overflow::Refuse),
        strict().with_chunk_cap(usize::MAX).with_chunk_cost(usize::MAX),
        strict().with_budget(&budget),
    ] {
        let mut writable = Writable::over(options.with_deadline(Duration::MAX), Held(0));
        writable.set_clock(|| Duration::MAX / 2);
        let costs_all = writable.write(Measured::new(1, 1)).is_err();
        assert!(costs_all || writable.write(Measured::new(2, most - 100)).is_ok());
        for length in [100, most, usize::MAX] {
            let refused = writable.write(Measured::new(3, length)).unwrap_err();
            assert_eq!(refused.chunk.map(|chunk| chunk.value), Some(3));
        }
        assert_eq!(writable.deadline(), None, "never");
        assert!(!writable.check_deadline(Duration::MAX));
        writable.destroy(None);
        writable.run_ticks();
        assert_eq!(writable.sink().0, 0);
    }
    assert_eq!(budget.used(), 0);
}

#[test]
fn a_text_that_a_cap_refuses_comes_back_as_it_was_given() {
    for decode_strings in [true, false] {
        let mut options = Options::default().with_cap(100, Overflow::Refuse);
        options.decode_strings = decode_strings;
        let (mut writable, _) = stream::<false, false>(options, Completion::Pending);
        let text = Data::text("h\u{e9}".repeat(50));
        let refused = writable.write(text.clone()).unwrap_err();
        assert_eq!((refused.chunk, refused.error), (Some(text.clone()), Error::Full { cap: 100 }));
        writable.end();
        let refused = writable.write(text.clone()).unwrap_err();
        assert_eq!((refused.chunk, refused.error), (Some(text), Error::WriteAfterEnd));
    }
}

#[test]
fn greedy_streams_share_the_budget_and_leave_room_for_who_comes_new() {
    let budget = Budget::new(10_000);
    let options = || strict().with_budget(&budget).with_chunk_cost(0);
    let mut greedy: Vec<_> =
        (0..9).map(|_| stream::<false, false>(options(), Completion::Pending).0).collect();
    for _ in 0..1000 {
        for writable in &mut greedy {
            let _ = writable.write(bytes(10));
        }
    }
    for writable in &greedy {
        assert_eq!(writable.length(), 1000, "a tenth each, and a tenth is free");
    }
    let (mut fresh, _) = stream::<false, false>(options(), Completion::Pending);
    fresh.write(bytes(500)).unwrap();
    assert_eq!((budget.used(), budget.streams()), (9500, 10));
    let refused = greedy[0].write(bytes(1)).unwrap_err();
    assert_eq!((refused.chunk, refused.error), (Some(bytes(1)), Error::OverBudget));

    // What leaves a stream, by whatever way, is free again.
    greedy[0].sink_mut().answer = Completion::Done;
    greedy[0].complete(Ok(()));
    greedy[1].destroy(None);
    greedy[1].run_ticks();
    assert_eq!(budget.used(), 7500);
    drop(greedy);
    drop(fresh);
    assert_eq!((budget.used(), budget.streams()), (0, 0));
    assert_eq!(budget.peak(), 9500);
}

struct Account(Arc<AtomicIsize>);

impl Sink<Vec<u8>> for Account {
    type Error = String;
    const WRITEV: bool = true;

    fn write(&mut self, chunk: Vec<u8>) -> Completion<String> {
        if chunk.len().is_multiple_of(2) { Completion::Pending } else { Completion::Done }
    }

    fn writev(&mut self, chunks: &mut Chunks<Vec<u8>>) -> Completion<String> {
        if chunks.len().is_multiple_of(2) { Completion::Pending } else { Completion::Done }
    }

    fn account(&mut self, difference: isize) {
        self.0.fetch_add(difference, Relaxed);
    }
}

proptest! {
    #[test]
    fn the_books_agree_after_every_call(
        cap in 0_usize..300,
        budget in 0_usize..600,
        cost in prop_oneof![Just(0_usize), Just(7), Just(64)],
        script in prop::collection::vec((0_u8..8, 0_usize..40), 1..60),
    ) {
        let budget = Budget::new(budget);
        let told = Arc::new(AtomicIsize::new(0));
        let options = strict().with_cap(cap, Overflow::Refuse).with_budget(&budget).with_chunk_cost(cost);
        let mut writable = Writable::over(options, Account(told.clone()));
        for (call, length) in script {
            match call {
                0..=3 => {
                    let chunk = vec![1; length];
                    if let Err(refused) = writable.write(chunk.clone()) {
                        prop_assert_eq!(refused.chunk, Some(chunk));
                    }
                }
                4 => writable.cork(),
                5 => writable.uncork(),
                6 => writable.complete(Ok(())),
                _ if length == 0 => writable.destroy(None),
                _ => { writable.run_ticks(); }
            }
            let stats = writable.stats();
            prop_assert!(stats.charged <= cap && budget.used() <= budget.cap());
            prop_assert_eq!(budget.used(), stats.charged);
            let costs = stats.charged - stats.bytes;
            prop_assert!(costs >= stats.chunks * cost && costs.is_multiple_of(cost.max(1)));
            prop_assert_eq!(told.load(Relaxed), stats.bytes as isize);
            prop_assert!(stats.peak_bytes >= stats.bytes && stats.peak_chunks >= stats.chunks);
        }
        drop(writable);
        prop_assert_eq!(budget.used(), 0);
    }
}

#[test]
fn ten_thousand_streams_on_threads_stay_within_one_budget() {
    let budget = Budget::new(1 << 18);
    let threads: Vec<_> = (0..4)
        .map(|seed| {
            let budget = budget.clone();
            std::thread::spawn(move || {
                let options = || strict().with_budget(&budget);
                let mut streams: Vec<_> = (0..2500)
                    .map(|_| stream::<false, false>(options(), Completion::Pending).0)
                    .collect();
                for round in 0..4 {
                    for (place, writable) in streams.iter_mut().enumerate() {
                        let _ = writable.write(bytes((place * 7 + round + seed) % 100));
                        assert!(budget.used() <= budget.cap());
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(budget.peak() <= budget.cap() && budget.refusals() > 0);
    assert_eq!((budget.used(), budget.streams()), (0, 0));
}

#[test]
fn a_cost_that_no_sum_holds_refuses_a_polled_write() {
    let most = usize::MAX;
    let options = Options::default()
        .with_high_water_mark(most)
        .with_low_water_mark(most)
        .with_cap(most, Overflow::Refuse)
        .with_chunk_cap(most)
        .with_chunk_cost(most);
    let (mut writable, _) = crate::polled::gated(options);
    let cx = &mut crate::polled::context();
    let Poll::Ready(Err(refused)) = writable.poll_write(cx, &[1; 1000]) else { panic!("no room") };
    assert_eq!(refused.error, Error::Full { cap: most });
    let refused = writable.start_send(vec![1; 1000]).unwrap_err();
    assert_eq!((refused.error, refused.chunk), (Error::Full { cap: most }, Some(vec![1; 1000])));
}
