//! A store: a header and, behind it, the bytes; and the types that say who has it. `allocate` makes and frees stores, and
//! `release.rs` has how a store becomes idle again.

#![expect(unsafe_code, reason = "stores are reached by pointers")]

pub(crate) mod allocate;

use super::count::Count;
use super::pins::{At, Pins};
use super::units::{split, unit};
use crate::error::AllocError;
use crate::notice::{Notice, give};
use crate::report::{Slab, SlabState};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A pool, for releases on threads that do not own its stores.
pub(crate) trait Keeper: Send + Sync {
    /// Another thread is the first to release units of a biased store: counts them with
    /// [`Store::count_first`], and posts the store for the owner. False if they are not the first;
    /// they are not counted then.
    fn post(&self, store: Handle<'_>, units: u64) -> bool;

    /// Takes back a store.
    fn take_back(&self, store: Idle);

    /// A function by which this thread takes back a store without a handle of the keeper, if possible; it returns the
    /// store if it cannot.
    fn near(&self) -> Option<fn(Idle) -> Option<Idle>> {
        None
    }

    /// A store for one buffer of `length` bytes, more than none, which the pool counts. On any thread.
    fn alone(self: Arc<Self>, length: usize, at: At) -> Result<Lent, AllocError>;
}

/// A pool, for releases on its own thread.
pub(crate) trait Local {
    /// Takes back a store. Returns whether a notice is due. Calls no foreign code.
    fn take_back(&self, store: Idle) -> bool;

    /// The notice that is due.
    fn notice(&self) -> Option<Notice>;
}

/// A type-erased [`Local`]: a function, and the pool to call it with.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub(super) pool: *const (),
    /// # Safety
    /// The first argument is `pool`, and the pool is there. It may be gone afterwards.
    pub(super) take_back: unsafe fn(*const (), Idle),
}

impl Owner {
    /// That of a store without an owner.
    pub const NOBODY: Self = {
        /// # Safety
        /// None: it does nothing.
        unsafe fn nothing(_: *const (), _: Idle) {}
        Self { pool: std::ptr::null(), take_back: nothing }
    };

    /// The pool of this thread.
    ///
    /// # Safety
    /// The pool stays where it is, and is used by this thread alone, until all stores that are made
    /// with this are without an owner ([`Handle::unbias`]) or freed.
    pub unsafe fn of<L: Local>(pool: &L) -> Self {
        Self { pool: std::ptr::from_ref(pool).cast(), take_back: take_back_in::<L> }
    }
}

/// Takes back a store, and gives the notice that is due, whose receiver may drop the pool.
///
/// # Safety
/// The pointer is to an `L` that is there, and is this thread's.
unsafe fn take_back_in<L: Local>(pool: *const (), store: Idle) {
    let pool: *const L = pool.cast();
    // SAFETY: by contract, and no foreign code is called.
    let due = unsafe { &*pool }.take_back(store);
    if due {
        // SAFETY: as above.
        unsafe { give_due(pool) };
    }
}

/// # Safety
/// The pointer is to an `L` that is there, and is this thread's.
#[cold]
#[inline(never)]
unsafe fn give_due<L: Local>(pool: *const L) {
    // SAFETY: by contract; no foreign code is called.
    let notice = unsafe { &*pool }.notice();
    give(notice);
}

/// The size class of a store that is never kept.
pub(crate) const NOT_KEPT: u16 = u16::MAX;

/// The kind of lists that queue stores for the pool.
pub(crate) const QUEUE: usize = 0;
/// The kind of list that all stores of a pool are in.
pub(crate) const ALL: usize = 1;

/// A link to another store of a list. Only the holder of the list uses it.
pub(super) type Link = Cell<Option<NonNull<Store>>>;

/// The header of a store.
#[repr(C)]
pub(crate) struct Store {
    // First the fields that a release and the next use touch: 112 bytes are two cache lines, wherever the allocator puts a
    // header (at multiples of 16).
    pub(super) count: Count,
    /// The store behind on the list of each kind.
    behind_in_queue: Link,
    pub capacity: usize,
    data: NonNull<u8>,
    /// Its size class, or [`NOT_KEPT`].
    pub class: u16,
    pub zero_on_release: bool,
    /// Whether it is a slab; otherwise it belongs to one buffer.
    pub pooled: bool,
    /// Whether it is on a list of each kind. Set and cleared under the list's lock; cleared with
    /// `Release` when the links are no longer used.
    pub(super) listed: [AtomicBool; 2],
    /// The owner's pool, which exists as long as the store is biased. Only the owner uses it.
    pub(super) local: Owner,
    /// Units that were given out of a slab, once no more will be. For reports.
    handed: AtomicU64,
    id: AtomicU64,
    pub(super) keeper: Arc<dyn Keeper>,
    pub pins: Pins,
    behind_in_all: Link,
    /// The store before on the list of each kind.
    pub(super) before: [Link; 2],
    /// The end of the room into which the last buffer may grow: the store's end or, for parts of a buffer, that buffer's;
    /// 0 in a slab.
    end: usize,
    /// The buffer whose parts are counted here, if this is a header of parts.
    pub(super) whole: Option<Whole>,
    /// Bytes allocated behind the header, and their alignment.
    allocated: (usize, usize),
}

/// A buffer that was split: a header of its own counts its parts and has its range. It is released with the last part.
#[derive(Clone, Copy)]
pub(super) struct Whole {
    pub store: NonNull<Store>,
    pub start: NonNull<u8>,
    pub length: usize,
}

/// A store that a borrow of its holder keeps alive.
#[derive(Clone, Copy)]
pub(crate) struct Handle<'a>(NonNull<Store>, PhantomData<&'a Store>);

/// A store without a live buffer, which its holder has exclusively. Dropping it leaks the memory: it must be kept or freed.
#[must_use]
pub(crate) struct Idle(NonNull<Store>);

// SAFETY: nobody else uses an idle store, except for lists, which use its links under their locks.
unsafe impl Send for Idle {}

/// A store of which one buffer was counted out; `Buffer::from` makes the buffer. Dropping it releases the store, as the
/// buffer would.
#[must_use]
pub(crate) struct Lent {
    pub(super) store: NonNull<Store>,
    pub(super) length: usize,
}

/// A slab that takes no more buffers, and the units that were given out of it.
#[must_use]
pub(crate) struct Used {
    pub(super) slab: NonNull<Store>,
    pub(super) handed: u64,
}

impl<'a> Handle<'a> {
    /// # Safety
    /// The store is there for as long as the lifetime.
    #[inline]
    pub(super) unsafe fn new(store: NonNull<Store>) -> Self {
        Self(store, PhantomData)
    }

    pub(super) fn pointer(self) -> NonNull<Store> {
        self.0
    }

    /// [`Count::unbias`]: the store, if nothing of it is left to release. Under the lock that keeps
    /// the store.
    pub fn unbias(self) -> Option<Idle> {
        self.count.unbias().then_some(Idle(self.0))
    }

    /// [`Count::claim_missed`]: the store, if all of it is released and nobody has noticed. Under the
    /// lock that keeps the store.
    pub fn claim_missed(self) -> Option<Idle> {
        self.count.claim_missed().then_some(Idle(self.0))
    }
}

impl PartialEq for Handle<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Deref for Handle<'_> {
    type Target = Store;

    #[inline]
    fn deref(&self) -> &Store {
        // SAFETY: the borrow of its holder keeps the store; see `Handle::new`.
        unsafe { self.0.as_ref() }
    }
}

impl Deref for Idle {
    type Target = Store;

    #[inline]
    fn deref(&self) -> &Store {
        // SAFETY: the store is this value's, until `free`, which takes the value.
        unsafe { self.0.as_ref() }
    }
}

impl Idle {
    /// The store, for a list.
    #[inline]
    pub fn handle(&self) -> Handle<'_> {
        // SAFETY: the store is this value's.
        unsafe { Handle::new(self.0) }
    }

    /// Counts the whole store out as one buffer of `length` bytes.
    ///
    /// # Panics
    /// If the store has fewer.
    #[inline]
    pub fn lend(self, length: usize) -> Lent {
        assert!(length <= self.capacity, "a buffer that fits its store");
        self.count.lend(unit(length));
        Lent { store: self.0, length }
    }

    /// Opens the store for buffers: it becomes a bump's slab.
    #[inline]
    pub(super) fn open(self) -> NonNull<Store> {
        self.count.open();
        self.0
    }

    /// A store that was a slab; see [`Handle`] for who says that it has no live buffers.
    ///
    /// # Safety
    /// No buffer of it lives, and the caller has it to itself.
    pub(super) unsafe fn of(store: NonNull<Store>) -> Self {
        Self(store)
    }

    #[inline]
    pub(super) fn into_pointer(self) -> NonNull<Store> {
        self.0
    }

    /// Biases the store to a thread again, whichever thread released it.
    pub fn reset(&self, owner: u64) {
        self.count.reset(owner);
    }
}

impl Lent {
    /// Where its bytes begin.
    #[inline]
    pub(super) fn data(&self) -> NonNull<u8> {
        // SAFETY: its unit in the count keeps the store.
        unsafe { self.store.as_ref() }.data
    }
}

impl Used {
    /// The store, if all that was given out is released; otherwise the release of the last buffer takes it back.
    #[inline]
    pub fn retire(self) -> Option<Idle> {
        // SAFETY: while the slab takes buffers it is there.
        let slab = unsafe { self.slab.as_ref() };
        slab.handed.store(self.handed, Ordering::Relaxed);
        slab.count.retire(self.handed).then_some(Idle(self.slab))
    }
}

impl Store {
    /// Its number, which no other store of the pool has.
    pub fn id(&self) -> u64 {
        self.id.load(Ordering::Relaxed)
    }

    /// Gives it another number, as if it were another store.
    pub fn set_id(&self, id: u64) {
        self.id.store(id, Ordering::Relaxed);
    }

    /// Whether it is a store of this keeper, rather than a header of parts.
    pub fn is_of<K: Keeper>(&self, keeper: &Arc<K>) -> bool {
        self.whole.is_none() && std::ptr::addr_eq(Arc::as_ptr(&self.keeper), Arc::as_ptr(keeper))
    }

    /// The keeper's address, by which threads find their caches.
    #[inline]
    pub fn keeper_address(&self) -> *const () {
        Arc::as_ptr(&self.keeper).cast()
    }

    /// Its pool.
    pub fn keeper(&self) -> Arc<dyn Keeper> {
        self.keeper.clone()
    }

    /// The store behind on the list of a kind.
    #[inline]
    pub(super) fn behind<const KIND: usize>(&self) -> &Link {
        if KIND == QUEUE { &self.behind_in_queue } else { &self.behind_in_all }
    }

    /// Whether it is on a list of a kind. Under the list's lock.
    pub fn is_listed<const KIND: usize>(&self) -> bool {
        self.listed[KIND].load(Ordering::Relaxed)
    }

    /// [`Count::count_first`], under the lock that keeps the store.
    pub fn count_first(&self, units: u64) -> bool {
        self.count.count_first(units)
    }

    /// Where its bytes begin.
    pub(super) fn data(&self) -> NonNull<u8> {
        self.data
    }

    /// Where in the store a pointer into it points.
    pub(super) fn offset_of(&self, start: NonNull<u8>) -> usize {
        start.addr().get() - self.data.addr().get()
    }

    /// Counts one more part of a buffer that was cut; false if this is no header of parts, or one of
    /// too many.
    pub(super) fn add_part(&self) -> bool {
        self.whole.is_some() && self.count.add_part()
    }

    /// Counts one part less, whose bytes another part takes over, which lives; false if this is no
    /// header of parts.
    pub(super) fn join_part(&self) -> bool {
        if self.whole.is_some() {
            self.count.join_part();
        }
        self.whole.is_some()
    }

    /// Bytes that the buffer of that range can be made longer by, to which it has the only right.
    pub(super) fn room(&self, start: usize, length: usize) -> usize {
        self.count.room(self.end.saturating_sub(start + length), length)
    }

    /// Counts bytes as given out that are in the [`room`](Self::room) of a buffer.
    pub(super) fn widen(&self, bytes: usize) {
        self.count.widen(bytes);
    }

    /// Whether other threads have released buffers of it.
    pub fn is_visited(&self) -> bool {
        self.count.is_visited()
    }

    /// What it is doing, for reports.
    pub fn report(&self, state: SlabState, (live_buffers, live_bytes): (usize, usize)) -> Slab {
        let pins = self.pins.all();
        Slab { id: self.id(), capacity: self.capacity, state, live_buffers, live_bytes, pins }
    }

    /// Live buffers and bytes of a slab, of `handed` units given out so far.
    pub(super) fn live_of(&self, handed: u64) -> (usize, usize) {
        self.count.live_of(handed)
    }

    /// Units that were released of a slab without an owner.
    pub(super) fn released(&self) -> u64 {
        self.count.released()
    }

    /// Live buffers and bytes of a store that is used up, or kept; none if it is a slab.
    pub fn live(&self) -> Option<(usize, usize)> {
        self.count.live()
    }

    /// The same of a store without an owner.
    pub fn live_used(&self) -> Option<(usize, usize)> {
        self.count.live_used()
    }

    /// Buffers that were placed in a slab that is used up.
    pub fn placed(&self) -> usize {
        split(self.handed.load(Ordering::Relaxed)).0
    }
}
