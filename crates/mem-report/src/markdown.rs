//! Markdown for the comment on a pull request: what moved, the details folded; nothing where nothing moved.

use crate::compare::{Comparison, Row, SampleKinds};
use crate::escape::Markdown;
use crate::{Figure, Metric, Precision, Timeline, human};
use core::fmt::Write;

/// The first line of a comment: a program that updates its own comment finds it by this.
pub const MARKER: &str = "<!-- mem-report -->";

/// How many rows a table that is not folded has at most.
const ROWS: usize = 20;
/// How many rows of details one comparison has at most. GitHub takes comments of 65,536 characters.
const DETAILS: usize = 100;
/// How many kinds a sample has at most.
const KINDS: usize = 8;

/// The comment on comparisons under their names; empty if nothing moved beyond the threshold.
///
/// The table gives what moved, where the difference begins; the folded part gives every row of each
/// comparison that moved. Names and labels are code, so nothing in them is markup or a mention.
///
/// ```
/// use mem_report::compare::{Comparison, Threshold};
/// use mem_report::{Figure, MemoryUsage, Source, Timeline, markdown};
///
/// let timeline = |bytes| {
///     let mut timeline = Timeline::new();
///     timeline.push("loaded", MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP));
///     timeline
/// };
/// let same = Comparison::new(&timeline(1000), &timeline(1000), Threshold::default());
/// assert_eq!(markdown::comment(&[("service", same)]), "");
/// let more = Comparison::new(&timeline(1000), &timeline(1056), Threshold::default());
/// assert!(markdown::comment(&[("service", more)]).contains("| 1,000 | 1,056 | +56 (+5.6 %) | rose |"));
/// ```
#[must_use]
pub fn comment(comparisons: &[(&str, Comparison)]) -> String {
    let moved: Vec<_> = comparisons.iter().filter(|(_, one)| !one.is_quiet()).collect();
    if moved.is_empty() {
        return String::new();
    }
    let rows: Vec<_> = moved
        .iter()
        .flat_map(|(name, comparison)| comparison.moved().map(move |row| (*name, row)))
        .collect();
    let mut text = format!(
        "{MARKER}\n### Memory: {} of {} {} moved\n\n",
        moved.len(),
        comparisons.len(),
        if comparisons.len() == 1 { "timeline" } else { "timelines" },
    );
    text.push_str("| timeline | sample | figure | old | new | difference | verdict |\n");
    text.push_str("|---|---|---|--:|--:|--:|---|\n");
    for (name, row) in rows.iter().take(ROWS) {
        let _ = writeln!(text, "| {} {}", Markdown(name), cells(row));
    }
    if rows.len() > ROWS {
        let _ = writeln!(text, "\n{} more rows are in the details.", rows.len() - ROWS);
    }
    let mut kinds = String::new();
    for (name, comparison) in &moved {
        let name = format!("| {} ", Markdown(name));
        kinds.extend(kind_rows(comparison).map(|row| name.clone() + &row));
    }
    if !kinds.is_empty() {
        text.push_str("\n| timeline | sample | kind | bytes | count |\n|---|---|---|--:|--:|\n");
        kinds.lines().take(ROWS).for_each(|row| {
            let _ = writeln!(text, "{row}");
        });
    }
    for (name, comparison) in &moved {
        details(&mut text, name, comparison);
    }
    text
}

/// `| label | figure | old | new | difference | verdict |`.
fn cells(row: &Row) -> String {
    let number = |value: Option<i128>| value.map_or("absent".to_owned(), human::grouped_signed);
    let difference = match (row.difference(), row.shown_per_cent()) {
        (Some(difference), Some(per_cent)) => format!("{} ({per_cent})", human::signed(difference)),
        (Some(difference), None) => human::signed(difference),
        (None, _) => String::new(),
    };
    let noisy = if row.precision == Precision::Noisy { " (noisy)" } else { "" };
    let times = match row.occurrence {
        0 => String::new(),
        before => format!(" ({})", before + 1),
    };
    format!(
        "| {}{times} | {}{noisy} | {} | {} | {difference} | {} |",
        Markdown(&row.label),
        row.metric,
        number(row.old),
        number(row.new),
        row.verdict.word(),
    )
}

/// A row for each kind that differs, without the timeline's name: where it begins to.
fn kind_rows(comparison: &Comparison) -> impl Iterator<Item = String> {
    comparison.kinds().iter().flat_map(|SampleKinds { label, changes }| {
        changes.iter().take(KINDS).map(move |change| {
            let name = format!("{}/{}", change.group, change.name);
            let count = change.count.map(human::signed).unwrap_or_default();
            let bytes = human::signed(change.bytes);
            format!("| {} | {} | {bytes} | {count} |\n", Markdown(label), Markdown(&name))
        })
    })
}

fn details(text: &mut String, name: &str, comparison: &Comparison) {
    let _ = writeln!(text, "\n<details><summary>{}: every sample</summary>\n", Markdown(name));
    text.push_str("| sample | figure | old | new | difference | verdict |\n");
    text.push_str("|---|---|--:|--:|--:|---|\n");
    for row in comparison.rows().iter().take(DETAILS) {
        let _ = writeln!(text, "{}", cells(row));
    }
    if comparison.rows().len() > DETAILS {
        let _ = writeln!(text, "\n{} more rows are left out.", comparison.rows().len() - DETAILS);
    }
    text.push_str("\n</details>\n");
}

/// Any text as code, in which nothing is markup: `<code>` around it, what has a meaning escaped.
#[must_use]
pub fn code(text: &str) -> String {
    Markdown(text).to_string()
}

/// One timeline as a table: samples in their order, statements before them, each metric with its change.
/// O(samples).
#[must_use]
pub fn timeline(name: &str, timeline: &Timeline) -> String {
    let metrics: Vec<Metric> = present(timeline);
    let mut text = format!("### {}\n\n| sample |", Markdown(name));
    for metric in &metrics {
        let _ = write!(text, " {metric} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"--:|".repeat(metrics.len()));
    text.push('\n');
    let mut before: Option<crate::Sample<'_>> = None;
    for sample in timeline.samples() {
        let from = before.map_or(0, |before| before.step);
        text.push_str("| ");
        for statement in timeline.statements(from, sample.step) {
            let _ = write!(text, "{}<br>", Markdown(statement));
        }
        let _ = write!(text, "**{}** |", Markdown(sample.label));
        for metric in &metrics {
            let value = metric.of(&sample);
            let then = before.and_then(|before| metric.of(&before));
            let number = value.map_or("absent".to_owned(), human::grouped_signed);
            let change = match value.zip(then) {
                Some((now, then)) if now != then => format!("<br>{}", human::signed(now - then)),
                _ => String::new(),
            };
            let _ = write!(text, " {number}{change} |");
        }
        text.push('\n');
        before = Some(sample);
    }
    let rest: Vec<_> = timeline.last_statements().map(|one| Markdown(one).to_string()).collect();
    if !rest.is_empty() {
        let _ = writeln!(text, "| {} |{}", rest.join("<br>"), " |".repeat(metrics.len()));
    }
    text
}

/// The metrics that a sample of the timeline has.
pub(crate) fn present(timeline: &Timeline) -> Vec<Metric> {
    let mut found = [false; Metric::ALL.len()];
    let figures = Figure::ALL.len();
    for (found, figure) in found.iter_mut().zip(Figure::ALL) {
        *found = timeline.figure(figure).any(|bytes| bytes.is_some());
    }
    if timeline.samples().any(|sample| sample.allocations.is_some()) {
        found[figures..].fill(true);
    }
    Metric::ALL
        .into_iter()
        .zip(found)
        .filter_map(|(metric, found)| found.then_some(metric))
        .collect()
}
