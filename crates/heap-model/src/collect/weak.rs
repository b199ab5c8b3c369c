//! Weak processing after marking: entries of dead keys, weak references, and registrations whose target is dead.

use super::mark::Marker;
use crate::identities::Identities;
use crate::memory::cell::Cell;
use crate::memory::chunk::Chunk;
use crate::memory::header::Header;
use crate::memory::word::Word;
use crate::tables::ephemeron::{self, FIRST};
use crate::tables::registration::{self, FOUND, OWNER, TARGET};

/// The prefetch distance, in registrations.
const AHEAD: usize = 8;

impl Marker {
    /// After marking: lists the registrations of dead targets.
    fn list_dead_registrations(&mut self, identities: &Identities) {
        let cells = std::mem::take(&mut self.registrations);
        let mut dead = Vec::new();
        for (index, &cell) in cells.iter().enumerate() {
            if let Some(ahead) = cells.get(index + AHEAD) {
                ahead.prefetch();
            }
            if registration::clear_dead(cell, |weak| self.lives(weak)) {
                dead.push(cell);
            }
            for slot in 0..cell.slot_count() {
                self.record(cell, slot, cell.slot(slot));
            }
        }
        list(dead, identities, self);
    }

    /// After marking: removes the entries of dead keys, clears weak references to dead cells, and lists the registrations
    /// of dead targets.
    pub fn clear_weak(&mut self, identities: &Identities) {
        self.list_dead_registrations(identities);
        for table in std::mem::take(&mut self.tables) {
            let recorded = self.recorded.len();
            for slot in (FIRST..table.slot_count()).step_by(2) {
                let Some(key) = Cell::of(table.slot(slot)) else { continue };
                self.work += 1;
                if self.lives(key) {
                    self.record(table, slot, table.slot(slot));
                    self.record(table, slot + 1, table.slot(slot + 1));
                } else {
                    ephemeron::clear_entry(table, slot);
                }
            }
            // The new space is walked from cell to cell, so none of its cells may shrink.
            if self.shrink && !self.is_young(table.word()) {
                let trimmed = ephemeron::shrink(table);
                if trimmed > 0 {
                    Chunk::of(table).remove_live(trimmed);
                    self.recorded.truncate(recorded);
                    (FIRST..table.slot_count())
                        .for_each(|slot| self.record(table, slot, table.slot(slot)));
                }
            }
        }
        for cell in std::mem::take(&mut self.weak_cells) {
            let word = cell.slot(0);
            if Cell::of(word).is_some_and(|target| !self.lives(target)) {
                cell.set_slot(0, Word::NULL);
            } else {
                self.record(cell, 0, word);
            }
        }
    }
}

/// Puts registrations on their owners' lists, the earliest first. O(n log n) for n of them.
fn list(cells: Vec<Cell>, identities: &Identities, marker: &mut Marker) {
    let mut by_age: Vec<_> =
        cells.into_iter().map(|cell| (identities.age(cell.hash()), cell)).collect();
    by_age.sort_unstable();
    for (_, cell) in by_age {
        let Some(owner) = Cell::of(cell.slot(OWNER)) else { continue };
        let next = registration::listed(owner.slot(FOUND)).filter(|next| marker.is_marked(*next));
        cell.set_flag(Header::LISTED, true);
        cell.set_slot(TARGET, next.map_or(Word::UNDEFINED, Cell::word));
        owner.set_slot(FOUND, cell.word());
        marker.owners.push(owner);
        marker.record(cell, TARGET, cell.slot(TARGET));
        marker.record(owner, FOUND, cell.word());
    }
}
