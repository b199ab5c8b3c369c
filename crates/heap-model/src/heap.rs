//! The heap: its spaces and roots, and what its owner does with it. No unsafe code.

use crate::barrier::RememberedSlots;
use crate::blocks::Blocks;
use crate::collect::Marker;
use crate::doubles::Doubles;
use crate::events::{Cause, CollectionEvent, CollectionKind, Listener, Prologue};
use crate::external::ExternalMemory;
use crate::global::Released;
use crate::identity::Identities;
use crate::limit::Full;
use crate::options::HeapOptions;
use crate::pace::Pace;
use crate::pending::{DropAll, PendingFinalizers};
use crate::raw::cell::Cell;
use crate::raw::chunk::{Chunk, PAGE};
use crate::raw::handles::Handles;
use crate::raw::map::Mapping;
use crate::scope::Scope;
use crate::site::Sites;
use crate::space::{LargeSpace, NewSpace, OldSpace};
use crate::{OutOfMemory, Reason};
use core::any::Any;
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
/// gives all of its memory back; if payloads panic, the others are dropped before the first panic goes on. Programs work with cells in [`enter`](Self::enter); a [`Scope`] has all
/// functions of the heap but that.
pub struct Heap {
    pub(crate) made: Instant,
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
    pub(crate) globals: Blocks<Cell>,
    /// None once the cell is dead.
    pub(crate) weaks: Blocks<Option<Cell>>,
    pub(crate) released: Released,
    /// Owned roots that were dropped and are not in the list any more.
    pub(crate) roots_dropped: usize,
    /// Old cells that may refer to young ones.
    pub(crate) remembered: Vec<Cell>,
    /// Slots of wide old cells that may refer to young ones.
    pub(crate) remembered_slots: RememberedSlots,
    pub(crate) natives: Blocks<Native>,
    /// Payloads of dead native cells, dropped when the collection is over.
    pub(crate) pending: PendingFinalizers,
    pub(crate) external: ExternalMemory,
    pub(crate) sites: Sites,
    /// Pages whose cells the collection at hand moves.
    pub(crate) sparse: Vec<Chunk>,
    pub(crate) identities: Identities,
    pub(crate) doubles: Doubles,
    pub(crate) statistics: Counters,
    /// Slots and entries that all markings have visited.
    pub(crate) work: usize,
    pub(crate) pace: Pace,
    /// The old generation's bytes after the last full collection.
    pub(crate) settled: usize,
    #[cfg(zeal)]
    pub(crate) zeal: Option<(u32, u32)>,
    pub(crate) near_limit: Option<NearLimit>,
    /// The heap as the last collection at the limit found it, if that has refused something.
    pub(crate) full: Option<Full>,
    /// A slot may have been overwritten since then.
    pub(crate) overwritten: bool,
    pub(crate) listener: Option<Listener>,
    pub(crate) prologue: Option<Prologue>,
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

/// Pages beside the semi-spaces without which no cell can be allocated: two that are kept free, and one into which
/// the new space can be emptied.
const LEAST_BESIDE: usize = 3 * PAGE;

/// The least limit of a heap that can hold a cell.
const LEAST_LIMIT: usize = 2 * PAGE + LEAST_BESIDE;

/// The initial semi-space by the options, or as much as leaves room beside it; none if nothing does.
fn first_semi_space(options: &HeapOptions) -> Option<usize> {
    if options.limit < LEAST_LIMIT {
        return None;
    }
    let fits = |semi: &usize| *semi <= (options.limit - LEAST_BESIDE) / 2;
    let wanted = options.initial_semi_space.max(PAGE).checked_next_multiple_of(PAGE);
    let less = options.limit / 8;
    Some(wanted.filter(fits).unwrap_or((less - less % PAGE).max(PAGE)))
}

/// Pages that are swept for one allocation or one collection of the new space at the most.
pub(crate) const SWEEPABLE: usize = 8;

impl Heap {
    /// Makes an empty heap: twice the initial semi-space is committed, and nothing resident until it is
    /// used. The largest semi-spaces take addresses alone (memory, on a system without mappings). Constant time.
    ///
    /// Where the limit leaves no room for cells beside the initial semi-spaces, they are smaller: an eighth of
    /// it each, of at least a page of 256 KiB.
    ///
    /// # Errors
    /// [`Reason::LimitTooLow`](crate::Reason::LimitTooLow) if the limit is below five pages, which is the least
    /// that a heap with a cell has. [`Reason::System`](crate::Reason::System) if the operating system refuses.
    pub fn new(options: HeapOptions) -> Result<Self, OutOfMemory> {
        let refused =
            |requested, reason| OutOfMemory { requested, used: 0, limit: options.limit, reason };
        let semi = first_semi_space(&options);
        let semi = semi.ok_or_else(|| refused(LEAST_LIMIT, Reason::LimitTooLow))?;
        let most = options.max_semi_space.min(options.limit / 2).max(semi);
        let most = most.checked_next_multiple_of(PAGE).unwrap_or(most - most % PAGE);
        let system = |bytes| refused(bytes, Reason::System);
        let mut heap = Self {
            made: Instant::now(),
            options,
            new: NewSpace::new(semi, most).ok_or_else(|| system(most.saturating_mul(2)))?,
            old: OldSpace::default(),
            large: LargeSpace::default(),
            reserved: Vec::new(),
            survivors: 0,
            next_full: options.initial_old_generation,
            marker: None,
            clearing: false,
            steps: 0,
            marked_until: 0,
            handles: Handles::new().ok_or_else(|| system(Handles::first_bytes()))?,
            globals: Blocks::default(),
            weaks: Blocks::default(),
            released: Released::default(),
            roots_dropped: 0,
            remembered: Vec::new(),
            remembered_slots: RememberedSlots::default(),
            natives: Blocks::default(),
            pending: PendingFinalizers::default(),
            external: ExternalMemory::default(),
            sites: Sites::default(),
            sparse: Vec::new(),
            identities: Identities::new(),
            doubles: Doubles::default(),
            statistics: Counters::default(),
            work: 0,
            pace: Pace::new(Instant::now()),
            settled: 0,
            #[cfg(zeal)]
            zeal: None,
            near_limit: None,
            full: None,
            overwritten: false,
            listener: None,
            prologue: None,
        };
        heap.bound_new_space();
        Ok(heap)
    }

    /// Runs `f` in a scope of handles; none of them outlives it, also when `f` panics. Constant time beside `f`'s.
    pub fn enter<R>(&mut self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
        Scope::run(self, f)
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
            return Err(self.refusal(bytes, Reason::Limit));
        }
        let mut mapping = Mapping::new(bytes).ok_or_else(|| self.refusal(bytes, Reason::System))?;
        mapping.touch();
        self.reserved.push(mapping);
        self.bound_new_space();
        Ok(())
    }

    /// Collects everything that nothing refers to, as V8's `gc()` does. O(live bytes + entries of ephemeron
    /// tables + native cells).
    ///
    /// # Panics
    /// If a payload's drop, the listener or the prologue does; the heap is whole then. Payloads that are still to
    /// be dropped are dropped after the next collection. That holds for all that may collect.
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
        self.external.bytes()
    }

    /// Tells the heap that so many bytes more (or fewer) outside it belong to its cells. If they
    /// have grown by more than 64 MiB since the last full collection, the next allocation collects (V8's
    /// `AdjustAmountOfExternalAllocatedMemory` and `kExternalAllocationSoftLimit`). The sum stays within 0 and
    /// `usize::MAX`. Constant time.
    pub fn adjust_external_memory(&mut self, delta: isize) {
        self.external.adjust(delta);
        self.bound_by_external();
    }

    /// If external memory has made a collection due, the next allocation does it.
    pub(crate) fn bound_by_external(&mut self) {
        if self.external.is_due() {
            self.new.stop();
        }
    }

    /// Has `callback` called when the limit allows no more after a last collection (V8's
    /// `AddNearHeapLimitCallback`). It is given the limit in bytes and returns the new one. With one that isn't
    /// larger the allocation fails, unless owned roots were dropped meanwhile: then there is another collection
    /// before. It replaces the one before.
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

    /// Whether a collection goes along with the program: what marks there are is not complete.
    pub(crate) fn is_marking(&self) -> bool {
        self.clearing || self.marker.is_some()
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        let mut all = DropAll::default();
        self.pending.drain().for_each(|payload| all.drop(payload));
        self.natives.retain(|_| false, |native| all.drop(native.payload));
        all.drop(self.near_limit.take());
        all.drop(self.listener.take());
        all.drop(self.prologue.take());
    }
}
