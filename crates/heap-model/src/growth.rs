//! How far the spaces grow before they are collected (V8's `NewSpace::Grow`, `heap-controller.cc`).

use crate::options::{Growing, HeapOptions, MarkingPace};
use crate::pace::{Pace, largest_factor};
use crate::spaces::Spaces;
use std::collections::VecDeque;
use std::time::Instant;

/// What the growth of a heap depends on.
pub(crate) struct Growth {
    /// Bytes that survived since the new space last grew.
    pub survivors: usize,
    /// Bytes of the old generation at which it is collected.
    pub next_full: usize,
    /// The old generation's bytes after the last full collection.
    live: usize,
    /// Bytes that were allocated in the new space until the last collection.
    allocated: usize,
    /// The same when the old generation had reached its mark, if it has.
    due_since: Option<usize>,
    /// The parts of young cells that survived the last collections; `None` once the first full one has set the mark, or if
    /// it does not follow them.
    survival: Option<VecDeque<f64>>,
    pub pace: Pace,
}

/// How many collections the average survival is of (V8: `RingBuffer`).
const REMEMBERED: usize = 10;
/// The least growth until a full collection (V8: `MinimumAllocationLimitGrowingStep`), in bytes.
const LEAST: usize = 8 << 20;

impl Growth {
    pub fn new(options: &HeapOptions, now: Instant) -> Self {
        Self {
            survivors: 0,
            next_full: options.initial_old_generation,
            live: 0,
            allocated: 0,
            due_since: None,
            survival: options.adaptive_initial.then(VecDeque::new),
            pace: Pace::new(now),
        }
    }

    /// Forgets what was collected so far: what is in the old generation now is what the program begins with.
    pub fn restart(&mut self, spaces: &Spaces, options: &HeapOptions) {
        let Self { survivors, next_full, live, due_since, survival, .. } = self;
        *survivors = 0;
        *live = spaces.old_generation();
        *next_full = options.initial_old_generation.max(*live + LEAST);
        *due_since = None;
        *survival = options.adaptive_initial.then(VecDeque::new);
    }

    /// Before a collection: counts what was allocated since the last one.
    pub fn begin(&mut self, spaces: &Spaces) {
        self.allocated = self.allocated_now(spaces);
    }

    /// Counts a large cell.
    pub fn allocated(&mut self, bytes: usize) {
        self.allocated += bytes;
    }

    /// Whether the old generation has passed its mark by so much that marking is not waited for (V8:
    /// `Heap::AllocationLimitOvershotByLargeMargin`).
    pub fn is_overshot(&self, spaces: &Spaces) -> bool {
        let beyond = spaces.old_generation().saturating_sub(self.next_full);
        let half = (spaces.old_generation() + spaces.old_room()).saturating_sub(self.next_full) / 2;
        beyond > (self.next_full / 2).max(32 << 20).min(half)
    }

    fn allocated_now(&self, spaces: &Spaces) -> usize {
        self.allocated + spaces.new.used().saturating_sub(spaces.new.aged())
    }

    /// After the new space's `before` bytes were collected, of which `survived` are left: lowers the first mark.
    pub fn survived(&mut self, spaces: &Spaces, before: usize, survived: usize) {
        let Some(survival) = &mut self.survival else { return };
        if before == 0 {
            return;
        }
        if survival.len() == REMEMBERED {
            survival.pop_front();
        }
        survival.push_back((survived as f64 / before as f64).min(1.0));
        let average = survival.iter().sum::<f64>() / survival.len() as f64;
        let lower = (self.next_full as f64 * average) as usize;
        self.next_full = self.next_full.min(lower.max(spaces.old_generation() + LEAST));
    }

    /// Notes that the old generation has reached its mark, and says whether marking has visited all of it since then.
    pub fn has_marked(&mut self, spaces: &Spaces, pace: MarkingPace) -> bool {
        let pace = match pace {
            MarkingPace::AtOnce | MarkingPace::Ahead => return true,
            MarkingPace::Interleaved(pace) | MarkingPace::Separate(pace) => pace,
        };
        let allocated = self.allocated_now(spaces);
        let since = *self.due_since.get_or_insert(allocated);
        (allocated - since) as f64 * pace >= spaces.old_generation() as f64
    }

    /// Doubles the semi-spaces once survivors have filled one (V8:
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
            Growing::Maximum => largest_factor(limit),
            Growing::Utilization => self.pace.factor(Instant::now(), live, promoted, limit),
        };
        (self.due_since, self.survival) = (None, None);
        let grown = ((live as f64 * factor.max(1.0)) as usize).max(live + LEAST);
        let halfway = usize::midpoint(live, limit);
        let least =
            if options.adaptive_initial { 0 } else { options.initial_old_generation.min(halfway) };
        self.next_full = grown.saturating_add(spaces.new.capacity()).min(halfway).max(least);
        self.live = live;
    }

    /// Whether the old generation has grown by three quarters of what it may.
    pub fn is_nearly_due(&self, spaces: &Spaces) -> bool {
        let next = self.next_full.saturating_sub(self.live);
        spaces.old_generation() > self.live + next / 4 * 3
    }
}
