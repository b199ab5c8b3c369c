//! The heap as a graph: nodes, edges of all kinds, identities, roots.

use heap_model::{EdgeKind, Heap, HeapOptions, Kind, Local, Node, NodeId, Scope, Value, shapes};
use std::collections::{BTreeMap, BTreeSet};

fn nodes(heap: &mut Heap) -> BTreeMap<NodeId, Node> {
    let mut nodes = BTreeMap::new();
    heap.walk(|node| {
        assert!(nodes.insert(node.id, node.clone()).is_none(), "visited twice");
    });
    nodes
}

/// One cell of each kind, in the slots of an array.
fn one_of_each<'s>(scope: &mut Scope<'s>) -> Local<'s> {
    scope
        .escape(|scope| {
            let all = scope.alloc(Kind::Array, 14, 0)?;
            let text = shapes::one_byte_string(scope, b"text")?;
            let wide = shapes::two_byte_string(scope, &[0x263A])?;
            let rope = shapes::cons_string(scope, text, wide)?;
            let object = shapes::object(scope, 2)?;
            scope.set(object, shapes::FIELDS, Value::Ref(text))?;
            let context = shapes::context(scope, None, 1)?;
            scope.set(context, shapes::VARIABLES, Value::Ref(object))?;
            let closure = shapes::arrow_function(scope, context)?;
            let native = scope.alloc_native(32, 1, Box::new(7), 1000).unwrap();
            let weak = scope.alloc_weak_cell(object)?;
            let table = scope.alloc_ephemeron_table(4)?;
            scope.ephemeron_set(table, object, Value::Ref(native))?;
            let bytes = scope.alloc(Kind::Bytes, 0, 10)?;
            let number = shapes::heap_number(scope, 0.5)?;
            let owner = scope.alloc(Kind::Object, 2, 0)?;
            let registration = scope.alloc_registration(owner, object, Some(object), 1)?;
            scope.set(registration, 4, Value::Ref(text))?;
            let cells = [
                text,
                wide,
                rope,
                object,
                context,
                closure,
                native,
                weak,
                table,
                bytes,
                number,
                owner,
                registration,
            ];
            for (slot, cell) in cells.into_iter().enumerate() {
                scope.set(all, slot, Value::Ref(cell))?;
            }
            Ok::<_, heap_model::HeapError>(all)
        })
        .unwrap()
}

#[test]
fn every_kind_is_a_node_with_its_edges() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let all = heap.enter(|scope| {
        let all = one_of_each(scope);
        scope.global(all).unwrap()
    });
    let [root] = heap.roots()[..] else { panic!("one root") };
    let nodes = nodes(&mut heap);
    let array = &nodes[&root];
    assert_eq!((array.kind, array.size, nodes.len()), (Kind::Array, 16 + 8 * 14, 14));
    let bytes: usize = nodes.values().map(|node| node.size).sum();
    assert_eq!(bytes, heap.heap_used());
    let ids: Vec<NodeId> = array.edges.iter().map(|edge| edge.to).collect();
    let numbers = array.edges.iter().map(|edge| edge.kind);
    assert!(numbers.eq((0..13).map(EdgeKind::Element)));
    let [
        text,
        wide,
        rope,
        object,
        context,
        closure,
        native,
        weak,
        table,
        raw,
        number,
        owner,
        watch,
    ] = ids[..]
    else {
        panic!("thirteen elements")
    };
    let edges = |id: NodeId| -> Vec<(EdgeKind, NodeId)> {
        nodes[&id].edges.iter().map(|edge| (edge.kind, edge.to)).collect()
    };
    assert_eq!(edges(rope), [(EdgeKind::Internal(0), text), (EdgeKind::Internal(1), wide)]);
    assert_eq!(edges(object), [(EdgeKind::Field(shapes::FIELDS), text)]);
    assert_eq!(edges(context), [(EdgeKind::Context(shapes::VARIABLES), object)]);
    assert_eq!(edges(closure), [(EdgeKind::Internal(shapes::CONTEXT), context)]);
    assert_eq!(edges(weak), [(EdgeKind::Weak(0), object)]);
    let entry = EdgeKind::Ephemeron { key: object };
    let [(EdgeKind::Weak(_), key), value] = edges(table)[..] else { panic!("one entry") };
    assert_eq!((key, value), (object, (entry, native)));
    // The target, the token and the owner; then what is its user's.
    let weakly = |slot, id| (EdgeKind::Weak(slot), id);
    let strongly = (EdgeKind::Internal(4), text);
    assert_eq!(edges(watch), [weakly(0, object), weakly(1, object), weakly(2, owner), strongly]);
    for leaf in [text, wide, native, raw, number, owner] {
        assert_eq!(edges(leaf), []);
    }
    for (node, edge) in nodes.values().flat_map(|node| node.edges.iter().map(move |e| (node, e))) {
        assert_eq!(edge.to_kind, nodes[&edge.to].kind, "{node:?}");
    }
    assert_eq!(nodes[&object].slots, 3);
    assert_eq!(nodes[&native].external, 1000);
    assert_eq!(nodes.values().map(|node| node.external).sum::<usize>(), 1000);
    drop(all);
    assert!(heap.roots().is_empty());
}

#[test]
fn identities_stay_when_cells_move() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let kept = heap.enter(|scope| {
        let all = one_of_each(scope);
        scope.global(all).unwrap()
    });
    let known = |heap: &mut Heap| -> BTreeSet<(NodeId, usize)> {
        nodes(heap).into_values().map(|node| (node.id, node.size)).collect()
    };
    let before = known(&mut heap);
    assert_eq!(before.len(), 14);
    for _ in 0..3 {
        heap.scavenge();
        assert_eq!(known(&mut heap), before);
        heap.collect();
        assert_eq!(known(&mut heap), before);
    }
    drop(kept);
    assert!(known(&mut heap).is_empty());
}

#[test]
fn doubles_are_known_by_their_identities_through_scavenges_marking_and_compaction() {
    const ALL: usize = 20_000;
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let kept = heap.enter(|scope| {
        let array = scope.alloc(Kind::Array, ALL, 0).unwrap();
        for slot in 0..ALL {
            scope.scope(|scope| {
                let number = shapes::heap_number(scope, slot as f64).unwrap();
                // What is among them leaves holes when it dies.
                scope.alloc(Kind::Object, 9, 0).unwrap();
                scope.set(array, slot, Value::Ref(number)).unwrap();
            });
        }
        scope.global(array).unwrap()
    });
    // The identity of each slot's double, in the order of the slots.
    let identities = |heap: &mut Heap| -> Vec<NodeId> {
        let array = nodes(heap).into_values().find(|node| node.kind == Kind::Array).unwrap();
        array.edges.iter().map(|edge| edge.to).collect()
    };
    let mut before = identities(&mut heap);
    let ever: BTreeSet<NodeId> = before.iter().copied().collect();
    assert_eq!(ever.len(), ALL);
    for round in 0..4 {
        heap.scavenge();
        assert_eq!(identities(&mut heap), before, "{round}");
        // Most die, so that pages are sparse and the next collection but one moves what is left.
        heap.enter(|scope| {
            let array = scope.local(&kept).unwrap();
            let (mut left, mut slot) = (Vec::new(), 0);
            for id in before.drain(..) {
                while matches!(scope.get(array, slot).unwrap(), Value::Undefined) {
                    slot += 1;
                }
                match slot % (2 << round) {
                    0 => left.push(id),
                    _ => scope.set(array, slot, Value::Undefined).unwrap(),
                }
                slot += 1;
            }
            before = left;
        });
        for _ in 0..2 {
            heap.collect();
            assert_eq!(identities(&mut heap), before, "{round}");
        }
    }
    // New ones where dead ones were are others.
    heap.enter(|scope| {
        let array = scope.local(&kept).unwrap();
        for slot in 0..ALL {
            let number = shapes::heap_number(scope, slot as f64).unwrap();
            scope.set(array, slot, Value::Ref(number)).unwrap();
        }
    });
    heap.collect();
    let after = identities(&mut heap);
    assert_eq!(after.len(), ALL);
    assert!(after.iter().all(|id| !ever.contains(id)));
}

#[test]
fn a_walk_goes_breadth_first_and_only_where_references_keep_alive() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let [first, second, third] = [1, 2, 3].map(|fields| shapes::object(scope, fields).unwrap());
        scope.set(first, 0, Value::Ref(second)).unwrap();
        scope.set(second, 0, Value::Ref(third)).unwrap();
        scope.set(first, 1, Value::Ref(third)).unwrap();
        let table = scope.alloc_ephemeron_table(4).unwrap();
        let key = shapes::object(scope, 4).unwrap();
        let value = shapes::object(scope, 5).unwrap();
        scope.ephemeron_set(table, key, Value::Ref(value)).unwrap();
        let chained = shapes::object(scope, 6).unwrap();
        scope.ephemeron_set(table, value, Value::Ref(chained)).unwrap();
        let weak = scope.alloc_weak_cell(key).unwrap();
        let holder = scope.alloc(Kind::Array, 4, 0).unwrap();
        for (slot, cell) in [first, table, weak].into_iter().enumerate() {
            scope.set(holder, slot, Value::Ref(cell)).unwrap();
        }
        (scope.global(holder).unwrap(), scope.global(key).unwrap())
    });
    // Both globals are gone, and the handles: nothing is reachable.
    heap.walk(|node| panic!("{node:?} is not reachable"));
    assert!(heap.roots().is_empty());

    let (holder, key) = heap.enter(|scope| {
        let table = scope.alloc_ephemeron_table(4).unwrap();
        let [key, value, chained, inner] =
            [1, 2, 3, 4].map(|fields| shapes::object(scope, fields).unwrap());
        scope.ephemeron_set(table, key, Value::Ref(value)).unwrap();
        scope.ephemeron_set(table, value, Value::Ref(chained)).unwrap();
        scope.set(chained, 0, Value::Ref(inner)).unwrap();
        let weak = scope.alloc_weak_cell(key).unwrap();
        let holder = scope.alloc(Kind::Array, 2, 0).unwrap();
        scope.set(holder, 0, Value::Ref(table)).unwrap();
        scope.set(holder, 1, Value::Ref(weak)).unwrap();
        (scope.global(holder).unwrap(), scope.global(key).unwrap())
    });
    let kinds = |heap: &mut Heap| {
        let mut order = Vec::new();
        heap.walk(|node| order.push((node.kind, node.size)));
        order
    };
    let (table, weak) = ((Kind::EphemeronTable, 40 + 16 * 4), (Kind::WeakCell, 32));
    let holder_node = (Kind::Array, 32);
    let object = |fields: usize| (Kind::Object, 24 + 8 * fields);
    let mut order = kinds(&mut heap);
    let tail = order.split_off(4);
    assert_eq!(order.iter().filter(|node| [holder_node, object(1)].contains(node)).count(), 2);
    assert_eq!(order.iter().filter(|node| [table, weak].contains(node)).count(), 2);
    assert_eq!(tail, [object(2), object(3), object(4)], "a value comes after its key");
    drop(key);
    assert_eq!(kinds(&mut heap), [holder_node, table, weak]);
    drop(holder);
}

/// The edges of the nodes, by kind, slots and name, in the order of the walk.
fn named(heap: &mut Heap) -> Vec<(Kind, usize, Option<&'static str>, Kind)> {
    let mut edges = Vec::new();
    heap.walk(|node| {
        let edge = |edge| (node.kind, node.slots, shapes::internal_name(node, edge), edge.to_kind);
        edges.extend(node.edges.iter().map(edge));
    });
    edges
}

#[test]
fn the_edges_of_shapes_have_the_names_of_v8s_snapshots() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut check = |make: &dyn for<'s> Fn(&mut Scope<'s>) -> Local<'s>, expected: &[_]| {
        let root = heap.enter(|scope| {
            let cell = make(scope);
            scope.global(cell).unwrap()
        });
        assert_eq!(named(&mut heap), expected);
        drop(root);
    };
    let (object, array) = (Kind::Object, Kind::Array);
    check(&|s| shapes::array(s, 3).unwrap(), &[(object, 2, Some("elements"), array)]);
    check(&|s| shapes::map(s, 3).unwrap(), &[(object, 2, Some("table"), Kind::OrderedTable)]);
    check(&|s| shapes::set(s, 3).unwrap(), &[(object, 2, Some("table"), Kind::OrderedTable)]);
    let table = (object, 1, Some("table"), Kind::EphemeronTable);
    check(&|s| shapes::weak_map(s, 3).unwrap(), &[table]);
    check(
        &|s| {
            s.escape(|s| {
                let buffer = shapes::array_buffer(s, vec![0; 16])?;
                shapes::typed_array(s, buffer, 0, 16)
            })
            .unwrap()
        },
        &[(object, 2, Some("buffer"), Kind::Native)],
    );
    // A field's value, in an object as large as a typed array and in one with as many slots.
    for fields in [9, 1] {
        check(
            &|s| {
                s.escape(|s| {
                    let buffer = shapes::array_buffer(s, vec![0; 16])?;
                    let holder = shapes::object(s, fields)?;
                    s.set(holder, shapes::FIELDS, Value::Ref(buffer))?;
                    Ok::<_, heap_model::HeapError>(holder)
                })
                .unwrap()
            },
            &[(object, fields + 1, None, Kind::Native)],
        );
    }
    check(
        &|s| {
            s.escape(|s| {
                let outer = shapes::context(s, None, 0)?;
                let inner = shapes::context(s, Some(outer), 1)?;
                s.set(inner, shapes::VARIABLES, Value::Ref(outer))?;
                shapes::function(s, inner)
            })
            .unwrap()
        },
        &[
            (Kind::Closure, 6, Some("context"), Kind::Context),
            (Kind::Context, 3, Some("previous"), Kind::Context),
            (Kind::Context, 3, None, Kind::Context),
        ],
    );
    let text = Kind::OneByteString;
    check(
        &|s| {
            s.escape(|s| {
                let text = shapes::one_byte_string(s, b"text")?;
                shapes::cons_string(s, text, text)
            })
            .unwrap()
        },
        &[(Kind::ConsString, 2, Some("first"), text), (Kind::ConsString, 2, Some("second"), text)],
    );
    let watched = |s: &mut Scope<'_>| {
        let target = shapes::object(s, 0).unwrap();
        let weak = shapes::weak_ref(s, target).unwrap();
        let owner = shapes::object(s, 1).unwrap();
        let watch = s.alloc_registration(owner, target, Some(weak), 1).unwrap();
        s.set(watch, 4, Value::Ref(weak)).unwrap();
        s.global(watch).unwrap()
    };
    let root = heap.enter(watched);
    let (watch, weak) = (Kind::Registration, Kind::WeakCell);
    let expected = [
        (watch, 5, Some("target"), object),
        (watch, 5, Some("unregister_token"), weak),
        (watch, 5, Some("finalization_registry"), object),
        (watch, 5, Some("holdings"), weak),
        (weak, 1, Some("target"), object),
    ];
    assert_eq!(named(&mut heap), expected);
    drop(root);
}

#[test]
fn values_that_waited_come_last_in_the_order_of_their_keys() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    const ALL: usize = 20;
    let root = heap.enter(|scope| {
        let mut table = scope.alloc_ephemeron_table(4).unwrap();
        let keys = scope.alloc(Kind::Array, ALL, 0).unwrap();
        // The keys come to the table in another order than they are reached in.
        for number in (0..ALL).map(|number| number * 7 % ALL) {
            let key = shapes::object(scope, number).unwrap();
            let value = scope.alloc(Kind::Bytes, 0, 8 * number).unwrap();
            scope.set(keys, number, Value::Ref(key)).unwrap();
            table = scope.ephemeron_set(table, key, Value::Ref(value)).unwrap().unwrap_or(table);
        }
        let root = scope.alloc_with(Kind::Array, &[Value::Ref(table), Value::Ref(keys)]).unwrap();
        scope.global(root).unwrap()
    });
    let mut order = Vec::new();
    heap.walk(|node| order.push((node.kind, node.size)));
    let keys = (0..ALL).map(|number| (Kind::Object, 24 + 8 * number));
    let values = (0..ALL).map(|number| (Kind::Bytes, 16 + 8 * number));
    assert!(order.into_iter().skip(3).eq(keys.chain(values)));
    drop(root);
}

#[test]
fn a_list_of_a_million_nodes_is_walked_without_recursion() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let list = heap.enter(|scope| {
        let list = scope.escape(|scope| {
            let mut list = scope.alloc(Kind::Object, 1, 0)?;
            for _ in 1..1_000_000 {
                list = scope.alloc_with(Kind::Object, &[Value::Ref(list)])?;
            }
            Ok::<_, heap_model::HeapError>(list)
        });
        let list = list.unwrap();
        scope.global(list).unwrap()
    });
    let mut count = 0;
    heap.walk(|node| count += node.edges.len());
    assert_eq!(count, 999_999);
    drop(list);
}
