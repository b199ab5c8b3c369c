//! Lists whose entries keep their numbers: of owned roots, weak handles and native cells (V8's `GlobalHandles` and
//! its `NodeBlock`s).
//!
//! Entries lie in blocks. A block has a bit set of its occupied entries, so iteration costs time in proportion to these,
//! and an empty block can be freed. The entries that refer to young cells are also listed: a scavenge visits no others.
//!
//! Invariants: `young` contains a number once if its bit in `listed` is set, and otherwise not. `open` contains a block
//! once if one of its entries is vacant, and otherwise not.

use core::array;

/// Entries of a block, and words of a set of them.
const LEN: usize = 256;
const WORDS: usize = LEN / 64;

/// A set of a block's entries, a bit for each.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Set([u64; WORDS]);

impl Set {
    /// Adds an entry; returns whether it was not in the set.
    fn insert(&mut self, entry: usize) -> bool {
        let absent = !self.contains(entry);
        self.0[entry / 64] |= 1 << (entry % 64);
        absent
    }

    fn remove(&mut self, entry: usize) {
        self.0[entry / 64] &= !(1 << (entry % 64));
    }

    fn contains(&self, entry: usize) -> bool {
        self.0[entry / 64] & 1 << (entry % 64) != 0
    }

    /// The first entry that is not in the set.
    fn vacant(&self) -> Option<usize> {
        let word = self.0.iter().position(|word| *word != u64::MAX)?;
        Some(64 * word + self.0[word].trailing_ones() as usize)
    }

    /// The entries in the set, in order.
    fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(word, mut bits)| {
            core::iter::from_fn(move || {
                let bit = bits.trailing_zeros() as usize;
                bits &= bits.checked_sub(1)?;
                Some(64 * word + bit)
            })
        })
    }
}

struct Block<T> {
    entries: [Option<T>; LEN],
    used: Set,
    listed: Set,
}

/// A list whose entries keep their numbers.
pub(crate) struct Blocks<T> {
    /// A block without entries may be absent.
    blocks: Vec<Option<Box<Block<T>>>>,
    /// The blocks with vacant entries; the last one is filled first.
    open: Vec<u32>,
    young: Vec<u32>,
    len: usize,
    /// The number of allocated blocks.
    there: usize,
}

/// What has become of an entry's cell in a scavenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    Young,
    Old,
    Dead,
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self { blocks: Vec::new(), open: Vec::new(), young: Vec::new(), len: 0, there: 0 }
    }
}

impl<T> Block<T> {
    fn new() -> Box<Self> {
        let entries = array::from_fn(|_| None);
        Box::new(Self { entries, used: Set::default(), listed: Set::default() })
    }

    fn is_full(&self) -> bool {
        self.used.vacant().is_none()
    }
}

/// The number of a block, and of an entry in it.
fn split(number: u32) -> (usize, usize) {
    (number as usize / LEN, number as usize % LEN)
}

impl<T> Blocks<T> {
    /// Adds an entry and returns its number; `young` says whether its cell is. Amortised constant time.
    pub fn insert(&mut self, value: T, young: bool) -> u32 {
        let at = self.open_block();
        let block = self.blocks[at].get_or_insert_with(|| {
            self.there += 1;
            Block::new()
        });
        let entry = block.used.vacant().expect("an open block has a vacant entry");
        block.entries[entry] = Some(value);
        block.used.insert(entry);
        let number = (LEN * at + entry) as u32;
        if young && block.listed.insert(entry) {
            self.young.push(number);
        }
        if block.is_full() {
            self.open.pop();
        }
        self.len += 1;
        number
    }

    /// The block that is filled next, which is the last of those that are open.
    fn open_block(&mut self) -> usize {
        if let Some(at) = self.open.last() {
            return *at as usize;
        }
        // More blocks would not fit into an address space of 47 bits.
        assert!(self.blocks.len() < 1 << 24, "a list has at most 2^32 entries");
        self.blocks.push(None);
        self.open.push(self.blocks.len() as u32 - 1);
        self.blocks.len() - 1
    }

    #[inline]
    pub fn get(&self, number: u32) -> Option<&T> {
        let (at, entry) = split(number);
        self.blocks.get(at)?.as_ref()?.entries[entry].as_ref()
    }

    #[inline]
    pub fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let (at, entry) = split(number);
        self.blocks.get_mut(at)?.as_mut()?.entries[entry].as_mut()
    }

    /// Two different entries.
    pub fn get_two_mut(&mut self, a: u32, b: u32) -> Option<(&mut T, &mut T)> {
        let ((at_a, a), (at_b, b)) = (split(a), split(b));
        if at_a == at_b {
            let block = self.blocks.get_mut(at_a)?.as_mut()?;
            let [a, b] = block.entries.get_disjoint_mut([a, b]).ok()?;
            return Some((a.as_mut()?, b.as_mut()?));
        }
        let [block_a, block_b] = self.blocks.get_disjoint_mut([at_a, at_b]).ok()?;
        let (a, b) = (&mut block_a.as_mut()?.entries[a], &mut block_b.as_mut()?.entries[b]);
        Some((a.as_mut()?, b.as_mut()?))
    }

    /// Removes an entry, if present. Its block stays until [`shrink`](Self::shrink).
    pub fn remove(&mut self, number: u32) -> Option<T> {
        let (at, entry) = split(number);
        let block = self.blocks.get_mut(at)?.as_mut()?;
        let value = block.entries[entry].take()?;
        if block.is_full() {
            self.open.push(at as u32);
        }
        block.used.remove(entry);
        self.len -= 1;
        Some(value)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The number of entries that fit into the blocks.
    pub fn capacity(&self) -> usize {
        self.there * LEN
    }

    /// The entries, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.blocks.iter().enumerate().flat_map(|(at, block)| {
            block.iter().flat_map(move |block| {
                block.used.iter().filter_map(move |entry| {
                    Some(((LEN * at + entry) as u32, block.entries[entry].as_ref()?))
                })
            })
        })
    }

    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.iter().map(|(_, value)| value)
    }

    /// Visits each entry, which `visit` may change.
    pub fn for_each(&mut self, mut visit: impl FnMut(&mut T)) {
        self.retain(
            |value| {
                visit(value);
                true
            },
            drop,
        );
    }

    /// Visits each entry, and removes those that `keep` rejects.
    pub fn retain(&mut self, mut keep: impl FnMut(&mut T) -> bool, mut removed: impl FnMut(T)) {
        for at in 0..self.blocks.len() {
            let Some(block) = &mut self.blocks[at] else { continue };
            for entry in block.used.iter() {
                let Some(block) = &mut self.blocks[at] else { break };
                let kept = block.entries[entry].as_mut().is_none_or(&mut keep);
                if !kept && let Some(value) = self.remove((LEN * at + entry) as u32) {
                    removed(value);
                }
            }
        }
    }

    /// Visits each entry that may refer to a young cell, and removes those whose cells are dead.
    pub fn visit_young(
        &mut self,
        mut visit: impl FnMut(&mut T) -> Age,
        mut removed: impl FnMut(T),
    ) {
        let mut young = std::mem::take(&mut self.young);
        young.retain(|number| {
            let age = self.get_mut(*number).map(&mut visit);
            if age == Some(Age::Dead)
                && let Some(value) = self.remove(*number)
            {
                removed(value);
            }
            let stays = age == Some(Age::Young);
            let (at, entry) = split(*number);
            if !stays && let Some(Some(block)) = self.blocks.get_mut(at) {
                block.listed.remove(entry);
            }
            stays
        });
        self.young = young;
    }

    /// Frees the blocks without entries. O(entries + blocks).
    pub fn shrink(&mut self) {
        for block in &mut self.blocks {
            if block.as_ref().is_some_and(|block| block.used == Set::default()) {
                *block = None;
            }
        }
        let there = self.blocks.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        self.blocks.truncate(there);
        self.there = self.blocks.iter().flatten().count();
        let Self { blocks, open, young, .. } = self;
        young.retain(|number| blocks.get(split(*number).0).is_some_and(Option::is_some));
        // Fill existing blocks first, from the front, so that the last ones become empty.
        open.clear();
        let is_open =
            |block: &Option<Box<Block<T>>>| block.as_ref().is_none_or(|block| !block.is_full());
        let numbers = (0..blocks.len()).rev().filter(|at| is_open(&blocks[*at]));
        let (absent, vacant): (Vec<_>, Vec<_>) = numbers.partition(|at| blocks[*at].is_none());
        open.extend(absent.into_iter().chain(vacant).map(|at| at as u32));
        open.shrink_to_fit();
        young.shrink_to_fit();
        blocks.shrink_to_fit();
    }

    /// Whether a scavenge looks at an entry.
    #[cfg(any(test, zeal))]
    pub fn is_listed(&self, number: u32) -> bool {
        let (at, entry) = split(number);
        let block = self.blocks.get(at).and_then(Option::as_ref);
        block.is_some_and(|block| block.listed.contains(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::{Age, Blocks, LEN};

    #[test]
    fn numbers_stay_and_those_of_removed_entries_come_again() {
        let mut blocks = Blocks::default();
        let numbers: Vec<u32> = (0..1000).map(|value| blocks.insert(value, false)).collect();
        assert!(numbers.iter().all(|number| blocks.get(*number) == Some(&(*number as usize))));
        for number in numbers.iter().step_by(3) {
            assert_eq!(blocks.remove(*number), Some(*number as usize));
            assert_eq!((blocks.remove(*number), blocks.get(*number)), (None, None));
        }
        assert_eq!(blocks.iter().count(), blocks.len());
        let capacity = blocks.capacity();
        for value in 0..334 {
            assert!(blocks.insert(value, false).is_multiple_of(3));
        }
        assert_eq!((blocks.len(), blocks.capacity()), (1000, capacity));
        assert_eq!(blocks.get(5000), None);
    }

    #[test]
    fn two_entries_are_borrowed_at_once_unless_they_are_one() {
        let mut blocks = Blocks::default();
        let numbers: Vec<u32> = (0..1000).map(|value| blocks.insert(value, false)).collect();
        for (a, b) in [(3, 7), (7, 3), (3, 999), (999, 3)] {
            let (first, second) = blocks.get_two_mut(numbers[a], numbers[b]).unwrap();
            assert_eq!((*first, *second), (a, b));
            core::mem::swap(first, second);
            assert_eq!((blocks.get(numbers[a]), blocks.get(numbers[b])), (Some(&b), Some(&a)));
            let (first, second) = blocks.get_two_mut(numbers[a], numbers[b]).unwrap();
            core::mem::swap(first, second);
        }
        blocks.remove(numbers[7]);
        for (a, b) in [(3, 3), (3, 7), (7, 3), (3, 5000), (5000, 3)] {
            assert!(blocks.get_two_mut(a, b).is_none());
        }
    }

    #[test]
    fn what_is_vacant_goes_and_the_last_numbers_with_it() {
        let mut blocks = Blocks::default();
        let numbers: Vec<u32> = (0..100_000).map(|value| blocks.insert(value, true)).collect();
        let kept = numbers[50_000];
        blocks.retain(|value| *value == kept as usize, |value| assert_ne!(value, kept as usize));
        blocks.shrink();
        assert_eq!((blocks.len(), blocks.capacity()), (1, LEN));
        assert_eq!(blocks.iter().collect::<Vec<_>>(), [(kept, &(kept as usize))]);
        // What is there is filled before anything is added, and then what lies in front.
        let more: Vec<u32> = (0..LEN).map(|value| blocks.insert(value, false)).collect();
        assert!(more[..LEN - 1].iter().all(|number| number / 256 == kept / 256));
        assert_eq!(more[LEN - 1], 0);
        blocks.retain(|_| false, drop);
        blocks.shrink();
        assert_eq!((blocks.len(), blocks.capacity(), blocks.iter().count()), (0, 0, 0));
        assert!(numbers.iter().all(|number| !blocks.is_listed(*number)));
    }

    #[test]
    fn a_scavenge_looks_at_each_young_entry_once_and_at_no_other() {
        let mut blocks = Blocks::default();
        for value in 0..1000 {
            blocks.insert(value, value % 10 == 0);
        }
        // Vacant numbers are used again, young ones for young entries, and for old ones.
        for number in (0..1000).step_by(20) {
            blocks.remove(number);
        }
        for value in 0..50 {
            blocks.insert(10_000 + value, value % 2 == 0);
        }
        let mut visited = Vec::new();
        let age = |value: &mut u32| match *value % 3 {
            0 => Age::Young,
            1 => Age::Old,
            _ => Age::Dead,
        };
        let mut dead = Vec::new();
        let visit = |value: &mut u32| {
            visited.push(*value);
            age(value)
        };
        blocks.visit_young(visit, |value| dead.push(value));
        // An old one with a listed number is looked at in vain.
        let mut expected: Vec<u32> = (10..1000).step_by(20).chain(10_000..10_050).collect();
        visited.sort_unstable();
        expected.sort_unstable();
        assert_eq!(visited, expected);
        assert!(dead.iter().all(|value| value % 3 == 2) && dead.len() == 33);
        assert_eq!(blocks.len(), 1000 - dead.len());
        let mut again = Vec::new();
        let visit = |value: &mut u32| {
            again.push(*value);
            Age::Old
        };
        blocks.visit_young(visit, drop);
        again.sort_unstable();
        let young: Vec<u32> = expected.into_iter().filter(|value| value % 3 == 0).collect();
        assert_eq!(again, young);
        blocks.visit_young(|_| panic!("none is young any more"), drop);
    }
}
