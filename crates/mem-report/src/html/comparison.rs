//! One self-contained page of comparisons: what moved, the kinds under it, and every row folded. It has no script.

use super::{KINDS, Name, Number, ROWS, head, table};
use crate::compare::{Comparison, Row, SampleKinds};
use crate::escape::Html;
use crate::{Precision, human};
use std::io::{self, Write};

/// Writes the page of comparisons under their names.
///
/// As in [`markdown::comment`](crate::markdown::comment), a difference that stays is told where it begins. Each table
/// has at most 500 rows and says how many more there are. O(rows).
///
/// ```
/// use mem_report::compare::{Comparison, Threshold};
/// use mem_report::{Figure, MemoryUsage, Source, Timeline, html};
///
/// let timeline = |bytes| {
///     let mut timeline = Timeline::new();
///     timeline.push("loaded", MemoryUsage::new().with(Figure::HeapUsed, bytes, Source::HEAP));
///     timeline
/// };
/// let more = Comparison::new(&timeline(1000), &timeline(1056), Threshold::default());
/// let mut page = Vec::new();
/// html::write_comparison("Memory of a service", &[("service", more)], &mut page)?;
/// assert!(String::from_utf8_lossy(&page).contains("+56 (+5.6 %)"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// What the writer refuses.
pub fn write_comparison(
    title: &str,
    comparisons: &[(&str, Comparison)],
    mut to: impl Write,
) -> io::Result<()> {
    head(&mut to, title)?;
    let moved: Vec<_> = comparisons.iter().filter(|(_, one)| !one.is_quiet()).collect();
    let (count, all) = (moved.len(), comparisons.len());
    writeln!(to, "<main>\n<h1>{}</h1>", Html(title))?;
    match count {
        0 => writeln!(to, "<p>Nothing moved in {all} timelines.</p>")?,
        _ => writeln!(to, "<p>{count} of {all} timelines moved.</p>")?,
    }
    if count > 0 {
        table(&mut to, "What moved", &COLUMNS)?;
        let all = moved.iter().flat_map(|(name, one)| one.moved().map(move |row| (*name, row)));
        rows(&mut to, all, true)?;
        kinds(&mut to, &moved)?;
    }
    for (name, comparison) in moved {
        writeln!(to, "<details><summary>{}: every sample</summary>", Name(name))?;
        table(&mut to, "", &COLUMNS[1..])?;
        rows(&mut to, comparison.rows().iter().map(|row| (*name, row)), false)?;
        writeln!(to, "</details>")?;
    }
    writeln!(to, "</main>\n</body>\n</html>")
}

const COLUMNS: [&str; 7] =
    ["Timeline", "Sample", "Figure", "Old#", "New#", "Difference#", "Verdict"];

/// The rows of a table and its end; with the timelines' names in a column of their own if `named`.
fn rows<'c>(
    to: &mut impl Write,
    mut all: impl Iterator<Item = (&'c str, &'c Row)>,
    named: bool,
) -> io::Result<()> {
    for (name, row) in all.by_ref().take(ROWS) {
        let number = |value: Option<i128>| value.map_or("absent".to_owned(), human::grouped_signed);
        let share = row.shown_per_cent().map(|share| format!(" ({share})")).unwrap_or_default();
        let difference = row.difference().map(|bytes| human::signed(bytes) + &share);
        let noisy = if row.precision == Precision::Noisy { " (noisy)" } else { "" };
        write!(to, "<tr>")?;
        if named {
            write!(to, "<th scope=\"row\">{}</th>", Name(name))?;
        }
        write!(to, "<td>{}", Name(&row.label))?;
        if row.occurrence > 0 {
            write!(to, " ({})", row.occurrence + 1)?;
        }
        writeln!(
            to,
            "</td><td>{}{noisy}</td>{}{}{}<td>{}</td></tr>",
            row.metric,
            Number(&number(row.old)),
            Number(&number(row.new)),
            Number(&difference.unwrap_or_default()),
            row.verdict.word(),
        )?;
    }
    end(to, all.count(), "rows")
}

/// The kinds that differ, where they begin to.
fn kinds(to: &mut impl Write, moved: &[&(&str, Comparison)]) -> io::Result<()> {
    if moved.iter().all(|(_, comparison)| comparison.kinds().is_empty()) {
        return Ok(());
    }
    let columns = ["Timeline", "Sample", "Kind", "Group", "Bytes#", "Count#"];
    table(to, "Kinds that differ", &columns)?;
    let mut all = moved.iter().flat_map(|(name, comparison)| {
        let samples = comparison.kinds().iter();
        samples.flat_map(move |SampleKinds { label, changes }| {
            changes.iter().take(KINDS).map(move |change| (*name, label, change))
        })
    });
    for (name, label, change) in all.by_ref().take(ROWS) {
        writeln!(
            to,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td>{}{}</tr>",
            Name(name),
            Name(label),
            Name(&change.name),
            Name(&change.group),
            Number(&human::signed(change.bytes)),
            Number(&change.count.map(human::signed).unwrap_or_default()),
        )?;
    }
    end(to, all.count(), "kinds")
}

/// The end of a table, from which `left` rows are left out.
fn end(to: &mut impl Write, left: usize, what: &str) -> io::Result<()> {
    writeln!(to, "</tbody></table></div>")?;
    match left {
        0 => Ok(()),
        left => writeln!(to, "<p>{left} more {what} are left out.</p>"),
    }
}
