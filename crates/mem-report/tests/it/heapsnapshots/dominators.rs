//! Dominators against a naive oracle, and the rules of which edges retain.

use super::build::snapshot;
use mem_report::heapsnapshot::{Dominators, Paths, Rules, Snapshot};
use proptest::prelude::*;

/// Which nodes the root reaches by edges that retain, without one of them.
fn reached(snapshot: &Snapshot, without: usize) -> Vec<bool> {
    let mut reached = vec![false; snapshot.node_count()];
    let mut stack = vec![0];
    while let Some(at) = stack.pop() {
        if at == without || core::mem::replace(&mut reached[at], true) {
            continue;
        }
        let node = snapshot.node(at).expect("a node");
        let edges = node.edges().filter(|edge| edge.kind().name() != "weak");
        let edges = edges.filter(|edge| edge.kind().name() != "shortcut" || at == 0);
        stack.extend(edges.map(|edge| edge.to().index()));
    }
    reached
}

/// What would be free without a node: what the root reaches only with it.
fn retained(snapshot: &Snapshot, node: usize) -> u64 {
    let (with, without) = (reached(snapshot, usize::MAX), reached(snapshot, node));
    let nodes = snapshot.nodes().filter(|own| with[own.index()] && !without[own.index()]);
    nodes.map(|own| own.self_size()).sum()
}

proptest! {
    #[test]
    fn retained_sizes_are_what_a_nodes_removal_frees(
        count in 2usize..24,
        edges in prop::collection::vec((0usize..24, 0usize..24, 0usize..5), 0..60),
    ) {
        let mut own: Vec<Vec<(u32, &str, usize)>> = vec![Vec::new(); count];
        for (from, to, kind) in edges {
            // What a root refers to weakly, and only by a shortcut, is no matter of reach for memlab.
            let kinds = if from % count == 0 { [2, 2, 0, 3, 3] } else { [2, 2, 0, 3, 6] };
            own[from % count].push((kinds[kind], "edge", to % count));
        }
        let nodes: Vec<_> = own
            .iter()
            .enumerate()
            .map(|(place, edges)| (place as u32 * 2 + 1, "Node", 1 << place, &edges[..]))
            .collect();
        let snapshot = snapshot(&nodes);
        let from_root = reached(&snapshot, usize::MAX);
        let dominators = Dominators::with_rules(&snapshot, Rules::Memlab);
        let paths = Paths::new(&snapshot);
        for node in snapshot.nodes().skip(1) {
            prop_assert_eq!(paths.is_reached(node), from_root[node.index()]);
            if from_root[node.index()] {
                prop_assert_eq!(dominators.retained(node), retained(&snapshot, node.index()));
                let path = paths.to(node);
                prop_assert_eq!(path[0].from().index(), 0);
                prop_assert_eq!(path[path.len() - 1].to(), node);
                prop_assert!(path.windows(2).all(|pair| pair[0].to() == pair[1].from()));
            }
        }
        let root = snapshot.root().expect("a root");
        prop_assert_eq!(dominators.retained(root), snapshot.total_size());
    }
}

#[test]
fn a_weak_maps_value_belongs_to_its_key_unless_asked_otherwise() {
    let entry = "2 / part of key (K @5) -> value (V @7) pair in WeakMap (table @3)";
    let snapshot = snapshot(&[
        (1, "", 0, &[(2, "map", 1), (2, "key", 2)]),
        (3, "table", 10, &[(6, "3", 2), (3, entry, 3)]),
        (5, "K", 20, &[(3, entry, 3)]),
        (7, "V", 40, &[]),
    ]);
    let key = snapshot.node(2).expect("the key");
    assert_eq!(Dominators::new(&snapshot).retained(key), 60);
    assert_eq!(Dominators::with_rules(&snapshot, Rules::Memlab).retained(key), 20);
}

#[test]
fn what_a_global_reaches_is_not_kept_by_what_none_reaches() {
    let snapshot = snapshot(&[
        (1, "", 0, &[(5, "global", 1), (1, "1", 2)]),
        (3, "global", 1, &[(2, "cache", 3)]),
        (5, "(GC roots)", 2, &[(3, "debugger", 3)]),
        (7, "Cache", 4, &[]),
    ]);
    let global = snapshot.node(1).expect("the global");
    assert_eq!(Dominators::new(&snapshot).retained(global), 5);
    assert_eq!(Dominators::with_rules(&snapshot, Rules::Memlab).retained(global), 1);
}
