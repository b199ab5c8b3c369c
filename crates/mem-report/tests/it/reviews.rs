//! The text of a timeline for review.

use mem_report::review::{Band, Problem, Review, parse};
use mem_report::{Allocations, Figure, Kinds, MemoryUsage, Sample, Source, Timeline};
use proptest::prelude::*;

fn used(bytes: u64) -> MemoryUsage {
    MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP)
}

/// Lines of which only one text has them, by place: insertions and deletions are not looked for.
fn changed_lines(old: &str, new: &str) -> usize {
    assert_eq!(old.lines().count(), new.lines().count(), "{old}\n{new}");
    old.lines().zip(new.lines()).filter(|(old, new)| old != new).count()
}

fn program(kept: u64, label: &str) -> String {
    let mut timeline = Timeline::new();
    timeline.push("start", used(3_092_008));
    timeline.statement("a.set(b, new Array(1024))");
    timeline.push(label, used(3_092_008 + 8240 + kept));
    timeline.statement("b = null");
    timeline.push("dropped", used(3_092_008 + kept));
    timeline.push("one more", used(3_092_064 + kept));
    Review::new(&timeline).to_string()
}

#[test]
fn one_more_object_that_stays_changes_one_line() {
    assert_eq!(changed_lines(&program(0, "set"), &program(56, "set")), 1);
}

#[test]
fn one_more_digit_changes_one_line() {
    assert_eq!(changed_lines(&program(0, "set"), &program(99_999, "set")), 1);
}

#[test]
fn a_longer_label_changes_one_line() {
    assert_eq!(changed_lines(&program(0, "set"), &program(0, "after set and gc")), 1);
}

#[test]
fn labels_start_their_lines_and_nothing_else_does() {
    let text = program(0, "set");
    let at_the_start: Vec<_> =
        text.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
    assert_eq!(at_the_start, ["start", "set", "dropped", "one more"]);
}

#[test]
fn kinds_that_moved_are_under_their_sample() {
    let mut timeline = Timeline::new();
    let mut kinds = Kinds::new();
    kinds.add("heap", "strings", 10, 480);
    kinds.add("heap", "arrays", 1, 16);
    timeline.record(Sample::new("start", used(496)).with_kinds(&kinds));
    kinds.add("heap", "strings", 200, 2_016_000);
    kinds.add_bytes("buffers", "slabs", 8192);
    timeline.record(Sample::new("loaded", used(2_016_496)).with_kinds(&kinds));
    insta::assert_snapshot!(Review::new(&timeline).to_string(), @r"
    start
      heapUsed: 496
      by kind
        heap/arrays: 1, 16
        heap/strings: 10, 480

    loaded
      heapUsed: +2016000 # +1.92 MiB
      by kind
        buffers/slabs: +8192 # +0.01 MiB
        heap/strings: +200, +2016000 # +1.92 MiB
    ");
}

#[test]
fn a_peak_counts_from_the_sample_before() {
    let counters = |live, peak, allocations| {
        let mut counters = Allocations::default();
        counters.live_bytes = live;
        counters.peak_bytes = peak;
        counters.allocations = allocations;
        Some(counters)
    };
    let text = |first: i64| {
        let mut timeline = Timeline::new();
        for (label, allocations) in
            [("a", counters(first, first, 1)), ("b", counters(first + 8, first + 4096, 7))]
        {
            let mut sample = Sample::new(label, MemoryUsage::new());
            sample.allocations = allocations;
            timeline.record(sample);
        }
        Review::new(&timeline).to_string()
    };
    assert!(text(100).ends_with("b\n  liveBytes: +8\n  peakBytes: +4096\n  allocations: +6\n"));
    assert_eq!(changed_lines(&text(100), &text(156)), 2, "the first sample's live and peak bytes");
}

fn noisy(rss: &[u64]) -> Timeline {
    let mut timeline = Timeline::new();
    for (place, rss) in rss.iter().enumerate() {
        let usage = used(1000 + place as u64).with(Figure::Rss, *rss, Source::VM_RSS);
        timeline.push(&format!("sample {place}"), usage);
    }
    timeline
}

#[test]
fn a_noisy_figure_is_a_band_that_is_written_again_only_outside_of_it() {
    let timeline = noisy(&[33 << 20, 40 << 20, 90 << 20, 91 << 20]);
    let text = Review::new(&timeline).to_string();
    assert_eq!(
        text.lines().filter(|line| line.contains("rss")).collect::<Vec<_>>(),
        ["  rss: 24 MiB to 44 MiB", "  rss: 64 MiB to 120 MiB"],
    );
}

#[test]
fn a_committed_band_stays_while_the_value_is_inside_and_goes_when_it_is_not() {
    let committed = Review::new(&noisy(&[33 << 20, 34 << 20])).to_string();
    let inside = noisy(&[43 << 20, 25 << 20]);
    assert_ne!(Review::new(&inside).to_string(), committed);
    assert_eq!(Review::new(&inside).keeping(&committed).to_string(), committed);
    let outside = noisy(&[33 << 20, 45 << 20]);
    assert_ne!(Review::new(&outside).keeping(&committed).to_string(), committed);
}

#[test]
fn a_band_stays_where_an_exact_figure_beside_it_moved() {
    let committed = Review::new(&noisy(&[33 << 20])).to_string();
    let mut moved = Timeline::new();
    moved.push("sample 0", used(1056).with(Figure::Rss, 42 << 20, Source::VM_RSS));
    let text = Review::new(&moved).keeping(&committed).to_string();
    assert_eq!(changed_lines(&committed, &text), 1);
}

#[test]
fn a_figure_that_nobody_reads_is_not_in_the_text() {
    let text = Review::new(&noisy(&[1 << 20])).without(Figure::Rss).to_string();
    assert_eq!(text, "sample 0\n  heapUsed: 1000\n");
}

#[test]
fn text_that_is_no_review_is_refused_with_its_line() {
    for (text, line, problem) in [
        ("  heapUsed: 1", 1, Problem::NoSample),
        ("a\n heapUsed: 1", 2, Problem::NoSuchLine),
        ("a\n  heapUsed 1", 2, Problem::NoSuchLine),
        ("a\n  heap_used: 1", 2, Problem::UnknownMetric),
        ("a\n  heapUsed: one", 2, Problem::Value),
        ("a\n  heapUsed: 99999999999999999999", 2, Problem::Value),
        ("a\n  heapUsed: +1", 2, Problem::ChangeOfNothing),
        ("a\n  liveBytes: +1", 2, Problem::ChangeOfNothing),
        ("a\n  heapUsed: 1\n\nb\n  heapUsed: -2", 5, Problem::Value),
        ("a\n    heap/strings: 1, 2", 2, Problem::NoSuchLine),
        ("a\n  by kind\n    strings: 1, 2", 3, Problem::NoSuchLine),
        ("a\\q", 1, Problem::Escape),
        ("a\n  > \\u{ffffff}", 2, Problem::Escape),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!((error.line, error.problem), (line, problem), "{text}");
    }
}

fn any_kinds() -> impl Strategy<Value = Kinds> {
    let row =
        ("[a-b:/ ]{0,3}", "[a-b:, \\\\\n]{0,3}", prop::option::of(0_u64..9), 0_u64..9_999_999);
    prop::collection::vec(row, 0..4).prop_map(|rows| {
        let mut kinds = Kinds::new();
        for (group, name, count, bytes) in rows {
            match count {
                Some(count) => kinds.add(group, name, count, bytes),
                None => kinds.add_bytes(group, name, bytes),
            }
        }
        kinds
    })
}

prop_compose! {
    fn any_sample()(
        label in "[ab \\\\\n\u{1b}\u{202e}(:]{0,4}",
        statements in prop::collection::vec("[a> \n\\\\]{0,4}", 0..3),
        used in prop::option::of(any::<u64>()),
        external in prop::option::of(0_u64..99_999_999),
        live in prop::option::of((any::<i64>(), any::<i64>(), any::<u64>())),
        kinds in prop::option::of(any_kinds()),
    ) -> (String, Vec<String>, MemoryUsage, Option<Allocations>, Option<Kinds>) {
        let mut usage = MemoryUsage::new();
        for (figure, bytes) in [(Figure::HeapUsed, used), (Figure::External, external)] {
            if let Some(bytes) = bytes {
                usage = usage.with(figure, bytes, Source::HEAP);
            }
        }
        let allocations = live.map(|(live, peak, count)| {
            let mut counters = Allocations::default();
            (counters.live_bytes, counters.peak_bytes, counters.allocations) = (live, peak, count);
            counters
        });
        (label, statements, usage, allocations, kinds)
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        samples in prop::collection::vec(any_sample(), 0..6),
        rest in prop::collection::vec(any::<String>(), 0..3),
    ) {
        let mut timeline = Timeline::new();
        for (label, statements, usage, allocations, kinds) in &samples {
            statements.iter().for_each(|statement| timeline.statement(statement.as_str()));
            let mut sample = Sample::new(label, *usage);
            sample.allocations = *allocations;
            sample.kinds = kinds.as_ref();
            timeline.record(sample);
        }
        rest.iter().for_each(|statement| timeline.statement(statement.as_str()));
        let text = Review::new(&timeline).to_string();
        let read = parse(&text);
        prop_assert!(read.is_ok(), "{:?}\n{text}", read.err());
        let read = read.expect("just looked at").timeline;
        prop_assert_eq!(read.len(), timeline.len());
        for (read, sample) in read.samples().zip(timeline.samples()) {
            prop_assert_eq!(read.label, sample.label);
            prop_assert_eq!(read.step, sample.step);
            for figure in Figure::ALL {
                prop_assert_eq!(read.usage.get(figure), sample.usage.get(figure));
            }
            prop_assert_eq!(read.allocations, sample.allocations, "{}", text);
        }
        let statements = |timeline: &Timeline| {
            timeline.statements(0, timeline.steps()).map(str::to_owned).collect::<Vec<_>>()
        };
        prop_assert_eq!(statements(&read), statements(&timeline));
        prop_assert_eq!(Review::new(&read).to_string(), text);
    }

    #[test]
    fn a_band_holds_its_value_and_reads_back(value in any::<u64>(), per_cent in 0_u64..100) {
        let band = Band::around(value, per_cent);
        prop_assert!(band.contains(value));
        prop_assert_eq!(Band::parse(&band.to_string()), Some(band));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(a\n|  heapUsed: |[+-]?[0-9]{1,20}\n|  by kind\n|    a/b: |, |absent\n| to | MiB){0,20}") {
        let _ = parse(&text);
    }
}

#[test]
fn the_band_of_every_figure_holds_its_neighbours_and_reads_back() {
    use mem_report::review::Band;
    let mut figures = vec![0, 1, 4095, 4096, 4097, (1 << 20) - 1, 1 << 20, u64::MAX - 1, u64::MAX];
    figures.extend((0..64).map(|bit| 1_u64 << bit));
    for bytes in figures {
        let band = Band::around(bytes, 25);
        assert_eq!(Band::parse(&band.to_string()), Some(band));
        let (low, high) = band.ends();
        for inside in [bytes, bytes.saturating_sub(1), bytes.saturating_add(1), low, high] {
            assert!(band.contains(inside), "{inside} in {band}");
        }
        assert!(low == 0 || !band.contains(low - 1), "{band}");
        assert!(high == u64::MAX || !band.contains(high + 1), "{band}");
    }
}
