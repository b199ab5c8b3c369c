//! What both implementations agree on.

/// How many values a ring holds.
pub const RING: usize = 1000;
