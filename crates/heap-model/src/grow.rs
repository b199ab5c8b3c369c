//! How far the spaces grow before they are collected (V8's `NewSpace::Grow`, `heap-controller.cc`). No unsafe
//! code.

use crate::heap::Heap;
use crate::options::Growing;
use std::time::Instant;

impl Heap {
    /// Doubles the semi-spaces once survivors have filled one (V8: `NewSpace::Grow`).
    pub(crate) fn grow_new_space(&mut self) {
        let capacity = self.new.capacity();
        let larger = (2 * capacity).min(self.new.maximum());
        if self.survivors > capacity && larger > capacity && self.has_room(2 * larger) {
            self.new.grow(larger);
            self.survivors = 0;
        }
    }

    /// After a full collection: how far the old generation may grow now (V8:
    /// `MemoryController::CalculateAllocationLimit`).
    pub(crate) fn settle_limits(&mut self) {
        let live = self.old_generation();
        let factor = match self.options.growing {
            Growing::Factor(factor) => factor,
            Growing::Utilization => {
                let (promoted, limit) = (self.statistics.promoted, self.options.limit);
                self.pace.factor(Instant::now(), live, promoted, limit)
            }
        };
        let grown = ((live as f64 * factor.max(1.0)) as usize).max(live + (8 << 20));
        let halfway = usize::midpoint(live, self.options.limit);
        let least = self.options.initial_old_generation.min(halfway);
        self.next_full = grown.saturating_add(self.new.capacity()).min(halfway).max(least);
        self.external.settle();
        self.settled = live;
    }

    /// Whether three quarters of what the old generation may grow by have come to it.
    pub(crate) fn is_nearly_due(&self) -> bool {
        let (live, next) = (self.settled, self.next_full);
        self.old_generation() > live + next.saturating_sub(live) / 4 * 3
    }
}
