//! The heap as a graph, from which other crates make snapshots and retaining paths.

use crate::address::{CellMap, CellSet};
use crate::heap::Heap;
use crate::memory::cell::Cell;
use crate::memory::handles::Reading;
use crate::memory::header::{Kind, Tag};
use crate::node_id::NodeId;
use crate::tables::ephemeron::FIRST;
use crate::tables::registration::{self, STRONG, is_weak};
use core::any::Any;
use std::collections::VecDeque;

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// Its identity.
    pub id: NodeId,
    /// What it is.
    pub kind: Kind,
    /// Its tag.
    pub tag: Tag,
    /// Its size in bytes.
    pub size: usize,
    /// The number of its slots.
    pub slots: usize,
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
    /// What that cell is.
    pub to_kind: Kind,
}

/// How a cell refers to another, by the number of its slot.
///
/// It depends on the cell's [`Kind`] only, because the heap does not know what a program's slots mean. For cells of
/// [`shapes`](crate::shapes), [`shapes::internal_name`](crate::shapes::internal_name) has V8's names of the edges that are
/// V8's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EdgeKind {
    /// By a slot of a [`Kind::Object`].
    Field(usize),
    /// By a slot of a [`Kind::Array`].
    Element(usize),
    /// By a slot of a [`Kind::Context`].
    Context(usize),
    /// By a slot of a closure, a rope, a native cell or a registration.
    Internal(usize),
    /// Weakly: it does not keep the cell alive.
    Weak(usize),
    /// By an entry of an ephemeron table, which keeps the value alive while the key lives.
    Ephemeron {
        /// The entry's key.
        key: NodeId,
    },
    /// By its tag, to the tag's [descriptor](crate::Registers::describe_tag): V8's `map`.
    Descriptor,
}

impl Heap {
    /// The cells that handles, registers and owned roots refer to, in this order. A cell appears once for each root.
    /// Outside of a scope there are no handles. O(roots).
    #[must_use]
    pub fn roots(&mut self) -> Vec<NodeId> {
        self.root_cells().into_iter().map(|cell| self.node_id(cell)).collect()
    }

    /// How many of the [`roots`](Self::roots) are handles and registers, which come first: what runs now holds them, as a
    /// native program's stack does. O(roots).
    #[must_use]
    pub fn stack_root_count(&mut self) -> usize {
        self.roots.drain();
        let words = self.roots.handles.iter().chain(self.roots.registers.iter());
        words.filter(|word| Cell::of(**word).is_some()).count()
    }

    /// Visits each reachable cell once, breadth first from the roots, which come in the order of
    /// [`roots`](Self::roots). Weak references do not make a cell reachable, and an ephemeron's value is
    /// reached once both its table and its key are.
    ///
    /// If the key is reached before the table, the value is visited with the table's other references, in the order of the
    /// buckets. Otherwise the value waits: when nothing else is left to visit, the values whose keys were reached
    /// meanwhile follow, in the order of their keys.
    ///
    /// O(cells + slots + entries) time, and O(cells + entries) memory outside the heap. Nothing is collected or moved;
    /// cells without an identity get one. The identities of doubles take some 16 bytes each outside the heap until most of
    /// the doubles are dead, or [`release_memory`](Self::release_memory) removes them; later collections take no longer.
    ///
    /// ```
    /// use heap_model::{Heap, HeapOptions, Value, shapes};
    ///
    /// let mut heap = Heap::new(HeapOptions::default())?;
    /// let root = heap.enter(|scope| -> Result<_, heap_model::HeapError> {
    ///     let array = shapes::array(scope, 10)?;
    ///     let object = shapes::object(scope, 2)?;
    ///     scope.set(object, shapes::FIELDS, Value::Ref(array))?;
    ///     Ok(scope.global(object)?)
    /// })?;
    /// let mut lines = Vec::new();
    /// heap.walk(|node| {
    ///     for edge in &node.edges {
    ///         let name = shapes::internal_name(node, edge).unwrap_or("a field");
    ///         lines.push(format!("{:?} of {} bytes, {name}: {:?}", node.kind, node.size, edge.to_kind));
    ///     }
    /// });
    /// let expected =
    ///     ["Object of 40 bytes, a field: Object", "Object of 32 bytes, elements: Array"];
    /// assert_eq!(lines, expected);
    /// # drop(root);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn walk(&mut self, mut visit: impl FnMut(&Node)) {
        self.walk_readings(|node, _| visit(node));
    }

    /// As [`walk`](Self::walk), with each cell to be read.
    pub(crate) fn walk_readings(&mut self, mut visit: impl FnMut(&Node, Reading<'_>)) {
        let mut walk = Walk::default();
        self.root_cells().into_iter().for_each(|root| walk.reach(root));
        loop {
            while walk.at < walk.order.len() {
                let cell = walk.order[walk.at];
                walk.at += 1;
                let node = self.node(cell);
                visit(&node, self.roots.handles.reading_of(cell));
                walk.follow(cell);
                if let Some(descriptor) = Cell::of(self.roots.descriptors.get(node.tag)) {
                    walk.reach(descriptor);
                }
            }
            if !walk.settle() {
                return;
            }
        }
    }

    /// Visits the payloads of this type that native cells have, with the cells' identities. O(native cells).
    pub fn payloads<T: Any>(&mut self, mut visit: impl FnMut(NodeId, &T)) {
        let natives = self.natives.payloads.values();
        let cells = natives.filter(|native| native.payload.is::<T>()).map(|native| native.cell);
        for cell in cells.collect::<Vec<_>>() {
            let id = self.node_id(cell);
            if let Ok(payload) = self.natives.payload(cell) {
                visit(id, payload);
            }
        }
    }

    /// The cells that [`roots`](Self::roots) gives the identities of.
    fn root_cells(&mut self) -> Vec<Cell> {
        self.roots.drain();
        self.doubles.begin_walk(&self.spaces, self.marking.is_on());
        let words = self.roots.handles.iter().chain(self.roots.registers.iter());
        let cells = words.filter_map(|word| Cell::of(*word));
        cells.chain(self.roots.globals.values().copied()).collect()
    }

    fn node(&mut self, cell: Cell) -> Node {
        let header = cell.header();
        let kind = header.kind();
        let external = match kind {
            Kind::Native => self.natives.payloads.get(cell.auxiliary()).map_or(0, |n| n.external),
            _ => 0,
        };
        let mut edges = Vec::new();
        let ephemerons = kind == Kind::EphemeronTable;
        let first = if ephemerons { FIRST } else { 0 };
        for slot in (first..cell.slot_count()).step_by(if ephemerons { 2 } else { 1 }) {
            let Some(target) = Cell::of(cell.slot(slot)) else { continue };
            let (to, to_kind) = (self.node_id(target), target.header().kind());
            let kind = match kind {
                Kind::Object => EdgeKind::Field(slot),
                Kind::Array => EdgeKind::Element(slot),
                Kind::Context => EdgeKind::Context(slot),
                Kind::EphemeronTable | Kind::WeakCell => EdgeKind::Weak(slot),
                Kind::Registration if is_weak(cell, slot) => EdgeKind::Weak(slot),
                _ => EdgeKind::Internal(slot),
            };
            edges.push(Edge { kind, to, to_kind });
            if ephemerons && let Some(value) = Cell::of(cell.slot(slot + 1)) {
                let (kind, to_kind) = (EdgeKind::Ephemeron { key: to }, value.header().kind());
                edges.push(Edge { kind, to: self.node_id(value), to_kind });
            }
        }
        if let Some(target) = Cell::of(self.roots.descriptors.get(header.tag())) {
            let (to, to_kind) = (self.node_id(target), target.header().kind());
            edges.push(Edge { kind: EdgeKind::Descriptor, to, to_kind });
        }
        let (size, slots) = (cell.size(), cell.slot_count());
        Node { id: self.node_id(cell), kind, tag: header.tag(), size, slots, external, edges }
    }

    fn node_id(&mut self, cell: Cell) -> NodeId {
        NodeId::of_hash(if cell.header().has_identity() {
            self.identities.of(cell)
        } else {
            self.doubles.hash(cell, &mut self.identities)
        })
    }
}

/// The cells that were reached, and the entries whose keys were not reached yet.
#[derive(Default)]
struct Walk {
    order: Vec<Cell>,
    at: usize,
    reached: CellSet,
    waiting: CellMap<Vec<Cell>>,
    /// Values whose keys were reached, in the order of those.
    settled: VecDeque<Cell>,
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
                for slot in (FIRST..cell.slot_count()).step_by(2) {
                    self.follow_entry(Cell::of(cell.slot(slot)), Cell::of(cell.slot(slot + 1)));
                }
            }
            kind => {
                let registration = kind == Kind::Registration;
                if registration && let Some((owner, next)) = registration::link(cell) {
                    self.follow_entry(Some(owner), Cell::of(next));
                }
                (if registration { STRONG } else { 0 }..cell.slot_count())
                    .filter_map(|slot| Cell::of(cell.slot(slot)))
                    .for_each(|to| {
                        self.reach(to);
                    });
            }
        }
    }

    /// Reaches an entry's value if its key was reached; otherwise the value waits.
    fn follow_entry(&mut self, key: Option<Cell>, value: Option<Cell>) {
        match (key, value) {
            (Some(key), Some(value)) if self.reached.contains(&key) => self.reach(value),
            (Some(key), Some(value)) => self.waiting.entry(key).or_default().push(value),
            _ => {}
        }
    }

    /// Reaches the values whose keys were reached. Returns whether there were any new ones.
    fn settle(&mut self) -> bool {
        while let Some(value) = self.settled.pop_front() {
            self.reach(value);
        }
        self.at < self.order.len()
    }
}
