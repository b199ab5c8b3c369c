//! Roots: the handle stack, the register stack, owned roots and weak handles (V8's `GlobalHandles`).

use crate::blocks::{Age, Blocks};
use crate::error::AccessError;
use crate::interned::Interned;
use crate::memory::cell::Cell;
use crate::memory::handles::Handles;
use crate::memory::registers::RegisterStack;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A mailbox for handles that were dropped, on any thread, until the heap drains it.
type Released = Arc<Mutex<Dropped>>;

/// Dropped handles, by their numbers in the heap's lists.
#[derive(Debug, Default)]
struct Dropped {
    roots: Vec<u32>,
    weaks: Vec<u32>,
}

/// An owned root, which keeps its cell alive (V8's `v8::Global`). It may be dropped on any thread, and may outlive its
/// heap; every other heap refuses it.
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
    index: u32,
    /// The heap's, which tells it from other heaps.
    released: Released,
}

/// A weak handle, which gives its cell while that lives, and does not keep it alive (V8's
/// `v8::PersistentBase::SetWeak`). A scavenge clears the weak handles of dead young cells, a full collection those of all
/// dead cells. It may be dropped on any thread, and may outlive its heap.
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

/// The capacity that each list of dropped handles keeps when it is empty.
const KEPT: usize = 1024;

/// What refers to cells from outside the heap.
pub(crate) struct Roots {
    pub handles: Handles,
    pub registers: RegisterStack,
    pub globals: Blocks<Cell>,
    /// `None` after the cell has died.
    pub weaks: Blocks<Option<Cell>>,
    pub interned: Interned,
    released: Released,
    /// The number of owned roots that were dropped and removed from the list.
    drained: usize,
    watch: Option<Watch>,
}

/// What has happened to the owned roots since a refusal.
#[derive(Default)]
struct Watch {
    /// The roots that were made since, and may be dropped without making room.
    made: HashSet<u32>,
    /// An older root was dropped.
    lost: bool,
}

impl Roots {
    /// Makes the first block of the handle stack; `None` if the operating system refuses.
    pub fn new() -> Option<Self> {
        let handles = Handles::new()?;
        let (globals, weaks) = (Blocks::default(), Blocks::default());
        Some(Self {
            handles,
            registers: RegisterStack::default(),
            globals,
            weaks,
            interned: Interned::default(),
            released: Released::default(),
            drained: 0,
            watch: None,
        })
    }

    /// Makes an owned root of a cell; `young` says whether the cell is.
    pub fn add_global(&mut self, cell: Cell, young: bool) -> Global {
        self.drain();
        let index = self.globals.insert(cell, young);
        if let Some(watch) = &mut self.watch {
            watch.made.insert(index);
        }
        Global { index, released: self.released.clone() }
    }

    pub fn global(&self, global: &Global) -> Result<Cell, AccessError> {
        if !Arc::ptr_eq(&global.released, &self.released) {
            return Err(AccessError::WrongHeap);
        }
        self.globals.get(global.index).copied().ok_or(AccessError::WrongHeap)
    }

    /// Makes a weak handle to a cell; `young` says whether the cell is.
    pub fn add_weak(&mut self, cell: Cell, young: bool) -> Weak {
        self.drain();
        Weak { index: self.weaks.insert(Some(cell), young), released: self.released.clone() }
    }

    pub fn weak(&self, weak: &Weak) -> Result<Option<Cell>, AccessError> {
        if !Arc::ptr_eq(&weak.released, &self.released) {
            return Err(AccessError::WrongHeap);
        }
        Ok(self.weaks.get(weak.index).copied().flatten())
    }

    /// Removes dropped handles from the lists.
    pub fn drain(&mut self) {
        let mut dropped = dropped(&self.released);
        let Dropped { roots, weaks } = &mut *dropped;
        self.drained += roots.len();
        for index in roots.drain(..) {
            self.globals.remove(index);
            if let Some(watch) = &mut self.watch {
                watch.lost |= !watch.made.remove(&index);
            }
        }
        for index in weaks.drain(..) {
            self.weaks.remove(index);
        }
        for list in [roots, weaks] {
            list.shrink_to(KEPT);
        }
    }

    /// The number of owned roots and of weak handles, without those that were dropped.
    pub fn counts(&self) -> (usize, usize) {
        let dropped = dropped(&self.released);
        let own = usize::from(self.interned.singles.is_some());
        (self.globals.len() - dropped.roots.len() - own, self.weaks.len() - dropped.weaks.len())
    }

    /// The number of owned roots that were ever dropped.
    pub fn dropped(&self) -> usize {
        self.drained + dropped(&self.released).roots.len()
    }

    /// Begins to watch the current owned roots. Drops that are not drained yet are discarded: a collection has seen them.
    pub fn watch(&mut self) {
        self.watch = Some(Watch::default());
    }

    pub fn end_watch(&mut self) {
        self.watch = None;
    }

    /// Whether no watched root was dropped.
    pub fn has_all_watched(&mut self) -> bool {
        self.drain();
        self.watch.as_ref().is_some_and(|watch| !watch.lost)
    }

    /// Updates the weak handles to young cells, and the interner's young strings: `follow` returns the cell's new address if it lives, and whether it is
    /// young. Linear in the number of these handles.
    pub fn follow_young_weaks(&mut self, follow: impl Fn(Cell) -> Option<(Cell, bool)>) {
        let visit = |cell: &mut Option<Cell>| {
            let followed = cell.and_then(&follow);
            *cell = followed.map(|(cell, _)| cell);
            if followed.is_some_and(|(_, young)| young) { Age::Young } else { Age::Old }
        };
        self.weaks.visit_young(visit, drop);
        self.interned.follow_young(follow);
    }

    /// Updates all weak handles, and the interner: `follow` returns the cell's new address if it lives.
    pub fn follow_weaks(&mut self, follow: impl Fn(Cell) -> Option<Cell>) {
        self.weaks.for_each(|cell| *cell = cell.and_then(&follow));
        self.interned.follow(follow);
    }

    /// Releases the unused memory of the lists of owned roots and weak handles. Linear in their capacity.
    pub fn shrink(&mut self) {
        self.globals.shrink();
        self.weaks.shrink();
        self.interned.shrink();
    }

    /// The capacity of the list of dropped roots.
    #[cfg(test)]
    pub fn released_capacity(&self) -> usize {
        dropped(&self.released).roots.capacity()
    }
}
