//! Tables by cells' addresses.
//!
//! Nobody can choose the addresses, because they are the heap's own: one multiplication spreads them well enough.

use crate::memory::cell::Cell;
use core::hash::{BuildHasherDefault, Hasher};
use std::collections::{HashMap, HashSet};

/// A table by cells.
pub(crate) type CellMap<V> = HashMap<Cell, V, BuildHasherDefault<AddressHasher>>;

/// A set of cells.
pub(crate) type CellSet = HashSet<Cell, BuildHasherDefault<AddressHasher>>;

/// Hashes an address: the product of it and an odd number, whose first bits are folded on the last ones, for tables
/// use both.
#[derive(Clone, Copy, Default)]
pub(crate) struct AddressHasher(u64);

/// 2^64 by the golden ratio (Knuth, The Art of Computer Programming, volume 3, 6.4).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for AddressHasher {
    #[inline]
    fn write_usize(&mut self, address: usize) {
        let product = (self.0 ^ address as u64).wrapping_mul(GOLDEN);
        self.0 = product ^ (product >> 40);
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::AddressHasher;
    use core::hash::Hasher;
    use std::collections::HashSet;

    #[test]
    fn cells_that_lie_in_a_row_spread_over_a_table() {
        const CELLS: usize = 1 << 14;
        for size in [16, 24, 32, 4096, 262_144] {
            let hash = |number: usize| {
                let mut hasher = AddressHasher::default();
                hasher.write_usize(0x7f12_3456_0000 + size * number);
                hasher.finish()
            };
            let last: HashSet<u64> = (0..CELLS).map(|number| hash(number) % CELLS as u64).collect();
            let first: HashSet<u64> = (0..CELLS).map(|number| hash(number) >> 57).collect();
            // Random numbers would hit 63 of 100.
            assert!(last.len() > CELLS / 2 && first.len() == 128, "{size}: {}", last.len());
        }
    }
}
