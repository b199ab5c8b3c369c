//! The collectors, and when they run. No unsafe code.
//!
//! A scavenge moves the new space's survivors. A full collection marks the old and the large cells
//! from the roots, decides weak references and ephemerons, moves the cells of sparse pages together,
//! and leaves sweeping to the allocations that need room; the new space's survivors it promotes all:
//! before it marks where all that is dead must go, else behind, so that they take the place of the
//! dead. Marking can also go along with allocation in small steps. Neither recurses.

mod compact;
mod full;
mod incremental;
mod mark;
mod rounds;
mod scavenge;
mod wait;

pub(crate) use mark::Marker;
