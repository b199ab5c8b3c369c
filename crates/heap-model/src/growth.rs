//! How far the spaces grow before they are collected (V8's `NewSpace::Grow`, `heap-controller.cc`).

use crate::options::{Growing, HeapOptions};
use crate::pace::Pace;
use crate::spaces::Spaces;
use std::time::Instant;

/// What the growth of a heap depends on.
pub(crate) struct Growth {
    /// Bytes that survived since the new space last grew.
    pub survivors: usize,
    /// Bytes of the old generation at which it is collected.
    pub next_full: usize,
    /// The old generation's bytes after the last full collection.
    live: usize,
    pub pace: Pace,
}

impl Growth {
    pub fn new(options: &HeapOptions, now: Instant) -> Self {
        let next_full = options.initial_old_generation;
        Self { survivors: 0, next_full, live: 0, pace: Pace::new(now) }
    }

    /// Doubles the semi-spaces once survivors have filled one, at the beginning of a collection (V8:
    /// `Heap::CheckNewSpaceExpansionCriteria`, `NewSpace::Grow`).
    pub fn grow_new_space(&mut self, spaces: &mut Spaces) {
        let capacity = spaces.new.capacity();
        let larger = (2 * capacity).min(spaces.new.maximum());
        if self.survivors > capacity && larger > capacity && spaces.grow_new_space(larger) {
            self.survivors = 0;
        }
    }

    /// After a full collection: sets how far the old generation may grow (V8: `MemoryController::CalculateAllocationLimit`).
    /// `promoted` is the sum of all bytes that were ever promoted.
    pub fn collected(&mut self, spaces: &Spaces, options: &HeapOptions, promoted: usize) {
        let (live, limit) = (spaces.old_generation(), spaces.limit());
        let factor = match options.growing {
            Growing::Factor(factor) => factor,
            Growing::Utilization => self.pace.factor(Instant::now(), live, promoted, limit),
        };
        let grown = ((live as f64 * factor.max(1.0)) as usize).max(live + (8 << 20));
        let halfway = usize::midpoint(live, limit);
        let least = options.initial_old_generation.min(halfway);
        self.next_full = grown.saturating_add(spaces.new.capacity()).min(halfway).max(least);
        self.live = live;
    }

    /// Whether the old generation has grown by three quarters of what it may.
    pub fn is_nearly_due(&self, spaces: &Spaces) -> bool {
        let next = self.next_full.saturating_sub(self.live);
        spaces.old_generation() > self.live + next / 4 * 3
    }
}
