//! Nodes by what a person calls them: objects by constructor, the rest by what they are.

use super::columns::{Node, Snapshot};
use super::dominators::Dominators;
use super::kinds::NodeKind;
use serde::Serialize;
use std::collections::HashMap;

/// Nodes of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Group {
    /// The constructor's name, or a word for the kind in parentheses.
    pub name: String,
    /// How many nodes.
    pub count: u64,
    /// The sum of their own sizes, in bytes.
    pub self_size: u64,
    /// The bytes that would be free without any of them. Those that another of the group holds count once.
    pub retained: u64,
}

/// The key of a node's group.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Key {
    Named(u32),
    Kind(NodeKind),
}

/// Names of groups, as DevTools gives them.
pub(super) fn key(node: Node<'_>) -> Key {
    match node.kind() {
        NodeKind::Object | NodeKind::Native | NodeKind::Synthetic => {
            Key::Named(node.snapshot.nodes.name[node.index()])
        }
        kind => Key::Kind(kind),
    }
}

pub(super) fn name(snapshot: &Snapshot, key: Key) -> String {
    let name = match key {
        Key::Named(name) => match snapshot.strings.get(name) {
            "" => "(unnamed)",
            name => name,
        },
        Key::Kind(kind) => match kind {
            NodeKind::Closure => "(function)",
            NodeKind::String => "(string)",
            NodeKind::ConcatenatedString => "(concatenated string)",
            NodeKind::SlicedString => "(sliced string)",
            NodeKind::Array => "(array)",
            NodeKind::Code => "(compiled code)",
            NodeKind::ObjectShape => "(object shape)",
            NodeKind::RegExp => "RegExp",
            NodeKind::Number => "(number)",
            NodeKind::Symbol => "(symbol)",
            NodeKind::BigInt => "(bigint)",
            NodeKind::WasmObject => "(wasm object)",
            _ => "(system)",
        },
    };
    name.to_owned()
}

/// The groups of a snapshot, largest retained size first, then by name. O(nodes).
#[must_use]
pub fn groups(snapshot: &Snapshot, dominators: &Dominators) -> Vec<Group> {
    let keys = Keys::new(snapshot);
    let mut groups = vec![Group::default(); keys.keys.len()];
    for (group, key) in groups.iter_mut().zip(&keys.keys) {
        group.name = name(snapshot, *key);
    }
    for node in snapshot.nodes() {
        let group = &mut groups[keys.of[node.index()] as usize];
        group.count += 1;
        group.self_size = group.self_size.saturating_add(node.self_size());
    }
    // Down the tree of dominators, a node's retained size counts where none above it is of its group.
    let tree = Tree::new(dominators.parents());
    let mut open = vec![0u32; groups.len()];
    tree.walk(|node, enters| {
        let group = keys.of[node as usize] as usize;
        if enters {
            if open[group] == 0 {
                let retained = &mut groups[group].retained;
                *retained = retained.saturating_add(dominators.sizes()[node as usize]);
            }
            open[group] += 1;
        } else {
            open[group] -= 1;
        }
    });
    groups.sort_by(|a, b| b.retained.cmp(&a.retained).then_with(|| a.name.cmp(&b.name)));
    groups
}

/// The group of each node, as a number.
pub(super) struct Keys {
    pub keys: Vec<Key>,
    pub of: Vec<u32>,
}

impl Keys {
    pub fn new(snapshot: &Snapshot) -> Self {
        let mut keys = Vec::new();
        let mut numbers = HashMap::new();
        let of = snapshot
            .nodes()
            .map(|node| {
                let key = key(node);
                *numbers.entry(key).or_insert_with(|| {
                    keys.push(key);
                    keys.len() as u32 - 1
                })
            })
            .collect();
        Self { keys, of }
    }
}

/// The tree of dominators, downwards.
pub(super) struct Tree {
    first: Vec<u32>,
    children: Vec<u32>,
}

impl Tree {
    pub fn new(parents: &[u32]) -> Self {
        let mut first = vec![0u32; parents.len() + 1];
        parents.iter().skip(1).for_each(|parent| first[*parent as usize] += 1);
        let mut sum = 0;
        for slot in &mut first {
            sum += *slot;
            *slot = sum;
        }
        let mut children = vec![0; sum as usize];
        for (node, parent) in parents.iter().enumerate().skip(1).rev() {
            let slot = &mut first[*parent as usize];
            *slot -= 1;
            children[*slot as usize] = node as u32;
        }
        Self { first, children }
    }

    /// What a node dominates immediately, in the file's order.
    #[cfg(feature = "html")]
    pub fn children(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.children[self.first[node] as usize..self.first[node + 1] as usize]
    }

    /// Visits each node when it is entered (true) and left (false), depth first.
    pub fn walk(&self, mut visit: impl FnMut(u32, bool)) {
        if self.first.len() < 2 {
            return;
        }
        visit(0, true);
        let mut stack = vec![(0u32, self.first[0])];
        while let Some((node, next)) = stack.last_mut() {
            if *next < self.first[*node as usize + 1] {
                let child = self.children[*next as usize];
                *next += 1;
                visit(child, true);
                stack.push((child, self.first[child as usize]));
            } else {
                visit(*node, false);
                stack.pop();
            }
        }
    }
}

/// Memory by where it is, in bytes. The parts add up to the total of the nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Totals {
    /// All nodes.
    pub total: u64,
    /// Nodes inside the heap.
    pub heap: u64,
    /// The data of array buffers and Buffers.
    pub array_buffers: u64,
    /// Other memory outside the heap.
    pub native: u64,
    /// Memory outside the heap that no node stands for; not in the total.
    pub extra_native: u64,
}

/// Where the memory is. O(nodes).
#[must_use]
pub fn totals(snapshot: &Snapshot) -> Totals {
    let mut totals = Totals { extra_native: snapshot.extra_native_bytes(), ..Totals::default() };
    for node in snapshot.nodes() {
        let size = node.self_size();
        totals.total = totals.total.saturating_add(size);
        let part = match node.kind() {
            NodeKind::Native if is_array_buffer_data(node) => &mut totals.array_buffers,
            NodeKind::Native => &mut totals.native,
            _ => &mut totals.heap,
        };
        *part = part.saturating_add(size);
    }
    totals
}

/// Whether a node is the memory behind an array buffer.
pub(super) fn is_array_buffer_data(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Native && node.name() == "system / JSArrayBufferData"
}
