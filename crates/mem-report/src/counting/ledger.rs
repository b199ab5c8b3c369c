//! The counters: an account a thread, and the list of all accounts.
//!
//! An account is written by its thread alone, with plain loads and stores of relaxed atomics; other
//! threads read it. Accounts are made by the system's allocator, are never freed, and are given to another
//! thread when theirs ends. When a thread ends, its sums move to [`Common`], under the lock of
//! the list, so that readers see them once.
//!
//! Invariant: an account's `flushed - BATCH <= live <= flushed + BATCH` between two operations, because
//! passing either bound flushes. `LIVE` is the sum of all `flushed` and of what threads did that had
//! no account any more.

use super::raw;
use crate::Allocations;
use core::cell::Cell;
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// By how many bytes a thread's live bytes may change until other threads are told.
const BATCH: i64 = 64 * 1024;

/// Live bytes of the process, as far as the threads have told.
static LIVE: AtomicI64 = AtomicI64::new(0);
/// The highest that `LIVE` was since the last sample.
static PEAK: AtomicI64 = AtomicI64::new(0);
static INSTALLED: AtomicBool = AtomicBool::new(false);
static COMMON: Mutex<Common> = Mutex::new(Common { first: None, ended: Sums::ZERO });

/// What threads without an account of their own have done; written with locked instructions.
static LATE: Account = Account::new(None);

/// What all threads share.
struct Common {
    first: Option<&'static Account>,
    /// The sums of threads that have ended.
    ended: Sums,
}

#[derive(Clone, Copy)]
struct Sums {
    live: i64,
    allocated: i64,
    allocations: i64,
    deallocations: i64,
    reallocations: i64,
}

thread_local! {
    /// This thread's account, if it has one and counts. Without a destructor: it can be read at any time.
    static CURRENT: Cell<Option<&'static Account>> = const { Cell::new(None) };
    /// This thread's account, also while it does not count.
    static OWN: Cell<Option<&'static Account>> = const { Cell::new(None) };
    static STATE: Cell<State> = const { Cell::new(State::New) };
    static END: End = const { End };
}

/// Why a thread has no current account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It has not allocated yet.
    New,
    /// It has an account, unless it is being opened just now.
    Open,
    /// Its counting is paused.
    Paused,
    /// Its account is closed: it is about to end.
    Ended,
}

/// Closes the thread's account when it ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        CURRENT.set(None);
        STATE.set(State::Ended);
        if let Some(account) = OWN.take() {
            account.close();
        }
    }
}

/// One thread's counters. Two threads' accounts share no cache line, nor a pair of them.
#[repr(align(128))]
pub struct Account {
    live: AtomicI64,
    /// The highest that `live` was since the last fold.
    peak: AtomicI64,
    /// `live` beyond these is told to other threads.
    low: AtomicI64,
    high: AtomicI64,
    allocated: AtomicI64,
    allocations: AtomicI64,
    deallocations: AtomicI64,
    reallocations: AtomicI64,
    /// The highest that `live` was since the innermost scope began, up to the last fold.
    scope_peak: AtomicI64,
    /// The highest that `live` was since the last flush, up to the last fold.
    crest: AtomicI64,
    /// `live` at the last flush.
    flushed: AtomicI64,
    /// The highest that `live` was when the process was last sampled; written by whom samples.
    seen: AtomicI64,
    /// Whether a thread has it.
    taken: AtomicBool,
    next: Option<&'static Self>,
}

/// Adds to a counter that this thread alone writes. Wraps, for an allocator must not panic.
#[inline]
fn add(counter: &AtomicI64, number: i64) -> i64 {
    let sum = counter.load(Relaxed).wrapping_add(number);
    counter.store(sum, Relaxed);
    sum
}

fn raise(counter: &AtomicI64, to: i64) {
    counter.store(counter.load(Relaxed).max(to), Relaxed);
}

/// Enters an allocation.
#[inline]
pub fn allocated(size: usize) {
    let size = size as i64;
    match CURRENT.get() {
        Some(account) => {
            add(&account.allocations, 1);
            add(&account.allocated, size);
            account.rise(size);
        }
        None => without_account(size, size, &LATE.allocations),
    }
}

/// Enters a deallocation.
#[inline]
pub fn freed(size: usize) {
    let size = size as i64;
    match CURRENT.get() {
        Some(account) => {
            add(&account.deallocations, 1);
            account.fall(size);
        }
        None => without_account(-size, 0, &LATE.deallocations),
    }
}

/// Enters a change of size.
#[inline]
pub fn reallocated(from: usize, to: usize) {
    let grown = to as i64 - from as i64;
    match CURRENT.get() {
        Some(account) => {
            add(&account.reallocations, 1);
            if grown > 0 {
                add(&account.allocated, grown);
                account.rise(grown);
            } else {
                account.fall(-grown);
            }
        }
        None => without_account(grown, grown.max(0), &LATE.reallocations),
    }
}

/// Enters what a thread does first, last, or uncounted.
#[cold]
fn without_account(grown: i64, allocated: i64, count: &'static AtomicI64) {
    match STATE.get() {
        State::Paused => return,
        State::New => {
            // Opening an account may allocate: that is entered below, as the thread's state is another.
            STATE.set(State::Open);
            open();
        }
        State::Open | State::Ended => {}
    }
    if let Some(account) = CURRENT.get() {
        let own = if core::ptr::eq(count, &LATE.allocations) {
            &account.allocations
        } else if core::ptr::eq(count, &LATE.deallocations) {
            &account.deallocations
        } else {
            &account.reallocations
        };
        add(own, 1);
        add(&account.allocated, allocated);
        if grown > 0 { account.rise(grown) } else { account.fall(-grown) }
    } else {
        count.fetch_add(1, Relaxed);
        LATE.allocated.fetch_add(allocated, Relaxed);
        LATE.live.fetch_add(grown, Relaxed);
        let live = LIVE.fetch_add(grown, Relaxed).wrapping_add(grown);
        PEAK.fetch_max(live, Relaxed);
    }
}

/// Gives this thread an account; none if there is no memory for one.
fn open() {
    INSTALLED.store(true, Relaxed);
    // A thread whose destructors have run gets none: nothing would close it.
    if END.try_with(|_| ()).is_err() {
        STATE.set(State::Ended);
        return;
    }
    let mut common = common();
    let mut accounts = common.accounts();
    let account = accounts.find(|account| !account.taken.load(Relaxed)).or_else(|| {
        let made = raw::leak(Account::new(common.first))?;
        common.first = Some(made);
        Some(made)
    });
    if let Some(account) = account {
        account.taken.store(true, Relaxed);
        OWN.set(Some(account));
        CURRENT.set(Some(account));
    }
}

fn common() -> MutexGuard<'static, Common> {
    COMMON.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Common {
    fn accounts(&self) -> impl Iterator<Item = &'static Account> + use<> {
        core::iter::successors(self.first, |account| account.next)
    }
}

impl Account {
    const fn new(next: Option<&'static Self>) -> Self {
        Self {
            live: AtomicI64::new(0),
            peak: AtomicI64::new(0),
            low: AtomicI64::new(-BATCH),
            high: AtomicI64::new(BATCH),
            allocated: AtomicI64::new(0),
            allocations: AtomicI64::new(0),
            deallocations: AtomicI64::new(0),
            reallocations: AtomicI64::new(0),
            scope_peak: AtomicI64::new(0),
            crest: AtomicI64::new(0),
            flushed: AtomicI64::new(0),
            seen: AtomicI64::new(i64::MIN),
            taken: AtomicBool::new(false),
            next,
        }
    }

    #[inline]
    fn rise(&self, size: i64) {
        let live = add(&self.live, size);
        if live > self.peak.load(Relaxed) {
            self.peak.store(live, Relaxed);
            if live > self.high.load(Relaxed) {
                self.flush();
            }
        }
    }

    #[inline]
    fn fall(&self, size: i64) {
        let live = add(&self.live, -size);
        if live < self.low.load(Relaxed) {
            self.flush();
        }
    }

    /// Takes the peak since the last fold into the scope's and the flush's.
    fn fold(&self) {
        let peak = self.peak.load(Relaxed);
        raise(&self.scope_peak, peak);
        raise(&self.crest, peak);
        self.peak.store(self.live.load(Relaxed), Relaxed);
    }

    /// Tells other threads of this one's live bytes and their peak.
    #[cold]
    fn flush(&self) {
        self.fold();
        let (live, flushed) = (self.live.load(Relaxed), self.flushed.load(Relaxed));
        let before = LIVE.fetch_add(live - flushed, Relaxed);
        PEAK.fetch_max(before + (self.crest.load(Relaxed) - flushed), Relaxed);
        self.flushed.store(live, Relaxed);
        self.crest.store(live, Relaxed);
        self.low.store(live - BATCH, Relaxed);
        self.high.store(live + BATCH, Relaxed);
        self.seen.store(i64::MIN, Relaxed);
    }

    /// Begins a scope's peak and gives the one of the scope around it.
    pub fn begin_peak(&self) -> i64 {
        self.fold();
        self.scope_peak.swap(self.live.load(Relaxed), Relaxed)
    }

    /// Ends a scope's peak, which is part of the peak of the scope around it.
    pub fn end_peak(&self, outer: i64) {
        self.fold();
        raise(&self.scope_peak, outer);
    }

    /// What this thread has done.
    pub fn allocations(&self) -> Allocations {
        let peak = self.scope_peak.load(Relaxed).max(self.peak.load(Relaxed));
        self.sums().allocations(peak)
    }

    fn sums(&self) -> Sums {
        Sums {
            live: self.live.load(Relaxed),
            allocated: self.allocated.load(Relaxed),
            allocations: self.allocations.load(Relaxed),
            deallocations: self.deallocations.load(Relaxed),
            reallocations: self.reallocations.load(Relaxed),
        }
    }

    /// Moves the sums to those of the threads that have ended, and leaves the account for another.
    fn close(&self) {
        self.flush();
        let mut common = common();
        common.ended.add(self.sums());
        let fresh = Self::new(None);
        for (own, fresh) in self.counters().into_iter().zip(fresh.counters()) {
            own.store(fresh.load(Relaxed), Relaxed);
        }
        self.taken.store(false, Relaxed);
    }

    fn counters(&self) -> [&AtomicI64; 12] {
        [
            &self.live,
            &self.peak,
            &self.low,
            &self.high,
            &self.allocated,
            &self.allocations,
            &self.deallocations,
            &self.reallocations,
            &self.scope_peak,
            &self.crest,
            &self.flushed,
            &self.seen,
        ]
    }
}

impl Sums {
    const ZERO: Self =
        Self { live: 0, allocated: 0, allocations: 0, deallocations: 0, reallocations: 0 };

    fn add(&mut self, other: Self) {
        self.live += other.live;
        self.allocated += other.allocated;
        self.allocations += other.allocations;
        self.deallocations += other.deallocations;
        self.reallocations += other.reallocations;
    }

    fn allocations(self, peak: i64) -> Allocations {
        Allocations {
            live_bytes: self.live,
            live_blocks: self.allocations - self.deallocations,
            peak_bytes: peak,
            allocated_bytes: self.allocated as u64,
            freed_bytes: (self.allocated - self.live) as u64,
            allocations: self.allocations as u64,
            deallocations: self.deallocations as u64,
            reallocations: self.reallocations as u64,
        }
    }
}

/// Whether the allocator has been called.
pub fn is_installed() -> bool {
    INSTALLED.load(Relaxed)
}

/// Runs a function on this thread's account, if it has one.
pub fn account<R>(function: impl FnOnce(&Account) -> R) -> Option<R> {
    OWN.get().map(function)
}

/// What all threads have done; with `begin`, a new peak begins.
pub fn process(begin: bool) -> Allocations {
    account(Account::flush);
    let common = common();
    let mut sums = common.ended;
    sums.add(LATE.sums());
    let (mut live, mut crest) = (LIVE.load(Relaxed), LIVE.load(Relaxed));
    for account in common.accounts() {
        sums.add(account.sums());
        let (now, flushed) = (account.live.load(Relaxed), account.flushed.load(Relaxed));
        let highest = account.crest.load(Relaxed).max(account.peak.load(Relaxed));
        // A thread that has not been higher since the last sample counts with what it has now.
        let since = if highest > account.seen.load(Relaxed) { highest } else { now };
        live += now - flushed;
        crest += since - flushed;
        if begin {
            account.seen.store(highest, Relaxed);
        }
    }
    let peak = if begin { PEAK.swap(live, Relaxed) } else { PEAK.load(Relaxed) };
    sums.allocations(peak.max(crest))
}

/// What a thread that is paused goes on with.
pub struct Paused {
    account: Option<&'static Account>,
    state: State,
}

/// Lets this thread's operations be uncounted.
pub fn pause() -> Paused {
    Paused { account: CURRENT.take(), state: STATE.replace(State::Paused) }
}

/// Counts again.
pub fn resume(paused: Option<Paused>) {
    if let Some(paused) = paused {
        CURRENT.set(paused.account);
        STATE.set(paused.state);
    }
}
