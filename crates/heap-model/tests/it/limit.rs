//! At the limit: a typed error, and everything before it intact.

use heap_model::{Cause, Global, Heap, HeapOptions, Kind, Local, Reason, Value, Weak, shapes};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

#[test]
fn everything_allocated_before_the_refusal_is_still_readable() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(16 << 20)).unwrap();
    heap.enter(|scope| {
        let mut kept: Vec<Local<'_>> = Vec::new();
        let refused = loop {
            match scope.alloc(Kind::Bytes, 0, 1000 + 8 * (kept.len() % 3000)) {
                Ok(cell) => {
                    scope.bytes_mut(cell).unwrap().fill(kept.len() as u8);
                    kept.push(cell);
                }
                Err(refused) => break refused,
            }
        };
        assert_eq!(refused.limit, 16 << 20);
        assert!(refused.requested >= 1000 && refused.used > 8 << 20);
        assert!(scope.heap_total() <= 16 << 20);
        for (number, cell) in kept.iter().enumerate() {
            assert!(scope.bytes(*cell).unwrap().iter().all(|byte| *byte == number as u8));
        }
    });
    heap.collect();
    assert_eq!(heap.heap_used(), 0);
    heap.enter(|scope| scope.alloc(Kind::Bytes, 0, 1 << 20).map(drop)).expect("room again");
}

#[test]
fn a_size_past_every_maximum_is_refused_with_the_bytes_that_were_asked_for() {
    Heap::new(HeapOptions::default()).unwrap().enter(|scope| {
        let refused = [
            (scope.alloc(Kind::Array, usize::MAX, 0), usize::MAX),
            (scope.alloc(Kind::Bytes, 0, usize::MAX), usize::MAX),
            (scope.alloc_sized(Kind::Bytes, usize::MAX, 1), usize::MAX),
            (scope.alloc(Kind::Bytes, 0, 1 << 30), (1 << 30) + 16),
            (scope.alloc(Kind::Array, 1 << 28, 5), (1 << 31) + 24),
        ];
        for (refused, requested) in refused {
            let refused = refused.unwrap_err();
            assert_eq!((refused.reason, refused.requested), (Reason::TooLarge, requested));
        }
        // Nothing was collected for it.
        assert_eq!(scope.statistics().full_collections, 0);
        let refused = shapes::map(scope, usize::MAX).unwrap_err().to_string();
        assert!(refused.contains("the largest cell has 1073741816"), "{refused}");
    });
}

#[test]
fn a_heap_can_hold_something_or_is_refused_with_the_least_limit() {
    const PAGE: usize = 262_144;
    let sizes = [0, 1, PAGE, 1 << 20, 16 << 20, usize::MAX];
    for (limit, semi) in (0..40).flat_map(|pages| sizes.map(|semi| (pages * PAGE / 2, semi))) {
        let initial = HeapOptions::default().with_initial_semi_space(semi);
        let mut alone = initial;
        alone.limit = limit;
        for mut options in [alone, initial.with_limit(limit)] {
            match Heap::new(options) {
                Ok(mut heap) => {
                    let filled = fill_and_keep(&mut heap, 1000, 1).len();
                    assert!(filled > 200, "{filled} in {limit} with {semi}");
                    assert!(heap.heap_total() <= limit);
                }
                Err(refused) => {
                    assert_eq!((refused.reason, refused.limit), (Reason::LimitTooLow, limit));
                    assert!(limit < refused.requested);
                    options.limit = refused.requested;
                    let mut least = Heap::new(options).unwrap();
                    assert!(fill_and_keep(&mut least, 1000, 1).len() > 200);
                }
            }
        }
    }
    assert!(Heap::new(HeapOptions::default().with_limit(2 << 20)).is_ok());
}

#[test]
fn a_handle_of_another_heap_is_refused() {
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        let global = scope.global(cell).unwrap();
        other.enter(|foreign| {
            assert!(foreign.kind(cell).is_err());
            assert!(foreign.local(&global).is_err());
            let own = foreign.alloc(Kind::Object, 1, 0).unwrap();
            assert!(foreign.set(own, 0, Value::Ref(cell)).is_err());
        });
        assert!(scope.get(cell, 1).is_err());
    });
}

#[test]
fn a_list_of_a_million_cells_is_collected_without_recursion() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let empty = scope.alloc(Kind::Object, 1, 0).unwrap();
        let list = scope.global(empty).unwrap();
        let mut list = list;
        for _ in 0..1_000_000 {
            list = scope.scope(|inner| {
                let next = inner.local(&list).unwrap();
                let cell = inner.alloc(Kind::Object, 1, 0).unwrap();
                inner.set(cell, 0, Value::Ref(next)).unwrap();
                inner.global(cell).unwrap()
            });
        }
        scope.collect();
        assert_eq!(scope.heap_used(), 24 * 1_000_001);
        drop(list);
        scope.collect();
        assert_eq!(scope.heap_used(), 24);
    });
}

/// Fills the heap with cells of `size` bytes, and keeps one of each `one_of`.
fn fill_and_keep(heap: &mut Heap, size: usize, one_of: usize) -> Vec<Global> {
    let mut all = Vec::new();
    loop {
        let made = heap.enter(|scope| {
            let cell = scope.alloc_sized(Kind::Bytes, size, 0).ok()?;
            Some(scope.global(cell).unwrap())
        });
        match made {
            Some(global) => all.push(global),
            None => break,
        }
    }
    all.into_iter().step_by(one_of).collect()
}

#[test]
fn what_died_here_and_there_makes_room_for_as_much() {
    for (size, one_of) in [(56, 10), (56, 5), (56, 3), (56, 2), (1024, 10), (1024, 2), (20_000, 3)]
    {
        let mut heap = Heap::new(HeapOptions::default().with_limit(16 << 20)).unwrap();
        let all = fill_and_keep(&mut heap, size, 1);
        let full = heap.heap_used();
        let kept: Vec<Global> = all.into_iter().step_by(one_of).collect();
        let used = kept.len() * size;
        let more = fill_and_keep(&mut heap, size, 1).len() * size;
        assert!(used + more > full / 100 * 97, "{size} {one_of}: {used} and {more} of {full}");
        assert!(heap.heap_total() <= 16 << 20);
        // Cells of another size find room as well, between those that are left.
        let kept: Vec<Global> = kept.into_iter().step_by(2).collect();
        let left = kept.len() * size;
        let other = fill_and_keep(&mut heap, 3000, 1).len() * 3000;
        assert!(other > (full - left) / 100 * 90, "{size} {one_of}: {left} and {other} of {full}");
    }
}

#[test]
fn promotion_never_needs_more_than_the_limit() {
    // Cells of the first size take a page each, which is more than twice what they are.
    let limits = (40_usize..72).step_by(4).map(|limit| limit << 20).chain([67_600_000]);
    for (size, limit) in limits.flat_map(|limit| [128_864, 131_072, 90_000].map(|s| (s, limit))) {
        let semi = 16 << 20;
        let mut options = HeapOptions::default().with_initial_semi_space(semi);
        options.limit = limit;
        let mut heap = Heap::new(options).unwrap();
        heap.enter(|scope| {
            for _ in 0..(semi / size) {
                let _ = scope.alloc_sized(Kind::Bytes, size, 0);
            }
            assert!(scope.heap_total() <= limit);
            scope.collect();
            assert!(scope.heap_total() <= limit, "{size}: {} of {limit}", scope.heap_total());
        });
    }
}

#[test]
fn memory_is_released_without_lifting_the_limit() {
    let limit = 8 << 20;
    let mut heap = Heap::new(HeapOptions::default().with_limit(limit)).unwrap();
    let mut kept = fill_and_keep(&mut heap, 56, 2);
    loop {
        heap.release_memory();
        let made = fill_and_keep(&mut heap, 56, 2);
        assert!(heap.heap_total() <= limit, "{}", heap.heap_total());
        if made.len() < 1000 {
            break;
        }
        kept.extend(made);
    }
}

#[test]
fn a_callback_that_panics_is_asked_again() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(4 << 20)).unwrap();
    let mut asked = 0;
    heap.set_near_limit_callback(move |limit| {
        asked += 1;
        assert!(asked > 1, "not yet");
        limit.max(8 << 20)
    });
    let mut fill = || fill_and_keep(&mut heap, 1000, 1).len();
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(&mut fill)).is_err());
    assert!(fill() > 4000);
}

#[test]
fn handles_that_a_panic_left_are_no_roots() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let left = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        heap.enter(|scope| {
            scope.alloc(Kind::Object, 1, 0).unwrap();
            panic!("in a scope");
        })
    }));
    assert!(left.is_err());
    assert!(heap.roots().is_empty());
    heap.collect();
    assert_eq!(heap.heap_used(), 0);
}

/// Allocates cells of `size` bytes in `tries` tries and keeps them; returns how many were refused.
fn refusals(heap: &mut Heap, kept: &Mutex<Vec<Global>>, size: usize, tries: usize) -> usize {
    let mut refused = 0;
    for _ in 0..tries {
        heap.enter(|scope| match scope.alloc(Kind::Bytes, 0, size) {
            Ok(cell) => kept.lock().unwrap().push(scope.global(cell).unwrap()),
            Err(_) => refused += 1,
        });
    }
    refused
}

#[test]
fn a_callback_that_drops_roots_and_keeps_the_limit_is_believed() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(16 << 20)).unwrap();
    let kept: Arc<Mutex<Vec<Global>>> = Arc::default();
    let (cache, asked) = (kept.clone(), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    heap.set_near_limit_callback(move |limit| {
        count.fetch_add(1, Ordering::Relaxed);
        cache.lock().unwrap().clear();
        limit
    });
    assert_eq!(refusals(&mut heap, &kept, 1 << 20, 200), 0);
    assert!(asked.load(Ordering::Relaxed) > 5);
    // One that has nothing left to drop is not.
    heap.set_near_limit_callback(|limit| limit);
    let own = Mutex::default();
    assert!(refusals(&mut heap, &own, 1 << 20, 200) > 150);
}

/// The full collections of a heap so far.
fn full_collections(heap: &Heap) -> usize {
    heap.statistics().full_collections
}

#[test]
fn a_refusal_that_is_tried_again_costs_no_collection() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(16 << 20)).unwrap();
    let causes: Arc<Mutex<Vec<Cause>>> = Arc::default();
    let log = causes.clone();
    heap.on_collection(move |event| log.lock().unwrap().push(event.cause));
    let kept = Mutex::default();
    assert!(refusals(&mut heap, &kept, 1 << 20, 100) > 0);
    causes.lock().unwrap().clear();
    let before = full_collections(&heap);
    assert_eq!(refusals(&mut heap, &kept, 1 << 20, 20), 20);
    assert_eq!(refusals(&mut heap, &kept, 2 << 20, 20), 20);
    if cfg!(not(zeal)) {
        // The verifier looks whether there is really no room.
        assert_eq!(full_collections(&heap), before);
        assert!(!causes.lock().unwrap().contains(&Cause::LastResort));
    }
    // A root that is dropped makes room at the next try.
    kept.lock().unwrap().pop();
    assert_eq!(refusals(&mut heap, &kept, 1 << 20, 1), 0);
    assert_eq!(refusals(&mut heap, &kept, 1 << 20, 1), 1);
}

#[test]
fn an_empty_heap_with_a_larger_limit_never_takes_less() {
    const STEP: usize = 16 << 10;
    let mut before = 0;
    for limit in (1_310_720..6 << 20).step_by(STEP) {
        let mut heap = Heap::new(HeapOptions::default().with_limit(limit)).unwrap();
        let mut takes = |size: usize| {
            let made = heap.enter(|scope| scope.alloc_sized(Kind::Bytes, size, 0).is_ok());
            assert!(heap.heap_total() <= limit);
            made
        };
        // Each size, for cells of some are young and of others have a mapping of their own.
        let largest = (1..limit / STEP).take_while(|count| takes(count * STEP)).count() * STEP;
        assert!(largest >= before && largest >= 245_760, "{largest} after {before} in {limit}");
        before = largest;
    }
    assert!(before > 4 << 20);
}

#[test]
fn a_heap_with_one_live_cell_allocates_garbage_for_ever() {
    for limit in (1_310_720..4 << 20).step_by(16 << 10) {
        let mut heap = Heap::new(HeapOptions::default().with_limit(limit)).unwrap();
        heap.enter(|scope| {
            scope.alloc(Kind::Object, 10, 0).unwrap();
            for number in 0..20_000 {
                let made = scope.scope(|scope| scope.alloc(Kind::Object, 10, 0).map(drop));
                assert!(made.is_ok(), "{number} in {limit}");
            }
        });
    }
}

#[test]
fn cells_that_were_allocated_after_a_refusal_and_died_make_room_again() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(8 << 20)).unwrap();
    heap.enter(|scope| {
        let holder = scope.alloc(Kind::Array, 100_000, 0).unwrap();
        let mut filled = 0;
        while let Ok(()) = scope.scope(|scope| {
            let cell = scope.alloc(Kind::Object, 10, 0)?;
            scope.set(holder, filled, Value::Ref(cell)).unwrap();
            Ok::<_, heap_model::OutOfMemory>(())
        }) {
            filled += 1;
        }
        (0..filled).step_by(50).for_each(|slot| scope.set(holder, slot, Value::Null).unwrap());
        for number in 0..100_000 {
            let made = scope.scope(|scope| scope.alloc(Kind::Object, 10, 0).map(drop));
            assert!(made.is_ok(), "{number}");
        }
    });
}

#[test]
fn what_lets_go_of_no_cell_makes_a_refusal_cost_no_other_collection() {
    let mut heap = Heap::new(HeapOptions::default().with_limit(16 << 20)).unwrap();
    heap.enter(|scope| {
        let holder = scope.alloc(Kind::Array, 3, 0).unwrap();
        let table = scope.alloc_ephemeron_table(4).unwrap();
        scope.ephemeron_set(table, holder, Value::Ref(table)).unwrap();
        scope.set(holder, 1, Value::Ref(table)).unwrap();
        let old = scope.global(holder).unwrap();
        while scope.alloc(Kind::Bytes, 0, 1 << 20).is_ok() {}
        let try_again = |scope: &mut heap_model::Scope<'_>| {
            let refused = scope.scope(|scope| scope.alloc(Kind::Bytes, 0, 1 << 20).map(drop));
            assert!(refused.is_err());
            scope.statistics().full_collections
        };
        let before = try_again(scope);
        for number in 0..20 {
            scope.set(holder, 0, Value::Smi(number)).unwrap();
            scope.set(holder, 1, Value::Ref(table)).unwrap();
            scope.set(holder, 2, Value::Ref(holder)).unwrap();
            scope.ephemeron_set(table, holder, Value::Ref(table)).unwrap();
            assert!(!scope.ephemeron_delete(table, table).unwrap());
            let made = scope.global(table).unwrap();
            drop(scope.global(holder).unwrap());
            drop(made);
            scope.scope(|scope| scope.local(&old).map(drop)).unwrap();
            let after = try_again(scope);
            if cfg!(not(zeal)) {
                assert_eq!(after, before, "{number}");
            }
        }
        // Its number may be that of one that was made and dropped.
        drop(old);
        assert!(try_again(scope) > before);
    });
}

#[test]
fn whatever_lets_go_of_something_makes_room_after_a_refusal() {
    const LARGE: usize = 3 << 20;
    let mut heap = Heap::new(HeapOptions::default().with_limit(6 << 20)).unwrap();
    let refuse = |scope: &mut heap_model::Scope<'_>| {
        for _ in 0..2 {
            let refused = scope.scope(|scope| scope.alloc(Kind::Bytes, 0, LARGE).map(drop));
            assert!(refused.is_err());
        }
    };
    let fits = |scope: &mut heap_model::Scope<'_>| {
        scope.scope(|scope| scope.alloc(Kind::Bytes, 0, LARGE).map(drop)).unwrap();
    };
    heap.enter(|scope| {
        // A handle.
        scope.scope(|scope| {
            scope.alloc(Kind::Bytes, 0, LARGE).unwrap();
            refuse(scope);
        });
        fits(scope);
        // A slot.
        let holder = scope.alloc(Kind::Array, 1, 0).unwrap();
        let hold = |scope: &mut heap_model::Scope<'_>| {
            scope.scope(|scope| {
                let large = scope.alloc(Kind::Bytes, 0, LARGE).unwrap();
                scope.set(holder, 0, Value::Ref(large)).unwrap();
            });
        };
        hold(scope);
        refuse(scope);
        scope.set(holder, 0, Value::Null).unwrap();
        fits(scope);
        // An entry of a table: its removal, and another value.
        let table = scope.alloc_ephemeron_table(4).unwrap();
        let key = scope.alloc(Kind::Object, 0, 0).unwrap();
        for delete in [true, false] {
            scope.scope(|scope| {
                let large = scope.alloc(Kind::Bytes, 0, LARGE).unwrap();
                scope.ephemeron_set(table, key, Value::Ref(large)).unwrap();
            });
            refuse(scope);
            if delete {
                assert!(scope.ephemeron_delete(table, key).unwrap());
            } else {
                scope.ephemeron_set(table, key, Value::Null).unwrap();
            }
            fits(scope);
        }
        // A registration that is ended, with its held value.
        let owner = scope.alloc(Kind::Object, 2, 0).unwrap();
        let registration = scope.alloc_registration(owner, key, None, 1).unwrap();
        scope.scope(|scope| {
            let large = scope.alloc(Kind::Bytes, 0, LARGE).unwrap();
            scope.set(registration, 4, Value::Ref(large)).unwrap();
        });
        refuse(scope);
        assert!(scope.end_registration(registration).unwrap());
        fits(scope);
        // A root that a payload's drop drops.
        struct Root(#[expect(dead_code, reason = "it is dropped")] Global);
        scope.scope(|scope| {
            let native = scope.scope(|scope| {
                let large = scope.alloc(Kind::Bytes, 0, LARGE).unwrap();
                scope.global(large).unwrap()
            });
            scope.scope(|scope| {
                scope.alloc_native(32, 0, Box::new(Root(native)), 0).map(drop).unwrap();
            });
            let _ = scope.scope(|scope| scope.alloc(Kind::Bytes, 0, LARGE).map(drop));
        });
        fits(scope);
        // A weak handle that is made strong and let go of again.
        let weak: Weak = scope.scope(|scope| {
            let large = scope.alloc(Kind::Bytes, 0, LARGE).unwrap();
            scope.weak(large).unwrap()
        });
        scope.scope(|scope| {
            scope.upgrade(&weak).unwrap().unwrap();
            refuse(scope);
        });
        fits(scope);
    });
}

#[test]
fn the_limit_of_the_old_generation_bounds_it_alone() {
    let old = 8 << 20;
    let options = HeapOptions::default().with_limit(64 << 20).with_old_generation_limit(old);
    let mut heap = Heap::new(options).unwrap();
    let committed = |heap: &Heap| -> usize {
        heap.space_statistics()
            .iter()
            .filter(|space| space.name != "new_space")
            .map(|space| space.committed)
            .sum()
    };
    let kept: Vec<Global> = heap.enter(|scope| {
        let mut kept = Vec::new();
        loop {
            let size = if kept.len() % 50 == 0 { 200_000 } else { 8_000 };
            let Ok(cell) = scope.alloc(Kind::Bytes, 0, size) else { break kept };
            kept.push(scope.global(cell).unwrap());
        }
    });
    let bytes = heap.heap_used();
    assert!(bytes > old / 4 * 3 && committed(&heap) <= old, "{bytes}, {}", committed(&heap));
    drop(kept);
    heap.collect();
    heap.enter(|scope| scope.alloc(Kind::Bytes, 0, 4 << 20).map(drop)).expect("room again");
    assert!(heap.enter(|scope| scope.alloc(Kind::Bytes, 0, old).map(drop)).is_err());
}
