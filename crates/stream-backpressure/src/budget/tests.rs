//! The queue against a model; threads; and wakers that panic.

use super::Budget;
use super::share::Share;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::task::Wake;

/// Counts how often it is woken.
#[derive(Default)]
struct Task(AtomicUsize);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// Panics with its name as it is woken.
struct Bomb(&'static str);

impl Wake for Bomb {
    fn wake(self: Arc<Self>) {
        resume_unwind(Box::new(self.0));
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Write(usize),
    Ask(usize, usize),
    Release(usize),
    Cancel,
    Rejoin,
    SetCap(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..100_usize).prop_map(Step::Write),
        5 => (1..100_usize, 0..50_usize).prop_map(|(least, more)| Step::Ask(least, more)),
        5 => (1..100_usize).prop_map(Step::Release),
        1 => Just(Step::Cancel),
        1 => Just(Step::Rejoin),
        1 => (1..200_usize).prop_map(Step::SetCap),
    ]
}

/// A stream's share, its task, what it waits for, and how often its task had been woken when it
/// began to.
struct Peer {
    share: Share,
    task: Arc<Task>,
    waits: Option<(usize, usize)>,
}

impl Peer {
    fn of(budget: &Budget) -> Self {
        Self { share: Share::join(budget, None), task: Arc::default(), waits: None }
    }

    fn woken(&self) -> usize {
        self.task.0.load(Relaxed)
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nobody_waits_for_room_that_there_is(
        script in prop::collection::vec((0..6_usize, step()), 1..200),
    ) {
        let budget = Budget::new(100);
        let mut peers: Vec<Peer> = (0..6).map(|_| Peer::of(&budget)).collect();
        for (index, step) in script {
            let peer = &mut peers[index];
            match step {
                Step::Write(bytes) => {
                    if peer.share.charge(bytes) {
                        peer.waits = None;
                    }
                }
                Step::Ask(least, more) => {
                    let waker = Waker::from(peer.task.clone());
                    let cx = &mut Context::from_waker(&waker);
                    match peer.share.poll_reserve(cx, least, least + more) {
                        Poll::Ready(Ok(bytes)) => {
                            prop_assert!(bytes >= least);
                            peer.waits = None;
                        }
                        Poll::Ready(Err(_)) => {
                            prop_assert!(least > budget.cap());
                            peer.waits = None;
                        }
                        Poll::Pending => peer.waits = Some((least, peer.woken())),
                    }
                }
                Step::Release(bytes) => peer.share.release(bytes),
                Step::Cancel => {
                    peer.share.cancel();
                    peer.waits = None;
                }
                Step::Rejoin => *peer = Peer::of(&budget),
                Step::SetCap(bytes) => budget.set_cap(bytes),
            }
            let holders: usize = budget.holders().iter().map(|holder| holder.bytes).sum();
            prop_assert_eq!(budget.used(), holders);
            prop_assert_eq!(budget.streams(), 6);
            let waiting_now = budget.waiting();
            let queue = budget.lock();
            let waiting = |peer: &&Peer| {
                peer.waits.is_some_and(|(_, woken)| woken == peer.woken())
            };
            prop_assert_eq!(queue.waiters.len(), waiting_now);
            prop_assert!(queue.waiters.len() >= peers.iter().filter(waiting).count());
            if let Some((_, first)) = queue.waiters.first() {
                let need = first.ask.charged + first.ask.least;
                prop_assert!(need > budget.threshold(), "the first does not fit");
            }
        }
        drop(peers);
        prop_assert_eq!((budget.used(), budget.waiting(), budget.streams()), (0, 0, 0));
    }
}

#[test]
fn on_threads_every_waiter_has_its_turn() {
    let budget = Budget::new(1000);
    let barrier = Barrier::new(4);
    std::thread::scope(|scope| {
        for thread in 0..4_usize {
            let (budget, barrier) = (&budget, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for round in 0..500 {
                    let mut share = Share::join(budget, None);
                    let least = 1 + (thread * 263 + round * 97) % 900;
                    futures::executor::block_on(pin!(core::future::poll_fn(|cx| {
                        share.poll_reserve(cx, least, least)
                    })))
                    .expect("less than the cap");
                    assert!(share.charge(least));
                    assert!(budget.used() <= 1000);
                }
            });
        }
    });
    assert_eq!((budget.used(), budget.waiting(), budget.refusals()), (0, 0, 0));
}

#[test]
fn a_waker_that_panics_keeps_none_of_the_others_from_being_woken() {
    let budget = Budget::new(100);
    let mut hog = Share::join(&budget, None);
    assert!(hog.charge(100));
    let (mut first, mut second) = (Share::join(&budget, None), Share::join(&budget, None));
    let bomb = Waker::from(Arc::new(Bomb("one")));
    assert!(first.poll_reserve(&mut Context::from_waker(&bomb), 50, 50).is_pending());
    let task: Arc<Task> = Arc::default();
    let waker = Waker::from(task.clone());
    assert!(second.poll_reserve(&mut Context::from_waker(&waker), 50, 50).is_pending());
    let caught = catch_unwind(AssertUnwindSafe(|| hog.release(100)));
    assert!(caught.is_err());
    assert_eq!((task.0.load(Relaxed), budget.waiting(), budget.used()), (1, 0, 100));
}

/// A budget that one stream has spent, for which two streams with tasks that panic and one with a counting
/// task wait.
fn mined() -> (Budget, Share, [Share; 3], Arc<Task>) {
    let budget = Budget::new(100);
    let mut hog = Share::join(&budget, None);
    assert!(hog.charge(100));
    let task: Arc<Task> = Arc::default();
    let wakers = [
        Waker::from(Arc::new(Bomb("one"))),
        Waker::from(Arc::new(Bomb("two"))),
        Waker::from(task.clone()),
    ];
    let waiters = wakers.map(|waker| {
        let mut waiter = Share::join(&budget, None);
        assert!(waiter.poll_reserve(&mut Context::from_waker(&waker), 10, 10).is_pending());
        waiter
    });
    (budget, hog, waiters, task)
}

#[test]
fn of_two_wakers_that_panic_in_one_release_the_first_panic_goes_on() {
    let (budget, hog, waiters, task) = mined();
    let panic = catch_unwind(AssertUnwindSafe(|| drop(hog))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"one"));
    assert_eq!((task.0.load(Relaxed), budget.waiting(), budget.used()), (1, 0, 30));
    assert_eq!(budget.streams(), 3, "the stream has left nevertheless");
    drop(waiters);
    assert_eq!((budget.used(), budget.streams()), (0, 0));
}

#[test]
fn a_waker_that_panics_while_another_panic_unwinds_does_not_abort() {
    let (_budget, hog, _waiters, task) = mined();
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _hog = hog;
        resume_unwind(Box::new("the first"));
    }));
    assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"the first"));
    assert_eq!(task.0.load(Relaxed), 1);
}
