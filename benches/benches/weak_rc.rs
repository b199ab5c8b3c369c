//! Weak-keyed maps over `Rc`: look-ups, and chains whose values hold the next key, which weak-table
//! frees a part of at a time.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::rc::{Rc, Weak};
use weak_refs::rc::{Mortal, RcWeakMap};
use weak_table::PtrWeakKeyHashMap;

const KEYS: usize = 10_000;

/// The numbers below n in a random order.
fn shuffled(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut state = 1_u64;
    for i in (1..n).rev() {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
        order.swap(i, (state >> 33) as usize % (i + 1));
    }
    order
}

/// A map in which only entry i holds key i + 1.
fn chain<K, M: Default>(
    order: &[usize],
    key: impl Fn(usize) -> K,
    insert: impl Fn(&mut M, &Rc<K>, Rc<K>),
) -> M {
    let keys: Vec<_> = (0..=order.len()).map(|i| Rc::new(key(i))).collect();
    let mut map = M::default();
    for i in order {
        insert(&mut map, &keys[*i], keys[i + 1].clone());
    }
    map
}

fn expire(criterion: &mut Criterion) {
    for (name, n) in [("1k", 1_000), ("10k", 10_000), ("100k", 100_000)] {
        let mut group = criterion.benchmark_group(format!("weak-refs/rc-expire/{name}-shuffled"));
        group.sample_size(10);
        let order = shuffled(n);
        group.bench_function("weak-refs", |bencher| {
            let set = |map: &mut RcWeakMap<_, _>, key: &Rc<_>, value| {
                map.set(key, value);
            };
            bencher.iter_batched_ref(
                || chain(&order, Mortal::new, set),
                |map| assert_eq!(map.expire(), n),
                BatchSize::LargeInput,
            );
        });
        if n > 10_000 {
            // Quadratic in weak-table: seconds.
            continue;
        }
        group.bench_function("weak-table", |bencher| {
            let set =
                |map: &mut PtrWeakKeyHashMap<Weak<usize>, Rc<usize>>, key: &Rc<usize>, value| {
                    map.insert(key.clone(), value);
                };
            bencher.iter_batched_ref(
                || chain(&order, |i| i, set),
                |map| {
                    while !map.is_empty() {
                        map.remove_expired();
                    }
                },
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

fn get(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("weak-refs/rc-get/10k-keys");
    let keys: Vec<Rc<usize>> = (0..KEYS).map(Rc::new).collect();
    let mut next = 0;

    let mut ours = RcWeakMap::new();
    for key in &keys {
        ours.set(key, **key);
    }
    group.bench_function("weak-refs", |bencher| {
        bencher.iter(|| {
            next = (next + 7919) % KEYS;
            assert_eq!(ours.get(black_box(&keys[next])), Some(&next));
        });
    });

    let by_address: hashbrown::HashMap<*const usize, usize> =
        keys.iter().map(|key| (Rc::as_ptr(key), **key)).collect();
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

criterion_group!(benches, expire, get);
criterion_main!(benches);
