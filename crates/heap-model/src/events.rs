//! What the heap tells of each collection. No unsafe code.

use core::fmt;
use std::time::Duration;

/// What was collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollectionKind {
    /// The new space alone.
    Scavenge,
    /// All spaces, with all else at a stand.
    Full,
    /// All spaces, marked step by step; the event is of the last step.
    Incremental,
}

/// Why it was collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// There was no room in the new space.
    Allocation,
    /// The old space has grown to its limit for now.
    OldSpaceLimit,
    /// Memory outside the heap has grown.
    ExternalMemory,
    /// The host asked for it.
    Requested,
    /// The host was idle.
    Idle,
    /// The heap's limit allows no more.
    LastResort,
}

/// One collection. It prints as a line like V8's `--trace-gc`.
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
    /// Bytes that it moved to the old space.
    pub promoted: usize,
    /// How long all else stood.
    pub pause: Duration,
    /// How many steps of marking came before.
    pub steps: usize,
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
            "{name} {:.1} ({:.1}) -> {:.1} ({:.1}) MB, {:.2} ms; {:?}",
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

/// Who hears of a collection when it is over.
pub(crate) type Listener = Box<dyn FnMut(&CollectionEvent) + Send>;
/// Who hears of a collection before it begins.
pub(crate) type Prologue = Box<dyn FnMut(CollectionKind, Cause) + Send>;
