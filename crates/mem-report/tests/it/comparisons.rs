//! Two timelines compared, and the comment on a pull request.

use mem_report::compare::{Comparison, Threshold, Verdict};
use mem_report::{Figure, Kinds, MemoryUsage, Sample, Source, Timeline, markdown};

fn timeline(samples: &[(&str, u64)]) -> Timeline {
    let mut timeline = Timeline::new();
    for (label, used) in samples {
        let usage = MemoryUsage::new().with(Figure::HeapUsed, *used, Source::HEAP);
        timeline.push(label, usage);
    }
    timeline
}

fn compared(old: &[(&str, u64)], new: &[(&str, u64)], exact: u64) -> Comparison {
    let threshold = Threshold { exact, ..Threshold::default() };
    Comparison::new(&timeline(old), &timeline(new), threshold)
}

fn moved(comparison: &Comparison) -> Vec<(&str, Verdict)> {
    comparison.moved().map(|row| (row.label.as_str(), row.verdict)).collect()
}

#[test]
fn an_object_that_stays_is_told_where_it_begins() {
    let old = [("a", 100), ("b", 200), ("c", 200), ("d", 100)];
    let new = [("a", 100), ("b", 256), ("c", 256), ("d", 100)];
    let comparison = compared(&old, &new, 0);
    assert_eq!(moved(&comparison), [("b", Verdict::Rose)]);
    assert_eq!(comparison.rows().len(), 4);
}

#[test]
fn nothing_is_said_where_nothing_moved_beyond_the_threshold() {
    let comparison = compared(&[("a", 100), ("b", 200)], &[("a", 150), ("b", 100)], 100);
    assert!(comparison.is_quiet());
    assert_eq!(markdown::comment(&[("service", comparison)]), "");
}

#[test]
fn what_moves_little_by_little_is_told_when_it_is_beyond_the_threshold() {
    let old = [("a", 0), ("b", 0), ("c", 0)];
    let comparison = compared(&old, &[("a", 60), ("b", 120), ("c", 180)], 100);
    assert_eq!(moved(&comparison), [("b", Verdict::Rose)]);
}

#[test]
fn samples_of_one_label_are_compared_in_their_order() {
    let old = [("round", 1), ("round", 2), ("round", 3)];
    let comparison = compared(&old, &[("round", 1), ("round", 2), ("round", 2)], 0);
    let rows: Vec<_> = comparison.moved().map(|row| (row.occurrence, row.difference())).collect();
    assert_eq!(rows, [(2, Some(-1))]);
}

#[test]
fn samples_of_one_timeline_alone_are_new_or_gone() {
    let comparison = compared(&[("a", 1), ("b", 2)], &[("a", 1), ("c", 2)], 0);
    assert_eq!(moved(&comparison), [("c", Verdict::New), ("b", Verdict::Gone)]);
}

#[test]
fn a_noisy_figure_moves_by_its_share_and_an_unmeasured_one_is_no_news() {
    let with_rss = |rss| {
        let mut timeline = Timeline::new();
        timeline.push("a", MemoryUsage::new().with(Figure::Rss, rss, Source::VM_RSS));
        timeline
    };
    let verdict = |old, new| Comparison::new(&with_rss(old), &with_rss(new), Threshold::default());
    assert!(verdict(1000, 1100).is_quiet());
    assert!(verdict(1000, 1101).has_risen());
    let without = Comparison::new(&timeline(&[("a", 1)]), &with_rss(1), Threshold::default());
    assert!(without.is_quiet() && without.rows().is_empty());
}

#[test]
fn the_comment_names_what_moved_and_folds_the_rest() {
    let mut kinds = Kinds::new();
    kinds.add("heap", "strings", 10, 480);
    let make = |more: u64| {
        let mut kinds = kinds.clone();
        if more > 0 {
            kinds.add("heap", "strings", more, more * 48);
        }
        let mut timeline = Timeline::new();
        for label in ["start", "loaded", "idle"] {
            let usage = MemoryUsage::new().with(Figure::HeapUsed, 4800 + more * 48, Source::HEAP);
            timeline.record(Sample::new(label, usage).with_kinds(&kinds));
        }
        timeline
    };
    let threshold = Threshold::default();
    let comparisons = [
        ("service", Comparison::new(&make(0), &make(200), threshold)),
        ("other", Comparison::new(&make(0), &make(0), threshold)),
    ];
    insta::assert_snapshot!(markdown::comment(&comparisons));
}

#[test]
fn a_group_of_kinds_that_one_timeline_does_not_have_is_no_news() {
    let with_kinds = |group: &'static str| {
        let mut kinds = Kinds::new();
        kinds.add("heap", "strings", 1, 48);
        kinds.add(group, "strings", 1, 48);
        let mut timeline = Timeline::new();
        timeline.record(Sample::new("a", MemoryUsage::new()).with_kinds(&kinds));
        timeline
    };
    let comparison =
        Comparison::new(&with_kinds("spaces"), &with_kinds("buffers"), Threshold::default());
    assert!(comparison.kinds().is_empty());
}

const NASTY: &str =
    "</code><img src=x onerror=alert(1)> | @someone `x` [a](http://b.c) #1\n\n# head";

#[test]
fn nothing_of_a_label_reaches_a_comment_as_markup() {
    let comparison = compared(&[(NASTY, 1)], &[(NASTY, 2)], 0);
    let mut new = timeline(&[(NASTY, 2)]);
    new.statement(NASTY);
    new.push(NASTY, MemoryUsage::new());
    for text in [markdown::comment(&[(NASTY, comparison)]), markdown::timeline(NASTY, &new)] {
        for tag in text.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split(['>', ' ']).next();
            assert!(matches!(name, Some("code" | "details" | "summary" | "br" | "!--")), "{tag}");
        }
        assert!(!text.contains(['@', '`', '[']), "{text}");
        for row in text.lines().filter(|line| line.starts_with('|')) {
            let cells = row.matches('|').count();
            assert!(cells < 9, "{row}");
        }
    }
}

#[test]
fn a_comment_is_no_longer_than_github_takes_and_says_what_it_leaves_out() {
    let labels: Vec<String> =
        (0..300).map(|number| format!("{number} {}", "|".repeat(300))).collect();
    let make = |bytes: u64| {
        let mut timeline = Timeline::new();
        for label in &labels {
            let mut kinds = Kinds::new();
            kinds.add("heap", NASTY, 1, bytes * 2);
            kinds.add("heap", "\u{202e}".repeat(300), 1, bytes);
            let usage = MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP);
            timeline.record(Sample::new(label, usage).with_kinds(&kinds));
        }
        timeline
    };
    let names: Vec<String> = (0..60).map(|number| format!("service {number}")).collect();
    for shown in [1, 2, 60] {
        let all = names[..shown].iter().map(|name| {
            (name.as_str(), Comparison::new(&make(1000), &make(1056), Threshold::default()))
        });
        let comment = markdown::comment(&all.collect::<Vec<_>>());
        assert!(comment.len() <= 65_536, "{} bytes of {shown} timelines", comment.len());
        assert!(comment.len() > 40_000, "{} bytes of {shown} timelines", comment.len());
        assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
        assert!(comment.contains(" more rows are left out."));
        assert_eq!(comment.contains(" timelines' details are left out."), shown == 60);
    }
    let hidden = "\u{202e}".repeat(100);
    let old: Vec<(&str, u64)> = (0..60).map(|number| (hidden.as_str(), number)).collect();
    let new: Vec<(&str, u64)> = (0..60).map(|number| (hidden.as_str(), number * 7 + 1)).collect();
    let comment = markdown::comment(&[(&hidden, compared(&old, &new, 0))]);
    assert!(comment.len() <= 65_536 && comment.contains(" more rows that moved are left out."));
}

#[test]
fn a_figure_that_a_sample_has_no_more_has_moved() {
    let sampled = |second: MemoryUsage| {
        let mut timeline = timeline(&[("a", 1)]);
        timeline.push("b", second);
        timeline
    };
    let used = MemoryUsage::new().with(Figure::HeapUsed, 2, Source::HEAP);
    let both = [sampled(used), sampled(MemoryUsage::new())];
    let compared =
        |old: usize, new: usize| Comparison::new(&both[old], &both[new], Threshold::default());
    assert_eq!(moved(&compared(0, 1)), [("b", Verdict::Gone)]);
    assert_eq!(moved(&compared(1, 0)), [("b", Verdict::New)]);
    assert!(compared(1, 1).is_quiet());
}

#[test]
#[cfg(feature = "html")]
fn a_page_of_comparisons_names_what_moved_and_holds_no_markup_of_a_label() {
    let page = |name: &str, comparison: Comparison| {
        let mut page = Vec::new();
        mem_report::html::write_comparison(name, &[(name, comparison)], &mut page).expect("memory");
        String::from_utf8(page).expect("a page is UTF-8")
    };
    let more = page(NASTY, compared(&[(NASTY, 1000), ("b", 1)], &[(NASTY, 1056), ("b", 57)], 0));
    assert!(more.contains("1 of 1 timelines moved."));
    // Once where it begins, and both rows in the folded part.
    assert_eq!((more.matches("+56 (+5.6 %)").count(), more.matches("+56 (").count()), (2, 3));
    assert!(!more.contains("<img") && !more.contains("<script"));
    let same = page("service", compared(&[("a", 1)], &[("a", 1)], 0));
    assert!(same.contains("Nothing moved in 1 timelines.") && !same.contains("<table"));
}

#[test]
#[cfg(feature = "table")]
fn a_compared_table_names_the_kinds_and_leaves_a_share_that_is_rounded_to_nothing_out() {
    let make = |more: u64| {
        let mut kinds = Kinds::new();
        kinds.add("heap", "arrays", 1, 8_388_568 + more);
        let usage = MemoryUsage::new().with(Figure::HeapUsed, 11_480_800 + more, Source::HEAP);
        let mut timeline = Timeline::new();
        timeline.record(Sample::new("after set", usage).with_kinds(&kinds));
        timeline
    };
    let compared = Comparison::new(&make(0), &make(56), Threshold::default());
    let text = mem_report::table::comparison(&compared);
    let rows: Vec<Vec<&str>> = text.lines().map(|row| row.split_whitespace().collect()).collect();
    assert_eq!(
        rows[1..],
        [
            vec!["after", "set", "heapUsed", "11,480,800", "11,480,856", "+56", "rose"],
            vec!["after", "set", "heap/arrays", "+56"],
        ]
    );
    let same = Comparison::new(&make(0), &make(0), Threshold::default());
    assert_eq!(mem_report::table::comparison(&same), "");
}
