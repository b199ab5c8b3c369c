//! At the limit: a typed error, and everything before it intact.

use heap_model::{Global, Heap, HeapOptions, Kind, Local, Value};

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
fn a_size_past_every_maximum_is_refused() {
    Heap::new(HeapOptions::default()).unwrap().enter(|scope| {
        assert!(scope.alloc(Kind::Array, usize::MAX, 0).is_err());
        assert!(scope.alloc(Kind::Bytes, 0, usize::MAX).is_err());
        assert!(scope.alloc_sized(Kind::Bytes, usize::MAX, 1).is_err());
        assert!(scope.alloc(Kind::Bytes, 0, 5 << 30).is_err());
    });
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

/// Fills the heap with cells of `size` bytes, and keeps one of so many.
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
        let options = HeapOptions { limit, initial_semi_space: semi, ..HeapOptions::default() };
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
