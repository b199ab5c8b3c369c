//! Identities of doubles. A double has no room for a hash, so a table by address has the hashes of the doubles that a walk
//! has met.
//!
//! A flag in its header says that a double is in the table. The collectors read only this flag, and only of cells that
//! they move, so a walk costs later collections nothing. Entries of dead doubles stay until there are many of them; a new
//! double at the same address does not have the flag.

use crate::address::CellMap;
use crate::identities::Identities;
use crate::memory::cell::Cell;
use crate::memory::chunk::Chunk;
use crate::memory::header::Header;
use crate::spaces::Spaces;
use std::collections::HashSet;

/// The hashes that doubles were given.
#[derive(Default)]
pub(crate) struct Doubles {
    hashes: CellMap<u32>,
    /// With more entries than this, a walk first removes those of dead doubles. Half as many were once alive together.
    bound: usize,
    /// The number of entries when the latest walk began.
    before: usize,
    /// The number of entries that collections have read.
    #[cfg(test)]
    visited: usize,
}

/// The number of entries below which cleaning does not pay.
const FEW: usize = 1024;

impl Doubles {
    /// Updates the entries of doubles that a collection has moved.
    pub fn follow(&mut self, moved: Vec<Cell>) {
        for cell in moved {
            #[cfg(test)]
            {
                self.visited += 1;
            }
            if let (Some(hash), Some(to)) = (self.hashes.remove(&cell), cell.forwarded()) {
                self.hashes.insert(to, hash);
            }
        }
    }

    /// Begins a walk, during which no double dies. While `marking`, it is unknown which cells live. O(entries) if their
    /// number has doubled since the last time that it was, otherwise constant time.
    pub fn begin_walk(&mut self, spaces: &Spaces, marking: bool) {
        // All entries that the previous walk added were alive together.
        let added = self.hashes.len().saturating_sub(self.before);
        self.bound = self.bound.max(2 * added).max(FEW);
        if self.hashes.len() > self.bound {
            self.forget_dead(spaces, marking);
        }
        self.before = self.hashes.len();
    }

    /// The double's identity hash. Expected constant time.
    pub fn hash(&mut self, cell: Cell, fresh: &mut Identities) -> u32 {
        if is_identified(cell.header())
            && let Some(hash) = self.hashes.get(&cell)
        {
            return *hash;
        }
        let hash = fresh.next();
        cell.set_flag(Header::IDENTIFIED, true);
        self.hashes.insert(cell, hash);
        hash
    }

    /// Removes the entries of dead doubles. O(entries + pages).
    pub fn forget_dead(&mut self, spaces: &Spaces, marking: bool) {
        let pages: HashSet<Chunk> = spaces.old.pages().iter().copied().collect();
        let lives = |cell: &Cell| {
            let page = Chunk::of(*cell);
            // A dead cell of an unswept page is unchanged; during marking it cannot be told from a live one.
            let there = spaces.new.holds(*cell)
                || pages.contains(&page)
                    && (marking || !page.is_unswept() || page.is_marked(*cell));
            there && is_identified(cell.header())
        };
        #[cfg(test)]
        {
            self.visited += self.hashes.len();
        }
        let Self { hashes, bound, .. } = self;
        hashes.retain(|cell, _| lives(cell));
        hashes.shrink_to_fit();
        *bound = (2 * hashes.len()).max(FEW);
    }

    /// Whether at least half of the entries must be of dead doubles, given `live` bytes of cells in the heap.
    pub fn are_mostly_dead(&self, live: usize) -> bool {
        self.hashes.len().saturating_sub(FEW) > 2 * (live / crate::layout::HEAP_NUMBER)
    }

    #[cfg(zeal)]
    pub fn contains(&self, cell: Cell) -> bool {
        self.hashes.contains_key(&cell)
    }
}

/// Whether a cell is a double or a string that is in the table.
#[inline(always)]
pub(crate) fn is_identified(header: Header) -> bool {
    header.has(Header::IDENTIFIED) && !header.has_identity()
}

#[cfg(test)]
mod tests {
    use super::FEW;
    use crate::{Global, Heap, HeapOptions, Kind, Value, shapes};

    const ALL: usize = 20 * FEW;

    /// A heap with old doubles, all of which a walk has met.
    fn walked() -> (Heap, Global) {
        let mut heap = Heap::new(HeapOptions::default()).unwrap();
        let root = heap.enter(|scope| {
            let array = scope.alloc(Kind::Array, ALL, 0).unwrap();
            for slot in 0..ALL {
                scope.scope(|scope| {
                    let number = shapes::heap_number(scope, 0.5).unwrap();
                    scope.set(array, slot, Value::Ref(number)).unwrap();
                });
            }
            scope.global(array).unwrap()
        });
        heap.collect();
        heap.walk(|_| ());
        (heap, root)
    }

    #[test]
    fn a_walk_costs_later_collections_nothing() {
        let (mut heap, _root) = walked();
        assert_eq!(heap.doubles.hashes.len(), ALL);
        let visited = heap.doubles.visited;
        for _ in 0..3 {
            heap.scavenge();
            heap.collect();
        }
        assert_eq!(heap.doubles.visited, visited);
    }

    #[test]
    fn a_walk_looks_at_no_entry_of_the_walk_before_while_its_doubles_live() {
        let (mut heap, _root) = walked();
        let visited = heap.doubles.visited;
        for _ in 0..3 {
            heap.walk(|_| ());
            let _ = heap.roots();
        }
        assert_eq!(heap.doubles.visited, visited);
        assert_eq!(visited, 0, "nor at its own");
    }

    #[test]
    fn walks_of_young_doubles_that_die_keep_the_table_small() {
        let mut heap = Heap::new(HeapOptions::default()).unwrap();
        for _ in 0..50 {
            heap.enter(|scope| {
                for _ in 0..2 * FEW {
                    shapes::heap_number(scope, 0.5).unwrap();
                }
                scope.walk(|_| ());
            });
            heap.scavenge();
            assert!(heap.doubles.hashes.len() <= 6 * FEW, "{}", heap.doubles.hashes.len());
        }
        assert_eq!(heap.statistics().full_collections, 0);
    }

    #[test]
    fn what_a_walk_knew_of_dead_doubles_is_forgotten() {
        let (mut heap, root) = walked();
        drop(root);
        heap.collect();
        assert_eq!(heap.doubles.hashes.len(), 0, "most are dead, which a collection finds");
        let (mut heap, root) = walked();
        heap.enter(|scope| {
            let array = scope.local(&root).unwrap();
            (0..ALL / 2).for_each(|slot| scope.set(array, slot, Value::Null).unwrap());
            // Others take the places of the dead ones.
            scope.collect();
            for slot in 0..ALL / 4 {
                scope.scope(|scope| {
                    let number = shapes::heap_number(scope, 0.5).unwrap();
                    scope.set(array, slot, Value::Ref(number)).unwrap();
                });
            }
            scope.collect();
        });
        heap.release_memory();
        assert_eq!(heap.doubles.hashes.len(), ALL / 2);
        heap.walk(|_| ());
        assert_eq!(heap.doubles.hashes.len(), ALL / 2 + ALL / 4);
    }
}
