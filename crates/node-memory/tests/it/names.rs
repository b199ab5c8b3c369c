//! What a walk calls the references between a runtime's cells.

use heap_model::{EdgeKind, Kind};
use node_memory::{Runtime, RuntimeOptions, edge_name};

/// A reference as `holder.name`, and what it refers to. One that the program names has its number.
fn references(runtime: &mut Runtime) -> Vec<String> {
    let mut references = Vec::new();
    runtime.walk(|node| {
        for edge in &node.edges {
            let name = edge_name(node, edge).map_or_else(
                || match edge.kind {
                    EdgeKind::Field(slot) => format!("field {}", slot - 1),
                    EdgeKind::Element(slot) => format!("{slot}"),
                    EdgeKind::Context(slot) => format!("variable {}", slot - 2),
                    EdgeKind::Weak(_) if node.kind == Kind::EphemeronTable => "key".to_owned(),
                    EdgeKind::Ephemeron { .. } => "value".to_owned(),
                    kind => panic!("{kind:?} of {node:?} has no name"),
                },
                |name| name.to_owned(),
            );
            references.push(format!("{:?} {}.{name}: {:?}", node.kind, node.size, edge.to_kind));
        }
    });
    references.sort();
    references
}

#[test]
fn a_walk_names_every_reference_of_each_value() {
    let mut runtime = Runtime::new(RuntimeOptions::default()).unwrap();
    let text = runtime.string(b"text").unwrap();
    let object = runtime.object().unwrap();
    runtime.set_field(&object, 0, Some(&text)).unwrap();
    runtime.set_field(&object, 3, Some(&text)).unwrap();
    let array = runtime.array(2).unwrap();
    runtime.array_set(&array, 1, Some(&text)).unwrap();
    let map = runtime.weak_map().unwrap();
    runtime.weak_map_set(&map, &object, &array).unwrap();
    let outer = runtime.context(0, None).unwrap();
    let context = runtime.context(2, Some(&outer)).unwrap();
    runtime.capture(&context, 1, Some(&object)).unwrap();
    let function = runtime.arrow_function(Some(&context)).unwrap();
    let pooled = runtime.buffer_alloc_unsafe(10).unwrap();
    let own = runtime.buffer_alloc(10).unwrap();
    let writable = runtime.writable().unwrap();
    runtime.writable_cork(&writable).unwrap();
    runtime.writable_write(&writable, "held").unwrap();
    let expected = [
        "Array 32.1: OneByteString",
        "Array 48.0: Native",
        "Closure 56.context: Context",
        "Context 48.previous: Context",
        "Context 48.variable 1: Object",
        "EphemeronTable 104.key: Object",
        "EphemeronTable 104.value: Object",
        "Native 360.buffered: Array",
        "Object 32.elements: Array",
        "Object 32.table: EphemeronTable",
        "Object 56.field 0: OneByteString",
        "Object 56.field 3: OneByteString",
        "Object 96.buffer: Native",
    ];
    assert_eq!(references(&mut runtime), expected);
    drop((map, function, pooled, own, writable));
}
