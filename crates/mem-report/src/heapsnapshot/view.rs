//! The tree of dominators as a page draws it: nodes of one parent and kind as one, and only what is large enough to be seen.

use super::analysis::Analysis;
use super::groups::{Tree, key, name};
use super::kinds::NodeKind;
use serde::Serialize;

/// The tree of dominators for a view: nodes of one parent and group as one, and only what is large enough to be seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    /// The group's name.
    pub name: String,
    /// How many nodes.
    pub count: u64,
    /// The bytes that they retain.
    pub retained: u64,
    /// The holder of a single node.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub holder: String,
    /// What they dominate, most bytes first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<View>,
}

/// Of the whole, what is not worth a rectangle: one part in this many.
const PARTS: u64 = 2000;
/// How deep the tree goes.
const DEPTH: usize = 48;

pub(super) fn view(analysis: &Analysis<'_>) -> Option<View> {
    let snapshot = analysis.snapshot();
    snapshot.root()?;
    let tree = Tree::new(analysis.dominators().parents());
    let least = (analysis.dominators().sizes()[0] / PARTS).max(1);
    Some(grown(analysis, &tree, &[0], least, 0))
}

fn grown(analysis: &Analysis<'_>, tree: &Tree, nodes: &[u32], least: u64, depth: usize) -> View {
    let snapshot = analysis.snapshot();
    let sizes = analysis.dominators().sizes();
    let sum = |nodes: &[u32]| {
        nodes.iter().fold(0u64, |sum, node| sum.saturating_add(sizes[*node as usize]))
    };
    let first = snapshot.at(nodes[0]);
    let holder = match nodes {
        [_] if depth > 0 => analysis.names().holder(analysis.paths(), first).to_string(),
        _ => String::new(),
    };
    let mut children = Vec::new();
    if depth < DEPTH {
        let mut below = std::collections::BTreeMap::<_, Vec<u32>>::new();
        for child in nodes.iter().flat_map(|node| tree.children(*node)) {
            below.entry(key(snapshot.at(*child))).or_default().push(*child);
        }
        let large = below.into_values().filter(|nodes| sum(nodes) >= least);
        children = large.map(|nodes| grown(analysis, tree, &nodes, least, depth + 1)).collect();
        children.sort_by_key(|child| core::cmp::Reverse(child.retained));
    }
    let name = match nodes {
        _ if depth == 0 => "all".to_owned(),
        [_] if first.kind() == NodeKind::Closure && !first.name().is_empty() => {
            format!("{}()", crate::escape::short(first.name(), 80))
        }
        _ => name(snapshot, key(first)),
    };
    View {
        name,
        count: nodes.len() as u64,
        retained: sum(nodes),
        holder: crate::escape::short(&holder, 300).into_owned(),
        children,
    }
}
