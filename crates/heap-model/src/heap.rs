//! The heap: its parts, and what its owner does with it.

mod allocate;
mod barrier;
mod collections;
mod incremental;
mod limit;

use crate::collect::marking::Marking;
use crate::counters::Counters;
use crate::doubles::Doubles;
use crate::error::{OutOfMemory, Reason};
use crate::events::{Cause, CollectionEvent, CollectionKind};
use crate::growth::Growth;
use crate::hooks::Hooks;
use crate::identities::Identities;
use crate::last_resort::LastResort;
use crate::memory::handles::Handles;
use crate::natives::{DropAll, Natives};
use crate::options::HeapOptions;
use crate::remembered::Remembered;
use crate::roots::Roots;
use crate::sites::Sites;
use crate::spaces::Spaces;
use std::time::{Duration, Instant};

/// A garbage-collected heap of real bytes.
///
/// It can be sent to other threads, and is used by one at a time. Dropping it drops its natives' payloads and
/// gives all of its memory back; if payloads panic, the others are dropped before the first panic goes on. Programs work with cells in [`enter`](Self::enter); a [`Scope`](crate::Scope) has all
/// functions of the heap but that.
pub struct Heap {
    /// When the heap was made.
    pub(crate) made: Instant,
    /// As the heap was made with them; [`Spaces`] has the limit that holds now.
    pub(crate) options: HeapOptions,
    pub(crate) spaces: Spaces,
    pub(crate) roots: Roots,
    pub(crate) remembered: Remembered,
    pub(crate) natives: Natives,
    pub(crate) identities: Identities,
    pub(crate) doubles: Doubles,
    pub(crate) sites: Sites,
    pub(crate) marking: Marking,
    growth: Growth,
    pub(crate) counters: Counters,
    last_resort: LastResort,
    hooks: Hooks,
    /// The number of allocations between two collections, and how many there were.
    #[cfg(zeal)]
    zeal: Option<(u32, u32)>,
}

impl Heap {
    /// Makes an empty heap: twice the initial semi-space is committed, and nothing resident until it is
    /// used. The largest semi-spaces take addresses alone (memory, on a system without mappings). Constant time.
    ///
    /// Where the limit leaves no room for cells beside the initial semi-spaces, they are smaller: an eighth of
    /// it each, of at least a page of 256 KiB. At the limit semi-spaces of any size yield to cells, down to a page.
    ///
    /// # Errors
    /// [`Reason::LimitTooLow`](crate::Reason::LimitTooLow) if the limit is below five pages, which is the least
    /// that a heap with a cell has. [`Reason::System`](crate::Reason::System) if the operating system refuses.
    pub fn new(options: HeapOptions) -> Result<Self, OutOfMemory> {
        let spaces = Spaces::new(&options)?;
        let roots =
            Roots::new().ok_or_else(|| spaces.refusal(Handles::first_bytes(), Reason::System))?;
        let made = Instant::now();
        Ok(Self {
            made,
            options,
            spaces,
            roots,
            remembered: Remembered::default(),
            natives: Natives::default(),
            identities: Identities::new(),
            doubles: Doubles::default(),
            sites: Sites::default(),
            marking: Marking::default(),
            growth: Growth::new(&options, made),
            counters: Counters::default(),
            last_resort: LastResort::default(),
            hooks: Hooks::default(),
            #[cfg(zeal)]
            zeal: None,
        })
    }

    /// Commits `bytes` bytes that hold no cells, as V8's code and read-only spaces do: they count in
    /// [`heap_total`](Self::heap_total) and against the limit for the heap's life. They are resident, so it is
    /// O(bytes). No collection makes room for them.
    ///
    /// # Errors
    /// [`OutOfMemory`] if the limit does not allow it, or the operating system refuses.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if bytes == 0 { Ok(()) } else { self.spaces.reserve(bytes) }
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
        self.spaces.committed()
    }

    /// Bytes of cells, dead ones that are not yet collected included (V8's `used_heap_size`). Constant time.
    #[must_use]
    pub fn heap_used(&self) -> usize {
        self.spaces.used()
    }

    /// The limit of [`heap_total`](Self::heap_total) in bytes, as the options or a near-limit callback have
    /// it (V8's `heap_size_limit`). Constant time.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.spaces.limit()
    }

    /// Bytes outside the heap that its cells keep alive, as told by their owners (V8's `external_memory`).
    /// Constant time.
    #[must_use]
    pub fn external_memory(&self) -> usize {
        self.natives.external.bytes()
    }

    /// Reports that cells keep `delta` bytes more (or fewer) outside the heap alive. If these bytes have
    /// grown by more than 64 MiB since the last full collection, the next allocation collects (V8's
    /// `AdjustAmountOfExternalAllocatedMemory` and `kExternalAllocationSoftLimit`). The sum stays within 0 and
    /// `usize::MAX`. Constant time.
    pub fn adjust_external_memory(&mut self, delta: isize) {
        self.natives.external.adjust(delta);
        self.stop_if_external_is_due();
    }

    /// If external memory has made a collection due, the next allocation does it.
    pub(crate) fn stop_if_external_is_due(&mut self) {
        if self.natives.external.is_due() {
            self.spaces.allow(0);
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
        self.hooks.near_limit = Some(Box::new(callback));
    }

    /// Has `listener` called after each collection (V8's `AddGCEpilogueCallback`). It replaces the one before.
    /// Its time is not counted as a pause. [`CollectionEvent`] has an example.
    pub fn on_collection(&mut self, listener: impl FnMut(&CollectionEvent) + Send + 'static) {
        self.hooks.listener = Some(Box::new(listener));
    }

    /// Has `prologue` called before each collection (V8's `AddGCPrologueCallback`): of one that is marked in
    /// steps, before the last. It replaces the one before.
    pub fn before_collection(
        &mut self,
        prologue: impl FnMut(CollectionKind, Cause) + Send + 'static,
    ) {
        self.hooks.prologue = Some(Box::new(prologue));
    }

    /// How many cells, slots and entries of ephemeron tables all finished markings have visited: a measure of
    /// their work that no clock disturbs. Constant time.
    #[must_use]
    pub fn marking_work(&self) -> usize {
        self.marking.work
    }

    /// Forgets how long pauses were so far, which [`statistics`](Self::statistics) gives. Constant time.
    pub fn reset_pauses(&mut self) {
        let counters = &mut self.counters;
        (counters.longest_pause, counters.longest_scavenge) = (Duration::ZERO, Duration::ZERO);
        counters.total_pause = Duration::ZERO;
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        let mut all = DropAll::default();
        self.natives.drop_all(&mut all);
        self.hooks.drop_all(&mut all);
    }
}
