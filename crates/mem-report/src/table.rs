//! A timeline as an aligned table for a terminal: statements and samples in their order, the change beside
//! each figure, the table by kind under its sample; other timelines beside it.

use crate::compare::{Comparison, SampleKinds};
use crate::escape::Line;
use crate::{Metric, Precision, Sample, Timeline, human, metric};
use comfy_table::{CellAlignment, Table as Cells, presets};
use core::fmt::Write;

/// The table of a timeline.
///
/// ```
/// use mem_report::table::Table;
/// use mem_report::{Figure, MemoryUsage, Source, Timeline};
///
/// let mut timeline = Timeline::new();
/// timeline.push("start", MemoryUsage::new().with(Figure::HeapUsed, 1000, Source::HEAP));
/// timeline.statement("let a = {}");
/// timeline.push("with a", MemoryUsage::new().with(Figure::HeapUsed, 1056, Source::HEAP));
/// let text = Table::new(&timeline).text();
/// assert!(text.contains("> let a = {}") && text.contains("+56"));
/// ```
#[derive(Clone, Debug)]
pub struct Table<'t> {
    timeline: &'t Timeline,
    beside: Vec<(&'t str, &'t Timeline)>,
}

impl<'t> Table<'t> {
    /// The table of this timeline.
    #[must_use]
    pub fn new(timeline: &'t Timeline) -> Self {
        Self { timeline, beside: Vec::new() }
    }

    /// Puts another timeline beside, sample by sample in their order, and what this one has more.
    #[must_use]
    pub fn beside(mut self, name: &'t str, other: &'t Timeline) -> Self {
        self.beside.push((name, other));
        self
    }

    /// The table as text. O(samples + kinds).
    #[must_use]
    pub fn text(&self) -> String {
        let metrics = metric::present(self.timeline);
        let counted = self.timeline.samples().any(|sample| sample.kinds.is_some());
        let count = if counted { "count" } else { "" };
        let mut header =
            ["sample", "figure", "value", "", "change", count].map(str::to_owned).to_vec();
        for (name, _) in &self.beside {
            header.extend([Line(name).to_string(), format!("beyond {}", Line(name))]);
        }
        let mut rows = Rows { cells: cells(&header), ..Rows::default() };
        let mut before: Option<Sample<'_>> = None;
        for (index, sample) in self.timeline.samples().enumerate() {
            let from = before.map_or(0, |before| before.step);
            for statement in self.timeline.statements(from, sample.step) {
                rows.between.push((rows.count, format!(" > {}", Line(statement))));
            }
            self.sample(&mut rows, &metrics, index, &sample, before.as_ref());
            before = Some(sample);
        }
        for statement in self.timeline.last_statements() {
            rows.between.push((rows.count, format!(" > {}", Line(statement))));
        }
        rows.text()
    }

    fn sample(
        &self,
        rows: &mut Rows,
        metrics: &[Metric],
        index: usize,
        sample: &Sample<'_>,
        before: Option<&Sample<'_>>,
    ) {
        let mut label = Line(sample.label).to_string();
        for metric in metrics {
            let Some((value, precision)) = metric.reading(sample) else {
                // The allocator's counters are there together or not at all.
                if matches!(metric, Metric::Figure(_)) {
                    rows.add(vec![
                        std::mem::take(&mut label),
                        metric.to_string(),
                        "absent".to_owned(),
                    ]);
                }
                continue;
            };
            let noisy = if precision == Precision::Noisy { " (noisy)" } else { "" };
            let change = before.and_then(|before| metric.of(before)).map(|then| value - then);
            let mut row = vec![
                std::mem::take(&mut label),
                format!("{metric}{noisy}"),
                human::grouped_signed(value),
                if metric.is_bytes() { mib(value) } else { String::new() },
                change.filter(|change| *change != 0).map(human::signed).unwrap_or_default(),
                String::new(),
            ];
            for (_, other) in &self.beside {
                let other = other.get(index).and_then(|sample| metric.of(&sample));
                row.push(other.map(human::grouped_signed).unwrap_or_default());
                row.push(other.map(|other| human::signed(value - other)).unwrap_or_default());
            }
            rows.add(row);
        }
        kinds(rows, sample, before);
    }
}

/// The rows that moved between two timelines, and the kinds that differ; empty if nothing moved.
///
/// As in [`markdown::comment`](crate::markdown::comment), a difference that stays is told where it begins.
#[must_use]
pub fn comparison(compared: &Comparison) -> String {
    let header = ["sample", "figure", "old", "new", "difference", "", "verdict"].map(str::to_owned);
    let mut rows = Rows { cells: cells(&header), ..Rows::default() };
    for row in compared.moved() {
        let number = |value: Option<i128>| value.map_or("absent".to_owned(), human::grouped_signed);
        rows.add(vec![
            Line(&row.label).to_string(),
            row.metric.to_string(),
            number(row.old),
            number(row.new),
            row.difference().map(human::signed).unwrap_or_default(),
            row.shown_per_cent().unwrap_or_default(),
            row.verdict.word().to_owned(),
        ]);
    }
    if rows.count == 0 {
        return String::new();
    }
    for SampleKinds { label, changes } in compared.kinds() {
        for change in changes {
            let mut row = vec![String::new(); header.len()];
            row[0] = Line(label).to_string();
            row[1] = format!("{}/{}", Line(&change.group), Line(&change.name));
            row[4] = human::signed(change.bytes);
            rows.add(row);
        }
    }
    rows.text()
}

fn kinds(rows: &mut Rows, sample: &Sample<'_>, before: Option<&Sample<'_>>) {
    let Some(kinds) = sample.kinds else { return };
    let name = |group: &str, name: &str| format!("  {}/{}", Line(group), Line(name));
    let Some(then) = before.and_then(|before| before.kinds) else {
        for row in kinds.rows() {
            let count = row.count.map(|count| human::grouped(count.into())).unwrap_or_default();
            let (bytes, size) = (human::grouped(row.bytes.into()), mib(row.bytes.into()));
            rows.add(vec![
                String::new(),
                name(&row.group, &row.name),
                bytes,
                size,
                String::new(),
                count,
            ]);
        }
        return;
    };
    for change in kinds.since(then).changes() {
        let bytes = kinds.get(&change.group, &change.name).map_or(0, |row| row.bytes);
        let count = change.count.map(human::signed).unwrap_or_default();
        let (value, size) = (human::grouped(bytes.into()), mib(bytes.into()));
        let name = name(&change.group, &change.name);
        rows.add(vec![String::new(), name, value, size, human::signed(change.bytes), count]);
    }
}

/// The rows of a table, and the lines that stand between them and take no part in the columns' widths.
#[derive(Default)]
struct Rows {
    cells: Cells,
    count: usize,
    /// Lines, each before the row of that index.
    between: Vec<(usize, String)>,
}

impl Rows {
    fn add(&mut self, row: Vec<String>) {
        self.cells.add_row(row);
        self.count += 1;
    }

    fn text(mut self) -> String {
        for column in self.cells.column_iter_mut().skip(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut between = self.between.into_iter().peekable();
        let mut text = String::new();
        // A row is one line, because no cell has a line break; the first line is the header.
        for (index, line) in self.cells.lines().enumerate() {
            while let Some((_, line)) = between.next_if(|(row, _)| index > *row) {
                let _ = writeln!(text, "{line}");
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
        for (_, line) in between {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

fn cells(header: &[String]) -> Cells {
    let mut cells = Cells::new();
    cells.load_style(presets::NOTHING);
    cells.set_header(header);
    cells
}

/// Bytes in MiB where that says something.
fn mib(value: i128) -> String {
    let size = u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX);
    let sign = if value < 0 { "-" } else { "" };
    if size < human::SHOWN_IN_MIB { String::new() } else { format!("{sign}{}", human::mib(size)) }
}
