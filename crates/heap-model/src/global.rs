//! Handles that a scope does not end: owned roots and weak handles. No unsafe code.

use crate::AccessError;
use crate::blocks::Age;
use crate::heap::Heap;
use crate::raw::cell::Cell;
use crate::scope::{Local, Scope};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The handles that were dropped since the heap last looked: they may be dropped on any thread.
pub(crate) type Released = Arc<Mutex<Dropped>>;

/// Handles that were dropped, by their places in the heap's lists.
#[derive(Debug, Default)]
pub(crate) struct Dropped {
    roots: Vec<u32>,
    weaks: Vec<u32>,
}

/// An owned root: what it refers to lives while it does (V8's `v8::Global`). It may be dropped on any thread.
/// One that outlives its heap is harmless, and wrong for every other heap.
///
/// ```
/// use heap_model::{AccessError, Global, Heap, HeapOptions, Kind, Value};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let root: Global = heap.enter(|scope| -> Result<_, heap_model::HeapError> {
///     let cell = scope.alloc_with(Kind::Object, &[Value::Smi(7)])?;
///     Ok(scope.global(cell)?)
/// })?;
/// heap.collect();
/// heap.enter(|scope| -> Result<(), AccessError> {
///     let cell = scope.local(&root)?;
///     assert_eq!(scope.get(cell, 0)?.as_smi(), Some(7));
///     Ok(())
/// })?;
/// drop(heap);
/// let mut other = Heap::new(HeapOptions::default())?;
/// other.enter(|scope| assert_eq!(scope.local(&root).unwrap_err(), AccessError::WrongHeap));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Global {
    pub(crate) index: u32,
    /// The heap's, which tells it from other heaps.
    released: Released,
}

/// A weak handle: it gives the cell while that lives, and does not make it live (V8's
/// `v8::PersistentBase::SetWeak`). A scavenge ends those of young cells, a full collection all. It may be dropped on any
/// thread, and one that outlives its heap is harmless.
///
/// ```
/// use heap_model::{Heap, HeapOptions, Kind};
///
/// let mut heap = Heap::new(HeapOptions::default())?;
/// let weak = heap.enter(|scope| {
///     let cell = scope.alloc(Kind::Object, 1, 0)?;
///     let weak = scope.weak(cell)?;
///     assert!(scope.upgrade(&weak)?.is_some());
///     Ok::<_, heap_model::HeapError>(weak)
/// })?;
/// heap.collect();
/// heap.enter(|scope| assert!(scope.upgrade(&weak).unwrap().is_none()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Weak {
    index: u32,
    /// The heap's, which tells it from other heaps.
    released: Released,
}

fn dropped(released: &Released) -> MutexGuard<'_, Dropped> {
    released.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Global {
    fn drop(&mut self) {
        dropped(&self.released).roots.push(self.index);
    }
}

impl Drop for Weak {
    fn drop(&mut self) {
        dropped(&self.released).weaks.push(self.index);
    }
}

impl<'s> Scope<'s> {
    /// Makes an owned root. Constant time, and once for each handle that was dropped.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn global(&mut self, cell: Local<'_>) -> Result<Global, AccessError> {
        let cell = self.place(cell)?;
        let heap = &mut self.heap;
        heap.drain_released();
        let index = heap.globals.insert(cell, heap.new.contains(cell.word()));
        Ok(Global { index, released: heap.released.clone() })
    }

    /// A handle to what an owned root refers to. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn local(&mut self, global: &Global) -> Result<Local<'s>, AccessError> {
        if !Arc::ptr_eq(&global.released, &self.heap.released) {
            return Err(AccessError::WrongHeap);
        }
        let cell = self.heap.globals.get(global.index).copied();
        Ok(self.push(cell.ok_or(AccessError::WrongHeap)?))
    }

    /// Makes a weak handle. Constant time, and once for each handle that was dropped.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn weak(&mut self, cell: Local<'_>) -> Result<Weak, AccessError> {
        let cell = self.place(cell)?;
        let heap = &mut self.heap;
        heap.drain_released();
        let index = heap.weaks.insert(Some(cell), heap.new.contains(cell.word()));
        Ok(Weak { index, released: heap.released.clone() })
    }

    /// A handle to what a weak handle refers to, if it lives. Constant time. What was found dead by no collection
    /// yet is alive again.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn upgrade(&mut self, weak: &Weak) -> Result<Option<Local<'s>>, AccessError> {
        if !Arc::ptr_eq(&weak.released, &self.heap.released) {
            return Err(AccessError::WrongHeap);
        }
        let cell = self.heap.weaks.get(weak.index).copied().flatten();
        Ok(cell.map(|cell| self.push(cell)))
    }
}

/// Dropped handles that the lists have room for when they are empty, for each kind.
const KEPT: usize = 1024;

impl Heap {
    /// Takes note of the handles that were dropped.
    pub(crate) fn drain_released(&mut self) {
        let mut dropped = dropped(&self.released);
        let Dropped { roots, weaks } = &mut *dropped;
        self.roots_dropped += roots.len();
        for index in roots.drain(..) {
            self.globals.remove(index);
        }
        for index in weaks.drain(..) {
            self.weaks.remove(index);
        }
        for list in [roots, weaks] {
            list.shrink_to(KEPT);
        }
    }

    /// How many owned roots and how many weak handles there are, without those that were dropped.
    pub(crate) fn global_counts(&self) -> (usize, usize) {
        let dropped = dropped(&self.released);
        (self.globals.len() - dropped.roots.len(), self.weaks.len() - dropped.weaks.len())
    }

    /// How many owned roots were dropped so far.
    pub(crate) fn roots_dropped(&self) -> usize {
        self.roots_dropped + dropped(&self.released).roots.len()
    }

    /// Weak handles to young cells follow them: `follow` gives the cell where it now is, if it lives. O(those that
    /// referred to young cells).
    pub(crate) fn follow_young_weak_handles(&mut self, follow: impl Fn(Cell) -> Option<Cell>) {
        let new = &self.new;
        let visit = |cell: &mut Option<Cell>| {
            *cell = cell.and_then(&follow);
            let young = cell.is_some_and(|cell| new.contains(cell.word()));
            if young { Age::Young } else { Age::Old }
        };
        self.weaks.visit_young(visit, drop);
    }

    /// Likewise all weak handles.
    pub(crate) fn follow_weak_handles(&mut self, follow: impl Fn(Cell) -> Option<Cell>) {
        self.weaks.for_each(|cell| *cell = cell.and_then(&follow));
    }

    /// Gives the memory of the lists of owned roots, weak handles and native cells back that is not used. O(what
    /// the lists have).
    pub(crate) fn shrink_lists(&mut self) {
        self.globals.shrink();
        self.weaks.shrink();
        self.natives.shrink();
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
            let roots = heap.globals.iter().filter(|(number, _)| heap.globals.is_listed(*number));
            let weaks = heap.weaks.iter().filter(|(number, _)| heap.weaks.is_listed(*number));
            let natives = heap.natives.iter().filter(|(number, _)| heap.natives.is_listed(*number));
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
        assert!(heap.natives.capacity() >= 50_000);
        drop(handles);
        assert!(super::dropped(&heap.released).roots.capacity() >= 50_000);
        heap.collect();
        assert_eq!((heap.natives.capacity(), heap.globals.capacity()), (0, 0));
        assert!(super::dropped(&heap.released).roots.capacity() <= super::KEPT);
    }
}
