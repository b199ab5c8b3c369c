//! CSV and JSON lines.

use mem_report::compare::{Comparison, Threshold};
use mem_report::json::{self, JsonError};
use mem_report::{Allocations, Figure, Kinds, MemoryUsage, Sample, Source, Timeline, csv};
use std::error::Error;
use std::time::Duration;

fn timeline() -> Timeline {
    let mut timeline = Timeline::new();
    let usage = MemoryUsage::new().with(Figure::Rss, 27_541_504, Source::WORKING_SET).with(
        Figure::HeapUsed,
        3_092_008,
        Source::HEAP,
    );
    let mut kinds = Kinds::new();
    kinds.add("heap", "strings", 10, 480);
    let mut counters = Allocations::default();
    counters.live_bytes = -8;
    timeline.statement("let a = \"\\n\"");
    timeline.record(Sample::new("a \"quoted\"\nlabel, with a comma", usage).with_kinds(&kinds));
    timeline.statement("gc()");
    timeline.record(
        Sample::new("=1+1", MemoryUsage::new().with(Figure::HeapUsed, 1, Source::exact("mine")))
            .with_time(Duration::from_nanos(1_500_000_001))
            .with_collections(3)
            .with_allocations(counters),
    );
    timeline
}

fn written(name: &str, timeline: &Timeline) -> String {
    let mut text = Vec::new();
    json::write(name, timeline, &mut text).expect("memory takes all");
    String::from_utf8(text).expect("JSON is UTF-8")
}

#[test]
fn a_comparison_has_a_json_line_for_each_row() {
    let timeline = |bytes| {
        let mut timeline = Timeline::new();
        timeline.push("loaded", MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP));
        timeline
    };
    let compared = Comparison::new(&timeline(1000), &timeline(1056), Threshold::default());
    let mut text = Vec::new();
    json::write_comparison("service", &compared, &mut text).expect("memory takes all");
    assert_eq!(
        String::from_utf8_lossy(&text),
        r#"{"mem-report":"comparison","version":1,"name":"service"}
{"label":"loaded","occurrence":0,"metric":"heapUsed","old":1000,"new":1056,"precision":"exact","verdict":"rose","isOrigin":true}
"#
    );
    assert!(matches!(json::read(&text[..]), Err(JsonError::NoHead)));
}

#[cfg(all(feature = "html", feature = "table"))]
#[test]
fn statements_after_the_last_sample_are_in_every_text() {
    use mem_report::{html::Page, markdown, review::Review, table::Table};
    let mut timeline = timeline();
    timeline.statement("the end");
    assert!(Review::new(&timeline).to_string().ends_with("\n\n\\(end)\n  > the end\n"));
    assert!(Table::new(&timeline).text().ends_with("\n > the end\n"));
    let markdown = markdown::timeline("service", &timeline);
    assert!(markdown.lines().last().is_some_and(|row| row.contains("<code>the end</code> | | |")));
    assert!(written("service", &timeline).ends_with("{\"statement\":\"the end\"}\n"));
    let mut page = Vec::new();
    Page::new("service", &timeline).write(&mut page).expect("memory takes all");
    assert!(String::from_utf8_lossy(&page).contains("<td class=\"steps\">the end</td>"));
}

#[test]
fn json_lines_read_back_as_they_were() {
    let text = written("first", &timeline()) + &written("second", &Timeline::new());
    let read = json::read(text.as_bytes()).expect("what was written");
    assert_eq!(read.len(), 2);
    let (name, again) = &read[0];
    assert_eq!(name, "first");
    assert!(again.samples().eq(timeline().samples()));
    assert!(again.statements(0, 9).eq(timeline().statements(0, 9)));
    assert_eq!(written("first", again), written("first", &timeline()));
}

#[test]
fn files_of_other_versions_and_formats_are_refused() {
    let read = |text: &str| json::read(text.as_bytes()).map(|_| ()).expect_err(text);
    let text = written("first", &timeline());
    let other = read(&text.replace("\"version\":1", "\"version\":2"));
    assert!(matches!(other, JsonError::Version { line: 1, version: 2 }));
    assert!(matches!(read(""), JsonError::NoHead));
    assert!(matches!(read("{\"label\":\"a\",\"usage\":{}}"), JsonError::NoHead));
    assert!(matches!(read("{\"mem-report\":\"heap\",\"version\":1}"), JsonError::NoHead));
    let unknown = read(&(text.clone() + "{\"label\":\"a\",\"usage\":{},\"more\":1}"));
    assert!(matches!(unknown, JsonError::Line { line: 8, .. }), "{unknown:?}");
    assert!(unknown.source().is_some());
    let cut = read(&text[..text.len() - 9]);
    assert!(matches!(cut, JsonError::Line { .. }));
}

#[test]
fn csv_quotes_text_and_leaves_absent_figures_empty() {
    let mut text = Vec::new();
    csv::write(&timeline(), &mut text).expect("memory takes all");
    csv::write_kinds(&timeline(), &mut text).expect("memory takes all");
    insta::assert_snapshot!(String::from_utf8_lossy(&text).replace("\r\n", "\\r\\n\n"));
}

#[test]
#[cfg(feature = "table")]
fn a_terminal_sees_statements_samples_and_changes_in_their_order() {
    use mem_report::table::Table;
    let (mut timeline, beside) = (timeline(), timeline());
    timeline.push("\u{1b}[31mred", MemoryUsage::new().with(Figure::HeapUsed, 57, Source::HEAP));
    let text = Table::new(&timeline).beside("a \u{1b} peer", &beside).text();
    assert!(!text.contains('\u{1b}'));
    insta::assert_snapshot!(text);
}
