//! What grew between snapshots of one process.
//!
//! V8 numbers objects once, so a node of the later snapshot whose number the earlier one lacks was allocated between.
//! With a third snapshot, what was allocated between the first two and is still in the third survived: the method of
//! three snapshots, which leaves out what was merely on its way.

use super::columns::Snapshot;
use super::groups::{Keys, name};
use super::paths::Paths;
use super::patterns::{NewPath, Patterns};
use serde::Serialize;
use std::collections::HashMap;

/// Nodes of one group and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Growth {
    /// The group's name, as [`groups`](super::groups()) has it.
    pub name: String,
    /// How many nodes were allocated between and are still there.
    pub new_count: u64,
    /// Their own sizes, in bytes.
    pub new_size: u64,
    /// How many nodes of the earlier snapshot are no longer there.
    pub freed_count: u64,
    /// Their own sizes, in bytes.
    pub freed_size: u64,
}

impl Growth {
    /// New bytes less freed ones.
    #[must_use]
    pub fn bytes(&self) -> i128 {
        i128::from(self.new_size) - i128::from(self.freed_size)
    }
}

/// What differs between the first and the last of two or three snapshots.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Difference {
    /// By group, most new bytes first; groups without a change are left out.
    pub groups: Vec<Growth>,
    /// By holder, most bytes first: what was allocated between and is still there.
    pub paths: Vec<NewPath>,
    /// The sum of all nodes' sizes in the first snapshot.
    pub size_before: u64,
    /// The sum in the last one.
    pub size_after: u64,
}

/// What differs between two snapshots of a process. O(nodes * log nodes).
#[must_use]
pub fn difference(before: &Snapshot, after: &Snapshot, paths: &Paths) -> Difference {
    between(before, None, after, paths)
}

/// What was allocated between the first two snapshots of a process and is still in the third, and what became free
/// between the first and the third. O(nodes * log nodes). `paths` are the last snapshot's.
#[must_use]
pub fn survivors(
    before: &Snapshot,
    between_them: &Snapshot,
    after: &Snapshot,
    paths: &Paths,
) -> Difference {
    between(before, Some(between_them), after, paths)
}

fn between(
    before: &Snapshot,
    middle: Option<&Snapshot>,
    after: &Snapshot,
    paths: &Paths,
) -> Difference {
    let old = Ids::new(before);
    let seen = middle.map(Ids::new);
    let mut growth: HashMap<String, Growth> = HashMap::new();
    let keys = Keys::new(after);
    let mut by_key = vec![(0u64, 0u64); keys.keys.len()];
    let mut is_new = vec![false; after.node_count()];
    for node in after.nodes() {
        let id = node.id();
        if old.has(id) || seen.as_ref().is_some_and(|seen| !seen.has(id)) {
            continue;
        }
        is_new[node.index()] = true;
        let sums = &mut by_key[keys.of[node.index()] as usize];
        *sums = (sums.0 + 1, sums.1.saturating_add(node.self_size()));
    }
    for (key, (count, size)) in keys.keys.iter().zip(by_key).filter(|(_, (count, _))| *count > 0) {
        let growth = growth.entry(name(after, *key)).or_default();
        growth.new_count += count;
        growth.new_size = growth.new_size.saturating_add(size);
    }
    let still = Ids::new(after);
    let keys = Keys::new(before);
    for node in before.nodes().filter(|node| !still.has(node.id())) {
        let name = name(before, keys.keys[keys.of[node.index()] as usize]);
        let growth = growth.entry(name).or_default();
        growth.freed_count += 1;
        growth.freed_size = growth.freed_size.saturating_add(node.self_size());
    }
    let mut groups: Vec<_> =
        growth.into_iter().map(|(name, growth)| Growth { name, ..growth }).collect();
    groups.sort_by(|a, b| b.bytes().cmp(&a.bytes()).then_with(|| a.name.cmp(&b.name)));
    Difference {
        groups,
        paths: Patterns::new(after, paths).sum(&is_new),
        size_before: before.total_size(),
        size_after: after.total_size(),
    }
}

/// The identities of a snapshot's nodes, sorted.
struct Ids(Vec<u32>);

impl Ids {
    fn new(snapshot: &Snapshot) -> Self {
        let mut ids = snapshot.nodes.id.clone();
        ids.sort_unstable();
        Self(ids)
    }

    fn has(&self, id: u32) -> bool {
        self.0.binary_search(&id).is_ok()
    }
}
