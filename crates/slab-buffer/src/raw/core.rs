//! What `Pool` and `SyncPool` have in common: placement by Node's rules (`lib/buffer.js`), and what
//! becomes of stores that are used up or released.

use super::buffer::Buffer;
use super::home::{self, Home, VISITED, WAITING};
use super::shelves::Shelves;
use super::store::{Form, Handle};
use super::{NOBODY, number_here, split, unit};
use crate::options::{MAX_ALIGNMENT, MAX_LENGTH, MAX_POOL_SIZE};
use crate::report::{PoolStats, Slab, SlabState};
use crate::{AllocError, PoolOptions, Reuse};
use std::cell::Cell;
use std::ops::Deref;
use std::panic::Location;
use std::ptr::NonNull;
use std::rc::Rc;
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
    /// Whether others may release buffers of the slab without telling any more.
    visited: Cell<bool>,
}

impl Bump {
    fn new() -> Self {
        Self {
            slab: Cell::new(None),
            data: Cell::new(NonNull::dangling()),
            at: Cell::new(0),
            end: Cell::new(0),
            handed: Cell::new(0),
            visited: Cell::new(false),
        }
    }

    /// Places a buffer of `length` bytes if there are `room`, of which `length` is at the most.
    #[inline(always)]
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
        self.visited.set(false);
    }

    fn end(&self) -> Option<Handle> {
        self.at.set(0);
        self.end.set(0);
        self.slab.take()
    }
}

pub(crate) struct Core {
    bump: Bump,
    /// Lengths from 1 to this are pooled on the short way.
    short: usize,
    /// Lengths from this on are alone on the short way.
    long: usize,
    half: usize,
    /// Bytes of released stores that are kept at the most.
    max_kept_bytes: usize,
    owner: u64,
    options: PoolOptions,
    home: Arc<Home>,
    /// Where compaction places what it moves.
    survivors: Bump,
    shelves: Shelves,
    next_id: Cell<u64>,
    /// Bytes of the stores that are not at home.
    bytes: Cell<usize>,
    peak: Cell<usize>,
    counters: Counters,
    /// Whether it is used under a lock, in which nothing of others is called.
    locked: bool,
    /// Bytes that the external memory's owner has yet to hear of.
    untold: Cell<isize>,
}

#[derive(Default)]
struct Counters {
    hits: Cell<u64>,
    misses: Cell<u64>,
    lost_to_alignment: Cell<u64>,
    lost_to_slab_ends: Cell<u64>,
}

#[inline]
fn add(counter: &Cell<u64>, by: usize) {
    counter.set(counter.get() + by as u64);
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
            long: if careful { usize::MAX } else { half.max(1) },
            half,
            max_kept_bytes: home::max_kept_bytes(&options),
            owner,
            survivors: Bump::new(),
            options,
            home,
            shelves: Shelves::default(),
            next_id: Cell::new(0),
            bytes: Cell::new(0),
            peak: Cell::new(0),
            counters: Counters::default(),
            locked: false,
            untold: Cell::new(0),
        }
    }

    pub fn array_buffers(&self) -> usize {
        self.bytes.get() + self.home.bytes()
    }

    /// A store has come into being.
    #[inline]
    fn grown(&self, bytes: usize) {
        self.bytes.set(self.bytes.get() + bytes);
        self.peak.set(self.peak.get().max(self.array_buffers()));
        self.tell(bytes as isize);
    }

    /// A store has gone.
    #[inline]
    fn shrunk(&self, bytes: usize) {
        self.bytes.set(self.bytes.get() - bytes);
        self.tell(-(bytes as isize));
    }

    /// Tells the external memory's owner, or lets that wait until the core is unlocked.
    #[inline]
    fn tell(&self, bytes: isize) {
        if self.locked {
            self.untold.set(self.untold.get() + bytes);
        } else {
            self.home.tell(bytes);
        }
    }

    /// A number that no store has had.
    #[inline]
    fn number(&self) -> u64 {
        self.next_id.replace(self.next_id.get() + 1)
    }

    pub fn options(&self) -> &PoolOptions {
        &self.options
    }

    /// `Buffer.allocUnsafe`.
    #[inline(always)]
    #[track_caller]
    pub fn alloc_unsafe(&self, length: usize) -> Result<Buffer, AllocError> {
        // Buffers are put together here, in registers: a call would return one through memory, and
        // reading that back at once costs more than all the rest.
        if length.wrapping_sub(1) < self.short {
            if let Some(buffer) = self.bump.take(length, length) {
                return Ok(buffer);
            }
            if self.next_slab(&self.bump)
                && let Some(buffer) = self.bump.take(length, length)
            {
                return Ok(buffer);
            }
        } else if length >= self.long
            && let Some(store) = self.lone_store(length)
        {
            // SAFETY: the store is new or released, and this its only buffer.
            return Ok(unsafe { Buffer::new(store.data(), length, store) });
        }
        match self.placed(length, Location::caller()) {
            // SAFETY: they are the parts of a buffer that was taken apart.
            Some((start, store)) => Ok(unsafe { Buffer::new(start, length, store) }),
            None if length == 0 => Ok(Buffer::empty()),
            None => Err(self.refusal(length)),
        }
    }

    /// The start and the store of a buffer of some bytes.
    #[inline(never)]
    fn placed(&self, length: usize, at: At) -> Option<(NonNull<u8>, Handle)> {
        self.place(length, length, at).ok()?.into_parts()
    }

    /// Why there is no buffer of that length.
    #[cold]
    #[inline(never)]
    fn refusal(&self, length: usize) -> AllocError {
        let maximum = self.options.max_length;
        match length > maximum {
            true => AllocError::TooLong { requested: length, maximum },
            false => AllocError::Refused { requested: length },
        }
    }

    /// A store for one buffer.
    #[inline(never)]
    fn lone_store(&self, length: usize) -> Option<Handle> {
        if length > self.options.max_length {
            return None;
        }
        self.settle();
        self.kept_alone(length).or_else(|| {
            let store = self.new_store(length, false, self.options.slab_alignment)?;
            Some(self.hand_over(store, length))
        })
    }

    /// A kept store, which has become one buffer's.
    #[inline]
    fn kept_alone(&self, length: usize) -> Option<Handle> {
        let store = self.shelves.take_alone(length)?;
        add(&self.counters.hits, 1);
        store.freed.set(0);
        Some(self.hand_over(store, length))
    }

    /// Makes the store one buffer's.
    #[inline]
    fn hand_over(&self, store: Handle, length: usize) -> Handle {
        store.handed.set(unit(length));
        match self.owner == NOBODY {
            true => self.share(store),
            false => store.goal.set(unit(length)),
        }
        store
    }

    /// A buffer in the current slab if it is below half of a slab, else in a store of its own. The
    /// slab must have `room`; Node tests strings with more than they take.
    #[inline(never)]
    pub fn place(&self, length: usize, room: usize, at: At) -> Result<Buffer, AllocError> {
        if length == 0 || length >= self.half || length > self.options.max_length {
            return self.alone(length, false, at);
        }
        Ok(self.finish(self.bump_take(&self.bump, length, room)?, at))
    }

    /// A buffer in the bump's slab, or in its next one.
    fn bump_take(&self, bump: &Bump, length: usize, room: usize) -> Result<Buffer, AllocError> {
        // More than twice only if the external memory's owner allocates here too.
        loop {
            if let Some(buffer) = bump.take(length, room) {
                return Ok(buffer);
            }
            if !self.next_slab(bump) {
                return Err(self.refusal(length));
            }
        }
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
        if length > self.options.max_length {
            return Err(self.refusal(length));
        }
        if length == 0 {
            return Ok(Buffer::empty());
        }
        self.settle();
        let fits = alignment <= self.options.slab_alignment;
        let kept = if fits { self.kept_alone(length) } else { None };
        let alignment = alignment.max(self.options.slab_alignment);
        let store = kept.or_else(|| {
            let store = self.new_store(length, false, alignment)?;
            Some(self.hand_over(store, length))
        });
        let store = store.ok_or_else(|| self.refusal(length))?;
        // SAFETY: the store is new or released, and this its only buffer.
        let mut buffer = unsafe { Buffer::new(store.data(), length, store) };
        if zero && kept.is_some() {
            buffer.fill(0);
        }
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

    /// Lets go of the current slab and begins another; false if the allocator refuses.
    #[inline(never)]
    fn next_slab(&self, bump: &Bump) -> bool {
        self.settle();
        if let Some(slab) = bump.slab.get().filter(|slab| slab.live(bump.handed.get()).0 == 0) {
            // It would be released and taken again.
            self.count_slab(bump);
            slab.bias(self.owner);
            slab.open();
            if self.options.reuse == Reuse::Node {
                slab.id.set(self.number());
            }
            bump.begin(slab);
            return true;
        }
        let (size, alignment) = (self.options.pool_size, self.options.slab_alignment);
        let next = self.kept_slab().or_else(|| self.new_store(size, true, alignment));
        let Some(next) = next else { return false };
        let (old, visited) = (self.end(bump), bump.visited.get());
        bump.begin(next);
        match old {
            // It is released if only the external memory's owner placed buffers in it, just now.
            Some(slab) if visited || self.owner == NOBODY || slab.is_released() => self.share(slab),
            Some(slab) => slab.goal.set(slab.handed.get()),
            None => {}
        }
        true
    }

    /// Takes the slab out of a bump.
    fn end(&self, bump: &Bump) -> Option<Handle> {
        self.count_slab(bump);
        let slab = bump.end()?;
        slab.handed.set(bump.handed.replace(0));
        Some(slab)
    }

    fn count_slab(&self, bump: &Bump) {
        let (count, bytes) = split(bump.handed.get());
        let at = bump.at.get().min(bump.end.get());
        add(&self.counters.hits, count);
        add(&self.counters.lost_to_alignment, at - bytes);
        add(&self.counters.lost_to_slab_ends, bump.end.get() - at);
    }

    /// A released slab that was kept.
    #[inline]
    fn kept_slab(&self) -> Option<Handle> {
        let slab = self.shelves.take_slab()?;
        slab.open();
        if self.options.reuse == Reuse::Node {
            slab.id.set(self.number());
            self.grown(slab.capacity);
        }
        Some(slab)
    }

    #[inline(never)]
    fn new_store(&self, capacity: usize, pooled: bool, alignment: usize) -> Option<Handle> {
        let form = Form {
            capacity,
            alignment,
            pooled,
            keepable: alignment == self.options.slab_alignment
                && (pooled || self.options.reuse == Reuse::Recycle),
            owner: self.owner,
            id: self.number(),
            zero_on_release: self.options.zero_on_release,
            track: self.options.track,
        };
        let store = Handle::allocate(&form, &self.home)?;
        store.core.set(self);
        self.shelves.list(store);
        add(&self.counters.misses, usize::from(!pooled));
        self.grown(capacity);
        Some(store)
    }

    /// Gives a store that is used up to all threads.
    #[cold]
    fn share(&self, store: Handle) {
        if !store.is_released() {
            self.shelves.unlist(store);
            self.bytes.set(self.bytes.get() - store.capacity);
            if !self.home.adopt(store) {
                return;
            }
            self.bytes.set(self.bytes.get() + store.capacity);
            self.shelves.list(store);
        }
        store.bias(self.owner);
        store.keep();
        self.take_back(store);
    }

    /// All buffers of the store are released.
    #[inline(never)]
    pub(super) fn take_back(&self, store: Handle) {
        if self.options.reuse == Reuse::Node {
            self.shrunk(store.capacity);
        }
        self.keep(store);
    }

    /// Keeps a released store as the policy says, or frees it.
    #[inline]
    fn keep(&self, store: Handle) {
        if store.keepable && self.shelves.kept_bytes() + store.capacity <= self.max_kept_bytes {
            if let Some(displaced) = self.shelves.keep(store) {
                displaced.into_iter().for_each(|store| self.free(store));
            }
        } else {
            self.free(store);
        }
    }

    /// Frees a released store, which under [`Reuse::Node`] no longer counts.
    #[inline(never)]
    fn free(&self, store: Handle) {
        let capacity = store.capacity;
        self.shelves.unlist(store);
        // SAFETY: it has left the list and is on no shelf, and its buffers are gone.
        unsafe { store.free() };
        if self.options.reuse == Reuse::Recycle {
            self.shrunk(capacity);
        }
    }

    /// Takes up what other threads have done.
    #[inline]
    fn settle(&self) {
        if self.home.has_news() {
            self.hear();
        }
    }

    /// Shares the stores that others may release buffers of, and keeps the released ones that wait
    /// at home.
    ///
    /// The others tell before they count: what they told of may be counted only after this. So all
    /// stores that are there now are shared, the current slabs when they are used up.
    #[cold]
    fn hear(&self) {
        let news = self.home.news();
        if news & VISITED != 0 {
            [&self.bump, &self.survivors].iter().for_each(|bump| bump.visited.set(true));
            self.share_used();
        }
        if news & WAITING != 0 {
            self.fetch();
        }
    }

    fn share_used(&self) {
        self.shelves.listed(Handle::is_used).into_iter().for_each(|store| self.share(store));
    }

    fn fetch(&self) {
        for store in self.home.fetch() {
            if self.options.reuse == Reuse::Recycle {
                self.bytes.set(self.bytes.get() + store.capacity);
            }
            store.core.set(self);
            store.bias(self.owner);
            store.keep();
            self.shelves.list(store);
            self.keep(store);
        }
    }

    /// Frees the released stores that are kept.
    pub fn trim(&self) {
        self.settle();
        self.shelves.clear().into_iter().for_each(|store| self.free(store));
    }

    /// A copy of the buffer where the moved ones are, if its store is used up and less than half of
    /// it is used.
    pub fn compact(&self, buffer: &Buffer, at: At) -> Result<Option<Buffer>, AllocError> {
        self.settle();
        let Some(store) = buffer.store().filter(|store| Arc::ptr_eq(&store.home, &self.home))
        else {
            return Ok(None);
        };
        if [&self.bump, &self.survivors].iter().any(|bump| bump.slab.get() == Some(store)) {
            return Ok(None);
        }
        let lists = self.home.lists();
        let (_, live) = match lists.shared.get(store.index.get()) == Some(&store) {
            true => store.live_shared(),
            false => store.live(store.handed.get()),
        };
        drop(lists);
        let length = buffer.len();
        if live >= store.capacity / 2 || length >= self.half {
            return Ok(None);
        }
        let at = store.pinned_by(buffer.offset()).unwrap_or(at);
        self.copy_compact(buffer, at).map(Some)
    }

    /// A copy of the bytes, where compaction places what it moves.
    pub fn copy_compact(&self, bytes: &[u8], at: At) -> Result<Buffer, AllocError> {
        let length = bytes.len();
        if length == 0 || length >= self.half {
            let mut copy = self.alone(length, false, at)?;
            copy.copy_from_slice(bytes);
            return Ok(copy);
        }
        let mut copy = self.bump_take(&self.survivors, length, length)?;
        copy.copy_from_slice(bytes);
        if self.options.track {
            copy.pin(at);
        }
        Ok(copy)
    }

    pub fn stats(&self) -> PoolStats {
        self.settle();
        let counters = &self.counters;
        let mut stats = PoolStats {
            hits: counters.hits.get(),
            misses: counters.misses.get(),
            lost_to_alignment: counters.lost_to_alignment.get(),
            lost_to_slab_ends: counters.lost_to_slab_ends.get(),
            peak_array_buffers: self.peak.get(),
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
        stats.kept_bytes = self.shelves.kept_bytes() + self.home.kept_bytes();
        stats.array_buffers = self.array_buffers();
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
        self.shelves.each(|store| {
            if store.is_used() {
                let live = store.live(store.handed.get());
                visit(store, state(store, live.0), live);
            } else if store.is_kept() && self.options.reuse == Reuse::Recycle {
                visit(store, SlabState::Kept, (0, 0));
            }
        });
        let lists = self.home.lists();
        for &store in &lists.shared {
            let live = store.live_shared();
            visit(store, state(store, live.0), live);
        }
        if self.options.reuse == Reuse::Recycle {
            lists.kept.iter().for_each(|&store| visit(store, SlabState::Kept, (0, 0)));
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
                self.share(slab);
            }
        }
        self.share_used();
        self.trim();
        // Only a panic of the external memory's owner leaves any: released ones.
        self.shelves.listed(|_| true).into_iter().for_each(|store| self.free(store));
        if self.locked {
            self.home.tell(self.untold.take());
        }
        self.home.close();
    }
}

/// A core that any thread may use, one at a time.
pub(crate) struct Locked(Mutex<Core>);

impl Locked {
    /// A core whose stores no thread owns.
    pub fn new(options: PoolOptions) -> Self {
        let mut core = Core::new(options, NOBODY);
        core.locked = true;
        Self(Mutex::new(core))
    }

    pub fn core(&self) -> Guard<'_> {
        Guard(Some(self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// A locked core; what the external memory's owner has to hear is told when it is unlocked.
pub(crate) struct Guard<'a>(Option<MutexGuard<'a, Core>>);

impl Deref for Guard<'_> {
    type Target = Core;

    #[inline]
    fn deref(&self) -> &Core {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Guard<'_> {
    #[inline]
    fn drop(&mut self) {
        let Some(core) = self.0.take() else { return };
        let untold = core.untold.take();
        if untold != 0 {
            let home = core.home.clone();
            drop(core);
            home.tell(untold);
        }
    }
}

// SAFETY: no store of the core is biased, so none points to the core or uses a thread's cells; the
// core itself is reached under the lock alone.
unsafe impl Send for Locked {}
// SAFETY: as above.
unsafe impl Sync for Locked {}
