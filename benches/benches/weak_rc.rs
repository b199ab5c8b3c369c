//! Weak-keyed maps over `Rc`: chains whose values hold the next key, of which weak-table frees a part at a time.

use benches::shuffled;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::rc::{Rc, Weak};
use weak_refs::rc::{Mortal, RcWeakMap};
use weak_table::PtrWeakKeyHashMap;

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

criterion_group!(benches, expire);
criterion_main!(benches);
