//! The collectors, and when they run. No unsafe code.
//!
//! A scavenge moves the new space's survivors. A full collection promotes them all, marks the old
//! and the large cells from the roots, decides weak references and ephemerons, moves the cells of
//! sparse pages together, and leaves sweeping to the allocations that need room. Marking can also
//! go along with allocation in small steps. Neither recurses.

mod compact;
mod full;
mod incremental;
mod mark;
mod scavenge;
mod wait;

pub(crate) use mark::Marker;

use crate::Heap;

impl Heap {
    /// Takes note of the owned roots that were dropped.
    pub(crate) fn drain_released(&mut self) {
        let mut released = self.released.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for index in released.drain(..) {
            self.globals.try_remove(index as usize);
        }
    }
}
