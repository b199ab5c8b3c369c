//! What every implementation allocates and how its collections are measured.

use crate::timed::{Milliseconds, Report, median};

/// References of an object of the graph.
pub(super) const EDGES: usize = 3;
/// Collections that are measured, after one that is not, because it may move young objects.
pub(super) const COLLECTIONS: usize = 5;

/// Numbers below a bound, the same for all (xorshift).
pub(super) struct Random(u64);

impl Random {
    pub const fn new() -> Self {
        Self(88_172_645_463_325_252)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound
    }
}

/// How long a collection takes.
pub(super) fn measure(mut collect: impl FnMut()) -> Milliseconds {
    collect();
    median(COLLECTIONS, collect)
}

pub(super) fn report(millions: usize, references: usize, time: Milliseconds) -> Report {
    let figures = vec![
        ("CPU ms/million", time.cpu / millions as f64),
        ("wall ms/million", time.wall / millions as f64),
    ];
    Report { result: references as u64, figures }
}
