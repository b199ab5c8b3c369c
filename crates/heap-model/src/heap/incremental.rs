//! Incremental marking: when its steps are due, and how it ends (V8's `incremental-marking.cc`). The write barrier
//! marks what is stored into an old cell, a new old cell is marked, and the last step marks from the roots once more.

use super::Heap;
use crate::collect::scavenge::Promote;
use crate::events::{Cause, CollectionKind};
use crate::memory::cell::WORD;
use crate::memory::mapping::PAGE;
use std::time::{Duration, Instant};

impl Heap {
    /// A step of marking, if it is due; at its end the collection is finished.
    pub(super) fn mark_along(&mut self) {
        let Some(length) = self.options.incremental else { return };
        let old = self.spaces.old_generation();
        if self.marking.marker.is_none() {
            if self.marking.clearing || old > self.growth.next_full {
                self.approach_marking(length);
            }
            return;
        }
        // Twice what has come to the old generation is visited at least, so that marking ends.
        let grown = old.saturating_sub(self.marking.marked_until);
        self.marking.marked_until = old;
        // Past twice the limit, marking has lost the race against allocation.
        let late = old > self.growth.next_full.saturating_mul(2);
        if self.mark_for(length, if late { usize::MAX } else { 2 * grown / WORD }) {
            self.conclude(Cause::OldSpaceLimit);
        }
    }

    /// Clears marks for so long at the most, and begins to mark once all are cleared.
    pub(crate) fn approach_marking(&mut self, length: Duration) {
        let start = Instant::now();
        if self.marking.clear(&mut self.spaces, start, length) {
            let shrink = self.shrinks_tables();
            self.marking.begin(&self.spaces, &mut self.roots, shrink);
            // One large cell may have gone far beyond: marking is late only if as much comes again.
            self.growth.next_full = self.growth.next_full.max(self.marking.marked_until);
        }
        self.count_step(start);
    }

    /// Marks for so long at the most, if `least` slots are done by then; true if nothing is left.
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

    /// Steps have nothing left to do. What only young cells and new handles lead to may still be much, so steps go on
    /// after a first scavenge, and a second one ends the marking.
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

    /// Uses time that the host has to spare: marks, if a collection is under way or near, and gives
    /// empty pages back to the operating system (V8's `IdleNotificationDeadline`). Whether there is
    /// nothing left to do.
    ///
    /// Steps keep the deadline, whatever the shape of what they mark. These parts of a collection are not
    /// divided: it begins in O(handles), and chooses among pages in O(pages), collects the new space before its last steps, in O(survivors +
    /// slots that refer to young cells), and ends with that again and O(handles + entries of ephemeron tables +
    /// registrations + weak and native cells + pages + unmapped large cells), at most 4 MB of cells being
    /// moved. What has been marked by then is not visited again. Left to the end is what only the latest handles
    /// and young cells lead to, and values that depend on one another's in more than ten rounds over all tables.
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

    /// Gives all memory that holds no cell back to the operating system, but for what is free in pages with cells:
    /// empty pages, the semi-spaces behind their cells, and the heap's lists. The semi-spaces go back to their
    /// initial size (V8's `NewSpace::Shrink`), if their cells fit there. It collects nothing. O(pages + owned roots,
    /// weak handles and native cells).
    pub fn release_memory(&mut self) {
        self.roots.drain();
        self.roots.shrink();
        self.natives.payloads.shrink();
        self.doubles.forget_dead(&self.spaces, self.marking.is_on());
        self.spaces.change().old.release_all();
        self.spaces.shrink_new_space(self.options.initial_semi_space.max(PAGE));
        self.roots.handles.release();
    }
}
