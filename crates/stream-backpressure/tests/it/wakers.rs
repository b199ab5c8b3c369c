//! Wakers that use the budget as they are cloned, woken and dropped: no lock is held meanwhile.
//!
//! The unsafe code makes a raw waker: no other has a clone of its own.
#![expect(unsafe_code, reason = "only a raw waker has a clone of its own")]

use crate::polled::gated;
use std::cell::RefCell;
use std::sync::mpsc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use std::time::Duration;
use stream_backpressure::{Budget, Error, Options, Yields};

thread_local! {
    /// The budget that wakers on this thread use.
    static BUDGET: RefCell<Option<Budget>> = const { RefCell::new(None) };
}

static TABLE: RawWakerVTable = RawWakerVTable::new(clone, use_budget, use_budget, use_budget);

fn clone(data: *const ()) -> RawWaker {
    use_budget(data);
    RawWaker::new(data, &TABLE)
}

/// Lists the holders, and has the largest yield if that is the policy.
fn use_budget(_: *const ()) {
    let budget = BUDGET.with_borrow(Option::clone);
    if let Some(budget) = budget {
        let _ = budget.holders();
        let (mut newcomer, _) = gated(Options::default().with_budget(&budget));
        let _ = newcomer.start_send(vec![0; 60_000]);
    }
}

fn using(budget: &Budget) -> Waker {
    BUDGET.set(Some(budget.clone()));
    // SAFETY: the functions of the table use no data, so any number of wakers on any threads may call them.
    unsafe { Waker::new(std::ptr::null(), &TABLE) }
}

/// Runs a test that would wait for itself if it were to fail.
fn without_deadlock(test: impl FnOnce() + Send + 'static) {
    let (said, heard) = mpsc::channel();
    let run = std::thread::spawn(move || {
        test();
        let _ = said.send(());
    });
    let done = heard.recv_timeout(Duration::from_secs(60));
    assert_ne!(done, Err(mpsc::RecvTimeoutError::Timeout), "a waker was called under a lock");
    run.join().expect("the test passes");
}

#[test]
fn a_change_of_the_cap_calls_no_waker_under_the_lock() {
    without_deadlock(|| {
        let budget = Budget::new(100_000);
        let waker = using(&budget);
        let cx = &mut Context::from_waker(&waker);
        let (mut hog, _) = gated(Options::default().with_budget(&budget));
        hog.start_send(vec![0; 90_000]).unwrap();
        let (mut waiter, _) = gated(Options::default().with_budget(&budget));
        assert!(waiter.poll_room(cx, 80_000).is_pending());
        budget.set_cap(70_000);
        assert_eq!(budget.waiting(), 1, "until it looks again");
        // It has looked by then, and the cap is what it was: it waits as if nothing had been.
        budget.set_cap(100_000);
        assert!(waiter.poll_room(cx, 80_000).is_pending());
        drop(hog);
        assert!(matches!(waiter.poll_room(cx, 80_000), Poll::Ready(Ok(()))));
    });
}

#[test]
fn a_stream_that_may_have_to_yield_clones_no_waker_under_its_lock() {
    without_deadlock(|| {
        let budget = Budget::with_policy(100_000, Yields::LargestHolder);
        let waker = using(&budget);
        let cx = &mut Context::from_waker(&waker);
        let (mut hog, _) = gated(Options::default().with_budget(&budget));
        hog.start_send(vec![0; 90_000]).unwrap();
        let Poll::Ready(Err(refused)) = hog.poll_flush(cx) else { panic!("it yields") };
        assert_eq!(refused.error, Error::Evicted);
    });
}
