//! The heap's figures, as V8's `GetHeapStatistics` and `GetHeapSpaceStatistics` give them.

use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::word::Word;
use std::time::Duration;

/// The heap's figures: sizes in bytes, and counts. In brackets are the names of V8's `HeapStatistics`.
///
/// V8's `number_of_native_contexts` and `number_of_detached_contexts` have no counterpart, because the heap has no realms;
/// neither has `malloced_memory`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeapStatistics {
    /// Committed by all spaces (`total_heap_size`).
    pub committed: usize,
    /// Committed bytes that are resident (`total_physical_size`): the sum of the spaces'
    /// [`physical`](SpaceStatistics::physical).
    pub physical: usize,
    /// Bytes of empty pages that are not committed any more, but may be resident until
    /// [`idle`](Heap::idle) or [`release_memory`](Heap::release_memory) gives them back.
    pub pooled: usize,
    /// Bytes of cells, dead ones that are not yet collected included (`used_heap_size`).
    pub used: usize,
    /// The limit (`heap_size_limit`).
    pub limit: usize,
    /// Bytes that may still be committed (`total_available_size`).
    pub available: usize,
    /// Bytes outside the heap that its cells keep alive (`external_memory`).
    pub external: usize,
    /// The number of handles of the open scopes.
    pub handles: usize,
    /// The number of registers of all windows of the register stack.
    pub registers: usize,
    /// The number of owned roots, without dropped ones.
    pub globals: usize,
    /// The number of weak handles, without dropped ones.
    pub weak_handles: usize,
    /// Bytes of the lists of owned roots and weak handles (`total_global_handles_size`).
    pub global_handles_total: usize,
    /// The part of these bytes that is in use (`used_global_handles_size`).
    pub global_handles_used: usize,
    /// The number of native cells, dead ones that are not yet collected included.
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
    /// Bytes that were promoted.
    pub promoted: usize,
    /// The longest pause.
    pub longest_pause: Duration,
    /// The longest pause of a collection of the new space alone.
    pub longest_scavenge: Duration,
    /// The sum of all pauses.
    pub total_pause: Duration,
}

/// One space's figures, in bytes. In brackets are the names of V8's `HeapSpaceStatistics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpaceStatistics {
    /// V8's name of the space.
    pub name: &'static str,
    /// Committed (`space_size`).
    pub committed: usize,
    /// Of the committed, what is resident (`physical_space_size`).
    ///
    /// As in V8 it is computed, not asked of the operating system: the new space counts by what has been written
    /// to since it was last released, pages of the old space and large cells count whole. The true value is less if the
    /// system swaps or a large cell was never written to, and may be more if the system uses large pages.
    pub physical: usize,
    /// Bytes of cells (`space_used_size`).
    pub used: usize,
    /// Committed, but without cells (`space_available_size`).
    pub available: usize,
}

/// Bytes of an entry in the list of owned roots: a word.
const GLOBAL: usize = size_of::<Option<Cell>>();
/// Bytes of an entry in the list of weak handles: a word and a tag.
const WEAK: usize = size_of::<Option<Option<Cell>>>();

impl Heap {
    /// The heap's figures. O(number of reservations).
    ///
    /// ```
    /// use heap_model::{Heap, HeapOptions, Kind};
    ///
    /// let mut heap = Heap::new(HeapOptions::default())?;
    /// let root = heap.enter(|scope| -> Result<_, heap_model::HeapError> {
    ///     let cell = scope.alloc(Kind::Bytes, 0, 1000)?;
    ///     Ok(scope.global(cell)?)
    /// })?;
    /// let figures = heap.statistics();
    /// assert_eq!((figures.used, figures.globals, figures.handles), (1016, 1, 0));
    /// assert!(figures.physical <= figures.committed && figures.committed <= figures.limit);
    /// drop(root);
    /// heap.collect();
    /// assert_eq!(heap.statistics().used, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn statistics(&self) -> HeapStatistics {
        let committed = self.spaces.total();
        let counters = self.counters;
        let (globals, weak_handles) = self.roots.counts();
        HeapStatistics {
            committed,
            physical: self.spaces.committed() - self.spaces.new.committed()
                + self.spaces.new.physical(),
            pooled: self.spaces.old.resident_empty(),
            used: self.spaces.used(),
            limit: self.spaces.limit(),
            available: self.spaces.limit().saturating_sub(committed),
            external: self.natives.external.bytes(),
            handles: self.roots.handles.used() / size_of::<Word>(),
            registers: self.roots.registers.top(),
            globals,
            weak_handles,
            global_handles_total: GLOBAL * self.roots.globals.capacity()
                + WEAK * self.roots.weaks.capacity(),
            global_handles_used: GLOBAL * globals + WEAK * weak_handles,
            natives: self.natives.payloads.len(),
            new_space_used: self.spaces.new.used(),
            old_space_used: self.spaces.old.used(),
            large_object_space_used: self.spaces.large.used(),
            scavenges: counters.scavenges,
            full_collections: counters.full_collections,
            promoted: counters.promoted,
            longest_pause: counters.longest_pause,
            longest_scavenge: counters.longest_scavenge,
            total_pause: counters.total_pause,
        }
    }

    /// The spaces' figures: those of V8's names that the heap has, `read_only_space` being what was
    /// [reserved](Heap::reserve). O(number of reservations).
    #[must_use]
    pub fn space_statistics(&self) -> Vec<SpaceStatistics> {
        let space = |name, committed: usize, used: usize| SpaceStatistics {
            name,
            committed,
            physical: committed,
            used,
            available: committed.saturating_sub(used),
        };
        let reserved = self.spaces.reserved();
        let committed = self.spaces.new.committed() - self.spaces.new.unneeded();
        let mut new = space("new_space", committed, self.spaces.new.used());
        // One of the two semi-spaces is kept free for the next scavenge.
        new.available = self.spaces.new.capacity().saturating_sub(self.spaces.new.used());
        new.physical = self.spaces.new.physical();
        vec![
            space("read_only_space", reserved, reserved),
            new,
            space("old_space", self.spaces.old.committed(), self.spaces.old.used()),
            space("large_object_space", self.spaces.large.committed(), self.spaces.large.used()),
        ]
    }
}
