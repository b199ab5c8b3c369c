//! One budget of bytes that many streams share.
//!
//! Fairness is by a dynamic threshold (Choudhury and Hahne, "Dynamic queue length thresholds for
//! shared-memory packet switches", 1998): a stream may hold as much as is free. So a single greedy
//! stream leaves half of the budget free, `n` of them `1/(n + 1)`, and a newcomer finds room; no
//! stream has a fixed share that lies idle.
//!
//! Charging is a compare-and-swap on `used` while no stream waits. Streams that wait are in
//! `waiters`: a release grants room to them in their order, before a charge that does not wait can
//! take it. `used` and [`Waiting`] are sequentially consistent: a stream enters the queue and then looks at
//! `used`; a release lowers `used` and then looks at who waits, so one of the two sees the other.

mod ledger;
mod member;
mod queue;
mod share;
#[cfg(test)]
mod tests;
mod waiters;
mod wake;

use core::fmt;
use core::task::Waker;
use ledger::Ledger;
pub use member::Holder;
use queue::Queue;
pub(crate) use share::Share;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wake::WakeAll;

/// A budget of bytes over many streams; clones are the same budget.
///
/// Charging and releasing take constant time while the streams that wait hold nothing; for a stream that waits and holds
/// something they are logarithmic in the number of such streams. The sum of charges never exceeds the cap.
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

/// Which stream yields when a write finds no room in a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Yields {
    /// The stream that writes: it waits, or its write is refused.
    #[default]
    Newcomer,
    /// The stream that holds most, if that is more than the newcomer would hold. It is destroyed with
    /// [`Error::Evicted`](crate::Error::Evicted), one stream at a time. Until then the newcomer waits, or its
    /// write is refused.
    ///
    /// An evicted [`PollWritable`](crate::PollWritable) is woken. A [`Machine`](crate::Machine) is
    /// destroyed at its next write, or by
    /// [`check_eviction`](crate::Machine::check_eviction).
    LargestHolder,
}

struct Inner {
    ledger: Ledger,
    yields: Yields,
    /// A [`Waiting`]: which streams are in `queue`, so that charges and releases need not lock it.
    waiting: AtomicU8,
    queue: Mutex<Queue>,
}

/// Which streams wait for room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Waiting {
    None,
    /// Streams wait, and all of them hold something.
    Holding,
    /// A stream waits that holds nothing; no charge overtakes it.
    Idle,
}

impl Budget {
    /// A budget of `bytes`.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self::with_policy(bytes, Yields::Newcomer)
    }

    /// A budget of `bytes`, with a policy for when it is spent.
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
            ledger: Ledger::new(bytes),
            yields,
            waiting: AtomicU8::new(Waiting::None as u8),
            queue: Mutex::default(),
        }))
    }

    /// The budget, in bytes.
    #[must_use]
    pub fn cap(&self) -> usize {
        self.0.ledger.cap()
    }

    /// Sets the budget to `bytes`. Streams for which that makes room are woken. If streams hold more already, they keep
    /// it, and nothing is charged until they hold less.
    ///
    /// Linear in the number of streams that wait.
    pub fn set_cap(&self, bytes: usize) {
        self.0.ledger.set_cap(bytes);
        let mut queue = self.lock();
        // Streams that wait for more than the new cap are woken, and are refused when they ask again. Their wakers are
        // taken, not cloned: cloning would run foreign code under the lock.
        let hopeless = queue.waiters.iter_mut().filter(|waiter| waiter.ask.least > bytes);
        let hopeless = hopeless.filter_map(|waiter| waiter.task.take()).collect();
        self.settle_and_wake(queue, 0, hopeless);
    }

    /// Bytes that are charged: held by streams, or reserved for their next writes.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.ledger.used()
    }

    /// The most bytes that have been charged.
    #[must_use]
    pub fn peak(&self) -> usize {
        self.0.ledger.peak()
    }

    /// Streams that take part.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.lock().members.len()
    }

    /// Streams that wait for room.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().waiters.len()
    }

    /// Writes that found no room.
    #[must_use]
    pub fn refusals(&self) -> usize {
        self.0.ledger.refusals()
    }

    /// The most that one stream may hold now, in bytes: as much as is free.
    #[must_use]
    pub fn threshold(&self) -> usize {
        self.0.ledger.threshold()
    }

    /// The streams that hold bytes, the largest first. O(n log n) for n streams that take part.
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
        let queue = self.lock();
        let members = queue.members.iter();
        let mut holders: Vec<Holder> =
            members.filter_map(|(_, member)| member.as_holder()).collect();
        drop(queue);
        holders.sort_by_key(|holder| (core::cmp::Reverse(holder.bytes), holder.id));
        holders
    }

    /// Whether a stream waits that holds nothing, so that no charge may overtake it.
    fn idle_waits(&self) -> bool {
        self.0.waiting.load(SeqCst) == Waiting::Idle as u8
    }

    /// Charges `bytes` to a stream that has `charged` bytes already, if its share and the budget have room, and no stream
    /// waits that holds nothing.
    fn charge(&self, charged: usize, bytes: usize) -> bool {
        let taken = !self.idle_waits() && self.0.ledger.take(charged, bytes, bytes).is_some();
        if !taken {
            self.refuse(charged.saturating_add(bytes));
        }
        taken
    }

    #[cold]
    fn refuse(&self, need: usize) {
        self.0.ledger.count_refusal();
        if self.evicts() {
            let victim = self.lock().evict(need);
            victim.into_iter().for_each(Waker::wake);
        }
    }

    fn release(&self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        if self.waits() {
            return self.settle(self.lock(), bytes);
        }
        self.0.ledger.give_back(bytes);
        if self.waits() {
            self.settle(self.lock(), 0);
        }
    }

    /// Whether a stream waits.
    fn waits(&self) -> bool {
        self.0.waiting.load(SeqCst) != Waiting::None as u8
    }

    /// Grants room to the streams whose turn it is, and wakes them. `free` bytes have been released but still count as
    /// used. While the first stream that holds nothing finds no room, no other is served, and by
    /// [`Yields::LargestHolder`] the stream that holds most yields.
    fn settle(&self, queue: MutexGuard<'_, Queue>, free: usize) {
        self.settle_and_wake(queue, free, WakeAll::default());
    }

    /// As [`settle`](Self::settle), and wakes `tasks` as well.
    fn settle_and_wake(
        &self,
        mut queue: MutexGuard<'_, Queue>,
        mut free: usize,
        mut tasks: WakeAll,
    ) {
        while let Some(waiter) = queue.serve(&self.0.ledger, &mut free) {
            tasks.extend(waiter.task);
        }
        if free > 0 {
            self.0.ledger.give_back(free);
        }
        if self.evicts()
            && let Some(need) = queue.front_need()
            && let Some(victim) = queue.evict(need)
        {
            tasks.extend([victim]);
        }
        self.publish(&queue);
        drop(queue);
        tasks.wake();
    }

    /// Publishes which streams wait.
    fn publish(&self, queue: &Queue) {
        let waiting = if queue.waiters.idle_len() > 0 {
            Waiting::Idle
        } else if queue.waiters.is_empty() {
            Waiting::None
        } else {
            Waiting::Holding
        };
        // Only the holder of the queue's lock stores.
        if self.0.waiting.load(SeqCst) != waiting as u8 {
            self.0.waiting.store(waiting as u8, SeqCst);
        }
    }

    /// Whether streams may be told to yield.
    #[inline]
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
