//! Maps whose keys nothing else refers to.
//!
//! Nobody can ask such a map for a key, as nobody has one: but for walking over the whole map, its entries are lost. Had
//! it been a WeakMap, they would be free.
//!
//! V8's `OrderedHashMap` (`src/objects/ordered-hash-table.h`) is an array: two words of header, three of counts, one for
//! each bucket, then key, value and chain for each of two entries a bucket.

use super::found::{FindingKind, Found};
use crate::heapsnapshot::analysis::Analysis;
use crate::heapsnapshot::columns::{EdgeName, Node};
use crate::heapsnapshot::kinds::{EdgeKind, NodeKind};

/// Keys below which a map is never taken for a leak.
const FEW: u64 = 16;
/// Of a map that leaks, the number of keys in ten that are reachable through it alone.
const LONELY: u64 = 9;
const COUNTS: u64 = 3;
const ENTRY: u64 = 3;
const ENTRIES_OF_BUCKET: u64 = 2;

pub fn find(analysis: &Analysis<'_>, found: &mut Vec<Found>) {
    for node in analysis.snapshot.nodes() {
        if node.name() != "Map" || node.kind() != NodeKind::Object {
            continue;
        }
        let Some(table) = node.follow(EdgeKind::Internal, "table") else { continue };
        let Lonely { keys, lonely, bytes } = Lonely::count(analysis, table);
        if keys < FEW || lonely * 10 < keys * LONELY {
            continue;
        }
        let kind = (FindingKind::LonelyKeys, lonely, bytes);
        found.push(Found::held(analysis, node, kind, |count, bytes| {
            format!("a Map keeps {count} keys that nothing else refers to, with their values {bytes} bytes")
        }));
    }
}

#[derive(Default)]
struct Lonely {
    keys: u64,
    lonely: u64,
    /// Of the lonely keys and what belongs to the table alone beside them.
    bytes: u64,
}

impl Lonely {
    fn count(analysis: &Analysis<'_>, table: Node<'_>) -> Self {
        let mut counts = Self::default();
        let words = table.self_size().saturating_sub(16) / 8;
        let buckets = words.saturating_sub(COUNTS) / (1 + ENTRIES_OF_BUCKET * ENTRY);
        let first = COUNTS + buckets;
        for edge in table.edges() {
            let EdgeName::Name(name) = edge.name() else { continue };
            let Ok(word) = name.parse::<u64>() else { continue };
            let (Some(word), EdgeKind::Internal) = (word.checked_sub(first), edge.kind()) else {
                continue;
            };
            let (node, is_key) = (edge.to(), word % ENTRY == 0);
            let is_object = matches!(node.kind(), NodeKind::Object | NodeKind::Closure);
            counts.keys += u64::from(is_key);
            if analysis.dominators.dominator(node) != table {
                continue;
            }
            counts.lonely += u64::from(is_key && is_object);
            counts.bytes = counts.bytes.saturating_add(analysis.dominators.retained(node));
        }
        counts
    }
}
