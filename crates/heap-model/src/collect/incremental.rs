//! Marking along with allocation, in steps that are short (V8's `incremental-marking.cc`): a store
//! into an old cell marks what it stores, a new old cell is marked, and the last step marks from the
//! roots once more. No unsafe code.

use super::Marker;
use super::compact::MOVED_BY_A_STEP;
use super::scavenge::Promote;
use crate::events::{Cause, CollectionKind};
use crate::heap::Heap;
use crate::raw::cell::WORD;
use crate::raw::chunk::PAGE;
use std::time::{Duration, Instant};

/// Slots visited between two looks at the clock, and pages whose marks are cleared.
const PORTION: usize = 8192;
const CLEARED: usize = 64;

impl Heap {
    pub(crate) fn scavenge_aged(&mut self) {
        self.grow_new_space();
        self.evacuate_new_space(Promote::Aged);
    }

    /// A step of marking, if it is due; at its end the collection is finished.
    pub(crate) fn mark_along(&mut self) {
        let Some(length) = self.options.incremental else { return };
        if self.marker.is_none() {
            if self.clearing || self.old_generation() > self.next_full {
                self.approach_marking(length);
            }
            return;
        }
        // Twice what has come to the old generation is visited at least, so that marking ends.
        let grown = self.old_generation().saturating_sub(self.marked_until);
        self.marked_until = self.old_generation();
        // Twice over what was allowed, marking has lost the race all the same.
        let late = self.old_generation() > self.next_full.saturating_mul(2);
        if self.step(length, if late { usize::MAX } else { 2 * grown / WORD }) {
            self.conclude(Cause::OldSpaceLimit);
        }
    }

    /// Clears marks for so long at the most, and begins to mark once all are cleared: those of a gigabyte take as
    /// long as some steps.
    pub(crate) fn approach_marking(&mut self, length: Duration) {
        let start = Instant::now();
        if !self.clearing {
            self.clearing = true;
            self.old.retire();
            // How full they are is counted with the marks. What refers to those that the last step is to empty is
            // recorded from now on, so nothing is allocated there.
            self.choose_sparse_pages(MOVED_BY_A_STEP, false);
            self.old.exclude_evacuated();
            self.old.begin_clearing(self.large.chunks());
        }
        let cleared = loop {
            let cleared = self.old.clear_marks(CLEARED);
            if cleared || start.elapsed() >= length {
                break cleared;
            }
        };
        if cleared {
            self.clearing = false;
            self.start_marking();
        }
        self.count_pause(start);
    }

    /// Begins to mark, from handles and owned roots. Which young cells live is not known yet: those that do
    /// are visited once they are promoted.
    fn start_marking(&mut self) {
        self.drain_released();
        let mut marker = Marker::new(self);
        self.mark_roots(&mut marker);
        self.marker = Some(marker);
        self.marked_until = self.old_generation();
        // One large cell may have gone far beyond: marking is late only if as much comes again.
        self.next_full = self.next_full.max(self.marked_until);
    }

    fn count_pause(&mut self, start: Instant) {
        let pause = start.elapsed();
        self.pace.stepped(pause);
        self.statistics.total_pause += pause;
        self.statistics.longest_pause = self.statistics.longest_pause.max(pause);
    }

    /// Marks for so long at the most, if so many slots are done by then; true if nothing is left.
    fn step(&mut self, length: Duration, least: usize) -> bool {
        let Some(marker) = &mut self.marker else { return false };
        self.steps += 1;
        let (start, before) = (Instant::now(), marker.work);
        let done = loop {
            let done = marker.step(PORTION);
            let enough = marker.work - before >= least;
            if done || (enough && start.elapsed() >= length) {
                break done;
            }
        };
        self.count_pause(start);
        done
    }

    /// Steps have nothing left to do. What only young cells and new handles lead to may still be much, so
    /// after a first collection of the new space steps go on, and after a second one all is finished.
    fn conclude(&mut self, cause: Cause) {
        if self.marker.as_ref().is_some_and(|marker| marker.ends) {
            self.finish_incremental(cause);
            return;
        }
        let event = self.begin_event(CollectionKind::Scavenge, cause);
        self.evacuate_new_space(Promote::All);
        if let Some(mut marker) = self.marker.take() {
            self.mark_roots(&mut marker);
            marker.ends = true;
            self.marker = Some(marker);
        }
        self.end_event(event);
    }

    fn finish_incremental(&mut self, cause: Cause) {
        let event = self.begin_event(CollectionKind::Incremental, cause);
        self.evacuate_new_space(Promote::All);
        if let Some(marker) = self.marker.take() {
            self.finish_marking(marker);
        }
        self.end_event(event);
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
        let mut due = self.is_nearly_due();
        while due || self.is_marking() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let length = left.min(Duration::from_millis(1));
            if self.marker.is_none() {
                due = false;
                self.approach_marking(length);
            } else if self.step(length, 0) {
                self.conclude(Cause::Idle);
            }
        }
        while self.old.resident_empty() > 0 {
            if Instant::now() >= deadline {
                return false;
            }
            self.old.release(8);
        }
        true
    }

    /// Gives all memory that holds no cell back to the operating system, but for what is free in pages with cells:
    /// empty pages, the semi-spaces behind their cells, and the heap's lists. The semi-spaces go back to their
    /// initial size (V8's `NewSpace::Shrink`), if their cells fit there. It collects nothing. O(pages + owned roots,
    /// weak handles and native cells).
    pub fn release_memory(&mut self) {
        self.drain_released();
        self.shrink_lists();
        self.forget_dead_doubles();
        self.old.release_all();
        self.new.shrink(self.options.initial_semi_space.max(PAGE));
        self.handles.release();
    }
}
