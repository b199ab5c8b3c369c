//! Binary trees: many short-lived trees beside a long-lived one; the result counts every node.

use crate::workload::Workload;

#[cfg(feature = "peers")]
mod boa;
#[cfg(feature = "peers")]
mod dumpster;
#[cfg(feature = "peers")]
mod gc;
#[cfg(feature = "peers")]
mod gc_arena;
mod ours;
mod rc;
#[cfg(feature = "peers")]
mod shared;
mod task;
mod typed;

/// The workload; its size is the depth of the long-lived tree.
pub const WORKLOAD: Workload = Workload {
    name: "binary-trees",
    implementations: &[
        ("heap-model", ours::run),
        ("heap-model typed", typed::run),
        ("rc", rc::run),
        ("box", rc::run_boxed),
        #[cfg(feature = "peers")]
        ("gc-arena", gc_arena::run),
        #[cfg(feature = "peers")]
        ("gc-arena at once", gc_arena::run_at_once),
        #[cfg(feature = "peers")]
        ("boa_gc", boa::run),
        #[cfg(feature = "peers")]
        ("dumpster", dumpster::run),
        #[cfg(feature = "peers")]
        ("gc", gc::run),
    ],
};

#[cfg(test)]
mod tests {
    /// How many nodes all trees together have.
    fn expected(depth: usize) -> u64 {
        let nodes = |depth: usize| (1_u64 << (depth + 1)) - 1;
        let short: u64 =
            super::task::rounds(depth).map(|(depth, trees)| trees as u64 * nodes(depth)).sum();
        nodes(depth + 1) + short + nodes(depth)
    }

    #[test]
    fn every_implementation_counts_every_node() {
        for (name, run) in super::WORKLOAD.implementations {
            assert_eq!(run(6), expected(6), "{name}");
        }
    }
}
