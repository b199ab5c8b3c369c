//! What every implementation of splay stores.

/// Nodes in the tree.
pub(super) const NODES: usize = 8000;
/// The depth of a payload's tree, and the numbers in each of its leaves.
pub(super) const DEPTH: usize = 5;
pub(super) const LEAF: usize = 10;

/// Random keys, the same for all (xorshift).
pub(super) struct Keys(u32);

impl Keys {
    pub const fn new() -> Self {
        Self(2_463_534_242)
    }

    pub fn next(&mut self) -> i32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 2) as i32
    }
}

/// The text of which each leaf of a payload has a copy.
pub(super) fn text(key: i32) -> String {
    format!("String for key {key} in leaf node")
}
