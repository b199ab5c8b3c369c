//! The state of incremental marking: marks are cleared in steps, then cells are marked in steps (V8's
//! `incremental-marking.cc`).

use super::compact::{MOVED_BY_A_STEP, select_candidates};
use super::mark::Marker;
use crate::memory::chunk::Chunk;
use crate::roots::Roots;
use crate::spaces::Spaces;
use std::time::{Duration, Instant};

/// Slots visited between two readings of the clock.
const PORTION: usize = 8192;
/// Pages whose marks are cleared between two readings of the clock.
const CLEARED: usize = 64;

/// The progress of incremental marking.
#[derive(Default)]
pub(crate) struct Marking {
    pub marker: Option<Marker>,
    /// Before marking: the marks of the last one are being cleared.
    pub clearing: bool,
    /// The evacuation candidates of the collection in progress.
    pub candidates: Vec<Chunk>,
    /// Steps since the last full collection.
    pub steps: usize,
    /// The old generation's bytes at the last step.
    pub marked_until: usize,
    /// Slots and entries that all markings have visited.
    pub work: usize,
}

impl Marking {
    /// Whether a collection is in progress while the program runs, so that marks are incomplete.
    pub fn is_on(&self) -> bool {
        self.clearing || self.marker.is_some()
    }

    /// Abandons an unfinished marking.
    pub fn cancel(&mut self) {
        (self.marker, self.clearing) = (None, false);
    }

    /// A marker for this heap.
    pub fn marker(&self, spaces: &Spaces, roots: &Roots, shrink: bool) -> Marker {
        let described = roots.descriptors.len();
        Marker::new(spaces.new.range(), described, !self.candidates.is_empty(), shrink)
    }

    /// Clears marks until the deadline. Returns whether all are cleared. The marks of a gigabyte take several steps.
    pub fn clear(&mut self, spaces: &mut Spaces, start: Instant, length: Duration) -> bool {
        if !self.clearing {
            self.clearing = true;
            spaces.change().old.retire();
            // The live bytes of pages are cleared with the marks. From now on references to the candidates are recorded,
            // so nothing is allocated in them.
            self.candidates = select_candidates(spaces, MOVED_BY_A_STEP, false);
            let mut change = spaces.change();
            change.old.exclude_evacuated();
            change.begin_clearing();
        }
        let mut change = spaces.change();
        loop {
            let cleared = change.old.clear_marks(CLEARED);
            if cleared || start.elapsed() >= length {
                self.clearing = !cleared;
                return cleared;
            }
        }
    }

    /// Begins to mark, from handles, registers and owned roots. It is not known yet which young cells live; they are
    /// visited when they are promoted.
    pub fn begin(&mut self, spaces: &Spaces, roots: &mut Roots, shrink: bool) {
        roots.drain();
        let mut marker = self.marker(spaces, roots, shrink);
        marker.mark_roots(roots);
        self.marker = Some(marker);
        self.marked_until = spaces.old_generation();
    }

    /// Marks until the deadline, but at least `least` slots. Returns whether marking may end now: nothing is left, and there
    /// was little when the step began. A longer step leaves the end to the next one, so that these are two pauses.
    pub fn step(&mut self, start: Instant, length: Duration, least: usize) -> bool {
        let Some(marker) = &mut self.marker else { return false };
        self.steps += 1;
        let before = marker.work;
        loop {
            let done = marker.step(PORTION);
            let work = marker.work - before;
            if done {
                return work <= least.max(PORTION) || start.elapsed() <= length / 2;
            }
            if work >= least && start.elapsed() >= length {
                return false;
            }
        }
    }
}
