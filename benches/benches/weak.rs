//! Look-ups by identity: weak-refs beside hashbrown (the floor) and weak-table.

use criterion::{Criterion, criterion_group, criterion_main};
use heap_model::{Heap, HeapOptions, Kind, Value};
use std::hint::black_box;
use std::rc::{Rc, Weak};
use weak_refs::WeakMap;
use weak_table::PtrWeakKeyHashMap;

const KEYS: usize = 10_000;

fn get(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("weak-refs/get/10k-keys");
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    heap.enter(|scope| {
        let map = WeakMap::new(scope).expect("room");
        let keys: Vec<_> =
            (0..KEYS).map(|_| scope.alloc(Kind::Object, 1, 0).expect("room")).collect();
        for (number, key) in keys.iter().enumerate() {
            map.set(scope, Value::Ref(*key), Value::Smi(number as i32)).expect("room");
        }
        let mut next = 0;
        group.bench_function("weak-refs", |bencher| {
            bencher.iter(|| {
                next = (next + 7919) % KEYS;
                let found = map.get(scope, Value::Ref(keys[next])).expect("its own heap");
                assert!(matches!(found, Some(Value::Smi(number)) if number as usize == next));
            });
        });
    });

    let keys: Vec<Rc<usize>> = (0..KEYS).map(Rc::new).collect();
    let by_address: hashbrown::HashMap<*const usize, usize> =
        keys.iter().map(|key| (Rc::as_ptr(key), **key)).collect();
    let mut next = 0;
    group.bench_function("hashbrown", |bencher| {
        bencher.iter(|| {
            next = (next + 7919) % KEYS;
            assert_eq!(by_address.get(&Rc::as_ptr(black_box(&keys[next]))), Some(&next));
        });
    });

    let mut weak: PtrWeakKeyHashMap<Weak<usize>, usize> = PtrWeakKeyHashMap::new();
    for key in &keys {
        weak.insert(key.clone(), **key);
    }
    group.bench_function("weak-table", |bencher| {
        bencher.iter(|| {
            next = (next + 7919) % KEYS;
            assert_eq!(weak.get(black_box(&keys[next])), Some(&next));
        });
    });
    group.finish();
}

criterion_group!(benches, get);
criterion_main!(benches);
