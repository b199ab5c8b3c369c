//! Entries of ephemeron tables whose keys are not known to live yet: each key has a list of the
//! entries that wait for it, so that all are decided in time linear in their number. No unsafe code.
//!
//! While a key is waited for, the number beside its hash is its first entry in `entries`, and that
//! entry keeps the number that was there.

use crate::raw::cell::{Cell, Header};

/// What a collector keeps of an entry, `E`, lies here, so that none need be looked for in its table.
pub(super) struct Waiting<E> {
    entries: Vec<Waiter<E>>,
}

#[derive(Clone, Copy)]
struct Waiter<E> {
    entry: E,
    /// The next entry that waits for the same key, or [`NONE`], and the key's own number in the upper
    /// half. Before the key knows of the entry, the key.
    link: u64,
}

const NONE: u32 = u32::MAX;

/// The link where there is no entry: no key.
const UNUSED: u64 = 0;

/// How many keys are being loaded while one gets to know an entry.
const AHEAD: usize = 8;

impl<E: Copy> Waiting<E> {
    /// An entry waits for its key.
    pub fn wait(&mut self, key: Cell, entry: E) {
        self.entries.push(Waiter { entry, link: key.word() });
        self.link(key, self.entries.len() - 1);
    }

    /// The key gets to know an entry.
    #[inline(always)]
    fn link(&mut self, key: Cell, index: usize) {
        let (next, aux) = if key.header().has(Header::WAITED_FOR) {
            let first = key.aux();
            (first, self.entries[first as usize].aux())
        } else {
            key.set_flag(Header::WAITED_FOR, true);
            (NONE, key.aux())
        };
        self.entries[index].link = u64::from(next) | u64::from(aux) << 32;
        key.set_aux(index as u32);
    }

    /// The key lives: nothing waits for it any more. Gives the first of the entries that did.
    pub fn done(&mut self, key: Cell) -> Option<u32> {
        if !key.header().has(Header::WAITED_FOR) {
            return None;
        }
        key.set_flag(Header::WAITED_FOR, false);
        let first = key.aux();
        key.set_aux(self.entries[first as usize].aux());
        Some(first)
    }

    /// An entry, and which one comes after it.
    pub fn entry(&self, index: u32) -> (E, Option<u32>) {
        let Waiter { entry, link } = self.entries[index as usize];
        let next = link as u32;
        (entry, (next != NONE).then_some(next))
    }

    /// How many entries have waited.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

impl<E> Waiter<E> {
    fn aux(&self) -> u32 {
        (self.link >> 32) as u32
    }
}

impl<E> Default for Waiting<E> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

/// How many entries there are at the most whose keys lie near one another, all over the heap.
pub(super) struct Groups(Vec<u32>);

/// A power of two. Spans that are so many apart have a group in common.
const GROUPS: usize = 1 << 14;

/// How many bytes of the heap's memory are a span.
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

/// Entries that are to wait, in linear time. What waits for keys that lie near one another lies together,
/// for the value of an entry often leads to a key nearby. The keys know of them in the end.
pub(super) struct Grouped<E> {
    entries: Vec<Waiter<E>>,
    /// Where the next one of each group lies.
    next: Vec<u32>,
}

impl<E: Copy + Default> Grouped<E> {
    /// Room for the entries that were counted.
    pub fn new(counts: Groups) -> Self {
        let Groups(mut next) = counts;
        let mut end = 0;
        for next in &mut next {
            end += std::mem::replace(next, end);
        }
        Self { entries: vec![Waiter { entry: E::default(), link: UNUSED }; end as usize], next }
    }

    /// Puts an entry in that was counted.
    #[inline(always)]
    pub fn put(&mut self, key: Cell, entry: E) {
        let next = &mut self.next[group(key)];
        self.entries[*next as usize] = Waiter { entry, link: key.word() };
        *next += 1;
    }

    /// Lets the keys, for none of which anything waits yet, know of the entries.
    pub fn link(self) -> Waiting<E> {
        let mut waiting = Waiting { entries: self.entries };
        for index in 0..waiting.entries.len() {
            let ahead = waiting.entries.get(index + AHEAD).and_then(|ahead| Cell::of(ahead.link));
            if let Some(key) = ahead {
                key.prefetch();
            }
            if let Some(key) = Cell::of(waiting.entries[index].link) {
                waiting.link(key, index);
            }
        }
        waiting
    }
}
