//! Identity hashes: numbers that cells get on first use.
//!
//! Cells that are made together are often put into tables together. So the hashes are not random: [`RUN`] successive
//! hashes share all but their last bits, and so one cache line of a table; the lines of successive runs are spread
//! evenly, by multiples of the golden ratio (Knuth, The Art of Computer Programming, volume 3, 6.4).

use crate::memory::cell::Cell;

/// The number of successive hashes that differ only in their last bits.
pub(crate) const RUN: u32 = 4;

/// The number of runs.
const RUNS: u32 = u32::MAX / RUN + 1;

/// The number of runs divided by the golden ratio, made odd.
const GOLDEN: u32 = 0x278D_DE6F;

/// The inverse of [`GOLDEN`] modulo a power of two. Each step of Newton's method doubles the number of correct bits, which
/// begins at three because an odd number is its own inverse modulo 8.
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

    /// The next hash, never 0, which stands for none. The first 2^32 - 1 differ.
    #[inline(always)]
    pub fn next(&mut self) -> u32 {
        let number = self.next;
        self.next = number.wrapping_add(1).max(1);
        (number / RUN).wrapping_mul(GOLDEN).wrapping_mul(RUN) + number % RUN
    }

    /// The cell's identity hash. The cell is not a double.
    #[inline(always)]
    pub fn of(&mut self, cell: Cell) -> u32 {
        match cell.hash() {
            0 => {
                let hash = self.next();
                cell.set_hash(hash);
                hash
            }
            hash => hash,
        }
    }

    /// The age of a hash: the number of hashes given out since. It orders the latest 2^32 - 1 hashes.
    pub fn age(&self, hash: u32) -> u32 {
        let number = (hash / RUN).wrapping_mul(INVERSE) % RUNS * RUN + hash % RUN;
        self.next.wrapping_sub(number)
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
