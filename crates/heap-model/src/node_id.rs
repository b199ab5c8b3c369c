//! Identities of cells, as walks and views give them.

use core::fmt;

/// A cell's identity, which is the same in every walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u64);

impl NodeId {
    /// The identity of a cell with an identity hash.
    pub(crate) fn of_hash(hash: u32) -> Self {
        Self(u64::from(hash))
    }

    /// The identity as a number, which no other cell of the heap has: below 2^32.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}
