//! The longest pauses of a program that allocates on a large heap: one new cell of eight replaces a live one, the others
//! die immediately. The result counts the replacements.
//!
//! Pauses are measured from outside, as the longest time that `BATCH` allocations took. So consecutive pauses count as
//! one, and an implementation that reports no pauses can be measured.

use crate::timed::TimedWorkload;

#[cfg(feature = "peers")]
mod gc_arena;
mod ours;
mod task;

/// The workload; its size is the number of live megabytes.
pub const WORKLOAD: TimedWorkload = TimedWorkload {
    name: "pauses",
    implementations: &[
        ("heap-model", ours::run_in_steps),
        ("heap-model at once", ours::run_at_once),
        ("heap-model at once, small semi-spaces", ours::run_at_once_as_small),
        #[cfg(feature = "peers")]
        ("gc-arena", gc_arena::run),
    ],
};
