//! The functions of a heap, in a scope: all but `new` and [`Heap::enter`], which would end the handles of the scopes
//! that are open.

use super::Scope;
use crate::error::OutOfMemory;
use crate::events::{Cause, CollectionEvent, CollectionKind};
#[cfg(doc)]
use crate::heap::Heap;
use crate::node_id::NodeId;
use crate::observe::statistics::{HeapStatistics, SpaceStatistics};
use crate::observe::walk::Node;
use std::time::Instant;

/// Gives a scope functions of its heap, by their signatures.
macro_rules! forward {
    ($($(#[$attribute:meta])* $receiver:ty =>
        $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Scope<'_> {$(
            #[doc = concat!("See [`Heap::", stringify!($name), "`].")]
            $(#[$attribute])*
            pub fn $name(self: $receiver, $($argument: $type),*) $(-> $result)? {
                self.heap.$name($($argument),*)
            }
        )*}
    };
}

forward! {
    &mut Self => collect();
    &mut Self => scavenge();
    &mut Self => release_memory();
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
    &mut Self => idle(deadline: Instant) -> bool;
    ///
    /// # Errors
    /// As [`Heap::reserve`].
    &mut Self => reserve(bytes: usize) -> Result<(), OutOfMemory>;
    #[must_use]
    &Self => heap_total() -> usize;
    #[must_use]
    &Self => heap_used() -> usize;
    #[must_use]
    &Self => limit() -> usize;
    #[must_use]
    &Self => external_memory() -> usize;
    &mut Self => adjust_external_memory(delta: isize);
    #[must_use]
    &Self => statistics() -> HeapStatistics;
    #[must_use]
    &Self => space_statistics() -> Vec<SpaceStatistics>;
    #[must_use]
    &Self => owners_with_work() -> usize;
    #[must_use]
    &Self => marking_work() -> usize;
    &mut Self => reset_pauses();
    /// The handles of all open scopes come first, in the order in which they were made.
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
    &mut Self => roots() -> Vec<NodeId>;
    /// It begins with the handles of all open scopes.
    &mut Self => walk(visit: impl FnMut(&Node));
    &mut Self => set_near_limit_callback(callback: impl FnMut(usize) -> usize + Send + 'static);
    &mut Self => on_collection(listener: impl FnMut(&CollectionEvent) + Send + 'static);
    &mut Self => before_collection(prologue: impl FnMut(CollectionKind, Cause) + Send + 'static);
    #[cfg(zeal)]
    &mut Self => set_zeal(every: Option<u32>);
    ///
    /// # Panics
    /// As [`Heap::verify`].
    #[cfg(zeal)]
    &mut Self => verify();
}
