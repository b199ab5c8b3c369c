//! The page of a timeline.

use mem_report::{Figure, Kinds, MemoryUsage, Sample, Source, Timeline, html};
use std::time::Duration;

fn page(title: &str, timeline: &Timeline) -> String {
    let mut text = Vec::new();
    html::Page::new(title, timeline).write(&mut text).expect("memory takes all");
    String::from_utf8(text).expect("a page is UTF-8")
}

fn data(page: &str) -> serde_json::Value {
    let (_, data) = page.split_once("id=\"data\">").expect("the data");
    let (data, _) = data.split_once("</script>").expect("its end");
    serde_json::from_str(data).expect("JSON")
}

const NASTY: &str =
    "</script><script>alert(1)</script><img src=x onerror='alert(2)'>\"&\u{2028}\u{202e}";

/// The page without what the crate itself puts in: the scripts and styles.
fn own_markup(page: &str) -> String {
    let mut rest = page;
    let mut own = String::new();
    for end in ["</style>", "</style>", "</script>", "</script>", "</script>"] {
        let tag = if end == "</style>" { "<style>" } else { "<script" };
        let (before, after) = rest.split_once(tag).expect(tag);
        own.push_str(before);
        rest = after.split_once(end).expect(end).1;
    }
    own + rest
}

#[test]
fn nothing_of_a_name_or_label_reaches_a_page_as_markup() {
    let mut kinds = Kinds::new();
    kinds.add(NASTY, NASTY, 1, 2);
    let usage = MemoryUsage::new().with(Figure::HeapUsed, 1, Source::exact(NASTY));
    let mut timeline = Timeline::new();
    timeline.statement(NASTY);
    timeline.record(Sample::new(NASTY, usage).with_kinds(&kinds));
    let page = page(NASTY, &timeline);
    assert_eq!(page.matches("<script").count(), 3, "the data and the page's two scripts");
    let own = own_markup(&page);
    assert!(!own.contains("<script") && !own.contains("<img") && !own.contains("onerror='"));
    assert!(!page.contains(['\u{2028}', '\u{202e}']));
    assert!(
        data(&page)["marks"][0]["label"].as_str().is_some_and(|label| label.contains("alert(1)"))
    );
    let link = html::Link { address: NASTY, name: NASTY, about: NASTY, outcome: NASTY };
    let mut index = Vec::new();
    html::write_index(NASTY, &[link], &mut index).expect("memory takes all");
    let index = String::from_utf8(index).expect("a page is UTF-8");
    assert!(!index.contains("<script") && !index.contains("<img"));
}

#[test]
fn a_page_asks_for_nothing() {
    let page = page("a service", &Timeline::new());
    assert!(page.contains("default-src 'none'"));
    for attribute in ["src=\"", "href=\"", "@import", "url("] {
        assert!(!page.contains(attribute), "{attribute}");
    }
}

#[test]
fn no_peak_of_a_million_samples_is_hidden_and_the_page_stays_small() {
    let samples = 1_000_000;
    let mut timeline = Timeline::new().with_room(samples, 64);
    let peaks = [3, 333_333, 654_321, 999_998];
    for place in 0..samples {
        let wave = 1_000_000_000 + (place as u64 * 7919) % 1_000_000_000;
        let used = if peaks.contains(&place) { 5_000_000_000 + place as u64 } else { wave };
        let external = if peaks.contains(&(place + 1)) { place as u64 } else { wave };
        let usage = MemoryUsage::new()
            .with(Figure::Rss, wave * 3, Source::VM_RSS)
            .with(Figure::HeapTotal, wave * 2, Source::HEAP)
            .with(Figure::HeapUsed, used, Source::HEAP)
            .with(Figure::External, external, Source::HEAP)
            .with(Figure::ArrayBuffers, wave / 2, Source::HEAP);
        let label = if place < samples / 2 { "first half" } else { "second half" };
        let time = Duration::from_micros(place as u64 * 10);
        timeline
            .record(Sample::new(label, usage).with_time(time).with_collections(place as u64 / 100));
    }
    let page = page("a million", &timeline);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    let data = data(&page);
    let values =
        |series: usize| data["figures"]["series"][series]["values"].as_array().expect("values");
    for peak in peaks {
        let place = data["figures"]["at"].as_array().expect("places").iter();
        let at = place.clone().position(|at| *at == peak).expect("the peak is drawn");
        assert_eq!(values(2)[at], 5_000_000_000_u64 + peak as u64);
        let low = place.clone().position(|at| *at == peak - 1).expect("the trough is drawn");
        assert_eq!(values(3)[low], peak as u64 - 1);
    }
    assert_eq!(data["marks"].as_array().map(Vec::len), Some(2));
    assert!(page.contains("1,000,000 samples in 10.000"));
}

#[test]
fn groups_of_kinds_are_not_stacked_on_each_other_and_many_kinds_become_one() {
    let mut timeline = Timeline::new();
    let mut kinds = Kinds::new();
    for kind in 0..30 {
        kinds.add("heap", format!("kind {kind:02}"), 1, 100 - kind);
    }
    kinds.add("buffers", "slabs", 1, 8192);
    timeline.record(Sample::new("a", MemoryUsage::new()).with_kinds(&kinds));
    let data = data(&page("kinds", &timeline));
    let charts = data["kinds"].as_array().expect("charts");
    assert_eq!(charts.len(), 2);
    let heap = charts[1]["series"].as_array().expect("series");
    assert_eq!(heap.len(), 13);
    assert_eq!(heap[12]["name"], "18 more kinds");
    let rest: u64 = (12..30).map(|kind| 100 - kind).sum();
    assert_eq!(heap[12]["values"][0], rest);
}

#[test]
fn absent_figures_are_gaps_and_not_zeros() {
    let mut timeline = Timeline::new();
    timeline.push("a", MemoryUsage::new().with(Figure::HeapUsed, 1, Source::HEAP));
    timeline.push("b", MemoryUsage::new());
    let page = page("gaps", &timeline);
    assert_eq!(data(&page)["figures"]["series"][0]["values"], serde_json::json!([1, null]));
    assert!(page.contains("absent"));
}

#[test]
fn a_page_stays_small_whatever_labels_statements_and_kinds_there_are() {
    let mut timeline = Timeline::new();
    let long = "\u{202e}".repeat(1000);
    for number in 0..5000_u64 {
        for _ in 0..30 {
            timeline.statement(&long);
        }
        let mut kinds = Kinds::new();
        for kind in 0..20 {
            kinds.add(format!("{} {long}", kind % 6), format!("{kind} {long}"), 1, number);
        }
        let usage = MemoryUsage::new().with(Figure::HeapUsed, number, Source::HEAP);
        let label = format!("{number} {long}");
        let sample = Sample::new(&label, usage);
        let wanted = number.is_multiple_of(100);
        timeline.record(if wanted { sample.with_kinds(&kinds) } else { sample });
    }
    timeline.statement(&long);
    let page = page("long", &timeline);
    assert!(page.len() < 2_500_000, "{} bytes", page.len());
    assert!(page.contains("(10 more statements)") && page.contains("(30 more statements)"));
    assert!(page.contains("4 of 6 groups of kinds have a chart."));
    assert!(page.contains("4500 more samples are left out."));
}

#[test]
fn sums_of_the_largest_figures_are_drawn() {
    let mut kinds = Kinds::new();
    for kind in 0..20 {
        kinds.add("heap", format!("kind {kind:02}"), u64::MAX, u64::MAX);
    }
    let usage = MemoryUsage::new().with(Figure::HeapUsed, u64::MAX, Source::HEAP);
    let mut timeline = Timeline::new();
    timeline.record(Sample::new("a", usage).with_kinds(&kinds));
    let page = page("most", &timeline);
    assert!(page.contains(&format!("[{}]", 8 * u128::from(u64::MAX))), "the remaining kinds");
}

#[test]
fn live_bytes_below_zero_are_drawn_as_they_are() {
    let mut timeline = Timeline::new();
    for live_bytes in [0, -4000] {
        let mut counters = mem_report::Allocations::default();
        counters.live_bytes = live_bytes;
        timeline.record(Sample::new("a", MemoryUsage::new()).with_allocations(counters));
    }
    let page = page("freed for another thread", &timeline);
    assert_eq!(data(&page)["figures"]["series"][0]["values"], serde_json::json!([0, -4000]));
    assert!(page.contains("-3.91 KiB"));
}

#[test]
fn a_time_that_runs_backwards_makes_no_axis() {
    let times = |times: [u64; 3]| {
        let mut timeline = Timeline::new();
        for millis in times {
            let sample = Sample::new("a", MemoryUsage::new().with(Figure::Rss, 1, Source::VM_RSS));
            timeline.record(sample.with_time(Duration::from_millis(millis)));
        }
        data(&page("times", &timeline))["figures"]["ms"].clone()
    };
    assert_eq!(times([1, 2, 2]), serde_json::json!([1.0, 2.0, 2.0]));
    assert_eq!(times([1, 3, 2]), serde_json::Value::Null);
}
