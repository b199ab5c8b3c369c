//! Ephemeron tables: open addressing by identity hash, linear probing. No unsafe code.
//!
//! Slots: entries, deleted entries, capacity, then key and value of each place. A free place's key
//! is undefined, a deleted one's is the hole; at least one place is free, so a probe ends. Where a
//! key's probe begins is its hash scaled to the capacity, which therefore need not be a power of
//! two, and places are in the order of their keys' hashes but for the probing. Keys that got their
//! hashes in a row share a window of places (`identity.rs`). A key remembers the place of its latest
//! entry in any table, so that most look-ups need no probe.

use crate::heap::Heap;
use crate::options::TableSizing;
use crate::raw::cell::{Cell, HOLE, Header, Kind, UNDEFINED, is_reference};
use crate::scope::{Local, Scope, Value};
use crate::{AccessError, HeapError, OutOfMemory};

pub(crate) const ENTRIES: usize = 0;
pub(crate) const DELETED: usize = 1;
const CAPACITY: usize = 2;
pub(crate) const FIRST: usize = 3;

/// Of the places of a new table.
const LEAST: usize = 4;
/// How many keys are being loaded while a table is copied.
const AHEAD: usize = 16;

impl<'s> Scope<'s> {
    /// Allocates a table with `capacity` places, at least 4, of 40 + 16 `capacity` bytes; two thirds of the places
    /// can be filled. May collect; else O(capacity).
    ///
    /// # Errors
    /// [`OutOfMemory`] at the limit.
    ///
    /// # Panics
    /// If there are too many handles, as for the others here that return one.
    pub fn alloc_ephemeron_table(&mut self, capacity: usize) -> Result<Local<'s>, OutOfMemory> {
        let capacity = capacity.clamp(LEAST, 1 << 28);
        let table = self.make(Kind::EphemeronTable, FIRST + 2 * capacity, 0)?;
        if let Ok(place) = self.place(table) {
            set_number(place, ENTRIES, 0);
            set_number(place, DELETED, 0);
            set_number(place, CAPACITY, capacity);
        }
        Ok(table)
    }

    /// Sets a key's value. Expected constant time, amortised.
    ///
    /// `map` is a table, or a cell whose first slot is its program's and refers to one. A table that had to grow is
    /// replaced: in that slot, or else by the one returned, which the caller stores in its place. The table of
    /// a [`shapes::weak_map`](crate::shapes::weak_map) is not in its first slot but in
    /// [`TABLE`](crate::shapes::TABLE), from where it is to be read and where a larger one is to be stored: there
    /// is an example.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind, Value};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// let table = scope.alloc_ephemeron_table(4)?;
    /// let map = scope.alloc_with(Kind::Object, &[Value::Ref(table)])?;
    /// scope.scope(|scope| -> Result<(), heap_model::HeapError> {
    ///     let key = scope.alloc(Kind::Object, 0, 0)?;
    ///     let value = scope.alloc_with(Kind::Object, &[Value::Ref(key)])?;
    ///     scope.ephemeron_set(map, key, Value::Ref(value))?;
    ///     assert!(scope.ephemeron_has(map, key)?);
    ///     Ok(())
    /// })?;
    /// // The value refers to its key, but does not keep it alive.
    /// scope.collect();
    /// assert_eq!(scope.ephemeron_len(map)?, 0);
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`HeapError::OutOfMemory`] at the limit; [`AccessError::WrongKind`] if `map` is neither, or for a double
    /// as the key, which has no identity; [`AccessError::WrongHeap`]. Nothing is changed then.
    #[inline]
    pub fn ephemeron_set(
        &mut self,
        map: Local<'_>,
        key: Local<'_>,
        value: Value<'_>,
    ) -> Result<Option<Local<'s>>, HeapError> {
        let table = self.table(map)?;
        let (cell, word) = (self.place(key)?, self.word(value)?);
        if let Some(slot) = remembered(table, cell) {
            table.set_slot(slot + 1, word);
        } else {
            if cell.header().is(Kind::Double) {
                return Err(AccessError::WrongKind.into());
            }
            let hash = cell.hash();
            let probed = if hash == 0 {
                Probed::Absent(open_place(table, self.heap.identity_hash(cell)))
            } else {
                probe(table, cell, hash)
            };
            match probed {
                Probed::Found(slot) => {
                    table.set_slot(slot + 1, word);
                    remember_place(cell, slot);
                }
                Probed::Absent(slot) if has_room(table) => fill(table, slot, cell, word),
                Probed::Absent(_) => return self.set_in_larger(map, key, value),
            }
        }
        self.heap.remember_entry(table, cell.word(), word);
        Ok(None)
    }

    #[cold]
    #[inline(never)]
    fn set_in_larger(
        &mut self,
        map: Local<'_>,
        key: Local<'_>,
        value: Value<'_>,
    ) -> Result<Option<Local<'s>>, HeapError> {
        let wanted = number(self.table(map)?, ENTRIES) + 1;
        let capacity = self.heap.options.tables.capacity(wanted);
        let (replaced, table) = self.scope(|scope| {
            let larger = scope.alloc_ephemeron_table(capacity)?;
            // The allocation may have collected: everything is looked at anew.
            let (from, to) = (scope.table(map)?, scope.table(larger)?);
            scope.heap.copy_entries(from, to);
            let holder = scope.place(map)?;
            let held = !holder.header().is(Kind::EphemeronTable);
            if held {
                scope.heap.store(holder, 0, to.word());
            }
            Ok::<_, HeapError>((!held, to))
        })?;
        let (key, word) = (self.place(key)?, self.word(value)?);
        let hash = self.heap.identity_hash(key);
        fill(table, open_place(table, hash), key, word);
        self.heap.remember_entry(table, key.word(), word);
        Ok(replaced.then(|| self.push(table)))
    }

    /// A key's value. Expected constant time; `map` is as [`ephemeron_set`](Self::ephemeron_set)'s.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] if `map` is neither a table nor has one, [`AccessError::WrongHeap`].
    #[inline(always)]
    pub fn ephemeron_get(
        &mut self,
        map: Local<'_>,
        key: Local<'_>,
    ) -> Result<Option<Value<'s>>, AccessError> {
        let table = self.table(map)?;
        let Some(slot) = find(table, self.place(key)?) else { return Ok(None) };
        Ok(Some(self.value(table.slot(slot + 1))))
    }

    /// Whether the key has an entry. Expected constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    #[inline(always)]
    pub fn ephemeron_has(&self, map: Local<'_>, key: Local<'_>) -> Result<bool, AccessError> {
        Ok(find(self.table(map)?, self.place(key)?).is_some())
    }

    /// Removes the key's entry and says whether there was one. Expected constant time; the next
    /// full collection gives back the places of many that were removed.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    #[inline]
    pub fn ephemeron_delete(
        &mut self,
        map: Local<'_>,
        key: Local<'_>,
    ) -> Result<bool, AccessError> {
        let table = self.table(map)?;
        let Some(slot) = find(table, self.place(key)?) else { return Ok(false) };
        self.heap.overwritten = true;
        clear_entry(table, slot);
        Ok(true)
    }

    /// A number that the cell keeps for its life, never 0. The first 2^32 - 1 cells that are asked for
    /// theirs have different ones. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongKind`] for a double, which has no identity; [`AccessError::WrongHeap`].
    #[inline]
    pub fn identity_hash(&mut self, cell: Local<'_>) -> Result<u32, AccessError> {
        let cell = self.place(cell)?;
        if cell.header().is(Kind::Double) {
            return Err(AccessError::WrongKind);
        }
        Ok(self.heap.identity_hash(cell))
    }

    /// How many entries the table holds; those of dead keys count until they are collected. Constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    pub fn ephemeron_len(&self, map: Local<'_>) -> Result<usize, AccessError> {
        Ok(number(self.table(map)?, ENTRIES))
    }

    /// How many places the table has, 16 bytes each. Constant time.
    ///
    /// # Errors
    /// As [`ephemeron_get`](Self::ephemeron_get).
    pub fn ephemeron_capacity(&self, map: Local<'_>) -> Result<usize, AccessError> {
        Ok(capacity(self.table(map)?))
    }

    #[inline(always)]
    fn table(&self, map: Local<'_>) -> Result<Cell, AccessError> {
        let place = self.place(map)?;
        let header = place.header();
        if header.is(Kind::EphemeronTable) {
            return Ok(place);
        }
        // What the first slot of a weak reference or a registration refers to is its target.
        let holds = header.slots() > 0 && !header.is_guarded();
        let held = if holds { Cell::of(place.slot(0)) } else { None };
        held.filter(|held| held.header().is(Kind::EphemeronTable)).ok_or(AccessError::WrongKind)
    }
}

impl Heap {
    /// The barrier of a table's stores: marking needs none, for it looks at all entries at its end.
    #[inline(always)]
    fn remember_entry(&mut self, table: Cell, key: u64, value: u64) {
        self.overwritten = true;
        if !self.new.contains(table.word()) && (self.is_young(key) || self.is_young(value)) {
            self.remember(table);
        }
    }

    fn is_young(&self, word: u64) -> bool {
        is_reference(word) && self.new.contains(word)
    }

    /// Copies a table's entries to an empty one that has room for them.
    fn copy_entries(&mut self, from: Cell, to: Cell) {
        let slots = from.header().slots();
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
                young |= self.is_young(key.word()) || self.is_young(value);
                add(to, key, value);
            }
        }
        if young && !self.new.contains(to.word()) {
            self.remember(to);
        }
    }
}

impl TableSizing {
    /// The capacity of a table for so many entries.
    fn capacity(self, entries: usize) -> usize {
        let least = (entries + entries / 2).max(LEAST);
        match self {
            Self::V8 => least.next_power_of_two(),
            Self::Shrink if least == LEAST => LEAST,
            Self::Shrink => 3 * least.div_ceil(3).next_power_of_two(),
        }
    }
}

/// What a probe for a key ends with.
enum Probed {
    /// The slot of the key.
    Found(usize),
    /// The slot of the place that an entry of the key would take.
    Absent(usize),
}

/// Places are looked at in windows of so many, without branches between them: where in it a key
/// lies can't be predicted, and a wrong guess would wait for memory. The windows at which probes
/// begin are lines of the processor's cache in a large table, as long as its cell begins 8 bytes into one, as
/// the large-object space's do.
const WINDOW: usize = 4;

/// The slot at which probes for the hash begin, in a table of so many slots.
#[inline(always)]
fn home(hash: u32, slots: usize) -> usize {
    let capacity = ((slots - FIRST) / 2) as u64;
    let place = ((u64::from(hash) * capacity) >> 32) as usize;
    let place = place / WINDOW * WINDOW + 1;
    // The last window may be of one place, behind which the table ends.
    FIRST + 2 * if place < capacity as usize { place } else { 0 }
}

#[inline(always)]
fn after(slot: usize, slots: usize) -> usize {
    if slot + 2 == slots { FIRST } else { slot + 2 }
}

/// Which places of the window that begins at `slot` have a key of this sort: a bit for each.
#[inline(always)]
fn window(table: Cell, slot: usize, is: impl Fn(u64) -> bool) -> u32 {
    let mut bits = 0;
    for place in 0..WINDOW {
        bits |= u32::from(is(table.slot(slot + 2 * place))) << place;
    }
    bits
}

/// The slot of the first place in a window's bits.
#[inline(always)]
fn first_of(slot: usize, bits: u32) -> usize {
    slot + 2 * bits.trailing_zeros() as usize
}

/// The slot of a key that has an entry. A double, whose raw bytes take the hash's place, is never
/// found.
#[inline(always)]
fn find(table: Cell, key: Cell) -> Option<usize> {
    match remembered(table, key) {
        None => find_by_probing(table, key),
        found => found,
    }
}

/// The slot of a key that remembers the place of its entry.
#[inline(always)]
fn remembered(table: Cell, key: Cell) -> Option<usize> {
    // Any number may stand there, and an address of 32 bits not hold twice it.
    let slot = (key.aux() as usize).wrapping_mul(2).wrapping_add(FIRST);
    if slot < table.header().slots() && table.slot(slot) == key.word() { Some(slot) } else { None }
}

/// One that has no hash yet has no entry.
#[cold]
#[inline(never)]
fn find_by_probing(table: Cell, key: Cell) -> Option<usize> {
    let hash = key.hash();
    match probe(table, key, hash) {
        Probed::Found(slot) if hash != 0 => Some(slot),
        _ => None,
    }
}

/// Lets the key remember where its latest entry lies, if the number beside its hash has no other
/// use; what it remembers is checked, so it may be wrong.
#[inline(always)]
fn remember_place(key: Cell, slot: usize) {
    let header = key.header();
    let uses = [Kind::Native, Kind::Registration, Kind::OneByteString, Kind::TwoByteString];
    if !uses.iter().any(|kind| header.is(*kind)) && !header.has(Header::SITED) {
        key.set_aux(((slot - FIRST) / 2) as u32);
    }
}

#[inline(always)]
fn probe(table: Cell, key: Cell, hash: u32) -> Probed {
    let slots = table.header().slots();
    let slot = home(hash, slots);
    if slot + 2 * WINDOW <= slots {
        let found = window(table, slot, |word| word == key.word());
        if found != 0 {
            return Probed::Found(first_of(slot, found));
        }
        if window(table, slot, |word| word == UNDEFINED) != 0 {
            let open = window(table, slot, |word| !is_reference(word));
            return Probed::Absent(first_of(slot, open));
        }
    }
    probe_from(table, key, slot)
}

/// The slot of the first place without an entry: for a key that is known to have none.
#[inline(always)]
fn open_place(table: Cell, hash: u32) -> usize {
    let slots = table.header().slots();
    let mut slot = home(hash, slots);
    if slot + 2 * WINDOW <= slots {
        let open = window(table, slot, |word| !is_reference(word));
        if open != 0 {
            return first_of(slot, open);
        }
    }
    while is_reference(table.slot(slot)) {
        slot = after(slot, slots);
    }
    slot
}

fn probe_from(table: Cell, key: Cell, mut slot: usize) -> Probed {
    let slots = table.header().slots();
    let mut deleted = None;
    loop {
        match table.slot(slot) {
            word if word == key.word() => return Probed::Found(slot),
            UNDEFINED => return Probed::Absent(deleted.unwrap_or(slot)),
            HOLE => deleted = deleted.or(Some(slot)),
            _ => {}
        }
        slot = after(slot, slots);
    }
}

/// Whether one more entry leaves half as many places as entries, and half of those free (V8:
/// `HashTable::HasSufficientCapacityToAdd`).
#[inline(always)]
fn has_room(table: Cell) -> bool {
    let (wanted, capacity) = (number(table, ENTRIES) + 1, capacity(table));
    wanted + wanted / 2 <= capacity && number(table, DELETED) <= (capacity - wanted) / 2
}

/// Writes an entry at a place that is free or deleted.
#[inline(always)]
fn fill(table: Cell, slot: usize, key: Cell, value: u64) {
    if table.slot(slot) == HOLE {
        set_number(table, DELETED, number(table, DELETED) - 1);
    }
    table.set_slot(slot, key.word());
    table.set_slot(slot + 1, value);
    remember_place(key, slot);
    set_number(table, ENTRIES, number(table, ENTRIES) + 1);
}

/// Adds an entry whose key has a hash and is not in the table.
fn add(table: Cell, key: Cell, value: u64) {
    fill(table, open_place(table, key.hash()), key, value);
}

/// Removes the entry whose key is in `slot`.
pub(crate) fn clear_entry(table: Cell, slot: usize) {
    table.set_slot(slot, HOLE);
    table.set_slot(slot + 1, HOLE);
    set_number(table, ENTRIES, number(table, ENTRIES) - 1);
    set_number(table, DELETED, number(table, DELETED) + 1);
}

/// Makes a table smaller where it is if at most a quarter of its places has entries, as they are
/// after many keys have died, and gives the bytes that its cell no longer has. The keys must not
/// have moved. O(places), without allocation in the heap.
pub(crate) fn shrink(table: Cell) -> usize {
    let entries = number(table, ENTRIES);
    let fitting = TableSizing::Shrink.capacity(entries);
    if entries > capacity(table) / 4 || fitting >= capacity(table) {
        return 0;
    }
    let slots = table.header().slots();
    let kept: Vec<(Cell, u64)> = (FIRST..slots)
        .step_by(2)
        .filter_map(|slot| Some((Cell::of(table.slot(slot))?, table.slot(slot + 1))))
        .take(entries)
        .collect();
    let trimmed = table.trim(FIRST + 2 * fitting);
    for slot in FIRST..FIRST + 2 * fitting {
        table.set_slot(slot, UNDEFINED);
    }
    set_number(table, ENTRIES, 0);
    set_number(table, DELETED, 0);
    set_number(table, CAPACITY, fitting);
    kept.into_iter().for_each(|(key, value)| add(table, key, value));
    trimmed
}

/// Checks a table's numbers against its places, and that each key is found.
#[cfg(zeal)]
pub(crate) fn verify(table: Cell) {
    let slots = table.header().slots();
    let keys = || (FIRST..slots).step_by(2).map(|slot| (slot, table.slot(slot)));
    let count = |is: fn(u64) -> bool| keys().filter(|(_, word)| is(*word)).count();
    let (entries, deleted) = (count(is_reference), count(|word| word == HOLE));
    assert_eq!(number(table, ENTRIES), entries, "a table's entries are miscounted");
    assert_eq!(number(table, DELETED), deleted, "a table's deleted entries are miscounted");
    assert_eq!(number(table, CAPACITY), capacity(table), "a table's capacity is another");
    assert!(count(|word| word == UNDEFINED) > 0, "a table's probes don't end");
    for (slot, word) in keys() {
        let found = Cell::of(word).map(|key| find_by_probing(table, key));
        assert!(found.is_none_or(|found| found == Some(slot)), "a key is not found");
    }
}

fn capacity(table: Cell) -> usize {
    (table.header().slots() - FIRST) / 2
}

#[inline(always)]
fn number(table: Cell, slot: usize) -> usize {
    (table.slot(slot) >> 32) as usize
}

#[inline(always)]
fn set_number(table: Cell, slot: usize, number: usize) {
    table.set_slot(slot, (number as u64) << 32);
}

#[cfg(test)]
mod tests {
    use super::{FIRST, home};
    use crate::raw::cell::Cell;
    use crate::{Heap, HeapOptions, Kind, Value};

    /// How many places behind where its probe begins an entry lies at the most.
    fn longest_probe(table: Cell) -> usize {
        let slots = table.header().slots();
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
            let longest = longest_probe(scope.place(table).unwrap());
            assert!(longest < 10, "{longest} places");
        });
    }
}
