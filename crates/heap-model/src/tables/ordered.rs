//! Hash tables in the order of insertion (Close's deterministic hash tables; V8's `OrderedHashTable`).
//!
//! Slots: entries, deleted entries, buckets; the head of each bucket's chain; then the entries as they were added, each
//! a key, the value of a Map's, and a link to the next of its chain. There are two entries to a bucket. The key of a
//! deleted entry is the hole, and its place is not used again: a table that is full is replaced by another.
//!
//! A table that was replaced is obsolete. It refers to the one that replaced it where its entries were counted, and in
//! place of its buckets it lists the deleted entries, by which an iteration over it finds its place in the other. If
//! it was cleared it says so where its deleted entries were counted.
//!
//! V8's links are small integers. The lower half of ours has the entry's hash, so a look-up compares few keys, and a
//! table that grows asks nobody for hashes.

use crate::memory::cell::{Cell, Loaded, Slot};
use crate::memory::header::Kind;
use crate::memory::word::Word;

const ENTRIES: usize = 0;
const DELETED: usize = 1;
const BUCKETS: usize = 2;
/// The slot of the first bucket, and where an obsolete table lists the entries that were deleted.
const FIRST: usize = 3;

/// Words of a Set's entry, and of a Map's.
pub(crate) const SET: usize = 2;
pub(crate) const MAP: usize = 3;

/// Entries to a bucket (V8's `kLoadFactor`).
const LOAD: usize = 2;
/// The capacity of the smallest table (V8's `kInitialCapacity`).
pub(crate) const LEAST: usize = 4;
/// The capacity of the largest table: the next would be larger than a cell is.
pub(crate) const MOST: usize = 1 << 25;

/// No entry, in a bucket or a link.
const NONE: i32 = -1;
/// In the place of the number of deleted entries: the table was cleared.
const CLEARED: i32 = -1;

/// A table whose entries have `WIDTH` words.
#[derive(Clone, Copy)]
pub(crate) struct Table<const WIDTH: usize> {
    cell: Loaded,
    buckets: usize,
}

impl<const WIDTH: usize> Table<WIDTH> {
    /// The slots of a table with so much room, which is a power of two from [`LEAST`] on.
    pub const fn slots(capacity: usize) -> usize {
        FIRST + capacity / LOAD + WIDTH * capacity
    }

    /// Makes an empty table of a cell that has the slots for it, all undefined.
    pub fn begin(cell: Cell, capacity: usize) -> Self {
        let table = Self { cell: cell.load(), buckets: capacity / LOAD };
        table.set(ENTRIES, Word::count(0));
        table.set(DELETED, Word::count(0));
        table.set(BUCKETS, Word::count(table.buckets));
        (0..table.buckets).for_each(|bucket| table.set(FIRST + bucket, Word::smi(NONE)));
        table
    }

    /// The table that a cell is; none if it is no table of this width.
    #[inline(always)]
    pub fn of(cell: Cell) -> Option<Self> {
        let cell = cell.load();
        if !cell.header().is(Kind::OrderedTable) {
            return None;
        }
        let buckets = cell.slot(BUCKETS)?.get().as_count();
        let table = Self { cell, buckets };
        (cell.slot_count() == Self::slots(table.capacity())).then_some(table)
    }

    pub fn cell(self) -> Cell {
        self.cell.cell()
    }

    #[inline(always)]
    fn slot(self, slot: usize) -> Slot {
        self.cell.slot(slot).expect("a slot of the table")
    }

    #[inline(always)]
    fn word(self, slot: usize) -> Word {
        self.slot(slot).get()
    }

    #[inline(always)]
    fn set(self, slot: usize, word: Word) {
        self.slot(slot).set(word);
    }

    /// The table that has replaced this one.
    #[inline(always)]
    pub fn replaced_by(self) -> Option<Cell> {
        Cell::of(self.word(ENTRIES))
    }

    /// The slot in which the table that replaces this one is stored.
    pub fn next_slot(self) -> Slot {
        self.slot(ENTRIES)
    }

    /// How many entries the table has room for.
    #[inline(always)]
    pub fn capacity(self) -> usize {
        LOAD * self.buckets
    }

    /// How many entries the table has that were not deleted.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.word(ENTRIES).as_count()
    }

    #[inline(always)]
    fn deleted(self) -> usize {
        self.word(DELETED).as_count()
    }

    /// How many places of entries are used, deleted ones included.
    #[inline(always)]
    fn used(self) -> usize {
        self.len() + self.deleted()
    }

    /// The slot of an entry's key; the one behind is a Map's value.
    #[inline(always)]
    pub fn key_slot(self, entry: usize) -> Slot {
        self.slot(self.index(entry))
    }

    /// The slot of a Map's value.
    #[inline(always)]
    pub fn value_slot(self, entry: usize) -> Slot {
        debug_assert!(WIDTH == MAP);
        self.slot(self.index(entry) + 1)
    }

    #[inline(always)]
    fn index(self, entry: usize) -> usize {
        FIRST + self.buckets + WIDTH * entry
    }

    #[inline(always)]
    fn bucket(self, hash: u32) -> Slot {
        self.slot(FIRST + (hash as usize & (self.buckets - 1)))
    }

    /// The entry with this hash whose key `is` the one that is looked for. Expected constant time.
    #[inline(always)]
    pub fn find(self, hash: u32, mut is: impl FnMut(Word) -> bool) -> Option<usize> {
        let hash = hash & Word::LINK_HASH;
        let mut next = self.bucket(hash).get();
        loop {
            // A negative number is none.
            let entry = usize::try_from(next.as_smi()?).ok()?;
            let index = self.index(entry);
            next = self.word(index + WIDTH - 1);
            if next.link_hash() == hash {
                let key = self.word(index);
                if key != Word::HOLE && is(key) {
                    return Some(entry);
                }
            }
        }
    }

    /// Whether another entry can be added.
    #[inline(always)]
    pub fn has_room(self) -> bool {
        self.used() < self.capacity()
    }

    /// The capacity of the table that replaces this one when it is full: the same if half of its entries were deleted
    /// (V8's `EnsureCapacityForAdding`).
    pub fn grown(self) -> usize {
        let half = self.capacity() / 2;
        if self.deleted() < half { 2 * self.capacity() } else { self.capacity() }
    }

    /// The capacity of the table that replaces this one, if less than a quarter of it has entries (V8's `Shrink`).
    pub fn shrunk(self) -> Option<usize> {
        let capacity = self.capacity();
        (capacity > LEAST && self.len() < capacity / 4).then_some(capacity / 2)
    }

    /// Adds an entry to a table that has room, and gives it; its key and value are the caller's to store. Constant
    /// time.
    #[inline(always)]
    pub fn add(self, hash: u32) -> usize {
        let hash = hash & Word::LINK_HASH;
        let entry = self.used();
        let bucket = self.bucket(hash);
        let before = bucket.get().as_smi().unwrap_or(NONE);
        self.set(self.index(entry) + WIDTH - 1, Word::link(before, hash));
        bucket.set(Word::smi(entry as i32));
        self.set(ENTRIES, Word::count(self.len() + 1));
        entry
    }

    /// Deletes an entry. Constant time.
    pub fn delete(self, entry: usize) {
        let index = self.index(entry);
        (index..index + WIDTH - 1).for_each(|slot| self.set(slot, Word::HOLE));
        self.set(ENTRIES, Word::count(self.len() - 1));
        self.set(DELETED, Word::count(self.deleted() + 1));
    }

    /// Copies the entries to an empty table that has room for them, and lists those that were deleted. The table is
    /// obsolete then, once the other is stored in [`next_slot`](Self::next_slot). O(capacity).
    pub fn replace(self, to: Self) {
        let mut removed = 0;
        let mut copied = 0;
        for entry in 0..self.used() {
            let index = self.index(entry);
            let key = self.word(index);
            if key == Word::HOLE {
                // An entry takes more slots than this, so one that is still to be read is not overwritten.
                self.set(FIRST + removed, Word::smi(entry as i32));
                removed += 1;
                continue;
            }
            let hash = self.word(index + WIDTH - 1).link_hash();
            let place = to.index(copied);
            for word in 0..WIDTH - 1 {
                to.set(place + word, self.word(index + word));
            }
            let bucket = to.bucket(hash);
            let before = bucket.get().as_smi().unwrap_or(NONE);
            to.set(place + WIDTH - 1, Word::link(before, hash));
            bucket.set(Word::smi(copied as i32));
            copied += 1;
        }
        to.set(ENTRIES, Word::count(copied));
    }

    /// Notes that the entries were all deleted at once. The table is obsolete then, as after
    /// [`replace`](Self::replace).
    pub fn clear(self) {
        self.set(DELETED, Word::smi(CLEARED));
    }

    /// The table that this one has led to, and where an iteration that stood at `entry` goes on in it. O(tables between
    /// them and entries deleted there).
    pub fn latest(self, mut entry: usize) -> (Self, usize) {
        let mut table = self;
        while let Some(next) = table.replaced_by().and_then(Self::of) {
            let deleted = table.word(DELETED).as_smi().unwrap_or(CLEARED);
            if deleted == CLEARED {
                entry = 0;
            } else {
                let removed = (0..deleted as usize).map(|number| table.word(FIRST + number));
                entry -= removed.take_while(|word| word.as_count() < entry).count();
            }
            table = next;
        }
        (table, entry)
    }

    /// The first entry from `entry` on that was not deleted.
    #[inline]
    pub fn next(self, entry: usize) -> Option<usize> {
        (entry..self.used()).find(|entry| self.key_slot(*entry).get() != Word::HOLE)
    }

    /// Checks the table's numbers against its entries, and that each is in its chain.
    #[cfg(zeal)]
    fn verify(self) {
        if self.replaced_by().is_some() {
            return;
        }
        let entries = || (0..self.used()).map(|entry| (entry, self.key_slot(entry).get()));
        let holes = entries().filter(|(_, key)| *key == Word::HOLE).count();
        assert_eq!(self.deleted(), holes, "a table's deleted entries are miscounted");
        assert!(self.used() <= self.capacity(), "a table has more entries than room");
        for (entry, key) in entries().filter(|(_, key)| *key != Word::HOLE) {
            let hash = self.word(self.index(entry) + WIDTH - 1).link_hash();
            assert_eq!(self.find(hash, |word| word == key), Some(entry), "an entry is not found");
        }
    }
}

/// Checks a table of either width.
#[cfg(zeal)]
pub(crate) fn verify(cell: Cell) {
    match (Table::<MAP>::of(cell), Table::<SET>::of(cell)) {
        (Some(table), _) => table.verify(),
        (_, Some(table)) => table.verify(),
        _ => panic!("a table has another size"),
    }
}
