//! One budget of bytes that many streams share.
//!
//! Fairness is by a dynamic threshold (Choudhury and Hahne, "Dynamic queue length thresholds for
//! shared-memory packet switches", 1998): a stream may hold as much as is free. A single greedy
//! stream so leaves half of the budget free, `n` of them `1/(n + 1)`, and a newcomer finds room; no
//! stream has a fixed share that lies idle.
//!
//! Charging is a compare-and-swap on `used` while no stream waits. Streams that wait are in
//! [`queue`]: a release grants room to them in their order, before a charge that does not wait can
//! take it. `used` and the counts of waiters are of sequentially consistent order: a stream enters
//! the queue and then looks at `used`; a release lowers `used` and then looks at the counts, so one of
//! the two sees the other. The other atomics only count.

mod queue;
mod share;

use core::fmt;
use core::task::Waker;
use queue::Queue;
pub(crate) use share::Share;
use std::collections::VecDeque;
use std::sync::atomic::{
    AtomicBool, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A budget of bytes over many streams; clones are the same budget.
///
/// Charging and releasing are constant time while no stream waits for room, logarithmic in the
/// streams that wait otherwise. Never more than the cap is charged.
///
/// ```
/// use stream_backpressure::{Budget, Completion, Options, Sink, Writable};
///
/// struct Stuck;
/// impl Sink<Vec<u8>> for Stuck {
///     type Error = std::convert::Infallible;
///     fn write(&mut self, _: Vec<u8>) -> Completion<Self::Error> {
///         Completion::Pending
///     }
/// }
///
/// let budget = Budget::new(1_000_000);
/// let mut greedy = Writable::over(Options::default().with_budget(&budget), Stuck);
/// while greedy.write(vec![0; 10_000]).is_ok() {}
/// assert!((490_000..510_000).contains(&budget.used()));
/// let mut fresh = Writable::over(Options::default().with_budget(&budget), Stuck);
/// assert!(fresh.write(vec![0; 10_000]).is_ok());
/// assert_eq!((budget.streams(), budget.refusals()), (2, 1));
/// drop((greedy, fresh));
/// assert_eq!(budget.used(), 0);
/// ```
#[derive(Clone)]
pub struct Budget(Arc<Inner>);

/// Which stream gives way when a write finds no room in a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Yields {
    /// The one that writes: it waits, or its write is refused.
    #[default]
    Newcomer,
    /// The one that holds most, if that is more than the newcomer would hold: it is destroyed with
    /// [`Error::Evicted`](crate::Error::Evicted), one stream at a time. The newcomer waits, or its
    /// write is refused, until then.
    ///
    /// A [`PollWritable`](crate::PollWritable) is woken for it. A [`Machine`](crate::Machine) is
    /// destroyed at its next write, or by
    /// [`check_eviction`](crate::Machine::check_eviction).
    LargestHolder,
}

/// A stream that holds bytes of a budget: [`Budget::holders`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The stream's number, in the order in which streams joined the budget.
    pub id: u64,
    /// The name that the stream was given: [`Options::with_budget_as`](crate::Options::with_budget_as).
    pub label: Option<Arc<str>>,
    /// Bytes that are charged to it: held, or reserved for its next write.
    pub bytes: usize,
}

struct Inner {
    cap: AtomicUsize,
    /// Bytes charged: at most `cap`, unless that was lowered since.
    used: AtomicUsize,
    peak: AtomicUsize,
    refusals: AtomicUsize,
    yields: Yields,
    /// Streams in `queue`, so that a release need not lock.
    waiting: AtomicUsize,
    /// Those of them that hold nothing; no charge overtakes these.
    idle: AtomicUsize,
    queue: Mutex<Queue>,
}

/// What the budget knows of one stream.
#[derive(Debug)]
struct Member {
    id: u64,
    label: Option<Arc<str>>,
    /// Bytes charged to the stream; written by the stream alone.
    charged: AtomicUsize,
    /// Bytes that were granted in the stream's turn and that it has not taken yet.
    granted: AtomicUsize,
    /// The stream is to give way.
    evicted: AtomicBool,
    /// The stream's task, where it is to be woken for that.
    task: Mutex<Option<Waker>>,
}

impl Budget {
    /// A budget of `bytes`.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self::with_policy(bytes, Yields::Newcomer)
    }

    /// A budget of `bytes`, with a policy for when they are spent.
    ///
    /// ```
    /// use stream_backpressure::{Budget, Completion, Error, Options, Sink, Writable, Yields};
    /// # struct Stuck;
    /// # impl Sink<Vec<u8>> for Stuck {
    /// #     type Error = std::convert::Infallible;
    /// #     fn write(&mut self, _: Vec<u8>) -> Completion<Self::Error> {
    /// #         Completion::Pending
    /// #     }
    /// # }
    ///
    /// let budget = Budget::with_policy(100_000, Yields::LargestHolder);
    /// let mut hog = Writable::over(Options::default().with_budget(&budget), Stuck);
    /// hog.write(vec![0; 90_000])?;
    /// let mut newcomer = Writable::over(Options::default().with_budget(&budget), Stuck);
    /// assert!(newcomer.write(vec![0; 30_000]).is_err());
    /// assert!(hog.check_eviction());
    /// hog.run_ticks();
    /// assert_eq!(hog.errored(), Some(&Error::Evicted));
    /// drop(hog);
    /// assert!(newcomer.write(vec![0; 30_000]).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_policy(bytes: usize, yields: Yields) -> Self {
        Self(Arc::new(Inner {
            cap: AtomicUsize::new(bytes),
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            refusals: AtomicUsize::new(0),
            yields,
            waiting: AtomicUsize::new(0),
            idle: AtomicUsize::new(0),
            queue: Mutex::default(),
        }))
    }

    /// The budget, in bytes.
    #[must_use]
    pub fn cap(&self) -> usize {
        self.0.cap.load(SeqCst)
    }

    /// Makes it a budget of `bytes`. Streams for which that makes room are woken. If streams hold
    /// more already, they keep it, and nothing is charged until they hold less.
    ///
    /// Linear in the streams that wait.
    pub fn set_cap(&self, bytes: usize) {
        self.0.cap.store(bytes, SeqCst);
        let queue = self.lock();
        // Those that wait for more than there can be now are told so when they look again.
        let hopeless = queue.tasks_of_more_than(bytes);
        self.settle(queue);
        WakeAll { first: None, others: hopeless }.wake();
    }

    /// Bytes that are charged now: held by streams, or reserved for their next writes.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.used.load(SeqCst)
    }

    /// The most bytes that have been charged.
    #[must_use]
    pub fn peak(&self) -> usize {
        self.0.peak.load(Relaxed)
    }

    /// Streams that take part.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.lock().members.len()
    }

    /// Streams that wait for room.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.waiting.load(SeqCst)
    }

    /// Writes that found no room.
    #[must_use]
    pub fn refusals(&self) -> usize {
        self.0.refusals.load(Relaxed)
    }

    /// What one stream may hold now, in bytes: as much as is free.
    #[must_use]
    pub fn threshold(&self) -> usize {
        self.cap().saturating_sub(self.used())
    }

    /// The streams that hold bytes, the largest first. Linear in the streams that take part, and
    /// sorts them.
    ///
    /// ```
    /// use stream_backpressure::{Budget, Options, Sink, Writable};
    /// # use stream_backpressure::Completion;
    /// # struct Stuck;
    /// # impl Sink<Vec<u8>> for Stuck {
    /// #     type Error = std::convert::Infallible;
    /// #     fn write(&mut self, _: Vec<u8>) -> Completion<Self::Error> {
    /// #         Completion::Pending
    /// #     }
    /// # }
    ///
    /// let budget = Budget::new(1_000_000);
    /// let mut one = Writable::over(Options::default().with_budget_as(&budget, "one"), Stuck);
    /// let mut other = Writable::over(Options::default().with_budget_as(&budget, "other"), Stuck);
    /// one.write(vec![0; 1000])?;
    /// other.write(vec![0; 9000])?;
    /// let holders = budget.holders();
    /// assert_eq!(holders[0].label.as_deref(), Some("other"));
    /// assert_eq!(holders.iter().map(|holder| holder.bytes).sum::<usize>(), budget.used());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn holders(&self) -> Vec<Holder> {
        let mut holders: Vec<Holder> =
            self.lock().members.values().filter_map(|member| member.as_holder()).collect();
        holders.sort_by_key(|holder| (core::cmp::Reverse(holder.bytes), holder.id));
        holders
    }

    /// Charges `bytes` to a stream that has `charged`, if that is fair and there is room, and no stream
    /// without any is waiting.
    fn charge(&self, charged: usize, bytes: usize) -> bool {
        let taken = self.0.idle.load(SeqCst) == 0 && self.take(charged, bytes, bytes).is_some();
        if !taken {
            self.refuse(charged.saturating_add(bytes));
        }
        taken
    }

    #[cold]
    fn refuse(&self, need: usize) {
        self.0.refusals.fetch_add(1, Relaxed);
        if self.evicts() {
            let victim = self.evict(&mut self.lock(), need);
            victim.into_iter().for_each(Waker::wake);
        }
    }

    /// Charges `least` to `most` bytes to a stream that has `charged`, if there is room.
    fn take(&self, charged: usize, least: usize, most: usize) -> Option<usize> {
        let mut taken = 0;
        let fits = |used: usize| {
            let room = self.cap().saturating_sub(used).saturating_sub(charged);
            taken = most.min(room);
            (taken >= least).then_some(used + taken)
        };
        let before = self.0.used.fetch_update(SeqCst, SeqCst, fits).ok()?;
        self.0.peak.fetch_max(before + taken, Relaxed);
        Some(taken)
    }

    fn release(&self, bytes: usize) {
        if bytes > 0 {
            self.0.used.fetch_sub(bytes, SeqCst);
            if self.0.waiting.load(SeqCst) > 0 {
                self.settle(self.lock());
            }
        }
    }

    /// Grants room to the streams whose turn it is, and wakes them. While one that holds nothing finds
    /// none, nobody else is served, and the stream that holds most yields if that is the policy.
    #[cold]
    fn settle(&self, mut queue: MutexGuard<'_, Queue>) {
        let mut tasks = WakeAll::default();
        while let Some(task) = queue.next(self) {
            tasks.push(task);
        }
        if let Some(need) = queue.front_need()
            && let Some(victim) = self.evict(&mut queue, need)
        {
            tasks.push(victim);
        }
        self.count(&queue);
        drop(queue);
        tasks.wake();
    }

    /// Publishes how many streams wait.
    fn count(&self, queue: &Queue) {
        self.0.waiting.store(queue.len(), SeqCst);
        self.0.idle.store(queue.idle_len(), SeqCst);
    }

    /// Tells the stream that holds most to yield to one that would hold `need`; gives its task. One at
    /// a time: the room of the last one may do.
    fn evict(&self, queue: &mut Queue, need: usize) -> Option<Waker> {
        if !self.evicts() || queue.has_victim() {
            return None;
        }
        let hog = queue.members.values().max_by_key(|member| member.bytes())?;
        if hog.bytes() <= need {
            return None;
        }
        queue.victim = Some(hog.clone());
        hog.evicted.store(true, SeqCst);
        hog.task.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether streams may be told to yield.
    fn evicts(&self) -> bool {
        self.0.yields == Yields::LargestHolder
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("cap", &self.cap())
            .field("used", &self.used())
            .field("peak", &self.peak())
            .field("streams", &self.streams())
            .field("waiting", &self.waiting())
            .field("refusals", &self.refusals())
            .finish()
    }
}

impl Member {
    fn bytes(&self) -> usize {
        self.charged.load(Relaxed).saturating_add(self.granted.load(Relaxed))
    }

    fn as_holder(&self) -> Option<Holder> {
        let bytes = self.bytes();
        (bytes > 0).then(|| Holder { id: self.id, label: self.label.clone(), bytes })
    }
}

/// Tasks to be woken, all of them even if waking one panics. No lock is held meanwhile: wakers run the
/// code of others.
#[derive(Default)]
struct WakeAll {
    /// The first of them, so that one alone costs no allocation.
    first: Option<Waker>,
    others: VecDeque<Waker>,
}

impl WakeAll {
    fn push(&mut self, task: Waker) {
        if self.first.is_none() {
            self.first = Some(task);
        } else {
            self.others.push_back(task);
        }
    }

    fn wake(mut self) {
        self.wake_each();
    }

    fn wake_each(&mut self) {
        while let Some(task) = self.first.take().or_else(|| self.others.pop_front()) {
            task.wake();
        }
    }
}

impl Drop for WakeAll {
    fn drop(&mut self) {
        self.wake_each();
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Share};
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};
    use proptest::prelude::*;
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
            Self { share: budget.join(None), task: Arc::default(), waits: None }
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
                let queue = budget.lock();
                let waiting = |peer: &&Peer| {
                    peer.waits.is_some_and(|(_, woken)| woken == peer.woken())
                };
                prop_assert_eq!(queue.len(), budget.waiting());
                prop_assert!(queue.len() >= peers.iter().filter(waiting).count());
                if let Some(need) = queue.first_need() {
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
                        let mut share = budget.join(None);
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
        struct Bomb;
        impl Wake for Bomb {
            fn wake(self: Arc<Self>) {
                panic!("a waker of others");
            }
        }
        let budget = Budget::new(100);
        let mut hog = budget.join(None);
        assert!(hog.charge(100));
        let (mut first, mut second) = (budget.join(None), budget.join(None));
        let bomb = Waker::from(Arc::new(Bomb));
        assert!(first.poll_reserve(&mut Context::from_waker(&bomb), 50, 50).is_pending());
        let task: Arc<Task> = Arc::default();
        let waker = Waker::from(task.clone());
        assert!(second.poll_reserve(&mut Context::from_waker(&waker), 50, 50).is_pending());
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| hog.release(100)));
        assert!(caught.is_err());
        assert_eq!((task.0.load(Relaxed), budget.waiting(), budget.used()), (1, 0, 100));
    }
}
