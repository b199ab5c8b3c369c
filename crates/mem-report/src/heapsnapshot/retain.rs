//! Which edges keep their targets alive, as the viewers of snapshots see it.

use super::columns::Snapshot;
use super::kinds::EdgeKind;

/// Whose rules say which edges retain. The two agree but for weak maps and what only the engine refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rules {
    /// Those of Chrome DevTools (`front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts`): the value of a weak
    /// map's entry belongs to the key alone, and what a global object reaches is not kept by what none reaches.
    #[default]
    DevTools,
    /// Those of memlab 2 (`TraceFinder.ts`): the value belongs to the key and the table together, and everything that
    /// the roots reach counts alike.
    Memlab,
}

/// The edges that retain.
pub struct Essential<'s> {
    snapshot: &'s Snapshot,
    rules: Rules,
    /// By node: reached from a global object (or from any root, by memlab's rules).
    owned: Vec<bool>,
}

impl<'s> Essential<'s> {
    pub fn new(snapshot: &'s Snapshot, rules: Rules) -> Self {
        Self { snapshot, rules, owned: owned(snapshot, rules) }
    }

    /// Whether this edge of `from` keeps its target alive.
    #[inline]
    pub fn is(&self, from: u32, edge: usize) -> bool {
        let to = self.snapshot.edges.to[edge];
        if to == from {
            return false;
        }
        match self.snapshot.edges.kind[edge] {
            EdgeKind::Weak => false,
            EdgeKind::Shortcut => from == 0,
            EdgeKind::TableToValue if self.rules == Rules::DevTools => false,
            _ => from == 0 || self.owned[from as usize] || !self.owned[to as usize],
        }
    }
}

fn owned(snapshot: &Snapshot, rules: Rules) -> Vec<bool> {
    let mut owned = vec![false; snapshot.node_count()];
    let mut stack = Vec::new();
    let Some(root) = snapshot.root() else { return owned };
    for edge in root.edges() {
        let is_start = match rules {
            Rules::DevTools => edge.kind() == EdgeKind::Shortcut,
            Rules::Memlab => edge.kind() != EdgeKind::Shortcut,
        };
        if is_start && !core::mem::replace(&mut owned[edge.to().index()], true) {
            stack.push(edge.to().index);
        }
    }
    while let Some(node) = stack.pop() {
        for edge in snapshot.edge_range(node) {
            let to = snapshot.edges.to[edge];
            if snapshot.edges.kind[edge] != EdgeKind::Weak
                && !core::mem::replace(&mut owned[to as usize], true)
            {
                stack.push(to);
            }
        }
    }
    owned
}

/// Whether nothing but weak edges and shortcuts lead to a node, for each node.
pub fn weakly_held(snapshot: &Snapshot) -> Vec<bool> {
    let mut held = vec![true; snapshot.node_count()];
    for (kind, to) in snapshot.edges.kind.iter().zip(&snapshot.edges.to) {
        if !matches!(kind, EdgeKind::Weak | EdgeKind::Shortcut) {
            held[*to as usize] = false;
        }
    }
    held
}
