//! The set: a map without values.

use super::map::WeakKeyMap;
use super::pointer::Pointer;
use core::fmt;

/// A set of shared pointers that does not keep its members alive (the names are ECMA-262's, 24.4).
///
/// ```
/// use std::sync::Arc;
/// use weak_refs::rc::ArcWeakSet;
///
/// let mut seen = ArcWeakSet::new();
/// let node = Arc::new(7);
/// assert!(seen.add(&node));
/// assert!(!seen.add(&node));
/// assert!(seen.has(&node));
/// ```
pub struct WeakKeySet<P: Pointer> {
    map: WeakKeyMap<P, ()>,
}

impl<P: Pointer> WeakKeySet<P> {
    /// An empty set; it allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { map: WeakKeyMap::new() }
    }

    /// Adds `key` and says whether it was not there; amortised expected constant time.
    pub fn add(&mut self, key: &P) -> bool {
        self.map.set(key, ()).is_none()
    }

    /// Whether `key` is there; expected constant time.
    #[must_use]
    pub fn has(&self, key: &P) -> bool {
        self.map.has(key)
    }

    /// Removes `key` and says whether it was there; expected constant time.
    pub fn delete(&mut self, key: &P) -> bool {
        self.map.delete(key).is_some()
    }

    /// Frees the entries of dead members and returns their number; linear.
    pub fn expire(&mut self) -> usize {
        self.map.expire()
    }

    /// Frees the entries of dead members among the next `looks`; see
    /// [`WeakKeyMap::expire_next`](super::WeakKeyMap::expire_next). Amortised O(`looks`).
    pub fn expire_next(&mut self, looks: usize) -> usize {
        self.map.expire_next(looks)
    }

    /// How many members there are; dead ones count until they expire.
    #[must_use]
    pub fn occupancy(&self) -> usize {
        self.map.occupancy()
    }

    /// How many members there is room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }
}

impl<P: Pointer> Default for WeakKeySet<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Pointer> fmt::Debug for WeakKeySet<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakKeySet").field("occupancy", &self.occupancy()).finish_non_exhaustive()
    }
}
