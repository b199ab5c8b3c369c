//! The collectors: phases that borrow the parts of a heap that they need. [`heap`](crate::heap) decides when they run.
//!
//! A scavenge moves the new space's survivors. A full collection marks the old and the large cells from the roots,
//! decides weak references and ephemerons, moves the cells of evacuation candidates together, and leaves sweeping to
//! the allocations that need room. It also promotes every young survivor: before marking when the result must be
//! exact, otherwise afterwards, so that survivors reuse the freed space. Marking can also be incremental. Nothing
//! recurses.

pub(crate) mod compact;
pub(crate) mod full;
pub(crate) mod mark;
pub(crate) mod marking;
mod rounds;
pub(crate) mod scavenge;
mod wait;
mod weak;
