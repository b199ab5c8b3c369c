//! Ephemeron tables (Hayes 1997; V8's `EphemeronHashTable`): open addressing by identity hash, linear probing.
//!
//! Slots: the numbers of entries and of deleted entries, the capacity, then key and value of each bucket. The key of a free
//! bucket is undefined, that of a deleted one the hole; at least one bucket is free, so a probe ends. A probe begins at the
//! hash scaled to the capacity. So the capacity need not be a power of two, and buckets are in the order of their keys'
//! hashes, except for probing. Keys with successive hashes share a window of buckets ([`identities`](crate::identities)).
//! The auxiliary field of a key has the bucket of its latest entry in any table, so that most look-ups need no probe.

use crate::memory::cell::Cell;
use crate::memory::header::{Header, Kind};
use crate::memory::word::Word;
use crate::options::TableSizing;

const ENTRIES: usize = 0;
const DELETED: usize = 1;
const CAPACITY: usize = 2;
/// The slot of the first bucket's key.
pub(crate) const FIRST: usize = 3;

/// The least number of buckets of a new table.
const LEAST: usize = 4;
/// The prefetch distance of copying, in keys.
const AHEAD: usize = 16;

/// The number of buckets that a new table gets for `wanted` buckets.
pub(crate) fn buckets(wanted: usize) -> usize {
    wanted.clamp(LEAST, 1 << 28)
}

/// The number of slots of a table with `buckets` buckets.
pub(crate) fn slots(buckets: usize) -> usize {
    FIRST + 2 * buckets
}

/// Makes an empty table of a cell whose slots are undefined.
pub(crate) fn begin(table: Cell) {
    set_number(table, ENTRIES, 0);
    set_number(table, DELETED, 0);
    set_number(table, CAPACITY, capacity(table));
}

/// The number of entries of a table.
pub(crate) fn len(table: Cell) -> usize {
    number(table, ENTRIES)
}

/// Copies a table's entries to an empty table that has room for them. Returns whether one of them refers to a young cell.
pub(crate) fn copy(from: Cell, to: Cell, is_young: impl Fn(Word) -> bool) -> bool {
    let slots = from.slot_count();
    let mut young = false;
    for slot in (FIRST..slots).step_by(2) {
        let ahead = slot + 2 * AHEAD;
        if ahead < slots
            && let Some(key) = Cell::of(from.slot(ahead))
        {
            key.prefetch();
        }
        if let Some(key) = Cell::of(from.slot(slot)) {
            let value = from.slot(slot + 1);
            young |= is_young(key.word()) || is_young(value);
            add(to, key, value);
        }
    }
    young
}

impl TableSizing {
    /// The capacity of a table for `entries` entries.
    pub(crate) fn capacity(self, entries: usize) -> usize {
        let least = (entries + entries / 2).max(LEAST);
        match self {
            Self::V8 => least.next_power_of_two(),
            Self::Shrink if least == LEAST => LEAST,
            Self::Shrink => 3 * least.div_ceil(3).next_power_of_two(),
        }
    }
}

/// The result of a probe.
pub(crate) enum Probed {
    /// The slot of the key.
    Found(usize),
    /// The slot of the bucket that an entry of the key would take.
    Absent(usize),
}

/// A probe reads buckets in windows of this many, without branches inside a window: the processor cannot predict
/// which bucket has the key, and a wrong prediction costs a wait for memory. In a table of the large-object space each
/// window is one cache line, because such a cell begins 8 bytes into a line.
const WINDOW: usize = 4;

/// The slot at which probes for the hash begin, in a table of `slots` slots.
#[inline(always)]
fn home(hash: u32, slots: usize) -> usize {
    let capacity = ((slots - FIRST) / 2) as u64;
    let bucket = ((u64::from(hash) * capacity) >> 32) as usize;
    let bucket = bucket / WINDOW * WINDOW + 1;
    // The last window may have a single bucket, before the end of the table.
    FIRST + 2 * if bucket < capacity as usize { bucket } else { 0 }
}

#[inline(always)]
fn after(slot: usize, slots: usize) -> usize {
    if slot + 2 == slots { FIRST } else { slot + 2 }
}

/// The buckets of the window at `slot` whose keys satisfy `is`, one bit each.
#[inline(always)]
fn window(table: Cell, slot: usize, is: impl Fn(Word) -> bool) -> u32 {
    let mut bits = 0;
    for bucket in 0..WINDOW {
        bits |= u32::from(is(table.slot(slot + 2 * bucket))) << bucket;
    }
    bits
}

/// The slot of the first bucket whose bit is set.
#[inline(always)]
fn first_of(slot: usize, bits: u32) -> usize {
    slot + 2 * bits.trailing_zeros() as usize
}

/// The slot of a key's entry, if it has one. A double has none: its raw bytes lie where other cells have their hash.
#[inline(always)]
pub(crate) fn find(table: Cell, key: Cell) -> Option<usize> {
    match remembered(table, key) {
        None => find_by_probing(table, key),
        found => found,
    }
}

/// The slot of a key's entry, if the key remembers its bucket.
#[inline(always)]
pub(crate) fn remembered(table: Cell, key: Cell) -> Option<usize> {
    // The auxiliary field may hold any number; with pointers of 32 bits its double may overflow.
    let slot = (key.auxiliary() as usize).wrapping_mul(2).wrapping_add(FIRST);
    if slot < table.slot_count() && table.slot(slot) == key.word() { Some(slot) } else { None }
}

/// A key without a hash has no entry.
#[cold]
#[inline(never)]
fn find_by_probing(table: Cell, key: Cell) -> Option<usize> {
    let hash = key.hash();
    match probe(table, key, hash) {
        Probed::Found(slot) if hash != 0 => Some(slot),
        _ => None,
    }
}

/// Stores the bucket of the key's latest entry in its auxiliary field, unless its kind uses the field otherwise. Look-ups
/// check what is stored, so it may be wrong.
#[inline(always)]
pub(crate) fn remember_bucket(key: Cell, slot: usize) {
    let header = key.header();
    let uses = [Kind::Native, Kind::Record, Kind::Registration];
    let used = header.is_string() || uses.iter().any(|kind| header.is(*kind));
    if !used && !header.has(Header::SITED) {
        key.set_auxiliary(((slot - FIRST) / 2) as u32);
    }
}

#[inline(always)]
pub(crate) fn probe(table: Cell, key: Cell, hash: u32) -> Probed {
    let slots = table.slot_count();
    let slot = home(hash, slots);
    if slot + 2 * WINDOW <= slots {
        let found = window(table, slot, |word| word == key.word());
        if found != 0 {
            return Probed::Found(first_of(slot, found));
        }
        if window(table, slot, |word| word == Word::UNDEFINED) != 0 {
            let open = window(table, slot, |word| !word.is_reference());
            return Probed::Absent(first_of(slot, open));
        }
    }
    probe_from(table, key, slot)
}

/// The slot of the first bucket without an entry, for a key that is known to be absent.
#[inline(always)]
pub(crate) fn open_bucket(table: Cell, hash: u32) -> usize {
    let slots = table.slot_count();
    let mut slot = home(hash, slots);
    if slot + 2 * WINDOW <= slots {
        let open = window(table, slot, |word| !word.is_reference());
        if open != 0 {
            return first_of(slot, open);
        }
    }
    while table.slot(slot).is_reference() {
        slot = after(slot, slots);
    }
    slot
}

fn probe_from(table: Cell, key: Cell, mut slot: usize) -> Probed {
    let slots = table.slot_count();
    let mut deleted = None;
    loop {
        match table.slot(slot) {
            word if word == key.word() => return Probed::Found(slot),
            Word::UNDEFINED => return Probed::Absent(deleted.unwrap_or(slot)),
            Word::HOLE => deleted = deleted.or(Some(slot)),
            _ => {}
        }
        slot = after(slot, slots);
    }
}

/// Whether there is room for one more entry: with it, at least half as many other buckets as entries, and at least half
/// of these free rather than deleted (V8's `HashTable::HasSufficientCapacityToAdd`).
#[inline(always)]
pub(crate) fn has_room(table: Cell) -> bool {
    let (wanted, capacity) = (number(table, ENTRIES) + 1, capacity(table));
    wanted + wanted / 2 <= capacity && number(table, DELETED) <= (capacity - wanted) / 2
}

/// Writes an entry at a bucket that is free or deleted.
#[inline(always)]
pub(crate) fn fill(table: Cell, slot: usize, key: Cell, value: Word) {
    if table.slot(slot) == Word::HOLE {
        set_number(table, DELETED, number(table, DELETED) - 1);
    }
    table.set_slot(slot, key.word());
    table.set_slot(slot + 1, value);
    remember_bucket(key, slot);
    set_number(table, ENTRIES, number(table, ENTRIES) + 1);
}

/// Adds an entry whose key has a hash and is not in the table.
fn add(table: Cell, key: Cell, value: Word) {
    fill(table, open_bucket(table, key.hash()), key, value);
}

/// Removes the entry whose key is in `slot`.
pub(crate) fn clear_entry(table: Cell, slot: usize) {
    table.set_slot(slot, Word::HOLE);
    table.set_slot(slot + 1, Word::HOLE);
    set_number(table, ENTRIES, number(table, ENTRIES) - 1);
    set_number(table, DELETED, number(table, DELETED) + 1);
}

/// Shrinks a table in place if at most a quarter of its buckets have entries, and returns the number of bytes that its
/// cell no longer has. The keys must not have moved. O(buckets), without allocation in the heap.
pub(crate) fn shrink(table: Cell) -> usize {
    let entries = number(table, ENTRIES);
    let fitting = TableSizing::Shrink.capacity(entries);
    if entries > capacity(table) / 4 || fitting >= capacity(table) {
        return 0;
    }
    let slots = table.slot_count();
    let kept: Vec<(Cell, Word)> = (FIRST..slots)
        .step_by(2)
        .filter_map(|slot| Some((Cell::of(table.slot(slot))?, table.slot(slot + 1))))
        .take(entries)
        .collect();
    let trimmed = table.trim(FIRST + 2 * fitting);
    for slot in FIRST..FIRST + 2 * fitting {
        table.set_slot(slot, Word::UNDEFINED);
    }
    set_number(table, ENTRIES, 0);
    set_number(table, DELETED, 0);
    set_number(table, CAPACITY, fitting);
    kept.into_iter().for_each(|(key, value)| add(table, key, value));
    trimmed
}

/// The slot of the first key in the buckets from `bucket` on, and the bucket behind it. O(buckets passed).
pub(crate) fn entry_from(table: Cell, bucket: usize) -> Option<(usize, usize)> {
    let slots = (bucket..capacity(table)).map(|bucket| (FIRST + 2 * bucket, bucket + 1));
    slots.into_iter().find(|(slot, _)| table.slot(*slot).is_reference())
}

/// Checks a table's numbers against its buckets, and that each key is found.
#[cfg(zeal)]
pub(crate) fn verify(table: Cell) {
    let slots = table.slot_count();
    let keys = || (FIRST..slots).step_by(2).map(|slot| (slot, table.slot(slot)));
    let count = |is: fn(Word) -> bool| keys().filter(|(_, word)| is(*word)).count();
    let (entries, deleted) = (count(Word::is_reference), count(|word| word == Word::HOLE));
    assert_eq!(number(table, ENTRIES), entries, "a table's entries are miscounted");
    assert_eq!(number(table, DELETED), deleted, "a table's deleted entries are miscounted");
    assert_eq!(number(table, CAPACITY), capacity(table), "a table's capacity is another");
    assert!(count(|word| word == Word::UNDEFINED) > 0, "a table's probes don't end");
    for (slot, word) in keys() {
        let found = Cell::of(word).map(|key| find_by_probing(table, key));
        assert!(found.is_none_or(|found| found == Some(slot)), "a key is not found");
    }
}

pub(crate) fn capacity(table: Cell) -> usize {
    (table.slot_count() - FIRST) / 2
}

#[inline(always)]
fn number(table: Cell, slot: usize) -> usize {
    table.slot(slot).as_count()
}

#[inline(always)]
fn set_number(table: Cell, slot: usize, number: usize) {
    table.set_slot(slot, Word::count(number));
}

#[cfg(test)]
mod tests {
    use super::{FIRST, home};
    use crate::memory::cell::Cell;
    use crate::{Heap, HeapOptions, Kind, Value};

    /// The longest distance, in buckets, from an entry to where its probe begins.
    fn longest_probe(table: Cell) -> usize {
        let slots = table.slot_count();
        let keys =
            (FIRST..slots).step_by(2).filter_map(|slot| Some((slot, Cell::of(table.slot(slot))?)));
        let probes = keys.map(|(slot, key)| {
            let home = home(key.hash(), slots);
            if slot >= home { slot - home } else { slot + slots - FIRST - home }
        });
        probes.max().unwrap_or(0) / 2
    }

    #[test]
    fn registrations_with_one_token_are_spread_over_a_table() {
        let mut heap = Heap::new(HeapOptions::default()).unwrap();
        heap.enter(|scope| {
            let owner = scope.alloc(Kind::Object, 2, 0).unwrap();
            let token = scope.alloc(Kind::Object, 0, 0).unwrap();
            let table = scope.alloc_ephemeron_table(3000).unwrap();
            for number in 0..2000 {
                let key = scope.alloc_registration(owner, token, Some(token), 0).unwrap();
                scope.ephemeron_set(table, key, Value::Smi(number)).unwrap();
            }
            let longest = longest_probe(scope.cell(table).unwrap());
            assert!(longest < 10, "{longest} places");
        });
    }
}
