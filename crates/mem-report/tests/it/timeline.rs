//! Samples, statements and rings.

use crate::figures::usage;
use mem_report::{Figure, Kinds, MemoryUsage, Sample, Source, Timeline};

fn used(bytes: u64) -> MemoryUsage {
    MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP)
}

#[test]
fn samples_come_back_as_they_were_pushed() {
    let mut kinds = Kinds::new();
    kinds.add("heap", "strings", 2, 64);
    let mut timeline = Timeline::new();
    timeline.push("start", usage());
    timeline.statement("a = 1");
    timeline.record(Sample::new("then", used(7)).with_collections(3).with_kinds(&kinds));
    let samples: Vec<_> = timeline.samples().collect();
    assert_eq!(samples[0], Sample::new("start", usage()));
    assert_eq!(samples[1].usage, used(7));
    assert_eq!((samples[1].step, samples[1].collections), (1, Some(3)));
    assert_eq!(samples[1].kinds, Some(&kinds));
    assert_eq!(timeline.statements(0, 1).collect::<Vec<_>>(), ["a = 1"]);
}

#[test]
fn a_ring_keeps_the_latest_samples_and_their_statements() {
    let mut kinds = Kinds::new();
    kinds.add("heap", "strings", 2, 64);
    let mut timeline = Timeline::ring(3);
    for number in 0..10_u64 {
        timeline.statement(format!("statement {number}"));
        let label = format!("sample {number}");
        let sample = Sample::new(&label, used(number));
        timeline.record(if number % 2 == 0 { sample.with_kinds(&kinds) } else { sample });
    }
    let labels: Vec<_> = timeline.samples().map(|sample| sample.label.to_owned()).collect();
    assert_eq!(labels, ["sample 7", "sample 8", "sample 9"]);
    assert_eq!(timeline.dropped(), 7);
    let tables: Vec<_> = timeline.samples().map(|sample| sample.kinds.is_some()).collect();
    assert_eq!(tables, [false, true, false]);
    let first = timeline.get(0).expect("a sample").step;
    let last = timeline.get(2).expect("a sample").step;
    assert_eq!(
        timeline.statements(first, last).collect::<Vec<_>>(),
        ["statement 8", "statement 9"]
    );
}

#[test]
fn a_clock_gives_each_sample_its_time() {
    let mut timeline = Timeline::new().with_clock();
    timeline.push("first", used(1));
    timeline.push("second", used(2));
    let times: Vec<_> = timeline.samples().map(|sample| sample.at).collect();
    assert!(times[0].is_some() && times[0] <= times[1]);
}

#[test]
fn a_timeline_with_room_occupies_no_more_as_it_fills() {
    let mut timeline = Timeline::new().with_room(1000, 16_000);
    let before = timeline.footprint();
    for number in 0..1000 {
        timeline.push(&format!("sample {number}"), used(number));
    }
    assert_eq!(timeline.footprint(), before);
}

#[test]
fn a_ring_of_one_sample_keeps_nothing_of_those_before() {
    let mut kinds = Kinds::new();
    kinds.add("heap", "strings", 2, 64);
    let mut timeline = Timeline::ring(1);
    let mut footprint = None;
    for number in 0..1000_u64 {
        timeline.statement("a = 1");
        let label = format!("sample {number:03}");
        let sample = Sample::new(&label, used(number)).with_kinds(&kinds);
        timeline.record(sample.with_allocations(mem_report::Allocations::default()));
        let last = timeline.get(0).expect("the latest");
        assert_eq!((last.label, last.usage), (label.as_str(), used(number)));
        assert!(last.kinds.is_some() && last.allocations.is_some());
        assert_eq!(timeline.steps(), number + 1);
        // The first sample's own statement is kept until the sample is dropped.
        assert_eq!(timeline.statements(0, u64::MAX).count(), usize::from(number == 0));
        if number >= 10 {
            assert_eq!(timeline.footprint(), *footprint.get_or_insert(timeline.footprint()));
        }
    }
}

#[test]
fn room_that_is_made_late_drops_no_sample() {
    let mut timeline = Timeline::new();
    timeline.push("first", used(1));
    let timeline = timeline.with_room(100, 100);
    assert_eq!(timeline.get(0), Some(Sample::new("first", used(1))));
    let mut ring = Timeline::ring(2);
    ring.push("first", used(1));
    let ring = ring.with_room(100, 100);
    assert_eq!((ring.len(), ring.find("first").map(|sample| sample.usage)), (1, Some(used(1))));
}
