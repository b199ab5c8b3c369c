//! What the counters and stores of a pool of many threads say.

use super::Depot;
use crate::counters::{Counters, add};
use crate::options::Reuse;
use crate::raw::store::Handle;
use crate::report::{PoolStats, Slab, SlabState};

impl Depot {
    pub fn stats(&self) -> PoolStats {
        let mut stats = PoolStats::default();
        let sum = Counters::default();
        self.each(&mut stats, &sum, |stats, _, state, live| stats.add(state, live));
        stats.hits += sum.hits.get();
        stats.misses = sum.misses.get();
        stats.lost_to_alignment = sum.lost_to_alignment.get();
        stats.lost_to_slab_ends = sum.lost_to_slab_ends.get();
        stats.array_buffers = self.array_buffers();
        stats.peak_array_buffers = self.books.peak().max(stats.array_buffers);
        stats
    }

    pub fn slabs(&self) -> Vec<Slab> {
        // Some may be made in the meantime; memory is seldom allocated under the locks.
        let mut slabs = Vec::with_capacity(self.lists().count);
        let (mut stats, sum) = (PoolStats::default(), Counters::default());
        self.each(&mut stats, &sum, |_, store, state, live| slabs.push(store.report(state, live)));
        slabs.sort_by_key(|slab| slab.id);
        slabs
    }

    /// Visits all stores that count, while no cache changes its slab, and sums up what the threads
    /// count.
    fn each(
        &self,
        stats: &mut PoolStats,
        sum: &Counters,
        mut visit: impl FnMut(&mut PoolStats, Handle<'_>, SlabState, (usize, usize)),
    ) {
        let lists = self.lists();
        let held: Vec<_> = lists.caches.iter().map(|cache| cache.held()).collect();
        let caches = lists.caches.iter().zip(&held).map(|(cache, held)| cache.bump(held));
        let mut current = Vec::new();
        for bump in caches.chain([&lists.survivors]) {
            if let Some(slab) = bump.slab() {
                current.push(slab);
                visit(stats, slab, SlabState::Current, bump.live_there());
                stats.hits += bump.placed() as u64;
            }
        }
        sum.absorb(&lists.counters);
        add(&sum.hits, lists.kept.hits() as usize);
        stats.kept_bytes = lists.kept.kept_bytes();
        for held in &held {
            sum.absorb(&held.counts());
            stats.kept_bytes += held.kept.kept_bytes();
        }
        for store in lists.stores.iter().filter(|store| !current.contains(store)) {
            match store.live_used() {
                Some((0, _)) if self.books.options.reuse == Reuse::Recycle => {
                    visit(stats, store, SlabState::Kept, (0, 0));
                }
                Some((0, _)) | None => {}
                Some(live) => {
                    let state = match store.pooled {
                        false => SlabState::Own,
                        true if live.0 == store.placed() => SlabState::Full,
                        true => SlabState::Partial,
                    };
                    visit(stats, store, state, live);
                }
            }
        }
    }
}
