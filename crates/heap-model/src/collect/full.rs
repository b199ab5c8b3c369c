//! The full collection: mark from the roots, decide what is weak, compact, and leave the sweeping.
//! No unsafe code.

use super::Marker;
use super::scavenge::Promote;
use crate::events::{Cause, CollectionKind};
use crate::heap::{Heap, Native};
use crate::raw::cell::Cell;
use crate::raw::chunk::Chunk;

impl Heap {
    /// Collects everything that nothing refers to, with all else at a stand.
    pub(crate) fn full_collection(&mut self, cause: Cause) {
        let event = self.begin_event(CollectionKind::Full, cause);
        // What an unfinished marking found is not exact: cells may have died since. How full pages are
        // is not known then, for it had begun to count again; but those that it was to empty are sparse.
        let counted = !self.is_marking();
        (self.marker, self.clearing) = (None, false);
        self.old.retire();
        // What marking takes for alive because a young cell refers to it must be: the dead ones go. Who
        // is promoted afterwards takes the place of what has died; but a cell that stays young counts as
        // alive, be it that only a weak reference or a dead old cell refers to it, for another time.
        let exact = matches!(cause, Cause::Requested | Cause::LastResort);
        self.evacuate_new_space(if exact { Promote::All } else { Promote::Nobody });
        let last = cause == Cause::LastResort;
        if counted {
            self.choose_sparse_pages(usize::MAX, last);
        }
        if last {
            self.old.allow_sweeping(usize::MAX);
        }
        self.old.begin_clearing(self.large.chunks());
        self.old.clear_marks(usize::MAX);
        let marker = Marker::new(self);
        self.finish_marking(marker);
        self.end_event(event);
    }

    /// Marks from handles and owned roots.
    pub(super) fn mark_roots(&self, marker: &mut Marker) {
        self.handles.iter().for_each(|word| marker.mark_word(*word));
        self.globals.values().for_each(|cell| marker.mark_word(cell.word()));
    }

    /// Marks from cells that stayed young.
    fn mark_young(&self, marker: &mut Marker) {
        self.new.cells().for_each(|cell| marker.visit_young(cell));
    }

    /// Marks what is left, after a collection of the new space: what is not reachable goes.
    pub(super) fn finish_marking(&mut self, mut marker: Marker) {
        self.mark_roots(&mut marker);
        self.mark_young(&mut marker);
        marker.finish();
        marker.clear_weak(&self.identities);
        self.work += marker.work;
        self.bury_dead_natives();
        let living = |cell: Cell| marker.lives(cell).then_some(cell);
        self.follow_weak_handles(living);
        self.remembered.retain(|cell| Chunk::of(*cell).is_marked(*cell));
        self.remembered_slots.slots.retain(|(cell, _)| Chunk::of(*cell).is_marked(*cell));
        self.large.sweep();
        self.old.end_marking();
        self.compact(marker);
        self.shrink_lists();
        if self.doubles.are_mostly_dead(self.heap_used()) {
            self.forget_dead_doubles();
        }
        self.survivors = 0;
        self.settle_limits();
    }

    /// The payloads of dead native cells wait to be dropped.
    fn bury_dead_natives(&mut self) {
        let (new, external, pending) = (&self.new, &mut self.external, &mut self.pending);
        let lives = |native: &mut Native| {
            new.contains(native.cell.word()) || Chunk::of(native.cell).is_marked(native.cell)
        };
        self.natives.retain(lives, |native| {
            external.remove(native.external);
            pending.push(native.payload);
        });
    }

    /// The word after the cell that it refers to has moved.
    pub(super) fn followed(word: u64) -> u64 {
        Cell::of(word).and_then(|cell| cell.header().forwarded()).unwrap_or(word)
    }
}
