//! Owned roots and weak handles, as programs use them.

use super::{Local, Scope};
use crate::error::AccessError;
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::node_id::NodeId;
use crate::roots::{Global, Weak};

impl<'s> Scope<'s> {
    /// Makes an owned root. Amortised constant time: roots that were dropped are removed here.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn global(&mut self, cell: Local<'_>) -> Result<Global, AccessError> {
        let cell = self.cell(cell)?;
        Ok(self.heap.make_global(cell))
    }

    /// A handle to what an owned root refers to. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn local(&mut self, global: &Global) -> Result<Local<'s>, AccessError> {
        let cell = self.heap.roots.global(global)?;
        Ok(self.push(cell))
    }

    /// Makes a weak handle. Amortised constant time: weak handles that were dropped are removed here.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn weak(&mut self, cell: Local<'_>) -> Result<Weak, AccessError> {
        let cell = self.cell(cell)?;
        let (id, young) = (self.heap.identity(cell), self.heap.is_young(cell));
        Ok(self.heap.roots.add_weak(cell, id, young))
    }

    /// A handle to what a weak handle refers to, if no collection has found it dead yet; the handle keeps it alive.
    /// Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn upgrade(&mut self, weak: &Weak) -> Result<Option<Local<'s>>, AccessError> {
        let cell = self.heap.roots.weak(weak)?;
        Ok(cell.map(|cell| self.push(cell)))
    }
}

impl Heap {
    pub(crate) fn make_global(&mut self, cell: Cell) -> Global {
        let (id, young) = (self.identity(cell), self.is_young(cell));
        self.roots.add_global(cell, id, young)
    }

    /// A cell's identity, unless it is a double or a string.
    fn identity(&mut self, cell: Cell) -> Option<NodeId> {
        let has = cell.header().has_identity();
        has.then(|| NodeId::of_hash(self.identities.of(cell)))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Heap, HeapOptions, Kind};

    #[test]
    fn scavenges_look_at_no_handle_to_an_old_cell() {
        let mut heap = Heap::new(HeapOptions::default()).unwrap();
        let handles: Vec<_> = heap.enter(|scope| {
            let make = |_| {
                let cell = scope.alloc_native(32, 0, Box::new(()), 0).unwrap();
                (scope.global(cell).unwrap(), scope.weak(cell).unwrap())
            };
            (0..1000).map(make).collect()
        });
        let listed = |heap: &Heap| {
            let roots = heap
                .roots
                .globals
                .iter()
                .filter(|(number, _)| heap.roots.globals.is_listed(*number));
            let weaks =
                heap.roots.weaks.iter().filter(|(number, _)| heap.roots.weaks.is_listed(*number));
            let natives = heap
                .natives
                .payloads
                .iter()
                .filter(|(number, _)| heap.natives.payloads.is_listed(*number));
            (roots.count(), weaks.count(), natives.count())
        };
        assert_eq!(listed(&heap), (1000, 1000, 1000));
        heap.scavenge();
        assert_eq!(listed(&heap), (1000, 1000, 1000), "they are young still");
        heap.scavenge();
        assert_eq!(listed(&heap), (0, 0, 0));
        heap.enter(|scope| {
            let cell = scope.local(&handles[0].0).unwrap();
            let _root = scope.global(cell).unwrap();
            assert_eq!(listed(&scope.heap), (0, 0, 0));
            scope.alloc(Kind::Object, 0, 0).unwrap();
        });
    }

    #[test]
    fn the_lists_of_dead_natives_and_dropped_handles_go() {
        let mut heap = Heap::new(HeapOptions::default()).unwrap();
        let handles: Vec<_> = heap.enter(|scope| {
            let make = |_| {
                scope.scope(|scope| {
                    let cell = scope.alloc_native(32, 0, Box::new(()), 0).unwrap();
                    scope.global(cell).unwrap()
                })
            };
            (0..50_000).map(make).collect()
        });
        heap.collect();
        assert!(heap.natives.payloads.capacity() >= 50_000);
        drop(handles);
        assert!(heap.roots.released_capacity() >= 50_000);
        heap.collect();
        assert_eq!((heap.natives.payloads.capacity(), heap.roots.globals.capacity()), (0, 0));
        assert!(heap.roots.released_capacity() <= 1024);
    }
}
