//! The longest pause on a heap with much that lives, under allocation, with marking in steps and
//! without, and what the steps cost: `pauses [MEGABYTES] [MILLIONS OF ALLOCATIONS] [RUNS]`.

use heap_model::{Growing, Heap, HeapOptions, Kind, Value};
use std::time::{Duration, Instant};

/// Slots of the arrays that hold the living cells.
const WIDTH: usize = 1000;
/// Cells of 64 bytes.
const SLOTS: usize = 6;

struct Outcome {
    longest: Duration,
    elapsed: Duration,
    full: usize,
    scavenge: Duration,
}

fn run(megabytes: usize, millions: usize, incremental: Option<Duration>) -> Outcome {
    let growing = Growing::Factor(1.05);
    // Small semi-spaces are part of the bargain: a scavenge takes as long as what survives it.
    let max_semi_space = if incremental.is_some() { 2 << 20 } else { 16 << 20 };
    let options = HeapOptions { growing, incremental, max_semi_space, ..HeapOptions::default() };
    let mut heap = Heap::new(options).expect("a heap");
    let arrays = megabytes * 1_000_000 / (WIDTH * (16 + 8 * SLOTS + 8));
    let all = heap.enter(|scope| {
        let all = scope.alloc(Kind::Array, arrays, 0).expect("room");
        for index in 0..arrays {
            scope.scope(|scope| {
                let array = scope.alloc(Kind::Array, WIDTH, 0).expect("room");
                scope.set(all, index, Value::Ref(array)).expect("a slot");
                for slot in 0..WIDTH {
                    scope.scope(|scope| {
                        let cell = scope.alloc(Kind::Object, SLOTS, 0).expect("room");
                        scope.set(cell, 0, Value::Ref(array)).expect("a slot");
                        scope.set(array, slot, Value::Ref(cell)).expect("a slot");
                    });
                }
            });
        }
        scope.global(all).expect("its own heap")
    });
    heap.collect();
    let before = heap.statistics().full_collections;
    heap.reset_pauses();
    let start = Instant::now();
    let mut random = 88_172_645_463_325_252_u64;
    heap.enter(|scope| {
        let all = scope.local(&all).expect("its own heap");
        for _ in 0..millions * 1_000_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            scope.scope(|scope| {
                let cell = scope.alloc(Kind::Object, SLOTS, 0).expect("room");
                // One of eight takes the place of a living one.
                if random & 7 == 0 {
                    let index = (random >> 8) as usize % arrays;
                    let slot = (random >> 32) as usize % WIDTH;
                    if let Ok(Value::Ref(array)) = scope.get(all, index) {
                        scope.set(array, slot, Value::Ref(cell)).expect("a slot");
                    }
                }
            });
        }
    });
    let elapsed = start.elapsed();
    let statistics = heap.statistics();
    Outcome {
        longest: statistics.longest_pause,
        elapsed,
        full: statistics.full_collections - before,
        scavenge: statistics.longest_scavenge,
    }
}

fn main() {
    let argument = |place, default| {
        std::env::args().nth(place).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (megabytes, millions, runs) = (argument(1, 1000), argument(2, 20), argument(3, 5));
    println!("{megabytes} MB alive, {millions} million allocations, medians of {runs} runs");
    for incremental in [None, Some(Duration::from_millis(1))] {
        let mut outcomes: Vec<_> =
            (0..runs).map(|_| run(megabytes, millions, incremental)).collect();
        outcomes.sort_by_key(|outcome| outcome.longest);
        let median = &outcomes[runs / 2];
        println!(
            "{}: longest pause {:.2} ms, longest scavenge {:.2} ms, {:.2} s, {} full collections",
            if incremental.is_some() { "in steps" } else { "at once" },
            median.longest.as_secs_f64() * 1e3,
            median.scavenge.as_secs_f64() * 1e3,
            median.elapsed.as_secs_f64(),
            median.full,
        );
    }
}
