//! A doubly linked list that is made, walked both ways and closed to a circle, a thousand nodes long (after gc-arena's
//! example). The result sums what is met.

use crate::workload::Workload;

#[cfg(feature = "peers")]
mod boa;
#[cfg(feature = "peers")]
mod gc_arena;
#[path = "../../crates/heap-model/examples/linked_list.rs"]
mod ours;

/// Nodes of a list.
const LENGTH: i32 = 1000;

/// The workload; its size is the number of lists.
pub const WORKLOAD: Workload = Workload {
    name: "linked-list",
    implementations: &[
        ("heap-model", |rounds| ours::run(rounds, LENGTH).expect("room")),
        #[cfg(feature = "peers")]
        ("gc-arena", |rounds| gc_arena::run(rounds, LENGTH)),
        #[cfg(feature = "peers")]
        ("boa_gc", |rounds| boa::run(rounds, LENGTH)),
    ],
};

#[cfg(test)]
mod tests {
    #[test]
    fn every_implementation_comes_to_the_same_sum() {
        for (name, run) in super::WORKLOAD.implementations {
            assert_eq!(run(3), 3 * 1_000_011, "{name}");
        }
    }
}
