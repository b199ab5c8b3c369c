//! The result of a scenario: at each sample the document's figures, a real Node's and the replay's, with a verdict on each
//! difference; and what was expected.

use super::data::{Data, Ends, Expect, Explained, is_for};
use super::replay::Ran;
use super::verdict::{Reason, Tolerance, Verdict, verdict};
use mem_report::{Figure, Source, Timeline, human};
use node_memory::RecordedNode;

/// The result of a replay.
pub struct Report {
    /// The replay's samples, and the statements between them.
    pub timeline: Timeline,
    pub samples: Vec<Compared>,
    /// Whose figures stand beside: `document`, `Node 20.20.2`.
    pub peers: Vec<String>,
    pub checks: Vec<Check>,
    /// Whose figures the replay began with.
    pub baseline: Option<RecordedNode>,
    /// The flags of the replay.
    pub flags: Vec<String>,
    /// Why figures differ, by the number of their place here.
    pub explanations: Vec<String>,
    /// The resident set was compared.
    pub has_rss: bool,
    /// The system calls of the counted programs, in words.
    pub calls: Vec<String>,
    /// What the program printed beside its samples.
    pub printed: Vec<String>,
}

/// The figures of a sample that have moved.
pub struct Compared {
    pub label: String,
    pub rows: Vec<Row>,
}

/// A figure of a sample.
pub struct Row {
    pub figure: Figure,
    pub own: Option<u64>,
    /// Since the sample before.
    pub change: Option<i128>,
    /// What each peer has, in the peers' order.
    pub others: Vec<Option<u64>>,
    /// The difference from the first peer that has the figure. Of the resident set: that of the changes.
    pub difference: Option<i128>,
    pub verdict: Option<Verdict>,
}

/// An expectation, and what was found.
pub struct Check {
    pub what: String,
    pub found: String,
    pub holds: bool,
}

/// Figures that stand beside the replay's.
pub struct Peer<'d> {
    pub name: String,
    pub timeline: Timeline,
    pub ran: Option<&'d Ran>,
}

impl Report {
    /// Compares a replay with others.
    ///
    /// `line` is the release line that was played.
    pub fn new(data: &Data, line: &str, ran: Ran, peers: &[Peer<'_>]) -> Self {
        let mut explanations: Vec<String> = Vec::new();
        let mut samples = Vec::new();
        let absolute = ran.baseline.is_some();
        for (index, sample) in ran.timeline.samples().enumerate() {
            let rows = Figure::ALL.into_iter().filter_map(|figure| {
                let row = row(data, line, &ran.timeline, peers, index, figure, absolute)?;
                if let Some(Verdict::Explained(why)) = &row.verdict
                    && !explanations.contains(why)
                {
                    explanations.push(why.clone());
                }
                Some(row)
            });
            samples.push(Compared { label: sample.label.to_owned(), rows: rows.collect() });
        }
        let has_rss = peers
            .iter()
            .any(|peer| peer.timeline.get(0).is_some_and(|sample| sample.usage.rss().is_some()));
        let checks = checks(data, line, &ran, peers);
        Self {
            samples,
            peers: peers.iter().map(|peer| peer.name.clone()).collect(),
            checks,
            baseline: ran.baseline,
            flags: ran.flags,
            calls: Vec::new(),
            explanations,
            has_rss,
            printed: ran.printed,
            timeline: ran.timeline,
        }
    }

    /// Whether every expectation holds and every difference has a reason.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds) && self.unexplained() == 0
    }

    pub fn unexplained(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Unexplained(_)))
    }

    /// How many figures have a verdict of a kind.
    pub fn count(&self, of: impl Fn(&Verdict) -> bool) -> usize {
        let rows = self.samples.iter().flat_map(|sample| &sample.rows);
        rows.filter_map(|row| row.verdict.as_ref()).filter(|verdict| of(verdict)).count()
    }

    /// How many figures are equal, within what is allowed, explained and unexplained; empty where nothing stands beside.
    pub fn verdicts(&self) -> String {
        if self.peers.is_empty() {
            return String::new();
        }
        format!(
            "{} equal, {} within, {} explained, {} unexplained",
            self.count(|verdict| *verdict == Verdict::Equal),
            self.count(|verdict| matches!(verdict, Verdict::Within(_))),
            self.count(|verdict| matches!(verdict, Verdict::Explained(_))),
            self.unexplained(),
        )
    }

    /// A line for each expectation.
    pub fn expectations(&self) -> impl Iterator<Item = String> {
        self.checks.iter().map(|Check { what, found, holds }| {
            let word = if *holds { "ok" } else { "FAIL" };
            if found.is_empty() {
                format!("{word} {what}")
            } else {
                format!("{word} {what}: {found}")
            }
        })
    }
}

/// A figure of a sample, if it has moved somewhere.
fn row(
    data: &Data,
    line: &str,
    own: &Timeline,
    peers: &[Peer<'_>],
    index: usize,
    figure: Figure,
    absolute: bool,
) -> Option<Row> {
    let mine = value(own, index, figure);
    let others: Vec<Option<u64>> =
        peers.iter().map(|peer| value(&peer.timeline, index, figure)).collect();
    let change = change(own, index.checked_sub(1), index, figure);
    let explanation = explanation(data, line, index, figure);
    let mut verdicts = Vec::new();
    let mut difference = None;
    for (peer, other) in peers.iter().zip(&others) {
        let (Some(mine), Some(other)) = (mine, *other) else { continue };
        // Changes are compared where the figures began elsewhere.
        let since = match figure {
            Figure::Rss => Some(index.checked_sub(1)),
            _ if absolute => None,
            _ => Some(Some(0)),
        };
        let (own_bytes, other_bytes) = match since {
            None => (i128::from(mine), i128::from(other)),
            Some(None) => (0, 0),
            Some(Some(from)) => (
                self::change(own, Some(from), index, figure).unwrap_or(0),
                self::change(&peer.timeline, Some(from), index, figure).unwrap_or(0),
            ),
        };
        if since != Some(None) {
            difference = difference.or(Some(own_bytes - other_bytes));
        }
        let whole = if figure == Figure::Rss { other_bytes } else { i128::from(other) };
        let tolerance = match peer.name == DOCUMENT {
            true => Tolerance::of(figure),
            false => Tolerance::beside_a_node(figure),
        };
        if since != Some(None) {
            verdicts.push(verdict(tolerance, own_bytes, other_bytes, whole, explanation));
        }
    }
    let has_moved = index == 0
        || change.is_some_and(|change| change != 0)
        || peers.iter().any(|peer| {
            let change = self::change(&peer.timeline, Some(index - 1), index, figure);
            change.is_some_and(|change| change.unsigned_abs() >= 16_384)
        });
    // The worse one is told; of two alike that on the first peer.
    let verdict = verdicts.into_iter().reduce(|a, b| if b.rank() > a.rank() { b } else { a });
    let is_wrong = matches!(verdict, Some(Verdict::Unexplained(_)));
    let present = mine.is_some() || others.iter().any(Option::is_some);
    (present && (has_moved || is_wrong)).then_some(Row {
        figure,
        own: mine,
        change,
        others,
        difference,
        verdict,
    })
}

fn value(timeline: &Timeline, index: usize, figure: Figure) -> Option<u64> {
    timeline.get(index)?.usage.get(figure)
}

fn change(timeline: &Timeline, from: Option<usize>, to: usize, figure: Figure) -> Option<i128> {
    let (from, to) = (value(timeline, from?, figure)?, value(timeline, to, figure)?);
    Some(i128::from(to) - i128::from(from))
}

fn explanation<'d>(data: &'d Data, line: &str, index: usize, figure: Figure) -> Option<Reason<'d>> {
    let label = data.table.samples.get(index);
    let is_meant = |one: &&'d Explained| {
        one.figure.get_ref() == figure.name()
            && is_for(&one.lines, line)
            && (one.samples.is_empty()
                || one.samples.iter().any(|name| Some(name.get_ref()) == label))
    };
    let explained = data.table.explained.iter().find(is_meant);
    let explained = explained.map(|one| Reason { why: &one.by, at_most: one.at_most });
    explained.or((figure == Figure::Rss).then_some(Reason { why: OTHER_PAGES, at_most: None }))
}

/// Looks at what is expected of the replay, and of the real Nodes.
fn checks(data: &Data, line: &str, ran: &Ran, peers: &[Peer<'_>]) -> Vec<Check> {
    let mut checks = Vec::new();
    let count = data.table.samples.len();
    let limit = data.table.ends == Ends::OutOfMemory;
    if ran.out_of_memory != limit {
        let (found, what) = match limit {
            true => ("it ends by itself", "it ends at the heap's limit"),
            false => ("it ends at the heap's limit", "it ends by itself"),
        };
        checks.push(Check { what: what.to_owned(), found: found.to_owned(), holds: false });
    } else if limit {
        let found = format!("after {} samples", ran.timeline.len());
        let what = "it ends at the heap's limit with a typed refusal".to_owned();
        checks.push(Check { what, found, holds: true });
    }
    if ran.timeline.len() != count && !limit && count > 0 {
        let found = format!("{} are printed", ran.timeline.len());
        checks.push(Check { what: format!("{count} samples"), found, holds: false });
    }
    for one in data.table.expect.iter().filter(|one| is_for(&one.lines, line)) {
        let mut check = expectation(data, one, &ran.timeline, &ran.printed).0;
        if !check.found.is_empty() {
            check.found = format!("here {}", check.found);
        }
        for peer in peers.iter().filter(|_| !one.replay_only) {
            let printed = match peer.ran {
                Some(ran) => &ran.printed[..],
                None if one.prints.is_some() => continue,
                None => &[],
            };
            let (theirs, missing) = expectation(data, one, &peer.timeline, printed);
            if theirs.found == ABSENT {
                continue;
            }
            let reason = (!theirs.holds).then(|| reason_of(data, line, one, missing)).flatten();
            check.holds &= theirs.holds || reason.is_some();
            let mut said = match (theirs.found.as_str(), theirs.holds) {
                ("", true) => format!("{} prints it", peer.name),
                ("", false) => format!("{} does not print it", peer.name),
                (found, _) => format!("{} {found}", peer.name),
            };
            match reason {
                Some(why) => said.push_str(&format!(" ({why})")),
                None if !theirs.holds && !theirs.found.is_empty() => {
                    said.push_str(", which is not so")
                }
                None => {}
            }
            check.found = format!("{}{}{said}", check.found, separator(&check.found));
        }
        checks.push(check);
    }
    checks
}

/// Why a real Node misses an expectation by `missing` bytes, if the data file says it.
fn reason_of<'d>(data: &'d Data, line: &str, one: &Expect, missing: u128) -> Option<&'d str> {
    let figure = data.figure(one.figure.as_ref()?).ok()?;
    let places = [one.to.as_ref(), one.from.as_ref()];
    places.into_iter().flatten().find_map(|label| {
        let reason = explanation(data, line, data.sample(label).ok()?, figure)?;
        (missing <= u128::from(reason.at_most?)).then_some(reason.why)
    })
}

fn separator(found: &str) -> &'static str {
    if found.is_empty() { "" } else { "; " }
}

/// The name of the document's column.
const DOCUMENT: &str = "document";
/// Why the resident set may differ, if nothing else is said.
const OTHER_PAGES: &str = "the replay's pages are those of a process that has replayed other programs before, with another \
                           allocator than Node's";

/// What is found where a sample or a figure is not there.
const ABSENT: &str = "absent";

/// What was found of an expectation, and by how many bytes it is missed.
fn expectation(
    data: &Data,
    one: &Expect,
    timeline: &Timeline,
    printed: &[String],
) -> (Check, u128) {
    if let Some(line) = &one.prints {
        let holds = printed.contains(line);
        return (Check { what: format!("it prints {line:?}"), found: String::new(), holds }, 0);
    }
    let (Some(figure), Some(to)) = (&one.figure, &one.to) else {
        return (Check { what: "nothing".to_owned(), found: String::new(), holds: false }, 0);
    };
    // Both were looked at when the file was read.
    let place = |label| data.sample(label).unwrap_or(usize::MAX);
    let name = data.figure(figure).unwrap_or(Figure::Rss);
    let found = match &one.from {
        Some(from) => change(timeline, Some(place(from)), place(to), name),
        None => value(timeline, place(to), name).map(i128::from),
    };
    let signed = |number: i64| match one.from {
        Some(_) => human::signed(number.into()),
        None => human::grouped(u128::from(number.unsigned_abs())),
    };
    let (least, most) = (one.is.or(one.at_least), one.is.or(one.at_most));
    let what = match &one.from {
        Some(from) => format!(
            "{name} {} from {:?} to {:?}",
            movement(least, most),
            from.get_ref(),
            to.get_ref()
        ),
        None => format!("{name} is {} at {:?}", bounds(least, most), to.get_ref()),
    };
    let Some(bytes) = found else {
        return (Check { what, found: ABSENT.to_owned(), holds: false }, 0);
    };
    let below = least.map_or(0, |least| (i128::from(least) - bytes).max(0));
    let above = most.map_or(0, |most| (bytes - i128::from(most)).max(0));
    let missing = below.max(above).unsigned_abs();
    let found = i64::try_from(bytes).map(signed).unwrap_or_default();
    (Check { what, found, holds: missing == 0 }, missing)
}

/// What a figure's change is to be, in words.
fn movement(least: Option<i64>, most: Option<i64>) -> String {
    let bytes = |number: i64| human::grouped(u128::from(number.unsigned_abs()));
    match (least, most) {
        (Some(0), Some(0)) => "does not change".to_owned(),
        (Some(is), Some(most)) if is == most && is > 0 => format!("grows by {}", bytes(is)),
        (Some(is), Some(most)) if is == most => format!("falls by {}", bytes(is)),
        (Some(least), Some(most)) if least >= 0 => {
            format!("grows by {} to {}", bytes(least), bytes(most))
        }
        (Some(least), Some(most)) if most <= 0 => {
            format!("falls by {} to {}", bytes(most), bytes(least))
        }
        (Some(least), Some(most)) => {
            format!("falls by at most {} and grows by at most {}", bytes(least), bytes(most))
        }
        (Some(least), None) if least > 0 => format!("grows by at least {}", bytes(least)),
        (Some(least), None) => format!("falls by at most {}", bytes(least)),
        (None, Some(most)) if most < 0 => format!("falls by at least {}", bytes(most)),
        (None, Some(most)) => format!("grows by at most {}", bytes(most)),
        (None, None) => "changes".to_owned(),
    }
}

/// What a figure is to be, in words.
fn bounds(least: Option<i64>, most: Option<i64>) -> String {
    let bytes = |number: i64| human::grouped(u128::from(number.unsigned_abs()));
    match (least, most) {
        (Some(is), Some(most)) if is == most => bytes(is),
        (Some(least), Some(most)) => format!("{} to {}", bytes(least), bytes(most)),
        (Some(least), None) => format!("at least {}", bytes(least)),
        (None, Some(most)) => format!("at most {}", bytes(most)),
        (None, None) => "there".to_owned(),
    }
}

/// The peers of a scenario: the document, and what was recorded of a real Node of that release line.
pub fn recorded<'d>(data: &'d Data, line: &str, ran: Option<&'d Ran>) -> Vec<Peer<'d>> {
    let labels = &data.table.samples;
    let mut peers = Vec::new();
    // The document's figures are those of the Node that the scenario plays.
    if let Some(document) = data.table.document.as_ref().filter(|_| data.line() == line) {
        let timeline = document.timeline(labels, Source::exact("document"));
        peers.push(Peer { name: DOCUMENT.to_owned(), timeline, ran: None });
    }
    if let (Some(recording), Some(ran)) = (data.recording(line), ran) {
        peers.push(Peer {
            name: recording.title(),
            timeline: ran.timeline.clone(),
            ran: Some(ran),
        });
    }
    peers
}

/// What was recorded of a real Node, as if it had just run.
pub fn as_ran(data: &Data, line: &str) -> Option<Ran> {
    let recording = data.recording(line)?;
    let collections =
        recording.scavenges.iter().copied().zip(recording.mark_compacts.iter().copied());
    Some(Ran {
        timeline: recording.figures.timeline(&data.table.samples, Source::NODE),
        collections: collections.collect(),
        printed: recording.printed.clone(),
        out_of_memory: data.table.ends == Ends::OutOfMemory,
        ..Ran::default()
    })
}
