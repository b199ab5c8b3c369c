//! The lowest layer, which has the unsafe code: stores, the counts of their live buffers, the buffer as a range of a store,
//! and the pointers into the current slab.
//!
//! A store is one allocation: a header, then bytes that are always initialised. Its buffers never overlap, so each has its
//! range exclusively. A type says what may be done with a store:
//!
//! | type | a store | it becomes |
//! |---|---|---|
//! | `store::Idle` | without a live buffer, its holder's alone | `Lent`, a `Bump`'s slab, or freed |
//! | `store::Lent` | of which one buffer was counted out | `Buffer` |
//! | `store::Used` | that was a slab, and takes no more buffers | `Idle`, if its buffers are released |
//! | `store::Handle` | that a borrow of its holder keeps alive | |
//!
//! The count (`count.rs`) makes a store idle again exactly once, on the thread that releases the
//! last buffer. So placement, reuse and reports, above this folder, need no unsafe code.

pub(crate) mod atomic;
pub(crate) mod buffer;
pub(crate) mod bump;
pub(crate) mod count;
pub(crate) mod latch;
pub(crate) mod list;
pub(crate) mod near;
pub(crate) mod pins;
mod release;
pub(crate) mod store;
pub(crate) mod thread;
pub(crate) mod units;
