//! A program's callbacks: at the limit, and before and after collections.

use crate::events::{Cause, CollectionEvent, CollectionKind};
use crate::natives::DropAll;

/// Called with the limit when it is reached; returns the new one.
type NearLimit = Box<dyn FnMut(usize) -> usize + Send>;
/// Called when a collection is over.
type Listener = Box<dyn FnMut(&CollectionEvent) + Send>;
/// Called before a collection begins.
type Prologue = Box<dyn FnMut(CollectionKind, Cause) + Send>;

#[derive(Default)]
pub(crate) struct Hooks {
    pub near_limit: Option<NearLimit>,
    pub listener: Option<Listener>,
    pub prologue: Option<Prologue>,
}

impl Hooks {
    /// Drops all callbacks, even if one panics.
    pub fn drop_all(&mut self, all: &mut DropAll) {
        all.drop(self.near_limit.take());
        all.drop(self.listener.take());
        all.drop(self.prologue.take());
    }
}
