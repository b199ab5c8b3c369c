//! Waiting for room in a budget that streams share: order, reservations, giving up, and who yields.

use crate::polled::{Woken, gated};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};
use stream_backpressure::{Budget, CHUNK_COST, Error, Options, PollWritable, Yields};

type Stream = PollWritable<Vec<u8>, crate::polled::Gate>;

/// A stream that takes part in a budget, and a task that counts how often it is woken.
struct Peer {
    stream: Stream,
    woken: Arc<Woken>,
}

impl Peer {
    fn of(budget: &Budget) -> Self {
        let (stream, _) = gated(Options::default().with_budget(budget));
        Self { stream, woken: Arc::default() }
    }

    fn holding(budget: &Budget, bytes: usize) -> Self {
        let mut peer = Self::of(budget);
        peer.stream.start_send(vec![0; bytes]).unwrap();
        peer
    }

    fn asks(&mut self, bytes: usize) -> bool {
        let waker = Waker::from(self.woken.clone());
        match self.stream.poll_room(&mut Context::from_waker(&waker), bytes) {
            Poll::Ready(result) => result.map(|()| true).unwrap(),
            Poll::Pending => false,
        }
    }

    fn woken(&self) -> usize {
        self.woken.0.load(Relaxed)
    }
}

#[test]
fn a_release_wakes_as_many_as_fit_in_the_order_in_which_they_came() {
    let budget = Budget::new(100_000);
    let hog = Peer::holding(&budget, 95_000);
    let mut waiters: Vec<Peer> = (0..10).map(|_| Peer::of(&budget)).collect();
    for waiter in &mut waiters {
        assert!(!waiter.asks(40_000));
    }
    assert_eq!(budget.waiting(), 10);
    drop(hog);
    let woken: Vec<usize> = waiters.iter().map(Peer::woken).collect();
    assert_eq!(woken, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(budget.waiting(), 8);
    assert!(waiters[0].asks(40_000) && waiters[1].asks(40_000));
    waiters[0].stream.start_send(vec![0; 30_000]).unwrap();
    assert_eq!(waiters[2].woken(), 0, "what is left of a reservation is too little");
    drop(waiters.remove(1));
    assert_eq!(waiters[1].woken(), 1);
}

#[test]
fn a_dropped_stream_leaves_the_queue_and_its_task() {
    let budget = Budget::new(10_000);
    let _hog = Peer::holding(&budget, 9_900);
    let woken: Arc<Woken> = Arc::default();
    for _ in 0..100 {
        let mut peer = Peer { woken: woken.clone(), ..Peer::of(&budget) };
        assert!(!peer.asks(5000));
        assert_eq!(budget.waiting(), 1);
    }
    assert_eq!((budget.waiting(), budget.streams(), Arc::strong_count(&woken)), (0, 1, 1));
}

#[test]
fn who_gives_up_lets_the_next_in_and_keeps_nothing_reserved() {
    let budget = Budget::new(100_000);
    let _hog = Peer::holding(&budget, 50_000);
    let (mut large, mut small) = (Peer::of(&budget), Peer::of(&budget));
    assert!(!large.asks(90_000));
    assert!(!small.asks(20_000), "behind the large one");
    large.stream.cancel_room();
    assert_eq!(small.woken(), 1);
    let used = budget.used();
    small.stream.cancel_room();
    assert_eq!((budget.used(), budget.waiting()), (used - 20_000 - CHUNK_COST, 0));
    assert!(small.asks(20_000));
    drop(small);
    assert_eq!(budget.used(), used - 20_000 - CHUNK_COST);
}

#[test]
fn flushing_and_closing_give_back_what_was_reserved() {
    let budget = Budget::new(100_000);
    let cx = &mut Context::from_waker(Waker::noop());
    let (mut one, mut other) = (Peer::of(&budget), Peer::of(&budget));
    assert!(one.asks(60_000) && !other.asks(60_000));
    assert!(one.stream.poll_flush(cx).is_ready());
    assert_eq!(other.woken(), 1);
    assert!(other.asks(60_000));
    assert!(other.stream.poll_close(cx).is_ready());
    assert_eq!(budget.used(), 0);
}

#[test]
fn room_that_was_said_to_be_there_is_there_whatever_others_write() {
    let budget = Budget::new(100_000);
    let (mut first, mut other) = (Peer::of(&budget), Peer::of(&budget));
    assert!(first.asks(60_000));
    while other.stream.start_send(vec![0; 1000]).is_ok() {}
    assert!(budget.used() > 60_000);
    first.stream.start_send(vec![0; 60_000]).unwrap();
    assert!(budget.used() <= 100_000);
}

#[test]
fn no_write_overtakes_a_stream_that_waits_with_nothing() {
    let budget = Budget::new(100_000);
    let hog = Peer::holding(&budget, 50_000);
    let mut large = Peer::of(&budget);
    assert!(!large.asks(90_000));
    let mut late = Peer::of(&budget);
    let refused = late.stream.start_send(vec![0; 10]).unwrap_err();
    assert_eq!((refused.chunk, refused.error), (Some(vec![0; 10]), Error::OverBudget));
    drop(hog);
    assert!(large.asks(90_000));
    assert!(late.stream.start_send(vec![0; 10]).is_ok());
}

#[test]
fn streams_that_hold_something_wait_behind_those_that_hold_nothing() {
    let budget = Budget::new(100_000);
    let stuck = Peer::holding(&budget, 40_000);
    let mut hog = Peer::holding(&budget, 25_000);
    assert!(!hog.asks(30_000), "it would hold more than is free");
    let mut newcomer = Peer::of(&budget);
    assert!(!newcomer.asks(50_000));
    drop(stuck);
    assert_eq!((newcomer.woken(), hog.woken()), (1, 0));
    assert!(newcomer.asks(50_000));
    drop(newcomer);
    assert_eq!(hog.woken(), 1);
    assert!(hog.asks(30_000));
}

#[test]
fn readiness_and_refusal_do_not_take_turns_without_end() {
    let budget = Budget::new(100_000);
    let hog = Peer::holding(&budget, 70_000);
    let mut peer = Peer::of(&budget);
    let waker = Waker::from(peer.woken.clone());
    let cx = &mut Context::from_waker(&waker);
    assert!(peer.stream.poll_ready(cx).is_ready());
    let refused = peer.stream.start_send(vec![0; 60_000]).unwrap_err();
    assert!(peer.stream.poll_ready(cx).is_pending(), "until there is room for that chunk");
    drop(hog);
    assert_eq!(peer.woken(), 1);
    assert!(peer.stream.poll_ready(cx).is_ready());
    peer.stream.start_send(refused.chunk.unwrap()).unwrap();
}

#[test]
fn a_larger_cap_wakes_and_a_smaller_one_tells_those_who_wait_in_vain() {
    let budget = Budget::new(50_000);
    let _hog = Peer::holding(&budget, 49_900);
    let mut waiter = Peer::of(&budget);
    assert!(!waiter.asks(40_000));
    budget.set_cap(100_000);
    assert_eq!(waiter.woken(), 1);
    assert!(waiter.asks(40_000));
    waiter.stream.cancel_room();

    budget.set_cap(49_000);
    assert!(budget.used() > budget.cap() && budget.threshold() == 0);
    assert!(!waiter.asks(48_000));
    budget.set_cap(10_000);
    assert_eq!(waiter.woken(), 2);
    let cx = &mut Context::from_waker(Waker::noop());
    let Poll::Ready(Err(refused)) = waiter.stream.poll_room(cx, 48_000) else { panic!("never") };
    assert_eq!((refused.error, budget.waiting()), (Error::OverBudget, 0));
}

#[test]
fn holders_are_listed_with_their_bytes_and_names_the_largest_first() {
    let budget = Budget::new(100_000);
    let named = |name: &str| Options::default().with_budget_as(&budget, name);
    let ((mut small, _), (mut large, _)) = (gated(named("small")), gated(named("large")));
    let _idle = gated(named("idle"));
    small.start_send(vec![0; 1000]).unwrap();
    large.start_send(vec![0; 9000]).unwrap();
    let holders = budget.holders();
    let names: Vec<_> = holders.iter().map(|holder| holder.label.as_deref().unwrap()).collect();
    assert_eq!(names, ["large", "small"]);
    assert!(holders[0].bytes >= 9000 && holders[1].bytes >= 1000);
    assert_eq!(holders.iter().map(|holder| holder.bytes).sum::<usize>(), budget.used());
}

#[test]
fn the_largest_holder_yields_where_that_is_the_policy() {
    let budget = Budget::with_policy(100_000, Yields::LargestHolder);
    let mut small = Peer::holding(&budget, 10_000);
    let mut hog = Peer::holding(&budget, 40_000);
    let waker = Waker::from(hog.woken.clone());
    let cx = &mut Context::from_waker(&waker);
    assert!(hog.stream.poll_flush(cx).is_pending());
    let (mut first, mut second) = (Peer::of(&budget), Peer::of(&budget));
    assert!(first.asks(30_000));
    first.stream.start_send(vec![0; 30_000]).unwrap();
    assert!(!second.asks(35_000));
    assert_eq!((hog.woken(), small.woken(), first.woken()), (1, 0, 0));
    let Poll::Ready(Err(refused)) = hog.stream.poll_flush(cx) else { panic!("it yields") };
    assert_eq!(refused.error, Error::Evicted);
    assert_eq!(second.woken(), 1);
    assert!(second.asks(35_000));
    let noop = &mut Context::from_waker(Waker::noop());
    assert!(small.stream.poll_flush(noop).is_pending() && small.stream.errored().is_none());
}
