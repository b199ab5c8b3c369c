//! At the limit: what is tried before an allocation is refused.

use super::Heap;
use crate::error::{OutOfMemory, Reason};
use crate::events::Cause;
use crate::last_resort::LastResort;
use crate::memory::mapping::PAGE;

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
                self.last_resort.note_full(bytes, &self.spaces, &self.roots);
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

    /// Whether a collection is known to make no room for `bytes` bytes. O(handles).
    ///
    /// So a program that catches the refusal and tries again pays for one collection.
    fn is_known_full(&mut self, bytes: usize) -> bool {
        let known = self.last_resort.is_known_full(bytes, &self.spaces, &self.roots);
        #[cfg(zeal)]
        if known {
            let before = self.last_resort.used();
            self.full_collection(Cause::LastResort);
            let used = self.spaces.used();
            assert!(before <= Some(used), "something was let go of that is not known");
        }
        known
    }
}
