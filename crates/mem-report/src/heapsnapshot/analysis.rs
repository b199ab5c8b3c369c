//! A snapshot with all that is computed from it once.

use super::columns::Snapshot;
use super::dominators::Dominators;
use super::names::Names;
use super::paths::Paths;

/// A snapshot, its dominators, retaining paths and names.
#[derive(Clone, Debug)]
pub struct Analysis<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) dominators: Dominators,
    pub(super) paths: Paths,
    pub(super) names: Names<'s>,
}

impl<'s> Analysis<'s> {
    /// O(edges * log nodes).
    #[must_use]
    pub fn new(snapshot: &'s Snapshot) -> Self {
        Self {
            snapshot,
            dominators: Dominators::new(snapshot),
            paths: Paths::new(snapshot),
            names: Names::new(snapshot),
        }
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    /// Its dominators and retained sizes.
    #[must_use]
    pub fn dominators(&self) -> &Dominators {
        &self.dominators
    }

    /// Its retaining paths.
    #[must_use]
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Its functions, scopes and scripts.
    #[must_use]
    pub fn names(&self) -> &Names<'s> {
        &self.names
    }
}
