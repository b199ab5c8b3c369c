//! What the heap tells of its collections, and why it collects.

use heap_model::{Cause, CollectionEvent, CollectionKind, Growing, Heap, HeapOptions, Kind, Value};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Log<T> = Arc<Mutex<Vec<T>>>;

pub fn small() -> HeapOptions {
    HeapOptions::default()
        .with_limit(64 << 20)
        .with_initial_semi_space(256 << 10)
        .with_max_semi_space(256 << 10)
        .with_initial_old_generation(2 << 20)
}

fn logged(options: HeapOptions) -> (Heap, Log<(CollectionKind, Cause)>, Log<CollectionEvent>) {
    let mut heap = Heap::new(options).unwrap();
    let (begun, over): (Log<_>, Log<_>) = Default::default();
    let log = begun.clone();
    heap.before_collection(move |kind, cause| log.lock().unwrap().push((kind, cause)));
    let log = over.clone();
    heap.on_collection(move |event| log.lock().unwrap().push(*event));
    (heap, begun, over)
}

#[test]
fn each_collection_is_told_of_before_and_after_with_its_figures() {
    let (mut heap, begun, over) = logged(small());
    heap.enter(|scope| {
        let kept = scope.alloc(Kind::Array, 1000, 0).unwrap();
        scope.scope(|inner| inner.alloc(Kind::Bytes, 0, 10_000).map(drop)).unwrap();
        scope.scavenge();
        scope.scavenge();
        scope.collect();
        scope.size(kept).unwrap();
    });
    let kinds = [CollectionKind::Scavenge, CollectionKind::Scavenge, CollectionKind::Full];
    let expected: Vec<_> = kinds.map(|kind| (kind, Cause::Requested)).into();
    assert_eq!(*begun.lock().unwrap(), expected);
    let over = over.lock().unwrap();
    assert!(over.iter().map(|event| (event.kind, event.cause)).eq(expected));
    let (first, second) = (over[0], over[1]);
    assert_eq!((first.used_before, first.used_after), (8016 + 10_016, 8016));
    assert_eq!((first.promoted, second.promoted), (0, 8016), "the second survival promotes");
    assert_eq!(second.committed_after - second.committed_before, 256 << 10);
    for pair in over.windows(2) {
        assert!(pair[0].since_start + pair[1].pause <= pair[1].since_start, "{pair:?}");
        assert_eq!(pair[0].used_after, pair[1].used_before);
        assert_eq!(pair[0].committed_after, pair[1].committed_before);
    }
    let figures = heap.statistics();
    assert_eq!((figures.scavenges, figures.full_collections), (2, 1));
    assert_eq!(figures.promoted, over.iter().map(|event| event.promoted).sum::<usize>());
    assert_eq!(figures.total_pause, over.iter().map(|event| event.pause).sum::<Duration>());
    assert_eq!(Some(figures.longest_pause), over.iter().map(|event| event.pause).max());
}

#[test]
fn an_event_prints_as_a_line_of_trace_gc() {
    let (mut heap, _, over) = logged(small());
    heap.enter(|scope| {
        scope.scope(|inner| inner.alloc(Kind::Bytes, 0, 100_000).map(drop)).unwrap();
        scope.scavenge();
    });
    let mut event = over.lock().unwrap()[0];
    event.pause = Duration::from_micros(1230);
    event.since_start = Duration::from_micros(45_400);
    let scavenge = "      45 ms: Scavenge 0.1 (0.2) -> 0.0 (0.5) MB, 1.23 ms; Requested";
    assert_eq!(event.to_string(), scavenge);
    (event.kind, event.cause) = (CollectionKind::Incremental, Cause::OldSpaceLimit);
    (event.used_before, event.steps) = (3 << 20, 7);
    let line = "      45 ms: Mark-Compact (incremental) 3.0 (0.2) -> 0.0 (0.5) MB, 1.23 ms; \
                OldSpaceLimit (+ 7 steps)";
    assert_eq!(event.to_string(), line);
}

#[test]
fn a_full_new_space_is_scavenged_and_garbage_alone_causes_nothing_else() {
    let (mut heap, _, over) = logged(small());
    heap.enter(|scope| {
        for _ in 0..10_000 {
            scope.scope(|inner| inner.alloc(Kind::Bytes, 0, 1000).map(drop)).unwrap();
        }
    });
    let over = over.lock().unwrap();
    let expected = 10_000 * 1016 / (256 << 10);
    assert!(over.len().abs_diff(expected) <= 2, "{} for {expected}", over.len());
    for event in &*over {
        assert_eq!((event.kind, event.cause), (CollectionKind::Scavenge, Cause::Allocation));
        assert_eq!((event.promoted, event.used_after), (0, 0));
    }
}

#[test]
fn a_grown_old_generation_is_collected_at_the_limit_its_factor_sets() {
    let (mut heap, _, over) = logged(small().with_growing(Growing::Factor(2.0)));
    heap.enter(|scope| {
        let holder = scope.alloc(Kind::Array, 100, 0).unwrap();
        for slot in 0..100 {
            scope.scope(|inner| {
                let large = inner.alloc(Kind::Bytes, 0, 200_000).unwrap();
                inner.set(holder, slot, Value::Ref(large)).unwrap();
            });
        }
    });
    let over = over.lock().unwrap();
    let full = over.iter().filter(|event| event.kind == CollectionKind::Full);
    let at: Vec<usize> = full.map(|event| event.used_before >> 20).collect();
    // At 2 MB, then 8 MB further, for twice 2 MB would be less than that.
    assert_eq!(at, [2, 10]);
    assert!(over.iter().all(|event| event.cause != Cause::LastResort));
}

#[test]
fn external_memory_that_has_grown_by_64_mib_collects() {
    let (mut heap, begun, _) = logged(small());
    heap.adjust_external_memory(64 << 20);
    heap.enter(|scope| scope.alloc(Kind::Object, 1, 0).map(drop)).unwrap();
    assert!(begun.lock().unwrap().is_empty());
    heap.adjust_external_memory(1);
    heap.enter(|scope| scope.alloc(Kind::Object, 1, 0).map(drop)).unwrap();
    assert_eq!(begun.lock().unwrap().pop(), Some((CollectionKind::Full, Cause::ExternalMemory)));
    heap.adjust_external_memory(64 << 20);
    heap.enter(|scope| scope.alloc(Kind::Object, 1, 0).map(drop)).unwrap();
    assert!(begun.lock().unwrap().is_empty(), "it counts from the last collection on");
    heap.adjust_external_memory(isize::MIN);
    assert_eq!(heap.external_memory(), 0);
    for _ in 0..3 {
        heap.adjust_external_memory(isize::MAX);
        heap.enter(|scope| scope.alloc(Kind::Object, 1, 0).map(drop)).unwrap();
    }
    assert_eq!(heap.external_memory(), usize::MAX);
}

#[test]
fn the_near_limit_callback_raises_the_limit_or_lets_the_allocation_fail() {
    let limit = 4 << 20;
    let mut heap = Heap::new(small().with_limit(limit)).unwrap();
    let calls: Log<usize> = Log::default();
    let log = calls.clone();
    heap.set_near_limit_callback(move |limit| {
        log.lock().unwrap().push(limit);
        if limit < 8 << 20 { limit + (1 << 20) } else { limit }
    });
    let over: Log<CollectionEvent> = Log::default();
    let log = over.clone();
    heap.on_collection(move |event| log.lock().unwrap().push(*event));
    let kept = heap.enter(|scope| {
        let mut kept = Vec::new();
        while let Ok(cell) = scope.alloc(Kind::Bytes, 0, 150_000) {
            kept.push(scope.global(cell).unwrap());
            assert!(scope.heap_total() <= scope.statistics().limit);
        }
        let refused = scope.alloc(Kind::Bytes, 0, 150_000).unwrap_err();
        assert_eq!((refused.requested, refused.limit), (150_016, 8 << 20));
        assert_eq!(refused.used, kept.len() * 150_016);
        kept
    });
    assert!(kept.len() * 150_016 > 6 << 20);
    let expected: Vec<usize> = vec![4 << 20, 5 << 20, 6 << 20, 7 << 20, 8 << 20, 8 << 20];
    assert_eq!(*calls.lock().unwrap(), expected);
    assert!(over.lock().unwrap().iter().any(|event| event.cause == Cause::LastResort));
    assert_eq!(heap.limit(), 8 << 20);
    drop(kept);
    // A last collection makes room: the callback is not asked.
    heap.enter(|scope| scope.alloc(Kind::Bytes, 0, 5 << 20).map(drop)).unwrap();
    assert_eq!(calls.lock().unwrap().len(), expected.len());
    // A lower limit is no answer.
    heap.set_near_limit_callback(|_| 0);
    heap.enter(|scope| scope.alloc(Kind::Bytes, 0, 1 << 30).map(drop)).unwrap_err();
    assert_eq!(heap.limit(), 8 << 20);
    heap.set_near_limit_callback(|_| usize::MAX);
    heap.enter(|scope| scope.alloc(Kind::Bytes, 0, 9 << 20).map(drop)).unwrap();
    heap.collect();
    assert_eq!(heap.limit(), usize::MAX);
}

#[test]
fn a_site_whose_cells_survive_allocates_in_the_old_space() {
    let (mut heap, _, over) = logged(small());
    heap.enter(|scope| {
        let (lasting, passing) = (scope.site(), scope.site());
        let holder = scope.alloc(Kind::Array, 20_000, 0).unwrap();
        for slot in 0..20_000 {
            scope.scope(|inner| {
                let cell = inner.alloc_at(lasting, Kind::Object, 4, 0).unwrap();
                inner.set(holder, slot, Value::Ref(cell)).unwrap();
                inner.alloc_at(passing, Kind::Object, 4, 0).unwrap();
            });
        }
        let figures = scope.statistics();
        assert!(figures.old_space_used > 18_000 * 48, "{figures:?}");
        // What passes is still young.
        let used = figures.new_space_used;
        scope.scope(|inner| inner.alloc_at(passing, Kind::Object, 4, 0).map(drop)).unwrap();
        assert_eq!(scope.statistics().new_space_used, used + 48);
        let old = scope.statistics().old_space_used;
        scope.scope(|inner| inner.alloc_at(lasting, Kind::Object, 4, 0).map(drop)).unwrap();
        assert_eq!(scope.statistics().old_space_used, old + 48);
        for slot in 0..20_000 {
            scope.scope(|inner| {
                let Value::Ref(cell) = inner.get(holder, slot).unwrap() else { panic!("lost") };
                assert_eq!(inner.slot_count(cell), Ok(4));
            });
        }
    });
    // Without the site, all of it would have been promoted by copying.
    let promoted: usize = over.lock().unwrap().iter().map(|event| event.promoted).sum();
    assert!(promoted < 500_000, "{promoted}");
}
