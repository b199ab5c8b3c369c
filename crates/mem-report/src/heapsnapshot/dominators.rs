//! Dominators and retained sizes.
//!
//! A node's immediate dominator is the last node through which all paths from the root to it go: without that one it
//! would be garbage. A node's retained size is its own and that of all that it dominates.
//!
//! The algorithm is the simple one of Lengauer and Tarjan ("A fast algorithm for finding dominators in a flowgraph",
//! ACM TOPLAS 1 (1979), 121-141), with all numbers by depth-first search, so that the vectors are walked in order. It
//! takes O(edges * log nodes) whatever the graph. Nodes that the root does not reach are treated as DevTools and memlab
//! treat them: those with weak retainers only, and cycles of the rest, belong to the root.

use super::columns::{Node, Snapshot};
use super::retain::{Essential, Rules, weakly_held};

const NONE: u32 = u32::MAX;

/// The dominator and the retained size of each node.
#[derive(Clone, Debug)]
pub struct Dominators {
    parent: Vec<u32>,
    retained: Vec<u64>,
}

impl Dominators {
    /// By the rules of Chrome DevTools. O(edges * log nodes) time; at most 40 bytes a node and 4 an edge while it runs.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        Self::with_rules(snapshot, Rules::default())
    }

    /// By these rules.
    #[must_use]
    pub fn with_rules(snapshot: &Snapshot, rules: Rules) -> Self {
        if snapshot.node_count() == 0 {
            return Self { parent: Vec::new(), retained: Vec::new() };
        }
        let essential = Essential::new(snapshot, rules);
        let order = Order::new(snapshot, &essential);
        let predecessors = Predecessors::new(snapshot, &essential, &order);
        drop(essential);
        let dominators = dominators(&order.parent, &predecessors);
        drop(predecessors);
        let mut retained = snapshot.nodes.self_size.clone();
        let mut parent = vec![0; order.nodes.len()];
        for number in (1..order.nodes.len()).rev() {
            let node = order.nodes[number] as usize;
            let dominator = order.nodes[dominators[number] as usize];
            parent[node] = dominator;
            retained[dominator as usize] =
                retained[dominator as usize].saturating_add(retained[node]);
        }
        Self { parent, retained }
    }

    /// The bytes that would be free without this node.
    #[must_use]
    pub fn retained(&self, node: Node<'_>) -> u64 {
        self.retained.get(node.index()).copied().unwrap_or(0)
    }

    /// The last node that all paths from the root to this one go through. The root's is itself.
    #[must_use]
    pub fn dominator<'s>(&self, node: Node<'s>) -> Node<'s> {
        let index = self.parent.get(node.index()).copied().unwrap_or(0);
        node.snapshot.at(index)
    }

    /// Each node's dominator, by index.
    pub(super) fn parents(&self) -> &[u32] {
        &self.parent
    }

    /// Each node's retained size, by index.
    pub(super) fn sizes(&self) -> &[u64] {
        &self.retained
    }
}

/// The nodes in the order of a depth-first search.
struct Order {
    /// The node of each number.
    nodes: Vec<u32>,
    /// The number of each node.
    numbers: Vec<u32>,
    /// The parent of each number in the search's tree, as a number.
    parent: Vec<u32>,
}

impl Order {
    fn new(snapshot: &Snapshot, essential: &Essential<'_>) -> Self {
        let count = snapshot.node_count();
        let mut order = Self {
            nodes: Vec::with_capacity(count),
            numbers: vec![NONE; count],
            parent: Vec::with_capacity(count),
        };
        order.search(snapshot, essential, 0, 0);
        if order.nodes.len() < count {
            let weakly_held = weakly_held(snapshot);
            for node in 0..count as u32 {
                if order.numbers[node as usize] == NONE && weakly_held[node as usize] {
                    order.search(snapshot, essential, node, 0);
                }
            }
        }
        for node in 0..count as u32 {
            if order.numbers[node as usize] == NONE {
                order.add(node, 0);
            }
        }
        order
    }

    fn add(&mut self, node: u32, parent: u32) {
        self.numbers[node as usize] = self.nodes.len() as u32;
        self.nodes.push(node);
        self.parent.push(parent);
    }

    fn search(&mut self, snapshot: &Snapshot, essential: &Essential<'_>, root: u32, parent: u32) {
        self.add(root, parent);
        let range = snapshot.edge_range(root);
        let mut stack = vec![(root, range.start as u32, range.end as u32)];
        while let Some((node, next, end)) = stack.last_mut() {
            let node = *node;
            let mut child = None;
            while *next < *end {
                let edge = *next as usize;
                *next += 1;
                let to = snapshot.edges.to[edge];
                if self.numbers[to as usize] == NONE && essential.is(node, edge) {
                    child = Some(to);
                    break;
                }
            }
            let Some(child) = child else {
                stack.pop();
                continue;
            };
            self.add(child, self.numbers[node as usize]);
            let range = snapshot.edge_range(child);
            if !range.is_empty() {
                stack.push((child, range.start as u32, range.end as u32));
            }
        }
    }
}

/// For each number, those whose nodes have an essential edge to its node.
struct Predecessors {
    first: Vec<u32>,
    from: Vec<u32>,
}

impl Predecessors {
    fn new(snapshot: &Snapshot, essential: &Essential<'_>, order: &Order) -> Self {
        let count = order.nodes.len();
        let mut first = vec![0u32; count + 1];
        let each = |visit: &mut dyn FnMut(u32, u32)| {
            for (number, node) in order.nodes.iter().enumerate() {
                for edge in snapshot.edge_range(*node) {
                    if essential.is(*node, edge) {
                        visit(number as u32, order.numbers[snapshot.edges.to[edge] as usize]);
                    }
                }
            }
        };
        each(&mut |_, to| first[to as usize] += 1);
        let mut sum = 0;
        for slot in &mut first {
            sum += *slot;
            *slot = sum;
        }
        let mut from = vec![0; sum as usize];
        // Filled from the back of each range, so that its end becomes its start.
        each(&mut |number, to| {
            let slot = &mut first[to as usize];
            *slot -= 1;
            from[*slot as usize] = number;
        });
        Self { first, from }
    }

    fn of(&self, number: usize) -> &[u32] {
        &self.from[self.first[number] as usize..self.first[number + 1] as usize]
    }
}

/// The immediate dominator of each number, as a number.
fn dominators(parent: &[u32], predecessors: &Predecessors) -> Vec<u32> {
    let count = parent.len();
    let mut forest = Forest {
        ancestor: vec![NONE; count],
        label: (0..count as u32).collect(),
        semi: (0..count as u32).collect(),
        path: Vec::new(),
    };
    let mut dominator = vec![NONE; count];
    // The numbers whose semidominator is this one, as a list: its first, and for each the next.
    let mut first = vec![NONE; count];
    let mut next = vec![NONE; count];
    for number in (1..count).rev() {
        let own = number as u32;
        let from = predecessors.of(number);
        let mut semi = if from.is_empty() { 0 } else { own };
        for from in from {
            let least = forest.evaluate(*from);
            semi = semi.min(forest.semi[least as usize]);
        }
        forest.semi[number] = semi;
        next[number] = core::mem::replace(&mut first[semi as usize], own);
        let up = parent[number];
        forest.ancestor[number] = up;
        let mut waiting = core::mem::replace(&mut first[up as usize], NONE);
        while waiting != NONE {
            let least = forest.evaluate(waiting);
            let is_lower = forest.semi[least as usize] < forest.semi[waiting as usize];
            dominator[waiting as usize] = if is_lower { least } else { up };
            waiting = next[waiting as usize];
        }
    }
    dominator[0] = 0;
    for number in 1..count {
        let own = dominator[number];
        if own == NONE {
            dominator[number] = 0;
        } else if own != forest.semi[number] {
            dominator[number] = dominator[own as usize];
        }
    }
    dominator
}

/// The numbers that were handled, linked to their parents, with compressed paths.
struct Forest {
    ancestor: Vec<u32>,
    /// On the compressed path above each number, the one with the lowest semidominator.
    label: Vec<u32>,
    semi: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    /// The number with the lowest semidominator on the path from this one to its tree's root, which is left out.
    #[inline]
    fn evaluate(&mut self, number: u32) -> u32 {
        let above = self.ancestor[number as usize];
        if above == NONE {
            return number;
        }
        if self.ancestor[above as usize] != NONE {
            self.compress(number);
        }
        self.label[number as usize]
    }

    fn compress(&mut self, number: u32) {
        let mut at = number;
        loop {
            let above = self.ancestor[at as usize];
            if self.ancestor[above as usize] == NONE {
                break;
            }
            self.path.push(at);
            at = above;
        }
        while let Some(at) = self.path.pop() {
            let above = self.ancestor[at as usize] as usize;
            let (label, other) = (self.label[at as usize], self.label[above]);
            if self.semi[other as usize] < self.semi[label as usize] {
                self.label[at as usize] = other;
            }
            self.ancestor[at as usize] = self.ancestor[above];
        }
    }
}
