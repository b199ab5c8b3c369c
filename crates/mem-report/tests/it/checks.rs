//! Bounds for users' own tests.

use mem_report::check::{ViolationKind, no_growth};
use mem_report::{Figure, Kinds, MemoryUsage, Sample, Source, Timeline};
use mem_report::{assert_memory, assert_no_growth, check};

fn rounds(used: &[u64]) -> Timeline {
    let mut timeline = Timeline::new();
    for (round, used) in used.iter().enumerate() {
        let usage = MemoryUsage::new().with(Figure::HeapUsed, *used, Source::HEAP);
        timeline.push(&format!("round {round}"), usage);
    }
    timeline
}

#[test]
fn within_its_bounds_nothing_happens() {
    let timeline = rounds(&[100, 5000, 100]);
    assert_memory!(timeline, Figure::HeapUsed, "round 0" => "round 1", 4900..=4900);
    assert_memory!(timeline, Figure::HeapUsed, "round 0" => "round 2", ..=0);
    assert_memory!(&timeline, Figure::HeapUsed, "round 1", ..8192);
}

#[test]
#[should_panic = "heapUsed from \"round 0\" to \"round 1\" changes by +4,900 bytes; allowed: from 0 bytes to 4,096 bytes"]
fn beyond_its_bounds_a_change_panics() {
    assert_memory!(rounds(&[100, 5000]), Figure::HeapUsed, "round 0" => "round 1", 0..=4096);
}

#[test]
fn the_message_shows_the_timeline_and_the_kinds_that_grew() {
    let mut timeline = Timeline::new();
    let mut kinds = Kinds::new();
    for (label, strings) in [("start", 10), ("loaded", 200), ("later", 200)] {
        kinds.add("heap", "strings", strings, strings * 48);
        let usage = MemoryUsage::new().with(Figure::HeapUsed, strings * 48, Source::HEAP);
        timeline.record(Sample::new(label, usage).with_kinds(&kinds));
    }
    let violation = check::change(&timeline, Figure::HeapUsed, "start", "loaded", ..=4096)
        .expect_err("it rises by more");
    insta::assert_snapshot!(violation.to_string(), @r#"
    heapUsed from "start" to "loaded" changes by +9,120 bytes; allowed: at most 4,096 bytes
    > start     480
    > loaded  9,600  +9,120
      later   9,600
      heap: strings +200, +9,600 bytes
    "#);
}

#[test]
fn what_each_round_gives_back_is_no_growth() {
    assert_no_growth!(rounds(&[900, 100, 156, 100, 156, 100, 156]), Figure::HeapUsed, 6);
    assert_no_growth!(rounds(&[100, 5000, 100, 5000, 5000, 100]), Figure::HeapUsed, 6);
}

#[test]
fn what_each_round_keeps_is_growth() {
    let leak = rounds(&[100, 156, 212, 268, 324, 380]);
    let violation = no_growth(&leak, Figure::HeapUsed, 6, 0).expect_err("a leak");
    let expected = ViolationKind::Growth { rounds: 6, before: 100, after: 268, allowed: 0 };
    assert_eq!(violation.kind, expected);
    assert!(no_growth(&leak, Figure::HeapUsed, 6, 168).is_ok());
    assert!(no_growth(&leak, Figure::HeapUsed, 6, 167).is_err());
}

#[test]
fn too_few_rounds_tell_nothing() {
    for (samples, rounds_asked) in [(3, 3), (3, 4), (0, 0)] {
        let timeline = rounds(&[100, 100, 100][..samples]);
        let violation =
            no_growth(&timeline, Figure::HeapUsed, rounds_asked, 0).expect_err("too few");
        assert!(matches!(violation.kind, ViolationKind::TooFewRounds { .. }));
    }
}

#[test]
fn an_absent_figure_is_said_to_be_absent_and_never_0() {
    let timeline = rounds(&[1, 2, 3, 4]);
    let violation = check::value(&timeline, Figure::Rss, "round 0", ..).expect_err("no rss");
    assert_eq!(violation.kind, ViolationKind::Absent("round 0".into()));
    let violation = no_growth(&timeline, Figure::Rss, 4, 0).expect_err("no rss");
    assert_eq!(violation.kind, ViolationKind::Absent("round 0".into()));
    let violation =
        check::value(&timeline, Figure::HeapUsed, "round 9", ..).expect_err("no sample");
    assert_eq!(violation.kind, ViolationKind::NoSuchSample("round 9".into()));
}

#[test]
fn a_message_about_a_long_timeline_is_short() {
    let mut used = vec![100; 100_000];
    used[99_000] = 9000;
    let timeline = rounds(&used);
    let violation = check::every(&timeline, Figure::HeapUsed, ..=100).expect_err("a peak");
    let text = violation.to_string();
    assert!(text.lines().count() < 60, "{text}");
    assert!(text.contains("> round 99000"), "{text}");
    let violation = check::change(&timeline, Figure::HeapUsed, "round 3", "round 99000", ..=0);
    let text = violation.expect_err("a rise").to_string();
    assert!(text.lines().count() < 60, "{text}");
    assert!(text.contains("> round 3 ") && text.contains("> round 99000"), "{text}");
}
