//! Events: what a heap reports of each collection.

use core::fmt;
use std::time::Duration;

/// What was collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollectionKind {
    /// The new space alone.
    Scavenge,
    /// All spaces, stop-the-world.
    Full,
    /// All spaces, marked incrementally; the event is of the last step.
    Incremental,
}

/// Why it was collected (V8's `GarbageCollectionReason`, whose names are in brackets).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// There was no room in the new space (`kAllocationFailure`).
    Allocation,
    /// The old generation has grown to its limit for now (`kAllocationLimit`).
    OldSpaceLimit,
    /// Memory outside the heap has grown (`kExternalMemoryPressure`).
    ExternalMemory,
    /// The host asked for it (`kTesting`, as of `gc()`).
    Requested,
    /// The host was idle (`kIdleTask`).
    Idle,
    /// The heap's limit allows no more (`kLastResort`).
    LastResort,
}

/// One collection. It prints as a line like V8's `--trace-gc`: milliseconds since the heap was made, MB used
/// (committed) before and after, the pause, and the cause.
///
/// ```
/// use heap_model::{Cause, CollectionEvent, CollectionKind, Heap, HeapOptions, Kind};
/// use std::sync::mpsc;
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let (sender, events) = mpsc::channel::<CollectionEvent>();
/// // A listener can't reach the heap, which is not to be used while it collects: it passes on.
/// heap.on_collection(move |event| sender.send(*event).unwrap());
/// heap.enter(|scope| scope.alloc(Kind::Bytes, 0, 1 << 20).map(drop))?;
/// heap.collect();
/// let event = events.recv()?;
/// assert_eq!((event.kind, event.cause), (CollectionKind::Full, Cause::Requested));
/// assert_eq!((event.used_before, event.used_after), ((1 << 20) + 16, 0));
/// println!("{event}"); //       45 ms: Mark-Compact 1.0 (3.0) -> 0.0 (2.0) MB, 0.05 ms; Requested
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CollectionEvent {
    /// What was collected.
    pub kind: CollectionKind,
    /// Why.
    pub cause: Cause,
    /// Bytes of cells before.
    pub used_before: usize,
    /// Bytes of cells after.
    pub used_after: usize,
    /// Bytes committed before.
    pub committed_before: usize,
    /// Bytes committed after.
    pub committed_after: usize,
    /// Bytes that were promoted.
    pub promoted: usize,
    /// Bytes that survived in the new space.
    pub copied: usize,
    /// The pause, without the marking steps before it.
    pub pause: Duration,
    /// The time from the making of the heap to the end of the collection.
    pub since_start: Duration,
    /// The number of marking steps before the last.
    pub steps: usize,
    /// The number of owners of registrations that have work: see [`Scope::next_owner`](crate::Scope::next_owner). By it a
    /// host is told that it has cleanup to do.
    pub owners_with_work: usize,
}

impl fmt::Display for CollectionEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.kind {
            CollectionKind::Scavenge => "Scavenge",
            CollectionKind::Full => "Mark-Compact",
            CollectionKind::Incremental => "Mark-Compact (incremental)",
        };
        let mb = |bytes: usize| bytes as f64 / 1_048_576.0;
        write!(
            f,
            "{:8.0} ms: {name} {:.1} ({:.1}) -> {:.1} ({:.1}) MB, {:.2} ms; {:?}",
            self.since_start.as_secs_f64() * 1e3,
            mb(self.used_before),
            mb(self.committed_before),
            mb(self.used_after),
            mb(self.committed_after),
            self.pause.as_secs_f64() * 1e3,
            self.cause,
        )?;
        if self.steps > 0 { write!(f, " (+ {} steps)", self.steps) } else { Ok(()) }
    }
}
