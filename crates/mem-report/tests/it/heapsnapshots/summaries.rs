//! Summaries as text, Markdown, JSON and a page.

use super::build::snapshot;
use mem_report::heapsnapshot::{Analysis, Search, Snapshot, Summary};

/// A Map of twenty keys that nothing else refers to, as a variable `cache`.
fn leaking(name: &str) -> Snapshot {
    let words: Vec<_> = (0..20).map(|key| (3 + 10 + 3 * key).to_string()).collect();
    let entries: Vec<_> =
        words.iter().enumerate().map(|(at, word)| (3, word.as_str(), at + 4)).collect();
    let mut nodes: Vec<super::build::Node<'_>> = vec![
        (1, "", 0, &[(2, "run", 1)]),
        (3, "system / Context", 8, &[(0, "cache", 2)]),
        (5, "Map", 16, &[(3, "table", 3)]),
        (7, "", 16 + 8 * (3 + 10 + 60), &entries),
    ];
    nodes.extend((0..20).map(|key| (9 + 2 * key, name, 1000, &[][..])));
    snapshot(&nodes)
}

fn summary(name: &str) -> String {
    let snapshot = leaking(name);
    let analysis = Analysis::new(&snapshot);
    Summary::new("a.heapsnapshot", &analysis, &[], &Search::new()).to_string()
}

#[test]
fn a_summary_names_leaks_first() {
    let text = summary("Key");
    let line = text.lines().position(|line| line.contains("Leaks by name")).expect("a heading");
    assert!(text.lines().nth(line + 1).is_some_and(|line| line.contains("cache")), "{text}");
    assert!(text.contains("a Map keeps 20 keys that nothing else refers to"), "{text}");
    assert!(text.contains("20,000 bytes"), "{text}");
    assert!(text.contains("Who holds most") && text.contains("Key"), "{text}");
}

#[test]
fn no_name_of_the_program_is_markup_or_a_control_sequence() {
    let nasty = "<script>\u{1b}[31m|`@all\n";
    let snapshot = leaking(nasty);
    let analysis = Analysis::new(&snapshot);
    let summary = Summary::new(nasty, &analysis, &[], &Search::new());
    assert!(!summary.to_string().contains('\u{1b}'));
    let markdown = summary.markdown();
    assert!(!markdown.contains("<script>") && !markdown.contains("@all"), "{markdown}");
    #[cfg(feature = "html")]
    {
        let mut page = Vec::new();
        mem_report::heapsnapshot::write_page(&summary, &analysis, &mut page).expect("a page");
        let page = String::from_utf8(page).expect("UTF-8");
        assert_eq!(page.matches("<script>").count(), 1, "the page's own");
    }
}

#[test]
fn json_has_the_findings_and_the_growth() {
    let (before, after) = (leaking("Old"), leaking("Key"));
    let analysis = Analysis::new(&after);
    let earlier = [before];
    let mut json = Vec::new();
    let summary = Summary::new("two", &analysis, &earlier, &Search::new());
    summary.write_json(&mut json).expect("JSON");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["mem-report"], "heapsnapshot");
    assert_eq!(json["findings"][0]["kind"], "lonely-keys");
    assert_eq!(json["findings"][0]["variable"], "cache");
    assert_eq!(json["totals"]["total"], 20_000 + 8 + 16 + 16 + 8 * 73);
    assert!(json["change"]["groups"].as_array().is_some_and(Vec::is_empty));
}
