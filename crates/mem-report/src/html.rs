//! One self-contained page of a timeline: the figures as lines with collections and labels marked, each
//! group of kinds as stacked areas, and all of it as tables.
//!
//! The page loads nothing: it holds its script, its style and [uPlot](https://github.com/leeoniya/uPlot)
//! (MIT, `src/html/uplot/`), which draws lines and areas with hover and zoom in 50 KB. Its policy (CSP)
//! forbids every request. It follows the reader's light or dark scheme, and reads on a phone. Charts are
//! read out sample by sample with the arrow keys; the tables have the same figures as text.
//!
//! A long timeline is drawn by the extremes of some thousand samples, so that no peak is hidden
//! (`src/html/pick.rs`); the page says how many. Nothing of a name or label is markup in it.

mod comparison;
mod data;
mod pick;

use crate::escape::{Html, Line, short};
use crate::{Metric, Sample, Timeline, human};
pub use comparison::write_comparison;
use core::fmt::{self, Display};
use data::{Data, NAME};
use std::io::{self, Write};

const SCRIPT: &str = include_str!("html/page.js");
const STYLE: &str = include_str!("html/page.css");
const UPLOT_SCRIPT: &str = include_str!("html/uplot/uPlot.iife.min.js");
const UPLOT_STYLE: &str = include_str!("html/uplot/uPlot.min.css");
const UPLOT_LICENSE: &str = include_str!("html/uplot/LICENSE");

/// How many samples the table of samples has at most.
const ROWS: usize = 500;
/// How many statements a sample has in that table at most, and how many all samples have.
const STATEMENTS: usize = 20;
const ALL_STATEMENTS: usize = 1000;
/// How many kinds the table of kinds has at most.
const KINDS: usize = 100;

/// The page of a timeline.
///
/// ```
/// use mem_report::html::Page;
/// use mem_report::{Figure, MemoryUsage, Source, Timeline};
///
/// let mut timeline = Timeline::new();
/// timeline.push("<b>start", MemoryUsage::new().with(Figure::HeapUsed, 1000, Source::HEAP));
/// let mut page = Vec::new();
/// Page::new("My service", &timeline).write(&mut page)?;
/// let page = String::from_utf8_lossy(&page);
/// assert!(page.contains("&lt;b&gt;start") && !page.contains("<b>start"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Page<'t> {
    title: &'t str,
    timeline: &'t Timeline,
    sections: Vec<(&'t str, Vec<String>)>,
}

impl<'t> Page<'t> {
    /// The page of this timeline under a title.
    #[must_use]
    pub fn new(title: &'t str, timeline: &'t Timeline) -> Self {
        Self { title, timeline, sections: Vec::new() }
    }

    /// Adds lines of text under a heading, after the charts.
    #[must_use]
    pub fn section(mut self, heading: &'t str, lines: Vec<String>) -> Self {
        self.sections.push((heading, lines));
        self
    }

    /// Writes the page. O(samples + kinds); the page's size does not grow with them beyond about 2 MB, sections
    /// apart: of a long name, label or statement it has the first 80 characters, of many statements the first ones.
    ///
    /// # Errors
    /// What the writer refuses.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        let Self { title, timeline, sections } = self;
        let data = Data::new(timeline);
        head(&mut to, title)?;
        writeln!(to, "<style>{UPLOT_STYLE}</style>")?;
        writeln!(to, "<main>\n<h1>{}</h1>", Html(title))?;
        writeln!(to, "<p>{}</p>", Extent(timeline, &data))?;
        summary(&mut to, timeline)?;
        writeln!(
            to,
            "<div id=\"controls\" class=\"controls\" hidden role=\"group\" aria-label=\"Zoom\"></div>\n\
             <noscript><p>The charts need JavaScript; the tables have their figures.</p></noscript>"
        )?;
        let about = "The figures over the samples as lines, noisy ones dashed; triangles are collections. \
                     Drag to zoom, or use the buttons. With the arrow keys a chart reads its samples; + and \
                     - zoom, 0 shows all.";
        chart(&mut to, "figures", "Figures", about)?;
        for (index, (group, _)) in data.kinds.iter().enumerate() {
            let title = format!("By kind: {}", Line(&short(group, NAME)));
            chart(&mut to, &format!("kinds-{index}"), &title, "Bytes by kind as stacked areas.")?;
        }
        kinds(&mut to, timeline)?;
        samples(&mut to, timeline)?;
        for (heading, lines) in sections {
            writeln!(to, "<h2>{}</h2>\n<ul>", Html(heading))?;
            lines.iter().try_for_each(|line| writeln!(to, "<li>{}</li>", Html(line)))?;
            writeln!(to, "</ul>")?;
        }
        let json = data.json(timeline);
        writeln!(to, "<script type=\"application/json\" id=\"data\">{json}</script>")?;
        writeln!(to, "<!-- uPlot:\n{} -->", UPLOT_LICENSE.trim())?;
        writeln!(to, "<script>{UPLOT_SCRIPT}</script>\n<script>{SCRIPT}</script>")?;
        writeln!(to, "</main>\n</body>\n</html>")
    }
}

/// A page that an index links to.
#[derive(Clone, Debug, Default)]
pub struct Link<'a> {
    /// The page's address, relative to the index.
    pub address: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it shows, in a line.
    pub about: &'a str,
    /// Its outcome in a word or line, if there is one.
    pub outcome: &'a str,
}

/// Writes an index of pages.
///
/// # Errors
/// What the writer refuses.
pub fn write_index(title: &str, links: &[Link<'_>], mut to: impl Write) -> io::Result<()> {
    head(&mut to, title)?;
    writeln!(to, "<main>\n<h1>{}</h1>", Html(title))?;
    writeln!(to, "<div class=\"scroll\"><table>\n<thead><tr>")?;
    writeln!(
        to,
        "<th scope=\"col\">Page<th scope=\"col\">What<th scope=\"col\">Outcome</tr></thead>\n<tbody>"
    )?;
    for Link { address, name, about, outcome } in links {
        writeln!(
            to,
            "<tr><th scope=\"row\"><a href=\"./{}\">{}</a></th><td>{}</td><td>{}</td></tr>",
            Html(address),
            Html(name),
            Html(about),
            Html(outcome)
        )?;
    }
    writeln!(to, "</tbody></table></div>\n</main>\n</body>\n</html>")
}

fn head(to: &mut impl Write, title: &str) -> io::Result<()> {
    writeln!(
        to,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>",
        Html(title)
    )
}

/// How many samples there are, over what time, and how many are drawn.
struct Extent<'a>(&'a Timeline, &'a Data);

impl Display for Extent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(timeline, data) = self;
        let count = |number: usize| human::grouped(number as u128);
        write!(f, "{} samples", count(timeline.len()))?;
        let last = timeline.len().checked_sub(1).and_then(|index| timeline.get(index)?.at);
        if let Some(last) = last {
            write!(f, " in {:.3} seconds", last.as_secs_f64())?;
        }
        f.write_str(". ")?;
        if timeline.dropped() > 0 {
            write!(
                f,
                "{} earlier samples were dropped. ",
                human::grouped(timeline.dropped().into())
            )?;
        }
        let drawn = data.figures.at.len();
        if drawn < timeline.len() {
            write!(
                f,
                "The chart draws {} of them: the lowest and highest of every figure in each ",
                count(drawn)
            )?;
            f.write_str("interval, so no peak is hidden. ")?;
        }
        if data.marks.len() < data.labels {
            write!(f, "{} of {} labels are marked. ", count(data.marks.len()), count(data.labels))?;
        }
        let (charts, groups) = (data.kinds.len(), data.groups);
        if charts < groups {
            write!(f, "{} of {} groups of kinds have a chart. ", count(charts), count(groups))?;
        }
        Ok(())
    }
}

/// The lowest and the highest value of a metric, each with its index.
fn extremes(timeline: &Timeline, metric: Metric) -> Option<[(i128, usize); 2]> {
    let mut present = data::values(timeline, metric)
        .enumerate()
        .filter_map(|(index, value)| Some((value?, index)));
    let first = present.next()?;
    Some(present.fold([first, first], |[low, high], one| {
        [if one.0 < low.0 { one } else { low }, if one.0 > high.0 { one } else { high }]
    }))
}

fn summary(to: &mut impl Write, timeline: &Timeline) -> io::Result<()> {
    let (Some(first), Some(last)) =
        (timeline.get(0), timeline.len().checked_sub(1).and_then(|index| timeline.get(index)))
    else {
        return writeln!(to, "<p>There is no sample.</p>");
    };
    table(
        to,
        "What each figure did",
        &[
            "Figure",
            "First#",
            "Last#",
            "Change#",
            "Lowest#",
            "Highest#",
            "Highest at",
            "Source",
            "What it is",
        ],
    )?;
    for metric in data::drawn(timeline) {
        let Some([(low, _), (high, highest)]) = extremes(timeline, metric) else { continue };
        let size = |value: Option<i128>| value.map_or("absent".to_owned(), bytes);
        let (then, now) = (metric.of(&first), metric.of(&last));
        let change = then.zip(now).map_or(String::new(), |(then, now)| signed(now - then));
        let at = timeline.get(highest).map_or(String::new(), |sample| name_of(highest, &sample));
        let source = timeline.get(highest).and_then(|sample| metric.source(&sample));
        writeln!(
            to,
            "<tr><th scope=\"row\">{metric}</th>{}{}{}{}{}<td class=\"text\">{}</td><td class=\"text\">{}</td>\
             <td class=\"what\">{}</td></tr>",
            Number(&size(then)),
            Number(&size(now)),
            Number(&change),
            Number(&bytes(low)),
            Number(&bytes(high)),
            Name(&at),
            Html(&source.map_or(String::new(), |source| source.to_string())),
            Html(metric.definition()),
        )?;
    }
    writeln!(to, "</tbody></table></div>")
}

fn chart(to: &mut impl Write, id: &str, title: &str, about: &str) -> io::Result<()> {
    writeln!(
        to,
        "<section aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{}</h2>\n\
         <p class=\"soft\">{about}</p>\n\
         <div id=\"{id}-legend\" class=\"legend\" role=\"group\" aria-label=\"Shown\"></div>\n\
         <div id=\"{id}\" class=\"chart\" tabindex=\"0\" role=\"group\" aria-labelledby=\"{id}-title\"></div>\n\
         <p id=\"{id}-readout\" class=\"readout\" aria-live=\"polite\"></p>\n</section>",
        Html(title)
    )
}

/// The kinds of the first and the last table: the largest change first.
fn kinds(to: &mut impl Write, timeline: &Timeline) -> io::Result<()> {
    let mut tables = timeline.samples().filter_map(|sample| sample.kinds);
    let Some(first) = tables.next() else { return Ok(()) };
    let last = tables.next_back().unwrap_or(first);
    let difference = last.since(first);
    let change =
        |row: &crate::Kind| difference.get(&row.group, &row.name).map_or(0, |change| change.bytes);
    let mut rows: Vec<(crate::Kind, u64)> = last
        .rows()
        .iter()
        .map(|row| (row.clone(), first.get(&row.group, &row.name).map_or(0, |row| row.bytes)))
        .collect();
    for row in first.rows().iter().filter(|row| last.get(&row.group, &row.name).is_none()) {
        rows.push((crate::Kind { bytes: 0, count: Some(0), ..row.clone() }, row.bytes));
    }
    rows.sort_by_key(|(row, _)| std::cmp::Reverse((change(row).unsigned_abs(), row.bytes)));
    writeln!(to, "<details open><summary>Kinds, the largest change first</summary>")?;
    table(to, "", &["Kind", "Group", "Count at the end#", "First#", "Last#", "Change#"])?;
    for (row, then) in rows.iter().take(KINDS) {
        writeln!(
            to,
            "<tr><th scope=\"row\">{}</th><td>{}</td>{}{}{}{}</tr>",
            Name(&row.name),
            Name(&row.group),
            Number(&row.count.map_or(String::new(), |count| human::grouped(count.into()))),
            Number(&bytes((*then).into())),
            Number(&bytes(row.bytes.into())),
            Number(&signed(change(row))),
        )?;
    }
    writeln!(to, "</tbody></table></div>")?;
    if rows.len() > KINDS {
        writeln!(to, "<p>{} more kinds are left out.</p>", rows.len() - KINDS)?;
    }
    writeln!(to, "</details>")
}

/// The labelled samples with the statements before them.
fn samples(to: &mut impl Write, timeline: &Timeline) -> io::Result<()> {
    let labelled = data::labelled(timeline);
    let metrics = data::drawn(timeline);
    let mut columns = vec!["Sample".to_owned(), "Statements".to_owned()];
    columns.extend(metrics.iter().map(|metric| format!("{metric}#")));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let open = if labelled.len() <= 30 { " open" } else { "" };
    writeln!(to, "<details{open}><summary>Samples with a label</summary>")?;
    table(to, "", &columns)?;
    let mut before: Option<Sample<'_>> = None;
    let mut room = ALL_STATEMENTS;
    for index in labelled.iter().take(ROWS) {
        let Some(sample) = timeline.get(*index) else { continue };
        write!(to, "<tr><th scope=\"row\">{}</th>", Name(sample.label))?;
        let from = before.map_or(0, |before| before.step);
        statements(to, timeline.statements(from, sample.step), &mut room)?;
        for metric in &metrics {
            let value = metric.of(&sample);
            let then = before.and_then(|before| metric.of(&before));
            let text = value.map_or("absent".to_owned(), human::grouped_signed);
            match value.zip(then) {
                Some((now, then)) if now != then => {
                    write!(
                        to,
                        "<td class=\"number\">{text}<br>{}</td>",
                        human::signed(now - then)
                    )?;
                }
                _ => write!(to, "{}", Number(&text))?,
            }
        }
        writeln!(to, "</tr>")?;
        before = Some(sample);
    }
    if timeline.last_statements().len() > 0 {
        write!(to, "<tr><th scope=\"row\">(end)</th>")?;
        statements(to, timeline.last_statements(), &mut room)?;
        writeln!(to, "</tr>")?;
    }
    writeln!(to, "</tbody></table></div>")?;
    if labelled.len() > ROWS {
        writeln!(to, "<p>{} more samples are left out.</p>", labelled.len() - ROWS)?;
    }
    writeln!(to, "</details>")
}

/// A cell of statements, as many as there is room for.
fn statements<'t>(
    to: &mut impl Write,
    mut all: impl Iterator<Item = &'t str>,
    room: &mut usize,
) -> io::Result<()> {
    write!(to, "<td class=\"steps\">")?;
    let mut gap = "";
    for statement in all.by_ref().take(STATEMENTS.min(*room)) {
        *room -= 1;
        write!(to, "{gap}{}", Name(statement))?;
        gap = "\n";
    }
    match all.count() {
        0 => {}
        left => write!(to, "{gap}({} more statements)", human::grouped(left as u128))?,
    }
    write!(to, "</td>")
}

/// The start of a table; a column whose title ends in `#` holds numbers.
fn table(to: &mut impl Write, title: &str, columns: &[&str]) -> io::Result<()> {
    if !title.is_empty() {
        writeln!(to, "<h2>{}</h2>", Html(title))?;
    }
    write!(to, "<div class=\"scroll\"><table>\n<thead><tr>")?;
    for column in columns {
        match column.strip_suffix('#') {
            Some(column) => write!(to, "<th scope=\"col\" class=\"number\">{}</th>", Html(column))?,
            None => write!(to, "<th scope=\"col\">{}</th>", Html(column))?,
        }
    }
    writeln!(to, "</tr></thead>\n<tbody>")
}

/// A name, label or statement, of a long one its start.
struct Name<'a>(&'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Html(&short(self.0, NAME)).fmt(f)
    }
}

struct Number<'a>(&'a str);

impl Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<td class=\"number\">{}</td>", Html(self.0))
    }
}

/// Bytes for people: whole below 1 KiB, else with two decimals in KiB or MiB.
fn bytes(value: i128) -> String {
    let size = u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX);
    let sign = if value < 0 { "-" } else { "" };
    match size {
        0..1024 => format!("{sign}{size} bytes"),
        1024..1_048_576 => format!("{sign}{:.2} KiB", size as f64 / 1024.0),
        _ => format!("{sign}{}", human::mib(size)),
    }
}

fn signed(change: i128) -> String {
    if change > 0 { format!("+{}", bytes(change)) } else { bytes(change) }
}

/// A sample's label, or its number where it has none.
fn name_of(index: usize, sample: &Sample<'_>) -> String {
    match sample.label {
        "" => format!("sample {}", human::grouped(index as u128 + 1)),
        label => label.to_owned(),
    }
}
