//! node-memory beside the crates that it composes: the same work through its variables, and by hand on the crates.
//!
//! A workload of blocks has its values in a scope for each turn, as the crates' own benchmarks have them; a held one has
//! them in owned variables, by hand in owned roots. Sizes are thousands.

mod by_hand;
mod ours;
mod task;

use crate::workload::Workload;

/// An object of four fields a turn: two are written, one is read.
pub const OBJECTS: Workload = Workload {
    name: "facade-objects",
    implementations: &[("node-memory", ours::objects), ("by hand", by_hand::objects)],
};

/// A ring of objects.
pub const OBJECTS_HELD: Workload = Workload {
    name: "facade-objects-held",
    implementations: &[("node-memory", ours::objects_held), ("by hand", by_hand::objects_held)],
};

/// Binary trees of 1023 nodes, which are built and counted.
pub const TREES: Workload = Workload {
    name: "facade-trees",
    implementations: &[("node-memory", ours::trees), ("by hand", by_hand::trees)],
};

/// `Buffer.allocUnsafe(64)`, of which a byte is written.
pub const BUFFERS: Workload = Workload {
    name: "facade-buffers",
    implementations: &[("node-memory", ours::buffers), ("by hand", by_hand::buffers)],
};

/// A ring of such buffers.
pub const BUFFERS_HELD: Workload = Workload {
    name: "facade-buffers-held",
    implementations: &[("node-memory", ours::buffers_held), ("by hand", by_hand::buffers_held)],
};

/// A WeakMap of a thousand keys: each is set, and looked up ten times.
pub const WEAK_MAPS: Workload = Workload {
    name: "facade-weak-maps",
    implementations: &[("node-memory", ours::weak_maps), ("by hand", by_hand::weak_maps)],
};

/// The same, with keys that are held.
pub const WEAK_MAPS_HELD: Workload = Workload {
    name: "facade-weak-maps-held",
    implementations: &[("node-memory", ours::weak_maps_held), ("by hand", by_hand::weak_maps_held)],
};

/// Writes of a new Buffer of 16 bytes to a Writable whose sink answers at once; ticks run after a thousand.
pub const WRITES: Workload = Workload {
    name: "facade-writes",
    implementations: &[("node-memory", ours::writes), ("by hand", by_hand::writes)],
};

/// The same, corked by 64.
pub const WRITES_CORKED: Workload = Workload {
    name: "facade-writes-corked",
    implementations: &[("node-memory", ours::writes_corked), ("by hand", by_hand::writes_corked)],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_do_the_same_work() {
        let all = [
            OBJECTS,
            OBJECTS_HELD,
            TREES,
            BUFFERS,
            BUFFERS_HELD,
            WEAK_MAPS,
            WEAK_MAPS_HELD,
            WRITES,
            WRITES_CORKED,
        ];
        for workload in all {
            let [(_, ours), (_, by_hand)] = workload.implementations else { panic!("two") };
            assert_eq!(ours(3), by_hand(3), "{}", workload.name);
        }
    }
}
