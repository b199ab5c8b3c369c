//! The result of a scenario: the replay's timeline, the document's and a recorded Node's beside it, expectations and
//! notes.

use mem_report::{Figure, MemoryUsage, Source, Timeline};
use node_memory::Outcome;

/// Figures in the order rss, heapTotal, heapUsed, external, arrayBuffers.
pub type Figures = [u64; 5];

/// The result of a replay.
#[derive(Default)]
pub struct Report {
    /// The samples, and the statements between them.
    pub timeline: Timeline,
    /// Named timelines that are shown beside the samples.
    pub beside: Vec<(&'static str, Timeline)>,
    checks: Vec<Check>,
    /// Lines of explanation.
    pub notes: Vec<String>,
    /// The conclusion, in one line.
    pub shown: String,
}

struct Check {
    what: String,
    /// The number that was found, or the fact that is to hold.
    found: String,
    /// The expected number; `None` for a fact.
    expected: Option<String>,
    holds: bool,
}

impl Report {
    /// Takes the timeline of a replayed scenario.
    pub fn of<V>(outcome: &Outcome<V>) -> Self {
        Self { timeline: outcome.timeline.clone(), ..Self::default() }
    }

    /// Puts the document's figures beside the samples, from the first on.
    pub fn document(self, document: &[Figures]) -> Self {
        self.put_beside("document", Source::exact("document"), document)
    }

    /// Puts figures recorded from a real Node beside the samples, from the first on.
    pub fn node(self, node: &[Figures]) -> Self {
        self.put_beside("Node 20.20.2", Source::NODE, node)
    }

    fn put_beside(mut self, name: &'static str, source: Source, samples: &[Figures]) -> Self {
        let mut timeline = Timeline::new();
        for (figures, own) in samples.iter().zip(self.timeline.samples()) {
            let mut usage = MemoryUsage::new();
            for (figure, bytes) in Figure::ALL.into_iter().zip(figures) {
                usage = usage.with(figure, *bytes, source);
            }
            timeline.push(own.label, usage);
        }
        self.beside.push((name, timeline));
        self
    }

    /// The replay's figure of a sample, both by index.
    pub fn figure(&self, sample: usize, figure: usize) -> i64 {
        let figure = Figure::ALL.get(figure);
        let bytes = self.timeline.get(sample).and_then(|sample| sample.usage.get(*figure?));
        bytes.map_or(0, |bytes| bytes as i64)
    }

    /// Expects exactly this number.
    pub fn exactly(&mut self, what: &str, expected: i64, found: i64) {
        self.number(what, expected.to_string(), found, expected == found);
    }

    /// Expects this number, within `per_mille` thousandths of it.
    pub fn within(&mut self, what: &str, expected: i64, per_mille: i64, found: i64) {
        let holds = (found - expected).abs() * 1000 <= expected.abs() * per_mille;
        self.number(what, format!("{expected} within {per_mille} per mille"), found, holds);
    }

    /// Expects a fact, which `found` words.
    pub fn is_so(&mut self, what: &str, found: &str, holds: bool) {
        let (what, found) = (what.to_owned(), found.to_owned());
        self.checks.push(Check { what, found, expected: None, holds });
    }

    /// Adds a line of explanation.
    pub fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    /// Whether every expectation holds; a report without any shows nothing.
    pub fn holds(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.holds)
    }

    /// A line for each expectation.
    pub fn expectations(&self) -> impl Iterator<Item = String> {
        self.checks.iter().map(|Check { what, found, expected, holds }| match (holds, expected) {
            (true, Some(expected)) if expected != found => {
                format!("ok {what}: {found}, expected {expected}")
            }
            (true, _) => format!("ok {what}: {found}"),
            (false, Some(expected)) => format!("FAIL {what}: {found}, expected {expected}"),
            (false, None) => format!("FAIL {what}: not so ({found})"),
        })
    }

    fn number(&mut self, what: &str, expected: String, found: i64, holds: bool) {
        let (what, found) = (what.to_owned(), found.to_string());
        self.checks.push(Check { what, found, expected: Some(expected), holds });
    }
}
