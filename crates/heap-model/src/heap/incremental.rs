//! Incremental marking: when its steps are due, and how it ends (V8's `incremental-marking.cc`). The write barrier
//! marks what is stored into an old cell, a new old cell is marked, and the last step marks from the roots once more.

use super::Heap;
use crate::collect::scavenge::Promote;
use crate::events::{Cause, CollectionKind};
use crate::memory::cell::WORD;
use crate::memory::mapping::PAGE;
use std::time::{Duration, Instant};

impl Heap {
    /// Does a marking step if one is due; the last step finishes the collection.
    pub(super) fn mark_along(&mut self) {
        let Some(length) = self.options.incremental else { return };
        let old = self.spaces.old_generation();
        if self.marking.marker.is_none() {
            if self.marking.clearing || old > self.growth.next_full {
                self.approach_marking(length);
            }
            return;
        }
        // Visit at least twice what the old generation has grown by, so that marking ends.
        let grown = old.saturating_sub(self.marking.marked_until);
        self.marking.marked_until = old;
        // Past twice its limit the old generation has outrun marking: finish now.
        let late = old > self.growth.next_full.saturating_mul(2);
        if self.mark_for(length, if late { usize::MAX } else { 2 * grown / WORD }) {
            self.conclude(Cause::OldSpaceLimit);
        }
    }

    /// Clears marks until the deadline, and begins to mark when all are cleared.
    pub(crate) fn approach_marking(&mut self, length: Duration) {
        let start = Instant::now();
        if self.marking.clear(&mut self.spaces, start, length) {
            let shrink = self.shrinks_tables();
            self.marking.begin(&self.spaces, &mut self.roots, shrink);
            // A large cell may have overshot the limit; marking is late only after the same growth again.
            self.growth.next_full = self.growth.next_full.max(self.marking.marked_until);
        }
        self.count_step(start);
    }

    /// Marks until the deadline, but at least `least` slots. Returns whether marking may end now.
    fn mark_for(&mut self, length: Duration, least: usize) -> bool {
        let start = Instant::now();
        let done = self.marking.step(start, length, least);
        self.count_step(start);
        done
    }

    fn count_step(&mut self, start: Instant) {
        let pause = start.elapsed();
        self.growth.pace.stepped(pause);
        self.counters.pause(pause);
    }

    /// Called when steps have nothing left. Much may still be reachable from young cells and new handles only, so steps
    /// continue after a first scavenge, and a second one ends the marking.
    fn conclude(&mut self, cause: Cause) {
        if self.marking.marker.as_ref().is_some_and(|marker| marker.ends) {
            return self.finish_incremental(cause);
        }
        let event = self.begin_collection(CollectionKind::Scavenge, cause);
        self.evacuate_new_space(Promote::All);
        if let Some(marker) = &mut self.marking.marker {
            marker.mark_roots(&self.roots);
            marker.ends = true;
        }
        self.end_collection(event);
    }

    fn finish_incremental(&mut self, cause: Cause) {
        let event = self.begin_collection(CollectionKind::Incremental, cause);
        self.evacuate_new_space(Promote::All);
        if let Some(marker) = self.marking.marker.take() {
            self.finish_marking(marker);
        }
        self.end_collection(event);
    }

    /// Uses the host's idle time until `deadline`: marks, if a collection is in progress or near, and gives empty pages
    /// back to the operating system (V8's `IdleNotificationDeadline`). Returns whether nothing is left to do.
    ///
    /// Marking steps keep the deadline, whatever the shape of the graph. These parts of a collection are not divided:
    /// - its beginning, O(handles + pages);
    /// - a scavenge before the last steps, O(survivors + slots that refer to young cells);
    /// - its end, which is another scavenge, O(handles + entries of ephemeron tables + registrations + weak and native
    ///   cells + pages + unmapped large cells), the evacuation of at most 256 KiB of cells, and marking of what only the
    ///   latest handles and young cells lead to, and of ephemerons' values that take more than ten rounds over all tables.
    pub fn idle(&mut self, deadline: Instant) -> bool {
        let mut due = self.growth.is_nearly_due(&self.spaces);
        while due || self.marking.is_on() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let length = left.min(Duration::from_millis(1));
            if self.marking.marker.is_none() {
                due = false;
                self.approach_marking(length);
            } else if self.mark_for(length, 0) {
                self.conclude(Cause::Idle);
            }
        }
        while self.spaces.old.resident_empty() > 0 {
            if Instant::now() >= deadline {
                return false;
            }
            self.spaces.change().old.release(8);
        }
        true
    }

    /// Gives memory without cells back to the operating system: empty pages, the unused parts of the semi-spaces, and
    /// unused memory of the heap's lists, but not free ranges in pages with cells. The semi-spaces shrink to their initial
    /// size (V8's `NewSpace::Shrink`), if their cells fit. Collects nothing. O(pages + owned roots + weak handles + native
    /// cells).
    pub fn release_memory(&mut self) {
        self.roots.drain();
        self.roots.shrink();
        self.natives.payloads.shrink();
        self.doubles.forget_dead(&self.spaces, self.marking.is_on());
        self.spaces.change().old.release_all();
        self.spaces.shrink_new_space(self.options.initial_semi_space.max(PAGE));
        self.roots.handles.release();
        self.roots.registers.release();
    }
}
