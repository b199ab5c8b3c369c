//! When a full collection comes, as in a V8 that marks at a pace.

use heap_model::{CollectionKind, Heap, HeapOptions, Kind, MarkingPace, Reason, Scope};
use std::sync::{Arc, Mutex};

const MIB: usize = 1 << 20;

fn heap(pace: MarkingPace) -> Heap {
    let options = HeapOptions::default()
        .with_initial_semi_space(MIB)
        .with_max_semi_space(8 * MIB)
        .with_initial_old_generation(8 * MIB)
        .with_old_generation_limit(32 * MIB)
        .with_limit(64 * MIB)
        .with_marking_pace(pace);
    Heap::new(options).unwrap()
}

/// Keeps cells of 8 KiB, a whole MiB at a time.
fn keep(scope: &mut Scope<'_>, mib: usize) -> Result<(), Reason> {
    for _ in 0..mib * 128 {
        scope.alloc(Kind::Bytes, 0, (8 << 10) - 16).map(drop).map_err(|error| error.reason)?;
    }
    Ok(())
}

/// The kinds of the collections while `mib` MiB are kept.
fn collections(heap: &mut Heap, mib: usize) -> Vec<CollectionKind> {
    let log: Arc<Mutex<Vec<CollectionKind>>> = Arc::default();
    let told = log.clone();
    heap.on_collection(move |event| told.lock().unwrap().push(event.kind));
    heap.enter(|scope| keep(scope, mib)).unwrap();
    log.lock().unwrap().clone()
}

fn fulls(kinds: &[CollectionKind]) -> usize {
    kinds.iter().filter(|kind| **kind == CollectionKind::Full).count()
}

#[test]
fn a_marking_that_is_ahead_ends_right_after_the_scavenge_that_makes_it_due() {
    let kinds = collections(&mut heap(MarkingPace::Ahead), 20);
    let full = kinds.iter().position(|kind| *kind == CollectionKind::Full).expect("it is due");
    assert_eq!(kinds[full - 1], CollectionKind::Scavenge);
}

#[test]
fn scavenges_come_during_a_marking_that_is_interleaved() {
    // Half a byte is marked for each that is allocated, and all survives: marking never ends.
    let kinds = collections(&mut heap(MarkingPace::Interleaved(0.5)), 20);
    assert_eq!(fulls(&kinds), 0, "{kinds:?}");
    let ahead = collections(&mut heap(MarkingPace::Ahead), 20);
    assert!(kinds.len() >= ahead.len() - fulls(&ahead), "{kinds:?} {ahead:?}");
}

#[test]
fn the_new_space_grows_beyond_its_capacity_while_phases_are_separate() {
    let options = HeapOptions::default()
        .with_limit(160 * MIB)
        .with_initial_semi_space(MIB)
        .with_max_semi_space(32 * MIB)
        .with_initial_old_generation(8 * MIB)
        .with_marking_pace(MarkingPace::Separate(1.0));
    let mut heap = Heap::new(options).unwrap();
    // What a call keeps is dropped at its end, so all is kept in one.
    let log: Arc<Mutex<Vec<(CollectionKind, usize)>>> = Arc::default();
    let told = log.clone();
    heap.on_collection(move |event| told.lock().unwrap().push((event.kind, event.used_before)));
    heap.enter(|scope| keep(scope, 40)).unwrap();
    let log = log.lock().unwrap();
    let full = log.iter().position(|(kind, _)| *kind == CollectionKind::Full).expect("it is due");
    let (last_scavenge, ended) = (log[full - 1].1, log[full].1);
    // Marking began after that scavenge with more than 8 MiB, and as many were allocated until it ended.
    assert!(ended - last_scavenge >= 8 * MIB, "{log:?}");
}

#[test]
fn a_new_space_that_grew_beyond_its_capacity_survives_a_scavenge_that_is_asked_for() {
    let mut heap = heap(MarkingPace::Separate(1.0));
    heap.enter(|scope| {
        keep(scope, 14).unwrap();
        let used = scope.heap_used();
        scope.scavenge();
        assert_eq!(scope.heap_used(), used);
        keep(scope, 2).unwrap();
        scope.collect();
        assert_eq!(scope.heap_used(), used + 2 * MIB);
    });
}

#[test]
fn a_paced_old_generation_passes_its_limit_by_one_collection_and_then_refuses() {
    for pace in [MarkingPace::Ahead, MarkingPace::Interleaved(0.5), MarkingPace::Separate(1.0)] {
        let mut heap = heap(pace);
        let refused = heap.enter(|scope| keep(scope, 64));
        assert_eq!(refused, Err(Reason::Limit), "{pace:?}");
        // V8's limit is of what is used, and the last semi-space comes on top.
        let used = heap.heap_used();
        assert!((29 * MIB..=41 * MIB).contains(&used), "{pace:?}: {used}");
        assert!(heap.heap_total() <= 64 * MIB, "{pace:?}");
        heap.collect();
        assert!(heap.heap_used() < MIB, "nothing is kept outside: {pace:?}");
    }
}

#[test]
fn the_first_full_collection_comes_earlier_if_little_survives() {
    let full_after = |adaptive: bool, kept: usize| {
        let options = HeapOptions::default()
            .with_initial_semi_space(MIB)
            .with_max_semi_space(MIB)
            .with_initial_old_generation(32 * MIB)
            .with_adaptive_initial(adaptive)
            .with_marking_pace(MarkingPace::Ahead);
        let mut heap = Heap::new(options).unwrap();
        heap.enter(|scope| {
            // One cell of some is kept.
            for index in 0..1_000_000 {
                if index % kept == 0 {
                    scope.alloc(Kind::Bytes, 0, 8000).unwrap();
                } else {
                    scope.scope(|inner| inner.alloc(Kind::Bytes, 0, 8000).map(drop)).unwrap();
                }
                if scope.statistics().full_collections > 0 {
                    return scope.heap_used();
                }
            }
            usize::MAX
        })
    };
    let (fixed, adaptive) = (full_after(false, 4), full_after(true, 4));
    assert!(fixed > 30 * MIB && adaptive < 16 * MIB, "{fixed} {adaptive}");
    // Where all survives, nothing is lowered.
    assert!(full_after(true, 1) > 28 * MIB);
}
