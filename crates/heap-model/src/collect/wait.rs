//! Ephemeron wait lists: each key that is not known to be live has a list of the entries that wait for it, so that all are
//! decided in time linear in their number (Barros 2008, "Eliminating cycles in weak tables"; V8's `ephemeron_marking_`).
//!
//! While entries wait for a key, its auxiliary field is the head of their list, and the first entry keeps the field's
//! former value.

use crate::memory::cell::Cell;
use crate::memory::header::Header;

/// `E` is what a collector keeps of an entry, so that the entry need not be looked up in its table.
pub(super) struct WaitList<E> {
    entries: Vec<Waiter<E>>,
}

#[derive(Clone, Copy)]
struct Waiter<E> {
    entry: E,
    /// The next entry that waits for the same key, or [`NONE`].
    next: u32,
    /// The former value of the key's auxiliary field.
    auxiliary: u32,
}

const NONE: u32 = u32::MAX;

/// The prefetch distance, in keys.
const AHEAD: usize = 8;

impl<E: Copy> WaitList<E> {
    /// An entry waits for its key.
    pub fn push(&mut self, key: Cell, entry: E) {
        self.entries.push(Waiter { entry, next: NONE, auxiliary: 0 });
        self.link(key, self.entries.len() - 1);
    }

    /// Puts an entry on the key's list.
    #[inline(always)]
    fn link(&mut self, key: Cell, index: usize) {
        let (next, auxiliary) = if key.header().has(Header::WAITED_FOR) {
            let first = key.auxiliary();
            (first, self.entries[first as usize].auxiliary)
        } else {
            key.set_flag(Header::WAITED_FOR, true);
            (NONE, key.auxiliary())
        };
        let entry = &mut self.entries[index];
        (entry.next, entry.auxiliary) = (next, auxiliary);
        key.set_auxiliary(index as u32);
    }

    /// Ends the waiting for a live key. Returns the first entry that waited.
    pub fn take(&mut self, key: Cell) -> Option<u32> {
        if !key.header().has(Header::WAITED_FOR) {
            return None;
        }
        key.set_flag(Header::WAITED_FOR, false);
        let first = key.auxiliary();
        key.set_auxiliary(self.entries[first as usize].auxiliary);
        Some(first)
    }

    /// An entry, and the next one of its list.
    pub fn entry(&self, index: u32) -> (E, Option<u32>) {
        let Waiter { entry, next, .. } = self.entries[index as usize];
        (entry, (next != NONE).then_some(next))
    }

    /// The number of entries that were ever added.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

impl<E> Default for WaitList<E> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

/// The numbers of entries by neighbourhoods of their keys.
pub(super) struct Groups(Vec<u32>);

/// The number of groups, a power of two. Spans that are this many apart share a group.
const GROUPS: usize = 1 << 14;

/// Bytes of a span of the heap's memory.
const SPAN: usize = 4096;

impl Groups {
    pub fn new() -> Self {
        Self(vec![0; GROUPS])
    }

    #[inline(always)]
    pub fn count(&mut self, key: Cell) {
        self.0[group(key)] += 1;
    }
}

#[inline(always)]
fn group(key: Cell) -> usize {
    key.address() / SPAN % GROUPS
}

/// Makes wait lists of entries that were counted, in linear time. Entries whose keys are near one another are stored
/// together, because the value of an entry often leads to a key nearby.
pub(super) struct WaitListBuilder<E> {
    entries: Vec<Waiter<E>>,
    keys: Vec<Option<Cell>>,
    /// The index of the next entry of each group.
    next: Vec<u32>,
}

impl<E: Copy> WaitListBuilder<E> {
    /// Room for the entries that were counted, which are `absent` until they are pushed.
    pub fn new(counts: Groups, absent: E) -> Self {
        let Groups(mut next) = counts;
        let mut end = 0;
        for next in &mut next {
            end += std::mem::replace(next, end);
        }
        let absent = Waiter { entry: absent, next: NONE, auxiliary: 0 };
        let end = end as usize;
        Self { entries: vec![absent; end], keys: vec![None; end], next }
    }

    /// Adds an entry that was counted.
    #[inline(always)]
    pub fn push(&mut self, key: Cell, entry: E) {
        let next = &mut self.next[group(key)];
        self.entries[*next as usize].entry = entry;
        self.keys[*next as usize] = Some(key);
        *next += 1;
    }

    /// Puts the entries on the lists of their keys, which are empty.
    pub fn build(self) -> WaitList<E> {
        let Self { entries, keys, .. } = self;
        let mut waiting = WaitList { entries };
        for (index, key) in keys.iter().enumerate() {
            if let Some(Some(ahead)) = keys.get(index + AHEAD) {
                ahead.prefetch();
            }
            if let Some(key) = key {
                waiting.link(*key, index);
            }
        }
        waiting
    }
}
