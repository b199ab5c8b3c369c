//! Identity hashes: numbers that cells are given when they are first asked for theirs. No unsafe code.
//!
//! Cells that are made together come into tables together. So the hashes are not random: [`RUN`] in a
//! row have all but their last bits in common and lie in one line of a table's memory, and the lines of
//! successive runs are spread evenly, by multiples of the golden ratio (Knuth, The Art of Computer
//! Programming, volume 3, 6.4).

use crate::heap::Heap;
use crate::raw::cell::Cell;

/// How many successive hashes differ in nothing but their last bits.
pub(crate) const RUN: u32 = 4;

/// As many as there are runs, by the golden ratio, and odd.
const GOLDEN: u32 = 0x278D_DE6F;

/// The hashes that have been given out.
pub(crate) struct Identities {
    next: u32,
}

impl Identities {
    pub fn new() -> Self {
        Self { next: 1 }
    }

    /// The next hash, never 0, which stands for none. All 2^32 - 1 come before any comes again.
    #[inline(always)]
    pub fn next(&mut self) -> u32 {
        let number = self.next;
        self.next = number.wrapping_add(1).max(1);
        (number / RUN).wrapping_mul(GOLDEN).wrapping_mul(RUN) + number % RUN
    }
}

impl Heap {
    /// The cell's identity hash. The cell is not a double.
    #[inline(always)]
    pub(crate) fn identity_hash(&mut self, cell: Cell) -> u32 {
        match cell.hash() {
            0 => {
                let hash = self.identities.next();
                cell.set_hash(hash);
                hash
            }
            hash => hash,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Identities, RUN};
    use std::collections::HashSet;

    #[test]
    fn no_hash_is_0_or_comes_twice_not_even_where_the_numbers_begin_anew() {
        let mut identities = Identities { next: u32::MAX - 50_000 };
        let hashes: HashSet<u32> = (0..100_000).map(|_| identities.next()).collect();
        assert_eq!(hashes.len(), 100_000);
        assert!(!hashes.contains(&0));
    }

    #[test]
    fn successive_runs_lie_whole_and_apart() {
        const PLACES: usize = 1 << 12;
        let mut identities = Identities { next: RUN };
        let mut runs = vec![0; PLACES];
        for _ in 0..PLACES / 2 * RUN as usize {
            runs[identities.next() as usize >> 20] += 1;
        }
        assert!(runs.iter().all(|count| count % RUN == 0 && *count <= RUN));
    }
}
