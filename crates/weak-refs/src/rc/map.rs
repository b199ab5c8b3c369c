//! The map: entries in insertion order, and a hash index of their positions by the address of their key.
//!
//! Invariants: the index has the position of each entry exactly once, under its key's address; all other positions
//! in `entries` are empty. An entry is removed from both before its value is dropped, so a destructor that panics
//! leaves the map whole.

use super::mortal::Deaths;
use super::pointer::Pointer;
use core::fmt;
use core::mem;
use hashbrown::HashTable;

/// A map from shared pointers to values that does not keep its keys alive.
///
/// The names are those of ECMA-262's WeakMap (24.3). There is no iteration, because its result would depend on when
/// the map expired last. See the [module](super) for costs and the limit.
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
    /// Where [`expire_next`](Self::expire_next) goes on: a position in `entries`, or their end.
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
        match self.position(key.address()) {
            Some(position) => {
                let entry = self.entries[position].as_mut()?;
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
        let position = self.position(key.address())?;
        self.entries[position].as_ref().map(|entry| &entry.value)
    }

    /// The value of `key`, to be changed.
    #[must_use]
    pub fn get_mut(&mut self, key: &P) -> Option<&mut V> {
        let position = self.position(key.address())?;
        self.entries[position].as_mut().map(|entry| &mut entry.value)
    }

    /// The value of `key`, which is made by `compute` where there is none.
    #[doc(alias = "getOrInsertComputed")]
    pub fn get_or_insert_with(&mut self, key: &P, compute: impl FnOnce() -> V) -> &mut V {
        let position = match self.position(key.address()) {
            Some(position) => position,
            None => self.insert(key, compute()),
        };
        let entry = self.entries[position].as_mut().expect("a position of the index has an entry");
        &mut entry.value
    }

    /// Whether `key` has a value.
    #[must_use]
    pub fn has(&self, key: &P) -> bool {
        self.position(key.address()).is_some()
    }

    /// Removes the value of `key` and returns it.
    pub fn delete(&mut self, key: &P) -> Option<V> {
        let position = self.position(key.address())?;
        let entry = self.take(position)?;
        if self.index.is_empty() {
            self.entries.clear();
        }
        Some(entry.value)
    }

    /// Frees the entries of dead keys, also of keys that die by it, and shrinks a table that is mostly free. Returns
    /// the number of freed entries.
    ///
    /// Values are dropped one after another, never inside each other: a chain of a million entries
    /// needs no more stack than one. See the [module](super) for the cost. Where keys die one at a time,
    /// [`expire_next`](Self::expire_next) is cheaper: it looks at a few entries a call.
    ///
    /// # Panics
    /// If a value's destructor panics. The map stays whole; the rest expires at the next call.
    pub fn expire(&mut self) -> usize {
        let before = self.occupancy();
        let mut deaths = Deaths::begin();
        let mut forwards = true;
        while self.sweep(forwards, &mut deaths) && mem::needs_drop::<V>() {
            forwards = !forwards;
        }
        drop(deaths);
        self.shrink_if_sparse();
        before - self.occupancy()
    }

    /// Frees the entries of dead keys among the next `looks` entries, and entries whose keys die by it, as far as
    /// one pass of [`expire`](Self::expire) finds them. Begins where the last call ended, so that repeated calls
    /// reach every entry. Returns the number of freed entries. Amortised O(`looks` + freed entries).
    ///
    /// A program that calls it with a few looks after each death, or at each request, frees every dead entry in
    /// time, at a cost that does not depend on the number of live entries.
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
        let mut deaths = Deaths::begin();
        for _ in 0..looks.min(self.entries.len()) {
            if self.next >= self.entries.len() {
                self.next = 0;
            }
            self.next += 1;
            self.free(self.next - 1, &mut deaths);
        }
        drop(deaths);
        self.shrink_if_sparse();
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

    fn position(&self, address: usize) -> Option<usize> {
        self.index.find(hash(address), |position| self.address(*position) == Some(address)).copied()
    }

    fn address(&self, position: usize) -> Option<usize> {
        self.entries[position].as_ref().map(Entry::address)
    }

    /// Adds an entry for a key that has none.
    fn insert(&mut self, key: &P, value: V) -> usize {
        if self.entries.len() == self.entries.capacity() {
            self.make_room();
        }
        let position = self.entries.len();
        self.entries.push(Some(Entry { key: key.downgrade(), value }));
        let entries = &self.entries;
        self.index
            .insert_unique(hash(key.address()), position, |position| rehash(entries, *position));
        position
    }

    /// Makes room for as many entries again as are live.
    fn make_room(&mut self) {
        self.expire();
        self.compact();
        self.entries.reserve(self.index.len().max(4));
    }

    /// One pass: looks at every entry, and frees the dead ones with the entries that die by it. Says whether it freed
    /// any.
    fn sweep(&mut self, forwards: bool, deaths: &mut Deaths) -> bool {
        let before = self.index.len();
        for step in 0..self.entries.len() {
            let position = if forwards { step } else { self.entries.len() - 1 - step };
            self.free(position, deaths);
        }
        self.index.len() < before
    }

    /// Frees the entry of a dead key, and those whose keys' deaths are logged meanwhile.
    fn free(&mut self, position: usize, deaths: &mut Deaths) {
        if !self.is_dead(position) {
            return;
        }
        let mut work = vec![position];
        while let Some(position) = work.pop() {
            drop(self.take(position));
            for address in deaths.by_ref() {
                work.extend(self.position(address).filter(|position| self.is_dead(*position)));
            }
        }
    }

    /// Compacts and shrinks the table if most positions are free.
    fn shrink_if_sparse(&mut self) {
        if self.index.len() <= self.entries.len() / 2 {
            self.compact();
            self.shrink();
        }
    }

    fn is_dead(&self, position: usize) -> bool {
        self.entries[position].as_ref().is_some_and(|entry| P::is_dead(&entry.key))
    }

    fn take(&mut self, position: usize) -> Option<Entry<P, V>> {
        let entry = self.entries[position].take()?;
        let found = self.index.find_entry(hash(entry.address()), |other| *other == position);
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
        for position in 0..entries.len() {
            self.index.insert_unique(rehash(entries, position), position, |position| {
                rehash(entries, *position)
            });
        }
    }

    fn shrink(&mut self) {
        let enough = 2 * self.index.len();
        self.entries.shrink_to(enough);
        let entries = &self.entries;
        self.index.shrink_to(enough, |position| rehash(entries, *position));
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

/// Fibonacci hashing (Knuth, 6.4): spreads an address, whose low bits are zero, over all bits. The allocator chooses
/// addresses, so nobody can make them collide.
fn hash(address: usize) -> u64 {
    let spread = (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    spread ^ spread >> 32
}

fn rehash<P: Pointer, V>(entries: &[Option<Entry<P, V>>], position: usize) -> u64 {
    entries[position].as_ref().map_or(0, |entry| hash(entry.address()))
}
