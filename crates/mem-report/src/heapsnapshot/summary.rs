//! What a person reads first: where the memory is, what grew, who holds most, and which leaks have a name.

use super::analysis::Analysis;
use super::columns::Snapshot;
use super::difference::{Growth, difference, survivors};
use super::findings::{Finding, Search};
use super::groups::{Group, Totals, groups, totals};
use super::held::{Held, held};
use super::patterns::NewPath;
use serde::Serialize;

/// Groups and changes that a summary has.
const ROWS: usize = 10;

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
    /// What holds most, in three ways at most. What the first snapshot has comes first.
    pub held: Vec<Held>,
    /// Leaks that have a name.
    pub findings: Vec<Finding>,
    /// What changed since the first snapshot, if there were two or three.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
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

/// Groups of roots and of global objects, which hold everything.
fn is_root(name: &str) -> bool {
    if name == "global" || name.starts_with("global ") {
        return true;
    }
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
    // What came and went in equal parts did not grow; what stands for Node's own C++ objects is numbered anew each time.
    difference.groups.retain(|group| group.bytes() != 0);
    difference.groups.truncate(ROWS);
    difference.paths.retain(|path| path.size > 0 && !path.holder.starts_with("Node / "));
    difference.paths.truncate(ROWS);
    Some(Change {
        size_before: difference.size_before,
        size_after: difference.size_after,
        is_of_three: earlier.len() > 1,
        groups: difference.groups,
        paths: difference.paths,
    })
}
