//! What a pool's counters and stores say.

use super::Core;
use crate::options::Reuse;
use crate::placement::Placement;
use crate::raw::store::Handle;
use crate::report::{PoolStats, Slab, SlabState};

impl Core {
    /// Bytes of the stores that count.
    pub fn array_buffers(&self) -> usize {
        self.stores.settle();
        let bytes = self.stores.mailbox.bytes();
        self.notify();
        bytes
    }

    pub fn stats(&self) -> PoolStats {
        let stores = &self.stores;
        stores.settle();
        let counters = &stores.counters;
        let mut stats = PoolStats {
            hits: counters.hits.get() + stores.own_hits(),
            misses: counters.misses.get(),
            lost_to_alignment: counters.lost_to_alignment.get(),
            lost_to_slab_ends: counters.lost_to_slab_ends.get(),
            peak_array_buffers: stores.peak.get().max(stores.mailbox.peak_elsewhere()),
            ..PoolStats::default()
        };
        for bump in [&self.bump, &self.survivors] {
            stats.hits += bump.placed() as u64;
        }
        self.each(usize::MAX, |_, state, live| stats.add(state, live));
        stats.kept_bytes = stores.kept_bytes();
        stats.array_buffers = stores.mailbox.bytes();
        self.notify();
        stats
    }

    pub fn slabs(&self) -> Vec<Slab> {
        self.stores.settle();
        let mut slabs = Vec::new();
        let mut visits = false;
        while !visits {
            // Nothing is allocated under the lock.
            slabs.reserve(self.stores.mailbox.count());
            visits = self.each(slabs.capacity(), |store, state, live| {
                slabs.push(store.report(state, live));
            });
        }
        slabs.sort_by_key(|slab| slab.id);
        self.notify();
        slabs
    }

    /// Visits all stores that count, unless they are more than `most`: then false. The released ones
    /// of the policy `Node` do not count.
    fn each(
        &self,
        most: usize,
        mut visit: impl FnMut(Handle<'_>, SlabState, (usize, usize)),
    ) -> bool {
        let bumps = [&self.bump, &self.survivors];
        self.stores.mailbox.each(most, |store| {
            if let Some(bump) = bumps.iter().find(|bump| bump.slab() == Some(store)) {
                visit(store, SlabState::Current, bump.live());
                return;
            }
            let live = store.live().unwrap_or_default();
            match live.0 {
                0 if self.options().reuse == Reuse::Node => {}
                0 => visit(store, SlabState::Kept, live),
                _ if !store.pooled => visit(store, SlabState::Own, live),
                count if count == store.placed() => visit(store, SlabState::Full, live),
                _ => visit(store, SlabState::Partial, live),
            }
        })
    }
}
