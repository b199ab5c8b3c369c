//! A list to which values are added while others are borrowed: none ever moves.
//!
//! The values lie in chunks, each twice as long as the one before.

use std::cell::{Cell, OnceCell};

/// Values of the first chunk.
const FIRST: usize = 64;
/// With as many chunks, more values than a small integer can number.
const CHUNKS: usize = 26;

type Chunk<T> = Box<[OnceCell<T>]>;

pub struct Table<T> {
    chunks: [OnceCell<Chunk<T>>; CHUNKS],
    len: Cell<usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { chunks: [const { OnceCell::new() }; CHUNKS], len: Cell::new(0) }
    }
}

/// The chunk of a value, and its place there.
#[inline(always)]
fn place(number: usize) -> (usize, usize) {
    let chunk = (number / FIRST + 1).ilog2() as usize;
    (chunk, number - ((FIRST << chunk) - FIRST))
}

impl<T> Table<T> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// The value with a number. Constant time.
    #[inline(always)]
    pub fn get(&self, number: usize) -> Option<&T> {
        let (chunk, place) = place(number);
        self.chunks.get(chunk)?.get()?.get(place)?.get()
    }

    /// Adds a value, and gives its number. Constant time, amortised.
    pub fn add(&self, value: T) -> usize {
        let number = self.len.get();
        let (chunk, place) = place(number);
        let chunk_of = || (0..FIRST << chunk).map(|_| OnceCell::new()).collect();
        let cells = self.chunks[chunk].get_or_init(chunk_of);
        let added = cells[place].set(value).is_ok();
        debug_assert!(added, "a number is given once");
        self.len.set(number + 1);
        number
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).filter_map(|number| self.get(number))
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn values_stay_where_they_are() {
        let table = Table::default();
        assert_eq!(table.get(0), None);
        table.add(0);
        let first: *const i32 = table.get(0).expect("it was added");
        (1..10_000).for_each(|value| assert_eq!(table.add(value) as i32, value));
        assert!(std::ptr::eq(first, table.get(0).expect("it was added")));
        assert!((0..10_000).eq(table.iter().copied()));
        assert_eq!((table.len(), table.get(10_000)), (10_000, None));
    }
}
