//! Entries of ephemeron tables whose keys are not known to live yet: each key has a list of the
//! entries that wait for it, so that all are decided in time linear in their number. No unsafe code.
//!
//! While a key is waited for, the number beside its hash is its first entry in `entries`, and that
//! entry keeps the number that was there.

use crate::raw::cell::{Cell, Header};

#[derive(Default)]
pub(super) struct Waiting {
    entries: Vec<Entry>,
}

struct Entry {
    table: Cell,
    slot: u32,
    /// The next entry that waits for the same key, or [`NONE`].
    next: u32,
    /// The key's own number.
    aux: u32,
}

const NONE: u32 = u32::MAX;

impl Waiting {
    /// The entry at `slot` of the table waits for its key.
    pub fn wait(&mut self, key: Cell, table: Cell, slot: usize) {
        let index = self.entries.len() as u32;
        let (next, aux) = if key.header().has(Header::WAITED_FOR) {
            let first = key.aux();
            (first, self.entries[first as usize].aux)
        } else {
            key.set_flag(Header::WAITED_FOR, true);
            (NONE, key.aux())
        };
        self.entries.push(Entry { table, slot: slot as u32, next, aux });
        key.set_aux(index);
    }

    /// The key lives: nothing waits for it any more. Gives the first of the entries that did.
    pub fn done(&mut self, key: Cell) -> Option<u32> {
        if !key.header().has(Header::WAITED_FOR) {
            return None;
        }
        key.set_flag(Header::WAITED_FOR, false);
        let first = key.aux();
        key.set_aux(self.entries[first as usize].aux);
        Some(first)
    }

    /// An entry's table and slot, and the entry after it.
    pub fn entry(&self, index: u32) -> (Cell, usize, Option<u32>) {
        let Entry { table, slot, next, .. } = self.entries[index as usize];
        (table, slot as usize, (next != NONE).then_some(next))
    }

    /// How many entries have waited.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}
