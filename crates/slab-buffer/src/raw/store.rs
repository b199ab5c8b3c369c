//! A backing store: a header, and behind it the bytes; and how releases of its buffers are counted.
//!
//! All changes of `remote` are made by compare-and-swap or addition, and the one that makes it
//! [`DONE`] takes the store back: nobody else uses the store from then on. So a thread that counted
//! a release, and did not make it `DONE`, must not touch the store after that.
//!
//! | state | `owner` | `remote` | who completes it |
//! |---|---|---|---|
//! | biased | a thread | 0 | the owner, whose `freed` reaches `goal`; another thread that has all the rest |
//! | visited | a thread, with [`VISITED`] | units released by others | who makes `freed` and `remote` add up to `goal` |
//! | shared | [`NOBODY`] | `DONE` less the units that are out, from [`SHARED`] on | who adds the last units |
//!
//! The owner of a visited store counts in `remote` like the others, as soon as it sees that it is
//! one. Until then it may release the last buffer in `freed` while another thread releases the last
//! but one in `remote`, and neither sees the other. All visited stores are in the mailbox for that,
//! where whoever asks next finds that nothing is left of them ([`Handle::is_missed`]).

use super::buffer::Buffer;
use super::core::At;
use super::list::Links;
use super::size_classes::NOT_KEPT;
use super::{NOBODY, here, split, unit};
use crate::AllocError;
use crate::report::Pin;
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a pool does with its stores on threads that do not own them.
pub(in crate::raw) trait Keeper: Send + Sync {
    /// Another thread releases the first units of a biased store: counts them, and lists the store
    /// for the owner. False if they are not the first; they are not counted then.
    fn post(&self, store: Handle, units: u64) -> bool;

    /// Takes a store that was counted in by other threads off the list, if it is there.
    fn unpost(&self, store: Handle);

    /// Takes back a store that is [`DONE`].
    fn take_back(&self, store: Handle);

    /// Takes back a store that is [`DONE`] if that can't drop the keeper. Whether it did.
    fn take_back_near(&self, _store: Handle) -> bool {
        false
    }

    /// A buffer of `length` bytes, more than none, in a store of its own, which the pool counts. On
    /// any thread.
    fn alone(self: Arc<Self>, length: usize, at: At) -> Result<Buffer, AllocError>;
}

/// Where a pool takes back the stores of its own thread: a call, and the pool to call it with.
#[derive(Clone, Copy)]
pub(in crate::raw) struct Owner {
    pub pool: *const (),
    /// Takes back a store whose buffers are all released. The pool may be gone afterwards.
    ///
    /// # Safety
    /// The first argument is `pool`, and the pool is there.
    pub take_back: unsafe fn(*const (), Handle),
}

/// The value of `goal` while buffers may still be placed in a store.
const OPEN: u64 = u64::MAX;

/// The value of `remote` of a shared store when no buffer is left.
pub(super) const DONE: u64 = u64::MAX;

/// The least value of `remote` of a shared store.
const SHARED: u64 = 1 << 63;

/// The bit of `owner` that is set when others have counted in a biased store.
const VISITED: u64 = 1 << 63;

/// Parts that a header counts at the most; a part of one that has as many gets a header of its own.
const MAX_PARTS: usize = 1 << 22;

/// The header of a store.
#[repr(C)]
pub(in crate::raw) struct Store {
    /// The thread that counts in `freed`, perhaps with [`VISITED`], or [`NOBODY`].
    owner: AtomicU64,
    /// Units released by the owner, who alone writes it.
    freed: AtomicU64,
    /// Units that were given out, once no more will be; before that, [`OPEN`]. The owner writes it.
    goal: AtomicU64,
    /// Units released by other threads, or [`DONE`] less the units that are out.
    remote: AtomicU64,
    keeper: Arc<dyn Keeper>,
    /// First those that change when the store is released.
    pub links: [Links; 2],
    // What a release on another thread changes ends here, mostly within a cache line.
    /// The live buffers by offset, if they are tracked.
    pins: Option<Box<Mutex<Pins>>>,
    pub zero_on_release: bool,
    /// Whether buffers are placed in it, rather than it being one buffer's own.
    pub pooled: bool,
    /// Whether it is on the keeper's list. Its holder uses it.
    pub posted: Cell<bool>,
    /// Its size class, or [`NOT_KEPT`](super::size_classes::NOT_KEPT).
    pub class: u16,
    /// The owner's pool, which is there as long as the store is biased. Only the owner uses it.
    local: Owner,
    pub capacity: usize,
    data: NonNull<u8>,
    /// Units that were given out, once no more will be. For reports.
    handed: AtomicU64,
    pub id: Cell<u64>,
    /// Where the bytes end that a buffer without another one behind it can be made longer by: the
    /// store's end or, for parts of a buffer, that buffer's; the start where buffers are placed.
    end: usize,
    /// Whether its buffers are the parts of one buffer, which its keeper holds.
    divided: bool,
    /// Bytes allocated behind the header, and their alignment.
    allocated: (usize, usize),
}

type Pins = BTreeMap<usize, (usize, &'static Location<'static>)>;

const HEADER: usize = size_of::<Store>();

/// A store that is there: a handle exists only as long as the store does.
///
/// Who keeps that: a buffer, by its unit in the count; the current slab and a list, because a store
/// is freed only after it has left them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::raw) struct Handle(NonNull<Store>);

// SAFETY: the plain cells are used by the owner's thread, or under the lock of the list that holds
// the store; the rest is atomic, locked or constant.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

/// How a store is made.
pub(super) struct Form {
    pub capacity: usize,
    pub alignment: usize,
    pub pooled: bool,
    pub class: u16,
    pub owner: u64,
    pub id: u64,
    pub zero_on_release: bool,
    pub track: bool,
}

impl Form {
    /// The memory of a header and its bytes; the bytes start at a multiple of the alignment.
    fn layout(capacity: usize, alignment: usize) -> Option<(Layout, usize)> {
        let slack = alignment.saturating_sub(align_of::<Store>());
        let size = capacity.checked_add(HEADER + slack)?;
        Some((Layout::from_size_align(size, align_of::<Store>()).ok()?, HEADER))
    }
}

impl Owner {
    /// That of a store without an owner.
    pub const NOBODY: Self = {
        /// # Safety
        /// None: it does nothing.
        unsafe fn nothing(_: *const (), _: Handle) {}
        Self { pool: std::ptr::null(), take_back: nothing }
    };
}

impl Handle {
    /// Makes a store of zeros, or none if the allocator refuses.
    pub fn allocate(form: &Form, keeper: Arc<dyn Keeper>, local: Owner) -> Option<Self> {
        let (layout, header) = Form::layout(form.capacity, form.alignment)?;
        // SAFETY: the layout is not empty, it holds a header.
        let base = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        // SAFETY: the header lies in the allocation.
        let unaligned = unsafe { base.add(header) };
        let offset = unaligned.align_offset(form.alignment);
        // SAFETY: the layout has room for the capacity behind this.
        let data = unsafe { unaligned.add(offset) };
        let store = base.cast::<Store>();
        let header = Store {
            owner: AtomicU64::new(form.owner),
            freed: AtomicU64::new(0),
            goal: AtomicU64::new(OPEN),
            remote: AtomicU64::new(0),
            keeper,
            pins: form.track.then(Box::default),
            zero_on_release: form.zero_on_release,
            pooled: form.pooled,
            posted: Cell::new(false),
            class: form.class,
            local,
            capacity: form.capacity,
            data,
            links: Default::default(),
            handed: AtomicU64::new(0),
            id: Cell::new(form.id),
            end: if form.pooled { 0 } else { form.capacity },
            divided: false,
            allocated: (form.capacity, form.alignment),
        };
        // SAFETY: the allocation begins with room for a header, aligned for it.
        unsafe { store.write(header) };
        Some(Self(store))
    }

    /// A header for two parts of a buffer of the store, which is kept by the keeper. Aborts if the
    /// allocator refuses, as `Arc` does.
    pub fn divided(self, start: usize, length: usize, keeper: Arc<dyn Keeper>) -> Self {
        let header = Store {
            owner: AtomicU64::new(NOBODY),
            freed: AtomicU64::new(0),
            goal: AtomicU64::new(OPEN),
            remote: AtomicU64::new(DONE - unit(0) - unit(length)),
            keeper,
            pins: None,
            zero_on_release: self.zero_on_release,
            pooled: self.pooled,
            posted: Cell::new(false),
            class: NOT_KEPT,
            local: Owner::NOBODY,
            capacity: self.capacity,
            data: self.data,
            links: Default::default(),
            handed: AtomicU64::new(0),
            id: Cell::new(self.id.get()),
            end: start + length,
            divided: true,
            allocated: (0, align_of::<Store>()),
        };
        let (layout, _) = Form::layout(0, align_of::<Store>()).expect("a header's layout");
        // SAFETY: the layout is not empty, it holds a header.
        let base = unsafe { alloc(layout) };
        let Some(store) = NonNull::new(base.cast::<Store>()) else { handle_alloc_error(layout) };
        // SAFETY: the allocation has room for a header, aligned for it.
        unsafe { store.write(header) };
        Self(store)
    }

    /// Counts one more buffer, which is cut off from one that lives; false if this is no header of
    /// parts, or one of too many.
    pub fn count_part(self) -> bool {
        let more = self.divided && self.live_used().is_some_and(|(parts, _)| parts < MAX_PARTS);
        if more {
            self.remote.fetch_sub(unit(0), Ordering::Relaxed);
        }
        more
    }

    /// Counts one buffer less, whose bytes another one takes over; false if this is no header of
    /// parts.
    pub fn join_part(self) -> bool {
        if self.divided {
            // The other one lives, so this is not the last. What was written through the one that
            // goes was written by the thread that has both.
            self.remote.fetch_add(unit(0), Ordering::AcqRel);
        }
        self.divided
    }

    /// Bytes that the buffer of that range can be made longer by, to which it has the only right.
    pub fn room(self, start: usize, length: usize) -> usize {
        let behind = self.end.saturating_sub(start + length);
        let remote = self.remote.load(Ordering::Acquire);
        if behind == 0 {
            0
        } else if remote >= SHARED {
            // With another part alive, what is behind may be that one's.
            if remote + unit(length) == DONE { behind } else { 0 }
        } else if self.owner.load(Ordering::Relaxed) == here() {
            // What was cut off here can be counted back here.
            behind.min(split(self.freed.load(Ordering::Relaxed)).1)
        } else {
            0
        }
    }

    /// Counts bytes as given out that are in the [`room`](Self::room) of a buffer.
    pub fn widen(self, bytes: usize) {
        if self.remote.load(Ordering::Relaxed) >= SHARED {
            self.remote.fetch_sub(bytes as u64, Ordering::Relaxed);
        } else {
            let freed = self.freed.load(Ordering::Relaxed) - bytes as u64;
            self.freed.store(freed, Ordering::Release);
        }
    }

    /// Frees the store's memory. What the header held is dropped when that is done: the last handle
    /// of a pool's shared part takes the external memory's owner along, whose code may panic.
    ///
    /// # Safety
    /// No buffer of it lives, no list or pool holds it, and no handle of it is used again.
    pub unsafe fn free(self) {
        let (capacity, alignment) = self.allocated;
        // SAFETY: the header is valid, and by contract never used again.
        let _header = unsafe { self.0.read() };
        let (layout, _) = Form::layout(capacity, alignment).expect("it was allocated with it");
        // SAFETY: the allocation of `allocate`, with its layout.
        unsafe { dealloc(self.0.as_ptr().cast(), layout) };
    }

    /// Makes buffers placed in a store whose buffers are all released.
    #[inline]
    pub fn open(self) {
        self.freed.store(0, Ordering::Relaxed);
        self.goal.store(OPEN, Ordering::Relaxed);
        self.remote.store(0, Ordering::Relaxed);
    }

    /// Makes a store whose buffers are all released one buffer's own, of so many units.
    #[inline]
    pub fn hand_over(self, units: u64) {
        if self.is_biased() {
            self.freed.store(0, Ordering::Relaxed);
            self.goal.store(units, Ordering::Relaxed);
            self.remote.store(0, Ordering::Relaxed);
        } else {
            self.remote.store(DONE - units, Ordering::Relaxed);
        }
    }

    /// Makes a store whose buffers are all released, on whichever thread, one that its pool's thread
    /// keeps.
    pub fn bias(self, owner: u64) {
        self.owner.store(owner, Ordering::Relaxed);
        self.freed.store(0, Ordering::Relaxed);
        self.goal.store(0, Ordering::Relaxed);
        self.remote.store(if owner == NOBODY { DONE } else { 0 }, Ordering::Relaxed);
    }

    /// Whether it has an owner. The owner's thread knows for sure; others only if they keep the owner
    /// from changing it.
    #[inline]
    pub fn is_biased(self) -> bool {
        self.owner.load(Ordering::Relaxed) != NOBODY
    }

    /// Whether the keeper is this one.
    pub fn is_of<K: Keeper>(self, keeper: &Arc<K>) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.keeper), Arc::as_ptr(keeper))
    }

    /// What its pool does with it.
    pub fn keeper(self) -> Arc<dyn Keeper> {
        self.keeper.clone()
    }

    /// Units that were released in a store without an owner in which buffers are placed.
    pub fn released(self) -> u64 {
        self.remote.load(Ordering::Acquire)
    }

    /// Where its bytes begin.
    pub fn data(self) -> NonNull<u8> {
        self.data
    }

    /// A buffer of `length` bytes is gone; the last one takes its store along.
    ///
    /// It is a call, so that a drop is as small as one: then it is inlined also where a panic passes,
    /// no buffer has to lie in memory for that, and none is read back in other widths than it was
    /// written, which takes longer than the call.
    #[inline(never)]
    pub fn release(self, start: NonNull<u8>, length: usize) {
        let here = here();
        if self.owner.load(Ordering::Relaxed) != here {
            return self.release_remote(start, length);
        }
        let freed = self.freed.load(Ordering::Relaxed) + unit(length);
        let goal = self.goal.load(Ordering::Relaxed);
        // If others have the last buffers, they may free the store as soon as they see this.
        self.freed.store(freed, Ordering::Release);
        if freed == goal {
            self.take_back_here();
        }
    }

    /// Takes the store to its pool, on the pool's thread.
    #[inline]
    fn take_back_here(self) {
        let Owner { pool, take_back } = self.local;
        // SAFETY: the owner's pool shares its stores before it is dropped.
        unsafe { take_back(pool, self) };
    }

    #[inline(never)]
    fn release_remote(self, start: NonNull<u8>, length: usize) {
        if self.zero_on_release || self.pins.is_some() {
            return self.release_careful(start, length);
        }
        self.count_remote(unit(length));
    }

    #[inline(never)]
    fn release_careful(self, start: NonNull<u8>, length: usize) {
        if self.zero_on_release {
            // SAFETY: the range is the buffer's alone, which is gone but not yet counted.
            unsafe { start.write_bytes(0, length) };
        }
        if let Some(pins) = &self.pins {
            let mut pins = pins.lock().unwrap_or_else(PoisonError::into_inner);
            pins.remove(&self.offset_of(start));
        }
        self.count_remote(unit(length));
    }

    /// Bytes of a buffer are gone, but not the buffer.
    pub fn shrink(self, bytes: usize) {
        if self.owner.load(Ordering::Relaxed) == here() {
            // It can't reach the goal: the buffer itself is not counted yet.
            let freed = self.freed.load(Ordering::Relaxed) + bytes as u64;
            self.freed.store(freed, Ordering::Release);
        } else {
            self.count_remote(bytes as u64);
        }
    }

    /// Counts units in `remote`. The caller must not touch the store afterwards.
    #[inline(always)]
    fn count_remote(self, units: u64) {
        let mut now = self.remote.load(Ordering::Relaxed);
        while now < SHARED {
            let freed = self.freed.load(Ordering::Acquire);
            let last = freed + now + units == self.goal.load(Ordering::Acquire);
            if now == 0 && !last && self.is_biased() {
                return self.post(units);
            }
            match self.replace_remote(now, if last { DONE } else { now + units }) {
                Ok(_) if last => return self.take_back_there(),
                Ok(_) => return,
                Err(other) => now = other,
            }
        }
        // Nobody else counts in a store whose last units these are: no addition need be atomic.
        let last = self.remote.load(Ordering::Acquire) + units == DONE;
        if last {
            self.remote.store(DONE, Ordering::Relaxed);
        }
        if last || self.remote.fetch_add(units, Ordering::AcqRel) + units == DONE {
            self.take_back_there();
        }
    }

    /// Counts the first units in `remote`, and has the store listed for its owner.
    #[cold]
    #[inline(never)]
    fn post(self, units: u64) {
        // The store may go with the last units, and the keeper with the last store.
        let keeper = self.keeper.clone();
        if !keeper.post(self, units) {
            // Others were first, or the owner shares the store.
            self.count_remote(units);
        }
    }

    fn replace_remote(self, now: u64, new: u64) -> Result<u64, u64> {
        self.remote.compare_exchange(now, new, Ordering::AcqRel, Ordering::Relaxed)
    }

    /// Counts the first units that another thread releases, and makes the owner count in `remote`
    /// from now on. False if they are not the first. Under the lock that keeps the store.
    pub fn count_first(self, units: u64) -> bool {
        let first = self.replace_remote(0, units).is_ok();
        if first {
            let owner = self.owner.load(Ordering::Relaxed);
            let (set, failed) = (Ordering::Relaxed, Ordering::Relaxed);
            // It fails if the owner shares the store just now.
            let _shared = self.owner.compare_exchange(owner, owner | VISITED, set, failed);
        }
        first
    }

    /// Takes the store to its keeper.
    #[inline(never)]
    fn take_back_there(self) {
        if self.keeper.take_back_near(self) {
            return;
        }
        // The store may hold the last handle of its keeper.
        self.keeper.clone().take_back(self);
    }

    /// Takes the store off the keeper's list, if others have counted in it.
    pub fn unpost(self) {
        if self.remote.load(Ordering::Relaxed) != 0 {
            self.keeper.unpost(self);
        }
    }

    /// No more buffers are placed in the store, of which `handed` units were given out. True if all
    /// are released; the caller then takes the store back, else it must not touch it any more. By
    /// the owner, or where there is no owner by the holder of the pool.
    pub fn retire(self, handed: u64) -> bool {
        self.handed.store(handed, Ordering::Relaxed);
        let freed = self.freed.load(Ordering::Relaxed);
        if !self.is_biased() || self.remote.load(Ordering::Relaxed) != 0 {
            return self.share(handed, freed);
        }
        self.goal.store(handed, Ordering::Release);
        freed == handed
    }

    /// Counts all releases in `remote` from now on, of `handed` units of which the owner released
    /// `freed`. True if there is nothing left to release; the caller then takes the store back, else
    /// it must not touch it any more, unless it holds the lock that keeps it. By the owner, or
    /// where there is no owner by the holder of the pool.
    fn share(self, handed: u64, freed: u64) -> bool {
        self.owner.store(NOBODY, Ordering::Relaxed);
        let mut now = self.remote.load(Ordering::Relaxed);
        while now < SHARED {
            let shared = DONE - (handed - freed - now);
            match self.replace_remote(now, shared) {
                Ok(_) => return shared == DONE,
                Err(other) => now = other,
            }
        }
        // Another thread takes it back.
        false
    }

    /// Counts all releases of a biased store in `remote` from now on, unless buffers are placed in
    /// it. True if there is nothing left to release; the caller then takes it back. By the owner,
    /// under the lock that keeps the store.
    pub fn unbias(self) -> bool {
        let goal = self.goal.load(Ordering::Relaxed);
        self.is_biased() && goal != OPEN && self.share(goal, self.freed.load(Ordering::Relaxed))
    }

    /// Whether the owner and others have released all of a biased store without noticing; the caller
    /// then takes it back. Under the lock that keeps the store.
    pub fn is_missed(self) -> bool {
        let freed = self.freed.load(Ordering::Acquire);
        let remote = self.remote.load(Ordering::Acquire);
        let missed = self.is_biased()
            && remote < SHARED
            && freed + remote == self.goal.load(Ordering::Acquire);
        missed && self.replace_remote(remote, DONE).is_ok()
    }

    /// Where in the store a pointer into it points.
    pub fn offset_of(self, start: NonNull<u8>) -> usize {
        start.as_ptr() as usize - self.data.as_ptr() as usize
    }

    /// Remembers who has the range, if the pool tracks.
    pub fn pin(self, offset: usize, length: usize, at: &'static Location<'static>) {
        if let Some(pins) = &self.pins {
            pins.lock().unwrap_or_else(PoisonError::into_inner).insert(offset, (length, at));
        }
    }

    /// Who has the range at `offset`, if the pool tracks.
    pub fn pinned_by(self, offset: usize) -> Option<&'static Location<'static>> {
        let pins = self.pins.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        pins.get(&offset).map(|(_, at)| *at)
    }

    /// The range that began at `from` now is `length` bytes at `to`.
    pub fn repin(self, from: usize, to: usize, length: usize) {
        if let Some(pins) = &self.pins {
            let mut pins = pins.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, at)) = pins.remove(&from) {
                pins.insert(to, (length, at));
            }
        }
    }

    /// Live buffers and bytes of a store in which buffers are placed, of `handed` units given out so
    /// far.
    pub fn live_of(self, handed: u64) -> (usize, usize) {
        let freed = self.freed.load(Ordering::Acquire);
        split(handed - freed - self.remote.load(Ordering::Acquire))
    }

    /// Live buffers and bytes of a store that is used up, or kept; none if buffers are placed in it.
    pub fn live(self) -> Option<(usize, usize)> {
        let freed = self.freed.load(Ordering::Acquire);
        let remote = self.remote.load(Ordering::Acquire);
        if remote >= SHARED {
            return Some(split(DONE - remote));
        }
        let goal = self.goal.load(Ordering::Acquire);
        (goal != OPEN).then(|| split(goal - freed - remote))
    }

    /// Live buffers and bytes of a store without an owner that is used up or kept; none while buffers
    /// are placed in it.
    pub fn live_used(self) -> Option<(usize, usize)> {
        let remote = self.remote.load(Ordering::Acquire);
        (remote >= SHARED).then(|| split(DONE - remote))
    }

    /// Buffers that were placed in a slab that is used up.
    pub fn placed(self) -> usize {
        split(self.handed.load(Ordering::Relaxed)).0
    }

    /// The live buffers, if they are tracked.
    pub fn pins(self) -> Vec<Pin> {
        let Some(pins) = &self.pins else { return Vec::new() };
        let pins = pins.lock().unwrap_or_else(PoisonError::into_inner);
        let pin = |(&offset, &(length, allocated_at))| Pin { offset, length, allocated_at };
        pins.iter().map(pin).collect()
    }
}

impl Deref for Handle {
    type Target = Store;

    #[inline]
    fn deref(&self) -> &Store {
        // SAFETY: a handle exists only as long as its store.
        unsafe { self.0.as_ref() }
    }
}
