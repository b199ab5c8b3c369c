//! The data of a page: what its charts draw, as JSON that a script element may hold.

use super::pick::Picker;
use crate::escape::{Line, short};
use crate::{Counter, Metric, Precision, Timeline, metric};
use core::fmt::Write;
use std::collections::BTreeMap;

/// How many samples the figures' chart draws, about.
const FIGURE_POINTS: usize = 6000;
/// How many samples a chart of kinds draws, about.
const KIND_POINTS: usize = 3000;
/// How many kinds a chart tells apart; the remaining ones are one area.
const KINDS: usize = 12;
/// How many groups of kinds have a chart.
const GROUPS: usize = 4;
/// How many labels, and how many collections, are marked at most.
const MARKS: usize = 1000;
/// How many characters of a name, label or statement a page shows.
pub const NAME: usize = 80;

/// What the charts draw.
pub struct Data {
    pub figures: Block,
    /// A block for each group that has a chart, under its name.
    pub kinds: Vec<(String, Block)>,
    /// How many groups of kinds there are.
    pub groups: usize,
    /// The labelled samples: those whose label differs from the one before.
    pub marks: Vec<usize>,
    /// How many labelled samples there are.
    pub labels: usize,
    pub collections: Vec<usize>,
    /// Whether every sample has a time, and none is before the one before it: only then there is an axis of time.
    is_timed: bool,
}

/// The samples and series of one chart.
pub struct Block {
    /// The samples that are drawn, by their indices.
    pub at: Vec<usize>,
    pub series: Vec<Series>,
}

/// One line or area.
pub struct Series {
    pub name: String,
    pub noisy: bool,
    pub values: Vec<Option<i128>>,
}

impl Data {
    pub fn new(timeline: &Timeline) -> Self {
        let labelled = labelled(timeline);
        let labels = labelled.len();
        let marks = thinned(labelled);
        let collections = thinned(collections(timeline));
        let figures = figures(timeline, &marks);
        let (kinds, groups) = kinds(timeline);
        let is_timed = timeline.times().all(|at| at.is_some()) && timeline.times().is_sorted();
        Self { figures, kinds, groups, marks, labels, collections, is_timed }
    }

    /// The JSON, in which no `<` occurs.
    pub fn json(&self, timeline: &Timeline) -> String {
        let mut text = String::from("{\"figures\":");
        self.block(&mut text, timeline, &self.figures, false);
        text.push_str(",\"kinds\":[");
        for (index, (_, kinds)) in self.kinds.iter().enumerate() {
            text.push_str(if index > 0 { "," } else { "" });
            self.block(&mut text, timeline, kinds, true);
        }
        text.push_str("],\"marks\":[");
        marks(&mut text, timeline, &self.marks, true);
        text.push_str("],\"collections\":[");
        marks(&mut text, timeline, &self.collections, false);
        text.push_str("]}");
        text
    }

    fn block(&self, text: &mut String, timeline: &Timeline, block: &Block, stacked: bool) {
        let _ = write!(text, "{{\"stacked\":{stacked},\"at\":");
        numbers(text, block.at.iter().map(|index| Some(*index as i128)));
        let time = |index: &usize| Some(timeline.get(*index)?.at?.as_micros());
        let times: Option<Vec<u128>> = block.at.iter().map(time).collect();
        if let Some(times) = times.filter(|_| self.is_timed) {
            text.push_str(",\"ms\":[");
            for (index, micros) in times.into_iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                let _ = write!(text, "{comma}{}.{:03}", micros / 1000, micros % 1000);
            }
            text.push(']');
        }
        text.push_str(",\"series\":[");
        for (index, series) in block.series.iter().enumerate() {
            text.push_str(if index > 0 { "," } else { "" });
            text.push_str("{\"name\":");
            string(text, &series.name);
            let _ = write!(text, ",\"noisy\":{},\"color\":{index},\"values\":", series.noisy);
            numbers(text, series.values.iter().copied());
            text.push('}');
        }
        text.push_str("]}");
    }
}

/// The samples whose label is not empty and differs from the one before.
pub fn labelled(timeline: &Timeline) -> Vec<usize> {
    let mut last = "";
    let mut indices = Vec::new();
    for (index, sample) in timeline.samples().enumerate() {
        if !sample.label.is_empty() && sample.label != last {
            indices.push(index);
        }
        last = sample.label;
    }
    indices
}

/// The samples before which the heap was collected.
fn collections(timeline: &Timeline) -> Vec<usize> {
    let mut last = None;
    let mut indices = Vec::new();
    for (index, sample) in timeline.samples().enumerate() {
        if sample.collections.zip(last).is_some_and(|(now, then)| now > then) {
            indices.push(index);
        }
        last = sample.collections.or(last);
    }
    indices
}

/// At most [`MARKS`] of the indices, evenly.
fn thinned(indices: Vec<usize>) -> Vec<usize> {
    let step = indices.len().div_ceil(MARKS).max(1);
    indices.into_iter().step_by(step).collect()
}

/// The metrics in bytes that a line is drawn of.
pub fn drawn(timeline: &Timeline) -> Vec<Metric> {
    let mut metrics = metric::present(timeline);
    metrics.retain(|metric| match metric {
        Metric::Figure(_) => true,
        Metric::Counter(counter) => matches!(counter, Counter::LiveBytes | Counter::PeakBytes),
    });
    metrics
}

/// One metric of all samples.
pub fn values(timeline: &Timeline, metric: Metric) -> Box<dyn Iterator<Item = Option<i128>> + '_> {
    match metric {
        Metric::Figure(figure) => {
            Box::new(timeline.figure(figure).map(|bytes| bytes.map(i128::from)))
        }
        Metric::Counter(_) => Box::new(timeline.samples().map(move |sample| metric.of(&sample))),
    }
}

fn figures(timeline: &Timeline, marks: &[usize]) -> Block {
    let metrics = drawn(timeline);
    let mut picker = Picker::new(timeline.len(), metrics.len(), FIGURE_POINTS);
    for metric in &metrics {
        picker.series(values(timeline, *metric));
    }
    marks.iter().for_each(|index| picker.sample(*index));
    let at = picker.finish();
    let samples: Vec<_> = at.iter().filter_map(|index| timeline.get(*index)).collect();
    let series = metrics.into_iter().map(|metric| {
        let noisy = |(_, precision)| precision == Precision::Noisy;
        Series {
            name: metric.name().to_owned(),
            noisy: samples.iter().any(|sample| metric.reading(sample).is_some_and(noisy)),
            values: samples.iter().map(|sample| metric.of(sample)).collect(),
        }
    });
    let series = series.collect();
    Block { at, series }
}

/// A block for each group, as far as they have a chart, and how many groups there are: the largest kinds by their
/// highest bytes, and the remaining ones as one.
fn kinds(timeline: &Timeline) -> (Vec<(String, Block)>, usize) {
    let mut highest: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let tables: Vec<_> = timeline
        .samples()
        .enumerate()
        .filter_map(|(index, sample)| Some((index, sample.kinds?)))
        .collect();
    for (_, table) in &tables {
        for row in table.rows() {
            let high = highest.entry(&row.group).or_default().entry(&row.name).or_default();
            *high = row.bytes.max(*high);
        }
    }
    let groups = highest.len();
    let mut blocks = Vec::new();
    for (group, highest) in highest.into_iter().take(GROUPS) {
        let mut names: Vec<_> = highest.into_iter().collect();
        names.sort_by_key(|(_, high)| std::cmp::Reverse(*high));
        let rest = names.split_off(names.len().min(KINDS));
        let names: Vec<&str> = names.into_iter().map(|(name, _)| name).collect();
        // A column for each kind and, if there are more, one for the remaining ones.
        let columns = names.len() + usize::from(!rest.is_empty());
        let mut values = vec![Vec::with_capacity(tables.len()); columns];
        for (_, table) in &tables {
            let mut others: i128 = table.group(group).iter().map(|row| i128::from(row.bytes)).sum();
            for (column, name) in values.iter_mut().zip(&names) {
                let bytes = table.get(group, name).map_or(0, |row| row.bytes.into());
                others -= bytes;
                column.push(Some(bytes));
            }
            if let (false, Some(column)) = (rest.is_empty(), values.last_mut()) {
                column.push(Some(others));
            }
        }
        let mut picker = Picker::new(tables.len(), columns + 1, KIND_POINTS);
        values.iter().for_each(|column| picker.series(column.iter().copied()));
        // The sum's extremes are no kind's.
        picker.series((0..tables.len()).map(|row| values.iter().map(|column| column[row]).sum()));
        let picked = picker.finish();
        let named = names.into_iter().map(|name| Line(&short(name, NAME)).to_string());
        let named = named.chain((!rest.is_empty()).then(|| format!("{} more kinds", rest.len())));
        let series = named.zip(&values).map(|(name, column)| Series {
            name,
            noisy: false,
            values: picked.iter().map(|row| column[*row]).collect(),
        });
        let series = series.collect();
        let at = picked.iter().map(|row| tables[*row].0).collect();
        blocks.push((group.to_owned(), Block { at, series }));
    }
    (blocks, groups)
}

fn marks(text: &mut String, timeline: &Timeline, indices: &[usize], labels: bool) {
    for (number, index) in indices.iter().enumerate() {
        let Some(sample) = timeline.get(*index) else { continue };
        text.push_str(if number > 0 { "," } else { "" });
        let _ = write!(text, "{{\"at\":{index}");
        if let Some(at) = sample.at {
            let _ = write!(text, ",\"ms\":{}.{:03}", at.as_millis(), at.as_micros() % 1000);
        }
        if labels {
            text.push_str(",\"label\":");
            string(text, &Line(&short(sample.label, NAME)).to_string());
        }
        text.push('}');
    }
}

fn numbers(text: &mut String, numbers: impl Iterator<Item = Option<i128>>) {
    text.push('[');
    for (index, number) in numbers.enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        match number {
            Some(number) => write!(text, "{number}"),
            None => write!(text, "null"),
        }
        .expect("a string takes all text");
    }
    text.push(']');
}

/// A string in JSON without `<`, so that the script element that holds it does not end in it.
fn string(text: &mut String, string: &str) {
    let json = serde_json::to_string(string).expect("a string is JSON");
    text.push_str(&json.replace('<', "\\u003c"));
}
