//! Markdown for the comment on a pull request: what moved, the details folded; nothing where nothing moved.

use crate::compare::{Comparison, Row, SampleKinds};
use crate::escape::{Markdown, short};
use crate::metric::present;
use crate::{Metric, Precision, Timeline, human};
use core::fmt::Write;

/// The first line of a comment: a program that updates its own comment finds it by this.
pub const MARKER: &str = "<!-- mem-report -->";

/// The longest comment that GitHub takes, in characters. Bytes are counted here, of which there are no fewer.
const LONGEST: usize = 65_536;
/// How many rows a table that is not folded has at most.
const ROWS: usize = 20;
/// How many kinds a sample has at most.
const KINDS: usize = 8;
/// How many characters of a name or label a comment shows.
const NAME: usize = 50;
/// How many bytes the details of one comparison may have in any case.
const SHARE: usize = 4096;
/// Room for what ends a comment: that timelines are left out.
const CLOSING: usize = 200;

/// The comment on comparisons under their names; empty if nothing moved beyond the threshold.
///
/// The table gives what moved, where the difference begins; the folded part gives every row of each
/// comparison that moved, as far as GitHub takes a comment of that length. Names and labels are code, so nothing in
/// them is markup or a mention; of a long one the first 50 characters are shown.
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
    let rows: Vec<String> =
        rows.iter().map(|(name, row)| format!("| {} {}\n", Name(name), cells(row))).collect();
    add_rows(&mut text, &rows, ROWS, LONGEST / 2, "rows that moved");
    let kinds: Vec<String> = moved
        .iter()
        .flat_map(|(name, comparison)| {
            kind_rows(comparison).map(|row| format!("| {} {row}", Name(name)))
        })
        .collect();
    if !kinds.is_empty() {
        text.push_str("\n| timeline | sample | kind | bytes | count |\n|---|---|---|--:|--:|\n");
        add_rows(&mut text, &kinds, ROWS, LONGEST / 4 * 3, "kinds");
    }
    let mut folded = 0;
    for (index, (name, comparison)) in moved.iter().enumerate() {
        // Each has its share of the room, unless that is too small for some rows.
        let room = (LONGEST - CLOSING).saturating_sub(text.len());
        let share = (room / (moved.len() - index)).max(SHARE).min(room);
        folded += usize::from(details(&mut text, name, comparison, share));
    }
    left_out(&mut text, moved.len(), folded, "timelines' details");
    text
}

/// A name or label in a cell.
struct Name<'a>(&'a str);

impl core::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        Markdown(&short(self.0, NAME)).fmt(f)
    }
}

/// Adds at most `most` rows, until the text would be longer than `length` bytes, and says how many are left out.
fn add_rows(text: &mut String, rows: &[String], most: usize, length: usize, what: &str) {
    let mut shown = 0;
    for row in rows.iter().take(most) {
        if text.len() + row.len() > length {
            break;
        }
        text.push_str(row);
        shown += 1;
    }
    left_out(text, rows.len(), shown, what);
}

fn left_out(text: &mut String, count: usize, shown: usize, what: &str) {
    if count > shown {
        let _ = writeln!(text, "\n{} more {what} are left out.", count - shown);
    }
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
        Name(&row.label),
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
            format!("| {} | {} | {bytes} | {count} |\n", Name(label), Name(&name))
        })
    })
}

/// Adds every row of a comparison, folded, in at most `room` bytes; `false` if that is too little for one row.
fn details(text: &mut String, name: &str, comparison: &Comparison, room: usize) -> bool {
    let start = format!(
        "\n<details><summary>{}: every sample</summary>\n\n\
         | sample | figure | old | new | difference | verdict |\n|---|---|--:|--:|--:|---|\n",
        Name(name)
    );
    let rows: Vec<String> = comparison.rows().iter().map(|row| cells(row) + "\n").collect();
    let mut end = String::new();
    left_out(&mut end, rows.len(), 0, "rows");
    end.push_str("\n</details>\n");
    if start.len() + rows.first().map_or(0, String::len) + end.len() > room {
        return false;
    }
    let length = text.len() + room - end.len();
    text.push_str(&start);
    add_rows(text, &rows, usize::MAX, length, "rows");
    text.push_str("\n</details>\n");
    true
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
