//! The map: entries in insertion order, and an index of them by the address of their key.
//!
//! Invariants: the index has the place of each entry, once, under its key's address; a place in
//! `entries` that the index does not have is empty. An entry leaves both before its value is
//! dropped, so a destructor that panics leaves the map whole. No unsafe code.

use super::mortal::Deaths;
use super::pointer::Pointer;
use core::fmt;
use core::mem;
use hashbrown::HashTable;

/// A map from shared pointers to values that does not keep its keys alive.
///
/// The names are those of ECMA-262's WeakMap (24.3). There is no iteration, because what it gave
/// would depend on when the map expired last. See the [module](super) for costs and the limit.
///
/// ```
/// use std::rc::Rc;
/// use weak_refs::rc::RcWeakMap;
///
/// let mut sizes = RcWeakMap::new();
/// let (one, other) = (Rc::from("text"), Rc::from("text"));
/// sizes.set(&one, 4);
/// assert_eq!(sizes.get(&one), Some(&4));
/// assert!(!sizes.has(&other), "keys are compared by identity");
/// drop(one);
/// assert_eq!(sizes.expire(), 1);
/// # let _: Rc<str> = other;
/// ```
pub struct WeakKeyMap<P: Pointer, V> {
    index: HashTable<usize>,
    entries: Vec<Option<Entry<P, V>>>,
    /// The place in `entries` that [`expire_next`](Self::expire_next) looks at next, or their end.
    next: usize,
}

struct Entry<P: Pointer, V> {
    key: P::Weak,
    value: V,
}

impl<P: Pointer, V> WeakKeyMap<P, V> {
    /// An empty map; it allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { index: HashTable::new(), entries: Vec::new(), next: 0 }
    }

    /// Sets the value of `key` and returns the one it had.
    ///
    /// Where the table is full, the map expires before it grows.
    pub fn set(&mut self, key: &P, value: V) -> Option<V> {
        match self.place(key.address()) {
            Some(place) => {
                let entry = self.entries[place].as_mut()?;
                Some(mem::replace(&mut entry.value, value))
            }
            None => {
                self.insert(key, value);
                None
            }
        }
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &P) -> Option<&V> {
        let place = self.place(key.address())?;
        self.entries[place].as_ref().map(|entry| &entry.value)
    }

    /// The value of `key`, to be changed.
    #[must_use]
    pub fn get_mut(&mut self, key: &P) -> Option<&mut V> {
        let place = self.place(key.address())?;
        self.entries[place].as_mut().map(|entry| &mut entry.value)
    }

    /// The value of `key`, which is made by `compute` where there is none.
    #[doc(alias = "getOrInsertComputed")]
    pub fn get_or_insert_with(&mut self, key: &P, compute: impl FnOnce() -> V) -> &mut V {
        let place = match self.place(key.address()) {
            Some(place) => place,
            None => self.insert(key, compute()),
        };
        let entry = self.entries[place].as_mut().expect("a place of the index has an entry");
        &mut entry.value
    }

    /// Whether `key` has a value.
    #[must_use]
    pub fn has(&self, key: &P) -> bool {
        self.place(key.address()).is_some()
    }

    /// Removes the value of `key` and returns it.
    pub fn delete(&mut self, key: &P) -> Option<V> {
        let place = self.place(key.address())?;
        let entry = self.take(place)?;
        if self.index.is_empty() {
            self.entries.clear();
        }
        Some(entry.value)
    }

    /// Frees the entries of dead keys, also of those that die by it, and gives memory back when
    /// most of the table is free. Returns how many entries that were.
    ///
    /// Values are dropped one after another, never inside each other: a chain of a million entries
    /// needs no more stack than one. See the [module](super) for the cost: where keys die one at a time,
    /// [`expire_next`](Self::expire_next) does not look at all others after each.
    ///
    /// # Panics
    /// Where a value's destructor does. The map stays whole; the rest expires the next time.
    pub fn expire(&mut self) -> usize {
        let before = self.occupancy();
        let mut deaths = Deaths::listen();
        let mut forwards = true;
        while self.sweep(forwards, &mut deaths) && mem::needs_drop::<V>() {
            forwards = !forwards;
        }
        drop(deaths);
        self.give_back();
        before - self.occupancy()
    }

    /// Frees the entries of dead keys among the next `looks` entries, and those that die by it, as far as
    /// [`expire`](Self::expire) finds them in one look. Begins where the last call ended, so that calls take turns
    /// at all entries. Returns how many entries were freed. Amortised O(`looks` + freed entries).
    ///
    /// A program that calls it with a few looks after each death, or at each request, frees every dead entry in
    /// time, at a cost that the number of live entries does not change.
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weak_refs::rc::RcWeakMap;
    ///
    /// let mut keys: Vec<Rc<usize>> = (0..1000).map(Rc::new).collect();
    /// let mut map = RcWeakMap::new();
    /// for key in &keys {
    ///     map.set(key, ());
    /// }
    /// while keys.pop().is_some() {
    ///     map.expire_next(4);
    ///     // A turn takes a quarter as many calls as there are entries.
    ///     assert!(map.occupancy() <= keys.len() + 250);
    /// }
    /// ```
    ///
    /// # Panics
    /// As [`expire`](Self::expire).
    pub fn expire_next(&mut self, looks: usize) -> usize {
        let before = self.occupancy();
        let mut deaths = Deaths::listen();
        for _ in 0..looks.min(self.entries.len()) {
            if self.next >= self.entries.len() {
                self.next = 0;
            }
            self.next += 1;
            self.free(self.next - 1, &mut deaths);
        }
        drop(deaths);
        self.give_back();
        before - self.occupancy()
    }

    /// How many entries there are; those of dead keys count until they expire.
    #[must_use]
    pub fn occupancy(&self) -> usize {
        self.index.len()
    }

    /// How many entries there is room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.index.capacity().min(self.entries.capacity())
    }

    fn place(&self, address: usize) -> Option<usize> {
        self.index.find(hash(address), |place| self.address(*place) == Some(address)).copied()
    }

    fn address(&self, place: usize) -> Option<usize> {
        self.entries[place].as_ref().map(Entry::address)
    }

    /// Adds an entry for a key that has none.
    fn insert(&mut self, key: &P, value: V) -> usize {
        if self.entries.len() == self.entries.capacity() {
            self.make_room();
        }
        let place = self.entries.len();
        self.entries.push(Some(Entry { key: key.downgrade(), value }));
        let entries = &self.entries;
        self.index.insert_unique(hash(key.address()), place, |place| rehash(entries, *place));
        place
    }

    /// Leaves room for as many entries again as are alive.
    fn make_room(&mut self) {
        self.expire();
        self.compact();
        self.entries.reserve(self.index.len().max(4));
    }

    /// Looks at every entry once, and frees the dead ones with all that they kill and announce.
    /// Says whether it freed any.
    fn sweep(&mut self, forwards: bool, deaths: &mut Deaths) -> bool {
        let before = self.index.len();
        for step in 0..self.entries.len() {
            let place = if forwards { step } else { self.entries.len() - 1 - step };
            self.free(place, deaths);
        }
        self.index.len() < before
    }

    /// Frees an entry, if it is of a dead key, with all that it kills and that is announced.
    fn free(&mut self, place: usize, deaths: &mut Deaths) {
        if !self.is_dead(place) {
            return;
        }
        let mut work = vec![place];
        while let Some(place) = work.pop() {
            drop(self.take(place));
            for address in deaths.by_ref() {
                work.extend(self.place(address).filter(|place| self.is_dead(*place)));
            }
        }
    }

    /// Gives memory back if most places are free.
    fn give_back(&mut self) {
        if self.index.len() <= self.entries.len() / 2 {
            self.compact();
            self.shrink();
        }
    }

    fn is_dead(&self, place: usize) -> bool {
        self.entries[place].as_ref().is_some_and(|entry| P::is_dead(&entry.key))
    }

    fn take(&mut self, place: usize) -> Option<Entry<P, V>> {
        let entry = self.entries[place].take()?;
        let found = self.index.find_entry(hash(entry.address()), |other| *other == place);
        found.expect("every entry is in the index").remove();
        Some(entry)
    }

    /// Closes the gaps between the entries.
    fn compact(&mut self) {
        if self.index.len() == self.entries.len() {
            return;
        }
        let before = self.next.min(self.entries.len());
        self.next = self.entries[..before].iter().flatten().count();
        self.entries.retain(Option::is_some);
        self.index.clear();
        let entries = &self.entries;
        for place in 0..entries.len() {
            self.index
                .insert_unique(rehash(entries, place), place, |place| rehash(entries, *place));
        }
    }

    fn shrink(&mut self) {
        let enough = 2 * self.index.len();
        self.entries.shrink_to(enough);
        let entries = &self.entries;
        self.index.shrink_to(enough, |place| rehash(entries, *place));
    }
}

impl<P: Pointer, V> Entry<P, V> {
    fn address(&self) -> usize {
        P::address_of(&self.key)
    }
}

impl<P: Pointer, V> Default for WeakKeyMap<P, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Pointer, V> fmt::Debug for WeakKeyMap<P, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakKeyMap").field("occupancy", &self.occupancy()).finish_non_exhaustive()
    }
}

/// Spreads an address, whose low bits are zero, over all bits. Nobody chooses addresses to collide.
fn hash(address: usize) -> u64 {
    let spread = (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    spread ^ spread >> 32
}

fn rehash<P: Pointer, V>(entries: &[Option<Entry<P, V>>], place: usize) -> u64 {
    entries[place].as_ref().map_or(0, |entry| hash(entry.address()))
}
