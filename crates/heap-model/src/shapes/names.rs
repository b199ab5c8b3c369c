//! The names of V8's heap snapshots for the references of each shape.

use super::buffers::{BUFFER, TYPED_ARRAY_SLOTS};
use super::maps::TABLE;
use super::objects::ELEMENTS;
use super::weak::{KEY_MAP, REGISTRY_SLOTS};
use crate::layout;
use crate::memory::header::Kind;
use crate::observe::walk::{Edge, EdgeKind, Node};

/// The name that V8's heap snapshots give an internal or weak reference (`V8HeapExplorer::ExtractReferences` in
/// `profiler/heap-snapshot-generator.cc`; for registries and registrations the field's name in
/// `objects/js-weak-refs.tq`). `None` for a field, an element, a variable, or an entry of a table: these are named by the
/// program, or by the number in the [`EdgeKind`].
///
/// The name follows from kinds, sizes and slots. So it is right for cells that this module's functions make, in which, as
/// in V8, a field never refers to a cell of [`Kind::Array`] or [`Kind::EphemeronTable`] or to a registration. Constant
/// time.
#[must_use]
pub fn internal_name(node: &Node, edge: &Edge) -> Option<&'static str> {
    let shape = (node.size, node.slots);
    match (node.kind, edge.kind) {
        (Kind::Object, EdgeKind::Field(slot)) => match (slot, edge.to_kind) {
            (slot, Kind::Array | Kind::Registration) if shape == REGISTRY => {
                Some(if slot == KEY_MAP { "key_map" } else { "cleared_cells" })
            }
            (_, Kind::EphemeronTable) => Some("table"),
            (ELEMENTS, _) => Some("elements"),
            (TABLE, Kind::OrderedTable) => Some("table"),
            (BUFFER, _) if shape == TYPED_ARRAY => Some("buffer"),
            _ => None,
        },
        (Kind::Context, EdgeKind::Context(slot)) => name(&["scope_info", "previous"], slot),
        (Kind::Closure, EdgeKind::Internal(slot)) => {
            name(&["elements", "shared", "context", "feedback_cell", "code"], slot)
        }
        (Kind::Native, EdgeKind::Internal(ELEMENTS)) => Some("elements"),
        (Kind::Native, EdgeKind::Internal(BUFFER)) if shape == TYPED_ARRAY => Some("buffer"),
        (Kind::ConsString, EdgeKind::Internal(slot)) => name(&["first", "second"], slot),
        (Kind::SlicedString, EdgeKind::Internal(slot)) => name(&["parent"], slot),
        (Kind::WeakCell, EdgeKind::Weak(_)) => Some("target"),
        (Kind::Registration, EdgeKind::Weak(slot)) => {
            name(&["target", "unregister_token", "finalization_registry"], slot)
        }
        // In a listed registration, the slot of the dead target.
        (Kind::Registration, EdgeKind::Internal(0)) => Some("next"),
        (Kind::Registration, EdgeKind::Internal(slot)) => {
            name(&["key_list_next", "holdings"], slot.checked_sub(3)?)
        }
        _ => None,
    }
}

const REGISTRY: (usize, usize) = (layout::FINALIZATION_REGISTRY, REGISTRY_SLOTS);
const TYPED_ARRAY: (usize, usize) = (layout::JS_TYPED_ARRAY, TYPED_ARRAY_SLOTS);

fn name(names: &[&'static str], slot: usize) -> Option<&'static str> {
    names.get(slot).copied()
}
