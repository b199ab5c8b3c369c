//! At the limit: what is tried before an allocation is refused.

use super::Heap;
use crate::error::{OutOfMemory, Reason};
use crate::events::Cause;
use crate::memory::mapping::PAGE;

/// What the last collection at the limit has found.
#[derive(Default)]
pub(super) struct LastResort {
    /// The heap as that collection left it, if there was no room for something.
    full: Option<Full>,
    /// A slot may have been overwritten since then.
    pub overwritten: bool,
}

/// A heap that a last collection has found full. As long as nothing that was reachable then has been let go
/// of, another collection would find no less alive.
#[derive(Clone, Copy)]
struct Full {
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
    /// Sees to it that `bytes` more may be committed, for a cell of `size`.
    pub(super) fn need(&mut self, bytes: usize, size: usize) -> Result<(), OutOfMemory> {
        if self.spaces.has_room(bytes) {
            return Ok(());
        }
        if !self.is_known_full(bytes) {
            self.collect_at_limit(bytes);
        }
        while !self.spaces.has_room(bytes) {
            let (limit, roots_dropped) = (self.spaces.limit(), self.roots.dropped());
            let larger = self.hooks.near_limit.as_mut().map_or(limit, |callback| callback(limit));
            if larger > limit {
                self.spaces.set_limit(larger);
                continue;
            }
            // A callback that does not raise the limit may have let go of something instead.
            if self.roots.dropped() != roots_dropped {
                self.collect_at_limit(bytes);
            }
            if !self.spaces.has_room(bytes) {
                self.note_full(bytes);
                return Err(self.spaces.refusal(size, Reason::Limit));
            }
        }
        Ok(())
    }

    /// The last resort: collects until there is room, or until that helps no more.
    fn collect_at_limit(&mut self, bytes: usize) {
        self.last_resort = LastResort::default();
        self.full_collection(Cause::LastResort);
        // Which cells had died was not known when pages were chosen, and each that is emptied makes room to
        // empty more (V8 repeats its last collection too).
        let mut committed = usize::MAX;
        while !self.spaces.has_room(bytes)
            && self.spaces.old.spare() >= 2 * PAGE
            && self.spaces.committed() < committed
        {
            committed = self.spaces.committed();
            self.full_collection(Cause::LastResort);
        }
    }

    /// After a last collection: remembers what there is no room for.
    fn note_full(&mut self, needed: usize) {
        if self.last_resort.full.is_none() {
            self.last_resort.full = Some(Full {
                needed,
                limit: self.spaces.limit(),
                // Those that payloads' drops have let go of since the collection began are counted later.
                roots_dropped: self.roots.drained(),
                handles: self.roots.handles.fingerprint(usize::MAX),
                #[cfg(zeal)]
                used: self.spaces.used(),
            });
        }
    }

    /// Whether a collection would make no room for so many bytes, for the last one has not, and nothing that was
    /// reachable then has been let go of: no handle, no owned root, and no slot. O(handles).
    ///
    /// So a program that catches the refusal and tries again pays for one collection.
    fn is_known_full(&mut self, bytes: usize) -> bool {
        let Some(full) = self.last_resort.full else { return false };
        let known = !self.last_resort.overwritten
            && bytes >= full.needed
            && self.spaces.limit() == full.limit
            && self.roots.dropped() == full.roots_dropped
            && self.roots.handles.fingerprint(full.handles.0) == full.handles;
        #[cfg(zeal)]
        if known {
            self.full_collection(Cause::LastResort);
            assert!(self.spaces.used() >= full.used, "something was let go of that is not known");
        }
        known
    }
}
