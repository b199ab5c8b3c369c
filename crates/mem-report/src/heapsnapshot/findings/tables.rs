//! Weak tables that keep capacity which their entries do not need.
//!
//! V8's `EphemeronHashTable` (`src/objects/hash-table.h`) is an array: two words of header, three of counts (deleted
//! entries, live ones, capacity), then key and value for each bucket. It shrinks when an entry is deleted by the
//! program, but not when the collector removes one.

use super::found::{FindingKind, Found};
use crate::heapsnapshot::analysis::Analysis;
use crate::heapsnapshot::columns::{EdgeName, Node};
use crate::heapsnapshot::kinds::EdgeKind;

/// Buckets below which a table is never stale.
const SMALL: u64 = 64;
/// A stale table has fewer entries than one for this many buckets. V8 itself keeps at least one for four.
const SPARSE: u64 = 8;

pub fn find(analysis: &Analysis<'_>, found: &mut Vec<Found>) {
    for node in analysis.snapshot.nodes() {
        if !matches!(node.name(), "WeakMap" | "WeakSet") {
            continue;
        }
        let Some(table) = node.follow(EdgeKind::Internal, "table") else { continue };
        let buckets = table.self_size().saturating_sub(40) / 16;
        let entries = entries(table);
        if buckets < SMALL || entries.saturating_mul(SPARSE) >= buckets {
            continue;
        }
        let kind = (FindingKind::StaleTable, 1, table.self_size());
        found.push(Found::held(analysis, node, kind, |count, bytes| {
            format!("the table of a WeakMap or WeakSet, emptied by the collector, keeps {bytes} bytes ({count} such)")
        }));
    }
}

/// How many entries a table has: the weak edges to keys, which lie in its odd words.
fn entries(table: Node<'_>) -> u64 {
    let is_key = |name| matches!(name, EdgeName::Name(name) if name.parse().is_ok_and(|word: u32| word % 2 == 1));
    table.edges().filter(|edge| edge.kind() == EdgeKind::Weak && is_key(edge.name())).count() as u64
}
