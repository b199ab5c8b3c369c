//! Inside a scope: what the heap does there, and that the scope's handles take part in it.

use crate::events::small;
use heap_model::{Heap, HeapOptions, Kind, NodeId, Scope, Value, shapes};
use std::time::{Duration, Instant};

#[test]
fn the_roots_of_a_scope_are_its_handles_and_the_owned_ones() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let ids = |scope: &mut Scope<'_>| {
        let mut ids = Vec::new();
        scope.walk(|node| ids.push(node.id));
        ids
    };
    let kept = heap.enter(|scope| {
        assert!(scope.roots().is_empty());
        let first = shapes::object(scope, 1).unwrap();
        let kept = scope.global(first).unwrap();
        let second = shapes::object(scope, 2).unwrap();
        let [a, b, c] = scope.roots()[..] else { panic!("two handles and a root") };
        assert_eq!((a, scope.view(second).unwrap().id()), (c, Some(b)));
        assert_eq!(ids(scope), [a, b]);
        scope.scope(|scope| {
            let third = shapes::object(scope, 3).unwrap();
            scope.set(second, 0, Value::Ref(third)).unwrap();
            let inner: Vec<NodeId> = scope.roots();
            assert_eq!((inner.len(), &inner[..2]), (4, &[a, b][..]));
            assert_eq!(ids(scope), [a, b, inner[2]]);
            scope.collect();
            assert_eq!(scope.roots(), inner);
        });
        assert_eq!(scope.roots(), [a, b, a]);
        assert_eq!(ids(scope).len(), 3, "the third is still a field of the second");
        kept
    });
    assert_eq!(heap.roots().len(), 1);
    drop(kept);
    assert!(heap.roots().is_empty());
}

#[test]
fn idle_time_and_released_memory_leave_the_handles_as_they_are() {
    let options = small().with_incremental(Duration::from_millis(1));
    let mut heap = Heap::new(options).unwrap();
    heap.reset_pauses();
    heap.enter(|scope| {
        scope.reserve(10_000).unwrap();
        let kept = scope.alloc(Kind::Array, 5000, 0).unwrap();
        for slot in 0..5000 {
            scope.scope(|scope| {
                let cell = scope.alloc(Kind::Object, 1, 1000).unwrap();
                scope.set(cell, 0, Value::Smi(slot as i32)).unwrap();
                if slot % 4 == 0 {
                    scope.set(kept, slot, Value::Ref(cell)).unwrap();
                }
            });
        }
        let before = scope.statistics().full_collections;
        while !scope.idle(Instant::now() + Duration::from_secs(1)) {}
        for _ in 0..3 {
            scope.collect();
            scope.release_memory();
        }
        assert!(scope.statistics().full_collections >= before + 3);
        assert!(scope.marking_work() > 0 && scope.statistics().longest_pause > Duration::ZERO);
        scope.reset_pauses();
        assert_eq!(scope.statistics().longest_pause, Duration::ZERO);
        for slot in (0..5000).step_by(4) {
            scope.scope(|scope| {
                let Value::Ref(cell) = scope.get(kept, slot).unwrap() else { panic!("lost") };
                assert!(matches!(scope.get(cell, 0), Ok(Value::Smi(n)) if n == slot as i32));
            });
        }
        let spaces = scope.space_statistics();
        let committed: usize = spaces.iter().map(|space| space.committed).sum();
        assert_eq!(committed, scope.heap_total());
        scope.adjust_external_memory(100);
        assert_eq!(scope.external_memory(), 100);
        assert_eq!(scope.limit(), 64 << 20);
    });
}

#[test]
fn memory_that_is_released_neither_lifts_the_limit_nor_puts_a_due_collection_off() {
    let options = small().with_initial_semi_space(1 << 20).with_max_semi_space(1 << 20);
    let mut heap = Heap::new(options.with_limit(4 << 20)).unwrap();
    heap.enter(|scope| {
        let kept = scope.alloc(Kind::Array, 1, 0).unwrap();
        loop {
            scope.release_memory();
            let previous = scope.get(kept, 0).unwrap();
            let Ok(cell) = scope.alloc(Kind::Object, 1, 3000) else { break };
            scope.set(cell, 0, previous).unwrap();
            scope.set(kept, 0, Value::Ref(cell)).unwrap();
            assert!(scope.heap_total() <= 4 << 20);
        }
        scope.release_memory();
        scope.collect();
        assert!(scope.heap_total() <= 4 << 20);
    });
    heap.collect();
    heap.enter(|scope| {
        let before = scope.statistics().full_collections;
        scope.adjust_external_memory((64 << 20) + 1);
        scope.release_memory();
        scope.alloc(Kind::Object, 1, 0).unwrap();
        assert_eq!(scope.statistics().full_collections, before + 1);
    });
}

#[test]
fn a_value_of_any_kind_escapes_its_scope_and_leaves_one_handle_at_most() {
    let mut heap = Heap::new(small()).unwrap();
    heap.enter(|scope| {
        let kept = scope.escape_value(|scope| -> Result<_, heap_model::OutOfMemory> {
            scope.alloc(Kind::Object, 0, 0)?;
            Ok(Value::Ref(scope.alloc(Kind::Array, 1, 0)?))
        });
        let Value::Ref(kept) = kept.unwrap() else { panic!("a cell") };
        scope.collect();
        assert_eq!((scope.kind(kept), scope.statistics().handles), (Ok(Kind::Array), 1));
        for constant in
            [Value::Undefined, Value::Null, Value::Hole, Value::Bool(true), Value::Smi(-3)]
        {
            let escaped = scope.escape_value(|scope| -> Result<_, heap_model::OutOfMemory> {
                scope.alloc(Kind::Object, 0, 0)?;
                Ok(match constant {
                    Value::Smi(number) => Value::Smi(number),
                    Value::Bool(value) => Value::Bool(value),
                    Value::Null => Value::Null,
                    Value::Hole => Value::Hole,
                    _ => Value::Undefined,
                })
            });
            assert!(scope.same_value(escaped.unwrap(), constant));
            assert_eq!(scope.statistics().handles, 1);
        }
    });
}
