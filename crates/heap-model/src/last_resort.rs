//! What is remembered of a last collection at the limit, so that another one is not made in vain.

use crate::roots::Roots;
use crate::spaces::Spaces;

/// What the last collection at the limit has found.
#[derive(Default)]
pub(crate) struct LastResort {
    full: Option<Full>,
    /// A slot may have been overwritten since then.
    pub overwritten: bool,
}

/// A heap that a last collection has found full. As long as nothing that was reachable then is released, another
/// collection would find no less alive.
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

impl LastResort {
    /// After a last collection: remembers what there is no room for. O(handles).
    pub fn note_full(&mut self, needed: usize, spaces: &Spaces, roots: &Roots) {
        if self.full.is_none() {
            self.full = Some(Full {
                needed,
                limit: spaces.limit(),
                // Those that payloads' drops have let go of since the collection began are counted later.
                roots_dropped: roots.drained(),
                handles: roots.handles.fingerprint(usize::MAX),
                #[cfg(zeal)]
                used: spaces.used(),
            });
        }
    }

    /// Whether a collection would make no room for `bytes` bytes: the last one has not, and nothing that was
    /// reachable then was released since, that is, no handle, no owned root, and no slot. O(handles).
    pub fn is_known_full(&self, bytes: usize, spaces: &Spaces, roots: &Roots) -> bool {
        let Some(full) = &self.full else { return false };
        !self.overwritten
            && bytes >= full.needed
            && spaces.limit() == full.limit
            && roots.dropped() == full.roots_dropped
            && roots.handles.fingerprint(full.handles.0) == full.handles
    }

    /// Bytes of cells after that collection.
    #[cfg(zeal)]
    pub fn used(&self) -> Option<usize> {
        self.full.as_ref().map(|full| full.used)
    }
}
