//! What all threads of a pool count together, without a lock.

use crate::notice::{Notice, give};
use crate::options::PoolOptions;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// The figures of a pool of many threads.
pub(super) struct Books {
    pub options: PoolOptions,
    next_number: AtomicU64,
    /// Bytes of the stores that count.
    bytes: AtomicUsize,
    peak: AtomicUsize,
    /// Bytes of released stores that are kept at the most.
    max_kept_bytes: usize,
    /// Bytes reserved for kept stores, at most `max_kept_bytes`: the budgets of the magazines, and
    /// what the depot keeps.
    reserved: AtomicUsize,
    closed: AtomicBool,
}

/// What a call reports after it has unlocked everything.
#[derive(Default)]
pub(super) struct Outcome {
    /// The change of external memory that its owner is not told of yet, in bytes.
    untold: isize,
    /// The bytes that the pool held when its limit forbade a store.
    pub limited: Option<usize>,
}

impl Books {
    pub fn new(options: PoolOptions) -> Self {
        Self {
            max_kept_bytes: options.kept_limit(),
            options,
            next_number: AtomicU64::new(0),
            bytes: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            reserved: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Bytes of the stores that count.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The most that they have been.
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed).max(self.bytes())
    }

    /// Whether the pool's last handle was dropped.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Numbers that no store has had.
    pub fn numbers(&self, count: u64) -> Range<u64> {
        let first = self.next_number.fetch_add(count, Ordering::Relaxed);
        first..first + count
    }

    /// Counts a store that comes into being; false if that is more than the pool may hold.
    pub fn grow(&self, bytes: usize, outcome: &mut Outcome) -> bool {
        let before = match self.options.max_bytes {
            usize::MAX => self.bytes.fetch_add(bytes, Ordering::Relaxed),
            limit => {
                let grown = |sum: usize| sum.checked_add(bytes).filter(|sum| *sum <= limit);
                match self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown) {
                    Ok(before) => before,
                    Err(held) => {
                        outcome.limited = Some(held);
                        return false;
                    }
                }
            }
        };
        if before + bytes > self.peak.load(Ordering::Relaxed) {
            self.peak.fetch_max(before + bytes, Ordering::Relaxed);
        }
        outcome.untold += bytes as isize;
        true
    }

    /// Counts a store that no longer is.
    #[inline]
    pub fn shrink(&self, bytes: usize, outcome: &mut Outcome) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        outcome.untold -= bytes as isize;
    }

    /// Whether a thread may count its released slabs late: nobody is told of each, and no limit needs
    /// the exact sum.
    #[inline]
    pub fn counts_late(&self) -> bool {
        self.options.max_bytes == usize::MAX && self.options.external_memory.is_none()
    }

    /// Tells the owner of external memory, which is code of other people: nothing is locked, and who
    /// calls this holds the pool or does not use it any more.
    #[inline]
    pub fn tell(&self, outcome: &Outcome) {
        if outcome.untold != 0 {
            give(self.notice(outcome));
        }
    }

    /// What the owner of external memory is to be told, if there is one.
    #[inline]
    pub fn notice(&self, outcome: &Outcome) -> Option<Notice> {
        Notice::new(self.options.external_memory.as_ref(), outcome.untold)
    }

    /// Reserves bytes for kept stores, if there are as many.
    pub fn reserve(&self, bytes: usize) -> bool {
        let more = |sum: usize| Some(sum + bytes).filter(|sum| *sum <= self.max_kept_bytes);
        self.reserved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Gives back bytes that were reserved.
    pub fn unreserve(&self, bytes: usize) {
        self.reserved.fetch_sub(bytes, Ordering::Relaxed);
    }
}
