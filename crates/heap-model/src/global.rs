//! Handles that a scope does not end: owned roots and weak handles. No unsafe code.

use crate::AccessError;
use crate::heap::Heap;
use crate::raw::cell::{Cell, NULL};
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
    pub(crate) heap: u32,
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
    heap: u32,
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
        let word = self.place(cell)?.word();
        let heap = &mut self.heap;
        heap.drain_released();
        let index = heap.globals.insert(word) as u32;
        Ok(Global { index, heap: heap.id, released: heap.released.clone() })
    }

    /// A handle to what an owned root refers to. Constant time.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn local(&mut self, global: &Global) -> Result<Local<'s>, AccessError> {
        if global.heap != self.heap.id {
            return Err(AccessError::WrongHeap);
        }
        let word = self.heap.globals.get(global.index as usize).copied();
        Ok(self.push(word.and_then(Cell::of).ok_or(AccessError::WrongHeap)?))
    }

    /// Makes a weak handle. Constant time, and once for each handle that was dropped.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn weak(&mut self, cell: Local<'_>) -> Result<Weak, AccessError> {
        let word = self.place(cell)?.word();
        let heap = &mut self.heap;
        heap.drain_released();
        let index = heap.weaks.insert(word) as u32;
        Ok(Weak { index, heap: heap.id, released: heap.released.clone() })
    }

    /// A handle to what a weak handle refers to, if it lives. Constant time. What was found dead by no collection
    /// yet is alive again.
    ///
    /// # Errors
    /// [`AccessError::WrongHeap`].
    pub fn upgrade(&mut self, weak: &Weak) -> Result<Option<Local<'s>>, AccessError> {
        if weak.heap != self.heap.id {
            return Err(AccessError::WrongHeap);
        }
        let word = self.heap.weaks.get(weak.index as usize).copied();
        Ok(word.and_then(Cell::of).map(|cell| self.push(cell)))
    }
}

impl Heap {
    /// Takes note of the handles that were dropped.
    pub(crate) fn drain_released(&mut self) {
        let mut dropped = dropped(&self.released);
        for index in dropped.roots.drain(..) {
            self.globals.try_remove(index as usize);
        }
        for index in dropped.weaks.drain(..) {
            self.weaks.try_remove(index as usize);
        }
    }

    /// How many owned roots and how many weak handles there are, without those that were dropped.
    pub(crate) fn global_counts(&self) -> (usize, usize) {
        let dropped = dropped(&self.released);
        (self.globals.len() - dropped.roots.len(), self.weaks.len() - dropped.weaks.len())
    }

    /// Weak handles follow their cells: `follow` gives the cell where it now is, if it lives.
    pub(crate) fn follow_weak_handles(&mut self, follow: impl Fn(Cell) -> Option<Cell>) {
        for (_, word) in &mut self.weaks {
            if let Some(cell) = Cell::of(*word) {
                *word = follow(cell).map_or(NULL, Cell::word);
            }
        }
    }
}
