//! What `Pool` and `SyncPool` have in common: placement by Node's rules (`lib/buffer.js`), and what
//! becomes of stores that are used up or released.

use super::buffer::Buffer;
use super::home::{Home, SPARES};
use super::store::{Form, Handle};
use super::{NOBODY, number_here, split, unit};
use crate::options::{MAX_ALIGNMENT, MAX_LENGTH, MAX_POOL_SIZE};
use crate::report::{PoolStats, Slab, SlabState};
use crate::{AllocError, PoolOptions, Reuse};
use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type At = &'static Location<'static>;

/// Pooled buffers begin at multiples of this.
const OFFSETS: usize = 8;

/// The slab that buffers are placed in.
pub(crate) struct Bump {
    slab: Cell<Option<Handle>>,
    data: Cell<NonNull<u8>>,
    at: Cell<usize>,
    end: Cell<usize>,
    handed: Cell<u64>,
}

impl Bump {
    fn new() -> Self {
        Self {
            slab: Cell::new(None),
            data: Cell::new(NonNull::dangling()),
            at: Cell::new(0),
            end: Cell::new(0),
            handed: Cell::new(0),
        }
    }

    /// Places a buffer of `length` bytes if there are `room`, of which `length` is at the most.
    #[inline]
    fn take(&self, length: usize, room: usize) -> Option<Buffer> {
        let at = self.at.get();
        if at + room > self.end.get() {
            return None;
        }
        let slab = self.slab.get()?;
        self.at.set((at + length).next_multiple_of(OFFSETS));
        self.handed.set(self.handed.get() + unit(length));
        // SAFETY: `at + length` is at most `end`, the slab's capacity.
        let start = unsafe { self.data.get().add(at) };
        // SAFETY: the range was just taken from the slab, so it is this buffer's alone, and counted.
        Some(unsafe { Buffer::new(start, length, slab) })
    }

    /// Moves on to where the next buffer has the alignment, which the slab itself has.
    fn align(&self, alignment: usize) {
        self.at.set(self.at.get().next_multiple_of(alignment));
    }

    fn begin(&self, slab: Handle) {
        self.slab.set(Some(slab));
        self.data.set(slab.data());
        self.at.set(0);
        self.end.set(slab.capacity);
        self.handed.set(0);
    }

    fn end(&self) -> Option<Handle> {
        self.at.set(0);
        self.end.set(0);
        self.slab.take()
    }
}

/// The stores that are the core's own: biased ones that are used up, and released ones.
#[derive(Default)]
struct Own {
    stores: Vec<Handle>,
    shelves: Vec<Shelf>,
    kept_bytes: usize,
}

/// Released stores of one capacity.
struct Shelf {
    capacity: usize,
    pooled: bool,
    stores: Vec<Handle>,
}

/// How many capacities are kept; the one that has waited longest makes room for another.
const SHELVES: usize = 32;

pub(crate) struct Core {
    bump: Bump,
    /// Lengths from 1 to this are pooled on the short way.
    short: usize,
    half: usize,
    owner: u64,
    options: PoolOptions,
    home: Arc<Home>,
    /// Where compaction places what it moves.
    survivors: Bump,
    own: RefCell<Own>,
    counters: Cell<Counters>,
}

#[derive(Clone, Copy, Default)]
struct Counters {
    hits: u64,
    misses: u64,
    lost_to_alignment: u64,
    lost_to_slab_ends: u64,
}

impl Core {
    /// A core whose stores are biased to this thread.
    pub fn here(options: PoolOptions) -> Rc<Self> {
        // Those two need more of a release than a count.
        let careful = options.track || options.zero_on_release;
        Rc::new(Self::new(options, if careful { NOBODY } else { number_here() }))
    }

    fn new(mut options: PoolOptions, owner: u64) -> Self {
        options.pool_size = options.pool_size.min(MAX_POOL_SIZE);
        options.slab_alignment = options.slab_alignment.clamp(OFFSETS, 64).next_power_of_two();
        options.max_length = options.max_length.min(MAX_LENGTH);
        let half = options.pool_size / 2;
        let careful = options.track || options.zero_always || options.max_length < half;
        let home = Arc::new(Home::new(&options));
        Self {
            bump: Bump::new(),
            short: if careful { 0 } else { half.saturating_sub(1) },
            half,
            owner,
            survivors: Bump::new(),
            options,
            home,
            own: RefCell::default(),
            counters: Cell::default(),
        }
    }

    pub fn array_buffers(&self) -> usize {
        self.home.bytes()
    }

    pub fn options(&self) -> &PoolOptions {
        &self.options
    }

    /// `Buffer.allocUnsafe`.
    #[inline]
    #[track_caller]
    pub fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
        if length.wrapping_sub(1) < self.short
            && let Some(buffer) = self.bump.take(length, length)
        {
            return Ok(buffer);
        }
        self.place(length, length, Location::caller())
    }

    /// A buffer in the current slab if it is below half of a slab, else in a store of its own. The
    /// slab must have `room`; Node tests strings with more than they take.
    #[inline(never)]
    pub fn place(&self, length: usize, room: usize, at: At) -> Result<Buffer, AllocError> {
        if length == 0 || length >= self.half || length > self.options.max_length {
            return self.alone(length, false, at);
        }
        self.settle();
        // More than once only if the external memory's owner allocates here too.
        let buffer = loop {
            match self.bump.take(length, room) {
                Some(buffer) => break buffer,
                None => self.next_slab(&self.bump)?,
            }
        };
        Ok(self.finish(buffer, at))
    }

    /// A buffer for the text's bytes.
    pub fn for_text(&self, text: &str, at: At) -> Result<Buffer, AllocError> {
        let units = || text.encode_utf16().count().saturating_mul(4);
        let room = Some(text.len()).filter(|length| *length >= self.half).unwrap_or_else(units);
        self.place(text.len(), if room < self.half { room } else { text.len() }, at)
    }

    /// `Buffer.allocUnsafe(length, alignment)` of Node 26.
    pub fn aligned(&self, length: usize, alignment: usize, at: At) -> Result<Buffer, AllocError> {
        if !alignment.is_power_of_two() || alignment > MAX_ALIGNMENT {
            return Err(AllocError::Alignment { requested: length, alignment });
        }
        if length >= self.half || alignment > self.options.slab_alignment {
            return self.alone_aligned(length, false, alignment, at);
        }
        self.bump.align(alignment);
        self.place(length, length, at)
    }

    /// A buffer in a store of its own, of zeros or of initialised bytes.
    pub fn alone(&self, length: usize, zero: bool, at: At) -> Result<Buffer, AllocError> {
        self.alone_aligned(length, zero, OFFSETS, at)
    }

    /// A buffer in a store of its own, of zeros or of initialised bytes.
    #[inline(never)]
    fn alone_aligned(
        &self,
        length: usize,
        zero: bool,
        alignment: usize,
        at: At,
    ) -> Result<Buffer, AllocError> {
        let maximum = self.options.max_length;
        if length > maximum {
            return Err(AllocError::TooLong { requested: length, maximum });
        }
        if length == 0 {
            return Ok(Buffer::empty());
        }
        self.settle();
        let (store, old) = match alignment <= self.options.slab_alignment {
            true => self.store(length, false)?,
            false => (self.new_store(length, false, alignment)?, false),
        };
        store.handed.set(unit(length));
        // SAFETY: the store is new or released, and this its only buffer.
        let mut buffer = unsafe { Buffer::new(store.data(), length, store) };
        if zero && old {
            buffer.fill(0);
        }
        self.retire(store);
        Ok(self.finish(buffer, at))
    }

    fn finish(&self, mut buffer: Buffer, at: At) -> Buffer {
        if self.options.zero_always {
            buffer.fill(0);
        }
        if self.options.track {
            buffer.pin(at);
        }
        buffer
    }

    /// Lets go of the current slab and begins another.
    #[inline(never)]
    fn next_slab(&self, bump: &Bump) -> Result<(), AllocError> {
        if let Some(slab) = bump.slab.get().filter(|slab| slab.live(bump.handed.get()).0 == 0) {
            // It would be released and taken again.
            self.count_slab(bump);
            slab.reset(self.owner);
            if self.options.reuse == Reuse::Node {
                slab.id.set(self.home.next_id());
            }
            bump.begin(slab);
            return Ok(());
        }
        let (next, _) = self.store(self.options.pool_size, true)?;
        let old = self.end(bump);
        bump.begin(next);
        if let Some(slab) = old {
            self.retire(slab);
        }
        Ok(())
    }

    /// Takes the slab out of a bump.
    fn end(&self, bump: &Bump) -> Option<Handle> {
        self.count_slab(bump);
        let slab = bump.end()?;
        slab.handed.set(bump.handed.replace(0));
        Some(slab)
    }

    fn count_slab(&self, bump: &Bump) {
        let mut counters = self.counters.get();
        let (count, bytes) = split(bump.handed.get());
        let at = bump.at.get().min(bump.end.get());
        counters.hits += count as u64;
        counters.lost_to_alignment += (at - bytes) as u64;
        counters.lost_to_slab_ends += (bump.end.get() - at) as u64;
        self.counters.set(counters);
    }

    /// A store with no buffer in it, and whether it is a kept one, of old bytes.
    fn store(&self, capacity: usize, pooled: bool) -> Result<(Handle, bool), AllocError> {
        if let Some(store) = self.unshelve(capacity, pooled) {
            let mut counters = self.counters.get();
            counters.hits += u64::from(!pooled);
            self.counters.set(counters);
            store.reset(self.owner);
            if self.options.reuse == Reuse::Node {
                store.id.set(self.home.next_id());
                self.home.grown(capacity);
            }
            return Ok((store, true));
        }
        let alignment = self.options.slab_alignment;
        Ok((self.new_store(capacity, pooled, alignment)?, false))
    }

    fn new_store(
        &self,
        capacity: usize,
        pooled: bool,
        alignment: usize,
    ) -> Result<Handle, AllocError> {
        let form = Form {
            capacity,
            alignment,
            pooled,
            owner: self.owner,
            zero_on_release: self.options.zero_on_release,
            track: self.options.track,
        };
        let store = Handle::allocate(&form, &self.home)
            .ok_or(AllocError::Refused { requested: capacity })?;
        let mut counters = self.counters.get();
        counters.misses += u64::from(!pooled);
        self.counters.set(counters);
        self.home.grown(capacity);
        Ok(store)
    }

    fn unshelve(&self, capacity: usize, pooled: bool) -> Option<Handle> {
        let mut own = self.own.borrow_mut();
        let shelf =
            own.shelves.iter_mut().find(|s| s.capacity == capacity && s.pooled == pooled)?;
        let store = shelf.stores.pop()?;
        own.kept_bytes -= capacity;
        Some(store)
    }

    /// No more buffers will be placed in the store: it leaves with the last of those it has.
    fn retire(&self, store: Handle) {
        if self.owner == NOBODY || store.remote.load(Ordering::Relaxed) != 0 {
            if self.home.adopt(store) {
                self.shelve(store);
            }
            return;
        }
        store.goal.set(store.handed.get());
        store.core.set(self);
        let mut own = self.own.borrow_mut();
        store.index.set(own.stores.len());
        own.stores.push(store);
    }

    /// The last buffer of a biased store is gone.
    pub(super) fn take_back(&self, store: Handle) {
        let mut own = self.own.borrow_mut();
        let index = store.index.get();
        own.stores.swap_remove(index);
        if let Some(moved) = own.stores.get(index) {
            moved.index.set(index);
        }
        drop(own);
        self.shelve(store);
    }

    /// All buffers of the store are released.
    fn shelve(&self, store: Handle) {
        if self.options.reuse == Reuse::Node {
            self.home.shrunk(store.capacity);
        }
        self.keep(store);
    }

    /// Keeps a released store as the policy says, or frees it.
    fn keep(&self, store: Handle) {
        let (capacity, pooled) = (store.capacity, store.pooled);
        let mut own = self.own.borrow_mut();
        let fits = match self.options.reuse {
            Reuse::Recycle => own.kept_bytes + capacity <= self.options.max_kept_bytes,
            Reuse::Node => pooled && own.kept_bytes < SPARES * capacity,
        };
        if !fits || store.alignment != self.home.alignment {
            drop(own);
            return self.home.drop_kept(store);
        }
        own.kept_bytes += capacity;
        match own.shelves.iter_mut().find(|s| s.capacity == capacity && s.pooled == pooled) {
            Some(shelf) => shelf.stores.push(store),
            None => {
                own.shelves.push(Shelf { capacity, pooled, stores: vec![store] });
                if own.shelves.len() > SHELVES {
                    let oldest = own.shelves.remove(0);
                    own.kept_bytes -= oldest.capacity * oldest.stores.len();
                    drop(own);
                    oldest.stores.into_iter().for_each(|store| self.home.drop_kept(store));
                }
            }
        }
    }

    /// Takes up what other threads have done: shares the stores that they released buffers of, and
    /// shelves the released stores that wait at home.
    #[inline]
    fn settle(&self) {
        if self.home.visited() {
            self.share_all();
        }
        if self.home.waiting() {
            self.home.fetch().into_iter().for_each(|store| self.keep(store));
        }
    }

    #[cold]
    fn share_all(&self) {
        let stores = std::mem::take(&mut self.own.borrow_mut().stores);
        for store in stores {
            if self.home.adopt(store) {
                self.shelve(store);
            }
        }
    }

    /// Frees the released stores that are kept.
    pub fn trim(&self) {
        self.settle();
        let mut own = self.own.borrow_mut();
        own.kept_bytes = 0;
        let shelves = std::mem::take(&mut own.shelves);
        drop(own);
        for store in shelves.into_iter().flat_map(|shelf| shelf.stores) {
            self.home.drop_kept(store);
        }
    }

    /// Moves the buffer to where the moved ones are, if its store is used up and less than half of
    /// it is used. Whether it was moved.
    pub fn compact(&self, buffer: &mut Buffer, at: At) -> Result<bool, AllocError> {
        self.settle();
        let Some(store) = buffer.store().filter(|store| Arc::ptr_eq(&store.home, &self.home))
        else {
            return Ok(false);
        };
        if [&self.bump, &self.survivors].iter().any(|bump| bump.slab.get() == Some(store)) {
            return Ok(false);
        }
        let lists = self.home.lists();
        let (_, live) = match lists.shared.get(store.index.get()) == Some(&store) {
            true => store.live_shared(),
            false => store.live(store.handed.get()),
        };
        drop(lists);
        let length = buffer.len();
        if live >= store.capacity / 2 || length >= self.half {
            return Ok(false);
        }
        *buffer = self.copy_compact(buffer, at)?;
        Ok(true)
    }

    /// A copy of the bytes, where compaction places what it moves.
    pub fn copy_compact(&self, bytes: &[u8], at: At) -> Result<Buffer, AllocError> {
        let length = bytes.len();
        if length == 0 || length >= self.half {
            let mut copy = self.alone(length, false, at)?;
            copy.copy_from_slice(bytes);
            return Ok(copy);
        }
        let mut copy = loop {
            match self.survivors.take(length, length) {
                Some(copy) => break copy,
                None => self.next_slab(&self.survivors)?,
            }
        };
        copy.copy_from_slice(bytes);
        if self.options.track {
            copy.pin(at);
        }
        Ok(copy)
    }

    pub fn stats(&self) -> PoolStats {
        self.settle();
        let counters = self.counters.get();
        let mut stats = PoolStats {
            hits: counters.hits,
            misses: counters.misses,
            lost_to_alignment: counters.lost_to_alignment,
            lost_to_slab_ends: counters.lost_to_slab_ends,
            peak_array_buffers: self.home.peak(),
            ..PoolStats::default()
        };
        for bump in [&self.bump, &self.survivors] {
            stats.hits += split(bump.handed.get()).0 as u64;
        }
        self.each(|_, state, (buffers, bytes)| {
            stats.live_buffers += buffers;
            stats.live_bytes += bytes;
            match state {
                SlabState::Full => stats.full_slabs += 1,
                SlabState::Partial => stats.partial_slabs += 1,
                SlabState::Kept => stats.kept_slabs += 1,
                SlabState::Own => stats.own_stores += 1,
                SlabState::Current => {}
            }
        });
        stats.array_buffers = self.home.bytes();
        stats
    }

    pub fn slabs(&self) -> Vec<Slab> {
        self.settle();
        let mut slabs = Vec::new();
        self.each(|store, state, (live_buffers, live_bytes)| {
            slabs.push(Slab {
                id: store.id.get(),
                capacity: store.capacity,
                state,
                live_buffers,
                live_bytes,
                pins: store.pins(),
            });
        });
        slabs.sort_by_key(|slab| slab.id);
        slabs
    }

    /// Visits all stores that count: those of the policy `Node` that wait do not.
    fn each(&self, mut visit: impl FnMut(Handle, SlabState, (usize, usize))) {
        for bump in [&self.bump, &self.survivors] {
            if let Some(slab) = bump.slab.get() {
                visit(slab, SlabState::Current, slab.live(bump.handed.get()));
            }
        }
        let own = self.own.borrow();
        for &store in &own.stores {
            let live = store.live(store.handed.get());
            visit(store, state(store, live.0), live);
        }
        let lists = self.home.lists();
        for &store in &lists.shared {
            let live = store.live_shared();
            visit(store, state(store, live.0), live);
        }
        if self.options.reuse == Reuse::Recycle {
            let kept = own.shelves.iter().flat_map(|shelf| &shelf.stores).chain(&lists.kept);
            kept.for_each(|&store| visit(store, SlabState::Kept, (0, 0)));
        }
    }
}

/// What a store that is used up is doing.
fn state(store: Handle, live: usize) -> SlabState {
    let (handed, _) = split(store.handed.get());
    match store.pooled {
        false => SlabState::Own,
        true if live == handed => SlabState::Full,
        true => SlabState::Partial,
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        for bump in [&self.bump, &self.survivors] {
            if let Some(slab) = self.end(bump) {
                slab.goal.set(slab.handed.get());
                if slab.live(slab.handed.get()).0 == 0 {
                    self.home.discard(slab);
                } else {
                    self.own.get_mut().stores.push(slab);
                }
            }
        }
        self.share_all();
        self.trim();
        self.home.close();
    }
}

/// A core that any thread may use, one at a time.
pub(crate) struct Locked(Mutex<Core>);

impl Locked {
    /// A core whose stores no thread owns.
    pub fn new(options: PoolOptions) -> Self {
        Self(Mutex::new(Core::new(options, NOBODY)))
    }

    pub fn core(&self) -> MutexGuard<'_, Core> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// SAFETY: no store of the core is biased, so none points to the core or uses a thread's cells; the
// core itself is reached under the lock alone.
unsafe impl Send for Locked {}
// SAFETY: as above.
unsafe impl Sync for Locked {}
