//! What young cells refer to weakly, in full collections that do not promote before they mark.

use heap_model::{Cause, Global, Heap, HeapOptions, Kind, TableSizing, Value};
use std::sync::{Arc, Mutex};

/// Bytes of the cells that are to die.
const BYTES: usize = 10_000;

/// Cells that are old.
fn old_cells<const N: usize>(heap: &mut Heap) -> [Global; N] {
    let cells = heap.enter(|scope| {
        [(); N].map(|()| {
            let cell = scope.alloc(Kind::Object, 1, BYTES).unwrap();
            scope.global(cell).unwrap()
        })
    });
    heap.scavenge();
    heap.scavenge();
    cells
}

/// Lets a full collection come because memory outside the heap has grown.
fn collect_for_external_memory(heap: &mut Heap) {
    let causes = Arc::new(Mutex::new(Vec::new()));
    let log = causes.clone();
    heap.on_collection(move |event| log.lock().unwrap().push(event.cause));
    heap.adjust_external_memory(65 << 20);
    heap.enter(|scope| scope.alloc(Kind::Object, 0, 0).map(drop)).unwrap();
    assert_eq!(*causes.lock().unwrap(), [Cause::ExternalMemory]);
}

fn old_bytes(heap: &Heap) -> usize {
    heap.statistics().old_space_used
}

#[test]
fn a_young_weak_cell_does_not_keep_its_old_target() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let [target, kept] = old_cells(&mut heap);
    let before = old_bytes(&heap);
    let cells = heap.enter(|scope| {
        [&target, &kept].map(|target| {
            let target = scope.local(target).unwrap();
            let cell = scope.alloc_weak_cell(target).unwrap();
            scope.global(cell).unwrap()
        })
    });
    drop(target);
    collect_for_external_memory(&mut heap);
    assert_eq!(old_bytes(&heap), before / 2);
    heap.enter(|scope| {
        let [cleared, cell] = [&cells[0], &cells[1]].map(|cell| scope.local(cell).unwrap());
        assert!(scope.weak_target(cleared).unwrap().is_none());
        let (target, kept) = (scope.weak_target(cell).unwrap(), scope.local(&kept).unwrap());
        assert!(scope.same(target.unwrap(), kept));
    });
}

#[test]
fn a_young_table_keeps_the_old_values_of_living_keys_alone() {
    for tables in [TableSizing::Shrink, TableSizing::V8] {
        let mut heap = Heap::new(HeapOptions::default().with_tables(tables)).unwrap();
        // An old key that dies, an old one that a value leads to, and young ones.
        let [dead, its_value, led_to, last, young_value] = old_cells(&mut heap);
        let before = old_bytes(&heap);
        let (table, young, behind) = heap.enter(|scope| {
            let table = scope.alloc_ephemeron_table(64).unwrap();
            let young = scope.alloc(Kind::Object, 0, 0).unwrap();
            let [dead, its_value, led_to, last, young_value] =
                [&dead, &its_value, &led_to, &last, &young_value]
                    .map(|cell| scope.local(cell).unwrap());
            scope.set(young_value, 0, Value::Ref(led_to)).unwrap();
            for (key, value) in [(dead, its_value), (led_to, last), (young, young_value)] {
                assert!(scope.ephemeron_set(table, key, Value::Ref(value)).unwrap().is_none());
            }
            // The new space is walked behind the table, too.
            let behind = scope.alloc(Kind::Object, 0, 0).unwrap();
            (
                scope.global(table).unwrap(),
                scope.global(young).unwrap(),
                scope.global(behind).unwrap(),
            )
        });
        drop((dead, its_value, led_to, last, young_value));
        collect_for_external_memory(&mut heap);
        assert_eq!(old_bytes(&heap), before / 5 * 3);
        heap.collect();
        assert_eq!(heap.statistics().new_space_used, 0);
        heap.enter(|scope| {
            let [table, young] = [&table, &young].map(|cell| scope.local(cell).unwrap());
            scope.local(&behind).unwrap();
            assert_eq!(scope.ephemeron_len(table), Ok(2));
            let Some(Value::Ref(value)) = scope.ephemeron_get(table, young).unwrap() else {
                panic!()
            };
            let Value::Ref(led_to) = scope.get(value, 0).unwrap() else { panic!() };
            assert!(scope.ephemeron_has(table, led_to).unwrap());
        });
    }
}
