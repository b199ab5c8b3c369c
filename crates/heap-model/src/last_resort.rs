//! What the heap remembers of a refusal, so that the same request does not cause another last-resort collection.

use crate::roots::Roots;
use crate::spaces::Spaces;

/// The latest refusal, as long as another collection would find as much alive.
///
/// **Invariant**: since the refusal no cell was allocated, and no slot, entry or registration lost a reference that it had
/// then; an operation that does so calls [`forget`](Self::forget). [`is_known_full`](Self::is_known_full)
/// itself checks the handles, the registers and the counts of bytes; [`Roots`] watches the owned roots.
#[derive(Default)]
pub(crate) struct LastResort {
    refusal: Option<Refusal>,
}

/// The heap as a last-resort collection left it.
struct Refusal {
    /// Bytes for which there was no room, below this limit.
    needed: usize,
    limit: usize,
    /// Bytes of cells, which only grow between two collections, and bytes committed.
    used: usize,
    committed: usize,
    /// The number of bytes of handles, and a hash of them.
    handles: (usize, u64),
    /// The registers: how many, and a hash of them.
    registers: (usize, u64),
}

impl LastResort {
    /// After a last-resort collection: remembers what does not fit. O(handles + registers).
    pub fn note_full(&mut self, needed: usize, spaces: &Spaces, roots: &Roots) {
        self.refusal = Some(Refusal {
            needed,
            limit: spaces.limit(),
            used: spaces.used(),
            committed: spaces.committed(),
            handles: roots.handles.fingerprint(usize::MAX),
            registers: roots.registers.fingerprint(),
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

    /// Whether a collection would make no room for `bytes` bytes, provided that no owned root of that time was dropped.
    /// O(handles + registers).
    pub fn is_known_full(&self, bytes: usize, spaces: &Spaces, roots: &Roots) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| {
            bytes >= refusal.needed
                && spaces.limit() == refusal.limit
                && spaces.used() == refusal.used
                && spaces.committed() == refusal.committed
                && roots.handles.fingerprint(refusal.handles.0) == refusal.handles
                && roots.registers.top() == refusal.registers.0
                && roots.registers.fingerprint() == refusal.registers
        })
    }
}
