//! Leak, plateau and noise, on series that were recorded from real programs (`tests/series`).

use mem_report::{Figure, Growth, Kinds, MemoryUsage, Sample, Source, Timeline, Verdict};
use std::path::Path;

/// A recorded series; see `tests/series/README.md` for its form.
fn series(name: &str) -> Timeline {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/series").join(name);
    let text = std::fs::read_to_string(path).expect("a recorded series");
    let source = |figure| match figure {
        Figure::Rss => Source::VM_RSS,
        _ if name.starts_with("node-memory") => Source::HEAP,
        _ => Source::NODE,
    };
    let mut timeline = Timeline::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let mut usage = MemoryUsage::new();
        for (figure, bytes) in Figure::ALL.into_iter().zip(&fields[1..]) {
            usage = usage.with(figure, bytes.parse().expect("a number"), source(figure));
        }
        let mut sample = Sample::new("round", usage);
        sample.collections = fields[0].parse().ok();
        timeline.record(sample);
    }
    timeline
}

fn verdict(name: &str, figure: Figure) -> Verdict {
    Growth::of(&series(name), figure).verdict
}

#[test]
fn a_leak_of_a_real_node_is_a_leak() {
    let growth = Growth::of(&series("node-leak.txt"), Figure::HeapUsed);
    assert_eq!((growth.verdict, growth.collections_counted), (Verdict::Leak, true));
    // A round leaves an array of 500 elements and its entry.
    assert!((4000.0..4500.0).contains(&growth.bytes_a_floor), "{growth}");
    assert_eq!(verdict("node-external-leak.txt", Figure::External), Verdict::Leak);
    assert_eq!(verdict("node-external-leak.txt", Figure::ArrayBuffers), Verdict::Leak);
}

#[test]
fn a_leak_is_found_where_nobody_counted_the_collections() {
    let growth = Growth::of(&series("node-leak-uncounted.txt"), Figure::HeapUsed);
    assert_eq!((growth.verdict, growth.collections_counted), (Verdict::Leak, false));
    assert_eq!(verdict("node-external-leak-uncounted.txt", Figure::External), Verdict::Leak);
}

#[test]
fn a_cache_that_is_full_is_a_plateau() {
    assert_eq!(verdict("node-plateau.txt", Figure::HeapUsed), Verdict::Plateau);
}

#[test]
fn garbage_is_noise() {
    assert_eq!(verdict("node-noise.txt", Figure::HeapUsed), Verdict::Noise);
    assert_eq!(verdict("node-noise-uncounted.txt", Figure::HeapUsed), Verdict::Noise);
    assert_eq!(verdict("node-noise.txt", Figure::External), Verdict::Noise);
}

#[test]
fn a_full_cache_whose_collections_nobody_counted_is_no_leak() {
    let verdict = verdict("node-plateau-uncounted.txt", Figure::HeapUsed);
    assert!(matches!(verdict, Verdict::Noise | Verdict::Plateau), "{verdict}");
}

#[test]
fn the_resident_set_of_a_program_without_a_leak_has_none() {
    for name in ["node-noise.txt", "node-plateau.txt"] {
        assert_ne!(verdict(name, Figure::Rss), Verdict::Leak, "{name}");
    }
}

#[test]
fn series_of_our_own_runtime_are_told_apart_too() {
    let growth = Growth::of(&series("node-memory-leak.txt"), Figure::HeapUsed);
    assert_eq!((growth.verdict, growth.floor.len()), (Verdict::Leak, 30));
    assert_eq!(verdict("node-memory-plateau.txt", Figure::HeapUsed), Verdict::Plateau);
    assert_eq!(verdict("node-memory-noise.txt", Figure::HeapUsed), Verdict::Noise);
}

/// A timeline whose samples are all after a collection.
fn floors(figures: impl IntoIterator<Item = u64>) -> Timeline {
    let mut timeline = Timeline::new();
    for (round, bytes) in figures.into_iter().enumerate() {
        let usage = MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP);
        timeline.record(Sample::new("round", usage).with_collections(round as u64 + 1));
    }
    timeline
}

#[test]
fn too_few_collections_say_nothing_and_how_many_are_needed() {
    let growth = Growth::of(&floors((0..8).map(|it| it * 1000)), Figure::HeapUsed);
    assert_eq!(growth.verdict, Verdict::TooFew { floors: 8, needed: 9 });
    assert_eq!(growth.to_string(), "heapUsed: unknown (8 floors of 9 that are needed)\n");
    let growth = Growth::of(&floors((0..9).map(|it| it * 1000)), Figure::HeapUsed);
    assert_eq!(growth.verdict, Verdict::Leak);
    let absent = Growth::of(&floors([1; 20]), Figure::Rss);
    assert_eq!(absent.verdict, Verdict::TooFew { floors: 0, needed: 9 });
}

#[test]
fn the_smallest_exact_leak_is_one_and_a_flat_floor_none() {
    let leak = Growth::of(&floors((0..20).map(|it| 1_000_000 + it * 56)), Figure::HeapUsed);
    assert_eq!((leak.verdict, leak.rise), (Verdict::Leak, 19 * 56));
    assert_eq!(Growth::of(&floors([5; 20]), Figure::HeapUsed).verdict, Verdict::Noise);
    let falling = Growth::of(&floors((0..20).rev()), Figure::HeapUsed);
    assert_eq!(falling.verdict, Verdict::Noise);
}

#[test]
fn a_leak_is_one_whatever_happens_between_collections_and_at_single_ones() {
    // A sawtooth of 50 samples a collection over a floor that rises by 10, once 100,000 higher.
    let mut timeline = Timeline::new();
    for number in 0..1000_u64 {
        let (collection, since) = (number / 50, number % 50);
        let outlier = if collection == 7 { 100_000 } else { 0 };
        let bytes = 10_000 + collection * 10 + since * 5000 + outlier;
        let usage = MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP);
        timeline.record(Sample::new("tick", usage).with_collections(collection));
    }
    let growth = Growth::of(&timeline, Figure::HeapUsed);
    assert_eq!((growth.verdict, growth.bytes_a_floor), (Verdict::Leak, 10.0));
    assert_eq!(growth.floor.len(), 19, "before the first collection there is no floor");
}

#[test]
fn growth_that_slows_down_is_not_called_a_leak() {
    let slowing = floors((1..60_u64).map(|it| 1_000_000 - 1_000_000 / it));
    assert_eq!(Growth::of(&slowing, Figure::HeapUsed).verdict, Verdict::Slowing);
    let ended = floors((1..60_u64).map(|it| 1_000_000 - 1_000_000 / (it * it)));
    assert_eq!(Growth::of(&ended, Figure::HeapUsed).verdict, Verdict::Plateau);
}

#[test]
fn a_counter_of_collections_that_runs_backwards_starts_anew() {
    let mut timeline = floors((0..10).map(|it| it * 100));
    for round in 0..10 {
        let usage = MemoryUsage::new().with(Figure::HeapUsed, 1000 + round * 100, Source::HEAP);
        timeline.record(Sample::new("another heap", usage).with_collections(round + 1));
    }
    let growth = Growth::of(&timeline, Figure::HeapUsed);
    assert_eq!((growth.verdict, growth.floor.len()), (Verdict::Leak, 20));
}

#[test]
fn what_grows_is_named_by_kind_and_by_statement() {
    let mut timeline = Timeline::new();
    let mut kinds = Kinds::new();
    kinds.add("heap", "arrays", 10, 5000);
    let mut bytes = 100_000;
    for round in 0..20_u64 {
        if round % 2 == 0 {
            timeline.statement("cache.set(key, text)");
            kinds.add("heap", "strings", 1, 400);
            bytes += 400;
        } else {
            timeline.statement("answer()");
        }
        if round == 10 {
            kinds.add("heap", "arrays", 1, 100);
        }
        let usage = MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP);
        timeline.record(Sample::new("gc", usage).with_collections(round + 1).with_kinds(&kinds));
    }
    let growth = Growth::of(&timeline, Figure::HeapUsed);
    assert_eq!(growth.verdict, Verdict::Leak);
    // The first floor is after the first set. What grew once, by the way, is not named.
    let named: Vec<_> = growth.kinds.iter().map(|kind| (&*kind.name, kind.bytes)).collect();
    assert_eq!(named, [("strings", 9 * 400)]);
    assert_eq!(growth.statements, [("cache.set(key, text)".to_owned(), 9 * 400)]);
    let text = growth.to_string();
    assert!(text.contains("kind: strings +9, +3,600 bytes\n"), "{text}");
}

#[test]
fn more_floors_than_are_looked_at_are_thinned_to_their_lowest() {
    let growth =
        Growth::of(&floors((0..100_000).map(|it| it * 8 + it % 5 * 100)), Figure::HeapUsed);
    assert_eq!(growth.verdict, Verdict::Leak);
    assert!(growth.floor.len() <= 512);
}

#[test]
fn samples_that_do_not_know_the_collections_are_no_floors_of_their_own() {
    let mut timeline = Timeline::new();
    for round in 0..20_u64 {
        let usage = |bytes| MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP);
        timeline.record(Sample::new("after gc", usage(1000)).with_collections(round));
        timeline.push("between", usage(5000 + round * 100));
    }
    let growth = Growth::of(&timeline, Figure::HeapUsed);
    assert_eq!((growth.verdict, growth.floor.len()), (Verdict::Noise, 19));
}

/// The verdict on an exact figure whose floors are these.
fn verdict_on(floors: impl Iterator<Item = u64>) -> Verdict {
    let mut timeline = Timeline::new();
    for (round, bytes) in floors.enumerate() {
        let usage = MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP);
        timeline.record(Sample::new("after gc", usage).with_collections(round as u64 + 1));
    }
    Growth::of(&timeline, Figure::HeapUsed).verdict
}

#[test]
fn a_cache_that_is_emptied_now_and_then_is_no_leak() {
    for floors in [9, 12, 20, 30, 40, 60, 100, 400] {
        for turn in [2, 3, 5, 7, 10] {
            // Two turns at least are in the late two thirds.
            if floors < 3 * turn {
                continue;
            }
            let filling = (0..floors).map(|round| 1_000_000 + round % turn * 50_000);
            let verdict = verdict_on(filling);
            assert_ne!(verdict, Verdict::Leak, "{floors} floors in turns of {turn}");
            let growing = (0..floors).map(|round| 1_000_000 + round % turn * 100 + round * 5000);
            assert_eq!(verdict_on(growing), Verdict::Leak, "{floors} floors in turns of {turn}");
        }
    }
}

#[test]
fn a_single_step_is_no_leak() {
    let mut random = 1_u64;
    let mut noise = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        random >> 50
    };
    for run in 0..200 {
        let floors = [12, 16, 30, 100][run % 4];
        let step = (0..floors).map(|round| {
            let base = if round < floors * 3 / 4 { 1_000_000 } else { 1_500_000 };
            base + noise()
        });
        assert_ne!(verdict_on(step), Verdict::Leak, "{floors} floors in run {run}");
    }
}
