//! The registry: held values by registration, in the order of registration.
//!
//! Invariant: a registration's number is used once, by all registries together.

use super::pointer::Pointer;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::BTreeMap;

/// Held values that are delivered once their target has died: a FinalizationRegistry (ECMA-262, 26.2) whose cleanup
/// the program calls.
///
/// Unlike a destructor, cleanup runs where the program calls it, on the program's thread and with its borrows. *n* is
/// the number of registrations.
///
/// ```
/// use std::rc::Rc;
/// use weak_refs::rc::RcFinalizationRegistry;
///
/// let mut files = RcFinalizationRegistry::new();
/// let (kept, dropped) = (Rc::new(()), Rc::new(()));
/// let registration = files.register(&kept, "kept");
/// let _ = files.register(&dropped, "dropped");
/// drop(dropped);
/// assert_eq!(files.cleanup_some(usize::MAX), ["dropped"]);
/// assert_eq!(files.unregister(registration), Some("kept"));
/// ```
pub struct WeakKeyRegistry<P: Pointer, H> {
    cells: BTreeMap<u64, Cell<P, H>>,
    /// The number at which [`cleanup_next`](Self::cleanup_next) continues.
    next: u64,
}

/// Only its uniqueness matters, not its order among threads.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// What takes a registration back, from its own registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "without it the registration cannot be taken back"]
pub struct KeyRegistration {
    number: u64,
}

struct Cell<P: Pointer, H> {
    target: P::Weak,
    held: H,
}

impl<P: Pointer, H> WeakKeyRegistry<P, H> {
    /// An empty registry; it allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { cells: BTreeMap::new(), next: 0 }
    }

    /// Keeps `held` until `target` has died; O(log *n*). A target can be registered many times.
    pub fn register(&mut self, target: &P, held: H) -> KeyRegistration {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.cells.insert(number, Cell { target: target.downgrade(), held });
        KeyRegistration { number }
    }

    /// Takes a registration back and returns its held value, unless that was delivered; O(log *n*).
    /// Another registry's registration gives `None`.
    pub fn unregister(&mut self, registration: KeyRegistration) -> Option<H> {
        self.cells.remove(&registration.number).map(|cell| cell.held)
    }

    /// Takes out at most `limit` held values of dead targets, in the order of registration; O(*n*).
    #[must_use = "these are the held values to be cleaned up"]
    pub fn cleanup_some(&mut self, limit: usize) -> Vec<H> {
        let dead = |cell: &mut Cell<P, H>| P::is_dead(&cell.target);
        self.cells
            .extract_if(.., |_, cell| dead(cell))
            .take(limit)
            .map(|(_, cell)| cell.held)
            .collect()
    }

    /// Takes out the held values of dead targets among the next `looks` registrations, in the order of
    /// registration. Begins where the last call ended, so that repeated calls reach every registration.
    /// O(log *n* + `looks` + taken log *n*).
    #[must_use = "these are the held values to be cleaned up"]
    pub fn cleanup_next(&mut self, looks: usize) -> Vec<H> {
        let looks = looks.min(self.cells.len());
        let turn = self.cells.range(self.next..).chain(self.cells.range(..self.next)).take(looks);
        let mut dead = Vec::new();
        let mut last = None;
        for (number, cell) in turn {
            last = Some(*number);
            if P::is_dead(&cell.target) {
                dead.push(*number);
            }
        }
        self.next = last.map_or(0, |last| last + 1);
        dead.into_iter()
            .filter_map(|number| self.cells.remove(&number))
            .map(|cell| cell.held)
            .collect()
    }

    /// How many held values there are.
    #[must_use]
    pub fn occupancy(&self) -> usize {
        self.cells.len()
    }
}

impl<P: Pointer, H> Default for WeakKeyRegistry<P, H> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Pointer, H> fmt::Debug for WeakKeyRegistry<P, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakKeyRegistry")
            .field("occupancy", &self.occupancy())
            .finish_non_exhaustive()
    }
}
