//! One budget of bytes that many streams share. No unsafe code.
//!
//! Fairness is by a dynamic threshold (Choudhury and Hahne, "Dynamic queue length thresholds for
//! shared-memory packet switches", 1998): a stream may hold as much as is free. A single greedy
//! stream so leaves half of the budget free, `n` of them `1/(n + 1)`, and whoever comes new always
//! finds room; no stream has a fixed share that lies idle.
//!
//! `used` and `waiters` are of sequentially consistent order: a stream that registers to wait and then
//! looks at `used` cannot miss a release that looks at `waiters` after it. The others only count.

use core::fmt;
use core::task::Waker;
use std::collections::VecDeque;
use std::sync::atomic::{
    AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Mutex, PoisonError};

/// A budget of bytes over many streams; clones are the same budget.
///
/// Charging and releasing are constant time, and never more than the cap is charged.
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
/// let budget = Budget::new(1000);
/// let mut greedy = Writable::over(Options::default().with_budget(&budget), Stuck);
/// while greedy.write(vec![0; 10]).is_ok() {}
/// assert_eq!(budget.used(), 500);
/// let mut fresh = Writable::over(Options::default().with_budget(&budget), Stuck);
/// assert!(fresh.write(vec![0; 10]).is_ok());
/// drop((greedy, fresh));
/// assert_eq!((budget.used(), budget.peak(), budget.refusals()), (0, 510, 1));
/// ```
#[derive(Clone)]
pub struct Budget(Arc<Inner>);

struct Inner {
    cap: usize,
    /// At most `cap`.
    used: AtomicUsize,
    peak: AtomicUsize,
    streams: AtomicUsize,
    refusals: AtomicUsize,
    /// Streams that wait for room, in the order in which they came.
    waiting: Mutex<VecDeque<Waker>>,
    /// Whether `waiting` may have anyone, so that releasing need not lock.
    waiters: AtomicUsize,
}

impl Budget {
    /// A budget of so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Inner {
            cap: bytes,
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            streams: AtomicUsize::new(0),
            refusals: AtomicUsize::new(0),
            waiting: Mutex::new(VecDeque::new()),
            waiters: AtomicUsize::new(0),
        }))
    }

    /// The budget, in bytes.
    #[must_use]
    pub fn cap(&self) -> usize {
        self.0.cap
    }

    /// Bytes that streams hold now.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.used.load(SeqCst)
    }

    /// Bytes that streams held at most.
    #[must_use]
    pub fn peak(&self) -> usize {
        self.0.peak.load(Relaxed)
    }

    /// Streams that take part.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.0.streams.load(Relaxed)
    }

    /// Writes that found no room.
    #[must_use]
    pub fn refusals(&self) -> usize {
        self.0.refusals.load(Relaxed)
    }

    /// What one stream may hold now, in bytes: as much as is free.
    #[must_use]
    pub fn threshold(&self) -> usize {
        self.0.cap - self.used()
    }

    pub(crate) fn join(&self) {
        self.0.streams.fetch_add(1, Relaxed);
    }

    pub(crate) fn leave(&self, held: usize) {
        self.0.streams.fetch_sub(1, Relaxed);
        self.release(held);
    }

    /// Charges `bytes` to a stream that holds `held`, if that is fair and there is room.
    pub(crate) fn charge(&self, held: usize, bytes: usize) -> bool {
        let fits = |used: usize| {
            let free = self.0.cap - used;
            (bytes <= free && held.saturating_add(bytes) <= free).then(|| used + bytes)
        };
        match self.0.used.fetch_update(SeqCst, SeqCst, fits) {
            Ok(before) => {
                self.0.peak.fetch_max(before + bytes, Relaxed);
                true
            }
            Err(_) => {
                self.0.refusals.fetch_add(1, Relaxed);
                false
            }
        }
    }

    pub(crate) fn release(&self, bytes: usize) {
        if bytes > 0 {
            self.0.used.fetch_sub(bytes, SeqCst);
            if self.0.waiters.load(SeqCst) > 0 {
                self.wake();
            }
        }
    }

    /// Wakes the task once bytes are released. The caller looks for room again after this, since it
    /// may have been released before. Only streams that hold nothing wait here (those that hold
    /// something wait for their own sink), and they find no room only when nothing at all is free:
    /// so few wait that waking all of them is cheap.
    pub(crate) fn wait(&self, waker: &Waker) {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.iter().any(|other| other.will_wake(waker)) {
            waiting.push_back(waker.clone());
        }
        self.0.waiters.store(waiting.len(), SeqCst);
    }

    #[cold]
    fn wake(&self) {
        let woken = {
            let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            self.0.waiters.store(0, SeqCst);
            core::mem::take(&mut *waiting)
        };
        woken.into_iter().for_each(Waker::wake);
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("cap", &self.cap())
            .field("used", &self.used())
            .field("peak", &self.peak())
            .field("streams", &self.streams())
            .field("refusals", &self.refusals())
            .finish()
    }
}
