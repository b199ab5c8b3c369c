//! The interner: of the strings with the same units it has one, and does not keep it alive (V8's `StringTable`).
//!
//! It is a hash table outside of the heap, as V8's is, of cells by the hash of their units. A collection removes the
//! strings that have died; a scavenge looks at those that are young.

use crate::memory::cell::Cell;
use hashbrown::HashTable;

/// The one-byte units and the empty string, which have strings that live as long as the heap.
pub(crate) const SINGLES: usize = 257;

#[derive(Default)]
pub(crate) struct Interned {
    strings: HashTable<Cell>,
    /// Those that may be young.
    young: Vec<Cell>,
    /// Those that were given numbers, by these.
    numbered: Vec<Option<Cell>>,
    /// The numbers whose strings may be young.
    young_numbers: Vec<u32>,
    /// The number of the owned root of an array of the strings of one unit, and of none.
    pub singles: Option<u32>,
}

fn hash_of(cell: &Cell) -> u64 {
    spread(cell.hash())
}

/// A hash of 32 bits in both the bits by which a table finds a bucket and those by which it tells entries apart.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

impl Interned {
    /// The string with this hash that `is` the one that is looked for. Expected constant time.
    pub fn find(&self, hash: u32, mut is: impl FnMut(Cell) -> bool) -> Option<Cell> {
        self.strings.find(spread(hash), |cell| is(*cell)).copied()
    }

    /// Adds a string that has its hash and is not there.
    pub fn add(&mut self, cell: Cell, young: bool) {
        self.strings.insert_unique(hash_of(&cell), cell, hash_of);
        if young {
            self.young.push(cell);
        }
    }

    /// Gives a string a number. Amortised constant time, if numbers are dense.
    pub fn set_number(&mut self, number: u32, cell: Cell, young: bool) {
        let place = number as usize;
        if place >= self.numbered.len() {
            self.numbered.resize(place + 1, None);
        }
        self.numbered[place] = Some(cell);
        if young {
            self.young_numbers.push(number);
        }
    }

    /// The string that was given a number, while it lives. Constant time.
    pub fn numbered(&self, number: u32) -> Option<Cell> {
        self.numbered.get(number as usize).copied().flatten()
    }

    /// Updates the young strings: `follow` returns the cell's new address if it lives, and whether it is young. Linear
    /// in their number.
    pub fn follow_young(&mut self, follow: impl Fn(Cell) -> Option<(Cell, bool)>) {
        let Self { strings, young, numbered, young_numbers, .. } = self;
        young.retain_mut(|cell| {
            // Its hash can be read even if it has died or was moved.
            let entry = strings.find_entry(hash_of(cell), |other| other == cell);
            let Ok(mut entry) = entry else { return false };
            match follow(*cell) {
                Some((moved, young)) => {
                    (*entry.get_mut(), *cell) = (moved, moved);
                    young
                }
                None => {
                    entry.remove();
                    false
                }
            }
        });
        young_numbers.retain(|number| {
            let cell = &mut numbered[*number as usize];
            let followed = cell.and_then(&follow);
            *cell = followed.map(|(cell, _)| cell);
            followed.is_some_and(|(_, young)| young)
        });
    }

    /// Updates all strings: `follow` returns the cell's new address if it lives. Linear in their number.
    pub fn follow(&mut self, follow: impl Fn(Cell) -> Option<Cell>) {
        let update = |cell: &mut Cell| follow(*cell).map(|moved| *cell = moved).is_some();
        self.strings.retain(update);
        self.young.retain_mut(update);
        self.numbered.iter_mut().for_each(|cell| *cell = cell.and_then(&follow));
    }

    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// Releases the unused memory. Linear in its size.
    pub fn shrink(&mut self) {
        if self.strings.capacity() > 4 * self.strings.len() {
            self.strings.shrink_to(2 * self.strings.len(), hash_of);
        }
        self.young.shrink_to(1024);
        self.young_numbers.shrink_to(1024);
    }

    /// The strings.
    #[cfg(zeal)]
    pub fn iter(&self) -> impl Iterator<Item = Cell> {
        self.strings.iter().copied()
    }

    /// The strings that have numbers, and whether they are known to be young.
    #[cfg(zeal)]
    pub fn iter_numbered(&self) -> impl Iterator<Item = (Cell, bool)> {
        let young = |number: usize| self.young_numbers.contains(&(number as u32));
        let numbered = self.numbered.iter().enumerate();
        numbered.filter_map(move |(number, cell)| Some(((*cell)?, young(number))))
    }

    /// Whether the string is found, and known to be young if it is.
    #[cfg(zeal)]
    pub fn has(&self, cell: Cell, young: bool) -> bool {
        let found = self.find(cell.hash(), |other| other == cell);
        found.is_some() && (!young || self.young.contains(&cell))
    }
}
