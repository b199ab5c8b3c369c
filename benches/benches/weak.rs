//! Look-ups by identity: weak-refs, on the heap and over `Rc`, beside hashbrown (the floor) and weak-table.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use heap_model::{Heap, HeapOptions, Kind, Value};
use std::hint::black_box;
use std::rc::{Rc, Weak};
use weak_refs::WeakMap;
use weak_refs::rc::RcWeakMap;
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
    peers(&mut group, &keys());
    group.finish();
}

fn rc_get(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("weak-refs/rc-get/10k-keys");
    let keys = keys();
    let mut ours = RcWeakMap::new();
    for key in &keys {
        ours.set(key, **key);
    }
    look_up(&mut group, "weak-refs", &keys, |key| ours.get(key).copied());
    peers(&mut group, &keys);
    group.finish();
}

fn keys() -> Vec<Rc<usize>> {
    (0..KEYS).map(Rc::new).collect()
}

fn peers(group: &mut BenchmarkGroup<'_, WallTime>, keys: &[Rc<usize>]) {
    let by_address: hashbrown::HashMap<*const usize, usize> =
        keys.iter().map(|key| (Rc::as_ptr(key), **key)).collect();
    look_up(group, "hashbrown", keys, |key| by_address.get(&Rc::as_ptr(key)).copied());

    let mut weak: PtrWeakKeyHashMap<Weak<usize>, usize> = PtrWeakKeyHashMap::new();
    for key in keys {
        weak.insert(key.clone(), **key);
    }
    look_up(group, "weak-table", keys, |key| weak.get(key).copied());
}

/// Looks the keys up in a fixed order without a pattern.
fn look_up(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    keys: &[Rc<usize>],
    get: impl Fn(&Rc<usize>) -> Option<usize>,
) {
    let mut next = 0;
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            next = (next + 7919) % KEYS;
            assert_eq!(get(black_box(&keys[next])), Some(next));
        });
    });
}

criterion_group!(benches, get, rc_get);
criterion_main!(benches);
