//! On heap-model: cells of one slot in a list, of three in a graph that an array holds.

use super::task::{EDGES, Random};
use crate::timed::Report;
use heap_model::{Global, Heap, HeapOptions, Kind, Scope, Seen, Value, View};

/// Collects a list.
pub fn list(millions: usize) -> Report {
    run(millions, build_list, |first| {
        let (mut at, mut references) = (first, 0);
        while let Ok(Seen::Ref(next)) = at.get(0) {
            references += 1;
            at = next;
        }
        references
    })
}

/// Collects a graph.
pub fn graph(millions: usize) -> Report {
    run(millions, build_graph, |all| {
        let edges = |index| match all.get(index) {
            Ok(Seen::Ref(cell)) => {
                (0..EDGES).filter(|slot| matches!(cell.get(*slot), Ok(Seen::Ref(_)))).count()
            }
            _ => 0,
        };
        (0..all.slot_count()).map(edges).sum()
    })
}

fn run(
    millions: usize,
    build: fn(&mut Scope<'_>, usize) -> Global,
    references: fn(View<'_>) -> usize,
) -> Report {
    let mut heap = Heap::new(HeapOptions::default()).expect("a heap");
    let held = heap.enter(|scope| build(scope, millions * 1_000_000));
    let time = super::task::measure(|| heap.collect());
    let references = heap.enter(|scope| {
        let held = scope.local(&held).expect("its own heap");
        references(scope.view(held).expect("its own heap"))
    });
    super::task::report(millions, references, time)
}

/// The list's first cell.
fn build_list(scope: &mut Scope<'_>, cells: usize) -> Global {
    let first = scope.alloc(Kind::Object, 1, 0).expect("room");
    for _ in 1..cells {
        scope.scope(|scope| {
            let next = scope.get(first, 0).expect("a slot");
            let cell = scope.alloc_with(Kind::Object, &[next]).expect("room");
            scope.set(first, 0, Value::Ref(cell)).expect("a slot");
        });
    }
    scope.global(first).expect("its own heap")
}

/// The array that holds the graph's cells.
fn build_graph(scope: &mut Scope<'_>, cells: usize) -> Global {
    let all = scope.alloc(Kind::Array, cells, 0).expect("room");
    for index in 0..cells {
        scope.scope(|scope| {
            let cell = scope.alloc(Kind::Object, EDGES, 0).expect("room");
            scope.set(all, index, Value::Ref(cell)).expect("a slot");
        });
    }
    let mut random = Random::new();
    for index in 0..cells {
        scope.scope(|scope| {
            let Ok(Value::Ref(cell)) = scope.get(all, index) else { return };
            for slot in 0..EDGES {
                let to = scope.get(all, random.below(cells)).expect("a slot");
                scope.set(cell, slot, to).expect("a slot");
            }
        });
    }
    scope.global(all).expect("its own heap")
}
