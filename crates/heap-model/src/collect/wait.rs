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

struct Waiter<E> {
    entry: E,
    /// The next entry that waits for the same key, or [`NONE`].
    next: u32,
    /// The key's own number.
    aux: u32,
}

const NONE: u32 = u32::MAX;

impl<E: Copy> Waiting<E> {
    /// An entry waits for its key.
    pub fn wait(&mut self, key: Cell, entry: E) {
        let index = self.entries.len() as u32;
        let (next, aux) = if key.header().has(Header::WAITED_FOR) {
            let first = key.aux();
            (first, self.entries[first as usize].aux)
        } else {
            key.set_flag(Header::WAITED_FOR, true);
            (NONE, key.aux())
        };
        self.entries.push(Waiter { entry, next, aux });
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

    /// An entry, and which one comes after it.
    pub fn entry(&self, index: u32) -> (E, Option<u32>) {
        let Waiter { entry, next, .. } = self.entries[index as usize];
        (entry, (next != NONE).then_some(next))
    }

    /// How many entries have waited.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

impl<E> Default for Waiting<E> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}
