//! Maps, arrays and strings of a heap: what their operations cost beside Rust's own, which no collector moves, and Node's.

mod floor;
#[cfg(feature = "peers")]
mod gc_arena;
#[cfg(feature = "peers")]
mod indexmap;
mod ours;
mod task;

use crate::timed::TimedWorkload;

/// Maps with small integers as keys: inserted, looked up in two orders, gone through, and as a queue.
pub const MAPS: TimedWorkload = TimedWorkload {
    name: "maps",
    implementations: &[
        ("heap-model", ours::maps),
        ("std", floor::maps),
        #[cfg(feature = "peers")]
        ("indexmap", indexmap::maps),
        #[cfg(feature = "peers")]
        ("gc-arena", gc_arena::maps),
    ],
};

/// Arrays that grow, and strings: built by appending, as keys, and interned.
pub const STRINGS: TimedWorkload = TimedWorkload {
    name: "strings",
    implementations: &[("heap-model", ours::strings), ("std", floor::strings)],
};
