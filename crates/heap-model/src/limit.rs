//! The limit: how much may still be committed, and what is tried before an allocation is refused. No unsafe code.
//!
//! Invariant: committed memory, what the promotion of the new space's cells can need at the most, and two
//! pages never pass the limit, so a collection never runs out of room.

use crate::events::Cause;
use crate::heap::Heap;
use crate::raw::chunk::PAGE;
use crate::{OutOfMemory, Reason};

/// What may be committed for so many bytes that are promoted, a page aside. A page is added when no range of a
/// class above the cell's own is free; those of its own are shorter than 131,072 bytes, so of all pages but the
/// last at least 126,649 are filled.
pub(crate) const fn promotion(bytes: usize) -> usize {
    bytes.saturating_mul(2).saturating_add(bytes / 14)
}

/// A heap that a last collection has found full. As long as nothing that was reachable then has been let go
/// of, another collection would find no less alive.
#[derive(Clone, Copy)]
pub(crate) struct Full {
    /// Bytes for which there was no room, below this limit.
    needed: usize,
    limit: usize,
    /// Owned roots that had been dropped, and the handles that there were: how many bytes, and a hash of them.
    roots_dropped: usize,
    handles: (usize, u64),
    #[cfg(zeal)]
    used: usize,
}

impl Heap {
    pub(crate) fn has_room(&self, needed: usize) -> bool {
        let reserve = promotion(self.new.used()) + 2 * PAGE;
        self.committed().saturating_add(needed).saturating_add(reserve) <= self.options.limit
    }

    /// How many bytes the new space may hold so that they can all be promoted.
    pub(crate) fn promotable(&self) -> usize {
        let room = self.options.limit.saturating_sub(self.committed() + 2 * PAGE);
        // As much as `promotion` makes that much of.
        room / 29 * 14
    }

    pub(crate) fn refusal(&self, requested: usize, reason: Reason) -> OutOfMemory {
        OutOfMemory { requested, used: self.heap_used(), limit: self.options.limit, reason }
    }

    /// Sees to it that `bytes` more may be committed, for a cell of `size`.
    pub(crate) fn need(&mut self, bytes: usize, size: usize) -> Result<(), OutOfMemory> {
        if self.has_room(bytes) {
            return Ok(());
        }
        if !self.is_known_full(bytes) {
            self.collect_at_limit(bytes);
        }
        while !self.has_room(bytes) {
            let (limit, roots_dropped) = (self.options.limit, self.roots_dropped());
            let larger = self.near_limit.as_mut().map_or(limit, |callback| callback(limit));
            if larger > limit {
                self.options.limit = larger;
                self.bound_new_space();
                continue;
            }
            // A callback that does not raise the limit may have let go of something instead.
            if self.roots_dropped() != roots_dropped {
                self.collect_at_limit(bytes);
            }
            if !self.has_room(bytes) {
                self.note_full(bytes);
                return Err(self.refusal(size, Reason::Limit));
            }
        }
        Ok(())
    }

    /// The last resort: collects until there is room, or until that helps no more.
    fn collect_at_limit(&mut self, bytes: usize) {
        (self.full, self.overwritten) = (None, false);
        self.full_collection(Cause::LastResort);
        // Which cells had died was not known when pages were chosen, and each that is emptied makes room to
        // empty more (V8 repeats its last collection too).
        let mut committed = usize::MAX;
        while !self.has_room(bytes) && self.old.spare() >= 2 * PAGE && self.committed() < committed
        {
            committed = self.committed();
            self.full_collection(Cause::LastResort);
        }
    }

    /// After a last collection: remembers what there is no room for.
    fn note_full(&mut self, needed: usize) {
        if self.full.is_none() {
            self.full = Some(Full {
                needed,
                limit: self.options.limit,
                // Those that payloads' drops have let go of since the collection began are counted later.
                roots_dropped: self.roots_dropped,
                handles: self.handles.fingerprint(usize::MAX),
                #[cfg(zeal)]
                used: self.heap_used(),
            });
        }
    }

    /// Whether a collection would make no room for so many bytes, for the last one has not, and nothing that was
    /// reachable then has been let go of: no handle, no owned root, and no slot. O(handles).
    ///
    /// So a program that catches the refusal and tries again pays for one collection.
    fn is_known_full(&mut self, bytes: usize) -> bool {
        let Some(full) = self.full else { return false };
        let known = !self.overwritten
            && bytes >= full.needed
            && self.options.limit == full.limit
            && self.roots_dropped() == full.roots_dropped
            && self.handles.fingerprint(full.handles.0) == full.handles;
        #[cfg(zeal)]
        if known {
            self.full_collection(Cause::LastResort);
            assert!(self.heap_used() >= full.used, "something was let go of that is not known");
        }
        known
    }
}
