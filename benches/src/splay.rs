//! Splay: a splay tree of 8,000 nodes with payloads; at each step a node is added and the one before it
//! in the order of keys removed (after the V8 benchmark of that name). The result sums the keys.

use crate::Workload;

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
mod tree;

/// The workload; its size is the number of thousands of steps.
pub const WORKLOAD: Workload = Workload {
    name: "splay",
    implementations: &[
        ("heap-model", ours::run),
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

/// Nodes in the tree.
const NODES: usize = 8000;
/// The depth of a payload's tree, and the numbers in each of its leaves.
const DEPTH: usize = 5;
const LEAF: usize = 10;

/// Random keys, the same for all (xorshift).
struct Keys(u32);

impl Keys {
    const fn new() -> Self {
        Self(2_463_534_242)
    }

    fn next(&mut self) -> i32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 2) as i32
    }
}

/// The text of which each leaf of a payload has a copy.
fn text(key: i32) -> String {
    format!("String for key {key} in leaf node")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_implementation_comes_to_the_same_sum() {
        let mut results = super::WORKLOAD.implementations.iter().map(|(name, run)| (name, run(1)));
        let (_, ours) = results.next().expect("ours is first");
        results.for_each(|(name, sum)| assert_eq!(sum, ours, "{name}"));
    }
}
