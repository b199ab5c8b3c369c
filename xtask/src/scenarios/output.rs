//! A replayed scenario as text: for a terminal, for review, as Markdown, JSON lines or a page.

use super::definition::Definition;
use super::report::Report;
use anyhow::Context;
use mem_report::html::{Link, Page, write_index};
use mem_report::table::Table;
use mem_report::{json, markdown};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
#[cfg(test)]
use {mem_report::Figure, mem_report::review::Review, node_memory::kinds};

/// A format of scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// An aligned table for a terminal
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
pub fn text(definition: &Definition, report: &Report, format: Format) -> anyhow::Result<String> {
    let title = definition.title();
    let mut text = Vec::new();
    match format {
        Format::Table => return Ok(table(definition, report)),
        Format::Markdown => {
            let mut text = markdown::timeline(&title, &report.timeline);
            text.push('\n');
            for line in report.expectations().chain(notes(report)) {
                let _ = writeln!(text, "- {}", markdown::code(&line));
            }
            return Ok(text);
        }
        Format::Json => json::write(definition.name, &report.timeline, &mut text)?,
        Format::Html => Page::new(&title, &report.timeline)
            .section("Expectations", report.expectations().collect())
            .section("Notes", report.notes.clone())
            .write(&mut text)?,
    }
    String::from_utf8(text).context("the text of a scenario is UTF-8")
}

fn table(definition: &Definition, report: &Report) -> String {
    let mut table = Table::new(&report.timeline);
    for (name, timeline) in &report.beside {
        table = table.beside(name, timeline);
    }
    let mut text = format!("== {}\n\n{}\n", definition.title(), table.text());
    for line in report.expectations().chain(notes(report)) {
        let _ = writeln!(text, "  {line}");
    }
    text.push('\n');
    text
}

fn notes(report: &Report) -> impl Iterator<Item = String> {
    report.notes.iter().map(|note| format!("note: {note}"))
}

/// The text that is committed and reviewed. It is the same on every machine, because it leaves out the resident set, which
/// other tests of the process change. It also leaves out the heap's spaces: their cells are counted by kind.
#[cfg(test)]
pub fn snapshot(report: &Report) -> String {
    let review = Review::new(&report.timeline).without(Figure::Rss).without_group(kinds::SPACES);
    let mut text = review.to_string();
    let _ = writeln!(text, "\n{EXPECTATIONS}");
    for line in report.expectations().chain(notes(report)) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// Writes each scenario's file, and an index of them, into a folder.
pub fn write_files(
    replayed: &[(&Definition, Report)],
    format: Format,
    folder: &Path,
) -> anyhow::Result<()> {
    let write = |name: &str, text: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
    };
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut addresses = Vec::new();
    for (definition, report) in replayed {
        let address = format!("{}.{}", definition.name, format.extension());
        write(&address, text(definition, report, format)?.as_bytes())?;
        addresses.push(address);
    }
    let links = replayed.iter().zip(&addresses).map(|((definition, report), address)| Link {
        address,
        name: definition.name,
        about: definition.about,
        outcome: &report.shown,
    });
    let mut index = Vec::new();
    write_index("Memory scenarios", &links.collect::<Vec<_>>(), &mut index)?;
    write("index.html", &index)
}
