//! What a person reads first: where the memory is, what grew, who holds most, and which leaks have a name.

use super::analysis::Analysis;
use super::columns::{Node, Snapshot};
use super::difference::{Growth, difference, survivors};
use super::findings::{Finding, Search, is_of_node};
use super::groups::{Group, Totals, groups, totals};
use super::kinds::NodeKind;
use super::patterns::{NewPath, starred};
use serde::Serialize;

/// Groups, holders and changes that a summary has.
const ROWS: usize = 10;
/// Holders that are told.
const HELD: usize = 3;
/// If one child holds this share of what a node holds, in percent, the child is what holds it.
const SHARE: u64 = 60;

/// A snapshot, or two or three of one process, in short.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Summary {
    /// What was read, mostly a file's name.
    pub title: String,
    /// How many nodes and edges there are.
    pub nodes: usize,
    /// How many edges there are.
    pub edges: usize,
    /// Where the memory is, in bytes.
    pub totals: Totals,
    /// The groups that hold most, by retained size.
    pub groups: Vec<Group>,
    /// What holds most: three nodes that no other of them is held by. Those of the first snapshot come first.
    pub held: Vec<Held>,
    /// Leaks that have a name.
    pub findings: Vec<Finding>,
    /// What changed since the first snapshot, if there were two or three.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// A node that holds much.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Held {
    /// Its holder: an expression, and where its variable is declared.
    pub holder: String,
    /// Its constructor's name, or what it is.
    pub name: String,
    /// V8's identity of it.
    pub id: u32,
    /// The bytes that would be free without it.
    pub retained: u64,
    /// Whether the first snapshot has it, if there were several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was_in_first: Option<bool>,
}

/// What changed between the first and the last snapshot.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Change {
    /// All nodes' sizes in the first, in bytes.
    pub size_before: u64,
    /// All nodes' sizes in the last, in bytes.
    pub size_after: u64,
    /// Whether a third snapshot told what survived.
    pub is_of_three: bool,
    /// The groups that grew most.
    pub groups: Vec<Growth>,
    /// The holders of what is new.
    pub paths: Vec<NewPath>,
}

impl Summary {
    /// Of an analysis of the last snapshot, and of the earlier ones (none, one or two; more are not looked at).
    #[must_use]
    pub fn new(
        title: &str,
        analysis: &Analysis<'_>,
        earlier: &[Snapshot],
        search: &Search<'_>,
    ) -> Self {
        let snapshot = analysis.snapshot();
        let mut groups = groups(snapshot, analysis.dominators());
        // What is not an object of the program's is named in the totals.
        groups.retain(|group| !group.name.starts_with("system / ") && !is_root(&group.name));
        groups.truncate(ROWS);
        Self {
            title: title.to_owned(),
            nodes: snapshot.node_count(),
            edges: snapshot.edge_count(),
            totals: totals(snapshot),
            groups,
            held: held(analysis, earlier.first()),
            findings: search.run(analysis),
            change: change(analysis, earlier),
        }
    }
}

/// Groups of roots, which hold everything.
fn is_root(name: &str) -> bool {
    let is_of_kind = ["(function)", "(string)", "(array)", "(number)", "(symbol)", "(bigint)"];
    name.starts_with('(') && !is_of_kind.contains(&name)
}

fn change(analysis: &Analysis<'_>, earlier: &[Snapshot]) -> Option<Change> {
    let (snapshot, paths) = (analysis.snapshot(), analysis.paths());
    let mut difference = match earlier {
        [] => return None,
        [first] => difference(first, snapshot, paths),
        [first, second, ..] => survivors(first, second, snapshot, paths),
    };
    difference.groups.truncate(ROWS);
    difference.paths.truncate(ROWS);
    Some(Change {
        size_before: difference.size_before,
        size_after: difference.size_after,
        is_of_three: earlier.len() > 1,
        groups: difference.groups,
        paths: difference.paths,
    })
}

/// The nodes at which most memory comes together.
fn held(analysis: &Analysis<'_>, first: Option<&Snapshot>) -> Vec<Held> {
    let snapshot = analysis.snapshot();
    let (parents, sizes) = (analysis.dominators().parents(), analysis.dominators().sizes());
    let mut largest_child = vec![0u64; parents.len()];
    for (node, parent) in parents.iter().enumerate().skip(1) {
        let largest = &mut largest_child[*parent as usize];
        *largest = sizes[node].max(*largest);
    }
    let is_place = |node: &Node<'_>| {
        let size = sizes[node.index()];
        let is_spread =
            largest_child[node.index()].saturating_mul(100) < size.saturating_mul(SHARE);
        is_spread && is_of_program(*node)
    };
    let mut places: Vec<_> = snapshot.nodes().filter(is_place).collect();
    places.sort_by(|a, b| sizes[b.index()].cmp(&sizes[a.index()]).then(a.index().cmp(&b.index())));
    let mut chosen: Vec<u32> = Vec::new();
    let mut held = Vec::new();
    let old = first
        .map(|first| first.nodes().map(|node| node.id()).collect::<std::collections::HashSet<_>>());
    // Those that Node itself holds are passed over, but not without end.
    for node in places.into_iter().take(1000) {
        if held.len() == HELD {
            break;
        }
        let mut above = node.index;
        let is_below = loop {
            if chosen.contains(&above) {
                break true;
            }
            if above == 0 {
                break false;
            }
            above = parents[above as usize];
        };
        let holder = analysis.names().holder(analysis.paths(), node);
        let is_of_node = holder.scope.as_ref().is_some_and(is_of_node);
        if is_below || is_of_node || matches!(holder.expression.as_str(), "" | "globalThis") {
            continue;
        }
        if holder.variable.is_none() && !holder.expression.starts_with("globalThis") {
            continue;
        }
        chosen.push(node.index);
        held.push(Held {
            holder: starred(&holder.to_string()),
            name: super::groups::name(snapshot, super::groups::key(node)),
            id: node.id(),
            retained: sizes[node.index()],
            was_in_first: old.as_ref().map(|old| old.contains(&node.id())),
        });
    }
    held.sort_by_key(|held| (held.was_in_first != Some(true), core::cmp::Reverse(held.retained)));
    held
}

fn is_of_program(node: Node<'_>) -> bool {
    use NodeKind::{Array, Closure, Object};
    matches!(node.kind(), Object | Array | Closure | NodeKind::Native)
        && node.name() != "process"
        && !node.name().starts_with("global")
}
