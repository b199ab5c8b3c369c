//! What a walk calls the references between a runtime's cells.

use heap_model::{EdgeKind, Kind};
use node_memory::{
    Array, Buffer, Context, JsString, Object, Runtime, RuntimeOptions, WeakMap, Writable, edge_name,
};

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
    let host = &mut runtime;
    let text = JsString::new(host, "text").unwrap();
    let object = Object::new(host).unwrap();
    object.set(host, 0, &text).unwrap();
    object.set(host, 3, &text).unwrap();
    let array = Array::new(host, 2).unwrap();
    array.set(host, 1, &text).unwrap();
    let map = WeakMap::new(host).unwrap();
    map.set(host, &object, &array).unwrap();
    let outer = Context::new(host, 0).unwrap();
    let context = outer.nested(host, 2).unwrap();
    context.set(host, 1, &object).unwrap();
    let function = context.arrow(host).unwrap();
    let pooled = Buffer::alloc_unsafe(host, 10).unwrap();
    let own = Buffer::alloc(host, 10).unwrap();
    let writable = Writable::new(host).unwrap();
    writable.cork(host).unwrap();
    writable.write_text(host, "held").unwrap();
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
