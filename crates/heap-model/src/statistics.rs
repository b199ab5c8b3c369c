//! The heap's figures, as V8's `GetHeapStatistics` and `GetHeapSpaceStatistics` give them. No unsafe
//! code.

use crate::Heap;
use std::time::Duration;

/// The heap's figures, in bytes and numbers of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeapStatistics {
    /// Committed by all spaces (`total_heap_size`).
    pub committed: usize,
    /// Bytes of cells (`used_heap_size`).
    pub used: usize,
    /// The limit (`heap_size_limit`).
    pub limit: usize,
    /// Bytes that may still be committed (`total_available_size`).
    pub available: usize,
    /// Bytes outside the heap that its cells keep alive (`external_memory`).
    pub external: usize,
    /// Owned roots (`number_of_native_contexts` has no counterpart; `total_global_handles_size`).
    pub globals: usize,
    /// Native cells.
    pub natives: usize,
    /// Bytes of cells in the new space.
    pub new_space_used: usize,
    /// Bytes of cells in the old space.
    pub old_space_used: usize,
    /// Bytes of cells in the large-object space.
    pub large_object_space_used: usize,
    /// Collections of the new space alone.
    pub scavenges: usize,
    /// Collections of all spaces.
    pub full_collections: usize,
    /// Bytes that collections have moved to the old space.
    pub promoted: usize,
    /// The longest time that all else stood for a collection.
    pub longest_pause: Duration,
    /// The longest time that all else stood for a collection of the new space alone.
    pub longest_scavenge: Duration,
    /// The time that all else stood for collections.
    pub total_pause: Duration,
}

/// One space's figures, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpaceStatistics {
    /// V8's name of the space.
    pub name: &'static str,
    /// Committed (`space_size`).
    pub committed: usize,
    /// Bytes of cells (`space_used_size`).
    pub used: usize,
    /// Committed, but without cells (`space_available_size`).
    pub available: usize,
}

impl Heap {
    /// The heap's figures. O(1).
    #[must_use]
    pub fn statistics(&self) -> HeapStatistics {
        let committed = self.committed();
        let counters = self.statistics;
        HeapStatistics {
            committed,
            used: self.heap_used(),
            limit: self.options.limit,
            available: self.options.limit.saturating_sub(committed),
            external: self.external,
            globals: self.globals.len(),
            natives: self.natives.len(),
            new_space_used: self.new.used(),
            old_space_used: self.old.used(),
            large_object_space_used: self.large.used(),
            scavenges: counters.scavenges,
            full_collections: counters.full_collections,
            promoted: counters.promoted,
            longest_pause: counters.longest_pause,
            longest_scavenge: counters.longest_scavenge,
            total_pause: counters.total_pause,
        }
    }

    /// The spaces' figures. O(1).
    #[must_use]
    pub fn space_statistics(&self) -> Vec<SpaceStatistics> {
        let space = |name, committed: usize, used: usize| SpaceStatistics {
            name,
            committed,
            used,
            available: committed.saturating_sub(used),
        };
        let reserved = self.reserved.iter().map(|mapping| mapping.length()).sum();
        let mut new = space("new_space", self.new.committed(), self.new.used());
        // One of the two halves is kept free for the next scavenge.
        new.available = self.new.capacity() - self.new.used();
        vec![
            space("read_only_space", reserved, reserved),
            new,
            space("old_space", self.old.committed(), self.old.used()),
            space("large_object_space", self.large.committed(), self.large.used()),
        ]
    }
}
