//! An interpreter of bytecode on registers: the same machine on heap-model's register stack, on a vector of tagged words
//! without a collector, and on gc-arena.

use crate::workload::Workload;

#[cfg(feature = "peers")]
mod gc_arena;
mod ours;
mod task;
mod vector;

/// A loop of "load field, add, store field"; the size is thousands of rounds.
pub const FIELDS: Workload = Workload {
    name: "interpret-fields",
    implementations: &[
        ("heap-model", |size| ours::run(&task::fields(size))),
        ("vector", |size| vector::run(&task::fields(size))),
        #[cfg(feature = "peers")]
        ("gc-arena", |size| gc_arena::run(&task::fields(size))),
    ],
};

/// Recursive calls; the size is the Fibonacci number's.
pub const CALLS: Workload = Workload {
    name: "interpret-calls",
    implementations: &[
        ("heap-model", |size| ours::run(&task::calls(size))),
        ("vector", |size| vector::run(&task::calls(size))),
        #[cfg(feature = "peers")]
        ("gc-arena", |size| gc_arena::run(&task::calls(size))),
    ],
};

#[cfg(test)]
mod tests {
    #[test]
    fn every_machine_computes_the_same() {
        for (name, run) in super::FIELDS.implementations {
            assert_eq!(run(3), 3000 * 7, "{name}");
        }
        for (name, run) in super::CALLS.implementations {
            assert_eq!(run(15), 610, "{name}");
        }
    }
}
