//! A backing store: a header, and behind it the bytes.

use super::home::{Home, VISITED};
use super::{DONE, NOBODY, here, split, unit};
use crate::report::Pin;
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The header of a store.
#[repr(C)]
pub(in crate::raw) struct Store {
    /// The thread that may use the plain cells, or [`NOBODY`].
    pub owner: AtomicU64,
    /// Units released by the owner. Only the owner uses it.
    pub freed: Cell<u64>,
    /// The value of `freed` at which the owner takes the store back, and while it is kept; `u64::MAX`
    /// while buffers may still be placed in it. Only the owner uses it.
    pub goal: Cell<u64>,
    /// Units released by others; once the store is shared, [`DONE`] less the units still out.
    pub remote: AtomicU64,
    pub home: Arc<Home>,
    /// The live buffers by offset, if they are tracked.
    pins: Option<Box<Mutex<Pins>>>,
    pub zero_on_release: bool,
    /// Whether buffers are placed in it, rather than it being one buffer's own.
    pub pooled: bool,
    /// Whether it may be kept when it is released.
    pub keepable: bool,
    // What a release on another thread touches ends here, within a cache line.
    /// Where the owner's pool is. Only the owner uses it.
    pub core: Cell<*const super::Core>,
    /// Units that were given out, once no more will be. Only the owner uses it.
    pub handed: Cell<u64>,
    pub id: Cell<u64>,
    /// Where the store stands in the list that holds it; the list's holder uses it.
    pub index: Cell<usize>,
    data: NonNull<u8>,
    pub capacity: usize,
    /// The alignment of its first byte.
    alignment: usize,
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
    pub keepable: bool,
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

impl Handle {
    /// Makes a store of zeros, or none if the allocator refuses.
    pub fn allocate(form: &Form, home: &Arc<Home>) -> Option<Self> {
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
            freed: Cell::new(0),
            goal: Cell::new(u64::MAX),
            core: Cell::new(std::ptr::null()),
            handed: Cell::new(0),
            id: Cell::new(form.id),
            index: Cell::new(0),
            pooled: form.pooled,
            keepable: form.keepable,
            zero_on_release: form.zero_on_release,
            remote: AtomicU64::new(0),
            data,
            capacity: form.capacity,
            alignment: form.alignment,
            home: home.clone(),
            pins: form.track.then(Box::default),
        };
        // SAFETY: the allocation begins with room for a header, aligned for it.
        unsafe { store.write(header) };
        Some(Self(store))
    }

    /// Frees the store's memory.
    ///
    /// # Safety
    /// No buffer of it lives, no list or pool holds it, and no handle of it is used again.
    pub unsafe fn free(self) {
        let (capacity, alignment) = (self.capacity, self.alignment);
        // SAFETY: the header is valid, and by contract never used again.
        unsafe { self.0.drop_in_place() };
        let (layout, _) = Form::layout(capacity, alignment).expect("it was allocated with it");
        // SAFETY: the allocation of `allocate`, with its layout.
        unsafe { dealloc(self.0.as_ptr().cast(), layout) };
    }

    /// Makes buffers placed in a store whose buffers are all released.
    #[inline]
    pub fn open(self) {
        self.freed.set(0);
        self.goal.set(u64::MAX);
        self.handed.set(0);
    }

    /// Makes a released store, which others may have counted in, the owner's again.
    pub fn bias(self, owner: u64) {
        self.owner.store(owner, Ordering::Relaxed);
        self.remote.store(0, Ordering::Relaxed);
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
        if self.owner.load(Ordering::Relaxed) == here {
            let freed = self.freed.get() + unit(length);
            self.freed.set(freed);
            if freed == self.goal.get() {
                // SAFETY: the owner's pool shares its stores before it is dropped.
                unsafe { &*self.core.get() }.take_back(self);
            }
        } else {
            self.release_remote(start, length);
        }
    }

    #[inline(never)]
    fn release_remote(self, start: NonNull<u8>, length: usize) {
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
            self.freed.set(self.freed.get() + bytes as u64);
        } else {
            self.count_remote(bytes as u64);
        }
    }

    fn count_remote(self, units: u64) {
        // Told before the count: while the count lacks these units, the store is there.
        if self.owner.load(Ordering::Relaxed) != NOBODY {
            self.home.leave_word(VISITED);
        }
        if self.remote.fetch_add(units, Ordering::AcqRel).wrapping_add(units) == DONE {
            Home::take_back(self);
        }
    }

    /// Counts all releases in `remote` from now on. True if there is nothing left to release; the
    /// caller then takes the store back. By the owner's thread, or where there is no owner by the
    /// holder of the pool.
    pub fn share(self) -> bool {
        self.owner.store(NOBODY, Ordering::Relaxed);
        let rest = DONE - self.handed.get() + self.freed.replace(0);
        self.remote.fetch_add(rest, Ordering::AcqRel).wrapping_add(rest) == DONE
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

    /// Live buffers and bytes of a store that isn't shared, of `handed` units given out. By the
    /// owner's thread or, where there is no owner, by the holder of the pool.
    pub fn live(self, handed: u64) -> (usize, usize) {
        split(handed - self.freed.get() - self.remote.load(Ordering::Acquire))
    }

    /// Whether no buffer of a store that is used up, and not shared, lives.
    pub fn is_released(self) -> bool {
        self.freed.get() + self.remote.load(Ordering::Acquire) == self.handed.get()
    }

    /// Marks the store as one that waits for new buffers.
    pub fn keep(self) {
        self.goal.set(self.freed.get());
    }

    /// Whether a listed store waits for new buffers, or is about to.
    pub fn is_kept(self) -> bool {
        self.freed.get() == self.goal.get()
    }

    /// Whether a listed store is used up, but not released.
    pub fn is_used(self) -> bool {
        self.goal.get() != u64::MAX && !self.is_kept()
    }

    /// Live buffers and bytes of a shared store.
    pub fn live_shared(self) -> (usize, usize) {
        split(DONE - self.remote.load(Ordering::Acquire))
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
