//! Weak collections: live keys, dropped keys, chains of ephemerons, registrations.
//!
//! A key has 56 bytes everywhere, as V8's `{}`. Look-ups go through the keys in the order of creation and in random
//! order; a list in that order holds the keys.

mod boa;
mod gc_arena;
mod hashbrown;
mod ours;
mod task;
mod weak_table;

use crate::timed::TimedWorkload;

/// Keys that stay alive: insertion, look-up, collection and memory.
pub const LIVE: TimedWorkload = TimedWorkload {
    name: "weak-live",
    implementations: &[
        ("weak-refs", ours::live),
        ("hashbrown", hashbrown::live),
        ("hashbrown by id", hashbrown::live_by_id),
        ("weak-table", weak_table::live),
    ],
};

/// Keys that all die together.
pub const DROPPED: TimedWorkload = TimedWorkload {
    name: "weak-dropped",
    implementations: &[("weak-refs", ours::dropped), ("weak-table", weak_table::dropped)],
};

/// The value of each entry is the key of the next; nothing else refers to the keys but the first.
pub const CHAIN: TimedWorkload = TimedWorkload {
    name: "weak-chain",
    implementations: &[
        ("weak-refs", ours::chain),
        ("boa_gc", boa::chain),
        ("gc-arena", gc_arena::chain),
    ],
};

/// Registrations whose token is their target; half of the targets die.
pub const REGISTRATIONS: TimedWorkload = TimedWorkload {
    name: "weak-registrations",
    implementations: &[("weak-refs", ours::registrations)],
};
