//! Compaction at the end of a marking that went along.

use heap_model::{CollectionKind, Global, Heap, HeapOptions, Kind, Scope, Value};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

const CELLS: usize = 2000;
/// Where they can be.
const SLOTS: usize = 3 * CELLS;
/// One of this many cells survives.
const SPARSE: usize = 10;

fn check(scope: &mut Scope<'_>, array: &Global) {
    let array = scope.local(array).unwrap();
    let mut numbers: Vec<i32> = (0..SLOTS)
        .filter_map(|slot| {
            scope.scope(|inner| {
                let Value::Ref(cell) = inner.get(array, slot).unwrap() else { return None };
                let Value::Smi(number) = inner.get(cell, 0).unwrap() else { panic!("overwritten") };
                assert!(inner.bytes(cell).unwrap().iter().all(|byte| *byte == number as u8));
                Some(number)
            })
        })
        .collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..CELLS as i32));
}

#[test]
fn sparse_pages_are_emptied_by_markings_that_go_along_with_the_program() {
    let mut heap = Heap::new(
        HeapOptions::default()
            .with_limit(64 << 20)
            .with_initial_semi_space(256 << 10)
            .with_max_semi_space(512 << 10)
            .with_initial_old_generation(2 << 20)
            .with_incremental(Duration::from_nanos(1)),
    )
    .unwrap();
    let markings = Arc::new(AtomicUsize::new(0));
    let count = markings.clone();
    heap.on_collection(move |event| {
        assert!(event.kind != CollectionKind::Full, "{event}");
        if event.kind == CollectionKind::Incremental {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    // Between the cells that are kept lie others that die.
    let array = heap.enter(|scope| {
        let array = scope.alloc(Kind::Array, SLOTS, 0).unwrap();
        let others = scope.alloc(Kind::Array, CELLS * SPARSE, 0).unwrap();
        for number in 0..CELLS * SPARSE {
            scope.scope(|inner| {
                let cell = inner.alloc(Kind::Object, 1, 200).unwrap();
                let (kept, slot) = (number % SPARSE == 0, number / SPARSE);
                inner.set(cell, 0, Value::Smi(slot as i32)).unwrap();
                inner.bytes_mut(cell).unwrap().fill(slot as u8);
                let (holder, slot) = if kept { (array, slot) } else { (others, number) };
                inner.set(holder, slot, Value::Ref(cell)).unwrap();
            });
        }
        scope.global(array).unwrap()
    });
    let old_space = |heap: &Heap| {
        heap.space_statistics().into_iter().find(|space| space.name == "old_space").unwrap()
    };
    let before = old_space(&heap);
    assert!(before.committed > 4 << 20);
    // While markings go along, the cells are exchanged, and their array is replaced.
    let (mut array, mut round) = (array, 0);
    while markings.load(Ordering::Relaxed) < 8 {
        array = heap.enter(|scope| {
            let mut local = scope.local(&array).unwrap();
            for _ in 0..100 {
                round += 1;
                let slots = [round * 7919 % SLOTS, round * 104_729 % SLOTS];
                scope.scope(|inner| {
                    let cells = slots.map(|slot| inner.get(local, slot).unwrap());
                    inner.set(local, slots[0], cells[1]).unwrap();
                    inner.set(local, slots[1], cells[0]).unwrap();
                });
            }
            if round % 16_000 == 0 {
                let other = scope.alloc(Kind::Array, SLOTS, 0).unwrap();
                for slot in 0..SLOTS {
                    scope.scope(|inner| {
                        let cell = inner.get(local, slot).unwrap();
                        inner.set(other, slot, cell).unwrap();
                    });
                }
                local = other;
            }
            // What makes a marking due, but does not stay in pages.
            scope.scope(|inner| inner.alloc(Kind::Bytes, 0, 140_000).map(drop)).unwrap();
            scope.global(local).unwrap()
        });
        heap.enter(|scope| check(scope, &array));
    }
    let after = old_space(&heap);
    assert!(after.committed < before.committed / 3, "{before:?} {after:?}");
}
