//! Collections of a million live cells, a linked list and a random graph: heap-model beside gc-arena
//! and boa_gc; and the longest pause on a large heap under allocation.

use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use criterion::{Criterion, criterion_group, criterion_main};
use gc_arena::barrier::unlock;
use gc_arena::lock::RefLock;
use gc_arena::{Arena, Collect, Rootable};
use heap_model::{Global, Heap, HeapOptions, Kind, Value};

const CELLS: usize = 1_000_000;

/// Numbers below a bound, the same for all (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound
    }
}

#[derive(Collect)]
#[collect(no_drop)]
struct Link<'gc>(Option<gc_arena::Gc<'gc, Link<'gc>>>);

#[derive(Trace, Finalize)]
struct Node(Option<Gc<Node>>);

fn our_list(cells: usize) -> (Heap, Option<Global>) {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    let list = heap.enter(|scope| {
        let mut list = None;
        for _ in 0..cells {
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
    (heap, list)
}

fn collect_list(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("heap-model/collect/list-1M");
    group.sample_size(10);

    let (mut heap, list) = our_list(CELLS);
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
    // Its drop would recurse.
    std::mem::forget(boa);
}

#[derive(Collect)]
#[collect(no_drop)]
struct Vertex<'gc> {
    edges: RefLock<[Option<gc_arena::Gc<'gc, Vertex<'gc>>>; 3]>,
}

#[derive(Trace, Finalize)]
struct BoaVertex(GcRefCell<Vec<Gc<BoaVertex>>>);

/// Cells with three references each to cells anywhere, all held by one array.
fn our_graph(cells: usize) -> (Heap, Global) {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    let mut random = Random(88_172_645_463_325_252);
    let all = heap.enter(|scope| {
        let all = scope.alloc(Kind::Array, cells, 0).expect("room");
        for index in 0..cells {
            scope.scope(|scope| {
                let cell = scope.alloc(Kind::Object, 3, 0).expect("room");
                scope.set(all, index, Value::Ref(cell)).expect("a slot");
            });
        }
        for index in 0..cells {
            scope.scope(|scope| {
                let Ok(Value::Ref(cell)) = scope.get(all, index) else { return };
                for slot in 0..3 {
                    let to = scope.get(all, random.below(cells)).expect("a slot");
                    scope.set(cell, slot, to).expect("a slot");
                }
            });
        }
        scope.global(all).expect("its own heap")
    });
    (heap, all)
}

fn collect_graph(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("heap-model/collect/graph-1M");
    group.sample_size(10);

    let (mut heap, all) = our_graph(CELLS);
    group.bench_function("heap-model", |bencher| bencher.iter(|| heap.collect()));
    drop(all);

    let mut random = Random(88_172_645_463_325_252);
    let mut arena = Arena::<Rootable![Vec<gc_arena::Gc<'_, Vertex<'_>>>]>::new(|mc| {
        let vertex = |_| gc_arena::Gc::new(mc, Vertex { edges: RefLock::new([None; 3]) });
        let all: Vec<gc_arena::Gc<'_, Vertex<'_>>> = (0..CELLS).map(vertex).collect();
        for vertex in &all {
            let to = std::array::from_fn(|_| Some(all[random.below(CELLS)]));
            *unlock!(gc_arena::Gc::write(mc, *vertex), Vertex, edges).borrow_mut() = to;
        }
        all
    });
    group.bench_function("gc-arena", |bencher| bencher.iter(|| arena.finish_cycle()));
    arena.mutate(|_, all| assert_eq!(all.len(), CELLS));

    let mut random = Random(88_172_645_463_325_252);
    let vertex = |_| Gc::new(BoaVertex(GcRefCell::new(Vec::with_capacity(3))));
    let all: Vec<Gc<BoaVertex>> = (0..CELLS).map(vertex).collect();
    for vertex in &all {
        let to = (0..3).map(|_| all[random.below(CELLS)].clone());
        vertex.0.borrow_mut().extend(to);
    }
    group.bench_function("boa_gc", |bencher| bencher.iter(boa_gc::force_collect));
    group.finish();
    std::mem::forget(all);
}

criterion_group!(benches, collect_list, collect_graph);
criterion_main!(benches);
