//! Roots: the handle stack, the register stack, owned roots and weak handles (V8's `GlobalHandles`).

use crate::address::CellSet;
use crate::blocks::{Age, Blocks};
use crate::descriptors::Descriptors;
use crate::error::AccessError;
use crate::interned::Interned;
use crate::memory::cell::Cell;
use crate::memory::handles::Handles;
use crate::memory::registers::RegisterStack;
use crate::node_id::NodeId;
use crate::tables::registration;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::ptr;
use std::collections::{HashSet, VecDeque};
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
/// A clone keeps the cell alive as well. Two roots are equal if they keep the same cell; cells of strings and doubles have
/// no identity, and of those only clones of one root are equal.
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Global(Shared<OwnedRoot>);

/// A weak handle, which gives its cell while that lives, and does not keep it alive (V8's
/// `v8::PersistentBase::SetWeak`). A scavenge clears the weak handles of dead young cells, a full collection those of all
/// dead cells. It may be dropped on any thread, and may outlive its heap. Two are equal as two [`Global`]s are, also after
/// their cell's death.
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Weak(Shared<WeakHandle>);

/// An entry of one of the heap's lists, which all clones of a handle share. The last one to be dropped gives it up.
#[derive(Debug)]
struct Shared<L: List>(Arc<Entry<L>>);

#[derive(Debug)]
struct Entry<L: List> {
    index: u32,
    /// The cell's, if it has one.
    id: Option<NodeId>,
    /// The heap's, which tells it from other heaps. A trait's, because a root is a key of tables: what it is equal to does
    /// not depend on what lies in the mailbox.
    mailbox: Arc<dyn Mailbox>,
    list: PhantomData<L>,
}

/// What handles are dropped into.
trait Mailbox: fmt::Debug + Send + Sync {
    fn dropped(&self) -> MutexGuard<'_, Dropped>;
}

impl Mailbox for Mutex<Dropped> {
    fn dropped(&self) -> MutexGuard<'_, Dropped> {
        self.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A list of a heap's, of those that are dropped.
trait List {
    fn dropped(dropped: &mut Dropped) -> &mut Vec<u32>;
}

#[derive(Debug)]
struct OwnedRoot;

impl List for OwnedRoot {
    fn dropped(dropped: &mut Dropped) -> &mut Vec<u32> {
        &mut dropped.roots
    }
}

#[derive(Debug)]
struct WeakHandle;

impl List for WeakHandle {
    fn dropped(dropped: &mut Dropped) -> &mut Vec<u32> {
        &mut dropped.weaks
    }
}

impl<L: List> Shared<L> {
    fn new(index: u32, id: Option<NodeId>, released: &Released) -> Self {
        let mailbox = released.clone();
        Self(Arc::new(Entry { index, id, mailbox, list: PhantomData }))
    }

    /// The number in the list, if it is that heap's.
    #[inline]
    fn index(&self, released: &Released) -> Result<u32, AccessError> {
        let own = ptr::addr_eq(Arc::as_ptr(&self.0.mailbox), Arc::as_ptr(released));
        if own { Ok(self.0.index) } else { Err(AccessError::WrongHeap) }
    }
}

impl<L: List> Clone for Shared<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<L: List> PartialEq for Shared<L> {
    fn eq(&self, other: &Self) -> bool {
        let same_cell = self.0.id.is_some()
            && self.0.id == other.0.id
            && ptr::addr_eq(Arc::as_ptr(&self.0.mailbox), Arc::as_ptr(&other.0.mailbox));
        same_cell || Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<L: List> Eq for Shared<L> {}

impl<L: List> Hash for Shared<L> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0.id {
            Some(id) => id.hash(state),
            None => self.0.index.hash(state),
        }
    }
}

impl<L: List> Drop for Entry<L> {
    fn drop(&mut self) {
        L::dropped(&mut self.mailbox.dropped()).push(self.index);
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
    pub descriptors: Descriptors,
    /// Owners of registrations whose targets have died, each once and weakly, until they are given out.
    pub owners: VecDeque<Cell>,
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
            descriptors: Descriptors::default(),
            owners: VecDeque::new(),
            released: Released::default(),
            drained: 0,
            watch: None,
        })
    }

    /// Makes an owned root of a cell; `id` is its identity, and `young` says whether the cell is.
    pub fn add_global(&mut self, cell: Cell, id: Option<NodeId>, young: bool) -> Global {
        self.drain();
        let index = self.globals.insert(cell, young);
        if let Some(watch) = &mut self.watch {
            watch.made.insert(index);
        }
        Global(Shared::new(index, id, &self.released))
    }

    #[inline]
    pub fn global(&self, global: &Global) -> Result<Cell, AccessError> {
        let index = global.0.index(&self.released)?;
        self.globals.get(index).copied().ok_or(AccessError::WrongHeap)
    }

    /// Makes a weak handle to a cell; `id` is its identity, and `young` says whether the cell is.
    pub fn add_weak(&mut self, cell: Cell, id: Option<NodeId>, young: bool) -> Weak {
        self.drain();
        let index = self.weaks.insert(Some(cell), young);
        Weak(Shared::new(index, id, &self.released))
    }

    pub fn weak(&self, weak: &Weak) -> Result<Option<Cell>, AccessError> {
        let index = weak.0.index(&self.released)?;
        Ok(self.weaks.get(index).copied().flatten())
    }

    /// Removes dropped handles from the lists.
    pub fn drain(&mut self) {
        let mut dropped = self.released.dropped();
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
        let dropped = self.released.dropped();
        let own = usize::from(self.interned.singles.is_some());
        (self.globals.len() - dropped.roots.len() - own, self.weaks.len() - dropped.weaks.len())
    }

    /// The number of owned roots that were ever dropped.
    pub fn dropped(&self) -> usize {
        self.drained + self.released.dropped().roots.len()
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

    /// Adds the owners whose registrations a collection has listed. Those that have none any more go. O(owners).
    pub fn add_owners(&mut self, listed: Vec<Cell>) {
        if !listed.is_empty() {
            self.owners.retain(|owner| registration::has_listed(*owner));
            let mut known: CellSet = self.owners.iter().copied().collect();
            self.owners.extend(listed.into_iter().filter(|owner| known.insert(*owner)));
        }
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
        self.owners.retain_mut(|owner| {
            let followed = follow(*owner);
            *owner = followed.map_or(*owner, |(cell, _)| cell);
            followed.is_some()
        });
        self.interned.follow_young(follow);
    }

    /// Updates all weak handles, the interner and the descriptors: `follow` returns the cell's new address if it lives.
    pub fn follow_weaks(&mut self, follow: impl Fn(Cell) -> Option<Cell>) {
        self.weaks.for_each(|cell| *cell = cell.and_then(&follow));
        self.owners.retain_mut(|owner| {
            let followed = follow(*owner);
            *owner = followed.unwrap_or(*owner);
            followed.is_some()
        });
        self.interned.follow(&follow);
        self.descriptors.follow(follow);
    }

    /// Releases the unused memory of the lists of owned roots and weak handles. Linear in their capacity.
    pub fn shrink(&mut self) {
        self.globals.shrink();
        self.weaks.shrink();
        self.interned.shrink();
        self.owners.shrink_to_fit();
    }

    /// The capacity of the list of dropped roots.
    #[cfg(test)]
    pub fn released_capacity(&self) -> usize {
        self.released.dropped().roots.capacity()
    }
}
