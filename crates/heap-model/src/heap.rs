//! The heap: its spaces and roots, and allocation. No unsafe code.
//!
//! Invariant: committed memory, what the promotion of the new space's cells can need at the most, and two
//! pages never pass the limit, so a collection never runs out of room.

use crate::OutOfMemory;
use crate::collect::Marker;
use crate::events::{Cause, CollectionEvent, CollectionKind, Listener, Prologue};
use crate::global::Released;
use crate::identity::Identities;
use crate::options::{Growing, HeapOptions};
use crate::pace::Pace;
use crate::raw::cell::{Cell, Header, Kind, MAX_SIZE, is_reference};
use crate::raw::chunk::{Chunk, LARGEST_IN_PAGE, PAGE};
use crate::raw::handles::Handles;
use crate::raw::map::Mapping;
use crate::scope::Scope;
use crate::site::Sites;
use crate::space::{LargeSpace, NewSpace, OldSpace};
use core::any::Any;
use slab::Slab;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A native cell's payload.
pub(crate) struct Native {
    pub cell: Cell,
    pub payload: Box<dyn Any + Send>,
    pub external: usize,
}

/// Called when the limit is reached, with it; it gives the new one.
pub(crate) type NearLimit = Box<dyn FnMut(usize) -> usize + Send>;

/// A garbage-collected heap of real bytes.
///
/// It can be sent to other threads, and is used by one at a time. Dropping it drops its natives' payloads and
/// gives all of its memory back. Programs work with cells in [`enter`](Self::enter); a [`Scope`] has all
/// functions of the heap but that.
pub struct Heap {
    pub(crate) id: u32,
    made: Instant,
    pub(crate) options: HeapOptions,
    pub(crate) new: NewSpace,
    pub(crate) old: OldSpace,
    pub(crate) large: LargeSpace,
    pub(crate) reserved: Vec<Mapping>,
    /// Bytes that survived since the new space last grew.
    pub(crate) survivors: usize,
    /// Bytes of the old generation at which it is collected.
    pub(crate) next_full: usize,
    pub(crate) marker: Option<Marker>,
    /// A marking is about to begin: the marks of the last one are being cleared.
    pub(crate) clearing: bool,
    pub(crate) steps: usize,
    /// The old generation's bytes at the last step of marking.
    pub(crate) marked_until: usize,
    pub(crate) handles: Handles,
    pub(crate) globals: Slab<u64>,
    pub(crate) weaks: Slab<u64>,
    pub(crate) released: Released,
    /// Old cells that may refer to young ones.
    pub(crate) remembered: Vec<Cell>,
    /// Slots of wide old cells that may refer to young ones.
    pub(crate) remembered_slots: RememberedSlots,
    pub(crate) natives: Slab<Native>,
    pub(crate) young_natives: Vec<u32>,
    /// Payloads of dead native cells, dropped when the collection is over.
    pub(crate) buried: Vec<Box<dyn Any + Send>>,
    pub(crate) external: usize,
    pub(crate) external_at_collection: usize,
    pub(crate) sites: Sites,
    /// Pages whose cells the collection at hand moves.
    pub(crate) sparse: Vec<Chunk>,
    pub(crate) identities: Identities,
    /// How many registrations were made.
    pub(crate) registrations: u32,
    pub(crate) statistics: Counters,
    /// Slots and entries that all markings have visited.
    pub(crate) work: usize,
    pub(crate) pace: Pace,
    /// The old generation's bytes after the last full collection.
    settled: usize,
    #[cfg(zeal)]
    pub(crate) zeal: Option<(u32, u32)>,
    near_limit: Option<NearLimit>,
    listener: Option<Listener>,
    prologue: Option<Prologue>,
}

/// Counts of events and bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counters {
    pub scavenges: usize,
    pub full_collections: usize,
    pub promoted: usize,
    pub longest_pause: Duration,
    pub longest_scavenge: Duration,
    pub total_pause: Duration,
}

/// Whether a cell's slots are remembered one by one, lest each scavenge visits all of them.
#[inline(always)]
pub(crate) fn is_wide(header: Header) -> bool {
    header.slots() > 32 && !header.is(Kind::EphemeronTable)
}

/// Slots of wide old cells that may refer to young ones; some are there more than once.
#[derive(Default)]
pub(crate) struct RememberedSlots {
    pub slots: Vec<(Cell, u32)>,
    /// As many are too many: those that are there more than once go.
    bound: usize,
}

impl RememberedSlots {
    #[inline]
    pub fn add(&mut self, cell: Cell, slot: usize) {
        self.slots.push((cell, slot as u32));
        if self.slots.len() > self.bound {
            self.thin();
        }
    }

    #[cold]
    fn thin(&mut self) {
        self.slots.sort_unstable();
        self.slots.dedup();
        self.bound = (2 * self.slots.len()).max(1 << 16);
    }
}

/// How much external memory may grow before a full collection, in bytes (V8: 64 MiB).
const EXTERNAL_STEP: usize = 64 << 20;

/// Pages that are swept for one allocation or one collection of the new space at the most.
pub(crate) const SWEEPABLE: usize = 8;

/// Bytes that are allocated between two steps of marking.
const STEP_BYTES: usize = 256 << 10;

/// What may be committed for so many bytes that are promoted, a page aside: of each page but the last at least
/// 126,649 bytes are filled, for a cell goes into any range of a class above its own, and into one of its
/// own class if it is as long.
const fn promotion(bytes: usize) -> usize {
    bytes.saturating_mul(2).saturating_add(bytes / 14)
}

/// What [`Heap::begin_event`] knows.
pub(crate) struct Begun {
    kind: CollectionKind,
    cause: Cause,
    used: usize,
    committed: usize,
    promoted: usize,
    start: Instant,
}

impl Heap {
    /// Makes an empty heap: twice the initial semi-space is committed, and nothing resident until it is
    /// used. The largest semi-spaces and the handles take addresses alone. Constant time.
    ///
    /// # Errors
    /// [`OutOfMemory`] if the limit does not allow two semi-spaces and two pages of 256 KiB, or the operating
    /// system refuses.
    pub fn new(options: HeapOptions) -> Result<Self, OutOfMemory> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let semi = options.initial_semi_space.max(PAGE);
        let refused =
            OutOfMemory { requested: semi.saturating_mul(2), used: 0, limit: options.limit };
        let semi = semi.checked_next_multiple_of(PAGE).ok_or(refused)?;
        if semi.saturating_mul(2).saturating_add(2 * PAGE) > options.limit {
            return Err(refused);
        }
        // Handles are trusted by their heap's number, so none is ever used again.
        let id =
            NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1));
        let id = id.map_err(|_| refused)?;
        let most = options.max_semi_space.min(options.limit / 2);
        let most = most.checked_next_multiple_of(PAGE).ok_or(refused)?;
        let mut heap = Self {
            id,
            made: Instant::now(),
            options,
            new: NewSpace::new(semi, most).ok_or(refused)?,
            old: OldSpace::default(),
            large: LargeSpace::default(),
            reserved: Vec::new(),
            survivors: 0,
            next_full: options.initial_old_generation,
            marker: None,
            clearing: false,
            steps: 0,
            marked_until: 0,
            handles: Handles::new().ok_or(refused)?,
            globals: Slab::new(),
            weaks: Slab::new(),
            released: Released::default(),
            remembered: Vec::new(),
            remembered_slots: RememberedSlots::default(),
            natives: Slab::new(),
            young_natives: Vec::new(),
            buried: Vec::new(),
            external: 0,
            external_at_collection: 0,
            sites: Sites::default(),
            sparse: Vec::new(),
            identities: Identities::new(),
            registrations: 0,
            statistics: Counters::default(),
            work: 0,
            pace: Pace::new(Instant::now()),
            settled: 0,
            #[cfg(zeal)]
            zeal: None,
            near_limit: None,
            listener: None,
            prologue: None,
        };
        heap.bound_new_space();
        Ok(heap)
    }

    /// Runs `f` in a scope of handles; none of them outlives it. Constant time beside `f`'s.
    pub fn enter<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
        /// Ends all scopes, as a panic that passes them does not.
        struct Entered<'h>(&'h mut Heap);
        impl Drop for Entered<'_> {
            fn drop(&mut self) {
                self.0.handles.clear();
            }
        }
        Scope::run(Entered(self).0, f)
    }

    /// Commits `bytes` bytes that hold no cells, as V8's code and read-only spaces do: they count in
    /// [`heap_total`](Self::heap_total) and against the limit for the heap's life. They are resident, so it is
    /// O(bytes). No collection makes room for them.
    ///
    /// # Errors
    /// [`OutOfMemory`] if the limit does not allow it, or the operating system refuses.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if bytes == 0 {
            return Ok(());
        }
        if !self.has_room(bytes) {
            return Err(self.refusal(bytes));
        }
        let mut mapping = Mapping::new(bytes).ok_or_else(|| self.refusal(bytes))?;
        mapping.touch();
        self.reserved.push(mapping);
        self.bound_new_space();
        Ok(())
    }

    /// Collects everything that nothing refers to, as V8's `gc()` does. O(live bytes + entries of ephemeron
    /// tables + native cells).
    ///
    /// # Panics
    /// If a payload's drop, the listener or the prologue does; the heap is whole then. That holds for all
    /// that may collect.
    pub fn collect(&mut self) {
        self.full_collection(Cause::Requested);
    }

    /// Collects the new space alone: who survives for the second time goes to the old space. O(bytes of its
    /// survivors + what the old space remembers of it).
    pub fn scavenge(&mut self) {
        self.young_collection(Cause::Requested);
    }

    /// Bytes committed by all spaces: never above the limit (V8's `total_heap_size`). O(number of
    /// reservations).
    #[must_use]
    pub fn heap_total(&self) -> usize {
        self.committed()
    }

    pub(crate) fn committed(&self) -> usize {
        let reserved: usize = self.reserved.iter().map(Mapping::length).sum();
        self.new.committed() + self.old.committed() + self.large.committed() + reserved
    }

    /// Bytes of cells, dead ones that are not yet collected included (V8's `used_heap_size`). Constant time.
    #[must_use]
    pub fn heap_used(&self) -> usize {
        self.new.used() + self.old_generation()
    }

    pub(crate) fn old_generation(&self) -> usize {
        self.old.used() + self.large.used()
    }

    /// The limit of [`heap_total`](Self::heap_total) in bytes, as the options or a near-limit callback have
    /// it (V8's `heap_size_limit`). Constant time.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.options.limit
    }

    /// Bytes outside the heap that its cells keep alive, as told by their owners (V8's `external_memory`).
    /// Constant time.
    #[must_use]
    pub fn external_memory(&self) -> usize {
        self.external
    }

    /// Tells the heap that so many bytes more (or fewer) outside it belong to its cells. If they
    /// have grown by more than 64 MiB since the last full collection, the next allocation collects (V8's
    /// `AdjustAmountOfExternalAllocatedMemory` and `kExternalAllocationSoftLimit`). The sum stays within 0 and
    /// `usize::MAX`. Constant time.
    pub fn adjust_external_memory(&mut self, delta: isize) {
        self.external = self.external.saturating_add_signed(delta);
        self.add_external_memory(0);
    }

    pub(crate) fn add_external_memory(&mut self, bytes: usize) {
        self.external = self.external.saturating_add(bytes);
        if self.external_is_due() {
            self.new.stop();
        }
    }

    fn external_is_due(&self) -> bool {
        self.external > self.external_at_collection.saturating_add(EXTERNAL_STEP)
    }

    /// Has `callback` called when the limit allows no more after a last collection (V8's
    /// `AddNearHeapLimitCallback`). It is given the limit in bytes and returns the new one; one that isn't
    /// larger lets the allocation fail. It replaces the one before.
    ///
    /// ```
    /// use heap_model::{Heap, HeapOptions, Kind};
    ///
    /// let mut heap = Heap::new(HeapOptions::default().with_limit(4 << 20))?;
    /// // Twice as much, once.
    /// heap.set_near_limit_callback(|limit| limit.max(8 << 20));
    /// heap.enter(|scope| {
    ///     assert!(scope.alloc(Kind::Bytes, 0, 5 << 20).is_ok());
    ///     assert_eq!(scope.limit(), 8 << 20);
    ///     assert!(scope.alloc(Kind::Bytes, 0, 5 << 20).is_err());
    /// });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_near_limit_callback(
        &mut self,
        callback: impl FnMut(usize) -> usize + Send + 'static,
    ) {
        self.near_limit = Some(Box::new(callback));
    }

    /// Has `listener` called after each collection (V8's `AddGCEpilogueCallback`). It replaces the one before.
    /// Its time is not counted as a pause. [`CollectionEvent`] has an example.
    pub fn on_collection(&mut self, listener: impl FnMut(&CollectionEvent) + Send + 'static) {
        self.listener = Some(Box::new(listener));
    }

    /// Has `prologue` called before each collection (V8's `AddGCPrologueCallback`): of one that is marked in
    /// steps, before the last. It replaces the one before.
    pub fn before_collection(
        &mut self,
        prologue: impl FnMut(CollectionKind, Cause) + Send + 'static,
    ) {
        self.prologue = Some(Box::new(prologue));
    }

    /// How many cells, slots and entries of ephemeron tables all finished markings have visited: a measure of
    /// their work that no clock disturbs. Constant time.
    #[must_use]
    pub fn marking_work(&self) -> usize {
        self.work
    }

    /// Forgets how long pauses were so far, which [`statistics`](Self::statistics) gives. Constant time.
    pub fn reset_pauses(&mut self) {
        let counters = &mut self.statistics;
        (counters.longest_pause, counters.longest_scavenge) = (Duration::ZERO, Duration::ZERO);
        counters.total_pause = Duration::ZERO;
    }

    /// The new space's survivors go to the other half or to the old space.
    pub(crate) fn young_collection(&mut self, cause: Cause) {
        let event = self.begin_event(CollectionKind::Scavenge, cause);
        self.scavenge_aged();
        self.sites.decide();
        self.end_event(event);
    }

    /// Allocates a cell in the space its size asks for, collecting where that is due.
    #[inline(always)]
    pub(crate) fn allocate(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<Cell, OutOfMemory> {
        let Some(cell) = self.allocate_young(size) else {
            return self.allocate_slowly(kind, size, slots, false);
        };
        cell.format(kind, size, slots);
        Ok(cell)
    }

    /// Takes room in the new space, if there is some without a collection. A cell there needs neither
    /// a write barrier while it is new nor a mark.
    #[inline(always)]
    pub(crate) fn allocate_young(&mut self, size: usize) -> Option<Cell> {
        #[cfg(zeal)]
        self.be_zealous();
        if size > LARGEST_IN_PAGE { None } else { self.new.allocate(size) }
    }

    /// Allocates a cell in the old generation.
    #[inline(always)]
    pub(crate) fn allocate_old(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
    ) -> Result<Cell, OutOfMemory> {
        match self.allocate_in_old_range(size) {
            Some(cell) => {
                cell.format(kind, size, slots);
                Ok(cell)
            }
            None => self.allocate_slowly(kind, size, slots, true),
        }
    }

    /// Takes room in the range of the old space that is allocated in. Whether a collection is due is asked as
    /// ranges are taken; but while marking goes along each cell is marked and may be its next step, so there
    /// is no such room.
    #[inline(always)]
    pub(crate) fn allocate_in_old_range(&mut self, size: usize) -> Option<Cell> {
        #[cfg(zeal)]
        self.be_zealous();
        let short = size <= LARGEST_IN_PAGE && self.marker.is_none();
        if short { self.old.allocate_in_range(size) } else { None }
    }

    /// Allocates a cell where there is room, in the old generation if it is to be `old`, after what collections
    /// are due.
    #[cold]
    #[inline(never)]
    pub(crate) fn allocate_slowly(
        &mut self,
        kind: Kind,
        size: usize,
        slots: usize,
        old: bool,
    ) -> Result<Cell, OutOfMemory> {
        let cell = self.allocate_somewhere(size, old);
        self.bound_new_space();
        let cell = cell?;
        cell.format(kind, size, slots);
        // An old one that is made while marking goes on is marked.
        if let Some(marker) = &mut self.marker
            && !self.new.contains(cell.word())
        {
            marker.allocated(cell);
        }
        Ok(cell)
    }

    /// Lets the new space be filled only as far as what is committed leaves room to promote it, and
    /// while marking goes along, only to the next step.
    fn bound_new_space(&mut self) {
        let step = if self.marker.is_some() { STEP_BYTES } else { usize::MAX };
        self.new.bound(self.promotable().min(self.new.used().saturating_add(step)));
    }

    /// How many bytes the new space may hold so that they can all be promoted.
    fn promotable(&self) -> usize {
        let room = self.options.limit.saturating_sub(self.committed() + 2 * PAGE);
        // As much as `promotion` makes that much of.
        room / 29 * 14
    }

    fn allocate_somewhere(&mut self, size: usize, old: bool) -> Result<Cell, OutOfMemory> {
        if size > MAX_SIZE {
            return Err(self.refusal(size));
        }
        if size > LARGEST_IN_PAGE {
            self.collect_if_due(false);
            self.need(LargeSpace::commit(size), size)?;
            return self.large.allocate(size).ok_or_else(|| self.refusal(size));
        }
        if old {
            if self.old_generation() > self.next_full {
                self.collect_if_due(false);
            }
        } else {
            let marking = self.marker.is_some() && !self.external_is_due();
            if marking && self.new.used() + size <= self.promotable().min(self.new.capacity()) {
                self.mark_along();
                self.bound_new_space();
                if let Some(cell) = self.new.allocate(size) {
                    return Ok(cell);
                }
            }
            self.collect_if_due(true);
            self.bound_new_space();
            // What lies in the new space may have to be promoted. Where not even a page may be committed for it,
            // what is free in the old space is there all the same; and less is not worth a last collection,
            // lest each few cells ask for one.
            let needed = promotion(size).max(PAGE);
            if !self.has_room(needed)
                && let Some(cell) = self.old.allocate_thoroughly(size)
            {
                return Ok(cell);
            }
            self.need(needed, size)?;
            self.bound_new_space();
            if let Some(cell) = self.new.allocate(size) {
                return Ok(cell);
            }
        }
        self.old.allow_sweeping(SWEEPABLE);
        if let Some(cell) = self.old.allocate(size) {
            return Ok(cell);
        }
        if !self.has_room(PAGE)
            && let Some(cell) = self.old.allocate_thoroughly(size)
        {
            return Ok(cell);
        }
        match self.need(PAGE, size) {
            Ok(()) => self.old.allocate_surely(size).ok_or_else(|| self.refusal(size)),
            Err(refusal) => self.old.allocate_thoroughly(size).ok_or(refusal),
        }
    }

    /// Collects what is due: with `young`, at least the new space.
    fn collect_if_due(&mut self, young: bool) {
        if self.external_is_due() {
            return self.full_collection(Cause::ExternalMemory);
        }
        // A scavenge would promote what is aged.
        let aged = if young { self.new.aged() } else { 0 };
        let due = self.old_generation() + aged > self.next_full;
        if due && self.options.incremental.is_none() {
            return self.full_collection(Cause::OldSpaceLimit);
        }
        if young && self.new.used() > 0 {
            // What is left of the semi-spaces' growth makes a collection unnecessary.
            self.young_collection(Cause::Allocation);
        }
        if self.options.incremental.is_some() {
            self.mark_along();
        }
    }

    /// Sees to it that `bytes` more may be committed, for a cell of `size`.
    fn need(&mut self, bytes: usize, size: usize) -> Result<(), OutOfMemory> {
        if self.has_room(bytes) {
            return Ok(());
        }
        self.full_collection(Cause::LastResort);
        // Which cells had died was not known when pages were chosen, and each that is emptied makes room to
        // empty more (V8 repeats its last collection too).
        let mut committed = usize::MAX;
        while !self.has_room(bytes) && self.old.spare() >= 2 * PAGE && self.committed() < committed
        {
            committed = self.committed();
            self.full_collection(Cause::LastResort);
        }
        while !self.has_room(bytes) {
            let limit = self.options.limit;
            let larger = self.near_limit.as_mut().map_or(limit, |callback| callback(limit));
            if larger <= limit {
                return Err(self.refusal(size));
            }
            self.options.limit = larger;
        }
        Ok(())
    }

    fn refusal(&self, requested: usize) -> OutOfMemory {
        OutOfMemory { requested, used: self.heap_used(), limit: self.options.limit }
    }

    pub(crate) fn has_room(&self, needed: usize) -> bool {
        let reserve = promotion(self.new.used()) + 2 * PAGE;
        self.committed().saturating_add(needed).saturating_add(reserve) <= self.options.limit
    }

    /// Doubles the semi-spaces once survivors have filled one (V8: `NewSpace::Grow`).
    pub(crate) fn grow_new_space(&mut self) {
        let capacity = self.new.capacity();
        let larger = (2 * capacity).min(self.new.maximum());
        if self.survivors > capacity && larger > capacity && self.has_room(2 * larger) {
            self.new.grow(larger);
            self.survivors = 0;
        }
    }

    /// After a full collection: how far the old generation may grow now (V8:
    /// `MemoryController::CalculateAllocationLimit`).
    pub(crate) fn settle_limits(&mut self) {
        let live = self.old_generation();
        let factor = match self.options.growing {
            Growing::Factor(factor) => factor,
            Growing::Utilization => {
                let (promoted, limit) = (self.statistics.promoted, self.options.limit);
                self.pace.factor(Instant::now(), live, promoted, limit)
            }
        };
        let grown = ((live as f64 * factor.max(1.0)) as usize).max(live + (8 << 20));
        let halfway = usize::midpoint(live, self.options.limit);
        let least = self.options.initial_old_generation.min(halfway);
        self.next_full = grown.saturating_add(self.new.capacity()).min(halfway).max(least);
        self.external_at_collection = self.external;
        self.settled = live;
    }

    /// Whether a collection goes along with the program: what marks there are is not complete.
    pub(crate) fn is_marking(&self) -> bool {
        self.clearing || self.marker.is_some()
    }

    /// Whether three quarters of what the old generation may grow by have come to it.
    pub(crate) fn is_nearly_due(&self) -> bool {
        let (live, next) = (self.settled, self.next_full);
        self.old_generation() > live + next.saturating_sub(live) / 4 * 3
    }

    pub(crate) fn begin_event(&mut self, kind: CollectionKind, cause: Cause) -> Begun {
        if let Some(prologue) = &mut self.prologue {
            prologue(kind, cause);
        }
        let start = Instant::now();
        self.pace.begin(start);
        Begun {
            kind,
            cause,
            used: self.heap_used(),
            committed: self.committed(),
            promoted: self.statistics.promoted,
            start,
        }
    }

    pub(crate) fn end_event(&mut self, begun: Begun) {
        self.bound_new_space();
        #[cfg(zeal)]
        {
            self.new.poison();
            self.verify();
        }
        let Begun { kind, cause, used, committed, promoted, start } = begun;
        let counters = &mut self.statistics;
        let pause = start.elapsed();
        match kind {
            CollectionKind::Scavenge => {
                counters.scavenges += 1;
                counters.longest_scavenge = counters.longest_scavenge.max(pause);
                self.pace.scavenged(pause);
            }
            _ => counters.full_collections += 1,
        }
        counters.total_pause += pause;
        counters.longest_pause = counters.longest_pause.max(pause);
        // A scavenge may come between the steps of a marking: they are not its own.
        let scavenge = kind == CollectionKind::Scavenge;
        let steps = if scavenge { 0 } else { std::mem::take(&mut self.steps) };
        let event = CollectionEvent {
            kind,
            cause,
            used_before: used,
            used_after: self.heap_used(),
            committed_before: committed,
            committed_after: self.committed(),
            promoted: self.statistics.promoted - promoted,
            pause,
            since_start: self.made.elapsed(),
            steps,
        };
        if let Some(listener) = &mut self.listener {
            listener(&event);
        }
        // Last, for a payload's drop is the user's code and may panic.
        drop(std::mem::take(&mut self.buried));
    }

    /// Stores a slot behind the write barrier.
    #[inline(always)]
    pub(crate) fn store(&mut self, cell: Cell, slot: usize, word: u64) {
        cell.set_slot(slot, word);
        if is_reference(word) && !self.new.contains(cell.word()) {
            self.barrier(cell, slot, word);
        }
    }

    #[inline(always)]
    fn barrier(&mut self, cell: Cell, slot: usize, word: u64) {
        if self.new.contains(word) {
            self.remember_slot(cell, slot);
        } else if let Some(marker) = &mut self.marker {
            marker.mark_stored(cell, slot, word);
        }
    }

    /// A slot of an old cell refers to a young one.
    #[inline]
    fn remember_slot(&mut self, cell: Cell, slot: usize) {
        if is_wide(cell.header()) {
            self.remembered_slots.add(cell, slot);
        } else {
            self.remember(cell);
        }
    }

    /// An old cell may refer to young ones from now on.
    #[inline]
    pub(crate) fn remember(&mut self, cell: Cell) {
        if !cell.header().has(Header::REMEMBERED) {
            cell.set_flag(Header::REMEMBERED, true);
            self.remembered.push(cell);
        }
    }
}
