//! One full collection of a live list: heap-model beside gc-arena and boa_gc.

use boa_gc::{Finalize, Gc, Trace};
use criterion::{Criterion, criterion_group, criterion_main};
use gc_arena::{Arena, Collect, Rootable};
use heap_model::{Heap, HeapOptions, Kind, Value};

const CELLS: usize = 100_000;

#[derive(Collect)]
#[collect(no_drop)]
struct Link<'gc>(Option<gc_arena::Gc<'gc, Link<'gc>>>);

#[derive(Trace, Finalize)]
struct Node(Option<Gc<Node>>);

fn collect_list(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("heap-model/collect/list-100k");
    group.sample_size(20);

    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    let list = heap.enter(|scope| {
        let mut list = None;
        for _ in 0..CELLS {
            list = Some(scope.scope(|scope| {
                let cell = scope.alloc(Kind::Object, 1, 0).expect("room");
                if let Some(next) = &list {
                    let next = scope.local(next).expect("its own heap");
                    scope.set(cell, 0, Value::Ref(next)).expect("a slot");
                }
                scope.global(cell).expect("its own heap")
            }));
        }
        list
    });
    group.bench_function("heap-model", |bencher| bencher.iter(|| heap.collect()));
    assert_eq!(heap.heap_used(), CELLS * 24);
    drop(list);

    let mut arena = Arena::<Rootable![gc_arena::Gc<'_, Link<'_>>]>::new(|mc| {
        let first = gc_arena::Gc::new(mc, Link(None));
        (1..CELLS).fold(first, |next, _| gc_arena::Gc::new(mc, Link(Some(next))))
    });
    group.bench_function("gc-arena", |bencher| bencher.iter(|| arena.finish_cycle()));
    arena.mutate(|_, root| assert!(root.0.is_some()));

    let boa = (1..CELLS).fold(Gc::new(Node(None)), |next, _| Gc::new(Node(Some(next))));
    group.bench_function("boa_gc", |bencher| bencher.iter(boa_gc::force_collect));
    assert!(boa.0.is_some());
    group.finish();
}

criterion_group!(benches, collect_list);
criterion_main!(benches);
