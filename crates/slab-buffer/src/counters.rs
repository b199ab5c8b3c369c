//! What a pool counts beside its stores.

use crate::raw::bump::{Bump, Tally};
use std::cell::Cell;

/// Buffers that were placed, and bytes that were lost.
#[derive(Default)]
pub(crate) struct Counters {
    pub hits: Cell<u64>,
    pub misses: Cell<u64>,
    pub lost_to_alignment: Cell<u64>,
    pub lost_to_slab_ends: Cell<u64>,
}

impl Counters {
    /// Adds the counts of another.
    pub fn absorb(&self, other: &Self) {
        for (sum, more) in [
            (&self.hits, &other.hits),
            (&self.misses, &other.misses),
            (&self.lost_to_alignment, &other.lost_to_alignment),
            (&self.lost_to_slab_ends, &other.lost_to_slab_ends),
        ] {
            sum.set(sum.get() + more.get());
        }
    }

    /// Adds what was placed and lost in the bump's slab, before it is retired.
    #[inline]
    pub fn add_slab(&self, bump: &Bump) {
        let Tally { buffers, lost_to_alignment, lost_to_slab_ends } = bump.tally();
        add(&self.hits, buffers);
        add(&self.lost_to_alignment, lost_to_alignment);
        add(&self.lost_to_slab_ends, lost_to_slab_ends);
    }
}

/// Adds to a counter.
#[inline]
pub(crate) fn add(counter: &Cell<u64>, by: usize) {
    counter.set(counter.get() + by as u64);
}
