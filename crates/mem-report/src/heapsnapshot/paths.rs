//! Retaining paths: from a root to a node, as short as can be, and through what a person can name where there is a choice.
//!
//! Each edge has a small cost: one, and more where it leads through code, hidden classes, prototypes or the stack. The
//! tree of cheapest paths is found by Dial's algorithm ("Algorithm 360: shortest-path forest with topological ordering",
//! CACM 12 (1969), 632-633), as costs are small numbers.

use super::columns::{Edge, Node, Snapshot};
use super::kinds::{EdgeKind, NodeKind};

const NONE: u32 = u32::MAX;
/// One more than the largest cost of an edge.
const BUCKETS: usize = 32;

/// For each node, the last edge of its retaining path.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The edge that reaches each node.
    edge: Vec<u32>,
    /// The node that it comes from.
    from: Vec<u32>,
    /// The nodes that are reached, nearest first.
    order: Vec<u32>,
}

/// Costs of edges, by their names' indices.
struct Costs<'s> {
    snapshot: &'s Snapshot,
    prototype: Vec<bool>,
}

impl Paths {
    /// The paths to all nodes. O(nodes + edges) time, 16 bytes a node.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        let count = snapshot.node_count();
        let mut paths =
            Self { edge: vec![NONE; count], from: vec![NONE; count], order: Vec::new() };
        if count == 0 {
            return paths;
        }
        let costs = Costs::new(snapshot);
        let mut distance = vec![NONE; count];
        let mut buckets = vec![Vec::new(); BUCKETS];
        distance[0] = 0;
        buckets[0].push(0);
        let (mut now, mut empty) = (0u32, 0);
        while empty < BUCKETS {
            let mut nodes = core::mem::take(&mut buckets[now as usize % BUCKETS]);
            empty = if nodes.is_empty() { empty + 1 } else { 0 };
            for &node in &nodes {
                // A node that was reached more cheaply since lies in an earlier bucket too.
                if distance[node as usize] != now {
                    continue;
                }
                paths.order.push(node);
                for edge in snapshot.edge_range(node) {
                    let to = snapshot.edges.to[edge];
                    let Some(cost) = costs.of(node, edge, to) else { continue };
                    let far = now.saturating_add(cost);
                    if far < distance[to as usize] {
                        distance[to as usize] = far;
                        paths.edge[to as usize] = edge as u32;
                        paths.from[to as usize] = node;
                        buckets[far as usize % BUCKETS].push(to);
                    }
                }
            }
            nodes.clear();
            if buckets[now as usize % BUCKETS].is_empty() {
                buckets[now as usize % BUCKETS] = nodes;
            }
            now += 1;
        }
        paths
    }

    /// Whether a root reaches the node by edges that retain.
    #[must_use]
    pub fn is_reached(&self, node: Node<'_>) -> bool {
        node.index == 0 || self.from.get(node.index()).is_some_and(|from| *from != NONE)
    }

    /// The edges from the root to a node; empty for the root and for what no root reaches. O(length).
    #[must_use]
    pub fn to<'s>(&self, node: Node<'s>) -> Vec<Edge<'s>> {
        let mut path = Vec::new();
        let mut at = node.index();
        while let Some(from) = self.from.get(at).filter(|from| **from != NONE) {
            path.push(Edge { snapshot: node.snapshot, index: self.edge[at] });
            at = *from as usize;
        }
        path.reverse();
        path
    }

    /// The nodes that are reached, nearest first.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// The node and edge before this node, if any.
    pub(super) fn before(&self, node: u32) -> Option<(u32, u32)> {
        let from = self.from[node as usize];
        (from != NONE).then(|| (from, self.edge[node as usize]))
    }
}

impl<'s> Costs<'s> {
    fn new(snapshot: &'s Snapshot) -> Self {
        let names = ["__proto__", "constructor", "prototype"];
        let prototype = (0..snapshot.string_count() as u32)
            .map(|string| names.contains(&snapshot.strings.get(string)))
            .collect();
        Self { snapshot, prototype }
    }

    /// What it costs to go along this edge, if it retains. At least 1, so that no node follows itself in a bucket.
    #[inline]
    fn of(&self, from: u32, edge: usize, to: u32) -> Option<u32> {
        let name = self.snapshot.edges.name[edge];
        let by_edge = match self.snapshot.edges.kind[edge] {
            EdgeKind::Weak | EdgeKind::TableToValue => return None,
            EdgeKind::Shortcut if from != 0 => return None,
            EdgeKind::Property if self.prototype[name as usize] => 6,
            EdgeKind::Hidden => 4,
            _ => 1,
        };
        let by_node = match self.snapshot.nodes.kind[to as usize] {
            NodeKind::Code | NodeKind::ObjectShape => 12,
            NodeKind::Hidden => 4,
            NodeKind::Synthetic => self.of_root(to),
            _ => 0,
        };
        Some(by_edge + by_node)
    }

    /// Roots that say little to a person come last: what lies on the stack while the snapshot is taken, and the rest.
    fn of_root(&self, node: u32) -> u32 {
        match self.snapshot.at(node).name() {
            "(Stack roots)" | "(Handle scope)" => 24,
            "(Global handles)" | "(Eternal handles)" => 8,
            _ => 2,
        }
    }
}
