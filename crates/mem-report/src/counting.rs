//! A global allocator that counts: exact figures of the process, of a thread and of a scope.
//!
//! Install [`Counting`] as the global allocator; then [`process`], [`thread`] and [`Scope`] say what was
//! allocated. Counters are a thread's own, so that threads do not wait for one another and tests that
//! run side by side do not see each other's allocations: what a test measures by [`measure`] or a
//! [`Scope`] is what its own thread did.
//!
//! ```
//! use mem_report::counting::{self, Counting};
//!
//! #[global_allocator]
//! static ALLOCATOR: Counting = Counting::system();
//!
//! let (vector, did) = counting::measure(|| vec![0_u8; 1000]);
//! let did = did.expect("the allocator is installed");
//! assert_eq!((did.allocations, did.live_bytes, did.peak_bytes), (1, 1000, 1000));
//! drop(vector);
//! ```
//!
//! # Exactness
//!
//! All counts and sums are exact; so are the live bytes and the peak of a thread or a scope. The peak of a
//! process is exact while one thread allocates. Threads that allocate at the same time tell one another of
//! every 64 KiB, so their common peak is exact to 64 KiB a thread.
//!
//! Memory that one thread allocates and another frees is the first one's allocation and the second
//! one's deallocation, so a thread's live bytes can be negative; the process's are right.

mod allocator;
mod ledger;
mod raw;
mod source;

use crate::{Allocations, Figure, MemoryUsage, Source};
pub use allocator::Counting;
use core::marker::PhantomData;
use ledger::Account;
pub use source::CountedProcess;

/// Whether [`Counting`] is this process's global allocator.
#[must_use]
pub fn is_installed() -> bool {
    ledger::is_installed() || {
        drop(core::hint::black_box(Box::new(0_u8)));
        ledger::is_installed()
    }
}

/// What the whole process has allocated since its start; the peak is that since the last [`sample`].
///
/// `None` if [`Counting`] is not the global allocator. O(t) for t threads.
#[must_use]
pub fn process() -> Option<Allocations> {
    is_installed().then(|| ledger::process(false))
}

/// As [`process`], and lets a new peak begin.
#[must_use]
pub fn sample() -> Option<Allocations> {
    is_installed().then(|| ledger::process(true))
}

/// What this thread has allocated since its start; the peak is that since the innermost open [`Scope`]
/// began.
///
/// `None` if [`Counting`] is not the global allocator. O(1).
#[must_use]
pub fn thread() -> Option<Allocations> {
    is_installed().then(|| ledger::account(Account::allocations).unwrap_or_default())
}

/// The process's live bytes as [`Figure::HeapUsed`]; without any figure if [`Counting`] is not the global
/// allocator.
#[must_use]
pub fn memory_usage() -> MemoryUsage {
    let live = process().and_then(|process| u64::try_from(process.live_bytes).ok());
    let usage = MemoryUsage::new();
    live.map_or(usage, |live| usage.with(Figure::HeapUsed, live, Source::COUNTING_ALLOCATOR))
}

/// Runs a function and says what this thread allocated in it.
///
/// `None` if [`Counting`] is not the global allocator.
pub fn measure<R>(function: impl FnOnce() -> R) -> (R, Option<Allocations>) {
    let scope = Scope::begin();
    let result = function();
    let did = scope.end();
    (result, did)
}

/// Runs a function whose allocations are not counted, nor its deallocations.
///
/// What it allocates is to be freed in another such call, else the figures lack the allocation and have the
/// deallocation.
pub fn uncounted<R>(function: impl FnOnce() -> R) -> R {
    /// Counts again also when the function panics.
    struct Resume(Option<ledger::Paused>);
    impl Drop for Resume {
        fn drop(&mut self) {
            ledger::resume(self.0.take());
        }
    }
    let _resume = Resume(Some(ledger::pause()));
    function()
}

/// What this thread allocates from now on.
///
/// Scopes nest: an inner one ends before the outer one. One that outlives an outer scope has the right
/// sums and a peak that is too high.
#[derive(Debug)]
pub struct Scope {
    start: Allocations,
    /// The peak of the scope around this one, up to the start.
    outer_peak: i64,
    /// A scope is its thread's.
    thread: PhantomData<*const ()>,
}

impl Scope {
    /// Begins a scope on this thread.
    #[must_use]
    pub fn begin() -> Self {
        let (start, outer_peak) = ledger::account(|account| {
            let outer_peak = account.begin_peak();
            (account.allocations(), outer_peak)
        })
        .unwrap_or_default();
        Self { start, outer_peak, thread: PhantomData }
    }

    /// What was allocated since the scope began: live and peak are what is beyond the start's live bytes.
    ///
    /// `None` if [`Counting`] is not the global allocator, or the thread's counters are closed because it ends.
    #[must_use]
    pub fn so_far(&self) -> Option<Allocations> {
        let now = thread()?;
        // A thread that is about to end has no counters any more.
        (now.allocations >= self.start.allocations).then(|| Allocations {
            live_bytes: now.live_bytes - self.start.live_bytes,
            live_blocks: now.live_blocks - self.start.live_blocks,
            peak_bytes: now.peak_bytes - self.start.live_bytes,
            allocated_bytes: now.allocated_bytes - self.start.allocated_bytes,
            freed_bytes: now.freed_bytes - self.start.freed_bytes,
            allocations: now.allocations - self.start.allocations,
            deallocations: now.deallocations - self.start.deallocations,
            reallocations: now.reallocations - self.start.reallocations,
        })
    }

    /// Ends the scope and says what was allocated in it.
    #[must_use]
    pub fn end(self) -> Option<Allocations> {
        self.so_far()
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        ledger::account(|account| account.end_peak(self.outer_peak));
    }
}
