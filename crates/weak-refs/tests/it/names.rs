//! What a walk calls the references of weak collections, and how large their cells are.

use heap_model::{EdgeKind, Heap, HeapOptions, Kind, Value, layout, shapes};
use weak_refs::{Agent, FinalizationRegistry, WeakError, WeakMap, WeakRef, WeakSet};

fn heap() -> Heap {
    Heap::new(HeapOptions::default()).unwrap()
}

/// The references of registries, registrations, collections and weak references, in the order of a walk.
fn references(heap: &mut Heap) -> Vec<(Kind, Option<&'static str>, Kind)> {
    let mut references = Vec::new();
    heap.walk(|node| {
        if node.kind != Kind::Array {
            references.extend(
                node.edges
                    .iter()
                    .filter(|edge| !matches!(edge.kind, EdgeKind::Ephemeron { .. }))
                    .map(|edge| (node.kind, shapes::internal_name(node, edge), edge.to_kind)),
            );
        }
    });
    references
}

#[test]
fn a_walk_names_every_reference_of_a_registry_and_its_registrations() {
    let mut heap = heap();
    let (registry, target) = heap.enter(|scope| {
        let registry = FinalizationRegistry::new(scope).unwrap();
        let target = Value::Ref(shapes::object(scope, 0).unwrap());
        let held = Value::Ref(shapes::one_byte_string(scope, b"held").unwrap());
        for _ in 0..2 {
            let _ = registry.register(scope, target, held, Some(target)).unwrap();
        }
        let Value::Ref(target) = target else { unreachable!() };
        (scope.global(registry.cell()).unwrap(), scope.global(target).unwrap())
    });
    let (object, registration) = (Kind::Object, Kind::Registration);
    let weak = ["target", "unregister_token", "finalization_registry"]
        .map(|name| (registration, Some(name), object));
    let holdings = (registration, Some("holdings"), Kind::OneByteString);
    let mut expected = vec![(object, Some("key_map"), Kind::Array)];
    for next in [Some((registration, Some("key_list_next"), registration)), None] {
        expected.extend(weak);
        expected.extend(next);
        expected.push(holdings);
    }
    assert_eq!(references(&mut heap), expected);

    drop(target);
    heap.collect();
    let names = references(&mut heap);
    for name in [
        (object, Some("cleared_cells"), registration),
        (registration, Some("next"), registration),
        (registration, Some("key_list_next"), registration),
        holdings,
    ] {
        assert!(names.contains(&name), "{name:?} in {names:?}");
    }
    assert!(names.iter().all(|(_, name, _)| name.is_some()), "{names:?}");
    drop(registry);
}

#[test]
fn collections_and_weak_references_have_v8s_names_and_sizes() {
    let mut heap = heap();
    let mut agent = Agent::new();
    let roots = heap.enter(|scope| -> Result<_, WeakError> {
        let map = WeakMap::new(scope)?.cell();
        let set = WeakSet::new(scope)?.cell();
        let weak = WeakRef::new(scope, &mut agent, Value::Ref(map))?.cell();
        let registry = FinalizationRegistry::new(scope)?.cell();
        for (cell, size) in [
            (map, layout::WEAK_MAP),
            (set, layout::WEAK_SET),
            (weak, layout::WEAK_REF),
            (registry, layout::FINALIZATION_REGISTRY),
        ] {
            assert_eq!(scope.size(cell).unwrap(), size);
        }
        Ok([map, set, weak].map(|cell| scope.global(cell).unwrap()))
    });
    agent.end_job();
    let table = (Kind::Object, Some("table"), Kind::EphemeronTable);
    let target = (Kind::WeakCell, Some("target"), Kind::Object);
    let mut names = references(&mut heap);
    names.sort_by_key(|(kind, ..)| *kind as u8);
    assert_eq!(names, [table, table, target]);
    drop(roots);
}
