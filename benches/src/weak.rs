//! Weak collections: live keys, dropped keys, chains of ephemerons, registrations.
//!
//! A key is 56 bytes everywhere, as V8's `{}` is. Look-ups go through the keys in the order in which
//! they were made and in one of no pattern; what is looked up lies in a list in that order.

mod boa;
mod gc_arena;
mod hashbrown;
mod ours;
mod task;
mod weak_table;

use crate::timed::TimedWorkload;

/// Keys that stay alive: what they cost to insert, to look up, to collect and to hold.
pub const LIVE: TimedWorkload = TimedWorkload {
    name: "weak-live",
    implementations: &[
        ("weak-refs", ours::live),
        ("hashbrown", hashbrown::live),
        ("hashbrown by id", hashbrown::live_by_id),
        ("weak-table", weak_table::live),
    ],
};

/// Keys that all die at once.
pub const DROPPED: TimedWorkload = TimedWorkload {
    name: "weak-dropped",
    implementations: &[("weak-refs", ours::dropped), ("weak-table", weak_table::dropped)],
};

/// The value of each entry is the key of the next; nothing else refers to any but the first.
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
