//! What a scenario shows, and its text: per sample the document's figure, a recorded Node's, the
//! replay's and the difference; then the expectations and notes. No unsafe code.

use super::Definition;
use comfy_table::{CellAlignment, Table, presets};
use node_memory::{Figure, MemoryUsage, Outcome};
use std::fmt::Write;

/// Figures in the order rss, heapTotal, heapUsed, external, arrayBuffers.
pub type Figures = [u64; 5];

const NAMES: [&str; 5] = ["rss", "heapTotal", "heapUsed", "external", "arrayBuffers"];

/// The result of a replay.
#[derive(Default)]
pub struct Report {
    statements: Vec<String>,
    rows: Vec<Row>,
    checks: Vec<Check>,
    notes: Vec<String>,
    /// One line: what the replay showed.
    pub shown: String,
}

struct Row {
    label: String,
    replay: [Option<u64>; 5],
    document: Option<Figures>,
    node: Option<Figures>,
}

struct Check {
    what: String,
    expected: String,
    found: String,
    holds: bool,
}

impl Report {
    /// Takes the statements and samples of a replayed scenario.
    pub fn of<V>(outcome: &Outcome<V>) -> Self {
        let rows = outcome.timeline.samples().map(|sample| Row {
            label: sample.label.to_owned(),
            replay: figures(&sample.usage),
            document: None,
            node: None,
        });
        let statements =
            outcome.timeline.statements(0, outcome.timeline.steps()).map(str::to_owned);
        Self { rows: rows.collect(), statements: statements.collect(), ..Self::default() }
    }

    /// Puts the document's figures beside the samples, from the first on.
    pub fn document(mut self, document: &[Figures]) -> Self {
        for (row, figures) in self.rows.iter_mut().zip(document) {
            row.document = Some(*figures);
        }
        self
    }

    /// Puts figures recorded from a real Node beside the samples, from the first on.
    pub fn node(mut self, node: &[Figures]) -> Self {
        for (row, figures) in self.rows.iter_mut().zip(node) {
            row.node = Some(*figures);
        }
        self
    }

    /// The replay's figure of a sample, both by their places.
    pub fn figure(&self, sample: usize, figure: usize) -> i64 {
        let replay = self.rows.get(sample).and_then(|row| *row.replay.get(figure)?);
        replay.map_or(0, |n| n as i64)
    }

    /// Expects exactly this number.
    pub fn exactly(&mut self, what: &str, expected: i64, found: i64) {
        let holds = expected == found;
        self.check(what, expected.to_string(), found.to_string(), holds);
    }

    /// Expects this number within so many thousandths of it.
    pub fn within(&mut self, what: &str, expected: i64, per_mille: i64, found: i64) {
        let holds = (found - expected).abs() * 1000 <= expected.abs() * per_mille;
        let bound = format!("{expected} within {per_mille} per mille");
        self.check(what, bound, found.to_string(), holds);
    }

    /// Expects a fact.
    pub fn is_so(&mut self, what: &str, found: &str, holds: bool) {
        self.check(what, "so".to_owned(), found.to_owned(), holds);
    }

    /// Adds a line of explanation.
    pub fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    /// Whether every expectation holds; a report without any shows nothing.
    pub fn holds(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.holds)
    }

    /// The whole text; without the resident set it is the same on every machine.
    pub fn render(&self, definition: &Definition, resident_set: bool) -> String {
        let mut text =
            format!("== {} ({}): {}\n\n", definition.name, definition.point, definition.about);
        for statement in &self.statements {
            let _ = writeln!(text, "  > {statement}");
        }
        if !self.rows.is_empty() {
            let _ = writeln!(text, "\n{}\n", self.table(resident_set));
        }
        for check in &self.checks {
            let word = if check.holds { "ok  " } else { "FAIL" };
            let _ = writeln!(
                text,
                "  {word} {}: expected {}, found {}",
                check.what, check.expected, check.found
            );
        }
        for note in &self.notes {
            let _ = writeln!(text, "  note: {note}");
        }
        text.push('\n');
        text
    }

    fn check(&mut self, what: &str, expected: String, found: String, holds: bool) {
        self.checks.push(Check { what: what.to_owned(), expected, found, holds });
    }

    fn table(&self, resident_set: bool) -> Table {
        let documented = self.rows.iter().any(|row| row.document.is_some());
        let recorded = self.rows.iter().any(|row| row.node.is_some());
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let mut header = vec!["sample", "figure"];
        header.extend(documented.then_some("document"));
        header.extend(recorded.then_some("Node 20.20.2"));
        header.push("replay");
        header.extend(documented.then_some("replay - document"));
        table.set_header(header);
        for row in &self.rows {
            let mut label = row.label.as_str();
            for (place, name) in NAMES.iter().enumerate() {
                if place == 0 && !resident_set {
                    continue;
                }
                let mut cells = vec![label.to_owned(), (*name).to_owned()];
                if documented {
                    cells.push(shown(row.document.map(|f| f[place])));
                }
                if recorded {
                    cells.push(shown(row.node.map(|f| f[place])));
                }
                cells.push(shown(row.replay[place]));
                if documented {
                    let difference = row
                        .document
                        .zip(row.replay[place])
                        .map(|(f, n)| n as i64 - f[place] as i64);
                    cells.push(difference.map_or(String::new(), |d| format!("{d:+}")));
                }
                table.add_row(cells);
                label = "";
            }
        }
        for column in table.column_iter_mut().skip(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }
}

fn shown(figure: Option<u64>) -> String {
    figure.map_or(String::new(), |n| n.to_string())
}

fn figures(usage: &MemoryUsage) -> [Option<u64>; 5] {
    Figure::ALL.map(|figure| usage.get(figure))
}
