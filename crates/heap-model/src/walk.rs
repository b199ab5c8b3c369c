//! The heap as a graph, for snapshots and retaining paths that are made elsewhere. No unsafe code.

use crate::Heap;
use crate::raw::cell::{Cell, Kind};
use crate::registration::is_weak;
use crate::table::FIRST;
use core::fmt;
use std::collections::HashSet;

/// A cell's identity, which is the same in every walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u64);

impl NodeId {
    /// Of a cell with an identity hash of its own.
    pub(crate) fn of_hash(hash: u32) -> Self {
        Self(u64::from(hash))
    }

    /// A registration's hash is its token's, but its number is its own.
    pub(crate) fn of_registration(cell: Cell) -> Self {
        Self(1 << 32 | u64::from(cell.aux()))
    }

    /// The identity as a number, which no other cell of the heap has: below 2^33.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// Its identity.
    pub id: NodeId,
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub size: usize,
    /// Bytes outside the heap that it keeps alive.
    pub external: usize,
    /// What it refers to, in the order of its slots.
    pub edges: Vec<Edge>,
}

/// A reference from one cell to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// How it refers.
    pub kind: EdgeKind,
    /// The cell that it refers to.
    pub to: NodeId,
}

/// How a cell refers to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EdgeKind {
    /// By a field of an object, by its number.
    Field(usize),
    /// By an element.
    Element(usize),
    /// By a captured variable.
    Context(usize),
    /// By a slot of a closure, a rope, a native cell or a registration.
    Internal(usize),
    /// Weakly: it does not keep the cell alive.
    Weak,
    /// By an entry of an ephemeron table, which keeps the value alive while the key lives.
    Ephemeron {
        /// The entry's key.
        key: NodeId,
    },
}

impl Heap {
    /// The cells that handles and owned roots refer to, the handles first, each as often as it is.
    /// O(roots).
    #[must_use]
    pub fn roots(&mut self) -> Vec<NodeId> {
        self.drain_released();
        let words = self.handles.iter().chain(self.globals.iter().map(|(_, word)| word));
        let cells: Vec<Cell> = words.filter_map(|word| Cell::of(*word)).collect();
        cells.into_iter().map(|cell| self.node_id(cell)).collect()
    }

    /// Visits each reachable cell once, breadth first from the roots; weak references and entries
    /// with unreachable keys do not make a cell reachable, so what an ephemeron's value is reached
    /// by alone comes after its key. O(cells + slots + entries), with a set of the cells.
    pub fn walk(&mut self, mut visit: impl FnMut(&Node)) {
        self.drain_released();
        let words = self.handles.iter().chain(self.globals.iter().map(|(_, word)| word));
        let roots: Vec<Cell> = words.filter_map(|word| Cell::of(*word)).collect();
        let mut walk = Walk::default();
        roots.into_iter().for_each(|root| walk.reach(root));
        loop {
            while walk.at < walk.order.len() {
                let cell = walk.order[walk.at];
                walk.at += 1;
                visit(&self.node(cell));
                walk.follow(cell);
            }
            if !walk.settle() {
                return;
            }
        }
    }

    fn node(&mut self, cell: Cell) -> Node {
        let header = cell.header();
        let kind = header.kind();
        let external = match kind {
            Kind::Native => self.natives.get(cell.aux() as usize).map_or(0, |n| n.external),
            _ => 0,
        };
        let mut edges = Vec::new();
        let ephemerons = kind == Kind::EphemeronTable;
        let first = if ephemerons { FIRST } else { 0 };
        for slot in (first..header.slots()).step_by(if ephemerons { 2 } else { 1 }) {
            let Some(target) = Cell::of(cell.slot(slot)) else { continue };
            let to = self.node_id(target);
            let kind = match kind {
                Kind::Object => EdgeKind::Field(slot),
                Kind::Array => EdgeKind::Element(slot),
                Kind::Context => EdgeKind::Context(slot),
                Kind::EphemeronTable | Kind::WeakCell => EdgeKind::Weak,
                Kind::Registration if is_weak(cell, slot) => EdgeKind::Weak,
                _ => EdgeKind::Internal(slot),
            };
            edges.push(Edge { kind, to });
            if ephemerons && let Some(value) = Cell::of(cell.slot(slot + 1)) {
                let value = self.node_id(value);
                edges.push(Edge { kind: EdgeKind::Ephemeron { key: to }, to: value });
            }
        }
        Node { id: self.node_id(cell), kind, size: header.size(), external, edges }
    }

    fn node_id(&mut self, cell: Cell) -> NodeId {
        match cell.header().kind() {
            Kind::Registration => NodeId::of_registration(cell),
            Kind::Double => NodeId::of_hash(self.double_identity(cell)),
            _ => NodeId::of_hash(self.identity_hash(cell)),
        }
    }
}

/// Cells that are reached, and entries whose keys are not yet.
#[derive(Default)]
struct Walk {
    order: Vec<Cell>,
    at: usize,
    reached: HashSet<Cell>,
    waiting: std::collections::HashMap<Cell, Vec<Cell>>,
    settled: Vec<Cell>,
}

impl Walk {
    fn reach(&mut self, cell: Cell) {
        if self.reached.insert(cell) {
            self.order.push(cell);
            if let Some(values) = self.waiting.remove(&cell) {
                self.settled.extend(values);
            }
        }
    }

    fn follow(&mut self, cell: Cell) {
        let header = cell.header();
        match header.kind() {
            Kind::WeakCell => {}
            Kind::EphemeronTable => {
                for slot in (FIRST..header.slots()).step_by(2) {
                    let entry = (Cell::of(cell.slot(slot)), Cell::of(cell.slot(slot + 1)));
                    match entry {
                        (Some(key), Some(value)) if self.reached.contains(&key) => {
                            self.reach(value);
                        }
                        (Some(key), Some(value)) => {
                            self.waiting.entry(key).or_default().push(value);
                        }
                        _ => {}
                    }
                }
            }
            kind => {
                let registration = kind == Kind::Registration;
                let strong = |slot: &usize| !registration || !is_weak(cell, *slot);
                (0..header.slots())
                    .filter(strong)
                    .filter_map(|slot| Cell::of(cell.slot(slot)))
                    .for_each(|to| {
                        self.reach(to);
                    });
            }
        }
    }

    /// Reaches the values whose keys were reached; whether there were any new ones.
    fn settle(&mut self) -> bool {
        while let Some(value) = self.settled.pop() {
            self.reach(value);
        }
        self.at < self.order.len()
    }
}
