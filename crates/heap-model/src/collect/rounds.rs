//! Ephemerons during incremental marking: whenever nothing else is left to visit, rounds over the tables that were met mark
//! the values of marked keys. So little is left for the last step, which decides the other entries.
//!
//! A round follows another only if that one has marked something, and not after [`POOR`] rounds that led to fewer slots
//! than the tables have. So all rounds together visit the slots of tables at most `POOR + 1` times, and besides at most as
//! many as there are slots of other cells.

use super::mark::{Marker, PIECE, Round};
use crate::memory::cell::Cell;
use crate::tables::ephemeron::FIRST;

/// The most rounds that may lead to little (V8's `--ephemeron-fixpoint-iterations`).
const POOR: usize = 10;

impl Marker {
    /// As [`advance`](Self::advance), with ephemerons. Returns whether only the last step is left.
    pub fn step(&mut self, budget: usize) -> bool {
        let goal = self.work.saturating_add(budget);
        while self.work < goal {
            if self.advance(goal - self.work) && !self.mark_values_of_marked_keys() {
                return true;
            }
        }
        false
    }

    /// Visits some of the entries, while nothing else is left to visit. False if another round would not pay.
    fn mark_values_of_marked_keys(&mut self) -> bool {
        if self.round.table == self.tables.len() {
            let Round { slots, before, poor, .. } = self.round;
            let led_to = self.work - before - slots;
            let poor = poor + usize::from(led_to < slots);
            if led_to == 0 || poor > POOR || self.tables.is_empty() {
                return false;
            }
            self.round = Round { before: self.work, poor, ..Round::default() };
        }
        let round = &mut self.round;
        if round.slots == 0 {
            round.before = self.work;
        }
        let table = self.tables[round.table];
        let first = round.slot.max(FIRST);
        let end = table.slot_count().min(first + PIECE);
        if end == table.slot_count() {
            (round.table, round.slot) = (round.table + 1, 0);
        } else {
            round.slot = end;
        }
        round.slots += end - first;
        self.work += end - first;
        for slot in (first..end).step_by(2) {
            // It is not known yet whether a young key lives.
            if Cell::of(table.slot(slot)).is_some_and(|key| self.is_marked(key)) {
                self.mark_word(table.slot(slot + 1));
            }
        }
        true
    }
}
