//! The limit: what is tried before an allocation is refused.

use super::Heap;
use crate::error::{OutOfMemory, Reason};
use crate::events::Cause;
use crate::memory::mapping::PAGE;

impl Heap {
    /// Makes sure that `bytes` more may be committed, for a cell of `size` bytes.
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
            // A callback that does not raise the limit may have dropped roots instead.
            if self.roots.dropped() != roots_dropped {
                self.collect_at_limit(bytes);
            }
            if !self.spaces.has_room(bytes) {
                self.note_refusal(bytes);
                return Err(self.spaces.refusal(size, Reason::Limit));
            }
        }
        Ok(())
    }

    /// The last resort: collects until there is room, or until collections free nothing more. Then the semi-spaces shrink,
    /// at most to a page.
    fn collect_at_limit(&mut self, bytes: usize) {
        self.full_collection(Cause::LastResort);
        // Pages were chosen before it was known which cells had died, and each page that is emptied makes room to empty
        // more (V8 repeats its last-resort collection too).
        let mut committed = usize::MAX;
        while !self.spaces.has_room(bytes)
            && self.spaces.old.spare() >= 2 * PAGE
            && self.spaces.committed() < committed
        {
            committed = self.spaces.committed();
            self.full_collection(Cause::LastResort);
        }
        if !self.spaces.has_room(bytes) {
            self.spaces.yield_new_space(bytes);
        }
    }

    /// Whether a collection is known to make no room for `bytes` bytes. O(handles + registers + owned roots dropped).
    ///
    /// So a program that catches the refusal and retries pays for one collection only.
    fn is_known_full(&mut self, bytes: usize) -> bool {
        let known = self.last_resort.is_known_full(bytes, &self.spaces, &self.roots)
            && self.roots.has_all_watched();
        #[cfg(zeal)]
        if known {
            let before = self.spaces.used();
            self.full_collection(Cause::LastResort);
            assert!(before <= self.spaces.used(), "something was released that is not known");
        }
        known
    }

    /// Remembers the refusal. A refusal that is remembered already asked for no more bytes, because no collection came
    /// between. O(handles + registers).
    fn note_refusal(&mut self, bytes: usize) {
        if !self.last_resort.is_noted() {
            self.last_resort.note_full(bytes, &self.spaces, &self.roots);
            self.roots.watch();
        }
    }

    /// Forgets a refusal, because a collection may make room now.
    #[inline(always)]
    pub(crate) fn forget_refusal(&mut self) {
        if self.last_resort.is_noted() {
            self.forget_noted_refusal();
        }
    }

    #[cold]
    #[inline(never)]
    fn forget_noted_refusal(&mut self) {
        self.last_resort.forget();
        self.roots.end_watch();
    }
}
