//! What a heap takes beside its cells, and that it goes back: lists, semi-spaces, addresses, fresh memory.

use heap_model::{Global, Heap, HeapOptions, Kind, Local, Reason, Value, Weak, shapes};
use std::process::Command;

/// Bytes of the process that are resident, and bytes of addresses that it has.
#[cfg(target_os = "linux")]
fn resident_and_mapped() -> (usize, usize) {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let mut pages = text.split(' ').map(|pages| 4096 * pages.parse::<usize>().unwrap());
    let mapped = pages.next().unwrap();
    (pages.next().unwrap(), mapped)
}

/// Runs a test of this file alone, in a process of its own.
fn alone(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("footprint::{test}"), "--include-ignored"]);
    command.args(["--test-threads", "1"]).env("ALONE", "1");
    command
}

fn is_alone() -> bool {
    std::env::var_os("ALONE").is_some()
}

/// Runs the test in a process of its own, and says whether this is that process.
fn in_own_process(test: &str) -> bool {
    if is_alone() {
        return true;
    }
    let output = alone(test).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    false
}

#[test]
fn lists_of_dropped_roots_and_weak_handles_go_back() {
    const COUNT: usize = 200_000;
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (roots, weaks): (Vec<Global>, Vec<Weak>) = heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        (0..COUNT).map(|_| (scope.global(cell).unwrap(), scope.weak(cell).unwrap())).unzip()
    });
    let full = heap.statistics().global_handles_total;
    assert!(full >= 8 * 2 * COUNT);
    let kept = (roots.into_iter().nth(COUNT / 2), weaks.into_iter().nth(COUNT / 2));
    heap.collect();
    assert!(heap.statistics().global_handles_total < full / 100);
    drop(kept);
    heap.release_memory();
    assert_eq!(heap.statistics().global_handles_total, 0);
}

#[test]
fn handles_in_lists_follow_their_cells_wherever_their_numbers_were_before() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut kept: Vec<(i32, Global, Weak)> = Vec::new();
    let mut number = 0;
    for round in 0..60 {
        heap.enter(|scope| {
            for _ in 0..200 {
                number += 1;
                let cell = scope.alloc_with(Kind::Object, &[Value::Smi(number)]).unwrap();
                kept.push((number, scope.global(cell).unwrap(), scope.weak(cell).unwrap()));
            }
        });
        match round % 5 {
            0 => heap.scavenge(),
            1 => kept.retain(|(number, ..)| number % 3 == 0),
            2 => heap.collect(),
            3 => heap.release_memory(),
            _ => {}
        }
        heap.enter(|scope| {
            for (number, root, weak) in &kept {
                let cell = scope.local(root).unwrap();
                assert_eq!(scope.get(cell, 0).unwrap().as_smi(), Some(*number));
                let upgraded = scope.upgrade(weak).unwrap().unwrap();
                assert!(scope.same(cell, upgraded));
            }
        });
    }
}

#[test]
fn a_weak_handle_whose_number_others_had_dies_with_its_cell() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (weak, root) = heap.enter(|scope| {
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        let gone: Vec<Weak> = (0..300).map(|_| scope.weak(cell).unwrap()).collect();
        drop(gone);
        (scope.weak(cell).unwrap(), scope.global(cell).unwrap())
    });
    heap.scavenge();
    heap.scavenge();
    heap.enter(|scope| assert!(scope.upgrade(&weak).unwrap().is_some()));
    drop(root);
    heap.collect();
    heap.enter(|scope| {
        assert!(scope.upgrade(&weak).unwrap().is_none());
        let cell = scope.alloc(Kind::Object, 1, 0).unwrap();
        let _other = scope.weak(cell).unwrap();
        assert!(scope.upgrade(&weak).unwrap().is_none(), "its number is not another's");
    });
}

#[test]
fn an_emptied_heap_gives_its_semi_spaces_back() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    // Survivors make the semi-spaces grow.
    heap.enter(|scope| {
        let list = scope.alloc(Kind::Object, 1, 0).unwrap();
        for _ in 0..800_000 {
            scope.scope(|scope| {
                let rest = scope.get(list, 0).unwrap();
                let cell = scope.alloc_with(Kind::Object, &[rest]).unwrap();
                scope.set(list, 0, Value::Ref(cell)).unwrap();
            });
        }
    });
    let initial = 2 * HeapOptions::default().initial_semi_space;
    let new_space = |heap: &Heap| heap.space_statistics()[1];
    assert!(new_space(&heap).committed > 4 * initial, "{:?}", new_space(&heap));
    assert!(new_space(&heap).physical > 4 * initial);
    heap.collect();
    heap.release_memory();
    assert_eq!((heap.heap_used(), heap.heap_total()), (0, initial));
    assert_eq!(new_space(&heap).physical, 0);
    assert_eq!(heap.statistics().physical, 0);
}

#[test]
#[cfg(all(target_os = "linux", not(plain_memory)))]
fn heaps_that_were_emptied_and_released_are_not_resident() {
    if !in_own_process("heaps_that_were_emptied_and_released_are_not_resident") {
        return;
    }
    let semi = 16 << 20;
    let options = HeapOptions::default().with_initial_semi_space(semi).with_max_semi_space(semi);
    let (before, mapped) = resident_and_mapped();
    let mut heaps: Vec<Heap> = (0..4).map(|_| Heap::new(options).unwrap()).collect();
    let (_, empty) = resident_and_mapped();
    for heap in &mut heaps {
        let roots: Vec<Global> = heap.enter(|scope| {
            let cell = |_| {
                scope.scope(|scope| {
                    let cell = scope.alloc(Kind::Bytes, 0, 100_000).unwrap();
                    scope.global(cell).unwrap()
                })
            };
            (0..300).map(cell).collect()
        });
        heap.scavenge();
        drop(roots);
        heap.collect();
        heap.release_memory();
    }
    let (after, released) = resident_and_mapped();
    assert!(after < before + (8 << 20), "{before} bytes were resident, then {after}");
    assert!(empty < mapped + 4 * ((32 << 20) + (2 << 20)), "{} bytes of addresses", empty - mapped);
    assert!(released < empty + (4 << 20), "{} bytes of addresses more", released - empty);
}

#[test]
#[cfg(all(target_os = "linux", not(plain_memory)))]
fn bytes_are_not_resident_before_they_are_written() {
    if !in_own_process("bytes_are_not_resident_before_they_are_written") {
        return;
    }
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let (before, _) = resident_and_mapped();
    heap.enter(|scope| {
        let bytes = scope.alloc(Kind::Bytes, 0, 900 << 20).unwrap();
        let (after, _) = resident_and_mapped();
        assert!(after < before + (16 << 20), "{before} bytes were resident, then {after}");
        assert!(scope.bytes(bytes).unwrap().iter().step_by(1 << 16).all(|byte| *byte == 0));
    });
}

#[test]
fn large_cells_begin_as_zeros_and_undefined_slots_where_others_were() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    for _ in 0..3 {
        heap.enter(|scope| {
            for raw in [131_073, 200_000, 1 << 20] {
                let cell = scope.alloc(Kind::Object, 3, raw).unwrap();
                assert!(scope.bytes(cell).unwrap().iter().all(|byte| *byte == 0));
                assert!((0..3).all(|slot| scope.get(cell, slot).unwrap().is_undefined()));
                scope.bytes_mut(cell).unwrap().fill(7);
                scope.set(cell, 1, Value::Ref(cell)).unwrap();
            }
        });
        heap.collect();
    }
}

#[test]
#[cfg(all(target_os = "linux", not(zeal)))]
fn heaps_start_where_there_are_few_addresses_and_the_systems_refusal_is_told() {
    const NAME: &str = "heaps_start_where_there_are_few_addresses_and_the_systems_refusal_is_told";
    if std::env::var_os("ASAN_OPTIONS").is_some() {
        eprintln!("skipped: AddressSanitizer itself reserves more addresses than that");
        return;
    }
    if !is_alone() {
        let test = alone(NAME);
        let arguments: Vec<_> =
            test.get_args().map(|argument| argument.to_str().unwrap()).collect();
        let line = format!(
            "ulimit -v 200000 && exec {} {}",
            test.get_program().to_str().unwrap(),
            arguments.join(" ")
        );
        let output = Command::new("sh").args(["-c", &line]).env("ALONE", "1").output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
        return;
    }
    let options = HeapOptions::default().with_limit(4 << 20);
    let mut heaps: Vec<Heap> = (0..5).map(|_| Heap::new(options).unwrap()).collect();
    for heap in &mut heaps {
        heap.enter(|scope| {
            for _ in 0..50_000 {
                scope.scope(|scope| shapes::object(scope, 1).map(drop)).unwrap();
            }
        });
    }
    let mut large = Heap::new(HeapOptions::default()).unwrap();
    large.enter(|scope| {
        let refused = scope.alloc(Kind::Bytes, 0, 500 << 20).unwrap_err();
        assert_eq!((refused.reason, refused.requested), (Reason::System, (500 << 20) + 16));
        assert!(refused.to_string().starts_with("the operating system refuses memory"));
    });
    let semi = 1 << 30;
    let wide = HeapOptions::default().with_initial_semi_space(semi);
    let refused = Heap::new(wide).err().unwrap();
    assert_eq!((refused.reason, refused.requested), (Reason::System, 2 * semi));
}

#[test]
fn a_scope_has_as_many_handles_as_before_and_all_are_kept() {
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let mut other = Heap::new(HeapOptions::default()).unwrap();
    heap.enter(|scope| {
        let cells: Vec<Local<'_>> = (0..200_000)
            .map(|number| scope.alloc_with(Kind::Object, &[Value::Smi(number)]).unwrap())
            .collect();
        scope.collect();
        for (number, cell) in cells.iter().enumerate() {
            assert_eq!(scope.view(*cell).unwrap().size(), 24);
            let inner = scope.scope(|scope| scope.get(*cell, 0).unwrap().as_smi());
            assert_eq!(inner, Some(number as i32));
        }
        other.enter(|other| assert!(other.kind(cells[199_999]).is_err()));
        assert_eq!(scope.statistics().handles, 200_000);
        let escaped = scope.escape(|scope| {
            let cells: Vec<_> =
                (0..100_000).map(|_| scope.alloc(Kind::Object, 2, 0).unwrap()).collect();
            Ok::<_, heap_model::HeapError>(cells[99_999])
        });
        assert_eq!(scope.slot_count(escaped.unwrap()), Ok(2));
        assert_eq!(scope.statistics().handles, 200_001);
    });
    assert_eq!(heap.statistics().handles, 0);
}

#[test]
fn the_from_space_counts_from_the_first_collection_on() {
    let semi_space = HeapOptions::default().initial_semi_space;
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    assert_eq!((heap.heap_total(), heap.statistics().committed), (semi_space, semi_space));
    heap.scavenge();
    assert_eq!((heap.heap_total(), heap.statistics().committed), (2 * semi_space, 2 * semi_space));
    heap.settle();
    assert_eq!(heap.heap_total(), semi_space);
}

#[test]
fn a_large_cell_that_survives_makes_the_new_space_grow_at_the_next_collection() {
    let semi_space = HeapOptions::default().initial_semi_space;
    let mut heap = Heap::new(HeapOptions::default()).unwrap();
    let large = heap.enter(|scope| {
        let cell = scope.alloc(Kind::Bytes, 0, 2 * semi_space).unwrap();
        scope.global(cell).unwrap()
    });
    let new_space = |heap: &Heap| heap.space_statistics()[1].committed;
    heap.collect();
    assert_eq!(new_space(&heap), 2 * semi_space);
    heap.collect();
    assert_eq!(new_space(&heap), 4 * semi_space);
    drop(large);
    heap.collect();
    assert_eq!(new_space(&heap), 4 * semi_space, "it has survived once and counts once");
}
