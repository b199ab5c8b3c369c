//! The count of what was given out of a store and what was released, on many threads.
//!
//! Biased reference counting (Choi, Shull and Torrellas, 2018): the thread that owns a store counts
//! its releases in `freed` with plain loads and stores, other threads count in `remote` with atomic
//! additions. Who makes the two add up to all that was given out has the store to itself from then
//! on. All changes of `remote` are additions or compare-and-swaps, and the one that makes it [`DONE`]
//! decides; a thread that counted and did not decide must not touch the store again.
//!
//! | state | `owner` | `remote` | who completes it |
//! |---|---|---|---|
//! | biased | a thread | 0 | the owner, whose `freed` reaches `goal`; another thread that has all the rest |
//! | visited | a thread, with [`VISITED`] | units released by others | who makes `freed` and `remote` add up to `goal` |
//! | shared | [`NOBODY`] | `DONE` less the units that are out, from [`SHARED`] on | who adds the last units |
//!
//! The owner of a visited store counts in `remote` like the others, as soon as it sees that it is
//! one. Until then it may release the last buffer in `freed` while another thread releases the last
//! but one in `remote`, and neither sees the other. So all visited stores are posted to the owner's
//! mailbox, where whoever asks next finds them complete ([`Count::claim_missed`]).
//!
//! The tests in `src/model.rs` run pools on these counts in every order of their threads, with loom.

#![forbid(unsafe_code)]

use super::atomic::{AtomicU64, Ordering};
use super::thread::{NOBODY, here};
use super::units::{split, unit};

/// The value of `goal` while buffers may still be placed in a store.
const OPEN: u64 = u64::MAX;

/// The value of `remote` of a shared store when no buffer is left.
const DONE: u64 = u64::MAX;

/// The least value of `remote` of a shared store.
const SHARED: u64 = 1 << 63;

/// The bit of `owner` that is set when other threads have counted in a biased store.
const VISITED: u64 = 1 << 63;

/// Parts that a header counts at the most; a part of a header that has as many gets a header of its
/// own. Threads that cut at the same time may each exceed it by one, and `remote` has room for twice
/// as many.
const MAX_PARTS: usize = 1 << 22;

/// What became of a release on a thread that does not own the store.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Release {
    /// It is counted, and others are left. The store must not be touched any more.
    Counted,
    /// It was the last: the store is the caller's.
    Last,
    /// It is the first of another thread, and not counted: the store must be posted with it.
    First,
}

/// The counts of a store.
#[repr(C)]
pub(super) struct Count {
    /// The thread that counts in `freed`, perhaps with [`VISITED`], or [`NOBODY`].
    owner: AtomicU64,
    /// Units released by the owner, who alone writes it.
    freed: AtomicU64,
    /// Units that were given out, once no more will be; before that, [`OPEN`]. The owner writes it.
    goal: AtomicU64,
    /// Units released by other threads, or [`DONE`] less the units that are out.
    remote: AtomicU64,
}

impl Count {
    /// That of a store without a live buffer.
    pub fn new(owner: u64) -> Self {
        Self {
            owner: AtomicU64::new(owner),
            freed: AtomicU64::new(0),
            goal: AtomicU64::new(0),
            remote: AtomicU64::new(if owner == NOBODY { DONE } else { 0 }),
        }
    }

    /// That of two parts of a buffer of `length` bytes.
    pub fn of_two_parts(length: usize) -> Self {
        let count = Self::new(NOBODY);
        count.remote.store(DONE - unit(0) - unit(length), Ordering::Relaxed);
        count
    }

    /// The same store, without a live buffer, is its owner's again.
    pub fn reset(&self, owner: u64) {
        self.owner.store(owner, Ordering::Relaxed);
        self.freed.store(0, Ordering::Relaxed);
        self.goal.store(0, Ordering::Relaxed);
        self.remote.store(if owner == NOBODY { DONE } else { 0 }, Ordering::Relaxed);
    }

    /// Buffers are placed in the store from now on.
    #[inline]
    pub fn open(&self) {
        self.freed.store(0, Ordering::Relaxed);
        self.goal.store(OPEN, Ordering::Relaxed);
        self.remote.store(0, Ordering::Relaxed);
    }

    /// Counts the whole store as given out, as `units` units.
    #[inline]
    pub fn lend(&self, units: u64) {
        if self.is_biased() {
            self.freed.store(0, Ordering::Relaxed);
            self.goal.store(units, Ordering::Relaxed);
            self.remote.store(0, Ordering::Relaxed);
        } else {
            self.remote.store(DONE - units, Ordering::Relaxed);
        }
    }

    /// Whether it has an owner. The owner's thread knows for sure; others only if they keep the owner
    /// from changing it.
    #[inline]
    pub fn is_biased(&self) -> bool {
        self.owner.load(Ordering::Relaxed) != NOBODY
    }

    /// Whether this thread may count with [`release_here`](Self::release_here).
    #[inline]
    pub fn is_here(&self) -> bool {
        // First the thread's number: finding it may be a call, over which nothing is then kept.
        let here = here();
        self.owner.load(Ordering::Relaxed) == here
    }

    /// Counts a release on the owner's thread. True if it was the last: the store is the caller's.
    #[inline]
    pub fn release_here(&self, units: u64) -> bool {
        let freed = self.freed.load(Ordering::Relaxed) + units;
        let goal = self.goal.load(Ordering::Relaxed);
        // If others have the last buffers, they may free the store as soon as they see this.
        self.freed.store(freed, Ordering::Release);
        freed == goal
    }

    /// Counts a release on another thread, if the store is shared; else
    /// [`release_biased`](Self::release_biased) does.
    #[inline(always)]
    pub fn release_shared(&self, units: u64) -> Option<Release> {
        let now = self.remote.load(Ordering::Acquire);
        if now < SHARED {
            return None;
        }
        // Nobody else counts in a store whose last units these are: no addition need be atomic.
        if now + units == DONE {
            self.remote.store(DONE, Ordering::Relaxed);
            return Some(Release::Last);
        }
        Some(self.add_shared(units))
    }

    #[inline(always)]
    fn add_shared(&self, units: u64) -> Release {
        match self.remote.fetch_add(units, Ordering::AcqRel) + units {
            DONE => Release::Last,
            _ => Release::Counted,
        }
    }

    /// Counts a release on another thread, of a store that may be biased.
    #[inline]
    pub fn release_biased(&self, units: u64) -> Release {
        let mut now = self.remote.load(Ordering::Relaxed);
        while now < SHARED {
            let freed = self.freed.load(Ordering::Acquire);
            let last = freed + now + units == self.goal.load(Ordering::Acquire);
            if now == 0 && !last && self.is_biased() {
                return Release::First;
            }
            match self.replace_remote(now, if last { DONE } else { now + units }) {
                Ok(_) if last => return Release::Last,
                Ok(_) => return Release::Counted,
                Err(other) => now = other,
            }
        }
        self.add_shared(units)
    }

    /// Counts a release on another thread.
    pub fn release_there(&self, units: u64) -> Release {
        self.release_shared(units).unwrap_or_else(|| self.release_biased(units))
    }

    /// Counts the units that another thread is the first to release, and makes the owner count in
    /// `remote` from now on. False if they are not the first. Under the lock that keeps the store.
    pub fn count_first(&self, units: u64) -> bool {
        let first = self.replace_remote(0, units).is_ok();
        if first {
            let owner = self.owner.load(Ordering::Relaxed);
            let (set, failed) = (Ordering::Relaxed, Ordering::Relaxed);
            // It fails if the owner shares the store just now.
            let _shared = self.owner.compare_exchange(owner, owner | VISITED, set, failed);
        }
        first
    }

    /// Whether other threads have counted.
    pub fn is_visited(&self) -> bool {
        self.remote.load(Ordering::Relaxed) != 0
    }

    fn replace_remote(&self, now: u64, new: u64) -> Result<u64, u64> {
        self.remote.compare_exchange(now, new, Ordering::AcqRel, Ordering::Relaxed)
    }

    /// Bytes of a buffer are released, but not the buffer.
    pub fn shrink(&self, bytes: usize) -> Release {
        match self.is_here() {
            // They can't reach the goal: the buffer itself is not released.
            true => {
                self.release_here(bytes as u64);
                Release::Counted
            }
            false => self.release_there(bytes as u64),
        }
    }

    /// No more than `handed` units are given out. True if all are released: the store is the
    /// caller's; else it must not be touched any more. By the owner or, where there is none, by who
    /// gave them out.
    #[inline]
    pub fn retire(&self, handed: u64) -> bool {
        let freed = self.freed.load(Ordering::Relaxed);
        if !self.is_biased() || self.remote.load(Ordering::Relaxed) != 0 {
            return self.share(handed, freed);
        }
        self.goal.store(handed, Ordering::Release);
        freed == handed
    }

    /// Counts all releases in `remote` from now on, of `handed` units of which the owner released
    /// `freed`. True if there is nothing left to release: the store is the caller's; else it must not
    /// be touched any more, unless the caller holds the lock that keeps it.
    #[inline(never)]
    fn share(&self, handed: u64, freed: u64) -> bool {
        self.owner.store(NOBODY, Ordering::Relaxed);
        let mut now = self.remote.load(Ordering::Relaxed);
        while now < SHARED {
            let shared = DONE - (handed - freed - now);
            match self.replace_remote(now, shared) {
                Ok(_) => return shared == DONE,
                Err(other) => now = other,
            }
        }
        // Another thread made it `DONE`.
        false
    }

    /// Counts all releases of this thread's store in `remote` from now on, unless buffers are placed
    /// in it. True if there is nothing left to release: the store is the caller's. Under the lock
    /// that keeps the store. On another thread than the owner's it does nothing.
    pub fn unbias(&self) -> bool {
        let goal = self.goal.load(Ordering::Relaxed);
        let mine = self.is_biased() && self.owner.load(Ordering::Relaxed) & !VISITED == here();
        mine && goal != OPEN && self.share(goal, self.freed.load(Ordering::Relaxed))
    }

    /// Claims a biased store of which the owner and others have released all, while neither saw that
    /// it did: it is the caller's if true. Under the lock that keeps the store.
    pub fn claim_missed(&self) -> bool {
        let freed = self.freed.load(Ordering::Acquire);
        let remote = self.remote.load(Ordering::Acquire);
        let missed = self.is_biased()
            && remote < SHARED
            && freed + remote == self.goal.load(Ordering::Acquire);
        missed && self.replace_remote(remote, DONE).is_ok()
    }

    /// Counts one more part, which is cut off from one that lives; false if that is one too many.
    pub fn add_part(&self) -> bool {
        let more = self.live_used().is_some_and(|(parts, _)| parts < MAX_PARTS);
        if more {
            self.remote.fetch_sub(unit(0), Ordering::Relaxed);
        }
        more
    }

    /// Counts one part less, whose bytes another part takes over, which lives.
    pub fn join_part(&self) {
        // What was written through the part that goes was written by the thread that has both.
        self.remote.fetch_add(unit(0), Ordering::AcqRel);
    }

    /// How many of the `behind` bytes behind a buffer of `length` bytes are released, so that the
    /// buffer has the only right to them.
    pub fn room(&self, behind: usize, length: usize) -> usize {
        let remote = self.remote.load(Ordering::Acquire);
        if behind == 0 {
            0
        } else if remote >= SHARED {
            // With another part alive, what is behind may be that one's.
            if remote + unit(length) == DONE { behind } else { 0 }
        } else if self.is_here() {
            // What was cut off here can be counted back here.
            behind.min(split(self.freed.load(Ordering::Relaxed)).1)
        } else {
            0
        }
    }

    /// Counts bytes of the [`room`](Self::room) of a buffer as given out.
    pub fn widen(&self, bytes: usize) {
        if self.remote.load(Ordering::Relaxed) >= SHARED {
            self.remote.fetch_sub(bytes as u64, Ordering::Relaxed);
        } else {
            let freed = self.freed.load(Ordering::Relaxed) - bytes as u64;
            self.freed.store(freed, Ordering::Release);
        }
    }

    /// Live buffers and bytes of a store in which buffers are placed, of `handed` units so far.
    pub fn live_of(&self, handed: u64) -> (usize, usize) {
        let freed = self.freed.load(Ordering::Acquire);
        split(handed - freed - self.remote.load(Ordering::Acquire))
    }

    /// Units that were released in a store without an owner in which buffers are placed.
    pub fn released(&self) -> u64 {
        self.remote.load(Ordering::Acquire)
    }

    /// Live buffers and bytes of a store that is used up or kept; none if buffers are placed in it.
    pub fn live(&self) -> Option<(usize, usize)> {
        let freed = self.freed.load(Ordering::Acquire);
        let remote = self.remote.load(Ordering::Acquire);
        if remote >= SHARED {
            return Some(split(DONE - remote));
        }
        let goal = self.goal.load(Ordering::Acquire);
        (goal != OPEN).then(|| split(goal - freed - remote))
    }

    /// The same of a store without an owner.
    pub fn live_used(&self) -> Option<(usize, usize)> {
        let remote = self.remote.load(Ordering::Acquire);
        (remote >= SHARED).then(|| split(DONE - remote))
    }
}
