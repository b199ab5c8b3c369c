//! The live buffers of a store and their origins, if the pool tracks them.

#![forbid(unsafe_code)]

use crate::report::Pin;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where a buffer was allocated.
pub(crate) type At = &'static Location<'static>;

/// The live buffers of a store by offset, with length and origin.
type Live = BTreeMap<usize, (usize, At)>;

/// The live buffers of a store, if they are tracked. All operations are O(log n) in them, and O(1) if
/// they are not tracked.
pub(crate) struct Pins(Option<Box<Mutex<Live>>>);

impl Pins {
    pub(super) fn new(track: bool) -> Self {
        Self(track.then(Box::default))
    }

    fn live(&self) -> Option<MutexGuard<'_, Live>> {
        Some(self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether buffers are tracked.
    #[inline]
    pub(super) fn are_tracked(&self) -> bool {
        self.0.is_some()
    }

    /// Adds the buffer at `offset`.
    pub fn add(&self, offset: usize, length: usize, at: At) {
        if let Some(mut live) = self.live() {
            live.insert(offset, (length, at));
        }
    }

    /// Removes the buffer at `offset`.
    pub(super) fn remove(&self, offset: usize) {
        if let Some(mut live) = self.live() {
            live.remove(&offset);
        }
    }

    /// Changes the buffer at `from` to `length` bytes at `to`.
    pub(super) fn change(&self, from: usize, to: usize, length: usize) {
        if let Some(mut live) = self.live()
            && let Some((_, at)) = live.remove(&from)
        {
            live.insert(to, (length, at));
        }
    }

    /// Where the buffer at `offset` was allocated.
    pub fn origin(&self, offset: usize) -> Option<At> {
        self.live()?.get(&offset).map(|(_, at)| *at)
    }

    /// All of them, by offset.
    pub(super) fn all(&self) -> Vec<Pin> {
        let Some(live) = self.live() else { return Vec::new() };
        let pin = |(&offset, &(length, allocated_at))| Pin { offset, length, allocated_at };
        live.iter().map(pin).collect()
    }
}
