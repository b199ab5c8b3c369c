//! What a scope does as its heap does. No unsafe code.
//!
//! All of [`Heap`]'s functions are here but `new` and [`Heap::enter`], which would end the handles of the
//! scopes that are open. A scope is not dereferenced to its heap, for then two heaps could be exchanged
//! under their handles.

use super::Scope;
#[cfg(doc)]
use crate::Heap;
use crate::OutOfMemory;
use crate::events::{Cause, CollectionEvent, CollectionKind};
use crate::statistics::{HeapStatistics, SpaceStatistics};
use crate::walk::{Node, NodeId};
use std::time::Instant;

impl Scope<'_> {
    /// As [`Heap::collect`].
    pub fn collect(&mut self) {
        self.heap.collect();
    }

    /// As [`Heap::scavenge`].
    pub fn scavenge(&mut self) {
        self.heap.scavenge();
    }

    /// As [`Heap::idle`].
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind};
    /// # use std::time::{Duration, Instant};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// scope.scope(|scope| scope.alloc(Kind::Array, 10_000, 0).map(drop))?;
    /// scope.collect();
    /// // A host that has 5 ms until its next frame, and then again.
    /// while !scope.idle(Instant::now() + Duration::from_millis(5)) {}
    /// assert_eq!(scope.statistics().pooled, 0);
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    pub fn idle(&mut self, deadline: Instant) -> bool {
        self.heap.idle(deadline)
    }

    /// As [`Heap::release_memory`].
    pub fn release_memory(&mut self) {
        self.heap.release_memory();
    }

    /// As [`Heap::reserve`].
    ///
    /// # Errors
    /// As there.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        self.heap.reserve(bytes)
    }

    /// As [`Heap::heap_total`].
    #[must_use]
    pub fn heap_total(&self) -> usize {
        self.heap.heap_total()
    }

    /// As [`Heap::heap_used`].
    #[must_use]
    pub fn heap_used(&self) -> usize {
        self.heap.heap_used()
    }

    /// As [`Heap::limit`].
    #[must_use]
    pub fn limit(&self) -> usize {
        self.heap.limit()
    }

    /// As [`Heap::external_memory`].
    #[must_use]
    pub fn external_memory(&self) -> usize {
        self.heap.external_memory()
    }

    /// As [`Heap::adjust_external_memory`].
    pub fn adjust_external_memory(&mut self, delta: isize) {
        self.heap.adjust_external_memory(delta);
    }

    /// As [`Heap::statistics`].
    #[must_use]
    pub fn statistics(&self) -> HeapStatistics {
        self.heap.statistics()
    }

    /// As [`Heap::space_statistics`].
    #[must_use]
    pub fn space_statistics(&self) -> Vec<SpaceStatistics> {
        self.heap.space_statistics()
    }

    /// As [`Heap::marking_work`].
    #[must_use]
    pub fn marking_work(&self) -> usize {
        self.heap.marking_work()
    }

    /// As [`Heap::reset_pauses`].
    pub fn reset_pauses(&mut self) {
        self.heap.reset_pauses();
    }

    /// As [`Heap::roots`]: the handles of all open scopes come first, in the order in which they were made.
    ///
    /// ```
    /// # use heap_model::{Heap, HeapOptions, Kind};
    /// # let mut heap = Heap::new(HeapOptions::default()).unwrap();
    /// # heap.enter(|scope| {
    /// scope.alloc(Kind::Object, 0, 0)?;
    /// assert_eq!(scope.roots().len(), 1);
    /// # Ok::<(), heap_model::HeapError>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn roots(&mut self) -> Vec<NodeId> {
        self.heap.roots()
    }

    /// As [`Heap::walk`], from the handles of all open scopes too.
    pub fn walk(&mut self, visit: impl FnMut(&Node)) {
        self.heap.walk(visit);
    }

    /// As [`Heap::set_near_limit_callback`].
    pub fn set_near_limit_callback(
        &mut self,
        callback: impl FnMut(usize) -> usize + Send + 'static,
    ) {
        self.heap.set_near_limit_callback(callback);
    }

    /// As [`Heap::on_collection`].
    pub fn on_collection(&mut self, listener: impl FnMut(&CollectionEvent) + Send + 'static) {
        self.heap.on_collection(listener);
    }

    /// As [`Heap::before_collection`].
    pub fn before_collection(
        &mut self,
        prologue: impl FnMut(CollectionKind, Cause) + Send + 'static,
    ) {
        self.heap.before_collection(prologue);
    }

    /// As [`Heap::set_zeal`].
    #[cfg(zeal)]
    pub fn set_zeal(&mut self, every: Option<u32>) {
        self.heap.set_zeal(every);
    }

    /// As [`Heap::verify`].
    ///
    /// # Panics
    /// As there.
    #[cfg(zeal)]
    pub fn verify(&mut self) {
        self.heap.verify();
    }
}
