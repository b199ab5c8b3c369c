//! The end of a full collection: marks what is left, decides what is weak, compacts, and leaves the sweeping to
//! allocation (V8's `mark-compact.cc`).

use super::compact::Compaction;
use super::mark::Marker;
use crate::doubles::Doubles;
use crate::identities::Identities;
use crate::memory::cell::Cell;
use crate::memory::chunk::Chunk;
use crate::natives::Natives;
use crate::remembered::Remembered;
use crate::roots::Roots;
use crate::spaces::Spaces;

/// The parts of a heap that a full collection works on.
pub(crate) struct Full<'h> {
    pub spaces: &'h mut Spaces,
    pub roots: &'h mut Roots,
    pub remembered: &'h mut Remembered,
    pub natives: &'h mut Natives,
    pub identities: &'h Identities,
    pub doubles: &'h mut Doubles,
}

impl Full<'_> {
    /// Marks what is left after a scavenge, and frees what is unreachable. Returns the marker's work.
    pub fn finish(self, mut marker: Marker, candidates: Vec<Chunk>) -> usize {
        let Self { spaces, roots, remembered, natives, identities, doubles } = self;
        marker.mark_roots(roots);
        // Young cells act as roots: an exact collection scavenges first. A survivor that stays young counts as live
        // until the next cycle (floating garbage).
        spaces.new.cells().for_each(|cell| marker.visit_young(cell));
        marker.finish(&roots.descriptors);
        marker.clear_weak(identities);
        let work = marker.work;
        natives.retain(|cell| marker.lives(cell));
        roots.add_owners(std::mem::take(&mut marker.owners));
        roots.follow_weaks(|cell| marker.lives(cell).then_some(cell));
        remembered.retain(|cell| Chunk::of(cell).is_marked(cell));
        let mut change = spaces.change();
        change.large.sweep();
        change.old.end_marking();
        drop(change);
        Compaction { spaces, roots, remembered, natives, doubles }.run(candidates, marker);
        roots.shrink();
        natives.payloads.shrink();
        if doubles.are_mostly_dead(spaces.used()) {
            doubles.forget_dead(spaces, false);
        }
        work
    }
}

impl Marker {
    /// Marks from handles, registers, owned roots and descriptors that are kept.
    pub fn mark_roots(&mut self, roots: &Roots) {
        roots.handles.iter().chain(roots.registers.iter()).for_each(|word| self.mark_word(*word));
        roots.globals.values().map(|cell| Cell::word(*cell)).for_each(|word| self.mark_word(word));
        roots.descriptors.roots().for_each(|tag| self.meet_tag(tag));
    }
}
