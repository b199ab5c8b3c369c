//! Spaces: their figures, large cells, options, and roots that outlive their heap.

use heap_model::{
    Global, Growing, Heap, HeapOptions, Kind, NodeVersion, SpaceStatistics, Value, shapes,
};

const PAGE: usize = 256 << 10;

fn space(heap: &Heap, name: &str) -> SpaceStatistics {
    let mut spaces = heap.space_statistics().into_iter();
    spaces.find(|space| space.name == name).unwrap()
}

fn check_sums(heap: &Heap) {
    let figures = heap.statistics();
    let spaces = heap.space_statistics();
    let committed: usize = spaces.iter().map(|space| space.committed).sum();
    assert_eq!(committed, heap.heap_total());
    assert_eq!(figures.committed, heap.heap_total());
    assert_eq!(figures.available, figures.limit - figures.committed);
    let cells = figures.new_space_used + figures.old_space_used + figures.large_object_space_used;
    assert_eq!(cells, heap.heap_used());
    assert_eq!(figures.used, heap.heap_used());
    let physical: usize = spaces.iter().map(|space| space.physical).sum();
    assert_eq!(figures.physical, physical);
    assert!(figures.global_handles_used <= figures.global_handles_total);
    for space in &spaces {
        assert!(space.physical <= space.committed, "{space:?}");
        assert!(space.used + space.available <= space.committed, "{space:?}");
    }
    let reserved = space(heap, "read_only_space").committed;
    let used: usize = spaces.iter().map(|space| space.used).sum();
    assert_eq!(used, heap.heap_used() + reserved);
}

#[test]
fn spaces_sum_to_the_heap_at_every_moment() {
    let options = HeapOptions::default().with_initial_old_generation(4 << 20);
    let mut heap = Heap::new(options).unwrap();
    heap.reserve(100_000).unwrap();
    check_sums(&heap);
    let mut kept: Vec<Global> = Vec::new();
    for round in 0..60_usize {
        heap.enter(|scope| {
            for number in 0..500_usize {
                let raw = if number % 100 == 99 { 150_000 } else { 8 * (number % 90) };
                let cell = scope.alloc(Kind::Object, 1, raw).unwrap();
                if number % 3 == 0 {
                    kept.push(scope.global(cell).unwrap());
                }
            }
        });
        check_sums(&heap);
        if round % 7 == 6 {
            kept.drain(..kept.len() / 2);
            heap.collect();
            check_sums(&heap);
            assert_eq!(heap.statistics().globals, kept.len());
        }
    }
    assert!(heap.statistics().full_collections > 8);
    kept.clear();
    heap.collect();
    heap.release_memory();
    check_sums(&heap);
    assert_eq!((heap.heap_used(), heap.statistics().globals), (0, 0));
}

#[test]
fn a_large_cell_has_a_mapping_of_its_own_that_goes_with_it() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    // The from-space counts from here on.
    heap.collect();
    let before = heap.heap_total();
    let large = heap.enter(|scope| {
        let small = shapes::object(scope, 1).unwrap();
        let large = scope.alloc(Kind::Array, 100_000, 0).unwrap();
        scope.set(large, 99_999, Value::Ref(small)).unwrap();
        scope.global(large).unwrap()
    });
    // Its bytes and the page's header, rounded up to the system's pages.
    let committed = (800_016 + 4424_usize).next_multiple_of(4096);
    let space_before = space(&heap, "large_object_space");
    assert_eq!((space_before.used, space_before.committed), (800_016, committed));
    for _ in 0..3 {
        heap.scavenge();
    }
    heap.collect();
    assert_eq!(heap.heap_total(), before + committed + PAGE, "its element is in the old space");
    heap.enter(|scope| {
        let large = scope.local(&large).unwrap();
        let Value::Ref(small) = scope.get(large, 99_999).unwrap() else { panic!("lost") };
        assert_eq!(scope.size(small), Ok(32));
        assert!(matches!(scope.get(large, 0), Ok(Value::Undefined)));
    });
    drop(large);
    heap.collect();
    assert_eq!((heap.heap_total(), heap.heap_used()), (before, 0));
}

#[test]
fn a_released_page_falls_out_of_the_total_at_once() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let before = heap.heap_total();
    let kept: Vec<Global> = heap.enter(|scope| {
        let mut kept = Vec::new();
        for _ in 0..200_000 {
            let cell = scope.alloc(Kind::Object, 4, 0).unwrap();
            kept.push(scope.global(cell).unwrap());
        }
        kept
    });
    heap.collect();
    let full = heap.heap_total();
    assert!(full > before + 200_000 * 48);
    drop(kept);
    heap.collect();
    assert!(heap.heap_total() < full - 200_000 * 48);
    assert_eq!(space(&heap, "old_space").committed, 0);
    heap.release_memory();
    // The pages are still there to be used.
    heap.enter(|scope| {
        for _ in 0..200_000 {
            scope.alloc(Kind::Object, 4, 0).unwrap();
        }
        assert_eq!(scope.heap_used(), 200_000 * 48);
    });
}

#[test]
fn a_root_that_outlives_its_heap_is_harmless() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (root, weak) = heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        (scope.global(cell).unwrap(), scope.weak(cell).unwrap())
    });
    drop(heap);
    let mut next = Heap::new(HeapOptions::default()).unwrap();
    next.enter(|scope| {
        assert!(scope.local(&root).is_err());
        assert!(scope.upgrade(&weak).is_err());
        let own = scope.alloc(Kind::Object, 1, 0).unwrap();
        let own = scope.global(own).unwrap();
        drop((root, weak));
        scope.collect();
        assert!(scope.local(&own).is_ok());
    });
}

#[test]
fn a_heap_and_its_roots_go_to_other_threads() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let root = heap.enter(|scope| {
        let cell = shapes::one_byte_string(scope, b"text").unwrap();
        scope.global(cell).unwrap()
    });
    let (mut heap, root) = std::thread::spawn(move || {
        heap.collect();
        (heap, root)
    })
    .join()
    .unwrap();
    heap.enter(|scope| {
        let cell = scope.local(&root).unwrap();
        assert_eq!(shapes::string_bytes(scope, cell), Ok(&b"text"[..]));
    });
    std::thread::spawn(move || drop(root)).join().unwrap();
    heap.collect();
    assert_eq!(heap.heap_used(), 0);
}

/// Versions, and what each gave: physical memory and `heap_size_limit`, in MiB.
type Recorded = (&'static [NodeVersion], &'static [(u64, f64)]);

#[test]
fn limits_are_those_that_a_node_of_each_version_gave() {
    use NodeVersion::{V12, V14, V16, V18, V20, V22, V24, V26};
    let recorded: [Recorded; 7] = [
        (&[V12, V14, V16, V18, V20, V22, V24], &[(256, 259.0), (512, 259.0)]),
        (
            &[V12, V14, V16, V18, V20, V22],
            &[(600, 312.0), (1024, 524.0), (2048, 1048.0), (8192, 2096.0)],
        ),
        (&[V12], &[(1025, 536.0), (2049, 1072.0), (15_872, 2096.0), (24_105, 2096.0)]),
        (
            &[V14, V16, V18, V20],
            &[(1025, 536.5), (2049, 1072.5), (15_360, 2096.0), (15_872, 4144.0), (24_105, 4144.0)],
        ),
        (
            &[V22],
            &[(1025, 536.5), (2049, 1072.5), (15_359, 2096.0), (15_360, 4144.0), (24_105, 4144.0)],
        ),
        (
            &[V24],
            &[
                (600, 348.0),
                (1024, 560.0),
                (1025, 608.5),
                (2048, 1120.0),
                (2049, 1216.5),
                (8192, 2240.0),
                (15_359, 2240.0),
                (15_360, 4288.0),
                (24_105, 4288.0),
            ],
        ),
        (
            &[V26],
            &[
                (32, 262.0),
                (256, 262.0),
                (300, 268.0),
                (511, 268.0),
                (513, 280.5),
                (600, 324.0),
                (1024, 536.0),
                (1025, 560.5),
                (2048, 1072.0),
                (2049, 1120.5),
                (8192, 2144.0),
                (15_359, 2144.0),
                (15_360, 4192.0),
                (65_536, 4192.0),
            ],
        ),
    ];
    for (versions, figures) in recorded {
        for version in versions {
            for (memory, limit) in figures {
                let options = HeapOptions::for_node(*version, 64, memory << 20);
                let limit = (limit * f64::from(1 << 20)) as u64;
                let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                assert_eq!(options.limit, limit, "{version:?} on {memory} MiB");
            }
        }
    }
}

#[test]
fn limits_of_32_bits_are_a_quarter_of_the_memory() {
    let limit = |version, mib: u64| HeapOptions::for_node(version, 32, mib << 20).limit;
    for version in [NodeVersion::V12, NodeVersion::V20, NodeVersion::V22] {
        assert_eq!(limit(version, 0), (128 << 20) + 3 * (512 << 10));
        assert_eq!(limit(version, 1024), (256 + 3 * 2) << 20);
        assert_eq!(limit(version, 65_536), (1024 + 3 * 8) << 20);
    }
    assert_eq!(limit(NodeVersion::V24, 65_536), (1024 + 3 * 32) << 20);
}

#[test]
fn heaps_of_the_defaults_work() {
    const MB: usize = 1 << 20;
    let default = HeapOptions::for_machine(usize::BITS, 16 << 30);
    assert_eq!(HeapOptions::default().limit, default.limit);
    assert_eq!(HeapOptions::historical_64_bit().limit, 1400 * MB);
    assert_eq!(HeapOptions::historical_32_bit().limit, 700 * MB);
    for options in [
        HeapOptions::for_machine(64, 0),
        HeapOptions::for_machine(32, 0),
        HeapOptions::for_machine(64, u64::MAX),
        HeapOptions::historical_32_bit(),
        HeapOptions::default().with_limit(4 * MB),
    ] {
        let mut heap = Heap::new(options).unwrap();
        heap.enter(|scope| scope.alloc(Kind::Object, 4, 0).map(drop)).unwrap();
        assert_eq!(heap.limit(), options.limit);
    }
}

#[test]
fn options_of_any_size_are_refused_or_work() {
    let sizes = [0, 1, PAGE, 3 << 20, usize::MAX >> 23, usize::MAX / 2, usize::MAX];
    for limit in sizes {
        for semi in sizes {
            for old in [0, usize::MAX] {
                for factor in [f64::NAN, f64::NEG_INFINITY, 0.0, 1.5, f64::INFINITY] {
                    let options = HeapOptions::default()
                        .with_limit(limit)
                        .with_initial_semi_space(semi.min(1 << 20))
                        .with_max_semi_space(semi)
                        .with_initial_old_generation(old)
                        .with_growing(Growing::Factor(factor))
                        .with_incremental(None);
                    let Ok(mut heap) = Heap::new(options) else { continue };
                    heap.enter(|scope| {
                        for size in [0, 100_000, 200_000] {
                            if let Ok(cell) = scope.alloc(Kind::Bytes, 0, size) {
                                scope.bytes_mut(cell).unwrap().fill(1);
                            }
                        }
                        scope.collect();
                        scope.collect();
                    });
                    assert!(heap.heap_total() <= limit);
                }
            }
        }
    }
    assert!(Heap::new(HeapOptions::default().with_limit(0)).is_err());
}

#[test]
fn what_is_promoted_takes_the_place_of_what_has_died() {
    const CELLS: usize = 160_000;
    let options = HeapOptions::default()
        .with_initial_old_generation(8 << 20)
        .with_initial_semi_space(8 << 20)
        .with_max_semi_space(8 << 20);
    let mut heap = Heap::new(options).unwrap();
    let (told, events) = std::sync::mpsc::channel();
    heap.on_collection(move |event| told.send(*event).unwrap());
    // Twice 5 MB that grow old: when the second are promoted, the first have died.
    for _ in 0..2 {
        heap.enter(|scope| {
            let list = scope.alloc(Kind::Array, 1, 0).unwrap();
            for _ in 0..CELLS {
                scope.scope(|scope| {
                    let rest = scope.get(list, 0).unwrap();
                    let cell = scope.alloc_with(Kind::Object, &[rest, Value::Null]).unwrap();
                    scope.set(list, 0, Value::Ref(cell)).unwrap();
                });
            }
            for _ in 0..CELLS {
                scope.scope(|scope| scope.alloc(Kind::Bytes, 0, 100).map(drop)).unwrap();
            }
        });
    }
    let figures = heap.statistics();
    assert!(figures.promoted >= 2 * 32 * CELLS, "{figures:?}");
    assert_eq!(figures.full_collections, 1);
    let committed = events.try_iter().map(|event| event.committed_after).max().unwrap();
    assert!(committed < (2 * 8 + 7) << 20, "{committed}");
}

#[test]
fn what_is_resident_of_the_new_space_is_what_was_written_to() {
    let options = HeapOptions::default().with_initial_semi_space(1 << 20);
    let mut heap = Heap::new(options).unwrap();
    let physical = |heap: &Heap| space(heap, "new_space").physical;
    assert_eq!((physical(&heap), space(&heap, "new_space").committed), (0, 1 << 20));
    let kept = heap.enter(|scope| {
        let kept = scope.alloc(Kind::Bytes, 0, 984).unwrap();
        scope.alloc(Kind::Bytes, 0, 99_984).unwrap();
        scope.global(kept).unwrap()
    });
    assert_eq!(physical(&heap), 101_000);
    heap.scavenge();
    assert_eq!(physical(&heap), 102_000, "a survivor was copied to the other half");
    heap.enter(|scope| scope.alloc(Kind::Bytes, 0, 8984).map(drop)).unwrap();
    assert_eq!(physical(&heap), 111_000);
    heap.scavenge();
    assert_eq!(physical(&heap), 111_000, "what is empty is still resident");
    assert_eq!(heap.statistics().physical, 111_000 + PAGE);
    drop(kept);
}

#[test]
fn dropped_roots_do_not_count_and_pooled_pages_are_told_of() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (mut roots, mut weaks) = heap.enter(|scope| {
        let cells: Vec<_> =
            (0..100).map(|_| scope.alloc(Kind::Bytes, 0, 50_000).unwrap()).collect();
        assert_eq!(scope.statistics().handles, 100);
        let weaks: Vec<_> = cells.iter().map(|cell| scope.weak(*cell).unwrap()).collect();
        let roots: Vec<_> = cells.iter().map(|cell| scope.global(*cell).unwrap()).collect();
        (roots, weaks)
    });
    // A root takes a word, and a weak handle two: its cell may be dead.
    let (root, weak) = (size_of::<usize>(), 2 * size_of::<usize>());
    let counts = |heap: &Heap| {
        let figures = heap.statistics();
        (figures.globals, figures.weak_handles, figures.global_handles_used, figures.handles)
    };
    assert_eq!(counts(&heap), (100, 100, 100 * root + 100 * weak, 0));
    let total = heap.statistics().global_handles_total;
    roots.truncate(30);
    std::thread::scope(|s| s.spawn(|| weaks.truncate(1)).join()).unwrap();
    assert_eq!(counts(&heap), (30, 1, 30 * root + weak, 0));
    heap.collect();
    assert_eq!(counts(&heap), (30, 1, 30 * root + weak, 0));
    roots.clear();
    heap.collect();
    assert_eq!(counts(&heap), (0, 1, weak, 0));
    assert!(heap.statistics().global_handles_total < total, "the roots' list is empty");
    assert!(heap.statistics().pooled > 0);
    heap.release_memory();
    assert_eq!(heap.statistics().pooled, 0);
}
