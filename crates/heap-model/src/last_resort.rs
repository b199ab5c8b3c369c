//! What the heap remembers of a refusal, so that the same request does not cost another last collection.

use crate::memory::handles::Handles;
use crate::spaces::Spaces;

/// The latest refusal, while a collection would find no less alive than the one before it found.
///
/// **Invariant**: since then no cell was allocated, and no slot, entry or registration released a reference that it had
/// then: an operation that does so calls [`forget`](Self::forget). [`is_known_full`](Self::is_known_full)
/// itself looks at the handles and the counts of bytes; [`Roots`](crate::roots::Roots) watches the owned roots.
#[derive(Default)]
pub(crate) struct LastResort {
    refusal: Option<Refusal>,
}

/// The heap as a last collection left it.
struct Refusal {
    /// Bytes for which there was no room, below this limit.
    needed: usize,
    limit: usize,
    /// Bytes of cells, which grow with each allocation between two collections, and bytes committed.
    used: usize,
    committed: usize,
    /// The handles: how many bytes, and a hash of them.
    handles: (usize, u64),
}

impl LastResort {
    /// After a last collection: remembers what there is no room for. O(handles).
    pub fn note_full(&mut self, needed: usize, spaces: &Spaces, handles: &Handles) {
        self.refusal = Some(Refusal {
            needed,
            limit: spaces.limit(),
            used: spaces.used(),
            committed: spaces.committed(),
            handles: handles.fingerprint(usize::MAX),
        });
    }

    /// Whether a refusal is remembered.
    #[inline(always)]
    pub fn is_noted(&self) -> bool {
        self.refusal.is_some()
    }

    pub fn forget(&mut self) {
        self.refusal = None;
    }

    /// Whether a collection would make no room for `bytes` bytes, if no owned root that was there at the refusal was
    /// dropped. O(handles).
    pub fn is_known_full(&self, bytes: usize, spaces: &Spaces, handles: &Handles) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| {
            bytes >= refusal.needed
                && spaces.limit() == refusal.limit
                && spaces.used() == refusal.used
                && spaces.committed() == refusal.committed
                && handles.fingerprint(refusal.handles.0) == refusal.handles
        })
    }
}
