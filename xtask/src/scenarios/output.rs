//! A replayed scenario as text: for a terminal, for review, as Markdown, JSON lines or a page.

use super::data::Data;
use super::exhibit;
use super::report::{Report, Row};
use super::verdict::Verdict;
use anyhow::Context;
use mem_report::html::Page;
use mem_report::{human, json, markdown};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
#[cfg(test)]
use {mem_report::Figure, mem_report::review::Review, node_memory::kinds};

/// A format of scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned text for a terminal
    Table,
    /// Markdown, for the comment on a pull request
    Markdown,
    /// JSON lines, which `--compare` reads
    Json,
    /// One page a scenario, which needs nothing else
    Html,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Markdown => "md",
            Self::Json => "jsonl",
            Self::Html => "html",
        }
    }
}

/// The line that ends the samples in a snapshot.
pub const EXPECTATIONS: &str = "== expectations";

/// A scenario's text in a format.
pub fn text(data: &Data, report: &Report, format: Format) -> anyhow::Result<String> {
    let title = data.title();
    let mut text = Vec::new();
    match format {
        Format::Table => return Ok(table(data, report)),
        Format::Markdown => {
            let mut text = markdown::timeline(&title, &report.timeline);
            text.push('\n');
            for line in report.expectations().chain(notes(data, report)) {
                let _ = writeln!(text, "- {}", markdown::code(&line));
            }
            return Ok(text);
        }
        Format::Json => json::write(&data.name, &report.timeline, &mut text)?,
        Format::Html => Page::new(&title, &report.timeline)
            .section("Finding", vec![data.table.proves.clone()])
            .section("Expectations", report.expectations().collect())
            .section("Beside others", beside(report))
            .section("Notes", notes(data, report).collect())
            .write(&mut text)?,
    }
    String::from_utf8(text).context("the text of a scenario is UTF-8")
}

/// The least number of bytes that is told in MiB, too: 0.01 of one.
const SHOWN_IN_MIB: u64 = 10_486;
/// How wide a column of bytes is.
const BYTES: usize = 13;

fn table(data: &Data, report: &Report) -> String {
    let mut text = format!("== {}\n   {}\n", data.title(), played(data, report));
    let _ = write!(text, "\n  {:12}", "");
    for peer in &report.peers {
        let _ = write!(text, " {peer:>BYTES$}");
    }
    let _ = writeln!(
        text,
        " {:>BYTES$} {:>10} {:>BYTES$} {:>12}  {}",
        "replay",
        "",
        "change",
        if report.peers.is_empty() { "" } else { "difference" },
        if report.peers.is_empty() { "" } else { "verdict" },
    );
    let mut before = 0;
    for (index, sample) in report.samples.iter().enumerate() {
        let step = report.timeline.get(index).map_or(0, |sample| sample.step);
        for statement in report.timeline.statements(before, step) {
            let _ = writeln!(text, "  > {statement}");
        }
        before = step;
        let _ = writeln!(text, "{}", sample.label);
        for row in &sample.rows {
            let _ = writeln!(text, "{}", line(row, report));
        }
        if sample.rows.is_empty() {
            let _ = writeln!(text, "  nothing has moved");
        }
    }
    for statement in report.timeline.statements(before, u64::MAX) {
        let _ = writeln!(text, "  > {statement}");
    }
    text.push('\n');
    for (index, why) in report.explanations.iter().enumerate() {
        let _ = writeln!(text, "  ({}) {why}", index + 1);
    }
    for line in report.expectations().chain(notes(data, report)) {
        let _ = writeln!(text, "  {line}");
    }
    for line in &report.calls {
        let _ = writeln!(text, "  {line}");
    }
    if !data.table.proves.is_empty() {
        let _ = writeln!(text, "  => {}", data.table.proves);
    }
    text.push('\n');
    text
}

/// What is played, with which flags, and what the figures begin with.
fn played(data: &Data, report: &Report) -> String {
    let flags = match &report.flags[..] {
        [] => "without flags".to_owned(),
        flags => flags.join(" "),
    };
    let program = data.program.file_name().unwrap_or_default().to_string_lossy();
    let baseline = match report.baseline {
        Some(node) => format!(
            "begins with what a Node {} holds when a program begins, and its first console.log, {}, adds what that Node's adds: {} of heap, {} external",
            node.version.trim_start_matches('v'),
            if data.output().is_ok_and(|output| output == node_memory::Output::Terminal) {
                "at a terminal"
            } else {
                "into a pipe"
            },
            human::mib(node.first_print.heap_used as u64),
            human::mib(node.first_print.external as u64),
        ),
        None => "begins with the machine's own figures, so changes are compared".to_owned(),
    };
    format!("{program}, {flags}\n   {baseline}")
}

/// A line for each figure that stands beside others'.
fn beside(report: &Report) -> Vec<String> {
    let bytes = |value: Option<u64>| {
        value.map_or_else(|| "absent".to_owned(), |value| human::grouped(value.into()))
    };
    let rows =
        report.samples.iter().flat_map(|sample| sample.rows.iter().map(move |row| (sample, row)));
    let with_verdict = rows.filter_map(|(sample, row)| Some((sample, row, row.verdict.as_ref()?)));
    let lines = with_verdict.map(|(sample, row, verdict)| {
        let mut line = format!("{}: {} here {}", sample.label, row.figure, bytes(row.own));
        for (peer, other) in report.peers.iter().zip(&row.others) {
            let _ = write!(line, ", {peer} {}", bytes(*other));
        }
        let said = match verdict {
            Verdict::Explained(why) => format!("explained: {why}"),
            other => word(other, report),
        };
        format!("{line}: {said}")
    });
    lines.collect()
}

fn line(row: &Row, report: &Report) -> String {
    let mut text = format!("  {:12}", row.figure.name());
    let bytes = |value: Option<u64>| {
        value.map_or_else(|| "absent".to_owned(), |value| human::grouped(value.into()))
    };
    for other in &row.others {
        let shown = other.map(|_| bytes(*other)).unwrap_or_default();
        let _ = write!(text, " {shown:>BYTES$}");
    }
    let mib = row.own.filter(|own| *own >= SHOWN_IN_MIB).map(human::mib).unwrap_or_default();
    let change = row.change.filter(|change| *change != 0).map(human::signed).unwrap_or_default();
    let difference = row.difference.map(human::signed).unwrap_or_default();
    let _ = write!(
        text,
        " {:>BYTES$} {mib:>10} {change:>BYTES$} {difference:>12}  {}",
        bytes(row.own),
        row.verdict.as_ref().map(|verdict| word(verdict, report)).unwrap_or_default()
    );
    text.trim_end().to_owned()
}

fn word(verdict: &Verdict, report: &Report) -> String {
    match verdict {
        Verdict::Equal => "equal".to_owned(),
        Verdict::Within(tolerance) => format!("within {tolerance}"),
        Verdict::Explained(why) => {
            let number = report.explanations.iter().position(|known| known == why);
            format!("explained by ({})", number.map_or(0, |number| number + 1))
        }
        Verdict::Unexplained(tolerance) => format!("UNEXPLAINED, beyond {tolerance}"),
    }
}

fn notes(data: &Data, report: &Report) -> impl Iterator<Item = String> {
    let rss = report
        .has_rss
        .then_some("of rss the changes are compared, because a Node's code is another program's");
    let varies = data
        .table
        .varies
        .then_some("its figures differ from run to run, because the system has a part in them");
    let notes = data.table.notes.iter().map(String::as_str).chain(rss).chain(varies);
    notes.map(|note| format!("note: {note}"))
}

/// The text that is committed and reviewed. It is the same on every machine, because it leaves out the resident set, which
/// other tests of the process change. It also leaves out the heap's spaces: their cells are counted by kind.
#[cfg(test)]
pub fn snapshot(data: &Data, report: &Report) -> String {
    let review = Review::new(&report.timeline).without(Figure::Rss).without_group(kinds::SPACES);
    let mut text = review.to_string();
    let _ = writeln!(text, "\n{EXPECTATIONS}");
    for (check, line) in report.checks.iter().zip(report.expectations()) {
        let found = if check.what.starts_with(Figure::Rss.name()) { &check.what } else { &line };
        let _ = writeln!(text, "  {found}");
    }
    let _ = writeln!(text, "  => {}", data.table.proves);
    text
}

/// Writes each scenario's file, and an index of them, into a folder.
pub fn write_files(
    replayed: &[(&Data, Report)],
    format: Format,
    folder: &Path,
) -> anyhow::Result<()> {
    let write = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
    };
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut addresses = Vec::new();
    for (data, report) in replayed {
        let address = format!("{}.{}", data.name, format.extension());
        write(&address, text(data, report, format)?.as_bytes())?;
        addresses.push(address);
    }
    write("index.html", exhibit::page(replayed, &addresses).as_bytes())
}
