//! The longest stops of a program that allocates on a heap with much that lives: one cell of eight
//! takes the place of a living one, the others die at once. The result counts those of eight.
//!
//! Stops are seen from outside, as the longest time that `BATCH` allocations took; so a stop that is
//! made of several pauses in a row counts as one, and what cannot report a pause can be measured.

use crate::timed::TimedWorkload;

#[cfg(feature = "peers")]
mod gc_arena;
mod ours;
mod task;

/// The workload; its size is the number of megabytes that live.
pub const WORKLOAD: TimedWorkload = TimedWorkload {
    name: "pauses",
    implementations: &[
        ("heap-model", ours::run_in_steps),
        ("heap-model at once", ours::run_at_once),
        #[cfg(feature = "peers")]
        ("gc-arena", gc_arena::run),
    ],
};
