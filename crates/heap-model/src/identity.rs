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

/// How many runs there are.
const RUNS: u32 = u32::MAX / RUN + 1;

/// As many as there are runs, by the golden ratio, and odd.
const GOLDEN: u32 = 0x278D_DE6F;

/// What undoes the multiplication by [`GOLDEN`], modulo a power of two: the number of right bits doubles with each
/// step (Newton's method), from three, for an odd number is its own inverse modulo 8.
const INVERSE: u32 = {
    let mut inverse = GOLDEN;
    let mut step = 0;
    while step < 4 {
        inverse = inverse.wrapping_mul(2_u32.wrapping_sub(GOLDEN.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
};

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

    /// How many hashes were given out since this one was: of the latest 2^32 - 1 cells that got one, the younger
    /// has the less.
    pub fn age(&self, hash: u32) -> u32 {
        let number = (hash / RUN).wrapping_mul(INVERSE) % RUNS * RUN + hash % RUN;
        self.next.wrapping_sub(number)
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
    fn a_hash_tells_how_many_came_after_it_even_where_the_numbers_begin_anew() {
        for next in [1, 1000, 0x1234_5678, u32::MAX - 500] {
            let mut identities = Identities { next };
            let hashes: Vec<u32> = (0..1000).map(|_| identities.next()).collect();
            let ages: Vec<u32> = hashes.iter().map(|hash| identities.age(*hash)).collect();
            assert!(ages.is_sorted_by(|a, b| a > b) && *ages.last().unwrap() == 1, "{next}");
        }
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
