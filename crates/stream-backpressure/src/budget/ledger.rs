//! The sums of a budget: what it may charge, and what it has charged.

use std::sync::atomic::{
    AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};

/// The sums, in bytes. `cap` and `used` are sequentially consistent, as the header of
/// [`budget`](super) says; the others only count.
pub(super) struct Ledger {
    cap: AtomicUsize,
    /// At most `cap`, unless that was lowered since.
    used: AtomicUsize,
    peak: AtomicUsize,
    refusals: AtomicUsize,
}

impl Ledger {
    pub(super) const fn new(cap: usize) -> Self {
        Self {
            cap: AtomicUsize::new(cap),
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            refusals: AtomicUsize::new(0),
        }
    }

    pub(super) fn cap(&self) -> usize {
        self.cap.load(SeqCst)
    }

    pub(super) fn set_cap(&self, bytes: usize) {
        self.cap.store(bytes, SeqCst);
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(SeqCst)
    }

    pub(super) fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }

    pub(super) fn refusals(&self) -> usize {
        self.refusals.load(Relaxed)
    }

    pub(super) fn count_refusal(&self) {
        self.refusals.fetch_add(1, Relaxed);
    }

    /// Bytes that are free, which is what one stream may hold.
    pub(super) fn threshold(&self) -> usize {
        self.cap().saturating_sub(self.used())
    }

    /// Charges `least` to `most` bytes to a stream that has `charged`, if there is room.
    pub(super) fn take(&self, charged: usize, least: usize, most: usize) -> Option<usize> {
        let mut taken = 0;
        let fits = |used: usize| {
            let room = self.cap().saturating_sub(used).saturating_sub(charged);
            taken = most.min(room);
            (taken >= least).then_some(used + taken)
        };
        let used = self.used.fetch_update(SeqCst, SeqCst, fits).ok()? + taken;
        if used > self.peak() {
            self.peak.fetch_max(used, Relaxed);
        }
        Some(taken)
    }

    pub(super) fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, SeqCst);
    }
}
