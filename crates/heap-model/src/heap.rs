//! The heap: its parts, and what its owner does with it.

mod allocate;
mod barrier;
mod collections;
mod incremental;
mod limit;
mod ordered;
mod strings;

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
use crate::memory::record::types::Types;
use crate::natives::{DropAll, Natives};
use crate::options::HeapOptions;
use crate::remembered::Remembered;
use crate::roots::Roots;
use crate::sites::Sites;
use crate::spaces::Spaces;
use std::time::{Duration, Instant};

/// A garbage-collected heap of real bytes.
///
/// It can be sent to other threads, and is used by one at a time. Programs work with cells in [`enter`](Self::enter); a
/// [`Scope`](crate::Scope) has all other functions of the heap. Dropping the heap drops the payloads of its native cells
/// and gives all of its memory back; if payloads panic, the others are dropped before the first panic is resumed.
pub struct Heap {
    /// When the heap was made.
    pub(crate) made: Instant,
    /// As given; the current limit is in [`Spaces`].
    pub(crate) options: HeapOptions,
    pub(crate) spaces: Spaces,
    pub(crate) roots: Roots,
    pub(crate) remembered: Remembered,
    pub(crate) natives: Natives,
    pub(crate) identities: Identities,
    pub(crate) doubles: Doubles,
    pub(crate) sites: Sites,
    pub(crate) types: Types,
    pub(crate) marking: Marking,
    growth: Growth,
    pub(crate) counters: Counters,
    last_resort: LastResort,
    hooks: Hooks,
    /// The number of allocations between two collections, and of those since the last one.
    #[cfg(zeal)]
    zeal: Option<(u32, u32)>,
}

impl Heap {
    /// Makes an empty heap: twice the initial semi-space is committed, and nothing resident until it is
    /// used. The largest semi-spaces take addresses alone (memory, on a system without mappings). Constant time.
    ///
    /// If the limit leaves no room for cells beside the initial semi-spaces, these are smaller: an eighth of the limit
    /// each, at least a page of 256 KiB. At the limit semi-spaces shrink in favour of cells, down to a page.
    ///
    /// # Errors
    /// [`Reason::LimitTooLow`](crate::Reason::LimitTooLow) if the limit is below five pages, the least that a heap with
    /// a cell needs. [`Reason::System`](crate::Reason::System) if the operating system refuses.
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
            types: Types::default(),
            marking: Marking::default(),
            growth: Growth::new(&options, made),
            counters: Counters::default(),
            last_resort: LastResort::default(),
            hooks: Hooks::default(),
            #[cfg(zeal)]
            zeal: None,
        })
    }

    /// Commits `bytes` bytes that hold no cells, like V8's code and read-only spaces: they count in
    /// [`heap_total`](Self::heap_total) and against the limit for the heap's life. O(bytes), because they become resident.
    /// No collection makes room for them.
    ///
    /// # Errors
    /// [`OutOfMemory`] if the limit does not allow it, or the operating system refuses.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if bytes == 0 { Ok(()) } else { self.spaces.reserve(bytes) }
    }

    /// Makes the heap a young one again, after it was filled: the new space's from-space is given back until the next
    /// collection, the new space is as small as at first, and the next full collection is the first one.
    /// O(1) beside the system's call.
    pub fn settle(&mut self) {
        self.growth.restart(&self.spaces, &self.options);
        self.tenure_large();
        self.spaces.shrink_new_space(self.options.initial_semi_space);
        self.spaces.release_from_space();
    }

    /// Takes the large cells that were made since the last collection for old ones, as if a collection had found them in use.
    /// As young ones they make a scavenge due once there are more than a semi-space of them, as in V8's
    /// `NewLargeObjectSpace`. O(1).
    pub fn tenure_large(&mut self) {
        self.spaces.change().large.age();
    }

    /// Collects all unreachable cells, as V8's `gc()` does. O(live bytes + entries of ephemeron tables + native cells).
    ///
    /// # Panics
    /// If a payload's drop, the listener or the prologue panics; the heap stays consistent. The remaining payloads are
    /// dropped after the next collection. This holds for all functions that may collect.
    pub fn collect(&mut self) {
        self.full_collection(Cause::Requested);
    }

    /// Collects the new space alone: cells that survive for the second time are promoted. O(bytes of survivors +
    /// remembered cells and slots).
    pub fn scavenge(&mut self) {
        self.young_collection(Cause::Requested);
    }

    /// Bytes committed by all spaces: never above the limit (V8's `total_heap_size`). O(number of
    /// reservations).
    #[must_use]
    pub fn heap_total(&self) -> usize {
        self.spaces.total()
    }

    /// Bytes of cells, dead ones that are not yet collected included (V8's `used_heap_size`). Constant time.
    #[must_use]
    pub fn heap_used(&self) -> usize {
        self.spaces.used()
    }

    /// The limit of [`heap_total`](Self::heap_total) in bytes, as set by the options or a near-limit callback (V8's
    /// `heap_size_limit`). Constant time.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.spaces.limit()
    }

    /// Bytes outside the heap that its cells keep alive, as reported by their owners (V8's `external_memory`).
    /// Constant time.
    #[must_use]
    pub fn external_memory(&self) -> usize {
        self.natives.external.bytes()
    }

    /// Reports that cells keep `delta` bytes more (or fewer) alive outside the heap. If these bytes have
    /// grown by more than 64 MiB since the last full collection, the next allocation collects (V8's
    /// `AdjustAmountOfExternalAllocatedMemory` and `kExternalAllocationSoftLimit`). The sum saturates at 0 and
    /// `usize::MAX`. Constant time.
    pub fn adjust_external_memory(&mut self, delta: isize) {
        self.natives.external.adjust(delta);
        self.stop_if_external_is_due();
    }

    /// Makes the next allocation collect if external memory has made a collection due.
    pub(crate) fn stop_if_external_is_due(&mut self) {
        if self.natives.external.is_due() {
            self.spaces.allow(0);
        }
    }

    /// Sets the callback for when the limit allows no more after a last-resort collection (V8's
    /// `AddNearHeapLimitCallback`). It gets the limit in bytes and returns the new one. If that is not larger, the
    /// allocation fails, unless the callback has dropped owned roots: then there is another collection before. Replaces
    /// the previous callback.
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

    /// Sets the listener that is called after each collection (V8's `AddGCEpilogueCallback`). Its time does not count as a
    /// pause. Replaces the previous listener. [`CollectionEvent`] has an example.
    pub fn on_collection(&mut self, listener: impl FnMut(&CollectionEvent) + Send + 'static) {
        self.hooks.listener = Some(Box::new(listener));
    }

    /// Sets the prologue that is called before each collection (V8's `AddGCPrologueCallback`), before the last step of an
    /// incremental one. Replaces the previous prologue.
    pub fn before_collection(
        &mut self,
        prologue: impl FnMut(CollectionKind, Cause) + Send + 'static,
    ) {
        self.hooks.prologue = Some(Box::new(prologue));
    }

    /// The number of owners of registrations whose targets have died, which
    /// [`Scope::next_owner`](crate::Scope::next_owner) gives. Constant time.
    #[must_use]
    pub fn owners_with_work(&self) -> usize {
        self.roots.owners.len()
    }

    /// The number of cells, slots and entries of ephemeron tables that all finished markings have visited: a measure of
    /// their work without a clock. Constant time.
    #[must_use]
    pub fn marking_work(&self) -> usize {
        self.marking.work
    }

    /// Resets the pauses in [`statistics`](Self::statistics). Constant time.
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
