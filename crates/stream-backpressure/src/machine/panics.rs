//! Panics of callbacks and listeners that were caught and are still to be resumed.

use core::any::Any;
use std::sync::{Mutex, PoisonError};

/// The payload of a panic.
pub(super) type Payload = Box<dyn Any + Send>;

/// A panic, and the depth of the call that will resume it.
type Caught = (usize, Payload);

/// Panics of callbacks and listeners that are still to be resumed.
#[derive(Debug, Default)]
pub(super) struct Panics {
    /// The number of callbacks and listeners on the stack, which tells a call from within one from the call that caused
    /// it.
    pub(super) depth: usize,
    /// Ascending by depth; at most one of a depth. The mutex is never locked: it makes the machine
    /// `Sync`, which a panic is not.
    caught: Option<Box<Mutex<Vec<Caught>>>>,
}

impl Panics {
    #[cold]
    pub(super) fn catch(&mut self, panic: Payload) {
        let caught = self.caught.get_or_insert_default().get_mut();
        let caught = caught.unwrap_or_else(PoisonError::into_inner);
        // Panics of calls that this panic has unwound are dropped.
        caught.retain(|(depth, _)| *depth <= self.depth);
        if caught.last().is_none_or(|(depth, _)| *depth < self.depth) {
            caught.push((self.depth, panic));
        }
    }

    /// The panic that the call which ends now resumes.
    #[cold]
    pub(super) fn take(&mut self) -> Option<Payload> {
        let caught = self.caught.as_mut()?.get_mut().unwrap_or_else(PoisonError::into_inner);
        let panic = caught.pop_if(|(depth, _)| *depth >= self.depth).map(|(_, panic)| panic);
        if caught.is_empty() {
            self.caught = None;
        }
        panic
    }

    pub(super) fn is_empty(&self) -> bool {
        self.caught.is_none()
    }
}
