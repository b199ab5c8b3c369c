//! Marking along with the program, idle time, and compaction.

use heap_model::{
    Cause, CollectionEvent, CollectionKind, Global, Heap, HeapOptions, Kind, Local, Scope, Value,
};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn options() -> HeapOptions {
    HeapOptions::default()
        .with_limit(64 << 20)
        .with_initial_semi_space(256 << 10)
        .with_max_semi_space(512 << 10)
        .with_initial_old_generation(2 << 20)
}

/// A list of `cells` cells of 40 bytes, each with its number.
fn list<'s>(scope: &mut Scope<'s>, cells: i32) -> Local<'s> {
    let list = scope.escape(|scope| {
        let mut list = scope.alloc(Kind::Object, 3, 0)?;
        for number in 1..cells {
            let slots = [Value::Ref(list), Value::Smi(number), Value::Null];
            list = scope
                .scope(|inner| {
                    let cell = inner.alloc_with(Kind::Object, &slots)?;
                    inner.global(cell).map_err(heap_model::HeapError::from)
                })
                .and_then(|cell| scope.local(&cell).map_err(heap_model::HeapError::from))?;
        }
        Ok::<_, heap_model::HeapError>(list)
    });
    list.unwrap()
}

fn check_list(scope: &Scope<'_>, list: Local<'_>, cells: i32) {
    let mut view = scope.view(list).unwrap();
    for number in (1..cells).rev() {
        assert_eq!(view.get(1), Ok(heap_model::Seen::Smi(number)));
        let Ok(heap_model::Seen::Ref(next)) = view.get(0) else { panic!("a link is lost") };
        view = next;
    }
    assert_eq!(view.get(0), Ok(heap_model::Seen::Undefined));
}

fn events(heap: &mut Heap) -> Arc<Mutex<Vec<CollectionEvent>>> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = events.clone();
    heap.on_collection(move |event| log.lock().unwrap().push(*event));
    events
}

/// Where a cell is: equal as long as it has not moved.
fn place(scope: &Scope<'_>, cell: Local<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    scope.view(cell).unwrap().hash(&mut hasher);
    hasher.finish()
}

#[test]
fn a_marking_goes_on_in_steps_while_the_program_rebuilds_what_it_marks() {
    // A step is as short as one can be.
    let incremental = Some(Duration::from_nanos(1));
    let mut heap = Heap::new(options().with_incremental(incremental)).unwrap();
    let log = events(&mut heap);
    let cells = 60_000;
    heap.enter(|scope| {
        let holder = scope.alloc(Kind::Array, 8, 0).unwrap();
        for round in 0..200 {
            scope.scope(|inner| {
                let made = list(inner, cells / 8);
                inner.set(holder, round % 8, Value::Ref(made)).unwrap();
                // A list that is only in a slot that was marked already moves on.
                let Value::Ref(moved) = inner.get(holder, (round + 3) % 8).unwrap() else { return };
                inner.set(holder, (round + 3) % 8, Value::Null).unwrap();
                inner.set(holder, (round + 5) % 8, Value::Ref(moved)).unwrap();
            });
            for slot in 0..8 {
                scope.scope(|inner| {
                    if let Value::Ref(made) = inner.get(holder, slot).unwrap() {
                        check_list(inner, made, cells / 8);
                    }
                });
            }
        }
    });
    let log = log.lock().unwrap();
    let marked = log.iter().filter(|event| event.kind == CollectionKind::Incremental);
    let steps: Vec<usize> = marked.map(|event| event.steps).collect();
    assert!(steps.len() >= 2, "{steps:?}");
    assert!(steps.iter().any(|steps| *steps > 2), "{steps:?}");
}

#[test]
fn idle_time_is_used_to_mark_and_a_deadline_is_kept() {
    let initial_old_generation = 4 << 20;
    let mut heap =
        Heap::new(options().with_initial_old_generation(initial_old_generation)).unwrap();
    let log = events(&mut heap);
    let (kept, rest): (Global, Global) = heap.enter(|scope| {
        let (kept, rest) = (list(scope, 40_000), list(scope, 40_000));
        (scope.global(kept).unwrap(), scope.global(rest).unwrap())
    });
    // All is in the old space, which makes more than three quarters of what it may be.
    heap.scavenge();
    heap.scavenge();
    drop(rest);
    log.lock().unwrap().clear();
    let used = heap.heap_used();
    let past = Instant::now();
    assert!(!heap.idle(past), "there is work, and no time for it");
    assert!(!heap.idle(past));
    assert!(log.lock().unwrap().is_empty());
    assert_eq!(heap.heap_used(), used);
    assert!(heap.idle(Instant::now() + Duration::from_secs(100)));
    let event = log.lock().unwrap().pop().unwrap();
    assert_eq!((event.kind, event.cause), (CollectionKind::Incremental, Cause::Idle));
    assert!(event.steps > 0);
    assert_eq!(heap.heap_used(), 40 * 40_000);
    heap.enter(|scope| {
        let kept = scope.local(&kept).unwrap();
        check_list(scope, kept, 40_000);
    });
    assert!(heap.idle(Instant::now() + Duration::from_secs(100)), "nothing is left to do");
}

#[test]
fn fragmented_pages_are_emptied_and_every_survivor_is_intact() {
    let mut heap = Heap::new(options()).unwrap();
    let (mut kept, mut rest): (Vec<Global>, Vec<Global>) = (Vec::new(), Vec::new());
    heap.enter(|scope| {
        for number in 0..20_000_i32 {
            scope.scope(|inner| {
                let cell = inner.alloc(Kind::Object, 2, 200).unwrap();
                inner.set(cell, 0, Value::Smi(number)).unwrap();
                inner.bytes_mut(cell).unwrap().fill(number as u8);
                if let Some(last) = kept.last() {
                    let last = inner.local(last).unwrap();
                    inner.set(cell, 1, Value::Ref(last)).unwrap();
                }
                let list = if number % 10 == 0 { &mut kept } else { &mut rest };
                list.push(inner.global(cell).unwrap());
            });
        }
    });
    heap.collect();
    let before = heap.space_statistics().into_iter().find(|s| s.name == "old_space").unwrap();
    rest.clear();
    // The first collection finds that the pages are sparse, the second empties them.
    heap.collect();
    heap.collect();
    let after = heap.space_statistics().into_iter().find(|s| s.name == "old_space").unwrap();
    assert!(before.committed > 4 << 20);
    assert!(after.committed <= after.used + 2 * (256 << 10) + after.used / 4, "{after:?}");
    assert_eq!(after.used, 2000 * (16 + 16 + 200));
    heap.enter(|scope| {
        for (index, global) in kept.iter().enumerate() {
            let cell = scope.local(global).unwrap();
            let number = 10 * index as i32;
            assert!(matches!(scope.get(cell, 0), Ok(Value::Smi(found)) if found == number));
            assert!(scope.bytes(cell).unwrap().iter().all(|byte| *byte == number as u8));
            match scope.get(cell, 1).unwrap() {
                Value::Ref(last) => {
                    let kept = scope.local(&kept[index - 1]).unwrap();
                    assert!(scope.same(last, kept));
                }
                _ => assert_eq!(index, 0),
            }
        }
    });
}

#[test]
fn a_marking_that_is_given_up_does_not_make_full_pages_look_sparse() {
    let mut heap = Heap::new(options()).unwrap();
    let mut kept: Vec<Global> = Vec::new();
    heap.enter(|scope| {
        for _ in 0..4 {
            let made = list(scope, 20_000);
            kept.push(scope.global(made).unwrap());
        }
    });
    heap.collect();
    heap.collect();
    let places = |heap: &mut Heap| {
        heap.enter(|scope| {
            let place = |global| {
                let cell = scope.local(global).unwrap();
                place(scope, cell)
            };
            kept.iter().map(place).collect::<Vec<u64>>()
        })
    };
    let before = places(&mut heap);
    heap.collect();
    assert_eq!(places(&mut heap), before, "full pages are not emptied");
    // Enough is allocated for a marking to be due, and there is no time for it.
    heap.enter(|scope| {
        for _ in 0..35 {
            scope.scope(|inner| inner.alloc(Kind::Bytes, 0, 200_000).map(drop)).unwrap();
        }
    });
    assert!(!heap.idle(Instant::now()), "a marking is under way");
    heap.collect();
    assert_eq!(places(&mut heap), before, "full pages are not emptied");
}

#[test]
fn idle_time_without_growth_is_left_alone() {
    // The limit is near, so that the next collection is due soon after the last.
    let mut heap = Heap::new(HeapOptions::default().with_limit(24 << 20)).unwrap();
    let kept = heap.enter(|scope| {
        let list = scope.alloc(Kind::Array, 40, 0).unwrap();
        for slot in 0..40 {
            let cell = scope.alloc(Kind::Bytes, 0, 400_000).unwrap();
            scope.set(list, slot, Value::Ref(cell)).unwrap();
        }
        scope.global(list).unwrap()
    });
    heap.collect();
    let before = heap.statistics().full_collections;
    for _ in 0..5 {
        assert!(heap.idle(Instant::now() + Duration::from_secs(100)));
    }
    assert_eq!(heap.statistics().full_collections, before);
    drop(kept);
}

/// Allocates short-lived cells until a marking has ended, and gives its number of steps.
fn steps_of_a_marking(heap: &mut Heap, log: &Mutex<Vec<CollectionEvent>>) -> usize {
    loop {
        heap.enter(|scope| {
            for _ in 0..1000 {
                scope.scope(|inner| inner.alloc(Kind::Object, 8, 0).map(drop)).unwrap();
            }
        });
        let log = log.lock().unwrap();
        if let Some(event) = log.iter().find(|e| e.kind == CollectionKind::Incremental) {
            return event.steps;
        }
    }
}

#[test]
fn a_wide_array_is_marked_in_pieces() {
    const SLOTS: usize = 1 << 20;
    let incremental = Some(Duration::from_nanos(1));
    let mut heap = Heap::new(options().with_incremental(incremental)).unwrap();
    let log = events(&mut heap);
    let _array = heap.enter(|scope| {
        let array = scope.alloc(Kind::Array, SLOTS, 0).unwrap();
        let cell = scope.alloc(Kind::Object, 0, 0).unwrap();
        for slot in 0..SLOTS {
            scope.set(array, slot, Value::Ref(cell)).unwrap();
        }
        scope.global(array).unwrap()
    });
    let steps = steps_of_a_marking(&mut heap, &log);
    assert!(steps > 64, "{steps} steps for {SLOTS} slots");
}

#[test]
fn what_moves_about_in_a_wide_array_while_it_is_marked_stays_alive() {
    const SLOTS: usize = 100_000;
    const LISTS: usize = 50;
    let incremental = Some(Duration::from_nanos(1));
    let mut heap = Heap::new(options().with_incremental(incremental)).unwrap();
    let log = events(&mut heap);
    heap.enter(|scope| {
        let array = scope.alloc(Kind::Array, SLOTS, 0).unwrap();
        let mut places: Vec<usize> = (0..LISTS).map(|list| list * (SLOTS / LISTS)).collect();
        for &slot in &places {
            scope.scope(|inner| {
                let made = list(inner, 2000);
                inner.set(array, slot, Value::Ref(made)).unwrap();
            });
        }
        for round in 0..8000_usize {
            let list = round * 7 % LISTS;
            let to = (round * 7919 + list) % SLOTS;
            scope.scope(|inner| {
                if let Value::Undefined | Value::Null = inner.get(array, to).unwrap() {
                    let from = std::mem::replace(&mut places[list], to);
                    let moved = inner.get(array, from).unwrap();
                    inner.set(array, from, Value::Null).unwrap();
                    inner.set(array, to, moved).unwrap();
                }
                // What takes another's place takes the memory of the dead, too.
                if round % 8 == 0 {
                    let made = self::list(inner, 2000);
                    inner.set(array, places[list], Value::Ref(made)).unwrap();
                }
            });
        }
        for &slot in &places {
            scope.scope(|inner| {
                let Value::Ref(made) = inner.get(array, slot).unwrap() else { panic!("lost") };
                check_list(inner, made, 2000);
            });
        }
    });
    let log = log.lock().unwrap();
    let marked = log.iter().filter(|event| event.kind == CollectionKind::Incremental);
    assert!(marked.filter(|event| event.steps > 4).count() > 2);
}

/// A list of `cells` cells, to which only the value of an entry refers.
fn list_of_a_value<'s>(scope: &mut Scope<'s>, cells: i32) -> (Local<'s>, Local<'s>) {
    let table = scope.alloc_ephemeron_table(8).unwrap();
    let key = scope.alloc(Kind::Object, 0, 0).unwrap();
    scope.scope(|inner| {
        let list = list(inner, cells);
        inner.ephemeron_set(table, key, Value::Ref(list)).unwrap();
    });
    (table, key)
}

#[test]
fn what_only_a_value_of_a_table_leads_to_is_marked_in_steps() {
    const CELLS: i32 = 100_000;
    let incremental = Some(Duration::from_nanos(1));
    let initial_old_generation = 6 << 20;
    let options =
        options().with_incremental(incremental).with_initial_old_generation(initial_old_generation);
    let mut heap = Heap::new(options).unwrap();
    let _kept = heap.enter(|scope| {
        let (table, key) = list_of_a_value(scope, CELLS);
        // An entry of the first key's value, which a later round finds.
        let (other, last) = list_of_a_value(scope, CELLS);
        let Some(Value::Ref(first)) = scope.ephemeron_get(table, key).unwrap() else { panic!() };
        scope.set(first, 2, Value::Ref(last)).unwrap();
        [other, table, key].map(|cell| scope.global(cell).unwrap())
    });
    // Without a young cell, which would be a root.
    heap.scavenge();
    heap.scavenge();
    let log = events(&mut heap);
    let steps = steps_of_a_marking(&mut heap, &log);
    let slots = 2 * 4 * CELLS as usize;
    assert!(steps > slots / 20_000, "{steps} steps for {slots} slots");
}

#[test]
fn what_only_a_young_cell_leads_to_is_marked_in_steps_of_idle_time() {
    const CELLS: i32 = 110_000;
    let mut heap = Heap::new(options().with_initial_old_generation(5 << 20)).unwrap();
    let log = events(&mut heap);
    let list = heap.enter(|scope| {
        let list = list(scope, CELLS);
        scope.global(list).unwrap()
    });
    heap.scavenge();
    heap.scavenge();
    let young = heap.enter(|scope| {
        let list = scope.local(&list).unwrap();
        let young = scope.alloc_with(Kind::Object, &[Value::Ref(list)]).unwrap();
        scope.global(young).unwrap()
    });
    drop(list);
    assert!(heap.idle(Instant::now() + Duration::from_secs(100)));
    assert_eq!(heap.marking_work(), 2 + 4 * CELLS as usize);
    heap.enter(|scope| {
        let young = scope.local(&young).unwrap();
        let Ok(Value::Ref(list)) = scope.get(young, 0) else { panic!("the list is lost") };
        check_list(scope, list, CELLS);
    });
    let log = log.lock().unwrap();
    let kinds: Vec<_> = log.iter().rev().take(2).map(|event| (event.kind, event.cause)).collect();
    let expected = [CollectionKind::Incremental, CollectionKind::Scavenge];
    assert_eq!(kinds, expected.map(|kind| (kind, Cause::Idle)));
}

#[test]
fn values_of_dead_keys_go_though_ephemerons_are_marked_in_steps() {
    let initial_old_generation = 4 << 20;
    let mut heap =
        Heap::new(options().with_initial_old_generation(initial_old_generation)).unwrap();
    let (table, kept, dead) = heap.enter(|scope| {
        let table = scope.alloc_ephemeron_table(8000).unwrap();
        let (mut kept, mut dead) = (Vec::new(), Vec::new());
        for number in 0..4000 {
            scope.scope(|inner| {
                let key = inner.alloc(Kind::Object, 1, 0).unwrap();
                let value = list(inner, 20);
                inner.ephemeron_set(table, key, Value::Ref(value)).unwrap();
                let keys = if number % 2 == 0 { &mut kept } else { &mut dead };
                keys.push(inner.global(key).unwrap());
            });
        }
        // The kept ones hang together through values alone.
        for index in 1..kept.len() {
            scope.scope(|inner| {
                let [key, next] = [index - 1, index].map(|i| inner.local(&kept[i]).unwrap());
                let Some(Value::Ref(value)) = inner.ephemeron_get(table, key).unwrap() else {
                    panic!("a value is lost")
                };
                inner.set(value, 2, Value::Ref(next)).unwrap();
            });
        }
        (scope.global(table).unwrap(), kept, dead)
    });
    heap.scavenge();
    heap.scavenge();
    drop(dead);
    let first = kept.into_iter().next().unwrap();
    assert!(heap.idle(Instant::now() + Duration::from_secs(100)));
    heap.enter(|scope| {
        let (table, mut key) = (scope.local(&table).unwrap(), scope.local(&first).unwrap());
        assert_eq!(scope.ephemeron_len(table), Ok(2000));
        for number in 0..2000 {
            let Some(Value::Ref(value)) = scope.ephemeron_get(table, key).unwrap() else {
                panic!("value {number} is lost")
            };
            match scope.get(value, 2).unwrap() {
                Value::Ref(next) => key = next,
                _ => assert_eq!(number, 1999),
            }
        }
    });
}
