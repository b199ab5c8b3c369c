//! A snapshot in columns: one vector for each field of nodes and edges.
//!
//! Invariants, which the reader checks: `first_edge` has one number more than there are nodes and does not fall; its
//! last is the number of edges; every `to` is a node; every name of an edge that has one is a string or, for an edge of
//! a weak map's entry, one of `strings.entries()`.

use super::kinds::{EdgeKind, NodeKind};
use super::strings::{Strings, WeakEntry};

/// A V8 heap snapshot in memory: about 22 bytes a node, 9 an edge, 8 a string, and the strings' text.
#[derive(Debug, Default)]
pub struct Snapshot {
    pub(super) nodes: Nodes,
    pub(super) edges: Edges,
    pub(super) strings: Strings,
    pub(super) locations: Vec<Place>,
    pub(super) extra_native_bytes: u64,
}

#[derive(Debug, Default)]
pub(super) struct Nodes {
    pub kind: Vec<NodeKind>,
    pub name: Vec<u32>,
    pub id: Vec<u32>,
    pub self_size: Vec<u64>,
    pub first_edge: Vec<u32>,
    pub detachedness: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct Edges {
    pub kind: Vec<EdgeKind>,
    /// A string, a number, or the place of an entry, as the kind says.
    pub name: Vec<u32>,
    pub to: Vec<u32>,
}

/// Where a node's function or class is in the source: in the order of the nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub node: u32,
    pub location: Location,
}

/// A place in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The script's number in V8.
    pub script: u32,
    /// The line, counted from 0.
    pub line: u32,
    /// The column, counted from 0.
    pub column: u32,
}

/// A node of a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Node<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) index: u32,
}

/// An edge of a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) index: u32,
}

/// What an edge is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EdgeName<'s> {
    /// An element's index, or the number of a field without a name.
    Index(u32),
    /// A property, variable or field.
    Name(&'s str),
    /// An entry of a weak map.
    Entry(WeakEntry),
}

impl Snapshot {
    /// The number of nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.kind.len()
    }

    /// The number of edges.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.edges.kind.len()
    }

    /// The number of strings that names refer to.
    #[must_use]
    pub fn string_count(&self) -> usize {
        self.strings.len()
    }

    /// How many strings were longer than the reader keeps.
    #[must_use]
    pub fn cut_strings(&self) -> u64 {
        self.strings.cut()
    }

    /// The sum of the nodes' own sizes in bytes, as the file has them. O(nodes).
    #[must_use]
    pub fn total_size(&self) -> u64 {
        self.nodes.self_size.iter().fold(0, |sum, size| sum.saturating_add(*size))
    }

    /// Bytes outside the heap that no node stands for, where the file says so (from Node 24 on).
    #[must_use]
    pub fn extra_native_bytes(&self) -> u64 {
        self.extra_native_bytes
    }

    /// The root that all other roots hang from; `None` in a snapshot without nodes.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        self.node(0)
    }

    /// The node at this place of the file, counted from 0.
    #[must_use]
    pub fn node(&self, index: usize) -> Option<Node<'_>> {
        (index < self.node_count()).then_some(Node { snapshot: self, index: index as u32 })
    }

    /// All nodes, in the file's order.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = Node<'_>> {
        (0..self.node_count()).map(|index| Node { snapshot: self, index: index as u32 })
    }

    /// The bytes that the columns take.
    #[must_use]
    pub fn capacity(&self) -> usize {
        let nodes = &self.nodes;
        let edges = &self.edges;
        nodes.kind.capacity()
            + 4 * (nodes.name.capacity() + nodes.id.capacity() + nodes.first_edge.capacity())
            + 8 * nodes.self_size.capacity()
            + nodes.detachedness.capacity()
            + edges.kind.capacity()
            + 4 * (edges.name.capacity() + edges.to.capacity())
            + self.strings.capacity()
            + size_of::<Place>() * self.locations.capacity()
    }

    pub(super) fn at(&self, index: u32) -> Node<'_> {
        Node { snapshot: self, index }
    }

    pub(super) fn edge_range(&self, node: u32) -> core::ops::Range<usize> {
        let first = &self.nodes.first_edge;
        first[node as usize] as usize..first[node as usize + 1] as usize
    }
}

impl<'s> Node<'s> {
    /// The node's place in the file, counted from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.index as usize
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> NodeKind {
        self.snapshot.nodes.kind[self.index()]
    }

    /// The constructor's name of an object, the name of a function, the text of a string (cut by V8 itself).
    #[must_use]
    pub fn name(self) -> &'s str {
        self.snapshot.strings.get(self.snapshot.nodes.name[self.index()])
    }

    /// V8's number for it, the same in all snapshots of a process.
    #[must_use]
    pub fn id(self) -> u32 {
        self.snapshot.nodes.id[self.index()]
    }

    /// Its own size in bytes.
    #[must_use]
    pub fn self_size(self) -> u64 {
        self.snapshot.nodes.self_size[self.index()]
    }

    /// Whether an embedder says that it is attached (1) or detached (2) from its document; 0 where it does not say.
    #[must_use]
    pub fn detachedness(self) -> u8 {
        self.snapshot.nodes.detachedness.get(self.index()).copied().unwrap_or(0)
    }

    /// Where its function is in the source. O(log locations).
    #[must_use]
    pub fn location(self) -> Option<Location> {
        let places = &self.snapshot.locations;
        let at = places.binary_search_by_key(&self.index, |place| place.node).ok()?;
        Some(places[at].location)
    }

    /// Its edges, in the file's order.
    pub fn edges(self) -> impl ExactSizeIterator<Item = Edge<'s>> {
        let snapshot = self.snapshot;
        snapshot.edge_range(self.index).map(move |index| Edge { snapshot, index: index as u32 })
    }

    /// The node that the first edge of this kind and name leads to. O(edges of the node).
    #[must_use]
    pub fn follow(self, kind: EdgeKind, name: &str) -> Option<Self> {
        self.edges()
            .find(|edge| edge.kind() == kind && edge.name() == EdgeName::Name(name))
            .map(Edge::to)
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && core::ptr::eq(self.snapshot, other.snapshot)
    }
}

impl Eq for Node<'_> {}

impl<'s> Edge<'s> {
    /// The edge's place in the file, counted from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.index as usize
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> EdgeKind {
        self.snapshot.edges.kind[self.index()]
    }

    /// Its name or number.
    #[must_use]
    pub fn name(self) -> EdgeName<'s> {
        let name = self.snapshot.edges.name[self.index()];
        match self.kind() {
            kind if kind.is_numbered() => EdgeName::Index(name),
            EdgeKind::KeyToValue | EdgeKind::TableToValue => {
                EdgeName::Entry(self.snapshot.strings.entries()[name as usize].entry)
            }
            _ => EdgeName::Name(self.snapshot.strings.get(name)),
        }
    }

    /// The node that it leads from. O(log nodes).
    #[must_use]
    pub fn from(self) -> Node<'s> {
        let first = &self.snapshot.nodes.first_edge;
        let index = first.partition_point(|edge| *edge <= self.index) - 1;
        self.snapshot.at(index as u32)
    }

    /// The node that it leads to.
    #[must_use]
    pub fn to(self) -> Node<'s> {
        self.snapshot.at(self.snapshot.edges.to[self.index()])
    }
}
