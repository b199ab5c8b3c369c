//! On heap-model: incremental marking in steps of a millisecond, or stop-the-world.

use super::task::{ALLOCATIONS, BATCH, Random, Stops, WIDTH, WORDS};
use crate::timed::Report;
use heap_model::{Global, Growing, Heap, HeapOptions, Kind, Local, Scope, Value};
use std::time::Duration;

/// Runs the workload with incremental marking, for stops of less than a millisecond: steps of a fifth of one, and
/// semi-spaces of a page, because a scavenge takes time in proportion to its survivors.
pub fn run_in_steps(megabytes: usize) -> Report {
    let incremental = Some(Duration::from_micros(200));
    run(megabytes, small_semi_spaces().with_incremental(incremental))
}

/// Runs the workload with stop-the-world collections in the same heap: what differs is marking in steps alone.
pub fn run_at_once_as_small(megabytes: usize) -> Report {
    run(megabytes, small_semi_spaces())
}

fn small_semi_spaces() -> HeapOptions {
    let page = 256 << 10;
    HeapOptions::default().with_initial_semi_space(page).with_max_semi_space(page)
}

/// Runs the workload with stop-the-world collections.
pub fn run_at_once(megabytes: usize) -> Report {
    run(megabytes, HeapOptions::default())
}

fn run(megabytes: usize, options: HeapOptions) -> Report {
    let growing = Growing::Factor(1.05);
    let mut heap = Heap::new(options.with_growing(growing)).expect("a heap");
    let all = heap.enter(|scope| fill(scope, super::task::arrays(megabytes)));
    heap.collect();
    heap.reset_pauses();
    let mut report = heap.enter(|scope| {
        let all = scope.local(&all).expect("its own heap");
        let mut random = Random::new();
        let (mut stops, mut replaced) = (Stops::new(), 0);
        for _ in 0..ALLOCATIONS / BATCH {
            for _ in 0..BATCH {
                replaced += usize::from(scope.scope(|scope| allocate(scope, all, &mut random)));
            }
            stops.lap();
        }
        stops.report(replaced)
    });
    let pause = heap.statistics().longest_pause.as_secs_f64() * 1e3;
    report.figures.push(("longest pause by its own clock, wall ms", pause));
    report
}

/// An array of arrays of cells.
fn fill(scope: &mut Scope<'_>, arrays: usize) -> Global {
    let all = scope.alloc(Kind::Array, arrays, 0).expect("room");
    for index in 0..arrays {
        scope.scope(|scope| {
            let array = scope.alloc(Kind::Array, WIDTH, 0).expect("room");
            scope.set(all, index, Value::Ref(array)).expect("a slot");
            for slot in 0..WIDTH {
                scope.scope(|scope| {
                    let cell = scope.alloc(Kind::Object, WORDS, 0).expect("room");
                    scope.set(cell, 0, Value::Ref(array)).expect("a slot");
                    scope.set(array, slot, Value::Ref(cell)).expect("a slot");
                });
            }
        });
    }
    scope.global(all).expect("its own heap")
}

/// Allocates a cell; true if it replaces one.
fn allocate(scope: &mut Scope<'_>, all: Local<'_>, random: &mut Random) -> bool {
    let cell = scope.alloc(Kind::Object, WORDS, 0).expect("room");
    let arrays = scope.slot_count(all).expect("its own heap");
    let Some((index, slot)) = random.place(arrays) else { return false };
    let Ok(Value::Ref(array)) = scope.get(all, index) else { return false };
    scope.set(cell, 0, Value::Ref(array)).expect("a slot");
    scope.set(array, slot, Value::Ref(cell)).is_ok()
}
