//! Collections: the order of their phases, and their events.

use super::Heap;
use crate::collect::compact::select_candidates;
use crate::collect::full::Full;
use crate::collect::mark::Marker;
use crate::collect::scavenge::{Promote, Scavenge};
use crate::events::{Cause, CollectionEvent, CollectionKind};
use crate::options::{MarkingPace, TableSizing};
#[cfg(zeal)]
use crate::verify::Verifier;
use std::time::Instant;

/// What is known of a collection when it begins.
pub(super) struct Begun {
    kind: CollectionKind,
    cause: Cause,
    used: usize,
    committed: usize,
    promoted: usize,
    start: Instant,
}

/// Before or after a collection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl Heap {
    /// Collects the new space: its survivors go to the to-space or to the old space.
    pub(super) fn young_collection(&mut self, cause: Cause) {
        let event = self.begin_collection(CollectionKind::Scavenge, cause);
        self.grow_new_space(Side::Before);
        self.evacuate_new_space(Promote::Aged);
        self.grow_new_space(Side::After);
        self.sites.decide();
        self.end_collection(event);
    }

    /// Collects all unreachable cells, stop-the-world.
    pub(super) fn full_collection(&mut self, cause: Cause) {
        let event = self.begin_collection(CollectionKind::Full, cause);
        // An unfinished marking is not exact: cells may have died since. It had also begun to count the pages' live bytes
        // again, so these are unknown; but the evacuation candidates that it selected are sparse.
        let counted = !self.marking.is_on();
        self.marking.cancel();
        if cause != Cause::LastResort {
            self.grow_new_space(Side::Before);
        }
        self.spaces.change().old.retire();
        // Young cells act as roots, so an exact collection first removes the dead ones. Otherwise later scavenges promote
        // the survivors, which then reuse what this collection frees.
        let exact = matches!(cause, Cause::Requested | Cause::LastResort);
        let all = exact || self.options.marking_pace != MarkingPace::AtOnce;
        self.evacuate_new_space(if all { Promote::All } else { Promote::Nobody });
        let last = cause == Cause::LastResort;
        if counted {
            self.marking.candidates = select_candidates(&self.spaces, usize::MAX, last);
        }
        let mut change = self.spaces.change();
        if last {
            change.old.allow_sweeping(usize::MAX);
        }
        change.begin_clearing();
        change.old.clear_marks(usize::MAX);
        drop(change);
        let marker = self.marking.marker(&self.spaces, &self.roots, self.shrinks_tables());
        self.finish_marking(marker);
        if !last {
            self.grow_new_space(Side::After);
        }
        self.end_collection(event);
    }

    /// Grows the semi-spaces for their survivors. V8 did that before it collects, and does it afterwards since it keeps its
    /// phases separate (`Heap::ResizeNewSpace`).
    fn grow_new_space(&mut self, side: Side) {
        let after = matches!(self.options.marking_pace, MarkingPace::Separate(_));
        if after == (side == Side::After) {
            self.growth.grow_new_space(&mut self.spaces);
        }
    }

    /// Empties the semi-space that is in use.
    pub(super) fn evacuate_new_space(&mut self, promote: Promote) {
        self.growth.begin(&self.spaces);
        let fresh = self.spaces.change().large.age();
        let before = self.spaces.new.used() + fresh;
        let scavenge = Scavenge {
            spaces: &mut self.spaces,
            roots: &mut self.roots,
            remembered: &mut self.remembered,
            natives: &mut self.natives,
            doubles: &mut self.doubles,
            sites: &mut self.sites,
            marker: self.marking.marker.as_mut(),
        };
        let promoted = scavenge.run(promote);
        self.counters.promoted += promoted;
        let survived = self.spaces.new.used() + promoted;
        self.growth.survivors += survived;
        if promote == Promote::Aged && self.options.marking_pace != MarkingPace::AtOnce {
            self.growth.survivors += self.spaces.change().large.guess(fresh);
        }
        // Large cells that no sweep has told of are taken to be garbage here, so that much of it cannot gather.
        self.growth.survived(&self.spaces, before, survived);
    }

    /// After a scavenge: marks what is left, and frees what is unreachable.
    pub(super) fn finish_marking(&mut self, marker: Marker) {
        let full = Full {
            spaces: &mut self.spaces,
            roots: &mut self.roots,
            remembered: &mut self.remembered,
            natives: &mut self.natives,
            identities: &self.identities,
            doubles: &mut self.doubles,
        };
        let candidates = std::mem::take(&mut self.marking.candidates);
        self.marking.work += full.finish(marker, candidates);
        self.growth.survivors += self.spaces.large.promoted();
        self.growth.collected(&self.spaces, &self.options, self.counters.promoted);
        self.natives.external.collected();
    }

    /// Whether ephemeron tables that have lost most of their entries shrink.
    pub(super) fn shrinks_tables(&self) -> bool {
        self.options.tables == TableSizing::Shrink
    }

    pub(super) fn begin_collection(&mut self, kind: CollectionKind, cause: Cause) -> Begun {
        if let Some(prologue) = &mut self.hooks.prologue {
            prologue(kind, cause);
        }
        self.forget_refusal();
        self.roots.registers.clear_above();
        let start = Instant::now();
        self.growth.pace.begin(start);
        Begun {
            kind,
            cause,
            used: self.spaces.used(),
            committed: self.spaces.total(),
            promoted: self.counters.promoted,
            start,
        }
    }

    pub(super) fn end_collection(&mut self, begun: Begun) {
        self.allow_allocation();
        #[cfg(zeal)]
        {
            self.spaces.change().new.poison();
            self.verify();
        }
        let Begun { kind, cause, used, committed, promoted, start } = begun;
        let counters = &mut self.counters;
        let pause = start.elapsed();
        match kind {
            CollectionKind::Scavenge => {
                counters.scavenges += 1;
                counters.longest_scavenge = counters.longest_scavenge.max(pause);
                self.growth.pace.scavenged(pause);
            }
            _ => counters.full_collections += 1,
        }
        counters.pause(pause);
        // A scavenge between marking steps does not report these as its own.
        let scavenge = kind == CollectionKind::Scavenge;
        let steps = if scavenge { 0 } else { std::mem::take(&mut self.marking.steps) };
        let event = CollectionEvent {
            kind,
            cause,
            used_before: used,
            used_after: self.spaces.used(),
            committed_before: committed,
            committed_after: self.spaces.total(),
            promoted: counters.promoted - promoted,
            copied: self.spaces.new.used(),
            pause,
            since_start: self.made.elapsed(),
            steps,
            owners_with_work: self.roots.owners.len(),
        };
        if let Some(listener) = &mut self.hooks.listener {
            listener(&event);
        }
        // Last, because a payload's drop is foreign code and may panic.
        self.natives.pending.run();
    }

    /// Collects at each `every`th allocation: the new space alone, and every fourth time all spaces. During incremental
    /// marking it marks a few cells on and checks every invariant as well.
    #[cfg(zeal)]
    pub fn set_zeal(&mut self, every: Option<u32>) {
        self.zeal = every.map(|every| (every.max(1), 0));
    }

    #[cfg(zeal)]
    pub(super) fn be_zealous(&mut self) {
        /// Slots that are visited at a time during incremental marking.
        const PORTION: usize = 64;
        let Some((every, count)) = &mut self.zeal else { return };
        *count += 1;
        let (every, count) = (*every, *count);
        if count % every != 0 {
            return;
        }
        match (count / every % 4, &mut self.marking.marker) {
            (0, _) => self.full_collection(Cause::Requested),
            (1 | 2, Some(marker)) => {
                marker.advance(PORTION);
                self.marking.steps += 1;
                self.verify();
            }
            _ => self.young_collection(Cause::Requested),
        }
    }

    /// Checks every invariant.
    ///
    /// # Panics
    /// If one does not hold.
    #[cfg(zeal)]
    pub fn verify(&mut self) {
        self.spaces.change().old.retire();
        self.verifier().verify();
    }

    #[cfg(zeal)]
    pub(crate) fn verifier(&self) -> Verifier<'_> {
        Verifier {
            spaces: &self.spaces,
            roots: &self.roots,
            remembered: &self.remembered,
            natives: &self.natives,
            doubles: &self.doubles,
            marking: &self.marking,
        }
    }
}
