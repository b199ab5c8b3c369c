//! Splay: a splay tree of 8,000 nodes with payloads; at each step a node is added and the one before it
//! in the order of keys removed (after the V8 benchmark of that name). The result sums the keys.

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
mod shared;
mod task;
mod tree;
mod typed;

/// The workload; its size is the number of thousands of steps.
pub const WORKLOAD: Workload = Workload {
    name: "splay",
    implementations: &[
        ("heap-model", ours::run),
        ("heap-model typed", typed::run),
        ("rc", rc::run),
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
    #[test]
    fn every_implementation_comes_to_the_same_sum() {
        let mut results = super::WORKLOAD.implementations.iter().map(|(name, run)| (name, run(1)));
        let (_, ours) = results.next().expect("ours is first");
        results.for_each(|(name, sum)| assert_eq!(sum, ours, "{name}"));
    }
}
