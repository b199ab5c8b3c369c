//! Slabs of the Buffer pool that a single slice keeps.
//!
//! Node cuts Buffers below half the pool's size from slabs (`lib/buffer.js`), so a slab with one Buffer left is at
//! least half unused. A slab's ArrayBuffer is known by the private property that marks it as not transferable. The slab
//! that the pool cuts from now is held by the pool itself, and is none of these.

use super::found::{FindingKind, Found};
use crate::heapsnapshot::analysis::Analysis;
use crate::heapsnapshot::columns::Node;
use crate::heapsnapshot::groups::is_array_buffer_data;
use crate::heapsnapshot::kinds::EdgeKind;
use std::collections::HashMap;

struct Slab {
    bytes: u64,
    views: u32,
    view: u32,
    is_held: bool,
}

pub fn find(analysis: &Analysis<'_>, found: &mut Vec<Found>) {
    let snapshot = analysis.snapshot;
    let mut slabs: HashMap<u32, Slab> = HashMap::new();
    for node in snapshot.nodes().filter(|node| node.name() == "ArrayBuffer") {
        if let Some(bytes) = slab_size(node) {
            slabs.insert(node.index, Slab { bytes, views: 0, view: 0, is_held: false });
        }
    }
    if slabs.is_empty() {
        return;
    }
    for from in snapshot.nodes() {
        for edge in from.edges().filter(|edge| edge.kind() != EdgeKind::Weak) {
            let Some(slab) = slabs.get_mut(&edge.to().index) else { continue };
            if is_view(from, edge.kind()) {
                slab.views += 1;
                slab.view = from.index;
            } else {
                slab.is_held = true;
            }
        }
    }
    let mut pinned: Vec<_> =
        slabs.into_values().filter(|slab| slab.views == 1 && !slab.is_held).collect();
    pinned.sort_by_key(|slab| slab.view);
    for slab in pinned {
        let kind = (FindingKind::PinnedSlabs, 1, slab.bytes);
        let view = snapshot.at(slab.view);
        found.push(Found::held(analysis, view, kind, |count, bytes| {
            format!("{count} small Buffers keep a slab of the pool each, {bytes} bytes, at least half of them unused")
        }));
    }
}

/// The size of the memory behind a slab's ArrayBuffer; `None` where it is another ArrayBuffer.
fn slab_size(buffer: Node<'_>) -> Option<u64> {
    let data = buffer.follow(EdgeKind::Internal, "backing_store")?;
    let has_properties = buffer.edges().any(|edge| {
        edge.kind() == EdgeKind::Hidden
            && matches!(edge.to().name(), "system / PropertyArray" | "system")
    });
    (is_array_buffer_data(data) && has_properties).then(|| data.self_size())
}

fn is_view(from: Node<'_>, kind: EdgeKind) -> bool {
    kind == EdgeKind::Internal && from.name() != "ArrayBuffer"
}
